/**
 * The command line: arguments in, exit status out. Commands come from the table and are loaded on demand.
 *
 * @module
 */
import yargs, { type Argv } from 'yargs';
import { toPrintable } from '../encoding/printable.js';
import { type ExitStatus, TrustError } from '../errors.js';
import type { Command, CommandModule } from './command.js';
import { commands } from './commands.js';
import { renderBug, renderFailure, renderFailureJson, toUsageError } from './failure.js';
import type { Io } from './io.js';

import { processIo } from './process-io.js';
import { protectHyphen } from './standard-input.js';
import { VERSION } from './version.js';

/**
 * Runs one call.
 *
 * @param argv - the arguments after the program's name
 * @param io - the world; a test hands in its own
 * @returns the exit status; never exits the process, so that piped output is flushed
 */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<ExitStatus> {
  const fail = argv.includes('--json') ? renderFailureJson : renderFailure;
  try {
    return await dispatch(argv, io);
  } catch (error) {
    const known = toUsageError(error);
    io.stderr(known === null ? renderBug(error) : fail({ errors: [known] }));
    return known?.exitStatus ?? 70;
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<ExitStatus> {
  requireCommand(argv);
  let status: ExitStatus = 0;
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
    .wrap(Math.min(100, io.terminal.columns))
    .version(VERSION)
    .help()
    .completion('completion', 'Print a script that completes commands in bash or zsh')
    .strict()
    .recommendCommands()
    .demandCommand(1, 'a command is missing')
    .epilogue(
      'Exit status: 0 good, 1 findings, 2 usage, 3 unreadable input, 4 password, 5 refused, 6 a write failed, 70 a bug, 130 interrupted.',
    )
    .exitProcess(false)
    .fail((message, error) => {
      throw (
        error ?? new TrustError('usage/unknown-option', message.replaceAll('\n', ' '), { hint: 'see anchorctl --help' })
      );
    });
  addCommands(
    parser,
    commands,
    (result) => {
      status = result;
    },
    io,
  );
  await parser.parseAsync(argv.map(protectHyphen), {}, (_error, _args, output) => {
    if (output !== '') io.stdout(`${output}\n`);
  });
  return status;
}

/** yargs calls an unknown command an unknown argument. */
function requireCommand(argv: readonly string[]): void {
  const [name] = argv.filter((argument) => !argument.startsWith('-'));
  const isCompletion = name === 'completion' || argv[0] === '--get-yargs-completions';
  if (name === undefined || isCompletion || commands.some(({ usage }) => usage.split(' ', 1)[0] === name)) return;
  throw new TrustError('usage/unknown-command', `there is no command "${toPrintable(name)}"`, {
    hint: 'see anchorctl --help',
  });
}

function addCommands(parser: Argv, table: readonly Command[], settle: (status: ExitStatus) => void, io: Io): void {
  for (const command of table) {
    if ('subcommands' in command) {
      parser.command(command.usage, command.summary, (nested) => {
        addCommands(nested, command.subcommands, settle, io);
        return nested.demandCommand(1, 'a command is missing');
      });
      continue;
    }
    const loaded = once(command.load);
    parser.command(
      command.usage,
      command.summary,
      async (nested) => (await loaded()).options(nested),
      async (args) => settle(await (await loaded()).run(args, io)),
    );
  }
}

function once(load: () => Promise<CommandModule<unknown>>): () => Promise<CommandModule<unknown>> {
  let module: Promise<CommandModule<unknown>> | undefined;
  return () => {
    module ??= load();
    return module;
  };
}
