/**
 * Keys and signature algorithms. RFC 5280 leaves them to the application; what is refused under any profile is what can be
 * forged today. The rest is CA/Browser Forum Baseline Requirements 6.1.5, 6.1.6 and 7.1.3.
 *
 * @module
 */
import type { Certificate } from '../../x509/certificate.js';
import { isUsableKey } from '../../x509/key-object.js';
import { describeExponent, type PublicKey } from '../../x509/public-key.js';
import { type SignedData, signatureHash } from '../../x509/signature.js';
import type { CertificateRule, Profile } from '../certificate-rule.js';
import { reason } from '../reason.js';

/** The shortest RSA and DSA keys. RSA of 829 bits was factored in 2020; below 1024 is within reach of anyone. */
const SHORTEST: Readonly<Record<Profile, number>> = { rfc5280: 1024, webpki: 2048 };

/** As strong as RSA of 1024 bits (NIST SP 800-57 part 1, table 2). Logarithms on a curve of 112 bits were found in 2009. */
const SHORTEST_EC = 160;

/** Baseline Requirements 6.1.5. */
const WEBPKI_CURVES: readonly string[] = ['P-256', 'P-384', 'P-521'];

/** Hashes for which collisions are made at will (MD5: RFC 6151). */
const BROKEN_HASHES: readonly (string | null)[] = ['md2', 'md5'];

/** The key is strong enough, of a kind that the profile knows, and a key at all: those of issuers show that when they verify. */
export const strongKey: CertificateRule = (certificate, { role, profile }) => {
  const weakness =
    describeWeakness(certificate.publicKey, profile) ??
    (role === 'end-entity' ? describeUnusableKey(certificate) : null);
  return weakness === null ? [] : [reason('path/weak-key', weakness, certificate)];
};

/** The signature is over a hash that holds. That of an anchor proves nothing (RFC 5280 6.1.1 (d)), so it is not looked at. */
export const strongSignature: CertificateRule = (certificate, { role, profile }) => {
  if (role === 'anchor') return [];
  const hash = oldHash(certificate, profile);
  if (hash !== null) {
    return [reason('path/old-hash', `signed with ${certificate.signatureAlgorithm} over ${hash}`, certificate)];
  }
  return [];
};

/** The hash of a signature on a certificate or anything else, where it is refused; null where the hash is no reason to. */
export function oldHash(signed: Pick<SignedData, 'signatureAlgorithmDer'>, profile: Profile): string | null {
  const hash = signatureHash(signed);
  return BROKEN_HASHES.includes(hash) || (profile === 'webpki' && hash === 'sha1') ? hash : null;
}

function describeWeakness(key: PublicKey, profile: Profile): string | null {
  const { algorithm, size } = key;
  switch (algorithm) {
    case 'RSA':
      return describeRsaWeakness(key, profile);
    case 'EC':
      if (key.curve === undefined) return 'the curve is not given by name';
      if (size !== null && size < SHORTEST_EC) return `an EC key of ${size} bits, at least ${SHORTEST_EC} expected`;
      return profile === 'webpki' && !WEBPKI_CURVES.includes(key.curve)
        ? `the curve ${key.curve} is not allowed`
        : null;
    case 'DSA':
      if (profile === 'webpki') return 'DSA keys are not allowed';
      return size !== null && size < SHORTEST[profile] ? `a DSA key of ${size} bits` : null;
    default:
      return profile === 'webpki' ? `${algorithm} keys are not allowed` : null;
  }
}

/** SEC 1 3.2.2.1: a public key on a curve that every runtime knows is a point of it, and not the one at infinity. */
function describeUnusableKey({ publicKey, subjectPublicKeyInfo }: Certificate): string | null {
  if (publicKey.curve === undefined || !WEBPKI_CURVES.includes(publicKey.curve)) return null;
  return isUsableKey(subjectPublicKeyInfo) ? null : `the key is no point of ${publicKey.curve}`;
}

function describeRsaWeakness({ size, exponent = 0n, modulus = 0n }: PublicKey, profile: Profile): string | null {
  if (size === null || size < SHORTEST[profile])
    return `an RSA key of ${size} bits, at least ${SHORTEST[profile]} expected`;
  if (exponent < 3n || exponent % 2n === 0n) return `an RSA key whose exponent is ${describeExponent(exponent)}`;
  if (modulus % 2n === 0n) return 'an RSA key with an even modulus';
  return profile === 'webpki' && size % 8 !== 0 ? `an RSA key of ${size} bits, which 8 does not divide` : null;
}
