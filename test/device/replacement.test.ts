/** The stages of a replacement, and what the configuration of the device says against them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { platformNames, platformOf } from '../../src/device/platforms.ts';
import { renderTrustpoint } from '../../src/device/render.ts';
import { type RenderReplacementOptions, renderReplacement } from '../../src/device/replacement.ts';
import type { Block } from '../../src/device/trustpoint.ts';
import { toPrintable } from '../../src/encoding/printable.ts';
import { TrustError } from '../../src/errors.ts';
import { type Issued, issue } from '../support/certificates.ts';
import { LAYOUTS, printChain } from '../support/running-config.ts';

const old = issue({ subject: 'CN=Old Root' });
const fresh = issue({ subject: 'CN=New Root' });
const below = issue({ subject: 'CN=Below New', issuer: fresh });
const leaf = issue({ subject: 'CN=router', issuer: old, basicConstraints: { ca: false } });
const REPLACEABLE = platformNames().filter((name) => platformOf(name).configuration !== undefined);

const ASA_LAYOUT = LAYOUTS.find(({ name }) => name === 'ASA');

function held(trustpoint: string, issued: Issued, heading = 'ca'): string {
  const { der, certificate } = issued;
  return printChain(trustpoint, [{ der, heading: `${heading} ${certificate.serialNumber}`.trim() }]);
}

function replace(options: Partial<RenderReplacementOptions> = {}, certificates: readonly Issued[] = [fresh]) {
  return renderReplacement(
    certificates.map(({ der }) => der),
    { platform: 'ios', trustpoint: 'NEW', replace: 'OLD', ...options },
  );
}

function codes(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap(({ notes }) => notes.map(({ code }) => code));
}

function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return error instanceof TrustError ? `${error.code} ${error.exitStatus}` : String(error);
  }
  return 'nothing is thrown';
}

const CONFIG = `crypto pki trustpoint OLD\n enrollment terminal\n${held('OLD', old)}ip http client secure-trustpoint OLD\n`;

describe('the stages', () => {
  test.each(REPLACEABLE)('%s: add is an install, remove a removal of the old one', (platform) => {
    const { blocks, refusals } = replace({ platform, config: `crypto ca trustpoint OLD\n` });
    expect(refusals).toEqual([]);
    expect(blocks.map(({ stage, action, trustpoint }) => [stage, action, trustpoint])).toEqual([
      ['add', 'install', 'NEW'],
      ['switch', 'install', 'NEW'],
      ['remove', 'install', 'OLD'],
    ]);
    const [add, , remove] = blocks;
    const install = renderTrustpoint([fresh.der], { platform, trustpoint: 'NEW' });
    const removal = renderTrustpoint([old.der], { platform, trustpoint: 'OLD', action: 'remove' });
    expect([add?.text, remove?.text]).toEqual([install[0]?.text, removal[0]?.text]);
  });

  test.each([
    {
      name: 'ios',
      options: { platform: 'ios' },
      config: 'sip-ua\n crypto signaling default trustpoint OLD\n',
      lines: [
        'configure terminal',
        'sip-ua',
        ' crypto signaling default trustpoint NEW',
        ' exit',
        'end',
        'write memory',
        '',
      ],
    },
    {
      name: 'asa',
      options: { platform: 'asa', save: false },
      config: 'ssl trust-point OLD outside\n',
      lines: ['configure terminal', 'ssl trust-point NEW outside', 'end', ''],
    },
    {
      name: 'nxos',
      options: { platform: 'nxos' },
      config: 'grpc client root certificate OLD\n',
      lines: [
        'configure terminal',
        'grpc client root certificate NEW',
        'end',
        'copy running-config startup-config',
        '',
      ],
    },
    {
      name: 'ios-xr',
      options: { platform: 'ios-xr' },
      config: 'logging tls-server S\n trustpoint OLD\n',
      lines: ['configure', 'logging tls-server S', ' trustpoint NEW', ' exit', 'commit', 'end', ''],
    },
  ])('$name: the switch', ({ options, config, lines }) => {
    const { blocks } = replace({ ...options, config, stage: 'switch' });
    expect(blocks).toHaveLength(1);
    expect(blocks[0]?.text.split('\n')).toEqual(lines);
  });

  test.each(REPLACEABLE)('%s: the switch of a configuration', async (platform) => {
    const { references } = platformOf(platform).configuration ?? { references: [] };
    const words = { '<name>': 'OLD', '<word>': 'W', '<rest>': '' } as const;
    const spell = (pattern: string) =>
      pattern
        .split(' ')
        .map((word) => (word in words ? words[word as keyof typeof words] : (word.split('|')[0] ?? '')))
        .join(' ')
        .trimEnd();
    const config = references
      .flatMap(({ under, command }) => [...under, command].map((line, depth) => `${' '.repeat(depth)}${spell(line)}\n`))
      .join('');
    const { blocks } = replace({ platform, config: `${config}${held('W', below)}`, stage: 'switch' }, [fresh]);
    expect(blocks[0]?.notes).toEqual([]);
    if (platform === 'ios-xe')
      expect(blocks[0]?.text).toBe(
        replace({ config: `${config}${held('W', below)}`, stage: 'switch' }).blocks[0]?.text,
      );
    else await expect(blocks[0]?.text).toMatchFileSnapshot(`../../fixtures/devices/${platform}.switch.golden.txt`);
  });

  test('between add and switch stands what the device must print', () => {
    const [add] = replace({ config: CONFIG }).blocks;
    expect(add?.notes).toEqual([
      expect.objectContaining({
        code: 'device/verify-first',
        severity: 'info',
        message: expect.stringMatching(
          /"show crypto pki trustpoints NEW status" must print the SHA-1 (?:[0-9A-F]{8} ){4}[0-9A-F]{8}$/,
        ),
        sha256: fresh.certificate.sha256,
      }),
    ]);
  });

  test.each([
    {
      options: { platform: 'ios', legacyKeywords: true },
      message: /"show crypto ca certificates" must print the serial/,
    },
    {
      options: { platform: 'nxos', chain: true },
      message: /NEW" must print the SHA-1 (?:..:){19}.. and (?:..:){19}..$/,
    },
  ])('the command is the one of the block: $options', ({ options, message }) => {
    const [add] = replace(options, options.chain ? [fresh, below] : [fresh]).blocks;
    const [note] = add?.notes.filter(({ code }) => code === 'device/verify-first') ?? [];
    expect(note?.message).toMatch(message);
    expect(note?.message).toContain(`"${add?.verify[0]?.command}"`);
  });

  test('settings of the old one that the new one does not get are named, secrets are not', () => {
    const settings = ' enrollment terminal\n revocation-check none\n vrf MGMT\n password 7 0822\n fingerprint AB\n';
    const { blocks } = replace({ config: `crypto pki trustpoint OLD\n${settings} usage ssl-client\n` });
    const found = blocks[0]?.notes.find(({ code }) => code === 'device/other-settings');
    expect(found?.message).toBe(
      '"OLD" has settings that the new trustpoint does not get: "vrf MGMT", "usage ssl-client"',
    );
  });

  test('after a switch the lines are there with the new name, and not with the old one', () => {
    const [named, renamed] = ['ip http client secure-trustpoint OLD', 'ip http client secure-trustpoint NEW'];
    const verified = { command: 'show running-config', shows: 'the line' };
    expect(replace({ config: CONFIG, stage: 'switch' }).blocks[0]?.verify).toEqual([
      { ...verified, expect: [renamed], absent: [named] },
    ]);
    expect(replace({ config: CONFIG, stage: 'switch', action: 'rollback' }).blocks[0]?.verify).toEqual([
      { ...verified, expect: [named], absent: [renamed] },
    ]);
  });

  test('a rollback leaves a line that named the new one before', () => {
    const other = 'crypto ikev2 profile B\n pki trustpoint OLD verify\n';
    const config = `crypto ikev2 profile A\n pki trustpoint OLD verify\n pki trustpoint NEW verify\n${other}`;
    const [block] = replace({ action: 'rollback', stage: 'switch', config, save: false }).blocks;
    expect(block?.text.split('\n').slice(1, -2)).toEqual([
      'crypto ikev2 profile A',
      ' pki trustpoint OLD verify',
      ' exit',
      'crypto ikev2 profile B',
      ' pki trustpoint OLD verify',
      ' no pki trustpoint NEW verify',
      ' exit',
    ]);
    expect(block?.verify).toMatchObject([{ expect: ['pki trustpoint OLD verify'], absent: [] }]);
  });

  test('a line that is left somewhere is not said to be gone', () => {
    const sub = (name: string, { certificate, der }: Issued) =>
      `crypto pki trustpoint ${name}\n chain-validation continue OLD\n${printChain(name, [{ der, heading: `ca ${certificate.serialNumber}` }])}`;
    const config = `${CONFIG}${sub('SUB', below)}${sub('OTHER', issue({ subject: 'CN=Sub', issuer: old }))}`;
    const [block] = replace({ stage: 'switch', config }).blocks;
    expect(block?.text).toContain('crypto pki trustpoint SUB\n chain-validation continue NEW\n');
    expect(block?.verify).toMatchObject([
      {
        expect: ['ip http client secure-trustpoint NEW', 'chain-validation continue NEW'],
        absent: ['ip http client secure-trustpoint OLD'],
      },
    ]);
  });

  test('a rollback leaves what was there before', () => {
    const config = `${CONFIG}${held('NEW', fresh)}`;
    const { blocks } = replace({ action: 'rollback', stage: 'add', config });
    expect([blocks.map(({ text }) => text), codes(blocks)]).toEqual([[''], ['device/already-installed']]);
  });

  test('of a chain, the lowest CA takes the place', () => {
    const { blocks } = replace({ config: CONFIG, chain: true }, [fresh, below]);
    expect(blocks[0]?.trustpoints.map(({ name }) => name)).toEqual(['NEW-CA1', 'NEW']);
    expect(blocks[1]?.text).toContain('ip http client secure-trustpoint NEW\n');
  });

  test('without a configuration there is nothing to switch, which is said', () => {
    const { blocks } = replace();
    expect(blocks.map(({ text }) => text === '')).toEqual([false, true, false]);
    expect(codes(blocks)).toEqual(['device/verify-first', 'device/no-config', 'device/no-config']);
  });

  test('what is there already is not added again', () => {
    const { blocks } = replace({ config: `${CONFIG}${held('NEW', fresh)}` });
    expect(blocks.map(({ text }) => text === '')).toEqual([true, false, false]);
    expect(codes(blocks)).toContain('device/already-installed');
  });

  test('a rollback switches back, then takes out the new one', () => {
    const { blocks } = replace({ config: CONFIG, action: 'rollback' });
    expect(blocks.map(({ stage, action }) => [stage, action])).toEqual([
      ['switch', 'rollback'],
      ['add', 'rollback'],
    ]);
    expect(blocks[0]?.text).toContain('ip http client secure-trustpoint OLD\n');
    const [rollback] = renderTrustpoint([fresh.der], { platform: 'ios', trustpoint: 'NEW', action: 'rollback' });
    expect(blocks[1]?.text).toBe(rollback?.text);
  });
});

test('whatever a configuration holds, blocks are lines that a console takes, or a TrustError is thrown', () => {
  const nasty = fc.constantFrom(
    ...['\n', '\r', '\t', ' ', '\u0003', '\u001b[2J', '\u202e', '?', '|', '"', '^C', 'reload\n', 'x'.repeat(10_000)],
    ...['OLD', 'NEW', 'crypto pki trustpoint ', 'certificate ca ', ' rsakeypair K\n', 'mystery OLD\n', '30820321 '],
  );
  const config = fc
    .array(fc.tuple(nasty, fc.nat(CONFIG.length)), { maxLength: 6 })
    .map((parts) => parts.reduce((text, [part, at]) => text.slice(0, at) + part + text.slice(at), CONFIG));
  fc.assert(
    fc.property(config, fc.constantFrom(...REPLACEABLE), fc.boolean(), (text, platform, force) => {
      try {
        const { blocks } = replace({ platform, config: text, force });
        const lines = blocks.flatMap((block) => block.text.split('\n').slice(0, -1));
        expect(lines.filter((line) => line.length > 80 || !/^[ -~]*[!-~]$/.test(line))).toEqual([]);
        const notes = blocks.flatMap((block) => block.notes);
        expect(notes.filter(({ message }) => message.length > 600 || toPrintable(message) !== message)).toEqual([]);
      } catch (error) {
        if (!(error instanceof TrustError)) throw error;
        expect([toPrintable(error.message), error.message.length < 1000]).toEqual([error.message, true]);
      }
    }),
    { numRuns: process.env.SLOW ? 3000 : 150 },
  );
});

describe('calls that cannot be meant', () => {
  test.each([
    { name: 'one name for both', options: { replace: 'NEW' }, code: 'usage/conflict 2' },
    { name: 'names that differ in letter case', options: { replace: 'new' }, code: 'usage/conflict 2' },
    {
      name: 'a name made for a CA above',
      options: { replace: 'NEW-CA1', chain: true },
      certificates: [fresh, below],
      code: 'usage/conflict 2',
    },
    { name: 'the trustpool', options: { style: 'trustpool' as const }, code: 'usage/conflict 2' },
    { name: 'a bad name', options: { replace: 'a b' }, code: 'device/bad-name 2' },
    { name: 'a built-in trustpoint', options: { replace: 'SLA-TrustPoint' }, code: 'device/bad-name 2' },
    { name: 'the pool, even by force', options: { replace: 'Trustpool', force: true }, code: 'device/bad-name 2' },
    {
      name: 'putting back what was removed',
      options: { action: 'rollback' as const, stage: 'remove' as const },
      code: 'usage/bad-value 2',
    },
    { name: 'an action of another function', options: { action: 'remove' as never }, code: 'usage/bad-value 2' },
    { name: 'a word of every object', options: { action: 'toString' as never }, code: 'usage/bad-value 2' },
    { name: 'not a CA', options: {}, certificates: [leaf], code: 'device/not-a-ca 5' },
  ])('$name: $code', ({ options, certificates, code }) => {
    expect(codeOf(() => replace(options, certificates))).toBe(code);
  });

  test('a built-in trustpoint goes by force', () => {
    const { blocks } = replace({ replace: 'SLA-TrustPoint', force: true, stage: 'remove' });
    expect(blocks[0]?.text).toContain('no crypto pki trustpoint SLA-TrustPoint\n');
  });
});

describe('what is left alone, and what that means for the removal', () => {
  const IDENTITY = `crypto pki trustpoint OLD\n${held('OLD', leaf, '')}`;

  test.each([
    {
      name: 'a command that is not known',
      config: `${CONFIG}telephony-service\n secure-signaling trustpoint OLD\n`,
      note: 'device/unknown-reference',
      refusal: ['device/in-use'],
    },
    {
      name: 'a line too long for a console',
      config: `${CONFIG}radius server ${'A'.repeat(64)}${'B'.repeat(10)}\n tls trustpoint server OLD\n`,
      note: 'device/unknown-reference',
      refusal: ['device/in-use'],
    },
    {
      name: 'a line that presents the certificate of the device',
      config: `${IDENTITY}ip http secure-trustpoint OLD\n`,
      note: 'device/identity-reference',
      refusal: ['device/holds-identity', 'device/in-use'],
    },
    {
      name: 'the same, known by its key alone',
      config: 'crypto pki trustpoint OLD\n rsakeypair K\nip http secure-trustpoint OLD\n',
      note: 'device/identity-reference',
      refusal: ['device/holds-identity', 'device/in-use'],
    },
    {
      name: 'a CA below that the new one did not issue',
      config: `${CONFIG}crypto pki trustpoint SUB\n chain-validation continue OLD\n${held('SUB', issue({ subject: 'CN=Sub', issuer: old }))}`,
      note: 'device/other-issuer',
      refusal: ['device/in-use'],
    },
    {
      name: 'a CA below whose certificate is not in the configuration',
      config: `${CONFIG}crypto pki trustpoint SUB\n chain-validation continue OLD\n`,
      note: 'device/other-issuer',
      refusal: ['device/in-use'],
    },
  ])('$name', ({ config, note, refusal }) => {
    const { blocks, refusals } = replace({ config });
    expect(blocks.map(({ stage }) => stage)).toEqual(['add', 'switch']);
    expect(codes(blocks)).toContain(note);
    expect(refusals.map(({ code }) => code)).toEqual(refusal);
    expect(refusals.every(({ exitStatus, at }) => exitStatus === 5 && at?.line !== undefined)).toBe(true);
    const forced = replace({ config, force: true });
    expect([forced.blocks.length, forced.refusals]).toEqual([3, []]);
    expect(codes(forced.blocks.slice(2))).toEqual(expect.arrayContaining(refusal));
  });

  test('a line that only verifies is moved although the old one holds a certificate of the device', () => {
    const { blocks, refusals } = replace({ config: `${IDENTITY}radius server R\n tls trustpoint server OLD\n` });
    expect(blocks[1]?.text).toContain(' tls trustpoint server NEW\n');
    expect(refusals.map(({ code }) => code)).toEqual(['device/holds-identity']);
  });

  test('a CA below that the new one issued continues there', () => {
    const config = `${CONFIG}crypto pki trustpoint SUB\n chain-validation continue OLD\n${held('SUB', below)}`;
    const { blocks, refusals } = replace({ config });
    expect(refusals).toEqual([]);
    expect(blocks[1]?.text).toContain('crypto pki trustpoint SUB\n chain-validation continue NEW\n exit\n');
  });

  test('a command that is known and would be too long says so', () => {
    const line = 'crypto signaling remote-addr 198.51.100.100 255.255.255.255 trustpoint OLD strict';
    const { blocks } = replace({ config: `hostname r1\n${CONFIG}sip-ua\n ${line}\nend\n` });
    const notes = blocks.flatMap((block) => block.notes).filter(({ code }) => code === 'device/unknown-reference');
    expect(notes.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/ strict"; it is longer than 80 columns with the new name$/),
    );
  });

  test('of many lines the first are named, and the others counted', () => {
    const { blocks, refusals } = replace({ config: `${CONFIG}${'mystery OLD\n'.repeat(1000)}` });
    expect(blocks[1]?.notes).toHaveLength(21);
    expect(blocks[1]?.notes.at(-1)?.message).toContain('980 more lines');
    expect(refusals[0]?.message.length).toBeLessThan(300);
  });
});

describe('a block held against the configuration', () => {
  const render = (config: string, more: object = {}) =>
    renderTrustpoint([fresh.der], { platform: 'ios', trustpoint: 'NEW', config, ...more });

  test.each([
    { name: 'another CA', config: held('NEW', old) },
    { name: 'a certificate of the device', config: held('NEW', leaf, '') },
    {
      name: 'a certificate without its bytes',
      config: 'crypto pki certificate chain NEW\n certificate ca 01 nvram:A#1CA.cer\n',
    },
    { name: 'damaged rows', config: held('NEW', fresh).replace(/ {2}30/, '  3Z') },
    { name: 'a key', config: 'crypto pki trustpoint NEW\n rsakeypair K\n' },
    { name: 'a name without certificates, on NX-OS', config: 'crypto ca trustpoint NEW\n', more: { platform: 'nxos' } },
    {
      name: 'another CA, on ASA',
      config: printChain('NEW', [{ der: old.der, heading: 'ca 01' }], ASA_LAYOUT),
      more: { platform: 'asa' },
    },
  ])('an install where the name has $name is refused, and not to be forced', ({ config, more }) => {
    expect(codeOf(() => render(config, more))).toBe('device/name-in-use 5');
    expect(codeOf(() => render(config, { ...more, force: true }))).toBe('device/name-in-use 5');
    expect(codeOf(() => replace({ config, ...more }))).toBe('device/name-in-use 5');
  });

  test.each(['install', 'remove'] as const)('%s: a name in other letters may be the same one', (action) => {
    const config = `hostname r1\n${CONFIG.replaceAll('OLD', 'new')}end\n`;
    const call = () => renderTrustpoint([fresh.der], { platform: 'ios', trustpoint: 'NEW', action, config });
    expect(codeOf(call)).toBe('device/name-in-use 5');
  });

  test('a trustpoint that is written in other letters is not taken for one that is not there', () => {
    const config = `hostname r1\n${CONFIG}end\n`;
    const { blocks, refusals } = replace({ replace: 'old', config });
    expect(codes(blocks)).not.toContain('device/not-in-config');
    expect(refusals.map(({ code }) => code)).toEqual(['device/in-use']);
  });

  test('a device is named once or more often, two are not mixed', () => {
    const device = (name: string) => `hostname ${name}\n${CONFIG}interface Gi1\n hostname other\nend\n`;
    expect(replace({ config: device('r1') + device('r1') }).refusals).toEqual([]);
    expect(codeOf(() => replace({ config: device('r1') + device('r2') }))).toBe('device/several-devices 5');
    const asked = (name: string) => `${name}#show running-config | section crypto\n${CONFIG}`;
    expect(replace({ config: asked('r1') + asked('r1') }).refusals).toEqual([]);
    expect(codeOf(() => replace({ config: asked('r1') + asked('r2') }))).toBe('device/several-devices 5');
    expect(codeOf(() => replace({ config: asked('r1/a') + asked('r1/b') }))).toBe('device/several-devices 5');
    expect(replace({ config: `${asked('r0')}r0(config)#hostname r1\n${asked('r1')}` }).refusals).toEqual([]);
  });

  test('an install that stopped before the certificate goes on', () => {
    const config = 'crypto pki trustpoint NEW\n enrollment terminal\n';
    expect(render(config)[0]?.text).toBe(render('')[0]?.text);
  });

  test('of a chain only what is missing is installed', () => {
    const [block] = renderTrustpoint([fresh.der, below.der], {
      platform: 'ios',
      trustpoint: 'NEW',
      chain: true,
      config: held('NEW-CA1', fresh),
    });
    expect(block?.trustpoints.map(({ name }) => name)).toEqual(['NEW']);
    expect(block?.text).toContain(' chain-validation continue NEW-CA1\n');
    expect(block?.notes.map(({ code }) => code)).toEqual(['device/already-installed']);
  });

  test.each(['remove', 'rollback'] as const)('a %s spares what is used or holds something else', (action) => {
    expect(codeOf(() => render(`${held('NEW', fresh)}ip http secure-trustpoint NEW\n`, { action }))).toBe(
      'device/in-use 5',
    );
    expect(codeOf(() => render(held('NEW', old), { action }))).toBe('device/name-in-use 5');
    expect(codeOf(() => render(held('NEW', leaf, ''), { action }))).toBe('device/holds-identity 5');
    const [forced] = render(held('NEW', old), { action, force: true });
    expect(forced?.text).toContain('no crypto pki trustpoint NEW\n');
    expect(forced?.notes.map(({ code }) => code)).toEqual(['device/name-in-use']);
    expect(render(held('NEW', fresh), { action })[0]?.notes).toEqual([]);
  });

  test('a removal spares a certificate without its bytes whose serial number is another', () => {
    const elsewhere = (serial: string) =>
      `crypto pki certificate chain NEW\n certificate ca ${serial} nvram:A#1CA.cer\n`;
    const { serialNumber } = fresh.certificate;
    expect(codeOf(() => render(elsewhere(`0509${serialNumber}`), { action: 'remove' }))).toBe('device/name-in-use 5');
    expect(codes(render(elsewhere(`0509${serialNumber}`), { action: 'remove', force: true }))).toEqual([
      'device/name-in-use',
    ]);
    for (const same of [serialNumber, `00${serialNumber}`, serialNumber.toUpperCase()]) {
      expect(codes(render(elsewhere(same), { action: 'remove' }))).toEqual([]);
    }
  });

  test('a removal of what is not there says so; a rollback has no need to', () => {
    expect(render('', { action: 'remove' })[0]?.notes.map(({ code }) => code)).toEqual(['device/not-in-config']);
    expect(render('', { action: 'rollback' })[0]?.notes).toEqual([]);
  });

  test('a chain that goes together does not keep itself', () => {
    const config = `crypto pki trustpoint NEW\n chain-validation continue NEW-CA1\n${held('NEW', below)}${held('NEW-CA1', fresh)}`;
    const [block] = renderTrustpoint([fresh.der, below.der], {
      ...{ platform: 'ios', trustpoint: 'NEW', chain: true, action: 'remove', config },
    });
    expect(block?.notes).toEqual([]);
  });

  test('a built-in trustpoint is removed only by force, and never installed', () => {
    const builtIn = (more: object) => codeOf(() => render('', { trustpoint: 'SLA-TrustPoint', ...more }));
    expect(builtIn({ action: 'remove' })).toBe('device/bad-name 2');
    expect(builtIn({ force: true })).toBe('device/bad-name 2');
    expect(builtIn({ action: 'rollback', force: true })).toBe('device/bad-name 2');
    expect(builtIn({ action: 'remove', force: true })).toBe('nothing is thrown');
  });
});
