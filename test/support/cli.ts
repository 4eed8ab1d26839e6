/**
 * The command line without a process: `await anchorctl(['inspect', path])` gives the status and what was printed.
 */
import { Readable } from 'node:stream';
import { main } from '../../src/cli/main.ts';
import type { ExitStatus } from '../../src/errors.ts';
import { readStream } from '../../src/io/read-stream.ts';
import { AT } from './certificates.ts';

/** What a call may be given besides its arguments. */
export interface CallOptions {
  readonly stdin?: Uint8Array | string;
  readonly env?: Readonly<Record<string, string>>;
  /** Answers typed at a terminal, in order; without any there is no terminal. */
  readonly answers?: readonly string[];
  readonly now?: Date;
  readonly signal?: AbortSignal;
}

/** What a call gave. */
export interface Call {
  readonly status: ExitStatus;
  readonly stdout: string;
  readonly stderr: string;
  /** The document on stdout; throws when that is no JSON. */
  readonly json: () => Record<string, unknown>;
}

/** Runs one call. */
export async function anchorctl(argv: readonly string[], options: CallOptions = {}): Promise<Call> {
  let stdout = '';
  let stderr = '';
  const answers = [...(options.answers ?? [])];
  const isTerminal = options.answers !== undefined;
  const answer = async (question: string) => {
    stderr += question;
    const next = answers.shift();
    if (next === undefined) throw new Error(`nobody answers: ${question}`);
    return next;
  };
  const status = await main(argv, {
    stdout: (text) => {
      stdout += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
    },
    drained: async () => {},
    stderr: (text) => {
      stderr += text;
    },
    warn: (message) => {
      stderr += `warning: ${message}\n`;
    },
    readStdin: (maxBytes) => readStream(Readable.from([toBytes(options.stdin)]), maxBytes),
    now: () => options.now ?? AT,
    env: options.env ?? {},
    terminal: { stdin: isTerminal, stdout: false, stderr: isTerminal, columns: 80 },
    ask: answer,
    askSecret: answer,
    interruptible: (work) => work(options.signal ?? new AbortController().signal),
    atOneStretch: async (work) => work(),
  });
  return { status, stdout, stderr, json: () => JSON.parse(stdout) as Record<string, unknown> };
}

function toBytes(text: CallOptions['stdin'] = ''): Uint8Array {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text;
}
