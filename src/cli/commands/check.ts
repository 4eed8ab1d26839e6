/**
 * `check`: what expires when, everywhere, for people, CI and monitoring.
 *
 * @module
 */
import { relative, sep } from 'node:path';
import process from 'node:process';
import type { Argv } from 'yargs';
import { CERTIFICATE_ROLES, type CertificateRole, type CheckReport, ExpiryCheck } from '../../check/check-report.js';
import { parseThreshold, type Threshold, type Thresholds } from '../../check/expiry.js';
import type { RecordedInput, ShardRecorder } from '../../check/shard.js';
import { type ExitStatus, TrustError, worstStatus } from '../../errors.js';
import { appendText } from '../../io/append-text.js';
import type { RenderContext } from '../../report/check/check-format.js';
import { checkFormatNames, checkFormatOf } from '../../report/check/formats.js';
import { markdown } from '../../report/check/markdown.js';
import { nagiosStatus } from '../../report/check/nagios.js';
import { toFindings, writeErrors, writeParts } from '../answer.js';
import { type GitArgs, gitOptions, gitWalkOf } from '../git-selection.js';
import { intactOf, type ReadInput, type ReadOptions, readEachInput } from '../inputs.js';
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
import { writeOutput } from '../output.js';
import { type PasswordArgs, storePassword } from '../password.js';
import { withProgress } from '../progress.js';
import { readShards, type ShardArgs, shardOptions, shardRecorderOf } from '../shards.js';
import { VERSION } from '../version.js';

interface CheckArgs extends CommonArgs, PasswordArgs, GitArgs, ShardArgs {
  readonly path: string[];
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

const WARN = '60d';
const FAIL = '14d';

type FailOn = 'warning' | 'critical' | 'expired';

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('path', endpointsPositional)
    .options({
      ...commonOptions,
      format: { choices: checkFormatNames(), default: 'text', describe: 'The form of the answer' },
    })
    .option(
      'warn',
      thresholdOption('warn', WARN, 'Warn when less than this is left: 60d, 36h, 8w, 30% of the lifetime'),
    )
    .option('fail', thresholdOption('fail', FAIL, 'Critical when less than this is left'))
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
    .option('allow-empty', allowEmptyOption)
    .options(passwordOptions)
    .options(gitOptions)
    .options(shardOptions)
    .example('$0 check . --warn 60d --fail 14d', 'What expires in this repository?')
    .example('$0 check tls://gw.example.com:8443', 'And on this server?');
}

/** An option that takes a threshold. */
function thresholdOption(name: string, initial: string, describe: string) {
  return {
    type: 'string',
    requiresArg: true,
    defaultDescription: initial,
    describe,
    coerce: (value: unknown): Threshold => parseThreshold(single(name, value)),
  } as const;
}

export async function run(args: CheckArgs, io: Io): Promise<ExitStatus> {
  const outputs = (args.output ?? []).map(parseOutput);
  const { report, errors } = args.merge ? await mergeAll(args, io) : await checkAll(args, io);
  const context: RenderContext = { version: VERSION, toRelative };
  const format = checkFormatOf(args.json ? 'json' : args.format);
  for (const { format: other, path } of outputs) {
    await writeOutput(path, [...other.render(report, context)].join(''), args.force);
  }
  await writeParts(format.render(report, context), io);
  if (format.name === 'github') summarise(report, context, io);
  if (format.name === 'nagios') return nagiosStatus(report);
  // The table has them.
  if (format.name !== 'text') writeErrors({ errors }, { ...args, json: format.name === 'json' }, io);
  return worstStatus([...errors.map(({ exitStatus }) => exitStatus), isFailed(report, args.failOn) ? 1 : 0]);
}

/** GitHub shows what a step appends to this file on the page of the run. */
function summarise(report: CheckReport, context: RenderContext, io: Io): void {
  const path = io.env['GITHUB_STEP_SUMMARY'];
  if (path !== undefined && path !== '') appendText(path, [...markdown.render(report, context)].join(''));
}

/** What was found, and what could not be read. */
interface Checked {
  readonly report: CheckReport;
  readonly errors: readonly TrustError[];
}

async function checkAll(args: CheckArgs, io: Io): Promise<Checked> {
  const { path: paths, allowEmpty, changedSince = null } = args;
  const settings = {
    version: VERSION,
    at: args.at ?? io.now(),
    thresholds: thresholdsOf(args),
    only: args.only ?? null,
    ...{ paths, allowEmpty, changedSince },
  };
  const check = new ExpiryCheck(settings);
  const shard = shardRecorderOf(args);
  const errors = await readAll(check, shard, args, io);
  const report = { ...check.report(), ...(changedSince === null ? {} : { changedSince }) };
  return { report: shard === null ? report : { ...report, shard: shard.record(settings) }, errors };
}

function thresholdsOf({ warn, fail }: CheckArgs): Thresholds {
  return { warn: warn ?? parseThreshold(WARN), fail: fail ?? parseThreshold(FAIL) };
}

/** The same out of what shards have recorded, as if one call had read everything. */
async function mergeAll(args: CheckArgs, io: Io): Promise<Checked> {
  const { settings, inputs, passedOver } = await readShards(args, io);
  const check = new ExpiryCheck(settings);
  check.passOver(passedOver);
  const errors = inputs.flatMap((input) => addTo(check, input));
  const { changedSince } = settings;
  return { report: { ...check.report(), ...(changedSince === null ? {} : { changedSince }) }, errors };
}

/** Gives every input to the check. */
async function readAll(
  check: ExpiryCheck,
  shard: ShardRecorder | null,
  args: CheckArgs,
  io: Io,
): Promise<readonly TrustError[]> {
  const password = await storePassword(args, io);
  const errors: TrustError[] = [];
  const options: ReadOptions = {
    ...{ password, strict: false, descriptions: true, allowEmpty: args.allowEmpty, walk: gitWalkOf(args) },
    // That nothing at all is found is for the merge to say; that nothing has changed is as good as it gets.
    isPart: shard !== null || args.changedSince !== undefined,
    takes: shard === null ? undefined : (input) => shard.takes(input),
  };
  await withProgress(args, io, async (progress) => {
    let files = 0;
    for await (const input of readEachInput(args.path, io, options)) {
      progress(`${++files} files read`);
      if (input === null) {
        check.passOver();
        shard?.passOver();
        continue;
      }
      const intact = intactInput(input);
      errors.push(...addTo(check, intact));
      shard?.add(intact);
    }
  });
  return errors;
}

/** What a program finds that reads the input as it stands. */
function intactInput(input: ReadInput): RecordedInput {
  const { certificates, errors } = intactOf(input);
  return { certificates, described: input.described, errors: [...input.errors, ...errors] };
}

/** Errors of names behind which there is nothing to open. */
const LEADS_NOWHERE: ReadonlySet<string> = new Set(['input/not-found', 'input/no-match', 'input/not-readable']);

/** @returns what could not be read */
function addTo(check: ExpiryCheck, { certificates, described, errors }: RecordedInput): readonly TrustError[] {
  const isOpened = !errors.some(({ code }) => LEADS_NOWHERE.has(code));
  check.add({ certificates, described, findings: toFindings(errors), isOpened });
  return errors;
}

function parseOutput(text: string): { readonly format: ReturnType<typeof checkFormatOf>; readonly path: string } {
  const [, name, path] = /^([a-z0-9-]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || path === undefined) {
    throw new TrustError('usage/bad-value', `"${text.slice(0, 80)}" is not FORMAT=FILE`, {
      hint: 'write for example --output junit=expiry.xml',
    });
  }
  return { format: checkFormatOf(name), path };
}

/** Whether anything is as urgent as the user asked for. */
function isFailed({ certificates, findings }: CheckReport, failOn: FailOn): boolean {
  if (failOn === 'expired') return certificates.some(({ level }) => level === 'expired');
  const severities = failOn === 'critical' ? ['error'] : ['error', 'warning'];
  return findings.some(({ severity }) => severities.includes(severity));
}

function toRelative(path: string): string {
  const steps = relative(process.cwd(), path).split(sep);
  return steps[0] === '..' || steps[0] === '' ? path : steps.join('/');
}
