/**
 * Fortinet FortiOS: a table of CA certificates, each a value in quotes that goes over several lines. Nothing is asked, and
 * what is entered is saved.
 *
 * PEM has no quote and no backslash, so that nothing in it ends the value. The commands and their sources:
 * docs/platforms/fortios.md.
 *
 * @module
 */

import { arrangePerCertificate } from '../arrange.js';
import { noteAlwaysSaved, noteUnverified } from '../notes.js';
import { renderComments, renderPem } from '../paste.js';
import { identifyBySerial } from '../serial-number.js';
import type { BlockAction, Platform, Trustpoint } from '../trustpoint.js';

/** Fortinet FortiOS. */
export const fortios: Platform = {
  name: 'fortios',
  styles: { paste: [] },
  arrange: arrangePerCertificate,
  names: { pattern: /^(?!Fortinet)/i, hint: 'names that begin with Fortinet are those of the factory' },
  prompt: 'the prompt of the VDOM that is to trust it',
  clock: 'get system status',
  render: (request) => [
    ...renderComments(request, '#'),
    'config vpn certificate ca',
    ...request.trustpoints.flatMap((trustpoint) => ACTIONS[request.action](trustpoint)),
    'end',
  ],
  notes: (request) => [
    ...(request.action === 'install'
      ? []
      : [noteUnverified('what FortiOS says to the removal of a CA that is in use is not recorded', LOOK)]),
    ...noteAlwaysSaved(request, 'FortiOS saves what is entered'),
  ],
  verification: (trustpoint) => `${LOOK} ${trustpoint}`,
  identify: identifyBySerial,
};

const LOOK = 'get vpn certificate ca details';

const ACTIONS: Readonly<Record<BlockAction, (trustpoint: Trustpoint) => readonly string[]>> = {
  install: ({ name, certificates: [certificate] }) => [
    `edit "${name}"`,
    ...quote('set ca ', renderPem(certificate)),
    'next',
  ],
  remove: ({ name }) => [`delete "${name}"`],
  // What is not there cannot be deleted, and nothing changes.
  rollback: ({ name }) => [`delete "${name}"`],
};

/** Lines as one value: the quote opens before the first and closes behind the last. */
function quote(command: string, lines: readonly string[]): readonly string[] {
  return `${command}"${lines.join('\n')}"`.split('\n');
}
