/**
 * The bags of a PKCS#12 file as Java writes them (sun.security.pkcs12.PKCS12KeyStore): attributes in its order, which is
 * not that of DER.
 *
 * @module
 */
import { concatBytes } from '../encoding/byte-writer.js';
import {
  childrenOf,
  contextTag,
  type DerElement,
  encodeElement,
  encodeOid,
  encodingOf,
  readOid,
  TAG,
} from '../encoding/der.js';
import { ATTRIBUTE, BAG, type SafeBag, X509_CERTIFICATE } from './pkcs12-pfx.js';

/** What Java gives a certificate that is trusted for everything (RFC 5280 section 4.2.1.12). */
export const ANY_EXTENDED_KEY_USAGE = '2.5.29.37.0';

/** The attributes by which a bag is found. */
export interface BagNames {
  /** Null for none. */
  readonly friendlyName: string | null;
  readonly localKeyId?: Uint8Array;
}

/** A certificate bag that Java takes for a trusted certificate: name and trusted usage. */
export function encodeTrustedBag(friendlyName: string, der: Uint8Array): Uint8Array {
  return encodeBag(BAG.certificate, encodeCertificate(der), [
    ...encodeNames({ friendlyName }),
    encodeAttribute(ATTRIBUTE.trustedKeyUsage, encodeOid(ANY_EXTENDED_KEY_USAGE)),
  ]);
}

/** A certificate bag that is part of the chain of a key. */
export function encodeChainBag(names: BagNames, der: Uint8Array): Uint8Array {
  return encodeBag(BAG.certificate, encodeCertificate(der), encodeNames(names));
}

/** A bag with an encrypted private key, given its EncryptedPrivateKeyInfo in DER. */
export function encodeKeyBag(names: BagNames, key: Uint8Array): Uint8Array {
  return encodeBag(BAG.shroudedKey, key, encodeNames(names));
}

/** A bag with an encrypted secret key, which Java wraps as if it were a private one. */
export function encodeSecretBag(names: BagNames, key: Uint8Array): Uint8Array {
  const secret = encodeElement(TAG.sequence, encodeOid(BAG.shroudedKey), explicit(encodeElement(TAG.octetString, key)));
  return encodeBag(BAG.secret, secret, encodeNames(names));
}

/**
 * A certificate bag of a file made visible to Java: with the trusted-usage attribute, under a name. What else stands in
 * it keeps its bytes; the name too, where it is this one already.
 */
export function revealBag({ element, friendlyName, trusted }: SafeBag, alias: string): Uint8Array {
  const [type, value, attributes] = childrenOf(element, 'ber') as [DerElement, DerElement, DerElement?];
  const present = attributes === undefined ? [] : childrenOf(attributes, 'ber');
  const isNamed = friendlyName === alias;
  const kept = isNamed ? present : present.filter((attribute) => typeOf(attribute) !== ATTRIBUTE.friendlyName);
  return encodeElement(
    TAG.sequence,
    encodingOf(type),
    encodingOf(value),
    encodeElement(
      TAG.set,
      ...(isNamed ? [] : encodeNames({ friendlyName: alias })),
      ...kept.map(encodingOf),
      ...(trusted ? [] : [encodeAttribute(ATTRIBUTE.trustedKeyUsage, encodeOid(ANY_EXTENDED_KEY_USAGE))]),
    ),
  );
}

/** The content of a safe, or of a bag of bags, each as it stands. */
export function encodeSafeContents(bags: readonly SafeBag[]): Uint8Array {
  return encodeElement(TAG.sequence, concatBytes(bags.map(({ element }) => encodingOf(element))));
}

/** An explicit `[0]` around an encoding. */
export function explicit(content: Uint8Array): Uint8Array {
  return encodeElement(contextTag(0), content);
}

function encodeBag(type: string, value: Uint8Array, attributes: readonly Uint8Array[]): Uint8Array {
  const set = attributes.length === 0 ? [] : [encodeElement(TAG.set, concatBytes(attributes))];
  return encodeElement(TAG.sequence, encodeOid(type), explicit(value), ...set);
}

function encodeCertificate(der: Uint8Array): Uint8Array {
  return encodeElement(TAG.sequence, encodeOid(X509_CERTIFICATE), explicit(encodeElement(TAG.octetString, der)));
}

function encodeNames({ friendlyName, localKeyId }: BagNames): Uint8Array[] {
  return [
    ...(friendlyName === null
      ? []
      : [encodeAttribute(ATTRIBUTE.friendlyName, encodeElement(TAG.bmpString, utf16(friendlyName)))]),
    ...(localKeyId === undefined
      ? []
      : [encodeAttribute(ATTRIBUTE.localKeyId, encodeElement(TAG.octetString, localKeyId))]),
  ];
}

function utf16(text: string): Uint8Array {
  return Buffer.from(text, 'utf16le').swap16();
}

function encodeAttribute(type: string, value: Uint8Array): Uint8Array {
  return encodeElement(TAG.sequence, encodeOid(type), encodeElement(TAG.set, value));
}

function typeOf(attribute: DerElement): string {
  return readOid(childrenOf(attribute, 'ber')[0]);
}
