/**
 * What is worth saying of a file, and of its replacement, as findings.
 *
 * @module
 */
import type { Finding } from '../check/finding.js';
import type { ReplaceNote } from '../io/atomic-file.js';
import type { KeystoreRemark } from '../store/explain.js';
import { sourceOf } from '../x509/source.js';

/** A note about a file that was replaced; `name` as the user named it. */
export function findingOfNote({ code, message }: ReplaceNote, name: string): Finding {
  return {
    code,
    severity: 'warning',
    message,
    hint: 'make the other names links to this file again, or change them too',
    source: sourceOf(name),
  };
}

/** A remark about a keystore; `name` as the user named it. */
export function findingOfRemark({ alias, ...remark }: KeystoreRemark, name: string): Finding {
  return { ...remark, source: sourceOf(name, { alias }) };
}
