import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { javaKeystore } from '../store/builders.ts';
import { fixture } from '../store/keystore-fixtures.ts';
import { alpha, beta, ENTRIES, fresh, readInPart, StoreFolder } from './keystore-store.ts';

let at: StoreFolder;
beforeEach(() => {
  at = new StoreFolder();
});
afterEach(() => at.remove());

const roots = (...entries: readonly (readonly [string, Uint8Array])[]) =>
  javaKeystore({ entries: entries.map(([alias, der]) => ({ alias, certificates: [der] })) });

test('keystores that hold the same end with 0', async () => {
  const copy = at.write('copy.jceks', javaKeystore({ ...ENTRIES, type: 'jceks' }));
  const { status, stdout } = await at.keystore(['diff', at.store, copy]);
  expect([status, stdout]).toEqual([0, `${at.store} and ${copy} hold the same: 4 entries in both\n`]);
});

test('what cannot be read in one of them cannot be compared: 3', async () => {
  const a = at.write('a.jceks', readInPart);
  const { status, stderr } = await at.keystore(['diff', a, a]);
  expect([status, stderr]).toEqual([3, expect.stringContaining(`are not listed [keystore/malformed] at ${a}\n`)]);
});

test('a name is no difference, and is shown', async () => {
  const a = at.write('a.jks', roots(['old-name', alpha.der]));
  const b = at.write('b.pem', alpha.pem);
  const { status, stdout } = await at.keystore(['diff', a, b]);
  expect([status, stdout]).toEqual([
    0,
    expect.stringMatching(/hold the same: 1 entry in both\n\n~ old-name {2}is {2}alpha-root-/),
  ]);
});

test('keystores that differ end with 1, and both sides are named', async () => {
  const a = at.write('a.jks', roots(['root', alpha.der], ['both', beta.der]));
  const b = at.write('b.jks', roots(['root', fresh.der], ['both', beta.der]));
  const { status, stdout, stderr } = await at.keystore(['diff', a, b]);
  expect([status, stderr]).toEqual([1, '']);
  expect(stdout).toBe(
    [
      `- ${a}`,
      `+ ${b}`,
      '  1 entry in both',
      '',
      '- root  (trusted certificate)',
      '    CN=Alpha Root',
      `    SHA-256   ${alpha.certificate.sha256}`,
      '',
      '+ root  (trusted certificate)',
      '    CN=New Root',
      `    SHA-256   ${fresh.certificate.sha256}`,
      '',
    ].join('\n'),
  );
  const { json, status: again } = await at.keystore(['diff', a, b, '--json']);
  expect([again, json()]).toEqual([
    1,
    {
      schema: 'anchorctl/keystore-diff/1',
      differ: true,
      a: expect.objectContaining({ path: a, type: 'jks' }),
      b: expect.objectContaining({ path: b, type: 'jks' }),
      onlyInA: [
        expect.objectContaining({
          alias: 'root',
          certificates: [expect.objectContaining({ subject: 'CN=Alpha Root' })],
        }),
      ],
      onlyInB: [expect.objectContaining({ alias: 'root', kind: 'trusted-certificate' })],
      renamed: [],
      common: 1,
    },
  ]);
});

describe('a private key in a PEM bundle is a difference', () => {
  const keyOf = ({ privateKey }: typeof alpha, type: 'pkcs8' | 'sec1' = 'pkcs8') =>
    privateKey.export({ type, format: 'pem' }).toString();
  const locked = fresh.privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
    .toString();
  const cases = [
    { name: 'in the first only', first: keyOf(alpha), second: '', onlyInA: ['private-key'], onlyInB: [] },
    { name: 'in the second only', first: '', second: keyOf(alpha), onlyInA: [], onlyInB: ['private-key'] },
    { name: 'in an older form', first: '', second: keyOf(beta, 'sec1'), onlyInA: [], onlyInB: ['private-key'] },
    { name: 'that is encrypted', first: locked, second: '', onlyInA: ['private-key'], onlyInB: [] },
    { name: 'beside another', first: keyOf(alpha) + locked, second: locked, onlyInA: ['private-key-2'], onlyInB: [] },
    { name: 'but not in both', first: keyOf(alpha), second: keyOf(alpha), onlyInA: [], onlyInB: [] },
  ];

  test.each(cases)('$name', async ({ first, second, onlyInA, onlyInB }) => {
    const a = at.write('a.pem', alpha.pem + first);
    const b = at.write('b.pem', second + alpha.pem);
    const { status, stdout, json } = await at.keystore(['diff', a, b, '--json']);
    const differ = onlyInA.length + onlyInB.length > 0;
    const key = (alias: string) => expect.objectContaining({ alias, kind: 'private-key', certificates: [] });
    expect([status, json()]).toEqual([
      differ ? 1 : 0,
      expect.objectContaining({ differ, onlyInA: onlyInA.map(key), onlyInB: onlyInB.map(key), renamed: [] }),
    ]);
    for (const line of `${first}${second}`.split('\n').filter((text) => /^[A-Za-z0-9+/=]+$/.test(text))) {
      expect(stdout).not.toContain(line);
    }
  });

  test('which is shown with its line, and with nothing of what it holds', async () => {
    const a = at.write('a.pem', alpha.pem + keyOf(alpha));
    const b = at.write('b.pem', alpha.pem);
    const { stdout } = await at.keystore(['diff', a, b]);
    const line = alpha.pem.split('\n').length;
    expect(stdout).toBe(`- ${a}
+ ${b}
  1 entry in both

- private-key  (private key)
    line ${line}: a block PRIVATE KEY
`);
  });

  test('from the key of a keystore, too', async () => {
    const a = at.write('a.jks', roots(['root', alpha.der]));
    const b = at.write('b.pem', keyOf(alpha) + alpha.pem);
    const { status, json } = await at.keystore(['diff', a, b, '--json']);
    expect([status, json()]).toEqual([
      1,
      expect.objectContaining({ onlyInA: [], onlyInB: [expect.objectContaining({ kind: 'private-key' })], common: 1 }),
    ]);
  });
});

test('the password of the call serves both', async () => {
  const p12 = at.write('a.p12', fixture('gateway-java17.p12'));
  const jks = at.write('b.jks', fixture('gateway.jks'));
  const { status, json } = await at.keystore(['diff', p12, jks, '--json']);
  expect([status, json()]).toEqual([1, expect.objectContaining({ differ: true })]);
  expect((await at.keystore(['diff', p12, p12])).status).toBe(0);
});

describe('a keystore that cannot be read is said', () => {
  test.each([
    {
      name: 'because it is missing',
      b: () => at.path('nowhere'),
      password: 'Test123%',
      status: 3,
      code: 'input/not-found',
    },
    {
      name: 'because it is empty',
      b: () => at.write('empty', ''),
      password: 'Test123%',
      status: 3,
      code: 'input/empty',
    },
    {
      name: 'because of the password',
      b: () => at.store,
      password: 'wrong!',
      status: 4,
      code: 'keystore/wrong-password',
    },
  ])('$name', async ({ b, password, status, code }) => {
    const call = await at.keystore(['diff', at.store, b()], { env: { ANCHORCTL_STOREPASS: password } });
    expect([call.status, call.stdout]).toEqual([status, '']);
    expect(call.stderr).toContain(`[${code}]`);
  });

  test('and one is not enough', async () => {
    expect((await at.keystore(['diff', at.store])).status).toBe(2);
  });
});
