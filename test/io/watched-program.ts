/**
 * Loaded into a program before it starts, by `node --require`: watches what it does in one folder, keeps a list of that,
 * waits for another one, and has it die. Told what to do by the variable `WATCHED`. Bundled by `bundleScript`.
 */
import * as fs from 'node:fs';
import process from 'node:process';
import { type FileCall, watchFiles } from './watch-files.ts';

/** What is done to a program. */
export interface Watching {
  /** What happens elsewhere is not looked at. */
  readonly folder: string;
  /** Where the list of calls goes when the program ends by itself: a line for each, `writeSync tg.jks`. */
  readonly log: string;
  /** Right before which call it is killed, counted from 1. */
  readonly killAt?: number;
  /** Right before which call it gets a SIGINT, with which it does what it likes. */
  readonly interruptAt?: number;
  /** Killed only after half of that call, which is a write. */
  readonly isHalfDone?: boolean;
  /** Before its first call it waits until it is not alone in this folder any more, and then a while. */
  readonly meeting?: { readonly folder: string; readonly pauseMs: number };
}

const LONGEST_WAIT_MS = 20_000;

const {
  folder,
  log,
  killAt,
  interruptAt,
  isHalfDone = false,
  meeting,
} = JSON.parse(process.env.WATCHED ?? '') as Watching;
const calls: string[] = [];

watchFiles(folder, (call, proceed) => {
  if (calls.length === 0 && meeting !== undefined) meet(meeting);
  calls.push(`${call.name} ${call.file}`);
  if (calls.length === killAt) {
    if (isHalfDone) writeHalf(call);
    kill();
  }
  if (calls.length === interruptAt) process.kill(process.pid, 'SIGINT');
  return proceed();
});
process.on('exit', () => fs.writeFileSync(log, calls.join('\n')));

function kill(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('still alive');
}

function writeHalf({ args }: FileCall): void {
  const [file, bytes, offset, length] = args as [number, Uint8Array, number, number];
  fs.writeSync(file, bytes, offset, Math.floor(length / 2));
}

function meet({ folder: place, pauseMs }: NonNullable<Watching['meeting']>): void {
  fs.writeFileSync(`${place}/${process.pid}`, '');
  for (let waited = 0; fs.readdirSync(place).length < 2; waited++) {
    if (waited === LONGEST_WAIT_MS) throw new Error('nobody else came');
    sleep(1);
  }
  sleep(pauseMs);
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
