import { expect, test } from 'vitest';
import { at, layOutStore, readInPart } from './keystore-store.ts';

layOutStore();

test('a keystore that is read in part is listed in part, with 3', async () => {
  const { status, stdout, stderr } = await at.keystore(['list', at.write('a.jceks', readInPart)]);
  expect(stdout).toContain('alpha');
  expect([status, stderr]).toEqual([3, expect.stringContaining('are not listed [keystore/malformed] at ')]);
});

test('so it is as JSON', async () => {
  const { status, stderr, json } = await at.keystore(['list', at.write('a.jceks', readInPart), '--json']);
  expect(status).toBe(3);
  expect(json()).toMatchObject({
    entries: [{ alias: 'alpha' }, { alias: 'odd' }],
    notes: [{ code: 'keystore/unread-entries' }],
  });
  expect(JSON.parse(stderr)).toMatchObject({ code: 'keystore/malformed' });
});
