import { expect, test } from 'vitest';
import { renderLedger, renderLedgerHtml } from '../../src/report/ledger.ts';
import { renderLedgerCsv } from '../../src/report/ledger-csv.ts';
import type { LedgerTarget } from '../../src/rotation/ledger.ts';

const HOSTILE: LedgerTarget = {
  target: '=HYPERLINK("http://x")<img src=x onerror=alert(1)>\u001b[2J\u202e',
  kind: 'device-config',
  has: ['aa'.repeat(32)],
  probably: [],
  state: 'old-only',
  oldExpires: new Date('2031-11-24T18:23:33Z'),
  oldUsedBy: ['+1+1', 'description "a, b"\r\n<b>'],
  problems: ['-2+3 <b>'],
};
const report = { old: [{ sha256: 'aa'.repeat(32), name: '<i>Old' }], new: [], targets: [HOSTILE], passedOver: 0 };

test('names and lines of a configuration are text in every form', () => {
  const all = [renderLedger(report), renderLedgerHtml(report), renderLedgerCsv(report.targets)];
  for (const text of all) expect(text).not.toMatch(/[\u001b\u202e]/);
  expect(renderLedgerHtml(report)).not.toMatch(/<(?:img|b|i)[ >]/);
  const [, row = ''] = renderLedgerCsv(report.targets).split('\r\n');
  expect(row.startsWith(`"'=HYPERLINK(""http://x"")`)).toBe(true);
  expect(row).toContain(`"'+1+1; description ""a, b""\\u{d}\\u{a}<b>"`);
});

test('blanks before a formula do not make it one in a table', () => {
  const [, row = ''] = renderLedgerCsv([{ ...HOSTILE, target: ' =1+1' }]).split('\r\n');
  expect(row.startsWith("' =1+1,")).toBe(true);
});

test('the text fits a window of 80 columns, but for a path that is longer', () => {
  const long = {
    target: `backup.zip!/${'sub/'.repeat(15)}r1.cfg`,
    oldUsedBy: [`ip http secure-trustpoint ${'A'.repeat(90)}`],
  };
  const longer = { target: 'x'.repeat(90), problems: ['word '.repeat(40)] };
  const old = [{ sha256: 'aa'.repeat(32), name: 'A very long name of a root '.repeat(4).trim() }];
  const text = renderLedger({
    ...report,
    old,
    targets: [
      { ...HOSTILE, ...long },
      { ...HOSTILE, ...longer },
    ],
  });
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([`  ${longer.target}`]);
  expect(text).toContain(`old-only\n  ${long.target}\n            the old one expires on 2031-11-24\n`);
});
