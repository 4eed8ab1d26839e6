/**
 * Cisco IOS: the console dialog of `crypto pki trustpoint` and `crypto pki authenticate`. IOS XE speaks the same dialect
 * (`ios-xe.ts`).
 *
 * A trustpoint holds one CA certificate. The PEM input ends at the first blank line or at `quit`; only `quit` is used,
 * because a blank line that comes early would turn the rest of the certificate into commands. With a fingerprint
 * configured the console asks nothing; without one it wants a yes. The rows of a running configuration can be typed instead
 * of PEM: then there is no dialog at all. The commands and their sources: docs/platforms/ios.md.
 *
 * @module
 */
import { groupHex } from '../../encoding/hex.js';
import type { ConfigurationDialect } from '../dialect.js';
import { noteIncompleteChains } from '../notes.js';
import { renderComments, renderPem } from '../paste.js';
import { IOS_REFERENCES } from '../reference-commands.js';
import { IOS_ROWS, renderRows } from '../stored-certificate.js';
import {
  type AcceptMode,
  arrangePerCertificate,
  type BlockAction,
  type BlockRequest,
  type Platform,
  type Trustpoint,
} from '../trustpoint.js';

const configure: ConfigurationDialect['configure'] = (lines, save) => [
  'configure terminal',
  ...lines,
  'end',
  // `copy running-config startup-config` would ask for the name of the file; this asks nothing.
  ...(save ? ['write memory'] : []),
];

/** Cisco IOS from 12.3(7)T on, where the commands begin with `crypto pki`. */
export const ios: Platform = {
  name: 'ios',
  styles: { paste: ['fingerprint', 'prompt'], hex: [], trustpool: [] },
  arrange: arrangePerCertificate,
  render: (request) =>
    configure(
      [
        ...(request.comments ? renderComments(request.trustpoints) : []),
        ...request.trustpoints.flatMap((trustpoint) => ACTIONS[request.action](trustpoint, request)),
      ],
      request.save,
    ),
  notes: (request) => noteIncompleteChains(request, 'some releases refuse it'),
  verification: (trustpoint) => `show crypto pki trustpoints ${trustpoint} status`,
  identify: ({ sha1 }) => ({ label: 'SHA-1', value: groupHex(sha1) }),
  configuration: {
    holdsCertificates: true,
    references: IOS_REFERENCES,
    configure,
    remove: (trustpoint, save) => configure(takeOut(trustpoint), save),
  },
};

const ACTIONS: Readonly<Record<BlockAction, (trustpoint: Trustpoint, request: BlockRequest) => readonly string[]>> = {
  install: (trustpoint, request) =>
    request.style === 'trustpool' ? renderImport(trustpoint) : renderInstall(trustpoint, request),
  remove: ({ name }) => takeOut(name),
  // Entering the trustpoint makes it where the install never got to it: the removal then asks its question in any case.
  rollback: ({ name }) => [`crypto pki trustpoint ${name}`, ' exit', ...takeOut(name)],
};

function takeOut(trustpoint: string): readonly string[] {
  return [`no crypto pki trustpoint ${trustpoint}`, 'yes'];
}

/** Into the pool, which asks for nothing but the certificate. */
function renderImport({ certificates: [certificate] }: Trustpoint): readonly string[] {
  return ['crypto pki trustpool import terminal', ...renderPem(certificate), 'quit'];
}

function renderInstall(trustpoint: Trustpoint, { style, accept }: BlockRequest): readonly string[] {
  return [
    `crypto pki trustpoint ${trustpoint.name}`,
    ' enrollment terminal',
    ' revocation-check none',
    ...(trustpoint.continuedBy === null ? [] : [` chain-validation continue ${trustpoint.continuedBy}`]),
    ...(accept === 'fingerprint' ? [` fingerprint ${trustpoint.certificates[0].sha1.toUpperCase()}`] : []),
    ' exit',
    ...(style === 'hex' ? renderChain(trustpoint) : renderDialog(trustpoint, accept)),
  ];
}

function renderDialog({ name, certificates: [certificate] }: Trustpoint, accept: AcceptMode | null): readonly string[] {
  return [
    `crypto pki authenticate ${name}`,
    ...renderPem(certificate),
    'quit',
    ...(accept === 'prompt' ? ['yes'] : []),
  ];
}

/** What the running configuration would show; the mode of the rows ends at `quit`, that of the chain at `exit`. */
function renderChain({ name, certificates: [certificate] }: Trustpoint): readonly string[] {
  return [
    `crypto pki certificate chain ${name}`,
    ` certificate ca ${certificate.serialNumber.toUpperCase()}`,
    ...renderRows(certificate.der, IOS_ROWS),
    '  quit',
    ' exit',
  ];
}
