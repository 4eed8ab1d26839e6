/** A Java program that connects to a TLS server of this machine as any Java program does: TlsClient.java. */
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { BRIEF_RUN } from './java-keystores.ts';

const run = promisify(execFile);
const PROGRAM = join(import.meta.dirname, 'TlsClient.java');

/** Compiles it into a folder. */
export function compileTlsClient(folder: string): void {
  // The compiler is a module of the runtime; the program javac comes with the development kit alone.
  const compiler = ['-m', 'jdk.compiler/com.sun.tools.javac.Main', '-d', folder, PROGRAM];
  expect(spawnSync('java', compiler, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
}

/**
 * What the program says: `connected` and a line end, or why not.
 *
 * @param folder - into which it was compiled
 * @param settings - `javax.net.ssl.…` by name
 */
export async function connectWithJava(
  folder: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  const options = Object.entries(settings).map(([name, value]) => `-Djavax.net.ssl.${name}=${value}`);
  const { stdout } = await run('java', [...BRIEF_RUN, '-cp', folder, ...options, 'TlsClient', `${port}`]);
  return stdout;
}
