/**
 * The errors of anchorctl: every stable code with its exit status, and the one class that carries them.
 *
 * Three kinds are kept apart: a fact about the user's certificates is a `Finding` (a value, never thrown); an input or
 * an environment that cannot be used is a `TrustError`; anything else that is thrown is a bug (status 70).
 *
 * @module
 */

/** Every stable code, with the exit status that the command line gives it. Add here; never reuse or rename one. */
export const CODES = {
  'usage/bad-value': 2,
  'usage/conflict': 2,
  'usage/missing-argument': 2,
  'usage/too-many-certificates': 2,
  'usage/unknown-command': 2,
  'usage/unknown-option': 2,
  'output/exists': 2,
  'keystore/other-type': 2,
  'run/other-plan': 2,
  'device/bad-name': 2,
  'device/unknown-platform': 2,
  'device/unsupported-accept': 2,
  'device/unsupported-action': 2,
  'device/unsupported-setting': 2,
  'device/unsupported-style': 2,

  'input/not-found': 3,
  'input/not-readable': 3,
  'input/empty': 3,
  'input/unrecognised': 3,
  'input/no-bytes': 3,
  'input/no-certificate': 3,
  'input/no-match': 3,
  'input/too-large': 3,
  'input/too-many': 3,
  'input/too-deep': 3,
  'input/tolerated': 3,
  'input/several-devices': 3,
  'input/only-typed': 3,
  'git/failed': 3,
  'git/no-work-tree': 3,
  'git/not-installed': 3,
  'shard/damaged': 3,
  'shard/foreign': 3,
  'shard/missing': 3,
  'shard/twice': 3,
  'archive/damaged': 3,
  'archive/too-large': 3,
  'archive/unsafe-name': 3,
  'archive/encrypted': 3,
  'archive/too-many': 3,
  'archive/unsupported': 3,
  'pem/damaged': 3,
  'pem/bad-base64': 3,
  'pem/no-end': 3,
  'pem/recovered': 3,
  'der/truncated': 3,
  'der/bad-length': 3,
  'der/bad-value': 3,
  'der/too-deep': 3,
  'der/trailing-bytes': 3,
  'der/unexpected-tag': 3,
  'certificate/malformed': 3,
  'crl/malformed': 3,
  'device/damaged-hex': 3,
  'pkcs7/malformed': 3,
  'ocsp/malformed': 3,
  'policy/malformed': 3,
  'fetch/bad-url': 3,
  'fetch/failed': 3,
  'fetch/private-address': 3,
  'fetch/too-large': 3,
  'keystore/alias-not-found': 3,
  'keystore/bad-magic': 3,
  'keystore/certificate-not-found': 3,
  'keystore/malformed': 3,
  'keystore/truncated': 3,
  'keystore/unsupported': 3,
  'repair/unknown-root': 3,
  'catalog/ambiguous': 3,
  'catalog/damaged': 3,
  'catalog/facts-only': 3,
  'catalog/malformed': 3,
  'catalog/not-found': 3,
  'catalog/unsafe-file': 3,
  'run/not-a-run-folder': 3,
  'run/damaged': 3,

  'keystore/password-missing': 4,
  'keystore/wrong-password': 4,

  'trust/not-established': 5,
  'trust/fingerprint-mismatch': 5,
  'trust/unfit': 5,
  'catalog/older': 5,
  'catalog/future': 5,
  'device/holds-identity': 5,
  'device/in-use': 5,
  'device/name-in-use': 5,
  'device/not-a-ca': 5,
  'device/several-devices': 5,
  'device/unprintable': 5,
  'keystore/alias-ambiguous': 5,
  'keystore/alias-taken': 5,
  'keystore/cannot-preserve': 5,
  'keystore/certificate-present': 5,
  'keystore/no-password': 5,
  'keystore/password-refused': 5,
  'keystore/refuses-entry': 5,
  'run/needs-confirmation': 5,
  'run/changed-since': 5,
  'run/rolled-back': 5,
  'file/changed-meanwhile': 5,
  'file/wider-access': 5,

  'file/cannot-write': 6,
  'file/locked': 6,
  'file/verification-failed': 6,
  'run/failed': 6,

  'run/interrupted': 130,
} as const;

/** What a process of anchorctl can end with. 0 always means good. */
export type ExitStatus = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 70 | 130;

/** One of the stable codes. */
export type ErrorCode = keyof typeof CODES;

/** Which status wins when one call has several: the first of this list that occurred. */
const PRECEDENCE: readonly ExitStatus[] = [70, 130, 2, 6, 5, 4, 3, 1, 0];

/**
 * The status of a call in which several things happened.
 *
 * @param statuses - the statuses of the parts; none means 0
 */
export function worstStatus(statuses: readonly ExitStatus[]): ExitStatus {
  return PRECEDENCE.find((status) => statuses.includes(status)) ?? 0;
}

/** Errors of one call, those that decide its status first; of one status in their order. */
export function worstFirst(errors: readonly TrustError[]): readonly TrustError[] {
  return errors.toSorted((a, b) => PRECEDENCE.indexOf(a.exitStatus) - PRECEDENCE.indexOf(b.exitStatus));
}

/** Where in an input something is: offsets are bytes from 0, lines and columns count from 1. */
export interface Position {
  /** File, or file and archive members joined by `!/`. */
  readonly source?: string;
  /** Alias of a keystore entry, or its number where it has none. */
  readonly entry?: string;
  readonly offset?: number;
  readonly line?: number;
  readonly column?: number;
}

/** What a `TrustError` can carry besides its code and message. */
export interface TrustErrorOptions {
  readonly at?: Position;
  /** What to do about it: lower case, no full stop. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The only error this library throws on purpose. The message is lower case, without a full stop, and says what was
 * found and what was expected; the hint says what to do.
 */
export class TrustError extends Error {
  override readonly name = 'TrustError';
  readonly code: ErrorCode;
  readonly at: Position | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, { at, hint, cause }: TrustErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.at = at;
    this.hint = hint;
  }

  /** The exit status that the table of codes gives this error. */
  get exitStatus(): ExitStatus {
    return CODES[this.code];
  }

  /**
   * The same error, placed in a larger whole: what is already known of the position is kept, the rest is added.
   *
   * @param outer - e.g. the file an archive member came from
   */
  within(outer: Position): TrustError {
    if (Object.keys(outer).every((key) => this.at?.[key as keyof Position] !== undefined)) return this;
    const options = { at: { ...outer, ...this.at }, cause: this.cause };
    return anew(this.code, this.message, this.hint === undefined ? options : { ...options, hint: this.hint });
  }
}

/** Outside of the class: one that names itself goes by another name in the built library. */
function anew(...error: ConstructorParameters<typeof TrustError>): TrustError {
  return new TrustError(...error);
}

/**
 * Narrows something caught: returns it when it is a `TrustError`, throws it again when it is anything else (a bug).
 */
export function expectTrustError(error: unknown): TrustError {
  if (error instanceof TrustError) return error;
  throw error;
}
