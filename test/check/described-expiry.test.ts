/** Certificates that a device only described: their dates are by its clock, whose zone is not known. */
import { describe, expect, test } from 'vitest';
import { ExpiryCheck } from '../../src/check/check-report.ts';
import { DEFAULT_THRESHOLDS, parseThreshold } from '../../src/check/expiry.ts';
import { parseShowOutput } from '../../src/device/show-output.ts';

/** As `show crypto pki certificates` prints it. */
const SHOW = `CA Certificate
  Certificate Serial Number (hex): 01
  Issuer:
    cn=Root
  Subject:
    cn=Root
  Validity Date:
    start date: 12:00:00 CET Jan 1 2026
    end   date: 12:00:00 CET Dec 31 2026
  Associated Trustpoints: TP
`;

function reportAt(at: string, thresholds = DEFAULT_THRESHOLDS) {
  const check = new ExpiryCheck({ at: new Date(at), only: null, thresholds, policy: null });
  const described = parseShowOutput(SHOW, 'r1.log');
  check.add({ input: 'r1.log', certificates: [], described, findings: [], isOpened: true });
  const { certificates, findings } = check.report();
  return { certificates, messages: findings.map(({ message }) => message) };
}

describe('a certificate that a device described', () => {
  test.each([
    // A day less is left than is printed.
    ['2026-10-31T12:00:00Z', 'ok', 60],
    ['2026-10-31T12:00:01Z', 'warning', 60 - 1 / 86_400],
    ['2026-12-16T12:00:01Z', 'critical', 14 - 1 / 86_400],
    ['2026-12-30T12:00:00Z', 'critical', 0],
    ['2026-12-31T00:00:00Z', 'expired', -0.5],
    // One that a device ahead of UTC has just made is valid.
    ['2025-12-31T12:00:00Z', 'ok', 364],
    ['2025-12-31T11:59:59Z', 'not-yet-valid', 364 + 1 / 86_400],
  ])('at %s is %s', (at, level, daysLeft) => {
    const { certificates } = reportAt(at);
    expect(certificates).toMatchObject([{ level, daysLeft: expect.closeTo(daysLeft, 9) }]);
  });

  test('has the share of its lifetime left that both dates say', () => {
    const thresholds = { warn: parseThreshold('50%'), fail: parseThreshold('25%') };
    const levels = ['2026-06-01', '2026-08-01', '2026-11-01'].map((day) => {
      return reportAt(`${day}T00:00:00Z`, thresholds).certificates[0]?.level;
    });
    expect(levels).toEqual(['ok', 'warning', 'critical']);
  });

  test('ended before the instant that is said', () => {
    expect(reportAt('2026-12-31T00:00:00Z').messages).toEqual([
      'CN=Root expired on 2026-12-31 by the clock of the device, 12 hours ago',
    ]);
    expect(reportAt('2026-12-20T12:00:00Z').messages).toEqual([
      'CN=Root expires on 2026-12-31 by the clock of the device, in 10 days',
    ]);
  });
});
