/**
 * The names of what is made beside a file for a while, and is known again by its name after a crash: its locks and its temporary
 * files.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';

/** As most file systems have it, in bytes; Windows counts UTF-16 units, which are never more. */
const MAX_NAME_BYTES = 255;

/** What stands around the name of the file: a dot, a mark of at most so many characters, and a random part. */
const AROUND_BYTES = 1 + 16 + 32;

/** Of the SHA-256 of a name that is shortened, so many hex digits stand for the rest of it, behind a dot. */
const DIGEST_CHARACTERS = 16;

/**
 * What such a name begins with: a dot, the name of the file and the mark. A random part of 32 characters fits behind it; a name of
 * a file that leaves no room for that is shortened, so that it is still told from all others.
 *
 * @param mark - at most 16 characters of ASCII
 */
export function prefixBeside(path: string, mark: string): string {
  return `.${shortened(basename(path))}${mark}`;
}

function shortened(name: string): string {
  const room = MAX_NAME_BYTES - AROUND_BYTES;
  if (Buffer.byteLength(name) <= room) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_CHARACTERS);
  return `${startOf(name, room - 1 - DIGEST_CHARACTERS)}.${digest}`;
}

/** As many whole characters as so many bytes of UTF-8 hold. */
function startOf(name: string, maxBytes: number): string {
  let start = '';
  let bytes = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    start += character;
  }
  return start;
}
