/** A program of the bench that calls the command in its own process, which nothing else would show to be out of date. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { issue } from './support/certificates.ts';

test('inspect in process reads each certificate of a bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-bench-'));
  try {
    const bundle = join(folder, 'bundle.pem');
    writeFileSync(bundle, ['a', 'b', 'c'].map((name) => issue({ subject: `CN=${name}` }).pem).join(''));
    const program = join(import.meta.dirname, '../bench/programs/inspect-bundle.mjs');
    const { stdout, stderr } = spawnSync(process.execPath, [program, 'lines', bundle, bundle, '3'], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ count: 3, unit: 'certificates' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
