/**
 * Reading the values of a YAML document one by one, each with its line and column, so that everything that is wrong with a file
 * is said at once and where it stands.
 *
 * YAML 1.2 (yaml.org) as far as configuration needs it: one document of mappings, lists and scalars. Every scalar is taken as
 * it is written, so that `1e10…` is a fingerprint and `no` a word. Aliases are followed, within a limit; merge keys and tags are
 * refused.
 *
 * @module
 */
import { createRequire } from 'node:module';
import type * as yaml from 'yaml';
import { nearestWord } from '../catalog/nearest-word.js';
import { readYamlTokens } from '../encoding/yaml.js';
import { type ErrorCode, TrustError } from '../errors.js';

const require = createRequire(import.meta.url);

/** A value of the document that is still to be read. */
export interface YamlValue {
  /** Undefined where an error has been noted already. */
  readonly node: unknown;
  /** What it is, for messages: `"paths"`. */
  readonly what: string;
  /** Where it begins, from 1. */
  readonly line: number;
  readonly column: number;
}

/** Lists and mappings of more are no work of a person. */
const MAX_ITEMS = 2000;
const MAX_ALIASES = 200;
const MAX_QUOTED = 80;
/** A file that is no such file at all has an error in every line. */
const MAX_ERRORS = 25;

/** Reads one document, and gathers what is wrong with it. */
export class YamlReader {
  readonly #file: string;
  readonly #code: ErrorCode;
  readonly #library: typeof yaml;
  readonly #lines: yaml.LineCounter;
  readonly #document: yaml.Document.Parsed;
  readonly #errors: TrustError[] = [];
  #aliases = 0;

  /**
   * @param file - as errors name it
   * @param code - of every error
   */
  constructor(text: string, file: string, code: ErrorCode) {
    this.#file = file;
    this.#code = code;
    this.#library = require('yaml') as typeof yaml;
    this.#lines = new this.#library.LineCounter();
    const { tokens, stopped } = readYamlTokens(text, this.#lines.addNewLine);
    const composer = new this.#library.Composer({
      schema: 'failsafe',
      stringKeys: true,
      // Compares every key with every other; `fields` has a set.
      uniqueKeys: false,
    });
    const [document, second] = composer.compose(tokens, true, text.length);
    this.#document = document as yaml.Document.Parsed;
    if (stopped !== null) this.fail(this.#valueAt(null, 'the file', stopped.at), stopped.because);
    if (second !== undefined)
      this.fail(
        this.#valueAt(null, 'the file', second.range[0]),
        'there is a second document',
        'delete the line ---, and what is not meant',
      );
    for (const { code, message, pos } of [...this.#document.errors, ...this.#document.warnings]) {
      const [first = ''] = message.split('\n');
      const hint = code === 'TAB_AS_INDENT' ? 'indent with spaces' : undefined;
      this.fail(this.#valueAt(null, 'the file', pos[0]), `no YAML: ${toSentence(first)}`, hint);
    }
  }

  /** What is wrong, in the order of the file. */
  get errors(): readonly TrustError[] {
    const place = ({ at }: TrustError) => (at?.line ?? 0) * 1e6 + (at?.column ?? 0);
    return this.#errors.toSorted((a, b) => place(a) - place(b)).slice(0, MAX_ERRORS);
  }

  /** The whole document; null for one that is empty, or no YAML. */
  get root(): YamlValue | null {
    if (this.#errors.length > 0) return null;
    const { contents } = this.#document;
    if (contents !== null) return this.#follow(contents, 'the file');
    this.fail(this.#valueAt(null, 'the file', 0), 'the file is empty');
    return null;
  }

  /** Notes that something is wrong with a value. */
  fail({ line, column }: Pick<YamlValue, 'line' | 'column'>, message: string, hint?: string): null {
    const at = { source: this.#file, line, column };
    this.#errors.push(new TrustError(this.#code, message, { at, ...(hint === undefined ? {} : { hint }) }));
    return null;
  }

  /** The values of a mapping by their keys. Keys that are not known, and keys that are there twice, are errors. */
  fields<K extends string>(value: YamlValue, known: readonly K[]): ReadonlyMap<K, YamlValue> {
    const fields = new Map<K, YamlValue>();
    const { node } = value;
    if (!this.#library.isMap(node)) {
      this.expect(value, `a mapping with ${listOf(known)}`);
      return fields;
    }
    for (const { key: keyNode, value: valueNode } of this.#limited(value, node.items)) {
      const at = this.#valueAt(keyNode, 'a key', 0);
      const word = this.#library.isScalar(keyNode) ? String(keyNode.value) : '';
      const key = known.find((one) => one === word);
      if (key === undefined) this.#refuseKey(at, word, known);
      else if (fields.has(key)) this.fail(at, `"${key}" is there twice`, 'keep one of them');
      else fields.set(key, this.#follow(valueNode ?? keyNode, `"${key}"`, valueNode === null));
    }
    return fields;
  }

  /** The items of a list. */
  items(value: YamlValue): readonly YamlValue[] {
    const { node, what } = value;
    if (!this.#library.isSeq(node)) {
      this.expect(value, 'a list');
      return [];
    }
    return this.#limited(value, node.items).map((item) => this.#follow(item, `an item of ${what}`));
  }

  /** A scalar as it is written, without its quotes. */
  text(value: YamlValue, expected: string): string | null {
    const { node } = value;
    if (this.#library.isScalar(node) && typeof node.value === 'string' && node.value !== '') return node.value;
    return this.expect(value, expected);
  }

  /** A whole number without quotes, within limits. */
  integer(value: YamlValue, least: number, most: number): number | null {
    const expected = least === most ? `${least}` : `a whole number from ${least} to ${most}`;
    const text = this.text(value, expected);
    if (text === null) return null;
    const isNumber = /^(?:0|[1-9]\d{0,8})$/.test(text) && Number(text) >= least && Number(text) <= most;
    if (!isNumber) return this.expect(value, expected);
    return this.isPlain(value) ? Number(text) : this.expect(value, expected, 'leave the quotes out');
  }

  /** Whether a scalar is written without quotes. */
  isPlain({ node }: YamlValue): boolean {
    return this.#library.isScalar(node) && node.type === 'PLAIN';
  }

  /** Whether a value is a mapping. */
  isMapping({ node }: YamlValue): boolean {
    return this.#library.isMap(node);
  }

  /** Whether a value is a list without an item. */
  isEmptyList({ node }: YamlValue): boolean {
    return this.#library.isSeq(node) && node.items.length === 0;
  }

  /** Says what was found in the place of what was expected. */
  expect(value: YamlValue, expected: string, hint?: string): null {
    if (value.node === undefined) return null;
    return this.fail(value, `${value.what} is ${this.#describe(value)}, ${expected} was expected`, hint);
  }

  /** What a value is, for a message. */
  #describe({ node }: YamlValue): string {
    if (this.#library.isMap(node)) return 'a mapping';
    if (this.#library.isSeq(node)) return 'a list';
    const text = this.#library.isScalar(node) ? String(node.value ?? '') : '';
    if (text === '') return 'empty';
    // Never all of what may be a key.
    return text.length > MAX_QUOTED ? `text of ${text.length} characters` : `"${text}"`;
  }

  #refuseKey(at: YamlValue, word: string, known: readonly string[]): void {
    const nearest = nearestWord(word, known);
    const hint =
      word === '<<'
        ? 'YAML 1.2 has no merge keys: write the keys out'
        : nearest === null
          ? `write ${listOf(known)}`
          : `did you mean "${nearest}"?`;
    this.fail(at, `there is no key "${word.slice(0, 60)}" here`, hint);
  }

  #limited<T>(value: YamlValue, items: readonly T[]): readonly T[] {
    if (items.length <= MAX_ITEMS) return items;
    this.fail(value, `${value.what} has ${items.length} entries, at most ${MAX_ITEMS} are read`);
    return [];
  }

  /** A node with what it stands for, where it is an alias. */
  #follow(node: unknown, what: string, isEmpty = false): YamlValue {
    const value = this.#valueAt(isEmpty ? null : node, what, rangeOf(node));
    if (isEmpty || !this.#library.isAlias(node)) return value;
    if (++this.#aliases > MAX_ALIASES) {
      if (this.#aliases === MAX_ALIASES + 1) this.fail(value, `more than ${MAX_ALIASES} aliases, write the values out`);
      return { ...value, node: undefined };
    }
    const target = node.resolve(this.#document);
    if (target === undefined) this.fail(value, `there is no anchor "&${node.source}" above`);
    return { ...value, node: target };
  }

  #valueAt(node: unknown, what: string, offset: number): YamlValue {
    const { line, col } = this.#lines.linePos(node === null ? offset : rangeOf(node));
    return { node, what, line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function rangeOf(node: unknown): number {
  const { range } = node as { readonly range?: readonly number[] | null };
  return range?.[0] ?? 0;
}

function toSentence(message: string): string {
  return `${message.slice(0, 1).toLowerCase()}${message.slice(1)}`.replace(/[.:]$/, '');
}

function listOf(words: readonly string[]): string {
  return words.join(', ');
}
