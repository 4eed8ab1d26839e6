/**
 * What devices call themselves in a text, which tells whether it is of one device or of several.
 *
 * @module
 */
import { indexOfText } from '../encoding/byte-search.js';
import { toPrintable } from '../encoding/printable.js';

const COMMANDS = ['hostname ', 'switchname '] as const;
/** What may stand before the command: the beginning of a line, which in a string is written `\n`, and its indentation. */
const BEFORE = /(?:^|[\r\n"']|\\n)([ \t]*)$/;
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
 * @returns null where one name alone is said, or none
 */
export function findSeveralDevices(text: Buffer): SeveralDevices | null {
  for (const command of COMMANDS) {
    let first: HostName | null = null;
    for (const found of hostNamesBy(command, text)) {
      first ??= found;
      if (found.name === first.name || found.indentation !== first.indentation) continue;
      const line = text.toString('latin1', 0, found.at).split('\n').length;
      return { names: [shown(first.name), shown(found.name)], line };
    }
    // No device says it in both ways, and looking through a large configuration takes longer than reading some lines of it.
    if (first !== null) return null;
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

function* hostNamesBy(command: string, text: Buffer): Generator<HostName> {
  for (let at = indexOfText(text, command); at >= 0; at = indexOfText(text, command, at + command.length)) {
    const before = BEFORE.exec(text.toString('latin1', Math.max(0, at - LONGEST_BEFORE), at));
    const start = at + command.length;
    const name = NAME.exec(text.toString('utf8', start, start + SHOWN_NAME * 2))?.[0];
    if (before !== null && name !== undefined) yield { indentation: before[1] ?? '', name, at };
  }
}

function shown(name: string): string {
  return `"${toPrintable(name.slice(0, SHOWN_NAME))}"`;
}
