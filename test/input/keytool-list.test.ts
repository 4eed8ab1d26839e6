import { describe, expect, test } from 'vitest';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { issue } from '../support/certificates.ts';

const ROOT = issue({ subject: 'CN=Root' });
const SUB = issue({ subject: 'CN=Sub', issuer: ROOT });

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
  ])('%s: the aliases of its entries', (_name, text) => {
    const { kind, certificates, errors } = readCertificates(Buffer.from(text));
    expect([kind, errors]).toEqual(['keytool-rfc', []]);
    expect(certificates.map(({ subject, source }) => [subject, source?.alias])).toEqual([
      ['CN=Root', 'root'],
      ['CN=Sub', 'gate: way'],
      ['CN=Root', 'gate: way'],
    ]);
  });
});
