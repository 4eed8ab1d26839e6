/** Runs collections of paths that others made, and holds the answers against theirs and against the known differences. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { TrustError } from '../../src/errors.ts';
import { type ValidatePathOptions, validatePath } from '../../src/path/validate-path.ts';
import { processorTime } from '../support/processor-time.ts';

/** One path to validate, and what its authors expect. */
export interface Case {
  readonly id: string;
  readonly group: string;
  readonly expected: Answer;
  readonly endEntity: Uint8Array;
  readonly options: ValidatePathOptions;
}

export type Answer = 'accept' | 'reject';

/** A case whose answer differs from that of its authors, and why it should. */
interface Exception {
  readonly id: string;
  readonly expected: Answer;
  readonly actual: Answer;
  readonly reason: string;
}

/** Longer than any case may take, on a machine that does other things too. */
const SLOWEST_MS = 2000;

const exceptions: readonly Exception[] = JSON.parse(
  readFileSync(new URL('conformance-exceptions.json', import.meta.url), 'utf8'),
);

/** A collection, or null where it is not there. The type is what the caller knows of its format. */
export function readCollection<T>(name: string): T | null {
  const file = new URL(`../../../shared/conformance/${name}.json.gz`, import.meta.url);
  return existsSync(file) ? JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) : null;
}

/** One test for each group of cases; prints how many passed, and how many were accepted that must not be. */
export function testConformance(collection: string, cases: readonly Case[]): void {
  const groups = [...new Set(cases.map(({ group }) => group))];
  test.each(groups)(
    `${collection} %s`,
    (group) => {
      const chosen = cases.filter((one) => one.group === group);
      const wrong = chosen.flatMap(differenceOf);
      const falseAccepts = wrong.filter(({ actual }) => actual === 'accept').length;
      const passed = chosen.length - wrong.length;
      // biome-ignore lint/suspicious/noConsole: the figure is what the run is for
      console.log(`conformance ${collection} ${group}: ${passed} of ${chosen.length}, ${falseAccepts} false accepts`);
      const ids = new Set(chosen.map(({ id }) => id));
      const known = exceptions.filter(({ id }) => ids.has(id)).map(({ reason: _, ...difference }) => difference);
      expect(wrong.toSorted(byId)).toEqual(known.toSorted(byId));
    },
    300_000,
  );

  test(`every exception of ${collection} names a case and gives its reason`, () => {
    const ids = new Set(cases.map(({ id }) => id));
    const own = exceptions.filter(({ id }) => id.startsWith(`${collection}/`));
    expect(own.filter(({ id, reason }) => !ids.has(id) || reason === '')).toEqual([]);
  });
}

function differenceOf({ id, expected, endEntity, options }: Case): Omit<Exception, 'reason'>[] {
  const spent = processorTime();
  const actual = answerTo(endEntity, options);
  const elapsed = spent();
  expect(elapsed, `${id} took ${Math.round(elapsed)} ms`).toBeLessThan(SLOWEST_MS);
  return actual === expected ? [] : [{ id, expected, actual }];
}

function answerTo(endEntity: Uint8Array, options: ValidatePathOptions): Answer {
  try {
    return validatePath(endEntity, options).valid ? 'accept' : 'reject';
  } catch (error) {
    if (error instanceof TrustError) return 'reject';
    throw error;
  }
}

/** The DER of the first PEM block of a text. */
export function pemToDer(pem: string): Uint8Array {
  const body = /-----BEGIN [^-]+-----([^-]+)-----END/.exec(pem)?.[1] ?? '';
  return new Uint8Array(Buffer.from(body, 'base64'));
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
