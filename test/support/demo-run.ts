/** A run of the demo in a temporary folder: what `npm start` does. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anchorctl, type Call } from './cli.ts';

const DEMO = join(import.meta.dirname, '../../fixtures/demo');

/** The password of the demo's keystore. */
export const DEMO_PASSWORD = 'Test123%';

/** A demo before or after its run. */
export interface DemoRun {
  /** The gateway's keystore as the run left it. */
  readonly store: string;
  /** The same before the run. */
  readonly original: string;
  /** The run folder. */
  readonly out: string;
  readonly run: () => Promise<Call>;
  readonly remove: () => void;
}

/** Lays the demo out in a folder of its own, for these devices. */
export function layOutDemo(devices: readonly string[] = ['ios-xe:CISCO-CA', 'nxos:CISCO-CA', 'ios:CISCO-CA']): DemoRun {
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-demo-'));
  const store = join(folder, 'tg.jks');
  const out = join(folder, 'run');
  const original = join(DEMO, 'tg.jks');
  cpSync(original, store);
  const args = [
    ...['guide.txt', 'identrust.zip', 'chain.tar'].map((name) => join(DEMO, name)),
    ...['--keystore', store, '--retire', 'old-vendor-root', ...devices.flatMap((device) => ['--device', device])],
    ...['--expect-sha256', `@${join(DEMO, 'expected.sha256')}`, '--out', out, '--yes'],
  ];
  return {
    store,
    original,
    out,
    run: () => anchorctl(['rotate', ...args], { env: { ANCHORCTL_STOREPASS: DEMO_PASSWORD } }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
