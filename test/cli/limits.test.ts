/** Whatever a limit keeps from being read, the error names an option that the same command has, and that has it read. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orRaise } from '../../src/encoding/unpack.ts';
import { HIGHEST_LIMITS, INPUT_LIMITS } from '../../src/input/limits.ts';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';

const root = issue({ subject: 'CN=Root', key: 'rsa2048' });
const other = issue({ subject: 'CN=Other', key: 'rsa2048' });
const password = ['--storepass-env', 'PW'];
const env = { PW: 'changeit' };

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-limits-'));
  const zip = zipSync({ 'a.cer': root.der, 'b.cer': other.der });
  writeFileSync(at('two.pem'), root.pem + other.pem);
  writeFileSync(at('two.zip'), zip);
  writeFileSync(at('nested.zip'), zipSync({ 'inner.zip': zip }));
  writeFileSync(at('large.zip'), zipSync({ 'a.pem': Buffer.from(`${root.pem}${'-\n'.repeat(1_000_000)}`) }));
  const create = ['keystore', 'create', at('trust.jks'), at('two.pem'), '--type', 'jks', ...password];
  const made = await anchorctl([...create, '--expect-sha256', root.certificate.sha256, '--skip-unfit'], { env });
  expect([made.status, made.stderr]).toEqual([0, expect.anything()]);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Each command that reads certificates of inputs, with an input. */
const COMMANDS: readonly [string, (input: string) => readonly string[]][] = [
  ['inspect', (input) => ['inspect', input]],
  ['validate', (input) => ['validate', input]],
  ['validate --anchors', (input) => ['validate', at('two.pem'), '--anchors', input]],
  ['check', (input) => ['check', input]],
  ['catalog match', (input) => ['catalog', 'match', input]],
  ['ledger', (input) => ['ledger', input, '--old', root.certificate.sha256, '--new', other.certificate.sha256]],
  ['ledger --old', (input) => ['ledger', at('trust.jks'), '--old', input, '--new', '0'.repeat(64), ...password]],
  ['repair', (input) => ['repair', input]],
  ['snippet', (input) => ['snippet', input, '--platform', 'ios', '--trustpoint', 'T', '--chain']],
  ['rotate', (input) => ['rotate', input, '--device', 'ios:T', '--out', at('run'), '--dry-run']],
  ['keystore add', (input) => ['keystore', 'add', at('trust.jks'), input, '--dry-run', ...password]],
  [
    'keystore create',
    (input) => ['keystore', 'create', at('new.jks'), input, '--type', 'jks', '--dry-run', ...password],
  ],
  [
    'keystore replace',
    (input) => [
      'keystore',
      'replace',
      at('trust.jks'),
      input,
      '--sha256',
      root.certificate.sha256,
      '--dry-run',
      ...password,
    ],
  ],
  [
    'keytool',
    (input) => [
      'keytool',
      '-importcert',
      '-keystore',
      at('trust.jks'),
      '-file',
      input,
      '-alias',
      'x',
      '-storepass:env',
      'PW',
      '--dry-run',
    ],
  ],
];

/** Each limit, so low that a file reaches it. */
const LIMITS: readonly [keyof typeof INPUT_LIMITS, string, string][] = [
  ['size', 'size=10', 'two.pem'],
  ['entries', 'entries=1', 'two.zip'],
  ['expansion', 'expansion=1', 'large.zip'],
  ['unpacked', 'unpacked=10', 'two.zip'],
  ['nesting', 'nesting=1', 'nested.zip'],
  ['certificates', 'certificates=1', 'two.pem'],
];

test('every limit is tried', () => {
  expect(LIMITS.map(([name]) => name).toSorted()).toEqual(Object.keys(INPUT_LIMITS).toSorted());
});

const IS_LIMIT = /input\/too-(?:large|many|deep)|archive\/too-(?:large|many)/;

describe.each(COMMANDS)('%s', (_name, command) => {
  test.each(LIMITS)('%s', async (name, low, file) => {
    let limit = low;
    let steps = 0;
    for (; steps < 40; steps++) {
      const { status, stdout, stderr } = await anchorctl([...command(at(file)), '--limit', limit], { env });
      if (!IS_LIMIT.test(stdout + stderr)) break;
      expect(status).not.toBe(0);
      const [, named] =
        new RegExp(`raise the limit: --limit (${name}=\\d+M?)`).exec((stdout + stderr).replace(/\s+/g, ' ')) ?? [];
      expect(named, stdout + stderr).toBeDefined();
      limit = named ?? '';
    }
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThan(40);
  });
});

test('a keystore with anchors may be as large as the raised limit says', async () => {
  const large = at('large.jks');
  writeFileSync(large, Uint8Array.of(0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2));
  truncateSync(large, INPUT_LIMITS.size + 1);
  const { stderr } = await anchorctl(['validate', at('two.pem'), '--anchors', large, '--limit', 'size=300M']);
  rmSync(large);
  expect(stderr).toContain('Java trusts nothing in this keystore');
});

test('nothing is said to raise what is at its highest', () => {
  expect(orRaise('size', HIGHEST_LIMITS.size / 2, 4, HIGHEST_LIMITS.size)).toBe(
    ', or raise the limit: --limit size=500M',
  );
  for (const highest of Object.values(HIGHEST_LIMITS)) expect(orRaise('size', highest, 2, highest)).toBe('');
});
