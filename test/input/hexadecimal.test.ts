import { describe, expect, test } from 'vitest';
import { findHexadecimal } from '../../src/input/hexadecimal.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { javaKeystore } from '../store/builders.ts';
import { fixture, fixturePassword } from '../store/keystore-fixtures.ts';
import { issue } from '../support/certificates.ts';
import { certsOnly } from '../support/pkcs7.ts';
import { printChain } from '../support/running-config.ts';

const ROOT = issue({ subject: 'CN=Root,O=30820101' });
const SUB = issue({ subject: 'CN=Sub', issuer: ROOT });
const THIRD = issue({ subject: 'CN=Third' });

type Write = (bytes: Uint8Array) => string;

const hex: Write = (bytes) => Buffer.from(bytes).toString('hex');
const pairs = (bytes: Uint8Array): readonly string[] => hex(bytes).match(/../g) ?? [];
const lines = (text: string, width: number): readonly string[] => text.match(new RegExp(`.{1,${width}}`, 'gs')) ?? [];
const shown = (row: Uint8Array): string =>
  Buffer.from(row)
    .toString('latin1')
    .replace(/[^ -~]/g, '.');

/** Rows of 16 bytes. */
function dump(bytes: Uint8Array, row: (bytes: Uint8Array, offset: number) => string): string {
  const rows = Math.ceil(bytes.length / 16);
  return Array.from({ length: rows }, (_, index) => row(bytes.subarray(index * 16, index * 16 + 16), index * 16))
    .join('\n')
    .concat('\n');
}

const offsetIn = (radix: number, width: number, offset: number): string => offset.toString(radix).padStart(width, '0');

/** A string in which bytes that print stand for themselves. */
const string = (bytes: Uint8Array, write: (byte: number) => string): string =>
  Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    if (/['"\\]/.test(character)) return `\\${character}`;
    return /[ -~]/.test(character) ? character : ({ 9: '\\t', 10: '\\n', 13: '\\r' }[byte] ?? write(byte));
  }).join('');

const FORMS: Readonly<Record<string, Write>> = {
  'bytes as Python prints them': (bytes) =>
    `>>> der\nb'${string(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`)}'\n`,
  'digits on one line': hex,
  'digits on one line, upper case': (bytes) => hex(bytes).toUpperCase(),
  'digits on lines (xxd -p)': (bytes) => lines(hex(bytes), 60).join('\n'),
  'digits on lines, CR LF': (bytes) => lines(hex(bytes), 60).join('\r\n'),
  'colons between': (bytes) => pairs(bytes).join(':'),
  'blanks between': (bytes) => pairs(bytes).join(' '),
  'dots between words': (bytes) => (hex(bytes).match(/.{1,4}/g) ?? []).join('.'),
  'a list of Python': (bytes) =>
    `[${pairs(bytes)
      .map((pair) => `'0x${pair}'`)
      .join(', ')}]\n`,
  'od -Ad -tx1': (bytes) => dump(bytes, (row, offset) => `${offsetIn(10, 7, offset)} ${pairs(row).join(' ')}`),
  'words of a console': (bytes) =>
    lines(
      (
        hex(bytes)
          .toUpperCase()
          .match(/.{1,8}/g) ?? []
      ).join(' '),
      36,
    )
      .map((line) => `  ${line}`)
      .join('\n'),
  'a value of PostgreSQL': (bytes) => ` certificate \n-----------\n \\x${hex(bytes)}\n(1 row)\n`,
  'a value of SQL': (bytes) => `INSERT INTO anchors VALUES (1, 0x${hex(bytes)});\n`,
  'an array of C (xxd -i)': (bytes) =>
    `unsigned char root_der[] = {\n  ${pairs(bytes)
      .map((pair, index) => `0x${pair}${index % 12 === 11 ? ',\n ' : ', '}`)
      .join('')}\n};\n`,
  'a string of C': (bytes) =>
    `const char root[] =\n${lines(
      pairs(bytes)
        .map((pair) => `\\x${pair}`)
        .join(''),
      64,
    )
      .map((line) => `  "${line}"`)
      .join('\n')};\n`,
  'a string in JSON': (bytes) => JSON.stringify({ der: hex(bytes) }),
  'an escaped string in JSON': (bytes) =>
    JSON.stringify({
      der: pairs(bytes)
        .map((pair) => `\\x${pair}`)
        .join(''),
    }),
  xxd: (bytes) =>
    dump(
      bytes,
      (row, offset) => `${offsetIn(16, 8, offset)}: ${lines(hex(row), 4).join(' ').padEnd(39)}  ${shown(row)}`,
    ),
  'hexdump -C': (bytes) =>
    dump(bytes, (row, offset) => {
      const [left, right] = [row.subarray(0, 8), row.subarray(8)].map((half) => pairs(half).join(' '));
      return `${offsetIn(16, 8, offset)}  ${left?.padEnd(23)}  ${right?.padEnd(23)}  |${shown(row)}|`;
    }),
  'xxd in a quoted mail': (bytes) =>
    dump(
      bytes,
      (row, offset) => `> ${offsetIn(16, 8, offset)}: ${lines(hex(row), 4).join(' ').padEnd(39)}  ${shown(row)}`,
    ),
  'digits on lines in a quoted mail': (bytes) =>
    lines(hex(bytes), 60)
      .map((line) => `> ${line}`)
      .join('\n'),
  'digits in a table': (bytes) =>
    lines(hex(bytes), 60)
      .map((line) => `| ${line} |`)
      .join('\n'),
  'od -tx1': (bytes) =>
    `${dump(bytes, (row, offset) => `${offsetIn(8, 7, offset)} ${pairs(row).join(' ')}`)}${offsetIn(8, 7, bytes.length)}\n`,
  'openssl asn1parse -dump': (bytes) =>
    dump(bytes, (row, offset) => {
      const [left, right] = [row.subarray(0, 8), row.subarray(8)].map((half) => pairs(half).join(' '));
      return `   ${offsetIn(16, 4, offset)} - ${left}-${right}   ${shown(row)}`;
    }),
  'Format-Hex of PowerShell': (bytes) =>
    `           00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n\n${dump(
      bytes,
      (row, offset) => `${offsetIn(16, 8, offset)}   ${pairs(row).join(' ').toUpperCase().padEnd(47)}  ${shown(row)}`,
    )}`,
};

const MARKER = '-----BEGIN CERTIFICATE-----';

/** Numbers, a row of them on each line. */
const array = (bytes: Uint8Array, write: (byte: number) => string, rows: (row: string, at: number) => string): string =>
  lines([...bytes].map((byte) => String.fromCharCode(byte)).join(''), 16)
    .map((row, index) => rows([...row].map((one) => write(one.charCodeAt(0))).join(', '), index * 16))
    .join('\n');

/** How programs have bytes, and of which notation they are. */
const PROGRAMS: Readonly<Record<string, Write>> = {
  'an array of C': (bytes) =>
    `{\n${array(
      bytes,
      (byte) => `0x${byte.toString(16).padStart(2, '0')}`,
      (row) => `  ${row},`,
    )}\n};`,
  'an array of C, unsigned': (bytes) =>
    `{\n${array(
      bytes,
      (byte) => `0x${byte.toString(16).padStart(2, '0')}U`,
      (row) => `  ${row},`,
    )}\n};`,
  'an array of Rust': (bytes) =>
    `[${array(
      bytes,
      (byte) => `0x${byte.toString(16).padStart(2, '0')}u8`,
      (row) => `  ${row},`,
    )}]`,
  'an array of Java': (bytes) =>
    `{${array(
      bytes,
      (byte) => `${byte > 127 ? '(byte) ' : ''}0x${byte.toString(16).padStart(2, '0')}`,
      (row) => `  ${row},`,
    )}}`,
  'an array of Go, digits of zero left out': (bytes) =>
    `[]byte{${array(
      bytes,
      (byte) => `0x${byte.toString(16)}`,
      (row) => `${row},`,
    )}}`,
  'an array with a comment behind each row': (bytes) =>
    `{\n${array(
      bytes,
      (byte) => `0x${byte.toString(16).padStart(2, '0')}`,
      (row, at) => `  ${row}, // ${at}: 30 82`,
    )}\n}`,
  'an array with a comment before each row': (bytes) =>
    `{\n${array(
      bytes,
      (byte) => `0x${byte.toString(16).padStart(2, '0')}`,
      (row, at) => `  /* ${at} */ ${row},`,
    )}\n}`,
  'a macro': (bytes) =>
    `#define CA { \\\n${array(
      bytes,
      (byte) => `0x${byte.toString(16).padStart(2, '0')}`,
      (row) => `  ${row},      \\`,
    )}\n}`,
  'an array of Kotlin': (bytes) =>
    `byteArrayOf(${array(
      bytes,
      (byte) => `0x${byte.toString(16).padStart(2, '0')}.toByte()`,
      (row) => `  ${row},`,
    )})`,
  'lines of an assembler': (bytes) =>
    array(
      bytes,
      (byte) => `0x${byte.toString(16).padStart(2, '0')}`,
      (row) => `\t.byte ${row}`,
    ),
  'an array of Visual Basic': (bytes) =>
    `{${array(
      bytes,
      (byte) => `&H${byte.toString(16).toUpperCase()}`,
      (row) => `  ${row}, _`,
    )}}`,
  'an array of Pascal': (bytes) =>
    `(${array(
      bytes,
      (byte) => `$${byte.toString(16).toUpperCase().padStart(2, '0')}`,
      (row) => `  ${row},`,
    )});`,
  'decimal, as Go prints it': (bytes) => `[${[...bytes].join(' ')}]`,
  decimal: (bytes) => `[]byte{${array(bytes, String, (row) => `\t${row},`)}}`,
  'decimal, without blanks': (bytes) => JSON.stringify({ type: 'Buffer', data: [...bytes] }),
  'decimal, a line each': (bytes) => JSON.stringify(Buffer.from(bytes), null, 4),
  'decimal, with signs': (bytes) => `{ ${[...bytes].map((byte) => (byte << 24) >> 24).join(', ')} };`,
};

const read = (text: string, password: string | null = null) => {
  const { kind, certificates, notes, errors } = readCertificates(Buffer.from(text), { password });
  return {
    kind,
    found: certificates.map(({ sha256 }) => sha256),
    notes: notes.map(({ code }) => code),
    errors: errors.map(({ code }) => code),
  };
};

describe.each(Object.entries(FORMS))('%s', (_, write) => {
  test('is read', () => {
    expect(read(write(ROOT.der))).toEqual({
      kind: 'text',
      found: [ROOT.certificate.sha256],
      notes: ['pem/hexadecimal'],
      errors: [],
    });
  });

  test('twice, behind words', () => {
    const text = `The root, and who signs:\n\n${write(ROOT.der)}\n\nand\n\n${write(SUB.der)}\n`;
    expect(read(text)).toMatchObject({ found: [ROOT.certificate.sha256, SUB.certificate.sha256], errors: [] });
  });
});

describe.each(Object.entries(PROGRAMS))('%s', (name, write) => {
  const LICENSE = `/*\n${' * Words of a license, which are many.\n'.repeat(100)} */\n`;
  const note = name.startsWith('decimal') ? 'pem/numbers' : 'pem/hexadecimal';

  test('is read, far behind words, twice, with either line end', () => {
    const text = `${LICENSE}${write(ROOT.der)}\n\n${write(SUB.der)}\n`;
    const found = [ROOT.certificate.sha256, SUB.certificate.sha256];
    expect(read(text)).toEqual({ kind: 'text', found, notes: [note, note], errors: [] });
    expect(read(text.replaceAll('\n', '\r\n'))).toMatchObject({ found, errors: [] });
  });

  test('of PEM is read', () => {
    const text = `${LICENSE}${write(Buffer.from(ROOT.pem))}\n${write(Buffer.from(`${SUB.pem}${THIRD.pem}\0`))}\n`;
    expect(read(text)).toMatchObject({
      found: [ROOT, SUB, THIRD].map(({ certificate }) => certificate.sha256),
      errors: [],
    });
  });

  test('cut short is told', () => {
    expect(read(`${write(ROOT.der.subarray(0, -20))}\n`)).toMatchObject({ found: [], errors: ['der/truncated'] });
  });
});

test.each([
  ['lines', (bytes: Uint8Array) => `${hex(bytes)}\n`],
  [
    'arrays that nothing encloses',
    (bytes: Uint8Array) =>
      `${pairs(bytes)
        .map((pair) => `0x${pair}`)
        .join(', ')
        .replaceAll(/(.{71}) /g, '$1\n')}\n\n`,
  ],
])('%s: one that is cut short takes nothing of the next', (_, write) => {
  expect(read(write(SUB.der.subarray(0, -30)) + write(ROOT.der))).toMatchObject({
    found: [ROOT.certificate.sha256],
    errors: ['der/truncated'],
  });
});

test('a digit that is doubled or missing is told, even where the structure holds', () => {
  const digits = hex(SUB.der);
  const doubled = `${digits.slice(0, -41)}0${digits.slice(-41)}`;
  const single = (PROGRAMS['an array of C']?.(SUB.der) ?? '').replace(/0x0(?!.*0x0)/s, '0x');
  for (const text of [`x'${doubled}'`, single])
    expect(read(text)).toMatchObject({ found: [], errors: ['der/truncated'] });
});

test('PEM in an array that is damaged is told', () => {
  const text = PROGRAMS['an array of C']?.(Buffer.from(ROOT.pem)) ?? '';
  expect(read(text.slice(0, text.length / 2)).errors).toEqual(['pem/damaged']);
});

describe('octal', () => {
  const octal: Write = (bytes) =>
    lines([...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''), 64).join('\n');

  test.each([
    ['NSS', (bytes: Uint8Array) => `CKA_VALUE MULTILINE_OCTAL\n${octal(bytes)}\nEND\n`],
    ['a string of C', (bytes: Uint8Array) => `"${octal(bytes).replaceAll('\n', '"\n  "')}";\n`],
  ])('%s', (_, write) => {
    expect(read(`${write(ROOT.der)}\n${write(SUB.der)}`)).toEqual({
      kind: 'text',
      found: [ROOT.certificate.sha256, SUB.certificate.sha256],
      notes: ['pem/numbers', 'pem/numbers'],
      errors: [],
    });
  });
});

test('PEM in a dump', () => {
  for (const form of ['xxd', 'hexdump -C', 'digits on lines (xxd -p)'])
    expect(read(FORMS[form]?.(Buffer.from(ROOT.pem)) ?? '').found, form).toEqual([ROOT.certificate.sha256]);
});

describe('what stands in hexadecimal', () => {
  test('a certificate cut short is told', () => {
    const whole = hex(ROOT.der);
    expect(read(whole.slice(0, -20))).toMatchObject({
      found: [],
      notes: ['pem/hexadecimal'],
      errors: ['der/truncated'],
    });
    expect(read(FORMS.xxd?.(ROOT.der.subarray(0, -20)) ?? '')).toMatchObject({ errors: ['der/truncated'] });
  });

  test('PKCS#7, PKCS#12', () => {
    expect(read(hex(certsOnly([ROOT.der, SUB.der])))).toMatchObject({
      found: [ROOT.certificate.sha256, SUB.certificate.sha256],
    });
    const p12 = fixture('openssl3.p12');
    const password = fixturePassword('openssl3.p12');
    const { certificates } = readCertificates(p12, { password });
    for (const write of [hex, FORMS['blanks between'], FORMS['hexdump -C'], FORMS['an array of C (xxd -i)']])
      expect(read(write?.(p12) ?? '', password).found).toEqual(certificates.map(({ sha256 }) => sha256));
  });

  test('has the line on which it begins', () => {
    const { certificates } = readCertificates(Buffer.from(`one\ntwo\n\n${FORMS.xxd?.(ROOT.der)}`));
    expect(certificates[0]?.source?.line).toBe(4);
  });

  test.each([
    ['something else of DER', hex(SUB.certificate.tbsCertificate)],
    ['a keystore of Java', hex(javaKeystore({ entries: [] }))],
    ['digits inside of others', `a${hex(ROOT.der)}`],
    [
      'a dump far behind words',
      `${'many words '.repeat(200)}\n${FORMS.xxd?.(ROOT.der).replaceAll(/ {2}.*/g, '  of a program, perhaps')}`,
    ],
    ['markers of PEM alone', Object.values(PROGRAMS)[0]?.(Buffer.from(`${MARKER}\n${MARKER}\n${MARKER}\n`)) ?? ''],
    ['numbers of other things', `[${'48, 130, 2, 60, 20, 14, '.repeat(20)}]`],
    ['numbers beyond bytes', `[48, 130, 2, ${'300, 48, '.repeat(100)}]`],
    ['less than a certificate', '30820101 30820001 00112233'],
    ['a row without the others', '00000000: 3082 0101 3082 0101\nwords\n'],
  ])('%s is not read', (_, text) => {
    expect(read(text)).toEqual({ kind: 'unknown', found: [], notes: [], errors: ['input/unrecognised'] });
  });

  test.each(Object.entries(FORMS))('beside PEM, before and behind it: %s', (_, write) => {
    const text = `${write(SUB.der)}\n${ROOT.pem}\n${write(THIRD.der)}\n`;
    const { found, notes, errors } = read(text);
    expect([found, errors]).toEqual([[SUB, ROOT, THIRD].map(({ certificate }) => certificate.sha256), []]);
    expect(notes.filter((code) => code === 'pem/hexadecimal')).toHaveLength(2);
  });

  test('rows of a device are read by its reader alone', () => {
    const { kind, found, notes } = read(printChain('TP', [{ der: ROOT.der, heading: 'ca 01' }]));
    expect([kind, found, notes]).toEqual(['device-config', [ROOT.certificate.sha256], ['device/serial-mismatch']]);
  });

  test.each([
    '3082010130 82 ',
    '30820101308201zz ',
    '00000000: 3082 0101 3082\n',
    '30 82 01 01 30 82 ',
    '48, 130, ',
    '45, 45, 45, 45, 45, 66, 69, ',
    '\\060\\202',
    '0\\x82',
    '0\\204',
  ])('a long text of %j takes no more time than its length', (part) => {
    expect(findHexadecimal(Buffer.from(part.repeat(2 ** 21 / part.length)), false)).toEqual([]);
  });
});

test('a certificate of the registry of Windows, wherever in it a line ends', () => {
  for (let before = 0; before < 25; before++) {
    const digits = pairs(Buffer.concat([Buffer.alloc(before, 1), ROOT.der]));
    const rows = lines(digits.map((pair) => `${pair},`).join(''), 75);
    const text = `REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE]\r\n"Blob"=hex:${rows.join('\\\r\n  ').slice(0, -1)}\r\n`;
    const { certificates, errors } = readCertificates(Buffer.from(text));
    expect([certificates.map(({ subject }) => subject), errors]).toEqual([[ROOT.certificate.subject], []]);
  }
});

test('a protocol buffer in text, and one that is cut short', () => {
  const text = `raw: "${string(SUB.der, (byte) => `\\${byte.toString(8).padStart(3, '0')}`)}"\n`;
  expect(read(text)).toEqual({ kind: 'text', found: [SUB.certificate.sha256], notes: ['pem/numbers'], errors: [] });
  const { found, errors } = read(text.slice(0, -40));
  expect([found, errors]).toEqual([[], ['der/truncated']]);
});
