/**
 * Giving every input of a `check` to it: what is read, passed over, recorded for a merge, and cut off by an interrupt.
 *
 * @module
 */
import type { ExpiryCheck } from '../check/check-report.js';
import type { RecordedInput, ShardRecorder } from '../check/shard.js';
import { expectTrustError, TrustError } from '../errors.js';
import { toFindings } from './answer.js';
import { type GitArgs, gitWalkOf } from './git-selection.js';
import { intactOf, type ReadInput, type ReadOptions, readEachInput } from './inputs.js';
import { takeTurns, untilInterrupted } from './interruption.js';
import type { Io } from './io.js';
import type { CommonArgs } from './options.js';
import { type PasswordArgs, storePassword } from './password.js';
import { withProgress } from './progress.js';

/** What the options say of the inputs. */
export interface ReadingArgs extends CommonArgs, PasswordArgs, GitArgs {
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
    if (input === null) {
      shard?.passOver();
      return;
    }
    const intact = input.damaged.length === 0 ? input : intactInput(input);
    for (const error of addTo(check, intact, input.input)) errors.push(error);
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

function countFiles(files: number): string {
  return `${files} ${files === 1 ? 'file' : 'files'}`;
}

function interruptedAfter(files: number): TrustError {
  const what = `interrupted after ${countFiles(files)}; what comes after is missing here`;
  return new TrustError('run/interrupted', what, { hint: 'call again; no file of --output was written' });
}

/** What a program finds that reads the input as it stands. */
function intactInput(input: ReadInput): RecordedInput {
  const { certificates, errors } = intactOf(input);
  return { certificates, described: input.described, errors: [...input.errors, ...errors] };
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
