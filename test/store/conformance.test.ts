/**
 * Keystores of eleven other projects, where they are present: whatever keytool or openssl opens must open here with the
 * same entries, what must be rejected must be rejected, and editing JKS and JCEKS must give every entry back.
 */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { foldAlias } from '../../src/store/alias.ts';
import { decodeKeystore, detectKeystore } from '../../src/store/codecs.ts';
import { editKeystore } from '../../src/store/edit.ts';
import type { Keystore } from '../../src/store/keystore.ts';
import { issue } from '../support/certificates.ts';

interface Case {
  readonly id: string;
  readonly file: string;
  readonly type: 'JKS' | 'JCEKS' | 'PKCS12' | 'BKS/UBER';
  readonly password: string | null;
  readonly expect: string;
  readonly keytool: {
    readonly opened: boolean;
    readonly entries?: readonly {
      readonly alias: string;
      readonly type: string;
      readonly cert_sha256: readonly string[];
    }[];
  } | null;
  readonly openssl?: { readonly opened: boolean; readonly certs?: number; readonly private_keys?: number };
}

const FOLDER = new URL('../../../shared/conformance/keystores/', import.meta.url);
const isPresent = existsSync(FOLDER);
const cases: readonly Case[] = isPresent
  ? JSON.parse(readFileSync(new URL('keystores.json', FOLDER), 'utf8')).keystores
  : [];
const exceptions: readonly { readonly id: string; readonly reason: string }[] = JSON.parse(
  readFileSync(new URL('conformance-exceptions.json', import.meta.url), 'utf8'),
);

const KINDS: Readonly<Record<string, string>> = {
  trustedCertEntry: 'trusted-certificate',
  PrivateKeyEntry: 'private-key',
  SecretKeyEntry: 'secret-key',
};
/** How many certificates a file has twice: openssl prints them twice. */
const REPEATED: Readonly<Record<string, number>> = {
  'wolfssl/test-servercert.p12': 1,
  'wolfssl/test-servercert-rc2.p12': 1,
};

const RULES = [
  {
    name: 'opened by keytool or openssl',
    applies: ({ keytool, openssl }: Case) => keytool?.opened || openssl?.opened,
    check: opens,
  },
  { name: 'to be rejected', applies: ({ expect: expected }: Case) => expected === 'reject', check: isRejected },
  {
    name: 'PBMAC1, which the tools at hand do not open',
    applies: ({ keytool, openssl, expect: expected, type }: Case) =>
      type === 'PKCS12' && expected === 'open' && !keytool?.opened && !openssl?.opened,
    check: (store: Case) => expect(decode(store).integrity).toBe('verified'),
  },
  { name: 'of Bouncy Castle', applies: ({ type }: Case) => type === 'BKS/UBER', check: isNamed },
  { name: 'JKS and JCEKS, edited', applies: isEditable, check: survivesEditing },
] as const;

describe.skipIf(!isPresent)('keystores of other projects', () => {
  describe.each(RULES)('$name', ({ name, applies, check }) => {
    const chosen = cases.filter(applies);
    let passed = 0;
    // biome-ignore lint/suspicious/noConsole: the figure is what the run is for
    afterAll(() => console.log(`conformance keystores, ${name}: ${passed} of ${chosen.length}`));

    test.each(chosen.map((store) => [store.id, store] as const))('%s', (id, store) => {
      const exception = exceptions.find((entry) => entry.id === id);
      if (exception === undefined) check(store);
      else expect(() => check(store), `passes, though the exceptions say: ${exception.reason}`).toThrow();
      if (exception === undefined) passed++;
    });
  });

  test('every exception names a case', () => {
    const ids = cases.map(({ id }) => id);
    expect(exceptions.filter(({ id, reason }) => !ids.includes(id) || reason === '')).toEqual([]);
  });
});

function opens(store: Case): void {
  const { keytool, openssl, type } = store;
  const { entries } = decode(store);
  expect(detectKeystore(read(store))).toBe(type.toLowerCase());
  if (keytool?.entries !== undefined) {
    const visible = entries.filter(({ kind }) => kind !== 'invisible');
    const found = visible.map(({ alias, kind, fingerprints }) => ({ alias: foldAlias(alias), kind, fingerprints }));
    const listed = keytool.entries.map((entry) => ({
      alias: entry.alias,
      kind: KINDS[entry.type],
      fingerprints: entry.cert_sha256,
    }));
    expect(found.toSorted(byAlias)).toEqual(listed.toSorted(byAlias));
  }
  if (openssl?.certs !== undefined) {
    const digests = new Set(entries.flatMap(({ fingerprints }) => fingerprints));
    expect(digests.size + (REPEATED[store.id] ?? 0)).toBe(openssl.certs);
    const keys = entries.filter(
      ({ kind, fingerprints }) => kind === 'private-key' || (kind === 'invisible' && fingerprints.length === 0),
    );
    expect(keys).toHaveLength(openssl.private_keys ?? 0);
  }
}

function isRejected(store: Case): void {
  expect(() => decode(store)).toThrow(expect.objectContaining({ name: 'TrustError' }));
}

function isNamed(store: Case): void {
  expect(store.file).toContain(detectKeystore(read(store)) ?? 'nothing');
  expect(() => decode(store)).toThrow(expect.objectContaining({ code: 'keystore/unsupported' }));
}

function isEditable({ type, keytool }: Case): boolean {
  return (type === 'JKS' || type === 'JCEKS') && keytool?.opened === true;
}

function survivesEditing(store: Case): void {
  const bytes = read(store);
  const { password } = store;
  const { certificate } = issue({ subject: 'CN=Added' });
  expect(editKeystore(bytes, [], { password })).toBe(bytes);
  const edit = { alias: 'added-by-a-test', certificate, created: new Date(0) };
  const edited = editKeystore(bytes, [{ action: 'add', ...edit }], { password });
  expect(decodeKeystore(edited, { password }).entries.length).toBe(decode(store).entries.length + 1);
  expect(Buffer.from(edited).includes(Buffer.from(bytes.subarray(12, -20)))).toBe(true);
  const back = editKeystore(edited, [{ action: 'remove', alias: edit.alias }], { password });
  expect(Buffer.compare(back, bytes)).toBe(0);
}

function decode(store: Case): Keystore {
  return decodeKeystore(read(store), { password: store.password });
}

function read({ file }: Case): Uint8Array {
  return new Uint8Array(readFileSync(new URL(file, FOLDER)));
}

function byAlias(a: { readonly alias: string }, b: { readonly alias: string }): number {
  return a.alias < b.alias ? -1 : 1;
}
