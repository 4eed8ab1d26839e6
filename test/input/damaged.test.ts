import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { genuineBodies, genuineRoot } from '../../src/catalog/catalog.ts';
import { encodePem } from '../../src/encoding/pem.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { issue } from '../support/certificates.ts';
import { damage } from '../support/damage.ts';
import { certsOnly } from '../support/pkcs7.ts';

const QUOVADIS_ROOT_CA_2 = '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86';
const GENUINE = encodePem('CERTIFICATE', genuineRoot(QUOVADIS_ROOT_CA_2) ?? new Uint8Array());
const GUIDE = '../shared/cases/guide-adding-the-certificate.txt';
const FIXTURE = 'fixtures/text/guide-certificate-block.txt';

/** What OCR made of the certificate in the printed guide: column, found, genuine. All of it is on one line. */
const MISREAD = [
  [82, 'I', '1'],
  [116, 'I', 'l'],
  [733, '1', 'l'],
  [1183, 'O', 'Q'],
  [1221, 'O', 'Q'],
  [1375, '1', 'l'],
  [1484, 'Ŷ', 'Y'],
  [1532, 'Ĭ', 'l'],
  [1536, 'O', '0'],
  [1974, 'Ž', 'Z'],
  [1976, 'Ŵ', 'W'],
  [1981, 'Č', 'C'],
] as const;

function read(text: string) {
  return readCertificates(Buffer.from(text), { name: 'test.txt' });
}

/** The text with the character at an index of the base64 (line ends not counted) replaced. */
function changed(pem: string, index: number, to: string): string {
  const start = pem.indexOf('\n') + 1;
  const at = start + index + Math.floor(index / 64);
  return pem.slice(0, at) + to + pem.slice(at + 1);
}

describe('the printed guide', () => {
  test.each([
    ['the block alone', FIXTURE, 'pem', 1],
    ...(existsSync(GUIDE) ? [['the guide itself', GUIDE, 'text', 21] as const] : []),
  ] as const)('%s gives the genuine root and every character that differs', (_name, file, kind, line) => {
    const result = readCertificates(readFileSync(file), { name: 'guide.txt' });
    const source = { input: 'guide.txt', member: null, line, alias: null, trustpoint: null };
    expect(result.kind).toBe(kind);
    expect(result.certificates.map(({ sha256, source: origin }) => [sha256, origin])).toEqual([
      [QUOVADIS_ROOT_CA_2, source],
    ]);
    expect(result.errors).toEqual([]);
    expect(result.damaged).toEqual([
      {
        source,
        root: expect.objectContaining({ name: 'QuoVadis Root CA 2', successor: 'IdenTrust Commercial Root CA 1' }),
        certificate: result.certificates[0],
        differences: MISREAD.map(([column, found, genuine]) => ({ line: line + 2, column, found, genuine })),
        lines: expect.any(Array),
      },
    ]);
    expect(result.notes.map(({ code, line: noted, column }) => [code, noted, column])).toEqual([
      ['pem/damaged-marker', line, 1],
      ['pem/blank-line', line + 1, 1],
      ['pem/blanks-for-newlines', line + 2, 65],
      ['pem/long-line', line + 2, 197],
      ['pem/damaged-marker', line + 2, 1987],
      ['pem/missing-line-end', line + 2, 1987],
      ['pem/restored-from-catalog', line, undefined],
    ]);
  });

  test('the fixture is what its script makes', () => {
    const made = execFileSync(process.execPath, ['fixtures/text/generate.mjs'], { encoding: 'utf8' });
    expect(made).toBe(readFileSync(FIXTURE, 'utf8'));
  });
});

describe('a copy of a known root with clean markers', () => {
  test.each([
    [
      'a character of the key, so that it still decodes',
      changed(GENUINE, 700, GENUINE.charAt(700) === 'A' ? 'B' : 'A'),
      1,
    ],
    ['a character of the name, so that issuer and subject differ', changed(GENUINE, 79, 'I'), 1],
    ['a character of the signature', changed(GENUINE, 1500, '7'), 1],
    ['a length octet', changed(GENUINE, 9, 'z'), 1],
    ['a character that is no base64', changed(GENUINE, 1000, '*'), 1],
    ['a character too many', GENUINE.replace('\nb3Qg', '\nxb3Qg'), 1],
    ['a character too few', GENUINE.replace('\nb3Qg', '\n3Qg'), 1],
    ['forty characters', damagedCopy(40), 40],
  ])('%s wrong is a damaged copy of that root', (_name, text, count) => {
    const { certificates, damaged, errors, notes } = read(text);
    expect(certificates.map(({ sha256 }) => sha256)).toEqual([QUOVADIS_ROOT_CA_2]);
    expect(damaged[0]?.differences.length).toBe(count);
    expect(errors).toEqual([]);
    expect(notes.map(({ code }) => code)).toContain('pem/restored-from-catalog');
  });

  test('every root, not only that one', () => {
    for (const [number, [sha256, base64]] of [...genuineBodies()].entries()) {
      const text = encodePem('CERTIFICATE', Buffer.from(base64, 'base64'));
      const lines = text.split('\n');
      const line = 2 + (number % (lines.length - 4));
      lines[line] = damage(lines[line] ?? '', 2, number);
      const { certificates, damaged } = read(lines.join('\n'));
      expect([certificates.map((certificate) => certificate.sha256), damaged.length]).toEqual([[sha256], 1]);
      for (const difference of damaged[0]?.differences ?? [])
        expect(Math.abs(difference.line - 1 - line)).toBeLessThan(2);
    }
  });

  test('the differences stand where an editor shows them', () => {
    const { damaged } = read(`first line\n${changed(changed(GENUINE, 64, '~'), 200, '~')}`);
    expect(damaged[0]?.differences).toEqual([
      { line: 4, column: 1, found: '~', genuine: 'G' },
      { line: 6, column: 9, found: '~', genuine: expect.stringMatching(/^[A-Za-z0-9+/]$/) },
    ]);
  });

  test('without markers', () => {
    const { certificates, damaged } = read(changed(GENUINE, 300, '~').replaceAll(/-----.*-----\n/g, ''));
    expect([certificates[0]?.sha256, damaged[0]?.differences.length]).toEqual([QUOVADIS_ROOT_CA_2, 1]);
  });

  test('without END', () => {
    const { certificates, damaged } = read(
      `${changed(GENUINE, 300, '~').replace(/-----END.*\n/, '')}\nmore about it here\n`,
    );
    expect([certificates[0]?.sha256, damaged[0]?.differences.length]).toEqual([QUOVADIS_ROOT_CA_2, 1]);
  });

  test('where nothing is tolerated, the damage is an error', () => {
    const { errors, damaged } = readCertificates(Buffer.from(changed(GENUINE, 300, '~')), { strict: true });
    expect([errors.map(({ code }) => code), damaged.length]).toEqual([['input/tolerated'], 1]);
  });
});

describe('a copy of a known root in DER', () => {
  const GENUINE_DER = genuineRoot(QUOVADIS_ROOT_CA_2) ?? new Uint8Array();
  const withByte = (at: number) => GENUINE_DER.map((byte, index) => (index === at ? byte ^ 1 : byte));

  test.each([
    ['the name', 59],
    ['the key', 350],
    ['the signature', GENUINE_DER.length - 30],
    ['a length', 6],
  ])('with a changed byte of %s is a damaged copy of that root', (_name, at) => {
    const { certificates, damaged, errors, notes } = readCertificates(withByte(at), { name: 'root.cer' });
    expect(certificates.map(({ sha256 }) => sha256)).toEqual([QUOVADIS_ROOT_CA_2]);
    expect(notes.map(({ code, offset }) => [code, offset])).toEqual([['der/restored-from-catalog', at]]);
    expect(errors).toEqual([]);
    // Where it is in the PEM that it would be.
    expect(damaged[0]?.differences.map(({ line }) => line)).toEqual([2 + Math.floor((at * 4) / 3 / 64)]);
  });

  test.each([
    ['in hexadecimal', (der: Uint8Array) => Buffer.from(der).toString('hex')],
    ['in JSON', (der: Uint8Array) => `{"x5c":["${Buffer.from(der).toString('base64')}"]}`],
    ['behind another', (der: Uint8Array) => Buffer.concat([issue({ subject: 'CN=Other' }).der, der])],
  ])('%s as well', (_name, form) => {
    const { certificates, damaged } = readCertificates(Buffer.from(form(withByte(350))));
    expect([certificates.at(-1)?.sha256, damaged.length]).toEqual([QUOVADIS_ROOT_CA_2, 1]);
  });

  test('in PKCS#7 as well, where the other certificates stay as they are', () => {
    const other = issue({ subject: 'CN=Other' });
    const { certificates, notes } = read(encodePem('PKCS7', certsOnly([withByte(350), other.der])));
    expect(certificates.map(({ sha256, source }) => [sha256, source?.line])).toEqual([
      [QUOVADIS_ROOT_CA_2, 1],
      [other.certificate.sha256, 1],
    ]);
    expect(notes.map(({ code, line, offset }) => [code, line, offset])).toEqual([
      ['der/restored-from-catalog', 1, undefined],
    ]);
  });

  test('of which the end is missing says how much, and is none', () => {
    const { certificates, errors } = readCertificates(GENUINE_DER.subarray(0, -100));
    expect([certificates, errors.map(({ code }) => code)]).toEqual([[], ['der/truncated']]);
    expect(errors[0]?.message).toContain('(100 missing)');
  });
});

describe('a certificate with a bad signature that is near no root', () => {
  test('is read as it is: whether it deserves trust is decided later', () => {
    const { certificate, pem } = issue({
      subject: 'CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM',
      badSignature: true,
    });
    const { certificates, damaged, notes } = read(pem);
    expect(certificates.map(({ sha256 }) => sha256)).toEqual([certificate.sha256]);
    expect([damaged, notes]).toEqual([[], []]);
  });
});

describe('damage that nothing can stand for is refused, and nothing is guessed', () => {
  const { pem } = issue({ subject: 'CN=Unknown Root', key: 'rsa2048' });

  test.each([
    ['a character that is no base64', changed(pem, 100, '*'), 'pem/damaged', 3, 37],
    ['a character that is no ASCII', changed(pem, 100, 'Ž'), 'pem/damaged', 3, 37],
    [
      'a character that is no ASCII, with a damaged marker',
      changed(pem, 100, 'Ž').replace('-----B', '----B'),
      'pem/damaged',
      3,
      37,
    ],
    ['a length octet', changed(pem, 9, 'z'), 'pem/damaged', 2, undefined],
    ['a character too few', changed(pem, 100, ''), 'pem/damaged', undefined, undefined],
    ['the last lines missing', pem.split('\n').toSpliced(-6, 4).join('\n'), 'pem/damaged', 2, 1],
    ['half of it, without END', pem.slice(0, pem.length / 2), 'pem/damaged', undefined, undefined],
    ['no body', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n', 'pem/damaged', undefined, undefined],
    ['no END', '-----BEGIN CERTIFICATE-----\n', 'pem/damaged', undefined, undefined],
    ['half of a known root', GENUINE.split('\n').toSpliced(10, 8).join('\n'), 'pem/damaged', undefined, undefined],
    ['base64 of something else', encodePem('CERTIFICATE', Buffer.from('this is no certificate')), 'pem/damaged', 2, 1],
    [
      'base64 without markers that breaks off',
      pem.replaceAll(/-----.*-----\n/g, '').slice(0, 600),
      'pem/damaged',
      undefined,
      undefined,
    ],
    ['PKCS#7 that breaks off', `-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n`, 'pkcs7/malformed', 1, undefined],
  ])('%s', (_name, text, code, line, column) => {
    const { certificates, errors, damaged } = read(text);
    expect([certificates, damaged]).toEqual([[], []]);
    expect(errors.map((error) => error.code)).toEqual([code]);
    expect(errors[0]?.at).toMatchObject({ source: 'test.txt' });
    if (line !== undefined) expect(errors[0]?.at?.line).toBe(line);
    if (column !== undefined) expect(errors[0]?.at?.column).toBe(column);
    expect(errors[0]?.exitStatus).toBe(3);
    if (code === 'pem/damaged') expect(errors[0]?.hint).toMatch(/\w/);
  });

  test('but it does not hide the good ones beside it', () => {
    const other = issue({ subject: 'CN=Other' });
    const { certificates, errors } = read(`${other.pem}${changed(pem, 100, '*')}text\n${GENUINE}`);
    expect(certificates.map(({ sha256 }) => sha256)).toEqual([other.certificate.sha256, QUOVADIS_ROOT_CA_2]);
    expect(errors.map(({ code }) => code)).toEqual(['pem/damaged']);
  });
});

function damagedCopy(changes: number): string {
  const lines = GENUINE.trimEnd().split('\n');
  const text = lines.slice(1, -1).join('');
  // Only misread characters: lost and doubled ones may take fewer edits than changes.
  let found = text;
  for (let n = 0; n < changes; n++) found = `${found.slice(0, n * 45 + 20)}~${found.slice(n * 45 + 21)}`;
  return [lines[0], ...(found.match(/.{1,64}/g) ?? []), lines.at(-1), ''].join('\n');
}
