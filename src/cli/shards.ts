/**
 * A check in parts on the command line: `--shard 3/16` reads one of them, `--merge` puts their documents together.
 *
 * @module
 */
import type { Options } from 'yargs';
import { currentCatalog } from '../catalog/catalog.js';
import { isRead, type MergedInputs, mergeShards, parseShard, type Shard, type ShardSettings } from '../check/shard.js';
import { TrustError } from '../errors.js';
import { readInput } from '../io/read-input.js';
import { walkInputs } from '../io/walk.js';
import { parseShardDocument } from '../report/check/shard-document.js';
import { coercion } from './coercion.js';
import { inputOptions } from './input-options.js';
import type { Io } from './io.js';
import { type CommonArgs, passwordOptions, single } from './options.js';
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

/** Options that say how files are read, which the shards have done. */
const OF_READING: readonly string[] = [
  ...['at', 'warn', 'fail', 'only', 'git', 'changed-since', 'shard', 'allow-empty', 'policy'],
  ...Object.keys(passwordOptions),
  ...Object.keys(inputOptions),
];

/**
 * Reads the documents of all shards, and puts together what one call would have read.
 *
 * @throws {TrustError} `usage/conflict` for options that the shards decide; `shard/…`; what a path is refused for
 */
export async function readShards(
  args: ShardArgs & CommonArgs & { readonly path: readonly string[] },
  io: Io,
): Promise<MergedInputs> {
  requireNoneOf(OF_READING, args);
  const paths = (await Promise.all(args.path.map(documentsOf))).flat();
  const records = await withProgress(args, io, async (progress) =>
    paths.map((source, index) => {
      progress(`${index + 1} shards read`);
      return { source, record: parseShardDocument(readInput(source), source) };
    }),
  );
  const merged = mergeShards(records);
  requireSameHere(merged.settings);
  return merged;
}

/** What a merge knows by itself has to be what the shards knew. */
function requireSameHere({ version, catalog }: ShardSettings): void {
  if (version !== VERSION) {
    throw new TrustError('shard/foreign', `the shards are of version ${version}, this is ${VERSION}`, {
      hint: 'merge with the version that read them',
    });
  }
  const own = catalogInUse();
  if (catalog !== own) {
    throw new TrustError('shard/foreign', `the shards have asked the catalog ${catalog}, this call has ${own}`, {
      hint: 'merge with the catalog that they had: the one that is built in, or the same anchorctl catalog update',
    });
  }
}

/** Which catalog this call asks: its day, and the beginnings of the digests of what it was renewed from. */
export function catalogInUse(): string {
  const { date, updates } = currentCatalog();
  return [date, ...updates.map(({ sha256 }) => sha256.slice(0, 16))].join(' ');
}

/** Whether shards have found nothing where something was meant to be. */
export function hasFoundNothing({ settings, inputs }: MergedInputs): boolean {
  return !inputs.some(isRead) && !settings.allowEmpty && settings.changedSince === null;
}

async function documentsOf(path: string): Promise<readonly string[]> {
  const { files, problems } = await walkInputs(path);
  const [problem] = problems;
  if (problem !== undefined) throw problem;
  return files.map(({ path: file }) => file);
}

function requireNoneOf(names: readonly string[], args: object): void {
  // Of the options that can be false, only --no-policy says so by itself.
  const given = Object.entries(args).filter(
    ([key, value]) => value !== undefined && (value !== false || key === 'policy'),
  );
  const conflict = names.find((name) => given.some(([key]) => key === name));
  if (conflict === undefined) return;
  throw new TrustError('usage/conflict', `--${conflict} is for the shards, and they have done their reading`, {
    hint: 'leave it away: with --merge the answer is that of the settings of the shards',
  });
}
