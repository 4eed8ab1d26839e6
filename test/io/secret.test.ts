import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PasswordOptions, readOtherPassword, readStorePassword } from '../../src/io/secret.ts';
import { temporaryFolder } from '../rotation/run-fixture.ts';
import { NO_PIPES_AND_DEVICES } from '../support/platform.ts';

const SECRET = 'Tést123%';
/** What Node.js makes of the same password in Latin-1. */
const REPLACED = 'T\ufffdst123%';

let root: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  root = temporaryFolder();
});
afterAll(() => root.remove());

function passwordFile(content: string | Uint8Array): string {
  const path = join(root.path, 'password');
  writeFileSync(path, content);
  return path;
}

const nothing = { env: {}, prompt: null };
const ask = async () => 'typed';

describe('the password comes from', () => {
  test.each<{ name: string; options: PasswordOptions; env: Record<string, string>; password: string | null }>([
    {
      name: 'the variable named',
      options: { storepassEnv: 'PW' },
      env: { PW: SECRET, ANCHORCTL_STOREPASS: 'no' },
      password: SECRET,
    },
    { name: 'an empty variable named', options: { storepassEnv: 'PW' }, env: { PW: '' }, password: '' },
    { name: 'the command line', options: { storepass: SECRET }, env: { ANCHORCTL_STOREPASS: 'no' }, password: SECRET },
    { name: 'ANCHORCTL_STOREPASS', options: {}, env: { ANCHORCTL_STOREPASS: SECRET }, password: SECRET },
    { name: 'the prompt', options: {}, env: {}, password: 'typed' },
    {
      name: 'the prompt where ANCHORCTL_STOREPASS is empty',
      options: {},
      env: { ANCHORCTL_STOREPASS: '' },
      password: 'typed',
    },
  ])('$name', async ({ options, env, password }) => {
    expect((await readStorePassword(options, { env, prompt: ask })).password).toBe(password);
  });

  test('nowhere', async () => {
    expect(await readStorePassword({}, nothing)).toEqual({ password: null, warnings: [] });
  });

  test.each([
    { name: 'a file without line end', content: SECRET },
    { name: 'a file of Unix', content: `${SECRET}\n` },
    { name: 'a file of Windows', content: `${SECRET}\r\n` },
    { name: 'the first line', content: `${SECRET}\nsecond\n` },
    {
      name: 'the first line before others that are Latin-1',
      content: Buffer.concat([Buffer.from(`${SECRET}\n`), Buffer.from('f\xfcr gw\n', 'latin1')]),
    },
    {
      name: 'the first line before others of which half a character is read',
      content: `${SECRET}\n`.padEnd(64 * 1024 - 2, 'x').concat('\u00e9'),
    },
    { name: 'a file with a byte order mark', content: `\ufeff${SECRET}\r\n` },
    { name: 'a file made by PowerShell', content: Buffer.from(`\ufeff${SECRET}\r\n`, 'utf16le') },
  ])('$name', async ({ content }) => {
    const options = { storepassFile: passwordFile(content) };
    expect(await readStorePassword(options, nothing)).toEqual({ password: SECRET, warnings: [] });
  });

  test.skipIf(NO_PIPES_AND_DEVICES)('a pipe', async () => {
    const pipe = join(root.path, 'pipe');
    spawnSync('mkfifo', [pipe]);
    const script = `printf '%s\\n' '${SECRET}' > '${pipe}' &`;
    spawnSync('sh', ['-c', script], { stdio: 'ignore' });
    expect((await readStorePassword({ storepassFile: pipe }, nothing)).password).toBe(SECRET);
  });

  test('a line with blanks, which belong to it', async () => {
    const options = { storepassFile: passwordFile('  two words \n') };
    expect((await readStorePassword(options, nothing)).password).toBe('  two words ');
  });
});

test('a password on the command line brings a warning, which does not hold it', async () => {
  const { warnings } = await readStorePassword({ storepass: SECRET }, nothing);
  expect(warnings).toEqual([expect.stringContaining('other users of this machine can see')]);
  expect(warnings.join()).not.toContain(SECRET);
});

describe('refused, without the password in the message', () => {
  test.each<{ name: string; options: () => PasswordOptions; code: string; message: string }>([
    {
      name: 'a variable that is not set',
      options: () => ({ storepassEnv: 'GATEWAY_PW' }),
      code: 'usage/bad-value',
      message: 'the environment variable GATEWAY_PW of --storepass-env is not set',
    },
    {
      name: 'the password in the place of the name',
      options: () => ({ storepassEnv: SECRET }),
      code: 'usage/bad-value',
      message: 'the environment variable of --storepass-env is not set',
    },
    {
      name: 'two ways',
      options: () => ({ storepass: SECRET, storepassEnv: 'PW' }),
      code: 'usage/conflict',
      message: 'the password is given in several ways',
    },
    {
      name: 'a file that is missing',
      options: () => ({ storepassFile: join(root.path, 'no') }),
      code: 'input/not-found',
      message: 'there is no such file or folder',
    },
    {
      name: 'a folder',
      options: () => ({ storepassFile: root.path }),
      code: 'input/not-readable',
      message: 'cannot be read: it is a folder, a file was expected',
    },
    {
      name: 'a file with an empty first line',
      options: () => ({ storepassFile: passwordFile(`\n${SECRET}`) }),
      code: 'input/empty',
      message: 'the first line of the password file is empty',
    },
    {
      name: 'a file that is no text',
      options: () => ({ storepassFile: passwordFile(Uint8Array.of(0xc3, 0x28)) }),
      code: 'input/not-readable',
      message: 'the password file is no UTF-8 text',
    },
    {
      name: 'a variable with bytes that are no UTF-8',
      options: () => ({ storepassEnv: 'LATIN1' }),
      code: 'input/not-readable',
      message: 'the password of --storepass-env is no UTF-8 text, or holds U+FFFD',
    },
    {
      name: 'a command line with such bytes',
      options: () => ({ storepass: REPLACED }),
      code: 'input/not-readable',
      message: 'the password of --storepass is no UTF-8 text, or holds U+FFFD',
    },
  ])('$name', async ({ options, code, message }) => {
    const work = readStorePassword(options(), { env: { PW: SECRET, LATIN1: REPLACED }, prompt: ask });
    await expect(work).rejects.toMatchObject({ code, message, hint: expect.any(String) });
    await expect(work).rejects.not.toMatchObject({ message: expect.stringContaining(SECRET) });
  });
});

test('ANCHORCTL_STOREPASS with bytes that are no UTF-8 is refused', async () => {
  const work = readStorePassword({}, { env: { ANCHORCTL_STOREPASS: REPLACED }, prompt: ask });
  await expect(work).rejects.toMatchObject({ code: 'input/not-readable' });
});

describe('another password than that of the keystore', () => {
  const source = { name: 'new-storepass', variable: undefined, file: undefined, fallback: 'FALLBACK' };

  test('comes from its own variable, file or fallback', () => {
    const env = { PW: SECRET, FALLBACK: 'other', ANCHORCTL_STOREPASS: 'never' };
    expect(readOtherPassword({ ...source, variable: 'PW' }, env)).toBe(SECRET);
    expect(readOtherPassword({ ...source, file: passwordFile(`${SECRET}\nmore`) }, env)).toBe(SECRET);
    expect(readOtherPassword(source, env)).toBe('other');
    expect(readOtherPassword(source, { FALLBACK: '' })).toBeNull();
    expect(readOtherPassword({ ...source, fallback: null }, env)).toBeNull();
  });

  test('is refused where its bytes are no UTF-8', () => {
    const refused = expect.objectContaining({ code: 'input/not-readable' });
    expect(() => readOtherPassword({ ...source, variable: 'PW' }, { PW: REPLACED })).toThrow(refused);
    expect(() => readOtherPassword(source, { FALLBACK: REPLACED })).toThrow(refused);
  });

  test('comes in one way only', () => {
    const both = { ...source, variable: 'PW', file: 'f' };
    expect(() => readOtherPassword(both, { PW: SECRET })).toThrow(
      expect.objectContaining({ code: 'usage/conflict', hint: expect.stringContaining('--new-storepass-file') }),
    );
  });

  test('names the option whose variable is not set, never its value', () => {
    expect(() => readOtherPassword({ ...source, variable: SECRET }, {})).toThrow(
      'the environment variable of --new-storepass-env is not set',
    );
  });
});
