/**
 * What devices call themselves in a text, which tells whether it is of one device or of several.
 *
 * @module
 */
import { countLineFeeds, hasBytesAt, indexOfText } from '../encoding/byte-search.js';
import { toPrintable } from '../encoding/printable.js';

/** What a command ends with that says a name, and how it begins: looked for together, since the end is looked for in all of a text. */
const COMMAND_END = 'name ';
const COMMAND_BEGINS: readonly Uint8Array[] = ['host', 'switch'].map((word) => Buffer.from(word));
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
  const places = findCommands(text);
  // Most configurations say one.
  if (places.length < 2) return null;
  for (const before of inStrings ? [BY_ITSELF, IN_STRING] : [BY_ITSELF]) {
    const names = places.flatMap((place) => hostNameAt(place, before, text) ?? []);
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

/** A command that may say a name: where it begins, and where the name does. */
interface CommandPlace {
  readonly at: number;
  readonly start: number;
}

function findCommands(text: Buffer): readonly CommandPlace[] {
  const places: CommandPlace[] = [];
  for (let end = indexOfText(text, COMMAND_END); end >= 0; end = indexOfText(text, COMMAND_END, end + 1)) {
    const begin = COMMAND_BEGINS.find((word) => hasBytesAt(text, end - word.length, word));
    if (begin !== undefined) places.push({ at: end - begin.length, start: end + COMMAND_END.length });
  }
  return places;
}

function hostNameAt({ at, start }: CommandPlace, beforeIt: RegExp, text: Buffer): HostName | null {
  const before = beforeIt.exec(text.toString('latin1', Math.max(0, at - LONGEST_BEFORE), at));
  const name = NAME.exec(text.toString('utf8', start, start + SHOWN_NAME * 2))?.[0];
  return before === null || name === undefined ? null : { indentation: before[1] ?? '', name, at };
}

function shown(name: string): string {
  return `"${toPrintable(name.slice(0, SHOWN_NAME))}"`;
}
