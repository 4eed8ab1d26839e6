/**
 * What a keystore holds that could not be read, for whoever says something of all that is in it.
 *
 * @module
 */
import { type ErrorCode, TrustError } from '../errors.js';
import type { Keystore } from './keystore.js';

/** Notes of decoding about parts that may hold certificates, and what they are as errors. */
const CODES: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ['keystore/unread-entries', 'keystore/malformed'],
  ['keystore/unread-part', 'keystore/unsupported'],
]);

/** The parts of a keystore that could not be read, each as an error that names it; none where all was read. */
export function unreadParts({ notes }: Pick<Keystore, 'notes'>): readonly TrustError[] {
  return notes.flatMap(({ code: about, message }) => {
    const code = CODES.get(about);
    if (code === undefined) return [];
    return [
      new TrustError(code, message, { hint: 'nothing is known of what stands there; ask who made the keystore' }),
    ];
  });
}
