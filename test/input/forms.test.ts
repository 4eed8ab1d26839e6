/**
 * Every form beside every other one, in prose and in pieces: what is found of a text is what is found of its parts. Texts that are
 * another text when something stands before or behind them are left out, by name.
 */
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { InputReader, readInput } from '../../src/io/read-input.ts';
import { readStream } from '../../src/io/read-stream.ts';
import { COMBINED, ESCAPES, type Form, FRAMES, IN_ORDER, LAYOUT, MARKERS } from '../support/battered-forms.ts';
import { issue } from '../support/certificates.ts';

const FORMS: readonly Form[] = [...IN_ORDER, ...LAYOUT, ...MARKERS, ...FRAMES, ...ESCAPES, ...COMBINED];
const [A, B] = [issue({ subject: 'CN=A' }), issue({ subject: 'CN=B', key: 'rsa1024' })];

/** A part of a text is not in UTF-16, and unmarked base64 in the URL-safe alphabet looks like words. */
const isWhole = ([, , notes]: Form) => /utf-16|no-markers.*url-safe/.test(notes.join());
/** What has no BEGIN or no END ends where its neighbour begins. */
const OPEN = /^pem\/(?:missing-begin|missing-end|no-markers|byte-order-mark)/;

const PLACED = FORMS.filter((form) => !isWhole(form));
const CLOSED = PLACED.filter(([, , notes]) => !notes.some((note) => OPEN.test(note)));

function textOf([, form]: Form, pem: string): string {
  const text = form(pem);
  return typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
}

function found(text: string | Uint8Array): readonly string[] {
  return readCertificates(Buffer.from(text)).certificates.map(({ subject }) => subject);
}

test('few forms are left out', () => {
  expect([FORMS.length - PLACED.length, PLACED.length - CLOSED.length]).toEqual([5, 12]);
});

describe('in prose', () => {
  const before = 'Dear colleague,\r\n\r\n-- as you asked, here it is: = 100 % of it\n\tMII is how they begin\n\n';
  const after = '\n\nBest regards from all of us\nBob -----\n> END of it\n';

  test.each(PLACED)('%s', (_name, form, notes) => {
    expect(found(before + textOf([_name, form, notes], A.pem) + after)).toEqual(['CN=A']);
  });
});

describe('followed by others', () => {
  /** All of them take most of a minute. */
  const partners = process.env.SLOW === undefined ? 4 : CLOSED.length;

  test.each(CLOSED.map((form, index) => [form[0], form, index] as const))('%s', (_name, form, index) => {
    for (let step = 0; step < partners; step++) {
      const other = CLOSED[(index + 1 + step * (partners === 4 ? 27 : 1)) % CLOSED.length] as Form;
      expect(found(`${textOf(form, A.pem)}\n${textOf(other, B.pem)}\n`), other[0]).toEqual(['CN=A', 'CN=B']);
    }
  });
});

describe('in pieces', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'anchorctl-forms-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([1, 7, 64])('of %i bytes, and from a file', async (highWaterMark) => {
    const reader = new InputReader();
    for (const [index, form] of FORMS.entries()) {
      const bytes = Buffer.from(form[1](A.pem));
      const path = join(folder, `${index}`);
      writeFileSync(path, bytes);
      const whole = readCertificates(bytes);
      expect(whole.certificates, form[0]).toHaveLength(1);
      const streamed = await readStream(createReadStream(path, { highWaterMark }), bytes.length);
      expect(readCertificates(streamed), form[0]).toEqual(whole);
      expect(readCertificates(readInput(path)), form[0]).toEqual(whole);
      expect(readCertificates(reader.read(path)), form[0]).toEqual(whole);
    }
  });
});
