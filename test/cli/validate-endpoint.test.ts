/** Will this gateway be able to connect: a server of this process, and the keystore of its client. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { javaKeystore, PASSWORD } from '../store/builders.ts';
import { AT, type Issued, type IssueOptions, issueIdentified as issue, toPem } from '../support/certificates.ts';
import { anchorctl, type Call } from '../support/cli.ts';
import { extendedKeyUsage, subjectAltName } from '../support/extensions.ts';
import { at, layOutStore } from './keystore-store.ts';

const root = issue({ subject: 'CN=New Root' });
const old = issue({ subject: 'CN=Old Root' });
const ca = issue({ subject: 'CN=Gateway CA', issuer: root });
const serverBelow = (issuer: Issued, options: IssueOptions = {}) =>
  issue({
    subject: 'CN=gateway',
    issuer,
    basicConstraints: null,
    keyUsage: ['digitalSignature'],
    extensions: [subjectAltName(['ip:127.0.0.1', 'dns:gw.example.com'])],
    ...options,
  });
const gateway = serverBelow(ca);

let server: Server | null = null;
/** The names that it was asked by. */
const asked: string[] = [];

layOutStore();
afterEach(() => server?.close());

/** A server that shows these certificates. */
async function serve(own: Issued, ...chain: readonly Pick<Issued, 'pem'>[]): Promise<string> {
  server = createServer({
    key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: [own, ...chain].map(({ pem }) => pem).join(''),
    SNICallback: (name, done) => {
      asked.push(name);
      done(null);
    },
  });
  asked.length = 0;
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `tls://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function keystore(...roots: readonly Issued[]): string {
  const entries = roots.map(({ der }, index) => ({ alias: `root-${index}`, certificates: [der] }));
  return at.write('client.jks', javaKeystore({ entries }));
}

const validate = (argv: readonly string[]) =>
  anchorctl(['validate', ...argv], { env: { ANCHORCTL_STOREPASS: PASSWORD } });

const codesOf = (call: Call) =>
  (call.json().results as readonly { readonly findings: readonly { readonly code: string }[] }[]).flatMap(
    ({ findings }) => findings.map(({ code }) => code),
  );

describe('a client with this keystore', () => {
  test('will connect to a server that sends its chain', async () => {
    const endpoint = await serve(gateway, ca);
    const call = await validate([endpoint, '--anchors', keystore(old, root)]);
    expect([call.status, call.stderr]).toEqual([0, '']);
    expect(call.stdout).toMatch(/^pass\n {2}New Root/);
    expect(call.stdout.replaceAll(/\s+/g, ' ')).toContain(`holds will be able to connect to ${endpoint}.`);
    expect(call.stdout.split('\n').every((line) => [...line].length <= 80)).toBe(true);
  });

  test('will also connect to one that forgets its intermediate, where it has that itself, with a warning', async () => {
    const endpoint = await serve(gateway);
    const argv = [endpoint, '--anchors', keystore(root)];
    expect((await validate(argv)).status).toBe(1);
    argv.push(at.write('ca.pem', ca.pem));
    const call = await validate([...argv, '--json']);
    expect([call.status, codesOf(call)]).toEqual([0, ['path/not-sent']]);
    const text = (await validate(argv)).stdout.replaceAll(/\s+/g, ' ');
    expect(text).toMatch(/^warn /);
    expect(text).toContain('holds and has what the server does not send will be able to connect to');
  });

  test('is told so where only another certificate was expected', async () => {
    const endpoint = await serve(gateway, ca);
    const argv = [endpoint, '--anchors', keystore(root), '--expect-sha256', old.certificate.sha256];
    const { status, stdout } = await validate(argv);
    expect(status).toBe(1);
    expect(stdout).toContain('gateway is not the certificate that was expected: ');
    expect(stdout).not.toContain('NOT be able');
  });

  test.each<{
    name: string;
    own: Issued;
    chain: readonly Issued[];
    roots: readonly Issued[];
    argv?: string[];
    codes: readonly string[];
  }>([
    { name: 'that forgets its intermediate', own: gateway, chain: [], roots: [root], codes: ['path/no-issuer'] },
    { name: 'below a root it does not have', own: gateway, chain: [ca], roots: [old], codes: ['path/no-issuer'] },
    {
      name: 'of another name',
      own: serverBelow(ca, { extensions: [subjectAltName(['dns:gw.example.com'])] }),
      chain: [ca],
      roots: [root],
      codes: ['path/name-mismatch'],
    },
    {
      name: 'whose certificate has expired',
      own: serverBelow(ca, { notAfter: new Date(AT.getTime() - 1000) }),
      chain: [ca],
      roots: [root],
      codes: ['path/expired'],
    },
    {
      name: 'whose certificate is for clients',
      own: serverBelow(ca, { extensions: [subjectAltName(['ip:127.0.0.1']), extendedKeyUsage(['1.3.6.1.5.5.7.3.2'])] }),
      chain: [ca],
      roots: [root],
      codes: ['path/wrong-purpose'],
    },
  ])('will not connect to one $name, with 1', async ({ own, chain, roots, codes }) => {
    const endpoint = await serve(own, ...chain);
    const argv = [endpoint, '--anchors', keystore(...roots)];
    const call = await validate([...argv, '--json']);
    expect([call.status, codesOf(call)]).toEqual([1, codes]);
    const text = (await validate(argv)).stdout.replaceAll(/\s+/g, ' ');
    expect(text).toContain(`holds will NOT be able to connect to ${endpoint}:`);
    expect(text).toContain('What to do:');
  });
});

describe('the name of an endpoint', () => {
  test('is its own unless --host gives another', async () => {
    const endpoint = await serve(gateway, ca);
    const argv = [endpoint, '--anchors', keystore(root), '--json', '--host'];
    expect((await validate([...argv, 'gw.example.com'])).status).toBe(0);
    expect(codesOf(await validate([...argv, 'other.example.com']))).toEqual(['path/name-mismatch']);
    expect(asked).toEqual(['gw.example.com', 'other.example.com']);
  });
});

test('what the server sends besides its own certificate is not judged', async () => {
  const endpoint = await serve(gateway, ca);
  const call = await validate([endpoint, '--as', 'path', '--anchors', keystore(root), '--json']);
  expect(call.json().results).toHaveLength(1);
});

test('an endpoint that cannot be reached is 3, and hides no other input', async () => {
  const chain = at.write('chain.pem', gateway.pem + ca.pem);
  const endpoint = await serve(gateway, ca);
  server?.close();
  await once(server as Server, 'close');
  const call = await validate([endpoint, chain, '--anchors', keystore(root), '--json']);
  expect([call.status, (call.json().results as readonly unknown[]).length]).toEqual([3, 1]);
});

test('a second cross-signed intermediate that the server sends is heeded', async () => {
  const strange = issue({ subject: 'CN=Strange Root' });
  const crossed = issue({ subject: 'CN=Gateway CA', issuer: strange, key: ca.privateKey });
  const endpoint = await serve(gateway, crossed, ca);
  expect((await validate([endpoint, '--anchors', keystore(root)])).status).toBe(0);
  expect((await validate([endpoint, '--anchors', keystore(strange)])).status).toBe(0);
});

test('a certificate that cannot be read is named, with 3, and hides no other', async () => {
  const der = Buffer.from(issue({ notAfter: new Date('2036-10-29T00:00:00Z') }).der);
  der.write('361099', der.indexOf('361029'));
  const endpoint = await serve(gateway, ca, { pem: toPem(der) });
  const call = await validate([endpoint, '--anchors', keystore(root), '--json']);
  expect([call.status, codesOf(call), call.json().findings]).toEqual([
    3,
    [],
    [expect.objectContaining({ code: 'certificate/malformed', source: expect.objectContaining({ input: endpoint }) })],
  ]);
});
