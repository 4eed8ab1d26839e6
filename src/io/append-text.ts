/**
 * Adding to a file that others write as well: the summary of a CI job.
 *
 * @module
 */
import { appendFileSync, statSync } from 'node:fs';
import { toWriteError } from './system-error.js';

/** How many bytes a file has; none where it is missing, or cannot be looked at. */
export function sizeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    // Appending says why.
    return 0;
  }
}

/** Appends a text to a file, which is made where it is missing. @throws {TrustError} `file/cannot-write` */
export function appendText(path: string, text: string): void {
  try {
    appendFileSync(path, text);
  } catch (error) {
    throw toWriteError(error, path);
  }
}
