/**
 * Adding to a file that others write as well: the summary of a CI job.
 *
 * @module
 */
import { appendFileSync } from 'node:fs';
import { toWriteError } from './system-error.js';

/** Appends a text to a file, which is made where it is missing. @throws {TrustError} `file/cannot-write` */
export function appendText(path: string, text: string): void {
  try {
    appendFileSync(path, text);
  } catch (error) {
    throw toWriteError(error, path);
  }
}
