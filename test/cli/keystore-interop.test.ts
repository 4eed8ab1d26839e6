/** What keytool and Java see in keystores that the commands have changed. */
import { afterEach, describe, expect, test } from 'vitest';
import { type JavaEntry, listWithJava } from '../interop/java-keystores.ts';
import { hasKeytool, keytool } from '../interop/keytool.ts';
import { FIXTURE_KEY_PASSWORD, FIXTURE_PASSWORD, fixture, fixtureCertificate } from '../store/keystore-fixtures.ts';
import { toPem } from '../support/certificates.ts';
import { alpha, fresh, StoreFolder } from './keystore-store.ts';

const TIMEOUT = 120_000;

let at: StoreFolder | undefined;
afterEach(() => at?.remove());

describe.skipIf(!hasKeytool).each(['gateway.jks', 'gateway.jceks'])('%s', (name) => {
  const setUp = () => {
    at = new StoreFolder(fixture(name));
    at.write('before', fixture(name));
    return at;
  };

  /** The entries before and after, from one run of Java. */
  const javaEntries = (folder: StoreFolder): readonly (readonly JavaEntry[])[] => {
    const paths = [folder.path('before'), folder.store];
    const seen = listWithJava(
      paths.map((file) => ({ path: file, password: FIXTURE_PASSWORD, keyPassword: FIXTURE_KEY_PASSWORD })),
    );
    return paths.map((file) => seen[file]?.entries ?? []);
  };
  const listed = (store: string, alias: string) =>
    keytool('-list', '-keystore', store, '-storepass', FIXTURE_PASSWORD, '-alias', alias);

  test(
    'after add: two new entries, all others as they were, keys that decrypt to the same',
    async () => {
      const folder = setUp();
      const bundle = folder.write('bundle.pem', alpha.pem + fresh.pem);
      const digests = [alpha, fresh].map(({ certificate }) => certificate.sha256);
      const list = folder.write('list', digests.join('\n'));
      const call = await folder.keystore(['add', folder.store, bundle, '--expect-sha256', `@${list}`]);
      expect([call.status, call.stderr]).toEqual([0, '']);
      const [before = [], after = []] = javaEntries(folder);
      const isNew = ({ certificates }: JavaEntry) => digests.includes(certificates[0] ?? '');
      expect(after.filter((entry) => !isNew(entry))).toEqual(before);
      expect(after.filter(isNew)).toHaveLength(2);
      expect(before.some(({ key }) => key !== null && key !== 'not decrypted')).toBe(true);
      expect(listed(folder.store, `new-root-${fresh.certificate.sha256.slice(0, 8)}`)).toMatch(/trustedCertEntry/);
    },
    TIMEOUT,
  );

  test(
    'after remove: one entry less',
    async () => {
      const folder = setUp();
      const digest = fixtureCertificate('old-root').sha256;
      expect((await folder.keystore(['remove', folder.store, '--sha256', digest, '--yes'])).status).toBe(0);
      const [before = [], after = []] = javaEntries(folder);
      expect(after).toEqual(before.filter(({ alias }) => alias !== 'old-root'));
      expect(before).toHaveLength(after.length + 1);
    },
    TIMEOUT,
  );

  test(
    'after replace: another certificate under the alias',
    async () => {
      const folder = setUp();
      const args = [folder.write('new.pem', fresh.pem), '--alias', 'old-root', '--yes'];
      const digest = fresh.certificate.sha256;
      const call = await folder.keystore(['replace', folder.store, ...args, '--expect-sha256', digest]);
      expect([call.status, call.stderr]).toEqual([0, '']);
      const [before = [], after = []] = javaEntries(folder);
      const others = (entries: readonly JavaEntry[]) => entries.filter(({ alias }) => alias !== 'old-root');
      expect(others(after)).toEqual(others(before));
      expect(after.find(({ alias }) => alias === 'old-root')?.certificates).toEqual([digest]);
    },
    TIMEOUT,
  );

  test(
    'edited by keytool, then here, then by keytool again',
    async () => {
      const folder = setUp();
      const type = name.endsWith('jks') ? 'JKS' : 'JCEKS';
      const store = ['-keystore', folder.store, '-storetype', type, '-storepass', FIXTURE_PASSWORD];
      const pem = folder.write('alpha.pem', toPem(alpha.der));
      keytool('-importcert', '-noprompt', '-alias', 'Theirs', '-file', pem, ...store);
      const there = await folder.keystore(['add', folder.store, pem, '--json']);
      expect(there.json()).toMatchObject({ changed: false, present: [{ alias: 'theirs' }] });
      const ours = ['add', folder.store, folder.write('new.pem', fresh.pem), '--alias', 'Ours'];
      const digest = fresh.certificate.sha256;
      expect((await folder.keystore([...ours, '--expect-sha256', digest])).status).toBe(0);
      keytool('-delete', '-alias', 'ours', ...store);
      expect((await folder.keystore(['remove', folder.store, '--alias', 'theirs', '--yes'])).status).toBe(0);
      const [before, after] = javaEntries(folder);
      expect(after).toEqual(before);
    },
    TIMEOUT,
  );
});
