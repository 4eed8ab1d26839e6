/**
 * Object identifiers by name: attribute types (RFC 4519, PKCS#9), extensions (RFC 5280 4.2), signature algorithms and
 * extended key usages. One table; everything that prints or compares an OID takes it from here.
 *
 * @module
 */

/** Attribute types of names, with the short names that RFC 4514 and the LDAP registry give them. */
export const ATTRIBUTE_NAMES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'title'],
  ['2.5.4.13', 'description'],
  ['2.5.4.15', 'businessCategory'],
  ['2.5.4.17', 'postalCode'],
  ['2.5.4.42', 'givenName'],
  ['2.5.4.43', 'initials'],
  ['2.5.4.44', 'generationQualifier'],
  ['2.5.4.46', 'dnQualifier'],
  ['2.5.4.65', 'pseudonym'],
  ['2.5.4.97', 'organizationIdentifier'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'emailAddress'],
  ['1.2.840.113549.1.9.2', 'unstructuredName'],
]);

/** Attribute types that have a meaning of their own. */
export const ATTRIBUTE = {
  commonName: '2.5.4.3',
  countryName: '2.5.4.6',
  organizationName: '2.5.4.10',
  emailAddress: '1.2.840.113549.1.9.1',
} as const;

/** Extensions that the program reads. */
export const EXTENSION = {
  subjectDirectoryAttributes: '2.5.29.9',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  freshestCrl: '2.5.29.46',
  inhibitAnyPolicy: '2.5.29.54',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  subjectInfoAccess: '1.3.6.1.5.5.7.1.11',
  /** Of Microsoft (MS-WCCE 2.2.2.7.7.3): key purposes once more, written like certificatePolicies. */
  applicationPolicies: '1.3.6.1.4.1.311.21.10',
} as const;

/** OCSP (RFC 6960 4.2, 4.4): the one type of response, extensions, and the key purpose of a delegate. */
export const OCSP = {
  basicResponse: '1.3.6.1.5.5.7.48.1.1',
  nonce: '1.3.6.1.5.5.7.48.1.2',
  crlReference: '1.3.6.1.5.5.7.48.1.3',
  noCheck: '1.3.6.1.5.5.7.48.1.5',
  archiveCutoff: '1.3.6.1.5.5.7.48.1.6',
  extendedRevoke: '1.3.6.1.5.5.7.48.1.9',
  signing: '1.3.6.1.5.5.7.3.9',
} as const;

/** Access methods of authorityInfoAccess (RFC 5280 4.2.2.1). */
export const ACCESS_METHOD = {
  ocsp: '1.3.6.1.5.5.7.48.1',
  caIssuers: '1.3.6.1.5.5.7.48.2',
} as const;

/** Hashes by OID, with the names of node:crypto. */
export const HASHES: ReadonlyMap<string, string> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
  ['2.16.840.1.101.3.4.2.5', 'sha512-224'],
  ['2.16.840.1.101.3.4.2.6', 'sha512-256'],
  ['2.16.840.1.101.3.4.2.7', 'sha3-224'],
  ['2.16.840.1.101.3.4.2.8', 'sha3-256'],
  ['2.16.840.1.101.3.4.2.9', 'sha3-384'],
  ['2.16.840.1.101.3.4.2.10', 'sha3-512'],
]);

/** One signature algorithm. */
export interface SignatureAlgorithm {
  /** The name printed. */
  readonly name: string;
  /** The hash, where it is part of the algorithm. */
  readonly hash: string | null;
  /** The kinds of keys that it goes with, as node:crypto names them. */
  readonly keys: readonly string[];
}

/** Signature algorithms by OID (RFC 3279, RFC 4055, RFC 5758, RFC 8017, RFC 8410, RFC 9688, RFC 9881). */
export const SIGNATURE_ALGORITHMS: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['1.2.840.113549.1.1.2', { name: 'md2WithRSAEncryption', hash: 'md2', keys: ['rsa'] }],
  ['1.2.840.113549.1.1.4', { name: 'md5WithRSAEncryption', hash: 'md5', keys: ['rsa'] }],
  ['1.2.840.113549.1.1.5', { name: 'sha1WithRSAEncryption', hash: 'sha1', keys: ['rsa'] }],
  ['1.2.840.113549.1.1.10', { name: 'rsassaPss', hash: null, keys: ['rsa', 'rsa-pss'] }],
  ['1.2.840.113549.1.1.11', { name: 'sha256WithRSAEncryption', hash: 'sha256', keys: ['rsa'] }],
  ['1.2.840.113549.1.1.12', { name: 'sha384WithRSAEncryption', hash: 'sha384', keys: ['rsa'] }],
  ['1.2.840.113549.1.1.13', { name: 'sha512WithRSAEncryption', hash: 'sha512', keys: ['rsa'] }],
  ['1.2.840.113549.1.1.14', { name: 'sha224WithRSAEncryption', hash: 'sha224', keys: ['rsa'] }],
  ['1.2.840.113549.1.1.15', { name: 'sha512-224WithRSAEncryption', hash: 'sha512-224', keys: ['rsa'] }],
  ['1.2.840.113549.1.1.16', { name: 'sha512-256WithRSAEncryption', hash: 'sha512-256', keys: ['rsa'] }],
  ['2.16.840.1.101.3.4.3.13', { name: 'rsassa-pkcs1-v1-5-with-sha3-224', hash: 'sha3-224', keys: ['rsa'] }],
  ['2.16.840.1.101.3.4.3.14', { name: 'rsassa-pkcs1-v1-5-with-sha3-256', hash: 'sha3-256', keys: ['rsa'] }],
  ['2.16.840.1.101.3.4.3.15', { name: 'rsassa-pkcs1-v1-5-with-sha3-384', hash: 'sha3-384', keys: ['rsa'] }],
  ['2.16.840.1.101.3.4.3.16', { name: 'rsassa-pkcs1-v1-5-with-sha3-512', hash: 'sha3-512', keys: ['rsa'] }],
  ['1.2.840.10045.4.1', { name: 'ecdsa-with-SHA1', hash: 'sha1', keys: ['ec'] }],
  ['1.2.840.10045.4.3.1', { name: 'ecdsa-with-SHA224', hash: 'sha224', keys: ['ec'] }],
  ['1.2.840.10045.4.3.2', { name: 'ecdsa-with-SHA256', hash: 'sha256', keys: ['ec'] }],
  ['1.2.840.10045.4.3.3', { name: 'ecdsa-with-SHA384', hash: 'sha384', keys: ['ec'] }],
  ['1.2.840.10045.4.3.4', { name: 'ecdsa-with-SHA512', hash: 'sha512', keys: ['ec'] }],
  ['2.16.840.1.101.3.4.3.9', { name: 'ecdsa-with-SHA3-224', hash: 'sha3-224', keys: ['ec'] }],
  ['2.16.840.1.101.3.4.3.10', { name: 'ecdsa-with-SHA3-256', hash: 'sha3-256', keys: ['ec'] }],
  ['2.16.840.1.101.3.4.3.11', { name: 'ecdsa-with-SHA3-384', hash: 'sha3-384', keys: ['ec'] }],
  ['2.16.840.1.101.3.4.3.12', { name: 'ecdsa-with-SHA3-512', hash: 'sha3-512', keys: ['ec'] }],
  ['1.2.840.10040.4.3', { name: 'dsa-with-SHA1', hash: 'sha1', keys: ['dsa'] }],
  ['2.16.840.1.101.3.4.3.1', { name: 'dsa-with-SHA224', hash: 'sha224', keys: ['dsa'] }],
  ['2.16.840.1.101.3.4.3.2', { name: 'dsa-with-SHA256', hash: 'sha256', keys: ['dsa'] }],
  ['1.3.101.112', { name: 'Ed25519', hash: null, keys: ['ed25519'] }],
  ['1.3.101.113', { name: 'Ed448', hash: null, keys: ['ed448'] }],
  ['2.16.840.1.101.3.4.3.17', { name: 'ML-DSA-44', hash: null, keys: ['ml-dsa-44'] }],
  ['2.16.840.1.101.3.4.3.18', { name: 'ML-DSA-65', hash: null, keys: ['ml-dsa-65'] }],
  ['2.16.840.1.101.3.4.3.19', { name: 'ML-DSA-87', hash: null, keys: ['ml-dsa-87'] }],
]);
