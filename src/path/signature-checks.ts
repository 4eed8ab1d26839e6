/**
 * The signatures on certificates within one validation: each certificate and key is verified once, within the budget.
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';
import { fingerprint } from '../x509/fingerprint.js';
import { inheritsParameters, withInheritedParameters } from '../x509/public-key.js';
import { type SignatureVerdict, verifyCertificateSignature } from '../x509/signature.js';
import type { Budget } from './budget.js';

/**
 * The subjectPublicKeyInfo of the first certificate of a path, with the DSA parameters that it inherits from those after it
 * (RFC 5280 6.1.4 (d)–(f)).
 *
 * @param path - lowest first, the anchor last
 * @returns DER
 */
export function workingPublicKey(path: readonly Certificate[]): Uint8Array {
  return path.reduceRight<Uint8Array>(
    (issuerKey, { subjectPublicKeyInfo }) => withInheritedParameters(subjectPublicKeyInfo, issuerKey),
    new Uint8Array(),
  );
}

/** What is known of signatures so far. */
export class SignatureChecks {
  readonly #budget: Budget;
  readonly #verdicts = new Map<string, SignatureVerdict>();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /**
   * Whether the key of an issuer verifies a certificate. A key that waits for its parameters is presumed to, until the whole
   * path is known and `verify` is asked.
   *
   * @throws {BudgetExceeded}
   */
  presume(certificate: Certificate, issuer: Certificate): SignatureVerdict {
    const { subjectPublicKeyInfo } = issuer;
    return inheritsParameters(subjectPublicKeyInfo) ? 'valid' : this.verify(certificate, subjectPublicKeyInfo);
  }

  /** @throws {BudgetExceeded} */
  verify(certificate: Certificate, issuerSpki: Uint8Array): SignatureVerdict {
    const key = `${certificate.sha256} ${fingerprint('sha256', issuerSpki)}`;
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    this.#budget.spend('signatures');
    const verdict = verifyCertificateSignature(certificate, issuerSpki);
    this.#verdicts.set(key, verdict);
    return verdict;
  }
}
