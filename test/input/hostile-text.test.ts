/** Texts that are made to keep a reader busy: what is said of them is bounded, and so is the work of saying it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDeviceConfig } from '../../src/device/running-config.ts';
import { MAX_REJECTED, scanPem } from '../../src/encoding/pem.ts';
import { readMail } from '../../src/input/mail.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { LineIndex } from '../../src/input/text.ts';
import { issue } from '../support/certificates.ts';
import { processorTime } from '../support/processor-time.ts';
import { printRows } from '../support/running-config.ts';

const BEGIN = '-----BEGIN CERTIFICATE-----\n';
const root = issue({ subject: 'CN=Root' });

describe('dumps that never end', () => {
  const dump = (index: number) =>
    `crypto pki certificate chain T${index}\n certificate ca 01\n  30820122 300D0609 2A864886 F70D0101\n`;
  const text = Array.from({ length: 3000 }, (_, index) => dump(index)).join('');

  test('are diagnosed up to a number, and one error stands for all others', () => {
    const errors = parseDeviceConfig(text).flatMap(({ stored }) => stored.map(({ error }) => error));
    expect(errors).toHaveLength(3000);
    expect(errors).not.toContain(null);
    expect(new Set(errors).size).toBe(1001);
    expect(errors.at(-1)).toMatchObject({
      code: 'device/damaged-hex',
      message: expect.stringContaining('1000 others'),
    });
  });

  test('hide no certificate below them', () => {
    const rows = printRows(root.der).join('\n');
    const whole = `crypto pki certificate chain LAST\n certificate ca ${root.certificate.serialNumber}\n${rows}\n  \tquit\n`;
    const { certificates, errors } = readCertificates(Buffer.from(text + whole));
    expect(certificates.map(({ sha256 }) => sha256)).toEqual([root.certificate.sha256]);
    expect(errors).toHaveLength(1001);
  });
});

test('BEGIN lines without anything below them: so many errors and notes, and not more', () => {
  const bytes = Buffer.from(BEGIN.repeat(50_000));
  expect(scanPem(bytes).rejected).toHaveLength(MAX_REJECTED);
  const { errors, notes, certificates } = readCertificates(bytes);
  expect([errors.length, notes.length, certificates.length]).toEqual([1001, 1000, 0]);
});

test('a million structures between two certificates in DER: so many errors, and both certificates', () => {
  const spent = processorTime();
  const { errors, certificates } = readCertificates(
    Buffer.concat([root.der, Buffer.from('\x30\x00'.repeat(1_000_000), 'latin1'), root.der]),
  );
  expect([errors.length, certificates.length]).toEqual([1001, 2]);
  // A twentieth of a millisecond for each of them would be 50 s.
  expect(spent()).toBeLessThan(10_000);
});

describe('mail', () => {
  const head = 'From: a@b\nTo: c@d\nSubject: x\nMIME-Version: 1.0\n';

  test('of nothing but multiparts is given up', () => {
    const part = (index: number) => `--b\nContent-Type: multipart/mixed; boundary=b${index}\n\n`;
    const parts = Array.from({ length: 30_000 }, (_, index) => part(index)).join('');
    const { errors } = readMail(`${head}Content-Type: multipart/mixed; boundary=b\n\n${parts}--b--\n`);
    expect(errors.map(({ code }) => code)).toEqual(['input/too-many']);
  });

  test('boxes of nothing but first lines, too', () => {
    const { errors } = readMail('From x\n\n'.repeat(30_000));
    expect(errors.map(({ code }) => code)).toEqual(['input/too-many']);
  });
});

test('the lines of a text, however they end', () => {
  const texts = fc.array(fc.constantFrom('\r', '\n', '\r\n', 'a', 'ž', '🔒', '')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, fc.nat(50), (text, place) => {
      const index = Math.min(place, text.length);
      const starts = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((end) => end.index + end[0].length)];
      const line = starts.filter((start) => start <= index).length;
      const column = index - (starts[line - 1] ?? 0) + 1;
      expect(new LineIndex(text).locate(index)).toEqual({ line, column });
    }),
  );
});
