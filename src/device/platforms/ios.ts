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
import { arrangePerCertificate } from '../arrange.js';
import type { ConfigurationDialect } from '../dialect.js';
import { noteIncompleteChains } from '../notes.js';
import { renderComments, renderPem } from '../paste.js';
import { IOS_REFERENCES } from '../reference-commands.js';
import { REVOCATION_METHODS, type TrustpointSettings } from '../settings.js';
import { IOS_ROWS, renderRows } from '../stored-certificate.js';
import type { AcceptMode, BlockAction, BlockNote, BlockRequest, Display, Platform, Trustpoint } from '../trustpoint.js';

const configure: ConfigurationDialect['configure'] = (lines, save) => [
  'configure terminal',
  ...lines,
  'end',
  // `copy running-config startup-config` would ask for the name of the file; this asks nothing.
  ...(save ? ['write memory'] : []),
];

/** Cisco IOS. From 12.3(7)T on the commands begin with `crypto pki`; older releases know `crypto ca` only. */
export const ios: Platform = {
  name: 'ios',
  styles: { paste: ['fingerprint', 'prompt'], hex: [], trustpool: [] },
  arrange: arrangePerCertificate,
  render: (request) =>
    configure(
      [
        ...renderComments(request),
        ...request.trustpoints.flatMap((trustpoint) => ACTIONS[request.action](trustpoint, request)),
      ],
      request.save,
    ),
  notes: (request) => [...noteIncompleteChains(request, 'some releases refuse it'), ...noteLegacy(request)],
  settings: { revocationCheck: REVOCATION_METHODS, vrf: true, sourceInterface: true, legacyKeywords: true },
  displayOf: ({ style, settings }) =>
    style === 'trustpool' ? TRUSTPOOL_DISPLAY : settings.legacyKeywords ? LEGACY_DISPLAY : null,
  verification: (trustpoint) => `show crypto pki trustpoints ${trustpoint} status`,
  identify: ({ sha1 }) => ({ label: 'SHA-1', value: groupHex(sha1) }),
  configuration: {
    holdsCertificates: true,
    references: IOS_REFERENCES,
    configure,
    remove: (trustpoint, { save, settings }) => configure(takeOut(trustpoint, settings), save),
  },
};

const bySerialNumber: Display['identify'] = ({ serialNumber }) => ({
  label: 'serial number',
  value: serialNumber.toUpperCase(),
});

/** The pool shows no fingerprints, and neither do releases before 12.3(7)T. */
const TRUSTPOOL_DISPLAY: Display = { verification: () => 'show crypto pki trustpool', identify: bySerialNumber };
const LEGACY_DISPLAY: Display = { verification: () => 'show crypto ca certificates', identify: bySerialNumber };

const ACTIONS: Readonly<Record<BlockAction, (trustpoint: Trustpoint, request: BlockRequest) => readonly string[]>> = {
  install: (trustpoint, request) =>
    request.style === 'trustpool' ? renderImport(trustpoint) : renderInstall(trustpoint, request),
  remove: ({ name }, { settings }) => takeOut(name, settings),
  // Entering the trustpoint makes it where the install never got to it: the removal then asks its question in any case.
  rollback: ({ name }, { settings }) => [
    `${keyword(settings)} trustpoint ${name}`,
    ' exit',
    ...takeOut(name, settings),
  ],
};

function takeOut(trustpoint: string, settings: TrustpointSettings): readonly string[] {
  return [`no ${keyword(settings)} trustpoint ${trustpoint}`, 'yes'];
}

function keyword({ legacyKeywords }: TrustpointSettings): string {
  return legacyKeywords === true ? 'crypto ca' : 'crypto pki';
}

/** Into the pool, which asks for nothing but the certificate. */
function renderImport({ certificates: [certificate] }: Trustpoint): readonly string[] {
  return ['crypto pki trustpool import terminal', ...renderPem(certificate), 'quit'];
}

function renderInstall(trustpoint: Trustpoint, { style, accept, settings }: BlockRequest): readonly string[] {
  const { revocationCheck = ['none'], vrf, sourceInterface } = settings;
  return [
    `${keyword(settings)} trustpoint ${trustpoint.name}`,
    ' enrollment terminal',
    ...(vrf === undefined ? [] : [` vrf ${vrf}`]),
    ...(sourceInterface === undefined ? [] : [` source interface ${sourceInterface}`]),
    ` revocation-check ${revocationCheck.join(' ')}`,
    ...(trustpoint.continuedBy === null ? [] : [` chain-validation continue ${trustpoint.continuedBy}`]),
    ...(accept === 'fingerprint' ? [` fingerprint ${trustpoint.certificates[0].sha1.toUpperCase()}`] : []),
    ' exit',
    ...(style === 'hex' ? renderChain(trustpoint, settings) : renderDialog(trustpoint, accept, settings)),
  ];
}

function renderDialog(
  { name, certificates: [certificate] }: Trustpoint,
  accept: AcceptMode | null,
  settings: TrustpointSettings,
): readonly string[] {
  return [
    `${keyword(settings)} authenticate ${name}`,
    ...renderPem(certificate),
    'quit',
    ...(accept === 'prompt' ? ['yes'] : []),
  ];
}

/** What the running configuration would show; the mode of the rows ends at `quit`, that of the chain at `exit`. */
function renderChain(
  { name, certificates: [certificate] }: Trustpoint,
  settings: TrustpointSettings,
): readonly string[] {
  return [
    `${keyword(settings)} certificate chain ${name}`,
    ` certificate ca ${certificate.serialNumber.toUpperCase()}`,
    ...renderRows(certificate.der, IOS_ROWS),
    '  quit',
    ' exit',
  ];
}

function noteLegacy({ action, settings }: BlockRequest): readonly BlockNote[] {
  if (action !== 'install' || settings.legacyKeywords !== true) return [];
  return [
    {
      code: 'device/legacy-unverified',
      message:
        'releases that know only crypto ca may not know revocation-check, fingerprint, vrf or chain-validation: when these came is recalled, not documented',
      hint: 'try the block on one device first; the device answers % Invalid input to a line that it does not know',
    },
  ];
}
