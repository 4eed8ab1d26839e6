/**
 * OCSP responses made in memory, beside `crls.ts`: `ocspResponse({ signer: ca, about: [{ certificate: end, issuer: ca }] })`.
 * Real signatures.
 */
import { createHash } from 'node:crypto';
import { concatBytes } from '../../src/encoding/byte-writer.ts';
import { contextTag, encodeElement, encodeInteger, encodeOid, NULL, TAG } from '../../src/encoding/der.ts';
import { CRL_REASONS, type CrlReason } from '../../src/x509/crl-entries.ts';
import { encodeExtension } from '../../src/x509/extensions.ts';
import { nonceExtension } from '../../src/x509/ocsp-request.ts';
import { ACCESS_METHOD, EXTENSION, HASHES, OCSP } from '../../src/x509/oids.ts';
import { subjectPublicKeyBits } from '../../src/x509/public-key.ts';
import { AT, encodeName, type Issued, type IssueOptions, issue, signatureAlgorithm } from './certificates.ts';
import type { TestExtension } from './crls.ts';
import { broken, signWith } from './keys.ts';

export interface StatementOptions {
  readonly certificate: Issued;
  readonly issuer: Issued;
  /** Default good. */
  readonly status?: 'good' | 'unknown' | { readonly since?: Date; readonly reason?: CrlReason };
  readonly thisUpdate?: Date;
  /** null leaves it out; default a week later. */
  readonly nextUpdate?: Date | null;
  /** How the CertID names the issuer; default sha1. */
  readonly hash?: string;
  /** Names another serial number. */
  readonly serialNumber?: bigint;
  readonly extensions?: readonly TestExtension[];
}

export interface OcspResponseOptions {
  readonly signer: Issued;
  readonly about: readonly StatementOptions[];
  /** Default by name. */
  readonly responderId?: 'name' | 'key';
  /** Names another than the signer. */
  readonly responderName?: string;
  /** What is sent along; default nothing. */
  readonly certificates?: readonly Uint8Array[];
  readonly nonce?: Uint8Array;
  readonly extensions?: readonly TestExtension[];
  readonly hash?: 'sha1' | 'sha256';
  readonly badSignature?: boolean;
}

const HOUR = 3_600_000;

/** The DER of a successful response. */
export function ocspResponse(options: OcspResponseOptions): Uint8Array {
  const { signer, nonce, extensions = [], hash = 'sha256', certificates = [] } = options;
  const algorithm = signatureAlgorithm(signer.privateKey, hash);
  const all = [...(nonce === undefined ? [] : [nonceExtension(nonce)]), ...extensions];
  const tbs = encodeElement(
    TAG.sequence,
    encodeResponderId(options),
    generalizedTime(AT),
    encodeElement(TAG.sequence, concatBytes(options.about.map(encodeStatement))),
    ...(all.length === 0 ? [] : [encodeElement(contextTag(1), encodeExtensions(all))]),
  );
  const signed = signWith(signer.privateKey, hash, tbs);
  const signature = options.badSignature === true ? broken(signed) : signed;
  const basic = encodeElement(
    TAG.sequence,
    tbs,
    algorithm,
    encodeElement(TAG.bitString, Uint8Array.of(0), signature),
    ...(certificates.length === 0
      ? []
      : [encodeElement(contextTag(0), encodeElement(TAG.sequence, concatBytes(certificates)))]),
  );
  const bytes = encodeElement(TAG.sequence, encodeOid(OCSP.basicResponse), encodeElement(TAG.octetString, basic));
  return encodeElement(TAG.sequence, encodeEnumerated(0), encodeElement(contextTag(0), bytes));
}

/** The DER of a response that says why there is no answer, by its number. */
export function ocspRefusal(status: number): Uint8Array {
  return encodeElement(TAG.sequence, encodeEnumerated(status));
}

/** A delegate of a CA, as it should be; its certificate says that its own status need not be asked. */
export function ocspDelegate(ca: Issued, options: IssueOptions = {}): Issued {
  return issue({
    subject: 'CN=Responder',
    issuer: ca,
    serialNumber: 0x0c59n,
    authorityKeyIdentifier: true,
    basicConstraints: null,
    keyUsage: ['digitalSignature'],
    extensions: [OCSP_SIGNING, { oid: OCSP.noCheck, value: NULL }],
    ...options,
  });
}

/** The extendedKeyUsage of a delegate. */
export const OCSP_SIGNING: TestExtension = {
  oid: EXTENSION.extendedKeyUsage,
  value: encodeElement(TAG.sequence, encodeOid(OCSP.signing)),
};

/** An authorityInfoAccess extension for `issue`: responders and places of the issuer's certificate. */
export function authorityInfoAccess(places: {
  readonly ocsp?: readonly string[];
  readonly caIssuers?: readonly string[];
}): TestExtension {
  const describe = (method: string) => (uri: string) =>
    encodeElement(TAG.sequence, encodeOid(method), encodeElement(contextTag(6, false), Buffer.from(uri)));
  const descriptions = [
    ...(places.ocsp ?? []).map(describe(ACCESS_METHOD.ocsp)),
    ...(places.caIssuers ?? []).map(describe(ACCESS_METHOD.caIssuers)),
  ];
  return { oid: EXTENSION.authorityInfoAccess, value: encodeElement(TAG.sequence, concatBytes(descriptions)) };
}

function encodeResponderId({ signer, responderId = 'name', responderName }: OcspResponseOptions): Uint8Array {
  if (responderId === 'name') return encodeElement(contextTag(1), encodeName(responderName ?? signer.subject));
  return encodeElement(contextTag(2), octets(digest('sha1', keyBits(signer))));
}

function encodeStatement(options: StatementOptions): Uint8Array {
  const { certificate, issuer, status = 'good', hash = 'sha1', extensions = [] } = options;
  const algorithm = [...HASHES].find(([, name]) => name === hash)?.[0] ?? hash;
  const digested = HASHES.has(algorithm) ? hash : 'sha1';
  const serialNumber =
    options.serialNumber === undefined
      ? encodeElement(TAG.integer, Buffer.from(certificate.certificate.serialNumber, 'hex'))
      : encodeInteger(options.serialNumber);
  const certId = encodeElement(
    TAG.sequence,
    encodeElement(TAG.sequence, encodeOid(algorithm), NULL),
    octets(digest(digested, encodeName(issuer.subject))),
    octets(digest(digested, keyBits(issuer))),
    serialNumber,
  );
  const thisUpdate = options.thisUpdate ?? new Date(AT.getTime() - HOUR);
  const nextUpdate = options.nextUpdate === undefined ? new Date(AT.getTime() + 168 * HOUR) : options.nextUpdate;
  return encodeElement(
    TAG.sequence,
    certId,
    encodeStatus(status),
    generalizedTime(thisUpdate),
    ...(nextUpdate === null ? [] : [encodeElement(contextTag(0), generalizedTime(nextUpdate))]),
    ...(extensions.length === 0 ? [] : [encodeElement(contextTag(1), encodeExtensions(extensions))]),
  );
}

function encodeStatus(status: NonNullable<StatementOptions['status']>): Uint8Array {
  if (status === 'good') return Uint8Array.of(contextTag(0, false), 0);
  if (status === 'unknown') return Uint8Array.of(contextTag(2, false), 0);
  const { since = new Date(AT.getTime() - 48 * HOUR), reason } = status;
  const code =
    reason === undefined ? [] : [encodeElement(contextTag(0), encodeEnumerated(CRL_REASONS.indexOf(reason)))];
  return encodeElement(contextTag(1), generalizedTime(since), ...code);
}

function encodeExtensions(extensions: readonly TestExtension[]): Uint8Array {
  const encoded = extensions.map(({ oid, critical = false, value }) => encodeExtension({ oid, critical, value }));
  return encodeElement(TAG.sequence, ...encoded);
}

function generalizedTime(date: Date): Uint8Array {
  const text = date
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  return encodeElement(TAG.generalizedTime, Buffer.from(text));
}

function encodeEnumerated(value: number): Uint8Array {
  return encodeElement(TAG.enumerated, Uint8Array.of(value));
}

function octets(value: Uint8Array): Uint8Array {
  return encodeElement(TAG.octetString, value);
}

function digest(hash: string, bytes: Uint8Array): Uint8Array {
  return createHash(hash).update(bytes).digest();
}

function keyBits({ certificate }: Issued): Uint8Array {
  return subjectPublicKeyBits(certificate.subjectPublicKeyInfo);
}
