/** The models must be able to fail: each bad block here is one that a real console punishes. */
import { describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { IosConsole, type IosRelease } from '../support/consoles/ios-console.ts';
import { printRows } from '../support/running-config.ts';

const root = issue({ subject: 'CN=Root' });
const sub = issue({ subject: 'CN=Sub', issuer: root });
const leaf = issue({ subject: 'CN=leaf', issuer: root, basicConstraints: { ca: false } });
const sha1 = root.certificate.sha1.toUpperCase();
const IOS_RELEASES: readonly IosRelease[] = ['ios-15', 'ios-xe-17', 'ios-xe-26'];

const iosTrustpoint = (name: string, ...settings: string[]): string =>
  [`crypto pki trustpoint ${name}`, ' enrollment terminal', ...settings.map((line) => ` ${line}`), ' exit', ''].join(
    '\n',
  );
const iosInstall = ({
  settings = [`fingerprint ${sha1}`],
  pem = root.pem,
  after = 'quit\n',
  end = 'end\nwrite memory\n',
} = {}) => `configure terminal\n${iosTrustpoint('T', ...settings)}crypto pki authenticate T\n${pem}${after}${end}`;
const withBlank = root.pem.replace('-----\n', '-----\n\n');
const ios = (text: string, release: IosRelease = 'ios-xe-17') => new IosConsole(release).paste(text);
test.each(IOS_RELEASES)('%s takes a good block', (release) => {
  const console = ios(iosInstall(), release);
  expect([console.invalid, console.failures, console.atExec, console.saved]).toEqual([[], [], true, true]);
  expect(console.installed).toMatchObject({ T: [root.certificate.sha256] });
  expect(console.screen.join('\n')).toContain(
    'Certificate validated - fingerprints matched.\nTrustpoint CA certificate accepted.\n% Certificate successfully imported',
  );
});

describe('IOS and IOS XE', () => {
  test.each(IOS_RELEASES)('%s: a blank line ends the input, and the rest are commands', (release) => {
    const console = ios(iosInstall({ pem: withBlank }), release);
    expect(console.invalid.length).toBeGreaterThan(5);
    expect(console.installed).toMatchObject({ T: [] });
  });

  test.each(IOS_RELEASES)('%s: without quit the console still waits for the certificate', (release) => {
    const console = ios(iosInstall({ after: '' }), release);
    expect([console.atExec, console.saved]).toEqual([false, false]);
    expect(console.installed).toMatchObject({ T: [] });
  });

  test('a quit behind a blank line leaves configuration mode', () => {
    const console = ios(iosInstall({ after: '\nquit\n' }));
    expect(console.invalid).toEqual(['Router#end']);
  });

  test('a yes that nobody asked for is no command', () => {
    expect(ios(iosInstall({ after: 'quit\nyes\n' })).invalid).toEqual(['Router(config)#yes']);
  });

  test('a missing yes leaves the question open', () => {
    const console = ios(iosInstall({ settings: [] }));
    expect(console.invalid).toHaveLength(2);
    expect(console.screen).toContain("% Please answer 'yes' or 'no'.");
    expect([console.atExec, console.saved]).toEqual([false, false]);
  });

  test('a no is a no', () => {
    const console = ios(iosInstall({ settings: [], after: 'quit\nno\n' }));
    expect(console.failures).toContain('% Error in saving certificate: status = FAIL');
    expect(console.installed).toMatchObject({ T: [] });
  });

  test.each([
    { release: 'ios-15', installed: [root.certificate.sha256], invalid: 0 },
    { release: 'ios-xe-17', installed: [root.certificate.sha256], invalid: 0 },
    { release: 'ios-xe-26', installed: [], invalid: 1 },
  ] as const)('$release: no fingerprint, but a yes', ({ release, installed, invalid }) => {
    const console = ios(iosInstall({ settings: [], after: 'quit\nyes\n' }), release);
    expect(console.installed).toMatchObject({ T: installed });
    expect(console.invalid).toHaveLength(invalid);
    expect(console.failures.includes('Trustpoint fingerprint must be supplied.')).toBe(invalid === 1);
  });

  test.each([
    { name: 'another fingerprint', block: iosInstall({ settings: [`fingerprint ${'0'.repeat(40)}`] }) },
    { name: 'no CA certificate', block: iosInstall({ settings: [], pem: leaf.pem }) },
    { name: 'two certificates at once', block: iosInstall({ pem: root.pem + sub.pem }) },
    { name: 'a damaged certificate', block: iosInstall({ pem: root.pem.replace(/\n.{8}/, '\n') }) },
    { name: 'a comment inside', block: iosInstall({ pem: root.pem.replace('-----\n', '-----\n! subject\n') }) },
    { name: 'a marker with four dashes', block: iosInstall({ pem: root.pem.replace('-----BEGIN', '----BEGIN') }) },
    {
      name: 'a CA without the one above',
      block: iosInstall({ settings: [`fingerprint ${sub.certificate.sha1.toUpperCase()}`], pem: sub.pem }),
    },
  ])('rejected: $name', ({ block }) => {
    const console = ios(block);
    expect(console.failures).toContain('% Error in saving certificate: status = FAIL');
    expect(console.installed).toMatchObject({ T: [] });
  });

  test('a CA under the wrong root is rejected', () => {
    const wrong = issue({ subject: 'CN=Root' });
    const settings = [`fingerprint ${sub.certificate.sha1.toUpperCase()}`, 'chain-validation continue TOP'];
    const console = ios(
      `configure terminal\n${iosTrustpoint('TOP', `fingerprint ${wrong.certificate.sha1.toUpperCase()}`)}crypto pki authenticate TOP\n${wrong.pem}quit\n${iosTrustpoint('T', ...settings)}crypto pki authenticate T\n${sub.pem}quit\n`,
    );
    expect(console.installed).toMatchObject({ TOP: [wrong.certificate.sha256], T: [] });
    expect(console.failures).not.toEqual([]);
  });

  test('a certificate that is there already must be deleted first', () => {
    const console = ios(iosInstall()).paste('configure terminal\ncrypto pki authenticate T\n');
    expect(console.failures[0]).toBe('% Please delete your existing CA certificate first.');
  });

  test.each([
    {
      name: 'an unknown trustpoint',
      line: 'crypto pki authenticate X',
      failure: "% Certificate Authority (trustpoint) 'X' is unknown",
    },
    { name: 'removing an unknown trustpoint', line: 'no crypto pki trustpoint X', failure: "Can't find policy" },
  ])('$name', ({ line, failure }) => {
    expect(ios(`configure terminal\n${line}\n`).failures).toEqual([failure]);
  });

  test('a trustpoint that another one names is in use', () => {
    const console = ios(
      `configure terminal\n${iosTrustpoint('A')}${iosTrustpoint('B', 'chain-validation continue A')}`,
    );
    console.paste('no crypto pki trustpoint A\n');
    expect(console.failures).toEqual(['% Trustpoint A is in use.']);
  });

  test('a removal waits for its yes', () => {
    const console = ios(iosInstall()).paste('configure terminal\nno crypto pki trustpoint T\nend\n');
    expect(console.atExec).toBe(false);
    expect(console.installed).toHaveProperty('T');
    console.paste('yes\nend\n');
    expect(console.atExec).toBe(true);
    expect(console.installed).not.toHaveProperty('T');
    expect(console.saved).toBe(false);
  });

  test.each([
    { name: 'not saved', block: iosInstall({ end: 'end\n' }), saved: false, atExec: true },
    {
      name: 'saved in configuration mode',
      block: iosInstall({ end: 'write memory\nend\n' }),
      saved: false,
      atExec: true,
    },
    { name: 'no line end at the end', block: iosInstall({ end: 'end\nwrite memory' }), saved: false, atExec: false },
  ])('$name', ({ block, saved, atExec }) => {
    const console = ios(block);
    expect([console.saved, console.atExec]).toEqual([saved, atExec]);
  });

  test.each([
    'reload',
    'crypto pki trustpoint a b',
    `crypto pki trustpoint ${'a'.repeat(33)}`,
    'crypto cb trustpoint A',
    'crypto ca trustpoint a b',
    ' fingerprint 00',
    '! what?',
    '! caf\u00e9',
    '! a\ttab',
    '! carriage return\r',
    'end ',
    `!${'x'.repeat(80)}`,
  ])('no input for a strict console: %j', (line) => {
    expect(ios(`configure terminal\n${line}\n`).invalid).toHaveLength(1);
  });

  test('crypto ca is taken by all, crypto pki not by the oldest', () => {
    for (const [release, word, taken] of [
      ['ios-12', 'ca', true],
      ['ios-12', 'pki', false],
      ['ios-15', 'ca', true],
      ['ios-15', 'pki', true],
    ] as const) {
      const console = new IosConsole(release).paste(`configure terminal\ncrypto ${word} trustpoint A\n`);
      expect([release, word, console.invalid.length === 0]).toEqual([release, word, taken]);
    }
  });

  test.each(IOS_RELEASES)('%s: every mode has its prompt', (release) => {
    const device = new IosConsole(release);
    const prompts = [
      ['', 'Router#'],
      ['configure terminal', 'Router(config)#'],
      ['crypto pki trustpoint T', 'Router(ca-trustpoint)#'],
      [' enrollment terminal', 'Router(ca-trustpoint)#'],
      [' exit', 'Router(config)#'],
      ['crypto pki authenticate T', ''],
      ['quit', 'Router(config)#'],
      ['crypto pki certificate chain T', 'Router(config-cert-chain)#'],
      [' certificate ca 0102', 'Router(config-pki-hexmode)#'],
      ['  quit', 'Router(config-cert-chain)#'],
      [' exit', 'Router(config)#'],
      ['crypto pki trustpool import terminal', ''],
      ['', 'Router(config)#'],
      ['no crypto pki trustpoint T', 'Are you sure you want to do this? [yes/no]: '],
      ['no', 'Router(config)#'],
      ['end', 'Router#'],
      ['copy running-config startup-config', 'Destination filename [startup-config]?'],
      ['', 'Router#'],
    ] as const;
    expect(prompts.map(([line]) => [line, device.paste(`${line}\n`).prompt])).toEqual(prompts);
    expect([device.invalid, device.saved]).toEqual([[], true]);
  });

  const SETTINGS = [
    'enrollment terminal',
    'enrollment terminal pem',
    'enrollment url bootflash:',
    'revocation-check none',
    'revocation-check crl none',
    'fingerprint 8A718CE3 B97E9FC7 585ED7E8 1E3C9237',
    `fingerprint ${sha1}`,
    'chain-validation stop',
    'chain-validation continue SLA-TrustPoint',
    'source interface GigabitEthernet0/0/0',
    'vrf Mgmt-intf',
    'usage ssl-client',
    'hash sha256',
  ];

  test.each(SETTINGS)('"%s" is a line of a trustpoint, and of nothing else', (line) => {
    expect(ios(`configure terminal\n${iosTrustpoint('T', line)}`).invalid).toEqual([]);
    for (const before of [
      '',
      'configure terminal\n',
      'configure terminal\ncrypto pki certificate chain SLA-TrustPoint\n',
    ]) {
      expect(ios(`${before}${line}\n`).invalid).toHaveLength(1);
    }
  });

  test.each([
    'enrollment',
    'revocation-check none crl',
    'revocation-check',
    `fingerprint ${sha1.toLowerCase()}`,
    `fingerprint ${sha1.slice(1)}`,
    `fingerprint ${root.certificate.sha256.toUpperCase()}`,
    'source interface',
    'crypto pki authenticate T',
  ])('"%s" is no line of a trustpoint', (line) => {
    expect(ios(`configure terminal\n${iosTrustpoint('T', line)}`).invalid).toEqual([`Router(ca-trustpoint)#${line}`]);
  });

  test('a later line of one kind replaces the earlier one', () => {
    const device = ios(`configure terminal\n${iosTrustpoint('T', 'revocation-check crl', 'revocation-check none')}`);
    expect(device.configuration).toContain('crypto pki trustpoint T\n enrollment terminal\n revocation-check none\n!');
  });

  test('the trustpoint above must be there', () => {
    const device = ios(`configure terminal\n${iosTrustpoint('T', 'chain-validation continue TOP')}`);
    expect(device.failures).toEqual(["% Certificate Authority (trustpoint) 'TOP' is unknown"]);
  });

  test.each([
    { release: 'ios-15', invalid: 0 },
    { release: 'ios-xe-17', invalid: 0 },
    // No source shows it there.
    { release: 'ios-xe-26', invalid: 1 },
  ] as const)('$release: the old word "crypto ca" is taken and shown as "crypto pki"', ({ release, invalid }) => {
    const device = ios(iosInstall().replaceAll('crypto pki', 'crypto ca'), release);
    expect(device.invalid.length > 0).toBe(invalid > 0);
    expect(device.configuration).not.toContain('crypto ca');
    expect(device.configuration.includes('crypto pki certificate chain T\n certificate ca 0102\n')).toBe(invalid === 0);
  });

  test('base64 that is none gives one message, and no other', () => {
    const device = ios(iosInstall({ pem: root.pem.replace(/[A-Z]/g, 'x') }));
    expect(device.failures).toEqual(['% Error in saving certificate: status = FAIL']);
  });

  test('a line of more than 254 columns is cut, and what is left is no certificate', () => {
    const [first = '', ...rows] = root.pem.trimEnd().split('\n');
    const device = ios(iosInstall({ pem: `${[first, rows.slice(0, -1).join(''), rows.at(-1)].join('\n')}\n` }));
    expect(device.invalid).toHaveLength(1);
    expect(device.failures).toEqual(['% Error in saving certificate: status = FAIL']);
  });

  test.each([
    { name: 'nothing', text: '', failure: 'No certificates imported from terminal' },
    { name: 'a certificate that is no CA', text: leaf.pem, failure: '% PEM files import failed.' },
    { name: 'two certificates', text: root.pem + sub.pem, failure: '% PEM files import failed.' },
    {
      name: 'a damaged one',
      text: `${root.pem.split('\n').slice(0, -3).join('\n')}\n`,
      failure: '% PEM files import failed.',
    },
  ])('the trustpool does not take $name', ({ text, failure }) => {
    const device = ios(`configure terminal\ncrypto pki trustpool import terminal\n${text}quit\n`);
    expect(device.failures).toEqual([failure]);
    expect(device.installed.Trustpool ?? []).toEqual([]);
  });

  test('the trustpool has a certificate once', () => {
    const once = `configure terminal\ncrypto pki trustpool import terminal\n${root.pem}\nend\n`;
    expect(ios(once + once).installed.Trustpool).toEqual([root.certificate.sha256]);
  });

  test('saving as a copy asks for the name, and takes Enter alone', () => {
    const install = iosInstall({ end: 'end\ncopy running-config startup-config\n' });
    expect(ios(install).saved).toBe(false);
    expect(ios(`${install}\n`).saved).toBe(true);
    expect(ios(`${install}exit\n`).failures).toEqual(['the configuration is not saved']);
  });

  test('whatever comes behind the saving is not saved', () => {
    const device = ios(iosInstall()).paste('configure terminal\ncrypto pki trustpoint T\n vrf A\nend\n');
    expect([device.invalid, device.saved, device.reload().saved]).toEqual([[], false, true]);
    expect(device.installed).toMatchObject({ T: [root.certificate.sha256] });
  });

  test('what was not saved is gone when the power fails', () => {
    expect(ios(iosInstall({ end: 'end\n' })).reload().installed).toEqual({ 'SLA-TrustPoint': [] });
  });

  test('the certificates of a chain go after a question', () => {
    const device = ios(iosInstall()).paste('configure terminal\nno crypto pki certificate chain T\n');
    expect(device.screen).toContain('This will remove all certificates for trustpoint T');
    expect(device.paste('no\n').installed.T).toHaveLength(1);
    expect(device.paste('no crypto pki certificate chain T\nyes\n').installed.T).toEqual([]);
  });

  test.each(['y', 'yes'])('"%s" is a yes, and anything else is asked again', (yes) => {
    const device = ios(iosInstall()).paste('configure terminal\nno crypto pki trustpoint T\nYES\n\nquit\n');
    expect(device.invalid).toHaveLength(3);
    expect(device.screen.filter((line) => line === "% Please answer 'yes' or 'no'.")).toHaveLength(3);
    expect(device.paste(`${yes}\n`).installed).not.toHaveProperty('T');
  });

  test('a quit too many closes the session', () => {
    const console = ios('quit\nwrite memory\n');
    expect([console.atExec, console.invalid.length]).toEqual([false, 1]);
  });
});

describe('rows of hex on IOS', () => {
  const install = ({ serial = '0102', lines = printRows(root.der), quit = '  quit' } = {}) =>
    [
      'configure terminal',
      'crypto pki trustpoint T',
      ' exit',
      'crypto pki certificate chain T',
      ` certificate ca ${serial}`,
      ...lines,
      quit,
      ' exit',
      'end',
      'write memory',
      '',
    ].join('\n');

  test('are taken as a running configuration has them', () => {
    const console = ios(install());
    expect([console.invalid, console.failures, console.atExec, console.saved]).toEqual([[], [], true, true]);
    expect(console.installed).toMatchObject({ T: [root.certificate.sha256] });
  });

  test.each([
    ['another serial number', install({ serial: '0509' })],
    [
      'a row that is not full',
      install({ lines: printRows(root.der).map((row, index) => (index === 1 ? row.slice(0, -9) : row)) }),
    ],
    ['a row lost', install({ lines: printRows(root.der).filter((_, index) => index !== 1) })],
    ['no quit', install({ quit: ' exit' })],
    ['a certificate that is no CA', install({ lines: printRows(leaf.der) })],
  ])('%s is rejected', (_, block) => {
    const console = ios(block);
    expect(console.failures).toContain('% Error in saving certificate: status = FAIL');
    expect(console.installed).toMatchObject({ T: [] });
  });
});
