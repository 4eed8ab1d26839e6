/**
 * Huawei VRP: a PKI realm, into which a file is imported.
 *
 * There is no way to paste a certificate. One CA a realm. The device may ask whether the fingerprint is right, and asks
 * whether the file is to be deleted: both are answered with a Y, of which a second one that nothing asks for is an
 * unknown command. The dialog and its sources: docs/platforms/vrp.md.
 *
 * @module
 */

import { arrangePerCertificate } from '../arrange.js';
import { fileNameOf, filePerTrustpoint, renderFileComments } from '../files.js';
import { noteUnverified, noteUnverifiedChain } from '../notes.js';
import { renderComments } from '../paste.js';
import { identifyByColonSerial } from '../serial-number.js';
import type { BlockAction, Platform, Trustpoint } from '../trustpoint.js';

const NAME = 'vrp';
const MARK = '#';
const FILES = filePerTrustpoint(NAME, 'pki/public');

/** Huawei VRP. */
export const vrp: Platform = {
  name: NAME,
  // Its command to load a file has the name twice, and no shorter form.
  columns: 160,
  styles: { paste: ['prompt'] },
  arrange: arrangePerCertificate,
  names: { pattern: /^(?!default$)/i, hint: 'the realm "default" is the one of the device itself' },
  prompt: 'the prompt of the user view',
  clock: 'display clock',
  files: FILES,
  render: (request) => [
    'system-view',
    ...renderFileComments(FILES, request, MARK),
    ...renderComments(request, MARK),
    ...request.trustpoints.flatMap((trustpoint) => ACTIONS[request.action](trustpoint)),
    // Only some releases collect changes until they are committed; the others do not know the word.
    'commit',
    'return',
    ...(request.save ? ['save', 'Y'] : []),
  ],
  notes: (request) => [
    request.action === 'install'
      ? noteUnverified(
          'what VRP asks, and whether it knows commit, differs: a commit or Y too many is refused as unknown',
          LOOK,
        )
      : noteUnverified('that VRP takes an empty realm out without a question is not recorded', LOOK),
    ...noteUnverifiedChain(request, 'VRP'),
  ],
  verification: (trustpoint) => `${LOOK} realm ${trustpoint}`,
  identify: identifyByColonSerial,
};

const LOOK = 'display pki certificate ca';

const ACTIONS: Readonly<Record<BlockAction, (trustpoint: Trustpoint) => readonly string[]>> = {
  install: ({ name }) => [
    `pki realm ${name}`,
    'commit',
    'quit',
    `pki import-certificate ca realm ${name} pem filename ${fileNameOf(NAME, name)}`,
    'Y',
    'Y',
  ],
  remove: takeOut,
  // Entering the realm makes it where the install never got to it.
  rollback: (trustpoint) => [`pki realm ${trustpoint.name}`, 'commit', 'quit', ...takeOut(trustpoint)],
};

function takeOut({ name }: Trustpoint): readonly string[] {
  return [`pki delete-certificate ca realm ${name}`, `undo pki realm ${name}`];
}
