/**
 * Gathers what is found while an input is unwrapped, each thing placed where it stands.
 *
 * @module
 */
import type { DescribedCertificate } from '../device/show-output.js';
import { expectTrustError, TrustError } from '../errors.js';
import { type Certificate, decodeCertificate } from '../x509/certificate.js';
import { renderSource, type Source, sourceOf } from '../x509/source.js';
import { decodePkcs7 } from './pkcs7.js';
import type { DamagedBlock, Note, NoteCode, RecoveredBlock } from './read-result.js';
import type { SearchBudget } from './recover.js';

/** Notes about how a whole text is laid out: one of a kind says enough, where it is first seen. */
const ONCE: ReadonlySet<NoteCode> = new Set([
  'pem/blank-line',
  'pem/blanks-for-newlines',
  'pem/crlf',
  'pem/html-entity',
  'pem/indented',
  'pem/invisible-character',
  'pem/line-prefix',
  'pem/line-suffix',
  'pem/lone-cr',
  'pem/long-line',
  'pem/quoted-printable',
  'pem/terminal-escape',
  'pem/trailing-blanks',
  'pem/url-safe',
]);

/** More errors or notes than anyone reads. */
const MAX_LISTED = 1000;

/** That damaged copies of unknown certificates are searched for the genuine ones, and how. */
export interface RecoveryRequest {
  /** Fingerprints by which a recovered certificate is one that was meant. */
  readonly expected: ReadonlySet<string>;
  readonly budget: SearchBudget;
}

/** A part of an input: the input itself, or a member of an archive in it. All parts share what was gathered. */
export class Collector {
  readonly certificates: Certificate[];
  readonly notes: Note[];
  readonly errors: TrustError[];
  readonly damaged: DamagedBlock[];
  readonly described: DescribedCertificate[];
  readonly recovered: RecoveredBlock[];
  /** Null where nothing is searched. */
  readonly recovery: RecoveryRequest | null;
  readonly #source: Source;
  readonly #noted = new Set<NoteCode>();

  constructor(input: string, recovery: RecoveryRequest | null = null, member: string | null = null, whole?: Collector) {
    this.recovery = recovery;
    this.#source = sourceOf(input, { member });
    this.certificates = whole?.certificates ?? [];
    this.notes = whole?.notes ?? [];
    this.errors = whole?.errors ?? [];
    this.damaged = whole?.damaged ?? [];
    this.described = whole?.described ?? [];
    this.recovered = whole?.recovered ?? [];
  }

  /** The part for a member of this part; a null name stays in this part. */
  enter(name: string | null): Collector {
    const { input, member } = this.#source;
    const path = [member, name].filter((step) => step !== null).join('!/');
    return name === null ? this : new Collector(input, this.recovery, path, this);
  }

  /** Where this part stands, with more of it. */
  source(more: Partial<Source> = {}): Source {
    return { ...this.#source, ...more };
  }

  certificate(certificate: Certificate): void {
    this.certificates.push(certificate);
  }

  /** Adds each certificate that decodes, and an error for each that does not. */
  decode(encodings: readonly Uint8Array[], source: Source): void {
    for (const der of encodings) {
      try {
        this.certificates.push(decodeCertificate(der, source));
      } catch (error) {
        this.error(expectTrustError(error), source);
      }
    }
  }

  /** Adds the certificates of a PKCS#7 structure, or an error. */
  pkcs7(bytes: Uint8Array, source: Source): void {
    try {
      this.decode(decodePkcs7(bytes), source);
    } catch (error) {
      this.error(expectTrustError(error), source);
    }
  }

  note(code: NoteCode, message: string, at: { line?: number; column?: number; offset?: number } = {}): void {
    if (this.notes.length === MAX_LISTED || (ONCE.has(code) && this.#noted.has(code))) return;
    this.#noted.add(code);
    const { member } = this.#source;
    this.notes.push({ code, message, ...at, ...(member === null ? {} : { member }) });
  }

  /** Adds an error, placed in this part or at what is known of its source. */
  error(error: TrustError, { line, alias }: Partial<Source> = {}): void {
    if (this.errors.length > MAX_LISTED) return;
    if (this.errors.length === MAX_LISTED) {
      const message = `more than ${MAX_LISTED} parts of the input are bad; the others are not listed`;
      this.errors.push(new TrustError('input/too-many', message, { at: { source: this.#source.input } }));
      return;
    }
    this.errors.push(
      error.within({
        source: renderSource(this.#source),
        ...(line == null ? {} : { line }),
        ...(alias == null ? {} : { entry: alias }),
      }),
    );
  }

  /** Notes a private key, of which nothing is kept. */
  privateKey(line?: number): void {
    const at = line === undefined ? {} : { line };
    this.note('input/private-key', 'a private key is here; it is not read, and never copied anywhere', at);
  }

  damage(block: DamagedBlock): void {
    this.damaged.push(block);
  }

  recover(block: RecoveredBlock): void {
    this.recovered.push(block);
  }
}
