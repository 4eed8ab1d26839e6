import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { REPLACE_STEPS, replaceFile } from '../../src/io/atomic-file.ts';
import { acquireLock } from '../../src/io/lock.ts';
import { newContent, oldContent, sha256, temporaryFolder } from '../rotation/run-fixture.ts';
import { bundleChild } from './bundle-child.ts';

const OLD = oldContent('tg.jks');
const NEW = newContent('tg.jks');

let scripts: ReturnType<typeof temporaryFolder>;
let child: string;
let root: ReturnType<typeof temporaryFolder>;
let path: string;

beforeAll(() => {
  scripts = temporaryFolder();
  child = bundleChild(scripts.path);
});
afterAll(() => scripts.remove());
beforeEach(() => {
  root = temporaryFolder();
  path = join(root.path, 'tg.jks');
  writeFileSync(path, OLD);
});
afterEach(() => root.remove());

describe('a process that is killed while it replaces a store', () => {
  const steps = ['announced', 'held', 'half-written', 'half-backup', ...REPLACE_STEPS];
  const isDone = (step: string) => step === 'sync-folder' || step === 'finished';

  test.each(steps)('at %s leaves the old or the new one, whole, and the next run goes on', async (step) => {
    const { signal } = spawnSync(process.execPath, [child, 'replace', path, step], { encoding: 'utf8' });
    expect(signal).toBe('SIGKILL');
    expect(readFileSync(path, 'utf8')).toBe(isDone(step) ? NEW : OLD);
    expect(readdirSync(root.path).some((name) => name.includes('anchorctl-lock'))).toBe(true);

    const lock = await acquireLock(path);
    const left = readdirSync(root.path).filter((name) => name !== 'tg.jks' && name !== 'tg.jks.bak');
    expect(left).toEqual([expect.stringContaining('.tg.jks.anchorctl-lock.')]);
    await replaceFile(path, Buffer.from(NEW), { expectedSha256: sha256(readFileSync(path)), verify: () => {} });
    lock.release();
    expect(readFileSync(path, 'utf8')).toBe(NEW);
  });
});

describe('two processes that add to one file at the same time', () => {
  const rounds = process.env.SLOW ? 1000 : 20;

  function add(line: string): Promise<{ status: number | null; stderr: string }> {
    return new Promise((resolve) => {
      const running = spawn(process.execPath, [child, 'add', path, line]);
      let stderr = '';
      running.stderr.on('data', (chunk) => {
        stderr += chunk;
      });
      running.on('close', (status) => resolve({ status, stderr }));
    });
  }

  test(`lose nothing in ${rounds} rounds`, async () => {
    const added: string[] = [];
    for (let round = 0; round < rounds; round++) {
      writeFileSync(path, '');
      const lines = [`${round}-a`, `${round}-b`];
      const results = await Promise.all(lines.map(add));
      const isSuccess = results.map(({ status }) => status === 0);
      for (const { status, stderr } of results) {
        if (status !== 0) expect(stderr).toContain('file/locked');
      }
      expect(readFileSync(path, 'utf8').split('\n').slice(0, -1).sort()).toEqual(
        lines.filter((_, index) => isSuccess[index]),
      );
      expect(readdirSync(root.path)).toEqual(['tg.jks']);
      added.push(...lines.filter((_, index) => isSuccess[index]));
    }
    expect(added.length).toBeGreaterThanOrEqual(rounds);
  }, 600_000);
});
