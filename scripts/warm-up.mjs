/**
 * The last step of the build, in a process of its own: runs the bundles on the demo, in a folder of its own, and keeps the
 * code that was compiled on the way for `bin/bundle.js`. What the commands come to is no concern here; tests see to that.
 */
import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './workspace.mjs';

const { compileBundle, runBundle } = createRequire(import.meta.url)('../bin/bundle.js');

const demo = join(ROOT, 'fixtures/demo');
const OWN_ROOT = join(ROOT, 'fixtures/keystores/gateway-root.pem');
const sha256 = new X509Certificate(readFileSync(OWN_ROOT)).fingerprint256;

await keepCompiled('help.cjs', ({ main }) => main(['--help']));
await keepCompiled('check.cjs', ({ main }) => main(['check', OWN_ROOT]));
await keepCompiled('cli.cjs', async ({ main }) => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-build-'));
  try {
    const keystore = join(folder, 'tg.jks');
    copyFileSync(join(demo, 'tg.jks'), keystore);
    process.env.ANCHORCTL_STOREPASS = 'Test123%';
    await main(['keystore', 'add', keystore, join(ROOT, 'fixtures/certificates/identrust-commercial-root-ca-1.pem')]);
    // One that is in no catalog.
    await main(['keystore', 'add', keystore, OWN_ROOT, '--expect-sha256', sha256]);
    await main(['keystore', 'list', keystore]);
    await main(['rotate', join(demo, 'identrust.zip'), '--keystore', keystore, '--out', join(folder, 'run'), '--yes']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Runs calls on a bundle, and keeps the code that was compiled for them. */
async function keepCompiled(name, calls) {
  const file = join(ROOT, 'dist', name);
  const script = compileBundle(file, readFileSync(file));
  await calls(runBundle(script, file));
  writeFileSync(`${file}.cache`, script.createCachedData());
}
