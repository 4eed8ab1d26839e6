/**
 * What devices call themselves in a text, which tells whether it is of one device or of several, and what they are asked in it.
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

/** What ends a prompt. */
const SIGNS = ['#', '>'] as const;
/** What stands directly behind it where a `show` command does: the command, a blank, or `do`. */
const BEHIND_SIGN: ReadonlySet<number> = new Set(Buffer.from(' sd'));
/**
 * A `show` command with its prompt; that has the state of a failover on ASA, the place of the module on IOS XR, and parentheses and a blank on
 * AireOS.
 */
const PROMPT =
  /^(?:RP\/[\w/]{1,40}:)?\(?([A-Za-z][\w.-]{0,62})\)?(?:\/[\w/]{1,40})?(?:\([^)]{0,40}\))? ?[#>] ?(?:do )?sh(?:o|ow)? /;
const LONGEST_PROMPT = 160;
/** The sign, what may be between it and the command, and so much of that as tells which it is. */
const TO_COMMAND = '# do show '.length;
const LONGEST_COMMAND = 240;
/** What is in no prompt, but in front of it or at its end: line ends, the backspaces of a pager, `#` and `>`. */
const ENDS: ReadonlySet<number> = new Set(Buffer.from('\n\r\b#>'));

/** Two devices whose lines stand in one text. */
export interface SeveralDevices {
  /** Of the first and of another, quoted and printable. */
  readonly names: readonly [string, string];
  /** Where the other one says its name, from 1. */
  readonly line: number;
}

/** What a device calls itself, and where. */
interface Named {
  readonly name: string;
  readonly at: number;
}

interface HostName extends Named {
  readonly indentation: string;
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
    const names = COMMANDS.flatMap((command) => [...hostNamesBy(command, before, text)]);
    const [first] = names;
    if (first === undefined) continue;
    const other = names.find(({ name, indentation }) => name !== first.name && indentation === first.indentation);
    if (other === undefined) return null;
    const line = 1 + countLineFeeds(text, 0, other.at);
    return { names: [shown(first.name), shown(other.name)], line };
  }
  return null;
}

/** A `show` command in the log of a session. */
export interface AskedCommand {
  /** Of the device, as its prompt has it. */
  readonly name: string;
  readonly command: string;
  /** From 1. */
  readonly line: number;
}

/**
 * The `show` commands of a session, in order.
 *
 * @param text - the whole of it is looked through
 */
export function findAskedCommands(text: Buffer): readonly AskedCommand[] {
  let line = 1;
  let counted = 0;
  const prompts = SIGNS.flatMap((sign) => [...promptsBefore(sign, text)]).sort((a, b) => a.at - b.at);
  return prompts.map(({ name, at }) => {
    line += countLineFeeds(text, counted, at);
    counted = at;
    const typed = text.toString('latin1', at + 1, at + 1 + LONGEST_COMMAND).split(/[\r\n]/, 1)[0] ?? '';
    return { name, command: typed.trim().replace(/^do /, ''), line };
  });
}

/**
 * Finds out whether the log of a session is of several devices, by their prompts.
 *
 * @returns null where one device is asked, or none
 */
export function findSeveralPrompts(asked: readonly AskedCommand[]): SeveralDevices | null {
  const [first] = asked;
  const other = asked.find(({ name }) => name !== first?.name);
  return first === undefined || other === undefined
    ? null
    : { names: [shown(first.name), shown(other.name)], line: other.line };
}

function* promptsBefore(sign: string, text: Buffer): Generator<Named> {
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) {
    if (!BEHIND_SIGN.has(text[at + 1] as number)) continue;
    let start = at;
    while (start > 0 && at - start < LONGEST_PROMPT && !ENDS.has(text[start - 1] as number)) start--;
    const name = PROMPT.exec(text.toString('latin1', start, at + TO_COMMAND))?.[1];
    if (name !== undefined) yield { name, at };
  }
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
