/**
 * The real world behind `Io`: the streams of this process, its environment and its clock.
 *
 * @module
 */
import { fstatSync } from 'node:fs';
import process from 'node:process';
import type { Writable } from 'node:stream';
import { TrustError } from '../errors.js';
import { readStream } from '../io/read-stream.js';
import type { Io } from './io.js';

/** Makes the `Io` of this process. */
export function processIo(): Io {
  return {
    stdout: (text) => writeSome('stdout', text),
    drained,
    stderr: (text) => writeSome('stderr', text),
    warn: (message) => void process.stderr.write(`warning: ${message}\n`),
    readStdin,
    now: () => clock(process.env),
    env: process.env,
    terminal: {
      // Looked at when it is asked for: touching standard input sets up its stream, which most calls never need.
      get stdin() {
        return mayBeTerminal(0) && process.stdin.isTTY === true;
      },
      stdout: process.stdout.isTTY === true,
      stderr: mayBeTerminal(2) && process.stderr.isTTY === true,
      columns: (mayBeTerminal(2) ? process.stderr.columns : undefined) ?? process.stdout.columns ?? 80,
    },
    ask: (question) => ask(question, process.stderr),
    askSecret: async (question) => {
      process.stderr.write(question);
      const answer = await ask('', await silent());
      process.stderr.write('\n');
      return answer;
    },
    interruptible,
  };
}

/** The stream is not touched for nothing: making one for a pipe takes longer than a short answer. */
function writeSome(stream: 'stdout' | 'stderr', text: string | Uint8Array): void {
  if (text.length > 0) process[stream].write(text);
}

/** A pipe takes what fits and keeps the rest in memory; a file takes everything at once. */
async function drained(): Promise<void> {
  const { stdout } = process;
  if (!stdout.writableNeedDrain || stdout.destroyed) return;
  await new Promise<void>((resolve) => {
    const settle = () => {
      stdout.off('drain', settle);
      stdout.off('close', settle);
      resolve();
    };
    stdout.on('drain', settle);
    stdout.on('close', settle);
  });
}

/** Looked at before the stream is touched, as `writeSome` does not touch it either. */
function mayBeTerminal(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
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
  for (const signal of INTERRUPTS) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
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
