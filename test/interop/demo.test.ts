import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEMO_PASSWORD, layOutDemo } from '../support/demo-run.ts';
import { hasJava, type JavaEntry, listWithJava } from './java-keystores.ts';
import { keytool } from './keytool.ts';

const ADDED = [
  '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86',
  '5d56499be4d2e08bcfcad08a3e38723d50503bde706948e42f55603019e528ae',
];

describe.skipIf(!hasJava)('the keystore of the demo, seen by Java', () => {
  const demo = layOutDemo();
  let before: readonly JavaEntry[] = [];
  let after: readonly JavaEntry[] = [];

  beforeAll(async () => {
    expect((await demo.run()).status).toBe(0);
    const password = { password: DEMO_PASSWORD, keyPassword: DEMO_PASSWORD };
    const listed = listWithJava([
      { path: demo.original, ...password },
      { path: demo.store, ...password },
    ]);
    before = listed[demo.original]?.entries ?? [];
    after = listed[demo.store]?.entries ?? [];
  });
  afterAll(demo.remove);

  const named = (entries: readonly JavaEntry[], alias: string) => entries.find((entry) => entry.alias === alias);

  test('has the new anchors', () => {
    for (const sha256 of ADDED) {
      expect(
        after.filter(({ kind, certificates }) => kind === 'trusted-certificate' && certificates[0] === sha256),
      ).toHaveLength(1);
    }
  });

  test('has a private key that decrypts to the same key', () => {
    expect(named(before, 'gateway')?.key).toMatch(/^[0-9a-f]{64}$/);
    expect(named(after, 'gateway')).toEqual(named(before, 'gateway'));
  });

  test('keeps every other entry with its date and its certificates, and loses only the retired one', () => {
    const kept = before.filter(({ alias }) => alias !== 'old-vendor-root');
    expect(kept).toHaveLength(before.length - 1);
    for (const entry of kept) expect(named(after, entry.alias)).toEqual(entry);
    expect(named(after, 'old-vendor-root')).toBeUndefined();
    expect(after).toHaveLength(kept.length + 3);
  });

  test('is listed by keytool, with the fingerprints that keytool computes', () => {
    const listed = keytool('-list', '-v', '-keystore', demo.store, '-storepass', DEMO_PASSWORD);
    expect(listed).toContain(`Your keystore contains ${after.length} entries`);
    const printed = [...listed.matchAll(/SHA256: ([0-9A-F:]+)/g)].map(([, hex]) =>
      hex?.replaceAll(':', '').toLowerCase(),
    );
    expect(printed).toEqual(expect.arrayContaining(ADDED));
  });
});
