/** Reports of `check` for tests of what is made of them. */
import { generateKeyPairSync } from 'node:crypto';
import { type CheckReport, ExpiryCheck } from '../../src/check/check-report.ts';
import type { Finding } from '../../src/check/finding.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { sourceOf } from '../../src/x509/source.ts';
import { AT, issue } from './certificates.ts';

const DAY = 86_400_000;

/** What a check finds in targets: their certificates by name. */
export function reportOn(
  targets: Readonly<Record<string, readonly Certificate[]>>,
  findings: readonly Finding[] = [],
): CheckReport {
  const thresholds = { warn: { milliseconds: 60 * DAY }, fail: { milliseconds: 14 * DAY } };
  const check = new ExpiryCheck({ at: AT, only: null, thresholds });
  for (const [input, certificates] of Object.entries(targets)) {
    const found = certificates.map((certificate) => certificate.withSource(sourceOf(input, { line: 1 })));
    check.add({ certificates: found, described: [], findings: [], isOpened: true });
  }
  check.add({ certificates: [], described: [], findings, isOpened: false });
  return check.report();
}

/** Certificates of one CA that end on many days around `AT`, a file each. */
export function manyCertificates(count: number): Readonly<Record<string, readonly Certificate[]>> {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const root = issue({ subject: 'CN=Fleet Root,O=Example' });
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const name = `gw-${String(index).padStart(5, '0')}.example.com`;
      const notAfter = new Date(AT.getTime() + (((index * 7919) % 1600) - 30) * DAY + 3_600_000);
      const { certificate } = issue({
        subject: `CN=${name},O=Example`,
        issuer: root,
        key,
        serialNumber: BigInt(index + 1),
        notBefore: new Date(AT.getTime() - 400 * DAY),
        notAfter,
        basicConstraints: null,
        keyUsage: ['digitalSignature'],
        authorityKeyIdentifier: true,
      });
      return [`fleet/site-${index % 40}/${name}.pem`, index === 0 ? [certificate, root.certificate] : [certificate]];
    }),
  );
}
