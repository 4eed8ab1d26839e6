/**
 * Putting keystores back from the backups of a run folder: the way back of a run that failed, and of a rollback.
 *
 * @module
 */
import { quotePath } from '../encoding/printable.js';
import { expectTrustError, TrustError } from '../errors.js';
import { fingerprint } from '../x509/fingerprint.js';
import type { JournalWriter } from './journal.js';
import { currentSha256, type PlannedStore, type RunFiles, readUnchanged } from './run-folder.js';

/**
 * Puts one keystore back from its backup.
 *
 * @throws {TrustError} `run/damaged` when the backup is not the keystore as it was; whatever the file system refuses
 */
export async function restoreStore(
  folder: string,
  { path, before, after, backup }: PlannedStore,
  files: RunFiles,
): Promise<void> {
  const bytes = readBackup(folder, { before, backup }, files);
  await files.replace(path, bytes, { expected: readUnchanged(path, after, files), verify: () => {} });
}

/**
 * Reads the backup of a keystore and makes sure that it is the keystore as it was.
 *
 * @throws {TrustError} `run/damaged`
 */
export function readBackup(
  folder: string,
  { before, backup }: Pick<PlannedStore, 'before' | 'backup'>,
  files: RunFiles,
): Uint8Array {
  const path = `${folder}/${backup}`;
  const bytes = files.exists(path) ? files.read(path) : null;
  if (bytes !== null && fingerprint('sha256', bytes) === before) return bytes;
  const what = bytes === null ? 'is missing' : 'is not the keystore as it was before the run';
  throw new TrustError('run/damaged', `the backup ${what}`, {
    at: { source: path },
    hint: `look for another copy with the SHA-256 ${before}`,
  });
}

/** What putting back came to: paths of keystores, with the reason beside those that were left. */
export interface PutBack {
  readonly restored: readonly string[];
  readonly left: readonly string[];
}

/**
 * Puts keystores back as far as that is possible: one that cannot be put back keeps no other from it, nor does a
 * journal that cannot be written.
 *
 * @param stores - some of them may still be as they were
 */
export async function putBack(
  folder: string,
  stores: readonly PlannedStore[],
  files: RunFiles,
  journal: JournalWriter,
): Promise<PutBack> {
  const restored: string[] = [];
  const left: string[] = [];
  for (const store of stores.toReversed()) {
    try {
      if (!needsRestoring(folder, store, files)) continue;
      journal.tryWrite('put-back', store.path, 'begin');
      await restoreStore(folder, store, files);
      restored.push(store.path);
      journal.tryWrite('put-back', store.path, 'done');
    } catch (error) {
      const { message } = expectTrustError(error);
      left.push(`${store.path} (${message})`);
      journal.tryWrite('put-back', store.path, 'failed', message);
    }
  }
  return { restored, left };
}

/**
 * Whether a keystore is as the run left it; false when it is as it was before.
 *
 * @throws {TrustError} `run/changed-since` when it is neither, with what a person can do. A keystore that is gone is not
 *   made anew: its disk may just not be mounted
 */
export function needsRestoring(folder: string, store: PlannedStore, files: RunFiles): boolean {
  const { path, before, after, backup } = store;
  const current = currentSha256(path, files);
  if (current === before) return false;
  if (current === after) return true;
  const copy = `copy ${folder}/${backup} to ${path}, with its owner and mode`;
  const [what, hint] =
    current === null
      ? ['is gone', `mount its disk if it is on one, or ${copy}; then run the rollback again`]
      : [
          `was changed by somebody else since the run: found SHA-256 ${current}, expected ${after} (after the run) or ${before} (before it)`,
          `find out what was changed; to lose that, ${copy}, then run the rollback again`,
        ];
  throw new TrustError('run/changed-since', `the keystore ${what}`, { at: { source: path }, hint });
}

/** The call that takes a run back, as it is typed at a shell. */
export function rollbackCall(folder: string, excepted: readonly string[] = []): string {
  const exceptions = excepted.map((path) => ` --except ${quotePath(path)}`);
  return `anchorctl rollback ${quotePath(folder)}${exceptions.join('')}`;
}
