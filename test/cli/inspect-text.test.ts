import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { genuineBodies } from '../../src/catalog/catalog.ts';
import { COMBINED, ESCAPES, FRAMES, IN_ORDER, LAYOUT, MARKERS } from '../support/battered-forms.ts';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';

const root = issue({ subject: 'CN=Root,O=Test', serialNumber: 0x77n });
const ca = issue({ subject: 'CN=CA,O=Test', issuer: root, serialNumber: 0x78n });

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(() => {
  // Short, so that a line has room for its places on every system.
  folder = mkdtempSync(join(tmpdir(), 'text-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function inspect(...args: readonly string[]): Promise<string> {
  const { stdout } = await anchorctl(['inspect', ...args]);
  return stdout;
}

/** Columns that a terminal takes for a text, by scripts rather than by code points. */
function columnsOf(line: string): number {
  const wide =
    /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u;
  return [...line].reduce((sum, character) => sum + (wide.test(character) ? 2 : 1), 0);
}

function tooWide(text: string): readonly string[] {
  return text.split('\n').filter((line) => columnsOf(line) > 80);
}

describe('a certificate', () => {
  test('says who it is, until when, its fingerprint, and then all else', async () => {
    writeFileSync(at('chain.pem'), root.pem + ca.pem);
    expect(await inspect(at('chain.pem'))).toBe(`${at('chain.pem')}: pem, 2 certificates
  CN=Root,O=Test
    valid     2025-11-01 to 2036-10-29
    SHA-256   ${root.certificate.sha256}
    role      root CA
    key       EC 256, ecdsa-with-SHA256
    serial    77
    from      line 1
  CN=CA,O=Test
    issuer    CN=Root,O=Test
    valid     2025-11-01 to 2036-10-29
    SHA-256   ${ca.certificate.sha256}
    role      intermediate CA
    key       EC 256, ecdsa-with-SHA256
    serial    78
    from      line ${root.pem.split('\n').length}
`);
  });

  test('stands there once, with every place', async () => {
    writeFileSync(at('one.der'), root.der);
    writeFileSync(at('twice.pem'), root.pem + root.pem);
    writeFileSync(at('packed.zip'), zipSync({ 'certs/root.cer': root.der, 'ca.pem': Buffer.from(ca.pem) }));
    const text = await inspect(at('one.der'), at('twice.pem'), at('packed.zip'));
    expect(text.match(new RegExp(root.certificate.sha256, 'g'))).toHaveLength(3);
    expect(text.match(/ {4}valid/g)).toHaveLength(2);
    expect(text).toContain(`    serial    77
    also in   ${at('twice.pem')} line 1
    also in   ${at('twice.pem')} line ${root.pem.split('\n').length}
    also in   ${at('packed.zip')}!/certs/root.cer

${at('twice.pem')}: pem, 2 certificates, 1 different
  CN=Root,O=Test
    again     ${root.certificate.sha256}
    from      line 1
    from      line ${root.pem.split('\n').length}

${at('packed.zip')}: zip, 2 certificates
  CN=Root,O=Test
    again     ${root.certificate.sha256}
    from      certs/root.cer
  CN=CA,O=Test
`);
  });
});

describe('an input', () => {
  test.each([
    { name: 'that is not there', input: () => at('absent.pem'), expected: 'not read' },
    { name: 'that is too large', input: () => at('words.txt'), limit: 'size=1', expected: 'not read' },
    { name: 'that matches nothing', input: () => at('*.absent'), expected: 'nothing found' },
    { name: 'that is a folder without a certificate', input: () => at('words'), expected: 'nothing found' },
    { name: 'that holds none', input: () => at('words.txt'), expected: 'unknown, 0 certificates' },
    { name: 'that is empty', input: () => at('empty'), expected: 'unknown, 0 certificates' },
  ])('$name says so', async ({ input, limit, expected }) => {
    mkdirSync(at('words'), { recursive: true });
    for (const name of ['words.txt', 'words/more.txt']) writeFileSync(at(name), 'no certificate');
    writeFileSync(at('empty'), '');
    writeFileSync(at('root.der'), root.der);
    const limits = limit === undefined ? [] : ['--limit', limit];
    const { status, stdout } = await anchorctl(['inspect', input(), ...limits]);
    expect([status, stdout]).toEqual([3, `${input()}: ${expected}\n`]);
    const beside = await anchorctl(['inspect', at('root.der'), input()]);
    if (limit === undefined && expected !== 'nothing found') expect(beside.stdout).toContain(`\n\n${stdout}`);
    const { json } = await anchorctl(['inspect', input(), ...limits, '--json']);
    expect(json().inputs).toEqual([
      { input: input(), kind: 'unknown', certificates: [], notes: [], error: expect.objectContaining({ status: 3 }) },
    ]);
  });
});

describe('no line is wider than 80 columns', () => {
  test('of battered forms and whatever a person may have written around them', async () => {
    const forms = [...IN_ORDER, ...LAYOUT, ...MARKERS, ...FRAMES, ...ESCAPES, ...COMBINED];
    mkdirSync(at('forms'));
    for (const [index, [, form]] of forms.entries()) writeFileSync(at(`forms/${index}.txt`), form(root.pem));
    const text = await inspect(at('forms'));
    expect(text.split('\n\n')).toHaveLength(forms.length);
    expect(tooWide(text)).toEqual([]);
  });

  test('of public roots, in an archive with long names', async () => {
    const members = [...genuineBodies().values()].map((base64, index): [string, Uint8Array] => [
      `${'folder with blanks/'.repeat(index % 9)}${'x'.repeat(index)}.cer`,
      Buffer.from(base64, 'base64'),
    ]);
    writeFileSync(at('roots.zip'), zipSync(Object.fromEntries(members)));
    const text = await inspect(at('roots.zip'));
    expect(text.match(/ {4}SHA-256 {3}[0-9a-f]{64}\n/g)).toHaveLength(members.length);
    expect(tooWide(text)).toEqual([]);
  });

  test('of any subject and any alias', async () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme-composite', minLength: 1, maxLength: 100 }),
      fc.string({ unit: fc.constantFrom('証', '明', '書', '한', 'ﾎ', 'Ａ', '🔒', '𠀀'), minLength: 1, maxLength: 100 }),
      fc.constantFrom('x'.repeat(500), 'a b '.repeat(60), '\u001b[31m', '\u202e', 'O=;'.repeat(50)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 5 }), async (words) => {
        const { pem } = issue({ subject: `CN=${words.join(' ').replaceAll(',', ';')}` });
        const { stdout } = await anchorctl(['inspect', '-'], { stdin: `crypto pki trustpoint ${words[0]}\n${pem}` });
        expect(stdout).toContain('SHA-256');
        expect(tooWide(stdout)).toEqual([]);
      }),
      { numRuns: process.env.SLOW === undefined ? 40 : 2000 },
    );
  });

  test.runIf(existsSync('../shared/device-samples'))('of what devices print', async () => {
    const samples = readdirSync('../shared/device-samples', { recursive: true, encoding: 'utf8' });
    const text = await inspect('../shared/device-samples', '../shared/cases');
    expect(tooWide(text)).toEqual([]);
    process.stdout.write(`${samples.length} files of devices, ${text.split('\n').length} lines\n`);
  });
});
