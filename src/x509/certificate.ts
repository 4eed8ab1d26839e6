/**
 * A certificate (RFC 5280 4.1) as a record over its DER. Decoding walks over all of it once and keeps places; every field is
 * worked out when it is first asked for, because most callers need few of them for many certificates.
 *
 * @module
 */
import {
  childrenOf,
  contentOf,
  contextTag,
  type DerElement,
  encodingOf,
  readBitString,
  readElement,
  TAG,
} from '../encoding/der.js';
import { DerReader } from '../encoding/der-reader.js';
import { encodeHexAt } from '../encoding/hex.js';
import { expectTrustError, TrustError } from '../errors.js';
import { firstAlternativeName } from './alternative-name.js';
import { type CertificateLayout, readCertificateLayout } from './certificate-layout.js';
import type { CertificateDefect } from './defect.js';
import { type BasicConstraints, type Extension, type KeyUsage, keyUsagesIn, walkExtensions } from './extensions.js';
import { fingerprint } from './fingerprint.js';
import { type DistinguishedName, decodeName, displayNameAt, renderNameAt, sameName } from './name.js';
import { EXTENSION, SIGNATURE_ALGORITHMS } from './oids.js';
import { type PublicKey, readPublicKey } from './public-key.js';
import type { Source } from './source.js';

/** What was worked out so far; shared by copies that differ in their source alone. */
interface Memo {
  sha256?: string;
  sha1?: string;
  serialNumber?: string;
  issuer?: string;
  subject?: string;
  issuerName?: DistinguishedName;
  subjectName?: DistinguishedName;
  selfIssued?: boolean;
  notBefore?: Date;
  notAfter?: Date;
  extensions?: readonly Extension[];
  keyUsage?: ReadonlySet<KeyUsage>;
}

/** One certificate. Made by `decodeCertificate`; two of the same DER have the same `sha256`. */
export class Certificate {
  /** The whole encoding; never changed. */
  readonly der: Uint8Array;
  /** Where it was found; null for one that was made or handed over as bytes. */
  readonly source: Source | null;
  readonly #layout: CertificateLayout;
  readonly #memo: Memo;

  /** @internal */
  constructor(der: Uint8Array, layout: CertificateLayout, source: Source | null, memo: Memo = {}) {
    this.der = der;
    this.#layout = layout;
    this.source = source;
    this.#memo = memo;
  }

  /** The same certificate, found somewhere else. */
  withSource(source: Source): Certificate {
    return new Certificate(this.der, this.#layout, source, this.#memo);
  }

  /**
   * The same certificate over other memory, so that the file it was read from need not be kept, whose memory may be used for
   * other bytes.
   *
   * @param der - the same bytes
   */
  withBytes(der: Uint8Array): Certificate {
    const { sha256 } = this.#memo;
    // Names and extensions that were decoded are views of the old bytes, and the numbers of an RSA key are read from them.
    const publicKey = readPublicKey(new DerReader(der), this.#layout.subjectPublicKeyInfo, der.length);
    return new Certificate(der, { ...this.#layout, publicKey }, this.source, sha256 === undefined ? {} : { sha256 });
  }

  /** SHA-256 of the DER, lower-case hex: the identity of the certificate. */
  get sha256(): string {
    this.#memo.sha256 ??= fingerprint('sha256', this.der);
    return this.#memo.sha256;
  }

  /** SHA-1 of the DER, lower-case hex: for display and for devices. */
  get sha1(): string {
    this.#memo.sha1 ??= fingerprint('sha1', this.der);
    return this.#memo.sha1;
  }

  /** 1, 2 or 3; another one is among the defects. */
  get version(): number {
    return this.#layout.version;
  }

  /** The content octets of the INTEGER in lower-case hex, sign octet included. */
  get serialNumber(): string {
    this.#memo.serialNumber ??= this.#hexAt(this.#layout.serialNumber);
    return this.#memo.serialNumber;
  }

  /** The issuer in the string form of RFC 4514, escaped for any output. */
  get issuer(): string {
    this.#memo.issuer ??= this.#layout.sameNames ? this.subject : renderNameAt(this.der, this.#layout.issuer);
    return this.#memo.issuer;
  }

  /** The subject in the string form of RFC 4514, escaped for any output. */
  get subject(): string {
    this.#memo.subject ??= renderNameAt(this.der, this.#layout.subject);
    return this.#memo.subject;
  }

  /** What a person calls the subject, as `displayName` says it, or an alternative name where there is none. Not kept. */
  get displayName(): string {
    return displayNameAt(this.der, this.#layout.subject) || (this.#alternativeName ?? 'no subject');
  }

  /** The subject for a person: where it is empty, that it is, with an alternative name. Not kept. */
  get displaySubject(): string {
    if (this.subject !== '') return this.subject;
    return this.#alternativeName === null ? 'no subject' : `no subject, for ${this.#alternativeName}`;
  }

  /** The issuer as decoded, for comparing. */
  get issuerName(): DistinguishedName {
    const { sameNames, issuer } = this.#layout;
    this.#memo.issuerName ??= sameNames ? this.subjectName : decodeName(this.#elementAt(issuer));
    return this.#memo.issuerName;
  }

  /** The subject as decoded, for comparing. */
  get subjectName(): DistinguishedName {
    this.#memo.subjectName ??= decodeName(this.#elementAt(this.#layout.subject));
    return this.#memo.subjectName;
  }

  /** Whether issuer and subject are the same name, byte for byte or as `sameName` compares them; no signature is checked. */
  get selfIssued(): boolean {
    this.#memo.selfIssued ??= this.#layout.sameNames || sameName(this.issuerName, this.subjectName);
    return this.#memo.selfIssued;
  }

  get notBefore(): Date {
    this.#memo.notBefore ??= new Date(this.#layout.notBefore);
    return this.#memo.notBefore;
  }

  get notAfter(): Date {
    this.#memo.notAfter ??= new Date(this.#layout.notAfter);
    return this.#memo.notAfter;
  }

  /** The DER of the subjectPublicKeyInfo. */
  get subjectPublicKeyInfo(): Uint8Array {
    return this.#encodingAt(this.#layout.subjectPublicKeyInfo);
  }

  get publicKey(): PublicKey {
    return this.#layout.publicKey;
  }

  /** The DER that the signature covers. */
  get tbsCertificate(): Uint8Array {
    return this.#encodingAt(this.#layout.tbsCertificate);
  }

  /** The DER of the outer AlgorithmIdentifier. */
  get signatureAlgorithmDer(): Uint8Array {
    return this.#encodingAt(this.#layout.signatureAlgorithm);
  }

  /** The DER of the AlgorithmIdentifier inside the tbsCertificate, which must equal the outer one (RFC 5280 4.1.1.2). */
  get tbsSignatureAlgorithmDer(): Uint8Array {
    return this.#encodingAt(this.#layout.tbsSignatureAlgorithm);
  }

  /** The algorithm by its usual name (`sha256WithRSAEncryption`), or its dotted OID. */
  get signatureAlgorithm(): string {
    const { signatureOid } = this.#layout;
    return SIGNATURE_ALGORITHMS.get(signatureOid)?.name ?? signatureOid;
  }

  /** The octets of the signature. */
  get signature(): Uint8Array {
    return readBitString(this.#elementAt(this.#layout.signature)).bytes;
  }

  /** All extensions in order, duplicates included. */
  get extensions(): readonly Extension[] {
    this.#memo.extensions ??= decodeExtensions(this.der, this.#layout.extensions);
    return this.#memo.extensions;
  }

  /** The value of an extension, or undefined; of duplicates the first. */
  extension(oid: string): Extension | undefined {
    return this.extensions.find((extension) => extension.oid === oid);
  }

  get basicConstraints(): BasicConstraints | null {
    return this.#layout.values.basicConstraints;
  }

  /** Null where the extension is absent, which RFC 5280 4.2.1.3 reads as no restriction. */
  get keyUsage(): ReadonlySet<KeyUsage> | null {
    const { keyUsage } = this.#layout.values;
    if (keyUsage === null) return null;
    this.#memo.keyUsage ??= keyUsagesIn(keyUsage);
    return this.#memo.keyUsage;
  }

  /** Key purposes by OID; null where the extension is absent. */
  get extendedKeyUsage(): readonly string[] | null {
    return this.#layout.values.extendedKeyUsage;
  }

  /** Lower-case hex, or null. */
  get subjectKeyIdentifier(): string | null {
    const { subjectKeyIdentifier } = this.#layout.values;
    return subjectKeyIdentifier === null ? null : this.#hexAt(subjectKeyIdentifier);
  }

  /** Lower-case hex of the keyIdentifier, or null. */
  get authorityKeyIdentifier(): string | null {
    const { authorityKeyIdentifier } = this.#layout.values;
    return authorityKeyIdentifier === null ? null : this.#hexAt(authorityKeyIdentifier);
  }

  /**
   * Whether this is a CA certificate: basicConstraints says so, or it is a self-issued certificate of version 1, which
   * had no extensions to say it with (RFC 5280 6.1.4 (k) leaves those to the caller; old roots are such).
   */
  get ca(): boolean {
    return this.basicConstraints?.ca ?? (this.version === 1 && this.selfIssued);
  }

  /** What RFC 5280 rules out and was read all the same; mostly nothing. Where something is, no path leads over it. */
  get defects(): readonly CertificateDefect[] {
    return this.#layout.defects;
  }

  get #alternativeName(): string | null {
    const names = this.extension(EXTENSION.subjectAltName);
    return names === undefined ? null : firstAlternativeName(names.value);
  }

  #elementAt(place: number): DerElement {
    return readElement(this.der, place);
  }

  #encodingAt(place: number): Uint8Array {
    return encodingOf(this.#elementAt(place));
  }

  #hexAt(place: number): string {
    const { contentStart, end } = new DerReader(this.der).read(place, this.der.length);
    return encodeHexAt(this.der, contentStart, end);
  }
}

/**
 * Decodes one certificate that fills the bytes, and makes sure that every field can be read, so that no getter throws
 * later.
 *
 * @param bytes - DER
 * @param source - where it was found
 * @throws {TrustError} `certificate/malformed`, whose cause says what was found; the offset counts from the start
 */
export function decodeCertificate(bytes: Uint8Array, source: Source | null = null): Certificate {
  try {
    return new Certificate(bytes, readCertificateLayout(bytes), source);
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    throw new TrustError('certificate/malformed', `not a certificate: ${error.message}`, {
      ...(error.at === undefined ? {} : { at: error.at }),
      cause: error,
    });
  }
}

/** The same for readers that go on where there is none: null for bytes that are no certificate. */
export function tryDecodeCertificate(bytes: Uint8Array, source: Source | null = null): Certificate | null {
  try {
    return decodeCertificate(bytes, source);
  } catch (error) {
    expectTrustError(error);
    return null;
  }
}

/** A certificate handed over as such or as DER. @throws {TrustError} `certificate/malformed` */
export function asCertificate(certificate: Certificate | Uint8Array): Certificate {
  return certificate instanceof Certificate ? certificate : decodeCertificate(certificate);
}

/** Whether bytes begin like a certificate: a SEQUENCE that holds a SEQUENCE that holds `[0]` or an INTEGER. Never throws. */
export function looksLikeCertificate(bytes: Uint8Array): boolean {
  if (bytes[0] !== TAG.sequence) return false;
  try {
    const outer = readElement(bytes);
    const tbs = readElement(bytes, outer.contentStart, outer.contentEnd);
    if (tbs.tag !== TAG.sequence) return false;
    const [first, second, third] = childrenOf(tbs);
    return first?.tag === contextTag(0)
      ? second?.tag === TAG.integer
      : first?.tag === TAG.integer && second?.tag === TAG.sequence && third?.tag === TAG.sequence;
  } catch {
    return false;
  }
}

function decodeExtensions(der: Uint8Array, field: number | undefined): readonly Extension[] {
  const extensions: Extension[] = [];
  if (field === undefined) return extensions;
  const reader = new DerReader(der);
  walkExtensions(reader, field, (oid, critical) => extensions.push({ oid, critical, value: contentOf(reader) }));
  return extensions;
}
