/**
 * What is measured. Each row makes its data in a folder of its own and names its commands: ours first, then what its
 * aims refer to, and others for the eye. A row whose data is not here is null.
 *
 * - A command: `label`, `argv`, `env`; `before` and `after`, which are not timed; `times`, when it does so much of the job
 *   only, and takes that many times as long for all of it; `figure`, where not the whole process counts but what it says
 *   itself: from its output to `wall` and `processor` in seconds, and, for a rate, `count` and `unit`.
 * - An aim: `measure` (`wall`, `processor`, `memory`), `limit` and `of`, the label of a command, or for memory `{ file, bytes }`.
 * - `runs`: how many turns are enough, where a peer is slow.
 */
import { anchorctl, BARE_NODE } from './commands.mjs';
import { inspectRows } from './inspect-rows.mjs';
import { keystoreRows } from './keystore-rows.mjs';
import { ledgerRows } from './ledger-rows.mjs';
import { scanRows } from './scan-rows.mjs';
import { trustRows } from './trust-rows.mjs';

/** The rows by their names. */
export const rows = {
  version: () => ({
    title: 'start and say the version',
    aims: [{ measure: 'wall', limit: 1.2, of: BARE_NODE.label }],
    commands: [
      { label: 'anchorctl --version', ...anchorctl('--version') },
      BARE_NODE,
      { label: 'openssl version', argv: ['openssl', 'version'] },
    ],
  }),

  help: () => ({
    title: 'start and list the commands',
    aims: [{ measure: 'wall', limit: 1.8, of: BARE_NODE.label }],
    commands: [
      { label: 'anchorctl --help', ...anchorctl('--help') },
      BARE_NODE,
      { label: 'keytool -help', argv: ['keytool', '-help'] },
      { label: 'openssl help', argv: ['openssl', 'help'] },
    ],
  }),

  ...inspectRows,
  ...keystoreRows,
  ...trustRows,
  ...ledgerRows,
  ...scanRows,
};
