/**
 * What devices call themselves in a text, which tells whether it is of one device or of several.
 *
 * @module
 */
import { indexOfText } from '../encoding/byte-search.js';
import { toPrintable } from '../encoding/printable.js';

const COMMANDS = ['hostname ', 'switchname '] as const;
/** What may stand before the command on a line by itself: its indentation. */
const BY_ITSELF = /(?:^|[\r\n])([ \t]*)$/;
/** What may stand before it where the lines are strings of a list, or stand in one string. */
const IN_STRING = /(?:["']|\\n)([ \t]*)$/;
const LONGEST_BEFORE = 80;
const NAME = /^[^\s"'\\,]+/;
const SHOWN_NAME = 64;

/** A `show` command behind the prompt of a device; with the state of a failover on ASA, with the place of the module on IOS XR. */
const PROMPT =
  /^(?:RP\/[\w/]{1,40}:)?([A-Za-z][\w.-]{0,62})(?:\/[\w/]{1,40})?(?:\([^)\r\n]{0,40}\))?[#>] ?sh(?:o|ow)? /gm;

/** Two devices whose lines stand in one text. */
export interface SeveralDevices {
  /** Of the first and of another, quoted and printable. */
  readonly names: readonly [string, string];
  /** Where the other one says its name, from 1. */
  readonly line: number;
}

interface HostName {
  readonly indentation: string;
  readonly name: string;
  readonly at: number;
}

/**
 * Finds out whether a text is of several devices.
 *
 * @param text - configurations, logs of sessions
 * @param inStrings - whether names count that stand in strings: not where a configuration must have its lines by themselves, in
 *   whose descriptions and banners anything may stand
 * @returns null where one name alone is said, or none
 */
export function findSeveralDevices(text: Buffer, inStrings = false): SeveralDevices | null {
  for (const before of inStrings ? [BY_ITSELF, IN_STRING] : [BY_ITSELF]) {
    for (const command of COMMANDS) {
      const [first, ...others] = hostNamesBy(command, before, text);
      if (first === undefined) continue;
      // No device says it in two ways, and looking through a large configuration takes longer than reading some lines of it.
      const other = others.find(({ name, indentation }) => name !== first.name && indentation === first.indentation);
      if (other === undefined) return null;
      const line = text.toString('latin1', 0, other.at).split('\n').length;
      return { names: [shown(first.name), shown(other.name)], line };
    }
  }
  return null;
}

/**
 * Finds out whether the log of a session is of several devices, by their prompts.
 *
 * @param text - what `show` commands print; the whole of it is looked through
 * @returns null where one device is asked, or none
 */
export function findSeveralPrompts(text: Buffer): SeveralDevices | null {
  const characters = text.toString('latin1');
  let first: string | null = null;
  for (const { 1: name = '', index } of characters.matchAll(PROMPT)) {
    first ??= name;
    if (name === first) continue;
    return { names: [shown(first), shown(name)], line: characters.slice(0, index).split('\n').length };
  }
  return null;
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
