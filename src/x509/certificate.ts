/**
 * A certificate (RFC 5280 4.1) as a record over its DER. Decoding walks the top structure once and keeps offsets; every
 * field is worked out when it is first asked for, because most callers need few of them for many certificates.
 *
 * @module
 */
import {
  childrenOf,
  contentOf,
  contextTag,
  type DerElement,
  encodingOf,
  expectTag,
  readBitString,
  readBoolean,
  readCount,
  readElement,
  readOid,
  readTime,
  TAG,
} from '../encoding/der.js';
import { encodeHex } from '../encoding/hex.js';
import { TrustError } from '../errors.js';
import {
  type BasicConstraints,
  decodeAuthorityKeyIdentifier,
  decodeBasicConstraints,
  decodeExtendedKeyUsage,
  decodeKeyUsage,
  decodeSubjectKeyIdentifier,
  type Extension,
  type KeyUsage,
} from './extensions.js';
import { fingerprint } from './fingerprint.js';
import { type DistinguishedName, decodeName, renderName, sameName } from './name.js';
import { EXTENSION, SIGNATURE_ALGORITHMS } from './oids.js';
import { decodePublicKey, type PublicKey } from './public-key.js';
import type { Source } from './source.js';

/** Where the parts of a certificate stand in its DER. */
interface Layout {
  readonly tbs: DerElement;
  readonly version: DerElement | undefined;
  readonly serialNumber: DerElement;
  readonly issuer: DerElement;
  readonly validity: DerElement;
  readonly subject: DerElement;
  readonly spki: DerElement;
  readonly extensions: DerElement | undefined;
  readonly signatureAlgorithm: DerElement;
  readonly signature: DerElement;
}

/** What was worked out so far; shared by copies that differ in their source alone. */
interface Memo {
  sha256?: string;
  sha1?: string;
  issuer?: string;
  subject?: string;
  issuerName?: DistinguishedName;
  subjectName?: DistinguishedName;
  selfIssued?: boolean;
  notBefore?: Date;
  notAfter?: Date;
  publicKey?: PublicKey;
  signatureAlgorithm?: string;
  extensions?: readonly Extension[];
  basicConstraints?: BasicConstraints | null;
  keyUsage?: ReadonlySet<KeyUsage> | null;
  extendedKeyUsage?: readonly string[] | null;
  subjectKeyIdentifier?: string | null;
  authorityKeyIdentifier?: string | null;
}

/** One certificate. Made by `decodeCertificate`; two of the same DER have the same `sha256`. */
export class Certificate {
  /** The whole encoding; never changed. */
  readonly der: Uint8Array;
  /** Where it was found; null for one that was made or handed over as bytes. */
  readonly source: Source | null;
  readonly #layout: Layout;
  readonly #memo: Memo;

  /** @internal */
  constructor(der: Uint8Array, layout: Layout, source: Source | null, memo: Memo = {}) {
    this.der = der;
    this.#layout = layout;
    this.source = source;
    this.#memo = memo;
  }

  /** The same certificate, found somewhere else. */
  withSource(source: Source): Certificate {
    return new Certificate(this.der, this.#layout, source, this.#memo);
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

  /** 1, 2 or 3. */
  get version(): number {
    const { version } = this.#layout;
    return version === undefined ? 1 : readCount(childrenOf(version)[0], 2) + 1;
  }

  /** The content octets of the INTEGER in lower-case hex, sign octet included. */
  get serialNumber(): string {
    return encodeHex(contentOf(this.#layout.serialNumber));
  }

  /** The issuer in the string form of RFC 4514, escaped for any output. */
  get issuer(): string {
    this.#memo.issuer ??= this.issuerName === this.subjectName ? this.subject : renderName(this.issuerName);
    return this.#memo.issuer;
  }

  /** The subject in the string form of RFC 4514, escaped for any output. */
  get subject(): string {
    this.#memo.subject ??= renderName(this.subjectName);
    return this.#memo.subject;
  }

  /** The issuer as decoded, for comparing. */
  get issuerName(): DistinguishedName {
    this.#memo.issuerName ??= sameEncoding(this.#layout) ? this.subjectName : decodeName(this.#layout.issuer);
    return this.#memo.issuerName;
  }

  /** The subject as decoded, for comparing. */
  get subjectName(): DistinguishedName {
    this.#memo.subjectName ??= decodeName(this.#layout.subject);
    return this.#memo.subjectName;
  }

  /** Whether issuer and subject are the same name, byte for byte or as `sameName` compares them; no signature is checked. */
  get selfIssued(): boolean {
    this.#memo.selfIssued ??= this.issuerName === this.subjectName || sameName(this.issuerName, this.subjectName);
    return this.#memo.selfIssued;
  }

  get notBefore(): Date {
    this.#memo.notBefore ??= readTime(childrenOf(this.#layout.validity)[0]);
    return this.#memo.notBefore;
  }

  get notAfter(): Date {
    this.#memo.notAfter ??= readTime(childrenOf(this.#layout.validity)[1]);
    return this.#memo.notAfter;
  }

  /** The DER of the subjectPublicKeyInfo. */
  get subjectPublicKeyInfo(): Uint8Array {
    return encodingOf(this.#layout.spki);
  }

  get publicKey(): PublicKey {
    this.#memo.publicKey ??= decodePublicKey(this.subjectPublicKeyInfo);
    return this.#memo.publicKey;
  }

  /** The DER that the signature covers. */
  get tbsCertificate(): Uint8Array {
    return encodingOf(this.#layout.tbs);
  }

  /** The DER of the outer AlgorithmIdentifier. */
  get signatureAlgorithmDer(): Uint8Array {
    return encodingOf(this.#layout.signatureAlgorithm);
  }

  /** The DER of the AlgorithmIdentifier inside the tbsCertificate, which must equal the outer one (RFC 5280 4.1.1.2). */
  get tbsSignatureAlgorithmDer(): Uint8Array {
    const fields = childrenOf(this.#layout.tbs);
    return encodingOf(fields[this.#layout.version === undefined ? 1 : 2] as DerElement);
  }

  /** The algorithm by its usual name (`sha256WithRSAEncryption`), or its dotted OID. */
  get signatureAlgorithm(): string {
    this.#memo.signatureAlgorithm ??= nameSignatureAlgorithm(this.#layout.signatureAlgorithm);
    return this.#memo.signatureAlgorithm;
  }

  /** The octets of the signature. */
  get signature(): Uint8Array {
    return readBitString(this.#layout.signature).bytes;
  }

  /** All extensions in order, duplicates included. */
  get extensions(): readonly Extension[] {
    this.#memo.extensions ??= decodeExtensions(this.#layout.extensions);
    return this.#memo.extensions;
  }

  /** The value of an extension, or undefined; of duplicates the first. */
  extension(oid: string): Extension | undefined {
    return this.extensions.find((extension) => extension.oid === oid);
  }

  get basicConstraints(): BasicConstraints | null {
    const memo = this.#memo;
    if (memo.basicConstraints === undefined)
      memo.basicConstraints = this.#decode(EXTENSION.basicConstraints, decodeBasicConstraints);
    return memo.basicConstraints;
  }

  /** Null where the extension is absent, which RFC 5280 4.2.1.3 reads as no restriction. */
  get keyUsage(): ReadonlySet<KeyUsage> | null {
    const memo = this.#memo;
    if (memo.keyUsage === undefined) memo.keyUsage = this.#decode(EXTENSION.keyUsage, decodeKeyUsage);
    return memo.keyUsage;
  }

  /** Key purposes by OID; null where the extension is absent. */
  get extendedKeyUsage(): readonly string[] | null {
    const memo = this.#memo;
    if (memo.extendedKeyUsage === undefined)
      memo.extendedKeyUsage = this.#decode(EXTENSION.extendedKeyUsage, decodeExtendedKeyUsage);
    return memo.extendedKeyUsage;
  }

  /** Lower-case hex, or null. */
  get subjectKeyIdentifier(): string | null {
    const memo = this.#memo;
    if (memo.subjectKeyIdentifier === undefined)
      memo.subjectKeyIdentifier = this.#decode(EXTENSION.subjectKeyIdentifier, decodeSubjectKeyIdentifier);
    return memo.subjectKeyIdentifier;
  }

  /** Lower-case hex of the keyIdentifier, or null. */
  get authorityKeyIdentifier(): string | null {
    const memo = this.#memo;
    if (memo.authorityKeyIdentifier === undefined)
      memo.authorityKeyIdentifier = this.#decode(EXTENSION.authorityKeyIdentifier, decodeAuthorityKeyIdentifier);
    return memo.authorityKeyIdentifier;
  }

  /**
   * Whether this is a CA certificate: basicConstraints says so, or it is a self-issued certificate of version 1, which
   * had no extensions to say it with (RFC 5280 6.1.4 (k) leaves those to the caller; old roots are such).
   */
  get ca(): boolean {
    return this.basicConstraints?.ca ?? (this.version === 1 && this.selfIssued);
  }

  #decode<T>(oid: string, decode: (value: Uint8Array) => T): T | null {
    const extension = this.extension(oid);
    return extension === undefined ? null : decode(extension.value);
  }
}

/**
 * Decodes one certificate that fills the bytes, and makes sure that every field can be read, so that no getter throws
 * later: `subject`, dates, key and the extensions named here.
 *
 * @param bytes - DER
 * @param source - where it was found
 * @throws {TrustError} `certificate/malformed`, whose cause says what was found; the offset counts from the start
 */
export function decodeCertificate(bytes: Uint8Array, source: Source | null = null): Certificate {
  try {
    const certificate = new Certificate(bytes, layoutOf(bytes), source);
    touch(certificate);
    return certificate;
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    throw new TrustError('certificate/malformed', `not a certificate: ${error.message}`, {
      ...(error.at === undefined ? {} : { at: error.at }),
      cause: error,
    });
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

function layoutOf(bytes: Uint8Array): Layout {
  const outer = expectTag(readElement(bytes), TAG.sequence);
  if (outer.end !== bytes.length) {
    throw new TrustError('der/trailing-bytes', `${bytes.length - outer.end} bytes follow the certificate`, {
      at: { offset: outer.end },
    });
  }
  const [tbs, signatureAlgorithm, signature] = childrenOf(outer);
  const fields = childrenOf(expectTag(tbs, TAG.sequence));
  const version = fields[0]?.tag === contextTag(0) ? fields.shift() : undefined;
  const [serialNumber, tbsSignature, issuer, validity, subject, spki, ...optional] = fields;
  expectTag(tbsSignature, TAG.sequence);
  return {
    tbs: tbs as DerElement,
    version,
    serialNumber: expectTag(serialNumber, TAG.integer),
    issuer: expectTag(issuer, TAG.sequence),
    validity: expectTag(validity, TAG.sequence),
    subject: expectTag(subject, TAG.sequence),
    spki: expectTag(spki, TAG.sequence),
    extensions: optional.find((field) => field.tag === contextTag(3)),
    signatureAlgorithm: expectTag(signatureAlgorithm, TAG.sequence),
    signature: expectTag(signature, TAG.bitString),
  };
}

function touch(certificate: Certificate): void {
  certificate.version;
  certificate.issuerName;
  certificate.subjectName;
  certificate.notBefore;
  certificate.notAfter;
  certificate.publicKey;
  certificate.signatureAlgorithm;
  certificate.signature;
  certificate.basicConstraints;
  certificate.keyUsage;
  certificate.extendedKeyUsage;
  certificate.subjectKeyIdentifier;
  certificate.authorityKeyIdentifier;
}

/** Most certificates that are looked at are roots: what is decoded for the subject serves for the issuer. */
function sameEncoding({ issuer, subject }: Layout): boolean {
  return Buffer.compare(encodingOf(issuer), encodingOf(subject)) === 0;
}

function nameSignatureAlgorithm(algorithm: DerElement): string {
  const oid = readOid(childrenOf(algorithm)[0]);
  return SIGNATURE_ALGORITHMS.get(oid)?.name ?? oid;
}

function decodeExtensions(field: DerElement | undefined): Extension[] {
  if (field === undefined) return [];
  const [list] = childrenOf(field);
  return childrenOf(expectTag(list, TAG.sequence)).map((element) => {
    const parts = childrenOf(expectTag(element, TAG.sequence));
    const oid = readOid(parts.shift());
    const critical = parts[0]?.tag === TAG.boolean ? readBoolean(parts.shift()) : false;
    return { oid, critical, value: contentOf(expectTag(parts[0], TAG.octetString)) };
  });
}
