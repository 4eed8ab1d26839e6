/** A folder as a site has it: configurations, show output, keystores and bundles, of which some are not there yet. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createTar } from 'nanotar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateBag, javaKeystore, PASSWORD, pfx } from '../store/builders.ts';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { printChain } from '../support/running-config.ts';

const OLD = issue({ subject: 'CN=Old Root,O=Test', serialNumber: 0xdcn });
const NEW = issue({ subject: 'CN=New Root,O=Test', serialNumber: 0x0509n });
const OTHER = issue({ subject: 'CN=Other Root' });
const LEAF = issue({ subject: 'CN=gw', issuer: OLD, basicConstraints: null });
const old = OLD.certificate.sha256;
const recent = NEW.certificate.sha256;

const config = (...parts: string[]) => `hostname R1\nversion 17.3\n!\n${parts.join('!\n')}end\n`;
const chain = (name: string, { der }: { readonly der: Uint8Array }, heading = 'ca 01') =>
  printChain(name, [{ der, heading }]);
const described = (serial: string, subject: string, more = '') => `CA Certificate
  Certificate Serial Number (hex): ${serial}
  Issuer: 
    cn=${subject}
    o=Test
  Subject: 
    cn=${subject}
    o=Test
${more}  Associated Trustpoints: TP
`;
const entry = (name: string, data: string | Uint8Array) => ({ name, data });
const sha1 = (hex: string) => (hex.toUpperCase().match(/.{8}/g) ?? []).join(' ');

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-ledger-'));
  mkdirSync(at('site'));
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
  write('old.pem', OLD.pem);
  write('new.pem', NEW.pem);
  write('site/both.cfg', config(chain('OLD-TP', OLD), chain('NEW-TP', NEW)));
  write(
    'site/behind.cfg',
    config(
      chain('OLD-TP', OLD),
      'ip http secure-trustpoint OLD-TP\n',
      'crypto ikev2 profile P\n pki trustpoint OLD-TP\n',
      'crypto pki trustpoint OLD-TP\n enrollment terminal\n',
      'interface OLD-TPX\n',
    ),
  );
  write('site/done.cfg', config(chain('NEW-TP', NEW)));
  write('site/without.cfg', config('interface Vlan1\n ip address 192.0.2.1 255.255.255.0\n'));
  write('site/damaged.cfg', config(chain('NEW-TP', NEW).replace(' 30', ' 3O')));
  write('site/readme.txt', 'configurations of all routers\n');
  write('site/bundle.pem', OTHER.pem + NEW.pem);
  const entries = [
    { alias: 'old', certificates: [OLD.der] },
    { alias: 'gw', key: Uint8Array.of(1), certificates: [LEAF.der, NEW.der] },
  ];
  write('site/trust.jks', javaKeystore({ entries }));
  write(
    'site/show.log',
    `${described('DC', 'Old Root')}\n${described('0509', 'New Root', `  Fingerprint SHA1: ${sha1(NEW.certificate.sha1)}\n`)}`,
  );
  write('site/r9.cfg.gz', gzipSync(config(chain('NEW-TP', NEW))));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function ledger(paths: readonly string[], ...options: string[]) {
  const anchors = ['--old', at('old.pem'), '--new', at('new.pem')];
  const call = await anchorctl(['ledger', ...paths, ...anchors, '--storepass-env', 'PW', '--json', ...options], {
    env: { PW: PASSWORD },
  });
  return { ...call, json: JSON.parse(call.stdout) };
}

test('an anchor is read from an encrypted keystore with the password of the call', async () => {
  const bag = certificateBag(NEW.der, { friendlyName: 'new', trusted: true });
  writeFileSync(at('new.p12'), pfx({ safes: [[bag]], encrypted: true }));
  const call = (env: Readonly<Record<string, string>>, ...more: readonly string[]) =>
    anchorctl(['ledger', at('site/done.cfg'), '--old', old, '--new', at('new.p12'), '--json', ...more], { env });
  const { status, json } = await call({ PW: PASSWORD }, '--storepass-env', 'PW');
  expect([status, json()]).toMatchObject([0, { anchors: { new: [recent] }, targets: [{ state: 'new-only' }] }]);
  expect((await call({ ANCHORCTL_STOREPASS: PASSWORD })).status).toBe(0);
  expect(await call({})).toMatchObject({ status: 4, stdout: '' });
});

describe('a site', () => {
  test('has a row for each device, keystore and bundle', async () => {
    const { json, status } = await ledger([at('site')]);
    expect(status).toBe(3);
    expect(json.schema).toBe('anchorctl/ledger/1');
    expect(json.anchors).toEqual({ old: [old], new: [recent] });
    const rows = json.targets.map(({ target, kind, has, state }: Record<string, unknown>) => [
      String(target)
        .slice(at('site').length + 1)
        .replaceAll('\\', '/'),
      kind,
      has,
      state,
    ]);
    expect(rows).toEqual([
      ['behind.cfg', 'device-config', [old], 'old-only'],
      ['both.cfg', 'device-config', [old, recent], 'both'],
      ['bundle.pem', 'pem', [recent], 'new-only'],
      ['damaged.cfg', 'device-config', [], 'unreadable'],
      ['done.cfg', 'device-config', [recent], 'new-only'],
      ['r9.cfg.gz', 'device-config', [recent], 'new-only'],
      ['show.log', 'device-show', [old, recent], 'both'],
      ['trust.jks', 'jks', [old], 'old-only'],
      ['without.cfg', 'device-config', [], 'none'],
    ]);
    expect(json.summary).toEqual({ targets: 9, 'new-only': 3, both: 2, 'old-only': 2, none: 1, unreadable: 1 });
    expect(json.findings).toMatchObject([{ code: 'device/damaged-hex', severity: 'error' }]);
    expect(json.passedOver).toBe(1);
  });

  test('tells what uses the old anchor, when it expires, and what is only probable', async () => {
    const { json } = await ledger([at('site')]);
    const byName = (name: string) => json.targets.find(({ target }: { target: string }) => target.endsWith(name));
    expect(byName('behind.cfg')).toMatchObject({
      oldUsedBy: ['ip http secure-trustpoint OLD-TP', 'pki trustpoint OLD-TP'],
      oldExpires: OLD.certificate.notAfter.toISOString().replace('.000', ''),
      probably: [],
    });
    expect(byName('show.log')).toMatchObject({ probably: [old], oldUsedBy: [] });
    expect(byName('done.cfg')).toMatchObject({ oldExpires: null, oldUsedBy: [] });
  });
});

describe('a certificate whose bytes are in a file of the device', () => {
  const elsewhere = (serial: string) =>
    config(
      `crypto pki certificate chain TP\n certificate ca ${serial} nvram:Root#CA.cer\n`,
      'ip http secure-trustpoint TP\n',
    );
  const rowOf = async (text: string) => {
    writeFileSync(at('elsewhere.cfg'), text);
    const { json, status } = await ledger([at('elsewhere.cfg')]);
    return { status, targets: json.targets };
  };

  test('is probably the old anchor, by its serial number', async () => {
    const uses = ['ip http secure-trustpoint TP'];
    const alone = { has: [old], probably: [old], state: 'old-only', oldUsedBy: uses, kind: 'device-config' };
    expect(await rowOf(elsewhere('DC'))).toMatchObject({ status: 1, targets: [alone] });
    expect(await rowOf(elsewhere('DC') + chain('NEW-TP', NEW))).toMatchObject({
      status: 0,
      targets: [{ state: 'both' }],
    });
  });

  test('is never taken for the new one', async () => {
    const none = { has: [], state: 'none' };
    expect(await rowOf(elsewhere('0509'))).toMatchObject({ status: 1, targets: [none] });
  });
});

describe('archives', () => {
  const BEHIND = config(chain('OLD-TP', OLD));
  const DONE = config(chain('NEW-TP', NEW));
  const rows = async (name: string, bytes: Uint8Array) => {
    writeFileSync(at(name), bytes);
    const { json, status } = await ledger([at(name)]);
    const targets = json.targets.map(({ target, state }: Record<string, string>) => [target?.split(name)[1], state]);
    return { status, targets, codes: json.findings.map(({ code }: { code: string }) => code) };
  };

  test.each([
    ['site.tgz', gzipSync(createTar([entry('a.cfg', BEHIND), entry('b.cfg', DONE)])), ''],
    ['outer.tar', createTar([entry('in.tar', createTar([entry('a.cfg', BEHIND), entry('b.cfg', DONE)]))]), '!/in.tar'],
  ])('a row for each member of %s, however deep it stands', async (name, bytes, inside) => {
    expect(await rows(name, bytes)).toEqual({
      status: 1,
      targets: [
        [`${inside}!/a.cfg`, 'old-only'],
        [`${inside}!/b.cfg`, 'new-only'],
      ],
      codes: [],
    });
  });

  test.each([
    ['empty.tar', createTar([entry('readme.txt', 'nothing')]), 'tar'],
    ['empty.tgz', gzipSync(createTar([entry('in.tar', createTar([entry('readme.txt', 'nothing')]))])), 'tar'],
    ['r11.cfg.gz', gzipSync('nothing'), 'unknown'],
    ['r12.cfg.gz', gzipSync(''), 'gzip'],
  ])('%s that is named and holds no target is unreadable, whatever stands beside it: 3', async (name, bytes, kind) => {
    writeFileSync(at(name), bytes);
    const { json, status } = await ledger([at('site/done.cfg'), at(name)]);
    expect([status, json.targets]).toMatchObject([3, [{ state: 'new-only' }, { state: 'unreadable', kind }]]);
  });

  test('one of a folder that holds no target is passed over like any other file there', async () => {
    mkdirSync(at('mixed'));
    writeFileSync(at('mixed/done.cfg'), DONE);
    writeFileSync(at('mixed/empty.tar'), createTar([entry('readme.txt', 'nothing')]));
    const { json, status } = await ledger([at('mixed')]);
    expect([status, json.targets, json.passedOver]).toMatchObject([0, [{ state: 'new-only' }], 1]);
  });

  test('deeper than four they are unreadable', async () => {
    let bytes: Uint8Array = createTar([entry('done.cfg', DONE)]);
    for (const name of ['4', '3', '2', '1']) bytes = createTar([entry(name, bytes)]);
    expect(await rows('deep.tar', bytes)).toEqual({
      status: 3,
      targets: [['!/1!/2!/3!/4', 'unreadable']],
      codes: ['input/too-deep'],
    });
  });
});

describe('the status', () => {
  test.each([
    ['all have the new one', ['done.cfg', 'both.cfg', 'bundle.pem'], 0],
    ['one has the old one alone', ['done.cfg', 'behind.cfg'], 1],
    ['one has neither', ['done.cfg', 'without.cfg'], 1],
    ['only a key has the new one', ['trust.jks'], 1],
    ['a file is no target', ['done.cfg', 'readme.txt'], 3],
    ['there is no such file', ['done.cfg', 'absent.cfg'], 3],
  ])('%s', async (_, names, status) => {
    expect((await ledger(names.map((name) => at(`site/${name}`)))).status).toBe(status);
  });

  test('standard input that is too large is unreadable, and hides no other target: 3', async () => {
    const limit = ['--limit', 'size=10K'];
    const { status, stdout, stderr } = await anchorctl(
      ['ledger', '-', at('site/done.cfg'), '--old', old, '--new', recent, '--json', ...limit],
      { stdin: '!\n'.repeat(10_000) },
    );
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      targets: [{ target: '-', state: 'unreadable' }, { state: 'new-only' }],
    });
    expect(stderr).toContain('raise the limit: --limit size=');
  });

  test('a keystore that cannot be opened is unreadable: 4', async () => {
    const anchors = ['--old', old, '--new', recent];
    const { status, stdout } = await anchorctl(
      ['ledger', at('site/trust.jks'), ...anchors, '--storepass-env', 'PW', '--json'],
      { env: { PW: 'wrong' } },
    );
    expect(status).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ targets: [{ state: 'unreadable', kind: 'jks' }] });
  });

  test('a keystore of which a part cannot be read is judged by the rest, and that said: 3', async () => {
    const sealed = Uint8Array.of(0xac, 0xed, 0, 5, 0x7d, 0, 0);
    const entries = [
      { alias: 'new', certificates: [NEW.der] },
      { alias: 'odd', sealed },
      { alias: 'old', certificates: [OLD.der] },
    ];
    writeFileSync(at('odd.jceks'), javaKeystore({ type: 'jceks', entries }));
    const { json, status, stderr } = await ledger([at('odd.jceks')]);
    const problems = [expect.stringContaining('the entries after it are not listed')];
    expect([status, json.targets]).toMatchObject([3, [{ kind: 'jceks', problems }]]);
    expect(stderr).toContain('keystore/malformed');
  });

  test('an archive that cannot be opened is unreadable: 3', async () => {
    writeFileSync(at('r10.cfg.gz'), gzipSync(config(chain('NEW-TP', NEW))).subarray(0, 20));
    const { json, status } = await ledger([at('r10.cfg.gz')]);
    expect([status, json.targets]).toMatchObject([3, [{ state: 'unreadable', kind: 'gzip' }]]);
  });

  test('a bundle with a damaged copy does not have that root: 3', async () => {
    const pem = readFileSync(
      join(import.meta.dirname, '../../fixtures/certificates/identrust-commercial-root-ca-1.pem'),
      'utf8',
    );
    writeFileSync(at('genuine.pem'), pem);
    writeFileSync(at('copy.pem'), OLD.pem + pem.replace('MIIF', 'MllF'));
    const call = (...anchors: string[]) => anchorctl(['ledger', at('copy.pem'), ...anchors, '--json']);
    const { status, stdout } = await call('--old', old, '--new', at('genuine.pem'));
    expect([status, JSON.parse(stdout)]).toMatchObject([
      3,
      { targets: [{ state: 'old-only', has: [old] }], findings: [{ code: 'pem/damaged', severity: 'error' }] },
    ]);
    const named = await call('--old', old, '--new', at('copy.pem'));
    expect([named.status, named.stderr]).toEqual([3, expect.stringContaining('pem/damaged')]);
  });

  test('a folder without any target: 3, or 0 where that is allowed', async () => {
    mkdirSync(at('empty'));
    writeFileSync(at('empty/readme.txt'), 'nothing');
    const anchors = ['--old', old, '--new', recent];
    expect((await anchorctl(['ledger', at('empty'), ...anchors])).status).toBe(3);
    expect((await anchorctl(['ledger', at('empty'), ...anchors, '--allow-empty'])).status).toBe(0);
  });

  test.each([
    [['--old', 'zz', '--new', recent], 3],
    [['--old', old], 2],
    [['--old', old, '--new', old], 2],
    [['--old', old, '--new', recent, '--format', 'xml'], 2],
  ])('%j', async (options, status) => {
    expect((await anchorctl(['ledger', at('site'), ...options])).status).toBe(status);
  });

  test('an endpoint is refused before anything is asked: 2', async () => {
    const call = await anchorctl(['ledger', 'tls://127.0.0.1:1', '--old', old, '--new', recent]);
    expect([call.status, call.stdout]).toEqual([2, '']);
    expect(call.stderr).toContain('tls://127.0.0.1:1 is an endpoint');
  });
});

describe('anchors by their SHA-256 alone', () => {
  test('are learned from what is read, whatever the order', async () => {
    const { stdout } = await anchorctl([
      'ledger',
      at('site/show.log'),
      at('site/both.cfg'),
      '--old',
      old,
      '--new',
      recent,
      '--json',
    ]);
    expect(JSON.parse(stdout).targets).toMatchObject([
      { has: [old, recent], probably: [old], state: 'both' },
      { has: [old, recent], state: 'both' },
    ]);
  });

  test('a certificate that may be the old one or its new issue of the same day is taken for the old one', async () => {
    const again = issue({ subject: 'CN=Old Root,O=Test', serialNumber: 0xdcn });
    writeFileSync(at('again.pem'), again.pem);
    writeFileSync(at('dc.log'), described('DC', 'Old Root'));
    const { stdout } = await anchorctl([
      ...['ledger', at('dc.log'), at('old.pem')],
      ...['--old', old, '--new', at('again.pem'), '--json'],
    ]);
    expect(JSON.parse(stdout).targets).toMatchObject([{ probably: [old], state: 'old-only' }, { state: 'old-only' }]);
  });

  test('are known from the catalog', async () => {
    const { stdout } = await anchorctl([
      'ledger',
      at('site/done.cfg'),
      '--old',
      '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86',
      '--new',
      '5d56499be4d2e08bcfcad08a3e38723d50503bde706948e42f55603019e528ae',
    ]);
    expect(stdout).toMatch(/^old {2}QuoVadis Root CA 2\n {5}85a0dd7d/);
  });

  test.each(['85a0dd7d', old.slice(1), `SHA256:${old.slice(0, 40)}`])('%s is none', async (value) => {
    const { status, stderr } = await anchorctl(['ledger', at('site'), '--old', value, '--new', recent]);
    expect([status, stderr]).toEqual([
      3,
      expect.stringContaining(`"${value}" is no SHA-256, and there is no such file`),
    ]);
  });
});

describe('other forms', () => {
  const anchors = () => ['--old', at('old.pem'), '--new', at('new.pem')];

  test('text puts what is left to do last', async () => {
    const names = ['behind.cfg', 'both.cfg', 'done.cfg', 'without.cfg'].map((name) => at(`site/${name}`));
    const { stdout, status } = await anchorctl(['ledger', ...names, ...anchors()]);
    expect(status).toBe(1);
    expect(stdout.replaceAll(at('site'), 'site').replaceAll('\\', '/')).toBe(`old  Old Root
     ${old}
new  New Root
     ${recent}

new-only    site/done.cfg
both        site/both.cfg
            the old one expires on ${OLD.certificate.notAfter.toISOString().slice(0, 10)}
old-only    site/behind.cfg
            the old one expires on ${OLD.certificate.notAfter.toISOString().slice(0, 10)}
            the old one is used by: ip http secure-trustpoint OLD-TP
            the old one is used by: pki trustpoint OLD-TP
none        site/without.cfg

4 targets: 1 new-only, 1 both, 1 old-only, 1 none
`);
  });

  test('CSV is for spreadsheets: no cell is a formula', async () => {
    writeFileSync(at('=cmd.cfg'), config(chain('NEW-TP', NEW)));
    const { stdout } = await anchorctl(['ledger', at('=cmd.cfg'), ...anchors(), '--format', 'csv'], {});
    const [header, row, ...rest] = stdout.split('\r\n');
    expect(header).toBe('target,kind,state,has,probably,oldExpires,oldUsedBy,problems');
    expect(row).toBe(`${at('=cmd.cfg')},device-config,new-only,${recent},,,,`);
    expect(rest).toEqual(['']);
  });

  test('damage beside a good certificate is said in every form', async () => {
    const file = at('half.cfg');
    writeFileSync(file, config(chain('NEW-TP', NEW), chain('OLD-TP', OLD).replace(' 30', ' 3O')));
    const said = /line \d+: row 1 of \d+ has "O" where a hex digit is expected/;
    for (const format of ['text', 'json', 'csv', 'html']) {
      const { stdout, status } = await anchorctl(['ledger', file, ...anchors(), '--format', format]);
      expect([status, stdout.replaceAll('&quot;', '"').replaceAll(/\\?"+O\\?"+/g, '"O"')]).toEqual([
        3,
        expect.stringMatching(said),
      ]);
    }
    const { json } = await ledger([file]);
    expect(json.targets).toMatchObject([{ state: 'new-only', problems: [expect.stringMatching(said)] }]);
  });

  const PAGERS = [
    ` --More-- ${'\b'.repeat(9)}${' '.repeat(8)}${'\b'.repeat(9)}`,
    ` --More-- ${' '.repeat(8)}`,
    `<--- More --->\r${' '.repeat(14)}\r`,
    ` --More-- \r\r${' '.repeat(10)}\r`,
    `--More--(45%)\r${' '.repeat(13)}\r`,
    '\x1b[7m--More--\x1b[27m\r\x1b[K',
  ];
  test.each(PAGERS)('a console that paged hides no certificate: %j', async (pager) => {
    const file = at('paged.cfg');
    const paged = chain('OLD-TP', OLD).replace(/^( certificate ca)/m, `${pager}$1`);
    expect(paged).toContain(pager);
    const begin = `hostname R1\nversion 17.3\n${pager}interface Vlan1\n`;
    writeFileSync(file, begin + chain('NEW-TP', NEW) + paged);
    const { status, json } = await ledger([file]);
    expect([status, json.targets]).toMatchObject([0, [{ has: [old, recent], state: 'both', problems: [] }]]);
  });

  test.each<readonly [string, (text: string) => string]>([
    ['a log', (text) => text],
    ['JSON', (text) => JSON.stringify({ stdout: text.split(/(?=hostname )/) })],
  ])('the lines of two devices in %s are no answer about either', async (_, form) => {
    const file = at('two.log');
    const [done, open] = [
      `hostname R1\nversion 17.3\n${chain('NEW-TP', NEW)}`,
      `hostname R2\nversion 17.3\n${chain('OLD-TP', OLD)}`,
    ];
    writeFileSync(file, form(done + open));
    const { status, json } = await ledger([file]);
    const problem = expect.stringMatching(/^line \d+: the lines of "R1" and of "R2" are in one file$/);
    expect([status, json.targets]).toMatchObject([3, [{ state: 'both', problems: [problem] }]]);
    writeFileSync(file, form(done + done));
    expect((await ledger([file])).status).toBe(0);
  });

  test('the prompts of two devices in a log are told, those of one are not', async () => {
    const file = at('session.log');
    const log = (...prompts: readonly string[]) =>
      prompts.map((prompt) => `${prompt}show crypto pki certificates\n${described('DC', 'Old Root')}`).join('\n');
    writeFileSync(file, log('R1#', 'R1>', 'R1(config)# ', 'R1/pri/act#', 'R2#'));
    const { status, json } = await ledger([file]);
    const problem = expect.stringMatching(/ the lines of "R1" and of "R2" are in one file$/);
    expect([status, json.targets]).toMatchObject([3, [{ state: 'old-only', problems: [problem] }]]);
    writeFileSync(file, log('R1#', 'R1>', 'R1(config)# ', 'R1/sec/stby#'));
    expect(await ledger([file])).toMatchObject({ status: 1, json: { targets: [{ problems: [] }] } });
    writeFileSync(file, log('RP/0/RSP0/CPU0:xr1#', 'RP/0/RSP1/CPU0:xr1#'));
    expect((await ledger([file])).status).toBe(1);
  });

  test('a copy whose lines end with CR alone is read like any other', async () => {
    const file = at('cr.cfg');
    const use = 'ip http secure-trustpoint OLD-TP\n';
    writeFileSync(file, `hostname R1\nversion 17.3\n${chain('OLD-TP', OLD)}${use}`.replaceAll('\n', '\r'));
    const { json } = await ledger([file]);
    expect(json.targets).toMatchObject([{ has: [old], state: 'old-only', oldUsedBy: [use.trim()] }]);
  });

  test('files without any sign are counted, and nothing at all is accepted when it may be', async () => {
    mkdirSync(at('backups'));
    writeFileSync(at('backups/r1.cfg'), '');
    writeFileSync(at('backups/r2.cfg'), config(chain('NEW-TP', NEW)));
    const { stdout } = await anchorctl(['ledger', at('backups'), ...anchors()]);
    expect(stdout).toMatch(/\n1 target: 1 new-only\n1 file was passed over: /);
    mkdirSync(at('nothing'));
    expect((await anchorctl(['ledger', at('nothing'), ...anchors()])).status).toBe(3);
    expect((await anchorctl(['ledger', at('nothing'), ...anchors(), '--allow-empty'])).status).toBe(0);
    expect((await anchorctl(['ledger', at('nothing'), at('gone'), ...anchors(), '--allow-empty'])).status).toBe(3);
  });

  test('HTML is one page, and names are text in it', async () => {
    const hostile = at('a&b.cfg');
    writeFileSync(hostile, config(chain('NEW-TP', NEW)));
    const { stdout } = await anchorctl(['ledger', hostile, at('site/behind.cfg'), ...anchors(), '--format', 'html']);
    expect(stdout).toContain('a&amp;b.cfg</td>');
    expect(stdout).toContain('<tr class="old-only">');
    expect(stdout).not.toMatch(/<script|https?:|<link|@import/);
  });
});
