/**
 * What `npm start` does: the main job on the demo. Gets the clone ready, puts the demo gateway's keystore in place
 * (unless it is there from an earlier run) and calls the real command, which gives its own account.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { prepareWorkspace, ROOT } from './workspace.mjs';

const KEYSTORE = 'out/demo/gateway/tg.jks';

/** Option and value stand together, for that is how they are shown. */
const ROTATE = [
  ['rotate', 'fixtures/demo/guide.txt', 'fixtures/demo/identrust.zip', 'fixtures/demo/chain.tar'],
  ['--keystore', KEYSTORE],
  ['--retire', 'old-vendor-root'],
  ['--device', 'ios-xe:CISCO-CA'],
  ['--device', 'nxos:CISCO-CA'],
  ['--expect-sha256', '@fixtures/demo/expected.sha256'],
  ['--out', 'out/demo/run'],
  ['--yes'],
];

prepareWorkspace();

if (!existsSync(join(ROOT, KEYSTORE))) {
  mkdirSync(dirname(join(ROOT, KEYSTORE)), { recursive: true });
  copyFileSync(join(ROOT, 'fixtures/demo/tg.jks'), join(ROOT, KEYSTORE));
}

const lines = ROTATE.map((words) => words.join(' '));
console.log(`The gateway's keystore is ${KEYSTORE}; its password comes from ANCHORCTL_STOREPASS.\n`);
console.log(`$ node bin/anchorctl.js ${lines.join(' \\\n    ')}\n`);

const { status } = spawnSync(process.execPath, ['bin/anchorctl.js', ...ROTATE.flat()], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, ANCHORCTL_STOREPASS: 'Test123%' },
});
if (status !== 0) console.error('\nTo begin anew, remove the folder out/demo.');
process.exitCode = status ?? 1;
