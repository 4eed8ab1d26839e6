/**
 * Fingerprints: digests of a certificate's DER. SHA-256 identifies; SHA-1 and MD5 are there because devices print them,
 * and the longer ones because key identifiers may be made of them.
 *
 * @module
 */
import { hash } from 'node:crypto';

/** Digest of bytes as lower-case hex. */
export function fingerprint(algorithm: 'sha512' | 'sha384' | 'sha256' | 'sha1' | 'md5', bytes: Uint8Array): string {
  return hash(algorithm, bytes, 'hex');
}
