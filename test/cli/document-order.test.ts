/**
 * Documents have what they are documented to have, in that order: what is there besides comes after it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AT, issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';

const DAY = 86_400_000;
const FINDING = ['code', 'severity', 'message', 'hint', 'source', 'sha256'];
const BLOCK = ['platform', 'trustpoint', 'style', 'action', 'stage', 'text', 'files', 'certificates'];

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-order-'));
  writeFileSync(at('soon.pem'), issue({ subject: 'CN=Soon', notAfter: new Date(AT.getTime() + 3 * DAY) }).pem);
  writeFileSync(at('root.pem'), issue({ subject: 'CN=Root' }).pem);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Members = Readonly<Record<string, unknown>>;

/** The members of a record, as far as they are among some, in the order of both. */
const orderOf = (record: Members, among: readonly string[]) => Object.keys(record).filter((key) => among.includes(key));

const sorted = (record: Members, among: readonly string[]) => among.filter((key) => key in record);

describe('members come in the documented order', () => {
  test.each([
    {
      argv: () => ['check', at('soon.pem'), at('gone.pem')],
      order: ['schema', 'at', 'summary', 'findings', 'certificates'],
    },
    { argv: () => ['validate', at('soon.pem')], order: ['schema', 'at', 'results'] },
    {
      argv: () => ['snippet', at('soon.pem'), '--platform', 'ios', '--trustpoint', 'NEW'],
      order: ['schema', 'blocks'],
    },
    {
      argv: () => ['snippet', at('root.pem'), '--platform', 'ios-xr', '--trustpoint', 'NEW', '--replace', 'OLD'],
      order: ['schema', 'blocks', 'findings'],
    },
    {
      argv: () => ['ledger', at('root.pem'), at('gone.pem'), '--old', at('soon.pem'), '--new', at('root.pem')],
      order: ['schema', 'anchors', 'targets', 'summary', 'findings'],
    },
  ])('$order', async ({ argv, order }) => {
    const document = (await anchorctl([...argv(), '--json'])).json();
    expect(orderOf(document, order)).toEqual(order);
    const { findings = [], blocks = [], results = [] } = document as Readonly<Record<string, readonly Members[]>>;
    const all = [...findings, ...results.flatMap((result) => result.findings as readonly Members[])];
    for (const finding of all) expect(Object.keys(finding)).toEqual(sorted(finding, FINDING));
    for (const block of blocks) expect(orderOf(block, BLOCK)).toEqual(sorted(block, BLOCK));
    expect(all.length + blocks.length).toBeGreaterThan(0);
  });
});
