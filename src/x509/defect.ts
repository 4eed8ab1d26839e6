/**
 * What a certificate may have wrong without being refused: it is RFC 5280 that rules it out, and what the other fields say is
 * beyond doubt. Java and OpenSSL read such certificates, and devices are delivered with them. No path leads over one.
 *
 * @module
 */
import type { ReadExtension } from './extensions.js';

/** A field that is read, or passed over, though it is not what RFC 5280 asks for. */
export type DefectiveField = 'version' | 'notBefore' | 'notAfter' | ReadExtension;

/** One of them. */
export interface CertificateDefect {
  readonly field: DefectiveField;
  /** What is wrong, with the name of the field; no full stop, printable. */
  readonly message: string;
}

/** What all of them say, in a sentence. */
export function describeDefects(defects: readonly CertificateDefect[]): string {
  return defects.map(({ message }) => message).join('; ');
}

/** Those of nearly every certificate. */
export const NO_DEFECTS: readonly CertificateDefect[] = [];
