/**
 * The file of a policy, `anchorctl.yaml`: from its text to a `Policy`, or to everything that is wrong with it. A policy that is
 * understood in part would let pass what it was written against, so one error refuses the whole.
 *
 * docs/policy.md describes the form, and docs/anchorctl.schema.json for editors; a test holds the three together.
 *
 * @module
 */
import { expectTrustError, TrustError } from '../errors.js';
import { parseThreshold, type Threshold } from './expiry.js';
import { countAlternatives, MAX_ALTERNATIVES } from './path-pattern.js';
import {
  type AnchorRule,
  DISTRUSTS,
  EXCUSABLE_CODES,
  type ExceptionRule,
  type ForbiddenRule,
  type KeyRule,
  POLICY_VERSION,
  type Policy,
  type PolicyRule,
  type ThresholdRule,
} from './policy.js';
import { YamlReader, type YamlValue } from './yaml-reader.js';

/** Larger than any policy that somebody wrote: 256 KB. */
export const MAX_POLICY_BYTES: number = 256 * 1024;

/** What a file says: a policy, or what is wrong with it. */
export type PolicyFile =
  | { readonly policy: Policy; readonly errors: readonly [] }
  | { readonly policy: null; readonly errors: readonly TrustError[] };

/**
 * Decodes a policy file.
 *
 * @param bytes - YAML in UTF-8, at most `MAX_POLICY_BYTES`
 * @param file - its path, as errors and findings show it
 * @returns every error with line and column, all of them `policy/malformed`; never throws
 */
export function decodePolicy(bytes: Uint8Array, file: string): PolicyFile {
  const text = decodeText(bytes);
  if (typeof text !== 'string') return { policy: null, errors: [text.within({ source: file })] };
  const reader = new PolicyReader(text, file);
  const policy = reader.readPolicy(file);
  return policy === null ? { policy, errors: reader.errors } : { policy, errors: [] };
}

function decodeText(bytes: Uint8Array): string | TrustError {
  if (bytes.length > MAX_POLICY_BYTES) {
    return new TrustError('policy/malformed', `it has ${bytes.length} bytes, at most ${MAX_POLICY_BYTES} are read`, {
      hint: 'a policy names anchors and paths; lists of certificates belong into bundles',
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TrustError('policy/malformed', 'it is not text in UTF-8', { hint: 'save it as UTF-8' });
  }
}

const SECTIONS = ['version', 'thresholds', 'required', 'allowed', 'forbidden', 'keys', 'ignore'] as const;

/** The fields of an entry. */
type Fields<K extends string> = ReadonlyMap<K, YamlValue>;

/** Entries of one kind. */
type Section = Exclude<(typeof SECTIONS)[number], 'version'>;

const MAX_NAME = 200;
const MAX_PATTERN = 300;
/** Keys of more bits are not in use. */
const LONGEST_KEY = 16_384;

/** What does not print could show a reader something other than what is there. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

class PolicyReader extends YamlReader {
  constructor(text: string, file: string) {
    super(text, file, 'policy/malformed');
  }

  readPolicy(file: string): Policy | null {
    const { root } = this;
    if (root === null) return null;
    const fields = this.fields(root, SECTIONS);
    this.#readVersion(root, fields.get('version'));
    const policy = {
      file,
      thresholds: this.#entries(fields, 'thresholds', (entry) => this.#readThresholds(entry)),
      required: this.#entries(fields, 'required', (entry) => this.#readAnchor(entry, true)),
      allowed: this.#entries(fields, 'allowed', (entry) => this.#readAnchor(entry, false)),
      forbidden: this.#entries(fields, 'forbidden', (entry) => this.#readForbidden(entry)),
      keys: this.#entries(fields, 'keys', (entry) => this.#readKeys(entry)),
      ignore: this.#entries(fields, 'ignore', (entry) => this.#readException(entry)),
    };
    return this.errors.length === 0 ? policy : null;
  }

  #readVersion(root: YamlValue, value: YamlValue | undefined): void {
    if (value === undefined) this.#missing(root, 'version', `write version: ${POLICY_VERSION}`);
    else this.integer(value, POLICY_VERSION, POLICY_VERSION);
  }

  #entries<R>(fields: Fields<Section | 'version'>, section: Section, read: (entry: YamlValue) => R | null): R[] {
    const value = fields.get(section);
    return value === undefined ? [] : this.items(value).flatMap((entry) => read(entry) ?? []);
  }

  #readThresholds(entry: YamlValue): ThresholdRule | null {
    const fields = this.fields(entry, ['paths', 'warn', 'fail']);
    if (!fields.has('warn') && !fields.has('fail')) this.#missing(entry, 'warn or fail', 'write for example warn: 60d');
    const threshold = (value: YamlValue) => this.#threshold(value);
    return {
      ...this.#scope(entry, fields),
      warn: optional(fields.get('warn'), threshold),
      fail: optional(fields.get('fail'), threshold),
    };
  }

  #readAnchor(entry: YamlValue, needsPaths: boolean): AnchorRule | null {
    const fields = this.fields(entry, ['sha256', 'name', 'from', 'until', 'paths']);
    if (needsPaths && !fields.has('paths')) {
      this.#missing(entry, 'paths', 'say which files must hold the anchor, for example paths: [gateways/**/*.jks]');
    }
    const sha256 = this.#demand(entry, fields, 'sha256', (value) => this.#sha256(value));
    const from = optional(fields.get('from'), (value) => this.#day(value));
    const until = optional(fields.get('until'), (value) => this.#day(value));
    if (from !== null && until !== null && from > until) {
      this.fail(fields.get('until') ?? entry, `until ${until} ends before from ${from} begins`);
    }
    const name = optional(fields.get('name'), (value) => this.#words(value));
    return sha256 === null ? null : { ...this.#scope(entry, fields), sha256, name, from, until };
  }

  #readForbidden(entry: YamlValue): ForbiddenRule | null {
    const fields = this.fields(entry, ['sha256', 'catalog', 'name', 'after', 'paths']);
    const catalog = fields.get('catalog');
    if (catalog === undefined && !fields.has('sha256')) {
      this.#missing(entry, 'sha256 or catalog', 'name one certificate, or what the catalog says of roots');
    } else if (catalog !== undefined && fields.has('sha256')) {
      this.fail(catalog, `sha256 and catalog are both there in ${entry.what}`, 'make two entries of it');
    }
    return {
      ...this.#scope(entry, fields),
      sha256: optional(fields.get('sha256'), (value) => this.#sha256(value)),
      catalog: catalog === undefined ? [] : this.#list(catalog, (value) => this.#oneOf(value, DISTRUSTS)),
      name: optional(fields.get('name'), (value) => this.#words(value)),
      after: optional(fields.get('after'), (value) => this.#day(value)),
    };
  }

  #readKeys(entry: YamlValue): KeyRule | null {
    const fields = this.fields(entry, ['rsa', 'ec', 'paths']);
    if (!fields.has('rsa') && !fields.has('ec')) this.#missing(entry, 'rsa or ec', 'write for example rsa: 3072');
    const bits = (value: YamlValue) => this.integer(value, 1, LONGEST_KEY);
    return {
      ...this.#scope(entry, fields),
      rsa: optional(fields.get('rsa'), bits),
      ec: optional(fields.get('ec'), bits),
    };
  }

  #readException(entry: YamlValue): ExceptionRule | null {
    const fields = this.fields(entry, ['sha256', 'reason', 'until', 'paths', 'codes']);
    const sha256 = this.#demand(entry, fields, 'sha256', (value) => this.#sha256(value));
    const reason = this.#demand(entry, fields, 'reason', (value) => this.#words(value));
    const until = this.#demand(entry, fields, 'until', (value) => this.#day(value));
    const codes = optional(fields.get('codes'), (value) =>
      this.#list(value, (one) => this.#oneOf(one, EXCUSABLE_CODES)),
    );
    if (sha256 === null || reason === null || until === null) return null;
    return { ...this.#scope(entry, fields), sha256, reason, until, codes };
  }

  #scope({ line }: YamlValue, fields: ReadonlyMap<string, YamlValue>): PolicyRule {
    return {
      line,
      paths: optional(fields.get('paths'), (value) => this.#patterns(value)),
    };
  }

  #patterns(value: YamlValue): readonly string[] {
    const patterns = this.#list(value, (item) => this.#pattern(item));
    if (patterns.length > 0 && patterns.every((pattern) => pattern.startsWith('!'))) {
      this.fail(value, 'every pattern takes something out', 'begin with one that takes something in, such as "**"');
    }
    return patterns;
  }

  #pattern(value: YamlValue): string | null {
    const pattern = this.#words(value, MAX_PATTERN);
    if (pattern === null) return null;
    if (pattern.includes('\\')) {
      return this.fail(value, `"${pattern}" has a backslash`, 'write / between folders, on Windows too');
    }
    if (/^!?(?:\/|[A-Za-z]:)/.test(pattern)) {
      return this.fail(
        value,
        `"${pattern}" begins at the top of the file system`,
        'paths count from the folder of this file',
      );
    }
    if (hasStepOfNoPath(pattern)) {
      return this.fail(
        value,
        `"${pattern}" has a step that is in no path: ".", nothing between slashes, or ".." behind a name`,
        'leave it out: gateways/ is all below that folder, ** everything, and ../ leads out at the beginning alone',
      );
    }
    if (countAlternatives(pattern) > MAX_ALTERNATIVES) {
      return this.fail(value, `"${pattern}" has more than ${MAX_ALTERNATIVES} alternatives`, 'write several patterns');
    }
    return pattern;
  }

  /** A list of at least one. */
  #list<T>(value: YamlValue, read: (item: YamlValue) => T | null): readonly T[] {
    if (this.isEmptyList(value))
      this.fail(value, `${value.what} is an empty list`, 'leave the key out, or fill the list');
    return this.items(value).flatMap((item) => read(item) ?? []);
  }

  #demand<T>(
    entry: YamlValue,
    fields: ReadonlyMap<string, YamlValue>,
    key: string,
    read: (value: YamlValue) => T | null,
  ): T | null {
    const value = fields.get(key);
    return value === undefined ? this.#missing(entry, key) : read(value);
  }

  /** One error is enough for what is no mapping at all. */
  #missing(entry: YamlValue, what: string, hint?: string): null {
    return this.isMapping(entry) ? this.fail(entry, `${what} is missing in ${entry.what}`, hint) : null;
  }

  #sha256(value: YamlValue): string | null {
    const expected = 'a SHA-256 fingerprint of 64 hex digits';
    const digits = this.text(value, expected)?.replace(/[:\s-]/g, '');
    if (digits === undefined) return null;
    return /^[0-9a-f]{64}$/i.test(digits) ? digits.toLowerCase() : this.expect(value, expected);
  }

  #day(value: YamlValue): string | null {
    const expected = 'a day such as 2026-12-01';
    const text = this.text(value, expected);
    if (text === null) return null;
    const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
    // Date takes 30 February for 2 March.
    const exists = day !== null && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
    return exists ? text : this.expect(value, expected);
  }

  #threshold(value: YamlValue): Threshold | null {
    const text = this.text(value, 'a time such as 60d');
    try {
      return text === null ? null : parseThreshold(text);
    } catch (error) {
      return this.fail(
        value,
        expectTrustError(error).message,
        'write days, hours, weeks or a share: 60d, 36h, 8w, 30%',
      );
    }
  }

  #oneOf<T extends string>(value: YamlValue, words: readonly T[]): T | null {
    const expected = `one of ${words.join(', ')}`;
    const text = this.text(value, expected);
    return text === null ? null : (words.find((word) => word === text) ?? this.expect(value, expected));
  }

  /** Words for people, on one line. */
  #words(value: YamlValue, most: number = MAX_NAME): string | null {
    const text = this.text(value, 'text');
    if (text === null) return null;
    if (text.length > most)
      return this.fail(value, `${value.what} has ${text.length} characters, at most ${most} are read`);
    if (text.trim() === '') return this.expect(value, 'text');
    return UNPRINTABLE.test(text) ? this.fail(value, `${value.what} has a character that does not print`) : text;
  }
}

/** Whether a pattern can fit no path, as paths are held against patterns: an entry for it would never hold. */
function hasStepOfNoPath(pattern: string): boolean {
  const path = pattern
    .replace(/^!/, '')
    .replace(/^tls:\/\//, '')
    .replace(/^(?:\.\/)+(?=.)/, '')
    .replace(/\/$/, '/*');
  return /\/\/|(?:^|\/)\.(?:\/|$)/.test(path) || /(?:^|\/)\.\.(?:\/|$)/.test(path.replace(/^(?:\.\.\/)+/, ''));
}

function optional<T>(value: YamlValue | undefined, read: (value: YamlValue) => T | null): T | null {
  return value === undefined ? null : read(value);
}
