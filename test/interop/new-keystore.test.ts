/** Keystores made or repaired here, read by Java, keytool and openssl. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { editKeystore } from '../../src/store/edit.ts';
import type { KeystoreEdit, KeystoreType, NewKeystoreEntry, Pkcs12Compat } from '../../src/store/keystore.ts';
import { encodeKeystore } from '../../src/store/new-keystore.ts';
import { encryptPrivateKey } from '../../src/store/pkcs12-new.ts';
import { findRevelations } from '../../src/store/repair.ts';
import { fingerprint } from '../../src/x509/fingerprint.ts';
import { CREATED, PASSWORD } from '../store/builders.ts';
import { CERTIFICATES, ODD_JKS, ODD_PKCS12 } from '../store/odd-keystores.ts';
import { type Issued, issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { hasJava, type JavaStore, listWithJava } from './java-keystores.ts';
import { callKeytool, hasKeytool, keytool } from './keytool.ts';

const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;
const TIMEOUT = 120_000;

const roots: readonly Issued[] = ['Alpha Root', 'Wurzel-Ä 根', 'Gamma Root'].map((name) =>
  issue({ subject: `CN=${name}` }),
);
const FORMATS: readonly { readonly name: string; readonly type: KeystoreType; readonly compat?: Pkcs12Compat }[] = [
  { name: 'jks', type: 'jks' },
  { name: 'jceks', type: 'jceks' },
  { name: 'modern', type: 'pkcs12', compat: 'modern' },
  { name: 'java8', type: 'pkcs12', compat: 'java8' },
  { name: 'passwordless', type: 'pkcs12', compat: 'passwordless' },
  { name: 'pem', type: 'pem' },
];
const BINARY = FORMATS.filter(({ type }) => type !== 'pem');
const PKCS12 = FORMATS.filter(({ type }) => type === 'pkcs12');

let folder: string;
const path = (name: string): string => join(folder, name);
const made: Record<string, readonly { readonly alias: string; readonly sha256: string }[]> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-'));
  writeFileSync(path('roots.pem'), roots.map(({ pem }) => pem).join(''));
  for (const { name, type, compat } of FORMATS) {
    const { status, stderr, json } = await anchorctl(
      [
        ...['keystore', 'create', path(name), path('roots.pem'), '--type', type, '--json'],
        ...(compat === undefined ? [] : ['--compat', compat]),
        ...roots.flatMap(({ certificate }) => ['--expect-sha256', certificate.sha256]),
      ],
      { env: type === 'pem' || compat === 'passwordless' ? {} : { ANCHORCTL_STOREPASS: PASSWORD } },
    );
    if (status !== 0) throw new Error(stderr);
    made[name] = json().added as (typeof made)[string];
  }
}, TIMEOUT);
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasJava)('Java reads a keystore that keystore create made', () => {
  let seen: Record<string, JavaStore>;
  beforeAll(() => {
    seen = listWithJava(BINARY.map(({ name }) => ({ path: path(name), password: PASSWORD })));
  }, TIMEOUT);

  test.each(BINARY)('$name', ({ name }) => {
    const found = seen[path(name)]?.entries?.map(({ alias, kind, certificates }) => [alias, kind, ...certificates]);
    expect(found?.toSorted()).toEqual(
      (made[name] ?? []).map(({ alias, sha256 }) => [alias, 'trusted-certificate', sha256]).toSorted(),
    );
    expect(found).toHaveLength(roots.length);
  });
});

describe.skipIf(!hasKeytool)('keytool lists a keystore that keystore create made', () => {
  test.each(BINARY)(
    '$name',
    ({ name }) => {
      const listed = keytool('-list', '-keystore', path(name), '-storepass', PASSWORD);
      expect(listed).toContain(`Your keystore contains ${roots.length} entries`);
      for (const { alias, sha256 } of made[name] ?? []) {
        expect(listed).toMatch(new RegExp(`^${alias}, .*trustedCertEntry`, 'm'));
        expect(listed).toContain((sha256.toUpperCase().match(/../g) ?? []).join(':'));
      }
    },
    TIMEOUT,
  );

  test(
    'without its password where it has none',
    () => {
      const { stdout } = callKeytool(['-list', '-keystore', path('passwordless')], { input: '\n' });
      expect(stdout).toContain(`Your keystore contains ${roots.length} entries`);
    },
    TIMEOUT,
  );

  test(
    'and reads the certificates of a PEM bundle',
    () => {
      const printed = keytool('-printcert', '-file', path('pem'));
      expect(printed.match(/^Certificate\[\d\]:$/gm)).toHaveLength(roots.length);
    },
    TIMEOUT,
  );
});

describe.skipIf(!hasOpenssl)('openssl reads a keystore that keystore create made', () => {
  test.each(PKCS12)('$name', ({ name, compat }) => {
    const legacy = compat === 'java8' ? ['-legacy'] : [];
    const mac = compat === 'passwordless' ? ['-nomacver'] : [];
    const out = openssl(['pkcs12', '-in', path(name), '-passin', 'stdin', '-nokeys', ...legacy, ...mac], PASSWORD);
    expect(fingerprintsIn(out)).toEqual(roots.map(({ certificate }) => certificate.sha256));
  });

  test('pem', () => {
    const out = openssl(['crl2pkcs7', '-nocrl', '-certfile', path('pem')], '');
    expect(openssl(['pkcs7', '-print_certs', '-noout'], out).match(/^subject=/gm)).toHaveLength(roots.length);
  });
});

describe.skipIf(!hasJava)('Java finds the keys and chains of a PKCS#12 keystore that was made here', () => {
  let seen: Record<string, JavaStore>;
  const chains = { gw: ['gateway', 'issuing', 'root'], second: ['leaf', 'issuing', 'root'], alone: [] };
  const ders = (names: readonly string[]) => names.map((name) => CERTIFICATES[name]?.der ?? new Uint8Array());
  beforeAll(() => {
    for (const { name, compat = 'modern' } of PKCS12) {
      const keys = Object.entries(chains).map(([alias, names]): NewKeystoreEntry => {
        const privateKey = CERTIFICATES[names[0] ?? 'other']?.privateKey;
        const pkcs8 = privateKey?.export({ type: 'pkcs8', format: 'der' }) ?? new Uint8Array();
        const key = encryptPrivateKey(pkcs8, { compat, password: PASSWORD });
        return { kind: 'private-key', alias, created: CREATED, key, chain: ders(names) };
      });
      const [other = new Uint8Array()] = ders(['other']);
      const trusted: NewKeystoreEntry = {
        kind: 'trusted-certificate',
        alias: 'Other',
        created: CREATED,
        certificate: other,
      };
      const bytes = encodeKeystore([...keys, trusted], { type: 'pkcs12', compat, password: PASSWORD });
      writeFileSync(path(`keys-${name}`), bytes);
    }
    seen = listWithJava(
      PKCS12.map(({ name }) => ({ path: path(`keys-${name}`), password: PASSWORD, keyPassword: PASSWORD })),
    );
  }, TIMEOUT);

  test.each(PKCS12)('$name', ({ name }) => {
    const entries = seen[path(`keys-${name}`)]?.entries ?? [];
    const found = entries.map(({ alias, kind, certificates }) => [alias, kind, ...certificates]);
    const digests = (names: readonly string[]) => ders(names).map((der) => fingerprint('sha256', der));
    expect(found.toSorted()).toEqual(
      [
        ...Object.entries(chains).map(([alias, names]) => [alias, 'private-key', ...digests(names)]),
        ['other', 'trusted-certificate', ...digests(['other'])],
      ].toSorted(),
    );
    const keys = entries.filter(({ kind }) => kind === 'private-key');
    expect(keys.map(({ created }) => created)).toEqual(keys.map(() => CREATED.getTime()));
    expect(keys.map(({ key }) => key)).toEqual(keys.map(() => expect.stringMatching(/^[0-9a-f]{64}$/)));
  });
});

describe.skipIf(!hasKeytool || !hasOpenssl)('a repaired keystore', () => {
  test(
    'that openssl exported shows all its entries to keytool',
    async () => {
      const file = path('exported.p12');
      const names = roots.flatMap((_, index) => (index === 0 ? [] : ['-caname', `CA ${index}`]));
      const args = ['-nokeys', '-in', path('roots.pem'), '-out', file, '-passout', 'stdin', ...names];
      openssl(['pkcs12', '-export', ...args], PASSWORD);
      const list = () => keytool('-list', '-v', '-keystore', file, '-storepass', PASSWORD);
      expect(list()).toContain('Your keystore contains 0 entries');
      const { status, stderr } = await anchorctl(['keystore', 'repair', file, '--yes'], {
        env: { ANCHORCTL_STOREPASS: PASSWORD },
      });
      expect([status, stderr]).toEqual([0, '']);
      const listed = list();
      expect(listed).toContain(`Your keystore contains ${roots.length} entries`);
      for (const { certificate } of roots) {
        expect(listed).toContain((certificate.sha256.toUpperCase().match(/../g) ?? []).join(':'));
      }
      const back = openssl(['pkcs12', '-in', file, '-passin', 'stdin', '-nokeys'], PASSWORD);
      expect(fingerprintsIn(back).toSorted()).toEqual(roots.map(({ certificate }) => certificate.sha256).toSorted());
    },
    TIMEOUT,
  );

  test(
    'with aliases in upper case is listed by keytool to its end',
    async () => {
      const file = path('upper.jks');
      const lower = readFileSync(path('jks'));
      const bytes = Buffer.from(lower.toString('latin1').replace('alpha-root', 'Alpha-ROOT'), 'latin1');
      writeFileSync(file, withDigest(bytes));
      const list = () => callKeytool(['-list', '-keystore', file, '-storepass', PASSWORD]);
      expect(list().status).toBe(1);
      const { status } = await anchorctl(['keystore', 'repair', file, '--yes'], {
        env: { ANCHORCTL_STOREPASS: PASSWORD },
      });
      expect([status, list().status]).toEqual([0, 0]);
      expect(readFileSync(file)).toEqual(lower);
    },
    TIMEOUT,
  );
});

describe.skipIf(!hasJava)('what Java makes of a repaired keystore is what is listed here', () => {
  const cases = [...ODD_JKS, ...ODD_PKCS12].flatMap(({ name, bytes, refusedByJava }, index) => {
    const { entries, type } = decodeKeystore(bytes, { password: PASSWORD });
    const edits = findRevelations({ type, entries }).map(
      (revelation): KeystoreEdit => ({ action: 'reveal', index: revelation.index, alias: revelation.alias }),
    );
    return edits.length === 0 || refusedByJava === true ? [] : [{ name, bytes, edits, file: `odd-${index}` }];
  });
  let seen: Record<string, JavaStore>;
  beforeAll(() => {
    for (const { bytes, edits, file } of cases) {
      writeFileSync(path(file), editKeystore(bytes, edits, { password: PASSWORD }));
    }
    seen = listWithJava(cases.map(({ file }) => ({ path: path(file), password: PASSWORD })));
  }, TIMEOUT);

  test.each(cases)('$name', ({ file }) => {
    const { entries } = decodeKeystore(readFileSync(path(file)), { password: PASSWORD });
    const listed = entries
      .filter(({ kind }) => kind !== 'invisible')
      .map(({ alias, kind, fingerprints }) => [alias.toLowerCase(), kind, ...fingerprints]);
    const found = seen[path(file)]?.entries?.map(({ alias, kind, certificates }) => [
      alias.toLowerCase(),
      kind,
      ...certificates,
    ]);
    expect(found?.toSorted()).toEqual(listed.toSorted());
  });
});

function fingerprintsIn(text: string): string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => fingerprint('sha256', Buffer.from(block.replace(/-----[^-]+-----|\s/g, ''), 'base64')));
}

/** Runs openssl with a password, or a file, on its standard input. */
function openssl(args: readonly string[], input: string): string {
  const { status, stdout, stderr } = spawnSync('openssl', args, { input: `${input}\n`, encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** A JKS keystore whose bytes were changed, with the digest that fits them. */
function withDigest(bytes: Uint8Array): Uint8Array {
  const body = bytes.subarray(0, -20);
  const password = Buffer.from(PASSWORD, 'utf16le').swap16();
  const digest = createHash('sha1').update(password).update('Mighty Aphrodite').update(body).digest();
  return Buffer.concat([body, digest]);
}
