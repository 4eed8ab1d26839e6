import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { createTar } from 'nanotar';
import { describe, expect, test } from 'vitest';
import { detectArchive, unpackArchive } from '../../src/encoding/archive.ts';
import { UnpackBudget } from '../../src/encoding/unpack.ts';

type Files = Record<string, string>;

const FILES: Files = { 'a.pem': 'first', 'certs/b.cer': 'second '.repeat(100), 'ž.txt': 'third' };

function bytesOf(files: Files): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
}

function tar(files: Files): Uint8Array {
  return createTar(Object.entries(files).map(([name, data]) => ({ name, data })));
}

/** What is in an archive: names and texts, and the codes of what was rejected. */
function unpack(bytes: Uint8Array) {
  const kind = detectArchive(bytes);
  if (kind === null) throw new Error('not recognised');
  const { members, rejected } = unpackArchive(bytes, kind, new UnpackBudget(bytes.length));
  return {
    kind,
    members: members.map(({ name, bytes: content }) => [name, Buffer.from(content).toString()]),
    rejected: rejected.map(({ name, error }) => [name, error.code]),
  };
}

describe('what other programs pack', () => {
  test.each([
    ['zip, deflated', zipSync(bytesOf(FILES)), 'zip'],
    ['zip, stored', zipSync(bytesOf(FILES), { level: 0 }), 'zip'],
    ['zip with a comment on each file', zipSync(bytesOf(FILES), { comment: 'a comment' }), 'zip'],
    ['tar', tar(FILES), 'tar'],
  ])('%s', (_name, bytes, kind) => {
    expect(unpack(bytes)).toEqual({ kind, members: Object.entries(FILES), rejected: [] });
  });

  test('gzip wraps one file, which has no name', () => {
    expect(unpack(gzipSync('text'))).toEqual({ kind: 'gzip', members: [[null, 'text']], rejected: [] });
  });

  test('several gzip parts in a row are one file', () => {
    expect(unpack(Buffer.concat([gzipSync('one '), gzipSync('two')])).members).toEqual([[null, 'one two']]);
  });

  test('folders and empty files are passed over', () => {
    const members = [['a', 'text']];
    expect(
      unpack(zipSync({ 'folder/': new Uint8Array(), empty: new Uint8Array(), a: Buffer.from('text') })).members,
    ).toEqual(members);
    expect(
      unpack(createTar([{ name: 'folder/' }, { name: 'empty', data: '' }, { name: 'a', data: 'text' }])).members,
    ).toEqual(members);
    expect(unpack(gzipSync('')).members).toEqual([]);
  });

  test('an archive with nothing in it', () => {
    expect(unpack(zipSync({}))).toEqual({ kind: 'zip', members: [], rejected: [] });
  });

  test('a zip behind other bytes, as in a self-extracting one, keeps its offsets', () => {
    const zip = zipSync(bytesOf(FILES));
    // Only the first bytes say that it is a zip: the stub stands after a header that looks like one.
    const stub = Buffer.from([0x50, 0x4b, 3, 4, ...Buffer.from('stub')]);
    expect(unpack(Buffer.concat([stub, zip])).members).toEqual(Object.entries(FILES));
  });

  test('whatever was packed comes out', () => {
    const names = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}){0,3}$/);
    const texts = fc.string({ minLength: 1, maxLength: 2000 });
    fc.assert(
      fc.property(fc.dictionary(names, texts, { noNullPrototype: true }), (files) => {
        expect(unpack(zipSync(bytesOf(files))).members).toEqual(Object.entries(files));
        if (Object.keys(files).length > 0) expect(unpack(tar(files)).members).toEqual(Object.entries(files));
      }),
      { numRuns: 50 },
    );
  });
});

describe('tar by GNU tar', () => {
  const isPresent = (() => {
    try {
      return execFileSync('tar', ['--version'], { encoding: 'utf8' }).includes('GNU');
    } catch {
      return false;
    }
  })();
  const long = `${'folder/'.repeat(20)}a certificate with blanks.pem`;

  test.skipIf(!isPresent).each(['v7', 'ustar', 'gnu', 'pax', 'oldgnu'])('format %s', (format) => {
    const name = format === 'v7' ? 'short name.pem' : format === 'ustar' ? long.slice(14) : long;
    const transform = `s|.*|${name}|`;
    const bytes = execFileSync('tar', ['--format', format, '--transform', transform, '-cf', '-', 'package.json']);
    expect(unpack(bytes)).toMatchObject({
      kind: 'tar',
      members: [[name, expect.stringContaining('anchorctl')]],
      rejected: [],
    });
  });
});

test.each([
  ['text', Buffer.from('-----BEGIN CERTIFICATE-----\n'.repeat(40))],
  ['zeros', new Uint8Array(2048)],
  ['nothing', new Uint8Array()],
  ['two bytes', Uint8Array.of(0x50, 0x4b)],
  ['DER', Uint8Array.of(0x30, 0x82, 1, 0)],
])('%s is no archive', (_name, bytes) => {
  expect(detectArchive(bytes)).toBeNull();
});
