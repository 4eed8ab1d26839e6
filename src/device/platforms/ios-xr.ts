/**
 * Cisco IOS XR: `crypto ca trustpoint` in the configuration, which is committed, and `crypto ca authenticate` at the exec
 * prompt, which stores the certificate outside it, at once.
 *
 * One CA certificate a trustpoint; the input ends at a blank line or at `quit`, of which only `quit` is used, and the
 * console asks for a yes. Much about IOS XR is recalled or not recorded anywhere: docs/platforms/ios-xr.md says what.
 *
 * @module
 */

import { arrangePerCertificate } from '../arrange.js';
import { noteAlwaysSaved, noteUnverified, noteUnverifiedChain } from '../notes.js';
import { renderComments, renderPem } from '../paste.js';
import { XR_REFERENCES } from '../reference-commands.js';
import { identifyBySerial } from '../serial-number.js';
import type { TrustpointSettings } from '../settings.js';
import type { BlockAction, BlockNote, BlockRequest, Platform, Trustpoint } from '../trustpoint.js';

/** Cisco IOS XR. */
export const iosXr: Platform = {
  name: 'ios-xr',
  styles: { paste: ['prompt'] },
  arrange: arrangePerCertificate,
  render: (request) => [...renderComments(request), ...ACTIONS[request.action](request.trustpoints, request.settings)],
  notes: (request) => [
    ...noteRecalled(request),
    ...noteUnverifiedChain(request, 'IOS XR'),
    // The certificate is stored when it is accepted, and a trustpoint has to be committed for that.
    ...noteAlwaysSaved(request, 'IOS XR commits what it is told'),
  ],
  settings: { vrf: true, legacyKeywords: true },
  verification: (trustpoint) => `show crypto ca certificates ${trustpoint}`,
  identify: identifyBySerial,
  configuration: {
    holdsCertificates: false,
    references: XR_REFERENCES,
    configure,
    remove: (trustpoint) => takeOut([{ name: trustpoint }]),
  },
};

type RenderAction = (trustpoints: readonly Trustpoint[], settings: TrustpointSettings) => readonly string[];

const ACTIONS: Readonly<Record<BlockAction, RenderAction>> = {
  install: (trustpoints, { vrf }) => [
    ...configure(
      trustpoints.flatMap(({ name }) => [
        `crypto ca trustpoint ${name}`,
        ' crl optional',
        ...(vrf === undefined ? [] : [` vrf ${vrf}`]),
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

/**
 * The configuration first: where the commit fails, what follows is no answer to the question of `end`, and the certificate stays. Cleared
 * before, it would be gone although something needs it.
 */
function takeOut(trustpoints: readonly Pick<Trustpoint, 'name'>[]): readonly string[] {
  return [
    ...configure(trustpoints.map(({ name }) => `no crypto ca trustpoint ${name}`)),
    ...trustpoints.map(({ name }) => `clear crypto ca certificates ${name}`),
  ];
}

/** Without the commit, `end` would ask what is to become of the changes. */
function configure(lines: readonly string[]): readonly string[] {
  return ['configure', ...lines, 'commit', 'end'];
}

function noteRecalled({ action }: BlockRequest): readonly BlockNote[] {
  if (action !== 'install') {
    return [
      noteUnverified('how IOS XR removes a CA certificate is recalled, not documented', 'show crypto ca certificates'),
    ];
  }
  return [
    {
      code: 'device/unverified',
      message: 'some releases of IOS XR want "enrollment terminal" instead of "enrollment url terminal"',
      hint: 'try the block on one device first; change that line where it is refused',
    },
  ];
}
