/**
 * The keys that a command encrypted anew, or would.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import type { ReprotectedKey } from '../store/reprotection.js';

/** A key by its name, and whether its password was another than that of the keystore. */
export type ReencryptedKey = Pick<ReprotectedKey, 'alias' | 'hadOwnPassword'>;

/**
 * A paragraph with a line a key; nothing for none.
 *
 * @param isPlanned - whether nothing was done yet
 */
export function renderReencrypted(keys: readonly ReencryptedKey[], isPlanned: boolean): string {
  if (keys.length === 0) return '';
  const what = isPlanned ? 'would be encrypted anew' : 'encrypted anew';
  const lines = keys.map(
    ({ alias, hadOwnPassword }) =>
      `  ${toPrintable(alias)}: ${what} under the new password of the keystore${hadOwnPassword ? ', which takes the place of its own' : ''}\n`,
  );
  return `\nKeys\n${lines.join('')}`;
}

/** The same as a field of a document. */
export function toReencryptedJson(keys: readonly ReencryptedKey[]): readonly Record<string, unknown>[] {
  return keys.map(({ alias, hadOwnPassword }) => ({ alias, hadOwnPassword }));
}
