/**
 * Cisco IOS: the console dialog of `crypto pki trustpoint` and `crypto pki authenticate`. IOS XE speaks the same dialect
 * (`ios-xe.ts`).
 *
 * A trustpoint holds one CA certificate. The PEM input ends at the first blank line or at `quit`; only `quit` is used,
 * because a blank line that comes early would turn the rest of the certificate into commands. With a fingerprint
 * configured the console asks nothing; without one it wants a yes. The dialog and its sources: docs/platforms/ios.md.
 *
 * @module
 */
import { groupHex } from '../encoding/hex.js';
import { noteIncompleteChains } from './notes.js';
import { renderComments, renderPem } from './paste.js';
import {
  type AcceptMode,
  arrangePerCertificate,
  type BlockAction,
  type Platform,
  type Trustpoint,
} from './trustpoint.js';

/** Cisco IOS from 12.3(7)T on, where the commands begin with `crypto pki`. */
export const ios: Platform = {
  name: 'ios',
  styles: ['paste'],
  acceptModes: ['fingerprint', 'prompt'],
  arrange: arrangePerCertificate,
  render: ({ action, accept, comments, save, trustpoints }) => [
    'configure terminal',
    ...(comments ? renderComments(trustpoints) : []),
    ...trustpoints.flatMap((trustpoint) => ACTIONS[action](trustpoint, accept)),
    'end',
    // `copy running-config startup-config` would ask for the name of the file; this asks nothing.
    ...(save ? ['write memory'] : []),
  ],
  notes: (request) => noteIncompleteChains(request, 'some releases refuse it'),
  verification: (trustpoint) => `show crypto pki trustpoints ${trustpoint} status`,
  printFingerprint: groupHex,
};

const ACTIONS: Readonly<Record<BlockAction, (trustpoint: Trustpoint, accept: AcceptMode) => readonly string[]>> = {
  install: ({ name, certificates: [certificate], continuedBy }, accept) => [
    `crypto pki trustpoint ${name}`,
    ' enrollment terminal',
    ' revocation-check none',
    ...(continuedBy === null ? [] : [` chain-validation continue ${continuedBy}`]),
    ...(accept === 'fingerprint' ? [` fingerprint ${certificate.sha1.toUpperCase()}`] : []),
    ' exit',
    `crypto pki authenticate ${name}`,
    ...renderPem(certificate),
    'quit',
    ...(accept === 'prompt' ? ['yes'] : []),
  ],
  remove: ({ name }) => [`no crypto pki trustpoint ${name}`, 'yes'],
  // Entering the trustpoint makes it where the install never got to it: the removal then asks its question in any case.
  rollback: ({ name }) => [`crypto pki trustpoint ${name}`, ' exit', `no crypto pki trustpoint ${name}`, 'yes'],
};
