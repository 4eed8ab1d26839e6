import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { anchorctl, type Call } from '../support/cli.ts';
import { layOutDemo } from '../support/demo-run.ts';

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const demo = layOutDemo(['ios-xe:CISCO-CA', 'nxos:CISCO-CA']);

/** What a run in a temporary folder says, with the names that the README's run has. */
const asInReadme = (text: string) =>
  text
    .replaceAll(demo.store, 'out/demo/gateway/tg.jks')
    .replaceAll(demo.out, 'out/demo/run')
    .replaceAll(`${join(import.meta.dirname, '../..')}/`, '');

describe('the README shows what really happens', () => {
  let first: Call;
  let second: Call;
  beforeAll(async () => {
    first = await demo.run();
    second = await demo.run();
  });
  afterAll(demo.remove);

  test('when the demo runs', () => {
    expect(README).toContain(asInReadme(first.stdout));
    expect(README).toContain(asInReadme(first.stderr));
  });

  test('when it runs again', () => {
    const [headline = ''] = second.stdout.split('\n');
    expect(README).toContain(`\`${headline}\``);
  });

  test('when a path is validated', async () => {
    const [, command = '', output = ''] = /\$ anchorctl (validate fixtures.*)\n([\s\S]*?)```/.exec(README) ?? [];
    const { status, stdout } = await anchorctl(command.split(' '));
    expect([status, stdout]).toEqual([0, output]);
  });

  test('as commands', () => {
    for (const { usage } of commands.filter((command) => 'load' in command))
      expect(README).toContain(`| \`${usage}\` |`);
  });
});
