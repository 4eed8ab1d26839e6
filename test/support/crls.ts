/**
 * CRLs made in memory, beside `certificates.ts`: `issueCrl({ issuer: root, revoked: [{ serialNumber: 5n }] })`. Real
 * signatures; distribution points as a test needs them.
 */
import { concatBytes } from '../../src/encoding/byte-writer.ts';
import { contextTag, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { type CertificateRevocationList, decodeCrl } from '../../src/x509/crl.ts';
import { CRL_REASONS, type CrlReason } from '../../src/x509/crl-entries.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { AT, encodeExtension, encodeName, encodeTime, type Issued, signatureAlgorithm } from './certificates.ts';
import { broken, signWith } from './keys.ts';

export interface RevokedOptions {
  readonly serialNumber: bigint;
  readonly revocationDate?: Date;
  readonly reason?: CrlReason;
  readonly invalidityDate?: Date;
  /** `CN=…`: the certificate issuer of this entry and those after it. */
  readonly certificateIssuer?: string;
  readonly extensions?: readonly TestExtension[];
}

export interface TestExtension {
  readonly oid: string;
  readonly critical?: boolean;
  readonly value: Uint8Array;
}

export interface CrlOptions {
  readonly issuer: Issued;
  /** MD5 needs an RSA key. */
  readonly hash?: 'md5' | 'sha256';
  /** Names another issuer than the one that signs. */
  readonly issuerName?: string;
  readonly thisUpdate?: Date;
  /** null leaves it out. */
  readonly nextUpdate?: Date | null;
  /** Default 1; null leaves it out. */
  readonly crlNumber?: number | null;
  /** Makes it a delta CRL. */
  readonly baseCrlNumber?: number;
  readonly authorityKeyIdentifier?: boolean;
  readonly revoked?: readonly RevokedOptions[];
  readonly scope?: ScopeOptions;
  readonly extensions?: readonly TestExtension[];
  readonly badSignature?: boolean;
  readonly version?: 1 | 2;
}

export interface ScopeOptions {
  readonly name?: PointName;
  readonly onlyContainsUserCerts?: boolean;
  readonly onlyContainsCaCerts?: boolean;
  readonly onlyContainsAttributeCerts?: boolean;
  /** Bits of ReasonFlags. */
  readonly onlySomeReasons?: readonly number[];
  readonly indirectCrl?: boolean;
}

/** Directory names and URIs, or one RDN below the name of the issuer. */
export type PointName = { readonly full: readonly string[] } | { readonly relative: string };

export interface PointOptions {
  readonly name?: PointName;
  readonly reasons?: readonly number[];
  readonly crlIssuer?: string;
}

const DAY = 86_400_000;

/** The DER of a CRL; `issueCrl` for the CRL itself. */
export function crlDer(options: CrlOptions): Uint8Array {
  const { issuer, version = 2, revoked = [], hash = 'sha256' } = options;
  const algorithm = signatureAlgorithm(issuer.privateKey, hash);
  const nextUpdate = options.nextUpdate === undefined ? new Date(AT.getTime() + 30 * DAY) : options.nextUpdate;
  const tbs = encodeElement(
    TAG.sequence,
    ...(version === 1 ? [] : [encodeInteger(1)]),
    algorithm,
    encodeName(options.issuerName ?? issuer.subject),
    encodeTime(options.thisUpdate ?? new Date(AT.getTime() - DAY)),
    ...(nextUpdate === null ? [] : [encodeTime(nextUpdate)]),
    ...(revoked.length === 0 ? [] : [encodeElement(TAG.sequence, concatBytes(revoked.map(encodeEntry)))]),
    ...(version === 1 ? [] : [encodeElement(contextTag(0), encodeElement(TAG.sequence, ...extensionsOf(options)))]),
  );
  const signed = signWith(issuer.privateKey, hash, tbs);
  const signature = options.badSignature === true ? broken(signed) : signed;
  return encodeElement(TAG.sequence, tbs, algorithm, encodeElement(TAG.bitString, Uint8Array.of(0), signature));
}

export function issueCrl(options: CrlOptions): CertificateRevocationList {
  return decodeCrl(crlDer(options));
}

/** A cRLDistributionPoints (or freshestCRL) extension for `issue`. */
export function distributionPoints(
  points: readonly PointOptions[],
  oid: string = EXTENSION.crlDistributionPoints,
): TestExtension {
  return { oid, value: encodeElement(TAG.sequence, ...points.map(encodePoint)) };
}

function extensionsOf(options: CrlOptions): Uint8Array[] {
  const { crlNumber = 1, baseCrlNumber, scope, extensions = [] } = options;
  const keyIdentifier = Buffer.from(options.issuer.certificate.subjectKeyIdentifier ?? '', 'hex');
  const identifier = encodeElement(TAG.sequence, encodeElement(contextTag(0, false), keyIdentifier));
  return [
    ...(options.authorityKeyIdentifier === false
      ? []
      : [encodeExtension(EXTENSION.authorityKeyIdentifier, false, identifier)]),
    ...(crlNumber === null ? [] : [encodeExtension(EXTENSION.crlNumber, false, encodeInteger(crlNumber))]),
    ...(baseCrlNumber === undefined
      ? []
      : [encodeExtension(EXTENSION.deltaCrlIndicator, true, encodeInteger(baseCrlNumber))]),
    ...(scope === undefined ? [] : [encodeExtension(EXTENSION.issuingDistributionPoint, true, encodeScope(scope))]),
    ...extensions.map(({ oid, critical, value }) => encodeExtension(oid, critical ?? false, value)),
  ];
}

function encodeEntry(entry: RevokedOptions): Uint8Array {
  const { serialNumber, reason, invalidityDate, certificateIssuer, extensions = [] } = entry;
  const all = [
    ...(reason === undefined
      ? []
      : [
          encodeExtension(
            EXTENSION.reasonCode,
            false,
            encodeElement(TAG.enumerated, Uint8Array.of(CRL_REASONS.indexOf(reason))),
          ),
        ]),
    ...(invalidityDate === undefined
      ? []
      : [encodeExtension(EXTENSION.invalidityDate, false, encodeGeneralizedTime(invalidityDate))]),
    ...(certificateIssuer === undefined
      ? []
      : [
          encodeExtension(
            EXTENSION.certificateIssuer,
            true,
            encodeElement(TAG.sequence, encodeElement(contextTag(4), encodeName(certificateIssuer))),
          ),
        ]),
    ...extensions.map(({ oid, critical, value }) => encodeExtension(oid, critical ?? false, value)),
  ];
  return encodeElement(
    TAG.sequence,
    encodeInteger(serialNumber),
    encodeTime(entry.revocationDate ?? new Date(AT.getTime() - 2 * DAY)),
    ...(all.length === 0 ? [] : [encodeElement(TAG.sequence, ...all)]),
  );
}

function encodeGeneralizedTime(date: Date): Uint8Array {
  const text = date
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  return encodeElement(TAG.generalizedTime, Buffer.from(text));
}

function encodeScope(scope: ScopeOptions): Uint8Array {
  const flag = (number: number, isSet: boolean | undefined) =>
    isSet === true ? [encodeElement(contextTag(number, false), Uint8Array.of(0xff))] : [];
  return encodeElement(
    TAG.sequence,
    ...(scope.name === undefined ? [] : [encodePointName(scope.name)]),
    ...flag(1, scope.onlyContainsUserCerts),
    ...flag(2, scope.onlyContainsCaCerts),
    ...(scope.onlySomeReasons === undefined ? [] : [encodeReasons(3, scope.onlySomeReasons)]),
    ...flag(4, scope.indirectCrl),
    ...flag(5, scope.onlyContainsAttributeCerts),
  );
}

function encodePoint({ name, reasons, crlIssuer }: PointOptions): Uint8Array {
  return encodeElement(
    TAG.sequence,
    ...(name === undefined ? [] : [encodePointName(name)]),
    ...(reasons === undefined ? [] : [encodeReasons(1, reasons)]),
    ...(crlIssuer === undefined
      ? []
      : [encodeElement(contextTag(2), encodeElement(contextTag(4), encodeName(crlIssuer)))]),
  );
}

function encodePointName(name: PointName): Uint8Array {
  const choice =
    'full' in name
      ? encodeElement(contextTag(0), ...name.full.map(encodeGeneralName))
      : encodeElement(contextTag(1), encodeAttribute(name.relative));
  return encodeElement(contextTag(0), choice);
}

/** `http://…` is a URI, anything else a directory name. */
function encodeGeneralName(name: string): Uint8Array {
  return name.includes('://')
    ? encodeElement(contextTag(6, false), Buffer.from(name))
    : encodeElement(contextTag(4), encodeName(name));
}

/** `CN=…` without the SET and the SEQUENCE around it. */
function encodeAttribute(attribute: string): Uint8Array {
  const [, value = ''] = attribute.split('=');
  const text = encodeElement(TAG.utf8String, Buffer.from(value));
  return encodeElement(TAG.sequence, encodeOid('2.5.4.3'), text);
}

function encodeReasons(tag: number, bits: readonly number[]): Uint8Array {
  const octets = new Uint8Array(2);
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] as number) | (0x80 >> (bit & 7));
  const last = Math.max(...bits);
  return encodeElement(contextTag(tag, false), Uint8Array.of(7 - (last & 7)), octets.subarray(0, (last >> 3) + 1));
}
