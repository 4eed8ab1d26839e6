import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { contextTag, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { inheritsParameters, withInheritedParameters } from '../../src/x509/public-key.ts';
import { verifySignature } from '../../src/x509/signature.ts';
import { newKeyPair } from '../support/keys.ts';

const DATA = Buffer.from('what is signed');
const NULL = Uint8Array.of(TAG.null, 0);

const rsa = newKeyPair('rsa2048');
const ec = newKeyPair('ec');
const ed25519 = generateKeyPairSync('ed25519');
const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });

const OID = {
  rsaSha256: '1.2.840.113549.1.1.11',
  pss: '1.2.840.113549.1.1.10',
  mgf1: '1.2.840.113549.1.1.8',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha512: '2.16.840.1.101.3.4.2.3',
  sha512of256: '2.16.840.1.101.3.4.2.6',
  ecdsaSha256: '1.2.840.10045.4.3.2',
  ed25519: '1.3.101.112',
  dsaSha1: '1.2.840.10040.4.3',
  mlDsa65: '2.16.840.1.101.3.4.3.18',
} as const;

const algorithm = (oid: string, ...parameters: readonly Uint8Array[]) =>
  encodeElement(TAG.sequence, encodeOid(oid), ...parameters);
const spkiOf = (key: KeyObject) => new Uint8Array(key.export({ type: 'spki', format: 'der' }));

function verdict(signatureAlgorithmDer: Uint8Array, key: KeyObject | Uint8Array, signature: Uint8Array): string {
  const spki = key instanceof Uint8Array ? key : spkiOf(key);
  return verifySignature({ tbs: DATA, signatureAlgorithmDer, signature }, spki);
}

describe('algorithm and key', () => {
  const byRsa = sign('sha256', DATA, rsa.privateKey);
  const byEc = sign('sha256', DATA, ec.privateKey);
  const byEd = sign(null, DATA, ed25519.privateKey);
  const byDsa = sign('sha1', DATA, dsa.privateKey);

  test.each([
    { name: 'RSA', der: algorithm(OID.rsaSha256, NULL), key: rsa.publicKey, signature: byRsa, expected: 'valid' },
    {
      name: 'RSA without NULL',
      der: algorithm(OID.rsaSha256),
      key: rsa.publicKey,
      signature: byRsa,
      expected: 'valid',
    },
    {
      name: 'RSA with more than parameters',
      der: algorithm(OID.rsaSha256, NULL, NULL),
      key: rsa.publicKey,
      signature: byRsa,
      expected: 'invalid',
    },
    {
      name: 'RSA with other parameters',
      der: algorithm(OID.rsaSha256, encodeInteger(1)),
      key: rsa.publicKey,
      signature: byRsa,
      expected: 'invalid',
    },
    { name: 'ECDSA', der: algorithm(OID.ecdsaSha256), key: ec.publicKey, signature: byEc, expected: 'valid' },
    {
      name: 'ECDSA with NULL',
      der: algorithm(OID.ecdsaSha256, NULL),
      key: ec.publicKey,
      signature: byEc,
      expected: 'valid',
    },
    {
      name: 'ECDSA with other parameters',
      der: algorithm(OID.ecdsaSha256, encodeInteger(1)),
      key: ec.publicKey,
      signature: byEc,
      expected: 'invalid',
    },
    { name: 'Ed25519', der: algorithm(OID.ed25519), key: ed25519.publicKey, signature: byEd, expected: 'valid' },
    { name: 'DSA', der: algorithm(OID.dsaSha1), key: dsa.publicKey, signature: byDsa, expected: 'valid' },
    {
      name: 'ECDSA that says RSA',
      der: algorithm(OID.rsaSha256, NULL),
      key: ec.publicKey,
      signature: byEc,
      expected: 'invalid',
    },
    {
      name: 'RSA that says ECDSA',
      der: algorithm(OID.ecdsaSha256),
      key: rsa.publicKey,
      signature: byRsa,
      expected: 'invalid',
    },
    {
      name: 'another signature',
      der: algorithm(OID.ecdsaSha256),
      key: ec.publicKey,
      signature: byRsa,
      expected: 'invalid',
    },
    {
      name: 'no signature',
      der: algorithm(OID.rsaSha256, NULL),
      key: rsa.publicKey,
      signature: Buffer.alloc(0),
      expected: 'invalid',
    },
    {
      name: 'an unknown algorithm',
      der: algorithm('1.2.3.4'),
      key: rsa.publicKey,
      signature: byRsa,
      expected: 'unsupported',
    },
    {
      name: 'a key that is none',
      der: algorithm(OID.rsaSha256, NULL),
      key: NULL,
      signature: byRsa,
      expected: 'invalid',
    },
  ])('$name: $expected', ({ der, key, signature, expected }) => {
    expect(verdict(der, key, signature)).toBe(expected);
  });

  test.each([
    { oid: '1.2.840.113549.1.1.15', hash: 'sha512-224', pair: rsa },
    { oid: '1.2.840.113549.1.1.16', hash: 'sha512-256', pair: rsa },
    { oid: '2.16.840.1.101.3.4.3.14', hash: 'sha3-256', pair: rsa },
    { oid: '2.16.840.1.101.3.4.3.16', hash: 'sha3-512', pair: rsa },
    { oid: '2.16.840.1.101.3.4.3.9', hash: 'sha3-224', pair: ec },
    { oid: '2.16.840.1.101.3.4.3.11', hash: 'sha3-384', pair: ec },
  ])('$oid is over $hash', ({ oid, hash, pair }) => {
    const signature = sign(hash, DATA, pair.privateKey);
    expect(verdict(algorithm(oid), pair.publicKey, signature)).toBe('valid');
    expect(verdict(algorithm(oid), pair.publicKey, sign('sha256', DATA, pair.privateKey))).toBe('invalid');
  });

  test('ML-DSA is named, and unsupported where the runtime does not know it', () => {
    const spki = encodeElement(
      TAG.sequence,
      algorithm(OID.mlDsa65),
      encodeElement(TAG.bitString, Uint8Array.of(0), new Uint8Array(1952)),
    );
    expect(['unsupported', 'invalid']).toContain(verdict(algorithm(OID.mlDsa65), spki, new Uint8Array(3309)));
  });
});

describe('RSASSA-PSS', () => {
  const named = (oid: string) => algorithm(oid, NULL);
  const parameters = (hash: string, maskHash: string, saltLength: number, ...more: readonly Uint8Array[]) =>
    encodeElement(
      TAG.sequence,
      encodeElement(contextTag(0), named(hash)),
      encodeElement(contextTag(1), algorithm(OID.mgf1, named(maskHash))),
      encodeElement(contextTag(2), encodeInteger(saltLength)),
      ...more,
    );
  const signed = (hash: string, saltLength: number) =>
    sign(hash, DATA, { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

  test.each([
    {
      name: 'hash, mask and salt as signed',
      der: parameters(OID.sha256, OID.sha256, 32),
      signature: signed('sha256', 32),
      expected: 'valid',
    },
    { name: 'the defaults', der: encodeElement(TAG.sequence), signature: signed('sha1', 20), expected: 'valid' },
    { name: 'no parameters', der: undefined, signature: signed('sha1', 20), expected: 'invalid' },
    {
      name: 'a salt of another length',
      der: parameters(OID.sha256, OID.sha256, 20),
      signature: signed('sha256', 32),
      expected: 'invalid',
    },
    {
      name: 'another hash for the mask',
      der: parameters(OID.sha256, OID.sha512, 32),
      signature: signed('sha256', 32),
      expected: 'unsupported',
    },
    {
      name: 'SHA-512/256',
      der: parameters(OID.sha512of256, OID.sha512of256, 32),
      signature: signed('sha512-256', 32),
      expected: 'valid',
    },
    {
      name: 'a hash that has no name here',
      der: parameters('1.2.3', '1.2.3', 32),
      signature: signed('sha256', 32),
      expected: 'unsupported',
    },
    {
      name: 'another trailer',
      der: parameters(OID.sha256, OID.sha256, 32, encodeElement(contextTag(3), encodeInteger(2))),
      signature: signed('sha256', 32),
      expected: 'invalid',
    },
    {
      name: 'trailer 0',
      der: parameters(OID.sha256, OID.sha256, 32, encodeElement(contextTag(3), encodeInteger(0))),
      signature: signed('sha256', 32),
      expected: 'invalid',
    },
    {
      name: 'a field that there is not',
      der: parameters(OID.sha256, OID.sha256, 32, encodeElement(contextTag(4), NULL)),
      signature: signed('sha256', 32),
      expected: 'invalid',
    },
    { name: 'parameters that are none', der: NULL, signature: signed('sha1', 20), expected: 'invalid' },
  ])('$name: $expected', ({ der, signature, expected }) => {
    expect(verdict(algorithm(OID.pss, ...(der === undefined ? [] : [der])), rsa.publicKey, signature)).toBe(expected);
  });
});

describe('DSA keys without parameters', () => {
  /** The key, its parameters taken out. */
  const whole = spkiOf(dsa.publicKey);
  const bitString = whole.subarray(Buffer.from(whole).lastIndexOf(Buffer.from([TAG.bitString, 0x81])));
  const bare = encodeElement(TAG.sequence, algorithm('1.2.840.10040.4.1'), bitString);

  test('take those of the issuer', () => {
    expect([inheritsParameters(whole), inheritsParameters(bare)]).toEqual([false, true]);
    expect(withInheritedParameters(bare, whole)).toEqual(whole);
    expect(
      verdict(algorithm(OID.dsaSha1), withInheritedParameters(bare, whole), sign('sha1', DATA, dsa.privateKey)),
    ).toBe('valid');
  });

  test('and stay as they are below a key of another kind, or none with parameters', () => {
    expect(withInheritedParameters(bare, spkiOf(ec.publicKey))).toBe(bare);
    expect(withInheritedParameters(bare, bare)).toBe(bare);
    expect(withInheritedParameters(whole, whole)).toBe(whole);
    expect(inheritsParameters(NULL)).toBe(false);
  });
});
