import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { anchorctl } from '../support/cli.ts';

// Nothing that these calls name is there: whoever opened an input, a keystore or the file of the password would say that first.
const folder = mkdtempSync(join(tmpdir(), 'anchorctl-usage-'));
afterAll(() => rmSync(folder, { recursive: true }));
const absent = (name: string) => join(folder, name);

const [INPUT, OTHER] = [absent('root.pem'), absent('other.pem')];
const PASSWORD = ['--storepass-file', absent('password')];
const IOS = ['snippet', INPUT, '--platform', 'ios', '--trustpoint', 'CA', ...PASSWORD];
const NXOS = ['snippet', INPUT, '--platform', 'nxos', '--trustpoint', 'CA', ...PASSWORD];

const cases: readonly { readonly call: readonly string[]; readonly code: string }[] = [
  { call: [...IOS, '--stage', 'add'], code: 'usage/conflict' },
  { call: [...IOS, '--out', '-'], code: 'usage/bad-value' },
  { call: [...IOS, '--starttls', 'smtp'], code: 'usage/conflict' },
  { call: [...IOS, '--revocation-check', 'maybe'], code: 'usage/bad-value' },
  { call: [...IOS, '--style', 'trustpool', '--vrf', 'MGMT'], code: 'device/unsupported-setting' },
  { call: [...IOS, '--style', 'trustpool', '--action', 'remove'], code: 'device/unsupported-action' },
  { call: [...IOS, '--replace', 'OLD', '--stage', 'add', '--style', 'trustpool'], code: 'usage/conflict' },
  { call: [...IOS, '--replace', 'OLD', '--stage', 'add', '--vrf', '?'], code: 'usage/bad-value' },
  { call: [...NXOS, '--style', 'hex'], code: 'device/unsupported-style' },
  { call: [...NXOS, '--accept', 'fingerprint'], code: 'device/unsupported-accept' },
  { call: ['snippet', INPUT, '--platform', 'junos', '--trustpoint', 'CA', '--config', OTHER], code: 'usage/conflict' },
  { call: ['snippet', INPUT, '--platform', 'vax', '--trustpoint', 'CA'], code: 'device/unknown-platform' },
];

test.each(cases)('$code, before anything is opened: $call', async ({ call, code }) => {
  const { status, stdout, stderr } = await anchorctl(call, { answers: [] });
  expect([status, stdout, /(?:\[|"code": ")([a-z]+\/[a-z-]+)/.exec(stderr)?.[1]]).toEqual([2, '', code]);
});
