/** Self-signatures of many certificates at once: the same answers as one at a time. */
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { genuineBodies, genuineRoot } from '../../src/catalog/catalog.ts';
import { checkTrustAnchor } from '../../src/check/rules.ts';
import { verifySelfSignature, verifySelfSignatures } from '../../src/check/self-signatures.ts';
import { contextTag, encodeElement, encodeOid, TAG } from '../../src/encoding/der.ts';
import { TrustError } from '../../src/errors.ts';
import { type Certificate, decodeCertificate } from '../../src/x509/certificate.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { AT, type IssueOptions, issue } from '../support/certificates.ts';

const keyOn = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const another = issue({ subject: 'CN=Another' });
const namesAnotherKey = [
  {
    oid: EXTENSION.authorityKeyIdentifier,
    value: encodeElement(TAG.sequence, encodeElement(contextTag(0, false), Uint8Array.of(1, 2, 3))),
  },
];
/** An EC key on a curve that nobody knows. */
const unknownKey = encodeElement(
  TAG.sequence,
  encodeElement(TAG.sequence, encodeOid('1.2.840.10045.2.1'), encodeOid('1.2.3.4')),
  encodeElement(TAG.bitString, Uint8Array.of(0, 4, 1, 1)),
);

const KINDS: readonly { name: string; options: IssueOptions; expected: string | null }[] = [
  { name: 'P-256', options: {}, expected: 'valid' },
  { name: 'P-384', options: { key: keyOn('P-384') }, expected: 'valid' },
  { name: 'P-521', options: { key: keyOn('P-521') }, expected: 'valid' },
  { name: 'secp256k1', options: { key: keyOn('secp256k1') }, expected: 'valid' },
  { name: 'RSA', options: { key: 'rsa2048' }, expected: 'valid' },
  { name: 'RSASSA-PSS', options: { key: 'rsa2048', pss: true }, expected: 'valid' },
  { name: 'a changed signature by RSA', options: { key: 'rsa2048', badSignature: true }, expected: 'invalid' },
  { name: 'a changed signature on P-256', options: { badSignature: true }, expected: 'invalid' },
  {
    name: 'the key of somebody else',
    options: { publicKey: another.certificate.subjectPublicKeyInfo },
    expected: 'invalid',
  },
  { name: 'a key that nobody can use', options: { publicKey: unknownKey }, expected: 'invalid' },
  { name: 'another issuer', options: { subject: 'CN=Sub', issuer: another }, expected: null },
  {
    name: 'an older key of the same CA',
    options: { subject: 'CN=Another', issuer: another, extensions: namesAnotherKey },
    expected: null,
  },
  { name: 'its own key, where it names another', options: { extensions: namesAnotherKey }, expected: 'valid' },
];

const issued = KINDS.map(({ options }) => issue(options).certificate);

describe('one at a time', () => {
  test.each(KINDS.map((kind, index) => ({ ...kind, index })))('$name: $expected', ({ index, expected }) => {
    expect(verifySelfSignature(issued[index] as Certificate)).toBe(expected);
  });
});

describe('many at once', () => {
  test('every kind has the answer that it has by itself', async () => {
    const selfSignatures = await verifySelfSignatures(issued);
    expect(issued.map(({ sha256 }) => selfSignatures.get(sha256))).toEqual(KINDS.map(({ expected }) => expected));
  });

  test('every public root is found to have signed itself, and is checked with the same findings', async () => {
    const roots = [...genuineBodies().keys()].map((sha256) => genuineRoot(sha256) as Uint8Array);
    const selfSignatures = await verifySelfSignatures(roots);
    expect(selfSignatures.size).toBe(roots.length);
    expect(new Set(selfSignatures.values())).toEqual(new Set(['valid']));
    for (const root of roots) {
      expect(checkTrustAnchor(root, { at: AT, selfSignatures })).toEqual(checkTrustAnchor(root, { at: AT }));
    }
  });

  test('none, and the same one twice', async () => {
    expect(await verifySelfSignatures([])).toEqual(new Map());
    expect([...(await verifySelfSignatures([another.der, another.certificate]))]).toEqual([
      [another.certificate.sha256, 'valid'],
    ]);
  });

  test('one that cannot be read is an error, as it is by itself', async () => {
    await expect(verifySelfSignatures([another.der, Uint8Array.of(0x30, 0)])).rejects.toMatchObject({
      code: 'certificate/malformed',
    });
  });

  test('damaged certificates have the answers that they have by themselves', async () => {
    const damaged = fc
      .tuple(fc.constantFrom(...issued), fc.nat(), fc.integer({ min: 1, max: 255 }))
      .map(([{ der }, place, change]) => withByteChanged(der, place % der.length, change));
    await fc.assert(
      fc.asyncProperty(fc.array(damaged, { minLength: 1, maxLength: 40 }), async (ders) => {
        const readable = ders.flatMap(decodeIfPossible);
        const selfSignatures = await verifySelfSignatures(readable);
        for (const one of readable) expect(selfSignatures.get(one.sha256)).toBe(verifySelfSignature(one));
      }),
      { numRuns: process.env.SLOW ? 2000 : 40 },
    );
  });
});

describe('an anchor checked with what was found out before', () => {
  const damaged = issue({ badSignature: true }).certificate;
  const codes = (known: ReadonlyMap<string, 'valid' | null>) =>
    checkTrustAnchor(damaged, { at: AT, selfSignatures: known }).map(({ code }) => code);

  test.each([
    { known: 'valid' as const, expected: [] },
    { known: null, expected: ['anchor/not-self-signed'] },
  ])('is not verified again: $known', ({ known, expected }) => {
    expect(codes(new Map([[damaged.sha256, known]]))).toEqual(expected);
  });

  test('is verified where it is not among them', () => {
    expect(codes(new Map([[another.certificate.sha256, 'valid']]))).toEqual(['anchor/bad-signature']);
  });
});

function withByteChanged(der: Uint8Array, place: number, change: number): Uint8Array {
  const changed = Uint8Array.from(der);
  changed[place] = (der[place] as number) ^ change;
  return changed;
}

function decodeIfPossible(der: Uint8Array): Certificate[] {
  try {
    return [decodeCertificate(der)];
  } catch (error) {
    if (error instanceof TrustError) return [];
    throw error;
  }
}
