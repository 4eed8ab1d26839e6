/** A file whose content is replaced. */
import { readFileSync } from 'node:fs';
import { TrustError } from '../../src/errors.ts';
import { type ReplaceFileOptions, replaceFile } from '../../src/io/atomic-file.ts';

export const OLD = 'the old content';
export const NEW = 'the new content, a little longer';

export const contentOf = (file: string): string => readFileSync(file, 'utf8');

/** Replaces a file that has the old content. */
export function replaceAt(path: string, options: Partial<ReplaceFileOptions>): ReturnType<typeof replaceFile> {
  return replaceFile(path, Buffer.from(NEW), { expected: Buffer.from(OLD), verify: () => {}, ...options });
}

export async function errorOf(work: Promise<unknown>): Promise<TrustError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (caught: unknown) => caught,
  );
  if (error instanceof TrustError) return error;
  throw error;
}
