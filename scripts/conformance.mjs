/**
 * Runs the tests against collections that others made: `npm run conformance -- NAME…`; without a name, all of them.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './workspace.mjs';

const TESTS = {
  keystores: 'test/store/conformance.test.ts',
  anchors: 'test/check/anchors.conformance.test.ts',
  certs: 'test/input/certs.conformance.test.ts',
  crls: 'test/x509/crl.conformance.test.ts',
  limbo: 'test/path/limbo.conformance.test.ts',
  pkits: 'test/path/pkits.conformance.test.ts',
  bettertls: 'test/path/bettertls.conformance.test.ts',
  chains: 'test/path/chains.conformance.test.ts',
  fuzz: 'test/path/fuzz.conformance.test.ts',
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => TESTS[name] === undefined);
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}; there is: ${Object.keys(TESTS).join(', ')}`);
  process.exitCode = 2;
} else {
  const files = (names.length > 0 ? names : Object.keys(TESTS)).map((name) => TESTS[name]);
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...files], { cwd: ROOT, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
