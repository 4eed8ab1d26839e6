/**
 * OCTET STRINGs as BER has them (X.690 8.7), and the `[0]` that PKCS#7 and PKCS#12 put around content.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { concatBytes } from './byte-writer.js';
import { childrenOf, contentOf, contextTag, type DerElement, expectTag, readElement, TAG } from './der.js';

const CONSTRUCTED = 0x20;
const CONSTRUCTED_OCTET_STRING = TAG.octetString | CONSTRUCTED;

/** What stands inside an explicit `[0]`. @throws {TrustError} `der/…` */
export function explicitContent(element: DerElement | undefined): DerElement {
  const { bytes, contentStart, contentEnd } = expectTag(element, contextTag(0));
  return readElement(bytes, contentStart, contentEnd, 'ber');
}

/** Whether an element is an OCTET STRING, whole or in pieces. */
export function isOctetString({ tag }: DerElement): boolean {
  return tag === TAG.octetString || tag === CONSTRUCTED_OCTET_STRING;
}

/**
 * The octets of an OCTET STRING, which in BER may come in pieces.
 *
 * @param tag - of an implicit one: not constructed
 * @throws {TrustError} `der/…`; `der/too-deep` for pieces of pieces, which nobody writes
 */
export function octetsOf(element: DerElement | undefined, tag: number = TAG.octetString): Uint8Array {
  if (element?.tag !== (tag | CONSTRUCTED)) return contentOf(expectTag(element, tag));
  const pieces = childrenOf(element, 'ber').map((piece) => {
    if (piece.tag === CONSTRUCTED_OCTET_STRING) {
      throw new TrustError('der/too-deep', 'an OCTET STRING is in pieces of pieces', { at: { offset: piece.start } });
    }
    return contentOf(expectTag(piece, TAG.octetString));
  });
  return concatBytes(pieces);
}
