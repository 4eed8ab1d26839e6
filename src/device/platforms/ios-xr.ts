/**
 * Cisco IOS XR: `crypto ca trustpoint` in the configuration, which is committed, and `crypto ca authenticate` at the exec
 * prompt, which stores the certificate outside it, at once.
 *
 * One CA certificate a trustpoint; the input ends at a blank line or at `quit`, of which only `quit` is used, and the
 * console asks for a yes. Much about IOS XR is recalled or not recorded anywhere: docs/platforms/ios-xr.md says what.
 *
 * @module
 */
import { renderComments, renderPem } from '../paste.js';
import { XR_REFERENCES } from '../reference-commands.js';
import {
  arrangePerCertificate,
  type BlockAction,
  type BlockNote,
  type BlockRequest,
  type Platform,
  type Trustpoint,
} from '../trustpoint.js';

/** Cisco IOS XR. */
export const iosXr: Platform = {
  name: 'ios-xr',
  styles: { paste: ['prompt'] },
  arrange: arrangePerCertificate,
  render: ({ action, comments, trustpoints }) => [
    ...(comments ? renderComments(trustpoints) : []),
    ...ACTIONS[action](trustpoints),
  ],
  notes: (request) => [...noteUnverified(request), ...noteChain(request), ...noteSaving(request)],
  verification: (trustpoint) => `show crypto ca certificates ${trustpoint}`,
  identify: ({ serialNumber }) => ({ label: 'serial number', value: serialNumber }),
  configuration: {
    holdsCertificates: false,
    references: XR_REFERENCES,
    configure,
    remove: (trustpoint) => takeOut([{ name: trustpoint }]),
  },
};

const ACTIONS: Readonly<Record<BlockAction, (trustpoints: readonly Trustpoint[]) => readonly string[]>> = {
  install: (trustpoints) => [
    ...configure(
      trustpoints.flatMap(({ name }) => [
        `crypto ca trustpoint ${name}`,
        ' crl optional',
        ' enrollment url terminal',
        ' exit',
      ]),
    ),
    ...trustpoints.flatMap(({ name, certificates: [certificate] }) => [
      `crypto ca authenticate ${name}`,
      ...renderPem(certificate),
      'quit',
      'yes',
    ]),
  ],
  remove: takeOut,
  // The configuration is a candidate until it is committed, so taking out what is not there changes nothing.
  rollback: takeOut,
};

/** The certificate first: it hangs on the trustpoint. */
function takeOut(trustpoints: readonly Pick<Trustpoint, 'name'>[]): readonly string[] {
  return [
    ...trustpoints.map(({ name }) => `clear crypto ca certificates ${name}`),
    ...configure(trustpoints.map(({ name }) => `no crypto ca trustpoint ${name}`)),
  ];
}

/** Without the commit, `end` would ask what is to become of the changes. */
function configure(lines: readonly string[]): readonly string[] {
  return ['configure', ...lines, 'commit', 'end'];
}

function noteUnverified({ action }: BlockRequest): readonly BlockNote[] {
  const [message, hint] =
    action === 'install'
      ? [
          'some releases of IOS XR want "enrollment terminal" instead of "enrollment url terminal"',
          'try the block on one device first; change that line where it is refused',
        ]
      : [
          'how IOS XR removes a CA certificate is recalled, not documented',
          'try the block on one device first, and look with show crypto ca certificates',
        ];
  return [{ code: 'device/unverified', message, hint }];
}

function noteChain({ action, trustpoints }: BlockRequest): readonly BlockNote[] {
  if (action !== 'install' || trustpoints.length === 1) return [];
  return [
    {
      code: 'device/unverified-chain',
      message: 'whether IOS XR takes intermediate CAs in trustpoints of their own is not recorded',
      hint: 'try the block on one device first',
    },
  ];
}

/** The certificate is stored when it is accepted, and a trustpoint has to be committed for that. */
function noteSaving({ save }: BlockRequest): readonly BlockNote[] {
  if (save) return [];
  return [
    {
      code: 'device/always-saved',
      message: 'IOS XR commits what it is told, so the block saves in spite of --no-save',
      hint: 'the rollback block takes it back',
    },
  ];
}
