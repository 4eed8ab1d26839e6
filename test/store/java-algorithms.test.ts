import { describe, expect, test } from 'vitest';
import { explainForeignEncryption, isMacOfJava } from '../../src/store/java-algorithms.ts';

describe('what Java decrypts', () => {
  test.each([
    'PBEWithSHA1AndRC2_40, 50000 iterations',
    'PBEWithSHA1AndRC4_128, 2048 iterations',
    'PBEWithMD5AndDES, 1 iterations',
    'PBES2 AES-128-CBC, HmacSHA1, 600000 iterations',
    'PBES2 AES-256-CBC, HmacSHA512/256, 10000 iterations',
  ])('%s', (label) => {
    expect(explainForeignEncryption(label, true)).toBeNull();
  });

  test.each([
    'PBEWithSHA1And2KeyDESede',
    'PBEWithSHA1AndDES',
    'PBEWithSHA1AndRC2_64',
    'PBEWithMD5AndRC2_64',
    'PBES2 AES-192-CBC, HmacSHA256',
    'PBES2 DES-EDE3-CBC, HmacSHA256',
    'PBES2 CAMELLIA-128-CBC, HmacSHA256',
    'PBES2 AES-256-CBC, HmacMD5',
    '1.2.410.200046.1.1.12',
  ])('not %s', (name) => {
    expect(explainForeignEncryption(`${name}, 2048 iterations`, true)).toBe(
      `encrypted with ${name}, which Java has not`,
    );
  });

  test('under a password beyond ASCII, PBES2 alone', () => {
    expect(explainForeignEncryption('PBES2 AES-256-CBC, HmacSHA256, 1 iterations', false)).toBeNull();
    expect(explainForeignEncryption('PBEWithSHA1AndDESede, 1 iterations', false)).toBe(
      'encrypted with PBEWithSHA1AndDESede, for which Java takes passwords of ASCII characters only',
    );
  });
});

test.each([
  ['HmacPBESHA1, 1 iterations', true],
  ['HmacPBESHA512/224, 10000 iterations', true],
  ['HmacPBEMD5, 2048 iterations', false],
])('the MAC %s', (label, isOfJava) => {
  expect(isMacOfJava(label)).toBe(isOfJava);
});
