/**
 * Remarks about keystores as findings.
 *
 * @module
 */
import type { KeystoreRemark } from '../store/explain.js';
import { sourceOf } from '../x509/source.js';
import type { Finding } from './finding.js';

/** A remark about a keystore; `name` as the user named it. */
export function findingOfRemark({ alias, ...remark }: KeystoreRemark, name: string): Finding {
  return { ...remark, source: sourceOf(name, { alias }) };
}
