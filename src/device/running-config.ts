/**
 * Trustpoints in a running configuration of Cisco IOS, IOS XE or ASA, with the certificates stored under them. NX-OS and
 * IOS XR keep certificates outside the configuration; of those the names and settings are all that is there.
 *
 * A copy of a configuration may be indented as a whole (YAML), have CR LF, and begin with what a collector put before it.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError, TrustError } from '../errors.js';
import { type Certificate, decodeCertificate, tryDecodeCertificate } from '../x509/certificate.js';
import { type Source, sourceOf } from '../x509/source.js';
import { type Line, LineReader } from './lines.js';
import { recallDump, rememberDump } from './seen-dumps.js';
import { decodeDump, decodeRows, derOfRows, isQuit, isRow, placeInRows } from './stored-certificate.js';

/** What a certificate stored under a trustpoint is for. */
export type StoredUsage = 'ca' | 'self-signed' | 'identity';

/** A certificate that a configuration has under a trustpoint, with its bytes or without. */
export interface StoredCertificate {
  readonly usage: StoredUsage;
  /** As the configuration has it, in lower case: where it was misread, perhaps no hex. Not escaped. */
  readonly serialNumber: string;
  /** Of the line that begins it, from 1. */
  readonly line: number;
  /** Null where the configuration has no bytes of it, or damaged ones. */
  readonly certificate: Certificate | null;
  /** The file that holds it instead (`nvram:CiscoLicensi#1CA.cer`), or null. Not escaped. */
  readonly file: string | null;
  /** What is wrong with it: `device/damaged-hex`, `certificate/malformed`; null where nothing is. */
  readonly error: TrustError | null;
}

/** A trustpoint of a configuration. */
export interface ConfiguredTrustpoint {
  /** Not escaped. */
  readonly name: string;
  /** Of the line where it is first named, from 1. */
  readonly line: number;
  /** The lines of its definition without their indentation (`revocation-check none`); none where only its chain is there. */
  readonly settings: readonly string[];
  /** Every line that begins a certificate, in order. */
  readonly stored: readonly StoredCertificate[];
  /** The certificates whose bytes are there and in order. */
  readonly certificates: readonly Certificate[];
}

/** What all lines that concern trustpoints have in them. */
const LEAD = 'crypto ';
const HEADING = /^(\s*)crypto (?:pki|ca) (trustpoint|certificate chain) (\S{1,255})\s*$/;
const STORED = /^certificate(?: rollover)?(?: (ca|self-signed))?(?: rollover)? ([0-9a-f]{1,256})(?: ([^\s:]*:\S+))?$/i;
/** The same where a terminal cut the serial number short, or somebody misread it: only the rows below say that it is one. */
const MISREAD = /^certificate(?: rollover)?(?: (ca|self-signed))?(?: rollover)? (\S{1,256})$/i;
/** What stands behind a chain, and not in one that something else was printed into. */
const BEHIND_CHAIN = /^(?:!|crypto |end$)/;

/** Of more damaged dumps than a person looks at it is not found out what is wrong with them. */
const MAX_DIAGNOSED = 1000;

/** How many more are looked at; counted down. */
interface Diagnoses {
  left: number;
}

/** What is known of a trustpoint while its configuration is read. */
interface Draft {
  readonly line: number;
  readonly settings: string[];
  readonly stored: StoredCertificate[];
}

/**
 * Reads the trustpoints of a configuration, in the order in which they are first named.
 *
 * @param text - a whole configuration or a part of one; bytes are taken as Latin-1
 * @param input - what the certificates' sources call it; default `-`
 * @returns none for a text that has none. Throws nothing: what is wrong with a certificate is said beside it
 */
export function parseDeviceConfig(text: string | Uint8Array, input = '-'): readonly ConfiguredTrustpoint[] {
  const reader = new LineReader(text);
  const drafts = new Map<string, Draft>();
  const diagnoses = { left: MAX_DIAGNOSED };
  while (reader.seek(LEAD)) {
    const [, indentation = '', kind, name] = HEADING.exec(reader.text ?? '') ?? [];
    const draft = name === undefined ? null : (drafts.get(name) ?? { line: reader.number, settings: [], stored: [] });
    reader.skip();
    if (name === undefined || draft === null) continue;
    drafts.set(name, draft);
    if (kind === 'trustpoint') readSettings(reader, indentation.length, draft);
    else readChain(reader, { input, trustpoint: name }, draft, diagnoses);
  }
  const trustpoints: ConfiguredTrustpoint[] = [];
  for (const [name, { line, settings, stored }] of drafts) {
    const certificates = stored.map(({ certificate }) => certificate).filter((certificate) => certificate !== null);
    trustpoints.push({ name, line, settings, stored, certificates });
  }
  return trustpoints;
}

/**
 * Reads the certificates of a fragment that has lost the line with the name of its trustpoint.
 *
 * @param text - as for `parseDeviceConfig`
 * @returns those with rows below them
 */
export function parseChainFragment(text: string | Uint8Array, input = '-'): readonly StoredCertificate[] {
  const reader = new LineReader(typeof text === 'string' ? text : Buffer.from(text).toString('latin1'));
  const stored: StoredCertificate[] = [];
  const diagnoses = { left: MAX_DIAGNOSED };
  while (reader.seek('certificate ')) {
    const before = reader.offset;
    readChain(reader, { input, trustpoint: null }, { stored }, diagnoses);
    if (reader.offset === before) reader.skip();
  }
  return stored.filter(({ certificate, error }) => certificate !== null || error !== null);
}

/** The lines that are indented more than the one that names the trustpoint. */
function readSettings(reader: LineReader, indentation: number, { settings }: Draft): void {
  for (let { text } = reader; text !== null && text.search(/\S/) > indentation; { text } = reader) {
    settings.push(text.trim());
    reader.skip();
  }
}

function readChain(
  reader: LineReader,
  from: { readonly input: string; readonly trustpoint: string | null },
  { stored }: Pick<Draft, 'stored'>,
  diagnoses: Diagnoses,
): void {
  let isInterrupted = false;
  for (let { text } = reader; text !== null; { text } = reader) {
    const words = text.trim();
    const stands = STORED.exec(words);
    const [, usage, serialNumber, file = null] = stands ?? MISREAD.exec(words) ?? [];
    if (serialNumber === undefined && BEHIND_CHAIN.test(words) && words !== '!') return;
    const line = reader.number;
    reader.skip();
    // A comment ends a chain, unless it stands in one: copies are made by programs that put it anywhere.
    if (words === '!' && !STORED.test(reader.text?.trim() ?? '')) return;
    const needsRows = stands === null || (isInterrupted && usage === undefined && file === null);
    if (serialNumber === undefined || (needsRows && !beginsRows(reader))) {
      // A message of the console, or what is left of a dump behind one, must not hide the certificates below.
      isInterrupted ||= words !== '';
      continue;
    }
    isInterrupted = false;
    const source = sourceOf(from.input, { line, trustpoint: from.trustpoint });
    // What is not a CA's is of this device alone.
    const isShared = usage?.toLowerCase() === 'ca';
    const { certificate, error } = file === null ? readDump(reader, source, isShared, diagnoses) : ELSEWHERE;
    stored.push({
      usage: usage === undefined ? 'identity' : (usage.toLowerCase() as StoredUsage),
      serialNumber: serialNumber.toLowerCase(),
      line,
      file,
      certificate,
      error,
    });
  }
}

/** Whether a row stands here: other commands are much like the line that begins a certificate of the device itself. */
function beginsRows(reader: LineReader): boolean {
  const line = reader.peek();
  return line !== null && isRow(line);
}

/** Of a certificate that the device has in a file. */
const ELSEWHERE = { certificate: null, error: null } as const;

/** The rows up to `quit`, and the certificate that they are. */
function readDump(
  reader: LineReader,
  source: Source,
  isShared: boolean,
  diagnoses: Diagnoses,
): Pick<StoredCertificate, 'certificate' | 'error'> {
  const { bytes, offset, number } = reader;
  const seen = isShared ? recallDump(bytes, offset) : null;
  if (seen !== null) {
    reader.skipLines(seen.text.length, seen.lines);
    return { certificate: seen.certificate.withSource(source), error: null };
  }
  const dump = decodeDump(bytes, offset);
  const certificate = dump === null ? null : tryDecodeCertificate(dump.der, source);
  // What is wrong with it, and in which row, is found out where it is read row by row.
  if (dump === null || certificate === null) return readRows(reader, source, diagnoses);
  reader.skipPast(dump.end);
  if (isShared)
    rememberDump({ text: bytes.subarray(offset, reader.offset), lines: reader.number - number, certificate });
  return { certificate, error: null };
}

/** Row by row, up to `quit` or up to the first line that is none: a dump in which something is wrong. */
function readRows(
  reader: LineReader,
  source: Source,
  diagnoses: Diagnoses,
): Pick<StoredCertificate, 'certificate' | 'error'> {
  const rows: Line[] = [];
  let line = reader.peek();
  for (; line !== null && !isQuit(line) && (isRow(line) || isBlank(line)); line = reader.peek()) {
    if (!isBlank(line)) rows.push(line);
    reader.skip();
  }
  const isClosed = line !== null && isQuit(line);
  if (isClosed) reader.skip();
  const [first, ...others] = rows;
  if (first === undefined) return { certificate: null, error: beforeRows(isClosed ? null : line, reader) };
  if (diagnoses.left === 0) return readUndiagnosed(rows, source);
  try {
    return { certificate: decodeCertificate(decodeRows([first, ...others]), source), error: null };
  } catch (error) {
    const found = placeInRows(rows, expectTrustError(error)).within(source.line === null ? {} : { line: source.line });
    diagnoses.left--;
    return { certificate: null, error: isClosed ? found : interrupted(line, rows, found) };
  }
}

/** Of messages that the console printed in one go. */
const MOST_MESSAGES = 4;

/** What is wrong where rows follow only behind other lines; most often none do, and nothing is. */
function beforeRows(first: Line | null, reader: LineReader): TrustError | null {
  let line = first;
  for (let count = 0; line !== null && count < MOST_MESSAGES; count++) {
    const words = line.text.trim();
    if (BEHIND_CHAIN.test(words) || STORED.test(words)) return null;
    reader.skip();
    line = reader.peek();
    if (first !== null && line !== null && isRow(line)) return interrupted(first, []);
  }
  return null;
}

/** Without finding out what is wrong with it, if anything. */
function readUndiagnosed(rows: readonly Line[], source: Source): Pick<StoredCertificate, 'certificate' | 'error'> {
  const der = derOfRows(rows);
  const certificate = der === null ? null : tryDecodeCertificate(der, source);
  return { certificate, error: certificate === null ? UNDIAGNOSED : null };
}

/** One for all: a text of dumps without an end must not cost an error each. */
const UNDIAGNOSED: TrustError = new TrustError(
  'device/damaged-hex',
  `the rows are damaged, like those of ${MAX_DIAGNOSED} others above`,
  { hint: 'copy the configuration again' },
);

function interrupted(line: Line | null, rows: readonly Line[], cause?: TrustError): TrustError {
  const what = line === null ? 'the text ends' : `"${toPrintable(line.text.trim().slice(0, 40))}" stands`;
  const where =
    rows.length === 0 ? 'before the first row' : `after row ${rows.length}, where another or "quit" is expected`;
  return new TrustError('device/damaged-hex', `${what} ${where}`, {
    at: { line: line?.number ?? rows.at(-1)?.number ?? 1 },
    hint: cause?.hint ?? 'copy the configuration again',
    cause,
  });
}

function isBlank({ text }: Line): boolean {
  return text.trim() === '';
}
