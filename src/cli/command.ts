/**
 * What a command is: a line of the table in `commands.ts`, and a file in `commands/` that is loaded when it is called.
 *
 * @module
 */
import type { Argv } from 'yargs';
import type { ExitStatus } from '../errors.js';
import type { Io } from './io.js';

/**
 * What a file in `commands/` exports. Methods, not function fields: that lets the table hold them all without `any`.
 * yargs checks at run time what `Args` says; its types cannot follow names in camel case.
 */
export interface CommandModule<Args> {
  options(yargs: Argv): Argv<unknown>;
  run(args: Args, io: Io): Promise<ExitStatus>;
}

/**
 * The same of a command whose words are not ours to choose: it reads them itself, says itself what it takes, and yargs
 * never sees them.
 */
export interface OwnWordsModule<Args> {
  /** From what stands behind the command's name; null for a call that asks for help. */
  parse(words: readonly string[]): Args | null;
  /** What `--help` prints, in at most 80 columns. */
  readonly help: string;
  /** What a shell may complete. */
  readonly words: readonly string[];
  run(args: Args, io: Io): Promise<ExitStatus>;
}

/** A command, or a noun with commands of its own (`keystore list`). */
export type Command = {
  /** As yargs writes it: `inspect <input..>`. */
  readonly usage: string;
  /** One line for `--help`. */
  readonly summary: string;
} & (
  | { readonly load: () => Promise<CommandModule<unknown> | OwnWordsModule<unknown>> }
  | { readonly subcommands: readonly Command[] }
);

/** The command of a call, with its file loaded. */
export interface CalledCommand {
  /** As it is called: `keystore list`. */
  readonly name: string;
  readonly command: Command;
  readonly module: CommandModule<unknown> | OwnWordsModule<unknown>;
  /** The words of the call without those that name the command. */
  readonly words: readonly string[];
}

/** What parsing gives. */
export interface ParsedArguments {
  /** The arguments of the command; null when the call is answered by `output` (help, version, completions). */
  readonly args: unknown;
  /** What is to be printed, or nothing. */
  readonly output: string;
}
