/**
 * Replacing elements inside of an encoded structure: the headers around them are written anew, everything else is
 * copied as it stands.
 *
 * @module
 */
import { concatBytes } from '../encoding/byte-writer.js';
import { childrenOf, type DerElement, decodeElement, encodeElement, encodingOf, TAG } from '../encoding/der.js';
import type { RandomSource } from './codec.js';

/** An element to be replaced, and the encoding to stand in its place. */
export type Replacement = readonly [element: DerElement, encoding: Uint8Array];

/**
 * The encoding of a structure with some of its elements replaced. Elements around a replaced one get definite lengths,
 * whatever they had.
 *
 * @param root - constructed, as are all elements between it and the replaced ones
 * @param replacements - elements of `root`, none inside of another
 */
export function replaceElements(root: DerElement, replacements: readonly Replacement[]): Uint8Array {
  const replaced = replacements.find(([{ start, end }]) => start === root.start && end === root.end);
  if (replaced !== undefined) return replaced[1];
  const inside = replacements.filter(([{ start, end }]) => start >= root.contentStart && end <= root.contentEnd);
  if (inside.length === 0) return encodingOf(root);
  return encodeElement(root.tag, concatBytes(childrenOf(root, 'ber').map((child) => replaceElements(child, inside))));
}

/**
 * A SEQUENCE with some of its OCTET STRINGs drawn anew, each in the length that it had.
 *
 * @param parts - elements of `root`
 */
export function redraw(root: DerElement, parts: readonly DerElement[], random: RandomSource): DerElement {
  const drawn = parts.map((part): Replacement => {
    const length = part.contentEnd - part.contentStart;
    return [part, encodeElement(TAG.octetString, random(length))];
  });
  return decodeElement(replaceElements(root, drawn), TAG.sequence, 'ber');
}
