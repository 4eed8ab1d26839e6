/**
 * Certificates in text: PEM blocks that are in order are taken as they are, everything between them is read leniently,
 * and text that is nothing but base64 needs no markers.
 *
 * @module
 */
import { hasBytesAt } from '../encoding/byte-search.js';
import { BYTE_ORDER_MARK, EvenBlockReader, type PemBlock, scanPem } from '../encoding/pem.js';
import { peekElement } from '../store/peek.js';
import { type Certificate, tryDecodeCertificate } from '../x509/certificate.js';
import { readBareBase64 } from './bare-base64.js';
import { findParagraphs, type Paragraph } from './base64-paragraphs.js';
import { isDamagedRoot, mayBeRecovered } from './certificate-copy.js';
import type { Collector } from './collector.js';
import { type FoundBlock, readDamagedText } from './damaged-text.js';
import { detectDer, isPublicKey } from './detect.js';
import { findTrustpointsOfPem, readDeviceText } from './device-text.js';
import { type BlockContent, contentOfLabel } from './label.js';
import { noteLayout } from './layout.js';
import { isNearLabel } from './marker.js';
import type { InputKind } from './read-result.js';
import { hasBase64Run, LineIndex, LONGER_THAN_WORDS, textOf } from './text.js';

/** A text with a larger share of other things than blocks is prose with certificates in it. */
const MAX_PROSE = 0.25;

/**
 * Reads all certificates of a text.
 *
 * @param bytes - UTF-8, Latin-1 or any other encoding that keeps ASCII
 * @param mayHaveRuns - false where it is known to have no run of base64 that is longer than words
 * @returns what the text is; `unknown` when it has no sign of a certificate, a key or a request
 */
export function readText(bytes: Uint8Array, into: Collector, mayHaveRuns = true): InputKind {
  const { blocks, rejected } = scanPem(bytes);
  const found: FoundBlock[] = [];
  const isNear = nearLabels();
  const trustpointAt = blocks.length === 0 ? () => null : findTrustpointsOfPem(bytes);
  let previous: PemBlock | null = null;
  let broken = 0;
  for (const block of [...blocks, null]) {
    const end = block?.start ?? bytes.length;
    const isBroken = (rejected[broken]?.start ?? end) < end;
    while ((rejected[broken]?.start ?? end) < end) broken++;
    // One at a time: as arguments of one call, very many take more of the stack than there is.
    if (isBroken || mayHaveRuns) for (const one of readGap(bytes, previous, end, isBroken, into)) found.push(one);
    if (block !== null) {
      noteByteOrderMark(bytes, block, into);
      const mislabelled = readMislabelled(bytes, block, isNear, into);
      found.push(...(mislabelled ?? [readBlock(bytes, block, trustpointAt(block.start), into)]));
    }
    previous = block;
  }
  const device = readDeviceText(bytes, into);
  if (device !== null) return device;
  return found.length === 0 ? readWithoutBlocks(bytes, into) : kindOf(found, bytes.length);
}

/** Of that of the whole text its reader has said so. */
function noteByteOrderMark(bytes: Uint8Array, { start, line }: PemBlock, into: Collector): void {
  const isMarked = start > BYTE_ORDER_MARK.length && hasBytesAt(bytes, start - BYTE_ORDER_MARK.length, BYTE_ORDER_MARK);
  if (isMarked) into.note('pem/invisible-character', 'a character that is not seen, U+FEFF', { line, column: 1 });
}

/** A text without any marker: base64 and nothing else, or lines of it among others. */
function readWithoutBlocks(bytes: Uint8Array, into: Collector): InputKind {
  const paragraphs = findParagraphs(bytes, 1, (line) => into.source({ line }));
  const inParagraphs = paragraphs.reduce((sum, { length }) => sum + length, 0);
  // Of one that is all of the text the reader of such texts has more to say.
  if (paragraphs.length === 0 || (paragraphs.length === 1 && isAllOf(bytes, inParagraphs)))
    return readBareBase64(bytes, into);
  addParagraphs(paragraphs, into);
  return inParagraphs >= bytes.length * (1 - MAX_PROSE) ? 'base64' : 'text';
}

/** Whether a text has no more than so many characters, blanks and padding aside. */
function isAllOf(bytes: Uint8Array, length: number): boolean {
  return bytes.length < length * 4 && textOf(bytes).replace(/[\s=]+/g, '').length === length;
}

function addParagraphs(paragraphs: readonly Paragraph[], into: Collector): readonly FoundBlock[] {
  return paragraphs.map(({ found, line, length }) => {
    into.note('pem/no-markers', 'base64 without BEGIN and END lines', { line });
    if ('pkcs7' in found) into.structure(found.pkcs7, 'pkcs7', line);
    else into.certificate(found);
    return { content: 'pkcs7' in found ? 'pkcs7' : 'certificate', length };
  });
}

/**
 * Reads a text that is nothing but blocks of certificates, laid out as programs do it, as most large ones are: whatever else
 * is looked for in a text cannot stand in such a one.
 *
 * @param bytes - as for `readText`
 * @returns null for any other text, of which nothing was read then
 */
export function readBundle(bytes: Uint8Array, into: Collector): InputKind | null {
  const reader = new EvenBlockReader(bytes, 'CERTIFICATE');
  const blocks: PemBlock[] = [];
  for (let block = reader.next(); block !== null; block = reader.next()) blocks.push(block);
  if (blocks.length === 0 || !reader.isAtEnd) return null;
  const found = blocks.map((block) => readBlock(bytes, block, null, into));
  return kindOf(found, bytes.length);
}

/**
 * Reads the next blocks of a text that begins like such a one.
 *
 * @param blocks - the blocks of `bytes`
 * @param most - how many
 * @returns how many there were
 */
export function readBundleBlocks(bytes: Uint8Array, blocks: EvenBlockReader, most: number, into: Collector): number {
  for (let count = 0; count < most; count++) {
    const block = blocks.next();
    if (block === null) return count;
    readBlock(bytes, block, null, into);
  }
  return most;
}

function kindOf(found: readonly FoundBlock[], length: number): InputKind {
  const contents = new Set(found.map(({ content }) => content));
  if (contents.has('certificate') || contents.has('trusted-certificate')) {
    const inBlocks = found.reduce((sum, block) => sum + block.length, 0);
    return inBlocks >= length * (1 - MAX_PROSE) ? 'pem' : 'text';
  }
  if (contents.has('pkcs7')) return 'pkcs7';
  if (contents.has('private-key') || contents.has('public-key')) return 'key';
  if (contents.has('csr')) return 'csr';
  return contents.has('crl') ? 'crl' : 'pem';
}

/** Reads what stands between a block and the next one, if a damaged block may be in it. */
function readGap(
  bytes: Uint8Array,
  previous: PemBlock | null,
  end: number,
  isBroken: boolean,
  into: Collector,
): readonly FoundBlock[] {
  const start = previous?.end ?? 0;
  if (end === start) return [];
  const gap = bytes.subarray(start, end);
  // Without such a run it holds no certificate, however damaged.
  if (!isBroken && !hasBase64Run(gap, LONGER_THAN_WORDS)) return [];
  const firstLine = previous === null ? 1 : linesOf(bytes, previous).locate(previous.end - previous.start).line;
  const blocks = readDamagedText(textOf(gap), firstLine, into, (rest, line) =>
    readParagraphs(Buffer.from(rest), line, into),
  );
  return blocks.length > 0 || gap.length === bytes.length ? blocks : readParagraphs(gap, firstLine, into);
}

/** Reads the base64 without markers of a part of a text in which there are blocks, too. */
function readParagraphs(part: Uint8Array, firstLine: number, into: Collector): readonly FoundBlock[] {
  return addParagraphs(
    findParagraphs(part, firstLine, (line) => into.source({ line })),
    into,
  );
}

/** More labels than a text has that nobody knows: comparing one takes time. */
const MOST_LABELS = 1000;

/** Whether labels are near to known ones, of which each is compared once. */
function nearLabels(): (label: string) => boolean {
  const known = new Map<string, boolean>();
  return (label) => {
    const isNear = known.get(label) ?? (known.size < MOST_LABELS && isNearLabel(label));
    if (known.size < MOST_LABELS) known.set(label, isNear);
    return isNear;
  };
}

/** Reads a block whose label is a known one with wrong letters in it; null for all others. */
function readMislabelled(
  bytes: Uint8Array,
  { label, start, end, line }: PemBlock,
  isNear: (label: string) => boolean,
  into: Collector,
): readonly FoundBlock[] | null {
  if (contentOfLabel(label) !== 'other' || !isNear(label)) return null;
  const found = readDamagedText(textOf(bytes.subarray(start, end)), line, into);
  return found.length === 0 ? null : found;
}

function readBlock(bytes: Uint8Array, block: PemBlock, trustpoint: string | null, into: Collector): FoundBlock {
  const { label, der, start, end, line } = block;
  const claimed = contentOfLabel(label);
  const source = into.source({ line, trustpoint });
  const certificate = MAY_HOLD_ONE.has(claimed) ? tryDecodeCertificate(certificateIn(der, claimed), source) : null;
  const content = contentOf(claimed, der, certificate);
  if (content !== claimed) {
    into.note('pem/damaged-marker', `the block is called ${label} and is ${CONTENT_NAMES[content]}`, { line });
  }
  if (HOLDS_ONE.has(content)) addCertificate(bytes, block, certificate, into);
  into.structure(der, content, line);
  if (content === 'private-key') into.privateKey(line);
  return { content, length: end - start };
}

/** What a block is that is called something else. */
const CONTENT_NAMES: Readonly<Partial<Record<BlockContent, string>>> = {
  certificate: 'a certificate',
  pkcs7: 'PKCS7',
  csr: 'a certificate signing request',
  crl: 'a certificate revocation list',
  'public-key': 'a public key',
  'private-key': 'a private key',
};

/**
 * What a block holds: OpenSSL reads PKCS#7 as `CERTIFICATE`, programs have labels of their own for certificates, and people put a
 * request or a key between the markers of a certificate.
 */
function contentOf(claimed: BlockContent, der: Uint8Array, certificate: Certificate | null): BlockContent {
  if (claimed === 'other' && certificate !== null) return 'certificate';
  if ((claimed !== 'other' && claimed !== 'certificate') || certificate !== null) return claimed;
  const kind = detectDer(der);
  if (kind === 'pkcs7') return kind;
  if (kind === 'key' && !isPublicKey(der)) return 'private-key';
  // Parameters of Diffie-Hellman look like a public key, and have a label that says nothing here.
  if (claimed === 'other') return claimed;
  if (kind === 'key') return 'public-key';
  return kind === 'csr' || kind === 'crl' ? kind : claimed;
}

/** Blocks with a certificate at their beginning. */
const HOLDS_ONE: ReadonlySet<BlockContent> = new Set(['certificate', 'trusted-certificate']);

/** The same, and those of which the label says nothing. */
const MAY_HOLD_ONE: ReadonlySet<BlockContent> = new Set([...HOLDS_ONE, 'other']);

function certificateIn(der: Uint8Array, content: BlockContent): Uint8Array {
  return content === 'trusted-certificate' ? firstElement(der) : der;
}

/** Adds the certificate of a block, unless it is one that the lenient reader must look at. */
function addCertificate(bytes: Uint8Array, block: PemBlock, certificate: Certificate | null, into: Collector): void {
  if (certificate === null && !into.looksInto(block.der)) return;
  if (certificate === null || isDamagedRoot(certificate) || mayBeRecovered(certificate, into)) {
    const text = textOf(bytes.subarray(block.start, block.end));
    readDamagedText(withKnownLabel(text, block.label), block.line, into);
    return;
  }
  if (!block.isEven) {
    const text = textOf(bytes.subarray(block.start, block.end));
    noteLayout(
      text,
      `-----BEGIN ${block.label}-----`.length,
      text.lastIndexOf('-----END '),
      linesOf(bytes, block),
      into,
    );
  }
  into.certificate(certificate);
}

/** The text of a block with a certificate under a label that the lenient reader knows, on the same lines. */
function withKnownLabel(text: string, label: string): string {
  return contentOfLabel(label) === 'other' ? text.replaceAll(` ${label}-----`, ' CERTIFICATE-----') : text;
}

/** The certificate of a TRUSTED CERTIFICATE block, which has more after it; all of it when it is not even an element. */
function firstElement(der: Uint8Array): Uint8Array {
  const header = peekElement(der, 0);
  return header === null || header.length === null ? der : der.subarray(0, header.contentStart + header.length);
}

function linesOf(bytes: Uint8Array, { start, end, line }: PemBlock): LineIndex {
  return new LineIndex(textOf(bytes.subarray(start, end)), line);
}
