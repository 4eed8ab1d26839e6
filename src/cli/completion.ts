/**
 * What a shell is offered for the last word of a call that is being typed: commands, options, and words that are values of
 * an option. Where names of files are wanted nothing is offered, and the shell completes them itself.
 *
 * Nothing of the call is done, and no word of it is judged.
 *
 * @module
 */
import type { Options } from 'yargs';
import { platformNames } from '../device/platforms.js';
import type { Command, CommandModule, OwnWordsModule } from './command.js';
import { COMPLETION, commands, indexOfName, nameOf } from './commands.js';
import { declarationsOf } from './declarations.js';
import { STORE_TYPE_NAMES } from './options.js';

/** A word that may stand there. */
export interface Completion {
  readonly word: string;
  /** One line, or nothing. */
  readonly summary: string;
}

/** Values of options that take more than these, which no list of choices says therefore. */
const VALUES: ReadonlyMap<string, readonly string[]> = new Map([
  ['type', STORE_TYPE_NAMES],
  ['storetype', STORE_TYPE_NAMES],
  ['platform', platformNames()],
]);

/** The options that every call has. */
const COMMON: readonly Completion[] = [
  { word: '--help', summary: 'Show help' },
  { word: '--version', summary: 'Show version number' },
];

/**
 * What may be the last of the words.
 *
 * @param line - without the name of the program, up to the cursor
 */
export async function completionsOf(line: readonly string[]): Promise<readonly Completion[]> {
  const words = inOneForm(line);
  const last = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  if (before.includes('--')) return [];
  const offered = await offeredAfter(before, last);
  return offered.filter(({ word }) => word.startsWith(last));
}

/** bash makes three words of `--name=value`, of which the last may be missing; here it is two, as without the sign. */
function inOneForm(line: readonly string[]): readonly string[] {
  const isSign = (word: string | undefined, at: number) => word === '=' && line[at - 1]?.startsWith('--') === true;
  const ended = isSign(line.at(-1), line.length - 1) ? [...line, ''] : line;
  return ended.filter((word, at) => !isSign(word, at));
}

async function offeredAfter(before: readonly string[], last: string): Promise<readonly Completion[]> {
  const rest = [...before];
  let table = commands;
  for (let index = indexOfName(rest); index >= 0; index = indexOfName(rest)) {
    const [name] = rest.splice(index, 1);
    const command = table.find((one) => nameOf(one) === name);
    if (command === undefined) return [];
    if ('load' in command) return offeredBy(await command.load(), rest, last);
    table = command.subcommands;
  }
  if (last.startsWith('-')) return COMMON;
  const names = table.map((command: Command) => ({ word: nameOf(command), summary: command.summary }));
  return table === commands
    ? [...names, { word: COMPLETION, summary: 'Print a script that completes commands' }]
    : names;
}

function offeredBy(
  module: CommandModule<unknown> | OwnWordsModule<unknown>,
  before: readonly string[],
  last: string,
): readonly Completion[] {
  if ('parse' in module) {
    return last.startsWith('-') || before.length === 0 ? module.words.map((word) => ({ word, summary: '' })) : [];
  }
  const { table } = declarationsOf(module);
  const [, joined] = /^(--[^=]+)=/.exec(last) ?? [];
  const previous = joined ?? before.at(-1) ?? '';
  const option = previous.startsWith('--') ? table.get(previous.slice(2)) : undefined;
  if (option !== undefined && option.type !== 'boolean') {
    const values = option.choices ?? VALUES.get(previous.slice(2)) ?? [];
    return values.map((value) => ({ word: joined === undefined ? `${value}` : `${joined}=${value}`, summary: '' }));
  }
  if (!last.startsWith('-')) return [];
  const free = [...table].filter(([name, { array }]) => array === true || !before.includes(`--${name}`));
  return [...free.map(([name, one]) => toCompletion(name, one)), ...COMMON];
}

/** An option that is on unless it is taken back is offered as what takes it back. */
function toCompletion(name: string, { default: usual, describe }: Options): Completion {
  return { word: usual === true ? `--no-${name}` : `--${name}`, summary: String(describe ?? '') };
}
