/**
 * What a rotation did or would do, for a person: certificates, keystores, devices, and what is next.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import type { DevicePlan, StorePlan } from '../rotation/plan.js';
import type { TrustDecision, TrustedBy } from '../rotation/trust.js';
import { displayName } from '../x509/name.js';
import { renderCertificateBriefly, renderDay } from './certificate-text.js';

/** What a rotation is to be reported with. */
export interface RotationReport {
  readonly outcome: 'planned' | 'applied' | 'resumed' | 'already';
  /** The run folder, as the user named it. */
  readonly folder: string;
  readonly accepted: readonly TrustDecision[];
  readonly leftOut: readonly TrustDecision[];
  readonly stores: readonly (StorePlan & { readonly backup: string | null })[];
  readonly devices: readonly DevicePlan[];
}

const TRUSTED_BY: Readonly<Record<TrustedBy, string>> = {
  catalog: 'a public root the catalog knows',
  fingerprint: 'has the SHA-256 that was expected',
  path: 'vouched for by a trusted anchor',
  operator: 'trusted by the person at the terminal',
};

const HEADLINE: Readonly<Record<RotationReport['outcome'], string>> = {
  planned: 'Dry run: nothing was changed.',
  applied: 'Done.',
  resumed: 'Done: an earlier call had begun this run, this one finished it.',
  already: 'All is in place already: nothing was to do, nothing was changed.',
};

/** Renders the account of a rotation. */
export function renderRotation(report: RotationReport): string {
  const { outcome, accepted, leftOut, stores, devices } = report;
  return [
    `${HEADLINE[outcome]}\n`,
    section('Certificates', [...accepted.map(renderAccepted), ...leftOut.map(renderLeftOut)]),
    section(
      'Keystores',
      stores.map((store) => renderStore(store, report)),
    ),
    section(
      'Devices',
      devices.map((device) => renderDevice(device, report)),
    ),
    outcome === 'planned' ? '' : section('Next', nextSteps(report)),
  ].join('');
}

function section(title: string, paragraphs: readonly string[]): string {
  return paragraphs.length === 0 ? '' : `\n${title}\n${paragraphs.join('')}`;
}

function renderAccepted({ certificate, role, trustedBy }: TrustDecision): string {
  const why = trustedBy === null ? '' : `, ${TRUSTED_BY[trustedBy]}`;
  return `  ${renderCertificateBriefly(certificate)}\n    ${role}, valid to ${renderDay(certificate.notAfter)}${why}\n`;
}

function renderLeftOut({ certificate, verdict }: TrustDecision): string {
  return `  ${renderCertificateBriefly(certificate)}\n    LEFT OUT: ${verdict === 'unfit' ? 'not fit to be installed' : 'nothing vouches for it'}\n`;
}

function renderStore(
  { name, type, added, removed, present, unchanged, backup }: RotationReport['stores'][number],
  { outcome }: RotationReport,
): string {
  const would = outcome === 'planned' ? 'would be ' : '';
  const rows = [
    ...added.map(({ alias }) => ['added', `${would}${alias}`]),
    ...removed.map(({ alias }) => ['removed', `${would}${alias}`]),
    ...present.map(({ alias }) => ['there', alias]),
    [
      'kept',
      `${unchanged} ${unchanged === 1 ? 'entry' : 'entries'} as ${unchanged === 1 ? 'it was' : 'they were'}, byte for byte`,
    ],
    ...(backup === null ? [] : [['backup', backup]]),
  ];
  return `  ${toPrintable(name)} (${type.toUpperCase()})\n${rows.map(([label = '', text = '']) => `    ${label.padEnd(9)}${toPrintable(text)}\n`).join('')}`;
}

function renderDevice({ platform, trustpoint, trustpoints }: DevicePlan, { folder, accepted }: RotationReport): string {
  const nameOf = (sha256: string) => {
    const decision = accepted.find(({ certificate }) => certificate.sha256 === sha256);
    return decision === undefined ? sha256 : displayName(decision.certificate.subjectName);
  };
  const rows = trustpoints.map(
    ({ name, certificates }) => `    ${name.padEnd(16)} ${certificates.map(nameOf).join(', ')}\n`,
  );
  return `  ${platform}: ${toPrintable(folder)}/devices/${platform}-${trustpoint}.install.txt\n${rows.join('')}`;
}

function nextSteps({ folder, stores, devices }: RotationReport): readonly string[] {
  const steps = [
    ...(stores.length === 0 ? [] : ['Restart the services that read the keystores.']),
    ...(devices.length === 0 ? [] : ['Paste the install blocks at the privileged exec prompt of each device.']),
    `Follow ${folder}/runbook.md: it says how to see that each step worked.`,
    ...(stores.length === 0 ? [] : [`To take it back: anchorctl rollback ${folder}`]),
  ];
  return steps.map((step, index) => `  ${index + 1}. ${toPrintable(step)}\n`);
}
