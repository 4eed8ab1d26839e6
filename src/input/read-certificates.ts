/**
 * Any bytes to certificates: finds out by content what they are and unwraps archives, keystores, PKCS#7 and text until
 * certificates are left, each with its origin. A bad part never hides the good ones beside it.
 *
 * @module
 */
import { type ArchiveKind, detectArchive, unpackArchive } from '../encoding/archive.js';
import { orRaise, UnpackBudget } from '../encoding/unpack.js';
import { expectTrustError, type Position, TrustError } from '../errors.js';
import { decodeKeystore } from '../store/codecs.js';
import { unreadParts } from '../store/unread.js';
import { Collector } from './collector.js';
import { readBehindPkcs12, readDerRun } from './der-run.js';
import { detectBinary, detectOtherArchive } from './detect.js';
import { readDocument } from './document.js';
import type { Part } from './embedded.js';
import { findInBinary } from './in-binary.js';
import { chooseLimits, HIGHEST_LIMITS, INPUT_LIMITS, type InputLimits } from './limits.js';
import { readText } from './pem-text.js';
import type { InputKind, Note, ReadResult } from './read-result.js';
import { SearchBudget } from './recover.js';
import { decodeText } from './text.js';

/** How an input is read. */
export interface ReadOptions {
  /** What the input is called in sources and errors; default `-`. */
  readonly name?: string;
  /** For keystores whose certificates are encrypted; default none. */
  readonly password?: string | null;
  /** Whether everything tolerated is an error; default false. */
  readonly strict?: boolean;
  /**
   * Whether it is no error when nothing is found and nothing is wrong, so that bytes of a format that is not read are passed over
   * and not searched; default false.
   */
  readonly mayHoldNothing?: boolean;
  /** Limits other than those of `INPUT_LIMITS`; that of the size is for who reads the bytes. */
  readonly limits?: Partial<InputLimits> | undefined;
  /**
   * Whether damaged copies of self-signed certificates that no catalog knows are searched for the genuine ones, which takes
   * seconds; default no. What is found is a certificate of the result when its SHA-256 is expected, else an error,
   * `pem/recovered`.
   */
  readonly recover?: { readonly expected: ReadonlySet<string> } | undefined;
}

/** Texts that may stand in one another as they are, as YAML does in YAML; what is deeper is read line by line. */
const MAX_TEXTS = 4;

/** What is passed down while archives are unwrapped. */
interface Reading {
  readonly password: string | null;
  /** Whether bytes of a format that is not known are searched for certificates. */
  readonly searches: boolean;
  readonly nesting: number;
  readonly budget: UnpackBudget;
}

/** What an input without certificates may be instead. */
const NAMES: Partial<Record<InputKind, string>> = {
  crl: 'a certificate revocation list',
  csr: 'a certificate signing request',
  key: 'a key',
};

/**
 * Reads all certificates of an input.
 *
 * @param bytes - a file of any format; never changed. What is found may be views of it
 * @returns what was found and what was wrong. It throws nothing for bad input: each bad part is one of the errors, and an
 *   input without certificates has `input/empty`, `input/unrecognised` or `input/no-certificate`
 * @throws {TrustError} `usage/bad-value` for a limit that cannot be
 */
export function readCertificates(bytes: Uint8Array, options: ReadOptions = {}): ReadResult {
  const { name = '-', password = null, mayHoldNothing = false } = options;
  const limits = chooseLimits(options.limits);
  const into = collectorFor(options);
  const budget = new UnpackBudget(bytes.length, limits);
  const reading = { password, searches: !mayHoldNothing, nesting: limits.nesting, budget };
  const kind = unwrap(bytes, 0, reading, into);
  const isEmpty = into.certificates.length + into.described.length + into.errors.length === 0;
  const isRefused = options.strict === true && into.notes.length > 0;
  if (isEmpty && (isRefused || !mayHoldNothing)) into.error(nothingFound(bytes, kind, { source: name }));
  return resultOf(into, kind, options);
}

/** What is to gather all that an input holds. */
export function collectorFor({ name = '-', limits, recover }: ReadOptions): Collector {
  return new Collector(name, {
    limit: limits?.certificates ?? INPUT_LIMITS.certificates,
    recovery: recover === undefined ? null : { ...recover, budget: new SearchBudget() },
  });
}

/** What was gathered, with its notes as errors where nothing is tolerated. */
export function resultOf(into: Collector, kind: InputKind, { name = '-', strict = false }: ReadOptions): ReadResult {
  const { certificates, damaged, recovered, described, members, attachments, untrusted, notes, errors } = into;
  return {
    kind,
    certificates,
    damaged,
    recovered,
    described,
    members,
    attachments,
    untrusted,
    notes: strict ? [] : notes,
    errors: strict ? [...errors, ...notes.map((note) => refuse(note, name))] : errors,
  };
}

function unwrap(bytes: Uint8Array, depth: number, reading: Reading, into: Collector, texts = 0): InputKind {
  const kind = unwrapOne(bytes, depth, reading, into, texts);
  for (const { bytes: enclosed, inside } of into.takeEnclosed()) openEncoded(enclosed, depth, texts, reading, inside);
  return kind;
}

function unwrapOne(bytes: Uint8Array, depth: number, reading: Reading, into: Collector, texts: number): InputKind {
  const kind = detectBinary(bytes);
  const readRest = (rest: Uint8Array, inside: Collector) => readAsText(rest, depth, texts, reading, inside);
  switch (kind) {
    case null:
      return readAsText(bytes, depth, texts, reading, into);
    case 'zip':
    case 'tar':
    case 'gzip':
    case 'zstd':
      readArchive(bytes, kind, depth, reading, into);
      return kind;
    case 'der':
    case 'pkcs7':
    case 'key':
    case 'crl':
    case 'csr': {
      const before = into.certificates.length;
      readDerRun(bytes, into, readRest);
      return kind === 'pkcs7' || into.certificates.length === before ? kind : 'der';
    }
    case 'xz':
      into.error(
        new TrustError('archive/unsupported', 'xz is not unpacked here, because Node cannot', {
          hint: 'unpack it with xz -d and name the file',
        }),
      );
      return kind;
    default:
      readKeystore(bytes, reading, into);
      if (kind === 'pkcs12') readBehindPkcs12(bytes, into, readRest);
      return kind;
  }
}

/** The error for an archive or an encoded text that stands inside too many others: `input/too-deep`. */
export function nestedTooDeep(limit: number = INPUT_LIMITS.nesting): TrustError {
  return new TrustError('input/too-deep', `more than ${limit} archives or encoded texts stand inside one another`, {
    hint: `unpack the inner ones and name the files with certificates${orRaise('nesting', limit, 2, HIGHEST_LIMITS.nesting)}`,
  });
}

function readArchive(bytes: Uint8Array, kind: ArchiveKind, depth: number, reading: Reading, into: Collector): void {
  if (depth === reading.nesting) {
    into.error(nestedTooDeep(reading.nesting));
    return;
  }
  // The archive that reached a limit has said so; what was unpacked before is still read, but no further archive.
  if (reading.budget.isExhausted) return;
  const { members, rejected } = unpackArchive(bytes, kind, reading.budget);
  // As in a folder: a program beside the certificates holds some that nobody asks for.
  const inFile = { ...reading, searches: false };
  for (const member of members) {
    const inside = into.enter(member.name);
    // One that is only compressed has the name of its archive, and is the file there.
    if (detectArchive(member.bytes) === null) inside.file();
    if (member.bytes.length > 0) unwrap(member.bytes, depth + 1, member.name === null ? reading : inFile, inside);
  }
  const isOneFile = kind === 'gzip' || kind === 'zstd';
  if (isOneFile && members.length + rejected.length === 0) into.file();
  for (const { error } of rejected) into.error(error);
}

function readAsText(bytes: Uint8Array, depth: number, texts: number, reading: Reading, into: Collector): InputKind {
  const archive = detectOtherArchive(bytes);
  if (archive !== null) {
    into.error(
      new TrustError('archive/unsupported', `${archive} is not unpacked here`, {
        hint: 'unpack it with the program that made it and name the files',
      }),
    );
    return 'unknown';
  }
  const text = decodeText(bytes);
  if (text === null) {
    if (reading.searches) readBinary(bytes, depth, texts, reading, into);
    return 'unknown';
  }
  if (text.wrapping === 'zeros')
    into.note('pem/invisible-character', 'zeros between characters, as in UTF-32 and in a part in UTF-16', { line: 1 });
  if (text.wrapping === 'utf-16') into.note('pem/utf-16', 'the text is UTF-16', { line: 1 });
  if (text.wrapping === 'byte-order-mark')
    into.note('pem/byte-order-mark', 'the text begins with a byte order mark', { line: 1 });
  return readDocument(text.bytes, {
    into,
    isPlain: texts > MAX_TEXTS,
    open: (part, inside) => openPart(part, depth, texts, reading, inside),
  });
}

function readBinary(bytes: Uint8Array, depth: number, texts: number, reading: Reading, into: Collector): void {
  for (const { bytes: found, start, lines } of findInBinary(bytes)) {
    into.note('input/unknown-format', 'the format is not known; what is a certificate by its bytes is read', {
      offset: start,
    });
    const inside = lines === null ? into : into.within(null, (line) => lines + line);
    unwrap(found, depth, reading, inside, texts + 1);
  }
}

/** What stands inside of a text: encoded, it is like a member of an archive; else it is text in a text. */
function openPart({ bytes, isEncoded }: Part, depth: number, texts: number, reading: Reading, into: Collector): void {
  if (!isEncoded) {
    if (texts > MAX_TEXTS) readText(bytes, into);
    else unwrap(bytes, depth, reading, into, texts + 1);
  } else openEncoded(bytes, depth, texts, reading, into);
}

function openEncoded(bytes: Uint8Array, depth: number, texts: number, reading: Reading, into: Collector): void {
  if (depth === reading.nesting) into.error(nestedTooDeep(reading.nesting));
  else if (!reading.budget.isExhausted) {
    const refused = reading.budget.takeMembers(1) ?? reading.budget.takeBytes(bytes.length);
    if (refused === null) unwrap(bytes, depth + 1, reading, into, texts);
    else into.error(refused);
  }
}

function readKeystore(bytes: Uint8Array, { password }: Reading, into: Collector): void {
  try {
    const keystore = decodeKeystore(bytes, { password, source: into.source() });
    for (const { code, message } of keystore.notes) if (code === 'keystore/trailing-bytes') into.note(code, message);
    for (const { alias, kind, certificates, fingerprints, note } of keystore.entries) {
      for (const certificate of certificates) {
        into.certificate(certificate);
        if (kind !== 'trusted-certificate') into.untrusted.push(certificate);
      }
      if (certificates.length < fingerprints.length) {
        into.error(new TrustError('certificate/malformed', note ?? 'an entry holds a certificate that is none'), {
          alias,
        });
      }
    }
    for (const error of unreadParts(keystore)) into.error(error);
  } catch (error) {
    into.error(expectTrustError(error));
  }
}

function nothingFound(bytes: Uint8Array, kind: InputKind, at: Position): TrustError {
  if (bytes.length === 0) {
    return new TrustError('input/empty', 'the input is empty', {
      at,
      hint: 'a download or a copy may have failed; fetch it again',
    });
  }
  if (kind === 'unknown') {
    return new TrustError('input/unrecognised', 'found nothing that looks like a certificate', {
      at,
      hint: 'PEM, DER, PKCS#7, keystores and archives of these are read, whatever the file is called',
    });
  }
  const what = NAMES[kind];
  const message = what === undefined ? `the ${kind} holds no certificate` : `found ${what}, which holds no certificate`;
  return new TrustError('input/no-certificate', message, { at, hint: 'name the file that holds the certificate' });
}

/** A note as the error that it is where nothing is tolerated. */
function refuse({ code, message, member, line, column, offset }: Note, name: string): TrustError {
  return new TrustError('input/tolerated', `${message} (${code})`, {
    at: {
      source: member === undefined ? name : `${name}!/${member}`,
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
      ...(offset === undefined ? {} : { offset }),
    },
    hint: 'leave out --strict to have it read all the same',
  });
}
