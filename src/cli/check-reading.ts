/**
 * Giving every input of a `check` to it: what is read, passed over, recorded for a merge, and cut off by an interrupt.
 *
 * @module
 */
import type { CertificateRole, ExpiryCheck } from '../check/check-report.js';
import type { RecordedInput, ShardRecorder } from '../check/shard.js';
import { expectTrustError, TrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import { toFindings } from './answer.js';
import { type GitArgs, gitWalkOf } from './git-selection.js';
import { intactOf } from './input-contents.js';
import { type InputArgs, readingOf } from './input-options.js';
import { type ReadOptions, readEachInput } from './inputs.js';
import { isInterruption, takeTurns, untilInterrupted } from './interruption.js';
import type { Io } from './io.js';
import type { CommonArgs } from './options.js';
import { type PasswordArgs, storePassword } from './password.js';
import { withProgress } from './progress.js';
import type { ReadInput } from './single-input.js';

/** What the options say of the inputs. */
export interface ReadingArgs extends CommonArgs, PasswordArgs, GitArgs, InputArgs {
  readonly path: string[];
  readonly allowEmpty: boolean;
}

/** What could not be read, and why not all of it was tried. */
export interface Reading {
  readonly errors: readonly TrustError[];
  readonly interruption: TrustError | null;
}

/**
 * Gives every input to the check.
 *
 * @param shard - what is to record the part that this call reads; null for a call that reads all
 */
export async function readAll(
  check: ExpiryCheck,
  shard: ShardRecorder | null,
  args: ReadingArgs,
  io: Io,
): Promise<Reading> {
  const options = await optionsOf(check, shard, args, io);
  const errors: TrustError[] = [];
  let files = 0;
  const take = (input: ReadInput | null) => {
    const interruption = input?.errors.find(isInterruption);
    if (interruption !== undefined) throw interruption;
    files++;
    if (input === null) return;
    const intact = intactInput(input);
    for (const error of addTo(check, intact)) errors.push(error);
    shard?.add(intact);
  };
  const isInterrupted = await withProgress(args, io, (progress) =>
    io.interruptible(async (signal) => {
      const turn = takeTurns();
      const reading = readEachInput(args.path, io, { ...options, signal }, (input) => {
        take(input);
        const taken = turn();
        if (taken !== undefined) progress(`${countFiles(files)} read`);
        return taken;
      });
      try {
        await untilInterrupted(reading, signal);
        return signal.aborted;
      } catch (error) {
        if (isInterruption(expectTrustError(error))) return true;
        throw error;
      }
    }),
  );
  return { errors, interruption: isInterrupted ? interruptedAfter(files) : null };
}

async function optionsOf(
  check: ExpiryCheck,
  shard: ShardRecorder | null,
  args: ReadingArgs,
  io: Io,
): Promise<ReadOptions> {
  const { allowEmpty, changedSince } = args;
  return {
    ...readingOf(args.path, args),
    ...{ password: await storePassword(args, io), strict: false, descriptions: true },
    ...{ allowEmpty, passOverNamed: allowEmpty, walk: gitWalkOf(args) },
    onPassedOver: (path, members) => {
      check.passOver(path, members);
      shard?.passOver(path, members);
    },
    // That nothing at all is found is for the merge to say; that nothing has changed is as good as it gets.
    isPart: shard !== null || changedSince !== undefined,
    takes: shard === null ? undefined : (input) => shard.takes(input),
  };
}

function countFiles(files: number): string {
  return `${files} ${files === 1 ? 'file' : 'files'}`;
}

function interruptedAfter(files: number): TrustError {
  const what = `interrupted after ${countFiles(files)}; what comes after is missing here`;
  return new TrustError('run/interrupted', what, { hint: 'call again; no file of --output was written' });
}

/** What a program finds that reads the input as it stands. */
export function intactInput(input: ReadInput): RecordedInput {
  const { certificates, errors } = intactOf(input);
  return {
    input: input.input,
    certificates,
    described: input.described,
    errors: errors.length === 0 ? input.errors : [...input.errors, ...errors],
    members: input.members,
    ...(input.attachments.length === 0 ? {} : { attachments: input.attachments }),
    untrusted: numbersOf(input.untrusted, certificates),
  };
}

function numbersOf(some: readonly Certificate[], all: readonly Certificate[]): readonly number[] {
  if (some.length === 0) return [];
  const wanted = new Set(some);
  return all.flatMap((certificate, index) => (wanted.has(certificate) ? [index] : []));
}

/** Errors of names behind which there is nothing to open. */
const LEADS_NOWHERE: ReadonlySet<string> = new Set([
  'git/failed',
  'git/no-work-tree',
  'git/not-installed',
  'input/not-found',
  'input/no-match',
  'input/not-readable',
  'usage/bad-value',
]);

/** What `--only` asks for. */
const ROLES: Readonly<Record<CertificateRole, string>> = {
  leaf: 'an end entity',
  ca: 'a CA',
  anchors: 'a CA that is its own issuer',
};

/**
 * Sees to it that something was looked at: certificates that are all of another role than was asked for are as good as none.
 *
 * @returns the error that was given to the check, unless that is allowed
 */
export function requireWanted(
  check: ExpiryCheck,
  {
    path,
    only,
    allowEmpty,
  }: Pick<ReadingArgs, 'allowEmpty'> & {
    readonly path: readonly string[];
    readonly only: CertificateRole | null;
  },
): readonly TrustError[] {
  if (only === null || allowEmpty || check.unwanted === 0) return [];
  const found = check.unwanted === 1 ? 'the one certificate is not' : `none of ${check.unwanted} certificates is`;
  const nothing = new TrustError('input/no-match', `${found} ${ROLES[only]}, so that --only ${only} looks at nothing`, {
    at: { source: path.join(' ') },
    hint: 'correct --only or the paths, or give --allow-empty',
  });
  return addTo(check, { input: path.join(' '), certificates: [], described: [], errors: [nothing] });
}

/**
 * Gives an input to the check, as it was read or as a shard recorded it.
 *
 * @returns what could not be read
 */
export function addTo(check: ExpiryCheck, input: RecordedInput): readonly TrustError[] {
  const { input: name, certificates, described, members, attachments, untrusted, errors } = input;
  const isOpened = !errors.some(({ code }) => LEADS_NOWHERE.has(code));
  check.add({
    input: name,
    certificates,
    described,
    members,
    attachments,
    untrusted,
    findings: toFindings(errors, [name]),
    isOpened,
  });
  return errors;
}
