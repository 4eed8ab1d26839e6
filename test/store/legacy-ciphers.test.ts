import { createCipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeHex } from '../../src/encoding/hex.ts';
import {
  applyRc4,
  decryptCbc,
  decryptDes,
  decryptRc2,
  encryptCbc,
  encryptDes,
  encryptRc2,
} from '../../src/store/legacy-ciphers.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (data: Uint8Array | null): string | null => (data === null ? null : encodeHex(data));
const ZERO_IV = new Uint8Array(8);

describe('RC4', () => {
  test.each([
    ['Key', 'Plaintext', 'bbf316e8d940af0ad3'],
    ['Wiki', 'pedia', '1021bf0420'],
    ['Secret', 'Attack at dawn', '45a01f645fc35b383552544b9bf5'],
  ])('%s', (key, plain, cipher) => {
    expect(Buffer.from(applyRc4(bytes(cipher), Buffer.from(key))).toString()).toBe(plain);
  });
});

describe('RC2', () => {
  // Section 5 of RFC 2268 gives single blocks: what they decrypt to has no right padding.
  test.each([
    { key: '88', bits: 64, cipher: '61a8a244adacccf0' },
    { key: '88bca90e90875a7f0f79c384627bafb2', bits: 128, cipher: '2269552ab0f85ca6' },
  ])('with $bits bits refuses wrong padding', ({ key, bits, cipher }) => {
    expect(decryptRc2(bytes(cipher), bytes(key), ZERO_IV, bits)).toBeNull();
  });

  test('refuses what is not in whole blocks', () => {
    expect(decryptRc2(new Uint8Array(0), bytes('88'), ZERO_IV, 64)).toBeNull();
    expect(decryptRc2(new Uint8Array(7), bytes('88'), ZERO_IV, 64)).toBeNull();
  });
});

describe('what is encrypted is decrypted again', () => {
  test.each([0, 1, 7, 8, 9, 1000])('%i octets', (length) => {
    const data = Uint8Array.from({ length }, (_, i) => i);
    const [key, iv] = [bytes('88bca90e90875a7f'), bytes('0102030405060708')];
    for (const bits of [40, 64, 128]) {
      const encrypted = encryptRc2(data, key, iv, bits);
      expect(encrypted).toHaveLength(length - (length % 8) + 8);
      expect(hexOf(decryptRc2(encrypted, key, iv, bits))).toBe(encodeHex(data));
    }
    expect(hexOf(decryptDes(encryptDes(data, key, iv), key, iv))).toBe(encodeHex(data));
    const long = bytes('88bca90e90875a7f'.repeat(3));
    const encrypted = encryptCbc('des-ede3-cbc', data, long, iv);
    expect(hexOf(decryptCbc('des-ede3-cbc', encrypted, long, iv))).toBe(encodeHex(data));
  });
});

describe('CBC with padding', () => {
  const key = bytes('0123456789abcdef23456789abcdef01456789abcdef0123');
  const encrypt = (plain: Uint8Array): Uint8Array => {
    const cipher = createCipheriv('des-ede3-cbc', key, ZERO_IV).setAutoPadding(false);
    return Buffer.concat([cipher.update(plain), cipher.final()]);
  };

  test.each([
    ['one octet', '0102030405060701', '01020304050607'],
    ['a whole block', '0808080808080808', ''],
    ['no padding', '0102030405060700', null],
    ['more than a block', '0909090909090909', null],
    ['octets that differ', '0102030405010303', null],
  ])('takes off %s', (_, plain, expected) => {
    const result = decryptCbc('des-ede3-cbc', encrypt(bytes(plain)), key, ZERO_IV);
    expect(hexOf(result)).toBe(expected);
  });

  test('refuses what is not in whole blocks', () => {
    expect(decryptCbc('des-ede3-cbc', new Uint8Array(9), key, ZERO_IV)).toBeNull();
  });

  test('DES is triple DES with one key', () => {
    // The vector of FIPS 81: "Now is the time for all " in CBC mode has no padding.
    const cipher = bytes('e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6');
    expect(decryptDes(cipher, bytes('0123456789abcdef'), bytes('1234567890abcdef'))).toBeNull();
    const padded = createCipheriv('des-ede3-cbc', Buffer.from('0123456789abcdef'.repeat(3), 'hex'), ZERO_IV);
    const text = Buffer.concat([padded.update('text'), padded.final()]);
    expect(Buffer.from(decryptDes(text, bytes('0123456789abcdef'), ZERO_IV) ?? []).toString()).toBe('text');
  });
});
