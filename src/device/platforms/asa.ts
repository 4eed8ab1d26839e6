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
import { renderComments, renderPem } from '../paste.js';
import { REVOCATION_METHODS, type TrustpointSettings } from '../settings.js';
import { arrangePerCertificate, type BlockAction, type Platform, type Trustpoint } from '../trustpoint.js';

/** Cisco ASA. */
export const asa: Platform = {
  name: 'asa',
  styles: { paste: ['prompt'] },
  arrange: arrangePerCertificate,
  render: ({ action, comments, save, settings, trustpoints }) => [
    'configure terminal',
    ...(comments ? renderComments(trustpoints) : []),
    ...trustpoints.flatMap((trustpoint) => ACTIONS[action](trustpoint, settings)),
    'end',
    ...(save ? ['write memory'] : []),
  ],
  notes: () => [],
  settings: { revocationCheck: REVOCATION_METHODS, legacyKeywords: true },
  verification: (trustpoint) => `show crypto ca certificates ${trustpoint}`,
  identify: ({ serialNumber }) => ({ label: 'serial number', value: serialNumber }),
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
  remove: ({ name }) => [`no crypto ca trustpoint ${name}`, 'yes'],
  // Entering the trustpoint makes it where the install never got to it: the removal then asks its question in any case.
  rollback: ({ name }) => [`crypto ca trustpoint ${name}`, ' exit', `no crypto ca trustpoint ${name}`, 'yes'],
};
