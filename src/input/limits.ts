/**
 * How much of an input is read: the limits that keep a file of a stranger from taking all time and memory.
 *
 * @module
 */
import { HIGHEST_UNPACK_LIMITS, UNPACK_LIMITS, type UnpackLimits } from '../encoding/unpack.js';

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
