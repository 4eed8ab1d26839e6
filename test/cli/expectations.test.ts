/** The forms in which a list of expected fingerprints comes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseExpectations } from '../../src/cli/expectations.ts';

const folder = mkdtempSync(join(tmpdir(), 'anchorctl-expectations-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [first, second] = ['ab'.repeat(32), 'cd'.repeat(32)];
const lines = `# of the vendor\r\n${first}\r\n\r\n${second}  root.pem\r\n`;
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();

test.each([
  { form: 'UTF-8', content: lines },
  { form: 'UTF-8 with a byte order mark', content: `\ufeff${lines}` },
  { form: 'UTF-16, as PowerShell writes it', content: Buffer.from(`\ufeff${lines}`, 'utf16le') },
  { form: 'UTF-16 with the first byte first', content: bigEndian(`\ufeff${lines}`) },
  { form: 'UTF-16 without a byte order mark', content: Buffer.from(lines, 'utf16le') },
  { form: 'Latin-1', content: Buffer.from(lines.replace('vendor', 'H\u00e4ndler'), 'latin1') },
])('a list in $form', ({ content }) => {
  const list = join(folder, 'list');
  writeFileSync(list, content);
  expect([...parseExpectations([`@${list}`]).all]).toEqual([first, second]);
});
