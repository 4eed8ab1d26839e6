/**
 * JSON that anybody may have written, field by field: what is not as it should be is refused by its path
 * (`inputs[3].errors[0].code`).
 *
 * @module
 */
import type { TrustError } from '../errors.js';

/** Makes the error for what is wrong. */
export type Refuse = (what: string) => TrustError;

/** A value inside a document, with its path. */
export class JsonField {
  readonly #value: unknown;
  readonly #path: string;
  readonly #refuse: Refuse;

  /** @param path - empty for the document itself */
  constructor(value: unknown, refuse: Refuse, path = '') {
    this.#value = value;
    this.#path = path;
    this.#refuse = refuse;
  }

  /** @throws what `refuse` makes */
  fail(what: string): never {
    throw this.#refuse(`${this.#path === '' ? 'the document' : this.#path} ${what}`);
  }

  /** A member of an object; one that is not there is a field of undefined. */
  member(name: string): JsonField {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.fail('is no object');
    const member = Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
    return new JsonField(member, this.#refuse, this.#path === '' ? name : `${this.#path}.${name}`);
  }

  /** The elements of an array. */
  elements(): readonly JsonField[] {
    if (!Array.isArray(this.#value)) return this.fail('is no list');
    return this.#value.map((value, index) => new JsonField(value, this.#refuse, `${this.#path}[${index}]`));
  }

  /** A text of a form; any text where none is given. */
  text(form?: RegExp): string {
    if (typeof this.#value !== 'string') return this.fail('is no text');
    if (form !== undefined && !form.test(this.#value)) return this.fail('is not of the form it must have');
    return this.#value;
  }

  /** One of a few words. */
  word<T extends string>(words: readonly T[]): T {
    return words.find((word) => word === this.#value) ?? this.fail(`is none of ${words.join(', ')}`);
  }

  /** A whole number. */
  integer(least: number, most: number = Number.MAX_SAFE_INTEGER): number {
    const number = this.number();
    if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
    return this.fail(`is no whole number from ${least} to ${most}`);
  }

  number(): number {
    return typeof this.#value === 'number' ? this.#value : this.fail('is no number');
  }

  flag(): boolean {
    return typeof this.#value === 'boolean' ? this.#value : this.fail('is neither true nor false');
  }

  /** An instant (RFC 3339, UTC). */
  instant(): Date {
    const date = new Date(this.text(/^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/));
    return Number.isNaN(date.getTime()) ? this.fail('is no instant') : date;
  }

  /** The value as JSON on one line; that of nothing is null. */
  json(): string {
    return JSON.stringify(this.#value ?? null);
  }

  /** Null for null. */
  orNull<T>(read: (field: JsonField) => T): T | null {
    return this.#value === null ? null : read(this);
  }

  /** An object with the member, or one without it where it is not there. */
  optional<K extends string, T>(name: K, read: (field: JsonField) => T): { readonly [key in K]?: T } {
    const field = this.member(name);
    return (field.#value === undefined ? {} : { [name]: read(field) }) as { readonly [key in K]?: T };
  }
}
