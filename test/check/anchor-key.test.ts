/** What the rules say about the key of an anchor. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkTrustAnchor } from '../../src/check/rules.ts';
import { encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { AT, issue } from '../support/certificates.ts';
import { nextPrime, rocaPrime, rsaSpki } from '../support/rsa.ts';

const P = nextPrime(1n << 1023n);
const Q = nextPrime(3n << 1023n);
const key = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const spkiOf = (publicKey: KeyObject) => new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));

/** The point of a P-384 key, changed: `change` gets a copy. */
function pointChanged(change: (point: Uint8Array) => Uint8Array): Uint8Array {
  const point = spkiOf(key('P-384').publicKey).slice(-97);
  return encodeElement(
    TAG.sequence,
    encodeElement(TAG.sequence, encodeOid('1.2.840.10045.2.1'), encodeOid('1.3.132.0.34')),
    encodeElement(TAG.bitString, Uint8Array.of(0), change(point)),
  );
}

/** A key that gives its curve by parameters (RFC 3279 2.3.5). */
const explicit = encodeElement(
  TAG.sequence,
  encodeElement(TAG.sequence, encodeOid('1.2.840.10045.2.1'), encodeElement(TAG.sequence, encodeInteger(1))),
  encodeElement(TAG.bitString, Uint8Array.of(0, 4)),
);

const SIGNED_BY_ANOTHER = 'anchor/bad-signature';

test.each([
  { name: 'an ordinary modulus', spki: rsaSpki(P * Q), expected: [] },
  { name: 'a small factor', spki: rsaSpki(P * Q * 751n), expected: ['anchor/weak-key'] },
  { name: 'an even modulus', spki: rsaSpki(P * Q * 2n), expected: ['anchor/weak-key'] },
  { name: 'primes close together', spki: rsaSpki(Q * nextPrime(Q + 2n)), expected: ['anchor/weak-key'] },
  { name: 'ROCA', spki: rsaSpki(rocaPrime(7n, 99) * rocaPrime(1n << 700n, 1234)), expected: ['anchor/weak-key'] },
  { name: 'the exponent 1', spki: rsaSpki(P * Q, 1n), expected: ['anchor/weak-key'] },
  { name: 'an even exponent', spki: rsaSpki(P * Q, 65_536n), expected: ['anchor/weak-key'] },
  { name: 'the exponent 17', spki: rsaSpki(P * Q, 17n), expected: ['anchor/unusual-key'] },
  { name: 'the longest usual exponent', spki: rsaSpki(P * Q, (1n << 256n) - 1n), expected: [] },
  { name: 'a longer exponent', spki: rsaSpki(P * Q, (1n << 256n) + 1n), expected: ['anchor/unusual-key'] },
  { name: 'an odd number of bits', spki: rsaSpki(P * Q * nextPrime(1n << 20n)), expected: ['anchor/unusual-key'] },
  { name: 'more bits than any program takes', spki: rsaSpki((1n << 16_384n) + 1n), expected: ['anchor/bad-key'] },
  { name: 'a curve given by parameters', spki: explicit, expected: ['anchor/weak-key'] },
  {
    name: 'no point on the curve',
    spki: pointChanged((point) => point.with(-1, (point.at(-1) as number) ^ 1)),
    expected: ['anchor/bad-key'],
  },
  {
    name: 'a compressed point',
    spki: pointChanged((point) => Uint8Array.of(2 + ((point.at(-1) as number) & 1), ...point.subarray(1, 49))),
    expected: ['anchor/compressed-key'],
  },
])('$name', ({ spki, expected }) => {
  const { certificate } = issue({ publicKey: spki });
  const codes = checkTrustAnchor(certificate, { at: AT }).map(({ code }) => code);
  expect(codes).toEqual([SIGNED_BY_ANOTHER, ...expected]);
});

test('a number of any length is described, not printed', () => {
  const { certificate } = issue({ publicKey: rsaSpki(P * Q, 1n << 100_000n) });
  const [, weak] = checkTrustAnchor(certificate, { at: AT });
  expect(weak?.message).toBe(
    'its RSA exponent is a number of about 100004 bits, an odd number of at least 3 is expected',
  );
});

test.each([
  { curve: 'secp112r1', code: 'anchor/weak-key', message: 'its EC key has 112 bits, at least 256 are expected' },
  { curve: 'brainpoolP224t1', code: 'anchor/weak-key', message: 'its EC key has 224 bits, at least 256 are expected' },
  { curve: 'sect163k1', code: 'anchor/weak-key', message: 'its EC key has 163 bits, at least 256 are expected' },
  {
    curve: 'brainpoolP320r1',
    code: 'anchor/unknown-key',
    message: 'its EC key is on the curve brainpoolP320r1, which few programs know',
  },
])('a key on $curve: $code', ({ curve, code, message }) => {
  const findings = checkTrustAnchor(issue({ key: key(curve).privateKey }).certificate, { at: AT });
  expect(findings).toMatchObject([{ code, message }]);
});

test('keys that this program knows are no reason to say anything', () => {
  const keys = [key('P-384').privateKey, key('P-521').privateKey, key('brainpoolP256r1').privateKey];
  expect(keys.flatMap((one) => checkTrustAnchor(issue({ key: one }).certificate, { at: AT }))).toEqual([]);
  const unknown = encodeElement(
    TAG.sequence,
    encodeElement(TAG.sequence, encodeOid('1.2.840.10045.2.1'), encodeOid('1.2.3.4')),
    encodeElement(TAG.bitString, Uint8Array.of(0, 4)),
  );
  const findings = checkTrustAnchor(issue({ publicKey: unknown }).certificate, { at: AT });
  expect(findings.map(({ message }) => message)).toContain('its key algorithm 1.2.3.4 is not known here');
});
