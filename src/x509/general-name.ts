/**
 * GeneralName and GeneralNames (RFC 5280 4.2.1.6): the names of subjectAltName, name constraints, distribution points and
 * authority information access. Decoded as they stand; whether a name is well-formed for its use is the caller's question.
 *
 * @module
 */
import {
  childrenOf,
  contentOf,
  contextTag,
  type DerElement,
  decodeElement,
  encodingOf,
  expectTag,
  readElement,
  readOid,
  TAG,
  withTag,
} from '../encoding/der.js';
import { TrustError } from '../errors.js';
import { type DistinguishedName, decodeName } from './name.js';

/** One name. `text` holds the octets of the IA5String one to one, so nothing is lost by decoding. */
export type GeneralName =
  | { readonly kind: 'dns'; readonly text: string }
  | { readonly kind: 'email'; readonly text: string }
  | { readonly kind: 'uri'; readonly text: string }
  | { readonly kind: 'ip'; readonly octets: Uint8Array }
  | { readonly kind: 'directory'; readonly name: DistinguishedName }
  /** `value` is the DER inside the explicit tag. */
  | { readonly kind: 'other'; readonly type: string; readonly value: Uint8Array }
  | { readonly kind: 'x400' | 'edi-party' | 'registered-id'; readonly der: Uint8Array };

/** The implicit tags of the IA5String forms. */
const TEXT_KINDS: ReadonlyMap<number, 'dns' | 'email' | 'uri'> = new Map([
  [contextTag(1, false), 'email'],
  [contextTag(2, false), 'dns'],
  [contextTag(6, false), 'uri'],
]);

/**
 * Decodes one GeneralName.
 *
 * @throws {TrustError} `der/…` for a tag that is none of the nine, or content that does not fit its tag
 */
export function decodeGeneralName(element: DerElement): GeneralName {
  const { tag } = element;
  const text = TEXT_KINDS.get(tag);
  if (text !== undefined) return { kind: text, text: Buffer.from(contentOf(element)).toString('latin1') };
  switch (tag) {
    case contextTag(3):
      return { kind: 'x400', der: encodingOf(element) };
    case contextTag(8, false):
      readOid(withTag(element, TAG.oid));
      return { kind: 'registered-id', der: encodingOf(element) };
    case contextTag(7, false):
      return { kind: 'ip', octets: contentOf(element) };
    case contextTag(4):
      return { kind: 'directory', name: decodeName(onlyChild(element)) };
    case contextTag(0): {
      const [type, value, ...more] = childrenOf(element);
      if (more.length > 0) unexpected('an otherName has more than two fields', element);
      return { kind: 'other', type: readOid(type), value: encodingOf(onlyChild(expectTag(value, contextTag(0)))) };
    }
    case contextTag(5):
      if (!childrenOf(element).some((part) => part.tag === contextTag(1)))
        unexpected('an ediPartyName has no party', element);
      return { kind: 'edi-party', der: encodingOf(element) };
    default:
      return unexpected(`tag 0x${tag.toString(16)} is no form of GeneralName`, element);
  }
}

/**
 * Decodes the value of a GeneralNames extension.
 *
 * @param value - the DER, e.g. of a subjectAltName
 * @throws {TrustError} `der/…`, also when there is no name in it (SIZE (1..MAX))
 */
export function decodeGeneralNames(value: Uint8Array): readonly GeneralName[] {
  return generalNamesIn(decodeElement(value, TAG.sequence));
}

/** The names inside a constructed element, at least one. @throws {TrustError} `der/…` */
export function generalNamesIn(list: DerElement): readonly GeneralName[] {
  const names = childrenOf(list).map(decodeGeneralName);
  if (names.length === 0) unexpected('a list of names is empty', list);
  return names;
}

function onlyChild(parent: DerElement): DerElement {
  const child = readElement(parent.bytes, parent.contentStart, parent.contentEnd);
  if (child.end !== parent.contentEnd) unexpected('more than one value stands where one is expected', parent);
  return child;
}

function unexpected(message: string, { start }: DerElement): never {
  throw new TrustError('der/unexpected-tag', message, { at: { offset: start } });
}
