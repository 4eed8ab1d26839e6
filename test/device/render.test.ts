import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { platformNames, platformOf } from '../../src/device/platforms.ts';
import { renderTrustpoint } from '../../src/device/render.ts';
import { parseDeviceConfig } from '../../src/device/running-config.ts';
import type { BlockAction, RenderTrustpointOptions } from '../../src/device/trustpoint.ts';
import { checkTrustpointName } from '../../src/device/trustpoint-name.ts';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { issue } from '../support/certificates.ts';
import { decodePemLines } from '../support/consoles/console.ts';

const identrust = decodeCertificate(
  Buffer.from(
    readFileSync(
      new URL('../../fixtures/certificates/identrust-commercial-root-ca-1.pem', import.meta.url),
      'utf8',
    ).replace(/-----[A-Z ]+-----/g, ''),
    'base64',
  ),
);
const ACTIONS: readonly BlockAction[] = ['install', 'remove', 'rollback'];
const root = issue({ subject: 'CN=Root,O=Test' });
const sub = issue({ subject: 'CN=Sub,O=Test', issuer: root });
const other = issue({ subject: 'CN=Other Root' });

function render(certificates: Parameters<typeof renderTrustpoint>[0], options: Partial<RenderTrustpointOptions> = {}) {
  const [block, ...more] = renderTrustpoint(certificates, { platform: 'ios-xe', trustpoint: 'NEW', ...options });
  expect(more).toEqual([]);
  if (block === undefined) throw new Error('no block');
  return block;
}

describe('golden blocks', () => {
  test('are made from the root they name', () => {
    expect(identrust.sha256).toBe('5d56499be4d2e08bcfcad08a3e38723d50503bde706948e42f55603019e528ae');
  });

  test.each(platformNames().flatMap((platform) => ACTIONS.map((action) => ({ platform, action }))))(
    '$platform $action',
    async ({ platform, action }) => {
      const { text } = render([identrust], { platform, action, trustpoint: 'IdenTrust-Root-1', comments: true });
      await expect(text).toMatchFileSnapshot(`../../fixtures/devices/${platform}.${action}.golden.txt`);
    },
  );

  test('ios-xe with a question instead of a fingerprint', async () => {
    const { text } = render([identrust], { accept: 'prompt', trustpoint: 'IdenTrust-Root-1' });
    await expect(text).toMatchFileSnapshot('../../fixtures/devices/ios-xe.prompt.golden.txt');
  });
});

test.each(['ios', 'ios-xe'])('%s rows of hex', async (platform) => {
  const { text } = render([identrust], { platform, style: 'hex', trustpoint: 'IdenTrust-Root-1' });
  await expect(text).toMatchFileSnapshot(`../../fixtures/devices/${platform}.hex.golden.txt`);
});

describe('rows of hex', () => {
  test('are read back as the certificates that they were', () => {
    const { text } = render([sub.der, root.der], { style: 'hex', chain: true });
    expect(parseDeviceConfig(text).map(({ name, certificates }) => [name, certificates[0]?.sha256])).toEqual([
      ['NEW-CA1', root.certificate.sha256],
      ['NEW', sub.certificate.sha256],
    ]);
  });

  test('keep the octet of the sign in the serial number', () => {
    const high = issue({ serialNumber: 0xdcn });
    expect(render([high.der], { style: 'hex' }).text).toContain('\n certificate ca 00DC\n');
  });
});

describe('the block', () => {
  test('says what it is', () => {
    expect(render([root.certificate], { trustpoint: 'A.b_c-1' })).toMatchObject({
      platform: 'ios-xe',
      trustpoint: 'A.b_c-1',
      style: 'paste',
      action: 'install',
      certificates: [root.certificate.sha256],
      trustpoints: [{ name: 'A.b_c-1', certificates: [root.certificate.sha256] }],
      notes: [],
    });
  });

  test('takes DER as well as decoded certificates, and counts duplicates once', () => {
    expect(render([root.der, root.certificate, decodeCertificate(root.der)])).toEqual(render([root.certificate]));
  });

  test.each(platformNames())('%s: lines are short printable ASCII without blanks at the end', (platform) => {
    const isOneAtATime = ['aos-cx', 'cisco-sb'].includes(platform);
    const certificates = isOneAtATime ? [root.certificate] : [sub.certificate, root.certificate, other.certificate];
    // There a command that loads a file has two names in it.
    const loadsByName = ['junos', 'comware', 'vrp'].includes(platform);
    for (const action of ACTIONS) {
      const block = (given: typeof certificates, trustpoint: string) =>
        render(given, { platform, action, chain: true, comments: true, trustpoint }).text;
      const text = block(certificates, 'A-name-as-long-as-it-may-be1');
      expect(text.endsWith('\n')).toBe(true);
      for (const line of text.slice(0, -1).split('\n')) {
        expect(line).toMatch(loadsByName ? /^[ -~]{0,139}[!-~]$/ : /^[ -~]{0,79}[!-~]$/);
      }
      for (const line of block([root.certificate], 'NEW').slice(0, -1).split('\n'))
        expect(line).toMatch(/^[ -~]{0,79}[!-~]$/);
    }
  });

  test.each([
    { platform: 'ios', save: 'write memory' },
    { platform: 'ios-xe', save: 'write memory' },
    { platform: 'nxos', save: 'copy running-config startup-config' },
  ])('$platform: begins in configuration mode, ends saved or, when asked, unsaved', ({ platform, save }) => {
    const saved = render([root.certificate], { platform }).text;
    expect(saved.startsWith('configure terminal\n')).toBe(true);
    expect(saved.endsWith(`\nend\n${save}\n`)).toBe(true);
    expect(`${render([root.certificate], { platform, save: false }).text}${save}\n`).toBe(saved);
  });

  test('the fingerprint is SHA-1, 40 upper-case digits', () => {
    const { text } = render([root.certificate]);
    expect(text).toContain(`\n fingerprint ${root.certificate.sha1.toUpperCase()}\n`);
    expect(text).not.toMatch(/^yes$/m);
  });

  test('with a question there is a yes and no fingerprint', () => {
    const { text } = render([root.certificate], { accept: 'prompt' });
    expect(text).toContain('\n-----END CERTIFICATE-----\nquit\nyes\nend\n');
    expect(text).not.toContain('fingerprint');
  });

  test('comments are at most one line long and stand before the first command of the trustpoint', () => {
    const long = issue({ subject: `CN=${'long '.repeat(40)},O=Österreich; "quit"` });
    const lines = render([long.certificate], { comments: true }).text.split('\n');
    expect(lines.slice(1, 5)).toEqual([
      '! trustpoint NEW',
      expect.stringMatching(/^! {2}subject CN=long long .*\.\.\.$/),
      '!  valid   2025-11-01 to 2036-10-29',
      `!  sha256  ${long.certificate.sha256}`,
    ]);
    const short = issue({ subject: 'CN=a?b;"c" é,O=Österreich\\' });
    expect(render([short.certificate], { comments: true }).text).toContain(
      '\n!  subject CN=a\\3Fb\\3B\\22c\\22 \\C3\\A9,O=\\C3\\96sterreich\n',
    );
  });

  test('no line of the certificate reads as the end marker', () => {
    const quit = endingInQuit();
    const lines = render([quit]).text.split('\n');
    expect(lines.filter((line) => /^quit$/i.test(line))).toEqual(['quit']);
    const pem = lines.slice(
      lines.indexOf('-----BEGIN CERTIFICATE-----'),
      lines.indexOf('-----END CERTIFICATE-----') + 1,
    );
    expect(new Uint8Array(decodePemLines(pem)?.[0]?.raw ?? [])).toEqual(new Uint8Array(quit));
  });
});

describe('chains', () => {
  const lowest = issue({ subject: 'CN=Lowest', issuer: sub });
  const sibling = issue({ subject: 'CN=Sibling', issuer: sub });
  const commands = (text: string) => text.split('\n').filter((line) => /^ ?(?:no )?(?:crypto|chain)/.test(line));

  test.each(['ios', 'ios-xe'])('%s: one trustpoint a CA, root first, each continued by the one above', (platform) => {
    const block = render([lowest.der, root.der, sub.der], { platform, chain: true });
    expect(commands(block.text)).toEqual([
      'crypto pki trustpoint NEW-CA2',
      'crypto pki authenticate NEW-CA2',
      'crypto pki trustpoint NEW-CA1',
      ' chain-validation continue NEW-CA2',
      'crypto pki authenticate NEW-CA1',
      'crypto pki trustpoint NEW',
      ' chain-validation continue NEW-CA1',
      'crypto pki authenticate NEW',
    ]);
    expect(block.trustpoints.map(({ name }) => name)).toEqual(['NEW-CA2', 'NEW-CA1', 'NEW']);
    expect(block.certificates).toEqual([root, sub, lowest].map(({ certificate }) => certificate.sha256));
  });

  test('nxos: one paste, lowest first, root last', () => {
    const block = render([root.der, lowest.der, sub.der], { platform: 'nxos', chain: true });
    expect(commands(block.text)).toEqual(['crypto ca trustpoint NEW', 'crypto ca authenticate NEW']);
    expect(block.text.match(/END OF INPUT/g)).toHaveLength(1);
    expect(block.trustpoints.map(({ name }) => name)).toEqual(['NEW']);
    expect(block.certificates).toEqual([lowest, sub, root].map(({ certificate }) => certificate.sha256));
  });

  test('ios-xe: a root that chains share has one trustpoint, and other chains have numbers', () => {
    const block = render([sibling.der, lowest.der, other.der, root.der, sub.der], { chain: true });
    expect(commands(block.text).filter((line) => !line.includes('authenticate'))).toEqual([
      'crypto pki trustpoint NEW-CA2',
      'crypto pki trustpoint NEW-CA1',
      ' chain-validation continue NEW-CA2',
      'crypto pki trustpoint NEW',
      ' chain-validation continue NEW-CA1',
      'crypto pki trustpoint NEW-2',
      ' chain-validation continue NEW-CA1',
      'crypto pki trustpoint NEW-3',
    ]);
    expect(block.certificates).toEqual(
      [root, sub, sibling, lowest, other].map(({ certificate }) => certificate.sha256),
    );
  });

  test('nxos: every chain is whole, and other chains have numbers', () => {
    const block = render([lowest.der, sibling.der, root.der, sub.der], { platform: 'nxos', chain: true });
    expect(block.trustpoints.map(({ name }) => name)).toEqual(['NEW', 'NEW-2']);
    expect(block.text.match(/BEGIN CERTIFICATE/g)).toHaveLength(6);
    expect(block.certificates).toEqual([lowest, sub, root, sibling].map(({ certificate }) => certificate.sha256));
  });

  test.each(['remove', 'rollback'] as const)('%s goes the other way round', (action) => {
    const block = render([sub.der, other.der, root.der], { action, chain: true });
    expect(block.trustpoints.map(({ name }) => name)).toEqual(['NEW-2', 'NEW', 'NEW-CA1']);
    expect(block.certificates).toEqual([other, sub, root].map(({ certificate }) => certificate.sha256));
    expect(commands(block.text).filter((line) => line.startsWith('no '))).toEqual([
      'no crypto pki trustpoint NEW-2',
      'no crypto pki trustpoint NEW',
      'no crypto pki trustpoint NEW-CA1',
    ]);
  });
});

describe('notes', () => {
  const codes = (certificates: readonly Uint8Array[], options: Partial<RenderTrustpointOptions>) =>
    render(certificates, { chain: true, ...options }).notes.map(({ code }) => code);

  test.each([
    { name: 'a root', certificates: [root.der], options: {}, expected: [] },
    { name: 'a whole chain', certificates: [sub.der, root.der], options: {}, expected: [] },
    { name: 'a CA without its root', certificates: [sub.der], options: {}, expected: ['device/incomplete-chain'] },
    { name: 'its removal', certificates: [sub.der], options: { action: 'remove' }, expected: [] },
    { name: 'a whole chain on nxos', certificates: [sub.der, root.der], options: { platform: 'nxos' }, expected: [] },
    {
      name: 'a CA without its root on nxos',
      certificates: [sub.der],
      options: { platform: 'nxos' },
      expected: ['device/incomplete-chain'],
    },
    {
      name: 'a question on ios-xe',
      certificates: [root.der],
      options: { accept: 'prompt' },
      expected: ['device/fingerprint-required'],
    },
    {
      name: 'a question on ios',
      certificates: [root.der],
      options: { platform: 'ios', accept: 'prompt' },
      expected: [],
    },
    {
      name: 'rows of hex on ios-xe',
      certificates: [root.der],
      options: { style: 'hex' },
      expected: ['device/hex-unverified'],
    },
    { name: 'a CA without its root on asa', certificates: [sub.der], options: { platform: 'asa' }, expected: [] },
    {
      name: 'a root on ios-xr',
      certificates: [root.der],
      options: { platform: 'ios-xr' },
      expected: ['device/unverified'],
    },
    {
      name: 'a chain on ios-xr, not to be saved',
      certificates: [sub.der, root.der],
      options: { platform: 'ios-xr', save: false },
      expected: ['device/unverified', 'device/unverified-chain', 'device/always-saved'],
    },
    {
      name: 'a removal on ios-xr',
      certificates: [root.der],
      options: { platform: 'ios-xr', action: 'remove' },
      expected: ['device/unverified'],
    },
    { name: 'rows of hex on ios', certificates: [root.der], options: { platform: 'ios', style: 'hex' }, expected: [] },
    {
      name: 'a removal with it',
      certificates: [root.der],
      options: { accept: 'prompt', action: 'remove' },
      expected: [],
    },
  ] as const)('$name: $expected', ({ certificates, options, expected }) => {
    expect(codes(certificates, options)).toEqual(expected);
  });
});

describe('refusals', () => {
  const leaf = issue({ subject: 'CN=leaf.example', issuer: root, basicConstraints: { ca: false } });

  test.each([
    { name: 'another platform', options: { platform: 'vax' }, code: 'device/unknown-platform', status: 2 },
    { name: 'a name of objects', options: { platform: 'constructor' }, code: 'device/unknown-platform', status: 2 },
    { name: 'another style', options: { style: 'qr' }, code: 'device/unsupported-style', status: 2 },
    {
      name: 'rows of hex on nxos',
      options: { platform: 'nxos', style: 'hex' },
      code: 'device/unsupported-style',
      status: 2,
    },
    { name: 'no name', options: { trustpoint: undefined }, code: 'usage/missing-argument', status: 2 },
    {
      name: 'one certificate out of the trustpool',
      options: { style: 'trustpool', action: 'remove' },
      code: 'device/unsupported-action',
      status: 2,
    },
    {
      name: 'the trustpool on nxos',
      options: { platform: 'nxos', style: 'trustpool' },
      code: 'device/unsupported-style',
      status: 2,
    },
    {
      name: 'an answer to no question',
      options: { style: 'hex', accept: 'prompt' },
      code: 'device/unsupported-accept',
      status: 2,
    },
    {
      name: 'a fingerprint on nxos',
      options: { platform: 'nxos', accept: 'fingerprint' },
      code: 'device/unsupported-accept',
      status: 2,
    },
    { name: 'another way to accept', options: { accept: 'yes\n' }, code: 'device/unsupported-accept', status: 2 },
    { name: 'another action', options: { action: 'erase' }, code: 'usage/bad-value', status: 2 },
    { name: 'a bad name', options: { trustpoint: 'a b' }, code: 'device/bad-name', status: 2 },
    { name: 'a derived name too long', options: { trustpoint: 'a'.repeat(29) }, code: 'device/bad-name', status: 2 },
    { name: 'a derived name reserved', options: { trustpoint: 'TP-self-signed' }, code: 'device/bad-name', status: 2 },
    { name: 'several without chain', options: { chain: false }, code: 'usage/too-many-certificates', status: 2 },
    { name: 'nothing', certificates: [], code: 'input/no-certificate', status: 3 },
    { name: 'no CA', certificates: [root.der, leaf.der], code: 'device/not-a-ca', status: 5 },
    { name: 'noise', certificates: [root.der, Uint8Array.of(1, 2, 3)], code: 'certificate/malformed', status: 3 },
  ])('$name: $code', ({ options = {}, certificates = [sub.der, root.der], code, status }) => {
    const given = { platform: 'ios', trustpoint: 'NEW', chain: true, ...options } as RenderTrustpointOptions;
    expect(() => renderTrustpoint(certificates, given)).toThrow(expect.objectContaining({ code, exitStatus: status }));
  });

  test('the certificate that cannot be read is named by its place', () => {
    const certificates = [root.der, Uint8Array.of(0x30)];
    expect(() => renderTrustpoint(certificates, { platform: 'ios', trustpoint: 'NEW', chain: true })).toThrow(
      expect.objectContaining({ at: expect.objectContaining({ entry: '2' }) }),
    );
  });

  test('more certificates than any device holds', () => {
    const key = root.privateKey;
    const many = Array.from({ length: 101 }, (_, n) => issue({ serialNumber: BigInt(n + 1), key }).der);
    const options = { platform: 'nxos', trustpoint: 'NEW', chain: true };
    expect(() => renderTrustpoint(many, options)).toThrow(
      expect.objectContaining({ code: 'usage/too-many-certificates' }),
    );
    expect(renderTrustpoint(many.slice(1), options)[0]?.trustpoints).toHaveLength(100);
  });
});

describe('names', () => {
  test.each(['a', 'NEW', 'ca.example.com', '_x', 'A-1', 'a'.repeat(32), 'Trustpool2', 'My-SLA-TrustPoint'])(
    '%s may be used',
    (name) => {
      expect(() => checkTrustpointName(name)).not.toThrow();
    },
  );

  test.each([
    '',
    ' ',
    'a b',
    'a\nreload',
    'a\n',
    'a?',
    'a;b',
    'ü',
    'a/b',
    '!',
    'a'.repeat(33),
    'SLA-TrustPoint',
    'sla-trustpoint',
    'Trustpool',
    'CISCO_IDEVID_SUDI',
    'CISCO_IDEVID_CMCA2_SUDI0',
    'TP-self-signed-1234567',
    '_SmartCallHome_ServerCA',
    '_SmartCallHome_ServerCA2',
  ])('%j may not, neither to install nor to remove', (trustpoint) => {
    expect(() => checkTrustpointName(trustpoint)).toThrow(expect.objectContaining({ code: 'device/bad-name' }));
    for (const action of ACTIONS) {
      expect(() => render([root.certificate], { trustpoint, action })).toThrow(
        expect.objectContaining({ code: 'device/bad-name', hint: expect.any(String) }),
      );
    }
  });
});

test('the command that verifies is one that prints what identifies the certificate', () => {
  expect(platformNames().map((platform) => platformOf(platform).verification('NEW'))).toEqual([
    'show crypto pki trustpoints NEW status',
    'show crypto pki trustpoints NEW status',
    'show crypto ca certificates NEW',
    'show crypto ca certificates NEW',
    'show crypto ca certificates NEW',
    'show management security ssl certificate',
    'show security pki ca-certificate ca-profile NEW detail',
    'get vpn certificate ca details NEW',
    'show crypto pki ta-profile NEW',
    'display pki certificate domain NEW ca',
    'display pki certificate ca realm NEW',
    '/certificate print detail where name="NEW"',
    'show crypto certificate 2',
  ]);
  expect(platformNames().map((platform) => Object.values(platformOf(platform).identify(identrust)))).toEqual([
    ['SHA-1', 'DF717EAA 4AD94EC9 55849960 2D48DE5F BCF03A25'],
    ['SHA-1', 'DF717EAA 4AD94EC9 55849960 2D48DE5F BCF03A25'],
    ['SHA-1', 'DF:71:7E:AA:4A:D9:4E:C9:55:84:99:60:2D:48:DE:5F:BC:F0:3A:25'],
    ['serial number', '0a0142800000014523c844b500000002'],
    ['serial number', '0a0142800000014523c844b500000002'],
    ['serial number', '0a0142800000014523c844b500000002'],
    ['SHA-1', 'df:71:7e:aa:4a:d9:4e:c9:55:84:99:60:2d:48:de:5f:bc:f0:3a:25'],
    ['serial number', '0a0142800000014523c844b500000002'],
    ['serial number', '0a:01:42:80:00:00:01:45:23:c8:44:b5:00:00:00:02'],
    ['serial number', '0a:01:42:80:00:00:01:45:23:c8:44:b5:00:00:00:02'],
    ['serial number', '0a:01:42:80:00:00:01:45:23:c8:44:b5:00:00:00:02'],
    ['SHA-256', '5d56499be4d2e08bcfcad08a3e38723d50503bde706948e42f55603019e528ae'],
    ['SHA-1', 'DF717EAA 4AD94EC9 55849960 2D48DE5F BCF03A25'],
  ]);
});

/** A certificate whose base64 has a last line of the four letters that end the input on IOS; its signature is broken. */
function endingInQuit(): Uint8Array {
  for (let length = 1; ; length++) {
    const { der } = issue({ subject: `CN=${'x'.repeat(length)}` });
    if (der.length % 48 !== 3) continue;
    der.set(Buffer.from('quit', 'base64'), der.length - 3);
    return der;
  }
}
