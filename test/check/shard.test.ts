/** A check in parts: who reads what, and what can be put together. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_THRESHOLDS } from '../../src/check/expiry.ts';
import { PolicyCheck } from '../../src/check/policy-check.ts';
import {
  isRead,
  mergeShards,
  parseShard,
  type ShardRecord,
  ShardRecorder,
  type ShardSettings,
  shareOf,
} from '../../src/check/shard.ts';
import { TrustError } from '../../src/errors.ts';
import { AT } from '../support/certificates.ts';
import { policyOf } from '../support/policies.ts';

const settings: ShardSettings = {
  version: '1.0.0',
  catalog: '2026-11-01',
  at: AT,
  given: { warn: { share: 0.3 }, fail: { milliseconds: 1000 } },
  policy: null,
  only: null,
  paths: ['.'],
  allowEmpty: false,
  changedSince: null,
  reading: '',
};

const policy = { file: 'anchorctl.yaml', text: 'version: 1\n', isCovered: true };

/** What a shard records of inputs, of which those whose number is a multiple of three have no sign of a certificate. */
function recordOf(names: readonly string[], text: string, more: Partial<ShardSettings> = {}): ShardRecord {
  const recorder = new ShardRecorder(parseShard(text), null);
  for (const [index, input] of names.entries()) {
    if (!recorder.takes(input)) continue;
    if (index % 3 === 0) recorder.passOver(input);
    else recorder.add({ input, certificates: [], described: [], errors: [new TrustError('pem/damaged', input)] });
  }
  return recorder.record({ ...settings, ...more });
}

const merge = (...records: readonly ShardRecord[]) =>
  mergeShards(records.map((record, index) => ({ source: `${index}.json`, record })));

test.each(['0/3', '4/3', '3', '/3', '1/', '1/0', '-1/3', '1.5/3', '1/10001', 'a/b', '1/3/5', ''])(
  '%j is no shard',
  (text) => {
    expect(() => parseShard(text)).toThrow(expect.objectContaining({ code: 'usage/bad-value' }));
  },
);

test('every input is read by one shard, and shares differ by one at most', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (names, count) => {
      const shards = Array.from({ length: count }, (_, index) => ({ index: index + 1, count }));
      const records = shards.map(({ index }) => recordOf(names, `${index}/${count}`));
      const shares = shards.map((shard) => shareOf(shard, names.length));
      expect(records.map(({ inputs, passedOver }) => inputs.length + passedOver)).toEqual(shares);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      const merged = merge(...records.toReversed());
      expect(merged.inputs.map(({ input }) => input)).toEqual(names.filter((_, index) => index % 3 !== 0));
      expect(merged.inputs.every(isRead)).toBe(true);
      expect(merged.passedOver).toBe(Math.ceil(names.length / 3));
    }),
  );
});

const names = ['a', 'b', 'c'];

test.each<[string, ShardRecord]>([
  ['version of anchorctl', recordOf(names, '2/2', { version: '1.0.1' })],
  ['catalog of roots', recordOf(names, '2/2', { catalog: '2026-11-02' })],
  ['number of shards', recordOf(names, '2/3')],
  ['--at', recordOf(names, '2/2', { at: new Date(AT.getTime() + 1) })],
  ['--warn', recordOf(names, '2/2', { given: { ...settings.given, warn: { milliseconds: 0.3 } } })],
  ['--fail', recordOf(names, '2/2', { given: { warn: { share: 0.3 } } })],
  ['policy', recordOf(names, '2/2', { policy })],
  ['--only', recordOf(names, '2/2', { only: 'ca' })],
  ['--allow-empty', recordOf(names, '2/2', { allowEmpty: true })],
  ['list of paths', recordOf(names, '2/2', { paths: ['.', '.'] })],
  ['--changed-since', recordOf(names, '2/2', { changedSince: 'main' })],
  ['--limit, --starttls or --servername', recordOf(names, '2/2', { reading: 'smtp' })],
  ['set of files', recordOf(['a', 'b', 'd'], '2/2')],
  ['set of files', recordOf(['a', 'bc', ''], '2/2')],
])('a shard with another %s is refused', (what, other) => {
  expect(() => merge(recordOf(names, '1/2'), other)).toThrow(
    expect.objectContaining({
      code: 'shard/foreign',
      message: `the shard has another ${what} than that of 0.json`,
      at: { source: '1.json' },
    }),
  );
});

test.each<[string, Partial<typeof policy>]>([
  ['text', { text: 'version: 1 # other\n' }],
  ['name', { file: 'other.yaml' }],
  ['folder', { isCovered: false }],
])('a shard of a policy with another %s is refused', (_what, other) => {
  const first = recordOf(names, '1/2', { policy });
  expect(() => merge(first, recordOf(names, '2/2', { policy: { ...policy, ...other } }))).toThrow(
    expect.objectContaining({ code: 'shard/foreign', message: 'the shard has another policy than that of 0.json' }),
  );
  expect(merge(first, recordOf(names, '2/2', { policy })).settings.policy).toEqual(policy);
});

test('what is passed over is kept by name where an entry of the policy is for it', () => {
  const text = 'version: 1\nkeys:\n  - { rsa: 2048, paths: ["*.cfg"] }\n';
  const toRelative = (input: string) => input.replace('/srv/', '');
  const options = { at: AT, defaults: DEFAULT_THRESHOLDS, given: {}, toRelative };
  const recorder = new ShardRecorder(parseShard('2/2'), new PolicyCheck(policyOf(text), options));
  for (const input of ['/srv/a.txt', '/srv/b.txt', '/srv/c.cfg', '/srv/d.cfg']) {
    if (recorder.takes(input)) recorder.passOver(input);
  }
  expect(recorder.record(settings)).toMatchObject({
    passedOver: 2,
    concerned: [{ position: 3, input: '/srv/d.cfg', place: 'd.cfg' }],
    inputs: [],
  });
});

test('a shard that is there twice, or not at all, is named', () => {
  expect(() => merge(recordOf(names, '1/2'), recordOf(names, '1/2'))).toThrow(
    expect.objectContaining({ code: 'shard/twice', message: 'shard 1 of 2 is there twice, in 0.json as well' }),
  );
  expect(() => merge(recordOf(names, '2/9'))).toThrow(
    expect.objectContaining({
      code: 'shard/missing',
      message: 'of 9 shards number 1, 3, 4, 5, 6 and 3 more are missing',
    }),
  );
  expect(() => merge()).toThrow(expect.objectContaining({ code: 'shard/missing' }));
});
