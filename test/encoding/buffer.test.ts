import { expect, test } from 'vitest';
import { sliceText } from '../../src/encoding/buffer.ts';

/** Kept for another memory between the tests. */
const OTHER = new TextEncoder().encode('something else');

test('gives the text of a part, a character for each byte or two digits', () => {
  const whole = Uint8Array.of(0x20, 0x41, 0xe9, 0x00, 0x7f);
  expect(sliceText(whole, 'latin1', 1, 4)).toBe('Aé\0');
  expect(sliceText(whole.subarray(1), 'hex', 1, 3)).toBe('e900');
  expect(sliceText(OTHER, 'latin1', 0, 9)).toBe('something');
});

test('reads memory that has become larger as it is now', () => {
  // Newer than the library that is compiled against.
  const Resizable = ArrayBuffer as unknown as new (
    length: number,
    options: { readonly maxByteLength: number },
  ) => ArrayBuffer & { readonly resize: (length: number) => void };
  const memory = new Resizable(4, { maxByteLength: 64 });
  new Uint8Array(memory).set(Buffer.from('abcd'));
  expect(sliceText(new Uint8Array(memory), 'latin1', 0, 4)).toBe('abcd');
  memory.resize(64);
  const later = new Uint8Array(memory, 32, 4);
  later.set(Buffer.from('wxyz'));
  expect(sliceText(later, 'latin1', 1, 4)).toBe('xyz');
});
