/**
 * Key identifiers (RFC 5280 4.2.1.1, 4.2.1.2). They are hints for building a path and prove nothing, so they are not
 * compared; but the RFC asks for them to be there.
 *
 * @module
 */
import { EXTENSION } from '../../x509/oids.js';
import { type CertificateRule, isOldAnchor } from '../certificate-rule.js';
import { decodedExtensions } from '../decoded-extensions.js';
import { reason } from '../reason.js';

/**
 * All but a self-signed CA certificate name their issuer's key; an anchor's issuer is of no interest, and before version 3
 * there was no extension to do it with.
 */
export const namesIssuerKey: CertificateRule = (certificate, { role }) =>
  role === 'anchor' ||
  (certificate.selfIssued && certificate.ca) ||
  certificate.version < 3 ||
  decodedExtensions(certificate).authorityKeyIdentifier?.keyIdentifier === true
    ? []
    : [reason('path/missing-key-identifier', 'there is no authorityKeyIdentifier with a keyIdentifier', certificate)];

/** Every CA certificate names its own key. One of version 1 has no extensions to do it with. */
export const namesOwnKey: CertificateRule = (certificate, context) =>
  certificate.basicConstraints?.ca !== true ||
  certificate.extension(EXTENSION.subjectKeyIdentifier) !== undefined ||
  isOldAnchor(certificate, context)
    ? []
    : [reason('path/missing-key-identifier', 'a CA certificate has no subjectKeyIdentifier', certificate)];
