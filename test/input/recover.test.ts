import { describe, expect, test } from 'vitest';
import { genuineBodies } from '../../src/catalog/catalog.ts';
import { encodeBase64 } from '../../src/encoding/base64.ts';
import { encodePem } from '../../src/encoding/pem.ts';
import { alternativesOf, commonAlternativesOf, readingsOf } from '../../src/input/confusable.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { recoverSelfSigned, SearchBudget } from '../../src/input/recover.ts';
import { issue } from '../support/certificates.ts';
import { damage, generator } from '../support/damage.ts';

const SEED = 20_261_122;

const RSA = issue({ subject: 'CN=Own Root,O=Nobody', key: 'rsa2048' });
const EC = issue({ subject: 'CN=Own EC Root,O=Nobody' });
const PSS = issue({ subject: 'CN=Own PSS Root,O=Nobody', key: 'rsa2048', pss: true });

/** Indices of characters that may be misread, in order; before padding some bits of the last one are not read. */
function places(text: string, alternatives: (character: string) => string = alternativesOf): readonly number[] {
  const last = text.endsWith('=') ? text.indexOf('=') - 1 : text.length;
  return [...text].flatMap((character, index) => (index === last || alternatives(character) === '' ? [] : [index]));
}

/** The text with what is misread at some places. */
function misread(text: string, at: readonly number[], alternatives = alternativesOf): string {
  return [...text].map((one, index) => (at.includes(index) ? alternatives(one).charAt(0) : one)).join('');
}

/** Whether a copy is a certificate by its structure. */
function looksWhole(text: string): boolean {
  return readCertificates(Buffer.from(text, 'base64')).certificates.length === 1;
}

/** What a copy is read as, if anything, and what was changed for it. */
function recovered(text: string) {
  const found = recoverSelfSigned(text, new SearchBudget());
  return found === null ? null : { sha256: found.certificate.sha256, changes: found.changes.length };
}

describe.each([
  ['RSASSA-PKCS1-v1_5', RSA],
  ['ECDSA', EC],
  ['RSASSA-PSS', PSS],
])('a self-signed certificate with %s', (_name, { der, certificate }) => {
  const text = encodeBase64(der);
  const misreadable = places(text);

  test('is recovered from any one misread character', () => {
    for (let at = 3; at < misreadable.length; at += 97) {
      const copy = misread(text, [misreadable[at] ?? 0]);
      expect([at, recovered(copy)]).toEqual([at, { sha256: certificate.sha256, changes: 1 }]);
    }
  });

  test('is recovered from one character that is no base64, with a misread one or without', () => {
    const one = [...text].findIndex((character, index) => index > 100 && readingsOf('|').includes(character));
    const copy = `${text.slice(0, one)}|${text.slice(one + 1)}`;
    expect(recovered(copy)).toEqual({ sha256: certificate.sha256, changes: 1 });
    const other = misreadable.find((index) => index > 120 && index !== one) ?? 0;
    expect(recovered(misread(copy, [other]))).toEqual({ sha256: certificate.sha256, changes: 2 });
  });

  test('is recovered from two of the commonest confusions', () => {
    const common = places(text, commonAlternativesOf);
    const pair = [common.at(3) ?? 0, common.at(-3) ?? 0];
    expect(recovered(misread(text, pair, commonAlternativesOf))).toEqual({ sha256: certificate.sha256, changes: 2 });
  });

  test('is not recovered when three are wrong', () => {
    const three = [misreadable[10] ?? 0, misreadable[100] ?? 0, misreadable[200] ?? 0];
    expect(recoverSelfSigned(misread(text, three), new SearchBudget(400_000))).toBeNull();
  });
});

test('of an RSA certificate any two misread characters of what is signed, or one of these and one of the signature', () => {
  const text = encodeBase64(RSA.der);
  const misreadable = places(text);
  const keepsStructure = (index: number) => looksWhole(misread(text, [index]));
  const body = misreadable.filter((index) => index < 180 && keepsStructure(index));
  const seals = misreadable.filter((index) => index > text.length - 300);
  const random = generator(SEED);
  const pick = (from: readonly number[]) => from[random(from.length)] ?? 0;
  for (let round = 0; round < 4; round++) {
    const pair = round % 2 === 0 ? [pick(body), pick(seals)] : [pick(body.slice(0, 20)), pick(body.slice(20))];
    expect([pair, recovered(misread(text, pair))]).toEqual([pair, { sha256: RSA.certificate.sha256, changes: 2 }]);
  }
});

describe('nothing is recovered', () => {
  const text = encodeBase64(RSA.der);
  test.each([
    ['of a certificate that is right', text],
    ['of one that another CA issued', encodeBase64(issue({ subject: 'CN=Leaf', issuer: RSA }).der)],
    ['of one that another CA of the same name issued', encodeBase64(issue({ subject: RSA.subject, issuer: RSA }).der)],
    ['of nothing', ''],
    ['of one character too few', text.slice(0, 300) + text.slice(301)],
    ['of half of it', text.slice(0, 600)],
    ['of what is no certificate', encodeBase64(new Uint8Array(800))],
    ['of three characters that are no base64', `|${text.slice(1, 100)}|${text.slice(101, 200)}|${text.slice(201)}`],
  ])(
    '%s',
    (_name, copy) => {
      expect(recoverSelfSigned(copy, new SearchBudget(600_000))).toBeNull();
    },
    120_000,
  );

  test('without a budget, and the budget is for the whole input', () => {
    const copy = misread(text, [places(text)[50] ?? 0]);
    expect(recoverSelfSigned(copy, new SearchBudget(0))).toBeNull();
    const budget = new SearchBudget(1_500_000);
    const found = Array.from({ length: 60 }, () => recoverSelfSigned(copy, budget) !== null);
    expect([found[0], found.at(-1)]).toEqual([true, false]);
  });

  test('whatever is done to the bytes, nothing but a TrustError of the reader', () => {
    for (let seed = 0; seed < 40; seed++) {
      const copy = damage(text, 1 + (seed % 4), SEED + seed).replaceAll(/[^A-Za-z0-9+/]/g, '|');
      const found = recoverSelfSigned(copy, new SearchBudget(20_000));
      expect(found === null || found.certificate.sha256 === RSA.certificate.sha256).toBe(true);
    }
  });
});

describe('in an input', () => {
  const pem = encodePem('CERTIFICATE', RSA.der);
  const at = pem.indexOf('\n') + 1 + 66;
  const index = [...pem].findIndex((one, place) => place > at && alternativesOf(one) !== '');
  const copy = pem.slice(0, index) + alternativesOf(pem.charAt(index)).charAt(0) + pem.slice(index + 1);
  const bytes = Buffer.from(`Here it is:\n${copy}`);
  const { sha256 } = RSA.certificate;

  test('nothing is searched unless it is asked for', () => {
    const { recovered: blocks, certificates } = readCertificates(bytes);
    expect(blocks).toEqual([]);
    expect(certificates.map((one) => one.sha256)).not.toContain(sha256);
  });

  test('what is recovered is an error that names the fingerprint, and no certificate', () => {
    const { recovered: blocks, certificates, errors } = readCertificates(bytes, { recover: { expected: new Set() } });
    expect(certificates).toEqual([]);
    expect(errors.map(({ code, exitStatus }) => [code, exitStatus])).toEqual([['pem/recovered', 3]]);
    expect(errors[0]?.message).toContain(sha256);
    expect(errors[0]?.hint).toContain('verify the fingerprint by another way');
    expect(blocks.map(({ certificate, differences }) => [certificate.sha256, differences.length])).toEqual([
      [sha256, 1],
    ]);
    expect(blocks[0]?.differences[0]).toMatchObject({ found: copy.charAt(index), genuine: pem.charAt(index) });
    expect(blocks[0]?.lines).toHaveLength(1);
  });

  test('in a text inside of another, differences stand where they are in the outer one', () => {
    const alone = readCertificates(Buffer.from(copy), { recover: { expected: new Set() } }).recovered[0];
    const yaml = Buffer.from(`kind: ConfigMap\ndata:\n  ca.pem: |\n${copy.replace(/^/gm, '    ')}`);
    const nested = readCertificates(yaml, { recover: { expected: new Set() } }).recovered[0];
    expect(nested?.source.member).toBe('data["ca.pem"]');
    expect(nested?.differences[0]?.line).toBe((alone?.differences[0]?.line ?? 0) + 3);
  });

  test('another fingerprint than the expected one changes nothing', () => {
    const { certificates, errors } = readCertificates(bytes, { recover: { expected: new Set(['00'.repeat(32)]) } });
    expect([certificates, errors.map(({ code }) => code)]).toEqual([[], ['pem/recovered']]);
  });

  test('with the fingerprint expected it is a certificate, with a note', () => {
    const read = readCertificates(bytes, { recover: { expected: new Set([sha256]) } });
    expect(read.certificates.map((one) => [one.sha256, one.source?.line])).toEqual([[sha256, 2]]);
    expect([read.errors, read.notes.map(({ code, line }) => [code, line])]).toEqual([[], [['pem/recovered', 2]]]);
  });

  test('a known root is restored from the catalog, not searched for', () => {
    const [base64 = ''] = genuineBodies().values();
    const known = encodePem('CERTIFICATE', Buffer.from(misread(base64, [places(base64)[300] ?? 0]), 'base64'));
    const read = readCertificates(Buffer.from(known), { recover: { expected: new Set() } });
    expect([read.recovered, read.damaged.length, read.errors]).toEqual([[], 1, []]);
  });
});

test('what looks alike looks alike both ways', () => {
  const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'];
  for (const a of alphabet) {
    expect(alternativesOf(a)).not.toContain(a);
    for (const b of alternativesOf(a)) expect([a, b, alternativesOf(b).includes(a)]).toEqual([a, b, true]);
    for (const b of commonAlternativesOf(a)) expect(alternativesOf(a)).toContain(b);
  }
  expect(readingsOf('Ž').charAt(0)).toBe('Z');
  expect(readingsOf('|')).toContain('l');
  expect(readingsOf('漢')).toBe('');
});
