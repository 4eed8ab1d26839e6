import { expect, test } from 'vitest';
import { ByteList } from '../../src/encoding/byte-list.ts';

test('the bytes in order, in a view that stays', () => {
  const list = new ByteList();
  for (let byte = 0; byte < 5000; byte++) list.push(byte & 0xff);
  const { bytes } = list;
  list.push(1);
  expect(bytes).toEqual(Uint8Array.from({ length: 5000 }, (_, byte) => byte & 0xff));
  expect([list.length, list.bytes.at(-1)]).toEqual([5001, 1]);
});

test('more bytes than an array may have numbers', () => {
  const list = new ByteList();
  const length = 2 ** 27;
  for (let count = 0; count < length; count++) list.push(7);
  expect([list.length, list.bytes.at(-1)]).toEqual([length, 7]);
});
