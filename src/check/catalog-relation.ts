/**
 * What is to be said of a certificate that is no root of the catalog, but may pass for one.
 *
 * @module
 */
import type { Relation, RelationKind } from '../catalog/relation.js';
import type { Finding, FindingCode, Severity } from './finding.js';
import { findingAbout } from './rule.js';

interface Statement {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly message: (root: string, relation: Relation) => string;
  readonly hint: string;
}

const STATEMENTS: Readonly<Record<Exclude<RelationKind, 'root'>, Statement>> = {
  'same-key': {
    code: 'catalog/same-key',
    severity: 'warning',
    message: (root) =>
      `it has the key of ${root}, and is another certificate: cross-signed or issued anew, not that root itself`,
    hint: 'install the root itself, unless this certificate is meant',
  },
  'same-name': {
    code: 'catalog/same-name',
    severity: 'error',
    message: (root, { keyCompared }) =>
      keyCompared
        ? `it has the name of ${root}, another SHA-256 and another key: it is not that root`
        : `it has the name of ${root} and another SHA-256: it is not that root; the catalog does not hold that root's key`,
    hint: 'anybody can give a certificate this name; compare the SHA-256 with what its owner told you by another way',
  },
  below: {
    code: 'catalog/below-root',
    severity: 'info',
    message: (root) => `it was issued below ${root}: the signatures say so`,
    hint: 'nothing is to be done',
  },
  'false-issuer': {
    code: 'catalog/false-issuer',
    severity: 'error',
    message: (root) => `it names ${root} as its issuer, whose key did not sign it`,
    hint: 'it is damaged, or somebody else wrote that name; ask its sender for the chain, and do not install it',
  },
  unknown: {
    code: 'catalog/not-a-root',
    severity: 'warning',
    message: () => 'it is no public root that the catalog knows, and was issued below none of them',
    hint: 'a private CA is such; compare the SHA-256 with what its owner told you by another way',
  },
};

/**
 * The finding about one certificate; none for a root.
 *
 * @param relation - as `relateToCatalog` gives it
 */
export function checkRelation(relation: Relation): readonly Finding[] {
  const { certificate, kind, root } = relation;
  if (kind === 'root') return [];
  const { code, severity, message, hint } = STATEMENTS[kind];
  return [findingAbout(certificate, code, severity, message(root?.name ?? '', relation), hint)];
}
