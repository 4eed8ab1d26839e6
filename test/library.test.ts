import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import * as library from '../src/index.ts';
import { AT, issue } from './support/certificates.ts';

const DEMO = join(import.meta.dirname, '../fixtures/demo');
const read = (name: string) => new Uint8Array(readFileSync(join(DEMO, name)));

test('the library exports exactly this', () => {
  expect(Object.keys(library).sort()).toEqual([
    'CODES',
    'TrustError',
    'aliasFor',
    'checkFitness',
    'checkTrustAnchor',
    'consumerNames',
    'decodeCertificate',
    'decodeKeystore',
    'detectKeystore',
    'editKeystore',
    'findRoot',
    'parseDeviceConfig',
    'parseShowOutput',
    'platformNames',
    'readCertificates',
    'renderReplacement',
    'renderTrustpoint',
    'validatePath',
    'verifySelfSignatures',
  ]);
});

test('errors of the built library go by the name that is exported', async () => {
  const built: typeof library = await import(pathToFileURL(join(import.meta.dirname, '../dist/index.js')).href);
  expect(built.TrustError.name).toBe('TrustError');
});

test('the main job by hand: read, check, edit, render', () => {
  const { kind, certificates, notes } = library.readCertificates(read('guide.txt'), { name: 'guide.txt' });
  expect([kind, certificates.length, notes.length > 0]).toEqual(['pem', 1, true]);
  const [certificate] = certificates;
  if (certificate === undefined) throw new Error('nothing was read');
  expect(certificate).toMatchObject({
    subject: 'CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM',
    serialNumber: '0509',
    source: { input: 'guide.txt' },
  });
  expect(library.findRoot(certificate.sha256)?.status).toBe('email-only');
  expect(library.checkTrustAnchor(certificate.der, { at: AT }).some(({ severity }) => severity === 'error')).toBe(
    false,
  );

  expect(library.checkFitness(certificate, { consumers: ['java17'] })).toEqual([]);

  const password = 'Test123%';
  const edits = [{ action: 'add', alias: library.aliasFor(certificate), certificate, created: AT }] as const;
  const changed = library.editKeystore(read('tg.jks'), edits, { password });
  expect(library.detectKeystore(changed)).toBe('jks');
  const { entries, integrity } = library.decodeKeystore(changed, { password });
  expect([entries.length, integrity, entries.at(-1)?.certificates[0]?.sha256]).toEqual([
    5,
    'verified',
    certificate.sha256,
  ]);

  const [block] = library.renderTrustpoint([certificate.der], { platform: 'nxos', trustpoint: 'NEW' });
  expect(block?.certificates).toEqual([certificate.sha256]);
});

test('what its functions take and give has a name', () => {
  const limits: Partial<library.InputLimits> = { nesting: 2 };
  const options: library.ReadOptions = { name: 'guide.txt', limits };
  const { damaged, recovered } = library.readCertificates(read('guide.txt'), options);
  const compared: readonly library.LineComparison[] = damaged.flatMap(({ lines }) => lines);
  const none: readonly library.RecoveredBlock[] = recovered;
  expect([compared.length > 0, none]).toEqual([true, []]);

  const random: library.RandomSource = (length) => new Uint8Array(length);
  const editing: library.EditKeystoreOptions = { password: 'Test123%', random };
  expect(library.editKeystore(read('tg.jks'), [], editing)).toEqual(read('tg.jks'));

  const [block] = library.renderTrustpoint([issue().der], { platform: 'ios', trustpoint: 'NEW' });
  const made: readonly library.BlockTrustpoint[] | undefined = block?.trustpoints;
  expect(made?.map(({ name }) => name)).toEqual(['NEW']);
});

test('limits of an input are numbers that hold, and what is left out is as usual', () => {
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(32 * 1024 * 1024)));
  const codes = (limits?: Partial<library.InputLimits>) =>
    library.readCertificates(bomb, { limits, mayHoldNothing: true }).errors.map(({ code }) => code);
  expect(codes()).toEqual(['archive/too-large']);
  expect(codes({ expansion: undefined, unpacked: undefined } as never)).toEqual(['archive/too-large']);
  expect(codes({ expansion: 10_000 })).not.toContain('archive/too-large');

  for (const limits of [{ unpacked: Number.NaN }, { expansion: -1 }, { nesting: 1e9 }, { certificates: 0 }]) {
    expect(() => library.readCertificates(bomb, { limits })).toThrow(
      expect.objectContaining({ code: 'usage/bad-value' }),
    );
  }
});

test('what is added to a keystore may be DER, and has to be a certificate', () => {
  const { certificate, der } = issue();
  const addition = (added: library.Certificate | Uint8Array) =>
    library.editKeystore(read('tg.jks'), [{ action: 'add', alias: 'new', certificate: added, created: AT }], {
      password: 'Test123%',
    });
  expect(addition(der)).toEqual(addition(certificate));
  expect(() => addition(Uint8Array.of(0x30))).toThrow(expect.objectContaining({ code: 'certificate/malformed' }));
});

test.each([
  ['tg.jks', 'Test123%'],
  ['../keystores/gateway.jceks', 'Test123%'],
  ['../keystores/gateway-java17.p12', 'Test123%'],
  ['../keystores/roots-with-text.pem', null],
])('a word that is no edit changes nothing in %s', (name, password) => {
  const bytes = read(name);
  const { entries } = library.decodeKeystore(bytes, { password });
  const { alias, certificates } = entries.find(({ kind }) => kind === 'trusted-certificate') ?? {};
  for (const action of ['replace', 'Add', '\u001b[2J', undefined]) {
    const edits = [{ action, alias, certificate: certificates?.[0], created: AT }] as never;
    expect(() => library.editKeystore(bytes, edits, { password })).toThrow(
      expect.objectContaining({ code: 'usage/bad-value', message: expect.stringMatching(/^[ -~]* is not an edit$/) }),
    );
  }
});

test('a date that is none is refused, not passed over', () => {
  const { der } = issue();
  const device = { platform: 'ios', trustpoint: 'NEW', at: new Date(Number.NaN) };
  const refused = expect.objectContaining({ code: 'usage/bad-value' });
  expect(() => library.checkTrustAnchor(der, device)).toThrow(refused);
  expect(() => library.validatePath(der, { trustAnchors: [], at: device.at })).toThrow(refused);
  expect(() => library.renderTrustpoint([der], device)).toThrow(refused);
  expect(() => library.renderReplacement([der], { ...device, replace: 'OLD' })).toThrow(refused);
});

test('whether a certificate has a valid path', () => {
  const root = issue({ subject: 'CN=Root' });
  const ca = issue({ subject: 'CN=CA', issuer: root, authorityKeyIdentifier: true });
  const options = { trustAnchors: [root.der], at: AT };
  const verdict = library.validatePath(ca.der, options);
  expect(verdict.valid && verdict.path.map(({ subject }) => subject)).toEqual(['CN=CA', 'CN=Root']);
  expect(library.validatePath(ca.der, { ...options, trustAnchors: [] })).toEqual({
    valid: false,
    reasons: [
      {
        code: 'path/no-issuer',
        message: 'no certificate of the issuer CN=Root is at hand',
        sha256: ca.certificate.sha256,
      },
    ],
  });
});

test('what is wrong is a TrustError with a code of the table', () => {
  const wrong = () => library.decodeKeystore(read('tg.jks'), { password: 'wrong' });
  expect(wrong).toThrow(library.TrustError);
  expect(wrong).toThrow(
    expect.objectContaining({ code: 'keystore/wrong-password', exitStatus: library.CODES['keystore/wrong-password'] }),
  );
  expect(() =>
    library.renderTrustpoint([issue({ basicConstraints: null }).der], { platform: 'ios', trustpoint: 'X' }),
  ).toThrow(library.TrustError);
});

test('a password that a program without types leaves out is none', () => {
  const options = JSON.parse('{}');
  expect(library.decodeKeystore(read('tg.jks'), options).integrity).toBe('not-verified');
  const locked = new Uint8Array(readFileSync(join(DEMO, '../keystores/gateway-java17.p12')));
  const missing = expect.objectContaining({ code: 'keystore/password-missing' });
  expect(() => library.decodeKeystore(locked, options)).toThrow(missing);
  expect(() => library.editKeystore(read('tg.jks'), [], options)).toThrow(missing);
});
