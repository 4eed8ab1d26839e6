/**
 * The last step of the build, in a process of its own: runs the bundle on the demo, in a folder of its own, and keeps the
 * code that was compiled on the way for `bin/bundle.js`. What the commands come to is no concern here; tests see to that.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './workspace.mjs';

const { compileBundle, runBundle } = createRequire(import.meta.url)('../bin/bundle.js');

const CLI = join(ROOT, 'dist/cli.cjs');
const demo = join(ROOT, 'fixtures/demo');
const script = compileBundle(CLI, readFileSync(CLI, 'latin1'));

const folder = mkdtempSync(join(tmpdir(), 'anchorctl-build-'));
try {
  const keystore = join(folder, 'tg.jks');
  copyFileSync(join(demo, 'tg.jks'), keystore);
  process.env.ANCHORCTL_STOREPASS = 'Test123%';
  const { main } = runBundle(script, CLI);
  await main(['--help']);
  await main(['keystore', 'add', keystore, join(ROOT, 'fixtures/certificates/identrust-commercial-root-ca-1.pem')]);
  await main(['keystore', 'list', keystore]);
  await main(['rotate', join(demo, 'identrust.zip'), '--keystore', keystore, '--out', join(folder, 'run'), '--yes']);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
writeFileSync(`${CLI}.cache`, script.createCachedData());
