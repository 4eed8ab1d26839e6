/**
 * What a rollback did, for a person.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import type { RollbackResult, RolledBackStore } from '../rotation/rollback.js';
import { wrap } from './wrap.js';

const STATE: Readonly<Record<RolledBackStore['state'], string>> = {
  restored: 'is back as it was before the run',
  'would-restore': 'would be put back as it was before the run',
  already: 'is left alone: it was put back already or changed since, or the run did not come to it',
  unchanged: 'was not changed by the run',
  excepted: 'is left as it is, as you asked',
};

/** Renders the result; `folder` as the user named it. */
export function renderRollback(folder: string, { outcome, stores }: RollbackResult): string {
  const lines = stores.map(
    ({ path, before, state }) =>
      `  ${toPrintable(path)}\n    ${STATE[state]}\n${isPutBack(state) ? `    SHA-256   ${before}\n` : ''}`,
  );
  const restart = stores.some(({ state }) => state === 'restored' || state === 'already')
    ? 'Restart the services that read these keystores. '
    : '';
  const blocks = `If the run had devices, their rollback blocks are in ${toPrintable(folder)}/devices.`;
  const next =
    outcome === 'rolled-back'
      ? `\n${wrap(`${restart}${blocks}`, '', '')}`
      : outcome === 'already'
        ? '\nNothing is to be done.\n'
        : '';
  return `${lines.join('')}${next}`;
}

/** Only then is it known what is in a keystore, or will be. */
function isPutBack(state: RolledBackStore['state']): boolean {
  return state === 'restored' || state === 'would-restore';
}
