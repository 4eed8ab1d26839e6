/**
 * `--expect-sha256 HEX|@FILE`: the fingerprints a user got by another way. One given on the command line must be among
 * what was read; a file may be a list for many calls.
 *
 * @module
 */
import { normaliseSha256 } from '../encoding/hex.js';
import { TrustError } from '../errors.js';
import { decodeText } from '../input/text.js';
import { MAX_INPUT_BYTES, readInput } from '../io/read-input.js';
import { parseSha256 } from './options.js';

/** The digests of one call. */
export interface Expectations {
  /** All of them, lower-case hex. */
  readonly all: ReadonlySet<string>;
  /** Those named on the command line itself. */
  readonly named: ReadonlySet<string>;
}

/**
 * Reads the values of `--expect-sha256`.
 *
 * @param values - each a digest, or `@` and the name of a file with a digest a line; blank lines and `#` comments are
 *   passed over
 * @throws {TrustError} `usage/bad-value` for anything that is no digest, `input/…` for a file that cannot be read
 */
export function parseExpectations(values: readonly string[] = []): Expectations {
  const named = new Set(values.filter((value) => !value.startsWith('@')).map(parseSha256));
  const listed = values.filter((value) => value.startsWith('@')).flatMap((value) => readList(value.slice(1)));
  return { all: new Set([...named, ...listed]), named };
}

/** The fingerprints for which a damaged copy is searched; undefined where none is expected, so that nothing is recovered. */
export function recoverableBy({ all }: Expectations): ReadonlySet<string> | undefined {
  return all.size === 0 ? undefined : all;
}

/**
 * Refuses a call that names a fingerprint nothing has: the file was not the one the user meant.
 *
 * @throws {TrustError} `trust/fingerprint-mismatch`
 */
export function requireNamed({ named }: Expectations, found: readonly { readonly sha256: string }[]): void {
  const absent = [...named].find((digest) => !found.some(({ sha256 }) => sha256 === digest));
  if (absent === undefined) return;
  throw new TrustError('trust/fingerprint-mismatch', `no certificate of the input has the expected SHA-256 ${absent}`, {
    hint:
      found.length === 1
        ? `the one that was read has ${found[0]?.sha256}`
        : 'see anchorctl inspect for those that were read',
  });
}

/**
 * A list as people keep it: a digest a line, perhaps with a file name behind it, as sha256sum writes it, also in UTF-16, as
 * PowerShell's `>` makes it.
 */
function readList(path: string): readonly string[] {
  const bytes = readInput(path, MAX_INPUT_BYTES);
  const lines = new TextDecoder().decode(decodeText(bytes)?.bytes ?? bytes).split(/\r?\n/);
  const digests = lines.flatMap((line, index) => {
    const text = line.replace(/#.*/, '').trim();
    if (text === '') return [];
    const digest = normaliseSha256(text) ?? normaliseSha256(text.split(/\s/, 1)[0] ?? '');
    if (digest !== null) return [digest];
    throw new TrustError('usage/bad-value', 'the line does not begin with a SHA-256 fingerprint', {
      at: { source: path, line: index + 1 },
      hint: 'write 64 hex digits, with or without colons, on each line',
    });
  });
  if (digests.length > 0) return digests;
  throw new TrustError('input/empty', 'the list of expected fingerprints is empty', {
    at: { source: path },
    hint: 'an empty list would expect nothing; leave --expect-sha256 out if that is meant',
  });
}
