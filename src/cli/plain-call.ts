/**
 * Calls that can be read in one way only: every word is an option by its whole name, the value that it asks for, or an
 * argument. Most calls of scripts are such, and are read here in a tenth of the time that yargs takes. Any other call is left to
 * yargs, and so is whatever there is to refuse.
 *
 * @module
 */
import type { Options } from 'yargs';
import { TrustError } from '../errors.js';
import type { CalledCommand } from './command.js';
import { type Declarations, declarationsOf } from './declarations.js';

/**
 * Reads a call as yargs would (parser.ts).
 *
 * @returns what the command's `run` takes, or null for a call that yargs is to look at
 */
export function parsePlainCall({ command, module, words }: CalledCommand): unknown {
  if ('parse' in module) return null;
  const declared = declarationsOf(module);
  const given = sortWords(words, declared);
  const positionals = given === null ? null : nameArguments(given.free, command.usage, declared);
  const values = given === null ? null : valuesOf(given.texts, declared);
  if (values === null || positionals === null) return null;
  const args = { ...values, ...positionals };
  if (args.json === true && given?.texts.has('format')) return null;
  return { ...args, json: args.json === true || args.format === 'json' };
}

/** The words of a call by what they are. */
interface SortedWords {
  /** What stands behind each option, in the order given; nothing for one that takes no value. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** The others. */
  readonly free: readonly string[];
}

function sortWords(words: readonly string[], { table }: Declarations): SortedWords | null {
  const texts = new Map<string, string[]>();
  const free: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    if (!word.startsWith('-')) {
      free.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    const option = word.startsWith('--') ? table.get(name) : undefined;
    const known = texts.get(name);
    // Given twice, what has one value is refused, and what has none is no different; neither is plain.
    if (option === undefined || (known !== undefined && option.array !== true)) return null;
    const found = known ?? [];
    texts.set(name, found);
    if (option.type === 'boolean') {
      if (equals >= 0) return null;
      continue;
    }
    const text = equals < 0 ? words[++index] : word.slice(equals + 1);
    if (text === undefined || text.startsWith('-')) return null;
    found.push(text);
  }
  return [free, ...texts.values()].every((list) => list.every(isPlain)) ? { texts, free } : null;
}

/** Whether yargs takes a word as it is: not one in quotes, nor one that says yes or no to an option before it. */
function isPlain(word: string): boolean {
  return word !== '' && word !== 'true' && word !== 'false' && !/^["']/.test(word);
}

/** The arguments by the names that `<file> <input..>` gives them. */
function nameArguments(
  free: readonly string[],
  usage: string,
  declared: Declarations,
): Record<string, string | readonly string[]> | null {
  const named: Record<string, string | readonly string[]> = {};
  let taken = 0;
  for (const [, name = '', dots] of usage.matchAll(/<([a-z-]+)(\.\.)?>/g)) {
    const option = declared.arguments.get(name);
    if (option?.type !== 'string' || option.coerce !== undefined || option.choices !== undefined) return null;
    if (taken === free.length) return null;
    const value = dots === undefined ? (free[taken] as string) : free.slice(taken);
    named[name] = value;
    named[inCamelCase(name)] = value;
    taken = dots === undefined ? taken + 1 : free.length;
  }
  return taken === free.length ? named : null;
}

/** The values of the options, in both spellings of their names; null where there is one to refuse. */
function valuesOf(
  texts: ReadonlyMap<string, readonly string[]>,
  { table }: Declarations,
): Record<string, unknown> | null {
  const values: Record<string, unknown> = {};
  for (const [name, option] of table) {
    const given = texts.get(name);
    if (given === undefined && (option.default === undefined || option.demandOption === true)) {
      if (option.demandOption === true) return null;
      continue;
    }
    if (option.choices !== undefined && given?.every((text) => option.choices?.includes(text)) === false) return null;
    try {
      values[name] = given === undefined ? option.default : settledValue(given, option);
    } catch (error) {
      if (error instanceof TrustError) return null;
      throw error;
    }
    values[inCamelCase(name)] = values[name];
  }
  return values;
}

function settledValue(given: readonly string[], { type, array, coerce }: Options): unknown {
  if (type === 'boolean') return true;
  const value = array === true ? given : given[0];
  return coerce === undefined ? value : coerce(value);
}

function inCamelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
