/**
 * The real world behind `Io`: the streams of this process, its environment and its clock.
 *
 * @module
 */
import { fstatSync, type Stats, statSync, writeSync } from 'node:fs';
import process from 'node:process';
import type { Writable } from 'node:stream';
import { TrustError } from '../errors.js';
import { readStream } from '../io/read-stream.js';
import type { Io } from './io.js';

/** Makes the `Io` of this process. */
export function processIo(): Io {
  const stdout = new Output('stdout', 1);
  const stderr = new Output('stderr', 2);
  return {
    stdout: (text) => stdout.write(text),
    drained: () => stdout.drained(),
    stderr: (text) => stderr.write(text),
    warn: (message) => stderr.write(`warning: ${message}\n`),
    readStdin,
    now: () => clock(process.env),
    env: process.env,
    terminal: {
      // Looked at when it is asked for: touching standard input sets up its stream, which most calls never need.
      get stdin() {
        return kindOf(0) === 'device' && process.stdin.isTTY === true;
      },
      stdout: stdout.mayBeTerminal && process.stdout.isTTY === true,
      stderr: stderr.mayBeTerminal && process.stderr.isTTY === true,
      columns:
        (stderr.mayBeTerminal ? process.stderr.columns : undefined) ??
        (stdout.mayBeTerminal ? process.stdout.columns : undefined) ??
        80,
    },
    ask: (question) => ask(question, process.stderr),
    askSecret: async (question) => {
      process.stderr.write(question);
      const answer = await ask('', await silent());
      process.stderr.write('\n');
      return answer;
    },
    interruptible,
    atOneStretch,
  };
}

/** What a descriptor leads to, as far as it matters here. The null device takes everything at once, as a file does. */
type DescriptorKind = 'file' | 'device' | 'other';

function kindOf(descriptor: number): DescriptorKind {
  try {
    const stats = fstatSync(descriptor);
    if (stats.isFile()) return 'file';
    if (!stats.isCharacterDevice()) return 'other';
    return isNullDevice(stats) ? 'file' : 'device';
  } catch {
    return 'other';
  }
}

/** Never on Windows, where all devices have the same number. */
function isNullDevice({ rdev }: Stats): boolean {
  return rdev !== 0 && statSync('/dev/null', { throwIfNoEntry: false })?.rdev === rdev;
}

/** Standard output or error. Its stream is not touched without need: making one takes longer than a short answer. */
class Output {
  readonly #name: 'stdout' | 'stderr';
  readonly #descriptor: number;
  readonly #kind: DescriptorKind;
  #isLost = false;

  constructor(name: 'stdout' | 'stderr', descriptor: number) {
    this.#name = name;
    this.#descriptor = descriptor;
    this.#kind = kindOf(descriptor);
  }

  get mayBeTerminal(): boolean {
    return this.#kind === 'device';
  }

  write(text: string | Uint8Array): void {
    if (text.length === 0) return;
    if (this.#kind === 'file') this.#writeFile(typeof text === 'string' ? Buffer.from(text) : text);
    else process[this.#name].write(text);
  }

  /** A pipe takes what fits and keeps the rest in memory; a file takes everything at once. */
  async drained(): Promise<void> {
    if (this.#kind === 'file') return;
    const stream = process[this.#name];
    if (!stream.writableNeedDrain || stream.destroyed) return;
    await new Promise<void>((resolve) => {
      const settle = () => {
        stream.off('drain', settle);
        stream.off('close', settle);
        resolve();
      };
      stream.on('drain', settle);
      stream.on('close', settle);
    });
  }

  /** What cannot be written is an error of the stream, as if that had met it. */
  #writeFile(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length && !this.#isLost; ) at += writeSync(this.#descriptor, bytes, at);
    } catch (error) {
      this.#isLost = true;
      process[this.#name].emit('error', error);
    }
  }
}

/** A terminal that is closed is an interrupt like any other. */
const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = () => {
    controller.abort();
    // Work that waits for standard input and gives up leaves it open, which would keep the process from its end.
    if (isStdinUsed) process.stdin.destroy();
  };
  listening.add(interrupt);
  for (const signal of INTERRUPTS) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    listening.delete(interrupt);
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
  }
}

/** What is called at an interrupt now. */
const listening = new Set<() => void>();

async function atOneStretch<T>(work: () => T | Promise<T>): Promise<T> {
  // An interrupt that has come in already is for who listens.
  await new Promise((resolve) => setImmediate(resolve));
  const suspended = [...listening];
  for (const signal of INTERRUPTS) for (const interrupt of suspended) process.off(signal, interrupt);
  try {
    return await work();
  } finally {
    for (const signal of INTERRUPTS) for (const interrupt of suspended) process.on(signal, interrupt);
  }
}

/** `SOURCE_DATE_EPOCH` (seconds) stands in for the clock, so that builds can be repeated. */
function clock(env: NodeJS.ProcessEnv): Date {
  const epoch = env.SOURCE_DATE_EPOCH;
  return epoch !== undefined && /^\d{1,12}$/.test(epoch) ? new Date(Number(epoch) * 1000) : new Date();
}

/** Making the stream just to end it would take the terminal's settings with it. */
let isStdinUsed = false;

async function readStdin(maxBytes: number): Promise<Uint8Array> {
  isStdinUsed = true;
  return interruptible(async (signal) => {
    const interruption = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(interrupted('interrupted while standard input was read')), {
        once: true,
      });
    });
    return Promise.race([readStream(process.stdin, maxBytes), interruption]);
  });
}

/** Nobody has changed anything yet who still waits for an input or an answer. */
function interrupted(when: string): TrustError {
  return new TrustError('run/interrupted', `${when}; nothing was changed`, { hint: 'call again' });
}

/** readline echoes what is typed to its output; one that swallows everything hides a password. */
async function silent(): Promise<Writable> {
  const { Writable } = await import('node:stream');
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

async function ask(question: string, output: NodeJS.WritableStream): Promise<string> {
  const { createInterface } = await import('node:readline');
  // A terminal that cannot move its cursor shows the codes for it as text; without echo it takes them to hide what is typed.
  const terminal = process.env.TERM !== 'dumb' || output !== process.stderr;
  const line = createInterface({ input: process.stdin, output, terminal });
  return interruptible(
    (signal) =>
      new Promise((resolve, reject) => {
        const stop = (what: string) => {
          line.removeAllListeners('close');
          process.stderr.write('\n');
          reject(interrupted(`${what} at a question`));
          line.close();
        };
        const interrupt = () => stop('interrupted');
        line.once('SIGINT', interrupt);
        signal.addEventListener('abort', interrupt, { once: true });
        line.once('close', () => stop('the input ended'));
        line.question(question, (answer) => {
          line.removeAllListeners('close');
          resolve(answer);
          line.close();
        });
      }),
  );
}
