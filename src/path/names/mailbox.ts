/**
 * E-mail addresses in certificates: rfc822Name (RFC 5280 4.2.1.6, a Mailbox of RFC 2821 4.1.2), SmtpUTF8Mailbox (RFC 9598),
 * and the constraints on both (RFC 5280 4.2.1.10, RFC 9598 6).
 *
 * @module
 */
import { readElement, TAG } from '../../encoding/der.js';
import { parseIpAddress } from '../../x509/ip-address.js';
import { isDnsName } from './dns-name.js';

/** The otherName type id-on-SmtpUTF8Mailbox. */
export const SMTP_UTF8_MAILBOX = '1.3.6.1.5.5.7.8.9';

/** An address taken apart. */
export interface Mailbox {
  /** The part before the `@`, letter case kept. */
  readonly local: string;
  /** Lower case. */
  readonly domain: string;
  /** Whether it has a form that no constraint can speak of: a quoted local part, or an address in place of the domain. */
  readonly exotic: boolean;
}

// What does not belong is looked for: to repeat what does takes, in a text of megabytes, more of the stack than there is.
const NOT_IN_ATOMS = /[^a-z0-9!#$%&'*+/=?^_`{|}~.-]/i;
/** The same, with every character above ASCII (RFC 6531 3.3). */
const NOT_IN_UTF8_ATOMS = /[^a-z0-9!#$%&'*+/=?^_`{|}~.\u{80}-\u{10ffff}-]/iu;
/** A dot that does not stand between two atoms. */
const STRAY_DOT = /^\.|\.\.|\.$/;
const QUOTED_PAIR = /\\[ -~]/g;
const NOT_IN_QUOTES = /[^ !#-[\]-~]/;
const ADDRESS_LITERAL = /^\[(?:ipv6:)?([0-9a-f:.]+)\]$/i;

/** Takes an rfc822Name apart; null when it is not a mailbox. */
export function parseMailbox(text: string): Mailbox | null {
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1).toLowerCase()];
  const literal = ADDRESS_LITERAL.exec(domain)?.[1];
  const isLiteral = literal !== undefined && parseIpAddress(literal) !== null;
  const isQuoted = isQuotedString(local);
  if (!(isQuoted || isDotAtom(local, NOT_IN_ATOMS)) || !(isLiteral || isDnsName(domain))) return null;
  return { local, domain, exotic: isQuoted || isLiteral };
}

/** The SmtpUTF8Mailbox in the value of an otherName, taken apart; null when it is none. */
export function decodeUtf8Mailbox(der: Uint8Array): Mailbox | null {
  const { tag, contentStart, contentEnd } = readElement(der);
  return tag === TAG.utf8String
    ? parseUtf8Mailbox(Buffer.from(der.subarray(contentStart, contentEnd)).toString())
    : null;
}

/** Takes a SmtpUTF8Mailbox apart; null when it is none: its domain is in A-labels (RFC 9598 3). */
export function parseUtf8Mailbox(text: string): Mailbox | null {
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1).toLowerCase()];
  return isDotAtom(local, NOT_IN_UTF8_ATOMS) && isDnsName(domain) ? { local, domain, exotic: false } : null;
}

function isDotAtom(local: string, notInAtoms: RegExp): boolean {
  return local !== '' && !notInAtoms.test(local) && !STRAY_DOT.test(local);
}

function isQuotedString(local: string): boolean {
  if (!local.startsWith('"')) return false;
  const plain = local.replace(QUOTED_PAIR, '_');
  return plain.length > 1 && plain.endsWith('"') && !NOT_IN_QUOTES.test(plain.slice(1, -1));
}

/** Whether the base of a constraint has one of its three forms: a mailbox, a host, or `.` and a domain. */
export function isMailboxBase(base: string): boolean {
  if (base.includes('@')) return parseMailbox(base)?.exotic === false;
  return isDnsName(base.startsWith('.') ? base.slice(1) : base);
}

/**
 * Whether a mailbox is in the tree of a base that passed `isMailboxBase`. Local parts are compared as they stand, domains
 * without letter case.
 */
export function isMailboxWithin({ local, domain }: Mailbox, base: string): boolean {
  const at = base.lastIndexOf('@');
  if (at >= 0) return local === base.slice(0, at) && domain === base.slice(at + 1).toLowerCase();
  return base.startsWith('.') ? domain.endsWith(base.toLowerCase()) : domain === base.toLowerCase();
}
