import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  test('folders are passed over, empty files are not', () => {
    const members = [
      ['empty', ''],
      ['a', 'text'],
    ];
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

  test('a zip whose sizes follow its members, as in one that was written in one go', () => {
    const zip = Buffer.from(zipSync(bytesOf(FILES)));
    for (let at = zip.indexOf('PK\x03\x04'); at !== -1; at = zip.indexOf('PK\x03\x04', at + 1)) {
      zip.writeUInt16LE(zip.readUInt16LE(at + 6) | 8, at + 6);
      zip.fill(0, at + 14, at + 26);
    }
    expect(unpack(zip)).toEqual({ kind: 'zip', members: Object.entries(FILES), rejected: [] });
  });

  test('a zip64, as programs write it that do not know the size beforehand', () => {
    const zip = Buffer.from(zipSync(bytesOf(FILES)));
    const end = zip.subarray(-22);
    const end64 = Buffer.alloc(56 + 20);
    end64.write('PK\x06\x06', 0);
    end64.writeUInt32LE(44, 4);
    end64.writeUInt32LE(end.readUInt16LE(8), 24);
    end64.writeUInt32LE(end.readUInt16LE(10), 32);
    end64.writeUInt32LE(end.readUInt32LE(12), 40);
    end64.writeUInt32LE(end.readUInt32LE(16), 48);
    end64.write('PK\x06\x07', 56);
    end64.writeUInt32LE(zip.length - 22, 56 + 8);
    end.fill(0xff, 8, 20);
    expect(unpack(Buffer.concat([zip.subarray(0, -22), end64, end]))).toEqual({
      kind: 'zip',
      members: Object.entries(FILES),
      rejected: [],
    });
  });

  test('whatever was packed comes out', () => {
    const names = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}){0,3}$/);
    const texts = fc.string({ maxLength: 2000 });
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

  test.skipIf(!isPresent).each([['gnu'], ['pax'], ['pax', '--sparse-version=0.1']])(
    'a sparse file is named, the one after it is read: %s',
    (format, ...more) => {
      const folder = mkdtempSync(join(tmpdir(), 'sparse-'));
      try {
        for (const name of ['a', 'b']) writeFileSync(join(folder, name), name.repeat(600));
        truncateSync(join(folder, 'a'), 1 << 20);
        const bytes = execFileSync('tar', ['--format', format, ...more, '-S', '-C', folder, '-cf', '-', 'a', 'b']);
        const { members, rejected } = unpackArchive(bytes, 'tar', new UnpackBudget(bytes.length));
        expect(members.map(({ name }) => name)).toEqual(['b']);
        expect(rejected.map(({ error }) => [error.code, error.message])).toEqual([
          ['archive/unsupported', expect.stringMatching(/a" is a sparse file/)],
        ]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
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
