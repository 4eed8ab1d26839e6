/** The models must be able to fail: each bad block here is one that a real console punishes. */
import { describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { AsaConsole } from '../support/consoles/asa-console.ts';
import { IosConsole, type IosRelease } from '../support/consoles/ios-console.ts';
import { NxosConsole } from '../support/consoles/nxos-console.ts';
import { XrConsole } from '../support/consoles/xr-console.ts';

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
const nxosInstall = ({
  pem = root.pem,
  after = 'END OF INPUT\nyes\n',
  end = 'end\ncopy running-config startup-config\n',
} = {}) =>
  `configure terminal\ncrypto ca trustpoint T\n enrollment terminal\n exit\ncrypto ca authenticate T\n${pem}${after}${end}`;
const withBlank = root.pem.replace('-----\n', '-----\n\n');
const ios = (text: string, release: IosRelease = 'ios-xe-17') => new IosConsole(release).paste(text);
const nxos = (text: string) => new NxosConsole().paste(text);

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

  test('a quit too many closes the session', () => {
    const console = ios('quit\nwrite memory\n');
    expect([console.atExec, console.invalid.length]).toEqual([false, 1]);
  });
});

describe('NX-OS', () => {
  test('takes a good block', () => {
    const console = nxos(nxosInstall({ pem: sub.pem + root.pem }));
    expect([console.invalid, console.failures, console.atExec, console.saved]).toEqual([[], [], true, true]);
    expect(console.installed).toEqual({ T: [sub.certificate.sha256, root.certificate.sha256] });
  });

  test.each([
    { name: 'the root first', pem: root.pem + sub.pem },
    { name: 'a CA without its root', pem: sub.pem },
    { name: 'no CA', pem: leaf.pem + root.pem },
    { name: 'nothing', pem: '' },
    { name: 'a blank line inside', pem: withBlank },
    { name: 'a comment inside', pem: root.pem.replace('-----\n', '-----\n! subject\n') },
    { name: 'quit', pem: `${root.pem}quit\n` },
  ])('rejected: $name', ({ pem }) => {
    const console = nxos(nxosInstall({ pem }));
    expect(console.failures).toEqual(['could not perform CA authentication']);
    expect(console.invalid).toEqual(['switch(config)# yes']);
    expect(console.installed).toEqual({ T: [] });
  });

  test('without END OF INPUT the console still waits', () => {
    const console = nxos(nxosInstall({ after: 'END OF INPUT:\nyes\n' }));
    expect([console.atExec, console.saved]).toEqual([false, false]);
  });

  test('without a yes the question stays open', () => {
    const console = nxos(nxosInstall({ after: 'END OF INPUT\n' }));
    expect(console.invalid).toHaveLength(2);
    expect([console.atExec, console.saved]).toEqual([false, false]);
  });

  test('a no is a no', () => {
    const console = nxos(nxosInstall({ after: 'END OF INPUT\nno\n' }));
    expect(console.installed).toEqual({ T: [] });
    expect(console.failures).toEqual(['could not perform CA authentication']);
  });

  test('a trustpoint with a CA certificate is neither authenticated again nor removed', () => {
    const console = nxos(nxosInstall()).paste(
      'configure terminal\ncrypto ca authenticate T\nno crypto ca trustpoint T\n',
    );
    expect(console.failures).toEqual(['could not perform CA authentication', 'the trustpoint is not removed']);
    expect(console.installed).toHaveProperty('T');
  });

  test.each(['write memory', 'crypto pki trustpoint A', 'crypto ca trustpoint a;b', 'quit', '! what?'])(
    'no input for a strict console: %j',
    (line) => {
      expect(nxos(`configure terminal\n${line}\n`).invalid).toHaveLength(1);
    },
  );

  test('not saved', () => {
    expect(nxos(nxosInstall({ end: 'end\n' })).saved).toBe(false);
  });
});

describe('rows of hex on IOS', () => {
  const rows = (der: Uint8Array) =>
    (
      Buffer.from(der)
        .toString('hex')
        .toUpperCase()
        .match(/.{1,64}/g) ?? []
    ).map((row) => `  ${(row.match(/.{1,8}/g) ?? []).join(' ')}`);
  const install = ({ serial = '0102', lines = rows(root.der), quit = '  quit' } = {}) =>
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
      install({ lines: rows(root.der).map((row, index) => (index === 1 ? row.slice(0, -9) : row)) }),
    ],
    ['a row lost', install({ lines: rows(root.der).filter((_, index) => index !== 1) })],
    ['no quit', install({ quit: ' exit' })],
    ['a certificate that is no CA', install({ lines: rows(leaf.der) })],
  ])('%s is rejected', (_, block) => {
    const console = ios(block);
    expect(console.failures).toContain('% Error in saving certificate: status = FAIL');
    expect(console.installed).toMatchObject({ T: [] });
  });
});

describe('ASA', () => {
  const install = ({ pem = root.pem, after = 'quit\nyes\n' } = {}) =>
    `configure terminal\ncrypto ca trustpoint T\n enrollment terminal\n exit\ncrypto ca authenticate T\n${pem}${after}end\nwrite memory\n`;
  const asa = (text: string) => new AsaConsole().paste(text);

  test('takes a good block, a subordinate CA, and blank lines in the certificate', () => {
    for (const pem of [root.pem, sub.pem, withBlank]) {
      const console = asa(install({ pem }));
      expect([console.invalid, console.failures, console.atExec, console.saved]).toEqual([[], [], true, true]);
      expect(console.installed.T).toHaveLength(1);
    }
  });

  test('does not end the input at a blank line', () => {
    expect(asa(install({ after: '\nyes\n' })).atExec).toBe(false);
  });

  test.each([
    ['no answer', install({ after: 'quit\n' })],
    ['another answer', install({ after: 'quit\nwhy\nend\n' })],
    ['a certificate that is no CA', install({ pem: leaf.pem })],
    ['two certificates', install({ pem: root.pem + sub.pem })],
    ['a trustpoint that is not there', 'configure terminal\nno crypto ca trustpoint X\nyes\nend\n'],
  ])('punishes %s', (_, block) => {
    const console = asa(block);
    expect(console.invalid.length + console.failures.length).toBeGreaterThan(0);
  });
});

describe('IOS XR', () => {
  const define = 'configure\ncrypto ca trustpoint T\n enrollment url terminal\n exit\n';
  const install = ({ commit = 'commit\n', pem = root.pem, after = 'quit\nyes\n' } = {}) =>
    `${define}${commit}end\ncrypto ca authenticate T\n${pem}${after}`;
  const xr = (text: string) => new XrConsole().paste(text);

  test('takes a good block', () => {
    const console = xr(install());
    expect([console.invalid, console.failures, console.atExec, console.saved]).toEqual([[], [], true, true]);
    expect(console.installed).toEqual({ T: [root.certificate.sha256] });
  });

  test.each([
    ['no commit', install({ commit: '' })],
    ['a blank line in the certificate', install({ pem: withBlank })],
    ['no answer, and a command instead', install({ after: 'quit\nconfigure\n' })],
    ['a subordinate CA alone', install({ pem: sub.pem })],
    ['authenticate in the configuration', `${define}crypto ca authenticate T\n${root.pem}quit\nyes\n`],
    ['a trustpoint that is not there', 'crypto ca authenticate X\n'],
  ])('punishes %s', (_, block) => {
    const console = xr(block);
    expect(console.invalid.length + console.failures.length).toBeGreaterThan(0);
  });
});
