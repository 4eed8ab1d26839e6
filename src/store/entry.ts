/**
 * Entries whose certificates are decoded when they are first asked for: editing a keystore and finding a fingerprint in
 * it need no decoding.
 *
 * @module
 */
import { expectTrustError, TrustError } from '../errors.js';
import { type Certificate, decodeCertificate } from '../x509/certificate.js';
import { fingerprint } from '../x509/fingerprint.js';
import { type Source, sourceOf } from '../x509/source.js';
import type { EntryKind, KeystoreEntry } from './keystore.js';

/** A certificate as a keystore holds it: its bytes, and the decoded form or why there is none, worked out once. */
export interface StoredCertificate {
  readonly der: Uint8Array;
  readonly decoded: Certificate | TrustError;
}

/** Wraps the bytes of a certificate; nothing is decoded yet. */
export function storedCertificate(der: Uint8Array): StoredCertificate {
  let decoded: Certificate | TrustError | undefined;
  return {
    der,
    get decoded() {
      decoded ??= decodeOrExplain(der);
      return decoded;
    },
  };
}

/** What an entry is made of. */
export interface EntryParts {
  readonly alias: string;
  readonly kind: EntryKind;
  readonly created: Date | null;
  readonly certificates: readonly StoredCertificate[];
  /** Where the keystore comes from. */
  readonly source: Source | undefined;
  readonly notes: readonly string[];
}

/** Makes an entry. A certificate that does not decode becomes a note. */
export function keystoreEntry(parts: EntryParts): KeystoreEntry {
  const { alias, kind, created, certificates } = parts;
  let contents: ReturnType<typeof readContents> | undefined;
  let fingerprints: readonly string[] | undefined;
  return {
    alias,
    kind,
    created,
    get certificates() {
      contents ??= readContents(parts);
      return contents.certificates;
    },
    get fingerprints() {
      fingerprints ??= certificates.map(({ der }) => fingerprint('sha256', der));
      return fingerprints;
    },
    get note() {
      contents ??= readContents(parts);
      return contents.note;
    },
  };
}

function readContents({ alias, certificates, source = sourceOf('-'), notes }: EntryParts): {
  readonly certificates: readonly Certificate[];
  readonly note: string | undefined;
} {
  const readable: Certificate[] = [];
  const note = [...notes];
  for (const { decoded } of certificates) {
    if (decoded instanceof TrustError)
      note.push(`${decoded.message}; Java may refuse the whole keystore because of it`);
    else readable.push(decoded.withSource({ ...source, alias }));
  }
  return { certificates: readable, note: note.join('; ') || undefined };
}

function decodeOrExplain(der: Uint8Array): Certificate | TrustError {
  try {
    return decodeCertificate(der);
  } catch (error) {
    return expectTrustError(error);
  }
}
