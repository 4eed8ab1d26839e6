/**
 * Writing an answer to a file of the user's choice: never over one that is there, unless the user says so.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { replaceFile } from '../io/atomic-file.js';
import { writeNewFile } from '../io/new-file.js';
import { readInput } from '../io/read-input.js';

/**
 * Writes a text file, whole or not at all.
 *
 * @param force - whether a file that is there may be replaced
 * @throws {TrustError} `output/exists` without `force`, `file/cannot-write`
 */
export async function writeOutput(path: string, text: string, force: boolean): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  if (!force || !existsSync(path)) {
    writeNewFile(path, bytes);
    return;
  }
  await replaceFile(path, bytes, { expected: readInput(path), verify: () => {} });
}
