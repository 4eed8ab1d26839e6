/**
 * Who uses a trustpoint, and how each use is moved to another one. A line is moved only where the platform's table knows
 * its command and the modes around it, and where all of its words are plain; what is written then is made of those words. All
 * other lines that name the trustpoint are reported and left alone.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { type ConfigLine, parseConfigLines } from './config-lines.js';
import type { ConfigurationDialect, ReferenceCommand } from './dialect.js';
import { COLUMNS } from './typable.js';

/** A command that is known, in its place in a configuration. */
export interface Reference {
  readonly use: ReferenceCommand['use'];
  readonly entered: ReferenceCommand['entered'];
  /** Plain words of the modes around it, joined by single blanks; outermost first. */
  readonly under: readonly string[];
  readonly words: readonly string[];
  /** Where among them the trustpoint is named: a word of the command itself may be spelled as it is. */
  readonly places: readonly number[];
  /** The trustpoint it names. */
  readonly name: string;
}

/** A line that names a trustpoint. */
export interface TrustpointUse {
  /** From 1. */
  readonly line: number;
  /** The line, printable and not longer than is read. */
  readonly shown: string;
  /** Null where the command is not known, or not made of plain words. */
  readonly reference: Reference | null;
}

/** What a word may be that goes to a device: nothing in it acts on a console, and `no` or a pipe cannot come of it. */
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9._:/~@%+=,-]*$/;
/** Of a line. */
const SHOWN = 120;

/** Lines whose words are names of something else, or no names at all. */
const OTHER =
  /^(?:hostname|switchname|description|remark|title|alias|username|interface|subject-name|fqdn|(?:rsa|ec|ecdsa)?keypair|ip ssh rsa keypair-name|crypto (?:pki|ca) (?:trustpoint|certificate (?:chain|map)|authenticate|enroll)) /;

/**
 * Finds every line that names a trustpoint, apart from those that define it. A line that has its name in other letters (`old`
 * for `OLD`) may name it, so it is found, and never one of the commands that are known.
 *
 * @param text - a running configuration
 */
export function findUses(text: string, name: string, { references }: ConfigurationDialect): readonly TrustpointUse[] {
  const named = new RegExp(`(?:^|[^A-Za-z0-9._-])${name.replaceAll('.', '\\.')}(?![A-Za-z0-9._-])`, 'i');
  const uses: TrustpointUse[] = [];
  for (const line of parseConfigLines(text)) {
    if (!named.test(line.text) || isAboutSomethingElse(line, name, references)) continue;
    uses.push({
      line: line.number,
      shown: toPrintable(line.text.slice(0, SHOWN)),
      // What may be the text of a banner is looked at by a person: nothing is typed because of it.
      reference: line.isDoubtful ? null : recognise(line, name, references),
    });
  }
  return uses;
}

/** The trustpoint whose definition a `continues` reference stands in, that of the CA below; an empty name for other uses. */
export function trustpointAround({ use, under }: Reference): string {
  return use === 'continues' ? (under[0]?.split(' ').at(-1) ?? '') : '';
}

/**
 * The lines that make references name another trustpoint, in their modes and out of them again.
 *
 * @param to - the trustpoint they are to name
 */
export function renderSwitch(references: readonly Reference[], to: string): readonly string[] {
  return inModes(references, (reference) => renderChange(reference, reference.name, to));
}

/**
 * The lines that undo that.
 *
 * @param from - the trustpoint they name meanwhile
 * @param before - what named that one before the switch already, and stays
 */
export function renderSwitchBack(
  references: readonly Reference[],
  from: string,
  before: readonly Reference[] = [],
): readonly string[] {
  const placeOf = (reference: Reference) => [...reference.under, lineNaming(reference, from)].join('\n');
  const kept = new Set(before.map(placeOf));
  return inModes(references, (reference) =>
    kept.has(placeOf(reference))
      ? [lineNaming(reference, reference.name)]
      : renderChange(reference, from, reference.name),
  );
}

/** Whether every line of a change fits a console. */
export function fitsConsole(reference: Reference, to: string): boolean {
  return [...renderSwitch([reference], to), ...renderSwitchBack([reference], to)].every(
    (line) => line.length <= COLUMNS,
  );
}

/** The line of a reference with another trustpoint in it. */
export function lineNaming({ words, places }: Reference, other: string): string {
  return words.map((word, index) => (places.includes(index) ? other : word)).join(' ');
}

/** The new name first: at no moment does the device trust neither. */
function renderChange(reference: Reference, from: string, to: string): readonly string[] {
  const line = lineNaming(reference, to);
  return reference.entered === 'beside' ? [line, `no ${lineNaming(reference, from)}`] : [line];
}

function inModes(
  references: readonly Reference[],
  render: (reference: Reference) => readonly string[],
): readonly string[] {
  const groups = new Map<string, { readonly under: readonly string[]; readonly lines: Set<string> }>();
  for (const reference of references) {
    const key = reference.under.join('\n');
    const group = groups.get(key) ?? { under: reference.under, lines: new Set() };
    groups.set(key, group);
    for (const line of render(reference)) group.lines.add(line);
  }
  return [...groups.values()].flatMap(({ under, lines }) => [
    ...under.map((mode, depth) => indented(mode, depth)),
    ...[...lines].map((line) => indented(line, under.length)),
    ...under.map((_mode, index) => indented('exit', under.length - index)),
  ]);
}

function indented(line: string, depth: number): string {
  return `${' '.repeat(depth)}${line}`;
}

/** Settings of the trustpoint itself, headings of modes that bear the same name, and lines about other things. */
function isAboutSomethingElse({ text, under }: ConfigLine, name: string, references: readonly ReferenceCommand[]) {
  if (OTHER.test(text)) return true;
  const [, definition] = /^crypto (?:pki|ca) trustpoint (\S+)$/.exec(under.at(-1) ?? '') ?? [];
  if (definition?.toLowerCase() === name.toLowerCase()) return true;
  const words = text.split(/ +/);
  return references.some((reference) => reference.under.some((mode) => matches(mode, words, null)));
}

function recognise({ text, under }: ConfigLine, name: string, table: readonly ReferenceCommand[]): Reference | null {
  const words = text.split(/ +/);
  const modes = under.map((mode) => mode.split(/ +/));
  for (const { under: headings, command, use, entered } of table) {
    const stands =
      headings.length === modes.length &&
      headings.every((heading, depth) => matches(heading, modes[depth] ?? [], null));
    if (stands && matches(command, words, name)) {
      return { use, entered, under: modes.map((mode) => mode.join(' ')), words, places: placesOfName(command), name };
    }
  }
  return null;
}

/** Where a pattern has its `<name>`, counted in words. */
function placesOfName(pattern: string): readonly number[] {
  return pattern.split(' ').flatMap((slot, index) => (slot === '<name>' ? [index] : []));
}

/**
 * Whether words are those of a pattern.
 *
 * @param name - what `<name>` stands for, and nothing else may be; null for a heading, which may be called anything
 */
function matches(pattern: string, words: readonly string[], name: string | null): boolean {
  const slots = pattern.split(' ');
  const isOpen = slots.at(-1) === '<rest>';
  if (isOpen) slots.pop();
  if (isOpen ? words.length < slots.length : words.length !== slots.length) return false;
  return words.every((word, index) => {
    const slot = slots[index] ?? '<word>';
    if (slot === '<name>') return word === name;
    if (slot === '<word>') return PLAIN.test(word) && word !== name;
    return slot.split('|').includes(word);
  });
}
