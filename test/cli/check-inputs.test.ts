/** `check` and everything that may hold certificates: what is found where, with and without a password. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl, type Call } from '../support/cli.ts';
import { NO_CONTROL_CHARACTERS_IN_NAMES } from '../support/platform.ts';
import { printChain } from '../support/running-config.ts';

const AT = '2026-11-01T00:00:00Z';
const KEYSTORES = join(import.meta.dirname, '../../fixtures/keystores');

const root = issue({ subject: 'CN=Root' });
const leaf = issue({
  subject: 'CN=gw.example.test',
  issuer: root,
  basicConstraints: null,
  keyUsage: ['digitalSignature'],
  notAfter: new Date('2026-11-20T00:00:00Z'),
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-inputs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

const check = (...argv: readonly string[]): Promise<Call> => anchorctl(['check', '--at', AT, '--json', ...argv]);

interface Document {
  readonly findings: readonly { readonly code: string }[];
  readonly certificates: readonly {
    readonly subject: string;
    readonly level: string;
    readonly source: Readonly<Record<string, unknown>>;
  }[];
}

/** What was found: level, name and place of each. */
function found(call: Call): readonly string[] {
  const { certificates } = call.json() as unknown as Document;
  return certificates.map(({ level, subject, source: { member, line, alias, trustpoint } }) =>
    [level, subject, member, line, alias, trustpoint].filter((part) => part != null).join(' '),
  );
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters:
- name: c
  cluster:
    server: https://api.example.test
    certificate-authority-data: ${base64(root.pem)}
users:
- name: u
  user:
    client-certificate-data: ${base64(leaf.pem)}
`;

const SECRETS = `apiVersion: v1
kind: Secret
type: kubernetes.io/tls
data:
  tls.crt: ${base64(leaf.pem)}
---
apiVersion: v1
kind: ConfigMap
data:
  ca.crt: |
${root.pem.replace(/^(?=.)/gm, '    ')}`;

const CONFIG = `hostname r1\n!\ncrypto pki trustpoint CORP\n enrollment terminal\n!\n${printChain('CORP', [{ der: root.der, heading: 'ca 0102' }])}!\nend\n`;

describe('found in', () => {
  test.each<[string, string | Uint8Array, readonly string[]]>([
    [
      'a bundle',
      `text\n${leaf.pem}${root.pem}`,
      ['warning CN=gw.example.test 2', `ok CN=Root ${leaf.pem.split('\n').length + 1}`],
    ],
    ['DER', root.der, ['ok CN=Root']],
    [
      'a kubeconfig',
      KUBECONFIG,
      [
        'ok CN=Root clusters[0].cluster.certificate-authority-data 7',
        'warning CN=gw.example.test users[0].user.client-certificate-data 11',
      ],
    ],
    ['Kubernetes YAML', SECRETS, ['warning CN=gw.example.test data["tls.crt"] 5', 'ok CN=Root data["ca.crt"] 11']],
    ['a device configuration', CONFIG, [expect.stringMatching(/^ok CN=Root \d+ CORP$/)]],
    [
      'a compressed archive of backups',
      gzipSync(zipSync({ 'a/r1.cfg': Buffer.from(CONFIG), 'a/k.yaml': Buffer.from(KUBECONFIG) })),
      [
        expect.stringMatching(/^ok CN=Root a\/r1\.cfg \d+ CORP$/),
        'ok CN=Root a/k.yaml!/clusters[0].cluster.certificate-authority-data 7',
        'warning CN=gw.example.test a/k.yaml!/users[0].user.client-certificate-data 11',
      ],
    ],
  ])('%s', async (_what, bytes, expected) => {
    const path = write('input', bytes);
    const call = await check(path);
    expect([call.status, found(call)]).toEqual([0, expected]);
    expect(found(await check(folder))).toEqual(expected);
    expect((await check(path, '--fail-on', 'warning')).status).toBe(expected.some(isWarning) ? 1 : 0);
  });

  const isWarning = (line: unknown) => typeof line === 'string' && line.startsWith('warning');

  test('standard input', async () => {
    const call = await anchorctl(['check', '-', '--at', AT, '--json'], { stdin: leaf.pem });
    expect([call.status, found(call)]).toEqual([0, ['warning CN=gw.example.test 1']]);
  });

  test('what a server sends', async () => {
    const key = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' });
    const server = createServer({ key, cert: leaf.pem + root.pem });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const call = await check(`tls://127.0.0.1:${(server.address() as AddressInfo).port}`);
      expect([call.status, found(call)]).toEqual([0, ['warning CN=gw.example.test', 'ok CN=Root']]);
    } finally {
      server.close();
    }
  });
});

test('a root of the catalog that a device only describes is known by its fingerprint, as inspect knows it', async () => {
  const input = write(
    'show.txt',
    `CA Certificate
  Certificate Serial Number (hex): 0509
  Subject:
    cn=QuoVadis Root CA 2
  Validity Date:
    end   date: 18:23:33 UTC Nov 24 2031
  Fingerprint SHA1: CA3AFBCF 1240364B 44B21620 88804839 19937CF7
`,
  );
  const catalog = { name: 'QuoVadis Root CA 2', successor: 'IdenTrust Commercial Root CA 1' };
  expect((await check(input)).json()).toMatchObject({ certificates: [{ complete: false, catalog }] });
  const inspected = await anchorctl(['inspect', input, '--json']);
  expect(inspected.json()).toMatchObject({ inputs: [{ certificates: [{ complete: false, catalog }] }] });
  expect((await anchorctl(['check', '--at', AT, input, '--format', 'csv'])).stdout).toMatch(/,email-only\r\n$/);
});

describe('the line of a value in a document', () => {
  const lines = async (format: string, path: string) => {
    const { stdout } = await anchorctl(['check', '--at', AT, path, '--format', format]);
    return stdout.match(/(?<="startLine": |"begin": |,line=)\d+/g);
  };

  test.each([
    ['sarif', ['1']],
    ['gitlab', ['1']],
    ['github', null],
  ])('is that of the file for %s, unless the document is in an archive', async (format, inArchive) => {
    expect(await lines(format, write('kubeconfig', KUBECONFIG))).toEqual(['11']);
    const archive = zipSync({ kubeconfig: Buffer.from(KUBECONFIG) });
    expect(await lines(format, write('backup.zip', archive))).toEqual(inArchive);
  });

  test.each([
    ['sarif', ['1', '14']],
    ['gitlab', ['1', '14']],
    ['github', ['14']],
  ])('is not that of an attachment for %s, whose lines are its own', async (format, expected) => {
    const mail = [
      'From: a@example.test',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="b"',
      '',
      '--b',
      'Content-Type: application/octet-stream; name="gw.pem"',
      'Content-Transfer-Encoding: base64',
      '',
      base64(`${'gateway\n'.repeat(40)}${leaf.pem}`),
      '--b',
      'Content-Type: text/plain',
      '',
      'As a text:',
      leaf.pem,
      '--b--',
    ];
    expect(await lines(format, write('ca.eml', mail.join('\n')))).toEqual(expected);
  });
});

describe('what could not be read', () => {
  const damaged = leaf.pem.replace(/^(.*\n.{10}).{4}/, '$1!!!!');
  const places = async (path: string, ...argv: readonly string[]) => {
    const { findings } = (await check(path, ...argv)).json() as { findings: { code: string; source: object }[] };
    return findings.filter(({ code }) => !code.startsWith('expiry/')).map(({ source }) => source);
  };

  test('is placed as certificates are: in a member of an archive, and below that in a value of a document', async () => {
    const yaml = `kind: ConfigMap\ndata:\n  ca.crt: |\n${damaged.replace(/^(?=.)/gm, '    ')}`;
    const input = write(
      'a.zip',
      zipSync({ 'x.pem': Buffer.from(`\n${damaged}${root.pem}`), 'k.yaml': Buffer.from(yaml) }),
    );
    const none = { alias: null, trustpoint: null };
    const expected = [
      { input, member: 'x.pem', line: 3, ...none },
      { input, member: 'k.yaml!/data["ca.crt"]', line: 5, ...none },
    ];
    expect(await places(input)).toEqual(expected);
    const shard = write('shard.json', (await check(input, '--shard', '1/1')).stdout);
    const merged = (await anchorctl(['check', '--merge', shard, '--json'])).json() as { findings: object[] };
    expect(merged.findings).toMatchObject(expected.map((source) => ({ source })));
    const junit = await anchorctl(['check', '--at', AT, input, '--format', 'junit']);
    expect(junit.stdout.match(/<testsuite name="/g)).toHaveLength(1);
  });

  test('a damaged copy of a known root in a list of keytool has the alias for itself', async () => {
    const genuine = readFileSync(join(KEYSTORES, '../certificates/identrust-commercial-root-ca-1.pem'), 'utf8');
    const head = 'Alias name: old\nCreation date: Nov 1, 2026\nEntry type: trustedCertEntry\n\n';
    const input = write('list.txt', `${head}${genuine.replace(/^(.*\n.{10}).{4}/, '$1!!!!')}`);
    expect(await places(input)).toEqual([{ input, member: null, line: 5, alias: 'old', trustpoint: null }]);
  });
});

describe('a keystore without its password', () => {
  test.each([
    ['gateway.jks', 0, 6],
    ['gateway.jceks', 0, 6],
    ['passwordless.p12', 0, 2],
    ['openssl-plain.p12', 0, 1],
    ['gateway-java17.p12', 4, 0],
    ['openssl3.p12', 4, 0],
  ])('%s: status %d, %d certificates', async (name, status, count) => {
    const call = await check(join(KEYSTORES, name));
    expect([call.status, found(call).length >= count]).toEqual([status, true]);
    if (status === 4) {
      expect(call.json()).toMatchObject({ findings: [{ code: 'keystore/password-missing', severity: 'error' }] });
    }
  });

  test('and with it', async () => {
    const file = write('password', 'Test123%\n');
    const call = await check(join(KEYSTORES, 'gateway-java17.p12'), '--storepass-file', file);
    expect(call.status).toBe(0);
    expect(found(call).length).toBeGreaterThan(2);
    const wrong = await check(join(KEYSTORES, 'gateway-java17.p12'), '--storepass-file', write('other', 'no\n'));
    expect(wrong.status).toBe(4);
  });

  test('hides nothing beside it', async () => {
    write('a.pem', leaf.pem);
    const call = await check(join(folder, 'a.pem'), join(KEYSTORES, 'openssl3.p12'));
    expect([call.status, found(call)]).toEqual([4, ['warning CN=gw.example.test 1']]);
  });
});

describe('names', () => {
  test.each<readonly [string, string, string]>([
    ['with blanks', 'with a blank/a b.pem', 'with a blank/*.pem'],
    ['with brackets, named', 'x[1].pem', 'x[1].pem'],
    ['with brackets, behind a folder', 'x[1]/a.pem', 'x[1]'],
    ['like an option', '-rf.pem', '*.pem'],
    ...(NO_CONTROL_CHARACTERS_IN_NAMES ? [] : [['with a line end', 'two\nlines.pem', 'two*.pem'] as const]),
  ])('%s', async (_what, name, pattern) => {
    write(name, leaf.pem);
    expect(found(await check(join(folder, pattern)))).toEqual(['warning CN=gw.example.test 1']);
  });

  test.each(['*.jks', 'none[.pem', 'no such folder/*.pem', '{a,b}.pem'])(
    '%s that matches nothing fails',
    async (pattern) => {
      write('a.crt', leaf.pem);
      const call = await check(join(folder, pattern), join(folder, 'a.crt'));
      expect([call.status, found(call)]).toEqual([3, ['warning CN=gw.example.test 1']]);
      expect(call.json()).toMatchObject({
        findings: [{ code: 'expiry/warning' }, { code: 'input/no-match' }].toReversed(),
      });
    },
  );
});
