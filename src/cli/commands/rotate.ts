/**
 * `rotate`: trust anchors into keystores and onto devices, in one run: read, decide trust, plan, ask, back up, edit,
 * verify, write the blocks, journal.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { findRoot } from '../../catalog/catalog.js';
import { normaliseSha256 } from '../../encoding/hex.js';
import { toPrintable } from '../../encoding/printable.js';
import { type ExitStatus, TrustError, worstStatus } from '../../errors.js';
import { DiskRunFiles } from '../../io/run-files.js';
import { type RotationReport, renderRotation } from '../../report/rotation.js';
import { toRotationJson } from '../../report/rotation-json.js';
import { applyRun } from '../../rotation/apply.js';
import { toRequestDocument, toRunChanges } from '../../rotation/changes.js';
import { checkRotation } from '../../rotation/findings.js';
import type { JournalEntry } from '../../rotation/journal.js';
import { type DeviceTarget, planRotation, type RotationPlan, type StoreInput } from '../../rotation/plan.js';
import { type RunFiles, readRunFolder } from '../../rotation/run-folder.js';
import { ALLOWANCES, type TrustOptions } from '../../rotation/trust.js';
import { answer, refuse, statusOf } from '../answer.js';
import { confirmChange } from '../confirm.js';
import { type Expectations, parseExpectations, requireNamed } from '../expectations.js';
import { certificatesOf, distinct, errorsOf, type ReadInput, readInputs, restorationsOf } from '../inputs.js';
import type { Io } from '../io.js';
import {
  allowOptions,
  atOption,
  type CommonArgs,
  changeOptions,
  commonOptions,
  expectOption,
  failOnOption,
  listOption,
  passwordOptions,
  textOption,
} from '../options.js';
import { type PasswordArgs, storePassword, withPassword } from '../password.js';
import { withProgress } from '../progress.js';
import { type Accepted, decideWithOperator, settle } from '../rotation-trust.js';
import { anchorsOf, openStores, parseDevice } from '../targets.js';

interface RotateArgs extends CommonArgs, PasswordArgs {
  readonly input: string[];
  readonly keystore: string[] | undefined;
  readonly device: string[] | undefined;
  readonly retire: string[] | undefined;
  readonly out: string;
  readonly at: Date | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly expectSha256: string[] | undefined;
  readonly skipUnfit: boolean;
  readonly intermediates: boolean;
  readonly failOn: 'warning' | 'error';
  readonly [allowance: `allow-${string}`]: unknown;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('input', { type: 'string', array: true, demandOption: true, describe: 'File, folder, glob or -' })
    .options(commonOptions)
    .option('keystore', listOption('A keystore that is to trust the certificates'))
    .option('device', listOption('A device that is to trust them, as PLATFORM:TRUSTPOINT'))
    .option('retire', listOption('SHA-256 or alias of a trusted certificate that is to go'))
    .option('out', { ...textOption('out', 'The run folder: blocks, backups, journal, runbook'), demandOption: true })
    .options(changeOptions)
    .option('expect-sha256', expectOption)
    .option('skip-unfit', { type: 'boolean', default: false, describe: 'Go on without what is not accepted' })
    .option('intermediates', { type: 'boolean', default: false, describe: 'Put intermediate CAs into keystores too' })
    .options(allowOptions)
    .option('fail-on', failOnOption)
    .option('at', atOption)
    .options(passwordOptions)
    .example('$0 rotate vendor.zip --keystore trust.jks --device ios-xe:NEW-CA --out run-1', 'Gateway and router');
}

/** What the arguments name, read. */
interface Request {
  readonly at: Date;
  readonly files: RunFiles;
  readonly stores: readonly StoreInput[];
  readonly devices: readonly DeviceTarget[];
  readonly retire: readonly string[];
  readonly expectations: Expectations;
  readonly inputs: readonly ReadInput[];
}

export async function run(args: RotateArgs, io: Io): Promise<ExitStatus> {
  const request = await readRequest(args, io);
  const { files, inputs, retire, expectations } = request;
  const errors = errorsOf(inputs);
  if (errors.length > 0) return refuse({ errors, findings: restorationsOf(inputs) }, args, io);

  const certificates = distinct(certificatesOf(inputs));
  requireNamed(expectations, certificates);
  const decisions = await decideWithOperator(certificates, toTrustOptions(args, request), io);
  const settled = settle(decisions, args.skipUnfit);
  if (!('accepted' in settled)) {
    return refuse({ errors: settled, findings: decisions.flatMap(({ findings }) => findings) }, args, io);
  }

  const { out: folder, intermediates } = args;
  const met = readRunFolder(folder, files);
  const at = met.state === 'run' && met.journal.state === 'interrupted' ? new Date(met.plan.at) : request.at;
  const plan = planRotation({ ...request, ...settled, intermediates, at });
  if (args.dryRun) return report(args, io, { inputs, settled, plan, outcome: 'planned', backups: [] });

  await confirmRemovals(plan, args, io);
  const planned = { folder, plan, accepted: settled.accepted, at };
  const changes = toRunChanges({
    ...planned,
    request: toRequestDocument(settled.accepted, plan, retire, intermediates),
  });
  const { outcome, stores } = await withProgress(args, io, (say) => {
    const onProgress = ({ step, target }: JournalEntry) => say(`${step} ${toPrintable(target)}`);
    return applyRun(changes, files, { now: io.now, signal: io.signal, onProgress });
  });
  if (outcome === 'already')
    return report(args, io, { inputs, settled, plan: { ...plan, notFound: [] }, outcome, backups: [] });
  return report(args, io, { inputs, settled, plan, outcome, backups: stores.map(({ backup }) => backup) });
}

async function readRequest(args: RotateArgs, io: Io): Promise<Request> {
  const { keystore = [], device = [], retire = [] } = args;
  if (keystore.length + device.length === 0) {
    throw new TrustError('usage/missing-argument', 'neither --keystore nor --device says where the certificates go', {
      hint: 'see anchorctl rotate --help',
    });
  }
  const devices = device.map(parseDevice);
  const expectations = parseExpectations(args.expectSha256);
  const files = new DiskRunFiles();
  const stores = await withPassword(await storePassword(args, io), io, keystore.join(', '), (password) =>
    openStores(keystore, password, files),
  );
  const { inputs } = await readInputs(args.input, io, { password: stores[0]?.password ?? null, strict: false });
  return {
    at: args.at ?? io.now(),
    files,
    stores,
    devices,
    retire: retire.map((selector) => normaliseSha256(selector) ?? selector),
    expectations,
    inputs,
  };
}

function toTrustOptions(args: RotateArgs, { at, expectations, stores }: Request): Omit<TrustOptions, 'confirmed'> {
  return {
    at,
    expected: expectations.all,
    allowed: new Set(ALLOWANCES.filter((allowance) => args[`allow-${allowance}`] === true)),
    anchorSets: () => stores.map(anchorsOf),
  };
}

async function confirmRemovals(plan: RotationPlan, { yes }: RotateArgs, io: Io): Promise<void> {
  const removed = plan.stores.flatMap((store) =>
    store.removed.map(({ alias }) => `"${toPrintable(alias)}" from ${store.name}`),
  );
  if (removed.length === 0 || (await confirmChange(`This removes ${removed.join(', ')}.`, yes, io))) return;
  throw new TrustError('run/needs-confirmation', 'the answer was not yes; nothing was changed');
}

/** What is known when a call ends. */
interface Outcome {
  readonly inputs: readonly ReadInput[];
  readonly settled: Accepted;
  readonly plan: RotationPlan;
  readonly outcome: RotationReport['outcome'];
  readonly backups: readonly (string | null)[];
}

function report(args: RotateArgs, io: Io, { inputs, settled, plan, outcome, backups }: Outcome): ExitStatus {
  const stores = plan.stores.map((store, index) => ({ ...store, backup: backups[index] ?? null }));
  const whole: RotationReport = { folder: args.out, ...settled, stores, devices: plan.devices, outcome };
  const decisions = [...settled.accepted, ...settled.leftOut];
  const findings = [...restorationsOf(inputs), ...checkRotation(plan, decisions, args.intermediates)];
  const json = toRotationJson(whole, {
    damaged: inputs.flatMap(({ damaged }) => damaged),
    findings,
    entryOf: findRoot,
  });
  const status = answer({ json, text: renderRotation(whole), findings }, args, io);
  return worstStatus([status, statusOf(findings, args.failOn)]);
}
