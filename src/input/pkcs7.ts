/**
 * The certificates in a PKCS#7 or CMS SignedData (RFC 5652 5.1), with or without signatures: `.p7b`, `.p7c`, `.p7s`. The
 * signatures are not looked at: here it only matters what is in the file. BER is taken, since many programs write
 * indefinite lengths.
 *
 * @module
 */
import {
  childrenOf,
  contextTag,
  type DerElement,
  decodeElement,
  encodingOf,
  expectTag,
  readElement,
  readOid,
  TAG,
} from '../encoding/der.js';
import { explicitContent, isOctetString, octetsOf } from '../encoding/octet-string.js';
import { expectTrustError, TrustError } from '../errors.js';
import { detectDer } from './detect.js';

const SIGNED_DATA = '1.2.840.113549.1.7.2';

/**
 * The certificates of a ContentInfo, in order; attribute certificates and other kinds are passed over.
 *
 * @param bytes - BER
 * @returns the DER of each; none when the content is not signed data or has no certificates
 * @throws {TrustError} `pkcs7/malformed`, whose cause says what was found
 */
export function decodePkcs7(bytes: Uint8Array): readonly Uint8Array[] {
  try {
    const certificates = fieldsOfSignedData(bytes).find(({ tag }) => tag === contextTag(0));
    return certificates === undefined ? [] : childrenOf(certificates, 'ber').filter(isCertificate).map(encodingOf);
  } catch (error) {
    const { message, at } = expectTrustError(error);
    throw new TrustError('pkcs7/malformed', `not a PKCS#7 structure: ${message}`, {
      ...(at === undefined ? {} : { at }),
      cause: error,
      hint: 'the file looks cut short or changed; fetch it again',
    });
  }
}

/**
 * The structures that stand one behind another.
 *
 * @param bytes - BER that begins with one
 * @returns each of them; the whole as one where it does not even end
 */
export function splitPkcs7(bytes: Uint8Array): readonly Uint8Array[] {
  const bundles: Uint8Array[] = [];
  let rest = bytes;
  try {
    while (detectDer(rest) === 'pkcs7') {
      const element = readElement(rest, 0, rest.length, 'ber');
      bundles.push(encodingOf(element));
      rest = rest.subarray(element.end);
    }
  } catch (error) {
    expectTrustError(error);
    if (bundles.length === 0) return [bytes];
  }
  return bundles;
}

/**
 * What is signed, where it stands in the structure itself (RFC 5652 5.2): it may hold certificates of its own.
 *
 * @param bytes - BER
 * @returns null where it stands elsewhere, or where `decodePkcs7` finds nothing
 */
export function contentOfPkcs7(bytes: Uint8Array): Uint8Array | null {
  try {
    const [, , encapsulated] = fieldsOfSignedData(bytes);
    const wrapped = encapsulated && childrenOf(encapsulated, 'ber')[1];
    if (wrapped === undefined) return null;
    const content = explicitContent(wrapped);
    // PKCS#7 (RFC 2315) has structures as they are, CMS has their octets.
    return isOctetString(content) ? octetsOf(content) : encodingOf(content);
  } catch (error) {
    expectTrustError(error);
    return null;
  }
}

/**
 * The SignerInfos of a ContentInfo (RFC 5652 5.3); none where its content is not signed data, or is malformed. Never throws.
 *
 * @param bytes - BER
 */
export function signerInfosOf(bytes: Uint8Array): readonly DerElement[] {
  try {
    const last = fieldsOfSignedData(bytes).at(-1);
    return last?.tag === TAG.set ? childrenOf(last, 'ber') : [];
  } catch (error) {
    expectTrustError(error);
    return [];
  }
}

/** None where the content is something else. @throws {TrustError} `der/…` */
function fieldsOfSignedData(bytes: Uint8Array): readonly DerElement[] {
  const [contentType, content] = childrenOf(decodeElement(bytes, TAG.sequence, 'ber'), 'ber');
  if (readOid(contentType) !== SIGNED_DATA) return [];
  const signedData = childrenOf(expectTag(content, contextTag(0)), 'ber')[0];
  return childrenOf(expectTag(signedData, TAG.sequence), 'ber');
}

/** CertificateChoices (RFC 5652 10.2.2): all but the certificate itself are tagged. */
function isCertificate({ tag }: DerElement): boolean {
  return tag === TAG.sequence;
}
