import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  blocksOf,
  type Console,
  DEVICES,
  expectedOn,
  installedOn,
  root,
  SCENARIOS,
} from '../support/consoles/cases.ts';
import { IosConsole } from '../support/consoles/ios-console.ts';
import { type SshServer, startSshServer, type Terminal } from '../support/consoles/ssh-console.ts';

const CASES = DEVICES.flatMap(({ ways, ...device }) =>
  ways.flatMap((way) => SCENARIOS.slice(0, 3).map((scenario) => ({ ...device, way, scenario, name: scenario.name }))),
);

/** How a block gets into a session; a terminal program sends CR for the line ends of what is pasted. */
const SENDERS: readonly { readonly how: string; readonly send: (terminal: Terminal, text: string) => unknown }[] = [
  { how: 'at once', send: (terminal, text) => terminal.paste(text) },
  { how: 'at once, with CR', send: (terminal, text) => terminal.paste(text.replaceAll('\n', '\r')) },
  { how: 'in pieces', send: (terminal, text) => terminal.paste(text, [1, 63, 5, 700, 2]) },
  { how: 'line by line', send: (terminal, text) => terminal.typeLines(text) },
];

let server: SshServer;
let sessions = 0;
beforeAll(async () => {
  server = await startSshServer();
});
afterAll(async () => {
  await server.close();
  process.stdout.write(`${sessions} sessions of SSH\n`);
});

describe.each(SENDERS)('over SSH, $how', ({ send }) => {
  test.each(CASES)('$device, $way: $name', async ({ platform, start, way, scenario }) => {
    const device = start();
    const before = installedOn(device);
    const render = blocksOf(platform, way, scenario.certificates);
    await inSession(device, (terminal) => send(terminal, render('install', { comments: true }).text));
    expect(installedOn(device)).toEqual({ ...before, ...expectedOn(platform, way, scenario) });
    if (way === 'trustpool') return;
    await inSession(device, (terminal) => send(terminal, render('remove').text));
    expect(installedOn(device)).toEqual(before);
  });
});

test('it does not matter where a block is cut into pieces', async () => {
  const [{ certificates } = { certificates: [] }] = SCENARIOS.slice(2);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...DEVICES),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }),
      async ({ platform, start, ways: [way = 'prompt'] }, sizes) => {
        const device = start();
        const { text } = blocksOf(platform, way, certificates)('install');
        await inSession(device, (terminal) => terminal.paste(text, sizes));
        expect(device.installed).toHaveProperty('NEW');
      },
    ),
    { numRuns: process.env.SLOW === undefined ? 20 : 200 },
  );
});

test('the session shows what is typed, the prompts and the answers', async () => {
  const [device] = DEVICES;
  if (device === undefined) throw new Error('there is no device');
  const [{ certificates } = { certificates: [] }] = SCENARIOS;
  const { text } = blocksOf(device.platform, 'fingerprint', certificates)('install');
  const shown = await inSession(device.start(), (terminal) => terminal.typeLines(text));
  const [before = '', after = ''] = shown.split(/-----BEGIN.*-----END CERTIFICATE-----\r\n/s);
  expect(before.replace(/fingerprint .*/, 'fingerprint ...').split('\r\n')).toEqual([
    'Router#configure terminal',
    'Enter configuration commands, one per line.  End with CNTL/Z.',
    'Router(config)#crypto pki trustpoint NEW',
    'Router(ca-trustpoint)# enrollment terminal',
    'Router(ca-trustpoint)# revocation-check none',
    'Router(ca-trustpoint)# fingerprint ...',
    'Router(ca-trustpoint)# exit',
    'Router(config)#crypto pki authenticate NEW',
    '',
    'Enter the base 64 encoded CA certificate.',
    'End with a blank line or the word "quit" on a line by itself',
    '',
    '',
  ]);
  expect(after.split('\r\n').slice(-7)).toEqual([
    'Trustpoint CA certificate accepted.',
    '% Certificate successfully imported',
    'Router(config)#end',
    'Router#write memory',
    'Building configuration...',
    '[OK]',
    'Router#',
  ]);
});

test('a line end too many ends the certificate early', async () => {
  const device = new IosConsole('ios-xe-17');
  const { text } = blocksOf('ios-xe', 'fingerprint', [root])('install');
  const terminal = await server.open(device);
  terminal.paste(text.replaceAll('\n', '\r\n'));
  await terminal.close();
  expect(device.installed.NEW).toEqual([]);
  expect(device.invalid.length).toBeGreaterThan(5);
});

/** A session of one device that ends with nothing refused, at the exec prompt, all saved. */
async function inSession(device: Console, use: (terminal: Terminal) => unknown): Promise<string> {
  sessions += 1;
  const terminal = await server.open(device);
  await use(terminal);
  await terminal.close();
  const { invalid, failures, atExec, saved, prompt } = device;
  expect({ invalid, failures, atExec, saved }).toEqual({ invalid: [], failures: [], atExec: true, saved: true });
  expect(terminal.received.endsWith(prompt)).toBe(true);
  return terminal.received;
}
