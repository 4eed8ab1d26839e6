/**
 * MikroTik RouterOS: a store of certificates, into which a file is imported. Nothing is asked, and what is done is saved.
 *
 * The certificate is named, trusted and taken out by its SHA-256, which the store knows: whatever else a file held, only
 * the one that was meant is touched. The commands and their sources: docs/platforms/routeros.md.
 *
 * @module
 */
import type { Certificate } from '../../x509/certificate.js';
import { arrangePerCertificate } from '../arrange.js';
import { fileNameOf, filePerTrustpoint, renderFileComments } from '../files.js';
import { noteAlwaysSaved, noteUnverified } from '../notes.js';
import { renderComments } from '../paste.js';
import type { BlockAction, Platform, Trustpoint } from '../trustpoint.js';

const NAME = 'routeros';
const MARK = '#';
const FILES = filePerTrustpoint(NAME, 'Files');

/** MikroTik RouterOS. */
export const routeros: Platform = {
  name: NAME,
  styles: { paste: [] },
  arrange: arrangePerCertificate,
  prompt: 'the prompt of the terminal, in the root menu',
  clock: '/system clock print',
  files: FILES,
  render: (request) => [
    ...renderFileComments(FILES, request, MARK),
    ...renderComments(request, MARK),
    '/certificate',
    ...request.trustpoints.flatMap((trustpoint) => ACTIONS[request.action](trustpoint)),
    '/',
  ],
  notes: (request) => [
    request.action === 'install'
      ? noteUnverified('that RouterOS finds a certificate by the fingerprint it prints is inferred', LOOK)
      : noteUnverified('what RouterOS does with the removal of a CA that is in use is not recorded', LOOK),
    ...noteAlwaysSaved(request, 'RouterOS saves what is entered'),
  ],
  verification: (trustpoint) => `${LOOK} where name="${trustpoint}"`,
  identify: ({ sha256 }) => ({ label: 'SHA-256', value: sha256 }),
};

const LOOK = '/certificate print detail';

const ACTIONS: Readonly<Record<BlockAction, (trustpoint: Trustpoint) => readonly string[]>> = {
  install: ({ name, certificates: [certificate] }) => [
    `import file-name="${fileNameOf(NAME, name)}" passphrase=""`,
    ...find('set', certificate, ' \\'),
    `    name="${name}" trusted=yes`,
  ],
  remove: ({ certificates: [certificate] }) => find('remove', certificate),
  // Finding nothing removes nothing.
  rollback: ({ certificates: [certificate] }) => find('remove', certificate),
};

/** A command on that certificate, joined by a backslash as the exports of the device are: a digest needs its own line. */
function find(command: string, { sha256 }: Certificate, end = ''): readonly string[] {
  return [`${command} [find fingerprint=\\`, `    "${sha256}"]${end}`];
}
