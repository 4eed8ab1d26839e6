/**
 * Keys that cannot be trusted (RSA below 2048 bits or with a modulus that can be factored, curves below 256 bits or given by
 * parameters, DSA), keys that no program can use, and those that are merely out of the ordinary: CA/Browser Forum Baseline
 * Requirements 6.1.5 and 6.1.6, NIST SP 800-131A and SP 800-89, RFC 5480.
 *
 * @module
 */
import type { Certificate } from '../../x509/certificate.js';
import { isUsableKey } from '../../x509/key-object.js';
import { describeExponent, isCompressedPoint } from '../../x509/public-key.js';
import { describeWeakModulus, LONGEST_MODULUS } from '../../x509/rsa-modulus.js';
import type { Finding } from '../finding.js';
import { findingAbout, type Rule } from '../rule.js';

/** Baseline Requirements 6.1.6: an exponent should lie between. */
const USUAL_EXPONENTS = { least: 2n ** 16n + 1n, most: 2n ** 256n - 1n } as const;

/** Curves that every build of OpenSSL has: a key on one of them that cannot be used is no point on it. */
const EVERYWHERE: readonly string[] = ['P-256', 'P-384', 'P-521'];

/** Curves that some program in use has been told to make roots on; others are known to few. */
const USUAL: readonly string[] = [...EVERYWHERE, 'secp256k1', 'brainpoolP256r1', 'brainpoolP384r1', 'brainpoolP512r1'];

/** `anchor/weak-key`, `anchor/bad-key`, `anchor/compressed-key`, `anchor/unusual-key`, `anchor/unknown-key` */
export const weakKey: Rule = (certificate, { entry }) => {
  const { algorithm, size, curve } = certificate.publicKey;
  // The moduli of public roots were looked into once for all, where the catalog is tested: they are not made anew.
  if (algorithm === 'RSA') return checkRsa(certificate, entry === null);
  if (algorithm === 'DSA') return weak(certificate, 'is DSA, which Java and the device platforms no longer accept');
  if (algorithm === 'EC' && curve === undefined) return weak(certificate, 'gives its curve by parameters, not by name');
  if (size === null) return unknown(certificate, `its key algorithm ${curve ?? algorithm} is not known here`);
  return algorithm === 'EC' ? checkEc(certificate, size) : [];
};

function checkRsa(certificate: Certificate, isUnknown: boolean): readonly Finding[] {
  const { size, exponent = 0n, modulus = 0n } = certificate.publicKey;
  const bits = size ?? 0;
  if (bits < 2048) return weak(certificate, `has ${bits} bits, at least 2048 are expected`, 'its RSA key');
  if (exponent < 3n || exponent % 2n === 0n)
    return weak(
      certificate,
      `is ${describeExponent(exponent)}, an odd number of at least 3 is expected`,
      'its RSA exponent',
    );
  if (bits > LONGEST_MODULUS)
    return bad(certificate, `its RSA key has ${bits} bits, at most ${LONGEST_MODULUS} are usable`);
  const weakness = isUnknown ? describeWeakModulus(modulus) : null;
  if (weakness !== null) return weak(certificate, weakness, 'its RSA modulus');
  return [
    ...(exponent >= USUAL_EXPONENTS.least && exponent <= USUAL_EXPONENTS.most
      ? []
      : [unusual(certificate, `its RSA exponent is ${describeExponent(exponent)}; 65537 is usual`)]),
    ...(bits % 8 === 0 ? [] : [unusual(certificate, `its RSA key has ${bits} bits, which 8 does not divide`)]),
  ];
}

function checkEc(certificate: Certificate, size: number): readonly Finding[] {
  if (size < 256) return weak(certificate, `has ${size} bits, at least 256 are expected`, 'its EC key');
  const { curve = '' } = certificate.publicKey;
  if (EVERYWHERE.includes(curve) && !isUsableKey(certificate.subjectPublicKeyInfo))
    return bad(certificate, `its EC key is no point on the curve ${curve}`);
  if (!USUAL.includes(curve))
    return unknown(certificate, `its EC key is on the curve ${curve}, which few programs know`);
  return isCompressedPoint(certificate.subjectPublicKeyInfo)
    ? [
        findingAbout(
          certificate,
          'anchor/compressed-key',
          'warning',
          'its EC key is a compressed point',
          'Java cannot read it: make sure that every consumer can, or ask the CA for its current root',
        ),
      ]
    : [];
}

function weak(certificate: Certificate, message: string, what = 'its key'): readonly Finding[] {
  return [
    findingAbout(certificate, 'anchor/weak-key', 'error', `${what} ${message}`, 'ask the CA for its current root'),
  ];
}

function unknown(certificate: Certificate, message: string): readonly Finding[] {
  const hint = 'make sure that every consumer can use it';
  return [findingAbout(certificate, 'anchor/unknown-key', 'warning', message, hint)];
}

function bad(certificate: Certificate, message: string): readonly Finding[] {
  return [findingAbout(certificate, 'anchor/bad-key', 'error', message, 'nothing can be verified with it: ask the CA')];
}

function unusual(certificate: Certificate, message: string): Finding {
  const hint = 'harmless in itself; a device that knows usual keys only may refuse it';
  return findingAbout(certificate, 'anchor/unusual-key', 'info', message, hint);
}
