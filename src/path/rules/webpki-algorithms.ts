/**
 * The CA/Browser Forum Baseline Requirements on the identifiers of keys and signature algorithms (7.1.3), which they give
 * octet by octet.
 *
 * @module
 */
import { childrenOf, decodeElement, encodingOf, TAG } from '../../encoding/der.js';
import { encodeHex } from '../../encoding/hex.js';
import type { Certificate } from '../../x509/certificate.js';
import { type CertificateRule, isOld } from '../certificate-rule.js';
import { reason } from '../reason.js';

/** 7.1.3.1: rsaEncryption with NULL, and id-ecPublicKey with the curves P-256, P-384 and P-521. */
const KEYS: ReadonlySet<string> = new Set([
  '300d06092a864886f70d0101010500',
  '301306072a8648ce3d020106082a8648ce3d030107',
  '301006072a8648ce3d020106052b81040022',
  '301006072a8648ce3d020106052b81040023',
]);

/** 7.1.3.2: RSASSA-PKCS1-v1_5, RSASSA-PSS and ECDSA, each with SHA-256, SHA-384 and SHA-512. */
const SIGNATURES: ReadonlySet<string> = new Set([
  ...['0b', '0c', '0d'].map((arc) => `300d06092a864886f70d0101${arc}0500`),
  ...[pss('01', '20'), pss('02', '30'), pss('03', '40')],
  ...['02', '03', '04'].map((arc) => `300a06082a8648ce3d0403${arc}`),
]);

/** The last arc of the hash and the length of the salt, in hex. */
function pss(hash: string, salt: string): string {
  const algorithm = `300d06096086480165030402${hash}0500`;
  return `304106092a864886f70d01010a3034a00f${algorithm}a11c301a06092a864886f70d010108${algorithm}a2030201${salt}`;
}

/** 7.1.3.1: the algorithm of the key is one of those listed, whatever a key of another identifier might mean. */
export const listedKeyAlgorithm: CertificateRule = (certificate) => {
  const [algorithm] = childrenOf(decodeElement(certificate.subjectPublicKeyInfo, TAG.sequence));
  return algorithm !== undefined && KEYS.has(encodeHex(encodingOf(algorithm)))
    ? []
    : [reason('path/weak-key', 'the algorithm of the key is not one that is listed', certificate)];
};

/** 7.1.3.2: so is that of the signature. What a root of before the requirements says of its own is of no interest. */
export const listedSignatureAlgorithm: CertificateRule = (certificate, { role }) =>
  (role === 'anchor' && isOld(certificate)) || SIGNATURES.has(encodeHex(certificate.signatureAlgorithmDer))
    ? []
    : [reason('path/forbidden-algorithm', `signed with ${certificate.signatureAlgorithm}`, certificate)];

/** Which hash goes with which curve (7.1.3.2.2). */
const ECDSA_BY_CURVE: ReadonlyMap<string, string> = new Map([
  ['P-256', 'ecdsa-with-SHA256'],
  ['P-384', 'ecdsa-with-SHA384'],
  ['P-521', 'ecdsa-with-SHA512'],
]);

/** Version 1.7.1 of the requirements brought the pairs of curve and hash. */
const ECDSA_PAIRED = Date.UTC(2020, 7, 20);

/** 7.1.3.2.2: whether a certificate is signed with the hash that goes with the curve of the issuer's key. */
export function fitsIssuerCurve(certificate: Certificate, issuer: Certificate): boolean {
  const { curve } = issuer.publicKey;
  const expected = curve === undefined ? undefined : ECDSA_BY_CURVE.get(curve);
  return (
    expected === undefined ||
    certificate.notBefore.getTime() < ECDSA_PAIRED ||
    certificate.signatureAlgorithm === expected
  );
}
