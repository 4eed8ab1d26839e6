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
import type { ConfigurationDialect } from '../dialect.js';
import { noteIncompleteChains } from '../notes.js';
import { renderComments, renderPem } from '../paste.js';
import { NXOS_REFERENCES } from '../reference-commands.js';
import { arrangePerChain, type BlockAction, type Platform, type Trustpoint } from '../trustpoint.js';

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
  render: ({ action, comments, save, trustpoints }) =>
    configure(
      [
        ...(comments ? renderComments(trustpoints) : []),
        ...trustpoints.flatMap((trustpoint) => ACTIONS[action](trustpoint)),
      ],
      save,
    ),
  notes: (request) => noteIncompleteChains(request, 'NX-OS wants the whole chain'),
  verification: (trustpoint) => `show crypto ca certificates ${trustpoint}`,
  identify: ({ sha1 }) => ({ label: 'SHA-1', value: colonHex(sha1) }),
  configuration: {
    holdsCertificates: false,
    references: NXOS_REFERENCES,
    configure,
    remove: (trustpoint, save) => configure(takeOut({ name: trustpoint }), save),
  },
};

const ACTIONS: Readonly<Record<BlockAction, (trustpoint: Trustpoint) => readonly string[]>> = {
  install: ({ name, certificates }) => [
    `crypto ca trustpoint ${name}`,
    ' enrollment terminal',
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
