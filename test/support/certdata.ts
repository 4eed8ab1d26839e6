/**
 * A root list with the syntax of Mozilla NSS's certdata.txt, made of certificates that a test has.
 */
import { encodeElement, TAG } from '../../src/encoding/der.ts';
import { decodeHex } from '../../src/encoding/hex.ts';
import { type Certificate, decodeCertificate } from '../../src/x509/certificate.ts';

type Trust = 'TRUSTED_DELEGATOR' | 'MUST_VERIFY_TRUST' | 'NOT_TRUSTED';

/** What a list says of one certificate. */
export interface ListedOptions {
  readonly label?: string;
  /** Default: trusted. */
  readonly server?: Trust;
  /** Default: not. */
  readonly email?: Trust;
  /** `YYMMDDHHMMSSZ`. */
  readonly distrustAfter?: string;
  /** On which object the date stands; default: that of the certificate. */
  readonly distrustAfterOn?: 'certificate' | 'trust';
  /** Whether the trust object has the SHA-1 of the certificate; default: yes. */
  readonly hash?: boolean;
  /** Leaves an object out. */
  readonly without?: 'certificate' | 'trust';
}

/** A whole list; `entries` in pairs of a certificate and what is said of it. */
export function certdata(...entries: readonly (readonly [Uint8Array, ListedOptions?])[]): string {
  return [HEAD, ...entries.map(([der, options]) => listed(der, options))].join('\n');
}

const HEAD = `# This Source Code Form is subject to the terms of a licence.
#
# certdata.txt
#
CVS_ID "@(#) $RCSfile: certdata.txt,v $"
BEGINDATA
CKA_CLASS CK_OBJECT_CLASS CKO_NSS_BUILTIN_ROOT_LIST
CKA_TOKEN CK_BBOOL CK_TRUE
CKA_PRIVATE CK_BBOOL CK_FALSE
CKA_MODIFIABLE CK_BBOOL CK_FALSE
CKA_LABEL UTF8 "Mozilla Builtin Roots"
`;

function listed(der: Uint8Array, options: ListedOptions = {}): string {
  const certificate = decodeCertificate(der);
  const { without, distrustAfter, distrustAfterOn = 'certificate' } = options;
  const date = distrustAfter === undefined ? null : distrustAfterOn;
  return [
    ...(without === 'certificate' ? [] : [certificateObject(certificate, options, date === 'certificate')]),
    ...(without === 'trust' ? [] : [trustObject(certificate, options, date === 'trust')]),
  ].join('\n');
}

function certificateObject(certificate: Certificate, options: ListedOptions, hasDate: boolean): string {
  return `#
# Certificate "${options.label ?? certificate.subject}"
#
CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE
CKA_TOKEN CK_BBOOL CK_TRUE
CKA_LABEL UTF8 "${options.label ?? certificate.subject}"
CKA_CERTIFICATE_TYPE CK_CERTIFICATE_TYPE CKC_X_509
CKA_SUBJECT ${octal(certificate.subjectName.der)}
CKA_ID UTF8 "0"
CKA_ISSUER ${octal(certificate.issuerName.der)}
CKA_SERIAL_NUMBER ${octal(serialOf(certificate))}
CKA_VALUE ${octal(certificate.der)}
CKA_NSS_MOZILLA_CA_POLICY CK_BBOOL CK_TRUE
CKA_NSS_SERVER_DISTRUST_AFTER ${hasDate ? octal(Buffer.from(options.distrustAfter ?? '')) : 'CK_BBOOL CK_FALSE'}
CKA_NSS_EMAIL_DISTRUST_AFTER CK_BBOOL CK_FALSE
`;
}

function trustObject(certificate: Certificate, options: ListedOptions, hasDate: boolean): string {
  const { server = 'TRUSTED_DELEGATOR', email = 'MUST_VERIFY_TRUST', hash = true } = options;
  return `# Trust for "${options.label ?? certificate.subject}"
CKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST
CKA_TOKEN CK_BBOOL CK_TRUE
CKA_LABEL UTF8 "${options.label ?? certificate.subject}"
${hash ? `CKA_CERT_SHA1_HASH ${octal(Buffer.from(certificate.sha1, 'hex'))}\n` : ''}CKA_ISSUER ${octal(certificate.issuerName.der)}
# For Server Distrust After: a comment in the middle of an object
CKA_SERIAL_NUMBER ${octal(serialOf(certificate))}
${hasDate ? `CKA_NSS_SERVER_DISTRUST_AFTER ${octal(Buffer.from(options.distrustAfter ?? ''))}\n` : ''}CKA_TRUST_SERVER_AUTH CK_TRUST CKT_NSS_${server}
CKA_TRUST_EMAIL_PROTECTION CK_TRUST CKT_NSS_${email}
CKA_TRUST_CODE_SIGNING CK_TRUST CKT_NSS_MUST_VERIFY_TRUST
CKA_TRUST_STEP_UP_APPROVED CK_BBOOL CK_FALSE
`;
}

function serialOf({ serialNumber }: Certificate): Uint8Array {
  return encodeElement(TAG.integer, decodeHex(serialNumber) ?? new Uint8Array());
}

/** `MULTILINE_OCTAL` with sixteen bytes a line. */
function octal(bytes: Uint8Array): string {
  const escaped = [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  const lines = Array.from({ length: Math.ceil(escaped.length / 16) }, (_, i) =>
    escaped.slice(i * 16, i * 16 + 16).join(''),
  );
  return ['MULTILINE_OCTAL', ...lines, 'END'].join('\n');
}
