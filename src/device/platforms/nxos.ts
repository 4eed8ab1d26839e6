/**
 * Cisco NX-OS (Nexus, MDS): the console dialog of `crypto ca trustpoint` and `crypto ca authenticate`.
 *
 * A trustpoint holds a whole chain, pasted in one go with the root last. The input ends only at `END OF INPUT`, and the
 * console always asks for a yes: it has no fingerprint to configure. A trustpoint can be removed only after its CA
 * certificates. The dialog and its sources: docs/platforms/nxos.md.
 *
 * @module
 */
import { colonHex } from '../../encoding/hex.js';
import { arrangePerChain } from '../arrange.js';
import type { ConfigurationDialect } from '../dialect.js';
import { noteIncompleteChains } from '../notes.js';
import { renderComments, renderPem } from '../paste.js';
import { NXOS_REFERENCES } from '../reference-commands.js';
import type { TrustpointSettings } from '../settings.js';
import type { BlockAction, BlockNote, BlockRequest, Platform, Trustpoint } from '../trustpoint.js';

/** Both are recalled of Cisco's guides, which were not at hand. */
const LONGEST_CHAIN = 10;
const MOST_TRUSTPOINTS = 16;

const configure: ConfigurationDialect['configure'] = (lines, save) => [
  'configure terminal',
  ...lines,
  'end',
  ...(save ? ['copy running-config startup-config'] : []),
];

/** Cisco NX-OS. */
export const nxos: Platform = {
  name: 'nxos',
  styles: { paste: ['prompt'] },
  arrange: arrangePerChain,
  render: (request) =>
    configure(
      [
        ...renderComments(request),
        ...request.trustpoints.flatMap((trustpoint) => ACTIONS[request.action](trustpoint, request.settings)),
      ],
      request.save,
    ),
  notes: (request) => [...noteIncompleteChains(request, 'NX-OS wants the whole chain'), ...noteLimits(request)],
  settings: { revocationCheck: ['none', 'crl'], legacyKeywords: true },
  verification: (trustpoint) => `show crypto ca certificates ${trustpoint}`,
  identify: ({ sha1 }) => ({ label: 'SHA-1', value: colonHex(sha1) }),
  configuration: {
    holdsCertificates: false,
    references: NXOS_REFERENCES,
    configure,
    remove: (trustpoint, { save }) => configure(takeOut({ name: trustpoint }), save),
  },
};

type RenderAction = (trustpoint: Trustpoint, settings: TrustpointSettings) => readonly string[];

const ACTIONS: Readonly<Record<BlockAction, RenderAction>> = {
  install: ({ name, certificates }, { revocationCheck }) => [
    `crypto ca trustpoint ${name}`,
    ' enrollment terminal',
    ...(revocationCheck === undefined ? [] : [` revocation-check ${revocationCheck.join(' ')}`]),
    ' exit',
    `crypto ca authenticate ${name}`,
    ...certificates.flatMap(renderPem),
    'END OF INPUT',
    'yes',
  ],
  remove: takeOut,
  // The first line makes the trustpoint where the install never got to it, so that the others have something to take out.
  rollback: takeOut,
};

function takeOut({ name }: Pick<Trustpoint, 'name'>): readonly string[] {
  return [`crypto ca trustpoint ${name}`, ' delete ca-certificate', ' exit', `no crypto ca trustpoint ${name}`];
}

function noteLimits({ action, trustpoints }: BlockRequest): readonly BlockNote[] {
  if (action !== 'install') return [];
  const long = trustpoints.filter(({ certificates }) => certificates.length > LONGEST_CHAIN);
  return [
    ...long.map(({ name, certificates: { length, 0: lowest } }) =>
      noteLimit(`the chain of ${name} has ${length} certificates`, `${LONGEST_CHAIN} a chain`, lowest.sha256),
    ),
    ...(trustpoints.length > MOST_TRUSTPOINTS
      ? [noteLimit(`the block makes ${trustpoints.length} trustpoints`, `${MOST_TRUSTPOINTS} trustpoints`)]
      : []),
  ];
}

function noteLimit(found: string, most: string, sha256?: string): BlockNote {
  return {
    code: 'device/platform-limit',
    message: `${found}, and ${most} are said to be the most that NX-OS takes (recalled of Cisco's guides, not verified)`,
    hint: 'leave out what the device does not need, or try it on one device first',
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}
