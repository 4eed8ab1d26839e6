import { describe, expect, test } from 'vitest';
import { encodeOid } from '../../src/encoding/der.ts';
import { encodeHex } from '../../src/encoding/hex.ts';
import { encodeSecretKeySpec, readSerializedKey, sealObject, unsealObject } from '../../src/store/java-secret-key.ts';
import { walkSerializedObject } from '../../src/store/java-serial.ts';
import { secretOf } from '../../src/store/pkcs12-kdf.ts';
import { encodeSecretKeyInfo, readSecretKeyInfo } from '../../src/store/pkcs12-secret-key.ts';
import { succeedsOrThrowsTrustError, trustError } from './expectations.ts';

const random = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i + 1);
const fromHex = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');

/** What Java 17 serializes for `new SecretKeySpec(new byte[16], "AES")`. */
const AES_SPEC = `aced0005 7372001f 6a617661782e63727970746f2e737065632e5365637265744b657953706563 5b470b66e230614d 020002
  4c0009 616c676f726974686d 740012 4c6a6176612f6c616e672f537472696e673b 5b0003 6b6579 740002 5b42 7870 740003 414553
  7572 0002 5b42 acf317f8060854e0 020000 7870 00000010 00000000000000000000000000000000`;

/** The same for a key of DESede, which is a KeyRep. */
const DESEDE_REP = `aced0005 7372 0014 6a6176612e73656375726974792e4b6579526570 bdf94fb3889aa543 020004
  4c0009 616c676f726974686d 740012 4c6a6176612f6c616e672f537472696e673b 5b0007 656e636f646564 740002 5b42
  4c0006 666f726d6174 71007e0001 4c0004 74797065 74001b 4c6a6176612f73656375726974792f4b65795265702454797065 3b 7870
  740006 444553656465 7572 0002 5b42 acf317f8060854e0 020000 7870 00000018 010101010101010101010101010101010101010101010101
  740003 524157 7e72 0019 6a6176612e73656375726974792e4b657952657024 54797065 0000000000000000 12 0000
  7872 000e 6a6176612e6c616e672e456e756d 0000000000000000 12 0000 7870 740006 534543524554`;

describe('a serialized key', () => {
  test('is written as Java writes it', () => {
    const spec = encodeSecretKeySpec({ algorithm: 'AES', encoded: new Uint8Array(16) });
    expect(encodeHex(spec)).toBe(encodeHex(fromHex(AES_SPEC)));
  });

  test.each([
    { name: 'SecretKeySpec', stream: AES_SPEC, algorithm: 'AES', encoded: '00'.repeat(16) },
    { name: 'KeyRep', stream: DESEDE_REP, algorithm: 'DESede', encoded: '01'.repeat(24) },
  ])('is read from a $name', ({ stream, algorithm, encoded }) => {
    const key = readSerializedKey(fromHex(stream), 'aes');
    expect([key.algorithm, encodeHex(key.encoded)]).toEqual([algorithm, encoded]);
  });

  test.each([
    { name: 'another class', stream: AES_SPEC.replace('5365637265744b657953706563', '5365637265744b657953706564') },
    { name: 'a KeyRep of a private key', stream: DESEDE_REP.replace('740003 524157', '740003 585858') },
    { name: 'no object', stream: 'aced000570' },
  ])('is refused as $name', ({ stream }) => {
    const error = trustError('keystore/cannot-preserve', { entry: 'aes' });
    expect(() => readSerializedKey(fromHex(stream), 'aes')).toThrow(error);
  });

  test('that is damaged gives a TrustError and nothing else', () => {
    const bytes = fromHex(DESEDE_REP);
    for (let i = 0; i < bytes.length; i++) {
      const damaged = bytes.map((octet, index) => (index === i ? octet ^ 0x55 : octet));
      succeedsOrThrowsTrustError(() => readSerializedKey(damaged, 'aes'));
      succeedsOrThrowsTrustError(() => readSerializedKey(bytes.subarray(0, i), 'aes'));
    }
  });
});

describe('a sealed object', () => {
  const sealed = sealObject(fromHex(AES_SPEC), { password: 'Test123%', random });

  test('is of the class that Java lets through, and ends where its bytes end', () => {
    const { className, end } = walkSerializedObject(sealed, 0);
    expect(className).toBe('com.sun.crypto.provider.SealedObjectForKeyProtector');
    expect(end).toBe(sealed.length);
  });

  test('opens with its password alone', () => {
    expect(encodeHex(unsealObject(sealed, secretOf('Test123%')) ?? new Uint8Array(0))).toBe(
      encodeHex(fromHex(AES_SPEC)),
    );
    expect(unsealObject(sealed, secretOf('Test123'))).toBeNull();
  });

  test.each([
    { name: 'under another algorithm', bytes: Buffer.from(sealed.map((octet) => (octet === 0x44 ? 0x45 : octet))) },
    { name: 'that is a key itself', bytes: fromHex(AES_SPEC) },
  ])('$name is refused', ({ bytes }) => {
    expect(() => unsealObject(bytes, secretOf('Test123%'))).toThrow(trustError('keystore/unsupported'));
  });
});

describe('a secret key in PKCS#12', () => {
  test.each([
    ['AES', '2.16.840.1.101.3.4.1', 'AES'],
    ['DESede', '1.3.14.3.2.17', 'DESede'],
    ['hmacsha256', '1.2.840.113549.2.9', 'HmacSHA256'],
    ['RC4', '1.2.840.113549.3.4', 'ARCFOUR'],
    ['PBEWithMD5AndDES', '1.2.840.113549.1.5.3', 'PBEWithMD5AndDES'],
    ['PBEWithSHA1AndDESede', '1.2.840.113549.1.12.1.3', 'PBEWithSHA1AndDESede'],
  ])('%s', (algorithm, oid, name) => {
    const info = encodeSecretKeyInfo({ algorithm, encoded: Uint8Array.of(1, 2) }, 'k');
    expect(encodeHex(info)).toContain(encodeHex(encodeOid(oid)));
    const key = readSecretKeyInfo(info, 'k');
    expect([key.algorithm, ...key.encoded]).toEqual([name, 1, 2]);
  });

  test('is refused where Java has no identifier for it', () => {
    const error = trustError('keystore/cannot-preserve', { entry: 'k' });
    expect(() => encodeSecretKeyInfo({ algorithm: 'Blowfish', encoded: Uint8Array.of(1) }, 'k')).toThrow(error);
  });
});
