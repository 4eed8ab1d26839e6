import { describe, expect, test } from 'vitest';
import { readCertificates } from '../../src/input/read-certificates.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { issue } from '../support/certificates.ts';
import { base64, entity, folded, MESSAGE } from '../support/documents.ts';

const ROOT = issue({ subject: 'CN=Root' });
const SUB = issue({ subject: 'CN=Sub', issuer: ROOT });

const HEADERS = Array.from({ length: 40 }, (_, index) => `X-Header-${index}: x`);

const aliased = ({ subject, source }: Certificate) => [subject, source?.alias];

const ALIASED = [
  ['CN=Root', 'root'],
  ['CN=Sub', 'gate: way'],
  ['CN=Root', 'gate: way'],
];

describe('the list that keytool prints', () => {
  const entry = (alias: string, kind: string, ...pems: readonly string[]) =>
    `Alias name: ${alias}\nCreation date: Nov 1, 2026\nEntry type: ${kind}\n\n${pems.join('')}\n\n*******\n*******\n\n\n`;
  const LIST = `Keystore type: PKCS12\nKeystore provider: SUN\n\nYour keystore contains 2 entries\n\n${entry('root', 'trustedCertEntry', ROOT.pem)}${entry('gate: way', 'PrivateKeyEntry', `Certificate chain length: 2\nCertificate[1]:\n${SUB.pem}`, `Certificate[2]:\n${ROOT.pem}`)}`;

  test.each([
    ['as it is', LIST],
    ['with CR LF', LIST.replaceAll('\n', '\r\n')],
    [
      'in German',
      LIST.replaceAll('Alias name', 'Aliasname')
        .replaceAll('Creation date', 'Erstellungsdatum')
        .replaceAll('Entry type', 'Eintragstyp'),
    ],
    [
      'in Chinese',
      LIST.replaceAll('Alias name', '别名')
        .replaceAll('Creation date', '创建日期')
        .replaceAll('Entry type', '条目类型'),
    ],
    ['behind lines that end with CR alone', `${'loading\r'.repeat(40)}\n${LIST}`],
  ])('%s: the aliases of its entries', (_name, text) => {
    const { kind, certificates, errors } = readCertificates(Buffer.from(text));
    expect([kind, errors]).toEqual(['keytool-rfc', []]);
    expect(certificates.map(aliased)).toEqual(ALIASED);
  });

  test.each([
    ['a mail', entity({ headers: [...MESSAGE, ...HEADERS], body: LIST })],
    [
      'a mail in base64',
      entity({ headers: [...MESSAGE, 'Content-Transfer-Encoding: base64'], body: folded(base64(LIST), 76) }),
    ],
    ['a literal block of YAML', `a: 1\nb:\n  list: |\n${LIST.replaceAll(/^(?=.)/gm, '    ')}`],
  ])('in %s: the aliases of its entries', (_name, text) => {
    const { certificates, errors } = readCertificates(Buffer.from(text));
    expect([certificates.map(aliased), errors]).toEqual([ALIASED, []]);
  });

  test('in Latin-1: an alias with an umlaut', () => {
    const { certificates } = readCertificates(Buffer.from(entry('für', 'trustedCertEntry', ROOT.pem), 'latin1'));
    expect(certificates.map(aliased)).toEqual([['CN=Root', 'für']]);
  });

  test('a certificate above the first entry has no alias, one in a string below it has', () => {
    const text = `${ROOT.pem}${entry('sub', 'trustedCertEntry', `x = ${JSON.stringify(SUB.pem)}\n`)}`;
    const { certificates } = readCertificates(Buffer.from(text));
    expect(certificates.map(aliased)).toEqual([
      ['CN=Root', null],
      ['CN=Sub', 'sub'],
    ]);
  });
});
