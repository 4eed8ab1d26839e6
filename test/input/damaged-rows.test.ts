import { describe, expect, test } from 'vitest';
import { findRoot, genuineBodies } from '../../src/catalog/catalog.ts';
import { matchRows } from '../../src/catalog/match-rows.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { issue } from '../support/certificates.ts';
import { generator, randomBytes } from '../support/damage.ts';
import { printChain } from '../support/running-config.ts';

const QUOVADIS = '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86';
const DER = Buffer.from(genuineBodies().get(QUOVADIS) ?? '', 'base64');
const ROOTS = [...genuineBodies()];

const TEXT = printChain('OLD', [{ der: DER, heading: 'ca 0509' }]);
const ROWS = Math.ceil(DER.length / 32);

/** The configuration with its lines changed; the rows begin at index 2. */
function changed(change: (lines: string[]) => readonly string[]): string {
  return change(TEXT.split('\n')).join('\n');
}

function swap(lines: readonly string[], a: number, b: number): readonly string[] {
  return lines.with(a, lines[b] ?? '').with(b, lines[a] ?? '');
}

/** One character of a line. */
function retyped(lines: readonly string[], line: number, column: number, to: string): readonly string[] {
  const text = lines[line] ?? '';
  return lines.with(line, text.slice(0, column - 1) + to + text.slice(column));
}

describe('a damaged dump of a known root', () => {
  const row = (number: number) => number + 1;

  test.each([
    ['a row missing', changed((lines) => lines.toSpliced(row(12), 1)), `row 12 of ${ROWS} is missing`, 1],
    ['the last row missing', changed((lines) => lines.toSpliced(row(ROWS), 1)), `row ${ROWS} of ${ROWS} is missing`, 1],
    [
      'two rows swapped',
      changed((lines) => swap(lines, row(12), row(13))),
      `row 13 of ${ROWS} stands at another place, row 12 of ${ROWS} stands at another place`,
      2,
    ],
    [
      'rows of the key swapped',
      changed((lines) => swap(lines, row(10), row(14))),
      `row 14 of ${ROWS} stands at another place, row 10 of ${ROWS} stands at another place`,
      2,
    ],
    [
      'a row twice',
      changed((lines) => lines.toSpliced(row(12), 0, lines[row(12)] ?? '')),
      'a row after row 12 is surplus',
      1,
    ],
    [
      'the letter O for a zero',
      changed((lines) => retyped(lines, row(1), 4, 'O')),
      `row 1 of ${ROWS} has a wrong digit`,
      1,
    ],
    [
      'an l for a 1',
      changed((lines) => lines.with(row(20), (lines[row(20)] ?? '').replace('1', 'l'))),
      `row 20 of ${ROWS} has a wrong digit`,
      1,
    ],
    ['a digit lost', changed((lines) => retyped(lines, row(5), 7, '')), `row 5 of ${ROWS} has a wrong digit`, 1],
    [
      'another digit, so that it decodes',
      changed((lines) => lines.with(row(20), (lines[row(20)] ?? '').replace(/[0-8]/, '9'))),
      `row 20 of ${ROWS} has a wrong digit`,
      1,
    ],
    [
      'a line of a pager',
      changed((lines) => lines.toSpliced(row(9), 2, ' --More-- ', lines[row(9)] ?? '')),
      `row 10 of ${ROWS} is missing`,
      1,
    ],
    [
      'no quit, and the last row missing',
      changed((lines) => lines.slice(0, row(ROWS))),
      `row ${ROWS} of ${ROWS} is missing`,
      1,
    ],
  ])('%s', (_name, text, what, count) => {
    const { certificates, damaged, errors, notes } = readCertificates(Buffer.from(text), { name: 'r1.cfg' });
    expect(certificates.map(({ sha256, source }) => [sha256, source?.trustpoint, source?.line])).toEqual([
      [QUOVADIS, 'OLD', 2],
    ]);
    expect(errors).toEqual([]);
    expect(notes.map(({ code, line, message }) => [code, line, message])).toEqual([
      ['device/restored-from-catalog', 2, expect.stringContaining(`of QuoVadis Root CA 2 (${what})`)],
    ]);
    expect(damaged.map(({ differences }) => differences.length)).toEqual([count]);
  });

  test('its differences stand where an editor shows them', () => {
    const text = changed((lines) => retyped(retyped(lines, row(3), 3, 'O'), row(3), 13, '!'));
    expect(readCertificates(Buffer.from(text)).damaged[0]?.differences).toMatchObject([
      { line: 5, column: 3, found: 'O' },
      { line: 5, column: 13, found: '!' },
    ]);
  });

  test('any root, with rows swapped and digits misread', () => {
    const random = generator(20_261_122);
    let found = 0;
    for (const [sha256, base64] of ROOTS) {
      const rows: readonly string[] =
        Buffer.from(base64, 'base64')
          .toString('hex')
          .match(/.{1,64}/g) ?? [];
      const a = random(rows.length - 1);
      const b = random(rows.length - 1);
      const moved = rows.with(a, rows[b] ?? '').with(b, rows[a] ?? '');
      const misread = moved.map((one, index) => (index % 5 === 2 ? one.replace('0', 'o').replace('1', 'l') : one));
      const match = matchRows(misread);
      expect([findRoot(sha256)?.name, match?.sha256]).toEqual([findRoot(sha256)?.name, sha256]);
      found++;
    }
    process.stdout.write(`${found} damaged dumps: each root found\n`);
  });
});

describe('a dump that is near no root', () => {
  test('of another certificate stays damaged', () => {
    const { der } = issue({ subject: 'CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM', key: 'rsa2048' });
    const text = printChain('A', [{ der, heading: 'ca 0102' }]).replace(' 30', ' 3O');
    const { certificates, damaged, errors } = readCertificates(Buffer.from(text));
    expect([certificates, damaged, errors.map(({ code }) => code)]).toEqual([[], [], ['device/damaged-hex']]);
  });

  test('a root with another signature is not that root', () => {
    for (const [number, [, base64]] of ROOTS.entries()) {
      const der = Buffer.from(base64, 'base64');
      der.set(randomBytes(64, number), der.length - 64);
      if (der.length > 32 * 28) der.set(randomBytes(128, number), der.length - 128);
      const match = matchRows(der.toString('hex').match(/.{1,64}/g) ?? []);
      expect([number, match]).toEqual([number, null]);
    }
  });

  test.each<readonly [string, readonly string[]]>([
    ['nothing', []],
    ['half of a root', (DER.toString('hex').match(/.{1,64}/g) ?? []).slice(0, 20)],
    [
      'a root twice',
      DER.toString('hex')
        .repeat(2)
        .match(/.{1,64}/g) ?? [],
    ],
    ['zeros', Array.from({ length: 40 }, () => '0'.repeat(64))],
    ['short rows', Array.from({ length: 400 }, () => '30820321')],
    ['very many rows', Array.from({ length: 5000 }, (_, index) => index.toString(16).padStart(64, '0'))],
  ])('%s', (_name, rows) => {
    expect(matchRows(rows)).toBeNull();
  });
});

describe('a fragment', () => {
  const fragment = TEXT.split('\n').slice(1).join('\n');

  test('without the line that names its trustpoint is read', () => {
    const { kind, certificates, notes, errors } = readCertificates(Buffer.from(fragment));
    expect([kind, errors, notes.map(({ code, line }) => [code, line])]).toEqual([
      'device-config',
      [],
      [['device/no-trustpoint', 1]],
    ]);
    expect(certificates.map(({ sha256, source }) => [sha256, source?.line, source?.trustpoint])).toEqual([
      [QUOVADIS, 1, null],
    ]);
  });

  test('that is damaged as well', () => {
    const text = fragment.split('\n').toSpliced(8, 1).join('\n');
    const { certificates, notes } = readCertificates(Buffer.from(`see below\n${text}`));
    expect(certificates.map(({ sha256 }) => sha256)).toEqual([QUOVADIS]);
    expect(notes.map(({ code, line }) => [code, line])).toEqual([
      ['device/no-trustpoint', 2],
      ['device/restored-from-catalog', 2],
    ]);
  });

  test('whose serial number looks like the beginning of a certificate', () => {
    const text = fragment.replace('ca 0509', 'ca 3082');
    const { certificates, notes } = readCertificates(Buffer.from(`crypto pki certificate chain A\n${text}`));
    expect(certificates.map(({ sha256 }) => sha256)).toEqual([QUOVADIS]);
    expect(notes.map(({ code }) => code)).toEqual(['device/serial-mismatch']);
    expect(readCertificates(Buffer.from(text)).certificates).toHaveLength(1);
  });

  test('of words alone is none', () => {
    for (const text of ['certificate ca 3082\n', 'our certificate ca is new\n certificate ca 12\nquit\n']) {
      expect(readCertificates(Buffer.from(text)).certificates).toEqual([]);
    }
  });
});
