import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decodeElement, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { checkPublicKeyEncoding } from '../../src/x509/public-key-encoding.ts';
import { newKeyPair } from '../support/keys.ts';

const NULL = Uint8Array.of(TAG.null, 0);
const ONE = encodeInteger(1);
const OID = {
  rsa: '1.2.840.113549.1.1.1',
  pss: '1.2.840.113549.1.1.10',
  dsa: '1.2.840.10040.4.1',
  ec: '1.2.840.10045.2.1',
  p256: '1.2.840.10045.3.1.7',
  ed25519: '1.3.101.112',
} as const;

const spkiOf = (key: KeyObject) => new Uint8Array(key.export({ type: 'spki', format: 'der' }));
const algorithm = (oid: string, ...parameters: readonly Uint8Array[]) =>
  encodeElement(TAG.sequence, encodeOid(oid), ...parameters);
const spki = (identifier: Uint8Array, key: Uint8Array, unusedBits = 0) =>
  encodeElement(TAG.sequence, identifier, encodeElement(TAG.bitString, Uint8Array.of(unusedBits), key));
const point = (first: number, length: number) => Uint8Array.from([first, ...new Uint8Array(length - 1)]);
const numbers = (...values: readonly Uint8Array[]) => encodeElement(TAG.sequence, ...values);

const check = (der: Uint8Array) => () => checkPublicKeyEncoding(decodeElement(der, TAG.sequence));

describe('as it must be', () => {
  test.each<readonly [string, KeyObject]>([
    ['RSA', newKeyPair('rsa1024').publicKey],
    ['DSA', generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).publicKey],
    ['P-256', newKeyPair('ec').publicKey],
    ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey],
    ['a curve without a name here', generateKeyPairSync('ec', { namedCurve: 'secp160r1' }).publicKey],
    [
      'a curve by its parameters',
      generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey,
    ],
    ['Ed25519', generateKeyPairSync('ed25519').publicKey],
    ['Ed448', generateKeyPairSync('ed448').publicKey],
    ['X25519', generateKeyPairSync('x25519').publicKey],
  ])('%s', (_, key) => {
    expect(check(spkiOf(key))).not.toThrow();
  });

  test.each([
    ['a compressed point', spki(algorithm(OID.ec, encodeOid(OID.p256)), point(3, 33))],
    ['RSA for RSASSA-PSS alone', spki(algorithm(OID.pss), numbers(ONE, ONE))],
    ['an algorithm that is not known', spki(algorithm('1.2.3', NULL), Uint8Array.of(1, 2))],
  ])('%s', (_, der) => {
    expect(check(der)).not.toThrow();
  });
});

describe('not as it must be', () => {
  test.each([
    ['RSA without parameters', spki(algorithm(OID.rsa), numbers(ONE, ONE))],
    ['RSA with others than NULL', spki(algorithm(OID.rsa, ONE), numbers(ONE, ONE))],
    ['RSA of three numbers', spki(algorithm(OID.rsa, NULL), numbers(ONE, ONE, ONE))],
    ['RSA with a negative modulus', spki(algorithm(OID.rsa, NULL), numbers(Uint8Array.of(2, 1, 0x80), ONE))],
    ['RSA with a padded modulus', spki(algorithm(OID.rsa, NULL), numbers(Uint8Array.of(2, 2, 0, 1), ONE))],
    ['something behind an RSA key', spki(algorithm(OID.rsa, NULL), Uint8Array.from([...numbers(ONE, ONE), 0]))],
    ['RSASSA-PSS with NULL', spki(algorithm(OID.pss, NULL), numbers(ONE, ONE))],
    ['DSA of 0', spki(algorithm(OID.dsa), encodeInteger(0))],
    ['the point at infinity', spki(algorithm(OID.ec, encodeOid(OID.p256)), Uint8Array.of(0))],
    ['a hybrid point', spki(algorithm(OID.ec, encodeOid(OID.p256)), point(6, 65))],
    ['a point that is too short', spki(algorithm(OID.ec, encodeOid(OID.p256)), point(4, 64))],
    ['no point', spki(algorithm(OID.ec, encodeOid(OID.p256)), new Uint8Array())],
    ['Ed25519 with parameters', spki(algorithm(OID.ed25519, NULL), new Uint8Array(32))],
    ['Ed25519 of 31 octets', spki(algorithm(OID.ed25519), new Uint8Array(31))],
    ['unused bits', spki(algorithm('1.2.3'), Uint8Array.of(0x10), 4)],
    ['a third field', encodeElement(TAG.sequence, algorithm('1.2.3'), Uint8Array.of(3, 2, 0, 0), NULL)],
    ['an algorithm with a third field', spki(algorithm('1.2.3', NULL, NULL), Uint8Array.of(0))],
  ])('%s', (_, der) => {
    expect(check(der)).toThrow(expect.objectContaining({ name: 'TrustError' }));
  });
});
