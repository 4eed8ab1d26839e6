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
import { LineIndex, LONGER_THAN_WORDS } from './text.js';
import { transcribe } from './transcript.js';

/** The share of a text that must stand in such runs; lines may be broken in odd places. */
const MIN_RUNS = 0.8;

/** Characters that hold the first elements of a structure, up to where its kind is plain, whatever the issuer's name. */
const HEAD = 8192;

/** The longest text that is taken for one structure. */
const MAX_LENGTH = 16 * 1024 * 1024;

/**
 * Reads a text that is one structure in base64.
 *
 * @returns `base64`, or `unknown` when the text does not look like it
 */
export function readBareBase64(original: string, into: Collector): InputKind {
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

function isMadeOfRuns(text: string): boolean {
  let inRuns = 0;
  let inAll = 0;
  for (const [run] of text.matchAll(/\S+/g)) {
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
