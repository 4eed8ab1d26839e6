/**
 * The command line: arguments in, exit status out.
 *
 * @module
 */
import type { ExitStatus } from '../errors.js';
import { findSiteCatalog } from './catalog-path.js';
import type { CalledCommand, ParsedArguments } from './command.js';
import { loadCommand } from './commands.js';
import { renderBug, renderFailure, renderFailureJson, toKnownError } from './failure.js';
import type { Io } from './io.js';
import { parseOwnWords } from './own-words.js';
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
    const called = await loadCommand(argv);
    const { args, output } = await parse(argv, called, io.terminal.columns);
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

/** The state of a Nagios plugin that found out nothing. */
const UNKNOWN: ExitStatus = 3;

/** Whether a call is that of a Nagios plugin, whose every answer is a line on stdout; looked at before anything is parsed. */
function isPlugin(argv: readonly string[]): boolean {
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
async function parse(argv: readonly string[], called: CalledCommand | null, columns: number): Promise<ParsedArguments> {
  if (called !== null && 'parse' in called.module) return parseOwnWords(argv, called, called.module);
  const args = called === null ? null : parsePlainCall(argv, called);
  if (args !== null) return { args, output: '' };
  const { parseArguments } = await import('./parser.js');
  return parseArguments(argv, called, columns);
}

/** Whether errors are to be JSON; looked at before anything is parsed, because parsing may be what fails. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, index) =>
      // The keytool front takes it with one hyphen too.
      /^--?json(=true)?$/.test(word) || word === '--format=json' || (word === '--format' && argv[index + 1] === 'json'),
  );
}
