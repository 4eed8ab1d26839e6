import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  childrenOf,
  contextTag,
  type DerElement,
  decodeElement,
  encodeElement,
  encodeInteger,
  encodingOf,
  TAG,
} from '../../src/encoding/der.ts';
import { checkCertificate } from '../../src/path/certificate-rules.ts';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { AT, issue } from '../support/certificates.ts';
import { rsaSpki } from '../support/rsa.ts';
import { codesOf, reasonsOf, rsaKey } from './rule-fixture.ts';

test.each([1, 4])('an RSA key with the exponent %i is weak under any profile', (exponent) => {
  const e = Buffer.of(exponent).toString('base64url');
  const { n = '' } = rsaKey(2048).export({ format: 'jwk' });
  const publicKey = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
  expect(codesOf({ publicKey })).toEqual(['path/weak-key']);
});

test('an exponent of any length is told in a few words', () => {
  const found = reasonsOf({ publicKey: rsaSpki((1n << 2047n) + 1n, 1n << 8_000_000n) });
  expect(found.map(({ message }) => message)).toEqual(['an RSA key whose exponent is a number of about 8000004 bits']);
});

test('an RSA key with an even modulus is weak under any profile', () => {
  const { n = '' } = rsaKey(2048).export({ format: 'jwk' });
  const modulus = Buffer.from(n, 'base64url');
  modulus[255] = 0xfe;
  const key = { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' };
  expect(codesOf({ publicKey: createPublicKey({ key, format: 'jwk' }) })).toEqual(['path/weak-key']);
});

test.each([
  { namedCurve: 'secp112r1', codes: ['path/weak-key'] },
  { namedCurve: 'sect131r2', codes: ['path/weak-key'] },
  { namedCurve: 'wap-wsg-idm-ecid-wtls1', codes: ['path/weak-key'] },
  { namedCurve: 'secp160r1', codes: [] },
  { namedCurve: 'brainpoolP320t1', codes: [] },
])('a key on $namedCurve: $codes', ({ namedCurve, codes }) => {
  expect(codesOf({ publicKey: generateKeyPairSync('ec', { namedCurve }).publicKey })).toEqual(codes);
});

test.each(['P-256', 'P-384'])('a key that is no point of %s is none', (namedCurve) => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve });
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  expect(codesOf({ publicKey: spki })).toEqual([]);
  spki[spki.length - 1] = (spki.at(-1) as number) ^ 1;
  expect(codesOf({ publicKey: spki })).toEqual(['path/weak-key']);
});

test.each([
  { version: 2, profile: 'rfc5280', codes: [] },
  { version: 1, profile: 'rfc5280', codes: ['path/bad-version'] },
  { version: 3, profile: 'webpki', codes: ['path/bad-version'] },
] as const)('unique identifiers in version $version under $profile', ({ version, profile, codes }) => {
  const fields = childrenOf(childrenOf(decodeElement(issue({}).der, TAG.sequence))[0] as DerElement).map(encodingOf);
  const number = version === 1 ? [] : [encodeElement(contextTag(0), encodeInteger(version - 1))];
  const identifier = encodeElement(contextTag(1, false), Uint8Array.of(0, 1));
  const extensions = version === 3 ? fields.slice(7) : [];
  const tbs = encodeElement(TAG.sequence, ...number, ...fields.slice(1, 7), identifier, ...extensions);
  const whole = encodeElement(
    TAG.sequence,
    tbs,
    fields[2] as Uint8Array,
    encodeElement(TAG.bitString, Uint8Array.of(0, 1)),
  );
  const context = { role: 'anchor', profile, purpose: 'any', at: AT } as const;
  const reasons = [...checkCertificate(decodeCertificate(whole), context)];
  expect(reasons.map(({ code }) => code).filter((code) => code === 'path/bad-version')).toEqual(codes);
});
