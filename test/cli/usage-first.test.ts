import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { anchorctl } from '../support/cli.ts';

// Nothing that these calls name is there: whoever opened an input, a keystore or the file of the password would say that first.
const folder = mkdtempSync(join(tmpdir(), 'anchorctl-usage-'));
afterAll(() => rmSync(folder, { recursive: true }));
const absent = (name: string) => join(folder, name);

const [INPUT, OTHER, STORE] = [absent('root.pem'), absent('other.pem'), absent('trust.jks')];
const PASSWORD = ['--storepass-file', absent('password')];
const DIGEST = '00'.repeat(32);
const IOS = ['snippet', INPUT, '--platform', 'ios', '--trustpoint', 'CA', ...PASSWORD];
const NXOS = ['snippet', INPUT, '--platform', 'nxos', '--trustpoint', 'CA', ...PASSWORD];

const cases: readonly { readonly call: readonly string[]; readonly code: string }[] = [
  { call: ['inspect', INPUT, '--pem', '--der', ...PASSWORD], code: 'usage/conflict' },
  { call: ['inspect', INPUT, '--pem', '--split', absent('out'), ...PASSWORD], code: 'usage/conflict' },
  { call: ['inspect', INPUT, '--der', '--format', 'ndjson', ...PASSWORD], code: 'usage/conflict' },
  { call: ['inspect', INPUT, '--der', '--json', ...PASSWORD], code: 'usage/conflict' },
  { call: ['inspect', INPUT, '--split', '-', ...PASSWORD], code: 'usage/bad-value' },
  { call: ['inspect', INPUT, '--split', '', ...PASSWORD], code: 'usage/bad-value' },
  { call: ['inspect', INPUT, '--limit', 'much', ...PASSWORD], code: 'usage/bad-value' },
  { call: ['inspect', INPUT, '--starttls', 'smtp', ...PASSWORD], code: 'usage/conflict' },
  { call: ['validate', INPUT, '--as', 'anchor', '--host', 'gw', ...PASSWORD], code: 'usage/conflict' },
  { call: ['validate', INPUT, '--servername', 'gw', ...PASSWORD], code: 'usage/conflict' },
  { call: ['validate', INPUT, '--expect-sha256', 'beef', ...PASSWORD], code: 'usage/bad-value' },
  { call: ['check', INPUT, '--limit', 'much', ...PASSWORD], code: 'usage/bad-value' },
  { call: ['check', INPUT, '--starttls', 'smtp', '--policy', absent('policy.yaml')], code: 'usage/conflict' },
  { call: ['check', INPUT, '--merge', '--only', 'ca'], code: 'usage/conflict' },
  { call: ['check', INPUT, '--output', 'junit', ...PASSWORD], code: 'usage/bad-value' },
  { call: ['catalog', 'match', INPUT, '--starttls', 'smtp', ...PASSWORD], code: 'usage/conflict' },
  { call: ['catalog', 'show', 'nobody', '--pem', '--der'], code: 'usage/conflict' },
  { call: ['catalog', 'update', '--from', INPUT, '--out', '-'], code: 'usage/bad-value' },
  { call: ['repair', INPUT, '--out', '-'], code: 'usage/bad-value' },
  { call: ['repair', INPUT, '--out', ''], code: 'usage/bad-value' },
  { call: ['ledger', INPUT, '--old', DIGEST, '--new', DIGEST, ...PASSWORD], code: 'usage/conflict' },
  { call: ['ledger', INPUT, '--old', OTHER, '--new', OTHER, '--limit', 'much', ...PASSWORD], code: 'usage/bad-value' },
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
  { call: ['keystore', 'add', STORE, INPUT, '--alias', '', ...PASSWORD], code: 'usage/bad-value' },
  { call: ['keystore', 'add', STORE, INPUT, '--expect-sha256', 'beef', ...PASSWORD], code: 'usage/bad-value' },
  { call: ['keystore', 'add', STORE, INPUT, '--starttls', 'smtp', ...PASSWORD], code: 'usage/conflict' },
  { call: ['keystore', 'remove', STORE, ...PASSWORD], code: 'usage/missing-argument' },
  { call: ['keystore', 'replace', STORE, INPUT, '--alias', 'a', '--sha256', DIGEST], code: 'usage/conflict' },
  {
    call: ['keystore', 'replace', STORE, INPUT, '--alias', 'a', '--limit', 'much', ...PASSWORD],
    code: 'usage/bad-value',
  },
  {
    call: ['keystore', 'create', STORE, INPUT, '--type', 'jks', '--starttls', 'smtp', ...PASSWORD],
    code: 'usage/conflict',
  },
  { call: ['keystore', 'create', STORE, INPUT, '--type', 'pem', '--compat', 'java8'], code: 'usage/conflict' },
  { call: ['keystore', 'convert', STORE, '-', '--type', 'pkcs12', ...PASSWORD], code: 'usage/bad-value' },
  {
    call: ['keystore', 'passwd', STORE, '--new-storepass-env', 'NEW', '--new-storepass-file', INPUT, ...PASSWORD],
    code: 'usage/conflict',
  },
  { call: ['rotate', INPUT, '--out', absent('run'), ...PASSWORD], code: 'usage/missing-argument' },
  {
    call: ['rotate', INPUT, '--keystore', STORE, '--out', absent('run'), '--starttls', 'smtp', ...PASSWORD],
    code: 'usage/conflict',
  },
  {
    call: ['rotate', INPUT, '--device', 'ios:CA', '--retire', 'old', '--out', absent('run'), ...PASSWORD],
    code: 'usage/conflict',
  },
];

test.each(cases)('$code, before anything is opened: $call', async ({ call, code }) => {
  const { status, stdout, stderr } = await anchorctl(call, { answers: [] });
  expect([status, stdout, /(?:\[|"code": ")([a-z]+\/[a-z-]+)/.exec(stderr)?.[1]]).toEqual([2, '', code]);
});
