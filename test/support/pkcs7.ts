/** PKCS#7 bundles made in memory. */
import { contextTag, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';

/** A PKCS#7 bundle of certificates alone, as a `.p7c` file holds it. */
export function certsOnly(certificates: readonly Uint8Array[]): Uint8Array {
  const signedData = encodeElement(
    TAG.sequence,
    encodeInteger(1),
    encodeElement(TAG.set),
    encodeElement(TAG.sequence, encodeOid('1.2.840.113549.1.7.1')),
    encodeElement(contextTag(0), ...certificates),
    encodeElement(TAG.set),
  );
  return encodeElement(TAG.sequence, encodeOid('1.2.840.113549.1.7.2'), encodeElement(contextTag(0), signedData));
}
