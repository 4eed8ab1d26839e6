/** A run folder is a folder like any other: what is in it may have been edited, or written by somebody else. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DiskRunFiles } from '../../src/io/run-files.ts';
import { applyRun, type RunChanges, type RunText } from '../../src/rotation/apply.ts';
import type { PlanDocument } from '../../src/rotation/plan-document.ts';
import { rollbackRun } from '../../src/rotation/rollback.ts';
import type { RunFiles } from '../../src/rotation/run-folder.ts';
import { renderRunbook } from '../../src/rotation/runbook.ts';
import { contentOf, fixture, layOutRun, newContent, now, oldContent, root, sha256 } from './run-fixture.ts';

const files: RunFiles = new DiskRunFiles();
layOutRun();

/** A run with a certificate, a device and a runbook that tells of all of them. */
function plan(): RunChanges {
  const runbook: RunText = { path: 'runbook.md', text: (document) => renderRunbook(document, fixture.folder) };
  const run = fixture.plan({ texts: [runbook], devices: ['ios-xe:CA'] });
  const [digest, sha1] = [sha256('root'), '00'.repeat(20)];
  const filled: PlanDocument = {
    ...run.plan,
    request: { ...run.plan.request, certificates: [digest] },
    certificates: [
      {
        sha256: digest,
        sha1,
        serialNumber: '01',
        subject: 'CN=Root',
        role: 'root',
        trustedBy: 'catalog',
        source: null,
      },
    ],
    stores: run.plan.stores.map((store) => {
      const entry = { alias: 'root', sha256: digest, subject: 'CN=Root' };
      return store.backup === null ? store : { ...store, added: [entry], removed: [entry] };
    }),
    devices: [
      {
        platform: 'ios-xe',
        trustpoint: 'CA',
        trustpoints: [{ name: 'CA', certificates: [digest] }],
        certificates: [digest],
        files: [],
        notes: [{ code: 'device/not-a-ca', message: 'no root', hint: 'look' }],
      },
    ],
  };
  return { ...run, plan: filled };
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Every place below a value. */
function placesIn(value: Json, at: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  const below = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [at, ...below.flatMap(([key, item]) => placesIn(item, [...at, Array.isArray(value) ? Number(key) : key]))];
}

/** The value with something else at a place; nothing at all for `undefined`. */
function edited(value: Json, [key, ...rest]: readonly (string | number)[], other: Json | undefined): Json | undefined {
  if (key === undefined) return other;
  const entries = Object.entries(value as Readonly<Record<string, Json>>).flatMap(([name, item]) => {
    const kept = name === String(key) ? edited(item, rest, other) : item;
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

const HOSTILE: readonly (Json | undefined)[] = [undefined, null, 1e308, '', '../../etc/x', 'a\0b', [], [null], {}];

const planPath = () => join(fixture.folder, 'plan.json');

/** The run, but for its runbook. */
async function layOut(): Promise<Json> {
  await applyRun(plan(), files, { now });
  files.remove(join(fixture.folder, 'runbook.md'));
  return JSON.parse(readFileSync(planPath(), 'utf8'));
}

test('a plan that was edited anywhere gives an error or the run it was, and no bug', async () => {
  const whole = await layOut();
  const journal = readFileSync(join(fixture.folder, 'journal.ndjson'));
  const codes = new Set<string>();
  for (const place of placesIn(whole)) {
    for (const value of HOSTILE) {
      const when = `${place.join('.')} ${JSON.stringify(value)}`;
      writeFileSync(planPath(), JSON.stringify(edited(whole, place, value)) ?? '');
      files.remove(join(fixture.folder, 'runbook.md'));
      writeFileSync(join(fixture.folder, 'journal.ndjson'), journal);
      for (const work of [
        applyRun(plan(), files, { now }),
        rollbackRun(fixture.folder, files, { now, dryRun: true }),
      ]) {
        codes.add(
          await work.then(
            ({ outcome }) => outcome,
            (error: Error) => (error as { code?: string }).code ?? `${when}: ${error.stack}`,
          ),
        );
      }
    }
  }
  const known = ['already', 'resumed', 'would-roll-back', 'run/changed-since', 'run/damaged', 'run/other-plan'];
  expect([...codes].filter((code) => !known.includes(code))).toEqual([]);
  for (const name of ['tg.jks', 'gw.jks']) expect(contentOf(join(root.path, 'stores', name))).toBe(newContent(name));
});

test.each<[place: (string | number)[], code: string]>([
  [['request'], 'run/other-plan'],
  [['request', 'retire'], 'run/other-plan'],
  [['stores', 0, 'type'], 'run/damaged'],
  [['devices', 0, 'notes', 0, 'code'], 'run/damaged'],
  [['certificates', 0, 'source'], 'run/damaged'],
])('a plan that is thousands of levels deep at %j is %s, and no bug', async (place, code) => {
  const text = JSON.stringify(edited(await layOut(), place, 'DEEP'));
  writeFileSync(planPath(), text.replace('"DEEP"', '['.repeat(100_000) + ']'.repeat(100_000)));
  await expect(applyRun(plan(), files, { now })).rejects.toMatchObject({ code });
  await rollbackRun(fixture.folder, files, { now });
  for (const name of ['tg.jks', 'gw.jks']) expect(contentOf(join(root.path, 'stores', name))).toBe(oldContent(name));
});

test('a plan with other trustpoints for the same certificates is another plan', async () => {
  const whole = await layOut();
  writeFileSync(planPath(), JSON.stringify(edited(whole, ['devices', 0, 'trustpoints', 0, 'name'], 'CA-2')));
  await expect(applyRun(plan(), files, { now })).rejects.toMatchObject({ code: 'run/other-plan', exitStatus: 2 });
});

test('what only the runbook needs of a plan keeps no keystore from being put back', async () => {
  const whole = await layOut();
  writeFileSync(planPath(), JSON.stringify(edited(whole, ['certificates', 0, 'subject'], undefined)));
  await expect(applyRun(plan(), files, { now })).rejects.toMatchObject({ code: 'run/damaged', exitStatus: 3 });
  await rollbackRun(fixture.folder, files, { now });
  for (const name of ['tg.jks', 'gw.jks']) expect(contentOf(join(root.path, 'stores', name))).toBe(oldContent(name));
});

test.each([
  { what: 'lost', edit: ([, ...others]: readonly Json[]) => others },
  { what: 'got twice', edit: (stores: readonly Json[]) => [...stores, stores[0] ?? null] },
  { what: 'got in the place of another', edit: (stores: readonly Json[]) => elsewhere(stores) },
])('a keystore that the plan $what is not passed over by a rollback', async ({ edit }) => {
  const { stores, ...rest } = (await layOut()) as { readonly stores: readonly Json[] };
  writeFileSync(planPath(), JSON.stringify({ ...rest, stores: edit(stores) }));
  await expect(rollbackRun(fixture.folder, files, { now })).rejects.toMatchObject({
    code: 'run/damaged',
    at: { source: `${fixture.folder}/plan.json` },
  });
  for (const name of ['tg.jks', 'gw.jks']) expect(contentOf(join(root.path, 'stores', name))).toBe(newContent(name));
});

function elsewhere([first, ...others]: readonly Json[]): readonly Json[] {
  return [{ ...(first as Readonly<Record<string, Json>>), path: join(root.path, 'elsewhere.jks') }, ...others];
}
