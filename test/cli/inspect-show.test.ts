/** Certificates that a device only described: inspect shows them, other commands want their bytes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';

const SHOWN = `Load for five secs: 30%/2%; one minute: 25%; five minutes: 27%
CA Certificate
  Status: Available
  Certificate Serial Number (hex): 0509
  Issuer: 
    cn=QuoVadis Root CA 2
    o=QuoVadis Limited
    c=BM
  Subject: 
    cn=QuoVadis Root CA 2
    o=QuoVadis Limited
    c=BM
  Validity Date: 
    start date: 02:27:00 CST Nov 25 2006
    end   date: 02:23:33 CST Nov 25 2031
  Associated Trustpoints: Trustpool
`;

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-show-'));
  file = join(folder, 'show.log');
  writeFileSync(file, SHOWN);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('inspect lists them', async () => {
  const { status, stdout } = await anchorctl(['inspect', file]);
  expect(status).toBe(0);
  expect(stdout).toBe(`${file}: device-show, 1 certificate
  CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM
    valid     2006-11-25 to 2031-11-25, by the clock of the device
    used by   Trustpool
    serial    0509
    from      line 2
    known     by its description only, without its bytes
  note: line 2: this is probably QuoVadis Root CA 2 of the catalog, by its
    serial number, issuer and dates: SHA-256
    85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86
    [device/probably]
`);
});

test('in JSON they are marked, and what is not known is null', async () => {
  const { status, stdout } = await anchorctl(['inspect', file, '--json']);
  expect(status).toBe(0);
  expect(JSON.parse(stdout).inputs).toEqual([
    {
      input: file,
      kind: 'device-show',
      certificates: [
        {
          source: { input: file, member: null, line: 2, alias: null, trustpoint: 'Trustpool' },
          complete: false,
          subject: 'CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM',
          issuer: 'CN=QuoVadis Root CA 2,O=QuoVadis Limited,C=BM',
          serialNumber: '0509',
          notBefore: '2006-11-25T02:27:00Z',
          notAfter: '2031-11-25T02:23:33Z',
          sha256: null,
          sha1: null,
          publicKey: null,
          signatureAlgorithm: null,
          ca: true,
          selfIssued: true,
          subjectKeyIdentifier: null,
          catalog: null,
          trustpoints: ['Trustpool'],
        },
      ],
      notes: [{ code: 'device/probably', line: 2, message: expect.stringContaining('QuoVadis Root CA 2') }],
    },
  ]);
  const lines = await anchorctl(['inspect', file, '--format', 'ndjson']);
  expect(JSON.parse(lines.stdout)).toMatchObject({ complete: false, serialNumber: '0509' });
});

describe('which certificate it is', () => {
  const SHA1 = '  Fingerprint SHA1: CA3AFBCF 1240364B 44B21620 88804839 19937CF7 \n';
  const inspect = async (text: string, ...others: string[]) => {
    writeFileSync(join(folder, 'other.log'), text);
    const { stdout } = await anchorctl(['inspect', join(folder, 'other.log'), ...others, '--json']);
    const [{ certificates, notes }] = JSON.parse(stdout).inputs;
    return { catalog: certificates[0].catalog?.name ?? null, notes: notes.map(({ code }: { code: string }) => code) };
  };

  test('its SHA-1 tells', async () => {
    expect(await inspect(SHOWN + SHA1)).toEqual({ catalog: 'QuoVadis Root CA 2', notes: ['device/recognised'] });
    expect(await inspect(SHOWN + SHA1.replace('CA3A', 'CA3B'))).toEqual({ catalog: null, notes: [] });
  });

  test.each([
    ['another value in the issuer', SHOWN.replaceAll('o=QuoVadis Limited', 'o=Quovadis Limited'), []],
    ['another serial number', SHOWN.replace('0509', '0508'), []],
    ['dates two days off', SHOWN.replace('Nov 25 2031', 'Nov 27 2031'), []],
    ['another order of attributes', SHOWN.replaceAll(/( +cn=.*\n)( +o=.*\n)/g, '$2$1'), ['device/probably']],
  ])('without one: %s', async (_, text, notes) => {
    expect(await inspect(text)).toEqual({ catalog: null, notes });
  });

  test('a certificate of the same call is named with its place', async () => {
    const root = issue({ subject: 'CN=Root,O=Test', serialNumber: 0x77n });
    const pem = join(folder, 'root.pem');
    writeFileSync(pem, root.pem);
    const sha1 = (root.certificate.sha1.toUpperCase().match(/.{8}/g) ?? []).join(' ');
    const text = `Trustpoint TP:\n  Issuing CA certificate configured:\n    Subject Name:\n     cn=Root,o=Test\n    Fingerprint SHA1: ${sha1}\n`;
    expect(await inspect(text, pem)).toEqual({ catalog: null, notes: ['device/recognised'] });
    const { stdout } = await anchorctl(['inspect', join(folder, 'other.log'), pem]);
    expect(stdout.replaceAll(/\n {4}(?=\S)/g, ' ')).toContain(`this is Root in ${pem} line 1, by its fingerprint`);
  });
});

test.each([['validate'], ['snippet', '--platform', 'ios', '--trustpoint', 'T'], ['inspect', '--pem']])(
  '%s wants their bytes',
  async (command, ...options) => {
    const { status, stdout, stderr } = await anchorctl([command, file, ...options]);
    expect([status, stdout.includes('BEGIN')]).toEqual([3, false]);
    expect(stderr).toContain('a certificate is only described here, without the bytes [input/no-bytes]');
    expect(stderr).toContain(`at ${file} line 2`);
  },
);
