/**
 * What reading an input gives: the certificates, and everything that was odd on the way to them.
 *
 * @module
 */
import type { CatalogEntry } from '../catalog/catalog.js';
import type { DescribedCertificate } from '../device/show-output.js';
import type { TrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import type { Source } from '../x509/source.js';
import type { LineComparison } from './compare-lines.js';

/** What an input is, decided by its bytes. */
export type InputKind =
  | 'pem'
  | 'der'
  | 'base64'
  | 'pkcs7'
  | 'pkcs12'
  | 'jks'
  | 'jceks'
  | 'bks'
  | 'uber'
  | 'bcfks'
  | 'zip'
  | 'tar'
  | 'gzip'
  | 'xz'
  | 'zstd'
  | 'crl'
  | 'csr'
  | 'key'
  | 'device-config'
  | 'device-show'
  | 'keytool-rfc'
  | 'text'
  | 'unknown';

/** What a note is about; stable. */
export type NoteCode =
  | 'certificate/defect'
  | 'der/restored-from-catalog'
  | 'der/trailing-bytes'
  | 'device/no-bytes'
  | 'device/no-trustpoint'
  | 'device/probably'
  | 'device/recognised'
  | 'device/restored-from-catalog'
  | 'device/serial-mismatch'
  | 'input/private-key'
  | 'input/unknown-format'
  | 'keystore/trailing-bytes'
  | 'pem/blank-line'
  | 'pem/blanks-for-newlines'
  | 'pem/byte-order-mark'
  | 'pem/crlf'
  | 'pem/damaged-marker'
  | 'pem/hexadecimal'
  | 'pem/html-entity'
  | 'pem/indented'
  | 'pem/invisible-character'
  | 'pem/ligature'
  | 'pem/line-prefix'
  | 'pem/line-suffix'
  | 'pem/lone-cr'
  | 'pem/long-line'
  | 'pem/missing-begin'
  | 'pem/missing-end'
  | 'pem/missing-line-end'
  | 'pem/missing-padding'
  | 'pem/no-markers'
  | 'pem/numbers'
  | 'pem/other-line'
  | 'pem/quoted-printable'
  | 'pem/recovered'
  | 'pem/restored-from-catalog'
  | 'pem/terminal-escape'
  | 'pem/trailing-blanks'
  | 'pem/url-safe'
  | 'pem/utf-16'
  | 'pkcs7/bad-signature'
  | 'pkcs7/signed'
  | 'pkcs7/unchecked-signature';

/** Something that was tolerated. Lines and columns count from 1, in characters; offsets are bytes from 0. */
export interface Note {
  readonly code: NoteCode;
  /** Lower case, no full stop; printable. */
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly offset?: number;
  /** Path inside an archive; nested archives are joined by `!/`. */
  readonly member?: string;
}

/** One place where a damaged copy differs from the genuine certificate. */
export interface Difference {
  readonly line: number;
  readonly column: number;
  /** What stands there; empty where characters are missing. Not escaped. */
  readonly found: string;
  /** What the genuine text has; empty where the copy has too much. */
  readonly genuine: string;
}

/** A damaged copy of a known root, and the root that stands for it. */
export interface DamagedBlock {
  /** Where the copy begins. */
  readonly source: Source;
  readonly root: CatalogEntry;
  /** The genuine certificate; the same object is among the certificates of the result. */
  readonly certificate: Certificate;
  /** Every difference of the base64 text, in order; at least one. */
  readonly differences: readonly Difference[];
  /** The lines in which they are. */
  readonly lines: readonly LineComparison[];
}

/** A damaged copy of a self-signed certificate that no catalog knows, put right in such a way that its own signature verifies. */
export interface RecoveredBlock {
  /** Where the copy begins. */
  readonly source: Source;
  /** Among the certificates of the result only when its fingerprint was expected. */
  readonly certificate: Certificate;
  /** In order; at least one. */
  readonly differences: readonly Difference[];
  readonly lines: readonly LineComparison[];
}

/** Everything that one input holds. */
export interface ReadResult {
  readonly kind: InputKind;
  /** In the order in which they stand in the input, every occurrence, each with its source. */
  readonly certificates: readonly Certificate[];
  readonly notes: readonly Note[];
  /** What could not be read, one for each item, placed by `at.source` and line or offset. */
  readonly errors: readonly TrustError[];
  readonly damaged: readonly DamagedBlock[];
  readonly recovered: readonly RecoveredBlock[];
  /** Certificates that a device described in words, without their bytes, in order. */
  readonly described: readonly DescribedCertificate[];
  /** Files in archives, whatever they hold, in order: paths, nested archives joined by `!/`. None where it is no archive. */
  readonly members: readonly string[];
  /** Attachments of mails, likewise: lines of what stands in them are their own, as in files of archives. */
  readonly attachments: readonly string[];
  /** Those of the certificates that keystores hold without making Java trust them: chains of keys, and what it does not see. */
  readonly untrusted: readonly Certificate[];
}
