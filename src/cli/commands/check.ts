/**
 * `check`: what expires when, everywhere, for people, CI and monitoring.
 *
 * @module
 */
import { isAbsolute, relative, sep } from 'node:path';
import process from 'node:process';
import type { Argv } from 'yargs';
import { CERTIFICATE_ROLES, type CertificateRole, type CheckReport, ExpiryCheck } from '../../check/check-report.js';
import { DEFAULT_THRESHOLDS, parseThreshold, type Threshold } from '../../check/expiry.js';
import { type ExitStatus, TrustError, worstStatus } from '../../errors.js';
import type { RenderContext } from '../../report/check/check-format.js';
import { checkFormatNames, checkFormatOf } from '../../report/check/formats.js';
import { nagiosStatus } from '../../report/check/nagios.js';
import { refuse, toFindings, writeErrors, writeFindings, writeParts } from '../answer.js';
import { parseOutputs, writeCheckOutputs, writeJobSummary } from '../check-outputs.js';
import { intactOf, type ReadInput, readEachInput } from '../inputs.js';
import { untilInterrupted } from '../interruption.js';
import type { Io } from '../io.js';
import {
  allowEmptyOption,
  atOption,
  type CommonArgs,
  commonOptions,
  endpointsPositional,
  listOption,
  passwordOptions,
  single,
} from '../options.js';
import { type PasswordArgs, storePassword } from '../password.js';
import { coversFolder, openPolicy, policyOption } from '../policy.js';
import { withProgress } from '../progress.js';
import { VERSION } from '../version.js';

interface CheckArgs extends CommonArgs, PasswordArgs {
  readonly path: string[];
  readonly policy: string | false | undefined;
  readonly warn: Threshold | undefined;
  readonly fail: Threshold | undefined;
  readonly failOn: FailOn;
  readonly only: CertificateRole | undefined;
  readonly format: string;
  readonly output: string[] | undefined;
  readonly force: boolean;
  readonly allowEmpty: boolean;
  readonly at: Date | undefined;
}

type FailOn = 'warning' | 'critical' | 'expired';

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('path', endpointsPositional)
    .options({
      ...commonOptions,
      format: { choices: checkFormatNames(), default: 'text', describe: 'The form of the answer' },
    })
    .option('policy', policyOption)
    .option(
      'warn',
      thresholdOption('warn', '60d', 'Warn when less than this is left: 60d, 36h, 8w, 30% of the lifetime'),
    )
    .option('fail', thresholdOption('fail', '14d', 'Critical when less than this is left'))
    .option('fail-on', {
      choices: ['warning', 'critical', 'expired'] as const,
      default: 'critical' as const,
      describe: 'End with status 1 from this level on',
    })
    .option('only', {
      choices: CERTIFICATE_ROLES,
      describe: 'Look at end entities, at CAs, or at CAs that are their own issuer',
    })
    .option('output', listOption('Write the answer in this form to a file as well: FORMAT=FILE'))
    .option('force', { type: 'boolean', default: false, describe: 'Overwrite the files of --output' })
    .option('at', atOption)
    .option('allow-empty', {
      ...allowEmptyOption,
      describe: 'Accept a folder or glob that holds nothing, and a file without a certificate',
    })
    .options(passwordOptions)
    .example('$0 check . --warn 60d --fail 14d', 'What expires in this repository?')
    .example('$0 check tls://gw.example.com:8443', 'And on this server?');
}

/** An option that takes a threshold. */
function thresholdOption(name: string, initial: string, describe: string) {
  return {
    type: 'string',
    requiresArg: true,
    defaultDescription: `what the policy says, or ${initial}`,
    describe,
    coerce: (value: unknown): Threshold | undefined =>
      value === undefined ? undefined : parseThreshold(single(name, value)),
  } as const;
}

export async function run(args: CheckArgs, io: Io): Promise<ExitStatus> {
  const outputs = parseOutputs(args.output ?? [], args.force);
  const at = args.at ?? io.now();
  const given = { ...(args.warn && { warn: args.warn }), ...(args.fail && { fail: args.fail }) };
  const policy = await openPolicy({ option: args.policy, at, given });
  if (policy?.check === null) return refusePolicy(policy.errors, args, io);
  const thresholds = { ...DEFAULT_THRESHOLDS, ...given };
  const check = new ExpiryCheck({ at, only: args.only ?? null, thresholds, policy: policy?.check ?? null });
  const { errors, interruption } = await readAll(check, args, io);
  if (policy !== null) {
    const isAll = args.only === undefined && errors.length === 0 && interruption === null;
    check.finish(isAll && coversFolder(args.path, policy.folder));
  }
  const context: RenderContext = { version: VERSION, toRelative };
  // What a file says is whole: an interrupted call leaves the answer of the last one.
  const ofCall =
    interruption === null ? await writeCheckOutputs(outputs, check.report(), context, args.force) : [interruption];
  addErrors(check, ofCall);
  return answerWith(check.report(), { errors, ofCall }, context, args, io);
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
  const format = checkFormatOf(args.json ? 'json' : args.format);
  await writeParts(format.render(report, context), io);
  if (format.name === 'github') writeJobSummary(report, context, io);
  if (format.name === 'nagios') return nagiosStatus(report);
  if (CERTIFICATES_ONLY.has(format.name)) {
    const findings = report.findings.filter(({ code }) => code.startsWith('policy/'));
    writeFindings({ findings }, { ...args, json: false }, io);
  }
  const all = [...errors, ...ofCall];
  // The table has what could not be read.
  writeErrors({ errors: format.name === 'text' ? ofCall : all }, { ...args, json: format.name === 'json' }, io);
  return worstStatus([...all.map(({ exitStatus }) => exitStatus), isFailed(report, args.failOn) ? 1 : 0]);
}

/** Forms that have no place for what a policy says: a status other than 0 needs a reason that can be seen. */
const CERTIFICATES_ONLY: ReadonlySet<string> = new Set(['csv', 'ics', 'ndjson', 'openmetrics', 'prometheus']);

/** A policy that is not understood refuses the call: a good answer without it would be none. */
function refusePolicy(errors: readonly TrustError[], args: CheckArgs, io: Io): ExitStatus {
  const [first] = errors;
  // A plugin has one line to say it.
  if (args.format === 'nagios' && first !== undefined) throw first;
  return refuse({ errors }, args, io);
}

/** What could not be read, and why not all of it was tried. */
interface Reading {
  readonly errors: readonly TrustError[];
  readonly interruption: TrustError | null;
}

/** Gives every input to the check. */
async function readAll(check: ExpiryCheck, args: CheckArgs, io: Io): Promise<Reading> {
  const password = await storePassword(args, io);
  const errors: TrustError[] = [];
  const options = {
    ...{ password, strict: false, descriptions: true },
    ...{ allowEmpty: args.allowEmpty, passOverNamed: args.allowEmpty },
    onPassedOver: (path: string) => check.passOver(path),
  };
  return withProgress(args, io, (progress) =>
    io.interruptible(async (signal) => {
      let files = 0;
      for await (const input of untilInterrupted(readEachInput(args.path, io, { ...options, signal }), signal)) {
        if (input?.errors.some(isInterruption) === true) return { errors, interruption: interruptedAfter(files) };
        progress(`${++files} ${files === 1 ? 'file' : 'files'} read`);
        if (input !== null) errors.push(...addTo(check, input));
      }
      return { errors, interruption: signal.aborted ? interruptedAfter(files) : null };
    }),
  );
}

/** At a question for a password, which is a part of reading an input. */
function isInterruption({ code }: TrustError): boolean {
  return code === 'run/interrupted';
}

function interruptedAfter(files: number): TrustError {
  const what = `interrupted after ${files} ${files === 1 ? 'file' : 'files'}; what comes after is missing here`;
  return new TrustError('run/interrupted', what, { hint: 'call again; no file of --output was written' });
}

/** Errors of the call itself. */
function addErrors(check: ExpiryCheck, errors: readonly TrustError[]): void {
  check.add({ input: '-', certificates: [], described: [], findings: toFindings(errors), isOpened: false });
}

/** Errors of names behind which there is nothing to open. */
const LEADS_NOWHERE: ReadonlySet<string> = new Set(['input/not-found', 'input/no-match', 'input/not-readable']);

/** @returns what could not be read */
function addTo(check: ExpiryCheck, input: ReadInput): readonly TrustError[] {
  const { certificates, errors: copies } = intactOf(input);
  const errors = [...input.errors, ...copies];
  const isOpened = !errors.some(({ code }) => LEADS_NOWHERE.has(code));
  check.add({ input: input.input, certificates, described: input.described, findings: toFindings(errors), isOpened });
  return errors;
}

/** Whether anything is as urgent as the user asked for. */
function isFailed({ certificates, findings }: CheckReport, failOn: FailOn): boolean {
  if (failOn === 'expired') return certificates.some(({ level, ignored }) => level === 'expired' && !ignored);
  const severities = failOn === 'critical' ? ['error'] : ['error', 'warning'];
  return findings.some(({ severity }) => severities.includes(severity));
}

function toRelative(input: string): string {
  if (input === '-' || input.startsWith('tls://')) return input;
  const steps = relative(process.cwd(), input).split(sep);
  const path = steps[0] === '..' || steps[0] === '' || isAbsolute(steps.join(sep)) ? input.split(sep) : steps;
  return path.join('/');
}
