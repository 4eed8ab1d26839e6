import { linkSync, mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { fingerprint } from '../../src/x509/fingerprint.ts';
import { javaKeystore, PASSWORD } from '../store/builders.ts';
import { AT, issue } from '../support/certificates.ts';
import { subjectAltName } from '../support/extensions.ts';
import {
  add,
  alpha,
  at,
  beta,
  expecting,
  expired,
  fresh,
  input,
  layOutStore,
  leaf,
  StoreFolder,
} from './keystore-store.ts';

const sub = issue({ subject: 'CN=Sub CA', issuer: fresh });
const below = issue({ subject: 'CN=Below Alpha', issuer: alpha });

layOutStore();

describe('a certificate that is trusted', () => {
  test('is added, everything else keeps its bytes, and the old file stays beside the new one', async () => {
    const before = at.bytes();
    const { status, json, stderr } = await add([input, ...expecting(fresh), '--json']);
    expect([status, stderr]).toEqual([0, '']);
    const document = json();
    expect(Object.keys(document)[0]).toBe('schema');
    expect(document).toMatchObject({
      schema: 'anchorctl/keystore-add/1',
      changed: true,
      outcome: 'applied',
      store: { path: at.store, type: 'jks' },
      backup: `${at.store}.20261101T000000Z.bak`,
      before: fingerprint('sha256', before),
      after: fingerprint('sha256', at.bytes()),
      added: [{ sha256: fresh.certificate.sha256, subject: 'CN=New Root' }],
      removed: [],
      unchanged: 4,
      certificates: [{ sha256: fresh.certificate.sha256, trustedBy: 'fingerprint' }],
      leftOut: [],
      findings: [],
    });
    expect(at.aliases()).toEqual([
      'alpha',
      'gateway',
      'beta',
      'expired',
      `new-root-${fresh.certificate.sha256.slice(0, 8)}`,
    ]);
    expect(at.bytes().subarray(12, before.length - 20)).toEqual(before.subarray(12, before.length - 20));
    expect(at.bytes('tg.jks.20261101T000000Z.bak')).toEqual(before);
    expect(at.entries().at(-1)?.created).toEqual(AT);
  });

  test('gets the alias that was asked for, in the letter case that Java finds', async () => {
    const { status, json } = await add([input, ...expecting(fresh), '--alias', 'Vendor-ROOT', '--json']);
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({ added: [expect.objectContaining({ alias: 'vendor-root' })] }),
    ]);
    expect(at.aliases()).toContain('vendor-root');
  });

  test('is added without a question, also where nobody could answer', async () => {
    expect((await add([input, ...expecting(fresh)])).stderr).toBe('');
  });

  test('is read from standard input', async () => {
    const { status } = await add(['-', ...expecting(fresh)], {
      stdin: fresh.pem,
      env: { ANCHORCTL_STOREPASS: PASSWORD },
    });
    expect([status, at.entries().length]).toEqual([0, 5]);
  });

  test('because of a typed yes was shown before', async () => {
    const { status, stderr } = await add([input], { answers: [PASSWORD, 'yes'], env: {} });
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/Nothing vouches for this certificate:\n {2}CN=New Root/),
    ]);
  });

  test('because an anchor of the store issued it needs nothing else', async () => {
    const file = at.write('below.pem', below.pem);
    const { status, json } = await add([file, '--intermediates', '--json']);
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({ certificates: [expect.objectContaining({ trustedBy: 'path', role: 'intermediate' })] }),
    ]);
  });

  test('is added with the date of --at', async () => {
    await add([input, ...expecting(fresh), '--at', '2026-11-21T03:00:00Z']);
    expect(at.entries().at(-1)?.created).toEqual(new Date('2026-11-21T03:00:00Z'));
  });
});

describe('a bundle, an archive, a folder', () => {
  test('are added whole, in one run', async () => {
    mkdirSync(at.path('roots'));
    const many = Array.from({ length: 5 }, (_, i) => issue({ subject: `CN=Root ${i}` }));
    writeFileSync(
      at.path('roots/a.pem'),
      many
        .slice(0, 3)
        .map(({ pem }) => pem)
        .join('') + many[0]?.pem,
    );
    writeFileSync(at.path('roots/b.cer'), many[3]?.der ?? '');
    writeFileSync(at.path('roots/readme.txt'), 'hello\n');
    const list = at.write('list', many.map(({ certificate }) => `${certificate.sha256}\n`).join(''));
    const last = at.write('c.pem', many[4]?.pem ?? '');
    const { status, json } = await add([at.path('roots'), last, '--expect-sha256', `@${list}`, '--json']);
    expect([status, json()]).toEqual([0, expect.objectContaining({ changed: true, unchanged: 4 })]);
    expect(
      at
        .entries()
        .slice(4)
        .map(({ fingerprints }) => fingerprints[0]),
    ).toEqual(many.map(({ certificate }) => certificate.sha256));
    expect(at.backups()).toHaveLength(1);
  });

  test('one without a subject is named by its alternative name', async () => {
    const nameless = issue({
      subject: '',
      issuer: issue({ subject: 'CN=Foreign' }),
      extensions: [subjectAltName(['dns:gw.test'])],
    });
    const { status, stderr } = await add([at.write('nameless.pem', nameless.pem), '--allow-not-a-ca']);
    expect([status, stderr]).toEqual([5, expect.stringContaining('no subject, for gw.test')]);
  });

  test('with one that is not accepted refuse the call, or leave it out with --skip-unfit', async () => {
    const old = issue({ subject: 'CN=Old', notAfter: new Date(AT.getTime() - 1000) });
    const unknown = issue({ subject: 'CN=Unknown' });
    const file = at.write('bundle.pem', fresh.pem + old.pem + unknown.pem);
    const args = [file, ...expecting(fresh, old)];
    const before = at.snapshot();
    const refused = await add(args);
    expect([refused.status, refused.stdout]).toEqual([5, '']);
    expect(refused.stderr).toMatch(/CN=Old is not fit to be installed: expired on 2026-10-31.*\[trust\/unfit\]/);
    expect(refused.stderr).toMatch(/nothing vouches for CN=Unknown.*\[trust\/not-established\]/);
    expect(refused.stderr).toContain('; --skip-unfit goes on without it');
    expect(at.snapshot()).toEqual(before);

    const { status, json, stderr } = await add([...args, '--skip-unfit', '--json']);
    expect(status).toBe(0);
    expect(json()).toMatchObject({
      added: [{ sha256: fresh.certificate.sha256 }],
      leftOut: [
        { sha256: old.certificate.sha256, verdict: 'unfit' },
        { sha256: unknown.certificate.sha256, verdict: 'unknown' },
      ],
    });
    expect(stderr).toMatch(/^warning: .*expired on/);
    expect(stderr).toMatch(
      /^warning: .*nothing vouches for CN=Unknown, .*: it was left out \[trust\/not-established\]$/m,
    );
    expect((await add([...args, '--skip-unfit', '--fail-on', 'warning'])).status).toBe(1);
    const again = await add([...args, '--skip-unfit']);
    expect([again.status, again.stdout]).toEqual([0, expect.stringMatching(/^Nothing was to do.*LEFT OUT.* there /s)]);
  });

  test.each([[], ['--skip-unfit']])(
    'none of which is accepted refuse the call, and no hint offers the way around: %j',
    async (...more) => {
      const old = issue({ subject: 'CN=Old', notAfter: new Date(AT.getTime() - 1000) });
      const refused = await add([at.write('bundle.pem', old.pem + issue({ subject: 'CN=Unknown' }).pem), ...more]);
      expect([refused.status, refused.stderr]).toEqual([5, expect.stringContaining('[trust/unfit]')]);
      expect(refused.stderr).not.toContain('--skip-unfit');
    },
  );

  test('take intermediates along only with --intermediates', async () => {
    const file = at.write('chain.pem', sub.pem + fresh.pem);
    const { status, json, stderr } = await add([file, ...expecting(fresh), '--json']);
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({ added: [expect.objectContaining({ subject: 'CN=New Root' })] }),
    ]);
    expect(stderr).toMatch(/warning: .*intermediate CA.*\[keystore\/intermediate-left-out\]/);
    const alone = at.write('sub.pem', sub.pem);
    const refused = await add([alone]);
    expect([refused.status, refused.stderr]).toEqual([5, expect.stringMatching(/--intermediates/)]);
    const taken = await add([alone, '--intermediates', '--json']);
    expect([taken.status, taken.json()]).toEqual([
      0,
      expect.objectContaining({ added: [expect.objectContaining({ subject: 'CN=Sub CA' })] }),
    ]);
  });
});

describe('a certificate that is there already', () => {
  const alphaFile = () => at.write('alpha.pem', alpha.pem);

  test('is nothing to do: not written, no backup, no trust to decide', async () => {
    utimesSync(at.store, 1, 1);
    const before = at.snapshot();
    const { status, stdout } = await add([alphaFile()]);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^Nothing was to do, nothing was changed\.\n.*there +alpha\n/s),
    ]);
    const { json } = await add([alphaFile(), '--json']);
    expect(json()).toMatchObject({
      changed: false,
      outcome: 'already',
      backup: null,
      added: [],
      present: [{ alias: 'alpha', sha256: alpha.certificate.sha256 }],
      unchanged: 4,
    });
    expect(json().before).toBe(json().after);
    expect({ ...at.snapshot(), 'alpha.pem': '' }).toEqual({ ...before, 'alpha.pem': '' });
    expect(statSync(at.store).mtimeMs).toBe(1000);
  });

  test('under another alias than the one asked for is said, and left', async () => {
    const { status, json, stderr } = await add([alphaFile(), '--alias', 'new-name', '--json']);
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({ changed: false, present: [expect.objectContaining({ alias: 'alpha' })] }),
    ]);
    expect(stderr).toMatch(
      /there already under the alias "alpha"; it was not added again as "new-name" \[keystore\/other-alias\]/,
    );
    expect((await add([alphaFile(), '--alias', 'new-name', '--fail-on', 'warning'])).status).toBe(1);
    expect((await add([alphaFile(), '--alias', 'ALPHA', '--fail-on', 'warning'])).status).toBe(0);
  });

  test('beside new ones is counted with those that stay', async () => {
    const { json } = await add([alphaFile(), input, ...expecting(fresh), '--json']);
    expect(json()).toMatchObject({ changed: true, unchanged: 4, present: [{ alias: 'alpha' }], added: [{}] });
  });

  test('and has expired is a warning, since nothing is done about it', async () => {
    const { status, stderr } = await add([at.write('expired.pem', expired.pem)]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^warning: .*anchor\/expired/)]);
  });

  test('as part of the chain of a key only is added', async () => {
    const gateway = new StoreFolder(
      javaKeystore({ entries: [{ alias: 'gw', key: Uint8Array.of(1), certificates: [leaf.der, alpha.der] }] }),
    );
    try {
      const { status } = await gateway.keystore(['add', gateway.store, alphaFile(), ...expecting(alpha)]);
      expect([status, gateway.entries().length]).toEqual([0, 2]);
    } finally {
      gateway.remove();
    }
  });
});

describe('an alias', () => {
  test.each([
    { name: 'of another certificate', alias: 'beta', holds: 'another certificate: CN=Beta Root' },
    { name: 'that differs in letter case alone', alias: 'BETA', holds: 'another certificate: CN=Beta Root' },
    { name: 'of a key', alias: 'gateway', holds: 'a key' },
  ])('$name is refused', async ({ alias, holds }) => {
    const before = at.snapshot();
    const { status, stderr } = await add([input, ...expecting(fresh), '--alias', alias]);
    expect([status, stderr]).toEqual([5, expect.stringMatching(/\[keystore\/alias-taken\] at .+ entry /)]);
    expect(stderr).toContain(holds);
    expect(at.snapshot()).toEqual(before);
  });

  test('of an entry that Java does not see is refused', async () => {
    const upper = new StoreFolder(javaKeystore({ entries: [{ alias: 'RootCA', certificates: [beta.der] }] }));
    try {
      const { status, stderr } = await upper.keystore([
        'add',
        upper.store,
        input,
        ...expecting(fresh),
        '--alias',
        'rootca',
      ]);
      expect([status, stderr]).toEqual([5, expect.stringMatching(/an entry that Java does not see/)]);
    } finally {
      upper.remove();
    }
  });
});

describe('--dry-run', () => {
  test('shows what would be done, and changes nothing', async () => {
    const before = at.snapshot();
    const { status, stdout } = await add([input, ...expecting(fresh), '--dry-run']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^Dry run: nothing was changed\.\n.*adds +new-root-/s)]);
    const { json } = await add([input, ...expecting(fresh), '--dry-run', '--json']);
    expect(json()).toMatchObject({ changed: false, outcome: 'planned', backup: null, added: [{}] });
    expect(at.snapshot()).toEqual(before);
  });
});

describe('the backup', () => {
  test('never overwrites another, also within one second', async () => {
    const other = issue({ subject: 'CN=Other' });
    const first = at.bytes();
    await add([input, ...expecting(fresh)]);
    const second = at.bytes();
    const { json } = await add([at.write('other.pem', other.pem), ...expecting(other), '--json']);
    expect(json().backup).toBe(`${at.store}.20261101T000000Z-2.bak`);
    expect(at.backups()).toEqual(['tg.jks.20261101T000000Z-2.bak', 'tg.jks.20261101T000000Z.bak']);
    expect([at.bytes('tg.jks.20261101T000000Z.bak'), at.bytes('tg.jks.20261101T000000Z-2.bak')]).toEqual([
      first,
      second,
    ]);
  });

  test.skipIf(process.platform === 'win32')('has the mode of the keystore', async () => {
    const before = statSync(at.store).mode;
    await add([input, ...expecting(fresh)]);
    expect(at.backups().map((name) => statSync(at.path(name)).mode)).toEqual([before]);
  });
});

describe('a file with other names', () => {
  test.skipIf(process.platform === 'win32')(
    'by a symbolic link: the link stays, the file behind it is changed',
    async () => {
      mkdirSync(at.path('data'));
      writeFileSync(at.path('data/real.jks'), at.bytes());
      symlinkSync('data/real.jks', at.path('link.jks'));
      const { status, json } = await at.keystore(['add', at.path('link.jks'), input, ...expecting(fresh), '--json']);
      expect([status, json()]).toEqual([
        0,
        expect.objectContaining({
          store: { path: at.path('link.jks'), type: 'jks' },
          backup: expect.stringMatching(/data\/real\.jks\.20261101T000000Z\.bak$/),
          findings: [expect.objectContaining({ code: 'file/symbolic-link', severity: 'info' })],
        }),
      ]);
      expect(readFileSync(at.path('link.jks'))).toEqual(readFileSync(at.path('data/real.jks')));
      expect(
        decodeKeystore(new Uint8Array(readFileSync(at.path('data/real.jks'))), { password: PASSWORD }).entries,
      ).toHaveLength(5);
    },
  );

  test('by a hard link: the other name keeps the old content, and that is said', async () => {
    const before = at.bytes();
    linkSync(at.store, at.path('second.jks'));
    const { status, stderr } = await add([input, ...expecting(fresh)]);
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/^warning: .*1 more name, which keeps the old content \[file\/hard-link\]/),
    ]);
    expect(at.bytes('second.jks')).toEqual(before);
  });

  test.each([
    { path: 'etc/ssl/certs/java', hint: '/usr/local/share/ca-certificates' },
    { path: 'etc/pki/ca-trust/extracted/java', hint: '/etc/pki/ca-trust/source/anchors' },
    { path: 'etc/pki/java', hint: '/etc/pki/ca-trust/source/anchors' },
  ])('$path/cacerts is generated, and the PEM belongs elsewhere', async ({ path, hint }) => {
    mkdirSync(at.path(path), { recursive: true });
    writeFileSync(at.path(`${path}/cacerts`), at.bytes());
    const { status, stderr } = await at.keystore(['add', at.path(`${path}/cacerts`), input, ...expecting(fresh)]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^warning: .*\[keystore\/generated-file\]/)]);
    expect(stderr).toContain(`hint: put the PEM into ${hint}`);
  });
});

describe('a PEM bundle', () => {
  test('is added to, without a password', async () => {
    const bundle = at.write('bundle.pem', alpha.pem);
    const { status, json } = await at.keystore(['add', bundle, input, ...expecting(fresh), '--json'], { env: {} });
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({ store: { path: bundle, type: 'pem' }, unchanged: 1 }),
    ]);
    expect(readFileSync(bundle, 'utf8')).toBe(alpha.pem + fresh.pem);
  });

  test('has no place for an alias', async () => {
    const bundle = at.write('bundle.pem', alpha.pem);
    const { status, stderr } = await at.keystore(['add', bundle, input, ...expecting(fresh), '--alias', 'x']);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/usage\/conflict/)]);
  });
});

test('two calls at the same time both add, or one is told to run again', async () => {
  const roots = Array.from({ length: 4 }, (_, i) => issue({ subject: `CN=Root ${i}` }));
  const calls = await Promise.all(roots.map((root, i) => add([at.write(`${i}.pem`, root.pem), ...expecting(root)])));
  const statuses = calls.map(({ status }) => status);
  const added = roots.filter(({ certificate }) =>
    at.entries().some(({ fingerprints }) => fingerprints[0] === certificate.sha256),
  );
  expect(statuses.filter((status) => status === 0)).toHaveLength(added.length);
  expect(
    calls.filter(({ status }) => status !== 0).every(({ stderr }) => /changed-meanwhile|file\/locked/.test(stderr)),
  ).toBe(true);
  expect(added.length).toBeGreaterThan(0);
  expect(at.aliases().slice(0, 4)).toEqual(['alpha', 'gateway', 'beta', 'expired']);
});
