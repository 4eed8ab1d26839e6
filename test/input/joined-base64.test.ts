import { describe, expect, test } from 'vitest';
import { findJoined, mayHoldJoined } from '../../src/input/joined-base64.ts';
import { issue } from '../support/certificates.ts';
import { base64, read } from '../support/documents.ts';
import { certsOnly } from '../support/pkcs7.ts';

const ROOT = issue({ subject: 'CN=Root,O=Somebody who needs many words', key: 'rsa1024' });
const SUB = issue({ subject: 'CN=Sub', issuer: ROOT });

type Write = (lines: readonly string[]) => string;

const quoted = (lines: readonly string[], joint: string, quote = '"'): string =>
  lines.map((line) => `${quote}${line}${quote}`).join(joint);
const percent = (text: string): string => encodeURIComponent(text);

const FORMS: Readonly<Record<string, Write>> = {
  'Java, plus before': (lines) => `String ca =\n  ${quoted(lines, '\n  + ')};\n`,
  'Java, plus behind, with line ends': (lines) =>
    `String ca =\n  ${quoted(
      lines.map((line) => `${line}\\n`),
      ' +\n  ',
    )};\n`,
  Go: (lines) => `var ca = decode(${quoted(lines, ' +\n\t\t')})\n`,
  'Python, side by side': (lines) => `CA = (\n  ${quoted(lines, '\n  ', "'")}\n)\n`,
  'Python, strings of bytes': (lines) => `CA = b64decode(\n  b${quoted(lines, '\n  b')}\n)\n`,
  'JavaScript, a list': (lines) => `const ca = [\n  ${quoted(lines, ',\n  ', "'")},\n].join('');\n`,
  PHP: (lines) => `$ca = ${quoted(lines, '\n  . ', "'")};\n`,
  'PHP, a string of several lines': (lines) => `  'x509cert' => '${lines.join('\n')}',\n`,
  'Objective-C': (lines) => `NSString *ca = @${quoted(lines, '\n  @')};\n`,
  'Visual Basic': (lines) => `Const ca = ${quoted(lines, ' & _\n  ')}\n`,
  SQL: (lines) => `SELECT ${quoted(lines, ' ||\n  ', "'")};\n`,
  properties: (lines) => `sp.certificate=${lines.join('\\\n  ')}\nnext=1\n`,
  'C#, a string of several lines': (lines) => `const string Ca = @"${lines.join('\n    ')}";\n`,
  'SAML in a string': (lines) =>
    `var saml = "<ds:X509Certificate>" +\n  ${quoted(lines, ' +\n  ')} +\n  "</ds:X509Certificate>";\n`,
  'SAML in a string, line ends behind the element': (lines) =>
    `x = "<X509Certificate>\\n${lines.join('\\n')}\\n</X509Certificate>"\n`,
  'JSON in a log, lines': (lines) => `got {"cert":"${lines.join('\\r\\n')}\\r\\n"}\n`,
  'JSON in JSON in a log': (lines) => `got {"body":"{\\"cert\\":\\"${lines.join('\\\\n')}\\"}"}\n`,
  'a query with line ends': (lines) => `GET /?cert=${percent(`${lines.join('\r\n')}\r\n`)}&x=1 HTTP/1.1\n`,
};

/** Forms that are one run but for escapes, of which a part says too little to be told from an example. */
const RUNS: Readonly<Record<string, Write>> = {
  'SAML in JSON, its brackets escaped': (lines) =>
    `log {"saml":"\\u003cX509Certificate\\u003e${lines.join('')}\\u003c/X509Certificate\\u003e"}\n`,
  'JSON in a log, slashes escaped': (lines) => `got {"cert":"${lines.join('').replaceAll('/', '\\/')}"}\n`,
  'JSON in a log, escapes of .NET': (lines) => `got {"cert":"${lines.join('').replaceAll('+', '\\u002B')}"}\n`,
  'a query': (lines) => `GET /?cert=${percent(lines.join(''))}&x=1 HTTP/1.1\n`,
};

function linesOf(der: Uint8Array, width = 64): readonly string[] {
  return base64(der).match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
}

describe.each(Object.entries({ ...FORMS, ...RUNS }))('%s', (_name, write) => {
  test('is read', () => {
    const first = write(linesOf(ROOT.der));
    const found = [
      ['CN=Root', null, first.slice(0, first.indexOf('MII')).split('\n').length],
      ['CN=Sub', null, `${first}${write(linesOf(SUB.der)).split('MII')[0]}`.split('\n').length],
    ].map(([subject, ...place]) => [subject === 'CN=Root' ? ROOT.subject : subject, ...place]);
    const text = first + write(linesOf(SUB.der));
    expect(read(text)).toEqual({ kind: 'text', found, notes: [], errors: [] });
    expect(read(text.replaceAll('\n', '\r\n'))).toMatchObject({ found, errors: [] });
  });
});

test.each(Object.entries(FORMS))(
  '%s: a character that is no base64, one too many and one too few are told',
  (_name, write) => {
    const lines = linesOf(ROOT.der);
    for (const third of [`*${lines[2]?.slice(1)}`, `A${lines[2]}`, lines[2]?.slice(1) ?? '']) {
      const { found, errors } = read(write(lines.with(2, third)) + write(linesOf(SUB.der)));
      expect(found.map(([subject]) => subject)).toEqual(['CN=Sub']);
      expect(errors).not.toEqual([]);
    }
  },
);

test('a header of a proxy, which is YAML, too', () => {
  expect(read(`X-Forwarded-Tls-Client-Cert: ${percent(base64(ROOT.der))}\n`)).toMatchObject({
    found: [[ROOT.subject, 'X-Forwarded-Tls-Client-Cert', 1]],
    errors: [],
  });
});

test('lines of JSON each', () => {
  const line = (der: Uint8Array) => `${JSON.stringify({ cert: linesOf(der).join('\n') })}\n`;
  expect(read(line(ROOT.der) + line(SUB.der)).found.map(([subject]) => subject)).toEqual([ROOT.subject, 'CN=Sub']);
});

test('PKCS#7', () => {
  const text = `String p7 =\n  ${quoted(linesOf(certsOnly([ROOT.der, SUB.der])), ' +\n  ')};\n`;
  expect(read(text).found.map(([subject]) => subject)).toEqual([ROOT.subject, 'CN=Sub']);
});

test('keys, requests, what is short and what is something else are none', () => {
  const program = "const words = ['of', 'a', 'program'];\n".repeat(40);
  const key = base64(ROOT.privateKey.export({ type: 'pkcs8', format: 'der' }));
  const short = `"${base64(ROOT.der).slice(0, 64)}" +\n "${base64(ROOT.der).slice(64, 120)}...";\n`;
  const words = `"MIIdddddddddddddddddddddddddddddddd" +\n${'"some more words and more words" +\n'.repeat(30)}`;
  for (const text of [`"${key.slice(0, 64)}" +\n "${key.slice(64)}";\n`, short, words])
    expect(read(program + text)).toMatchObject({ found: [], errors: [['input/unrecognised', 'in', null]] });
});

test('what stands between markers is left to others', () => {
  const text = `sb.append("-----BEGIN CERTIFICATE-----");\nsb.append("${linesOf(ROOT.der).join('" +\n "')}");\n`;
  expect(findJoined(text)).toEqual({ parts: [], broken: [] });
});

test('blocks of PEM need no second look', () => {
  // Digits of a key may be these three by chance.
  const block = `-----BEGIN CERTIFICATE-----\nMIIB${'A'.repeat(60)}\n-----END CERTIFICATE-----\n`;
  expect(mayHoldJoined(Buffer.from(`words\n${block}  ${block}`))).toBe(false);
  expect(mayHoldJoined(Buffer.from(`words "${base64(ROOT.der)}"`))).toBe(true);
});

test.each(['"MIIP" + ', '"MIIPAAAAAAAAAAAAAAAAAAAAAAAAAAA",\n', '"MIIP\\n\\n\\n', 'xMIIPaaaa%2B', '=MIIPaaaaaaaa\n  '])(
  'a long text of %j takes no more time than its length',
  (part) => {
    expect(findJoined(part.repeat(2 ** 21 / part.length)).parts).toEqual([]);
  },
);
