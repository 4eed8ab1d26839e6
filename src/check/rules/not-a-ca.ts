/**
 * A trust anchor issues certificates: basicConstraints must say cA (RFC 5280 4.2.1.9), and keyUsage, where it is there,
 * must hold keyCertSign (4.2.1.3). A self-issued version 1 certificate has no extensions to say so and passes.
 *
 * @module
 */
import type { Certificate } from '../../x509/certificate.js';
import type { ReadExtension } from '../../x509/extensions.js';
import { findingAbout, type Rule } from '../rule.js';

const SOUND_COPY = 'ask the CA for a sound copy';

/** What is wrong with an extension that cannot be read, or null. */
function describeDefect({ defects }: Certificate, extension: ReadExtension): string | null {
  return defects.find(({ field }) => field === extension)?.message ?? null;
}

/** `anchor/not-a-ca`, `anchor/no-cert-sign` */
export const notACa: Rule = (certificate) => {
  if (!certificate.ca) {
    const unreadable = describeDefect(certificate, 'basicConstraints');
    const found =
      certificate.basicConstraints === null
        ? 'it has no basicConstraints extension'
        : 'it says cA FALSE in basicConstraints';
    return [
      findingAbout(
        certificate,
        'anchor/not-a-ca',
        'error',
        `not a CA certificate: ${unreadable ?? found}`,
        unreadable === null ? 'install the CA certificate that issued it, not the certificate of a server' : SOUND_COPY,
      ),
    ];
  }
  if (certificate.keyUsage?.has('keyCertSign') === false) {
    const unreadable = describeDefect(certificate, 'keyUsage');
    return [
      findingAbout(
        certificate,
        'anchor/no-cert-sign',
        'error',
        unreadable ?? 'its keyUsage does not allow signing certificates (keyCertSign is missing)',
        unreadable === null ? 'ask the CA for the certificate it issues from' : SOUND_COPY,
      ),
    ];
  }
  return [];
};
