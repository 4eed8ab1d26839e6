/**
 * What `validate` says of one certificate, whatever the role it was judged in.
 *
 * @module
 */

/** One result. */
export interface RoleResult {
  readonly verdict: 'pass' | 'warn' | 'fail';
  /** An element of `results`. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The same for a person; ends with a line end. */
  readonly text: string;
}
