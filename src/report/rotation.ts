/**
 * What a rotation did or would do, for a person: certificates, keystores, devices, and what is next.
 *
 * @module
 */
import { quotePath, toPrintable } from '../encoding/printable.js';
import type { DevicePlan } from '../rotation/plan.js';
import { displayName } from '../x509/name.js';
import { type ChangedStore, renderChangedStore } from './keystore-change.js';
import { type Decisions, renderDecisions } from './trust-decision.js';

/** What a rotation is to be reported with. */
export interface RotationReport extends Decisions {
  readonly outcome: 'planned' | 'applied' | 'resumed' | 'already';
  /** The run folder, as the user named it. */
  readonly folder: string;
  readonly stores: readonly ChangedStore[];
  readonly devices: readonly DevicePlan[];
}

const HEADLINE: Readonly<Record<RotationReport['outcome'], string>> = {
  planned: 'Dry run: nothing was changed.',
  applied: 'Done.',
  resumed: 'Done: an earlier call had begun this run, this one finished it.',
  already: 'All is in place already: nothing was to do, nothing was changed.',
};

/** Renders the account of a rotation. */
export function renderRotation(report: RotationReport): string {
  return renderUnder(HEADLINE[report.outcome], report);
}

/** Renders the plan of a rotation that is to begin once a question is answered. */
export function renderRotationPlan(report: RotationReport): string {
  return renderUnder('The plan; nothing is changed yet.', { ...report, outcome: 'planned' });
}

function renderUnder(headline: string, report: RotationReport): string {
  const { outcome, stores, devices } = report;
  return [
    `${headline}\n`,
    section('Certificates', renderDecisions(report)),
    section(
      'Keystores',
      stores.map((store) => renderChangedStore(store, outcome === 'planned')),
    ),
    section(
      'Devices',
      devices.map((device) => renderDevice(device, report)),
    ),
    outcome === 'applied' || outcome === 'resumed' ? section('Next', nextSteps(report)) : '',
  ].join('');
}

function section(title: string, paragraphs: readonly string[]): string {
  return paragraphs.length === 0 ? '' : `\n${title}\n${paragraphs.join('')}`;
}

function renderDevice(
  { platform, trustpoint, trustpoints, files }: DevicePlan,
  { folder, accepted }: RotationReport,
): string {
  const nameOf = (sha256: string) => {
    const decision = accepted.find(({ certificate }) => certificate.sha256 === sha256);
    return decision === undefined ? sha256 : displayName(decision.certificate.subjectName);
  };
  const rows = trustpoints.map(
    ({ name, certificates }) => `    ${name.padEnd(16)} ${certificates.map(nameOf).join(', ')}\n`,
  );
  const loaded = files.map(({ name }) => `    loads ${toPrintable(folder)}/devices/${name}\n`);
  return `  ${platform}: ${toPrintable(folder)}/devices/${platform}-${trustpoint}.install.txt\n${[...loaded, ...rows].join('')}`;
}

function nextSteps({ outcome, folder, stores, devices }: RotationReport): readonly string[] {
  // What an earlier call changed is there already when this one looks.
  const isChanged = stores.some(
    ({ added, removed }) => outcome === 'resumed' || added.length > 0 || removed.length > 0,
  );
  const steps = [
    ...(isChanged ? ['Restart the services that read the keystores.'] : []),
    ...(devices.some(({ files }) => files.length > 0) ? ['Copy what the install blocks load to the devices.'] : []),
    ...(devices.length === 0 ? [] : ['Paste the install blocks at the privileged exec prompt of each device.']),
    `Follow ${folder}/runbook.md: it says how to see that each step worked.`,
    ...(isChanged ? [`To take it back: anchorctl rollback ${quotePath(folder)}`] : []),
  ];
  return steps.map((step, index) => `  ${index + 1}. ${toPrintable(step)}\n`);
}
