import { describe, expect, test } from 'vitest';
import { decodeElement, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { encodeHex } from '../../src/encoding/hex.ts';
import { decryptMd5TripleDes } from '../../src/store/jceks-encryption.ts';
import { readPbkdf2 } from '../../src/store/pbe.ts';
import {
  BUILT_IN_DIGESTS,
  type DerivedKeys,
  DIGESTS,
  derivePkcs12Key,
  KEY_PURPOSE,
  MAX_ITERATIONS,
  secretOf,
  secretsFor,
} from '../../src/store/pkcs12-kdf.ts';
import { trustError } from './expectations.ts';

const { encryption, initialisationVector, mac } = KEY_PURPOSE;

describe('the key derivation of PKCS#12', () => {
  // The vectors that Dr Stephen Henson published with the first implementations.
  test.each([
    {
      password: 'smeg',
      salt: '0a58cf64530d823f',
      iterations: 1,
      purpose: encryption,
      key: '8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3',
    },
    {
      password: 'smeg',
      salt: '0a58cf64530d823f',
      iterations: 1,
      purpose: initialisationVector,
      key: '79993dfe048d3b76',
    },
    {
      password: 'smeg',
      salt: '3d83c0e4546ac140',
      iterations: 1,
      purpose: mac,
      key: '8d967d88f6caa9d714800ab3d48051d63f73a312',
    },
    {
      password: 'queeg',
      salt: '05dec959acff72f7',
      iterations: 1000,
      purpose: encryption,
      key: 'ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4',
    },
    {
      password: 'queeg',
      salt: '05dec959acff72f7',
      iterations: 1000,
      purpose: initialisationVector,
      key: '11dedad7758d4860',
    },
    {
      password: 'queeg',
      salt: '263216fcc2fab31c',
      iterations: 1000,
      purpose: mac,
      key: '5ec4c7a80df652294c3925b6489a7ab857c83476',
    },
  ])('$password, $iterations iterations, purpose $purpose', ({ password, salt, iterations, purpose, key }) => {
    const parameters = {
      digest: BUILT_IN_DIGESTS.sha1,
      salt: Buffer.from(salt, 'hex'),
      iterations,
      purpose,
      length: key.length / 2,
    };
    expect(secretsFor(password).map((secret) => encodeHex(derivePkcs12Key(secret, parameters)))).toEqual([key]);
  });

  test('gives as much as is asked for, whatever the digest', () => {
    for (const digest of DIGESTS.values()) {
      const parameters = { digest, salt: Uint8Array.of(), iterations: 1, purpose: mac, length: 200 };
      const keys = secretsFor('').map((secret) => derivePkcs12Key(secret, parameters));
      expect(keys.map(({ length }) => length)).toEqual([200, 200]);
      expect(keys[0]).not.toEqual(keys[1]);
    }
  });

  test('what was derived before is not derived again, and only for the same password and parameters', () => {
    const keys: DerivedKeys = new Map();
    const parameters = {
      digest: BUILT_IN_DIGESTS.sha1,
      salt: Uint8Array.of(1),
      iterations: 3,
      purpose: mac,
      length: 20,
    };
    const derive = (password: string, changed: object = {}) =>
      secretsFor(password, keys).map((secret) => encodeHex(derivePkcs12Key(secret, { ...parameters, ...changed })));
    const first = derive('x');
    expect(derive('x')).toEqual(first);
    expect(keys.size).toBe(1);
    const others = [derive('y'), derive('x', { salt: Uint8Array.of(2) }), derive('x', { iterations: 4 })];
    expect(new Set([first, ...others].flat()).size).toBe(4);
    expect(others).toEqual([
      secretsFor('y').map((secret) => encodeHex(derivePkcs12Key(secret, parameters))),
      secretsFor('x').map((secret) => encodeHex(derivePkcs12Key(secret, { ...parameters, salt: Uint8Array.of(2) }))),
      secretsFor('x').map((secret) => encodeHex(derivePkcs12Key(secret, { ...parameters, iterations: 4 }))),
    ]);
  });

  test('a file cannot ask for iterations without end', () => {
    const [secret] = secretsFor('x');
    expect(() => {
      for (let part = 0; part < 5; part++) secret?.budget.spend(MAX_ITERATIONS);
    }).toThrow(trustError('keystore/unsupported'));
  });

  test('PBKDF2 costs its iterations for each block of a key', () => {
    const algorithm = encodeElement(
      TAG.sequence,
      encodeOid('1.2.840.113549.1.5.12'),
      encodeElement(TAG.sequence, encodeElement(TAG.octetString, Uint8Array.of(1)), encodeInteger(1000)),
    );
    const { derive } = readPbkdf2(decodeElement(algorithm, TAG.sequence));
    expect(derive(secretOf('x', new Map(), 3000), 60)).toHaveLength(60);
    expect(() => derive(secretOf('x', new Map(), 3000), 61)).toThrow(trustError('keystore/unsupported'));
  });

  test('the encryption of JCEKS costs its iterations for each half of the salt', () => {
    const salt = encodeElement(TAG.octetString, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    const parameters = decodeElement(encodeElement(TAG.sequence, salt, encodeInteger(1000)), TAG.sequence);
    const keys = new Map();
    const decrypt = (limit: number) => decryptMd5TripleDes(new Uint8Array(8), parameters, secretOf('x', keys, limit));
    expect(() => decrypt(1999)).toThrow(trustError('keystore/unsupported'));
    expect(() => decrypt(2000)).not.toThrow();
    expect(() => decrypt(0)).not.toThrow();
  });
});

test.each([
  ['Tä😀', '005400e4d83dde000000', '54c3a4f09f9880'],
  ['a', '00610000', '61'],
])('the forms of the password %s', (password, bmp, utf8) => {
  expect(secretsFor(password).map((secret) => [encodeHex(secret.bmp), encodeHex(secret.utf8)])).toEqual([[bmp, utf8]]);
});

test('the empty password has two forms, with and without its closing zeros', () => {
  expect(secretsFor('').map(({ bmp }) => encodeHex(bmp))).toEqual(['0000', '']);
});
