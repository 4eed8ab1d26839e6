/**
 * `--crl`: certificate revocation lists from files, in DER or PEM, several in a file too.
 *
 * @module
 */
import { scanPem } from '../encoding/pem.js';
import { expectTrustError, TrustError } from '../errors.js';
import { detectBinary } from '../input/detect.js';
import { contentOfLabel } from '../input/label.js';
import { MAX_INPUT_BYTES, readInput } from '../io/read-input.js';
import { peekElement } from '../store/peek.js';
import { type CertificateRevocationList, decodeCrl } from '../x509/crl.js';

/** What the files held. */
export interface ReadCrls {
  readonly crls: readonly CertificateRevocationList[];
  /** One for each file or block that is no CRL; the others are good all the same. */
  readonly errors: readonly TrustError[];
  /** The same in a line each: what is missing may be about any certificate, so path validation has to know of it. */
  readonly missing: readonly string[];
}

/** Reads the CRLs of every file. */
export function readCrlFiles(paths: readonly string[]): ReadCrls {
  const read = paths.map((path) => {
    try {
      const { crls, errors } = crlsOf(readInput(path, MAX_INPUT_BYTES));
      return { crls, errors: errors.map((error) => error.within({ source: path })) };
    } catch (error) {
      return { crls: [], errors: [expectTrustError(error).within({ source: path })] };
    }
  });
  const errors = read.flatMap((one) => one.errors);
  return { crls: read.flatMap(({ crls }) => crls), errors, missing: errors.map(describe) };
}

function describe({ message, at }: TrustError): string {
  const line = at?.line === undefined ? '' : ` line ${at.line}`;
  return `--crl ${at?.source ?? ''}${line}: ${message}`;
}

/** @throws {TrustError} `crl/malformed` when there is none */
function crlsOf(bytes: Uint8Array): Pick<ReadCrls, 'crls' | 'errors'> {
  if (detectBinary(bytes) === 'crl') return derCrlsOf(bytes);
  const { blocks, rejected } = scanPem(bytes);
  const crls: CertificateRevocationList[] = [];
  const errors = rejected.map(({ error }) => error);
  for (const { label, der, line } of blocks) {
    if (contentOfLabel(label) !== 'crl') continue;
    try {
      crls.push(decodeCrl(der));
    } catch (error) {
      // An offset counts in what the block decodes to, of which a text says nothing.
      const { code, message } = expectTrustError(error);
      errors.push(new TrustError(code, message, { at: { line }, cause: error }));
    }
  }
  if (crls.length > 0 || errors.length > 0) return { crls, errors };
  throw new TrustError('crl/malformed', 'the file is no certificate revocation list', {
    hint: 'name the file that holds the CRL, in DER or PEM',
  });
}

/** CRLs in DER, one behind another. What is behind the last of them is taken for a part of it, and refused with it. */
function derCrlsOf(bytes: Uint8Array): Pick<ReadCrls, 'crls' | 'errors'> {
  const crls: CertificateRevocationList[] = [];
  const errors: TrustError[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = endOfCrl(bytes, start);
    try {
      crls.push(decodeCrl(bytes.subarray(start, end)));
    } catch (error) {
      const { code, message, at } = expectTrustError(error);
      errors.push(new TrustError(code, message, { at: { offset: start + (at?.offset ?? 0) }, cause: error }));
    }
    start = end;
  }
  return { crls, errors };
}

/** Where the next CRL begins, or the file ends. */
function endOfCrl(bytes: Uint8Array, start: number): number {
  const { contentStart = 0, length = null } = peekElement(bytes, start) ?? {};
  const end = contentStart + (length ?? bytes.length);
  return detectBinary(bytes.subarray(end)) === 'crl' ? end : bytes.length;
}
