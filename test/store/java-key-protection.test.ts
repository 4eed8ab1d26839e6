import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { keyPassword, protectJceksKey, protectJksKey, recoverPrivateKey } from '../../src/store/java-key-protection.ts';
import { encryptPrivateKey } from '../../src/store/pkcs12-new.ts';
import { readPortableKey } from '../../src/store/portable-key.ts';
import { recoverKeys } from '../../src/store/recover-keys.ts';
import { newKey } from '../support/keys.ts';
import { trustError } from './expectations.ts';
import { FIXTURE_KEY_PASSWORD, fixture, fixturePassword, SEEN_BY_JAVA } from './keystore-fixtures.ts';

const RUNS = process.env.SLOW === undefined ? 20 : 200;
const KEY = newKey('ec').export({ type: 'pkcs8', format: 'der' });
const random = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i + 1);
const open = (encrypted: Uint8Array, ...passwords: readonly string[]): Uint8Array =>
  recoverPrivateKey(encrypted, { alias: 'gw', passwords: passwords.map((text) => keyPassword(text)) }).plain;

const SCHEMES = [
  { name: 'JKS', protect: (key: Uint8Array, password: string) => protectJksKey(key, { password, random }) },
  { name: 'JCEKS', protect: (key: Uint8Array, password: string) => protectJceksKey(key, { password, random }) },
  {
    name: 'PKCS#12 modern',
    protect: (key: Uint8Array, password: string) => encryptPrivateKey(key, { compat: 'modern', password, random }),
  },
  {
    name: 'PKCS#12 java8',
    protect: (key: Uint8Array, password: string) => encryptPrivateKey(key, { compat: 'java8', password, random }),
  },
] as const;

describe('keys of the fixtures', () => {
  const stores = Object.entries(SEEN_BY_JAVA).filter(([, { entries = [] }]) => entries.some(({ key }) => key !== null));

  test.each(stores)('%s: what Java recovers', (name, { entries = [] }) => {
    const present = {
      password: fixturePassword(name),
      keyPassword: FIXTURE_KEY_PASSWORD,
      derivedKeys: new Map(),
    };
    const keystore = decodeKeystore(fixture(name), present);
    const keys = recoverKeys(fixture(name), present);
    const found = new Map(
      [...keys].map(([index, { plain }]) => {
        const entry = keystore.entries[index];
        if (entry === undefined) throw new Error('a key without an entry');
        const key = readPortableKey(plain, entry, keystore.type);
        return [entry.alias.toLowerCase(), hash('sha256', key.kind === 'private-key' ? key.pkcs8 : key.secret.encoded)];
      }),
    );
    expect(found).toEqual(new Map(entries.filter(({ key }) => key !== null).map(({ alias, key }) => [alias, key])));
  });

  test('there are some', () => expect(stores.length).toBeGreaterThan(5));
});

describe.each(SCHEMES)('$name', ({ protect }) => {
  test('what is protected is recovered', () => {
    expect(Buffer.compare(open(protect(KEY, 'Test123%'), 'Test123%'), KEY)).toBe(0);
  });

  test('the second password is tried', () => {
    expect(Buffer.compare(open(protect(KEY, 'KeyPass1%'), 'Test123%', 'KeyPass1%'), KEY)).toBe(0);
  });

  test.each([
    { passwords: ['wrong one'], message: 'the password does not fit the key "gw"' },
    {
      passwords: ['wrong one', 'wrong two'],
      message: 'neither the password of the keystore nor the other one fits the key "gw"',
    },
  ])('a wrong password names the key: $passwords', ({ passwords, message }) => {
    const encrypted = protect(KEY, 'Test123%');
    const error = { code: 'keystore/wrong-password', message, at: { entry: 'gw' } };
    expect(() => open(encrypted, ...passwords)).toThrow(expect.objectContaining(error));
  });

  test('no password', () => {
    const encrypted = protect(KEY, 'Test123%');
    expect(() => open(encrypted)).toThrow(trustError('keystore/password-missing'));
  });

  test('every truncation is malformed', () => {
    const encrypted = protect(KEY, 'Test123%');
    for (let length = 0; length < encrypted.length; length++) {
      expect(() => open(encrypted.subarray(0, length), 'Test123%')).toThrow(trustError('keystore/malformed'));
    }
  });
});

test('JKS keys, whatever they and their passwords are', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.uint8Array({ minLength: 20, maxLength: 20 }),
      (key, password, salt) => {
        const encrypted = protectJksKey(key, { password, random: () => salt });
        expect(Buffer.compare(open(encrypted, password), key)).toBe(0);
        expect(() => open(encrypted, `${password}x`)).toThrow(trustError('keystore/wrong-password'));
      },
    ),
    { numRuns: RUNS },
  );
});

test.each(SCHEMES.filter(({ name }) => name === 'JCEKS' || name === 'PKCS#12 modern'))(
  '$name, whatever the password is that Java takes',
  // The long run takes a minute and a half on an idle machine.
  { timeout: 600_000 },
  ({ protect }) => {
    const printable = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(
      fc.property(printable, (password) => {
        expect(Buffer.compare(open(protect(KEY, password), password), KEY)).toBe(0);
      }),
      { numRuns: RUNS / 5 },
    );
  },
);

describe('JCEKS', () => {
  const info = (oid: string, ...parameters: readonly Uint8Array[]): Uint8Array =>
    encodeElement(
      TAG.sequence,
      encodeElement(TAG.sequence, encodeOid(oid), ...parameters),
      encodeElement(TAG.octetString, new Uint8Array(48)),
    );
  const parameters = (salt: readonly number[], iterations: number): Uint8Array =>
    encodeElement(TAG.sequence, encodeElement(TAG.octetString, Uint8Array.from(salt)), encodeInteger(iterations));
  const JCEKS = '1.3.6.1.4.1.42.2.19.1';

  test('a salt with equal halves is never written', () => {
    const encrypted = protectJceksKey(KEY, { password: 'Test123%', random: (length) => new Uint8Array(length) });
    expect(Buffer.compare(open(encrypted, 'Test123%'), KEY)).toBe(0);
  });

  test.each([
    {
      name: 'a salt with equal halves',
      encrypted: info(JCEKS, parameters([1, 2, 3, 4, 1, 2, 3, 4], 10)),
      code: 'keystore/unsupported',
    },
    { name: 'a short salt', encrypted: info(JCEKS, parameters([1, 2], 10)), code: 'keystore/malformed' },
    {
      name: 'more iterations than Java takes',
      encrypted: info(JCEKS, parameters([1, 2, 3, 4, 5, 6, 7, 8], 5_000_001)),
      code: 'keystore/malformed',
    },
    {
      name: 'no iterations',
      encrypted: info(JCEKS, parameters([1, 2, 3, 4, 5, 6, 7, 8], 0)),
      code: 'keystore/malformed',
    },
    { name: 'no parameters', encrypted: info(JCEKS), code: 'keystore/malformed' },
    { name: 'another scheme', encrypted: info('1.2.3.4', encodeElement(TAG.sequence)), code: 'keystore/unsupported' },
    { name: 'no key at all', encrypted: Uint8Array.of(1, 2, 3), code: 'keystore/malformed' },
  ] as const)('refuses $name', ({ encrypted, code }) => {
    expect(() => open(encrypted, 'Test123%')).toThrow(trustError(code));
  });

  test('takes no password that Java does not take', () => {
    expect(() => protectJceksKey(KEY, { password: 'pässwort', random })).toThrow(
      trustError('keystore/password-refused'),
    );
    const encrypted = protectJceksKey(KEY, { password: 'Test123%', random });
    expect(() => open(encrypted, 'pässwort')).toThrow(trustError('keystore/wrong-password'));
  });
});
