/**
 * Chains of keys that grow in PKCS#12: Java (sun.security.pkcs12.PKCS12KeyStore) builds them from the certificates of the
 * file, by names and key identifiers and without a look at signatures.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import { verifyCertificateSignature } from '../x509/signature.js';
import { foldAlias, quoteAlias } from './alias.js';
import type { ConversionRemark } from './conversion-losses.js';
import type { KeystoreEntry } from './keystore.js';

/**
 * The keys whose chains go on beyond what they were.
 *
 * @param before - the entries that were converted; what Java finds begins with their chains
 * @param after - those of the PKCS#12 file
 * @throws {TrustError} `keystore/cannot-preserve` for a chain that would go on with a certificate whose key did not sign
 *   the one below
 */
export function longerChains(
  before: readonly KeystoreEntry[],
  after: readonly KeystoreEntry[],
): readonly ConversionRemark[] {
  const found = new Map(after.map((entry) => [foldAlias(entry.alias), entry]));
  return before.flatMap(({ alias, kind, fingerprints: { length } }) => {
    const entry = found.get(foldAlias(alias));
    if (kind !== 'private-key' || entry === undefined || entry.fingerprints.length === length) return [];
    const chain = entry.certificates;
    const added = chain.slice(length);
    for (const [index, issuer] of added.entries()) requireIssued(chain[length + index - 1], issuer, alias);
    const subjects = added.map(({ subject }) => toPrintable(subject)).join(' and ');
    return [
      {
        code: 'keystore/longer-chain',
        message: `in PKCS#12 the chain of the key ${quoteAlias(alias)} goes on with ${subjects}, which the keystore holds`,
        hint: 'Java adds the issuers that it finds in the file, and keytool does so too; JCEKS keeps chains as they are',
        alias,
      },
    ];
  });
}

function requireIssued(below: Certificate | undefined, issuer: Certificate, alias: string): void {
  if (below !== undefined && verifyCertificateSignature(below, issuer.subjectPublicKeyInfo) === 'valid') return;
  throw new TrustError(
    'keystore/cannot-preserve',
    `the chain of the key ${quoteAlias(alias)} cannot be kept: in PKCS#12 Java would go on with ${toPrintable(issuer.subject)}, which did not sign the certificate below`,
    { at: { entry: alias }, hint: 'JCEKS keeps any chain as it is; or remove that certificate first' },
  );
}
