/**
 * From the words of a call to the values of its options, by yargs. Only the command that is called says what it takes;
 * of the others the help needs a line each. Everything here is synchronous: yargs renders a whole help page whenever a
 * command of its own is not.
 *
 * @module
 */
import yargs, { type Argv, type Options } from 'yargs';
import { nearestWord } from '../catalog/nearest-word.js';
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import { refusalOf } from './coercion.js';
import type { CalledCommand, Command, CommandModule, ParsedArguments } from './command.js';
import { COMPLETION, commands, nounOf } from './commands.js';
import { completionScript } from './completion-script.js';
import { declarationsOf } from './declarations.js';
import { protectWords, restoreHyphens } from './standard-input.js';
import { VERSION } from './version.js';

const COMMON_OPTIONS = ['help', 'version'];

const STATUSES =
  'Exit status: 0 good, 1 findings, 2 usage, 3 unreadable input, 4 password, 5 refused, 6 a write failed, 70 a bug, 130 interrupted.';

const COMPLETION_SUMMARY = 'Print a script that completes commands in bash, zsh or fish';

const COMPLETION_HELP = `anchorctl completion

${COMPLETION_SUMMARY}

The shell is the one that SHELL names, and bash where that is none of them.
To have it in every session:

  anchorctl completion >> ~/.bashrc
  anchorctl completion >> ~/.zshrc
  anchorctl completion > ~/.config/fish/completions/anchorctl.fish
`;

/** Where a call comes from. */
export interface CallingTerminal {
  /** How wide help may be. */
  readonly columns: number;
  /** The path or name of its shell. */
  readonly shell: string;
}

/**
 * Parses a call.
 *
 * @param called - the command it names, or null
 * @throws {TrustError} `usage/…`
 */
export function parseArguments(
  argv: readonly string[],
  called: CalledCommand | null,
  { columns, shell }: CallingTerminal,
): ParsedArguments {
  if (called === null && argv[0] === COMPLETION && needsTable(argv)) return { args: null, output: COMPLETION_HELP };
  let args: unknown = null;
  let output = '';
  let script = '';
  const parser = yargs()
    .scriptName('anchorctl')
    .locale('en')
    .parserConfiguration({
      // `--keystore a b` must not swallow the input b; names are never numbers or paths into objects.
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
      // An option that has a letter is there once, by its name.
      'strip-aliased': true,
    })
    .wrap(Math.min(100, columns))
    .version(VERSION)
    .help()
    .alias({ help: 'h', version: 'V' })
    .strict()
    .exitProcess(false)
    .fail((message, error) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      throw (error && refusalOf(error)) ?? translate(message, called, argv);
    });
  const settle = (values: Readonly<Record<string, unknown>>) => {
    if (called !== null) refuseLax(called, values);
    requireOneForm(values, called?.words ?? argv);
    const restored = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, restoreHyphens(value)]));
    args = { ...restored, json: values.json === true || values.format === 'json' };
  };
  const alone = called !== null && 'options' in called.module && !needsTable(argv);
  (alone
    ? registerOne(parser, called.command, called.module, settle)
    : registerAll(parser, called, settle, () => {
        script = completionScript(shell);
      })
  ).parse(protectWords(alone ? called.words : argv), {}, (_error: unknown, _args: unknown, text: string) => {
    output = text;
  });
  return { args, output: output === '' ? script : `${output}\n` };
}

/** What yargs says, under our codes; it names an option in camel case too. */
function translate(message: string, called: CalledCommand | null, argv: readonly string[]): TrustError {
  const text = message.replaceAll('\n', ' ');
  // Before what is missing: an option that is written wrong has taken the word behind it.
  const strange = called === null ? null : unknownOption(called);
  if (strange !== null) return strange;
  const help = `see ${['anchorctl', called?.name ?? nounOf(argv)].filter((word) => word !== null).join(' ')} --help`;
  const hint = { hint: help };
  const [, unknown] = /^Unknown arguments?: (.*)$/.exec(text) ?? [];
  if (unknown !== undefined) {
    return new TrustError('usage/unknown-option', nameUnknown(unknown.split(', '), argv), {
      hint: `${help}; a value that has a blank needs quotes`,
    });
  }
  if (text.startsWith('Not enough non-option arguments')) {
    // The usage has the last word of the name, and what belongs behind it.
    const usage = called?.name.replace(/\S+$/, () => called.command.usage);
    const missing = usage === undefined ? 'a command is missing' : `too few arguments for "${usage}"`;
    return new TrustError('usage/missing-argument', missing, hint);
  }
  const [, without] = /^Not enough arguments following: (.*)$/.exec(text) ?? [];
  if (without !== undefined) {
    const option = `${without.length === 1 ? '-' : '--'}${without}`;
    return new TrustError('usage/missing-argument', `${option} needs a value`, hint);
  }
  const [, missing] = /^Missing required arguments?: (.*)$/.exec(text) ?? [];
  if (missing !== undefined) {
    const names = missing.split(', ');
    const message = `${names.map((name) => `--${name}`).join(' and ')} must be given`;
    const table = called === null || 'parse' in called.module ? null : declarationsOf(called.module).table;
    const meanings = names.map((name) => `--${name}: ${table?.get(name)?.describe ?? ''}; `);
    return new TrustError('usage/missing-argument', message, { hint: `${meanings.join('')}${help}` });
  }
  const [, option, value, choices = ''] =
    /^Invalid values: +Argument: (.*), Given: (.*), Choices: (.*)$/.exec(text) ?? [];
  if (option !== undefined) {
    const message = `${toPrintable(value ?? '')} is not a value of --${option}`;
    return new TrustError('usage/bad-value', message, { hint: `choose one of ${choices.replaceAll('"', '')}` });
  }
  return new TrustError('usage/missing-argument', toPrintable(text), hint);
}

/**
 * Refuses what yargs takes: an argument written as an option, which would be passed over or added to the arguments; and
 * a value of an option that has none, which would be a no (`--dry-run=1`).
 */
function refuseLax(called: CalledCommand, values: Readonly<Record<string, unknown>>): void {
  const strange = unknownOption(called);
  if (strange !== null) throw strange;
  const { words } = called;
  const end = words.indexOf('--');
  for (const word of end < 0 ? words : words.slice(0, end)) {
    const [, name, value] = /^--([A-Za-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) continue;
    if (value !== undefined && typeof values[name] === 'boolean' && value !== 'true' && value !== 'false') {
      const message = `--${name} takes no value`;
      throw new TrustError('usage/bad-value', message, { hint: `write --${name}, or --no-${name}` });
    }
  }
}

/** Refuses the options that a command does not have, with what was probably meant; null where it has them all. */
function unknownOption({ name: called, module, words }: CalledCommand): TrustError | null {
  if ('parse' in module) return null;
  const { table } = declarationsOf(module);
  const known = [...COMMON_OPTIONS, ...table.keys()];
  const end = words.indexOf('--');
  const strange = words.slice(0, end < 0 ? undefined : end).flatMap((word, index) => {
    const [, name] = /^--([a-z][a-z0-9-]*)(?:=.*)?$/s.exec(word) ?? [];
    return name === undefined || known.includes(name.replace(/^no-/, '')) ? [] : [{ name, before: words[index - 1] }];
  });
  if (strange.length === 0) return null;
  // Behind an option that takes a value it may be that value, and a password.
  const valued = strange
    .map(({ before = '' }) => /^--(.+)$/s.exec(before)?.[1] ?? '')
    .find((name) => takesValue(table.get(name)));
  if (valued !== undefined) {
    const hint = `write --${valued}=VALUE where it begins with hyphens; see anchorctl ${called} --help`;
    return new TrustError('usage/missing-argument', `--${valued} needs a value`, { hint });
  }
  const unknown = strange.map(({ name }) => name);
  const meant = unknown.flatMap((name) => nearestWord(name, known) ?? []).map((name) => `--${name}`);
  const question = meant.length === 0 ? '' : `did you mean ${meant.join(' and ')}? `;
  const message = `there is no option ${unknown.map((name) => `"--${name}"`).join(', ')}`;
  return new TrustError('usage/unknown-option', message, { hint: `${question}see anchorctl ${called} --help` });
}

function takesValue(option: Options | undefined): boolean {
  return option !== undefined && option.type !== 'boolean';
}

/** `--json` is `--format json`; a form that stands there by default says nothing. */
function requireOneForm({ json, format }: Readonly<Record<string, unknown>>, words: readonly string[]): void {
  if (json !== true || format === undefined || format === 'json') return;
  const end = words.indexOf('--');
  if (!words.slice(0, end < 0 ? undefined : end).some((word) => /^--format(?:=|$)/.test(word))) return;
  throw new TrustError('usage/conflict', `--json and --format ${format} ask for two forms`, { hint: 'leave one out' });
}

/** An option by its name, anything else by its place: a word too many may be a part of a password. */
function nameUnknown(names: readonly string[], argv: readonly string[]): string {
  const options = names.filter(
    (name) => /^[a-z][a-z0-9-]*$/.test(name) && argv.some((word) => word.split('=', 1)[0] === `--${name}`),
  );
  if (options.length > 0) return `there is no option ${options.map((name) => `"--${name}"`).join(', ')}`;
  const index = argv.findIndex((word) => names.includes(word.replace(/^--|=.*$/gs, '')) || /^-[^-]/.test(word));
  return `word ${index + 1} of the call is neither an option nor an argument that is expected`;
}

type Settle = (args: Readonly<Record<string, unknown>>) => void;

/** Help shows a command in its place among all others. */
function needsTable(argv: readonly string[]): boolean {
  return argv.some((word) => word === '--help' || word === '-h');
}

/** The command of a call alone: yargs parses a call anew for each word that names a command. */
function registerOne(parser: Argv, command: Command, module: CommandModule<unknown>, settle: Settle): Argv {
  const positionals = command.usage.replace(/^[^ ]+/, '');
  return parser.command(`$0${positionals}`, command.summary, (nested) => declare(module, nested), settle);
}

/** What a command takes, with its examples below: yargs would set them in two columns and break a call in the middle. */
function declare(module: CommandModule<unknown>, parser: Argv): Argv {
  const lines: string[] = [];
  const example = (call: string, purpose: string): Argv => {
    lines.push(`  # ${purpose}`, `  ${call}`);
    return parser;
  };
  module.options(Object.assign(parser, { example }));
  return parser.epilogue(['Examples:', ...lines].join('\n'));
}

function registerAll(parser: Argv, called: CalledCommand | null, settle: Settle, printScript: () => void): Argv {
  const described = parser
    .usage('$0 <command>\n\nMoves a fleet from one root CA to the next without an outage.')
    .command(COMPLETION, COMPLETION_SUMMARY, (nested) => nested, printScript);
  return register(described, commands, called, settle).demandCommand(1, 'a command is missing').epilogue(STATUSES);
}

function register(parser: Argv, table: readonly Command[], called: CalledCommand | null, settle: Settle): Argv {
  for (const command of table) {
    const { usage, summary } = command;
    if ('subcommands' in command) {
      parser.command(usage, summary, (nested) =>
        register(nested, command.subcommands, called, settle).demandCommand(1, 'a command is missing'),
      );
    } else if (command === called?.command && 'options' in called.module) {
      const { module } = called;
      parser.command(usage, summary, (nested) => declare(module, nested), settle);
    } else {
      parser.command(usage, summary);
    }
  }
  return parser;
}
