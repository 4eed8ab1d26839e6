/** What a runbook says to type, typed at a shell. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FIXTURE_PASSWORD, fixture } from '../store/keystore-fixtures.ts';
import { anchorctl } from '../support/cli.ts';
import { demo, IDENTRUST } from '../support/rotation.ts';
import { hasKeytool } from './keytool.ts';

const NAMES = ['gateway.jks', 'gateway.jceks', 'gateway-java17.p12'];

describe.skipIf(!hasKeytool)('the runbook', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'anchorctl-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test.each([`plain`, `it's "here" $HOME !x %PATH% \`id\` #`])(
    'names calls of keytool that show the anchor in %s, with the keystore type and the fingerprint Java 8 needs to be told',
    async (name) => {
      const folder = join(root, name);
      mkdirSync(folder);
      for (const store of NAMES) writeFileSync(join(folder, store), fixture(store));
      const stores = NAMES.flatMap((store) => ['--keystore', join(folder, store)]);
      const env = { ANCHORCTL_STOREPASS: FIXTURE_PASSWORD };
      const args = ['rotate', demo('identrust.zip'), ...stores, '--out', join(folder, 'run')];
      expect((await anchorctl(args, { env })).status).toBe(0);

      const runbook = readFileSync(join(folder, 'run/runbook.md'), 'utf8');
      const calls = [...runbook.matchAll(/^- (`+) ?(keytool .*?) ?\1 prints SHA-256 `([0-9A-F:]+)`$/gm)];
      expect(calls).toHaveLength(NAMES.length);
      for (const [, , call = '', digest = ''] of calls) {
        expect(call).toMatch(/^keytool -list -v -storetype (?:jks|jceks|pkcs12) /);
        expect(digest.replaceAll(':', '').toLowerCase()).toBe(IDENTRUST);
        const { stdout } = spawnSync('sh', ['-c', `${call} -storepass:env ANCHORCTL_STOREPASS`], {
          encoding: 'utf8',
          env: { ...process.env, ...env },
        });
        expect(stdout).toContain(`SHA256: ${digest}`);
      }
    },
    60_000,
  );
});
