/** Other programs that use a keystore at the same time, as processes of their own. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PASSWORD } from '../store/builders.ts';

const BIN = join(import.meta.dirname, '../../bin/anchorctl.js');

/** Opens a file for reading, says so, and keeps it open until it is ended, or for a while. */
const HOLD = `
  require('node:fs').openSync(process.argv[1], 'r');
  console.log('open');
  setTimeout(() => {}, Number(process.argv[2]));
`;

const LONG = 600_000;

/** A gateway that has its keystore open. */
export interface Gateway {
  /** Stops it, and waits until it is gone. */
  readonly stop: () => Promise<void>;
}

/** Starts a gateway; it has the file open when this returns, and lets go by itself after a time. */
export async function startGateway(path: string, milliseconds: number = LONG): Promise<Gateway> {
  const child = spawn(process.execPath, ['-e', HOLD, path, String(milliseconds)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const gone = new Promise<void>((resolve) => child.on('close', () => resolve()));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return {
    stop: () => {
      child.kill();
      return gone;
    },
  };
}

/** What became of a call. */
export interface Ended {
  readonly status: number | null;
  readonly stderr: string;
}

/** Calls anchorctl as a process of its own, `preload` before it. */
export function callAnchorctl(argv: readonly string[], preload: readonly string[] = []): Promise<Ended> {
  const child = spawn(process.execPath, [...preload, BIN, ...argv], {
    env: { ...process.env, ANCHORCTL_STOREPASS: PASSWORD },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stderr })));
}

/** Node's arguments that end a process right before it makes a call to the file system for the n-th time. */
export function endingBefore(call: string, nth: number, folder: string): readonly string[] {
  const path = join(folder, 'ending.cjs');
  const script = `
    const fs = require('node:fs');
    const original = fs[${JSON.stringify(call)}];
    let made = 0;
    fs[${JSON.stringify(call)}] = (...args) => {
      made += 1;
      if (made === ${nth}) process.kill(process.pid, 'SIGKILL');
      return original(...args);
    };
  `;
  writeFileSync(path, script);
  return ['--require', path];
}
