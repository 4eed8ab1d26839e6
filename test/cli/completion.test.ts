/** What a shell is offered while a call is typed, and the scripts by which it asks. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { anchorctl } from '../support/cli.ts';
import { NO_BASH } from '../support/platform.ts';

const COMPLETE = '--get-yargs-completions';

/** What is offered for the last word of a call. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const { status, stdout, stderr } = await anchorctl([COMPLETE, 'anchorctl', ...words]);
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').slice(0, -1);
}

describe('offers', () => {
  const names = commands.map(({ usage }) => usage.split(' ')[0] as string);

  test.each([
    { typed: [], words: [...names, 'completion'] },
    { typed: [''], words: [...names, 'completion'] },
    { typed: ['ro'], words: ['rotate', 'rollback'] },
    { typed: ['-'], words: ['--help', '--version'] },
    { typed: ['keystore', 're'], words: ['remove', 'replace', 'repair'] },
    { typed: ['inspect', '--fo'], words: ['--format', '--force'] },
    { typed: ['inspect', 'a.pem', '--force', '--fo'], words: ['--format'] },
    { typed: ['inspect', '--format', ''], words: ['text', 'json', 'ndjson'] },
    { typed: ['inspect', '--format', 'n'], words: ['ndjson'] },
    { typed: ['--format', 'json', 'insp'], words: ['inspect'] },
    { typed: ['keystore', 'create', 'a.p12', '--type', ''], words: ['jks', 'jceks', 'pkcs12', 'pem'] },
    { typed: ['keystore', 'list', 'a.p12', '--storetype', 'p'], words: [] },
    { typed: ['keystore', 'passwd', 'a.p12', '--storetype', 'p'], words: ['pkcs12', 'pem'] },
    { typed: ['snippet', '--platform', 'ios'], words: ['ios', 'ios-xe', 'ios-xr'] },
    { typed: ['snippet', '--no'], words: ['--no-save'] },
    { typed: ['validate', '--for', 'java8', '--fo'], words: ['--format', '--for'] },
    { typed: ['check', '--at', 'soon', '--warn', 'x', '--only', ''], words: ['leaf', 'ca', 'anchors'] },
    { typed: ['keytool', '-list', '-k'], words: ['-keypass', '-keystore'] },
  ])('$words for $typed', async ({ typed, words }) => {
    expect((await offered(...typed)).toSorted()).toEqual(words.toSorted());
  });

  test.each([
    ['in one word, as zsh has it', ['inspect', '--format=n'], ['--format=ndjson']],
    ['in three, as bash has it', ['inspect', '--format', '=', 'n'], ['ndjson']],
    ['in two, as bash has it', ['inspect', '--format', '='], ['text', 'json', 'ndjson']],
  ])('values behind the sign %s', async (_name, typed, words) => {
    expect(await offered(...typed)).toEqual(words);
  });

  test('every option of a command where a hyphen or two are typed', async () => {
    const all = await offered('inspect', 'a.pem', '-');
    expect(all).toEqual(expect.arrayContaining(['--json', '--pem', '--split', '--strict', '--help']));
    expect(await offered('inspect', 'a.pem', '--')).toEqual(all);
  });

  test.each([
    ['an argument', ['inspect', '']],
    ['a second one', ['keystore', 'create', 'a.p12', '']],
    ['the value of an option', ['inspect', 'a.pem', '--split', '']],
    ['a file of keytool', ['keytool', '-importcert', '-file', '']],
    ['what stands behind two hyphens', ['inspect', '--', '-']],
    ['a command that is none', ['bogus', '']],
    ['a command that takes nothing', ['completion', '']],
  ])('nothing for %s, which the shell completes by itself', async (_name, typed) => {
    expect(await offered(...typed)).toEqual([]);
  });

  test.each([
    [['check', '--format', 'nagios', '--warn', 'soon', '--fai']],
    [['keystore', 'create', '--type', 'bogus', '--fai']],
    [['rotate', '--json', '--at', 'soon', '--yes', '--fai']],
  ])('without judging what was typed: %j', async (typed) => {
    expect(await offered(...typed)).toContain('--fail-on');
  });

  test('what words mean, where the script asks for it', async () => {
    const env = { ANCHORCTL_COMPLETE: 'described' };
    const { stdout } = await anchorctl([COMPLETE, 'anchorctl', 'inspect', '--sp'], { env });
    expect(stdout).toBe('--split\tWrite each certificate as PEM into this folder\n');
  });
});

describe('the script', () => {
  test.each([
    ['/bin/zsh', '#compdef anchorctl\n'],
    ['/usr/local/bin/fish', '# Completion of anchorctl in fish.\n'],
    ['/bin/dash', '# Completion of anchorctl in bash'],
    ['', '# Completion of anchorctl in bash'],
  ])('is that of the shell %j', async (shell, start) => {
    const { status, stdout } = await anchorctl(['completion'], { env: { SHELL: shell } });
    expect([status, stdout.slice(0, start.length)]).toEqual([0, start]);
  });

  test.each([['bash'], ['x'], ['--bogus']])('takes no words: %s', async (word) => {
    expect((await anchorctl(['completion', word])).status).toBe(2);
  });

  describe.skipIf(NO_BASH)('in bash', () => {
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'anchorctl-completion-'));
      // In the place of the program: says what it was asked, a line each.
      writeFileSync(join(folder, 'anchorctl'), '#!/bin/bash\nshift\nprintf "%s\\n" "$@"\n');
      chmodSync(join(folder, 'anchorctl'), 0o755);
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    /** The words that bash would offer for a line whose cursor is at one of its words. */
    async function reply(words: readonly string[], cursor: number): Promise<readonly string[]> {
      const { stdout: script } = await anchorctl(['completion'], { env: { SHELL: '/bin/bash' } });
      const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
      const ask = `COMP_WORDS=(${line})\nCOMP_CWORD=${cursor}\n_anchorctl\nprintf '<%s>\\n' "\${COMPREPLY[@]}"\n`;
      const env = { PATH: `${folder}${delimiter}${process.env.PATH}` };
      const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script + ask], { env, cwd: folder });
      expect(stderr.toString()).toBe('');
      return stdout.toString().trimEnd().split('\n');
    }

    test('asks for the word at the cursor, whatever follows it', async () => {
      const words = ['anchorctl', 'inspect', '--fo', 'a.pem'];
      expect(await reply(words, 2)).toEqual(['<anchorctl>', '<inspect>', '<--fo>']);
    });

    test('runs nothing of what was typed', async () => {
      const words = ['anchorctl', '$(touch a)', '`touch b`', '"a b', "it's", '--fo'];
      expect(await reply(words, 5)).toEqual(words.map((word) => `<${word}>`));
      expect(readdirSync(folder)).toEqual(['anchorctl']);
    });
  });
});
