/**
 * What devices call themselves in a text, which tells whether it is of one device or of several.
 *
 * @module
 */
import { countLineFeeds, indexOfText } from '../encoding/byte-search.js';
import { toPrintable } from '../encoding/printable.js';

const COMMANDS = ['hostname ', 'switchname '] as const;
/** What may stand before the command on a line by itself: its indentation, and what wiped out the prompt of a pager. */
const BY_ITSELF = /(?:^|[\r\n\b])([ \t]*)$/;
/** What may stand before it where the lines are strings of a list, or stand in one string or element. */
const IN_STRING = /(?:["'>[]|\\n)([ \t]*)$/;
const LONGEST_BEFORE = 80;
const NAME = /^[^\s"'\\,<]+/;
const SHOWN_NAME = 64;

/** Two devices whose lines stand in one text. */
export interface SeveralDevices {
  /** Of the first and of another, quoted and printable. */
  readonly names: readonly [string, string];
  /** Where the other one says its name, from 1. */
  readonly line: number;
}

/** What a device calls itself, and where. */
interface HostName {
  readonly name: string;
  readonly at: number;
  readonly indentation: string;
}

/** The last name of the device that had one at a place of the text. */
export type LastName = (name: string, at: number) => string;

/** How names are looked for. */
interface NameSearch {
  /**
   * Whether names count that stand in strings: not where a configuration must have its lines by themselves, in whose descriptions
   * and banners anything may stand.
   */
  readonly inStrings: boolean;
  readonly nameNow: LastName;
}

/**
 * Finds out whether a text is of several devices, by the lines that say their names.
 *
 * @param text - configurations, logs of sessions
 * @returns null where one name alone is said, or none
 */
export function findSeveralHostNames(text: Buffer, { inStrings, nameNow }: NameSearch): SeveralDevices | null {
  for (const before of inStrings ? [BY_ITSELF, IN_STRING] : [BY_ITSELF]) {
    const names = COMMANDS.flatMap((command) => [...hostNamesBy(command, before, text)]);
    const [first] = names;
    if (first === undefined) continue;
    const firstNow = nameNow(first.name, first.at);
    const other = names.find(
      ({ name, at, indentation }) => nameNow(name, at) !== firstNow && indentation === first.indentation,
    );
    if (other === undefined) return null;
    return severalDevices(first.name, other.name, 1 + countLineFeeds(text, 0, other.at));
  }
  return null;
}

/** Says of two devices what is shown of them. */
export function severalDevices(first: string, other: string, line: number): SeveralDevices {
  return { names: [shown(first), shown(other)], line };
}

function* hostNamesBy(command: string, beforeIt: RegExp, text: Buffer): Generator<HostName> {
  for (let at = indexOfText(text, command); at >= 0; at = indexOfText(text, command, at + command.length)) {
    const before = beforeIt.exec(text.toString('latin1', Math.max(0, at - LONGEST_BEFORE), at));
    const start = at + command.length;
    const name = NAME.exec(text.toString('utf8', start, start + SHOWN_NAME * 2))?.[0];
    if (before !== null && name !== undefined) yield { indentation: before[1] ?? '', name, at };
  }
}

function shown(name: string): string {
  return `"${toPrintable(name.slice(0, SHOWN_NAME))}"`;
}
