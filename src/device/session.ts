/**
 * The log of a session: what devices are asked in it, of how many it is, and which answers are given once more further below.
 *
 * @module
 */
import { countLineFeeds } from '../encoding/byte-search.js';
import { type SeveralDevices, severalDevices } from './host-names.js';

/** What ends a prompt. */
const SIGNS = ['#', '>'] as const;
/** What stands directly behind it where a `show` command does: the command, a blank, or `do`. */
const BEHIND_SIGN: ReadonlySet<number> = new Set(Buffer.from(' sd'));
/**
 * The prompt of a device, with its name; it has the state of a failover on ASA, the place of the module on IOS XR, and parentheses
 * and a blank on AireOS.
 */
const PROMPT = String.raw`(?:RP\/[\w/]{1,40}:)?\(?([A-Za-z][\w.-]{0,62})\)?(?:\/[\w/]{1,40})?(?:\([^)]{0,40}\))? ?[#>]`;
const ASKING = new RegExp(`^${PROMPT} ?(?:do )?sh(?:o|ow)? `);
/** A line that begins with a prompt, perhaps behind what wiped out the one of a pager. */
const AT_PROMPT = new RegExp(`^(?:.*\\x08)?${PROMPT}`);
const LONGEST_PROMPT = 160;
/** The sign, what may be between it and the command, and so much of that as tells which it is. */
const TO_COMMAND = '# do show '.length;
const LONGEST_COMMAND = 240;
/** A command that shows every certificate, so that what it does not show is gone, wherever it came from. */
const SHOWS_ALL = /^sh\w* (?:cry?\w* (?:pki|ca) cert\w*(?: (?:verbose|pem))?|run\S*)$/;
/** What is in no prompt, but in front of it or at its end: line ends, the backspaces of a pager, `#` and `>`. */
const ENDS: ReadonlySet<number> = new Set(Buffer.from('\n\r\b#>'));

/** A `show` command in the log of a session. */
export interface AskedCommand {
  /** Of the device, as its prompt has it. */
  readonly name: string;
  readonly command: string;
  /** From 1. */
  readonly line: number;
  /** Where its prompt ends in the text. */
  readonly at: number;
}

/** Lines, from 1, both included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
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
    return { name, command: typed.trim().replace(/^do /, ''), line, at };
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
  return first === undefined || other === undefined ? null : severalDevices(first.name, other.name, other.line);
}

/**
 * Finds the answers to commands that are asked once more: after a change, the later answer is true.
 *
 * @param asked - what is asked in the text, in order
 */
export function findOutdatedAnswers(text: Buffer, asked: readonly AskedCommand[]): readonly LineRange[] {
  const last = new Map(asked.map((one) => [nameAsked(one), one]));
  return asked.flatMap((one, index) => {
    if (last.get(nameAsked(one)) === one) return [];
    const lines = text.toString('latin1', one.at, asked[index + 1]?.at).split('\n');
    // Whatever is typed next ends the answer: what other commands print stays as true as it was.
    const isEnd = (line: string, behind: number) => behind > 0 && promptOn(line) === one.name;
    const next = SHOWS_ALL.test(one.command) ? -1 : lines.findIndex(isEnd);
    return { first: one.line, last: one.line + (next < 0 ? lines.length : next) - 1 };
  });
}

function nameAsked({ name, command }: AskedCommand): string {
  return `${name} ${command}`;
}

/** The name in the prompt that a line begins with; null without one. */
export function promptOn(line: string): string | null {
  return AT_PROMPT.exec(line)?.[1] ?? null;
}

function* promptsBefore(sign: string, text: Buffer): Generator<{ readonly name: string; readonly at: number }> {
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) {
    if (!BEHIND_SIGN.has(text[at + 1] as number)) continue;
    let start = at;
    while (start > 0 && at - start < LONGEST_PROMPT && !ENDS.has(text[start - 1] as number)) start--;
    const name = ASKING.exec(text.toString('latin1', start, at + TO_COMMAND))?.[1];
    if (name !== undefined) yield { name, at };
  }
}
