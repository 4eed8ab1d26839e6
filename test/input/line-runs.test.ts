import { describe, expect, test } from 'vitest';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { issue } from '../support/certificates.ts';

const ROOT = issue({ subject: 'CN=Root' });
const SUB = issue({ subject: 'CN=Sub', issuer: ROOT });
const THIRD = issue({ subject: 'CN=Third', issuer: ROOT, key: 'rsa1024' });

type Write = (lines: readonly string[]) => string;

/** What programs put around the lines of a block, another thing around the first or the last of them than around all others. */
const FORMS: Readonly<Record<string, Write>> = {
  'Visual Basic': (lines) => `Const ca = ${lines.map((line) => `"${line}"`).join(' & vbCrLf & _\n  ')}\n`,
  'C#, a name for the line end': (lines) =>
    `var ca = ${lines.map((line) => `"${line}"`).join(' + Environment.NewLine +\n  ')};\n`,
  'PHP, a name for the line end': (lines) => `$ca = ${lines.map((line) => `'${line}'`).join(' . PHP_EOL .\n  ')};\n`,
  'PHP, a string for the line end': (lines) => `$ca = ${lines.map((line) => `'${line}'`).join(' . "\\n"\n  . ')};\n`,
  Delphi: (lines) => `const ca = ${lines.map((line) => `'${line}'`).join(' + #13#10 +\n  ')};\n`,
  'Objective-C': (lines) => `NSString *ca = ${lines.map((line) => `@"${line}\\n"`).join('\n  ')};\n`,
  'Scala with margins': (lines) => `val ca = """${lines.join('\n  |')}\n  |""".stripMargin\n`,
  SQL: (lines) => `SELECT ${lines.map((line) => `'${line}'`).join(' || chr(10) ||\n  ')};\n`,
  'a batch file': (lines) => lines.map((line, at) => `echo ${line}${at === 0 ? '>' : '>>'} ca.pem\n`).join(''),
  'PowerShell on one line': (lines) => `$ca = "${lines.join('`r`n')}"\n`,
  'lines that were taken away': (lines) => lines.map((line) => `-${line}\n`).join(''),
};

const linesOf = (pem: string): readonly string[] => pem.trimEnd().split('\n');

function read(text: string) {
  const { certificates, errors } = readCertificates(Buffer.from(text));
  return [certificates.map(({ subject, source }) => [subject, source?.line]), errors.map(({ code }) => code)];
}

describe.each(Object.entries(FORMS))('%s', (_name, write) => {
  test('certificates that others have signed', () => {
    const first = write(linesOf(SUB.pem));
    const both = `${first}\n${write(linesOf(THIRD.pem))}`;
    const found = [
      ['CN=Sub', 1],
      ['CN=Third', first.split('\n').length + 1],
    ];
    expect(read(both)).toEqual([found, []]);
    expect(read(both.replaceAll('\n', '\r\n'))).toEqual([found, []]);
  });

  test('a line that is missing or damaged makes it none', () => {
    const lines = linesOf(THIRD.pem);
    expect(read(write(lines.toSpliced(3, 1)))).toEqual([[], ['pem/damaged']]);
    expect(read(write(lines.with(3, lines[3]?.replace(/^./, '*') ?? '')))).toEqual([[], ['pem/damaged']]);
  });
});

test('one that another has signed is not put together of lines with other things around them', () => {
  const lines = linesOf(SUB.pem).map(
    (line, at) => `05:10:${10 + at} ${at % 2 === 0 ? 'INFO ' : 'DEBUG'} app - ${line}`,
  );
  expect(read(lines.join('\n'))).toEqual([[], ['pem/damaged']]);
});

test.each([
  ['more', '\x1b[7m--More--(60%)\x1b[27m\r\x1b[K'],
  ['ASA', '<--- More --->\r              \r'],
])('one that another has signed is read through a pager that erases itself: %s', (_name, prompt) => {
  const lines = linesOf(SUB.pem);
  expect(read(lines.with(3, `${prompt}${lines[3]}`).join('\r\n'))).toEqual([[['CN=Sub', 1]], []]);
  // What the blanks do not cover is seen.
  const short = prompt.replace(/ +\r$/, ' \r').replace('\r\x1b[K', '\x1b[3D\x1b[K');
  expect(read(lines.with(3, `${short}${lines[3]}`).join('\r\n'))).toEqual([[], ['pem/damaged']]);
});
