/** Which lines of a configuration name a trustpoint, and what each becomes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConfigurationDialect } from '../../src/device/dialect.ts';
import { platformNames, platformOf } from '../../src/device/platforms.ts';
import { findUses, fitsConsole, type Reference, renderSwitch, renderSwitchBack } from '../../src/device/uses.ts';

const READ = platformNames().filter((name) => platformOf(name).configuration !== undefined);
const numRuns = process.env.SLOW ? 5000 : 300;

function dialectOf(platform: string): ConfigurationDialect {
  const { configuration } = platformOf(platform);
  if (configuration === undefined) throw new Error(`${platform} has no configuration`);
  return configuration;
}

function referencesIn(text: string, platform: string, name = 'OLD'): readonly Reference[] {
  return findUses(text, name, dialectOf(platform)).flatMap(({ reference }) => reference ?? []);
}

const BOTH = ['ios', 'ios-xe'];

/** A part of a configuration, what makes it name NEW, and what makes it name OLD again. */
const KNOWN: readonly { platforms: readonly string[]; config: string; to: string; back: string }[] = [
  ...[
    'ip http secure-trustpoint OLD',
    'ip http client secure-trustpoint OLD',
    'ip http secure-peer-verify-trustpoint OLD',
    'gnxi secure-trustpoint OLD',
    'gnxi secure-peer-verify-trustpoint OLD',
  ].map((line) => alone(BOTH, line)),
  ...['grpc certificate OLD', 'nxapi certificate trustpoint OLD', 'grpc client root certificate OLD'].map((line) =>
    alone(['nxos'], line),
  ),
  ...[
    'ssl trust-point OLD',
    'ssl trust-point OLD outside',
    'ssl trust-point OLD outside vpnlb-ip',
    'ssl trust-point OLD domain vpn.example.com',
    'crypto map OUTSIDE 10 set trustpoint OLD',
    'crypto map OUTSIDE 10 set trustpoint OLD chain',
  ].map((line) => alone(['asa'], line)),
  ...[
    'crypto pki trustpoint SUB/chain-validation continue OLD',
    'radius server ISE/tls trustpoint client OLD',
    'radius server ISE/dtls trustpoint server OLD',
    'tacacs server T/tls trustpoint server OLD',
    'sip-ua/crypto signaling default trustpoint OLD',
    'sip-ua/crypto signaling default trustpoint OLD cn-san-validate server',
    'sip-ua/crypto signaling default trustpoint OTHER client-vtp OLD',
    'sip-ua/crypto signaling default trustpoint OLD client-vtp OLD cn-san-validate server',
    'sip-ua/crypto signaling remote-addr 192.0.2.1 255.255.255.255 trustpoint OLD strict-cipher',
    'voice class tls-profile 1/trustpoint OLD',
    'voice class tls-profile 1/trustpoint OLD client C',
    'voice class tls-profile 1/trustpoint S client OLD',
    'voice class tls-profile 1/trustpoint OLD client OLD',
    'voice class tls-profile 1/client-vtp OLD',
    'webvpn gateway GW/ssl trustpoint OLD',
    'crypto ssl policy P/pki trustpoint OLD sign',
    'ip ssh server certificate profile/server/trustpoint sign OLD',
  ].map((path) => nested(BOTH, path)),
  ...[
    'tunnel-group 192.0.2.1 ipsec-attributes/ikev1 trust-point OLD',
    'tunnel-group OLD ipsec-attributes/ikev2 local-authentication certificate OLD',
    'tls-proxy P/client trust-point OLD',
  ].map((path) => nested(['asa'], path)),
  nested(['ios-xr'], 'logging tls-server S/trustpoint OLD'),
  {
    platforms: BOTH,
    config:
      'crypto ikev2 profile P\n match identity remote any\n pki trustpoint OLD sign\n pki trustpoint OLD verify\n',
    to: 'crypto ikev2 profile P\n pki trustpoint NEW sign\n no pki trustpoint OLD sign\n pki trustpoint NEW verify\n no pki trustpoint OLD verify\n exit\n',
    back: 'crypto ikev2 profile P\n pki trustpoint OLD sign\n no pki trustpoint NEW sign\n pki trustpoint OLD verify\n no pki trustpoint NEW verify\n exit\n',
  },
  {
    platforms: BOTH,
    config: 'crypto isakmp profile P\n   keyring default\n   ca trust-point OLD\n',
    to: 'crypto isakmp profile P\n ca trust-point NEW\n no ca trust-point OLD\n exit\n',
    back: 'crypto isakmp profile P\n ca trust-point OLD\n no ca trust-point NEW\n exit\n',
  },
  {
    platforms: BOTH,
    config: 'ip ssh server certificate profile\n user\n  trustpoint verify OLD\n',
    to: 'ip ssh server certificate profile\n user\n  trustpoint verify NEW\n  no trustpoint verify OLD\n  exit\n exit\n',
    back: 'ip ssh server certificate profile\n user\n  trustpoint verify OLD\n  no trustpoint verify NEW\n  exit\n exit\n',
  },
  {
    platforms: ['asa'],
    config: 'crypto ikev2 remote-access trustpoint OLD\n',
    to: 'crypto ikev2 remote-access trustpoint NEW\nno crypto ikev2 remote-access trustpoint OLD\n',
    back: 'crypto ikev2 remote-access trustpoint OLD\nno crypto ikev2 remote-access trustpoint NEW\n',
  },
  {
    platforms: ['asa'],
    config: 'webvpn\n enable outside\n saml idp https://sts.example.com/1\n  trustpoint idp OLD\n  trustpoint sp OLD\n',
    to: 'webvpn\n saml idp https://sts.example.com/1\n  trustpoint idp NEW\n  trustpoint sp NEW\n  exit\n exit\n',
    back: 'webvpn\n saml idp https://sts.example.com/1\n  trustpoint idp OLD\n  trustpoint sp OLD\n  exit\n exit\n',
  },
];

function alone(platforms: readonly string[], line: string) {
  return { platforms, config: `${line}\n`, to: `${toNew(line)}\n`, back: `${line}\n` };
}

function nested(platforms: readonly string[], path: string) {
  const lines = path.split('/');
  const config = lines.map((line, depth) => `${' '.repeat(depth)}${line}\n`).join('');
  const exits = lines.slice(1).map((_line, index) => `${' '.repeat(lines.length - 1 - index)}exit\n`);
  const last = lines.at(-1) ?? '';
  const to = `${config.slice(0, config.lastIndexOf(last))}${toNew(last)}\n`;
  return { platforms, config, to: to + exits.join(''), back: config + exits.join('') };
}

function toNew(line: string): string {
  return line.replaceAll('OLD', 'NEW');
}

const CASES = KNOWN.flatMap(({ platforms, ...rest }) => platforms.map((platform) => ({ platform, ...rest })));

describe('a command that is known', () => {
  test.each(CASES)('$platform: $config', ({ platform, config, to, back }) => {
    const references = referencesIn(`hostname r1\n${config}end\n`, platform);
    const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
    expect(text(renderSwitch(references, 'NEW'))).toBe(to);
    expect(text(renderSwitchBack(references, 'NEW'))).toBe(back);
  });

  test('every entry of the tables is among these cases', () => {
    const untried = READ.flatMap((platform) => {
      const { references } = dialectOf(platform);
      const found = CASES.filter((one) => one.platform === platform).flatMap(({ config }) =>
        referencesIn(config, platform),
      );
      const isTried = (use: string, under: number, entered: string) =>
        found.some((one) => one.use === use && one.under.length === under && one.entered === entered);
      return references.filter(({ use, under, entered }) => !isTried(use, under.length, entered));
    });
    expect(untried).toEqual([]);
  });

  test('blanks between words are one blank', () => {
    expect(renderSwitch(referencesIn('radius  server R\n  tls trustpoint   client OLD \n', 'ios'), 'NEW')).toEqual([
      'radius server R',
      ' tls trustpoint client NEW',
      ' exit',
    ]);
  });

  test.each([
    ['radius server R', 'tls trustpoint server server', 'tls trustpoint server NEW', 'server'],
    ['sip-ua', 'crypto signaling default trustpoint default', 'crypto signaling default trustpoint NEW', 'default'],
    ['voice class tls-profile 1', 'trustpoint S client client', 'trustpoint S client NEW', 'client'],
  ])('%s, %s: a word of the command that is spelled as the trustpoint stays', (mode, line, changed, name) => {
    const references = referencesIn(`${mode}\n ${line}\n`, 'ios', name);
    expect(renderSwitch(references, 'NEW')).toEqual([mode, ` ${changed}`, ' exit']);
    expect(renderSwitchBack(references, 'NEW')).toEqual([mode, ` ${line}`, ' exit']);
  });

  test('the new name comes before the old one goes', () => {
    const lines = renderSwitch(referencesIn('crypto ikev2 profile P\n pki trustpoint OLD\n', 'ios'), 'NEW');
    expect(lines).toEqual(['crypto ikev2 profile P', ' pki trustpoint NEW', ' no pki trustpoint OLD', ' exit']);
  });

  test('in a copy that is indented as a whole, with CR LF and comments', () => {
    const lines = [
      'config: |',
      '    crypto pki trustpoint OLD',
      '    sip-ua',
      '    !',
      '     crypto signaling default trustpoint OLD',
    ];
    expect(renderSwitch(referencesIn(lines.join('\r\n'), 'ios'), 'NEW')).toEqual([
      'sip-ua',
      ' crypto signaling default trustpoint NEW',
      ' exit',
    ]);
  });
});

describe('a line that is left alone', () => {
  test.each([
    { name: 'an unknown command', config: 'telephony-service\n secure-signaling trustpoint OLD' },
    { name: 'a known command in another mode', config: 'interface Gi1\n ip http secure-trustpoint OLD' },
    { name: 'a known command too deep', config: 'radius server A\n x\n  tls trustpoint client OLD' },
    { name: 'the name in other letters', config: 'ip http secure-trustpoint Old' },
    { name: 'a CA server, which has the trustpoint of its own name', config: 'crypto pki server OLD\n no shutdown' },
    { name: 'a word too many', config: 'ip http secure-trustpoint OLD now' },
    {
      name: 'a name in quotes',
      config: 'event manager applet A\n action 1 cli command "ip http secure-trustpoint OLD"',
    },
    { name: 'a mode with a blank in its name', config: 'radius server "my server"\n tls trustpoint client OLD' },
    { name: 'a control character', config: 'radius server A\u001b[2J\n tls trustpoint client OLD' },
    { name: 'a carriage return inside', config: 'sip-ua\n crypto signaling default trustpoint OLD x\rreload' },
    { name: 'a question mark', config: 'sip-ua\n crypto signaling default trustpoint OLD ?' },
    { name: 'a pipe', config: 'radius server A|B\n tls trustpoint client OLD' },
  ])('$name', ({ config }) => {
    const uses = findUses(config, 'OLD', dialectOf('ios'));
    expect(uses).toHaveLength(1);
    expect(uses[0]?.reference).toBeNull();
    expect(uses[0]?.shown).toMatch(/^[ -~]+$/);
  });

  test('a line longer than a console takes', () => {
    const [reference] = referencesIn(`radius server ${'A'.repeat(64)}\n tls trustpoint client OLD`, 'ios');
    if (reference === undefined) throw new Error('it is known');
    expect(fitsConsole(reference, 'NEW')).toBe(true);
    const [long] = referencesIn(`radius server ${'A'.repeat(70)}\n tls trustpoint client OLD`, 'ios');
    expect(long === undefined || fitsConsole(long, 'NEW')).toBe(false);
  });
});

describe('a line that is about something else', () => {
  test.each([
    'crypto pki trustpoint OLD\n enrollment terminal\n rsakeypair OLD',
    'crypto pki trustpoint SUB\n rsakeypair OLD',
    'crypto pki certificate map OLD 10',
    'hostname OLD',
    'interface Gi1\n description to OLD',
    'crypto ikev2 profile OLD\n match identity remote any',
    '! ip http secure-trustpoint OLD',
    'banner motd ^C\nip http secure-trustpoint OLD\n^C',
    'banner motd ^C ip http secure-trustpoint OLD ^C',
    'banner motd \u0003\nip http secure-trustpoint OLD\n\u0003',
    'crypto pki certificate chain A\n certificate ca 01\n  OLD 30820321\n  quit',
    'ip http secure-trustpoint OLD-2',
    'ip http secure-trustpoint MY.OLD',
  ])('%s', (config) => {
    expect(findUses(config, 'OLD', dialectOf('ios'))).toEqual([]);
  });

  test.each([
    ['another banner', 'banner motd ^C\nbeware\nip http secure-trustpoint OLD\nbanner login ^C\nhello\n^C'],
    ['a separator', 'banner motd ^C\nbeware\n!\nip http secure-trustpoint OLD\nmenu x title ^C\nhello\n^C'],
    ['another one of a file', 'banner motd \u0003\nip http secure-trustpoint OLD\nbanner login \u0003\nhello\n\u0003'],
    ['a line', 'banner motd ^C\nbeware\nip http secure-trustpoint OLD\nline con 0\nmenu x title ^C\nhello\n^C'],
    ['an interface', 'banner motd ^C\ninterface Vlan1\nip http secure-trustpoint OLD\nbanner exec ^C\n^C'],
  ])('a banner that lost its end before %s hides nothing, and nothing is typed because of it', (_, config) => {
    const uses = findUses(config, 'OLD', dialectOf('ios'));
    expect(uses.map(({ shown, reference }) => [shown, reference])).toEqual([['ip http secure-trustpoint OLD', null]]);
    const [after] = findUses(`${config}\nip http client secure-trustpoint OLD`, 'OLD', dialectOf('ios')).slice(1);
    expect(after?.reference).not.toBeNull();
  });

  test('a banner that never ends hides nothing', () => {
    const config = `banner motd ^C\nip http secure-trustpoint OLD\n`;
    expect(referencesIn(config, 'ios')).toHaveLength(1);
  });
});

test('whatever a configuration holds, only plain lines of known commands come of it', () => {
  const nasty = fc.constantFrom(
    ...['\n', '\r', '\r\n', '\t', ' ', '\u0003', '\u001b[2J', '\u202e', '?', '|', ';', '!', '"', '^C', '\u00a0', 'é'],
    ...['reload', 'no ', 'do reload', 'quit', 'end', 'x'.repeat(10_000), 'OLD', 'NEW'],
  );
  const part = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 8 }));
  const stem = fc.constantFrom(...CASES.map(({ config }) => config), 'banner motd ^C\n', 'crypto pki trustpoint OLD\n');
  const config = fc
    .array(fc.tuple(stem, fc.array(part, { maxLength: 4 }), fc.nat(80)), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.map(([text, more, at]) => text.slice(0, at) + more.join('') + text.slice(at)).join(''));
  const ALLOWED =
    /^ {0,2}(?:exit|(?:no )?[a-z][a-z0-9-]* [A-Za-z0-9_][A-Za-z0-9 ._:/~@%+=,-]*|sip-ua|webvpn|server|user)$/;
  fc.assert(
    fc.property(config, fc.constantFrom(...READ), (text, platform) => {
      const references = referencesIn(text, platform).filter((reference) => fitsConsole(reference, 'NEW'));
      const lines = [...renderSwitch(references, 'NEW'), ...renderSwitchBack(references, 'NEW')];
      expect(lines.filter((line) => line.length > 80 || !ALLOWED.test(line))).toEqual([]);
      // Each of them is one that a configuration of plain lines would have given.
      const clean = new Set(
        dialectOf(platform).references.flatMap(({ command, under }) =>
          [command, ...under].map((pattern) => pattern.split(' ')[0]),
        ),
      );
      const words = lines.map((line) => line.trim().replace(/^no /, '').split(' ')[0]);
      expect(
        words.filter(
          (word) =>
            word !== 'exit' && !clean.has(word) && ![...clean].some((one) => one?.split('|').includes(word ?? '')),
        ),
      ).toEqual([]);
    }),
    { numRuns },
  );
});

test('a large configuration costs no more than its length', () => {
  const text = `${'ip http secure-trustpoint OTHER\n'.repeat(50_000)}${' '.repeat(200_000)}OLD${' '.repeat(200_000)}x\n`;
  expect(findUses(text, 'OLD', dialectOf('ios'))).toHaveLength(1);
});
