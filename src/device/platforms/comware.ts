/**
 * HPE and H3C Comware: a PKI domain, into which a file is imported.
 *
 * A certificate can be pasted too, but that ends at Ctrl-C, a control character that no block has: so the file is used. With
 * the fingerprint of the root set in the domain nothing is asked. A domain holds a whole chain. The dialog and its sources:
 * docs/platforms/comware.md.
 *
 * @module
 */

import { arrangePerChain } from '../arrange.js';
import { isSelfSigned } from '../chain.js';
import { fileNameOf, filePerTrustpoint, renderFileComments } from '../files.js';
import { noteIncompleteChains, noteUnverified } from '../notes.js';
import { renderComments } from '../paste.js';
import { identifyByColonSerial } from '../serial-number.js';
import type { AcceptMode, BlockAction, Platform, Trustpoint } from '../trustpoint.js';

const NAME = 'comware';
const MARK = '#';
const FILES = filePerTrustpoint(NAME, 'flash:');

/** HPE and H3C Comware. */
export const comware: Platform = {
  name: NAME,
  // Its command to load a file has the name twice, and no shorter form.
  columns: 160,
  styles: { paste: ['fingerprint', 'prompt'] },
  arrange: arrangePerChain,
  names: {
    pattern: /^[A-Za-z0-9_-]{1,31}$/,
    hint: 'the name of a PKI domain has 1 to 31 letters, digits, underscores and hyphens',
  },
  prompt: 'the prompt of the user view',
  clock: 'display clock',
  files: FILES,
  render: (request) => [
    'system-view',
    ...renderFileComments(FILES, request, MARK),
    ...renderComments(request, MARK),
    ...request.trustpoints.flatMap((trustpoint) => ACTIONS[request.action](trustpoint, request.accept)),
    'return',
    ...(request.save ? ['save force'] : []),
  ],
  notes: (request) => [
    request.action === 'install'
      ? noteUnverified(
          'manuals differ on whether Comware asks although a fingerprint is set: answer Y where it does',
          LOOK,
        )
      : noteUnverified('that Comware takes an empty domain out without a question is inferred from its manual', LOOK),
    ...noteIncompleteChains(request, 'Comware refuses it unless it holds the root already'),
  ],
  verification: (trustpoint) => `${LOOK} domain ${trustpoint} ca`,
  identify: identifyByColonSerial,
};

const LOOK = 'display pki certificate';

const ACTIONS: Readonly<Record<BlockAction, (trustpoint: Trustpoint, accept: AcceptMode | null) => readonly string[]>> =
  {
    install: (trustpoint, accept) => {
      const { name, certificates } = trustpoint;
      // The device asks about a root only: where the file has none, there is nothing to compare and nothing to answer.
      const root = certificates.find(isSelfSigned);
      const pinned = root !== undefined && accept === 'fingerprint';
      return [
        `pki domain ${name}`,
        'undo crl check enable',
        ...(pinned ? [`root-certificate fingerprint sha1 ${root.sha1.toUpperCase()}`] : []),
        'quit',
        `pki import domain ${name} pem ca filename ${fileNameOf(NAME, name)}`,
        ...(root !== undefined && !pinned ? ['Y'] : []),
      ];
    },
    remove: takeOut,
    // Entering the domain makes it where the install never got to it.
    rollback: (trustpoint) => [`pki domain ${trustpoint.name}`, 'quit', ...takeOut(trustpoint)],
  };

function takeOut({ name }: Trustpoint): readonly string[] {
  return [`pki delete-certificate domain ${name} ca`, 'Y', `undo pki domain ${name}`];
}
