/**
 * What PEM blocks hold, by their labels: RFC 7468, what OpenSSL and older programs write, and OpenPGP (RFC 9580 6.2.1).
 *
 * @module
 */

/** What a block holds, as far as it matters here. `trusted-certificate` has data of OpenSSL after the certificate. */
export type BlockContent =
  | 'certificate'
  | 'trusted-certificate'
  | 'pkcs7'
  | 'keystore'
  | 'csr'
  | 'crl'
  | 'public-key'
  | 'private-key'
  | 'other';

const CONTENTS: ReadonlyMap<string, BlockContent> = new Map([
  ['CERTIFICATE', 'certificate'],
  // As programs wrote before RFC 7468 (5.1).
  ['X509 CERTIFICATE', 'certificate'],
  ['X.509 CERTIFICATE', 'certificate'],
  ['TRUSTED CERTIFICATE', 'trusted-certificate'],
  ['PKCS7', 'pkcs7'],
  ['PKCS #7 SIGNED DATA', 'pkcs7'],
  ['CMS', 'pkcs7'],
  ['CERTIFICATE CHAIN', 'pkcs7'],
  // As GnuTLS writes it.
  ['PKCS12', 'keystore'],
  ['PFX', 'keystore'],
  ['CERTIFICATE REQUEST', 'csr'],
  ['NEW CERTIFICATE REQUEST', 'csr'],
  ['X509 CRL', 'crl'],
  ['PUBLIC KEY', 'public-key'],
  ['PRIVATE KEY', 'private-key'],
  ['RSA PRIVATE KEY', 'private-key'],
  ['EC PRIVATE KEY', 'private-key'],
  ['DSA PRIVATE KEY', 'private-key'],
  ['ENCRYPTED PRIVATE KEY', 'private-key'],
  ['PGP PUBLIC KEY BLOCK', 'public-key'],
  ['PGP PRIVATE KEY BLOCK', 'private-key'],
]);

/** The labels that damaged markers are compared with. */
export const LABELS: readonly string[] = [...CONTENTS.keys()];

/** What a block of a label holds. */
export function contentOfLabel(label: string): BlockContent {
  return CONTENTS.get(label) ?? (label.endsWith('PRIVATE KEY') ? 'private-key' : 'other');
}
