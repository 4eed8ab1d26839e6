/**
 * The signature of a root proves nothing about trust, but one that does not verify proves that the bytes are not what
 * the CA made. The hash it uses matters to nobody who trusts the key already, so an old one is worth a note only.
 *
 * @module
 */
import { usesOldHash } from '../../x509/signature.js';
import { findingAbout, type Rule } from '../rule.js';

/** `anchor/bad-signature`, `anchor/unsupported-signature`, `anchor/not-self-signed`, `anchor/old-hash` */
export const selfSignature: Rule = (certificate, { selfSignature: verdict }) => {
  const algorithm = certificate.signatureAlgorithm;
  switch (verdict) {
    case null:
      return [
        findingAbout(
          certificate,
          'anchor/not-self-signed',
          'warning',
          `not a root: issued by ${certificate.issuer}`,
          'install the root it leads to; an intermediate belongs into device chain blocks',
        ),
      ];
    case 'invalid':
      return [
        findingAbout(
          certificate,
          'anchor/bad-signature',
          'error',
          `its own key does not verify its signature (${algorithm})`,
          'the copy is damaged or forged: fetch it again and compare the fingerprint by another way',
        ),
      ];
    case 'unsupported':
      return [
        findingAbout(
          certificate,
          'anchor/unsupported-signature',
          'warning',
          `its signature (${algorithm}) cannot be checked by this runtime`,
          'compare the fingerprint by another way',
        ),
      ];
    case 'valid':
      return usesOldHash(certificate)
        ? [
            findingAbout(
              certificate,
              'anchor/old-hash',
              'info',
              `signed by itself with ${algorithm}`,
              'harmless in a root: its signature is not what makes it trusted',
            ),
          ]
        : [];
  }
};
