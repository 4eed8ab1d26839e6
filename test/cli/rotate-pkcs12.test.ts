import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { certificateBag, nestedBag, PASSWORD, pfx, shroudedKeyBag } from '../store/builders.ts';
import { FIXTURE_PASSWORD, fixture } from '../store/keystore-fixtures.ts';
import { takeApart } from '../store/pkcs12-bytes.ts';
import { issue } from '../support/certificates.ts';
import { anchorctl, type Call, type CallOptions } from '../support/cli.ts';

const own = issue({ subject: 'CN=Own Root' });
const leaf = issue({ subject: 'CN=gateway.test', issuer: own, basicConstraints: null });
const NAMES = ['gateway-java17.p12', 'gateway-sha512.p12'];

let folder = '';
let out = '';
const path = (name: string): string => join(folder, name);
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(path(name)));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-rotate-'));
  out = path('run');
  writeFileSync(path('own.pem'), own.pem);
  for (const name of NAMES) writeFileSync(path(name), fixture(name));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rotate = (names: readonly string[], args: readonly string[] = [], options: CallOptions = {}): Promise<Call> =>
  anchorctl(
    [
      ...['rotate', path('own.pem'), ...names.flatMap((name) => ['--keystore', path(name)])],
      ...['--expect-sha256', own.certificate.sha256, '--out', out, ...args],
    ],
    { env: { ANCHORCTL_STOREPASS: FIXTURE_PASSWORD }, ...options },
  );
const RETIRE = ['--retire', 'old-root', '--yes'];
const entries = (bytes: Uint8Array): readonly unknown[] =>
  decodeKeystore(bytes, { password: FIXTURE_PASSWORD }).entries.map(({ alias, kind, created, fingerprints }) => [
    alias,
    kind,
    created,
    fingerprints,
  ]);

/** The entries of a fixture after the rotation. */
function expected(name: string): readonly unknown[] {
  const alias = `own-root-${own.certificate.sha256.slice(0, 8)}`;
  const kept = entries(fixture(name)).filter((entry) => Array.isArray(entry) && entry[0] !== 'old-root');
  return [...kept, [alias, 'trusted-certificate', null, [own.certificate.sha256]]];
}

describe('PKCS#12 keystores', () => {
  test('get the new root, lose the old one, and keep everything else as it was', async () => {
    const { status, stderr, json } = await rotate(NAMES, [...RETIRE, '--json']);
    expect([status, stderr]).toEqual([0, expect.not.stringMatching(/error/)]);
    expect(json()).toMatchObject({ changed: true, outcome: 'applied' });
    for (const name of NAMES) {
      expect(entries(read(name))).toEqual(expected(name));
      const [before, after] = [fixture(name), read(name)].map((bytes) => takeApart(bytes, FIXTURE_PASSWORD));
      expect(after?.safes[0]).toEqual(before?.safes[0]);
      expect(after?.safes.map(({ encryption }) => encryption)).toEqual(
        before?.safes.map(({ encryption }) => encryption),
      );
      expect(after?.mac?.label).toBe(before?.mac?.label);
    }
  });

  test('are left alone by the same call again, and get their old bytes back', async () => {
    await rotate(NAMES, RETIRE);
    const rotated = NAMES.map(read);
    const again = await rotate(NAMES, RETIRE);
    expect([again.status, again.stdout]).toEqual([0, expect.stringMatching(/^All is in place already/)]);
    expect(NAMES.map(read)).toEqual(rotated);
    expect((await anchorctl(['rollback', out, '--yes'])).status).toBe(0);
    expect(NAMES.map(read)).toEqual(NAMES.map(fixture));
  });

  test('are shown by a dry run, which changes nothing', async () => {
    const { status, stdout } = await rotate(NAMES, [...RETIRE, '--dry-run']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^Dry run: nothing was changed/)]);
    expect(NAMES.map(read)).toEqual(NAMES.map(fixture));
  });

  test.each(NAMES.map((_, index) => [index] as const))(
    'are finished by the same call when a run stopped before replacing number %i',
    async (index) => {
      await rotate(NAMES, RETIRE);
      const done = NAMES.slice(0, index).map(read);
      interruptBefore(index);
      const { status, json } = await rotate(NAMES, [...RETIRE, '--json']);
      expect([status, json()]).toEqual([0, expect.objectContaining({ outcome: 'resumed' })]);
      expect(NAMES.slice(0, index).map(read)).toEqual(done);
      expect(NAMES.map((name) => entries(read(name)))).toEqual(NAMES.map(expected));
      expect((await anchorctl(['rollback', out, '--yes'])).status).toBe(0);
      expect(NAMES.map(read)).toEqual(NAMES.map(fixture));
    },
  );

  test('with a key whose chain the new root completes', async () => {
    const key = shroudedKeyBag(leaf.privateKey, { friendlyName: 'gw', localKeyId: 'a' });
    const bytes = pfx({ safes: [[key], [certificateBag(leaf.der, { localKeyId: 'a' })]], encrypted: true });
    writeFileSync(path('key.p12'), bytes);
    const env = { ANCHORCTL_STOREPASS: PASSWORD };
    expect((await rotate(['key.p12'], [], { env })).status).toBe(0);
    expect(decodeKeystore(read('key.p12'), { password: PASSWORD }).entries).toMatchObject([
      { alias: 'gw', fingerprints: [leaf.certificate.sha256, own.certificate.sha256] },
      { kind: 'trusted-certificate', fingerprints: [own.certificate.sha256] },
    ]);
  });

  test('keep what Java does not see, named or not', async () => {
    const unseen = [certificateBag(leaf.der), nestedBag([certificateBag(leaf.der, { friendlyName: 'deep' })])];
    const old = certificateBag(issue({ subject: 'CN=Old' }).der, { friendlyName: 'old-root', trusted: true });
    writeFileSync(path('odd.p12'), pfx({ safes: [[old, ...unseen, Uint8Array.of(0x30, 0)]] }));
    const env = { ANCHORCTL_STOREPASS: PASSWORD };
    const { status, stderr } = await rotate(['odd.p12'], RETIRE, { env });
    expect([status, stderr]).toEqual([0, expect.not.stringMatching(/error/)]);
    expect(takeApart(read('odd.p12'), PASSWORD).safes[0]?.bags).toHaveLength(4);
  });

  test('are refused whole where one must not lose what is to be retired', async () => {
    const root = issue({ subject: 'CN=Chain Root' });
    const end = issue({ subject: 'CN=end.test', issuer: root, basicConstraints: null });
    const key = shroudedKeyBag(end.privateKey, { friendlyName: 'gw', localKeyId: 'a' });
    const chain = [
      certificateBag(end.der, { localKeyId: 'a' }),
      certificateBag(root.der, { friendlyName: 'old-root', trusted: true }),
    ];
    const bytes = pfx({ safes: [[key], chain], password: FIXTURE_PASSWORD });
    writeFileSync(path('chain.p12'), bytes);
    const { status, stderr } = await rotate([...NAMES, 'chain.p12'], RETIRE);
    expect([status, stderr]).toEqual([5, expect.stringMatching(/chain of the key "gw".*keystore\/cannot-preserve/)]);
    expect([...NAMES, 'chain.p12'].map(read)).toEqual([...NAMES.map(fixture), new Uint8Array(bytes)]);
  });
});

test.each([
  { from: 'the environment', words: () => [], env: { ANCHORCTL_STOREPASS: PASSWORD } },
  { from: 'a variable', words: () => ['--storepass-env', 'PW'], env: { PW: PASSWORD } },
  { from: 'a file', words: () => ['--storepass-file', path('pw')], env: {} },
  { from: 'the call', words: () => ['--storepass', PASSWORD], env: {} },
])('an encrypted input is read with the password from $from, for devices alone, too', async ({ words, env }) => {
  const bag = certificateBag(own.der, { friendlyName: 'own', trusted: true });
  writeFileSync(path('own.p12'), pfx({ safes: [[bag]], encrypted: true }));
  writeFileSync(path('pw'), `${PASSWORD}\n`);
  const argv = ['rotate', path('own.p12'), '--expect-sha256', own.certificate.sha256, '--device', 'ios:X'];
  const { status, json } = await anchorctl([...argv, '--out', out, '--dry-run', '--json', ...words()], { env });
  expect([status, json()]).toMatchObject([0, { devices: [{ certificates: [own.certificate.sha256] }] }]);
});

/** Makes the run folder and the keystores what a kill right before replacing one of them leaves. */
function interruptBefore(index: number): void {
  const journal = join(out, 'journal.ndjson');
  const lines = readFileSync(journal, 'utf8').split('\n');
  const target = path(NAMES[index] ?? '');
  const cut = lines.findIndex((line) => line.includes('"replace"') && line.includes(JSON.stringify(target)));
  expect(cut).toBeGreaterThan(0);
  writeFileSync(journal, `${lines.slice(0, cut + 1).join('\n')}\n`);
  for (const name of NAMES.slice(index)) writeFileSync(path(name), fixture(name));
  for (const name of NAMES.slice(index + 1)) rmSync(join(out, 'backup', backupOf(name)), { force: true });
  rmSync(join(out, 'runbook.md'));
}

/** The file name of a keystore's backup, as the plan of the run has it. */
function backupOf(name: string): string {
  const { stores } = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')) as {
    stores: { path: string; backup: string }[];
  };
  return stores.find((store) => store.path.endsWith(name))?.backup.replace(/^backup\//, '') ?? '';
}
