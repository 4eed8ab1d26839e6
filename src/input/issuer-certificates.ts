/**
 * What lies where a certificate points for its issuer (RFC 5280 4.2.2.1): a certificate in DER, or a PKCS#7 bundle of
 * certificates. Many servers hand out PEM instead, which is read too. Nothing else is unwrapped: no archives, no keystores.
 *
 * @module
 */
import { TAG } from '../encoding/der.js';
import { scanPem } from '../encoding/pem.js';
import { expectTrustError, TrustError } from '../errors.js';
import { type Certificate, decodeCertificate, looksLikeCertificate } from '../x509/certificate.js';
import type { Source } from '../x509/source.js';
import { contentOfLabel } from './label.js';
import { decodePkcs7 } from './pkcs7.js';

/** An issuer and its cross-signs; a bundle of all that a CA has ever issued is not what is asked for. */
const CERTIFICATES_AT_MOST = 50;

/**
 * The certificates in an answer; of several, one that cannot be read does not hide the others.
 *
 * @param source - where the answer came from
 * @throws {TrustError} `input/no-certificate` when none can be read, `input/too-many` for more than 50
 */
export function decodeIssuerCertificates(bytes: Uint8Array, source: Source): readonly Certificate[] {
  const found = bytes[0] === TAG.sequence ? inDer(bytes) : inPem(bytes);
  if (found.length > CERTIFICATES_AT_MOST) {
    throw new TrustError('input/too-many', `${found.length} certificates, at most ${CERTIFICATES_AT_MOST} are taken`, {
      hint: 'fetch them yourself, and hand over the ones that are needed',
    });
  }
  const certificates = found.flatMap((der) => {
    try {
      return [decodeCertificate(der, source)];
    } catch (error) {
      expectTrustError(error);
      return [];
    }
  });
  if (certificates.length > 0) return certificates;
  throw new TrustError('input/no-certificate', 'what lies there is neither a certificate nor a bundle of them', {
    hint: 'ask the CA',
  });
}

function inDer(bytes: Uint8Array): readonly Uint8Array[] {
  if (looksLikeCertificate(bytes)) return [bytes];
  try {
    return decodePkcs7(bytes);
  } catch (error) {
    expectTrustError(error);
    return [];
  }
}

function inPem(bytes: Uint8Array): readonly Uint8Array[] {
  return scanPem(bytes).blocks.flatMap(({ label, der }) => {
    const content = contentOfLabel(label);
    if (content === 'certificate') return [der];
    return content === 'pkcs7' ? inDer(der) : [];
  });
}
