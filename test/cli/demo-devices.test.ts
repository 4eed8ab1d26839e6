import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IosConsole } from '../support/consoles/ios-console.ts';
import { NxosConsole } from '../support/consoles/nxos-console.ts';
import { layOutDemo } from '../support/demo-run.ts';

const QUOVADIS = '85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86';
const IDENTRUST = '5d56499be4d2e08bcfcad08a3e38723d50503bde706948e42f55603019e528ae';
const [NETWORK_ROOT = ''] =
  readFileSync(join(import.meta.dirname, '../../fixtures/demo/expected.sha256'), 'utf8').match(/[0-9a-f]{64}/) ?? [];

const DEVICES = [
  { name: 'IOS 15', platform: 'ios', start: () => new IosConsole('ios-15') },
  { name: 'IOS XE 17', platform: 'ios-xe', start: () => new IosConsole('ios-xe-17') },
  { name: 'IOS XE 26', platform: 'ios-xe', start: () => new IosConsole('ios-xe-26') },
  { name: 'NX-OS', platform: 'nxos', start: () => new NxosConsole() },
];

describe.each(DEVICES)('the blocks of the demo on $name', ({ platform, start }) => {
  const demo = layOutDemo();
  const block = (action: string) =>
    readFileSync(join(demo.out, 'devices', `${platform}-CISCO-CA.${action}.txt`), 'utf8');
  beforeAll(async () => {
    expect((await demo.run()).status).toBe(0);
  });
  afterAll(demo.remove);

  test('install the roots and the chain, saved, without a line that the device refuses', () => {
    const console = start();
    const before = Object.keys(console.installed);
    console.paste(block('install'));
    expect([console.invalid, console.failures, console.atExec, console.saved]).toEqual([[], [], true, true]);
    const made = Object.entries(console.installed).filter(([name]) => !before.includes(name));
    expect(made[0]).toEqual(['CISCO-CA', [QUOVADIS]]);
    expect(made[1]).toEqual(['CISCO-CA-2', [IDENTRUST]]);
    const chain = made.slice(2).flatMap(([, certificates]) => certificates);
    expect(chain).toHaveLength(2);
    expect(chain).toContain(NETWORK_ROOT);
  });

  test.each(['remove', 'rollback'])('%s takes all of it out again', (action) => {
    const console = start();
    const before = console.installed;
    console.paste(block('install')).paste(block(action));
    expect([console.invalid, console.failures, console.atExec, console.saved]).toEqual([[], [], true, true]);
    expect(console.installed).toEqual(before);
  });
});
