/**
 * From the arguments of a command to what was read: paths, globs, folders, `-` and `tls://` endpoints. One bad input
 * never hides the others.
 *
 * @module
 */
import { setMaxListeners } from 'node:events';
import { expectTrustError, TrustError } from '../errors.js';
import { InputReader, readInput } from '../io/read-input.js';
import { type Walk, walkInputs } from '../io/walk.js';
import { AT_ONCE, startAtOnce } from './at-once.js';
import { isInterruption, SHORT_BYTES, takeTurns, untilItIsInterrupted } from './interruption.js';
import type { Io } from './io.js';
import {
  bundleOf,
  failed,
  hasNoSign,
  type ReadInput,
  readOne,
  readServer,
  refused,
  type SingleInputOptions,
  sizeLimitOf,
  tryReading,
} from './single-input.js';

/** How inputs are read. */
export interface ReadOptions extends SingleInputOptions {
  /** Whether a folder or glob that holds nothing is no error. */
  readonly allowEmpty?: boolean;
  /** Told the name of every file of a folder that has no sign of a certificate, and what files are in it where it is an archive. */
  readonly onPassedOver?: (path: string, members: readonly string[]) => void;
  /** Whether a file that the user named is passed over like one of a folder where it has no sign of a certificate. */
  readonly passOverNamed?: boolean;
  /** How paths, globs and folders become files; `walkInputs` where it is absent. */
  readonly walk?: ((argument: string) => Promise<Walk>) | undefined;
  /** Which inputs are read: asked once for each, in their order. All of them where it is absent. */
  readonly takes?: ((input: string) => boolean) | undefined;
  /** Whether a large file may come in parts, each of them as if it were an input. */
  readonly inParts?: boolean;
  /** Whether it is no error that no file has a certificate, because these are not all files. */
  readonly isPart?: boolean;
}

/** What was read, and how much of what was walked had no sign of a certificate. */
export interface ReadInputs {
  readonly inputs: readonly ReadInput[];
  readonly passedOver: number;
}

/**
 * Reads every argument of a command.
 *
 * @param args - paths, globs, folders, `-`, `tls://host:port`
 * @throws {TrustError} `run/interrupted`, unless the options have a signal, by which the caller sees to that
 */
export async function readInputs(args: readonly string[], io: Io, options: ReadOptions): Promise<ReadInputs> {
  const inputs: ReadInput[] = [];
  let passedOver = 0;
  const take = (input: ReadInput | null) => {
    if (input === null) passedOver++;
    else inputs.push(input);
  };
  await readArguments(args, { io, options, readFile: readInput, take });
  return { inputs, passedOver };
}

/**
 * Takes an input, or null for a file of a folder that has no sign of a certificate. What it returns is waited for: a promise for
 * each of many files would take longer than reading them.
 */
export type TakeInput = (input: ReadInput | null) => Promise<void> | undefined | void;

/**
 * The same one at a time, for calls that keep little of many. Files are read into the same memory: what is to be kept of an
 * input has to be copied before the next one is read (`CertificatePool`). Once the signal is aborted, no other one is.
 *
 * @throws whatever `take` throws; `run/interrupted` as `readInputs`
 */
export function readEachInput(args: readonly string[], io: Io, options: ReadOptions, take: TakeInput): Promise<void> {
  const reader = new InputReader();
  const readFile: Reading['readFile'] = (path, maxBytes, isRegular) => reader.read(path, maxBytes, isRegular);
  return readArguments(args, { io, options, readFile, take });
}

/** A call that reads inputs. */
interface Reading {
  readonly io: Io;
  readonly options: ReadOptions;
  /** `isRegular` as for `InputReader`. */
  readonly readFile: (path: string, maxBytes: number, isRegular: boolean) => Uint8Array;
  readonly take: TakeInput;
  /** Whether an interrupt is to end the process while a folder is walked or a large file worked through, in which no handler would run. */
  readonly mayStretch?: boolean;
}

function readArguments(args: readonly string[], reading: Reading): Promise<void> {
  const { io, options, take } = reading;
  if (options.signal !== undefined) return readAll(args, reading);
  const turn = takeTurns();
  return untilItIsInterrupted(io, (signal) => {
    const takeInTurn: TakeInput = (input) => {
      const interruption = signal.aborted ? input?.errors.find(isInterruption) : undefined;
      if (interruption !== undefined) throw interruption;
      const taken = take(input);
      return taken === undefined ? turn() : taken.then(turn);
    };
    return readAll(args, { ...reading, options: { ...options, signal }, take: takeInTurn, mayStretch: true });
  });
}

async function readAll(args: readonly string[], reading: Reading): Promise<void> {
  const { options, take } = reading;
  let isEmpty = true;
  let passedOver = 0;
  for (const group of groupsOf(args)) {
    const servers = readServers(group.servers, options);
    for (const server of servers) {
      const read = await server;
      if (options.signal?.aborted === true) return;
      await take(read);
    }
    isEmpty &&= servers.length === 0;
    if (group.other === null) continue;
    const { files, others } = await findInputs(group.other, reading);
    for (const other of others) {
      // Standard input says by itself that it was interrupted.
      if (options.signal?.aborted === true && !other.errors.some(isInterruption)) return;
      await take(other);
    }
    const taken = await readFiles(files, reading);
    if (options.signal?.aborted === true) return;
    isEmpty &&= others.length === 0 && taken.isEmpty;
    passedOver += taken.passedOver;
  }
  if (isEmpty && options.allowEmpty !== true && options.isPart !== true) await take(nothingFound(args, passedOver));
}

/** Servers that are named side by side, and what stands behind them. */
interface ArgumentGroup {
  readonly servers: readonly string[];
  readonly other: string | null;
}

function groupsOf(args: readonly string[]): readonly ArgumentGroup[] {
  const groups: ArgumentGroup[] = [];
  let servers: string[] = [];
  for (const arg of args) {
    if (isServer(arg)) servers.push(arg);
    else {
      groups.push({ servers, other: arg });
      servers = [];
    }
  }
  return [...groups, { servers, other: null }];
}

function isServer(arg: string): boolean {
  return arg.startsWith('tls://');
}

/**
 * What servers send, in the order of their names. Those side by side are asked at the same time; files between them are read
 * without letting go of the thread, in which time a server would be given up for late.
 */
function readServers(names: readonly string[], options: ReadOptions): readonly Promise<ReadInput>[] {
  // Each of them listens for the interrupt, which is no leak.
  if (options.signal !== undefined) setMaxListeners(2 * AT_ONCE, options.signal);
  const taken = names.filter((name) => isTaken(name, options));
  return startAtOnce(taken, async (name) => {
    try {
      return await readServer(name, options);
    } catch (error) {
      return refused(name, error, options);
    }
  });
}

/**
 * Reads the files of one argument, up to the one at which the signal is aborted.
 *
 * @returns whether none of them has a sign of a certificate, and how many have none
 */
async function readFiles(
  files: Walk['files'],
  { io, options, readFile, take, mayStretch = false }: Reading,
): Promise<{ readonly isEmpty: boolean; readonly passedOver: number }> {
  let isEmpty = true;
  let passedOver = 0;
  for (const { path, isFromFolder, isRegular } of files) {
    if (!isTaken(path, options)) continue;
    const mayBePassedOver = isFromFolder || options.passOverNamed === true;
    const bytes = tryReading(path, () => readFile(path, sizeLimitOf(options), isRegular), options);
    const bundle = options.inParts === true && bytes instanceof Uint8Array ? bundleOf(path, bytes, options) : null;
    for (const part of bundle?.parts() ?? []) await take({ input: path, ...part });
    const given = bundle?.given ?? 0;
    isEmpty &&= given === 0;
    if (bundle?.isWhole === true) continue;
    const work = () => (bytes instanceof Uint8Array ? readOne(path, bytes, io, options, mayBePassedOver) : bytes);
    const isLong = mayStretch && bytes instanceof Uint8Array && bytes.length > SHORT_BYTES;
    const isInterrupted = () => options.signal?.aborted === true;
    const reading = isLong ? io.atOneStretch(() => (isInterrupted() ? null : work())) : work();
    const all = reading instanceof Promise ? await reading : reading;
    if (all === null || isInterrupted()) break;
    const read = given === 0 ? all : { ...all, certificates: all.certificates.slice(given) };
    const isPassedOver = mayBePassedOver && hasNoSign(read);
    if (isPassedOver) {
      options.onPassedOver?.(path, read.members);
      passedOver++;
    } else {
      isEmpty = false;
    }
    const taken = take(isPassedOver ? null : read);
    if (taken !== undefined) await taken;
  }
  return { isEmpty, passedOver };
}

/** What stands in the place of everything where no input has a sign of a certificate. */
export function nothingFound(args: readonly string[], passedOver: number): ReadInput {
  const found =
    passedOver === 1
      ? 'the one file has no sign of a certificate'
      : `none of ${passedOver} files has a sign of a certificate`;
  const nothing = new TrustError('input/no-match', found, {
    at: { source: args.join(' ') },
    hint: 'name a file that holds one',
  });
  return failed(args.join(' '), nothing);
}

/** Whether an input is to be read. */
function isTaken(input: string, { takes }: ReadOptions): boolean {
  return takes === undefined || takes(input);
}

/** The files behind an argument, and what it has beside them: what was read already, or could not be. */
async function findInputs(
  arg: string,
  { io, options, mayStretch = false }: Reading,
): Promise<{ readonly files: Walk['files']; readonly others: readonly ReadInput[] }> {
  if (arg === '-') {
    const others = isTaken(arg, options) ? [await readStandardInput(arg, io, options)] : [];
    return { files: [], others };
  }
  try {
    const walk = () => (options.walk ?? walkInputs)(arg);
    const { files, problems } = await (mayStretch ? io.atOneStretch(walk) : walk());
    const failures = problems.map((problem) => failed(problem.at?.source ?? arg, problem));
    return { files, others: failures.filter(({ input }) => isTaken(input, options)) };
  } catch (error) {
    const refusal = expectTrustError(error);
    // What is wrong with an option is wrong with the whole call.
    if (refusal.exitStatus === 2 && options.walk !== undefined) throw refusal;
    const isAllowed = options.allowEmpty === true && refusal.code === 'input/no-match';
    return { files: [], others: !isAllowed && isTaken(arg, options) ? [failed(arg, refusal)] : [] };
  }
}

async function readStandardInput(arg: string, io: Io, options: ReadOptions): Promise<ReadInput> {
  try {
    return await readOne(arg, await io.readStdin(sizeLimitOf(options)), io, options, false);
  } catch (error) {
    return refused(arg, error, options);
  }
}
