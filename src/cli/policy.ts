/**
 * The policy of a call of `check`: which file, read, and held against the options of the call.
 *
 * @module
 */
import { statSync } from 'node:fs';
import path, { type PlatformPath } from 'node:path';
import process from 'node:process';
import type { Options } from 'yargs';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../check/expiry.js';
import type { PolicyCheck } from '../check/policy-check.js';
import type { TrustError } from '../errors.js';
import { readInput } from '../io/read-input.js';
import { coercion } from './coercion.js';
import { single } from './options.js';

/** What a policy file is called. */
const NAME = 'anchorctl.yaml';

/** The top of a repository: what lies above is somebody else's. */
const REPOSITORY = '.git';

/** `--policy FILE`; yargs makes `--no-policy` of it too. */
export const policyOption: Options & { readonly coerce: (value: unknown) => string | false | undefined } = {
  type: 'string',
  requiresArg: true,
  describe: `The policy; default: ${NAME} in this folder or above, as far as the repository; --no-policy: none`,
  coerce: coercion((value) => (value === undefined || value === false ? value : single('policy', value))),
};

/** Where the policy of a call lies and what it is, and which paths the call is for. */
export interface PolicyCall {
  readonly option: string | false | undefined;
  readonly at: Date;
  /** The thresholds that the user named. */
  readonly given: Partial<Thresholds>;
}

/** A policy ready to be used. */
export interface OpenedPolicy {
  readonly check: PolicyCheck;
  /** Where its file lies. */
  readonly folder: string;
  readonly errors: readonly [];
}

/** The same, or why it is not; null for a call without one. */
export type CalledPolicy = OpenedPolicy | { readonly check: null; readonly errors: readonly TrustError[] } | null;

/**
 * Finds and reads the policy of a call.
 *
 * @throws {TrustError} `input/…` for a file that cannot be read
 */
export async function openPolicy({ option, at, given }: PolicyCall): Promise<CalledPolicy> {
  const file = option === undefined ? findPolicy(process.cwd()) : option;
  if (file === null || file === false) return null;
  const { decodePolicy, MAX_POLICY_BYTES } = await import('../check/policy-file.js');
  const shown = option === undefined ? path.relative(process.cwd(), file) : file;
  const { policy, errors } = decodePolicy(readInput(file, MAX_POLICY_BYTES), shown);
  if (policy === null) return { check: null, errors };
  const { PolicyCheck } = await import('../check/policy-check.js');
  const folder = path.dirname(path.resolve(file));
  const options = { at, given, defaults: DEFAULT_THRESHOLDS, toRelative: relativeTo(folder) };
  return { check: new PolicyCheck(policy, options), folder, errors: [] };
}

/**
 * The policy of a folder: in it, or in the first folder above that has one. The search ends with the folder that holds a
 * repository.
 *
 * @param folder - absolute
 * @returns null where there is none
 */
export function findPolicy(folder: string): string | null {
  for (let current = folder; ; current = path.dirname(current)) {
    const file = path.join(current, NAME);
    if (exists(file)) return file;
    if (exists(path.join(current, REPOSITORY)) || path.dirname(current) === current) return null;
  }
}

/** Whether one of the paths of a call is the folder of the policy, or a folder above. */
export function coversFolder(paths: readonly string[], folder: string): boolean {
  return paths.some((one) => {
    const below = path.relative(path.resolve(one), folder);
    return below !== '..' && !below.startsWith(`..${path.sep}`) && !path.isAbsolute(below);
  });
}

/**
 * How inputs are called by the patterns of a policy: relative to its folder, with slashes; endpoints and `-` as they are.
 *
 * @param system - of the paths; default: this one
 */
export function relativeTo(folder: string, system: PlatformPath = path): (input: string) => string {
  // A file is asked about once for each rule.
  let last = { input: '-', relative: '-' };
  return (input) => {
    if (input !== last.input) {
      const isFile = !/^tls:\/\//.test(input);
      const relative = isFile ? system.relative(folder, system.resolve(input)).split(system.sep).join('/') : input;
      last = { input, relative };
    }
    return last.relative;
  };
}

function exists(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A name that is there and cannot be looked at is not passed over: reading it says why.
    return true;
  }
}
