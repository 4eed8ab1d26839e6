import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MANUAL_COMMANDS, renderManPage } from '../../scripts/man.mjs';
import { commands } from '../../src/cli/commands.ts';
import { VERSION } from '../../src/cli/version.ts';
import { anchorctl } from '../support/cli.ts';

test('the man page says what --help says, of every command', async () => {
  const known = commands.flatMap((command) => {
    const [name = ''] = command.usage.split(' ');
    return 'load' in command ? [[name]] : command.subcommands.map(({ usage }) => [name, usage.split(' ')[0] ?? '']);
  });
  known.push(['completion']);
  expect(MANUAL_COMMANDS).toEqual(known);
  const help = new Map<string, string>();
  for (const words of known) help.set(words.join(' '), (await anchorctl([...words, '--help'])).stdout);
  // Where a text is as wide as its column, yargs sets the type right behind it.
  expect([...help.values()].join('\n')).not.toMatch(/\S\[(?:array|boolean|choices|default|number|string)\b/);
  const page = readFileSync(join(import.meta.dirname, '../../docs/anchorctl.1'), 'utf8');
  expect(page).toBe(renderManPage(VERSION, (words: readonly string[]) => help.get(words.join(' ')) ?? ''));
});
