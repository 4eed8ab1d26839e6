/** What the text around certificates says of a target: whose lines they are, and whether they are there at all. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { printChain } from '../support/running-config.ts';

const OLD = issue({ subject: 'CN=Old Root,O=Test', serialNumber: 0xdcn });
const NEW = issue({ subject: 'CN=New Root,O=Test', serialNumber: 0x0509n });
const chain = (name: string, { der }: { readonly der: Uint8Array }) => printChain(name, [{ der, heading: 'ca 01' }]);
const config = (name: string, ...parts: string[]) => `hostname ${name}\nversion 17.3\n!\n${parts.join('!\n')}end\n`;
const everyLine = (text: string, edit: (line: string, index: number) => string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line, index) => edit(line, index))
    .join('\n');
const timed = (line: string, index: number) => `2026-11-01 10:00:${10 + (index % 50)} ${line}`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-ledger-text-'));
  writeFileSync(join(folder, 'old.pem'), OLD.pem);
  writeFileSync(join(folder, 'new.pem'), NEW.pem);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The status, and the only row. */
async function rowOf(content: string | Uint8Array) {
  const file = join(folder, 'target.txt');
  writeFileSync(file, content);
  const anchors = ['--old', join(folder, 'old.pem'), '--new', join(folder, 'new.pem')];
  const { status, stdout } = await anchorctl(['ledger', file, ...anchors, '--json']);
  const [{ state, problems, oldUsedBy }] = JSON.parse(stdout).targets;
  return { status, state, problems, oldUsedBy };
}

describe('two devices in one file are told', () => {
  const DONE = config('R1', chain('NEW', NEW));
  const BEHIND = config('R2', chain('OLD', OLD));
  const asked = (prompt: string, { der }: { readonly der: Uint8Array }) =>
    `${prompt}show running-config | section crypto pki certificate\n${chain('TP', { der })}`;
  const pem = (prompt: string, one: string) =>
    `${prompt}show crypto pki certificates pem\n------Trustpoint: TP------\n${one}`;
  const BACKSPACES = '\b'.repeat(9);

  test.each<readonly [string, string | Uint8Array]>([
    ['by their prompts before parts of configurations', asked('R1#', NEW) + asked('R2#', OLD)],
    ['by their prompts before PEM', pem('R1#', NEW.pem) + pem('R2#', OLD.pem)],
    ['by the prompts of configuration modes', asked('R1(config)#do ', NEW) + asked('R2(config)#do ', OLD)],
    ['by the prompts of AireOS', asked('(R1) >', NEW) + asked('(R2) >', OLD)],
    ['by prompts behind the time', everyLine(asked('R1#', NEW) + asked('R2#', OLD), timed)],
    ['by names behind the time', everyLine(DONE + BEHIND, timed)],
    ['by names in UTF-16', Buffer.from(`\ufeff${DONE}${BEHIND}`, 'utf16le')],
    ['by names of which one is behind a pager', `${DONE} --More-- ${BACKSPACES}        ${BACKSPACES}${BEHIND}`],
    ['by names that are said in two ways', DONE + BEHIND.replace('hostname', 'switchname')],
  ])('%s', async (_, text) => {
    const problem = expect.stringMatching(/^line \d+: the lines of "R1" and of "R2" are in one file$/);
    expect(await rowOf(text)).toMatchObject({ status: 3, state: 'both', problems: [problem] });
  });

  test.each([
    ['one device that is asked twice', asked('R1#', NEW) + asked('R1(config)#do ', NEW)],
    [
      'another prompt in a description',
      config('R1', 'interface Vlan1\n description see R2#show run\n', chain('TP', NEW)),
    ],
    ['one device behind the time', everyLine(DONE, timed)],
  ])('but not %s', async (_, text) => {
    expect(await rowOf(text)).toMatchObject({ status: 0, state: 'new-only', problems: [] });
  });
});
