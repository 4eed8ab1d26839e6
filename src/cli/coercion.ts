/**
 * What turns the text of an option into its value. yargs keeps only the message of what such a function throws: code and
 * hint of a refusal are kept here until the parser asks for them.
 *
 * @module
 */
import { TrustError } from '../errors.js';

let lastRefusal: TrustError | null = null;

/** A function for `coerce` of yargs whose refusals keep their code and hint. */
export function coercion<T>(parse: (value: unknown) => T): (value: unknown) => T {
  return (value) => {
    try {
      return parse(value);
    } catch (error) {
      if (error instanceof TrustError) lastRefusal = error;
      throw error;
    }
  };
}

/** The refusal that yargs made an error of its own with this message; null where it was none. */
export function refusalOf({ message }: Error): TrustError | null {
  return lastRefusal?.message === message ? lastRefusal : null;
}
