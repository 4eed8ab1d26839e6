/** Certificates that a device only described: inspect shows them, other commands want their bytes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
    from      ${file} line 2
    used by   Trustpool
    serial    0509
    valid     2006-11-25 to 2031-11-25, by the clock of the device
    known     by its description only, without its bytes
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
      notes: [],
    },
  ]);
  const lines = await anchorctl(['inspect', file, '--format', 'ndjson']);
  expect(JSON.parse(lines.stdout)).toMatchObject({ complete: false, serialNumber: '0509' });
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
