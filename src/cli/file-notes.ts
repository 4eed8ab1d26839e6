/**
 * What the replacement of a file is worth saying, as findings.
 *
 * @module
 */
import type { Finding } from '../check/finding.js';
import type { ReplaceNote } from '../io/atomic-file.js';
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
