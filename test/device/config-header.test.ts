import { expect, test } from 'vitest';
import { findHeader } from '../../src/device/config-header.ts';

test.each<[string, string, readonly string[] | null, number]>([
  ['ASA', ': Saved\n:\nASA Version 9.16(4)\n!\nhostname fw\n', ['asa'], 3],
  ['NX-OS', '\n!Command: show running-config\n!Time: x\n\nversion 9.3(5) Bios:version 05.47\n', ['nxos'], 2],
  ['NX-OS from RANCID', '!RANCID-CONTENT-TYPE: cisco-nx\n!\nversion 9.3(5) Bios:version 05.47\n', ['nxos'], 1],
  ['IOS XR', 'Building configuration...\n!! IOS XR Configuration 7.5.2\n', ['ios-xr'], 2],
  ['IOS XR from RANCID', '!RANCID-CONTENT-TYPE: cisco-xr\n!\nhostname xr1\n', ['ios-xr'], 1],
  ['IOS', 'Building configuration...\n\nCurrent configuration : 4104 bytes\n!\nversion 15.2\n', ['ios-xe', 'ios'], 5],
  ['IOS XE with CR LF, indented', '  hostname r1\r\n  version 17.9\r\n', ['ios-xe', 'ios'], 2],
  [
    'IOS XE 26.x',
    'Current configuration : 4104 bytes\n!\nversion 26.1\nservice timestamps log\n',
    ['ios-xe', 'ios'],
    3,
  ],
  ['NX-OS of which the first lines are gone', 'version 10.2(3) Bios:version 05.47\nhostname sw\n', null, 0],
  ['another version', 'version 12.1X46-D20.5;\nsystem {\n', null, 0],
  ['Junos', 'version 22.4R3.25;\nsystem {\n', null, 0],
  ['a version in the middle of a line', 'description version 15.2\n', null, 0],
  ['a header below much else', `${'! x\n'.repeat(2000)}ASA Version 9.16(4)\n`, null, 0],
  ['nothing', '', null, 0],
])('%s', (_name, text, platforms, line) => {
  const header = findHeader(text);
  expect(header?.platforms ?? null).toEqual(platforms);
  expect(header?.line ?? 0).toBe(line);
});
