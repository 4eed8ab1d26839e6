/** The file of a policy: what is read of it, where errors are, and that the published schema says the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DISTRUSTS, EXCUSABLE_CODES } from '../../src/check/policy.ts';
import { decodePolicy, MAX_POLICY_BYTES } from '../../src/check/policy-file.ts';
import { TrustError } from '../../src/errors.ts';
import { policyOf } from '../support/policies.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCHEMA = JSON.parse(readFileSync(join(ROOT, 'docs/anchorctl.schema.json'), 'utf8'));
const isValid = new Ajv2020({ strictRequired: false, allowUnionTypes: true }).compile(SCHEMA);

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

/** Errors as `line:column message`. */
function errorsOf(text: string | Uint8Array): readonly string[] {
  const { errors } = decodePolicy(typeof text === 'string' ? new TextEncoder().encode(text) : text, 'anchorctl.yaml');
  expect(errors.every((error) => error instanceof TrustError && error.code === 'policy/malformed')).toBe(true);
  expect(errors.every(({ at }) => at?.source === 'anchorctl.yaml')).toBe(true);
  return errors.map(({ at, message }) => `${at?.line}:${at?.column} ${message}`);
}

/** The examples of the documentation. */
const EXAMPLES = [...readFileSync(join(ROOT, 'docs/policy.md'), 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
  ([, text]) => text as string,
);

describe('a policy', () => {
  test('everything that it can say', () => {
    const text = `version: 1
thresholds:
  - { warn: 60, fail: 30% }
  - warn: 8w
    paths: [gateways/, '!gateways/lab/']
required:
  - sha256: ${'AA:'.repeat(31)}AA
    name: New Root
    from: 2026-12-01
    until: 2030-01-31
    paths: ['**/*.jks']
allowed:
  - sha256: ${A}
forbidden:
  - sha256: ${B}
    after: 2027-03-01
    name: Old Root
  - catalog: [no-trust, misissuance]
keys:
  - { rsa: 3072, ec: 256 }
ignore:
  - sha256: ${B}
    reason: the vendor mends it in January
    until: 2027-01-31
    codes: [expiry/expired]
`;
    const anchor = { name: null, from: null, until: null, paths: null };
    expect(policyOf(text)).toEqual({
      file: 'anchorctl.yaml',
      thresholds: [
        { line: 3, paths: null, warn: { milliseconds: 60 * 86_400_000 }, fail: { share: 0.3 } },
        { line: 4, paths: ['gateways/', '!gateways/lab/'], warn: { milliseconds: 56 * 86_400_000 }, fail: null },
      ],
      required: [
        { line: 7, paths: ['**/*.jks'], sha256: A, name: 'New Root', from: '2026-12-01', until: '2030-01-31' },
      ],
      allowed: [{ line: 13, ...anchor, sha256: A }],
      forbidden: [
        { line: 15, paths: null, sha256: B, catalog: [], name: 'Old Root', after: '2027-03-01' },
        { line: 18, paths: null, sha256: null, catalog: ['no-trust', 'misissuance'], name: null, after: null },
      ],
      keys: [{ line: 20, paths: null, rsa: 3072, ec: 256 }],
      ignore: [
        {
          line: 22,
          paths: null,
          sha256: B,
          reason: 'the vendor mends it in January',
          until: '2027-01-31',
          codes: ['expiry/expired'],
        },
      ],
    });
    expect(isValid(parse(text))).toBe(true);
  });

  test('a byte order mark, CR LF and aliases are nothing special', () => {
    const text = `\ufeffversion: 1\r\nallowed:\r\n  - sha256: ${A}\r\n    paths: &gateways [gateways/]\r\n  - sha256: ${B}\r\n    paths: *gateways\r\n`;
    expect(policyOf(text).allowed.map(({ paths, line }) => [paths, line])).toEqual([
      [['gateways/'], 3],
      [['gateways/'], 5],
    ]);
  });

  test('a fingerprint is never taken for a number', () => {
    const digits = `${'1'.repeat(30)}e${'1'.repeat(33)}`;
    expect(policyOf(`version: 1\nallowed:\n  - sha256: ${digits}\n`).allowed[0]?.sha256).toBe(digits);
  });

  test.each(EXAMPLES.map((text, index) => [index + 1, text] as const))('example %d of the page', (_number, text) => {
    expect(policyOf(text).file).toBe('anchorctl.yaml');
    expect(isValid(parse(text)), JSON.stringify(isValid.errors)).toBe(true);
  });

  test('the page has examples', () => {
    expect(EXAMPLES.length).toBeGreaterThan(2);
  });
});

const entry = (section: string, fields: string) => `version: 1\n${section}:\n  - ${fields}\n`;

describe('what is wrong is said with line and column, and refused by the schema too', () => {
  test.each([
    ['', '1:1 the file is empty'],
    ['- 1\n', '1:1 the file is a list, a mapping with version, thresholds'],
    ['keys: []\n', '1:1 version is missing in the file'],
    ['version: 2\n', '1:10 "version" is "2", 1 was expected'],
    ['version: "1"\n', '1:10 "version" is "1", 1 was expected'],
    ['version: 1\nrequire: []\n', '2:1 there is no key "require" here'],
    ['version: 1\nkeys:\n', '2:6 "keys" is empty, a list was expected'],
    ['version: 1\nkeys: { rsa: 2048 }\n', '2:7 "keys" is a mapping, a list was expected'],
    [entry('keys', '2048'), '3:5 an item of "keys" is "2048", a mapping with rsa, ec, paths was expected'],
    [entry('keys', 'paths: [a]'), '3:5 rsa or ec is missing in an item of "keys"'],
    [entry('keys', 'rsa: "2048"'), '3:10 "rsa" is "2048", a whole number from 1 to 16384 was expected'],
    [entry('keys', 'rsa: 99999'), '3:10 "rsa" is "99999", a whole number'],
    [entry('keys', 'ec: 25.6'), '3:9 "ec" is "25.6", a whole number'],
    [entry('keys', '{ rsa: 2048, paths: gateways/ }'), '3:25 "paths" is "gateways/", a list was expected'],
    [entry('keys', '{ rsa: 2048, paths: [] }'), '3:25 "paths" is an empty list'],
    [entry('keys', "{ rsa: 2048, paths: ['!a'] }"), '3:25 every pattern takes something out'],
    [entry('keys', "{ rsa: 2048, paths: ['C:/keys'] }"), '3:26 "C:/keys" begins at the top of the file system'],
    [entry('keys', '{ rsa: 2048, paths: [/etc/ssl] }'), '3:26 "/etc/ssl" begins at the top of the file system'],
    [entry('keys', "{ rsa: 2048, paths: ['a\\b'] }"), '3:26 "a\\b" has a backslash'],
    [entry('keys', "{ rsa: 2048, paths: [''] }"), '3:26 an item of "paths" is empty, text was expected'],
    [entry('keys', '{ rsa: 2048, paths: [[a]] }'), '3:26 an item of "paths" is a list, text was expected'],
    [entry('thresholds', 'paths: [a]'), '3:5 warn or fail is missing'],
    [entry('thresholds', 'warn: soon'), '3:11 "soon" is not a time that can be left'],
    [entry('thresholds', 'fail: -1'), '3:11 "-1" is not a time that can be left'],
    [entry('required', `sha256: ${A}`), '3:5 paths is missing in an item of "required"'],
    [entry('required', 'paths: [a]'), '3:5 sha256 is missing in an item of "required"'],
    [entry('allowed', `sha256: ${A}a`), '3:13 "sha256" is "aaaa'],
    [entry('allowed', `sha256: ${'z'.repeat(64)}`), '3:13 "sha256" is "zzzz'],
    [entry('allowed', `{ sha256: ${A}, from: tomorrow }`), '3:87 "from" is "tomorrow", a day such as 2026-12-01 was'],
    [entry('allowed', `{ sha256: ${A}, from: 2026-12-01T00:00:00Z }`), '3:87 "from" is "2026-12-01T00:00:00Z", a day'],
    [entry('allowed', `{ sha256: ${A}, from: 2026-13-01 }`), '3:87 "from" is "2026-13-01", a day'],
    [entry('allowed', `{ sha256: ${A}, from: }`), '3:87 "from" is empty, a day'],
    [entry('allowed', `{ sha256: ${A}, name: "" }`), '3:87 "name" is empty, text was expected'],
    [entry('allowed', `{ sha256: ${A}, name: ${'n'.repeat(201)} }`), '3:87 "name" has 201 characters, at most 200'],
    [entry('allowed', `{ sha256: ${A}, until: 2027-01-01, after: 2027-01-01 }`), 'there is no key "after" here'],
    [entry('forbidden', 'after: 2027-01-01'), '3:5 sha256 or catalog is missing'],
    [
      entry('forbidden', `{ sha256: ${A}, catalog: [removed] }`),
      '3:90 sha256 and catalog are both there in an item of "forbidden"',
    ],
    [entry('forbidden', 'catalog: [bad]'), '3:15 an item of "catalog" is "bad", one of distrust-after, email-only'],
    [entry('forbidden', 'catalog: []'), '3:14 "catalog" is an empty list'],
    [entry('ignore', `{ sha256: ${A}, until: 2027-01-01 }`), '3:5 reason is missing in an item of "ignore"'],
    [entry('ignore', `{ sha256: ${A}, reason: x }`), '3:5 until is missing in an item of "ignore"'],
    [entry('ignore', `{ sha256: ${A}, reason: x, until: never }`), '"until" is "never", a day'],
    [
      entry('ignore', `{ sha256: ${A}, reason: x, until: 2027-01-01, codes: [policy/ignored] }`),
      'an item of "codes" is "policy/ignored", one of certificate/defect, expiry/critical',
    ],
  ])('%j', (text, expected) => {
    const [first] = errorsOf(text);
    expect(first).toContain(expected);
    expect(isValid(parse(text))).toBe(false);
  });

  test.each([
    [entry('allowed', `{ sha256: ${A}, from: 2027-02-29 }`), '3:87 "from" is "2027-02-29", a day'],
    [entry('allowed', `{ sha256: ${A}, from: 2027-02-02, until: 2027-02-01 }`), 'until 2027-02-01 ends before from'],
    [entry('thresholds', 'warn: 101%'), '3:11 "101%" is not a time that can be left'],
    [entry('thresholds', 'warn: 36501d'), '3:11 "36501d" is not a time that can be left'],
    [entry('allowed', `{ sha256: ${A}, name: "a\\u202eb" }`), '3:87 "name" has a character that does not print'],
    [entry('keys', `{ rsa: 1, paths: ['${'{a,b}'.repeat(7)}'] }`), 'has more than 64 alternatives'],
    [entry('allowed', `{ sha256: ${A}, name: "  " }`), '3:87 "name" is "  ", text was expected'],
  ])('what a schema cannot say: %j', (text, expected) => {
    expect(errorsOf(text)[0]).toContain(expected);
  });

  test('a number in quotes, with what to do', () => {
    const { errors } = decodePolicy(Buffer.from('version: "1"\nkeys: [{ rsa: "2048", ec: 25.6 }]\n'), 'policy.yaml');
    expect(errors.map(({ hint }) => hint)).toEqual(['leave the quotes out', 'leave the quotes out', undefined]);
  });

  test('all errors at once, in the order of the file', () => {
    const text = `version: 1\nkey: []\nthresholds:\n  - warn: soon\n    fial: 3d\nkeys:\n  - rsa: big\n`;
    expect(errorsOf(text)).toEqual([
      '2:1 there is no key "key" here',
      '4:11 "soon" is not a time that can be left',
      '5:5 there is no key "fial" here',
      '7:10 "rsa" is "big", a whole number from 1 to 16384 was expected',
    ]);
    const { errors } = decodePolicy(new TextEncoder().encode(text), 'p');
    expect(errors.map(({ hint }) => hint)).toEqual([
      'did you mean "keys"?',
      'write days, hours, weeks or a share: 60d, 36h, 8w, 30%',
      'did you mean "fail"?',
      undefined,
    ]);
  });

  test.each([
    entry('ignore', `{ sha256: ${A}, reason: 4711, until: 2027-01-01 }`),
    entry('allowed', `{ sha256: ${A}, name: true }`),
    entry('keys', '{ rsa: 2048, paths: [2026, 1.5] }'),
    entry('keys', "{ rsa: 2048, paths: [a, '!!b', '!'] }"),
  ])('words without quotes are words for the schema too: %j', (text) => {
    expect(errorsOf(text)).toEqual([]);
    expect(isValid(parse(text)), JSON.stringify(isValid.errors)).toBe(true);
  });

  test.each(['/a', '!/a', 'C:/a', '!c:/a'])('the schema refuses the path %j beside others', (path) => {
    const text = entry('keys', `{ rsa: 2048, paths: [b, '${path}'] }`);
    expect(errorsOf(text)[0]).toContain('begins at the top of the file system');
    expect(isValid(parse(text))).toBe(false);
  });

  test.each(['.', './', 'a/./b', 'a//b', 'a/../b', '..', '../..', '!a//b', 'b.zip!/./a', 'tls://a//b'])(
    'the path %j, which would fit none',
    (path) => {
      expect(errorsOf(entry('keys', `{ rsa: 2048, paths: [b, '${path}'] }`))).toEqual([
        expect.stringContaining(`"${path}" has a step that is in no path`),
      ]);
    },
  );

  test.each(['./a', '././a/', '../', '../../a', '../**/b', '.a/..b/c.', 'tls://a:1', '!./a', '!../a', '...', '-'])(
    'the path %j, which may fit one',
    (path) => {
      expect(errorsOf(entry('keys', `{ rsa: 2048, paths: [b, '${path}'] }`))).toEqual([]);
    },
  );

  test('the schema lists what the reader knows', () => {
    const { forbidden, ignore } = SCHEMA.properties;
    expect(forbidden.items.properties.catalog.items.enum).toEqual(DISTRUSTS);
    expect(ignore.items.properties.codes.items.enum).toEqual(EXCUSABLE_CODES);
  });
});

describe('hostile files', () => {
  test.each([
    ['tabs', 'version: 1\nkeys:\n\t- rsa: 2048\n', 'no YAML: tabs are not allowed as indentation'],
    ['a key twice', 'version: 1\nkeys: []\nkeys: []\n', '3:1 "keys" is there twice'],
    ['a merge key', `version: 1\nkeys:\n  - <<: { rsa: 1 }\n    ec: 1\n`, '3:5 there is no key "<<" here'],
    ['two documents', 'version: 1\n---\nversion: 1\n', '2:1 there is a second document'],
    ['a tag', 'version: 1\nkeys: !!js/function "x"\n', 'no YAML: unresolved tag'],
    ['a key that is a list', '? [version]\n: 1\n', 'no YAML: '],
    ['an alias without an anchor', 'version: 1\nkeys: *nothing\n', '2:7 there is no anchor "&nothing" above'],
    ['an alias of itself', 'version: 1\nkeys: &a [*a]\n', '2:11 an item of "keys" is a list'],
    ['a thousand entries too many', `version: 1\nkeys:\n${'  - rsa: 1\n'.repeat(2001)}`, '3:3 "keys" has 2001 entries'],
    ['deep nesting', `version: 1\nkeys: ${'['.repeat(20_000)}`, 'it is nested too deep'],
    ['a binary file', '\u0000\u0001\u0002'.repeat(50), '1:1 the file is text of 150 characters, a mapping'],
    [
      'a private key',
      `-----BEGIN PRIVATE KEY-----\n${'AAAA'.repeat(16)}\n`,
      '1:1 the file is text of 92 characters, a mapping',
    ],
  ])('%s', (_what, text, expected) => {
    expect(errorsOf(text)[0]).toContain(expected);
  });

  test('a billion laughs are not laughed', () => {
    const levels = Array.from({ length: 9 }, (_, index) =>
      index === 0
        ? 'a0: &a0 [x, x]'
        : `a${index}: &a${index} [${Array(10)
            .fill(`*a${index - 1}`)
            .join(', ')}]`,
    );
    expect(errorsOf(`version: 1\n${levels.join('\n')}\nkeys: *a8\n`)[0]).toContain('there is no key "a0" here');
    const many = `version: 1\nkeys: [${Array(300).fill('&k { rsa: 1 }').slice(0, 1).join('')}${', *k'.repeat(300)}]\n`;
    expect(errorsOf(many)).toEqual([expect.stringContaining('more than 200 aliases')]);
  });

  test('a file that is too large or no text is not parsed', () => {
    expect(errorsOf(new Uint8Array(MAX_POLICY_BYTES + 1))[0]).toContain(`it has ${MAX_POLICY_BYTES + 1} bytes`);
    expect(errorsOf(Uint8Array.of(0xff, 0xfe, 0x41))[0]).toContain('it is not text in UTF-8');
  });

  test('of thousands of errors the first are said', () => {
    expect(errorsOf(`version: 1\nkeys:\n${'  - rsa: x\n'.repeat(1500)}`)).toHaveLength(25);
  });
});
