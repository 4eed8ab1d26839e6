/**
 * Reading a list of roots from a file: a certdata.txt of Mozilla NSS, or a bundle of PEM certificates. Which of the two it
 * is, its content says.
 *
 * @module
 */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { looksLikeCertdata, MAX_CERTDATA_BYTES, parseCertdata } from '../catalog/certdata.js';
import { listedByBundle, type RootList } from '../catalog/update.js';
import { toPrintable } from '../encoding/printable.js';
import { toDay } from '../encoding/rfc3339.js';
import { expectTrustError, TrustError } from '../errors.js';
import { readCertificates } from '../input/read-certificates.js';
import { readInput } from '../io/read-input.js';
import { toReadError } from '../io/system-error.js';
import type { Certificate } from '../x509/certificate.js';
import { fingerprint } from '../x509/fingerprint.js';

/** A list as it was read. */
export interface ReadRootList {
  readonly list: RootList;
  /** Whether its day is that of the file, because nobody said another: a copy of an old list may have a new one. */
  readonly isDateOfFile: boolean;
  /** How many objects of it refuse a certificate that it does not hold. */
  readonly refusedWithoutCertificate: number;
}

const MAX_NAME_LENGTH = 200;

/**
 * Reads a list, whole or not at all: of a list that is read in part, every root that is missing would look as if it had
 * been removed.
 *
 * @param at - the day the list is of; without it, that of the file
 * @throws {TrustError} `catalog/malformed`, `input/…`, and the first error of a PEM block, with the path
 */
export function readRootList(path: string, at: Date | undefined): ReadRootList {
  const bytes = readInput(path, MAX_CERTDATA_BYTES);
  const isDateOfFile = at === undefined;
  const of = {
    name: [...toPrintable(basename(path))].slice(0, MAX_NAME_LENGTH).join(''),
    sha256: fingerprint('sha256', bytes),
    date: toDay(at ?? dateOf(path)),
  };
  try {
    const text = new TextDecoder().decode(bytes);
    if (!looksLikeCertdata(text)) {
      const roots = listedByBundle(readBundle(bytes, path));
      return { list: { kind: 'pem', ...of, roots }, isDateOfFile, refusedWithoutCertificate: 0 };
    }
    const { roots, refusedWithoutCertificate } = parseCertdata(text);
    return { list: { kind: 'certdata', ...of, roots }, isDateOfFile, refusedWithoutCertificate };
  } catch (error) {
    throw expectTrustError(error).within({ source: path });
  }
}

/** Neither format says of which day it is. */
function dateOf(path: string): Date {
  try {
    return statSync(path).mtime;
  } catch (error) {
    throw toReadError(error, path);
  }
}

function readBundle(bytes: Uint8Array, path: string): readonly Certificate[] {
  const { kind, certificates, damaged, errors } = readCertificates(bytes, { name: path });
  const [error] = errors;
  if (error !== undefined) throw error;
  const [copy] = damaged;
  // With a description of every certificate above it, a bundle is text.
  if ((kind === 'pem' || kind === 'text') && copy === undefined) return certificates;
  const found = copy === undefined ? `it is ${kind}` : `it holds a damaged copy of ${copy.root.name}`;
  throw new TrustError('catalog/malformed', `a certdata.txt or a bundle of PEM certificates was expected: ${found}`, {
    hint: 'fetch certdata.txt of Mozilla NSS, or a bundle made from it, as a file',
  });
}
