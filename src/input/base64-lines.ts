/**
 * Base64 on lines of its own that holds more than one structure: PEM, a keystore, an archive, as `base64` and `kubectl get secret -o
 * jsonpath` print them, alone or between other lines. DER in base64 is the business of the readers of copies without markers.
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import { indexOfText } from '../encoding/byte-search.js';
import { detectBinaryKeystore } from '../store/codecs.js';
import { detectDer } from './detect.js';
import { decodeEmbedded, type PlacedPart } from './embedded.js';
import { isInBlock } from './string-literals.js';
import { LineIndex, LONGER_THAN_WORDS } from './text.js';

/**
 * What is in any such text, wherever its lines break: three hyphens of PEM, once and twice encoded, and how zip, gzip, JKS, JCEKS
 * and PKCS#12 begin, and messages of SAML: `<samlp`, `<?xml`.
 */
const SIGNS = ['LS0t', 'TFMwd', 'UEsDB', 'H4sI', '/u3+7', 'zs7Oz', 'IBAzC', 'PHNhbWxw', 'PD94bWwg'] as const;

const NO_BASE64 = /[^A-Za-z0-9+/=_-]/;

/** Whether a text may hold such base64: cheap, for inputs of many blocks. */
export function mayHoldBase64Lines(bytes: Uint8Array): boolean {
  const view = asBuffer(bytes);
  return SIGNS.some((sign) => indexOfText(view, sign) !== -1);
}

/**
 * The groups of lines of a text that hold something in base64.
 *
 * @returns in order; none of those that stand in a PEM block
 */
export function findBase64Lines(text: string): readonly PlacedPart[] {
  const found: PlacedPart[] = [];
  let lines: LineIndex | null = null;
  for (const { start, end } of groupsOf(text)) {
    if (isInBlock(text, start, end)) continue;
    const embedded = decodeEmbedded(text.slice(start, end));
    if (embedded === null || embedded === 'broken') continue;
    if (detectBinaryKeystore(embedded.bytes) === null && detectDer(embedded.bytes) !== null) continue;
    lines ??= new LineIndex(text);
    const { line } = lines.locate(start);
    found.push({ name: null, bytes: embedded.bytes, start, end, line, lineOf: () => line, isEncoded: true });
  }
  return found;
}

/** Lines of nothing but base64 and of one width that follow one another, up to a shorter one; the first is longer than words. */
function* groupsOf(text: string): Generator<{ readonly start: number; readonly end: number }> {
  let start = 0;
  let end = 0;
  let width = 0;
  for (let at = 0; at < text.length; ) {
    const lineFeed = text.indexOf('\n', at);
    const next = lineFeed === -1 ? text.length : lineFeed + 1;
    const line = text.slice(at, next).trimEnd();
    const { length } = NO_BASE64.test(line.trimStart()) ? '' : line.trimStart();
    if (width > 0 && (length === 0 || length > width)) {
      yield { start, end };
      width = 0;
    }
    if (width === 0 && length >= LONGER_THAN_WORDS) {
      start = at;
      width = length;
    }
    if (width > 0) end = at + line.length;
    if (length < width) {
      yield { start, end };
      width = 0;
    }
    at = next;
  }
  if (width > 0) yield { start, end };
}
