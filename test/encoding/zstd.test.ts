import { readFileSync } from 'node:fs';
import * as zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { UnpackBudget } from '../../src/encoding/unpack.ts';
import { decodeZstd, isZstd, type ZstdDecoder } from '../../src/encoding/zstd.ts';

const FRAME = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x00, 0x01, 0x00, 0x00);

/** A decoder that gives what a test wants, as node:zlib of Node 22.15 and later does. */
function decoder(unpack: (maxOutputLength: number) => Uint8Array): ZstdDecoder {
  return { zstdDecompressSync: (_bytes, { maxOutputLength }) => unpack(maxOutputLength) };
}

function failing(code: string): ZstdDecoder {
  return decoder(() => {
    throw Object.assign(new Error('Data corruption detected'), { code });
  });
}

function codes(zstd: ZstdDecoder): readonly string[] {
  return decodeZstd(FRAME, new UnpackBudget(FRAME.length), zstd).rejected.map(({ error }) => error.code);
}

describe('zstd', () => {
  test('is told by its first bytes', () => {
    expect([isZstd(FRAME), isZstd(FRAME.subarray(0, 3)), isZstd(Buffer.from('PK'))]).toEqual([true, false, false]);
  });

  test('is one member without a name', () => {
    const { members, rejected } = decodeZstd(
      FRAME,
      new UnpackBudget(FRAME.length),
      decoder(() => Uint8Array.of(1, 2)),
    );
    expect([members, rejected]).toEqual([[{ name: null, bytes: Uint8Array.of(1, 2) }], []]);
  });

  test('unpacks to no more than the budget has', () => {
    const budget = new UnpackBudget(FRAME.length);
    const allowed = budget.remaining;
    decodeZstd(
      FRAME,
      budget,
      decoder((maxOutputLength) => new Uint8Array(maxOutputLength === allowed ? 10 : 0)),
    );
    expect(budget.remaining).toBe(allowed - 10);
    expect(codes(failing('ERR_BUFFER_TOO_LARGE'))).toEqual(['archive/too-large']);
  });

  test('that is damaged is an error, and so is a Node that cannot unpack it', () => {
    expect(codes(failing('ZSTD_error_corruption_detected'))).toEqual(['archive/damaged']);
    expect(codes({})).toEqual(['archive/unsupported']);
    expect(() => codes(failing('ENOMEM'))).toThrow('Data corruption');
  });

  test('is read by this Node, or refused with what to do', () => {
    const packed = readFileSync('fixtures/README.md');
    const { zstdCompressSync } = zlib as { readonly zstdCompressSync?: (bytes: Uint8Array) => Uint8Array };
    const { members, rejected } = decodeZstd(zstdCompressSync?.(packed) ?? FRAME, new UnpackBudget(packed.length));
    if (zstdCompressSync === undefined) expect(rejected[0]?.error.hint).toContain('zstd -d');
    else expect(members.map(({ bytes }) => Buffer.from(bytes))).toEqual([packed]);
  });
});
