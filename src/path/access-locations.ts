/**
 * Where a certificate says that more is to be had (authorityInfoAccess, RFC 5280 4.2.2.1): OCSP responders, and the
 * certificate of its issuer. Text as it stands in the certificate: whoever connects to it must look at it first.
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';
import { ACCESS_METHOD } from '../x509/oids.js';
import { decodedExtensions } from './decoded-extensions.js';

/** The URIs of the OCSP responders; none where the extension is absent or malformed. */
export function responderUris(certificate: Certificate): readonly string[] {
  return urisFor(ACCESS_METHOD.ocsp, certificate);
}

/** The URIs of the certificates of the issuer, likewise. */
export function issuerUris(certificate: Certificate): readonly string[] {
  return urisFor(ACCESS_METHOD.caIssuers, certificate);
}

function urisFor(wanted: string, certificate: Certificate): readonly string[] {
  const descriptions = decodedExtensions(certificate).authorityInfoAccess ?? [];
  return descriptions.flatMap(({ method, location }) =>
    method === wanted && location.kind === 'uri' ? [location.text] : [],
  );
}
