/**
 * Where the CRLs for a certificate come from, and what a CRL is about: cRLDistributionPoints and freshestCRL (RFC 5280
 * 4.2.1.13, 4.2.1.15), issuingDistributionPoint (5.2.5), and how their names are compared (6.3.3 (b)).
 *
 * @module
 */
import {
  childrenOf,
  contentOf,
  contextTag,
  type DerElement,
  decodeElement,
  encodeElement,
  readBitString,
  readElement,
  TAG,
  withTag,
} from '../encoding/der.js';
import { encodeHex } from '../encoding/hex.js';
import { TrustError } from '../errors.js';
import { type GeneralName, generalNamesIn } from './general-name.js';
import { comparableName, type DistinguishedName, decodeName } from './name.js';

/** Points of one certificate, and names of one point. Real ones have at most a dozen; each is compared with each CRL. */
const AT_MOST = 100;

/** ReasonFlags as a bit mask: bit n of the BIT STRING is `1 << n`. */
export type ReasonMask = number;

/** Every reason but `unused` (bit 0): what must be covered before a certificate counts as not revoked. */
export const ALL_REASONS: ReasonMask = 0b1_1111_1110;

/** Full names, or one RDN to be put below the name of the CRL's issuer. */
export type DistributionPointName =
  | { readonly kind: 'full'; readonly names: readonly GeneralName[] }
  | { readonly kind: 'relative'; readonly rdn: DistinguishedName['rdns'][number] };

/** One distribution point of a certificate. */
export interface DistributionPoint {
  readonly name: DistributionPointName | null;
  /** Null where the point has CRLs for all reasons. */
  readonly reasons: ReasonMask | null;
  /** Who signs its CRLs, where that is not the issuer of the certificate. */
  readonly crlIssuer: readonly GeneralName[] | null;
}

/** What a CRL says about its scope. */
export interface IssuingDistributionPoint {
  readonly name: DistributionPointName | null;
  readonly onlyContainsUserCerts: boolean;
  readonly onlyContainsCaCerts: boolean;
  readonly onlyContainsAttributeCerts: boolean;
  /** Null where it is for all reasons. */
  readonly onlySomeReasons: ReasonMask | null;
  readonly indirectCrl: boolean;
}

/**
 * Decodes the value of cRLDistributionPoints or freshestCRL.
 *
 * @throws {TrustError} `der/…`; `der/bad-value` for a point with neither a name nor an issuer, for none, and for more than 100
 */
export function decodeDistributionPoints(value: Uint8Array): readonly DistributionPoint[] {
  const list = decodeElement(value, TAG.sequence);
  if (list.contentStart === list.contentEnd) refuse('the list of distribution points is empty', list);
  return bounded(childrenOf(list), 'distribution points', list).map((point) => {
    const fields = fieldsOf(point, [contextTag(0), contextTag(1, false), contextTag(2)]);
    const [name, reasons, crlIssuer] = fields;
    if (name === undefined && crlIssuer === undefined) refuse('a distribution point has no name and no issuer', point);
    return {
      name: name === undefined ? null : decodePointName(name),
      reasons: reasons === undefined ? null : decodeReasons(reasons),
      crlIssuer: crlIssuer === undefined ? null : boundedNames(crlIssuer),
    };
  });
}

/**
 * Decodes the value of issuingDistributionPoint.
 *
 * @throws {TrustError} `der/…`; `der/bad-value` when it says nothing, or limits the CRL to two kinds of certificates at
 *   once
 */
export function decodeIssuingDistributionPoint(value: Uint8Array): IssuingDistributionPoint {
  const point = decodeElement(value, TAG.sequence);
  if (point.contentStart === point.contentEnd) refuse('an issuing distribution point is empty', point);
  const [name, userCerts, caCerts, reasons, indirect, attributeCerts] = fieldsOf(point, [
    contextTag(0),
    contextTag(1, false),
    contextTag(2, false),
    contextTag(3, false),
    contextTag(4, false),
    contextTag(5, false),
  ]);
  if ([userCerts, caCerts, attributeCerts].filter((only) => only !== undefined).length > 1) {
    refuse('a CRL is said to be only for two kinds of certificates at once', point);
  }
  return {
    name: name === undefined ? null : decodePointName(name),
    onlyContainsUserCerts: isTrue(userCerts),
    onlyContainsCaCerts: isTrue(caCerts),
    onlyContainsAttributeCerts: isTrue(attributeCerts),
    onlySomeReasons: reasons === undefined ? null : decodeReasons(reasons),
    indirectCrl: isTrue(indirect),
  };
}

/**
 * The names of a point for comparing.
 *
 * @param crlIssuer - the name that a relative name is put below
 */
export function pointNameKeys(name: DistributionPointName, crlIssuer: DistinguishedName): readonly string[] {
  return name.kind === 'full'
    ? name.names.map(generalNameKey)
    : [directoryNameKey({ der: new Uint8Array(), rdns: [...crlIssuer.rdns, name.rdn] })];
}

/** A string that is equal for two names exactly when they are the same: directory names as RFC 5280 7.1 says. */
export function generalNameKey(name: GeneralName): string {
  switch (name.kind) {
    case 'directory':
      return directoryNameKey(name.name);
    case 'dns':
    case 'email':
    case 'uri':
      return `${name.kind}:${name.text}`;
    case 'ip':
      return `ip:${encodeHex(name.octets)}`;
    case 'other':
      return `other:${name.type}:${encodeHex(name.value)}`;
    default:
      return `${name.kind}:${encodeHex(name.der)}`;
  }
}

/** The key of a directoryName, as of `generalNameKey`. */
export function directoryNameKey(name: DistinguishedName): string {
  return `directory:${comparableName(name)}`;
}

function decodePointName(field: DerElement): DistributionPointName {
  const choice = decodeChoice(field);
  if (choice.tag === contextTag(0)) return { kind: 'full', names: boundedNames(choice) };
  const rdn = encodeElement(TAG.sequence, encodeElement(TAG.set, contentOf(choice)));
  return { kind: 'relative', rdn: decodeName(readElement(rdn)).rdns[0] ?? [] };
}

function decodeChoice(field: DerElement): DerElement {
  const [choice, ...more] = childrenOf(field);
  if (choice === undefined || more.length > 0 || (choice.tag !== contextTag(0) && choice.tag !== contextTag(1))) {
    refuse('a distribution point has a name of no known form', field);
  }
  return choice;
}

/** The fields of a SEQUENCE whose members all are optional and stand in the order of their tags. */
function fieldsOf(sequence: DerElement, tags: readonly number[]): readonly (DerElement | undefined)[] {
  if (sequence.tag !== TAG.sequence) refuse('a distribution point is no SEQUENCE', sequence);
  const children = childrenOf(sequence);
  const fields = tags.map((tag) => (children[0]?.tag === tag ? children.shift() : undefined));
  if (children[0] !== undefined) refuse('a distribution point has a field that it cannot have here', children[0]);
  return fields;
}

/** An implicitly tagged BOOLEAN DEFAULT FALSE: in DER it is there only when it is true, as 0xff. */
function isTrue(field: DerElement | undefined): boolean {
  if (field === undefined) return false;
  const content = contentOf(field);
  if (content.length !== 1 || content[0] !== 0xff) refuse('a BOOLEAN is not encoded as DER asks', field);
  return true;
}

function decodeReasons(field: DerElement): ReasonMask {
  const { bytes } = readBitString(withTag(field, TAG.bitString));
  let mask = 0;
  for (let bit = 0; bit < 9; bit++) if (((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) mask |= 1 << bit;
  return mask;
}

function boundedNames(list: DerElement): readonly GeneralName[] {
  return bounded(generalNamesIn(list), 'names', list);
}

function bounded<T>(items: readonly T[], what: string, place: DerElement): readonly T[] {
  if (items.length > AT_MOST) refuse(`${items.length} ${what} where ${AT_MOST} are the most that is read`, place);
  return items;
}

function refuse(message: string, { start }: DerElement): never {
  throw new TrustError('der/bad-value', message, { at: { offset: start } });
}
