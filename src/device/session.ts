/**
 * The log of a session: what devices are asked in it, of how many it is, and which answers are given once more further below.
 *
 * @module
 */
import { countLineFeeds } from '../encoding/byte-search.js';
import { findSeveralHostNames, type LastName, type SeveralDevices, severalDevices } from './host-names.js';

/** What ends a prompt. */
const SIGNS: readonly number[] = [...Buffer.from('#>')];
/** What stands directly behind it where a command does that is looked for here: its first letter, a blank, or `do`. */
const BEHIND_SIGN: ReadonlySet<number> = new Set(Buffer.from(' sdh'));
/**
 * The prompt of a device: its name, what ASA puts behind that (a context, the state of a failover), and the mode. It has the place
 * of the module on IOS XR, and parentheses and a blank on AireOS.
 */
const PROMPT = String.raw`(?:RP\/[\w/]{1,40}:)?\(?([A-Za-z][\w.-]{0,62})\)?(\/[\w/-]{1,40})?(\([^)]{0,40}\))? ?[#>]`;
const ASKING = new RegExp(`^${PROMPT} ?(?:(?:do )?sh(?:o|ow)?|ho(?:s(?:t(?:n(?:a(?:me?)?)?)?)?)?) `);
/** A line that begins with a prompt, perhaps behind what wiped out the one of a pager. */
const AT_PROMPT = new RegExp(`^(?:.*\\x08)?${PROMPT}`);
/** What is no context behind the name. */
const STATES: ReadonlySet<string> = new Set(['pri', 'sec', 'act', 'stby', 'master', 'slave', 'control', 'data']);
/** IOS shortens a name in the prompts of configuration modes; what drives its consoles counts on so many characters of it. */
const KEPT_OF_NAME = 16;
/** A device is not renamed more often in one log. */
const MOST_RENAMINGS = 8;
const LONGEST_PROMPT = 160;
/** The sign, what may be between it and the command, and so much of that as tells which it is. */
const TO_COMMAND = '# hostname '.length;
const LONGEST_COMMAND = 240;
/** A command that shows every certificate, so that what it does not show is gone, wherever it came from. */
const SHOWS_ALL = /^sh\w* (?:cry?\w* (?:pki|ca) cert\w*(?: (?:verbose|pem))?|run\S*)$/;
/** What is in no prompt, but in front of it or at its end: line ends, the backspaces of a pager, `#` and `>`. */
const ENDS: ReadonlySet<number> = new Set(Buffer.from('\n\r\b#>'));

/** A `show` command in the log of a session. */
export interface AskedCommand {
  /** Of the device; where it is renamed in the session, the last one. */
  readonly name: string;
  /** With a slash, of a firewall with several; else nothing. */
  readonly context: string;
  readonly command: string;
  /** From 1. */
  readonly line: number;
  /** Where its prompt ends in the text. */
  readonly at: number;
  /** The name and context that its prompt has. */
  readonly prompt: string;
}

/** What a log says of the devices in it. */
export interface Session {
  /** In order. */
  readonly asked: readonly AskedCommand[];
  readonly nameNow: LastName;
}

const NOTHING_ASKED: Session = { asked: [], nameNow: (name) => name };

interface Prompt {
  readonly name: string;
  readonly context: string;
  readonly isInMode: boolean;
}

/** A command at its prompt. */
interface Typed extends Prompt {
  readonly command: string;
  readonly at: number;
}

/** Lines, from 1, both included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Looks for what is typed in the log of a session.
 *
 * @param text - the whole of it is looked through
 */
export function readSession(text: Buffer): Session {
  const typed = SIGNS.flatMap((sign) => [...typedBehind(sign, text)]).sort((a, b) => a.at - b.at);
  if (typed.length === 0) return NOTHING_ASKED;
  const whole = wholeNames(typed);
  const nameNow = lastNames(typed, whole);
  let line = 1;
  let counted = 0;
  const asked = typed
    .filter(({ command }) => command.startsWith('sh'))
    .map(({ at, command, ...prompt }) => {
      line += countLineFeeds(text, counted, at);
      counted = at;
      const { name, context } = prompt;
      return { name: nameNow(whole(prompt), at), context, command, line, at, prompt: name + context };
    });
  return { asked, nameNow };
}

/** What names became, where a session says so for one device: `Router` may be the first name of many. */
function lastNames(typed: readonly Typed[], whole: (prompt: Prompt) => string): LastName {
  const renamed = new Map<string, { readonly to: string; readonly at: number } | null>();
  for (const { command, at, ...prompt } of typed) {
    const [word = '', to] = command.split(/\s+/);
    if (!prompt.isInMode || to === undefined || !'hostname'.startsWith(word)) continue;
    const name = whole(prompt);
    renamed.set(name, renamed.has(name) ? null : { to, at });
  }
  return (name, at) => {
    let now = { to: name, at };
    for (let times = 0; times < MOST_RENAMINGS; times++) {
      const next = renamed.get(now.to) ?? now;
      // A name that a device had before is that of another one afterwards.
      if (next.at <= now.at) break;
      now = next;
    }
    return now.to;
  };
}

/** The whole name of a prompt that has the beginning of one. */
function wholeNames(typed: readonly Typed[]): (prompt: Prompt) => string {
  const kept = (name: string) => name.slice(0, KEPT_OF_NAME);
  const wholes = new Map(typed.filter(({ isInMode }) => !isInMode).map(({ name }) => [kept(name), name]));
  return ({ name, isInMode }) => {
    const whole = isInMode && name.length >= KEPT_OF_NAME ? wholes.get(kept(name)) : undefined;
    return whole?.startsWith(name) === true ? whole : name;
  };
}

/**
 * Finds out whether a text is of several devices: by the names in their configurations, else by their prompts.
 *
 * @param inStrings - as of `findSeveralHostNames`
 * @returns null where one device is asked, or none
 */
export function findSeveralDevices(
  text: Buffer,
  { asked, nameNow }: Session,
  inStrings = false,
): SeveralDevices | null {
  const several = findSeveralHostNames(text, { inStrings, nameNow });
  const [first] = asked;
  if (several !== null || first === undefined) return several;
  // Beside its contexts a firewall has a system, which has no certificates.
  const one = asked.find(({ context }) => context !== '') ?? first;
  const other = asked.find(({ name, context }) => name !== first.name || (context !== '' && context !== one.context));
  if (other === undefined) return null;
  const isNamed = other.name !== first.name;
  return severalDevices(isNamed ? first.prompt : one.prompt, other.prompt, other.line);
}

/**
 * Finds the answers to commands that are asked once more: after a change, the later answer is true.
 */
export function findOutdatedAnswers(text: Buffer, { asked }: Session): readonly LineRange[] {
  const last = new Map(asked.map((one) => [nameAsked(one), one]));
  return asked.flatMap((one, index) => {
    if (last.get(nameAsked(one)) === one) return [];
    const lines = text.toString('latin1', one.at, asked[index + 1]?.at).split('\n');
    // Whatever is typed next ends the answer: what other commands print stays as true as it was.
    const isEnd = (line: string, behind: number) => behind > 0 && promptOn(line) === one.prompt;
    const next = SHOWS_ALL.test(one.command) ? -1 : lines.findIndex(isEnd);
    return { first: one.line, last: one.line + (next < 0 ? lines.length : next) - 1 };
  });
}

function nameAsked({ name, context, command }: AskedCommand): string {
  return `${name}${context} ${command}`;
}

/** The name and the context in the prompt that a line begins with; null without one. */
export function promptOn(line: string): string | null {
  const found = AT_PROMPT.exec(line);
  if (found === null) return null;
  const { name, context } = toPrompt(found);
  return name + context;
}

function* typedBehind(sign: number, text: Buffer): Generator<Typed> {
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) {
    if (!BEHIND_SIGN.has(text[at + 1] as number)) continue;
    let start = at;
    while (start > 0 && at - start < LONGEST_PROMPT && !ENDS.has(text[start - 1] as number)) start--;
    const found = ASKING.exec(text.toString('latin1', start, at + TO_COMMAND));
    if (found === null) continue;
    const line = text.toString('latin1', at + 1, at + 1 + LONGEST_COMMAND).split(/[\r\n]/, 1)[0] ?? '';
    yield { ...toPrompt(found), command: line.trim().replace(/^do /, ''), at };
  }
}

function toPrompt([, name = '', behind = '', mode]: RegExpExecArray): Prompt {
  const contexts = behind.split('/').filter((word) => word !== '' && !STATES.has(word.toLowerCase()));
  return { name, context: contexts.map((context) => `/${context}`).join(''), isInMode: mode !== undefined };
}
