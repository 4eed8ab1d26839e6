/**
 * How much of an input is read: the limits that keep a file of a stranger from taking all time and memory.
 *
 * @module
 */
import { HIGHEST_UNPACK_LIMITS, UNPACK_LIMITS, type UnpackLimits } from '../encoding/unpack.js';
import { TrustError } from '../errors.js';

/** The limits of one input. */
export interface InputLimits extends UnpackLimits {
  /** Bytes of the input itself, as it is read from a file or a pipe. */
  readonly size: number;
  /** Archives and encoded texts inside one another; a compressed archive counts as two. */
  readonly nesting: number;
  readonly certificates: number;
}

/** What holds unless it is raised. */
export const INPUT_LIMITS: InputLimits = {
  ...UNPACK_LIMITS,
  size: 256 * 1024 * 1024,
  nesting: 4,
  certificates: 1_000_000,
};

/** What each may be raised to: Node holds no text of 512 MB, and deeper nesting takes its stack. */
export const HIGHEST_LIMITS: InputLimits = {
  ...HIGHEST_UNPACK_LIMITS,
  size: 500 * 1024 * 1024,
  nesting: 32,
  certificates: 100_000_000,
};

const NAMES = Object.keys(INPUT_LIMITS) as readonly (keyof InputLimits)[];

/**
 * The limits of an input: those that are given, the others as usual. What is no number would limit nothing.
 *
 * @throws {TrustError} `usage/bad-value`
 */
export function chooseLimits(given: Partial<InputLimits> = {}): InputLimits {
  const limits: { -readonly [name in keyof InputLimits]: number } = { ...INPUT_LIMITS };
  for (const name of NAMES) {
    const value = given[name];
    if (value !== undefined) limits[name] = requireLimit(name, value);
  }
  return limits;
}

/**
 * A limit as it may be.
 *
 * @throws {TrustError} `usage/bad-value`
 */
export function requireLimit(name: keyof InputLimits, value: number): number {
  if (value >= 1 && value <= HIGHEST_LIMITS[name]) return value;
  throw new TrustError('usage/bad-value', `the limit ${name} may be from 1 to ${HIGHEST_LIMITS[name]}, not ${value}`);
}
