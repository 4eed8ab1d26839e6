/** What a trustpoint is told: which platform takes it, which line it becomes, and that nothing else becomes one. */
import { describe, expect, test } from 'vitest';
import { platformNames, platformOf } from '../../src/device/platforms.ts';
import { renderTrustpoint } from '../../src/device/render.ts';
import type { RevocationMethod, TrustpointSettings } from '../../src/device/settings.ts';
import type { BlockAction, RenderTrustpointOptions } from '../../src/device/trustpoint.ts';
import { issue } from '../support/certificates.ts';
import { NEWEST } from '../support/consoles/cases.ts';
import { IosConsole } from '../support/consoles/ios-console.ts';

const root = issue({ subject: 'CN=Root' });
const sub = issue({ subject: 'CN=Sub', issuer: root });
const ACTIONS: readonly BlockAction[] = ['install', 'remove', 'rollback'];

function textOf(options: Omit<RenderTrustpointOptions, 'trustpoint'>): string {
  const [block] = renderTrustpoint([root.der, sub.der], { trustpoint: 'NEW', chain: true, ...options });
  return block?.text ?? '';
}

/** Each option by itself and all together, as far as a platform takes them; written down without a look at the code. */
const TAKEN: readonly (TrustpointSettings & { readonly platform: string; readonly lines: readonly string[] })[] = [
  { platform: 'ios', lines: [' revocation-check none'] },
  { platform: 'ios', revocationCheck: ['none'], lines: [' revocation-check none'] },
  { platform: 'ios', revocationCheck: ['crl'], lines: [' revocation-check crl'] },
  { platform: 'ios', revocationCheck: ['ocsp', 'crl', 'none'], lines: [' revocation-check ocsp crl none'] },
  { platform: 'ios-xe', vrf: 'Mgmt-vrf', lines: [' vrf Mgmt-vrf', ' revocation-check none'] },
  {
    platform: 'ios-xe',
    vrf: 'Mgmt-vrf',
    sourceInterface: 'GigabitEthernet0/0/0.100',
    revocationCheck: ['crl', 'none'],
    lines: [' vrf Mgmt-vrf', ' source interface GigabitEthernet0/0/0.100', ' revocation-check crl none'],
  },
  { platform: 'ios', sourceInterface: 'Loopback 0', lines: [' source interface Loopback 0', ' revocation-check none'] },
  { platform: 'nxos', lines: [] },
  { platform: 'nxos', revocationCheck: ['none'], lines: [' revocation-check none'] },
  { platform: 'nxos', revocationCheck: ['crl', 'none'], lines: [' revocation-check crl none'] },
  { platform: 'nxos', legacyKeywords: true, lines: [] },
  { platform: 'asa', lines: [' revocation-check none'] },
  { platform: 'asa', revocationCheck: ['ocsp', 'none'], lines: [' revocation-check ocsp none'] },
  { platform: 'asa', legacyKeywords: true, lines: [' revocation-check none'] },
  { platform: 'ios-xr', lines: [' crl optional'] },
  { platform: 'ios-xr', vrf: 'MGMT', legacyKeywords: true, lines: [' crl optional', ' vrf MGMT'] },
];

describe('settings that a platform takes', () => {
  test.each(TAKEN)('$platform $revocationCheck $vrf $sourceInterface', ({ lines, ...options }) => {
    const IS_SETTING = /^ (?:revocation-check|vrf|source interface|crl) /;
    const trustpoints = options.platform === 'nxos' ? 1 : 2;
    const install = textOf(options);
    const found = install.split('\n').filter((line) => IS_SETTING.test(line));
    expect(found).toEqual(Array.from({ length: trustpoints }, () => lines).flat());

    const console = NEWEST[options.platform]?.();
    if (console === undefined) throw new Error('no console');
    const before = console.installed;
    console.paste(install);
    expect([console.invalid, console.failures, console.atExec, console.saved]).toEqual([[], [], true, true]);
    expect(console.settings.NEW).toEqual(expect.arrayContaining(lines.map((line) => line.trim())));
    console.paste(textOf({ ...options, action: 'remove' }));
    expect([console.invalid, console.failures, console.installed]).toEqual([[], [], before]);
  });

  test('stand in a block that installs, not in one that takes out', () => {
    const settings = { vrf: 'MGMT', sourceInterface: 'Loopback0', revocationCheck: ['crl'] } as const;
    for (const action of ['remove', 'rollback'] as const) {
      expect(textOf({ platform: 'ios', action, ...settings })).toBe(textOf({ platform: 'ios', action }));
    }
  });

  test('stand before rows of hex too', () => {
    expect(textOf({ platform: 'ios', style: 'hex', vrf: 'MGMT' })).toMatch(/\n vrf MGMT\n(?: .*\n)* exit\n/);
  });
});

describe('crypto ca', () => {
  test.each([
    { style: 'paste', accept: undefined },
    { style: 'hex', accept: undefined },
    { style: 'paste', accept: 'prompt' },
  ] as const)('$style $accept: IOS before 12.3(7)T takes all blocks', ({ style, accept }) => {
    const options = { platform: 'ios', legacyKeywords: true, style, ...(accept === undefined ? {} : { accept }) };
    for (const leave of ['remove', 'rollback'] as const) {
      const console = new IosConsole('ios-12');
      const before = console.installed;
      console.paste(textOf(options));
      expect([console.invalid, console.failures, console.saved]).toEqual([[], [], true]);
      expect(console.installed).toMatchObject({
        NEW: [sub.certificate.sha256],
        'NEW-CA1': [root.certificate.sha256],
      });
      console.paste(textOf({ ...options, action: leave }));
      expect([console.invalid, console.failures, console.installed]).toEqual([[], [], before]);
    }
  });

  test('IOS before 12.3(7)T takes no other word', () => {
    const console = new IosConsole('ios-12');
    console.paste(textOf({ platform: 'ios' }));
    expect(console.invalid).toContain('Router(config)#crypto pki trustpoint NEW-CA1');
    expect(console.installed).toEqual({ 'SLA-TrustPoint': [] });
  });

  test('nothing but the keyword differs, and later releases take both', () => {
    for (const action of ACTIONS) {
      const options = { platform: 'ios', accept: 'prompt', action } as const;
      const legacy = textOf({ ...options, legacyKeywords: true });
      expect(legacy).not.toContain('crypto pki');
      expect(legacy.replaceAll('crypto ca', 'crypto pki')).toBe(textOf(options));
    }
    const console = new IosConsole('ios-15').paste(textOf({ platform: 'ios', legacyKeywords: true }));
    expect([console.invalid, console.failures]).toEqual([[], []]);
  });

  test('the fingerprint stays a choice', () => {
    expect(textOf({ platform: 'ios', legacyKeywords: true })).not.toContain('fingerprint');
    expect(textOf({ platform: 'ios', legacyKeywords: true, accept: 'fingerprint' })).toContain('\n fingerprint ');
  });

  test.each(['nxos', 'asa', 'ios-xr'])('%s says so in any case', (platform) => {
    for (const action of ACTIONS) {
      expect(textOf({ platform, action, legacyKeywords: true })).toBe(textOf({ platform, action }));
    }
  });

  test('a note says what is not certain, where something is installed', () => {
    const notes = (options: Partial<RenderTrustpointOptions>) =>
      renderTrustpoint([root.der], { platform: 'ios', trustpoint: 'NEW', ...options })[0]?.notes.map(
        ({ code }) => code,
      );
    expect(notes({ legacyKeywords: true })).toEqual(['device/legacy-unverified']);
    expect(notes({ legacyKeywords: true, action: 'remove' })).toEqual([]);
  });
});

describe('what is refused', () => {
  const check = (...methods: readonly string[]) => ({ revocationCheck: methods as readonly RevocationMethod[] });

  test.each([
    { name: 'a VRF on nxos', options: { platform: 'nxos', vrf: 'A' }, hint: '--revocation-check, --legacy-keywords' },
    { name: 'a VRF on asa', options: { platform: 'asa', vrf: 'A' }, hint: 'asa takes' },
    { name: 'an interface on ios-xr', options: { platform: 'ios-xr', sourceInterface: 'Lo0' }, hint: '--vrf' },
    { name: 'a method on ios-xr', options: { platform: 'ios-xr', ...check('none') }, hint: '--vrf' },
    { name: 'OCSP on nxos', options: { platform: 'nxos', ...check('ocsp') }, hint: 'none, crl' },
    { name: 'a VRF of the pool', options: { platform: 'ios', style: 'trustpool', vrf: 'A' }, hint: 'leave it out' },
    {
      name: 'old words for the pool',
      options: { platform: 'ios', style: 'trustpool', legacyKeywords: true },
      hint: 'leave it out',
    },
  ] as const)('$name: device/unsupported-setting', ({ options, hint }) => {
    expect(() => textOf(options)).toThrow(
      expect.objectContaining({
        code: 'device/unsupported-setting',
        exitStatus: 2,
        hint: expect.stringContaining(hint),
      }),
    );
  });

  test.each([
    check(),
    check('CRL'),
    check('crl\nreload'),
    check('none', 'crl'),
    check('crl', 'crl'),
    check('none', 'none'),
    { vrf: '' },
    { vrf: 'a b' },
    { vrf: 'A\nreload' },
    { vrf: 'A\n' },
    { vrf: 'a?' },
    { vrf: 'a'.repeat(33) },
    { sourceInterface: '' },
    { sourceInterface: '0/0' },
    { sourceInterface: 'Loopback0\nreload' },
    { sourceInterface: 'Loopback0\n' },
    { sourceInterface: 'Loopback  0' },
    { sourceInterface: 'Loopback0 shutdown' },
    { sourceInterface: `Loopback${'0'.repeat(48)}` },
    { sourceInterface: 'Löopback0' },
  ])('%j: usage/bad-value', (settings) => {
    for (const action of ACTIONS) {
      expect(() => textOf({ platform: 'ios', action, ...settings })).toThrow(
        expect.objectContaining({ code: 'usage/bad-value', exitStatus: 2 }),
      );
    }
  });

  test.each([
    'GigabitEthernet0/0/1',
    'GigabitEthernet 0/0/1',
    'Loopback0',
    'Vlan100',
    'Port-channel1.20',
    'TenGigE0/0/0/1',
    'Serial0/0/0:15',
    'mgmt0',
    'Embedded-Service-Engine0/0',
    'inside',
  ])('%s is an interface', (sourceInterface) => {
    expect(textOf({ platform: 'ios', sourceInterface })).toContain(`\n source interface ${sourceInterface}\n`);
  });

  test('every platform says what it takes, and takes no more', () => {
    const asked: readonly TrustpointSettings[] = [
      { revocationCheck: ['crl'] },
      { vrf: 'A' },
      { sourceInterface: 'Lo0' },
      { legacyKeywords: true },
    ];
    for (const platform of platformNames()) {
      for (const settings of asked) {
        const [name = ''] = Object.keys(settings);
        const render = () => renderTrustpoint([root.der], { platform, trustpoint: 'NEW', ...settings });
        if (Object.hasOwn(platformOf(platform).settings ?? {}, name)) expect(render()).toHaveLength(1);
        else expect(render).toThrow(expect.objectContaining({ code: 'device/unsupported-setting' }));
      }
    }
  });
});
