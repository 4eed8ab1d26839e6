import { describe, expect, test } from 'vitest';
import { renderTrustpoint } from '../../src/device/render.ts';
import type { AcceptMode, BlockAction } from '../../src/device/trustpoint.ts';
import { type Issued, issue } from '../support/certificates.ts';
import { AsaConsole } from '../support/consoles/asa-console.ts';
import type { Installed } from '../support/consoles/console.ts';
import { IosConsole } from '../support/consoles/ios-console.ts';
import { NxosConsole } from '../support/consoles/nxos-console.ts';
import { XrConsole } from '../support/consoles/xr-console.ts';

const root = issue({ subject: 'CN=Root', key: 'rsa2048' });
const upper = issue({ subject: 'CN=Upper', issuer: root });
const lower = issue({ subject: 'CN=Lower', issuer: upper });
const sibling = issue({ subject: 'CN=Sibling', issuer: upper });
const other = issue({ subject: 'CN=Other' });

const CONSOLES = [
  { device: 'IOS 15', platform: 'ios', start: () => new IosConsole('ios-15'), ways: ['fingerprint', 'prompt', 'hex'] },
  {
    device: 'IOS XE 17',
    platform: 'ios-xe',
    start: () => new IosConsole('ios-xe-17'),
    ways: ['fingerprint', 'prompt', 'hex'],
  },
  {
    device: 'IOS XE 26',
    platform: 'ios-xe',
    start: () => new IosConsole('ios-xe-26'),
    ways: ['fingerprint', 'hex'],
  },
  { device: 'NX-OS', platform: 'nxos', start: () => new NxosConsole(), ways: ['prompt'] },
  { device: 'ASA', platform: 'asa', start: () => new AsaConsole(), ways: ['prompt'] },
  { device: 'IOS XR', platform: 'ios-xr', start: () => new XrConsole(), ways: ['prompt'] },
] as const;

/** The only complaints that a rollback may meet. */
const NOTHING_TO_DELETE = ['could not perform CA certificate(s) deletion', 'there is no certificate to clear'];

interface Scenario {
  readonly name: string;
  readonly certificates: readonly Issued[];
  /** What must be installed where each CA has a trustpoint of its own, and where a chain has one. */
  readonly perCertificate: Readonly<Record<string, readonly Issued[]>>;
  readonly perChain: Readonly<Record<string, readonly Issued[]>>;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'one root', certificates: [root], perCertificate: { NEW: [root] }, perChain: { NEW: [root] } },
  {
    name: 'a chain of two',
    certificates: [root, upper],
    perCertificate: { 'NEW-CA1': [root], NEW: [upper] },
    perChain: { NEW: [upper, root] },
  },
  {
    name: 'a chain of three',
    certificates: [upper, root, lower],
    perCertificate: { 'NEW-CA2': [root], 'NEW-CA1': [upper], NEW: [lower] },
    perChain: { NEW: [lower, upper, root] },
  },
  {
    name: 'two roots',
    certificates: [other, root],
    perCertificate: { NEW: [other], 'NEW-2': [root] },
    perChain: { NEW: [other], 'NEW-2': [root] },
  },
  {
    name: 'two chains with a shared root',
    certificates: [lower, sibling, upper, root],
    perCertificate: { 'NEW-CA2': [root], 'NEW-CA1': [upper], NEW: [lower], 'NEW-2': [sibling] },
    perChain: { NEW: [lower, upper, root], 'NEW-2': [sibling, upper, root] },
  },
  {
    name: 'two chains that share nothing',
    certificates: [upper, other, root],
    perCertificate: { 'NEW-CA1': [root], NEW: [upper], 'NEW-2': [other] },
    perChain: { NEW: [upper, root], 'NEW-2': [other] },
  },
];

const CASES = CONSOLES.flatMap(({ ways, ...console }) =>
  ways.flatMap((way) => SCENARIOS.map((scenario) => ({ ...console, way, scenario, name: scenario.name }))),
);

describe.each(CASES)('$device, $way: $name', ({ platform, start, way, scenario }) => {
  const render = blocksOf(platform, way, scenario.certificates);
  const expected = platform === 'nxos' ? scenario.perChain : scenario.perCertificate;

  test('install, remove', () => {
    const console = start();
    const before = console.installed;
    console.paste(render('install'));
    expectClean(console);
    expect(console.installed).toEqual({ ...before, ...digests(expected) });
    console.paste(render('remove'));
    expectClean(console);
    expect(console.installed).toEqual(before);
  });

  test('install, roll back', () => {
    const console = start();
    const before = console.installed;
    console.paste(render('install')).paste(render('rollback'));
    expectClean(console);
    expect(console.installed).toEqual(before);
  });

  test('roll back an install that stopped after any line', () => {
    const install = render('install');
    const lines = install.split('\n').slice(0, -1);
    for (const count of lines.keys()) {
      const console = start();
      const before = console.installed;
      console
        .paste(
          lines
            .slice(0, count)
            .map((line) => `${line}\n`)
            .join(''),
        )
        .reconnect();
      expect(console.failures).toEqual([]);
      console.paste(render('rollback'));
      expect({ count, installed: console.installed, saved: console.saved, invalid: console.invalid }).toEqual({
        count,
        installed: before,
        saved: true,
        invalid: [],
      });
      expect(console.failures.filter((line) => !NOTHING_TO_DELETE.includes(line))).toEqual([]);
    }
  });

  test('with comments the device takes the same', () => {
    const console = start();
    const before = console.installed;
    console.paste(render('install', { comments: true }));
    expectClean(console);
    expect(console.installed).toEqual({ ...before, ...digests(expected) });
    for (const action of ['rollback', 'install', 'remove'] as const) console.paste(render(action, { comments: true }));
    expectClean(console);
    expect(console.installed).toEqual(before);
  });

  test('without saving, a reload would forget it', () => {
    const console = start();
    console.paste(render('install', { save: false }));
    expect(console.atExec).toBe(true);
    // IOS XR has no other way than to commit: a note on the block says so.
    expect(console.saved).toBe(platform === 'ios-xr');
    expect(console.invalid).toEqual([]);
  });
});

describe.each(['ios-15', 'ios-xe-17', 'ios-xe-26'] as const)('the trustpool of %s', (release) => {
  test.each(SCENARIOS)('takes $name', ({ certificates }) => {
    const console = new IosConsole(release);
    const [block] = renderTrustpoint(
      certificates.map(({ der }) => der),
      { platform: release === 'ios-15' ? 'ios' : 'ios-xe', style: 'trustpool', chain: true },
    );
    console.paste(block?.text ?? '');
    expectClean(console);
    const expected = certificates.map(({ certificate }) => certificate.sha256).sort();
    expect([...(console.installed.Trustpool ?? [])].sort()).toEqual(expected);
    expect(block?.trustpoints).toEqual([{ name: 'Trustpool', certificates: block?.certificates }]);
    expect(block?.notes).toEqual([]);
  });
});

describe('what the facts leave open', () => {
  const chain = [root, upper, lower];

  test('a console that takes a CA below an installed one without asking needs no yes', () => {
    const console = new IosConsole('ios-xe-17', { takesKnownIssuer: true });
    console.paste(blocksOf('ios-xe', 'fingerprint', chain)('install'));
    expectClean(console);
    expect(Object.keys(console.installed)).toEqual(['SLA-TrustPoint', 'NEW-CA2', 'NEW-CA1', 'NEW']);
  });

  test('there the yes of the other mode is a line too many, and does no harm', () => {
    const console = new IosConsole('ios-xe-17', { takesKnownIssuer: true });
    console.paste(blocksOf('ios-xe', 'prompt', chain)('install'));
    expect(console.invalid).toEqual(['Router(config)#yes', 'Router(config)#yes']);
    expect(Object.values(console.installed).flat()).toHaveLength(3);
    expect([console.atExec, console.saved]).toEqual([true, true]);
  });

  test('where saving wants to be confirmed, Enter is all that is missing', () => {
    const console = new IosConsole('ios-15', { confirmsSave: true });
    console.paste(blocksOf('ios', 'fingerprint', [root])('install'));
    expect([console.atExec, console.saved]).toEqual([false, false]);
    console.paste('\n');
    expectClean(console);
  });

  test('IOS XE 26 rejects the certificate without a fingerprint', () => {
    const console = new IosConsole('ios-xe-26');
    console.paste(blocksOf('ios-xe', 'prompt', [root])('install'));
    expect(console.failures).toContain('Trustpoint fingerprint must be supplied.');
    expect(console.installed).toMatchObject({ NEW: [] });
    console.paste(blocksOf('ios-xe', 'prompt', [root])('rollback'));
    expect(console.installed).toEqual({ 'SLA-TrustPoint': [] });
    expect(console.saved).toBe(true);
  });

  test.each([
    {
      device: 'IOS',
      console: new IosConsole('ios-15'),
      platform: 'ios',
      failure: '% Error in saving certificate: status = FAIL',
    },
    { device: 'NX-OS', console: new NxosConsole(), platform: 'nxos', failure: 'could not perform CA authentication' },
  ])('$device: a CA without its root fails, as the note on the block says', ({ console, platform, failure }) => {
    const [block] = renderTrustpoint([lower.der], { platform, trustpoint: 'NEW' });
    console.paste(block?.text ?? '');
    expect(console.failures).toContain(failure);
    expect(block?.notes.map(({ code }) => code)).toEqual(['device/incomplete-chain']);
  });
});

/** @param way - the style hex, or how the style paste has a certificate accepted */
function blocksOf(platform: string, way: AcceptMode | 'hex', certificates: readonly Issued[]) {
  const form = way === 'hex' ? ({ style: 'hex' } as const) : { accept: way };
  return (action: BlockAction, more: { readonly comments?: boolean; readonly save?: boolean } = {}): string =>
    renderTrustpoint(
      certificates.map(({ der }) => der),
      { platform, ...form, action, trustpoint: 'NEW', chain: true, ...more },
    )
      .map(({ text }) => text)
      .join('');
}

function expectClean(console: IosConsole | NxosConsole | AsaConsole | XrConsole): void {
  expect(console.invalid).toEqual([]);
  expect(console.failures).toEqual([]);
  expect(console.atExec).toBe(true);
  expect(console.saved).toBe(true);
}

function digests(expected: Readonly<Record<string, readonly Issued[]>>): Installed {
  return Object.fromEntries(
    Object.entries(expected).map(([name, issued]) => [name, issued.map(({ certificate }) => certificate.sha256)]),
  );
}
