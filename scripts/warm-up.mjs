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
/** One that is in no catalog, and one that is. */
const OWN_ROOT = join(ROOT, 'fixtures/keystores/gateway-root.pem');
const ROOT_IN_CATALOG = join(ROOT, 'fixtures/certificates/identrust-commercial-root-ca-1.pem');
const sha256 = new X509Certificate(readFileSync(OWN_ROOT)).fingerprint256;

process.env.ANCHORCTL_STOREPASS = 'Test123%';

await keepCompiled('help.cjs', (main) => main(['--help']));
await keepCompiled('check.cjs', (main) => main(['check', OWN_ROOT]));
await keepCompiled('inspect.cjs', async (main) => {
  await main(['inspect', OWN_ROOT]);
  await main(['inspect', OWN_ROOT, '--format', 'ndjson']);
});
await keepCompiled('keystore.cjs', async (main, folder) => {
  const keystore = layOutKeystore(folder);
  await main(['keystore', 'add', keystore, ROOT_IN_CATALOG]);
  await main(['keystore', 'add', keystore, OWN_ROOT, '--expect-sha256', sha256]);
  await main(['keystore', 'list', keystore]);
  await main(['keystore', 'list', join(ROOT, 'fixtures/keystores/gateway-java17.p12')]);
});
await keepCompiled('cli.cjs', (main, folder) => {
  const run = join(folder, 'run');
  return main(['rotate', join(demo, 'identrust.zip'), '--keystore', layOutKeystore(folder), '--out', run, '--yes']);
});

function layOutKeystore(folder) {
  const keystore = join(folder, 'tg.jks');
  copyFileSync(join(demo, 'tg.jks'), keystore);
  return keystore;
}

/** Runs calls on a bundle, which have a folder for what they write, and keeps the code that was compiled for them. */
async function keepCompiled(name, calls) {
  const file = join(ROOT, 'dist', name);
  const script = compileBundle(file, readFileSync(file));
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-build-'));
  try {
    await calls(runBundle(script, file).main, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  writeFileSync(`${file}.cache`, script.createCachedData());
}
