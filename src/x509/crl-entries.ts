/**
 * The revokedCertificates of a CRL (RFC 5280 5.1.2.6, 5.3). A CRL can have a million of them, so they are never turned
 * into objects: one reader walks over the bytes, once to check them all, and again for each serial number looked up.
 *
 * @module
 */
import {
  childrenOf,
  contentOf,
  type DerElement,
  decodeElement,
  expectTag,
  readElement,
  readOid,
  TAG,
} from '../encoding/der.js';
import { DerReader } from '../encoding/der-reader.js';
import { readTime } from '../encoding/der-time.js';
import { encodeHex } from '../encoding/hex.js';
import { TrustError } from '../errors.js';
import { type GeneralName, generalNamesIn } from './general-name.js';
import { EXTENSION } from './oids.js';

/** CRLReason by its number; 7 is not used. */
export const CRL_REASONS = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  null,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const;

/** Why a certificate was revoked. */
export type CrlReason = Exclude<(typeof CRL_REASONS)[number], null>;

/** One entry. */
export interface CrlEntry {
  /** The content octets of the INTEGER in lower-case hex, as in `Certificate.serialNumber`. */
  readonly serialNumber: string;
  readonly revocationDate: Date;
  /** `unspecified` where the CRL gives none. */
  readonly reason: CrlReason;
  readonly invalidityDate: Date | null;
  /** Who issued the certificate, where an entry of an indirect CRL says so or inherits it; null: the CRL's issuer. */
  readonly certificateIssuer: readonly GeneralName[] | null;
}

/** Where some bytes of a CRL are. */
export interface EntryRange {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** All entries of a CRL, as bytes, and what the walk that checked them has found. */
export interface CrlEntries extends EntryRange {
  readonly count: number;
  /** OID of the first critical extension of an entry that is not understood: the CRL must not be used (5.3). */
  readonly unknownCritical: string | null;
  /** Whether an entry names another issuer of its certificate, which only an indirect CRL may do. */
  readonly namesIssuers: boolean;
  readonly hasExtensions: boolean;
}

/** The last arcs of the entry extensions below 2.5.29 that are understood. */
const REASON_CODE = 21;
const INVALIDITY_DATE = 24;
const CERTIFICATE_ISSUER = 29;

/** The octets of 2.5.29 in an OID. */
const ID_CE = [0x55, 0x1d] as const;

/** Walks over entries; its fields tell of the one it stands at. */
class EntryReader {
  readonly #reader: DerReader;
  readonly #end: number;
  #next: number;

  start = 0;
  serialStart = 0;
  serialEnd = 0;
  dateStart = 0;
  /** Where the extensions begin; 0 where there are none. */
  extensionsStart = 0;
  /** Where the value of the certificateIssuer that holds for this entry begins; 0: the issuer of the CRL. */
  issuerStart = 0;
  unknownCritical: string | null = null;

  constructor({ bytes, start, end }: EntryRange) {
    this.#reader = new DerReader(bytes);
    this.#next = start;
    this.#end = end;
  }

  /** Steps to the next entry and checks its structure; false at the end. @throws {TrustError} `der/…` */
  next(): boolean {
    if (!this.nextUnchecked()) return false;
    this.#checkSerial();
    const { tag, end } = this.#reader.read(this.dateStart, this.#next);
    if (tag !== TAG.utcTime && tag !== TAG.generalizedTime) refuse('an entry has no time', this.dateStart);
    this.extensionsStart = end < this.#next ? end : 0;
    if (this.extensionsStart !== 0) this.#checkExtensions(this.#next);
    return true;
  }

  /** Steps to the next entry of a list that was checked, as far as its serial number. */
  nextUnchecked(): boolean {
    if (this.#next >= this.#end) return false;
    const reader = this.#reader;
    this.start = this.#next;
    this.#next = expectTag(reader.read(this.start, this.#end), TAG.sequence).end;
    expectTag(reader.read(reader.contentStart, this.#next), TAG.integer);
    this.serialStart = reader.contentStart;
    this.serialEnd = reader.end;
    this.dateStart = this.serialEnd;
    return true;
  }

  /** Whether the serial number at hand is this. */
  hasSerial(serial: Uint8Array): boolean {
    if (this.serialEnd - this.serialStart !== serial.length) return false;
    // From the end: serial numbers of one CA may share their first octets.
    for (let i = serial.length - 1; i >= 0; i--) {
      if (this.#reader.bytes[this.serialStart + i] !== serial[i]) return false;
    }
    return true;
  }

  #checkSerial(): void {
    const first = this.#reader.bytes[this.serialStart];
    const length = this.serialEnd - this.serialStart;
    if (length === 0) refuse('a serial number is empty', this.serialStart);
    if (length === 1) return;
    const second = this.#reader.bytes[this.serialStart + 1] as number;
    if ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)) {
      refuse('a serial number is not in its shortest form', this.serialStart);
    }
  }

  #checkExtensions(end: number): void {
    const reader = this.#reader;
    const list = expectTag(reader.read(this.extensionsStart, end), TAG.sequence);
    if (list.end !== end) refuse('an entry has more than a list of extensions', list.end);
    if (list.contentStart === end) refuse('a list of extensions is empty', list.start);
    let seen = 0;
    for (let at = list.contentStart; at < end; ) {
      const extensionEnd = expectTag(reader.read(at, end), TAG.sequence).end;
      const oidStart = reader.contentStart;
      const arc = understoodArc(expectTag(reader.read(oidStart, extensionEnd), TAG.oid));
      let valueStart = reader.end;
      const critical = valueStart < extensionEnd && reader.bytes[valueStart] === TAG.boolean;
      if (critical) {
        const { bytes, contentStart, end: flagEnd } = reader.read(valueStart, extensionEnd);
        if (flagEnd - contentStart !== 1 || bytes[contentStart] !== 0xff) {
          refuse('a BOOLEAN is not encoded as DER asks', valueStart);
        }
        valueStart = flagEnd;
      }
      const value = expectTag(reader.read(valueStart, extensionEnd), TAG.octetString);
      if (value.end !== extensionEnd) refuse('an extension has more than a value', value.end);
      if (arc === 0) {
        if (critical) this.unknownCritical ??= readOid(reader.read(oidStart, extensionEnd));
      } else if ((seen & (1 << arc)) !== 0) {
        refuse('an entry has an extension twice', at);
      } else {
        seen |= 1 << arc;
        if (arc === CERTIFICATE_ISSUER) this.issuerStart = value.contentStart;
      }
      at = extensionEnd;
    }
  }
}

/** The last arc of the OID of an extension that is understood, else 0. */
function understoodArc({ bytes, contentStart, contentEnd }: DerElement): number {
  if (contentEnd - contentStart !== 3 || bytes[contentStart] !== ID_CE[0] || bytes[contentStart + 1] !== ID_CE[1]) {
    return 0;
  }
  const arc = bytes[contentStart + 2];
  return arc === REASON_CODE || arc === INVALIDITY_DATE || arc === CERTIFICATE_ISSUER ? arc : 0;
}

/**
 * Checks the structure of all entries: serial numbers, times by their type, extensions by their form. What is inside a
 * time or an extension is read by `findCrlEntry`.
 *
 * @throws {TrustError} `der/…`
 */
export function checkEntries(range: EntryRange): CrlEntries {
  const reader = new EntryReader(range);
  let count = 0;
  let hasExtensions = false;
  while (reader.next()) {
    count++;
    hasExtensions ||= reader.extensionsStart !== 0;
  }
  const { unknownCritical, issuerStart } = reader;
  return { ...range, count, hasExtensions, unknownCritical, namesIssuers: issuerStart !== 0 };
}

/**
 * Finds the entry of a certificate, by walking: one comparison an entry. Of several the first that revokes it.
 *
 * @param serialNumber - the content octets of the certificate's serial number, in DER like those of the CRL
 * @param isIssuer - whether these names (null: the issuer of the CRL) are those of the certificate's issuer; asked once for
 *   all entries that inherit them
 * @throws {TrustError} `der/…` when the entry found has a time or an extension that cannot be read
 */
export function findCrlEntry(
  entries: CrlEntries,
  serialNumber: Uint8Array,
  isIssuer: (certificateIssuer: readonly GeneralName[] | null) => boolean,
): CrlEntry | null {
  const reader = new EntryReader(entries);
  let removal: CrlEntry | null = null;
  // Where the issuer stands that was asked about last, who it is, and the answer.
  let issuerStart = -1;
  let certificateIssuer: readonly GeneralName[] | null = null;
  let isOfIssuer = false;
  // Issuers are inherited from entry to entry, so where there are any, every extension is looked at.
  while (entries.namesIssuers ? reader.next() : reader.nextUnchecked()) {
    if (!reader.hasSerial(serialNumber)) continue;
    if (issuerStart !== reader.issuerStart) {
      issuerStart = reader.issuerStart;
      certificateIssuer = issuerStart === 0 ? null : readIssuer(entries, issuerStart);
      isOfIssuer = isIssuer(certificateIssuer);
    }
    if (!isOfIssuer) continue;
    const entry = readEntry(entries, reader.start, certificateIssuer);
    if (entry.reason !== 'removeFromCRL') return entry;
    removal ??= entry;
  }
  return removal;
}

function readIssuer({ bytes, end }: EntryRange, start: number): readonly GeneralName[] {
  return generalNamesIn(expectTag(readElement(bytes, start, end), TAG.sequence));
}

function readEntry(
  { bytes, end }: EntryRange,
  start: number,
  certificateIssuer: readonly GeneralName[] | null,
): CrlEntry {
  const [serialNumber, revocationDate, list] = childrenOf(readElement(bytes, start, end));
  const extensions = (list === undefined ? [] : childrenOf(list)).map((extension) => childrenOf(extension));
  const values = new Map(extensions.map((parts) => [readOid(parts[0]), contentOf(parts.at(-1) as DerElement)]));
  const reason = values.get(EXTENSION.reasonCode);
  const invalidityDate = values.get(EXTENSION.invalidityDate);
  return {
    serialNumber: encodeHex(contentOf(serialNumber as DerElement)),
    revocationDate: readTime(revocationDate),
    reason: reason === undefined ? 'unspecified' : decodeReason(reason),
    invalidityDate: invalidityDate === undefined ? null : readTime(decodeElement(invalidityDate, TAG.generalizedTime)),
    certificateIssuer,
  };
}

function decodeReason(value: Uint8Array): CrlReason {
  const content = contentOf(decodeElement(value, TAG.enumerated));
  const reason = content.length === 1 ? CRL_REASONS[content[0] as number] : undefined;
  if (reason === undefined || reason === null) refuse('a reason of revocation is none that there is', 0);
  return reason;
}

function refuse(message: string, offset: number): never {
  throw new TrustError('der/bad-value', message, { at: { offset } });
}
