/**
 * `check`: what expires when, everywhere, for people, CI and monitoring.
 *
 * @module
 */
import { isAbsolute, relative, sep } from 'node:path';
import process from 'node:process';
import type { Argv } from 'yargs';
import {
  CERTIFICATE_ROLES,
  type CertificateRole,
  type CheckReport,
  ExpiryCheck,
  isAboutExpiry,
} from '../../check/check-report.js';
import { DEFAULT_THRESHOLDS, parseThreshold, type Threshold } from '../../check/expiry.js';
import { isRead, ShardRecorder, type ShardSettings } from '../../check/shard.js';
import { type ExitStatus, type TrustError, worstStatus } from '../../errors.js';
import { isUnread, type RenderContext } from '../../report/check/check-format.js';
import { checkFormatNames, loadCheckFormat } from '../../report/check/formats.js';
import { refuse, toFindings, writeErrors, writeFindings, writeParts } from '../answer.js';
import { parseOutputs, writeCheckOutputs, writeJobSummary } from '../check-outputs.js';
import { addTo, intactInput, type Reading, type ReadingArgs, readAll, requireWanted } from '../check-reading.js';
import { coercion } from '../coercion.js';
import { gitOptions } from '../git-selection.js';
import { describeReading, inputOptions, readingOf } from '../input-options.js';
import { nothingFound } from '../inputs.js';
import type { Io } from '../io.js';
import {
  allowEmptyOption,
  atOption,
  choiceOption,
  commonOptions,
  inputsPositional,
  listOption,
  passwordOptions,
  single,
} from '../options.js';
import { coversFolder, type OpenedPolicy, openPolicy, policyOption, reopenPolicy } from '../policy.js';
import { catalogInUse, hasFoundNothing, readShards, type ShardArgs, shardOptions } from '../shards.js';
import { VERSION } from '../version.js';

interface CheckArgs extends ReadingArgs, ShardArgs {
  readonly policy: string | false | undefined;
  readonly warn: Threshold | undefined;
  readonly fail: Threshold | undefined;
  readonly failOn: FailOn;
  readonly only: CertificateRole | undefined;
  readonly format: string;
  readonly output: string[] | undefined;
  readonly force: boolean;
  readonly at: Date | undefined;
}

type FailOn = 'warning' | 'critical' | 'expired';

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('path', inputsPositional)
    .options({
      ...commonOptions,
      format: { ...choiceOption('format', checkFormatNames(), 'The form of the answer'), default: 'text' },
    })
    .option('policy', policyOption)
    .option(
      'warn',
      thresholdOption('warn', 'w', '60d', 'Warn when less than this is left: 60d, 36h, 8w, 30% of the lifetime'),
    )
    .option('fail', thresholdOption('fail', 'c', '14d', 'Critical when less than this is left'))
    .option('fail-on', {
      ...choiceOption('fail-on', ['warning', 'critical', 'expired'], 'End with status 1 from this level on'),
      default: 'critical',
    })
    .option(
      'only',
      choiceOption('only', CERTIFICATE_ROLES, 'Look at end entities, at CAs, or at CAs that are their own issuer'),
    )
    .option('output', listOption('output', 'Write the answer in this form to a file as well: FORMAT=FILE'))
    .option('force', { type: 'boolean', default: false, describe: 'Overwrite the files of --output' })
    .option('at', atOption)
    .option('allow-empty', {
      ...allowEmptyOption,
      describe: 'Accept a folder or glob that holds nothing, a file without a certificate, and --only that leaves none',
    })
    .options(inputOptions)
    .options(passwordOptions)
    .options(gitOptions)
    .options(shardOptions)
    .example('$0 check . --warn 60d --fail 14d', 'What expires in this repository?')
    .example('$0 check tls://gw.example.com:8443', 'And on this server?');
}

/** An option that takes a threshold; its letter is that of plugins of Nagios. */
function thresholdOption(name: string, letter: string, initial: string, describe: string) {
  return {
    type: 'string',
    alias: letter,
    requiresArg: true,
    defaultDescription: `what the policy says, or ${initial}`,
    describe,
    coerce: coercion((value) => (value === undefined ? undefined : parseThreshold(single(name, value)))),
  } as const;
}

export async function run(args: CheckArgs, io: Io): Promise<ExitStatus> {
  const outputs = await parseOutputs(args.output ?? [], args.force);
  const at = args.at ?? io.now();
  const given = { ...(args.warn && { warn: args.warn }), ...(args.fail && { fail: args.fail }) };
  // Looked at before a policy is read: a call that cannot be meant needs none.
  if (!args.merge) readingOf(args.path, args);
  // The shards have theirs.
  const policy = args.merge ? null : await openPolicy({ option: args.policy, at, given });
  if (policy?.check === null) return refusePolicy(policy.errors, args, io);
  const { reading, reportOf } = args.merge ? await mergeAll(args, io) : await checkAll(args, { at, given, policy }, io);
  const { errors, interruption } = reading;
  const context: RenderContext = { version: VERSION, toRelative };
  // What a file says is whole: an interrupted call leaves the answer of the last one.
  const ofCall =
    interruption === null ? await writeCheckOutputs(outputs, reportOf([]), context, args.force, io) : [interruption];
  return answerWith(reportOf(ofCall), { errors, ofCall }, context, args, io);
}

/** What was read, and what is to be reported of it. */
interface Checked {
  readonly reading: Reading;
  /** @param ofCall - errors of the call itself, to be reported beside it; given once */
  readonly reportOf: (ofCall: readonly TrustError[]) => CheckReport;
}

/** What a call judges by. */
interface Measures {
  readonly at: Date;
  readonly given: { readonly warn?: Threshold; readonly fail?: Threshold };
  readonly policy: OpenedPolicy | null;
}

async function checkAll(args: CheckArgs, { at, given, policy }: Measures, io: Io): Promise<Checked> {
  const { only = null, changedSince = null } = args;
  const thresholds = { ...DEFAULT_THRESHOLDS, ...given };
  const check = new ExpiryCheck({ at, only, thresholds, policy: policy?.check ?? null });
  const shard = args.shard === undefined ? null : new ShardRecorder(args.shard, policy?.check ?? null);
  const reading = await readAll(check, shard, args, io);
  const { interruption } = reading;
  const errors = [...reading.errors];
  const isAll = shard === null && changedSince === null && interruption === null;
  if (isAll) errors.push(...requireWanted(check, { ...args, only }));
  const isCovered = policy !== null && coversFolder(args.path, policy.folder);
  check.finish(isCovered && isAll && only === null && errors.length === 0);
  const settings = () => settingsOf(args, { at, given, policy }, isCovered);
  // A part of a part cannot be merged.
  const recorded = shard === null || interruption !== null ? {} : { shard: shard.record(settings()) };
  return {
    reading: { errors, interruption },
    reportOf: (ofCall) => ({ ...reportOn(check, ofCall, changedSince), ...recorded }),
  };
}

/** What a merge has to know of a call that read a part. */
function settingsOf(args: CheckArgs, { at, given, policy }: Measures, isCovered: boolean): ShardSettings {
  const { path: paths, only = null, allowEmpty, changedSince = null } = args;
  return {
    ...{ version: VERSION, catalog: catalogInUse(), at, given, only },
    ...{ paths, allowEmpty, changedSince, reading: describeReading(args) },
    policy: policy === null ? null : { file: policy.check.policy.file, text: policy.text, isCovered },
  };
}

/** The same out of what shards have recorded, as if one call had read everything. */
async function mergeAll(args: CheckArgs, io: Io): Promise<Checked> {
  const merged = await readShards(args, io);
  const { settings, inputs, passedOver } = merged;
  const { at, given, only, changedSince, paths } = settings;
  const policy = await reopenPolicy(merged);
  const check = new ExpiryCheck({ at, only, thresholds: { ...DEFAULT_THRESHOLDS, ...given }, policy });
  const errors: TrustError[] = [];
  for (const input of inputs) {
    if (!isRead(input)) check.passOver(input.input, input.members);
    // A document may record more of them than a call can be given arguments.
    else for (const error of addTo(check, input)) errors.push(error);
  }
  check.count(passedOver - inputs.filter((input) => !isRead(input)).length);
  if (hasFoundNothing(merged)) errors.push(...addTo(check, intactInput(nothingFound(paths, passedOver))));
  if (changedSince === null) errors.push(...requireWanted(check, { ...settings, path: paths }));
  const isCovered = settings.policy?.isCovered === true;
  check.finish(isCovered && changedSince === null && only === null && errors.length === 0);
  return { reading: { errors, interruption: null }, reportOf: (ofCall) => reportOn(check, ofCall, changedSince) };
}

function reportOn(check: ExpiryCheck, ofCall: readonly TrustError[], changedSince: string | null): CheckReport {
  check.add({ input: '-', certificates: [], described: [], findings: toFindings(ofCall), isOpened: false });
  return { ...check.report(), ...(changedSince === null ? {} : { changedSince }) };
}

/** What could not be read, and what went wrong with the call itself. */
interface Failures {
  readonly errors: readonly TrustError[];
  readonly ofCall: readonly TrustError[];
}

async function answerWith(
  report: CheckReport,
  { errors, ofCall }: Failures,
  context: RenderContext,
  args: CheckArgs,
  io: Io,
): Promise<ExitStatus> {
  const format = args.json ? 'json' : args.format;
  const { render } = await loadCheckFormat(format);
  await writeParts(render(report, context), io);
  if (format === 'github') await writeJobSummary(report, context, io);
  if (format === 'nagios') return (await import('../../report/check/nagios.js')).nagiosStatus(report);
  if (CERTIFICATES_ONLY.has(format)) {
    const findings = report.findings.filter((finding) => !isAboutExpiry(finding.code) && !isUnread(finding));
    writeFindings({ findings }, { ...args, json: false }, io);
  }
  const all = [...errors, ...ofCall];
  // The table has what could not be read.
  writeErrors({ errors: format === 'text' ? ofCall : all }, { ...args, json: format === 'json' }, io);
  return worstStatus([...all.map(({ exitStatus }) => exitStatus), isFailed(report, args.failOn) ? 1 : 0]);
}

/** Forms that have no place for what a policy says, or a flaw of a certificate: a status other than 0 needs a reason that can be seen. */
const CERTIFICATES_ONLY: ReadonlySet<string> = new Set(['csv', 'ics', 'ndjson', 'openmetrics', 'prometheus']);

/** A policy that is not understood refuses the call: a good answer without it would be none. */
function refusePolicy(errors: readonly TrustError[], args: CheckArgs, io: Io): ExitStatus {
  const [first] = errors;
  // A plugin has one line to say it.
  if (args.format === 'nagios' && first !== undefined) throw first;
  return refuse({ errors }, args, io);
}

/** Whether anything is as urgent as the user asked for. */
function isFailed({ certificates, findings }: CheckReport, failOn: FailOn): boolean {
  if (failOn === 'expired') return certificates.some(({ level, ignored }) => level === 'expired' && ignored === null);
  const severities = failOn === 'critical' ? ['error'] : ['error', 'warning'];
  return findings.some(({ severity }) => severities.includes(severity));
}

function toRelative(input: string): string {
  if (input === '-' || input.startsWith('tls://')) return input;
  const steps = relative(process.cwd(), input).split(sep);
  const path = steps[0] === '..' || steps[0] === '' || isAbsolute(steps.join(sep)) ? input.split(sep) : steps;
  return path.join('/');
}
