/** Answers of `inspect` that may be long: lines and documents that are written while they are made. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { renderDocument } from '../../src/encoding/json-text.ts';
import { encodePem } from '../../src/encoding/pem.ts';
import { AT, issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';

let folder: string;
let pem: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-lines-'));
  pem = encodePem('CERTIFICATE', issue({ subject: 'CN=Line\u202e Root\u0085,O=Grüße 根,C=CH' }).der);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the lines of an input are written before the next one is read', async () => {
  const [first, second] = ['first.pem', 'second.pem'].map((name) => join(folder, name)) as [string, string];
  writeFileSync(first, pem.repeat(300));
  writeFileSync(second, 'nothing yet');
  const written: string[] = [];
  let drained = 0;
  const status = await main(['inspect', first, second, '--format', 'ndjson'], {
    stdout: (text) => {
      writeFileSync(second, pem);
      written.push(String(text));
    },
    drained: async () => void drained++,
    stderr: (text) => expect(text).toBe(''),
    warn: () => {},
    readStdin: async () => new Uint8Array(),
    now: () => AT,
    env: {},
    terminal: { stdin: false, stdout: false, stderr: false, columns: 80 },
    ask: async () => '',
    askSecret: async () => '',
    interruptible: (work) => work(new AbortController().signal),
    atOneStretch: async (work) => work(),
  });
  expect(status).toBe(0);
  const lines = written.join('').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).source.input)).toEqual([...Array(300).fill(first), second]);
  expect(written.length).toBeGreaterThan(2);
  expect(drained).toBeGreaterThan(1);
});

test('lines and the document hold the same certificates, and what is bad is told once', async () => {
  const files = Object.entries({
    'good.pem': pem.repeat(3),
    'bad.pem': 'no certificate',
    'described.txt': 'CA Certificate\n  Status: Available\n  Certificate Serial Number (hex): 0509\n',
    'mixed.pem': `${pem}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`,
  }).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
  const document = await anchorctl(['inspect', ...files, join(folder, 'absent.pem'), '--json']);
  const lines = await anchorctl(['inspect', ...files, join(folder, 'absent.pem'), '--format', 'ndjson']);
  const text = await anchorctl(['inspect', ...files, join(folder, 'absent.pem')]);
  const { inputs } = document.json() as { inputs: readonly { certificates: readonly unknown[] }[] };
  expect(
    lines.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(inputs.flatMap(({ certificates }) => certificates));
  expect(inputs).toHaveLength(files.length + 1);
  expect(document.stdout).toBe(renderDocument(document.json()));
  expect(lines.stderr).toBe(text.stderr);
  expect([document.status, lines.status]).toEqual([3, 3]);
});

test('a long bundle comes in parts, and where it is none throughout, every certificate is there once', async () => {
  const file = join(folder, 'long.pem');
  const long = pem.repeat(Math.ceil((1024 * 1024) / pem.length) + 1);
  const count = long.length / pem.length;
  for (const [text, certificates] of [
    [long, count],
    [`${long}and more\n${pem}`, count + 1],
  ] as const) {
    writeFileSync(file, text);
    const { stdout } = await anchorctl(['inspect', file, '--format', 'ndjson']);
    const lines = stdout.trimEnd().split('\n');
    expect(new Set(lines.map((line) => JSON.parse(line).source.line)).size).toBe(certificates);
    expect(lines).toHaveLength(certificates);
  }
});
