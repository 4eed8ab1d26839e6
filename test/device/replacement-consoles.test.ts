/** The stages of a replacement on the models of consoles: at no moment is what names a trustpoint without one. */
import { describe, expect, test } from 'vitest';
import { renderTrustpoint } from '../../src/device/render.ts';
import { renderReplacement } from '../../src/device/replacement.ts';
import type { AcceptMode, ReplacementStage } from '../../src/device/trustpoint.ts';
import { issue } from '../support/certificates.ts';
import { AsaConsole } from '../support/consoles/asa-console.ts';
import { IosConsole } from '../support/consoles/ios-console.ts';
import { NxosConsole } from '../support/consoles/nxos-console.ts';
import { XrConsole } from '../support/consoles/xr-console.ts';
import { printChain } from '../support/running-config.ts';

type Console = IosConsole | NxosConsole | AsaConsole | XrConsole;

const old = issue({ subject: 'CN=Old Root' });
const root = issue({ subject: 'CN=Root', key: 'rsa2048' });
const upper = issue({ subject: 'CN=Upper', issuer: root });
const lower = issue({ subject: 'CN=Lower', issuer: upper });

const IOS_LINES = [
  'ip http client secure-trustpoint OLD',
  'radius server R',
  ' dtls trustpoint client OLD',
  ' dtls trustpoint server OLD',
  ' exit',
  'sip-ua',
  ' crypto signaling default trustpoint OLD cn-san-validate server',
  ' exit',
  'voice class tls-profile 1',
  ' trustpoint OLD',
  ' exit',
  'ip ssh server certificate profile',
  ' server',
  '  trustpoint sign OLD',
  '  exit',
  ' user',
  '  trustpoint verify OLD',
  '  exit',
  ' exit',
  'crypto ikev2 profile P',
  ' pki trustpoint OLD sign',
  ' pki trustpoint OLD verify',
  ' exit',
  'crypto isakmp profile P',
  ' ca trust-point OLD',
  ' exit',
];
const ASA_LINES = [
  'ssl trust-point OLD outside',
  'crypto map M 10 set trustpoint OLD',
  'crypto ikev2 remote-access trustpoint OLD',
  'tunnel-group T ipsec-attributes',
  ' ikev1 trust-point OLD',
  ' ikev2 local-authentication certificate OLD',
  ' exit',
  'webvpn',
  ' saml idp https://sts.example.com/1',
  '  trustpoint idp OLD',
  '  exit',
  ' exit',
];
const NXOS_LINES = ['grpc client root certificate OLD', 'nxapi certificate trustpoint OLD'];
const XR_LINES = ['logging tls-server S', ' trustpoint OLD', ' exit'];

const DEVICES = [
  {
    device: 'IOS 15',
    platform: 'ios',
    start: () => new IosConsole('ios-15'),
    ways: ['fingerprint', 'prompt', 'hex'],
    lines: IOS_LINES,
  },
  {
    device: 'IOS XE 17',
    platform: 'ios-xe',
    start: () => new IosConsole('ios-xe-17'),
    ways: ['fingerprint', 'prompt', 'hex'],
    lines: IOS_LINES,
  },
  {
    device: 'IOS XE 26',
    platform: 'ios-xe',
    start: () => new IosConsole('ios-xe-26'),
    ways: ['fingerprint', 'hex'],
    lines: IOS_LINES,
  },
  { device: 'NX-OS', platform: 'nxos', start: () => new NxosConsole(), ways: ['prompt'], lines: NXOS_LINES },
  { device: 'ASA', platform: 'asa', start: () => new AsaConsole(), ways: ['prompt'], lines: ASA_LINES },
  { device: 'IOS XR', platform: 'ios-xr', start: () => new XrConsole(), ways: ['prompt'], lines: XR_LINES },
] as const;

const CHAINS = [
  { length: 1, chain: [root] },
  { length: 2, chain: [root, upper] },
  { length: 3, chain: [lower, root, upper] },
];

const CASES = DEVICES.flatMap(({ ways, ...device }) =>
  ways.flatMap((way) => CHAINS.map((chain) => ({ ...device, way, ...chain }))),
);

describe.each(CASES)('$device, $way, a chain of $length', ({ platform, start, way, chain, lines }) => {
  const form = way === 'hex' ? ({ style: 'hex' } as const) : { accept: way as AcceptMode };
  const config = configOf(platform, lines);
  const render = (stage: ReplacementStage, action: 'install' | 'rollback' = 'install') => {
    const { blocks, refusals } = renderReplacement(
      chain.map(({ der }) => der),
      { platform, ...form, trustpoint: 'NEW', replace: 'OLD', chain: true, config, stage, action },
    );
    expect(refusals).toEqual([]);
    return blocks.map(({ text }) => text).join('');
  };
  const oldBlock = renderTrustpoint([old.der], { platform, trustpoint: 'OLD' })[0]?.text ?? '';
  const begin = () => {
    const used = lines.filter((line) => line.trim() !== 'exit').join('\n');
    const console = start().paste(oldBlock).load(used);
    expectClean(console);
    return console;
  };

  test('add, switch, remove', () => {
    const console = begin();
    const before = console.installed;
    const uses = usesOf(console);
    console.paste(render('add'));
    expectClean(console);
    expect(console.installed).toMatchObject(before);
    expect(usesOf(console)).toEqual(uses);
    console.paste(render('switch'));
    expectClean(console);
    expect(usesOf(console)).toEqual(uses.map((line) => line.replaceAll('OLD', 'NEW')));
    const both = console.installed;
    console.paste(render('remove'));
    expectClean(console);
    const { OLD, ...left } = both;
    expect(OLD).toEqual([old.certificate.sha256]);
    expect(console.installed).toEqual(left);
    expect(Object.values(left).flat().sort()).toEqual(chain.map(({ certificate }) => certificate.sha256).sort());
  });

  test('removing before switching takes nothing out', () => {
    const console = begin().paste(render('add'));
    const { installed } = console;
    const uses = usesOf(console);
    console.paste(render('remove'));
    expect(console.failures.length).toBeGreaterThan(0);
    expect([console.installed, usesOf(console)]).toEqual([installed, uses]);
  });

  test.each([[], ['add'], ['add', 'switch']] as const)('rolled back after %s %s', (...pasted) => {
    const console = begin();
    const { installed } = console;
    const uses = usesOf(console);
    for (const stage of pasted) console.paste(render(stage));
    expectClean(console);
    // A list from which the new name is taken although it never was there is a complaint, and nothing else.
    console.paste(render('switch', 'rollback')).paste(render('add', 'rollback'));
    expect([console.installed, usesOf(console), console.invalid]).toEqual([installed, uses, []]);
    expect([console.atExec, console.saved]).toEqual([true, true]);
  });

  test('a switch that stops after any line leaves each place with a trustpoint, and can be pasted again', () => {
    const [add, whole] = [render('add'), render('switch')];
    const block = whole.split('\n').slice(0, -1);
    for (const count of block.keys()) {
      const console = begin().paste(add);
      const places = usesOf(console).map(placeOf);
      console
        .paste(
          block
            .slice(0, count)
            .map((line) => `${line}\n`)
            .join(''),
        )
        .reconnect();
      expect(usesOf(console).map(placeOf)).toEqual(expect.arrayContaining(places));
      console.paste(whole);
      expect(usesOf(console)).toEqual(places.map((place) => place.replaceAll('*', 'NEW')));
      expect([console.invalid, console.atExec, console.saved]).toEqual([[], true, true]);
    }
  });
});

/** The lines outside the definitions that name either trustpoint, each in its contexts. */
function usesOf({ configuration }: Console): readonly string[] {
  const contexts: string[] = [];
  const uses: string[] = [];
  for (const line of configuration.split('\n')) {
    const depth = line.search(/\S/);
    if (depth < 0) continue;
    contexts.splice(depth, contexts.length, line.trim());
    const isDefinition = /^crypto (?:pki|ca) (?:trustpoint|certificate chain) /.test(contexts[0] ?? '');
    if (!isDefinition && /\b(?:OLD|NEW)\b/.test(line)) uses.push(contexts.join(' / '));
  }
  // A list grows at its end.
  return uses.sort();
}

/** The running configuration of that console; NX-OS and IOS XR keep the certificates elsewhere. */
function configOf(platform: string, lines: readonly string[]): string {
  const held = printChain('OLD', [{ der: old.der, heading: `ca ${old.certificate.serialNumber}` }]);
  const definition = platform.startsWith('ios') && platform !== 'ios-xr' ? 'crypto pki' : 'crypto ca';
  return [
    `hostname device`,
    `${definition} trustpoint OLD`,
    ' enrollment terminal',
    ...(platform === 'nxos' || platform === 'ios-xr' ? [] : [held]),
    ...lines.filter((line) => line.trim() !== 'exit'),
  ].join('\n');
}

function placeOf(line: string): string {
  return line.replaceAll(/\b(?:OLD|NEW)\b/g, '*');
}

function expectClean(console: Console): void {
  expect([console.invalid, console.failures, console.atExec, console.saved]).toEqual([[], [], true, true]);
}
