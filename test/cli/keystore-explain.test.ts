import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { javaKeystore } from '../store/builders.ts';
import { fixture } from '../store/keystore-fixtures.ts';
import { issue } from '../support/certificates.ts';
import { subjectAltName } from '../support/extensions.ts';
import { expired, StoreFolder } from './keystore-store.ts';

let at: StoreFolder;
beforeEach(() => {
  at = new StoreFolder();
});
afterEach(() => at.remove());

test('a keystore in order is described, and an expired anchor in it named', async () => {
  const before = at.snapshot();
  const { status, stdout, stderr } = await at.keystore(['explain', at.store]);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toBe(
    [
      `${at.store}: JKS`,
      '  mac         SHA-1 digest with password',
      '  Java        every version',
      '  in the file 4 entries',
      '  Java sees   4',
      '  trusted     3',
      '  keys        1',
      '',
      'warning: expired: expired on 2026-10-31 [anchor/expired]',
      '  hint: ask the CA which root replaces it',
      '',
    ].join('\n'),
  );
  expect((await at.keystore(['explain', at.store, '--at', '2026-01-01'])).stdout).toMatch(
    /Nothing is odd about it\.\n$/,
  );
  expect((await at.keystore(['explain', at.store, '--fail-on', 'warning'])).status).toBe(1);
  expect(at.snapshot()).toEqual(before);
});

test('a certificate that Java cannot read keeps it from the whole keystore', async () => {
  const odd = issue({ subject: 'CN=Odd Root', extensions: [subjectAltName(['uri:http://a b/'], true)] });
  const entries = [{ alias: 'odd', certificates: [odd.der] }];
  const { status, json } = await at.keystore([
    'explain',
    at.write('odd.jks', javaKeystore({ entries })),
    '--json',
    '--fail-on',
    'warning',
  ]);
  expect(status).toBe(1);
  expect(json()).toMatchObject({
    java: { readable: 'no version', from: [], reasons: ['it cannot read a certificate in it'] },
    findings: [{ code: 'anchor/unreadable-in-java', severity: 'warning', source: { alias: 'odd' } }],
  });
});

test('"0 entries" is explained, in text and as JSON', async () => {
  const p12 = at.write('nokeys.p12', fixture('openssl-nokeys.p12'));
  const { status, json } = await at.keystore(['explain', p12, '--json']);
  expect(status).toBe(0);
  const document = json();
  expect(Object.keys(document)[0]).toBe('schema');
  expect(document).toMatchObject({
    schema: 'anchorctl/keystore-explain/1',
    at: '2026-11-01T00:00:00Z',
    store: { path: p12, type: 'pkcs12', mac: expect.stringMatching(/^HmacPBESHA256/) },
    java: { readable: 'some versions', from: ['8u301', '11.0.12', '16'] },
    entries: { total: 2, visible: 0, trustedCertificates: 0, invisible: 2 },
  });
  const findings = document.findings as { code: string; hint?: string; source: { input: string } }[];
  expect(findings.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['keystore/zero-entries', 'keystore/invisible-entry', 'keystore/needs-newer-java']),
  );
  expect(findings.every(({ hint, source }) => hint !== undefined && source.input === p12)).toBe(true);
  const text = (await at.keystore(['explain', p12])).stdout;
  expect(text).toMatch(/Java sees {3}0\n/);
  const [, ...lines] = text.split('\n');
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test('what the system generates is said', async () => {
  const folder = at.path('etc/ssl/certs/java');
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/cacerts`, at.bytes());
  const { stdout } = await at.keystore(['explain', `${folder}/cacerts`]);
  expect(stdout).toMatch(
    /^warning: update-ca-certificates .*makes\s+this\s+keystore\s+anew.*\[keystore\/generated-file\]/ms,
  );
});

test('a file called .jks that is PKCS#12 is what it is; --storetype checks it', async () => {
  const file = at.write('gateway.jks', fixture('gateway-java17.p12'));
  expect((await at.keystore(['explain', file])).stdout).toMatch(/gateway\.jks: PKCS12\n/);
  expect((await at.keystore(['explain', file, '--storetype', 'PKCS12'])).status).toBe(0);
  const { status, stderr } = await at.keystore(['explain', file, '--storetype', 'jks']);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/is PKCS12 and not JKS.*\[keystore\/other-type\]/)]);
});

test('without its password, a JKS is explained and a PKCS#12 is asked for one', async () => {
  const jks = await at.keystore(['explain', at.store], { env: {} });
  expect([jks.status, jks.stdout]).toEqual([0, expect.stringMatching(/keystore\/not-verified/)]);
  const p12 = at.write('a.p12', fixture('gateway-java17.p12'));
  const locked = await at.keystore(['explain', p12], { env: {} });
  expect([locked.status, locked.stderr]).toEqual([4, expect.stringMatching(/keystore\/password-missing/)]);
  const asked = await at.keystore(['explain', p12], { env: {}, answers: ['Test123%'] });
  expect([asked.status, asked.stderr]).toEqual([0, `Password of ${p12}: `]);
});

test('a file of no bytes, or that is none, is an error with what to do', async () => {
  for (const content of ['', 'hello']) {
    const { status, stdout, stderr } = await at.keystore(['explain', at.write('x', content)]);
    expect([status, stdout, stderr]).toEqual([3, '', expect.stringMatching(/^anchorctl: hint: /m)]);
  }
});

test('a PEM bundle is explained too', async () => {
  const { status, stdout } = await at.keystore(['explain', at.write('b.pem', expired.pem)], { env: {} });
  expect([status, stdout]).toEqual([
    0,
    expect.stringMatching(/b\.pem: PEM\n {2}Java {8}no version: Java opens no PEM bundle/),
  ]);
});
