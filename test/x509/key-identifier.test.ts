import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { identifiesKey } from '../../src/x509/key-identifier.ts';
import { subjectPublicKeyBits } from '../../src/x509/public-key.ts';
import { issue } from '../support/certificates.ts';

const spki = issue().certificate.subjectPublicKeyInfo;
const hex = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex');
const bits = subjectPublicKeyBits(spki);

test.each([
  { name: 'SHA-1 of the key', identifier: hex('sha1', bits), expected: true },
  { name: 'its last 60 bits behind 0100', identifier: `4${hex('sha1', bits).slice(25)}`, expected: true },
  { name: '160 bits of SHA-256', identifier: hex('sha256', bits).slice(0, 40), expected: true },
  { name: '160 bits of SHA-384', identifier: hex('sha384', bits).slice(0, 40), expected: true },
  { name: 'SHA-512 of the whole structure', identifier: hex('sha512', spki), expected: true },
  { name: '64 bits of SHA-256', identifier: hex('sha256', bits).slice(0, 16), expected: false },
  { name: 'nothing', identifier: '', expected: false },
  { name: 'a number', identifier: '01', expected: false },
])('$name: $expected', ({ identifier, expected }) => {
  expect(identifiesKey(identifier, spki)).toBe(expected);
});
