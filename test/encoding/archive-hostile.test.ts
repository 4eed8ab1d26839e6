import { crc32, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { createTar } from 'nanotar';
import { describe, expect, test } from 'vitest';
import { type ArchiveKind, detectArchive, unpackArchive } from '../../src/encoding/archive.ts';
import { MAX_EXTENSIONS, UNPACK_LIMITS, UnpackBudget, unsafeName } from '../../src/encoding/unpack.ts';

const CENTRAL_HEADER = Uint8Array.of(0x50, 0x4b, 1, 2);

function unpack(bytes: Uint8Array) {
  const { members, rejected } = unpackArchive(bytes, detectArchive(bytes) ?? 'zip', new UnpackBudget(bytes.length));
  return {
    members: members.map(({ name, bytes: content }) => [name, Buffer.from(content).toString()]),
    rejected: rejected.map(({ name, error }) => [name, error.code]),
  };
}

function zip(files: Record<string, string>, level: 0 | 6 = 6): Buffer {
  return Buffer.from(
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])), { level }),
  );
}

/** A zip with a name that its writer would not write, put in the place of one of the same length. */
function renamed(archive: Buffer, from: string, to: string): Buffer {
  const bytes = Buffer.from(archive);
  for (let at = bytes.indexOf(from); at !== -1; at = bytes.indexOf(from, at + 1)) bytes.write(to, at, 'latin1');
  return bytes;
}

/** A zip with another value in a field of the first directory entry. */
function patched(archive: Buffer, field: number, value: number, size: 2 | 4 = 2): Buffer {
  const bytes = Buffer.from(archive);
  bytes.writeUIntLE(value, bytes.indexOf(CENTRAL_HEADER) + field, size);
  return bytes;
}

function tar(...files: { name: string; data: string }[]): Uint8Array {
  return createTar(files);
}

function centralHeaders(archive: Buffer): readonly number[] {
  const offsets: number[] = [];
  for (let at = archive.indexOf(CENTRAL_HEADER); at !== -1; at = archive.indexOf(CENTRAL_HEADER, at + 1))
    offsets.push(at);
  return offsets;
}

function tarHeader(name: string, type: string, size = 0): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(size.toString(8).padStart(11, '0'), 124);
  header.write(`${type}`, 156);
  header.write('ustar\x0000', 257);
  writeChecksum(header, 0);
  return header;
}

function tarBlock(text: string): Buffer {
  return Buffer.concat([Buffer.from(text), Buffer.alloc(512 - text.length)]);
}

const ZIP = zip({ 'aa/bad.pem': 'bad', 'good.pem': 'good' });
const GOOD = [['good.pem', 'good']];

describe('names that lead out of the archive, or may', () => {
  test.each(['../bad.pem', '/a/bad.pem', 'C:/bad.pem', 'aa\\bad.pem', 'aa/bad\n.pm', 'a/../b.pem'])(
    '%j in a zip',
    (name) => {
      const placeholder = 'x'.repeat(name.length);
      const archive = renamed(zip({ [placeholder]: 'bad', 'good.pem': 'good' }), placeholder, name);
      expect(unpack(archive)).toEqual({ members: GOOD, rejected: [[name, 'archive/unsafe-name']] });
    },
  );

  // On Windows the tar package reads a backslash as a slash: `..\\` still leads out, this one then does not.
  const BACKSLASH = process.platform === 'win32' ? '..\\bad.pem' : 'aa\\bad.pem';

  test.each(['../bad.pem', '/a/bad.pem', 'C:/bad.pem', BACKSLASH])('%j in a tar', (name) => {
    const archive = tar({ name, data: 'bad' }, { name: 'good.pem', data: 'good' });
    const shown = process.platform === 'win32' ? name.replaceAll('\\', '/') : name;
    expect(unpack(archive)).toEqual({ members: GOOD, rejected: [[shown, 'archive/unsafe-name']] });
  });

  test.each([
    { name: '../bad.pem', says: 'leads out of the archive', hint: 'made to harm' },
    { name: '..\\bad.pem', says: 'leads out of the archive', hint: 'made to harm' },
    { name: '\\a\\bad.pem', says: 'leads out of the archive', hint: 'made to harm' },
    { name: 'C:\\bad.pem', says: 'leads out of the archive', hint: 'made to harm' },
    { name: 'aa\\bad.pem', says: 'with a backslash', hint: 'writes / between folders' },
    { name: 'aa/bad\n.pm', says: 'with characters that cannot be shown', hint: 'under another name' },
    { name: 'b'.repeat(5000), says: 'is longer than 4096 characters', hint: 'a shorter name' },
  ])('that $says: $hint', ({ name, says, hint }) => {
    expect(unsafeName(name)).toMatchObject({
      message: expect.stringContaining(says),
      hint: expect.stringContaining(hint),
    });
  });

  test('names that only look like it are fine', () => {
    const files = { '..a/b.pem': '1', 'a..b/c.pem': '2', __proto_: '3' };
    expect(unpack(zip(files)).members).toEqual(Object.entries(files));
  });

  test('__proto__ is a name like any other', () => {
    expect(unpack(renamed(zip({ placehold: 'a', b: 'b' }), 'placehold', '__proto__')).members).toEqual([
      ['__proto__', 'a'],
      ['b', 'b'],
    ]);
  });

  test('two files of one name are both read', () => {
    const members = [
      ['a.pem', 'first'],
      ['a.pem', 'second'],
    ];
    expect(unpack(renamed(zip({ 'a.pem': 'first', 'b.pem': 'second' }), 'b.pem', 'a.pem')).members).toEqual(members);
    expect(unpack(tar({ name: 'a.pem', data: 'first' }, { name: 'a.pem', data: 'second' })).members).toEqual(members);
  });
});

describe('a bad member of a zip does not hide the good one', () => {
  test.each([
    ['encrypted', patched(ZIP, 8, 1), 'archive/encrypted'],
    ['packed by an unknown method', patched(ZIP, 10, 14), 'archive/unsupported'],
    ['with another checksum', patched(ZIP, 16, 1, 4), 'archive/damaged'],
    ['longer than it says', patched(ZIP, 24, 2, 4), 'archive/damaged'],
    ['shorter than it says', patched(ZIP, 24, 4, 4), 'archive/damaged'],
    ['with more packed bytes than there are', patched(ZIP, 20, 0xffff, 4), 'archive/damaged'],
    [
      'that does not inflate',
      renamed(zip({ 'aa/bad.pem': 'bad', 'good.pem': 'good' }, 0), 'bad', 'bae'),
      'archive/damaged',
    ],
  ])('%s', (_name, bytes, code) => {
    const result = unpack(bytes);
    expect(result.members).toEqual(GOOD);
    expect(result.rejected.map(([, found]) => found)).toEqual([code]);
  });

  test('one that claims 4 GiB is refused before memory is taken, and ends reading', () => {
    expect(unpack(patched(ZIP, 24, 0xfffffff0, 4))).toEqual({
      members: [],
      rejected: [['aa/bad.pem', 'archive/too-large']],
    });
  });
});

describe('archives that are cut short or changed', () => {
  // What there is stands in the directory, which is at the end; adm-zip reads nothing without it.
  test('a zip without its directory gives nothing', () => {
    const end = ZIP.indexOf(CENTRAL_HEADER);
    expect(unpack(ZIP.subarray(0, end))).toEqual({ members: [], rejected: [[null, 'archive/damaged']] });
    expect(unpack(ZIP.subarray(0, -1))).toEqual({ members: [], rejected: [[null, 'archive/damaged']] });
  });

  test('a zip with a damaged directory gives the members before the damage', () => {
    const bytes = Buffer.from(ZIP);
    bytes[bytes.lastIndexOf(CENTRAL_HEADER)] = 0;
    expect(unpack(bytes)).toEqual({ members: [['aa/bad.pem', 'bad']], rejected: [[null, 'archive/damaged']] });
  });

  test.each([
    ['lies beyond the end', -6, 0xffff, 4],
    ['lies elsewhere', -6, 1, 4],
    ['has more entries than there are', -14, 3, 2],
    ['has more entries than there can be', -14, 0xffff, 2],
  ])('a zip whose directory %s', (_name, field, value, size) => {
    const bytes = Buffer.from(ZIP);
    bytes.writeUIntLE(value, bytes.length + field, size);
    expect(unpack(bytes).rejected).toEqual([[null, 'archive/damaged']]);
  });

  test('a zip whose directory gives a wrong size for itself is read: nothing depends on it', () => {
    const bytes = Buffer.from(ZIP);
    bytes.writeUInt32LE(0xffff, bytes.length - 10);
    expect(unpack(bytes)).toEqual({ members: [['aa/bad.pem', 'bad'], ...GOOD], rejected: [] });
  });

  test('a tar that is cut short inside a file gives the files before it', () => {
    const bytes = tar({ name: 'good.pem', data: 'good' }, { name: 'b.pem', data: 'b'.repeat(1000) });
    expect(unpack(bytes.subarray(0, 1600))).toEqual({ members: GOOD, rejected: [['b.pem', 'archive/damaged']] });
    expect(unpack(bytes.subarray(0, 1200))).toEqual({ members: GOOD, rejected: [[null, 'archive/damaged']] });
  });

  test('a tar that is cut short behind a file is noticed unless it ends with a block', () => {
    const bytes = tar({ name: 'good.pem', data: 'good' });
    expect(unpack(bytes.subarray(0, 516))).toEqual({ members: GOOD, rejected: [[null, 'archive/damaged']] });
    expect(unpack(bytes.subarray(0, 1024))).toEqual({ members: GOOD, rejected: [] });
  });

  test.each([
    ['no number', 'abcdefghijk\0'],
    ['a negative number', '\xff'.repeat(12)],
    ['more than there is', '00000077777\0'],
    // node-tar throws the header away with its name.
    ['a number beyond all files', `\x80${'\x7f'.repeat(11)}`, null],
  ])('a tar whose size is %s', (_name, size, named: string | null = 'b.pem') => {
    const bytes = Buffer.from(tar({ name: 'good.pem', data: 'good' }, { name: 'b.pem', data: 'b' }));
    bytes.write(size, 1024 + 124, 'latin1');
    writeChecksum(bytes, 1024);
    expect(unpack(bytes)).toEqual({ members: GOOD, rejected: [[named, 'archive/damaged']] });
  });

  test('a tar with a changed header gives the files before it', () => {
    const bytes = Buffer.from(tar({ name: 'good.pem', data: 'good' }, { name: 'b.pem', data: 'b' }));
    bytes[1024 + 3] = 0x20;
    expect(unpack(bytes)).toEqual({ members: GOOD, rejected: [[null, 'archive/damaged']] });
  });

  test('a gzip that is cut short gives what there is of it', () => {
    const bytes = gzipSync(Buffer.from('text '.repeat(1000)));
    const { members, rejected } = unpack(bytes.subarray(0, -12));
    expect(members[0]?.[1]).toMatch(/^text text/);
    expect(rejected).toEqual([[null, 'archive/damaged']]);
  });

  test.each([
    ['a changed checksum', (bytes: Buffer) => bytes.writeUInt8((bytes.at(-5) ?? 0) ^ 1, bytes.length - 5)],
    ['changed data', (bytes: Buffer) => bytes.writeUInt8(0xff, 10)],
  ])('a gzip with %s', (_name, change) => {
    const bytes = gzipSync(Buffer.from('text '.repeat(1000)));
    change(bytes);
    expect(unpack(bytes)).toEqual({ members: [], rejected: [[null, 'archive/damaged']] });
    const behind = Buffer.concat([gzipSync('good'), bytes]);
    expect(unpack(behind)).toEqual({ members: [[null, 'good']], rejected: [[null, 'archive/damaged']] });
  });

  test.each([
    ['a line end', Buffer.from('\r\n'), 24],
    ['a text', Buffer.from('and more'), 24],
    ['zeros and another gzip', Buffer.concat([Buffer.alloc(8), gzipSync('more')]), 32],
  ])('a gzip with %s behind it gives what is in it', (_name, behind, offset) => {
    const bytes = Buffer.concat([gzipSync('good'), behind]);
    expect(unpack(bytes)).toEqual({ members: [[null, 'good']], rejected: [[null, 'archive/damaged']] });
    const { rejected } = unpackArchive(bytes, 'gzip', new UnpackBudget(bytes.length));
    expect(rejected[0]?.error.at).toEqual({ offset });
  });

  test('zeros behind a gzip are the end of a tape', () => {
    const bytes = Buffer.concat([gzipSync('good'), Buffer.alloc(512)]);
    expect(unpack(bytes)).toEqual({ members: [[null, 'good']], rejected: [] });
  });

  test('the name and the comment of a part are passed over', () => {
    const made = gzipSync('good');
    const fields = Buffer.from([2, 0, 0x41, 0x42, ...Buffer.from('a.pem\0'), ...Buffer.from('new\0'), 0, 0]);
    const named = Buffer.concat([made.subarray(0, 10), fields, made.subarray(10)]);
    named[3] = 0x1e;
    named.writeUInt16LE(crc32(named.subarray(0, 10 + fields.length - 2)) & 0xffff, 10 + fields.length - 2);
    expect(unpack(named).members).toEqual([[null, 'good']]);
    expect(unpack(Buffer.concat([named, Buffer.from('x')])).members).toEqual([[null, 'good']]);
  });
});

describe('bombs', () => {
  test.each([
    ['10 MB of zeros in a zip', zip({ bomb: '\0'.repeat(10_000_000) }), 'bomb'],
    ['10 MB of zeros in a gzip', gzipSync(Buffer.alloc(10_000_000)), null],
  ])('%s', (_name, bytes, member) => {
    expect(unpack(bytes)).toEqual({ members: [], rejected: [[member, 'archive/too-large']] });
  });

  test('many files that fit one by one do not fit together', () => {
    const { members, rejected } = unpack(
      zip(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`${n}x`, '\0'.repeat(100_000)]))),
    );
    expect(members).toHaveLength(10);
    expect(rejected).toEqual([['10x', 'archive/too-large']]);
  });

  // adm-zip loads the directory whole or not at all, and takes 10 KB for each entry.
  test('a zip of more entries than there may be is refused before they are loaded', () => {
    const files = Object.fromEntries(Array.from({ length: UNPACK_LIMITS.entries + 1 }, (_, n) => [`${n}x`, 'x']));
    expect(unpack(zip(files, 0))).toEqual({ members: [], rejected: [[null, 'archive/too-many']] });
  });

  test('more entries in a tar than there may be, folders included', () => {
    const { members, rejected } = unpack(
      Buffer.concat([
        tarHeader('good.pem', '0', 4),
        tarBlock('good'),
        ...Array(UNPACK_LIMITS.entries).fill(tarHeader('x/', '5')),
      ]),
    );
    expect(members).toEqual(GOOD);
    expect(rejected).toEqual([['x/', 'archive/too-many']]);
  });

  test.each([
    ['one that is long', [Math.floor(MAX_EXTENSIONS / 512) + 1]],
    ['many that are not', Array<number>(17).fill(1024)],
  ])('extension headers of a tar that take long to parse: %s', (_name, blocks) => {
    const extensions = blocks.flatMap((count) => [tarHeader('x', 'x', count * 512), Buffer.alloc(count * 512, '\n')]);
    expect(unpack(Buffer.concat([tarHeader('good.pem', '0', 4), tarBlock('good'), ...extensions]))).toEqual({
      members: GOOD,
      rejected: [[null, 'archive/too-large']],
    });
  });

  test('a zip with a name of 30,000 folders', () => {
    const name = 'a/'.repeat(30_000);
    expect(
      unpack(renamed(zip({ [`${'x'.repeat(60_000)}.pem`]: 'bad', 'good.pem': 'good' }), 'x'.repeat(60_000), name)),
    ).toEqual({ members: GOOD, rejected: [[`${name}.pem`, 'archive/unsafe-name']] });
  });

  test('members of a zip that share their packed bytes', () => {
    const bytes = zip({ a: 'x'.repeat(1000), b: 'b', c: 'c' }, 0);
    const [first = 0, ...others] = centralHeaders(bytes);
    for (const other of others) {
      bytes.copy(bytes, other + 16, first + 16, first + 28);
      bytes.copy(bytes, other + 42, first + 42, first + 46);
    }
    const { members, rejected } = unpack(bytes);
    expect(members).toEqual([['a', 'x'.repeat(1000)]]);
    expect(rejected).toEqual([
      ['b', 'archive/damaged'],
      ['c', 'archive/damaged'],
    ]);
  });

  test('a stored member that claims less than it has', () => {
    const bytes = zip({ 'aa/bad.pem': 'bad'.repeat(1000), 'good.pem': 'good' }, 0);
    expect(unpack(patched(bytes, 24, 1, 4))).toEqual({
      members: GOOD,
      rejected: [['aa/bad.pem', 'archive/damaged']],
    });
  });

  test('a gzip that looks like a tar is not unpacked as one', () => {
    const bytes = Buffer.concat([gzipSync(Buffer.alloc(10_000_000)), Buffer.alloc(512)]);
    bytes[2] = 9;
    bytes.write('ustar', 257);
    expect(detectArchive(bytes)).toBeNull();
    expect(unpackArchive(bytes, 'tar', new UnpackBudget(bytes.length))).toMatchObject({
      members: [],
      rejected: [{ name: null, error: { code: 'archive/damaged' } }],
    });
  });

  test('no input may unpack to more than 256 MB', () => {
    const budget = new UnpackBudget(1_000_000_000);
    expect(budget.takeBytes(UNPACK_LIMITS.unpacked)).toBeNull();
    expect(budget.takeBytes(1)?.code).toBe('archive/too-large');
    expect(budget.isExhausted).toBe(true);
  });

  test('the budget is one for all archives of an input', () => {
    const bytes = gzipSync(Buffer.alloc(600_000));
    const budget = new UnpackBudget(bytes.length);
    expect(unpackArchive(bytes, 'gzip', budget).rejected).toEqual([]);
    expect(unpackArchive(bytes, 'gzip', budget).rejected[0]?.error.code).toBe('archive/too-large');
  });
});

test.each([
  ['zip', ZIP],
  ['tar', Buffer.from(tar({ name: 'good.pem', data: 'good' }, { name: 'b.pem', data: 'b' }))],
  ['gzip', gzipSync(Buffer.from('text '.repeat(100)))],
] as const)('a %s with changed bytes gives members and errors, and nothing is thrown', (kind, archive) => {
  const changes = fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(changes, fc.nat(archive.length), (edits, cut) => {
      const bytes = Buffer.from(archive.subarray(0, archive.length - (cut % 7 === 0 ? cut : 0)));
      for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
      expectMembersAndErrors(bytes, kind);
    }),
    { numRuns: process.env.SLOW ? 20_000 : 500 },
  );
});

test('a tar with changed headers that have their checksum gives members and errors, and nothing is thrown', () => {
  const pax = '30 path=folder/another.pem.pem\n12 size=700\n';
  const blocks = [tarHeader('x', 'x', pax.length), tarBlock(pax), tarHeader('a', '0', 700), Buffer.alloc(1024, 'a')];
  const archive = Buffer.concat([
    ...blocks,
    tarHeader('l', 'L', 4),
    tarBlock('b.pe'),
    tarHeader('b', '0', 1),
    tarBlock('b'),
  ]);
  const headers = [0, 1024, 2560, 3584];
  const place = fc.tuple(fc.constantFrom(...headers), fc.oneof(fc.nat(511), fc.integer({ min: 124, max: 156 })));
  const value = fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('01257xgLKS/ \0\xff\x80', 'latin1')));
  const changes = fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(changes, fc.tuple(fc.nat(40), fc.nat(255)), fc.nat(archive.length), (edits, [paxAt, paxValue], cut) => {
      const bytes = Buffer.from(archive);
      for (const [[header, at], byte] of edits) bytes[header + at] = byte;
      if (cut % 2 === 0) bytes[512 + paxAt] = paxValue;
      for (const header of headers) writeChecksum(bytes, header);
      expectMembersAndErrors(bytes.subarray(0, cut % 5 === 0 ? cut : bytes.length), 'tar');
    }),
    { numRuns: process.env.SLOW ? 20_000 : 500 },
  );
});

function expectMembersAndErrors(bytes: Uint8Array, kind: ArchiveKind): void {
  const { members, rejected } = unpackArchive(bytes, kind, new UnpackBudget(bytes.length));
  // A file of a tar or a zip may be empty.
  for (const { name, bytes: content } of members) if (name === null) expect(content.length).toBeGreaterThan(0);
  for (const { error } of rejected) expect(error.code).toMatch(/^archive\//);
}

function writeChecksum(bytes: Buffer, header: number): void {
  bytes.write('        ', header + 148);
  const sum = bytes.subarray(header, header + 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, header + 148);
}
