/**
 * `-` for standard input. yargs 18 drops a lone hyphen from the positional arguments, so it travels under another name:
 * one that no path can have.
 *
 * @module
 */
const STANDARD_INPUT = '\u0000-';

/** An argument as it is handed to yargs. */
export function protectHyphen(argument: string): string {
  return argument === '-' ? STANDARD_INPUT : argument;
}

/** Whether an argument, back from yargs, means standard input. */
export function isStandardInput(argument: string): boolean {
  return argument === STANDARD_INPUT;
}
