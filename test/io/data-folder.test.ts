import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataFolder } from '../../src/io/data-folder.ts';

describe('the folder of the data of a user', () => {
  test.each([
    { env: { XDG_DATA_HOME: '/data', HOME: '/home/me' }, expected: join('/data', 'anchorctl') },
    { env: { HOME: '/home/me' }, expected: join('/home/me', '.local', 'share', 'anchorctl') },
    { env: { XDG_DATA_HOME: 'data', HOME: '/home/me' }, expected: join('/home/me', '.local', 'share', 'anchorctl') },
    { env: { XDG_DATA_HOME: '', HOME: '/home/me' }, expected: join('/home/me', '.local', 'share', 'anchorctl') },
    { env: { HOME: 'me' }, expected: null },
    { env: {}, expected: null },
  ])('of $env on POSIX is $expected', ({ env, expected }) => expect(dataFolder(env, 'linux')).toBe(expected));

  test('on Windows is what LOCALAPPDATA says', () => {
    expect(dataFolder({ LOCALAPPDATA: '/local', HOME: '/home/me' }, 'win32')).toBe(join('/local', 'anchorctl'));
    expect(dataFolder({ HOME: '/home/me' }, 'win32')).toBeNull();
  });
});
