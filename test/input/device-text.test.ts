import { describe, expect, test } from 'vitest';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { issue } from '../support/certificates.ts';
import { printChain } from '../support/running-config.ts';

const ROOT = issue({ subject: 'CN=Root,O=Test' });

function read(text: string) {
  const { kind, certificates, notes, errors } = readCertificates(Buffer.from(text), { name: 'r1.cfg' });
  return {
    kind,
    found: certificates.map(({ subject, source }) => [subject, source?.trustpoint, source?.line]),
    notes: notes.map(({ code, line, message }) => [code, line, message]),
    errors: errors.map(({ code, at }) => [code, at?.source, at?.line]),
  };
}

describe('a running configuration', () => {
  test('gives the certificates of its trustpoints', () => {
    expect(read(`hostname R1\n${printChain('A-1', [{ der: ROOT.der, heading: 'ca 0102' }])}end\n`)).toEqual({
      kind: 'device-config',
      found: [['CN=Root,O=Test', 'A-1', 3]],
      notes: [],
      errors: [],
    });
  });

  test('says which certificates are not in it, and which stand under another serial number', () => {
    const text = [
      'crypto pki certificate chain A',
      ' certificate self-signed 01 nvram:IOS-Self-Sig#1.cer',
      'crypto pki certificate chain B',
      ' certificate ca 02',
      printChain('C', [{ der: ROOT.der, heading: 'ca 0509' }]),
      printChain('D', [{ der: ROOT.der, heading: 'ca 102' }]),
    ].join('\n');
    expect(readCertificates(Buffer.from(text)).described).toMatchObject([
      { complete: false, usage: 'self-signed', serialNumber: '01', subject: null, trustpoints: ['A'] },
      { complete: false, usage: 'ca', serialNumber: '02', source: { line: 4, trustpoint: 'B' } },
    ]);
    expect(read(text)).toMatchObject({
      found: [
        ['CN=Root,O=Test', 'C', 6],
        ['CN=Root,O=Test', 'D', expect.any(Number)],
      ],
      notes: [
        ['device/no-bytes', 2, 'trustpoint A: certificate 01 is in nvram:IOS-Self-Sig#1.cer'],
        ['device/no-bytes', 4, 'trustpoint B: certificate 02 is nowhere in this text'],
        [
          'device/serial-mismatch',
          6,
          'trustpoint C: the configuration says serial number 0509, and the certificate under it has 0102',
        ],
      ],
      errors: [],
    });
  });

  test('that begins below the name of a trustpoint gives the certificates above the first name, too', () => {
    const [first, second] = [ROOT, issue({ subject: 'CN=Next,O=Test' })].map(({ der }) =>
      printChain('A', [{ der, heading: 'ca 0102' }]),
    );
    const text = `R1#show running-config | begin certificate ca\n${first?.replace(/^.*\n/, '')}${second}end\n`;
    expect(read(text)).toEqual({
      kind: 'device-config',
      found: [
        ['CN=Root,O=Test', null, 2],
        ['CN=Next,O=Test', 'A', expect.any(Number)],
      ],
      notes: [['device/no-trustpoint', 2, 'the line that names the trustpoint is missing']],
      errors: [],
    });
  });

  test('that is damaged hides nothing', () => {
    const good = printChain('GOOD', [{ der: ROOT.der, heading: 'ca 0102' }]);
    const bad = printChain('BAD', [{ der: ROOT.der, heading: 'ca 0102' }]).replace(' 30', ' 3O');
    expect(read(`${bad}${good}`)).toMatchObject({
      kind: 'device-config',
      found: [['CN=Root,O=Test', 'GOOD', expect.any(Number)]],
      errors: [['device/damaged-hex', 'r1.cfg', 3]],
    });
  });

  test('with trustpoints alone has no certificate', () => {
    expect(read('crypto ca trustpoint NX\n revocation-check none\n')).toMatchObject({
      kind: 'device-config',
      errors: [['input/no-certificate', 'r1.cfg', undefined]],
    });
  });

  test('may have PEM in it', () => {
    const { kind, found } = read(`${ROOT.pem}${printChain('A', [{ der: ROOT.der, heading: 'ca 0102' }])}`);
    expect([kind, found.length]).toEqual(['device-config', 2]);
  });
});

describe('the output of a show command', () => {
  const SHOWN = `CA Certificate
  Certificate Serial Number (hex): 0509
  Subject: 
    cn=QuoVadis Root CA 2
    o=QuoVadis Limited
    c=BM
  Associated Trustpoints: OLD
`;

  test('describes certificates, and gives none', () => {
    const { kind, certificates, described, errors } = readCertificates(Buffer.from(SHOWN), { name: 'show.log' });
    expect([kind, certificates, errors]).toEqual(['device-show', [], []]);
    expect(described).toMatchObject([
      {
        complete: false,
        subject: 'CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM',
        source: { input: 'show.log', trustpoint: 'OLD', line: 1 },
      },
    ]);
  });

  test('may stand in one log with a configuration', () => {
    const chain = printChain('A', [{ der: ROOT.der, heading: 'ca 0102' }]);
    const { kind, certificates, described } = readCertificates(Buffer.from(`${chain}\n${SHOWN}`));
    expect([kind, certificates.length, described.length]).toEqual(['device-show', 1, 1]);
  });

  test('as PEM belongs to the trustpoint above it', () => {
    const other = issue({ subject: 'CN=Other' });
    const text = `${other.pem}------Trustpoint: A.1------\n% CA certificate:\n${ROOT.pem}\n% General Purpose Certificate:\n${other.pem}------Trustpoint: B------\r\n${ROOT.pem}`;
    expect(read(text).found.map(([subject, trustpoint]) => [subject, trustpoint])).toEqual([
      ['CN=Other', null],
      ['CN=Root,O=Test', 'A.1'],
      ['CN=Other', 'A.1'],
      ['CN=Root,O=Test', 'B'],
    ]);
  });

  test('of the trustpoints alone is one', () => {
    const text = 'Trustpoint A:\n    Subject Name: \n    cn=Root\n          Serial Number (hex): 01\n';
    const { kind, described } = readCertificates(Buffer.from(text));
    expect([kind, described.length]).toEqual(['device-show', 1]);
  });
});
