/**
 * What `check` found for Prometheus, as a file of node_exporter's textfile collector (text format 0.0.4) or in OpenMetrics 1.0.
 *
 * Instants are absolute and samples have no timestamps. The `x509_…` metrics have the names and labels of
 * enix/x509-certificate-exporter (docs/metrics.md and docs/migration-v3-to-v4.md there), so that its dashboards and alerts show
 * them; what that has no place for has names of our own. `x509_read_errors` is a gauge of its versions up to 3: the counter in
 * its place cannot be kept by a program that begins anew each time.
 *
 * @module
 */
import type { CheckedCertificate, CheckReport } from '../../check/check-report.js';
import { isDescribed } from '../../check/described.js';
import { toPrintable } from '../../encoding/printable.js';
import type { Certificate } from '../../x509/certificate.js';
import { attributeOf, type DistinguishedName } from '../../x509/name.js';
import { type CheckFormat, isUnread, nameOf } from './check-format.js';

/** A `.prom` file. */
export const prometheus: CheckFormat = { render: (report) => renderMetrics(report, false) };

/** The same in OpenMetrics. */
export const openmetrics: CheckFormat = {
  *render(report) {
    yield* renderMetrics(report, true);
    yield '# EOF\n';
  },
};

type Labels = Readonly<Record<string, string>>;

/** A family of gauges: its samples by their labels, each set of labels once. */
interface Family {
  readonly name: string;
  readonly help: string;
  /** Of OpenMetrics; the name ends in it. */
  readonly unit?: 'seconds';
  readonly samples: Iterable<readonly [labels: Labels, value: number]>;
}

function* renderMetrics(report: CheckReport, withUnits: boolean): Generator<string> {
  for (const { name, help, unit, samples } of familiesOf(report)) {
    yield `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;
    if (withUnits && unit !== undefined) yield `# UNIT ${name} ${unit}\n`;
    const seen = new Set<string>();
    for (const [labels, value] of samples) {
      const series = `${name}${renderLabels(labels)}`;
      // Of the same certificate at several lines of a file there is one series.
      if (seen.has(series)) continue;
      seen.add(series);
      yield `${series} ${value}\n`;
    }
  }
}

function familiesOf({ at, summary, certificates, findings }: CheckReport): readonly Family[] {
  const complete = certificates.flatMap(({ certificate, ...rest }) =>
    isDescribed(certificate) ? [] : [{ ...rest, certificate }],
  );
  const labelsOf = discriminate(complete);
  const each = (measure: (checked: CompleteCertificate) => number): Family['samples'] =>
    sampleEach(complete, labelsOf, measure);
  return [
    {
      name: 'x509_cert_not_before',
      help: 'Begin of the validity, in seconds since the epoch.',
      samples: each(({ certificate }) => toSeconds(certificate.notBefore)),
    },
    {
      name: 'x509_cert_not_after',
      help: 'End of the validity, in seconds since the epoch.',
      samples: each(({ certificate }) => toSeconds(certificate.notAfter)),
    },
    {
      name: 'x509_cert_expired',
      help: 'Whether the certificate had ended when it was checked.',
      samples: each(({ level }) => (level === 'expired' ? 1 : 0)),
    },
    {
      name: 'x509_read_errors',
      help: 'What could not be read.',
      samples: [[{}, findings.filter(isUnread).length]],
    },
    {
      name: 'anchorctl_certificate_not_after_timestamp_seconds',
      help: 'End of the validity of a certificate at one of its places.',
      unit: 'seconds',
      samples: sampleAll(certificates),
    },
    { name: 'anchorctl_certificates', help: 'Certificates at all their places, by level.', samples: levelsOf(summary) },
    { name: 'anchorctl_files', help: 'Files and servers that were read.', samples: [[{}, summary.files]] },
    {
      name: 'anchorctl_errors',
      help: 'What could not be read, and rules that are not met.',
      samples: [[{}, summary.errors]],
    },
    {
      name: 'anchorctl_last_run_timestamp_seconds',
      help: 'As of when it was checked, in seconds since the epoch.',
      unit: 'seconds',
      samples: [[{}, toSeconds(at)]],
    },
  ];
}

type CompleteCertificate = Omit<CheckedCertificate, 'certificate'> & { readonly certificate: Certificate };

function* sampleEach(
  certificates: readonly CompleteCertificate[],
  labelsOf: (checked: CompleteCertificate) => Labels,
  measure: (checked: CompleteCertificate) => number,
): Family['samples'] & Generator<readonly [Labels, number]> {
  for (const checked of certificates) yield [labelsOf(checked), measure(checked)];
}

/**
 * Labels that tell certificates apart: two in one file may have the same names and serial number, as a root that was renewed
 * by hand, and of one series the end of the second would not be seen. As in the exporter they get a `discriminator`.
 */
function discriminate(certificates: readonly CompleteCertificate[]): (checked: CompleteCertificate) => Labels {
  const owners = new Map<string, string>();
  const shared = new Set<string>();
  for (const checked of certificates) {
    const series = renderLabels(exporterLabels(checked));
    const { sha256 } = checked.certificate;
    if ((owners.get(series) ?? sha256) === sha256) owners.set(series, sha256);
    else shared.add(series);
  }
  return (checked) => {
    const labels = exporterLabels(checked);
    if (shared.size === 0 || !shared.has(renderLabels(labels))) return labels;
    return { ...labels, discriminator: checked.certificate.sha256.slice(0, 16) };
  };
}

function* sampleAll(certificates: readonly CheckedCertificate[]): Generator<readonly [Labels, number]> {
  for (const checked of certificates) {
    const { certificate, source } = checked;
    if (certificate.notAfter === null) continue;
    const { input, member, alias, trustpoint } = source;
    const labels = {
      // What a device described is told apart by its number alone: a root that was renewed has the same name.
      ...(isDescribed(certificate) ? { serial: certificate.serialNumber ?? '' } : { sha256: certificate.sha256 }),
      name: nameOf(checked),
      ...{ input, member: member ?? '', alias: alias ?? '', trustpoint: trustpoint ?? '' },
    };
    yield [labels, toSeconds(certificate.notAfter)];
  }
}

function levelsOf({ ok, warning, critical, expired, ignored = 0 }: CheckReport['summary']): Family['samples'] {
  return Object.entries({ ok, warning, critical, expired, ignored }).map(
    ([level, count]) => [{ level }, count] as const,
  );
}

/** The attributes that the exporter has labels for. */
const ATTRIBUTES = { CN: '2.5.4.3', C: '2.5.4.6', L: '2.5.4.7', ST: '2.5.4.8', O: '2.5.4.10', OU: '2.5.4.11' };

function exporterLabels({ certificate, source: { input, member } }: CompleteCertificate): Labels {
  const filepath = member === null ? input : `${input}!/${member}`;
  // A backslash parts the folders of Windows, and is a letter of a name elsewhere.
  const separator = filepath.includes('/') ? '/' : '\\';
  return {
    serial_number: toDecimal(certificate.serialNumber),
    ...nameLabels('subject', certificate.subjectName),
    ...nameLabels('issuer', certificate.issuerName),
    filename: filepath.slice(filepath.lastIndexOf(separator) + 1),
    filepath,
  };
}

/** Two's complement, as DER has it: a serial number may be negative, however wrong that is. */
function toDecimal(hex: string): string {
  return hex === '' ? '' : BigInt.asIntN(4 * hex.length, BigInt(`0x${hex}`)).toString();
}

function nameLabels(of: 'subject' | 'issuer', name: DistinguishedName): Labels {
  return Object.fromEntries(
    Object.entries(ATTRIBUTES).map(([short, type]) => [`${of}_${short}`, attributeOf(name, type) ?? '']),
  );
}

/** Text format: backslash, double quote and line feed are escaped; empty labels are as good as none. */
function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([label, value]) => `${label}="${toPrintable(value).replace(/[\\"]/g, '\\$&')}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Whole seconds: certificates have no others. */
function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
