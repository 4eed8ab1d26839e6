import { expect, test } from 'vitest';
import { javaKeystore } from '../store/builders.ts';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { at, layOutStore, readInPart } from './keystore-store.ts';

const UNIT = 'A Unit With A Name That Has A Few Words';
const wordy = issue({ subject: `CN=Wordy Root,OU=${UNIT},OU=${UNIT},C=DE` });

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

test.each([
  ['keystore list', (store: string) => at.keystore(['list', store])],
  ['keystore diff', (store: string) => at.keystore(['diff', store, at.store])],
  ['catalog match', () => anchorctl(['catalog', 'match', at.write('wordy.pem', wordy.pem)])],
])('%s: a long name and what is said of it in lines of 80 columns', async (_name, call) => {
  const entries = [{ alias: 'WORDY', certificates: [wordy.der] }];
  const { stdout } = await call(at.write('wordy.jks', javaKeystore({ entries })));
  const lines = stdout.split('\n').filter((line) => !line.includes(at.folder));
  expect(stdout).toContain('CN=Wordy Root');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});
