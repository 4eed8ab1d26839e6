/**
 * The policy of a call of `check`: which file, read, and held against the options of the call.
 *
 * @module
 */
import { realpathSync, statSync } from 'node:fs';
import path, { type PlatformPath } from 'node:path';
import process from 'node:process';
import type { Options } from 'yargs';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../check/expiry.js';
import type { PolicyCheck, PolicyCheckOptions } from '../check/policy-check.js';
import type { MergedInputs } from '../check/shard.js';
import { TrustError } from '../errors.js';
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
  coerce: coercion((value) => {
    if (Array.isArray(value) && value.includes(false)) throw contradiction(value);
    return value === undefined || value === false ? value : single('policy', value);
  }),
};

function contradiction(values: readonly unknown[]): TrustError {
  if (values.every((value) => value === false)) {
    return new TrustError('usage/bad-value', '--no-policy is given more than once');
  }
  return new TrustError('usage/conflict', '--policy and --no-policy cannot both be meant', { hint: 'leave one out' });
}

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
  /** What the file says. */
  readonly text: string;
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
  const { MAX_POLICY_BYTES } = await import('../check/policy-file.js');
  const bytes = readInput(file, MAX_POLICY_BYTES);
  const shown = option === undefined ? path.relative(process.cwd(), file) : file;
  const folder = path.dirname(path.resolve(file));
  const { check, errors } = await toCheck(bytes, shown, {
    at,
    given,
    toRelative: relativeTo(folder, path, realFolder),
  });
  return check === null ? { check, errors } : { check, folder, text: new TextDecoder().decode(bytes), errors: [] };
}

/**
 * The policy that shards were held against, for all of their inputs.
 *
 * @returns null where they had none
 * @throws {TrustError} `shard/damaged` where it is none any more
 */
export async function reopenPolicy({ settings, inputs }: MergedInputs): Promise<PolicyCheck | null> {
  const { at, given, policy } = settings;
  if (policy === null) return null;
  const names = new Map(inputs.map(({ input, place }) => [input, place]));
  const toRelative = (input: string) => names.get(input) ?? input;
  const { check, errors } = await toCheck(Buffer.from(policy.text), policy.file, { at, given, toRelative });
  if (check !== null) return check;
  throw new TrustError('shard/damaged', `the policy of the shards is none: ${errors[0]?.message}`, {
    hint: 'name documents that check --shard wrote, whole and unchanged',
  });
}

async function toCheck(
  bytes: Uint8Array,
  shown: string,
  options: Omit<PolicyCheckOptions, 'defaults'>,
): Promise<{ readonly check: PolicyCheck | null; readonly errors: readonly TrustError[] }> {
  const { decodePolicy } = await import('../check/policy-file.js');
  const { policy, errors } = decodePolicy(bytes, shown);
  if (policy === null) return { check: null, errors };
  const { PolicyCheck } = await import('../check/policy-check.js');
  return { check: new PolicyCheck(policy, { ...options, defaults: DEFAULT_THRESHOLDS }), errors };
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

/** Whether one of the paths of a call is the folder of the policy, or a folder above, by its name or where it leads. */
export function coversFolder(paths: readonly string[], folder: string): boolean {
  const isBelow = (outer: string, inner: string) => {
    const below = path.relative(outer, inner);
    return below !== '..' && !below.startsWith(`..${path.sep}`) && !path.isAbsolute(below);
  };
  const real = realFolder(folder);
  return paths
    .map((one) => path.resolve(one))
    .some((one) => isBelow(one, folder) || (real !== null && isBelow(realFolder(one) ?? one, real)));
}

/** Where a folder lies, whatever links its name leads over; null where it cannot be told. */
function realFolder(folder: string): string | null {
  try {
    return realpathSync.native(folder);
  } catch {
    return null;
  }
}

/**
 * How inputs are called by the patterns of a policy: relative to its folder, with slashes; endpoints and `-` as they are. One
 * that lies outside by its name, and inside by where its folder is, is inside: a link must not lead past the rules.
 *
 * @param system - of the paths; default: this one
 * @param realOf - where a folder lies; null where it cannot be told
 */
export function relativeTo(
  folder: string,
  system: PlatformPath = path,
  realOf: (folder: string) => string | null = () => null,
): (input: string) => string {
  const known = new Map<string, string | null>();
  const realOnce = (one: string) => {
    const before = known.get(one);
    if (before !== undefined) return before;
    const real = realOf(one);
    known.set(one, real);
    return real;
  };
  const callFile = (input: string) => {
    const file = system.resolve(input);
    const byName = relativePath(folder, file, system);
    if (!isOutside(byName)) return byName;
    const [from, to] = [realOnce(folder), realOnce(system.dirname(file))];
    if (from === null || to === null) return byName;
    const byPlace = relativePath(from, system.join(to, system.basename(file)), system);
    return isOutside(byPlace) ? byName : byPlace;
  };
  // A file is asked about once for each rule.
  let last = { input: '-', relative: '-' };
  return (input) => {
    if (input !== last.input) {
      const isFile = input !== '-' && !input.startsWith('tls://');
      last = { input, relative: isFile ? callFile(input) : input };
    }
    return last.relative;
  };
}

function isOutside(relative: string): boolean {
  return relative === '..' || relative.startsWith('../');
}

function relativePath(folder: string, file: string, system: PlatformPath): string {
  const path = system.relative(folder, file);
  const steps = path.split(system.sep).filter((step) => step !== '');
  // On another drive of Windows there is no way to it, and it lies outside of the folder as well.
  return (system.isAbsolute(path) ? ['..', ...steps] : steps).join('/');
}

function exists(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A name that is there and cannot be looked at is not passed over: reading it says why.
    return true;
  }
}
