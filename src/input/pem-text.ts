/**
 * Certificates in text: PEM blocks that are in order are taken as they are, everything between them is read leniently,
 * and text that is nothing but base64 needs no markers.
 *
 * @module
 */
import { type PemBlock, scanPem } from '../encoding/pem.js';
import { expectTrustError } from '../errors.js';
import { peekElement } from '../store/peek.js';
import { type Certificate, decodeCertificate } from '../x509/certificate.js';
import type { Source } from '../x509/source.js';
import { readBareBase64 } from './bare-base64.js';
import { isDamagedRoot, mayBeRecovered } from './certificate-copy.js';
import type { Collector } from './collector.js';
import { type FoundBlock, readDamagedText } from './damaged-text.js';
import { findTrustpointsOfPem, readDeviceText } from './device-text.js';
import { type BlockContent, contentOfLabel } from './label.js';
import { isEven, noteLayout } from './layout.js';
import type { InputKind } from './read-result.js';
import { hasBase64Run, LineIndex, LONGER_THAN_WORDS, textOf } from './text.js';

/** What holds one certificate. */
const HOLDS_ONE: ReadonlySet<BlockContent> = new Set(['certificate', 'trusted-certificate']);

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
  const before = into.certificates.length;
  const found: FoundBlock[] = [];
  const trustpointAt = blocks.length === 0 ? () => null : findTrustpointsOfPem(bytes);
  let previous: PemBlock | null = null;
  let broken = 0;
  for (const block of [...blocks, null]) {
    const end = block?.start ?? bytes.length;
    const isBroken = (rejected[broken]?.start ?? end) < end;
    while ((rejected[broken]?.start ?? end) < end) broken++;
    if (isBroken || mayHaveRuns) found.push(...readGap(bytes, previous, end, isBroken, into));
    if (block !== null) found.push(readBlock(bytes, block, trustpointAt(block.start), into));
    previous = block;
  }
  if (isMadeOf(found, bytes.length) && into.certificates.length - before === found.length) return 'pem';
  const device = readDeviceText(bytes, into);
  if (device !== null) return device;
  return found.length === 0 ? readBareBase64(bytes, into) : kindOf(found, bytes.length);
}

/** Whether a text is nothing but blocks of certificates; when each of them holds one, nothing else can be there. */
function isMadeOf(found: readonly FoundBlock[], length: number): boolean {
  let inBlocks = 0;
  for (const block of found) if (HOLDS_ONE.has(block.content)) inBlocks += block.length;
  return length > 0 && inBlocks === length;
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
  return readDamagedText(textOf(gap), firstLine, into);
}

function readBlock(bytes: Uint8Array, block: PemBlock, trustpoint: string | null, into: Collector): FoundBlock {
  const { label, der, start, end, line } = block;
  const content = contentOfLabel(label);
  const source = into.source({ line, trustpoint });
  if (content === 'certificate') addCertificate(bytes, block, tryDecode(der, source), into);
  if (content === 'trusted-certificate') addCertificate(bytes, block, tryDecode(firstElement(der), source), into);
  if (content === 'pkcs7') into.pkcs7(der, into.source({ line }));
  if (content === 'private-key') into.privateKey(line);
  return { content, length: end - start };
}

/** Adds the certificate of a block, unless it is one that the lenient reader must look at. */
function addCertificate(bytes: Uint8Array, block: PemBlock, certificate: Certificate | null, into: Collector): void {
  if (certificate === null || isDamagedRoot(certificate) || mayBeRecovered(certificate, into)) {
    readDamagedText(textOf(bytes.subarray(block.start, block.end)), block.line, into);
    return;
  }
  if (!isEven(bytes, block)) {
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

function tryDecode(der: Uint8Array, source: Source): Certificate | null {
  try {
    return decodeCertificate(der, source);
  } catch (error) {
    expectTrustError(error);
    return null;
  }
}

/** The certificate of a TRUSTED CERTIFICATE block, which has more after it; all of it when it is not even an element. */
function firstElement(der: Uint8Array): Uint8Array {
  const header = peekElement(der, 0);
  return header === null || header.length === null ? der : der.subarray(0, header.contentStart + header.length);
}

function linesOf(bytes: Uint8Array, { start, end, line }: PemBlock): LineIndex {
  return new LineIndex(textOf(bytes.subarray(start, end)), line);
}
