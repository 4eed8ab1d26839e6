/**
 * A PEM bundle (RFC 7468) as a keystore: every certificate block is a trusted certificate, under a generated alias
 * since the format has none. Quirks in docs/formats/pem.md.
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import { concatBytes } from '../encoding/byte-writer.js';
import { beginsLine, encodePem, offsetAfterByteOrderMark, type PemBlock, scanPem } from '../encoding/pem.js';
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import { fingerprint } from '../x509/fingerprint.js';
import { type Source, sourceOf } from '../x509/source.js';
import { aliasAmong, aliasForStored, findAlias, foldAlias, noSuchEntry, quoteAlias } from './alias.js';
import type { Codec, DecodeKeystoreOptions } from './codec.js';
import { keystoreEntry, type StoredCertificate, storedCertificate } from './entry.js';
import type { Keystore, KeystoreEdit, KeystoreEntry, NewKeystoreEntry } from './keystore.js';

export const pem: Codec = {
  type: 'pem',
  detect: detectPemBundle,
  decode: decodePemBundle,
  edit: editPemBundle,
  encode: encodePemBundle,
  keys: null,
};

/** `X509 CERTIFICATE` is what old programs wrote (RFC 7468 5.1). */
const CERTIFICATE_LABELS: ReadonlySet<string> = new Set(['CERTIFICATE', 'X509 CERTIFICATE']);

/** With what every label of a private key ends. */
const KEY_LABEL = 'PRIVATE KEY';

/** Of the line above a block of a new bundle; names can be very long. */
const MAX_NAME_LENGTH = 200;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A certificate block with the alias made for it. */
interface NamedBlock {
  readonly alias: string;
  readonly block: PemBlock;
  readonly certificate: StoredCertificate;
  readonly sha256: string;
  /** The line of the first block with the same certificate, when this one is not the first. */
  readonly firstLine: number | null;
}

/** Whether a line begins a certificate block. */
function detectPemBundle(bytes: Uint8Array): boolean {
  const text = asBuffer(bytes);
  return [...CERTIFICATE_LABELS].some((label) => {
    const marker = `-----BEGIN ${label}-----`;
    let at = text.indexOf(marker);
    while (at > 0 && !beginsLine(text, at)) at = text.indexOf(marker, at + 1);
    return at !== -1;
  });
}

function decodePemBundle(bytes: Uint8Array, { source = sourceOf('-') }: DecodeKeystoreOptions): Keystore {
  const { blocks, rejected } = scanPem(bytes);
  const keys = blocks.filter(({ label }) => label.endsWith(KEY_LABEL));
  return {
    type: 'pem',
    encryption: null,
    mac: null,
    integrity: 'not-verified',
    entries: nameBlocks(blocks).map(({ alias, block, certificate, firstLine }) =>
      keystoreEntry({
        alias,
        kind: 'trusted-certificate',
        created: null,
        certificates: [certificate],
        source: { ...source, line: block.line },
        notes: firstLine === null ? [] : [`the same certificate as on line ${firstLine}`],
      }),
    ),
    notes: [
      ...rejected.map(({ error }) => ({
        code: error.code,
        message: `line ${error.at?.line ?? 1}: ${error.message}`,
      })),
      ...blocks
        .filter(({ label }) => !CERTIFICATE_LABELS.has(label))
        .map(({ label, line }) => ({
          code: 'keystore/other-block',
          message: `line ${line}: a block ${toPrintable(label)}, which is no certificate`,
        })),
    ],
    ...(keys.length === 0 ? {} : { keyBlocks: keys.map((block, index) => keyEntry(block, index, source)) }),
  };
}

/** A key by its place among the keys of the bundle: what is in the block is nobody's business. */
function keyEntry({ label, line }: PemBlock, index: number, source: Source): KeystoreEntry {
  return keystoreEntry({
    alias: index === 0 ? 'private-key' : `private-key-${index + 1}`,
    kind: 'private-key',
    created: null,
    certificates: [],
    source: { ...source, line },
    notes: [`line ${line}: a block ${toPrintable(label)}`],
  });
}

/**
 * Adds blocks at the end and cuts blocks out, in the order of the edits. Where the bundle has the certificate already,
 * adding changes nothing; text around the blocks stays.
 */
function editPemBundle(bytes: Uint8Array, edits: readonly KeystoreEdit[]): Uint8Array {
  const present = new Map(nameBlocks(scanPem(bytes).blocks).map((named) => [named.alias, named]));
  /** How often the bundle has each certificate by now. */
  const copies = new Map<string, number>();
  const count = (sha256: string, more: 1 | -1) => copies.set(sha256, (copies.get(sha256) ?? 0) + more);
  for (const { sha256 } of present.values()) count(sha256, 1);
  const removed: PemBlock[] = [];
  const added = new Map<string, Certificate>();
  const taken = new Set([...present.keys()].map(foldAlias));
  for (const edit of edits) {
    if (edit.action === 'add') {
      const { certificate } = edit;
      const { sha256 } = certificate;
      if ((copies.get(sha256) ?? 0) > 0) continue;
      const alias = aliasAmong(certificate, taken);
      added.set(alias, certificate);
      taken.add(alias);
      count(sha256, 1);
    } else if (edit.action === 'reveal') {
      throw noSuchEntry(edit.index);
    } else {
      const isThere = (one: string) => present.has(one) || added.has(one);
      const alias = findAlias(edit.alias, isThere, () => [...present.keys(), ...added.keys()]);
      const named = present.get(alias);
      if (named !== undefined) removed.push(named.block);
      count((named ?? (added.get(alias) as Certificate)).sha256, -1);
      present.delete(alias);
      added.delete(alias);
      taken.delete(foldAlias(alias));
    }
  }
  if (removed.length + added.size === 0) return bytes;
  if (present.size + added.size === 0) {
    throw new TrustError('keystore/cannot-preserve', 'the bundle would hold no certificate any more', {
      hint: 'delete the file instead; anchorctl keystore replace puts another certificate in its place',
    });
  }
  const rest = withoutBlocks(bytes, removed);
  return concatBytes([rest, ...appendedBlocks(rest, [...added.values()], lineEndOf(bytes))]);
}

/** Each certificate once, behind a line with its name, which programs that read PEM pass over. */
function encodePemBundle(entries: readonly NewKeystoreEntry[]): Uint8Array {
  const blocks = new Map<string, string>();
  for (const entry of entries) {
    if (entry.kind !== 'trusted-certificate') throw refuseKey(entry.alias);
    const { der, decoded } = storedCertificate(entry.certificate);
    const name = decoded instanceof TrustError ? quoteAlias(entry.alias) : toPrintable(decoded.subject);
    blocks.set(fingerprint('sha256', der), `# ${name.slice(0, MAX_NAME_LENGTH)}\n${encodePem('CERTIFICATE', der)}`);
  }
  if (blocks.size === 0) {
    throw new TrustError('keystore/cannot-preserve', 'a PEM bundle without a certificate is none', {
      hint: 'nothing is written; JKS, JCEKS and PKCS#12 can be empty',
    });
  }
  return new TextEncoder().encode([...blocks.values()].join('\n'));
}

function refuseKey(alias: string): TrustError {
  return new TrustError('keystore/refuses-entry', `${quoteAlias(alias)} is a key, which never goes into a PEM bundle`, {
    at: { entry: alias },
    hint: 'a PEM bundle holds trusted certificates only',
  });
}

/** The byte order mark behind a block goes with it: behind what stood in front of the block it would hide the next one. */
function withoutBlocks(bytes: Uint8Array, blocks: readonly PemBlock[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const { start, end } of blocks.toSorted((a, b) => a.start - b.start)) {
    parts.push(bytes.subarray(offset, start));
    offset = offsetAfterByteOrderMark(bytes, end);
  }
  return concatBytes([...parts, bytes.subarray(offset)]);
}

function appendedBlocks(rest: Uint8Array, added: readonly Certificate[], lineEnd: string): Uint8Array[] {
  const last = rest.at(-1) ?? LINE_FEED;
  const isOpenLine = last !== LINE_FEED && last !== CARRIAGE_RETURN;
  const text = added.map(({ der }) => encodePem('CERTIFICATE', der).replaceAll('\n', lineEnd));
  return (isOpenLine && text.length > 0 ? [lineEnd, ...text] : text).map((part) => Buffer.from(part));
}

/** How the first line ends, since that is how the whole file was written. */
function lineEndOf(bytes: Uint8Array): string {
  const lineFeed = bytes.indexOf(LINE_FEED);
  if (lineFeed === -1) return bytes.includes(CARRIAGE_RETURN) ? '\r' : '\n';
  return bytes[lineFeed - 1] === CARRIAGE_RETURN ? '\r\n' : '\n';
}

/** The certificate blocks with aliases: that of `aliasFor`, with a number where the certificate was there before. */
function nameBlocks(blocks: readonly PemBlock[]): NamedBlock[] {
  const taken = new Set<string>();
  const known = new Map<string, { readonly alias: string; readonly line: number; count: number }>();
  return blocks
    .filter(({ label }) => CERTIFICATE_LABELS.has(label))
    .map((block) => {
      const certificate = storedCertificate(block.der);
      const sha256 = fingerprint('sha256', block.der);
      const first = known.get(sha256);
      if (first !== undefined) {
        first.count++;
        return { alias: `${first.alias}-${first.count}`, block, certificate, sha256, firstLine: first.line };
      }
      const alias = aliasForStored(certificate, taken);
      taken.add(foldAlias(alias));
      known.set(sha256, { alias, line: block.line, count: 1 });
      return { alias, block, certificate, sha256, firstLine: null };
    });
}
