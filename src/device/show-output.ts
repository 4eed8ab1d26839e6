/**
 * Certificates as `show` commands describe them: `show crypto pki certificates [verbose]`, `show crypto pki trustpool` and
 * `show crypto pki trustpoints [status]` of IOS and IOS XE, `show crypto ca certificates` of NX-OS, ASA and IOS XR. The bytes
 * are not there, so nothing is known but what is printed: never enough to install a certificate, often enough to recognise one.
 *
 * Indentation is lost in many copies, so only the words of a line decide what it is. What devices print, with its sources:
 * docs/formats/show-output.md.
 *
 * @module
 */
import { type NamedAttribute, renderAttributes } from '../x509/name.js';
import { type Source, sourceOf } from '../x509/source.js';
import { asWritten, LineReader, PAGER_PROMPT } from './lines.js';
import type { StoredUsage } from './running-config.js';

/** What a device printed about a certificate; null for what it did not print. */
export interface DescribedCertificate {
  /** Its bytes are not known. */
  readonly complete: false;
  readonly usage: StoredUsage;
  /** In the string form of RFC 4514, as far as the device prints the attributes; escaped for any output. */
  readonly subject: string | null;
  readonly issuer: string | null;
  /** Lower case; a leading zero octet may be missing. */
  readonly serialNumber: string | null;
  /** The clock of the device, read as UTC: compare it within a day. */
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  /** Lower-case hex. */
  readonly sha1: string | null;
  readonly md5: string | null;
  readonly subjectKeyIdentifier: string | null;
  /** Every trustpoint that it belongs to, `Trustpool` among them. Not escaped. */
  readonly trustpoints: readonly string[];
  /** Where it begins; `trustpoint` is the first of them. */
  readonly source: Source;
}

/** What is known of one certificate so far. */
interface Draft {
  usage: StoredUsage;
  readonly line: number;
  readonly issuer: NamedAttribute[];
  readonly subject: NamedAttribute[];
  readonly trustpoints: string[];
  serialNumber: string | null;
  notBefore: Date | null;
  notAfter: Date | null;
  sha1: string | null;
  md5: string | null;
  subjectKeyIdentifier: string | null;
  /** Whether a trustpoint is listed with its certificate, which has no heading of its own. */
  readonly isListed: boolean;
  /** What the next lines have: the attributes of a name, or the digits of a fingerprint. */
  open: 'issuer' | 'subject' | 'sha1' | null;
  /** Whether the next line may go on with the value before. */
  mayContinue: boolean;
}

/** Lines that begin a certificate. */
const HEADINGS: readonly { readonly line: RegExp; readonly usage: StoredUsage }[] = [
  {
    line: /^(?:CA certificate(?: \d+| \([\w ]{1,40}\))?:?|Issuing CA(?: rollover)? certificate configured:)$/i,
    usage: 'ca',
  },
  { line: /^Router Self-Signed Certificate$/i, usage: 'self-signed' },
  // Those of a registration authority are no CA's, and not those of the CA above them.
  {
    line: /^(?:(?:Router |RA [\w ]{1,40} )?certificate(?: \([\w ]{1,40}\))?:?|Router [\w ]+ certificate configured:)$/i,
    usage: 'identity',
  },
];

/** A line that names the trustpoint of everything below it. */
const TRUSTPOINT = /^Trustpoint(?: *:)? +([^\s:]\S*?):?$/i;

/** What stands below a name and is no part of it: a label with its colon, the prompt of the device, the pager. */
const BESIDE_NAME = /^[A-Za-z][\w ()]*:|^[\w./:-]+(?:\([^)]*\))?[>#]|^(?:--|<|Certificate configured)/;

/**
 * What ends the output of a command: the prompt behind it, and the questions of a console that is given a certificate, which
 * prints the fingerprints of that one whether the device takes it or not.
 */
const BEHIND_OUTPUT =
  /^(?:RP\/[\w/]{1,40}:)?\(?[A-Za-z][\w.-]{0,62}\)?(?:\/[\w/]{1,40})?(?:\([^)]{0,40}\))? ?[#>](?!\d)|Certificate has the following attributes:$|^input \(cut & paste\)/i;

/** What may stand between any two lines and is about no certificate: the prompt of a pager, a message of the console. */
const INTERRUPTION = new RegExp(`^.{0,8}${PAGER_PROMPT}|^[^=]{0,80}%[A-Z][A-Z0-9_-]*-[0-7]-[A-Z0-9_]+:`);

/** What a line says. */
interface Field {
  /** Its first words, and what stands behind them. */
  readonly line: RegExp;
  /** Where the same words say something else; everywhere else they say this. */
  readonly unless?: (draft: Draft) => boolean;
  readonly take: (draft: Draft, found: string) => void;
}

const FIELDS: readonly Field[] = [
  { line: /^Certificate Serial Number(?: \(hex\))?:\s*(?:0x)?([0-9a-f]+)$/i, take: takeSerialNumber },
  { line: /^Serial Number \(hex\):\s*([0-9a-f]+)$/i, take: takeSerialNumber },
  // Between a subject's heading and its attributes it is that of the device.
  {
    line: /^Serial Number:\s*([0-9a-f]+)$/i,
    unless: ({ isListed, subject }) => !isListed || subject.length === 0,
    take: takeSerialNumber,
  },
  {
    line: /^Serial Number +:\s*([0-9a-f:]+)$/i,
    take: (draft, found) => takeSerialNumber(draft, found.replaceAll(':', '')),
  },
  { line: /^(Persistent self-signed) certificate trust point$/i, take: (draft) => (draft.usage = 'self-signed') },
  { line: /^serial=\s*([0-9a-f]+)$/i, take: takeSerialNumber },
  { line: /^(?:Issuer(?: Name)?|Issued By *):(.*)$/is, take: (draft, found) => openName(draft, 'issuer', found) },
  { line: /^Subject(?: Name)?:(.*)$/is, take: (draft, found) => openName(draft, 'subject', found) },
  { line: /^issuer=(.*)$/is, take: (draft, found) => takeAttributes(draft.issuer, found) },
  { line: /^subject=(.*)$/is, take: (draft, found) => takeAttributes(draft.subject, found) },
  {
    line: /^(?:start date:|notBefore=|Validity Start *:)(.*)$/is,
    take: (draft, found) => (draft.notBefore = parseDate(found)),
  },
  {
    line: /^(?:end\s+date:|notAfter=|Validity End *:)(.*)$/is,
    take: (draft, found) => (draft.notAfter = parseDate(found)),
  },
  { line: /^(?:Fingerprint SHA1:|SHA1 Fingerprint[=:])(.*)$/is, take: takeSha1 },
  {
    line: /^(?:Fingerprint MD5:|MD5 Fingerprint[=:])(.*)$/is,
    take: (draft, found) => (draft.md5 = digits(found, 32)),
  },
  {
    line: /^X509v3 Subject Key ID:(.*)$/is,
    take: (draft, found) => (draft.subjectKeyIdentifier = digits(found, null)),
  },
  {
    line: /^Associated Trustpoints?:(.*)$/is,
    take: ({ trustpoints }, found) =>
      trustpoints.push(...found.split(/\s+/).filter((name) => name !== '' && !trustpoints.includes(name))),
  },
];

/** `cn=Root`, `serialNumber=1+hostname=r1` and the like. */
const ATTRIBUTE = /^([A-Za-z][A-Za-z0-9]*|\d+(?:\.\d+)+)(?:= ?| = )(.*)$/;

/** A comma and its like as ASA prints them in a value, in a string too, and a value in the quotes that OpenSSL sets around one. */
const PROTECTED = /^"(.*)"$|\\+([,+"<>;=])/g;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A device has a few dozen certificates; a text with more of them is a collection of devices. */
const MAX_DESCRIBED = 100_000;

/** A line longer than this was not printed by a device. */
const LONGEST_LINE = 10_000;

/**
 * Reads what `show` commands printed about certificates.
 *
 * @param text - a whole screen log or a part of one; bytes are taken as UTF-8 where a line is that, else as Latin-1
 * @param input - what the sources call it; default `-`
 * @returns in the order of the text; none for a text that has none. Throws nothing
 */
export function parseShowOutput(text: string | Uint8Array, input = '-'): readonly DescribedCertificate[] {
  const reader = new LineReader(text);
  const written = typeof text === 'string' ? (line: string) => line : asWritten;
  const drafts: Draft[] = [];
  let trustpoint: string | null = null;
  let open: Draft | undefined;
  const begin = (usage: StoredUsage, line: number, isListed: boolean) => {
    open = newDraft(usage, line, trustpoint, isListed);
    drafts.push(open);
  };
  for (let line = reader.peek(); line !== null && drafts.length < MAX_DESCRIBED; line = reader.peek()) {
    const words = line.text.length > LONGEST_LINE ? '' : written(line.text).trim();
    const heading = HEADINGS.find((candidate) => candidate.line.test(words));
    const named = TRUSTPOINT.exec(words)?.[1];
    trustpoint = named ?? trustpoint;
    if (heading !== undefined) begin(heading.usage, line.number, false);
    // `show crypto pki trustpoints` has no other heading; and what follows is no more about the certificate before.
    else if (named !== undefined) begin('ca', line.number, true);
    else if (BEHIND_OUTPUT.test(words)) [open, trustpoint] = [undefined, null];
    else readField(open, words);
    reader.skip();
  }
  return drafts.filter(isCertificate).map((draft) => toDescribed(draft, input));
}

function newDraft(usage: StoredUsage, line: number, trustpoint: string | null, isListed: boolean): Draft {
  return {
    usage,
    line,
    isListed,
    issuer: [],
    subject: [],
    trustpoints: trustpoint === null ? [] : [trustpoint],
    serialNumber: null,
    notBefore: null,
    notAfter: null,
    sha1: null,
    md5: null,
    subjectKeyIdentifier: null,
    open: null,
    mayContinue: false,
  };
}

function readField(draft: Draft | undefined, words: string): void {
  if (draft === undefined) return;
  if (INTERRUPTION.test(words)) {
    // The console prints an empty line in front of a message.
    draft.mayContinue = draft.open !== null;
    return;
  }
  const mayContinue = draft.mayContinue;
  draft.mayContinue = words !== '';
  if (words === '') return;
  for (const { line, unless, take } of FIELDS) {
    const found = line.exec(words)?.[1];
    if (found === undefined || unless?.(draft) === true) continue;
    draft.open = null;
    take(draft, found.trim());
    return;
  }
  if (draft.open === null) return;
  if (draft.open === 'sha1') takeSha1(draft, words);
  else if (ATTRIBUTE.test(words)) takeAttributes(draft[draft.open], words);
  else if (mayContinue && !BESIDE_NAME.test(words)) continueValue(draft[draft.open], words);
  // `Name:`, `Serial Number:` and `IP Address:` stand between a subject's heading and its attributes.
  else if (!/^(?:Name|Serial Number|IP Address):/i.test(words)) draft.open = null;
}

/** IOS breaks a value where it has a comma, and leaves the comma out. */
function continueValue(into: NamedAttribute[], words: string): void {
  const last = into.pop();
  if (last !== undefined) into.push({ ...last, value: `${last.value}, ${words}` });
}

function takeSerialNumber(draft: Draft, found: string): void {
  draft.serialNumber = found.length % 2 === 0 ? found.toLowerCase() : `0${found.toLowerCase()}`;
}

/** The digits stand behind the word for them, or on the line below. */
function takeSha1(draft: Draft, found: string): void {
  draft.sha1 = digits(found, 40);
  draft.open = found === '' ? 'sha1' : null;
}

function openName(draft: Draft, name: 'issuer' | 'subject', found: string): void {
  draft.open = name;
  takeAttributes(draft[name], found);
}

/** One attribute a line, all of them with commas, or in a form of OpenSSL, whose order is that of the certificate. */
function takeAttributes(into: NamedAttribute[], text: string): void {
  const isSlashed = text.startsWith('/');
  const isOpenSsl = isSlashed || /^[A-Za-z0-9.]+ = /.test(text);
  const parts = text.split(isSlashed ? /\/(?=[A-Za-z0-9.]+=)/ : /(?<!\\)[,+]\s*(?=[A-Za-z0-9.]+(?:=| = ))/);
  const attributes = parts.flatMap((part) => {
    const [, type, value] = ATTRIBUTE.exec(part.trim()) ?? [];
    return type === undefined || value === undefined ? [] : [{ type, value: value.replace(PROTECTED, '$1$2') }];
  });
  into.push(...(isOpenSsl ? attributes.reverse() : attributes));
}

/** `18:12:23 UTC Jan 16 2014` and `Jul 24 14:34:40 2022 GMT`. The name of a zone says little, so all are read as UTC. */
function parseDate(text: string): Date | null {
  const [, time = '', month = '', day, year] =
    /^(\d{1,2}:\d\d:\d\d) \S+ (?:\w{3} )?(\w{3}) +(\d{1,2}) (\d{4})$/.exec(text) ??
    rearranged(/^(\w{3}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})(?: \S+)?$/.exec(text)) ??
    [];
  const [hours, minutes, seconds] = time.split(':').map(Number);
  const number = MONTHS.findIndex((name) => name.toLowerCase() === month.toLowerCase());
  if (number < 0 || hours === undefined) return null;
  return new Date(Date.UTC(Number(year), number, Number(day), hours, minutes, seconds));
}

function rearranged(match: RegExpExecArray | null): readonly (string | undefined)[] | null {
  return match === null ? null : [match[0], match[3], match[1], match[2], match[4]];
}

/** Hex digits without what stands between them; null when there are not as many as there should be. */
function digits(text: string, count: number | null): string | null {
  const found = text.replace(/[\s:]/g, '').toLowerCase();
  return /^[0-9a-f]+$/.test(found) && (count === null || found.length === count) ? found : null;
}

/** A word like `Certificate` alone on a line is not yet one. */
function isCertificate({ serialNumber, sha1, notAfter, issuer, subject }: Draft): boolean {
  return (serialNumber ?? sha1 ?? notAfter) !== null && issuer.length + subject.length > 0;
}

function toDescribed(
  { issuer, subject, open, mayContinue, isListed, line, ...known }: Draft,
  input: string,
): DescribedCertificate {
  return {
    complete: false,
    ...known,
    issuer: issuer.length === 0 ? null : renderAttributes(issuer),
    subject: subject.length === 0 ? null : renderAttributes(subject),
    source: sourceOf(input, { line, trustpoint: known.trustpoints[0] ?? null }),
  };
}
