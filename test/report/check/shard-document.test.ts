/** The document of a shard, sound and hostile. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_THRESHOLDS } from '../../../src/check/expiry.ts';
import { PolicyCheck } from '../../../src/check/policy-check.ts';
import { parseShard, type ShardRecord, ShardRecorder } from '../../../src/check/shard.ts';
import type { DescribedCertificate } from '../../../src/device/show-output.ts';
import { TrustError } from '../../../src/errors.ts';
import { parseShardDocument, toShardMembers } from '../../../src/report/check/shard-document.ts';
import { sourceOf } from '../../../src/x509/source.ts';
import { AT, issue } from '../../support/certificates.ts';
import { policyOf } from '../../support/policies.ts';

const root = issue();
const described: DescribedCertificate = {
  complete: false,
  usage: 'ca',
  subject: 'CN=Shown',
  issuer: null,
  serialNumber: '0509',
  notBefore: null,
  notAfter: new Date('9999-12-31T23:59:59Z'),
  sha1: null,
  md5: 'ab',
  subjectKeyIdentifier: null,
  trustpoints: ['one', 'two'],
  source: sourceOf('show.log', { line: 7, trustpoint: 'one' }),
};

const TEXT = 'version: 1 # \u202e\nkeys:\n  - { rsa: 2048, paths: [x-d!/x] }\n';
const toRelative = (input: string) => `x-${input}`;
const policyCheck = new PolicyCheck(policyOf(TEXT), { at: AT, defaults: DEFAULT_THRESHOLDS, given: {}, toRelative });

function recorded(): ShardRecord {
  const recorder = new ShardRecorder(parseShard('2/2'), policyCheck);
  for (const name of ['a', 'b', 'c', 'd']) recorder.takes(name);
  recorder.add({
    input: 'b',
    members: ['x', 'y'],
    attachments: ['z'],
    untrusted: [1],
    certificates: [root.certificate.withSource(sourceOf('b', { member: 'x', alias: '\u202e' })), root.certificate],
    described: [described],
    errors: [
      new TrustError('pem/bad-base64', 'a message', {
        hint: 'a hint',
        at: { source: 'b', line: 3, column: 2, offset: 0 },
      }),
      new TrustError('input/empty', 'another'),
    ],
  });
  recorder.passOver('d', ['x']);
  return recorder.record({
    version: '1.2.3-rc.1+x',
    catalog: '2026-11-01 0123456789abcdef',
    at: AT,
    given: { warn: { share: 0.3 }, fail: { milliseconds: 1000 } },
    policy: { file: 'anchorctl.yaml', text: TEXT, isCovered: true },
    only: 'ca',
    paths: ['a', 'b c'],
    allowEmpty: true,
    changedSince: null,
    reading: 'size=1',
  });
}

const documentOf = (record: ShardRecord): unknown =>
  JSON.parse(JSON.stringify({ schema: 'anchorctl/check/1', ...toShardMembers(record) }));
const sound = () => documentOf(recorded());
const parse = (document: unknown) => parseShardDocument(new TextEncoder().encode(JSON.stringify(document)), 's.json');

/** A sound document with another value at a place (`shardInputs.0.position`); undefined takes it out. */
function changed(path: string, value: unknown): unknown {
  const document = sound();
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const parent = steps.reduce((at, step) => (at as Record<string, unknown>)[step], document);
  Object.assign(parent as object, { [last]: value });
  return document;
}

test('what was recorded is read back', () => {
  const { inputs, ...rest } = parse(sound());
  const { inputs: before, ...same } = recorded();
  expect(rest).toEqual(same);
  const placesOf = (record: Pick<ShardRecord, 'inputs'>) =>
    record.inputs.map(({ certificates, errors, ...others }) => [others, certificates.length, errors.length]);
  expect(placesOf({ inputs })).toEqual(placesOf({ inputs: before }));
  expect(same.concerned).toEqual([{ position: 3, input: 'd', place: 'x-d', members: ['x'] }]);
  const facts = (record: ShardRecord) =>
    record.inputs.map(({ certificates, errors }) => [
      certificates.map(({ sha256, source }) => [sha256, source]),
      errors.map(({ code, message, hint, at }) => [code, message, hint, at]),
    ]);
  expect(facts(parse(sound()))).toEqual(facts(recorded()));
});

test('what a device printed is made printable again', () => {
  const record = recorded();
  const hostile = record.inputs.map((input) => ({
    ...input,
    described: input.described.map((one) => ({ ...one, subject: 'CN=\u001b[31m' })),
  }));
  const { inputs } = parse(documentOf({ ...record, inputs: hostile }));
  expect(inputs[0]?.described[0]?.subject).toBe('CN=\\u{1b}[31m');
});

describe('refused with its place', () => {
  const first = 'shardInputs.0';

  test.each<[string, unknown, string]>([
    ['schema', 'anchorctl/inspect/1', 'schema is none of anchorctl/check/1'],
    ['shard', undefined, 'shard is no object'],
    ['shard.index', 0, 'shard.index is no whole number from 1 to 2'],
    ['shard.index', 3, 'shard.index is no whole number from 1 to 2'],
    ['shard.count', 1e9, 'shard.count is no whole number from 1 to 10000'],
    ['shard.passedOver', 9e15, 'it has not as many inputs as it should'],
    ['shardInputs', [], 'it has not as many inputs as it should'],
    ['shardInputs', { length: 1 }, 'shardInputs is no list'],
    ['shardCertificates.0', '!', 'shardCertificates[0] is no certificate: '],
    ['shardCertificates.0', 'AAAA', 'shardCertificates[0] is no certificate: '],
    ['shardCertificates', [], 'shardInputs[0].certificates[0].certificate is the number of no certificate'],
    [`${first}.certificates.0.source`, 'b', 'shardInputs[0].certificates[0].source is no object'],
    ['shard.passedOver', 0, 'shard.passedOver is no whole number from 1 to'],
    ['shard.concerned.0.position', 1, 'the position of an input is not one of this shard, or out of order'],
    ['shard.concerned.0.input', 1, 'shard.concerned[0].input is no text'],
    ['shard.settings.policy.isCovered', 'yes', 'shard.settings.policy.isCovered is neither true nor false'],
    ['shard.settings.given.warn', '60d', 'shard.settings.given.warn is no object'],
    [`${first}.position`, 0, 'the position of an input is not one of this shard, or out of order'],
    [`${first}.position`, 5, 'the position of an input is not one of this shard, or out of order'],
    [`${first}.members`, ['x', 5], 'shardInputs[0].members[1] is no text'],
    [`${first}.untrusted`, [-1], 'shardInputs[0].untrusted[0] is no whole number from 0 to'],
    [`${first}.place`, 5, 'shardInputs[0].place is no text'],
    [`${first}.described.0.complete`, true, 'shardInputs[0].described[0] is complete'],
    [`${first}.described.0.usage`, 'none', 'shardInputs[0].described[0].usage is none of ca, self-signed, identity'],
    [`${first}.described.0.notAfter`, 'soon', 'shardInputs[0].described[0].notAfter is not of the form'],
    [`${first}.described.0.notAfter`, '2026-13-01T00:00:00Z', 'shardInputs[0].described[0].notAfter is no instant'],
    [`${first}.described.0.sha1`, '<script>', 'shardInputs[0].described[0].sha1 is not of the form'],
    [`${first}.described.0.source.line`, -1, 'shardInputs[0].described[0].source.line is no whole number'],
    [`${first}.errors`, {}, 'shardInputs[0].errors is no list'],
    [`${first}.errors.0.code`, 'constructor', 'shardInputs[0].errors[0].code is no code of an error'],
    [`${first}.errors.0.code`, 'expiry/expired', 'shardInputs[0].errors[0].code is no code of an error'],
    [`${first}.certificates`, [], 'what was read has changed since'],
    [`${first}.input`, 'z', 'what was read has changed since'],
    ['shard.sha256', undefined, 'shard.sha256 is no text'],
    [`${first}.errors.0.at.line`, 1.5, 'shardInputs[0].errors[0].at.line is no whole number'],
  ])('%s: %j', (path, value, message) => {
    expect(() => parse(changed(path, value))).toThrow(
      expect.objectContaining({
        code: 'shard/damaged',
        message: expect.stringContaining(`this is no document of check --shard: ${message}`),
        at: { source: 's.json' },
      }),
    );
  });

  test.each(['', '{', '\u{feff}', 'null', '[]', '['.repeat(200_000), new Uint8Array([0xff])])('no JSON', (text) => {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    expect(() => parseShardDocument(bytes, 's.json')).toThrow(expect.objectContaining({ code: 'shard/damaged' }));
  });
});

test('whatever is changed in what was read is refused, and in the settings it is read or refused', () => {
  const places = (value: unknown, path: readonly string[] = []): readonly string[] =>
    typeof value !== 'object' || value === null
      ? [path.join('.')]
      : [path.join('.'), ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, key]))];
  const all = places(sound()).filter((path) => path !== '');
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.jsonValue(), (path, value) => {
      const document = changed(path, value);
      const isRecord = path.startsWith('shard') && !/^shard\.settings\b/.test(path);
      if (isRecord && JSON.stringify(document) === JSON.stringify(sound())) return;
      try {
        parse(document);
        expect(isRecord).toBe(false);
      } catch (error) {
        expect(error).toBeInstanceOf(TrustError);
        expect(error).toMatchObject({ code: 'shard/damaged' });
        refused++;
      }
    }),
    { numRuns: process.env.SLOW ? 20_000 : 500 },
  );
  expect(refused).toBeGreaterThan(100);
});
