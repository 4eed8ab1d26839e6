/** PKCS#7 (RFC 2315, RFC 5652) without signatures, as programs make it. */
import { concatBytes } from '../../src/encoding/byte-writer.ts';
import { contextTag, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';

const SEQUENCE = (...parts: Uint8Array[]) => encodeElement(TAG.sequence, ...parts);

/** A bundle of certificates alone, as `openssl crl2pkcs7` makes it and a `.p7c` file holds it. */
export function certsOnly(certificates: readonly Uint8Array[]): Uint8Array {
  return contentInfo(
    SEQUENCE(
      encodeInteger(1),
      encodeElement(TAG.set),
      SEQUENCE(encodeOid('1.2.840.113549.1.7.1')),
      ...(certificates.length === 0 ? [] : [encodeElement(contextTag(0), ...certificates)]),
      encodeElement(TAG.set),
    ),
  );
}

/** Content of a type, SignedData unless another is given. */
export function contentInfo(content: Uint8Array, type = '1.2.840.113549.1.7.2'): Uint8Array {
  return SEQUENCE(encodeOid(type), encodeElement(contextTag(0), content));
}

/** A PKCS#7 with what is signed in it, as one OCTET STRING or in the pieces of BER. */
export function signedPkcs7(content: Uint8Array, inPieces: boolean, ...certificates: Uint8Array[]): Uint8Array {
  const piece = (part: Uint8Array) => encodeElement(TAG.octetString, part);
  const octets = inPieces
    ? concatBytes([
        Uint8Array.of(0x24, 0x80),
        piece(content.subarray(0, 100)),
        piece(content.subarray(100)),
        new Uint8Array(2),
      ])
    : piece(content);
  return contentInfo(
    SEQUENCE(
      encodeInteger(1),
      encodeElement(TAG.set),
      SEQUENCE(encodeOid('1.2.840.113549.1.7.1'), encodeElement(contextTag(0), octets)),
      encodeElement(contextTag(0), ...certificates),
      encodeElement(TAG.set),
    ),
  );
}

/** The same elements with indefinite lengths outside of the certificates, as BER programs write them. */
export function berPkcs7(...certificates: Uint8Array[]): Uint8Array {
  const open = (tag: number, ...parts: Uint8Array[]) =>
    concatBytes([Uint8Array.of(tag, 0x80), ...parts, new Uint8Array(2)]);
  const signedData = open(
    TAG.sequence,
    encodeInteger(1),
    encodeElement(TAG.set),
    SEQUENCE(encodeOid('1.2.840.113549.1.7.1')),
    open(contextTag(0), ...certificates),
    encodeElement(TAG.set),
  );
  return open(TAG.sequence, encodeOid('1.2.840.113549.1.7.2'), open(contextTag(0), signedData));
}
