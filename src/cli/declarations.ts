/**
 * What a command takes, without yargs, which takes long to load.
 *
 * @module
 */
import type { Argv, Options, PositionalOptions } from 'yargs';
import type { CommandModule } from './command.js';

/** Listens where a command tells yargs what it takes. */
export class Declarations {
  readonly table: Map<string, Options> = new Map();
  readonly arguments: Map<string, PositionalOptions> = new Map();

  option(name: string, option: Options): this {
    this.table.set(name, option);
    return this;
  }

  options(table: Readonly<Record<string, Options>>): this {
    for (const name of Object.keys(table)) this.option(name, table[name] as Options);
    return this;
  }

  positional(name: string, option: PositionalOptions): this {
    this.arguments.set(name, option);
    return this;
  }

  example(): this {
    return this;
  }
}

/** The options and arguments of a command. */
export function declarationsOf(module: CommandModule<unknown>): Declarations {
  const declared = new Declarations();
  // The four methods that commands declare by; a test asks every command.
  module.options(declared as unknown as Argv);
  return declared;
}
