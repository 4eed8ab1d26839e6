import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { certificateBag, javaKeystore, PASSWORD, pfx } from '../store/builders.ts';
import { FIXTURE_PASSWORD, fixture } from '../store/keystore-fixtures.ts';
import { AT, issue } from '../support/certificates.ts';
import { anchorctl, type Call, type CallOptions } from '../support/cli.ts';
import { alpha, beta, fresh, StoreFolder } from './keystore-store.ts';

const sub = issue({ subject: 'CN=Sub CA', issuer: alpha });
const server = issue({ subject: 'CN=server', basicConstraints: null });

let at: StoreFolder;
let input = '';
beforeEach(() => {
  at = new StoreFolder();
  input = at.write('new.pem', fresh.pem);
});
afterEach(() => {
  at.remove();
  vi.unstubAllEnvs();
});

/** A call as old scripts have it: the store and its password behind the words. */
const keytool = (words: readonly string[], options: CallOptions = {}): Promise<Call> =>
  anchorctl(['keytool', ...words, '-keystore', at.store, '-storepass:env', 'PW'], {
    ...options,
    env: { PW: PASSWORD, ...options.env },
  });
const importing = (...words: readonly string[]) => ['-importcert', '-trustcacerts', '-file', input, ...words];

describe('-importcert', () => {
  test('adds under the alias, says what keytool says, and keeps a backup', async () => {
    const before = at.bytes();
    const call = await keytool(importing('-alias', 'New-Root', '--expect-sha256', fresh.certificate.sha256));
    expect(call).toMatchObject({ status: 0, stdout: '' });
    expect(call.stderr).toBe(`Certificate was added to keystore\nBackup: ${at.store}.20261101T000000Z.bak\n`);
    expect(at.aliases()).toEqual(['alpha', 'gateway', 'beta', 'expired', 'new-root']);
    expect(at.bytes('tg.jks.20261101T000000Z.bak')).toEqual(before);
  });

  test('takes mykey without an alias, and standard input without a file', async () => {
    const { status } = await keytool(['-noprompt', '-import'], { stdin: fresh.pem });
    expect([status, at.aliases().at(-1)]).toEqual([0, 'mykey']);
  });

  test('with -noprompt adds a root that nothing vouches for, with a warning', async () => {
    const { status, stdout, stderr } = await keytool(importing('-alias', 'x', '-noprompt'));
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^Certificate was added to keystore\n/);
    expect(stderr).toContain(fresh.certificate.sha256);
    expect(stderr).toMatch(/^warning: .* it is trusted because of -noprompt \[trust\/not-established\]$/m);
  });

  test('adds without a question what the store vouches for', async () => {
    const { status, stderr } = await keytool([
      ...['-importcert', '-alias', 'sub', '-file', at.write('sub.pem', sub.pem), '--intermediates'],
    ]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^Certificate was added to keystore\nBackup: .*\n$/)]);
  });

  test('shows the certificate at a terminal, and adds it after a typed yes', async () => {
    const { status, stderr } = await keytool(importing('-alias', 'x'), { answers: ['yes'] });
    expect([status, at.aliases().at(-1)]).toEqual([0, 'x']);
    expect(stderr).toContain(`SHA-256   ${fresh.certificate.sha256}`);
    expect(stderr.split('\n').filter((line) => line.includes('owner told') || line.includes('Type yes'))).toEqual([
      'Compare the SHA-256 with what its owner told you by another way.',
      expect.stringMatching(/^Trust it\? Type yes to go on: /),
    ]);
  });

  test.each([
    { name: 'an answer that is not yes', options: { answers: ['no'] } },
    { name: 'an empty answer', options: { answers: [''] } },
    { name: 'nobody to ask', options: {} },
    { name: 'a yes that comes through a pipe', options: { stdin: 'yes\n' } },
  ])('adds nothing and ends with 5 after $name', async ({ options }) => {
    const before = at.snapshot();
    const { status, stdout, stderr } = await keytool(importing('-alias', 'x'), options);
    expect([status, stdout]).toEqual([5, '']);
    expect(stderr).toMatch(/Certificate was not added to keystore\n/);
    expect(stderr).toMatch(/\[trust\/not-established\]/);
    expect(at.snapshot()).toEqual(before);
  });

  test.each([
    { name: 'under this alias', alias: 'ALPHA', said: [] },
    { name: 'under another alias', alias: 'new', said: [/\[keystore\/other-alias\]/] },
  ])('of a certificate that is there $name changes nothing, and ends with 0', async ({ alias, said }) => {
    const file = at.write('alpha.pem', alpha.pem);
    const before = at.snapshot();
    const { status, stderr } = await keytool(['-importcert', '-noprompt', '-alias', alias, '-file', file]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^Certificate already exists in keystore under alias <alpha>\n/);
    for (const sentence of said) expect(stderr).toMatch(sentence);
    expect(at.snapshot()).toEqual(before);
  });

  test.each([
    { name: 'an alias of another certificate', words: ['-alias', 'Beta'], code: 'keystore/alias-taken' },
    { name: 'an alias of a key', words: ['-alias', 'gateway'], code: 'keystore/alias-taken' },
    { name: 'an expired certificate', words: ['-alias', 'x'], pem: issueExpired(), code: 'trust/unfit' },
    { name: 'a certificate of a server', words: ['-alias', 'x'], pem: server.pem, code: 'trust/unfit' },
    { name: 'an intermediate CA', words: ['-alias', 'x'], pem: sub.pem, code: 'trust/unfit' },
    {
      name: 'another certificate than the expected one',
      words: ['-alias', 'x', '--expect-sha256', '00'.repeat(32)],
      code: 'trust/fingerprint-mismatch',
    },
  ])('refuses $name with 5, -noprompt or not', async ({ words, pem, code }) => {
    if (pem !== undefined) at.write('new.pem', pem);
    const before = at.snapshot();
    const { status, stdout, stderr } = await keytool(importing('-noprompt', ...words));
    expect([status, stdout]).toEqual([5, '']);
    expect(stderr).toContain(`[${code}]`);
    expect(stderr).toMatch(/^Certificate was not added to keystore\n/);
    expect(stderr).not.toContain('--skip-unfit');
    expect(at.snapshot()).toEqual(before);
  });

  test('refuses an alias of a key also where its certificate is there already', async () => {
    at.write('new.pem', alpha.pem);
    expect((await keytool(importing('-alias', 'gateway'))).status).toBe(5);
  });

  test('adds what is allowed by name', async () => {
    at.write('new.pem', server.pem);
    expect((await keytool(importing('-noprompt', '-alias', 'server', '--allow-not-a-ca'))).status).toBe(0);
    expect(at.aliases().at(-1)).toBe('server');
  });

  test.each([
    { name: 'two roots', pem: () => fresh.pem + beta.pem },
    { name: 'a root and an intermediate', pem: () => fresh.pem + sub.pem },
  ])('refuses a bundle of $name, of which keytool would take the first', async ({ pem }) => {
    at.write('new.pem', pem());
    const before = at.snapshot();
    const { status, stderr } = await keytool(importing('-noprompt', '-alias', 'x'));
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^Certificate was not added to keystore\n.*\[usage\/too-many-certificates\] at .*new\.pem\n.*keystore add/,
      ),
    ]);
    expect(at.snapshot()).toEqual(before);
  });

  test('with --dry-run changes nothing', async () => {
    const before = at.snapshot();
    const { status, stderr } = await keytool(importing('-noprompt', '-alias', 'x', '--dry-run'));
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^Certificate would be added to keystore\n/)]);
    expect(at.snapshot()).toEqual(before);
  });

  test('with --quiet says nothing, with --json all in one document', async () => {
    expect(await keytool(importing('-noprompt', '-alias', 'x', '--quiet'))).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    });
    at.write('new.pem', server.pem);
    const { status, json, stderr } = await keytool(importing('-noprompt', '-alias', 'y', '--allow-not-a-ca', '--json'));
    expect([status, stderr]).toEqual([0, expect.not.stringMatching(/added/)]);
    expect(json()).toMatchObject({
      schema: 'anchorctl/keytool-importcert/1',
      changed: true,
      added: [{ alias: 'y', sha256: server.certificate.sha256 }],
      findings: [{ code: 'anchor/not-a-ca' }, { code: 'trust/not-established', severity: 'warning' }],
    });
  });
});

describe('the keystore and its password', () => {
  const call = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    anchorctl(['keytool', ...words], { env });
  const adding = (...words: readonly string[]) => ['-importcert', '-noprompt', '-alias', 'x', '-file', input, ...words];

  test.each([
    { name: 'a wrong password', words: () => ['-keystore', at.store, '-storepass:env', 'W'], status: 4 },
    { name: 'no password', words: () => ['-keystore', at.store], status: 4 },
    { name: 'a variable that is not set', words: () => ['-keystore', at.store, '-storepass:env', 'NO'], status: 2 },
    {
      name: 'a password file that is not there',
      words: () => ['-keystore', at.store, '-storepass:file', 'no'],
      status: 3,
    },
    {
      name: 'JKS as JCEKS, which Java would convert',
      words: () => ['-keystore', at.store, '-storepass:env', 'PW', '-storetype', 'jceks'],
      status: 2,
    },
    { name: 'a PEM bundle', words: () => ['-keystore', input, '-storepass:env', 'PW'], status: 2 },
    { name: 'a file of 0 bytes', words: () => ['-keystore', at.write('e', ''), '-storepass:env', 'PW'], status: 3 },
  ])('$name: $status', async ({ words, status }) => {
    const result = await call(adding(...words()), { PW: PASSWORD, W: 'wrong1' });
    expect([result.status, result.stdout]).toEqual([status, '']);
    expect(result.stderr).toMatch(/^Certificate was not added to keystore\nanchorctl: /);
  });

  test('a keystore that is not there is not made: a mistyped path would make a stray one', async () => {
    const { status, stderr } = await call(adding('-keystore', at.path('tg.jsk'), '-storepass:env', 'PW'), {
      PW: PASSWORD,
    });
    expect([status, stderr]).toEqual([3, expect.stringMatching(/\[input\/not-found\] at .*\n.*keystore create/)]);
    expect(Object.keys(at.snapshot())).toEqual(['new.pem', 'tg.jks']);
  });

  test('-storetype JKS opens PKCS#12, as in Java, and leaves it PKCS#12', async () => {
    const store = at.write('named.jks', fixture('gateway-java17.p12'));
    const password = at.write('pw', `${FIXTURE_PASSWORD}\n`);
    const { status } = await call(adding('-keystore', store, '-storetype', 'JKS', '-storepass:file', password));
    expect([status, decodeKeystore(at.bytes('named.jks'), { password: FIXTURE_PASSWORD }).type]).toEqual([0, 'pkcs12']);
  });

  test('a password on the command line is one line on stderr, which does not show it', async () => {
    const { status, stderr } = await call(['-list', '-keystore', at.store, '-storepass', PASSWORD]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^warning: other users .*\n$/)]);
    expect(stderr).not.toContain(PASSWORD);
  });

  test.each([
    {
      words: () => ['-list', '-keystore', at.store, '-storepass', PASSWORD],
      says: '-storepass:env or -storepass:file',
    },
    { words: () => ['-list', '-keystore', at.store, '-storepass:env', 'NO'], says: 'NO of -storepass:env is not set' },
    { words: () => adding('-keystore', at.store), says: 'give it with -storepass:env, -storepass:file' },
    { words: () => adding('-keystore', at.store, '-alias', '', '-storepass:env', 'PW'), says: '-alias ""' },
  ])('messages speak in words of the front: $says', async ({ words, says }) => {
    const { stderr } = await call(words(), { PW: PASSWORD });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/--(?:storepass|alias)/);
  });

  test('an error is JSON alone, whatever there is to warn of', async () => {
    const words = ['-list', '-keystore', 'a', '-keystore', at.store, '-storepass', 'wrong1', '-json'];
    const { status, stderr } = await call(words);
    expect([status, JSON.parse(stderr)]).toEqual([4, expect.objectContaining({ code: 'keystore/wrong-password' })]);
  });

  test('without -keystore it is .keystore in the home folder', async () => {
    at.write('.keystore', at.bytes());
    vi.stubEnv('HOME', at.folder);
    vi.stubEnv('USERPROFILE', at.folder);
    expect((await call(['-list'], { ANCHORCTL_STOREPASS: PASSWORD })).stdout).toMatch(/contains 4 entries/);
  });

  test('with -cacerts it is that of JAVA_HOME, of Java 8 too', async () => {
    for (const folder of ['lib', 'jre/lib']) {
      mkdirSync(at.path(`${folder}/security`), { recursive: true });
      at.write(`${folder}/security/cacerts`, javaKeystore({ entries: [{ alias: folder, certificates: [alpha.der] }] }));
      const { stdout } = await call(['-list', '-cacerts'], { JAVA_HOME: at.folder, ANCHORCTL_STOREPASS: PASSWORD });
      expect(stdout).toContain(`\n${folder}, `);
    }
    expect(await call(['-list', '-cacerts'])).toMatchObject({ status: 2, stderr: expect.stringMatching(/JAVA_HOME/) });
  });
});

describe('a keystore that no Java opens, on which keytool fails', () => {
  const words = [['-list'], ['-list', '-alias', 'alpha'], ['-delete', '-alias', 'alpha'], ['-importcert', '-noprompt']];
  test.each(words)('%s %s warns of', async (...call) => {
    const safes = [[certificateBag(alpha.der, { friendlyName: 'alpha', trusted: true })]];
    at.write('tg.jks', pfx({ safes, encrypted: true, keyBits: 192 }));
    const { status, stderr } = await keytool(call, { stdin: fresh.pem });
    expect([status, stderr]).toEqual([0, expect.stringMatching(/AES-192.*, which Java has not .*foreign-algorithm\]/)]);
  });
});

describe('-delete', () => {
  test('deletes a trusted certificate without a question, and keeps a backup', async () => {
    const { status, stdout, stderr } = await keytool(['-delete', '-alias', 'BETA']);
    expect([status, stdout, stderr]).toEqual([0, '', `Backup: ${at.store}.20261101T000000Z.bak\n`]);
    expect(at.aliases()).toEqual(['alpha', 'gateway', 'expired']);
  });

  test.each([
    { words: ['-alias', 'gateway'], status: 5, code: 'keystore/refuses-entry' },
    { words: ['-alias', 'nosuch'], status: 3, code: 'keystore/alias-not-found' },
    { words: [], status: 2, code: 'usage/missing-argument' },
  ])('$words ends with $status', async ({ words, status, code }) => {
    const before = at.snapshot();
    const call = await keytool(['-delete', ...words]);
    expect([call.status, call.stdout]).toEqual([status, '']);
    expect(call.stderr).toContain(`[${code}]`);
    expect(call.stderr.startsWith('Alias <nosuch> does not exist\n')).toBe(code === 'keystore/alias-not-found');
    expect(at.snapshot()).toEqual(before);
  });

  test('as a document, and as a dry run', async () => {
    const { status, json } = await keytool(['-delete', '-alias', 'beta', '--dry-run', '--json']);
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({
        schema: 'anchorctl/keytool-delete/1',
        changed: false,
        outcome: 'planned',
        removed: [expect.objectContaining({ alias: 'beta' })],
      }),
    ]);
    expect(at.aliases()).toContain('beta');
  });
});

describe('-list', () => {
  test('has the lines of keytool, sorted by alias', async () => {
    const { status, stdout, stderr } = await keytool(['-list']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.replace(/[0-9A-F]{2}(:[0-9A-F]{2}){31}/g, 'AA:BB')).toMatchInlineSnapshot(`
      "Keystore type: JKS
      Keystore provider: SUN

      Your keystore contains 4 entries

      alpha, Jun 1, 2025, trustedCertEntry, 
      Certificate fingerprint (SHA-256): AA:BB
      beta, Jun 1, 2025, trustedCertEntry, 
      Certificate fingerprint (SHA-256): AA:BB
      expired, Jun 1, 2025, trustedCertEntry, 
      Certificate fingerprint (SHA-256): AA:BB
      gateway, Jun 1, 2025, PrivateKeyEntry, 
      Certificate fingerprint (SHA-256): AA:BB
      "
    `);
  });

  test.each([['-v'], ['-rfc']])('%s shows one entry under the alias as it was written', async (form) => {
    const { status, stdout } = await keytool(['-list', form, '-alias', 'Alpha']);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^Alias name: Alpha\nCreation date: .*\nEntry type: trusted/),
    ]);
    expect(stdout).toContain(form === '-rfc' ? alpha.pem : 'Owner: CN=Alpha Root\nIssuer: CN=Alpha Root\n');
  });

  test('of a key, and of an alias that is not there', async () => {
    expect((await keytool(['-list', '-alias', 'gateway'])).stdout).toMatch(/^gateway, .*, PrivateKeyEntry, \n/);
    expect(await keytool(['-list', '-alias', 'nosuch'])).toMatchObject({
      status: 3,
      stdout: '',
      stderr: expect.stringMatching(/^Alias <nosuch> does not exist\n.*\[keystore\/alias-not-found\]/),
    });
  });

  test('without the password of a JKS warns as keytool does; PKCS#12 is status 4 and not "0 entries"', async () => {
    const bare = (store: string) => anchorctl(['keytool', '-list', '-keystore', store]);
    expect(await bare(at.store)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/contains 4 entries/),
      stderr: expect.stringMatching(/has NOT been verified!/),
    });
    expect(await bare(at.write('a.p12', fixture('gateway-java17.p12')))).toMatchObject({
      status: 4,
      stdout: '',
      stderr: expect.stringMatching(/\[keystore\/password-missing\]/),
    });
  });

  test('of a keystore without a password does not ask for one, as keytool', async () => {
    const store = at.write('a.p12', fixture('passwordless.p12'));
    expect(await anchorctl(['keytool', '-list', '-keystore', store])).toMatchObject({ status: 0, stderr: '' });
  });

  test('says how many entries Java does not see', async () => {
    at.write('tg.jks', fixture('openssl-nokeys.p12'));
    const { status, stdout, stderr } = await keytool(['-list']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/contains 0 entries\n\n$/)]);
    expect(stderr).toMatch(/has 2 more that Java does not see \[keystore\/invisible-entry\]/);
  });

  test('has no empty line behind a certificate without extensions, as keytool', async () => {
    const chain = [issue({ subject: 'CN=old', version: 1 }), alpha];
    const certificates = chain.map(({ der }) => der);
    at.write('tg.jks', javaKeystore({ entries: [{ alias: 'gw', key: Uint8Array.of(1), certificates }] }));
    const { stdout } = await keytool(['-list', '-v']);
    expect(stdout).toMatch(/\nVersion: 1\nCertificate\[2\]:\n/);
    expect(stdout).toMatch(/\nVersion: 3\n\n\n\n\*{43}\n/);
  });

  test('escapes hostile names', async () => {
    const evil = issue({ subject: 'CN=a\u001b[2J\u202eb' });
    at.write('tg.jks', javaKeystore({ entries: [{ alias: 'x\n\u001b[31my', certificates: [evil.der] }] }));
    const { stdout } = await keytool(['-list', '-v']);
    expect(stdout).toContain('Alias name: x\\u{a}\\u{1b}[31my\n');
    expect(stdout).toContain('Owner: CN=a\\u{1b}[2J\\u{202e}b\n');
  });

  test('as a document', async () => {
    const { status, json } = await keytool(['-list', '--json']);
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({ schema: 'anchorctl/keytool-list/1', store: expect.objectContaining({ type: 'jks' }) }),
    ]);
    expect((json() as { entries: unknown[] }).entries).toHaveLength(4);
  });
});

describe('the command line around it', () => {
  test('an error is JSON where JSON was asked for', async () => {
    const { status, stderr } = await anchorctl(['keytool', '-list', '-bogus', '--json']);
    expect([status, JSON.parse(stderr)]).toEqual([2, expect.objectContaining({ code: 'usage/unknown-option' })]);
  });

  test('help fits 80 columns, and a shell completes the words', async () => {
    const { stdout } = await anchorctl(['keytool', '-importcert', '-help']);
    expect(stdout).toMatch(/^anchorctl keytool <word\.\.>\n/);
    expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
    const complete = async (...typed: readonly string[]) =>
      (await anchorctl(['--get-yargs-completions', 'anchorctl', ...typed])).stdout.trim().split('\n');
    expect(await complete('keytool')).toEqual(['keytool']);
    expect(await complete('keytool', '-i')).toEqual(['-importcert', '-import']);
    expect(await complete('keytool', '-list', '--dry')).toEqual(['--dry-run']);
    expect(await complete('keytool', '-file', 'roo')).toEqual(['']);
  });
});

function issueExpired(): string {
  return issue({ subject: 'CN=Late', notAfter: new Date(AT.getTime() - 1) }).pem;
}
