/**
 * The command line: arguments in, exit status out.
 *
 * @module
 */
import type { ExitStatus } from '../errors.js';
import { findSiteCatalog } from './catalog-path.js';
import type { CalledCommand, ParsedArguments } from './command.js';
import { COMPLETE, commands, indexOfName, loadCommand, nameOf } from './commands.js';
import { renderBug, renderFailure, renderFailureJson, toKnownError } from './failure.js';
import type { Io } from './io.js';
import { parsePlainCall } from './plain-call.js';
import { processIo } from './process-io.js';

/**
 * Runs one call.
 *
 * @param argv - the arguments after the program's name
 * @param io - the world; a test hands in its own
 * @returns the exit status; never exits the process, so that piped output is flushed
 */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<ExitStatus> {
  if (!wantsJson(argv)) return run(argv, io, renderFailure);
  const warnings: string[] = [];
  const status = await run(argv, { ...io, warn: (message) => warnings.push(message) }, renderFailureJson);
  if (status <= 1) for (const warning of warnings) io.warn(warning);
  return status;
}

/** @param fail - how errors are told that end the call */
async function run(argv: readonly string[], io: Io, fail: typeof renderFailure): Promise<ExitStatus> {
  try {
    if (argv[0] === COMPLETE) return await complete(argv.slice(2), io);
    const called = await loadCommand(argv);
    const { args, output } = await parse(argv, called, io);
    io.stdout(output);
    return args === null || called === null ? 0 : await runCommand(called, args, io);
  } catch (error) {
    const known = toKnownError(error);
    if (isPlugin(argv)) {
      const { renderNagiosFailure } = await import('../report/check/nagios.js');
      io.stdout(renderNagiosFailure(known?.message ?? 'a bug in anchorctl, which stderr describes'));
      if (known === null) io.stderr(renderBug(error));
      return UNKNOWN;
    }
    io.stderr(known === null ? renderBug(error) : fail({ errors: [known] }));
    return known?.exitStatus ?? 70;
  }
}

/** Offers a shell words. Nobody waits for an answer there: where a call is no good so far, nothing is said. */
async function complete(words: readonly string[], io: Io): Promise<ExitStatus> {
  const { completionsOf } = await import('./completion.js');
  const isDescribed = io.env.ANCHORCTL_COMPLETE === 'described';
  for (const { word, summary } of await completionsOf(words)) {
    io.stdout(isDescribed && summary !== '' ? `${word}\t${summary}\n` : `${word}\n`);
  }
  return 0;
}

/** The state of a Nagios plugin that found out nothing. */
const UNKNOWN: ExitStatus = 3;

/** Whether a call is that of a Nagios plugin, whose every answer is a line on stdout; looked at before anything is parsed. */
function isPlugin(argv: readonly string[]): boolean {
  const name = argv[indexOfName(argv)];
  // A word that names no command may be check misspelt.
  if (name !== 'check' && commands.some((command) => nameOf(command) === name)) return false;
  return argv.some(
    (word, index) => word === '--format=nagios' || (word === 'nagios' && argv[index - 1] === '--format'),
  );
}

/** Whatever asks the catalog asks the one that the site keeps, where it keeps one. */
async function runCommand({ module }: CalledCommand, args: unknown, io: Io): Promise<ExitStatus> {
  const path = findSiteCatalog(io.env);
  if (path === null) return module.run(args, io);
  const { withSiteCatalog } = await import('./site-catalog.js');
  return withSiteCatalog(path, io, () => module.run(args, io));
}

/** yargs takes longer to load than a command that does without it takes to run. */
async function parse(
  argv: readonly string[],
  called: CalledCommand | null,
  { terminal, env }: Pick<Io, 'terminal' | 'env'>,
): Promise<ParsedArguments> {
  if (called !== null && 'parse' in called.module) {
    const args = called.module.parse(called.words);
    return { args, output: args === null ? called.module.help : '' };
  }
  const args = called === null ? null : parsePlainCall(called);
  if (args !== null) return { args, output: '' };
  const { parseArguments } = await import('./parser.js');
  return parseArguments(argv, called, { columns: terminal.columns, shell: env.SHELL ?? '' });
}

/**
 * Whether errors are to be JSON; looked at before anything is parsed, because parsing may be what fails.
 *
 * @param argv - the arguments after the program's name
 */
export function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, index) =>
      // The keytool front takes it with one hyphen too.
      /^--?json(=true)?$/.test(word) ||
      word === '--format=json' ||
      (/^--?format$/.test(word) && argv[index + 1] === 'json'),
  );
}
