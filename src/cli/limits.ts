/**
 * `--limit NAME=VALUE`: reads more of an input than is usual, where its owner knows that it is no bomb.
 *
 * @module
 */
import { orRaise } from '../encoding/unpack.js';
import { TrustError } from '../errors.js';
import { HIGHEST_LIMITS, INPUT_LIMITS, type InputLimits, requireLimit } from '../input/limits.js';
import { type ListOption, listOption } from './options.js';

type LimitName = keyof InputLimits;

const MEGABYTE = 1024 * 1024;

const IN_BYTES: ReadonlySet<string> = new Set<LimitName>(['size', 'unpacked']);

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: MEGABYTE, G: 1024 * MEGABYTE };

/** What `limitOption` declares. */
export interface LimitArgs {
  readonly limit?: string[] | undefined;
}

/** The option, which may be given several times. */
export const limitOption: ListOption = listOption(
  'limit',
  `Read more than is usual, as NAME=VALUE: ${Object.keys(INPUT_LIMITS).join(', ')}`,
);

/**
 * The limits of a call.
 *
 * @param values - `entries=50000`, `size=400M`
 * @throws {TrustError} `usage/bad-value`
 */
export function parseLimits(values: readonly string[] = []): Partial<InputLimits> {
  return Object.fromEntries(values.map(parseLimit));
}

function parseLimit(text: string): [LimitName, number] {
  const [, name = '', digits = '', unit = ''] = /^([a-z]+)=(\d{1,12})([KMG]?)$/.exec(text) ?? [];
  if (!isLimitName(name) || (unit !== '' && !IN_BYTES.has(name))) {
    throw new TrustError('usage/bad-value', `"${text}" is not a limit`, {
      hint: `write NAME=VALUE, as in entries=50000 or size=400M; the names are ${Object.keys(INPUT_LIMITS).join(', ')}`,
    });
  }
  return [name, requireLimit(name, Number(digits) * (UNITS[unit] ?? 1))];
}

function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(INPUT_LIMITS, name);
}

/**
 * An error of reading a file or a pipe, with the option that has more of it read; every other error as it is.
 *
 * @param limits - of the call
 */
export function withRaise(error: TrustError, { size = INPUT_LIMITS.size }: Partial<InputLimits>): TrustError {
  const { code, message, at, hint = '', cause } = error;
  const raise = orRaise('size', size, 2, HIGHEST_LIMITS.size);
  if (code !== 'input/too-large' || raise === '') return error;
  return new TrustError(code, message, { ...(at === undefined ? {} : { at }), hint: `${hint}${raise}`, cause });
}
