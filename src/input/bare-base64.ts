/**
 * Base64 without BEGIN and END lines: what is left when markers were not copied, or were never there.
 *
 * @module
 */
import { matchDamaged } from '../catalog/match.js';
import { addCopy, copyOf } from './certificate-copy.js';
import type { Collector } from './collector.js';
import { detectDer } from './detect.js';
import type { BlockContent } from './label.js';
import { noteLayout } from './layout.js';
import type { InputKind } from './read-result.js';
import { LineIndex, LONGER_THAN_WORDS, textOf } from './text.js';
import { transcribe } from './transcript.js';

/** The share of a text that must stand in such runs; lines may be broken in odd places. */
const MIN_RUNS = 0.8;

/** Characters that hold the first elements of a structure, up to where its kind is plain, whatever the issuer's name. */
const HEAD = 8192;

const EQUALS = 0x3d;

/** The longest text that is taken for one structure. */
const MAX_LENGTH = 16 * 1024 * 1024;

/**
 * Reads a text that is one structure in base64.
 *
 * @param bytes - UTF-8, Latin-1 or any other encoding that keeps ASCII
 * @returns `base64`, or `unknown` when the text does not look like it
 */
export function readBareBase64(bytes: Uint8Array, into: Collector): InputKind {
  if (isMadeOfWords(bytes)) return 'unknown';
  const original = textOf(bytes);
  const { text, places, oddities } = transcribe(original, 0);
  const content = text.length > MAX_LENGTH || !isMadeOfRuns(text) ? null : contentOf(text);
  if (content === null) return 'unknown';
  const lines = new LineIndex(original, 1, places);
  into.note('pem/no-markers', 'base64 without BEGIN and END lines', { line: 1 });
  for (const { code, message, index } of oddities) into.note(code, message, lines.locatePlace(index));
  noteLayout(text, 0, text.length, lines, into);
  if (content === 'private-key') into.privateKey();
  if (content === 'certificate' || content === 'pkcs7') addCopy(copyOf(text, 0, text.length, lines, 1), content, into);
  return 'base64';
}

const PLAIN = 0;
const BLANK = 1;
const SIGN = 2;

/** What a byte may be in a text: a blank of ASCII, part of an escape or of a character beyond ASCII, or itself. */
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) return BLANK;
  return byte >= 0x80 || byte === 0x1b || byte === EQUALS || byte === 0x26 ? SIGN : PLAIN;
});

/**
 * Whether so much of a text is words that its transcript cannot be made of runs. Most texts are, which is seen after a part of
 * them, without decoding any.
 *
 * A word that has no character with which an escape begins, and stands after none that ends with an equals sign, which may be a
 * soft line break, is the same word in the transcript. Nothing grows in a transcript, so that the share of these words there is
 * no smaller than here.
 */
function isMadeOfWords(bytes: Uint8Array): boolean {
  const most = bytes.length * (1 - MIN_RUNS) + 1;
  let inWords = 0;
  let isContinued = false;
  for (let at = 0; at < bytes.length; at++) {
    const start = at;
    let kinds = PLAIN;
    for (let kind = PLAIN; at < bytes.length; at++) {
      kind = KINDS[bytes[at] as number] as number;
      if (kind === BLANK) break;
      kinds |= kind;
    }
    if (at === start) continue;
    if (kinds === PLAIN && !isContinued && at - start < LONGER_THAN_WORDS) inWords += at - start;
    if (inWords > most) return true;
    isContinued = bytes[at - 1] === EQUALS;
  }
  return false;
}

function isMadeOfRuns(text: string): boolean {
  let inRuns = 0;
  let inAll = 0;
  // In pieces: a run of megabytes can take more of the stack than there is.
  for (const [run] of text.matchAll(/\S{1,65536}/g)) {
    inAll += run.length;
    if (run.length >= LONGER_THAN_WORDS) inRuns += run.length;
  }
  return inRuns > 0 && inRuns >= inAll * MIN_RUNS;
}

/** What the structure is, by its first bytes; a certificate also where those are damaged but a root is near. */
function contentOf(text: string): BlockContent | null {
  const characters = text.slice(0, HEAD).replace(/\s+/g, '');
  const kind = detectDer(Buffer.from(characters, 'base64'));
  switch (kind) {
    case 'der':
      return 'certificate';
    case 'pkcs7':
    case 'csr':
    case 'crl':
      return kind;
    case 'key':
      return 'private-key';
    default:
      return text.length > HEAD || matchDamaged(characters) === null ? null : 'certificate';
  }
}
