import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEYTOOL_WORDS, parseKeytoolWords } from '../../src/cli/keytool-words.ts';
import { expectTrustError } from '../../src/errors.ts';

const LIST = { command: 'list', form: 'brief', alias: null, keystore: null, noprompt: false, json: false };

describe('words are taken as keytool takes them', () => {
  test.each([
    { words: '-list', expected: LIST },
    { words: '-LIST -V', expected: { command: 'list', form: 'verbose' } },
    { words: '-keystore a.jks -rfc -List', expected: { command: 'list', form: 'rfc', keystore: 'a.jks' } },
    { words: '--list --alias X', expected: { command: 'list', alias: 'X' } },
    { words: '-import -trustcacerts', expected: { command: 'importcert', alias: null, file: '-', noprompt: false } },
    {
      words: '-noprompt -file -x.pem -importcert',
      expected: { command: 'importcert', file: '-x.pem', noprompt: true },
    },
    { words: '-importcert -file /dev/stdin', expected: { file: '-' } },
    { words: '-delete -alias -list', expected: { command: 'delete', alias: '-list' } },
    { words: '-delete -alias a -rfc -v', expected: { command: 'delete' } },
    { words: '-list -storepass -v', expected: { storepass: '-v', form: 'brief' } },
    { words: '-list -storepass:env PW', expected: { storepass: undefined, storepassEnv: 'PW' } },
    { words: '-list -STOREPASS:File pw.txt', expected: { storepassEnv: undefined, storepassFile: 'pw.txt' } },
    { words: '-list -storepass:file C:\\pw.txt', expected: { storepassFile: 'C:\\pw.txt' } },
    { words: '-list --storepass-env PW', expected: { storepassEnv: 'PW' } },
    { words: '-list -deststoretype JCEKS -destkeystore k', expected: { keystore: 'k', types: ['jceks'] } },
    { words: '-list -storetype pkcs12', expected: { types: ['jks', 'pkcs12'] } },
    { words: '-importcert -keypass:env NOWHERE -J-Duser.language=de', expected: { command: 'importcert' } },
    { words: '-list -cacerts', expected: { cacerts: true, keystore: null } },
    {
      words: '-importcert --expect-sha256 aa --expect-sha256 @list --allow-expired --dry-run --json --quiet',
      expected: {
        expectSha256: ['aa', '@list'],
        'allow-expired': true,
        'allow-weak-key': false,
        dryRun: true,
        json: true,
        quiet: true,
        warnings: [],
      },
    },
    { words: '-list -dry-run -json -Quiet', expected: { dryRun: true, json: true, quiet: true } },
    { words: '-list --format json', expected: { json: true } },
    { words: '-list -format json --json', expected: { json: true } },
    { words: '-list --format text', expected: { json: false } },
    { words: '-importcert --at 2026-01-01', expected: { at: new Date('2026-01-01T00:00:00Z') } },
    {
      words: '-list -storepass a -storepass:env B -alias x -alias y',
      expected: {
        storepass: undefined,
        storepassEnv: 'B',
        alias: 'y',
        warnings: [
          '-alias is given more than once; the last one counts',
          '-storepass is given more than once; the last one counts',
        ],
      },
    },
  ])('$words', ({ words, expected }) => {
    expect(parseKeytoolWords(words.split(' '))).toMatchObject(expected);
  });

  test.each(['-help', '--help', '-h', '-?', '-list -HELP', '-importcert -alias a --help'])(
    '%s asks for help',
    (words) => {
      expect(parseKeytoolWords(words.split(' '))).toBeNull();
    },
  );

  // Debian calls the aliases of cacerts so, and scripts the files that they write them into.
  test.each(['debian:root.pem', 'C:\\root.pem', 'ca-2024:1'])('%s is the name of a file, not a URL', (file) => {
    expect(parseKeytoolWords(['-importcert', '-file', file])).toMatchObject({ file });
    expect(parseKeytoolWords(['-list', '-storepass:file', file])).toMatchObject({ storepassFile: file });
  });

  test('a word for help that is a value asks for none', () => {
    expect(parseKeytoolWords(['-list', '-alias', '-help'])).toMatchObject({ alias: '-help' });
  });
});

describe('what cannot be taken is a usage error that says what to do', () => {
  test.each([
    { words: '', code: 'usage/missing-argument', hint: /-importcert, -list or -delete/ },
    { words: '-alias x', code: 'usage/missing-argument', hint: /-importcert/ },
    { words: '-list -alias', code: 'usage/missing-argument', hint: /--help/ },
    { words: '-list -delete', code: 'usage/conflict', hint: /one/ },
    { words: '-list -list', code: 'usage/conflict', hint: /one/ },
    { words: '-list -v -rfc', code: 'usage/conflict', hint: /one/ },
    { words: '-list -cacerts -keystore x', code: 'usage/conflict', hint: /one/ },
    { words: '-list -cacerts -storetype JKS', code: 'usage/conflict', hint: /one/ },
    { words: '-list --json --format text', code: 'usage/conflict', hint: /one/ },
    { words: '-list --format xml', code: 'usage/bad-value', hint: /choose one of text, json/ },
    { words: '-list --format', code: 'usage/missing-argument', hint: /--help/ },
    { words: '-list -bogus', code: 'usage/unknown-option', hint: /--help/ },
    { words: '-list alias', code: 'usage/unknown-option', hint: /--help/ },
    { words: 'list', code: 'usage/unknown-option', hint: /--help/ },
    { words: '-', code: 'usage/unknown-option', hint: /--help/ },
    { words: '---list', code: 'usage/unknown-option', hint: /--help/ },
    { words: '-list -keystore:env PW', code: 'usage/unknown-option', hint: /-storepass:env/ },
    { words: '-list -storepass:url x', code: 'usage/unknown-option', hint: /-storepass:file/ },
    { words: '-list -storepass:file http://host/pw', code: 'usage/bad-value', hint: /fetch/ },
    { words: '-list -storepass:file file:/pw', code: 'usage/bad-value', hint: /fetch/ },
    { words: '-importcert -file tls://host:443', code: 'usage/bad-value', hint: /fetch/ },
    { words: '-importcert -file HTTPS:host', code: 'usage/bad-value', hint: /fetch/ },
    { words: '-list -storetype BKS', code: 'usage/bad-value', hint: /keytool itself/ },
    { words: '-list -storetype constructor', code: 'usage/bad-value', hint: /keytool itself/ },
    { words: '-list -protected', code: 'usage/unknown-option', hint: /keytool itself/ },
    { words: '-list -providername SUN', code: 'usage/unknown-option', hint: /leave it out/ },
    { words: '-conf x -list', code: 'usage/unknown-option', hint: /leave it out/ },
    { words: '-genkeypair -alias x', code: 'usage/unknown-command', hint: /keytool itself/ },
    { words: '-gencrl -alias x', code: 'usage/unknown-command', hint: /keytool itself/ },
    { words: '-importkeystore', code: 'usage/unknown-command', hint: /anchorctl keystore convert/ },
    { words: '-StorePasswd', code: 'usage/unknown-command', hint: /anchorctl keystore passwd/ },
    { words: '-exportcert -rfc', code: 'usage/unknown-command', hint: /anchorctl inspect/ },
    { words: '-importcert --at soon', code: 'usage/bad-value', hint: undefined },
  ])('$words', ({ words, code, hint }) => {
    expect(() => parseKeytoolWords(words === '' ? [] : words.split(' '))).toThrow(
      expect.objectContaining({ code, hint: hint === undefined ? undefined : expect.stringMatching(hint) }),
    );
  });
});

test.each([
  { words: '-list -keystore t.jks -storepass my S3cret', says: 'word 6 behind keytool' },
  { words: '-list -keystore -storepass S3cret', says: 'word 4 behind keytool' },
  { words: '-list -keypass -storepass S3cret', says: 'word 4 behind keytool' },
  { words: '-list -storepass my -S3cret', says: 'word 4 behind keytool' },
  { words: '-list -storepass=S3cret', says: '"-storepass=…"' },
  { words: '-list -storepass:S3cret', says: '"-storepass:…"' },
  { words: '-list -storepass:env:S3cret', says: '"-storepass:…"' },
  { words: '-list -bogus', says: '"-bogus"' },
])('no word that may be a password is named: $words', ({ words, says }) => {
  let message = '';
  try {
    parseKeytoolWords(words.split(' '));
  } catch (error) {
    message = expectTrustError(error).message;
  }
  expect(message).toContain(says);
  expect(message.toLowerCase()).not.toContain('s3cret');
});

test('whatever the words are, they are a call, a question for help or a usage error', () => {
  const word = fc.oneof(fc.constantFrom(...KEYTOOL_WORDS, '-storepass:env', '-J', '--', '-genkeypair'), fc.string());
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (words) => {
      try {
        expect(parseKeytoolWords(words) ?? { command: 'list' }).toHaveProperty('command');
      } catch (error) {
        expect(expectTrustError(error).exitStatus).toBe(2);
      }
    }),
    { numRuns: process.env.SLOW === undefined ? 300 : 30_000 },
  );
});

test('docs/keytool.md names every word', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/keytool.md'), 'utf8');
  for (const word of KEYTOOL_WORDS) expect(page).toContain(`\`${word}\``);
});
