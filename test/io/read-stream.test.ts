import { expect, test } from 'vitest';
import { readStream } from '../../src/io/read-stream.ts';

async function* pieces(...texts: readonly string[]) {
  for (const text of texts) yield Buffer.from(text);
}

test('the pieces are put together', async () => {
  expect(Buffer.from(await readStream(pieces('ab', '', 'c'), 3)).toString()).toBe('abc');
  expect(await readStream(pieces(), 0)).toEqual(new Uint8Array());
});

test('more than may be read is refused', async () => {
  await expect(readStream(pieces('ab', 'c'), 2)).rejects.toMatchObject({
    code: 'input/too-large',
    at: { source: '-' },
  });
});
