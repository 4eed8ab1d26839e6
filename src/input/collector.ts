/**
 * Gathers what is found while an input is unwrapped, each thing placed where it stands.
 *
 * @module
 */
import type { DescribedCertificate } from '../device/show-output.js';
import { orRaise } from '../encoding/unpack.js';
import { expectTrustError, TrustError } from '../errors.js';
import { quoteAlias } from '../store/alias.js';
import { detectBinaryKeystore } from '../store/codecs.js';
import { type Certificate, decodeCertificate } from '../x509/certificate.js';
import { describeDefects } from '../x509/defect.js';
import { verifyCertificateSignature } from '../x509/signature.js';
import { renderSource, type Source, sourceOf } from '../x509/source.js';
import { damagedDer } from './certificate-copy.js';
import type { BlockContent } from './label.js';
import { HIGHEST_LIMITS } from './limits.js';
import { contentOfPkcs7, decodePkcs7 } from './pkcs7.js';
import type { DamagedBlock, Difference, Note, NoteCode, RecoveredBlock } from './read-result.js';
import type { SearchBudget } from './recover.js';

/** Notes about how a whole text is laid out: one of a kind says enough, where it is first seen. */
const ONCE: ReadonlySet<NoteCode> = new Set([
  'input/unknown-format',
  'pem/blank-line',
  'pem/blanks-for-newlines',
  'pem/crlf',
  'pem/html-entity',
  'pem/indented',
  'pem/invisible-character',
  'pem/ligature',
  'pem/line-prefix',
  'pem/line-suffix',
  'pem/lone-cr',
  'pem/long-line',
  'pem/quoted-printable',
  'pem/terminal-escape',
  'pem/trailing-blanks',
  'pem/url-safe',
]);

/** The least that a certificate takes, in bytes: its dates alone take 32. */
const SHORTEST_CERTIFICATE = 64;

/** More errors or notes than anyone reads. */
const MAX_LISTED = 1000;

/** Of an error that is about a whole part. */
const NOWHERE = { line: null, alias: null } as const;

/** The line of the text around a part for a line of the part. */
export type LineOf = (line: number) => number;

/** The alias of the entry of a list that a line of it belongs to; null for a line before all entries. */
export type AliasOf = (line: number) => string | null;

/** That damaged copies of unknown certificates are searched for the genuine ones, and how. */
export interface RecoveryRequest {
  /** Fingerprints by which a recovered certificate is one that was meant. */
  readonly expected: ReadonlySet<string>;
  readonly budget: SearchBudget;
}

/** What is gathered. */
export interface CollectorOptions {
  /** How many certificates are taken. */
  readonly limit: number;
  /** Null where nothing is searched. */
  readonly recovery: RecoveryRequest | null;
}

/** Which part of an input a collector is for. */
interface Part {
  /** Null for what is in no archive. */
  readonly member: string | null;
  /** Null where its lines are those of the file. */
  readonly lineOf: LineOf | null;
  /** The alias of what stands on a line of it; null where nothing there has one. */
  readonly aliasOf: AliasOf | null;
  /** The collector whose lists it adds to; null for one with lists of its own. */
  readonly whole: Collector | null;
}

/** What stands inside of a structure, and the part for it. */
interface Enclosed {
  readonly bytes: Uint8Array;
  readonly inside: Collector;
}

const WHOLE: Part = { member: null, lineOf: null, aliasOf: null, whole: null };

/** A part of an input: the input itself, or a member of an archive in it. All parts share what was gathered. */
export class Collector {
  readonly certificates: Certificate[];
  readonly notes: Note[];
  readonly errors: TrustError[];
  readonly damaged: DamagedBlock[];
  readonly described: DescribedCertificate[];
  readonly recovered: RecoveredBlock[];
  readonly members: string[];
  readonly attachments: string[];
  readonly untrusted: Certificate[];
  /** Null where nothing is searched. */
  readonly recovery: RecoveryRequest | null;
  readonly #source: Source;
  readonly #lineOf: LineOf | null;
  readonly #aliasOf: AliasOf | null;
  readonly #noted = new Set<NoteCode>();
  readonly #options: CollectorOptions;
  /** Whether more were found than that, how many are here no more, and what is still to be read; one for all parts. */
  readonly #state: { isFull: boolean; taken: number; readonly enclosed: Enclosed[] };

  constructor(input: string, options: CollectorOptions, { member, lineOf, aliasOf, whole }: Part = WHOLE) {
    this.recovery = options.recovery;
    this.#source = sourceOf(input, { member });
    this.#options = options;
    this.#state = whole === null ? { isFull: false, taken: 0, enclosed: [] } : whole.#state;
    this.#lineOf = lineOf;
    this.#aliasOf = aliasOf;
    this.certificates = whole?.certificates ?? [];
    this.notes = whole?.notes ?? [];
    this.errors = whole?.errors ?? [];
    this.damaged = whole?.damaged ?? [];
    this.described = whole?.described ?? [];
    this.recovered = whole?.recovered ?? [];
    this.members = whole?.members ?? [];
    this.attachments = whole?.attachments ?? [];
    this.untrusted = whole?.untrusted ?? [];
  }

  /** How much was found in all parts: certificates, whole or described, notes and errors. */
  get count(): number {
    return this.certificates.length + this.described.length + this.notes.length + this.errors.length;
  }

  /** Whether an error is still listed; making one that is not costs time, and a hostile text has very many. */
  get listsErrors(): boolean {
    return this.errors.length <= MAX_LISTED;
  }

  /**
   * Whether bytes are looked into for a certificate: what is too short to be one is, while it is listed as an error. A hostile
   * text has millions.
   */
  looksInto(der: Uint8Array): boolean {
    return this.listsErrors || der.length >= SHORTEST_CERTIFICATE;
  }

  /** The part for a member of this part; a null name stays in this part. */
  enter(name: string | null): Collector {
    return name === null ? this : this.#part(this.#pathOf(name), null, null);
  }

  /**
   * The part for what stands inside of a text, in whose lines it is placed.
   *
   * @param name - as for `enter`
   * @param lineOf - the line of this part for a line of the text inside
   */
  within(name: string | null, lineOf: LineOf): Collector {
    const outer = this.#lineOf;
    const aliasOf = this.#aliasOf;
    const path = name === null ? this.#source.member : this.#pathOf(name);
    return this.#part(
      path,
      outer === null ? lineOf : (line) => outer(lineOf(line)),
      aliasOf === null ? null : (line) => aliasOf(lineOf(line)),
    );
  }

  /** The same part as that of a list, whose entries have aliases; where they say none, that of a list around it holds. */
  withAliases(aliasOf: AliasOf): Collector {
    const outer = this.#aliasOf;
    const both: AliasOf = outer === null ? aliasOf : (line) => aliasOf(line) ?? outer(line);
    return this.#part(this.#source.member, this.#lineOf, both);
  }

  #part(member: string | null, lineOf: LineOf | null, aliasOf: AliasOf | null): Collector {
    return new Collector(this.#source.input, this.#options, { member, lineOf, aliasOf, whole: this });
  }

  /** Says that this part is a file in an archive. */
  file(): void {
    if (this.#source.member !== null) this.members.push(this.#source.member);
  }

  /** Says that this part is an attachment, which has lines of its own. */
  attachment(): void {
    if (this.#source.member !== null) this.attachments.push(this.#source.member);
  }

  #pathOf(name: string): string {
    return [this.#source.member, name].filter((step) => step !== null).join('!/');
  }

  /** Where this part stands, with more of it. */
  source(more: Partial<Source> = {}): Source {
    const { input, member, line, alias, trustpoint } = this.#source;
    const own = more.line ?? line;
    return {
      input,
      member: more.member ?? member,
      line: this.#lineOf === null ? own : this.#lineOf(own ?? 1),
      alias: more.alias ?? alias ?? (own === null ? null : (this.#aliasOf?.(own) ?? null)),
      trustpoint: more.trustpoint ?? trustpoint,
    };
  }

  certificate(certificate: Certificate): void {
    const count = this.#state.taken + this.certificates.length;
    if (count < this.#options.limit) {
      this.certificates.push(certificate);
      if (certificate.defects.length > 0) this.#tellDefects(certificate);
    } else if (!this.#state.isFull) {
      this.#state.isFull = true;
      this.#reject(tooManyCertificates(count), NOWHERE);
    }
  }

  /**
   * Tells what a certificate has wrong that is read all the same. Where its own signature fails, too, it is a damaged copy and
   * no oddity of its maker.
   */
  #tellDefects(certificate: Certificate): void {
    // Verifying takes long, and a hostile input may have very many.
    if (this.notes.length === MAX_LISTED || !this.listsErrors) return;
    const { defects, source, displaySubject, selfIssued } = certificate;
    const { line, alias } = source ?? NOWHERE;
    const found = describeDefects(defects);
    if (selfIssued && verifyCertificateSignature(certificate, certificate.subjectPublicKeyInfo) === 'invalid') {
      const message = `a damaged copy of ${displaySubject}: its own signature fails, and ${found}`;
      this.#reject(new TrustError('certificate/malformed', message, { hint: 'ask its sender for the file itself' }), {
        line,
        alias,
      });
    } else {
      const whose = alias === null ? displaySubject : `${quoteAlias(alias)}, ${displaySubject}`;
      this.#addNote('certificate/defect', `${whose}: ${found}`, line === null ? {} : { line });
    }
  }

  /** Gives the certificates so far, which are not kept here any longer. */
  takeCertificates(): readonly Certificate[] {
    this.#state.taken += this.certificates.length;
    return this.certificates.splice(0);
  }

  /** Gives what stands in the structures that were read, and has not been given yet. */
  takeEnclosed(): readonly Enclosed[] {
    return this.#state.enclosed.splice(0);
  }

  /**
   * Adds a certificate that decodes, or the known root that it is a damaged copy of, or an error.
   *
   * @param offset - where it begins in this part
   */
  decode(der: Uint8Array, source: Source, offset = 0): void {
    if (!this.looksInto(der)) return;
    try {
      const certificate = decodeCertificate(der, source);
      if (!this.#addGenuine(der, certificate, source, offset)) this.certificate(certificate);
    } catch (error) {
      const refusal = expectTrustError(error);
      if (!this.#addGenuine(der, null, source, offset)) this.#reject(moveBy(refusal, offset), source);
    }
  }

  /** Adds the known root that DER is a damaged copy of; false where it is none. */
  #addGenuine(der: Uint8Array, found: Certificate | null, source: Source, start: number): boolean {
    const copy = this.listsErrors ? damagedDer(der, found, source) : null;
    if (copy === null) return false;
    const { offset, ...block } = copy;
    const count = block.differences.length;
    const what = `${count} ${count === 1 ? 'character of its base64 differs' : 'characters of its base64 differ'}`;
    this.#addNote(
      'der/restored-from-catalog',
      `the certificate is a damaged copy of ${block.root.name} (${what}); the genuine certificate of the catalog stands for it`,
      source.line === null ? { offset: start + offset } : { line: source.line },
    );
    this.certificate(block.certificate);
    this.damage(block);
    return true;
  }

  /**
   * Adds the certificates of a PKCS#7 structure, or an error; what is signed in it is kept to be read.
   *
   * @param offset - where it begins in this part
   */
  pkcs7(bytes: Uint8Array, source: Source, offset = 0): void {
    try {
      for (const der of decodePkcs7(bytes)) this.decode(der, source, offset + der.byteOffset - bytes.byteOffset);
      const content = contentOfPkcs7(bytes);
      if (content !== null) this.#state.enclosed.push({ bytes: content, inside: this.enter('content') });
    } catch (error) {
      this.#reject(moveBy(expectTrustError(error), offset), source);
    }
  }

  /** Adds what a block of a text holds that is no single certificate; a keystore is kept to be read. */
  structure(bytes: Uint8Array, content: BlockContent, line: number): void {
    if (content === 'pkcs7') this.pkcs7(bytes, this.source({ line }));
    else if (content === 'keystore') this.#keystore(bytes, line);
  }

  #keystore(bytes: Uint8Array, line: number): void {
    if (detectBinaryKeystore(bytes) !== null) {
      this.#state.enclosed.push({ bytes, inside: this.within(null, () => line) });
      return;
    }
    this.error(
      new TrustError('pem/damaged', 'the block is called a keystore and does not begin like one', {
        hint: 'ask its sender for the file itself',
      }),
      { line },
    );
  }

  note(code: NoteCode, message: string, at: { line?: number; column?: number; offset?: number } = {}): void {
    if (ONCE.has(code) && this.#noted.has(code)) return;
    this.#noted.add(code);
    this.#addNote(code, message, this.#place(at));
  }

  /** Adds a note about a place in the text around this part. */
  #addNote(code: NoteCode, message: string, at: Pick<Note, 'line' | 'column' | 'offset'>): void {
    if (this.notes.length === MAX_LISTED) return;
    const { member } = this.#source;
    this.notes.push({ code, message, ...at, ...(member === null ? {} : { member }) });
  }

  /** Adds an error, placed in this part or at what is known of its source, its line being one of this part. */
  error(error: TrustError, { line, alias = null }: Partial<Source> = {}): void {
    this.#reject(error, { line: line == null ? null : (this.#lineOf?.(line) ?? line), alias });
  }

  #reject(error: TrustError, { line, alias }: Pick<Source, 'line' | 'alias'>): void {
    if (!this.listsErrors) return;
    if (this.errors.length === MAX_LISTED) {
      const message = `more than ${MAX_LISTED} parts of the input are bad; the others are not listed`;
      this.errors.push(new TrustError('input/too-many', message, { at: { source: this.#source.input } }));
      return;
    }
    this.errors.push(
      this.#replaced(error, line).within({
        source: renderSource(this.#source),
        ...(line === null ? {} : { line }),
        ...(alias === null ? {} : { entry: alias }),
      }),
    );
  }

  /** Notes a private key, of which nothing is kept. */
  privateKey(line?: number): void {
    const at = line === undefined ? {} : { line };
    this.note('input/private-key', 'a private key is here; it is not read, and never copied anywhere', at);
  }

  /** Adds a damaged copy of a known root, its differences being placed in this part. */
  damage(block: DamagedBlock): void {
    this.damaged.push({ ...block, differences: this.#placed(block.differences) });
  }

  /** Adds a misread copy of an unknown certificate, its differences being placed in this part. */
  recover(block: RecoveredBlock): void {
    this.recovered.push({ ...block, differences: this.#placed(block.differences) });
  }

  #placed(differences: readonly Difference[]): readonly Difference[] {
    const lineOf = this.#lineOf;
    return lineOf === null ? differences : differences.map((one) => ({ ...one, line: lineOf(one.line) }));
  }

  /** A place in the text around this part, of which the columns and offsets inside it say nothing. */
  #place<At extends { readonly line?: number }>(at: At): At | { readonly line: number } {
    return this.#lineOf === null ? at : { line: this.#lineOf(at.line ?? 1) };
  }

  /** An error from inside of a text, placed in the text around it. */
  #replaced(error: TrustError, line: number | null): TrustError {
    if (this.#lineOf === null) return error;
    const { code, message, hint, cause, at } = error;
    const position = {
      line: at?.line === undefined && line !== null ? line : this.#lineOf(at?.line ?? 1),
      ...(at?.entry === undefined ? {} : { entry: at.entry }),
    };
    return new TrustError(code, message, { at: position, cause, ...(hint === undefined ? {} : { hint }) });
  }
}

/** An error whose offset counts from a place, with one that counts from where the place does. */
function moveBy(error: TrustError, place: number): TrustError {
  const { code, message, hint, cause, at } = error;
  if (at?.offset === undefined) return error;
  const moved = { ...at, offset: at.offset + place };
  return new TrustError(code, message, { at: moved, cause, ...(hint === undefined ? {} : { hint }) });
}

function tooManyCertificates(limit: number): TrustError {
  return new TrustError('input/too-many', `the input holds more than ${limit} certificates; the others are not read`, {
    hint: `split it${orRaise('certificates', limit, 10, HIGHEST_LIMITS.certificates)}`,
  });
}
