/**
 * What is measured. Each row makes its data in a folder of its own and names its commands: ours first, one `reference`
 * that the ratios and the aim refer to, and peers for the eye. `before` and `after` are not timed.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeJks, makeRoots, toPem } from './data.mjs';

const NODE = process.execPath;
const ANCHORCTL = [NODE, fileURLToPath(new URL('../bin/anchorctl.js', import.meta.url))];
const BARE_NODE = { label: 'node -e 0', argv: [NODE, '-e', '0'] };
const PASSWORD = 'changeit';

/** The rows by their names. */
export const rows = {
  version: () => ({
    title: 'start and say the version',
    aim: 1.2,
    commands: [
      { label: 'anchorctl --version', argv: [...ANCHORCTL, '--version'] },
      { ...BARE_NODE, reference: true },
      { label: 'openssl version', argv: ['openssl', 'version'] },
    ],
  }),

  help: () => ({
    title: 'start and list the commands',
    aim: 1.8,
    commands: [
      { label: 'anchorctl --help', argv: [...ANCHORCTL, '--help'] },
      { ...BARE_NODE, reference: true },
      { label: 'keytool -help', argv: ['keytool', '-help'] },
      { label: 'openssl help', argv: ['openssl', 'help'] },
    ],
  }),

  'jks-import': (folder) => {
    const [added, ...roots] = makeRoots(151);
    const pristine = join(folder, 'pristine.jks');
    const store = join(folder, 'store.jks');
    const root = join(folder, 'root.pem');
    const run = join(folder, 'run');
    writeFileSync(pristine, makeJks(roots, PASSWORD));
    writeFileSync(root, toPem(added));
    const sha256 = createHash('sha256').update(added).digest('hex');
    const before = () => {
      copyFileSync(pristine, store);
      rmSync(run, { recursive: true, force: true });
    };
    const after = () => {
      const entries = readFileSync(store).readUInt32BE(8);
      if (entries !== 151) throw new Error(`the store has ${entries} entries, expected 151`);
    };
    return {
      title: 'import one root into a JKS store of 150',
      aim: 0.5,
      commands: [
        {
          label: 'anchorctl keystore add',
          argv: [...ANCHORCTL, 'keystore', 'add', store, root, '--expect-sha256', sha256],
          env: { ANCHORCTL_STOREPASS: PASSWORD },
          before,
          after,
        },
        {
          label: 'anchorctl rotate',
          argv: [...ANCHORCTL, 'rotate', root, '--keystore', store, '--out', run, '--expect-sha256', sha256, '--yes'],
          env: { ANCHORCTL_STOREPASS: PASSWORD },
          before,
          after,
        },
        {
          label: 'keytool -importcert',
          argv: [
            ...['keytool', '-importcert', '-noprompt', '-alias', 'added', '-file', root],
            ...['-keystore', store, '-storepass', PASSWORD],
          ],
          reference: true,
          before,
          after,
        },
        BARE_NODE,
      ],
    };
  },
};
