import { expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { read } from '../support/documents.ts';

const OLD = issue({ subject: 'CN=Old' });
const NEW = issue({ subject: 'CN=New', issuer: OLD, key: 'rsa1024' });

/** Its signatures have one length. */
const RSA = NEW.privateKey;

const bodyOf = (pem: string): readonly string[] => pem.trimEnd().split('\n').slice(1, -1);
const marked = (lines: readonly string[], mark: string): string => lines.map((line) => `${mark}${line}\n`).join('');
const hunk = (body: string): string =>
  `diff --git a/ca.pem b/ca.pem\n--- a/ca.pem\n+++ b/ca.pem\n@@ -1,9 +1,15 @@\n -----BEGIN CERTIFICATE-----\n${body} -----END CERTIFICATE-----\n # the end\n`;

const replaced = hunk(marked(bodyOf(OLD.pem), '-') + marked(bodyOf(NEW.pem), '+'));

test('a certificate that a patch replaces, and the one that it puts there', () => {
  const found = [
    ['CN=Old', null, 6],
    ['CN=New', null, 6 + bodyOf(OLD.pem).length],
  ];
  expect(read(replaced)).toMatchObject({ found, notes: [], errors: [] });
  expect(read(replaced + replaced).found).toEqual([
    ...found,
    ...found.map(([name]) => [name, null, expect.any(Number)]),
  ]);
  expect(read(replaced.replaceAll('\n', '\r\n'))).toMatchObject({ found, errors: [] });
});

test('lines that both have', () => {
  const [before = [], after = []] = ['2029-01-01', '2030-01-01'].map((end) =>
    bodyOf(issue({ subject: 'CN=Old', key: RSA, notAfter: new Date(end) }).pem),
  );
  const body = before.map((line, at) => (line === after[at] ? ` ${line}\n` : `-${line}\n+${after[at]}\n`)).join('');
  const lines = hunk(body).split('\n');
  const first = (sign: string) => 1 + lines.findIndex((line, at) => at > 4 && line.startsWith(sign));
  expect(read(hunk(body)).found).toEqual([
    ['CN=Old', null, first('-')],
    ['CN=Old', null, first('+')],
  ]);
});

test('what is damaged is told, and hides not the other', () => {
  for (const damaged of [replaced.replace(/\n-(MI.{20})./, '\n-$1'), replaced.replace(/\n-MI./, '\n-MI*')]) {
    const { found, errors } = read(damaged);
    expect([found, errors.map(([code, , line]) => [code, line])]).toEqual([
      [['CN=New', null, 6 + bodyOf(OLD.pem).length]],
      [['pem/damaged', expect.any(Number)]],
    ]);
  }
});

test('a block that is indented by a blank is none of a patch', () => {
  expect(read(`The root:\n${OLD.pem.replaceAll(/^(?=.)/gm, ' ')}`)).toMatchObject({
    found: [['CN=Old', null, 2]],
    notes: [['pem/indented', null, 3]],
  });
});
