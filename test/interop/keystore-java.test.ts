import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foldAlias } from '../../src/store/alias.ts';
import { PASSWORD } from '../store/builders.ts';
import { CERTIFICATES, ODD_JKS, ODD_PKCS12, type OddKeystore } from '../store/odd-keystores.ts';
import { hasJava, type JavaStore, listWithJava } from './java-keystores.ts';

const odd: readonly OddKeystore[] = [...ODD_JKS, ...ODD_PKCS12];

describe.skipIf(!hasJava)('what the tables of odd keystores say about Java', () => {
  let folder: string;
  let seen: Record<string, JavaStore>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'anchorctl-'));
    const stores = odd.map(({ bytes }, index) => {
      const path = join(folder, `${index}`);
      writeFileSync(path, bytes);
      return { path, password: PASSWORD };
    });
    seen = listWithJava(stores);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(odd.map((store, index) => [store.name, store, index] as const))(
    '%s',
    (_, { entries, refusedByJava }, index) => {
      const store = seen[join(folder, `${index}`)];
      if (refusedByJava === true) return expect(store?.error).toBeDefined();
      const visible = entries
        .filter(([kind]) => kind !== 'invisible')
        .map(([kind, alias, ...names]) => ({
          alias: foldAlias(alias),
          kind,
          certificates: names.map((name) => CERTIFICATES[name]?.certificate.sha256),
        }));
      const found = store?.entries
        ?.filter(({ kind }) => kind !== 'invisible')
        .map(({ alias, kind, certificates }) => ({ alias, kind, certificates }));
      expect(found?.toSorted(byAlias)).toEqual(visible.toSorted(byAlias));
    },
  );
});

function byAlias(a: { readonly alias: string }, b: { readonly alias: string }): number {
  return a.alias < b.alias ? -1 : 1;
}
