import { afterAll, describe, expect, test } from 'vitest';
import { platformOf } from '../../src/device/platforms.ts';
import { renderTrustpoint } from '../../src/device/render.ts';
import { parseDeviceConfig } from '../../src/device/running-config.ts';
import { parseShowOutput } from '../../src/device/show-output.ts';
import {
  blocksOf,
  type Console,
  DEVICES,
  expectedOn,
  installedOn,
  lower,
  root,
  SCENARIOS,
  upper,
  VARIANTS,
} from '../support/consoles/cases.ts';
import { IosConsole } from '../support/consoles/ios-console.ts';
import { NxosConsole } from '../support/consoles/nxos-console.ts';
import { XrConsole } from '../support/consoles/xr-console.ts';

/** The only complaints that a rollback may meet. */
const NOTHING_TO_DELETE = ['could not perform CA certificate(s) deletion', 'there is no certificate to clear'];

const CASES = DEVICES.flatMap(({ ways, start, ...device }) =>
  ways.flatMap((way) =>
    SCENARIOS.map((scenario) => ({
      ...device,
      way,
      scenario,
      name: scenario.name,
      start: () => {
        runs += 1;
        return start();
      },
    })),
  ),
);

let runs = 0;
afterAll(() => {
  process.stdout.write(`${runs} runs of blocks on consoles, in ${CASES.length} cases\n`);
});

describe.each(CASES)('$device, $way: $name', ({ platform, start, way, scenario }) => {
  const render = blocksOf(platform, way, scenario.certificates);
  const expected = expectedOn(platform, way, scenario);
  // IOS XR has no other way than to commit: a note on the block says so.
  const isSaved = (save: boolean) => save || platform === 'ios-xr';

  test.each(VARIANTS)('install: comments $comments, save $save', ({ comments, save }) => {
    const device = start();
    const before = installedOn(device);
    device.paste(render('install', { comments, save }).text);
    expectClean(device, isSaved(save));
    expect(installedOn(device)).toEqual({ ...before, ...expected });
    device.reload();
    expect(installedOn(device)).toEqual(isSaved(save) ? { ...before, ...expected } : before);
  });

  test('what is installed is read back from the configuration', () => {
    const device = start().paste(render('install').text);
    const stored = parseDeviceConfig(device.paste('show running-config\n').configuration).map((trustpoint) => [
      trustpoint.name,
      trustpoint.certificates.map(({ sha256 }) => sha256),
      trustpoint.stored.map(({ error }) => error),
    ]);
    const kept = ['nxos', 'ios-xr'].includes(platform) ? [] : Object.entries(device.installed);
    expect(stored.filter(([, certificates]) => certificates?.length !== 0)).toEqual(
      kept.filter(([, found]) => found.length > 0).map(([name, found]) => [name, found, found.map(() => null)]),
    );
  });

  if (way === 'trustpool') return;

  test('the command of verification shows what identifies each certificate', () => {
    const device = start().paste(render('install').text);
    for (const { name, certificates } of render('install').trustpoints) {
      const shown = device.screen.length;
      device.paste(`${platformOf(platform).verification(name)}\n`);
      const answer = device.screen.slice(shown).join('\n');
      for (const sha256 of certificates) {
        const issued = scenario.certificates.find(({ certificate }) => certificate.sha256 === sha256);
        expect(issued).toBeDefined();
        if (issued !== undefined) expect(answer).toContain(platformOf(platform).identify(issued.certificate).value);
      }
      // How IOS XR lays its answer out is not recorded.
      if (platform === 'ios-xr') continue;
      expect(parseShowOutput(answer).map(({ usage, trustpoints }) => [usage, trustpoints])).toEqual(
        certificates.map(() => ['ca', [name]]),
      );
    }
    expectClean(device);
  });

  test.each(VARIANTS)('install, remove: comments $comments, save $save', (variant) => {
    const device = start();
    const before = installedOn(device);
    device.paste(render('install').text).paste(render('remove', variant).text);
    expectClean(device, isSaved(variant.save));
    expect(installedOn(device)).toEqual(before);
    device.reload();
    expect(installedOn(device)).toEqual(isSaved(variant.save) ? before : { ...before, ...expected });
  });

  test.each(VARIANTS)('roll back an install cut after any line: comments $comments, save $save', (variant) => {
    const lines = render('install', variant).text.split('\n').slice(0, -1);
    const rollback = render('rollback', variant).text;
    const before = installedOn(start());
    for (let count = 0; count <= lines.length; count += 1) {
      const device = start();
      for (const line of lines.slice(0, count)) device.paste(`${line}\n`);
      device.reconnect();
      expect(device.failures).toEqual([]);
      device.paste(rollback);
      const { invalid, atExec } = device;
      expect({ count, installed: installedOn(device), invalid, atExec }).toEqual({
        count,
        installed: before,
        invalid: [],
        atExec: true,
      });
      expect(device.failures.filter((line) => !NOTHING_TO_DELETE.includes(line))).toEqual([]);
      if (isSaved(variant.save)) expect(device.saved).toBe(true);
    }
  });

  test('a trustpoint that something names is not removed', () => {
    const device = start().paste(render('install').text);
    const before = device.load('ip http client secure-trustpoint NEW\n').installed;
    device.paste(render('remove').text);
    expect(device.failures.length).toBeGreaterThan(0);
    expect(device.installed).toHaveProperty('NEW');
    expect(device.installed.NEW).toEqual(before.NEW);
  });
});

describe('what the facts leave open', () => {
  const chain = [root, upper, lower];

  test('a console that takes a CA below an installed one without asking needs no yes', () => {
    const device = new IosConsole('ios-xe-17', { takesKnownIssuer: true });
    device.paste(blocksOf('ios-xe', 'fingerprint', chain)('install').text);
    expectClean(device);
    expect(Object.keys(device.installed)).toEqual(['SLA-TrustPoint', 'NEW-CA2', 'NEW-CA1', 'NEW']);
  });

  test('there the yes of the other mode is a line too many, and does no harm', () => {
    const device = new IosConsole('ios-xe-17', { takesKnownIssuer: true });
    device.paste(blocksOf('ios-xe', 'prompt', chain)('install').text);
    expect(device.invalid).toEqual(['Router(config)#yes', 'Router(config)#yes']);
    expect(Object.values(device.installed).flat()).toHaveLength(3);
    expect([device.atExec, device.saved]).toEqual([true, true]);
  });

  test('where saving wants to be confirmed, Enter is all that is missing', () => {
    const device = new IosConsole('ios-15', { confirmsSave: true });
    device.paste(blocksOf('ios', 'fingerprint', [root])('install').text);
    expect([device.atExec, device.saved]).toEqual([false, false]);
    device.paste('\n');
    expectClean(device);
  });

  test('IOS XE 26 rejects the certificate without a fingerprint', () => {
    const device = new IosConsole('ios-xe-26');
    const render = blocksOf('ios-xe', 'prompt', [root]);
    device.paste(render('install').text);
    expect(device.failures).toContain('Trustpoint fingerprint must be supplied.');
    expect(device.installed).toMatchObject({ NEW: [] });
    device.paste(render('rollback').text);
    expect(device.installed).toEqual({ 'SLA-TrustPoint': [] });
    expect(device.saved).toBe(true);
  });

  test('a release of IOS XR with another word refuses one line, as the note on the block says, and takes nothing', () => {
    const device = new XrConsole({ enrollment: 'enrollment terminal' });
    const render = blocksOf('ios-xr', 'prompt', [root]);
    device.paste(render('install').text);
    expect(device.invalid[0]).toBe('RP/0/RP0/CPU0:ios(config-trustp)#enrollment url terminal');
    expect(device.installed).toEqual({ NEW: [] });
    expect(render('install').notes.map(({ code }) => code)).toContain('device/unverified');
    device.paste(render('rollback').text);
    expect(device.installed).toEqual({});
    device.paste(render('install').text.replace('enrollment url terminal', 'enrollment terminal'));
    expect(device.installed).toEqual({ NEW: [root.certificate.sha256] });
  });

  test.each([
    {
      name: 'IOS',
      device: new IosConsole('ios-15'),
      platform: 'ios',
      failure: '% Error in saving certificate: status = FAIL',
    },
    { name: 'NX-OS', device: new NxosConsole(), platform: 'nxos', failure: 'could not perform CA authentication' },
  ])('$name: a CA without its root fails, as the note on the block says', ({ device, platform, failure }) => {
    const [block] = renderTrustpoint([lower.der], { platform, trustpoint: 'NEW' });
    device.paste(block?.text ?? '');
    expect(device.failures).toContain(failure);
    expect(block?.notes.map(({ code }) => code)).toEqual(['device/incomplete-chain']);
  });
});

function expectClean(device: Console, saved = true): void {
  const { invalid, failures, atExec } = device;
  expect({ invalid, failures, atExec, saved: device.saved }).toEqual({
    invalid: [],
    failures: [],
    atExec: true,
    saved,
  });
}
