/**
 * Arista EOS: certificates are files of the `certificate:` store, and an SSL profile names those it trusts.
 *
 * The trustpoint is the profile. The PEM is copied to the switch as a file and from there into the store; pasting it with
 * `copy terminal:` is recalled only, and not offered. The commands and their sources: docs/platforms/eos.md.
 *
 * @module
 */

import { arrangePerChain } from '../arrange.js';
import { filesPerCertificate, renderFileComments } from '../files.js';
import { noteUnverified, noteUnverifiedChain } from '../notes.js';
import { renderComments } from '../paste.js';
import { identifyBySerial } from '../serial-number.js';
import type { BlockAction, BlockFile, Platform, PlatformFiles, Trustpoint } from '../trustpoint.js';

const NAME = 'eos';
const FILES: PlatformFiles = {
  folder: 'flash:',
  render: ({ trustpoints }) => trustpoints.flatMap(filesOf),
};

/** Arista EOS. */
export const eos: Platform = {
  name: NAME,
  styles: { paste: [] },
  arrange: arrangePerChain,
  files: FILES,
  render: (request) => [
    ...renderFileComments(FILES, request, '!'),
    ...renderComments(request),
    ...ACTIONS[request.action](request.trustpoints),
    ...(request.save ? ['write memory'] : []),
  ],
  notes: (request) => [
    ...(request.action === 'install'
      ? []
      : [noteUnverified('how EOS deletes a certificate from its store is recalled, not documented', LOOK)]),
    ...noteUnverifiedChain(request, 'EOS'),
  ],
  verification: () => LOOK,
  identify: identifyBySerial,
};

const LOOK = 'show management security ssl certificate';

const ACTIONS: Readonly<Record<BlockAction, (trustpoints: readonly Trustpoint[]) => readonly string[]>> = {
  install: (trustpoints) => [
    ...FILES.render({ trustpoints }).map(({ name }) => `copy ${FILES.folder}${name} certificate:`),
    ...configure(
      trustpoints.flatMap((trustpoint) => [
        ` ssl profile ${trustpoint.name}`,
        ...filesOf(trustpoint).map(({ name }) => `  trust certificate ${name}`),
        '  exit',
      ]),
    ),
  ],
  remove: takeOut,
  // Taking out a profile that is not there changes nothing.
  rollback: takeOut,
};

/** The profile first: it names the files. */
function takeOut(trustpoints: readonly Trustpoint[]): readonly string[] {
  return [
    ...configure(trustpoints.map(({ name }) => ` no ssl profile ${name}`)),
    ...trustpoints.flatMap(filesOf).map(({ name }) => `delete certificate:${name}`),
  ];
}

function configure(lines: readonly string[]): readonly string[] {
  return ['configure', 'management security', ...lines, 'end'];
}

function filesOf(trustpoint: Trustpoint): readonly BlockFile[] {
  return filesPerCertificate(NAME, trustpoint);
}
