/**
 * Name constraints (RFC 5280 4.2.1.10): which names a certificate has, and whether those of the CAs above allow them. Each
 * CA's constraints are held against the names by themselves, which is the intersection of the permitted and the union of
 * the excluded trees of RFC 5280 6.1.4 (g).
 *
 * @module
 */
import { groupBy } from '../encoding/group-by.js';
import { encodeHex } from '../encoding/hex.js';
import type { Certificate } from '../x509/certificate.js';
import type { GeneralName } from '../x509/general-name.js';
import { isAddressRange, isInRange, mappedIpv4, parseIpAddress, renderIpAddress } from '../x509/ip-address.js';
import { comparableRdns, type DistinguishedName, renderName } from '../x509/name.js';
import { ATTRIBUTE, EXTENSION } from '../x509/oids.js';
import type { Budget } from './budget.js';
import { decodedExtensions } from './decoded-extensions.js';
import { isDnsName, isDottedBase, isPartlyBelow, isWhollyBelow, isWildcardName } from './names/dns-name.js';
import { decodeUtf8Mailbox, isMailboxBase, isMailboxWithin, parseMailbox, SMTP_UTF8_MAILBOX } from './names/mailbox.js';
import { domainOf, isHostWithin, isUriBase } from './names/uri.js';
import { quote, type Reason, reason } from './reason.js';

/** One name made ready for comparing: the form whose constraints bear on it, and how it answers to a base of that form. */
interface ConstrainedName {
  readonly form: string;
  /** For messages; not escaped. */
  readonly text: string;
  readonly isPermittedBy: (base: GeneralName) => boolean;
  readonly isExcludedBy: (base: GeneralName) => boolean;
}

/** The constraints of one CA, by form. */
interface ConstraintSet {
  readonly critical: boolean;
  readonly permitted: ReadonlyMap<string, readonly GeneralName[]>;
  readonly excluded: ReadonlyMap<string, readonly GeneralName[]>;
}

/** The forms that can be compared; of the others it is only known that they occur. */
const COMPARABLE: ReadonlySet<string> = new Set(['dns', 'email', 'uri', 'ip', 'directory']);

const constraintSets = new WeakMap<Certificate, ConstraintSet>();
const constrainedNames = new WeakMap<Certificate, readonly ConstrainedName[]>();
const relativeNames = new WeakMap<DistinguishedName, readonly string[]>();

/**
 * Holds the names of a certificate against the constraints of the CAs above it.
 *
 * @param above - all of them, the anchor too; those without constraints cost nothing
 * @param isFinal - whether it is the end of the path, whose common name may act as a host name
 * @throws {BudgetExceeded} before the comparisons are made, so that the answer does not depend on their order
 */
export function checkNameConstraints(
  certificate: Certificate,
  above: readonly Certificate[],
  isFinal: boolean,
  budget: Budget,
): readonly Reason[] {
  const constraining = above.filter((ca) => decodedExtensions(ca).nameConstraints !== null);
  if (constraining.length === 0) return [];
  const names = [...namesOf(certificate), ...(isFinal ? commonNameAsHost(certificate) : [])];
  return constraining.flatMap((ca) => {
    const violation = findViolation(names, constraintSetOf(ca), budget);
    return violation === null
      ? []
      : [reason('path/name-not-permitted', `${violation} (constraint of ${ca.subject})`, certificate)];
  });
}

/**
 * What is wrong with the base of a constraint, or null. RFC 5280 4.2.1.10 gives each form its syntax; that of DNS names with a dot in
 * front is up to `undottedBases`.
 */
export function describeBadBase(base: GeneralName, isExcluded: boolean): string | null {
  switch (base.kind) {
    case 'dns':
      // An empty name excludes all (Baseline Requirements 7.1.2.5.2); as a permission it would mean nothing at all.
      return isDnsName(base.text) || isDottedBase(base.text) || (base.text === '' && isExcluded)
        ? null
        : `${quote(base.text)} is not a DNS name`;
    case 'email':
      return isMailboxBase(base.text) ? null : `${quote(base.text)} is not an e-mail address or domain`;
    case 'uri':
      return isUriBase(base.text) ? null : `${quote(base.text)} is not a host or domain`;
    case 'ip':
      return isAddressRange(base.octets) ? null : `${encodeHex(base.octets)} is not an address range`;
    default:
      return null;
  }
}

function findViolation(names: readonly ConstrainedName[], set: ConstraintSet, budget: Budget): string | null {
  for (const name of names) {
    const permitted = set.permitted.get(name.form);
    const excluded = set.excluded.get(name.form) ?? [];
    if (permitted === undefined && excluded.length === 0) continue;
    if (!COMPARABLE.has(name.form)) {
      // Only a critical extension has to be understood (RFC 5280 4.2.1.10, 4.2).
      if (set.critical) return `${quote(name.text)} has a form whose constraints are not supported`;
      continue;
    }
    budget.spend('nameComparisons', (permitted?.length ?? 0) + excluded.length);
    if (excluded.some(name.isExcludedBy)) return `${quote(name.text)} is excluded`;
    if (permitted?.some(name.isPermittedBy) === false) return `${quote(name.text)} is not permitted`;
  }
  return null;
}

function constraintSetOf(ca: Certificate): ConstraintSet {
  const found = constraintSets.get(ca) ?? {
    critical: ca.extension(EXTENSION.nameConstraints)?.critical === true,
    permitted: groupBy(decodedExtensions(ca).nameConstraints?.permitted ?? [], formOf),
    excluded: groupBy(decodedExtensions(ca).nameConstraints?.excluded ?? [], formOf),
  };
  constraintSets.set(ca, found);
  return found;
}

/** Each type of otherName is a form of its own. */
function formOf(name: GeneralName): string {
  return name.kind === 'other' ? `other ${name.type}` : name.kind;
}

/** The subject, the alternative names, and an address in the subject where there is none among these (RFC 5280 4.2.1.10). */
function namesOf(certificate: Certificate): readonly ConstrainedName[] {
  const found = constrainedNames.get(certificate);
  if (found !== undefined) return found;
  const alternatives = decodedExtensions(certificate).subjectAltName ?? [];
  const subject = certificate.subjectName;
  const addresses = subject.rdns.flat().filter(({ type }) => type === ATTRIBUTE.emailAddress);
  const hasMailbox = alternatives.some(({ kind }) => kind === 'email');
  const names = [
    ...(subject.rdns.length > 0 ? [constrainedName({ kind: 'directory', name: subject })] : []),
    ...alternatives.map(constrainedName),
    ...alternatives.flatMap((name) => (isUtf8Mailbox(name) ? [utf8Mailbox(name.value)] : [])),
    ...(hasMailbox ? [] : addresses.map(({ value }) => constrainedName({ kind: 'email', text: value ?? '' }))),
  ];
  constrainedNames.set(certificate, names);
  return names;
}

/**
 * Each common name that reads like a host or an address, where no alternative name says which hosts the certificate is for:
 * old clients go by it, so a constraint must not be evaded with it. OpenSSL holds it against constraints likewise.
 */
function commonNameAsHost(certificate: Certificate): readonly ConstrainedName[] {
  const alternatives = decodedExtensions(certificate).subjectAltName ?? [];
  if (alternatives.some(({ kind }) => kind === 'dns' || kind === 'ip')) return [];
  const attributes = certificate.subjectName.rdns.flat().filter(({ type }) => type === ATTRIBUTE.commonName);
  return attributes.flatMap(({ value }) => {
    const commonName = value ?? '';
    const address = parseIpAddress(commonName);
    if (address !== null) return [constrainedName({ kind: 'ip', octets: address })];
    const isHost = commonName.includes('.') && (isDnsName(commonName) || isWildcardName(commonName));
    return isHost ? [constrainedName({ kind: 'dns', text: commonName })] : [];
  });
}

function constrainedName(name: GeneralName): ConstrainedName {
  switch (name.kind) {
    // Of a name that cannot be read, or not be compared, it is unknown where it belongs: never permitted, always excluded.
    case 'dns':
      if (!isDnsName(name.text) && !isWildcardName(name.text)) return comparable('dns', name.text, () => [false, true]);
      return comparable('dns', name.text, ({ text }) => [
        isWhollyBelow(name.text, text),
        isPartlyBelow(name.text, text),
      ]);
    case 'email': {
      const mailbox = parseMailbox(name.text);
      if (mailbox === null || mailbox.exotic) return comparable('email', name.text, () => [false, true]);
      return comparable('email', name.text, ({ text }) => both(isMailboxWithin(mailbox, text)));
    }
    case 'uri': {
      const host = domainOf(name.text);
      if (host === null) return comparable('uri', name.text, () => [false, true]);
      return comparable('uri', name.text, ({ text }) => both(isHostWithin(host, text)));
    }
    case 'ip': {
      const mapped = mappedIpv4(name.octets);
      return comparable('ip', renderIpAddress(name.octets), ({ octets }) => {
        const isWithin = isInRange(name.octets, octets);
        return [isWithin, isWithin || (mapped !== null && isInRange(mapped, octets))];
      });
    }
    case 'directory': {
      const rdns = rdnsOf(name.name);
      return comparable('directory', renderName(name.name), (base) =>
        both(rdnsOf(base.name).every((rdn, i) => rdn === rdns[i])),
      );
    }
    default:
      return incomparable(name);
  }
}

function isUtf8Mailbox(name: GeneralName): name is Extract<GeneralName, { readonly kind: 'other' }> {
  return name.kind === 'other' && name.type === SMTP_UTF8_MAILBOX;
}

/**
 * Constraints on rfc822Name bear on this otherName besides those on its own form; one on a single mailbox may exclude it and
 * cannot permit it (RFC 9598 6).
 */
function utf8Mailbox(der: Uint8Array): ConstrainedName {
  const mailbox = decodeUtf8Mailbox(der);
  if (mailbox === null) return comparable('email', SMTP_UTF8_MAILBOX, () => [false, true]);
  const text = `${mailbox.local}@${mailbox.domain}`;
  return comparable('email', text, (base) => {
    const isWithin = isMailboxWithin(mailbox, base.text);
    return [isWithin && !base.text.includes('@'), isWithin];
  });
}

/** @param compare - gives whether a base of the same form permits, and whether it excludes the name */
function comparable<K extends GeneralName['kind']>(
  form: K,
  text: string,
  compare: (base: Extract<GeneralName, { readonly kind: K }>) => readonly [permits: boolean, excludes: boolean],
): ConstrainedName {
  const answer = (base: GeneralName) => compare(base as Extract<GeneralName, { readonly kind: K }>);
  return { form, text, isPermittedBy: (base) => answer(base)[0], isExcludedBy: (base) => answer(base)[1] };
}

function incomparable(name: GeneralName): ConstrainedName {
  return { form: formOf(name), text: formOf(name), isPermittedBy: () => false, isExcludedBy: () => true };
}

function rdnsOf(name: DistinguishedName): readonly string[] {
  const rdns = relativeNames.get(name) ?? comparableRdns(name);
  relativeNames.set(name, rdns);
  return rdns;
}

function both(within: boolean): readonly [boolean, boolean] {
  return [within, within];
}
