/**
 * OCSP responses (RFC 6960 4.2): what they say, by whom, and until when. Nothing is believed here: signature, signer and
 * dates are for `path/` to judge. DER is asked for, as of CRLs.
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
  readElement,
  readOid,
  TAG,
} from '../encoding/der.js';
import { readTime } from '../encoding/der-time.js';
import { encodeHex } from '../encoding/hex.js';
import { expectTrustError, TrustError } from '../errors.js';
import { type Certificate, decodeCertificate } from './certificate.js';
import { CRL_REASONS, type CrlReason } from './crl-entries.js';
import { decodeStrictExtensions, type Extension } from './extensions.js';
import { type DistinguishedName, decodeName } from './name.js';
import { type CertId, nonceExtension } from './ocsp-request.js';
import { EXTENSION, OCSP } from './oids.js';

/** OCSPResponseStatus by its number (4.2.1); 4 is not used. */
const RESPONSE_STATUSES = [
  'successful',
  'malformedRequest',
  'internalError',
  'tryLater',
  null,
  'sigRequired',
  'unauthorized',
] as const;

/** What became of a request. */
export type OcspResponseStatus = Exclude<(typeof RESPONSE_STATUSES)[number], null>;

/** What a responder says of one certificate. */
export type CertificateStatus =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked'; readonly since: Date; readonly reason: CrlReason }
  | { readonly kind: 'unknown' };

/** One SingleResponse. */
export interface SingleOcspResponse {
  readonly certId: CertId;
  readonly status: CertificateStatus;
  readonly thisUpdate: Date;
  /** Null where newer answers are to be had at any time. */
  readonly nextUpdate: Date | null;
}

/** Who signed: by name, or by the SHA-1 of the key in lower-case hex. */
export type ResponderId =
  | { readonly kind: 'name'; readonly name: DistinguishedName }
  | { readonly kind: 'key'; readonly hash: string };

/** A BasicOCSPResponse. */
export interface BasicOcspResponse {
  /** The DER that the signature covers. */
  readonly tbsResponseData: Uint8Array;
  /** The DER of the AlgorithmIdentifier. */
  readonly signatureAlgorithmDer: Uint8Array;
  /** The octets of the signature. */
  readonly signature: Uint8Array;
  readonly responderId: ResponderId;
  readonly producedAt: Date;
  readonly responses: readonly SingleOcspResponse[];
  /** The value of the nonce extension, or null. */
  readonly nonce: Uint8Array | null;
  /** OID of the first critical extension, of the response or in it, that is not understood: it must not be used. */
  readonly unknownCritical: string | null;
  /** What the responder sent along to check its signature by; what cannot be read is left out. */
  readonly certificates: readonly Certificate[];
}

/** An OCSPResponse: an answer, or why there is none. */
export type OcspResponse =
  | { readonly status: 'successful'; readonly basic: BasicOcspResponse }
  | { readonly status: Exclude<OcspResponseStatus, 'successful'> };

/** A responder sends its own certificate, perhaps with the CAs above. */
const CERTIFICATES_AT_MOST = 20;

/**
 * Extensions of a response, and of what it says of one certificate, that are understood. Archive cutoff tells how long a
 * CA keeps the status of expired certificates, and no expired certificate comes so far here; a reference to a CRL is there
 * for auditors; extended revoke tells how `revoked` is used for certificates that were never issued.
 */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OCSP.nonce,
  OCSP.archiveCutoff,
  OCSP.crlReference,
  OCSP.extendedRevoke,
  EXTENSION.reasonCode,
  EXTENSION.invalidityDate,
]);

/**
 * Decodes one response that fills the bytes.
 *
 * @param bytes - DER
 * @throws {TrustError} `ocsp/malformed`, whose cause says what was found
 */
export function decodeOcspResponse(bytes: Uint8Array): OcspResponse {
  try {
    return decode(bytes);
  } catch (error) {
    const { message, at } = expectTrustError(error);
    throw new TrustError('ocsp/malformed', `not an OCSP response: ${message}`, {
      ...(at === undefined ? {} : { at }),
      cause: error,
    });
  }
}

/**
 * Whether a response bears the nonce of the request: `absent` where it bears none, because responders that make their
 * answers beforehand cannot know it (RFC 6960 4.4.1 leaves it to them).
 */
export function compareNonce({ nonce }: BasicOcspResponse, sent: Uint8Array): 'same' | 'absent' | 'other' {
  if (nonce === null) return 'absent';
  return equalBytes(nonce, nonceExtension(sent).value) ? 'same' : 'other';
}

function decode(bytes: Uint8Array): OcspResponse {
  const [code, responseBytes, ...rest] = childrenOf(decodeElement(bytes, TAG.sequence));
  expectNothing(rest);
  const content = contentOf(expectTag(code, TAG.enumerated));
  const status = content.length === 1 ? RESPONSE_STATUSES[content[0] as number] : null;
  if (status === undefined || status === null) refuse('the status of the response is none of RFC 6960', code);
  if (status !== 'successful') {
    expectNothing(responseBytes === undefined ? [] : [responseBytes]);
    return { status };
  }
  const [type, response, ...more] = childrenOf(
    decodeElement(contentOf(expectTag(responseBytes, contextTag(0))), TAG.sequence),
  );
  expectNothing(more);
  if (readOid(type) !== OCSP.basicResponse) refuse(`the response is of the type ${readOid(type)}`, type);
  return { status, basic: decodeBasic(contentOf(expectTag(response, TAG.octetString))) };
}

function decodeBasic(bytes: Uint8Array): BasicOcspResponse {
  const [tbs, algorithm, signature, certificates, ...rest] = childrenOf(decodeElement(bytes, TAG.sequence));
  expectNothing(rest);
  const fields = childrenOf(expectTag(tbs, TAG.sequence));
  if (fields[0]?.tag === contextTag(0)) refuse('the version is not the first, or spelled out', fields[0]);
  const responderId = decodeResponderId(fields.shift());
  const producedAt = readGeneralizedTime(fields.shift());
  const singles = childrenOf(expectTag(fields.shift(), TAG.sequence)).map(decodeSingle);
  const extensions = fields[0]?.tag === contextTag(1) ? decodeExtensions(fields.shift()) : [];
  expectNothing(fields);
  const all = [...extensions, ...singles.flatMap((single) => single.extensions)];
  readOid(childrenOf(expectTag(algorithm, TAG.sequence))[0]);
  return {
    tbsResponseData: encodingOf(tbs as DerElement),
    signatureAlgorithmDer: encodingOf(algorithm as DerElement),
    signature: readSignature(signature),
    responderId,
    producedAt,
    responses: singles.map(({ single }) => single),
    nonce: extensions.find(({ oid }) => oid === OCSP.nonce)?.value ?? null,
    unknownCritical: all.find(({ oid, critical }) => critical && !UNDERSTOOD.has(oid))?.oid ?? null,
    certificates: certificates === undefined ? [] : decodeCertificates(expectTag(certificates, contextTag(0))),
  };
}

function decodeResponderId(choice: DerElement | undefined): ResponderId {
  if (choice?.tag === contextTag(1)) return { kind: 'name', name: decodeName(readWhole(choice)) };
  const key = readWhole(expectTag(choice, contextTag(2)));
  return { kind: 'key', hash: encodeHex(contentOf(expectTag(key, TAG.octetString))) };
}

function decodeSingle(element: DerElement): {
  readonly single: SingleOcspResponse;
  readonly extensions: readonly Extension[];
} {
  const [certId, status, thisUpdate, ...optional] = childrenOf(expectTag(element, TAG.sequence));
  const nextUpdate = optional[0]?.tag === contextTag(0) ? readGeneralizedTime(readWhole(optional.shift())) : null;
  const extensions = optional[0]?.tag === contextTag(1) ? decodeExtensions(optional.shift()) : [];
  expectNothing(optional);
  const single = {
    certId: decodeCertId(certId),
    status: decodeStatus(status),
    thisUpdate: readGeneralizedTime(thisUpdate),
    nextUpdate,
  };
  return { single, extensions };
}

function decodeCertId(element: DerElement | undefined): CertId {
  const [algorithm, nameHash, issuerKeyHash, serialNumber, ...rest] = childrenOf(expectTag(element, TAG.sequence));
  expectNothing(rest);
  return {
    hashAlgorithm: readOid(childrenOf(expectTag(algorithm, TAG.sequence))[0]),
    issuerNameHash: encodeHex(contentOf(expectTag(nameHash, TAG.octetString))),
    issuerKeyHash: encodeHex(contentOf(expectTag(issuerKeyHash, TAG.octetString))),
    serialNumber: encodeHex(contentOf(expectTag(serialNumber, TAG.integer))),
  };
}

function decodeStatus(element: DerElement | undefined): CertificateStatus {
  switch (element?.tag) {
    case contextTag(0, false):
    case contextTag(2, false):
      if (element.contentStart !== element.contentEnd) refuse('a status without a value has one', element);
      return { kind: element.tag === contextTag(0, false) ? 'good' : 'unknown' };
    case contextTag(1): {
      const [since, reason, ...rest] = childrenOf(element);
      expectNothing(rest);
      return { kind: 'revoked', since: readGeneralizedTime(since), reason: decodeReason(reason) };
    }
    default:
      return refuse('the status of a certificate is neither good nor revoked nor unknown', element);
  }
}

function decodeReason(field: DerElement | undefined): CrlReason {
  if (field === undefined) return 'unspecified';
  const content = contentOf(expectTag(readWhole(expectTag(field, contextTag(0))), TAG.enumerated));
  const reason = content.length === 1 ? CRL_REASONS[content[0] as number] : null;
  return reason ?? refuse('the reason of a revocation is none of RFC 5280', field);
}

function decodeCertificates(field: DerElement): readonly Certificate[] {
  const elements = childrenOf(expectTag(readWhole(field), TAG.sequence));
  if (elements.length > CERTIFICATES_AT_MOST) {
    refuse(`${elements.length} certificates where ${CERTIFICATES_AT_MOST} are the most that is read`, field);
  }
  return elements.flatMap((element) => {
    try {
      return [decodeCertificate(encodingOf(element))];
    } catch (error) {
      expectTrustError(error);
      return [];
    }
  });
}

function decodeExtensions(field: DerElement | undefined): readonly Extension[] {
  return decodeStrictExtensions(contentOf(field as DerElement));
}

function readGeneralizedTime(element: DerElement | undefined): Date {
  return readTime(expectTag(element, TAG.generalizedTime));
}

/** A signature that is no whole number of octets is none of any key: as an empty one it verifies with none. */
function readSignature(element: DerElement | undefined): Uint8Array {
  const { unusedBits, bytes } = readBitString(element);
  return unusedBits === 0 ? bytes : new Uint8Array();
}

/** The one element inside an explicit tag. */
function readWhole(field: DerElement | undefined): DerElement {
  const { bytes, contentStart, contentEnd } = field as DerElement;
  const inside = readElement(bytes, contentStart, contentEnd);
  if (inside.end !== contentEnd) refuse('more than one value stands where one is expected', field);
  return inside;
}

function expectNothing(rest: readonly DerElement[]): void {
  if (rest[0] !== undefined) refuse('a field stands where none is expected', rest[0]);
}

function refuse(message: string, element: DerElement | undefined): never {
  throw new TrustError('der/bad-value', message, { at: { offset: element?.start ?? 0 } });
}
