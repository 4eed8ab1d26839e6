/**
 * `--limit NAME=VALUE`: reads more of an input than is usual, where its owner knows that it is no bomb.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { INPUT_LIMITS, type InputLimits } from '../input/limits.js';
import { type ListOption, listOption } from './options.js';

type LimitName = keyof InputLimits;

const MEGABYTE = 1024 * 1024;

/** What each may be raised to: Node holds no text of 512 MB, and deeper nesting takes its stack. */
const HIGHEST: Readonly<Record<LimitName, number>> = {
  size: 500 * MEGABYTE,
  entries: 10_000_000,
  expansion: 100_000,
  unpacked: 500 * MEGABYTE,
  nesting: 32,
  certificates: 100_000_000,
};

const IN_BYTES: ReadonlySet<string> = new Set<LimitName>(['size', 'unpacked']);

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: MEGABYTE, G: 1024 * MEGABYTE };

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
export function parseLimits(values: readonly string[]): Partial<InputLimits> {
  return Object.fromEntries(values.map(parseLimit));
}

function parseLimit(text: string): [LimitName, number] {
  const [, name = '', digits = '', unit = ''] = /^([a-z]+)=(\d{1,12})([KMG]?)$/.exec(text) ?? [];
  if (!isLimitName(name) || (unit !== '' && !IN_BYTES.has(name))) {
    throw new TrustError('usage/bad-value', `"${text}" is not a limit`, {
      hint: `write NAME=VALUE, as in entries=50000 or size=400M; the names are ${Object.keys(INPUT_LIMITS).join(', ')}`,
    });
  }
  const value = Number(digits) * (UNITS[unit] ?? 1);
  if (value >= 1 && value <= HIGHEST[name]) return [name, value];
  throw new TrustError('usage/bad-value', `the limit ${name} may be from 1 to ${HIGHEST[name]}, not ${value}`);
}

function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(INPUT_LIMITS, name);
}
