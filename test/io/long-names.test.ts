import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thisHost } from '../../src/io/host.ts';
import { acquireLock, clearLeftovers } from '../../src/io/lock.ts';
import { isTemporaryName, nameTemporary, writeNewFile } from '../../src/io/new-file.ts';
import { temporaryFolder } from '../rotation/run-fixture.ts';
import { contentOf, NEW, OLD, replaceAt } from './replacing.ts';

let root: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => root.remove());

const at = (name: string) => join(root.path, name);
const nameBeside = (path: string) => nameTemporary(path, thisHost).slice(root.path.length + 1);

describe('a name as long as a file system has it', () => {
  const cases = [
    { title: 'of 206 characters', name: 'a'.repeat(206) },
    { title: 'of 207 characters', name: 'a'.repeat(207) },
    { title: 'of 240 characters', name: `${'a'.repeat(236)}.pem` },
    { title: 'of 255 characters', name: `${'a'.repeat(251)}.pem` },
    { title: 'of 255 bytes in 85 characters', name: '\u20ac'.repeat(85) },
    { title: 'of 252 bytes in 63 characters beyond the first plane', name: '\u{1f511}'.repeat(63) },
  ];

  test.each(cases)('$title is that of a new file', ({ name }) => {
    writeNewFile(at(name), Buffer.from(NEW));
    expect(readdirSync(root.path)).toEqual([name]);
    expect(contentOf(at(name))).toBe(NEW);
  });

  // Wine does not follow the links of paths longer than those of old programs, 260 characters; Windows has not been tried.
  const isTooLong = (name: string) => process.platform === 'win32' && at(name).length >= 260;
  test.each(cases)('$title is that of a file that is replaced under a lock', async ({ name }) => {
    writeFileSync(at(name), OLD);
    if (isTooLong(name)) {
      await expect(acquireLock(at(name))).rejects.toMatchObject({ code: 'input/not-readable' });
      return;
    }
    const lock = await acquireLock(at(name));
    await replaceAt(at(name), { backup: at('backup') });
    lock.release();
    expect(readdirSync(root.path).toSorted()).toEqual([name, 'backup'].toSorted());
    expect(contentOf(at(name))).toBe(NEW);
  });

  test.each(cases)('$title: what a killed run left is known again', async ({ name }) => {
    const left = nameBeside(at(name));
    expect(isTemporaryName(left)).toBe(true);
    writeFileSync(at(left), 'half a file');
    await clearLeftovers(at(name));
    expect(readdirSync(root.path)).toEqual([]);
  });
});

test.each([
  { title: 'at its end', other: `${'a'.repeat(254)}b` },
  { title: 'in its length', other: 'a'.repeat(254) },
])('what is left of a long name is not that of one that differs $title alone', async ({ other }) => {
  const left = nameBeside(at(other));
  writeFileSync(at(left), 'being written');
  await clearLeftovers(at('a'.repeat(255)));
  expect(readdirSync(root.path)).toEqual([left]);
});

test('a short name stands whole in that of its temporary file', () => {
  expect(nameBeside(at('tg.jks'))).toMatch(/^\.tg\.jks\.anchorctl-tmp\.[0-9a-f]{32}$/);
  // A name may hold a line end, and what a killed run left of such a keystore holds its keys.
  expect(isTemporaryName(nameBeside(at('a\nb.jks')))).toBe(true);
  expect(nameBeside(at('a'.repeat(206)))).toMatch(/^\.a{206}\.anchorctl-tmp\.[0-9a-f]{32}$/);
});
