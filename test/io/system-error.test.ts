import { describe, expect, test } from 'vitest';
import { TrustError } from '../../src/errors.ts';
import { toNotFound, toReadError, toWriteError } from '../../src/io/system-error.ts';
import { systemError } from './hosts.ts';

const CODES = [
  ...['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EBUSY', 'EIO', 'EISDIR', 'EEXIST', 'ENOTDIR', 'ENOENT'],
  ...['ELOOP', 'ENAMETOOLONG', 'EMFILE', 'ENXIO'],
];

describe('a system error', () => {
  test.each([...CODES, 'EWHATEVER'])('%s becomes an error with a reason, the path and a hint', (code) => {
    const isKnown = CODES.includes(code);
    for (const error of [toReadError(systemError(code), 'a/b'), toWriteError(systemError(code), 'a/b')]) {
      expect(error).toMatchObject({ at: { source: 'a/b' }, hint: expect.stringMatching(/^[a-z].*[^.]$/) });
      expect(error.message.replace(' (EROFS)', '').includes(code)).toBe(!isKnown);
    }
  });

  test('has the code of what was tried', () => {
    expect(toReadError(systemError('ENOENT'), 'x').code).toBe('input/not-found');
    expect(toReadError(systemError('EACCES'), 'x').code).toBe('input/not-readable');
    expect(toWriteError(systemError('ENOENT'), 'x').code).toBe('file/cannot-write');
  });

  test.each([
    ['https://gw.example.com', true],
    ['TLS://gw:443', true],
    ['gw.example.com:8443', true],
    ['C:\\stores\\a.jks', false],
    ['C:/stores/1', false],
    ['a.pem', false],
    ['12:30 notes.txt', false],
  ])('of %s says how servers are named: %s', (path, says) => {
    expect(toNotFound(path).hint?.includes('tls://HOST:PORT')).toBe(says);
  });

  test('is the only thing that is translated: a bug passes through', () => {
    const bug = new RangeError('a bug');
    for (const translate of [toReadError, toWriteError]) expect(() => translate(bug, 'x')).toThrow(bug);
  });

  test('keeps the place that an error of ours has', () => {
    const error = new TrustError('file/cannot-write', 'no', { at: { source: 'inner' } });
    expect(toWriteError(error, 'outer').at).toEqual({ source: 'inner' });
    expect(toReadError(error, 'outer')).toBe(error);
  });
});
