/**
 * Named elliptic curves: whatever a program may have been told to make a key on, since a short key is a weak one under any name.
 *
 * @module
 */

/** One curve. */
export interface Curve {
  readonly name: string;
  /** Bits of a coordinate, by which keys on it are measured. */
  readonly size: number;
}

/** Curves by OID. */
export const CURVES: ReadonlyMap<string, Curve> = new Map([
  // FIPS 186-4, D.1.2
  ['1.2.840.10045.3.1.1', { name: 'P-192', size: 192 }],
  ['1.3.132.0.33', { name: 'P-224', size: 224 }],
  ['1.2.840.10045.3.1.7', { name: 'P-256', size: 256 }],
  ['1.3.132.0.34', { name: 'P-384', size: 384 }],
  ['1.3.132.0.35', { name: 'P-521', size: 521 }],
  // SEC 2, over prime fields
  ['1.3.132.0.6', { name: 'secp112r1', size: 112 }],
  ['1.3.132.0.7', { name: 'secp112r2', size: 112 }],
  ['1.3.132.0.28', { name: 'secp128r1', size: 128 }],
  ['1.3.132.0.29', { name: 'secp128r2', size: 128 }],
  ['1.3.132.0.9', { name: 'secp160k1', size: 160 }],
  ['1.3.132.0.8', { name: 'secp160r1', size: 160 }],
  ['1.3.132.0.30', { name: 'secp160r2', size: 160 }],
  ['1.3.132.0.31', { name: 'secp192k1', size: 192 }],
  ['1.3.132.0.32', { name: 'secp224k1', size: 224 }],
  ['1.3.132.0.10', { name: 'secp256k1', size: 256 }],
  // SEC 2, over binary fields
  ['1.3.132.0.4', { name: 'sect113r1', size: 113 }],
  ['1.3.132.0.5', { name: 'sect113r2', size: 113 }],
  ['1.3.132.0.22', { name: 'sect131r1', size: 131 }],
  ['1.3.132.0.23', { name: 'sect131r2', size: 131 }],
  ['1.3.132.0.1', { name: 'sect163k1', size: 163 }],
  ['1.3.132.0.2', { name: 'sect163r1', size: 163 }],
  ['1.3.132.0.15', { name: 'sect163r2', size: 163 }],
  ['1.3.132.0.24', { name: 'sect193r1', size: 193 }],
  ['1.3.132.0.25', { name: 'sect193r2', size: 193 }],
  ['1.3.132.0.26', { name: 'sect233k1', size: 233 }],
  ['1.3.132.0.27', { name: 'sect233r1', size: 233 }],
  ['1.3.132.0.3', { name: 'sect239k1', size: 239 }],
  ['1.3.132.0.16', { name: 'sect283k1', size: 283 }],
  ['1.3.132.0.17', { name: 'sect283r1', size: 283 }],
  ['1.3.132.0.36', { name: 'sect409k1', size: 409 }],
  ['1.3.132.0.37', { name: 'sect409r1', size: 409 }],
  ['1.3.132.0.38', { name: 'sect571k1', size: 571 }],
  ['1.3.132.0.39', { name: 'sect571r1', size: 571 }],
  // X9.62
  ['1.2.840.10045.3.1.2', { name: 'prime192v2', size: 192 }],
  ['1.2.840.10045.3.1.3', { name: 'prime192v3', size: 192 }],
  ['1.2.840.10045.3.1.4', { name: 'prime239v1', size: 239 }],
  ['1.2.840.10045.3.1.5', { name: 'prime239v2', size: 239 }],
  ['1.2.840.10045.3.1.6', { name: 'prime239v3', size: 239 }],
  ['1.2.840.10045.3.0.1', { name: 'c2pnb163v1', size: 163 }],
  ['1.2.840.10045.3.0.2', { name: 'c2pnb163v2', size: 163 }],
  ['1.2.840.10045.3.0.3', { name: 'c2pnb163v3', size: 163 }],
  ['1.2.840.10045.3.0.4', { name: 'c2pnb176v1', size: 176 }],
  ['1.2.840.10045.3.0.5', { name: 'c2tnb191v1', size: 191 }],
  ['1.2.840.10045.3.0.6', { name: 'c2tnb191v2', size: 191 }],
  ['1.2.840.10045.3.0.7', { name: 'c2tnb191v3', size: 191 }],
  ['1.2.840.10045.3.0.10', { name: 'c2pnb208w1', size: 208 }],
  ['1.2.840.10045.3.0.11', { name: 'c2tnb239v1', size: 239 }],
  ['1.2.840.10045.3.0.12', { name: 'c2tnb239v2', size: 239 }],
  ['1.2.840.10045.3.0.13', { name: 'c2tnb239v3', size: 239 }],
  ['1.2.840.10045.3.0.16', { name: 'c2pnb272w1', size: 272 }],
  ['1.2.840.10045.3.0.17', { name: 'c2pnb304w1', size: 304 }],
  ['1.2.840.10045.3.0.18', { name: 'c2tnb359v1', size: 359 }],
  ['1.2.840.10045.3.0.19', { name: 'c2pnb368w1', size: 368 }],
  ['1.2.840.10045.3.0.20', { name: 'c2tnb431r1', size: 431 }],
  // WAP-261-WTLS, appendix A
  ['2.23.43.1.4.1', { name: 'wap-wsg-idm-ecid-wtls1', size: 113 }],
  ['2.23.43.1.4.3', { name: 'wap-wsg-idm-ecid-wtls3', size: 163 }],
  ['2.23.43.1.4.4', { name: 'wap-wsg-idm-ecid-wtls4', size: 113 }],
  ['2.23.43.1.4.5', { name: 'wap-wsg-idm-ecid-wtls5', size: 163 }],
  ['2.23.43.1.4.6', { name: 'wap-wsg-idm-ecid-wtls6', size: 112 }],
  ['2.23.43.1.4.7', { name: 'wap-wsg-idm-ecid-wtls7', size: 160 }],
  ['2.23.43.1.4.8', { name: 'wap-wsg-idm-ecid-wtls8', size: 112 }],
  ['2.23.43.1.4.9', { name: 'wap-wsg-idm-ecid-wtls9', size: 160 }],
  ['2.23.43.1.4.10', { name: 'wap-wsg-idm-ecid-wtls10', size: 233 }],
  ['2.23.43.1.4.11', { name: 'wap-wsg-idm-ecid-wtls11', size: 233 }],
  ['2.23.43.1.4.12', { name: 'wap-wsg-idm-ecid-wtls12', size: 224 }],
  // RFC 5639
  ['1.3.36.3.3.2.8.1.1.1', { name: 'brainpoolP160r1', size: 160 }],
  ['1.3.36.3.3.2.8.1.1.2', { name: 'brainpoolP160t1', size: 160 }],
  ['1.3.36.3.3.2.8.1.1.3', { name: 'brainpoolP192r1', size: 192 }],
  ['1.3.36.3.3.2.8.1.1.4', { name: 'brainpoolP192t1', size: 192 }],
  ['1.3.36.3.3.2.8.1.1.5', { name: 'brainpoolP224r1', size: 224 }],
  ['1.3.36.3.3.2.8.1.1.6', { name: 'brainpoolP224t1', size: 224 }],
  ['1.3.36.3.3.2.8.1.1.7', { name: 'brainpoolP256r1', size: 256 }],
  ['1.3.36.3.3.2.8.1.1.8', { name: 'brainpoolP256t1', size: 256 }],
  ['1.3.36.3.3.2.8.1.1.9', { name: 'brainpoolP320r1', size: 320 }],
  ['1.3.36.3.3.2.8.1.1.10', { name: 'brainpoolP320t1', size: 320 }],
  ['1.3.36.3.3.2.8.1.1.11', { name: 'brainpoolP384r1', size: 384 }],
  ['1.3.36.3.3.2.8.1.1.12', { name: 'brainpoolP384t1', size: 384 }],
  ['1.3.36.3.3.2.8.1.1.13', { name: 'brainpoolP512r1', size: 512 }],
  ['1.3.36.3.3.2.8.1.1.14', { name: 'brainpoolP512t1', size: 512 }],
  // GB/T 32918
  ['1.2.156.10197.1.301', { name: 'SM2', size: 256 }],
]);
