/**
 * Cisco ASA and the ASA command line of Firepower Threat Defense (LINA): the console dialog of `crypto ca trustpoint` and
 * `crypto ca authenticate`.
 *
 * A trustpoint holds one CA certificate, an intermediate one as well. The input ends only at `quit`, and the console asks for
 * a yes. Typing the rows of a running configuration instead is not documented for ASA and not offered. The dialog and its
 * sources: docs/platforms/asa.md.
 *
 * @module
 */

import { arrangePerCertificate } from '../arrange.js';
import type { ConfigurationDialect } from '../dialect.js';
import { renderComments, renderPem } from '../paste.js';
import { ASA_REFERENCES } from '../reference-commands.js';
import { identifyBySerial } from '../serial-number.js';
import { REVOCATION_METHODS, type TrustpointSettings } from '../settings.js';
import type { BlockAction, Platform, Trustpoint } from '../trustpoint.js';

const configure: ConfigurationDialect['configure'] = (lines, save) => [
  'configure terminal',
  ...lines,
  'end',
  ...(save ? ['write memory'] : []),
];

/** Cisco ASA. */
export const asa: Platform = {
  name: 'asa',
  styles: { paste: ['prompt'] },
  arrange: arrangePerCertificate,
  render: (request) =>
    configure(
      [
        ...renderComments(request),
        ...request.trustpoints.flatMap((trustpoint) => ACTIONS[request.action](trustpoint, request.settings)),
      ],
      request.save,
    ),
  notes: () => [],
  settings: { revocationCheck: REVOCATION_METHODS, legacyKeywords: true },
  verification: (trustpoint) => `show crypto ca certificates ${trustpoint}`,
  identify: identifyBySerial,
  configuration: {
    holdsCertificates: true,
    references: ASA_REFERENCES,
    configure,
    remove: (trustpoint, { save }) => configure(takeOut(trustpoint), save),
  },
};

type RenderAction = (trustpoint: Trustpoint, settings: TrustpointSettings) => readonly string[];

const ACTIONS: Readonly<Record<BlockAction, RenderAction>> = {
  install: ({ name, certificates: [certificate] }, { revocationCheck = ['none'] }) => [
    `crypto ca trustpoint ${name}`,
    ' enrollment terminal',
    ` revocation-check ${revocationCheck.join(' ')}`,
    ' exit',
    `crypto ca authenticate ${name}`,
    ...renderPem(certificate),
    'quit',
    'yes',
  ],
  remove: ({ name }) => takeOut(name),
  // Entering the trustpoint makes it where the install never got to it: the removal then asks its question in any case.
  rollback: ({ name }) => [`crypto ca trustpoint ${name}`, ' exit', ...takeOut(name)],
};

function takeOut(trustpoint: string): readonly string[] {
  return [`no crypto ca trustpoint ${trustpoint}`, 'yes'];
}
