/**
 * A check in parts on the command line: `--shard 3/16` reads one of them, `--merge` puts their documents together.
 *
 * @module
 */
import type { Options } from 'yargs';
import {
  type MergedInputs,
  mergeShards,
  parseShard,
  type RecordedInput,
  type Shard,
  ShardRecorder,
} from '../check/shard.js';
import { TrustError } from '../errors.js';
import { readInput } from '../io/read-input.js';
import { walkInputs } from '../io/walk.js';
import { parseShardDocument } from '../report/check/shard-document.js';
import { coercion } from './coercion.js';
import { nothingFound } from './inputs.js';
import type { Io } from './io.js';
import { type CommonArgs, single } from './options.js';
import { withProgress } from './progress.js';
import { VERSION } from './version.js';

/** What the options give. */
export interface ShardArgs {
  readonly shard: Shard | undefined;
  readonly merge: boolean;
}

/** `--shard` and `--merge`. */
export const shardOptions: Readonly<Record<'shard' | 'merge', Options>> = {
  shard: {
    type: 'string',
    requiresArg: true,
    describe: 'Read one part of the files, from 1, of so many: 3/16',
    coerce: coercion((value) => parseShard(single('shard', value))),
  },
  merge: {
    type: 'boolean',
    default: false,
    describe: 'The paths are JSON documents of all shards: answer for the whole',
  },
};

/** What keeps the record of a call with `--shard`; null without. */
export function shardRecorderOf({ shard }: ShardArgs): ShardRecorder | null {
  return shard === undefined ? null : new ShardRecorder(shard);
}

/** Options that say how files are read, which the shards have done. */
const OF_READING = [
  ...['at', 'warn', 'fail', 'only', 'git', 'changed-since', 'shard', 'allow-empty'],
  ...['storepass', 'storepass-env', 'storepass-file'],
];

/**
 * Reads the documents of all shards, and puts together what one call would have read.
 *
 * @throws {TrustError} `usage/conflict` for options that the shards decide; `shard/…`; what a path is refused for
 */
export async function readShards(
  args: ShardArgs & CommonArgs & { readonly path: readonly string[] },
  io: Io,
): Promise<Omit<MergedInputs, 'inputs'> & { readonly inputs: readonly RecordedInput[] }> {
  requireNoneOf(OF_READING, args);
  const paths = (await Promise.all(args.path.map(documentsOf))).flat();
  const records = await withProgress(args, io, async (progress) =>
    paths.map((source, index) => {
      progress(`${index + 1} shards read`);
      return { source, record: parseShardDocument(readInput(source), source) };
    }),
  );
  const merged = mergeShards(records);
  const { version, paths: named, allowEmpty, changedSince } = merged.settings;
  if (version !== VERSION) {
    throw new TrustError('shard/foreign', `the shards are of version ${version}, this is ${VERSION}`, {
      hint: 'merge with the version that read them',
    });
  }
  const isWhole = merged.inputs.length > 0 || allowEmpty || changedSince !== null;
  return isWhole ? merged : { ...merged, inputs: [nothingFound(named, merged.passedOver)] };
}

async function documentsOf(path: string): Promise<readonly string[]> {
  const { files, problems } = await walkInputs(path);
  const [problem] = problems;
  if (problem !== undefined) throw problem;
  return files.map(({ path: file }) => file);
}

function requireNoneOf(names: readonly string[], args: object): void {
  const given = Object.entries(args).filter(([, value]) => value !== undefined && value !== false);
  const conflict = names.find((name) => given.some(([key]) => key === name));
  if (conflict === undefined) return;
  throw new TrustError('usage/conflict', `--${conflict} is for the shards, and they have done their reading`, {
    hint: 'leave it away: with --merge the answer is that of the settings of the shards',
  });
}
