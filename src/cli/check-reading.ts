/**
 * Giving every input of a `check` to it: what is read, passed over, recorded for a merge, and cut off by an interrupt.
 *
 * @module
 */
import type { ExpiryCheck } from '../check/check-report.js';
import type { RecordedInput, ShardRecorder } from '../check/shard.js';
import { TrustError } from '../errors.js';
import { toFindings } from './answer.js';
import { type GitArgs, gitWalkOf } from './git-selection.js';
import { type InputArgs, readingOf } from './input-options.js';
import { intactOf, type ReadInput, type ReadOptions, readEachInput } from './inputs.js';
import { untilInterrupted } from './interruption.js';
import type { Io } from './io.js';
import type { CommonArgs } from './options.js';
import { type PasswordArgs, storePassword } from './password.js';
import { withProgress } from './progress.js';

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
  const options = { ...(await optionsOf(check, shard, args, io)) };
  const errors: TrustError[] = [];
  return withProgress(args, io, (progress) =>
    io.interruptible(async (signal) => {
      let files = 0;
      for await (const input of untilInterrupted(readEachInput(args.path, io, { ...options, signal }), signal)) {
        if (input?.errors.some(isInterruption) === true) return { errors, interruption: interruptedAfter(files) };
        progress(`${++files} ${files === 1 ? 'file' : 'files'} read`);
        if (input === null) {
          shard?.passOver();
          continue;
        }
        const intact = intactInput(input);
        errors.push(...addTo(check, intact, input.input));
        shard?.add(detached(intact));
      }
      return { errors, interruption: signal.aborted ? interruptedAfter(files) : null };
    }),
  );
}

async function optionsOf(
  check: ExpiryCheck,
  shard: ShardRecorder | null,
  args: ReadingArgs,
  io: Io,
): Promise<ReadOptions> {
  const { allowEmpty, changedSince } = args;
  return {
    ...readingOf(args),
    ...{ password: await storePassword(args, io), strict: false, descriptions: true },
    ...{ allowEmpty, passOverNamed: allowEmpty, walk: gitWalkOf(args) },
    onPassedOver: (path) => check.passOver(path),
    // That nothing at all is found is for the merge to say; that nothing has changed is as good as it gets.
    isPart: shard !== null || changedSince !== undefined,
    takes: shard === null ? undefined : (input) => shard.takes(input),
  };
}

/** At a question for a password, which is a part of reading an input. */
function isInterruption({ code }: TrustError): boolean {
  return code === 'run/interrupted';
}

function interruptedAfter(files: number): TrustError {
  const what = `interrupted after ${files} ${files === 1 ? 'file' : 'files'}; what comes after is missing here`;
  return new TrustError('run/interrupted', what, { hint: 'call again; no file of --output was written' });
}

/** What a program finds that reads the input as it stands. */
function intactInput(input: ReadInput): RecordedInput {
  const { certificates, errors } = intactOf(input);
  return { certificates, described: input.described, errors: [...input.errors, ...errors] };
}

/** What a record keeps: the next input is read into the same memory. */
function detached({ certificates, ...rest }: RecordedInput): RecordedInput {
  return { ...rest, certificates: certificates.map((certificate) => certificate.detached()) };
}

/** Errors of names behind which there is nothing to open. */
const LEADS_NOWHERE: ReadonlySet<string> = new Set(['input/not-found', 'input/no-match', 'input/not-readable']);

/**
 * Gives an input to the check, as it was read or as a shard recorded it.
 *
 * @param input - its name, for a policy that judges what it lacks
 * @returns what could not be read
 */
export function addTo(
  check: ExpiryCheck,
  { certificates, described, errors }: RecordedInput,
  input = '-',
): readonly TrustError[] {
  const isOpened = !errors.some(({ code }) => LEADS_NOWHERE.has(code));
  check.add({ input, certificates, described, findings: toFindings(errors), isOpened });
  return errors;
}
