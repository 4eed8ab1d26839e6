/** Reports of `check` for tests of what is made of them. */
import { catalogRoots, genuineRoot } from '../../src/catalog/catalog.ts';
import { type CheckReport, ExpiryCheck } from '../../src/check/check-report.ts';
import type { Finding } from '../../src/check/finding.ts';
import type { DescribedCertificate } from '../../src/device/show-output.ts';
import { type Certificate, decodeCertificate } from '../../src/x509/certificate.ts';
import { sourceOf } from '../../src/x509/source.ts';
import { AT, type Issued, type IssueOptions, issue } from './certificates.ts';
import { newKey } from './keys.ts';

const DAY = 86_400_000;

/** What stands in each target. */
export type Targets = Readonly<Record<string, readonly (Certificate | DescribedCertificate)[]>>;

/** What a check as of `AT` finds, with a warning at 60 days and critical at 14. */
export function reportOn(targets: Targets, findings: readonly Finding[] = []): CheckReport {
  const thresholds = { warn: { milliseconds: 60 * DAY }, fail: { milliseconds: 14 * DAY } };
  const check = new ExpiryCheck({ at: AT, only: null, policy: null, thresholds });
  for (const [input, found] of Object.entries(targets)) {
    const certificates = found.flatMap((one) =>
      'complete' in one ? [] : [one.withSource(sourceOf(input, { line: 1 }))],
    );
    const described = found.flatMap((one) => ('complete' in one ? [{ ...one, source: sourceOf(input) }] : []));
    check.add({ certificates, described, findings: [], isOpened: true, input: 'input' });
  }
  check.add({ certificates: [], described: [], findings, isOpened: false, input: 'input' });
  return check.report();
}

/** An end entity certificate that ends so many days after `AT`. */
export function endEntity(subject: string, days: number, options: IssueOptions = {}): Certificate {
  const notAfter = new Date(AT.getTime() + days * DAY);
  return issue({
    subject,
    notAfter,
    basicConstraints: null,
    keyUsage: ['digitalSignature'],
    authorityKeyIdentifier: true,
    ...options,
  }).certificate;
}

/** A public root by its name in the catalog. */
export function publicRoot(name: string): Certificate {
  const bytes = genuineRoot(catalogRoots().find((root) => root.name === name)?.sha256 ?? '');
  if (bytes === null) throw new Error(`no public root ${name}`);
  return decodeCertificate(bytes);
}

/** Certificates of one CA that end on many days around `AT`, a file each. */
export function manyCertificates(count: number, issuer: Issued): Targets {
  const key = newKey('ec');
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const name = `gw-${String(index).padStart(5, '0')}.example.com`;
      const days = ((index * 7919) % 1600) - 30.5;
      const options = { issuer, key, serialNumber: BigInt(index + 1) };
      return [`fleet/site-${index % 40}/${name}.pem`, [endEntity(`CN=${name},O=Example`, days, options)]];
    }),
  );
}
