/**
 * Certificate revocation lists (RFC 5280 section 5): what a CRL says of itself. Its entries stay bytes and are looked up
 * by `findCrlEntry`. DER is asked for throughout: a CRL is signed and made by a machine for machines.
 *
 * @module
 */
import { equalBytes } from '../encoding/byte-writer.js';
import {
  childrenOf,
  contentOf,
  contextTag,
  type DerElement,
  decodeElement,
  encodingOf,
  expectTag,
  readBitString,
  readCount,
  readInteger,
  readOid,
  TAG,
} from '../encoding/der.js';
import { readTime } from '../encoding/der-time.js';
import { expectTrustError, TrustError } from '../errors.js';
import { type CrlEntries, checkEntries } from './crl-entries.js';
import { decodeIssuingDistributionPoint, type IssuingDistributionPoint } from './distribution-point.js';
import { decodeAuthorityKeyIdentifier, decodeStrictExtensions, type Extension } from './extensions.js';
import { type DistinguishedName, decodeName, renderName } from './name.js';
import { EXTENSION, SIGNATURE_ALGORITHMS } from './oids.js';

/** A CRL number has 20 octets at most (RFC 5280 5.2.3), one more for the sign. */
const CRL_NUMBER_OCTETS = 21;

/** Extensions that are understood and may be critical. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  EXTENSION.authorityKeyIdentifier,
  EXTENSION.issuerAltName,
  EXTENSION.crlNumber,
  EXTENSION.deltaCrlIndicator,
  EXTENSION.issuingDistributionPoint,
  EXTENSION.freshestCrl,
]);

/** One CRL, complete or delta. */
export interface CertificateRevocationList {
  /** The whole encoding; never changed. */
  readonly der: Uint8Array;
  /** The DER that the signature covers. */
  readonly tbsCertList: Uint8Array;
  readonly version: 1 | 2;
  readonly issuerName: DistinguishedName;
  /** The issuer in the string form of RFC 4514, escaped for any output. */
  readonly issuer: string;
  readonly thisUpdate: Date;
  /** Null where the CRL does not say; RFC 5280 5.1.2.5 asks that it does. */
  readonly nextUpdate: Date | null;
  /** The DER of the AlgorithmIdentifier, which stands in the CRL twice. */
  readonly signatureAlgorithmDer: Uint8Array;
  /** The algorithm by its usual name, or its dotted OID. */
  readonly signatureAlgorithm: string;
  /** The octets of the signature. */
  readonly signature: Uint8Array;
  /** All extensions in order. */
  readonly extensions: readonly Extension[];
  /** Lower-case hex of the keyIdentifier, or null. */
  readonly authorityKeyIdentifier: string | null;
  readonly crlNumber: bigint | null;
  /** The number of the complete CRL that this delta CRL builds on; null for a complete CRL. */
  readonly baseCrlNumber: bigint | null;
  readonly issuingDistributionPoint: IssuingDistributionPoint | null;
  /** OID of the first critical extension, of the CRL or of an entry, that is not understood: such a CRL must not be used. */
  readonly unknownCritical: string | null;
  readonly entries: CrlEntries;
}

type KnownExtension =
  | 'extensions'
  | 'authorityKeyIdentifier'
  | 'crlNumber'
  | 'baseCrlNumber'
  | 'issuingDistributionPoint';

/**
 * Decodes one CRL that fills the bytes, and checks all of it but the inside of its entries.
 *
 * @param bytes - DER
 * @throws {TrustError} `crl/malformed`, whose cause says what was found; the offset counts from the start of the CRL
 */
export function decodeCrl(bytes: Uint8Array): CertificateRevocationList {
  try {
    return decode(bytes);
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    throw new TrustError('crl/malformed', `not a CRL: ${error.message}`, {
      ...(error.at === undefined ? {} : { at: error.at }),
      cause: error,
    });
  }
}

/** The value of an extension of a CRL, or undefined. */
export function crlExtension(crl: CertificateRevocationList, oid: string): Extension | undefined {
  return crl.extensions.find((extension) => extension.oid === oid);
}

function decode(bytes: Uint8Array): CertificateRevocationList {
  const [tbs, algorithm, signature, ...rest] = childrenOf(decodeElement(bytes, TAG.sequence));
  if (rest[0] !== undefined) refuse('something follows the signature', rest[0]);
  const fields = [...childrenOf(expectTag(tbs, TAG.sequence))];
  const version = fields[0]?.tag === TAG.integer ? readVersion(fields.shift() as DerElement) : 1;
  const tbsAlgorithm = expectTag(fields.shift(), TAG.sequence);
  if (!equalBytes(encodingOf(tbsAlgorithm), encodingOf(expectTag(algorithm, TAG.sequence)))) {
    refuse('the two signature algorithms differ', tbsAlgorithm);
  }
  const issuerName = decodeName(expectTag(fields.shift(), TAG.sequence));
  if (issuerName.rdns.length === 0) refuse('the issuer is an empty name', tbsAlgorithm);
  const thisUpdate = readTime(fields.shift());
  const nextUpdate = isTime(fields[0]) ? readTime(fields.shift()) : null;
  const list = fields[0]?.tag === TAG.sequence ? (fields.shift() as DerElement) : undefined;
  const extensions =
    fields[0]?.tag === contextTag(0)
      ? decodePart(bytes, contentOf(fields.shift() as DerElement), decodeStrictExtensions)
      : [];
  if (fields[0] !== undefined) refuse('a field stands where none is expected', fields[0]);
  const oid = readOid(childrenOf(algorithm as DerElement)[0]);
  const entries = checkEntries({ bytes, start: list?.contentStart ?? 0, end: list?.contentEnd ?? 0 });
  if (version === 1 && (extensions.length > 0 || entries.hasExtensions)) {
    refuse('a CRL of version 1 has extensions', tbsAlgorithm);
  }
  return {
    der: bytes,
    tbsCertList: encodingOf(tbs as DerElement),
    version,
    issuerName,
    issuer: renderName(issuerName),
    thisUpdate,
    nextUpdate,
    signatureAlgorithmDer: encodingOf(tbsAlgorithm),
    signatureAlgorithm: SIGNATURE_ALGORITHMS.get(oid)?.name ?? oid,
    signature: readSignature(signature),
    ...decodeKnownExtensions(bytes, extensions),
    unknownCritical:
      extensions.find(({ oid, critical }) => critical && !UNDERSTOOD.has(oid))?.oid ?? entries.unknownCritical,
    entries,
  };
}

function decodeKnownExtensions(
  bytes: Uint8Array,
  extensions: readonly Extension[],
): Pick<CertificateRevocationList, KnownExtension> {
  const decoded = <T>(oid: string, decodeValue: (value: Uint8Array) => T): T | null => {
    const found = extensions.find((extension) => extension.oid === oid);
    return found === undefined ? null : decodePart(bytes, found.value, decodeValue);
  };
  return {
    extensions,
    authorityKeyIdentifier: decoded(EXTENSION.authorityKeyIdentifier, decodeAuthorityKeyIdentifier),
    crlNumber: decoded(EXTENSION.crlNumber, decodeCrlNumber),
    baseCrlNumber: decoded(EXTENSION.deltaCrlIndicator, decodeCrlNumber),
    issuingDistributionPoint: decoded(EXTENSION.issuingDistributionPoint, decodeIssuingDistributionPoint),
  };
}

/** Decodes a view of the bytes of a CRL; the offset of an error counts from where these begin. */
function decodePart<T>(bytes: Uint8Array, part: Uint8Array, decodeValue: (value: Uint8Array) => T): T {
  try {
    return decodeValue(part);
  } catch (error) {
    const { code, message, at } = expectTrustError(error);
    const offset = part.byteOffset - bytes.byteOffset + (at?.offset ?? 0);
    throw new TrustError(code, message, { at: { offset }, cause: error });
  }
}

function decodeCrlNumber(value: Uint8Array): bigint {
  const element = decodeElement(value, TAG.integer);
  if (element.contentEnd - element.contentStart > CRL_NUMBER_OCTETS) refuse('a CRL number is too long', element);
  const number = readInteger(element);
  if (number < 0n) refuse('a CRL number is negative', element);
  return number;
}

function readVersion(element: DerElement): 2 {
  if (readCount(element, 1) !== 1) refuse('the version, where it is given, is not 2', element);
  return 2;
}

/** A signature that is no whole number of octets is none of any key: as an empty one it verifies with none. */
function readSignature(element: DerElement | undefined): Uint8Array {
  const { unusedBits, bytes } = readBitString(element);
  return unusedBits === 0 ? bytes : new Uint8Array();
}

function isTime(element: DerElement | undefined): boolean {
  return element?.tag === TAG.utcTime || element?.tag === TAG.generalizedTime;
}

function refuse(message: string, { start }: DerElement): never {
  throw new TrustError('der/bad-value', message, { at: { offset: start } });
}
