/**
 * Calls of commands that read their words themselves, without yargs.
 *
 * @module
 */
import type { CalledCommand, OwnWordsModule, ParsedArguments } from './command.js';
import { COMPLETE, nameOf } from './commands.js';

/**
 * Parses a call of such a command.
 *
 * @param argv - the whole call
 * @throws {TrustError} `usage/…`, as the command's own `parse`
 */
export function parseOwnWords(
  argv: readonly string[],
  { command, words: typed }: CalledCommand,
  { parse, help, words }: OwnWordsModule<unknown>,
): ParsedArguments {
  if (argv[0] === COMPLETE) {
    const name = nameOf(command);
    const fitting = (typed.length > 0 ? words : [name]).filter((word) => word.startsWith(typed.at(-1) ?? ''));
    return { args: null, output: fitting.map((word) => `${word}\n`).join('') };
  }
  const args = parse(typed);
  return { args, output: args === null ? help : '' };
}
