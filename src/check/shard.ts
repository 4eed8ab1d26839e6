/**
 * A check in parts: each of several calls (the jobs of a CI matrix, the pods of an Indexed Job) finds the same inputs in the
 * same order and reads its share of them; what they record gives the report of all of them together.
 *
 * Inputs are dealt like cards: the first to the first shard, the second to the second. Neighbours in a folder are of a kind and
 * of a size, so shards are as good as equal, and nothing has to be opened to know whose turn it is.
 *
 * @module
 */
import { createHash, type Hash } from 'node:crypto';
import { TrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import { CertificatePool } from '../x509/certificate-pool.js';
import type { CertificateRole } from './check-report.js';
import type { Thresholds } from './expiry.js';
import type { InputContent } from './input-content.js';
import type { PolicyCheck } from './policy-check.js';

/** One part of so many, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** What all shards of a check have in common. */
export interface ShardSettings {
  /** Of anchorctl: another one may read another thing out of a file. */
  readonly version: string;
  /** Which catalog was asked: another one may know another thing of a root. */
  readonly catalog: string;
  readonly at: Date;
  /** The thresholds that the user named. */
  readonly given: Partial<Thresholds>;
  /** Null without one. */
  readonly policy: ShardPolicy | null;
  readonly only: CertificateRole | null;
  /** What the user named. */
  readonly paths: readonly string[];
  readonly allowEmpty: boolean;
  /** The revision since which files have to have changed; null for all files. */
  readonly changedSince: string | null;
  /** What else the user said of how inputs are to be read: limits, and how servers are asked. */
  readonly reading: string;
}

/** The policy of a check, whole: a merge judges by it once more, and may be made where its file is not. */
export interface ShardPolicy {
  /** Its file, as it is shown to users. */
  readonly file: string;
  readonly text: string;
  /** Whether the paths of the call cover all of its folder. */
  readonly isCovered: boolean;
}

/** What was read of one input. */
export interface RecordedInput extends InputContent {
  readonly errors: readonly TrustError[];
}

/** One of all inputs. */
export interface PlacedName {
  /** Its number among them, from 0. */
  readonly position: number;
  readonly input: string;
  /** What the patterns of the policy call it; null without a policy. */
  readonly place: string | null;
  readonly members?: readonly string[] | undefined;
}

/** The same with what was read of it. */
export interface PlacedInput extends RecordedInput, PlacedName {}

/** All inputs, of every shard. */
export interface ShardedInputs {
  readonly count: number;
  /** SHA-256 of their names in their order, lower-case hex: two shards that found other files cannot be put together. */
  readonly sha256: string;
}

/** Everything that one shard has for the whole. */
export interface ShardRecord extends Shard {
  readonly settings: ShardSettings;
  readonly all: ShardedInputs;
  /** Files of this shard without any sign of a certificate. */
  readonly passedOver: number;
  /** Those among them that entries of the policy are for, which may demand something of them; in order. */
  readonly concerned: readonly PlacedName[];
  /** Its other inputs, in order. */
  readonly inputs: readonly PlacedInput[];
}

/** More shards than any cluster starts for this. */
export const MOST_SHARDS = 10_000;

/**
 * Reads `3/16`.
 *
 * @throws {TrustError} `usage/bad-value`
 */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index >= 1 && shard.index <= shard.count && shard.count <= MOST_SHARDS) return shard;
  throw new TrustError('usage/bad-value', `"${text.slice(0, 40)}" is no shard`, {
    hint: `write the number of the shard, from 1, and how many there are, at most ${MOST_SHARDS}: 3/16`,
  });
}

/** How many of so many inputs a shard has. */
export function shareOf({ index, count }: Shard, inputs: number): number {
  return Math.max(0, Math.ceil((inputs - (index - 1)) / count));
}

/** Deals the inputs of a call and keeps what was read of those that are this shard's. */
export class ShardRecorder {
  readonly #shard: Shard;
  readonly #policy: PolicyCheck | null;
  readonly #names: Hash = createHash('sha256');
  readonly #inputs: PlacedInput[] = [];
  readonly #concerned: PlacedName[] = [];
  readonly #pool = new CertificatePool();
  #found = 0;
  #read = 0;

  constructor(shard: Shard, policy: PolicyCheck | null) {
    this.#shard = shard;
    this.#policy = policy;
  }

  /** Whether the next of all inputs is this shard's. */
  takes(name: string): boolean {
    this.#names.update(name).update('\0');
    return this.#found++ % this.#shard.count === this.#shard.index - 1;
  }

  /** What was read of the next input that is this shard's. */
  add(read: RecordedInput): void {
    const certificates = read.certificates.map((certificate) =>
      withSourceOf(this.#pool.keep(certificate), certificate),
    );
    this.#inputs.push({ ...read, ...this.#placeNext(read.input), certificates });
  }

  /** The next input that is this shard's has no sign of a certificate. */
  passOver(input: string, members: readonly string[] = []): void {
    const name = this.#placeNext(input);
    if (this.#policy?.concerns(input, members) === true) this.#concerned.push({ ...name, members });
  }

  /** To be asked once, at the end. */
  record(settings: ShardSettings): ShardRecord {
    return {
      ...this.#shard,
      settings,
      all: { count: this.#found, sha256: this.#names.digest('hex') },
      passedOver: this.#read - this.#inputs.length,
      concerned: this.#concerned,
      inputs: this.#inputs,
    };
  }

  #placeNext(input: string): PlacedName {
    const position = this.#shard.index - 1 + this.#shard.count * this.#read++;
    return { position, input, place: this.#policy?.nameOf(input) ?? null };
  }
}

function withSourceOf(kept: Certificate, { source }: Certificate): Certificate {
  return source === null ? kept : kept.withSource(source);
}

/** What a shard recorded, and where that stands. */
export interface SourcedRecord {
  readonly source: string;
  readonly record: ShardRecord;
}

/** What one call would have read. */
export interface MergedInputs {
  readonly settings: ShardSettings;
  /** Files without any sign of a certificate, those among `inputs` too. */
  readonly passedOver: number;
  /** What was read, and what was passed over and may lack something, in their order. */
  readonly inputs: readonly (PlacedInput | PlacedName)[];
}

/** Whether there was anything to read in an input. */
export function isRead(input: PlacedInput | PlacedName): input is PlacedInput {
  return 'certificates' in input;
}

/**
 * Puts shards together.
 *
 * @param records - in any order
 * @throws {TrustError} `shard/foreign`: one is of another check; `shard/twice`; `shard/missing`
 */
export function mergeShards(records: readonly SourcedRecord[]): MergedInputs {
  const [first, ...others] = records;
  if (first === undefined) throw new TrustError('shard/missing', 'there is no shard to merge');
  for (const other of others) requireSame(first, other);
  const byIndex = new Map<number, SourcedRecord>();
  for (const one of records) {
    const same = byIndex.get(one.record.index);
    if (same !== undefined) throw twice(one, same);
    byIndex.set(one.record.index, one);
  }
  requireAll(first.record.count, byIndex);
  return {
    settings: first.record.settings,
    passedOver: records.reduce((sum, { record }) => sum + record.passedOver, 0),
    inputs: records
      .flatMap(({ record }) => [...record.inputs, ...record.concerned])
      .sort((a, b) => a.position - b.position),
  };
}

/** What has to be the same, with what to do where it is not. */
const SAME: readonly {
  readonly what: string;
  readonly of: (record: ShardRecord) => unknown;
  readonly hint: string;
}[] = [
  { what: 'version of anchorctl', of: ({ settings }) => settings.version, hint: 'run one version everywhere' },
  {
    what: 'catalog of roots',
    of: ({ settings }) => settings.catalog,
    hint: 'keep one catalog everywhere: the one that is built in, or the same anchorctl catalog update',
  },
  { what: 'number of shards', of: ({ count }) => count, hint: 'name the documents of one run only' },
  { what: '--at', of: ({ settings }) => settings.at.toISOString(), hint: 'give every shard the same --at' },
  { what: '--warn', of: ({ settings }) => settings.given.warn ?? null, hint: 'give every shard the same --warn' },
  { what: '--fail', of: ({ settings }) => settings.given.fail ?? null, hint: 'give every shard the same --fail' },
  {
    what: 'policy',
    of: ({ settings }) => settings.policy,
    hint: 'give every shard the same policy under the same name, or leave it out everywhere with --no-policy',
  },
  { what: '--only', of: ({ settings }) => settings.only, hint: 'give every shard the same --only' },
  { what: '--allow-empty', of: ({ settings }) => settings.allowEmpty, hint: 'give all shards --allow-empty, or none' },
  { what: 'list of paths', of: ({ settings }) => settings.paths, hint: 'name the same paths in the same order' },
  {
    what: '--changed-since',
    of: ({ settings }) => settings.changedSince,
    hint: 'give every shard the same --changed-since',
  },
  {
    what: '--limit, --starttls or --servername',
    of: ({ settings }) => settings.reading,
    hint: 'have every shard read its inputs in the same way',
  },
  {
    what: 'set of files',
    of: ({ all }) => [all.count, all.sha256],
    hint: 'check the same state of the files in every shard, under the same names and with the same rights',
  },
];

function requireSame(first: SourcedRecord, other: SourcedRecord): void {
  const isSame = (of: (record: ShardRecord) => unknown) =>
    JSON.stringify(of(first.record)) === JSON.stringify(of(other.record));
  const differing = SAME.find(({ of }) => !isSame(of));
  if (differing === undefined) return;
  throw new TrustError('shard/foreign', `the shard has another ${differing.what} than that of ${first.source}`, {
    at: { source: other.source },
    hint: differing.hint,
  });
}

function twice({ source, record }: SourcedRecord, same: SourcedRecord): TrustError {
  const message = `shard ${record.index} of ${record.count} is there twice, in ${same.source} as well`;
  return new TrustError('shard/twice', message, { at: { source }, hint: 'name every shard once' });
}

/** Numbers that are named where many are missing. */
const NAMED = 5;

function requireAll(count: number, present: ReadonlyMap<number, unknown>): void {
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((index) => !present.has(index));
  if (missing.length === 0) return;
  const named = missing.slice(0, NAMED).join(', ');
  const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : '';
  const verb = missing.length === 1 ? 'is' : 'are';
  throw new TrustError('shard/missing', `of ${count} shards number ${named}${more} ${verb} missing`, {
    hint: 'run what is missing, and name the documents of all shards',
  });
}
