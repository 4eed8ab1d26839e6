/**
 * From the words of a call to the values of its options, by yargs. Only the command that is called says what it takes;
 * of the others the help needs a line each. Everything here is synchronous: yargs renders a whole help page whenever a
 * command of its own is not.
 *
 * @module
 */
import yargs, { type Argv } from 'yargs';
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import type { CalledCommand, Command } from './command.js';
import { commands } from './commands.js';
import { protectWords, restoreHyphens } from './standard-input.js';
import { VERSION } from './version.js';

/** What parsing gives. */
export interface ParsedArguments {
  /** The arguments of the command; null when the call is answered by `output` (help, version, completions). */
  readonly args: unknown;
  /** What is to be printed, or nothing. */
  readonly output: string;
}

const STATUSES =
  'Exit status: 0 good, 1 findings, 2 usage, 3 unreadable input, 4 password, 5 refused, 6 a write failed, 70 a bug, 130 interrupted.';

/**
 * Parses a call.
 *
 * @param called - the command it names, or null
 * @param columns - how wide help may be
 * @throws {TrustError} `usage/…`; an error of yargs named `YError` for a value that an option refuses
 */
export function parseArguments(
  argv: readonly string[],
  called: CalledCommand | null,
  columns: number,
): ParsedArguments {
  let args: unknown = null;
  let output = '';
  const parser = yargs()
    .scriptName('anchorctl')
    .usage('$0 <command>\n\nMoves a fleet from one root CA to the next without an outage.')
    .locale('en')
    .parserConfiguration({
      // `--keystore a b` must not swallow the input b; names are never numbers or paths into objects.
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
    })
    .wrap(Math.min(100, columns))
    .version(VERSION)
    .help()
    .alias({ help: 'h', version: 'V' })
    .completion('completion', 'Print a script that completes commands in bash or zsh')
    .strict()
    .demandCommand(1, 'a command is missing')
    .epilogue(STATUSES)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? toUsageError(message);
    });
  const settle = (values: Readonly<Record<string, unknown>>) => {
    const restored = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, restoreHyphens(value)]));
    args = { ...restored, json: values.json === true || values.format === 'json' };
  };
  register(parser, commands, called, settle).parse(
    protectWords(argv),
    {},
    (_error: unknown, _args: unknown, text: string) => {
      output = text;
    },
  );
  return { args, output: output === '' ? '' : `${output}\n` };
}

/** What yargs says, under our codes; it names an option in camel case too. */
function toUsageError(message: string): TrustError {
  const text = message.replaceAll('\n', ' ');
  const hint = { hint: 'see anchorctl --help' };
  const [, unknown] = /^Unknown arguments?: (.*)$/.exec(text) ?? [];
  if (unknown !== undefined) {
    const names = unknown.split(', ').filter((name) => !/[A-Z]/.test(name));
    return new TrustError(
      'usage/unknown-option',
      `there is no option or argument "${toPrintable(names.join(', ') || unknown)}"`,
      hint,
    );
  }
  return new TrustError(/^Invalid/.test(text) ? 'usage/bad-value' : 'usage/missing-argument', toPrintable(text), hint);
}

function register(
  parser: Argv,
  table: readonly Command[],
  called: CalledCommand | null,
  settle: (args: Readonly<Record<string, unknown>>) => void,
): Argv {
  for (const command of table) {
    const { usage, summary } = command;
    if ('subcommands' in command) {
      parser.command(usage, summary, (nested) =>
        register(nested, command.subcommands, called, settle).demandCommand(1, 'a command is missing'),
      );
    } else if (command === called?.command) {
      parser.command(usage, summary, (nested) => called.module.options(nested), settle);
    } else {
      parser.command(usage, summary);
    }
  }
  return parser;
}
