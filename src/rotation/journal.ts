/**
 * The journal of a run: NDJSON, a line when a step begins and a line when it ends, each on the disk before the run goes
 * on. A process that is killed leaves a `begin` without its end, or a line that is cut short.
 *
 * @module
 */
import { renderLine } from '../encoding/json-text.js';
import { expectTrustError, TrustError } from '../errors.js';

/** What is done: a whole run or rollback, or one step of it. */
export type JournalStep =
  | 'run'
  | 'back-up'
  | 'replace'
  | 'verify'
  | 'write-text'
  | 'put-back'
  | 'rollback'
  | 'restore'
  /** A keystore that a rollback leaves as it is, which was asked for. */
  | 'except';

/** One line. */
export interface JournalEntry {
  /** From 1, one more with every line. */
  readonly seq: number;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly step: JournalStep;
  /** A keystore, a file of the run folder, or the run folder. */
  readonly target: string;
  readonly state: 'begin' | 'done' | 'failed';
  /** Why a step failed; of a text that was written, its digest. */
  readonly detail?: string;
}

/** How far a run came. `rollback-interrupted`: a rollback began and did not end. */
type RunState = 'interrupted' | 'complete' | 'rollback-interrupted' | 'rolled-back';

/** A journal that was read. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
  readonly state: RunState;
  /** The last line ends in the middle: the next one needs a line break before it. */
  readonly isCut: boolean;
}

/** One line of the journal with its line break. */
function renderEntry({ seq, at, step, target, state, detail }: JournalEntry): string {
  return renderLine({ seq, at, step, target, state, detail });
}

/**
 * Reads a journal. Lines that are cut are passed over where kills and full disks leave them: at the end, before the line
 * with which the next call took the run up again, or before the line that the same call wrote in their place.
 *
 * @param source - named in errors
 * @throws {TrustError} `run/damaged` with the line, when any other line cannot be understood
 */
export function parseJournal(text: string, source: string): Journal {
  const lines = text.split('\n');
  const entries: JournalEntry[] = [];
  let cutLine: number | null = null;
  for (const [index, line] of lines.entries()) {
    const entry = parseEntry(line);
    const isExpected =
      entry === null ? isCutLine(line) : cutLine === null || isOpening(entry) || goesOn(entry, entries.at(-1));
    if (!isExpected) throw damaged(source, cutLine ?? index + 1);
    if (entry === null) {
      cutLine ??= index + 1;
    } else {
      cutLine = null;
      entries.push(entry);
    }
  }
  return { entries, state: stateOf(entries), isCut: !text.endsWith('\n') && text !== '' };
}

function damaged(source: string, line: number): TrustError {
  return new TrustError('run/damaged', 'a line of the journal cannot be understood', {
    at: { source, line },
    hint: 'the backups in the run folder are plain copies of the keystores; they can be copied back by hand',
  });
}

/** What a kill leaves of a line, or (zeros) a power cut. No part of a line is JSON. */
function isCutLine(line: string): boolean {
  return ('{"seq":'.startsWith(line.slice(0, 7)) && !isJson(line)) || /^\0+$/.test(line);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parseEntry(line: string): JournalEntry | null {
  try {
    const value: unknown = JSON.parse(line);
    return isEntry(value) ? value : null;
  } catch {
    return null;
  }
}

function isEntry(value: unknown): value is JournalEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { seq, at, step, target, state }: Partial<Record<keyof JournalEntry, unknown>> = value;
  const hasTexts = [at, step, target].every((field) => typeof field === 'string');
  return hasTexts && Number.isSafeInteger(seq) && (state === 'begin' || state === 'done' || state === 'failed');
}

function isOpening({ step, state }: JournalEntry): boolean {
  return state === 'begin' && (step === 'run' || step === 'rollback');
}

/**
 * Whether no line is missing before one that follows a cut line: a call that could not write a line gives its number to
 * the next one. A line may be whole all the same where only bringing it to the disk failed.
 */
function goesOn({ seq }: JournalEntry, last: JournalEntry | undefined): boolean {
  const lastSeq = last?.seq ?? 0;
  return seq === lastSeq || seq === lastSeq + 1;
}

function stateOf(entries: readonly JournalEntry[]): RunState {
  const last = entries.findLast(({ step }) => step === 'run' || step === 'rollback');
  if (last?.step === 'rollback') return last.state === 'done' ? 'rolled-back' : 'rollback-interrupted';
  return last?.state === 'done' ? 'complete' : 'interrupted';
}

/**
 * Whether a rollback that came to its end dealt with a keystore: it put it back, or found that there was nothing to put back.
 * One that it was told to leave as it is still waits for another.
 */
export function wasRolledBack({ entries }: Journal, path: string): boolean {
  let [isDone, isExcepted, isDoneNow] = [false, false, false];
  for (const { step, target, state } of entries) {
    if (step === 'except') isExcepted ||= target === path;
    if (step !== 'rollback') continue;
    // The line `done` of a rollback counts unless `failed` follows: it may not have got to the disk.
    isDone ||= state === 'begin' && isDoneNow;
    isDoneNow = state === 'done' && !isExcepted;
    if (state === 'begin') isExcepted = false;
  }
  return isDone || isDoneNow;
}

/** Writes the lines of one call, numbered on from those that are there. */
export class JournalWriter {
  readonly #append: (text: string) => void;
  readonly #now: () => Date;
  readonly #onEntry: (entry: JournalEntry) => void;
  #lastSeq: number;
  #needsBreak: boolean;

  /**
   * @param append - puts text at the end of the journal, on the disk when it returns
   * @param earlier - what the journal holds already; null for a new one
   * @param onEntry - told of every line once it is written
   */
  constructor(
    append: (text: string) => void,
    { now, earlier, onEntry }: { now: () => Date; earlier: Journal | null; onEntry?: (entry: JournalEntry) => void },
  ) {
    this.#append = append;
    this.#now = now;
    this.#onEntry = onEntry ?? (() => {});
    this.#lastSeq = earlier?.entries.at(-1)?.seq ?? 0;
    this.#needsBreak = earlier?.isCut ?? false;
  }

  /** Writes one line. */
  write(step: JournalStep, target: string, state: JournalEntry['state'], detail?: string): void {
    const entry: JournalEntry = {
      seq: this.#lastSeq + 1,
      at: this.#now().toISOString(),
      step,
      target,
      state,
      ...(detail === undefined ? {} : { detail }),
    };
    const text = `${this.#needsBreak ? '\n' : ''}${renderEntry(entry)}`;
    // Until the line is whole on the disk it may be a cut one.
    this.#needsBreak = true;
    this.#append(text);
    this.#needsBreak = false;
    this.#lastSeq = entry.seq;
    this.#onEntry(entry);
  }

  /** The same where a journal that cannot be written (a full disk) must not stop what is being done. */
  tryWrite(...line: Parameters<JournalWriter['write']>): void {
    try {
      this.write(...line);
    } catch (error) {
      expectTrustError(error);
    }
  }

  /**
   * Does a step between its two lines: `begin` before it, `done` or `failed` after it. What it throws passes through.
   *
   * @param describe - makes the detail of the line `done` from what the step gave
   */
  async step<T>(
    step: JournalStep,
    target: string,
    work: () => T | Promise<T>,
    describe?: (result: T) => string,
  ): Promise<T> {
    this.write(step, target, 'begin');
    try {
      const result = await work();
      this.write(step, target, 'done', describe?.(result));
      return result;
    } catch (error) {
      // Also after the line `done`: it may be in the file although it did not get to the disk, and be taken at its word.
      this.tryWrite(step, target, 'failed', error instanceof Error ? error.message : String(error));
      throw error;
    }
  }
}
