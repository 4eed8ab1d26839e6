/**
 * Juniper Junos: a CA profile in the configuration, which is committed, and a file that `request security pki` loads into
 * it from the operational mode, after a yes.
 *
 * There is no way to paste a certificate. One CA a profile. The commands and their sources: docs/platforms/junos.md.
 *
 * @module
 */
import { colonHex } from '../../encoding/hex.js';
import { arrangePerCertificate } from '../arrange.js';
import { fileNameOf, filePerTrustpoint, renderFileComments } from '../files.js';
import { noteAlwaysSaved, noteUnverified, noteUnverifiedChain } from '../notes.js';
import { renderComments } from '../paste.js';
import type { BlockAction, Platform, Trustpoint } from '../trustpoint.js';

const NAME = 'junos';
const MARK = '#';
/** Where scp puts a file, and where a name without a path is looked for. */
const FILES = filePerTrustpoint(NAME, 'your home folder');

/** Juniper Junos. */
export const junos: Platform = {
  name: NAME,
  // Its command to load a file has the name twice, and no shorter form.
  columns: 160,
  styles: { paste: ['prompt'] },
  arrange: arrangePerCertificate,
  prompt: 'the prompt of the operational mode',
  clock: 'show system uptime',
  files: FILES,
  render: (request) => [
    ...renderFileComments(FILES, request, MARK),
    ...renderComments(request, MARK),
    ...ACTIONS[request.action](request.trustpoints),
  ],
  notes: (request) => [
    ...(request.action === 'install' ? [] : [noteUnverified(RECALLED, 'show security pki ca-certificate')]),
    ...noteUnverifiedChain(request, 'Junos'),
    ...noteAlwaysSaved(request, 'Junos loads a certificate into a profile that is committed'),
  ],
  verification: (trustpoint) => `show security pki ca-certificate ca-profile ${trustpoint} detail`,
  identify: ({ sha1 }) => ({ label: 'SHA-1', value: colonHex(sha1).toLowerCase() }),
};

const RECALLED = 'that Junos takes a profile out without a question once its certificate is cleared is recalled';

const ACTIONS: Readonly<Record<BlockAction, (trustpoints: readonly Trustpoint[]) => readonly string[]>> = {
  install: (trustpoints) => [
    ...configure(
      trustpoints.flatMap(({ name }) => [
        `edit security pki ca-profile ${name}`,
        `set ca-identity ${name}`,
        'set revocation-check disable',
        'top',
      ]),
    ),
    ...trustpoints.flatMap(({ name }) => [
      `request security pki ca-certificate load ca-profile ${name} filename ${fileNameOf(NAME, name)}`,
      'yes',
    ]),
  ],
  remove: takeOut,
  // Clearing or deleting what is not there changes nothing.
  rollback: takeOut,
};

/** The certificate first: it hangs on the profile. */
function takeOut(trustpoints: readonly Trustpoint[]): readonly string[] {
  return [
    ...trustpoints.map(({ name }) => `clear security pki ca-certificate ca-profile ${name}`),
    ...configure(trustpoints.map(({ name }) => `delete security pki ca-profile ${name}`)),
  ];
}

/** Alone in the configuration, so that nothing is committed that somebody else has begun. */
function configure(lines: readonly string[]): readonly string[] {
  return ['configure exclusive', ...lines, 'commit and-quit'];
}
