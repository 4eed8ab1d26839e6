/**
 * `rotate`: trust anchors into keystores and onto devices, in one run: read, decide trust, plan, ask, back up, edit,
 * verify, write the blocks, journal.
 *
 * @module
 */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Argv } from 'yargs';
import { findRoot } from '../../catalog/catalog.js';
import type { Finding } from '../../check/finding.js';
import { normaliseSha256 } from '../../encoding/hex.js';
import { toPrintable } from '../../encoding/printable.js';
import { type ExitStatus, TrustError, worstStatus } from '../../errors.js';
import type { DamagedBlock } from '../../input/read-result.js';
import { DiskRunFiles } from '../../io/run-files.js';
import { renderFinding } from '../../report/certificate-text.js';
import { type RotationReport, renderRotation, renderRotationPlan } from '../../report/rotation.js';
import { toRotationJson } from '../../report/rotation-json.js';
import { applyRun, checkRunFolder, type RunResult } from '../../rotation/apply.js';
import { toRequestDocument, toRunChanges } from '../../rotation/changes.js';
import { checkRotation } from '../../rotation/findings.js';
import type { JournalEntry } from '../../rotation/journal.js';
import { type DeviceTarget, planRotation, type RotationPlan } from '../../rotation/plan.js';
import { inPlannedOrder, neverFound, storesBefore } from '../../rotation/resume.js';
import { type RunFiles, readRunFolder } from '../../rotation/run-folder.js';
import type { StoreInput } from '../../rotation/store-plan.js';
import type { TrustOptions } from '../../rotation/trust.js';
import { answer, refuse, statusOf } from '../answer.js';
import { canAsk, requireConfirmation } from '../confirm.js';
import { type Expectations, parseExpectations, recoverableBy, requireNamed } from '../expectations.js';
import type { Failure } from '../failure.js';
import { findingOfNote } from '../file-notes.js';
import { certificatesOf, distinct, errorsOf, restorationsOf } from '../input-contents.js';
import { type InputArgs, inputOptions, readingOf } from '../input-options.js';
import { readInputs } from '../inputs.js';
import type { Io } from '../io.js';
import {
  atOption,
  type CommonArgs,
  changeOptions,
  commonOptions,
  failOnOption,
  inputsPositional,
  listOption,
  passwordOptions,
  textOption,
} from '../options.js';
import { requireFolderName } from '../output.js';
import { type PasswordArgs, storePassword, withPassword } from '../password.js';
import { withProgress } from '../progress.js';
import type { ReadInput } from '../single-input.js';
import { anchorsBefore, anchorsOf, openStores, parseDevice } from '../targets.js';
import {
  type Accepted,
  allowancesOf,
  decideWithOperator,
  refusePartlyRead,
  settle,
  skipUnfitOption,
  type TrustArgs,
  trustOptions,
} from '../trust.js';

interface RotateArgs extends CommonArgs, PasswordArgs, TrustArgs, InputArgs {
  readonly input: string[];
  readonly keystore: string[] | undefined;
  readonly device: string[] | undefined;
  readonly retire: string[] | undefined;
  readonly out: string;
  readonly at: Date | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly skipUnfit: boolean;
  readonly failOn: 'warning' | 'error';
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('input', inputsPositional)
    .options(commonOptions)
    .option('keystore', listOption('keystore', 'Keystore that is to trust the certificates'))
    .option('device', listOption('device', 'A device that is to trust them, as PLATFORM:TRUSTPOINT'))
    .option('retire', listOption('retire', 'SHA-256 or alias of a trusted certificate that is to go'))
    .option('out', { ...textOption('out', 'The run folder: blocks, backups, journal, runbook'), demandOption: true })
    .options(changeOptions)
    .options(trustOptions)
    .option('skip-unfit', skipUnfitOption)
    .option('fail-on', failOnOption)
    .option('at', atOption)
    .options(inputOptions)
    .options(passwordOptions)
    .example('$0 rotate root.pem --keystore gw.jks --device ios-xe:NEW-CA --out run-1', 'Gateway and router');
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
  if ('errors' in request) return refuse(request, args, io);
  const { files, inputs, retire, expectations } = request;
  const errors = errorsOf(inputs);
  const certificates = distinct(certificatesOf(inputs));
  const trust = toTrustOptions(args, request);
  if (errors.length > 0) {
    const read = { errors, certificates, skipUnfit: args.skipUnfit, hasOthers: false };
    const { errors: all, findings = [] } = await refusePartlyRead(read, trust, io);
    return refuse({ errors: all, findings: [...restorationsOf(inputs), ...findings] }, args, io);
  }

  requireNamed(expectations, certificates);
  const decisions = await decideWithOperator(certificates, trust, io);
  const result = settle(decisions, args.skipUnfit);
  if (!('accepted' in result)) {
    const findings = [...restorationsOf(inputs), ...decisions.flatMap((decision) => decision.findings)];
    return refuse({ errors: result, findings }, args, io);
  }

  const { out: folder, intermediates } = args;
  const met = readRunFolder(folder, files);
  const settled = { ...result, accepted: inPlannedOrder(result.accepted, met) };
  const at = met.state === 'run' && met.journal.state === 'interrupted' ? new Date(met.plan.at) : request.at;
  const plan = planRotation({ ...request, ...settled, intermediates, at });
  if (met.state === 'new') requireRetired(plan);
  const wanted = toRequestDocument(settled.accepted, plan, retire, intermediates);
  const place = resolve(folder);
  const changes = toRunChanges({ folder, place, plan, accepted: settled.accepted, at, request: wanted });
  checkRunFolder(changes, files);
  const sought = { ...plan, notFound: neverFound(plan.notFound, met) };
  const planned = reportOn(args, { inputs, settled, plan: sought, outcome: 'planned', stores: [] });
  if (args.dryRun) return finish(planned, args, io);

  await confirmRemovals(planned, args, io);
  const { outcome, stores } = await withProgress(args, io, (say) => {
    const onProgress = ({ step, target }: JournalEntry) => say(`${step} ${toPrintable(target)}`);
    return io.interruptible((signal) => applyRun(changes, files, { now: io.now, signal, onProgress }));
  });
  const isDone = outcome === 'already';
  const reached = isDone ? { ...plan, notFound: [] } : sought;
  return finish(reportOn(args, { inputs, settled, plan: reached, outcome, stores: isDone ? [] : stores }), args, io);
}

async function readRequest(args: RotateArgs, io: Io): Promise<Request | Failure> {
  const { keystore = [], device = [], retire = [] } = args;
  requireFolderName(args.out, 'the run leaves its blocks, backups, journal and runbook there');
  if (keystore.length + device.length === 0) {
    throw new TrustError('usage/missing-argument', 'neither --keystore nor --device says where the certificates go', {
      hint: 'see anchorctl rotate --help',
    });
  }
  if (retire.length > 0 && keystore.length === 0) {
    throw new TrustError('usage/conflict', '--retire takes a certificate out of keystores, and none is named', {
      hint: 'devices: paste the remove block of the old trustpoint, see anchorctl snippet --action remove',
    });
  }
  if (retire.some((selector) => selector.trim() === ''))
    throw new TrustError('usage/bad-value', '--retire is empty', { hint: 'name an alias or a SHA-256' });
  const devices = [...new Set(device)].sort().map(parseDevice);
  const expectations = parseExpectations(args.expectSha256);
  const reading = readingOf(args.input, args);
  const files = new DiskRunFiles();
  const given = await storePassword(args, io);
  const { stores, errors } = await withPassword(given, io, keystore.join(', '), (password) => {
    const opened = openStores(keystore, password, files);
    const [missing, other] = [...new Set(opened.errors.map(({ code }) => code))];
    // Nobody is asked for a password that would not help.
    if (missing === 'keystore/password-missing' && other === undefined && canAsk(io)) throw opened.errors[0];
    return opened;
  });
  if (errors.length > 0) return { errors };
  const { inputs } = await readInputs(args.input, io, {
    ...reading,
    // What was typed for the keystores, too.
    password: stores[0]?.password ?? given,
    strict: false,
    recover: recoverableBy(expectations),
    takes: outsideOf(args, files),
  });
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

/** What a run wrote is no input of the same call when it is made again, also where its folder lies in one of the inputs. */
function outsideOf({ out, input: named }: RotateArgs, files: RunFiles): ((input: string) => boolean) | undefined {
  if (!files.exists(out)) return undefined;
  const folder = files.resolve(out);
  return (input) => {
    if (named.includes(input)) return true;
    const way = relative(folder, files.resolve(input));
    return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
  };
}

function toTrustOptions(
  args: RotateArgs,
  { at, expectations, stores, devices, files, retire }: Request,
): Omit<TrustOptions, 'confirmed'> {
  const before = storesBefore(stores, args.out, files);
  return {
    at,
    expected: expectations.all,
    allowed: allowancesOf(args),
    forDevices: devices.length > 0,
    anchorSets: () =>
      stores.map((store, index) => {
        const old = before?.[index] ?? store;
        return old === store ? anchorsOf(store) : anchorsBefore(old, store, retire);
      }),
    ...(before === null ? {} : { addedSets: () => stores.map(anchorsOf) }),
  };
}

/** An alias that no keystore holds is most likely mistyped, and then the old root would stay trusted. */
function requireRetired({ notFound }: RotationPlan): void {
  const alias = notFound.find((selector) => normaliseSha256(selector) === null);
  if (alias === undefined) return;
  throw new TrustError('input/no-match', `no keystore holds "${toPrintable(alias)}", which is to be retired`, {
    hint: 'see anchorctl keystore list for what is there; leave it out if it is gone already',
  });
}

/** Shows the whole plan before it asks, so that the answer is given to something. */
async function confirmRemovals({ report, findings }: Account, { yes }: RotateArgs, io: Io): Promise<void> {
  const removed = report.stores.flatMap((store) =>
    store.removed.map(({ alias }) => `"${toPrintable(alias)}" from ${toPrintable(store.name)}`),
  );
  if (removed.length === 0) return;
  if (!yes && canAsk(io)) io.stderr(`${findings.map(renderFinding).join('')}\n${renderRotationPlan(report)}\n`);
  await requireConfirmation(`This removes ${removed.join(', ')}.`, yes, io);
}

/** What is known when a call ends, or before it asks. */
interface Outcome {
  readonly inputs: readonly ReadInput[];
  readonly settled: Accepted;
  readonly plan: RotationPlan;
  readonly outcome: RotationReport['outcome'];
  /** Empty where nothing was done. */
  readonly stores: RunResult['stores'];
}

/** What is said about it. */
interface Account {
  readonly report: RotationReport;
  readonly findings: readonly Finding[];
  readonly damaged: readonly DamagedBlock[];
}

function reportOn(args: RotateArgs, { inputs, settled, plan, outcome, stores }: Outcome): Account {
  const decisions = [...settled.accepted, ...settled.leftOut];
  return {
    report: {
      folder: args.out,
      ...settled,
      stores: plan.stores.map((store, index) => ({ ...store, backup: stores[index]?.backup ?? null })),
      devices: plan.devices,
      outcome,
    },
    findings: [
      ...restorationsOf(inputs),
      ...checkRotation(plan, decisions, args.intermediates),
      ...stores.flatMap(({ notes }, index) => notes.map((note) => findingOfNote(note, plan.stores[index]?.name ?? ''))),
    ],
    damaged: inputs.flatMap(({ damaged }) => damaged),
  };
}

function finish({ report, findings, damaged }: Account, args: RotateArgs, io: Io): ExitStatus {
  const json = () => toRotationJson(report, { damaged, findings, entryOf: findRoot });
  const status = answer({ json, text: renderRotation(report), findings }, args, io);
  return worstStatus([status, statusOf(findings, args.failOn)]);
}
