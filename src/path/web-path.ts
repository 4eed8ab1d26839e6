/**
 * What the CA/Browser Forum Baseline Requirements ask of a certificate and its issuer together (7.1.2.11.1, 7.1.3.2.2,
 * 7.1.4.1).
 *
 * @module
 */
import { equalBytes } from '../encoding/byte-writer.js';
import type { Certificate } from '../x509/certificate.js';
import { mayBeSigner } from './crl-signer.js';
import { type Reason, reason } from './reason.js';
import { fitsIssuerCurve } from './rules/webpki-algorithms.js';

/**
 * Checks each certificate of a path against the one above it.
 *
 * @param path - the end entity first, the anchor last
 */
export function checkWebPath(path: readonly Certificate[]): readonly Reason[] {
  return path.slice(0, -1).flatMap((certificate, i) => {
    const issuer = path[i + 1] as Certificate;
    return [
      ...(equalBytes(certificate.issuerName.der, issuer.subjectName.der)
        ? []
        : [reason('path/bad-name', 'the issuer is not written as its own certificate writes it', certificate)]),
      ...(mayBeSigner(certificate, issuer)
        ? []
        : [reason('path/bad-key-identifier', 'the key identifier of the issuer is another', certificate)]),
      ...(fitsIssuerCurve(certificate, issuer)
        ? []
        : [
            reason(
              'path/forbidden-algorithm',
              'signed with a hash that does not go with the curve of the issuer',
              certificate,
            ),
          ]),
    ];
  });
}
