/** `inspect` over texts that hold certificates in other forms, and over inputs that reach a limit. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { attachment, base64, MESSAGE, multipart } from '../support/documents.ts';

const ROOT = issue({ subject: 'CN=Root' });
const SECRET = `kind: Secret\ndata:\n  ca.crt: ${base64(ROOT.pem)}\n`;

let folder: string;
const at = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anchorctl-documents-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a Secret in a mail: where the certificate stands', async () => {
  const path = at('a.eml', multipart([attachment('secret.yaml', SECRET)], { headers: MESSAGE }));
  const { status, json } = await anchorctl(['inspect', path, '--json']);
  expect(status).toBe(0);
  expect(json()).toMatchObject({
    inputs: [
      {
        kind: 'text',
        notes: [],
        certificates: [
          { subject: 'CN=Root', source: { input: path, member: 'secret.yaml!/data["ca.crt"]', line: 3, alias: null } },
        ],
      },
    ],
  });
  expect((await anchorctl(['inspect', path, '--pem'])).stdout).toBe(ROOT.pem);
  expect((await anchorctl(['inspect', path, '--strict'])).status).toBe(0);
});

test('a value that is broken is an error with its line, beside the others', async () => {
  const broken = base64(ROOT.pem).replace('T', '*');
  const { status, stdout, stderr } = await anchorctl(['inspect', '-'], { stdin: `${SECRET}  bad: ${broken}\n` });
  expect([status, stdout]).toEqual([3, expect.stringContaining('CN=Root')]);
  expect(stderr).toContain('data.bad begins like a certificate and is no base64 [pem/bad-base64] at - line 4');
});

test('keytool-rfc is a kind of its own, and its list an anchor file like any text', async () => {
  const list = `Alias name: root\nCreation date: Nov 1, 2026\nEntry type: trustedCertEntry\n\n${ROOT.pem}`;
  const path = at('list.txt', list);
  const { json } = await anchorctl(['inspect', path, '--json']);
  expect(json()).toMatchObject({
    inputs: [{ kind: 'keytool-rfc', certificates: [{ source: { alias: 'root', line: 5 } }] }],
  });
  const validated = await anchorctl([
    'validate',
    at('root.pem', ROOT.pem),
    '--as',
    'path',
    '--anchors',
    path,
    '--json',
  ]);
  expect([validated.status, validated.stderr]).toEqual([0, '']);
});

describe('--limit', () => {
  test.each([
    ['entries', 'archive/too-many', () => zipSync({ a: Buffer.from(ROOT.pem), b: Buffer.from('x') }), '1', '2'],
    ['certificates', 'input/too-many', () => ROOT.pem.repeat(3), '2', '3'],
    ['nesting', 'input/too-deep', () => zipSync({ a: zipSync({ b: Buffer.from(ROOT.pem) }) }), '1', '2'],
    ['unpacked', 'archive/too-large', () => zipSync({ a: Buffer.from(ROOT.pem.repeat(20)) }), '1K', '64K'],
    ['size', 'input/too-large', () => ROOT.pem, '10', '1M'],
  ])('%s: the error names the option, and the option raises it', async (name, code, content, low, high) => {
    const path = at(`limit-${name}`, content());
    const refused = await anchorctl(['inspect', path, '--limit', `${name}=${low}`]);
    expect([refused.status, refused.stderr]).toEqual([3, expect.stringContaining(code)]);
    expect(refused.stderr).toContain(`--limit ${name}=`);
    const raised = await anchorctl(['inspect', path, '--limit', `${name}=${high}`]);
    expect([raised.status, raised.stderr]).toEqual([0, '']);
  });

  test('holds for what comes through a pipe', async () => {
    const expansion = zipSync({ a: Buffer.from(`${ROOT.pem}${' '.repeat(2_000_000)}`) });
    const refused = await anchorctl(['inspect', '-'], { stdin: expansion });
    expect([refused.status, refused.stderr]).toEqual([3, expect.stringContaining('--limit expansion=1000')]);
    expect((await anchorctl(['inspect', '-', '--limit', 'expansion=1000'], { stdin: expansion })).status).toBe(0);
  });

  test.each([
    'entries',
    'entries=',
    'entries=many',
    'entries=1K',
    'entries=0',
    'size=1T',
    'nesting=33',
    'x=1',
    'toString=1',
  ])('%s is a usage error', async (value) => {
    const { status, stderr } = await anchorctl(['inspect', '-', '--limit', value], { stdin: ROOT.pem });
    expect([status, stderr]).toEqual([2, expect.stringContaining('limit')]);
  });
});
