/** What is a document only in part: other encodings of it, and what stands beside and in its values. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { issue } from '../support/certificates.ts';
import { attachment, base64, entity, indented, MESSAGE, multipart, read } from '../support/documents.ts';
import { newKeyPair } from '../support/keys.ts';

const ROOT = issue({ subject: 'CN=Root' });
const SUB = issue({ subject: 'CN=Sub', issuer: ROOT });
const LINES = ROOT.pem.split('\n').length - 1;
const KEY = newKeyPair('ec');
const KEY_PEM = String(KEY.privateKey.export({ type: 'pkcs8', format: 'pem' }));
const SPKI = KEY.publicKey.export({ type: 'spki', format: 'der' });

describe('other forms of a text', () => {
  test('Markdown that begins with a comment', () => {
    const text = `<!-- all roots -->\n# Roots\n\n${ROOT.pem}`;
    expect(read(text)).toEqual({ kind: 'pem', found: [['CN=Root', null, 4]], notes: [], errors: [] });
  });

  test('s_client with -showcerts', () => {
    const output = `CONNECTED(00000003)\n---\nCertificate chain\n 0 s:CN = Sub\n   i:CN = Root\n${SUB.pem} 1 s:CN = Root\n   i:CN = Root\n${ROOT.pem}---\nServer certificate\nsubject=CN = Sub\n\n---\nSSL handshake has read 3000 bytes\n${'Session data\n'.repeat(60)}`;
    expect(read(output)).toMatchObject({
      kind: 'text',
      found: [
        ['CN=Sub', null, 6],
        ['CN=Root', null, 6 + LINES + 2],
      ],
      notes: [],
      errors: [],
    });
  });

  test.each([
    ['UTF-16 with a mark', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'), 'pem/utf-16'],
    ['UTF-16, big endian', (text: string) => Buffer.from(text, 'utf16le').swap16(), 'pem/utf-16'],
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\ufeff${text}`), 'pem/byte-order-mark'],
  ])('YAML in %s', (_name, encode, note) => {
    const { found, notes, errors } = read(encode(`ca: ${base64(ROOT.pem)}\n`));
    expect([found, notes, errors]).toEqual([[['CN=Root', 'ca', 1]], [[note, null, 1]], []]);
  });

  test('YAML in Latin-1', () => {
    expect(read(Buffer.from(`name: Größe\nca: ${base64(ROOT.pem)}\n`, 'latin1')).found).toEqual([['CN=Root', 'ca', 2]]);
  });
});

describe('what stands in a text', () => {
  test('a keystore in a Secret has its aliases', () => {
    const secret = `kind: Secret\ndata:\n  roots.jks: ${base64(readFileSync('fixtures/keystores/roots.jks'))}\n`;
    const { certificates, errors } = readCertificates(Buffer.from(secret));
    expect(errors).toEqual([]);
    expect(certificates.map(({ source }) => [source?.member, source?.alias]).toSorted()).toEqual([
      ['data["roots.jks"]', 'alpha-root'],
      ['data["roots.jks"]', 'beta-root'],
    ]);
  });

  test('a keystore that needs a password says so, beside the others', () => {
    const p12 = base64(readFileSync('fixtures/keystores/gateway-java17.p12'));
    const secret = `data:\n  keystore.p12: ${p12}\n  ca.crt: ${base64(ROOT.pem)}\n`;
    expect(read(secret)).toEqual({
      kind: 'text',
      found: [['CN=Root', 'data["ca.crt"]', 3]],
      notes: [],
      errors: [['keystore/password-missing', 'in!/data["keystore.p12"]', 2]],
    });
    expect(read(secret, { password: 'Test123%' }).found.length).toBeGreaterThan(1);
  });

  test('a private key is noticed; a public one is nothing', () => {
    const config = `users:\n- client-key-data: ${base64(KEY_PEM)}\n  key: ${base64(KEY.privateKey.export({ type: 'pkcs8', format: 'der' }))}\n  ca: ${base64(ROOT.pem)}\n  public: ${base64(SPKI)}\n`;
    expect(read(config)).toMatchObject({
      found: [['CN=Root', 'users[0].ca', 4]],
      notes: [
        ['input/private-key', 'users[0].client-key-data', 2],
        ['input/private-key', 'users[0].key', 3],
      ],
      errors: [],
    });
  });

  test.each([
    [
      'YAML',
      `data:\n  bad: ${base64(ROOT.pem).replace('T', '*')}\n  good: ${base64(SUB.pem)}\n`,
      [['pem/bad-base64', 'in', 2]],
    ],
    [
      'YAML, cut short',
      `data:\n  bad: ${base64(ROOT.der.subarray(0, -20))}\n  good: ${base64(SUB.pem)}\n`,
      [['der/truncated', 'in!/data.bad', 2]],
    ],
    [
      'XML',
      `<a><b>${base64(ROOT.der).replace('C', '*')}</b>\n<b>${base64(SUB.der)}</b></a>`,
      [['pem/bad-base64', 'in', 1]],
    ],
    [
      'mail',
      multipart(
        [attachment('bad.zip', zipSync({ 'a.cer': ROOT.der }).subarray(0, 60)), attachment('good.cer', SUB.der)],
        { headers: MESSAGE },
      ),
      [['archive/damaged', 'in!/bad.zip', null]],
    ],
    [
      'mail, no base64',
      multipart(
        [attachment('bad.cer', ROOT.der).replaceAll(/[A-Z]{2}/g, '**'), attachment('good.cer', SUB.der)].map(
          (part, index) => (index === 0 ? part.replaceAll('**', '*!') : part),
        ),
        { headers: MESSAGE },
      ),
      expect.any(Array),
    ],
  ] as const)('a bad part does not hide the good ones: %s', (_name, text, errors) => {
    const result = read(text);
    expect(result.found.map(([subject]) => subject)).toEqual(['CN=Sub']);
    expect(result.errors).toEqual(errors);
    expect(result.errors).toHaveLength(1);
  });

  test('mail in a zip in a gzip, with YAML in it', () => {
    const mail = multipart([attachment('secret.yaml', `data:\n  ca: ${base64(ROOT.pem)}\n`)], { headers: MESSAGE });
    expect(read(gzipSync(zipSync({ 'a.eml': Buffer.from(mail) })))).toEqual({
      kind: 'gzip',
      found: [['CN=Root', 'a.eml!/secret.yaml!/data.ca', 2]],
      notes: [],
      errors: [],
    });
  });

  test('four levels are read, five are not, and what is beside them is', () => {
    const inside = (levels: number): Uint8Array =>
      levels === 0
        ? Buffer.from(ROOT.pem)
        : Buffer.from(`a: ${base64(inside(levels - 1))}\nb: |\n${indented(SUB.pem, 2)}\n`);
    expect(read(inside(4)).found).toContainEqual(['CN=Root', 'a!/a!/a!/a', 1]);
    const { found, errors } = read(inside(5));
    expect(found.map(([subject]) => subject)).toEqual(Array(5).fill('CN=Sub'));
    expect(errors).toEqual([['input/too-deep', 'in!/a!/a!/a!/a!/a', 1]]);
    expect(read(inside(5), { limits: { nesting: 5 } }).errors).toEqual([]);
  });

  test('nothing of interest is nothing', () => {
    for (const text of [
      `a: ${base64('x'.repeat(300))}\n`,
      '<a><b>c</b></a>',
      entity({ headers: MESSAGE, body: 'Hello' }),
      '{"a":1}',
    ]) {
      expect(read(text)).toMatchObject({
        kind: 'unknown',
        found: [],
        notes: [],
        errors: [['input/unrecognised', 'in', null]],
      });
    }
  });
});
