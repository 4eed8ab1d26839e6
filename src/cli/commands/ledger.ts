/**
 * `ledger`: who has the new anchor, who still has the old one, who has both or none.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { findRoot, genuineRoot } from '../../catalog/catalog.js';
import { normaliseSha256 } from '../../encoding/hex.js';
import { type ExitStatus, TrustError, worstStatus } from '../../errors.js';
import type { InputLimits } from '../../input/limits.js';
import {
  type LedgerReport,
  type NamedAnchor,
  renderLedger,
  renderLedgerHtml,
  toLedgerJson,
} from '../../report/ledger.js';
import { renderLedgerCsv } from '../../report/ledger-csv.js';
import { Ledger } from '../../rotation/ledger.js';
import { type Certificate, decodeCertificate } from '../../x509/certificate.js';
import { displayName } from '../../x509/name.js';
import { answer, toFindings } from '../answer.js';
import { distinct, errorsOf, intactOf } from '../input-contents.js';
import { readInputs } from '../inputs.js';
import type { Io } from '../io.js';
import { readTargets } from '../ledger-targets.js';
import { type LimitArgs, limitOption, parseLimits } from '../limits.js';
import {
  allowEmptyOption,
  type CommonArgs,
  choiceOption,
  commonOptions,
  listOption,
  passwordOptions,
} from '../options.js';
import { type PasswordArgs, storePassword } from '../password.js';

interface LedgerArgs extends CommonArgs, PasswordArgs, LimitArgs {
  readonly path: string[];
  readonly old: string[] | undefined;
  readonly new: string[] | undefined;
  readonly format: 'text' | 'json' | 'csv' | 'html';
  readonly allowEmpty: boolean;
}

const FORMATS = {
  ...choiceOption('format', ['text', 'json', 'csv', 'html'], 'The form of the answer'),
  default: 'text',
};

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('path', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'Configurations, show output, keystores, bundles; files, folders, globs, archives, -',
    })
    .options({ ...commonOptions, format: FORMATS })
    .option('old', {
      ...listOption('old', 'The anchor to be replaced: its SHA-256, or a file with it'),
      demandOption: true,
    })
    .option('new', { ...listOption('new', 'The anchor that replaces it, likewise'), demandOption: true })
    .option('allow-empty', allowEmptyOption)
    .option('limit', limitOption)
    .options(passwordOptions)
    .example('$0 ledger configs/ --old old-root.pem --new new-root.pem', 'Who is not there yet?');
}

export async function run(args: LedgerArgs, io: Io): Promise<ExitStatus> {
  const limits = parseLimits(args.limit);
  requireDistinct(digestsIn(args.old), digestsIn(args.new));
  const password = await storePassword(args, io);
  const known: Certificate[] = [];
  const old = await readAnchors(args.old ?? [], known, { limits, password }, io);
  const recent = await readAnchors(args.new ?? [], known, { limits, password }, io);
  requireDistinct(sha256Of(old), sha256Of(recent));
  const ledger = new Ledger({ old: sha256Of(old), new: sha256Of(recent) }, known);
  const errors: TrustError[] = [];
  let passedOver = 0;
  await readTargets(
    args.path,
    io,
    { password, limits, allowEmpty: args.allowEmpty },
    ({ target, errors: found, isPassedOver }) => {
      errors.push(...found);
      if (target !== null) ledger.add(target);
      else if (isPassedOver === true) passedOver++;
    },
  );
  const report: LedgerReport = { old, new: recent, targets: ledger.rows(), passedOver };
  if (report.targets.length === 0 && errors.length === 0 && !args.allowEmpty) {
    throw new TrustError('input/no-match', 'there is no configuration, keystore or bundle', {
      at: { source: args.path.join(' ') },
      hint: 'name the files or the folder that holds them',
    });
  }
  const json = () => ({ ...toLedgerJson(report), findings: toFindings(errors) });
  const status = answer({ json, text: render(report, args.format), errors }, args, io);
  const isDone = report.targets.every(({ state }) => state === 'new-only' || state === 'both');
  return worstStatus([status, isDone ? 0 : 1]);
}

function render(report: LedgerReport, format: LedgerArgs['format']): string {
  if (format === 'csv') return renderLedgerCsv(report.targets);
  return format === 'html' ? renderLedgerHtml(report) : renderLedger(report);
}

/** Those that are known by the words of the call alone. */
function digestsIn(values: readonly string[] = []): readonly string[] {
  return values.flatMap((value) => normaliseSha256(value) ?? []);
}

function sha256Of(anchors: readonly NamedAnchor[]): readonly string[] {
  return anchors.map(({ sha256 }) => sha256);
}

function requireDistinct(old: readonly string[], recent: readonly string[]): void {
  const both = old.find((sha256) => recent.includes(sha256));
  if (both === undefined) return;
  throw new TrustError('usage/conflict', `${both} is named as old and as new`, {
    hint: 'name the anchor that goes with --old and the one that comes with --new',
  });
}

/** What may be a digest that was cut or is of another kind. */
const DIGITS = /^(?:sha-?256[:=])?[0-9a-f:]{6,}$/i;

/** How files with anchors are read. */
interface AnchorReading {
  readonly limits: Partial<InputLimits>;
  readonly password: string | null;
}

/** Each value is a digest or names a file; what is at hand of the certificates is added to `known`. */
async function readAnchors(
  values: readonly string[],
  known: Certificate[],
  reading: AnchorReading,
  io: Io,
): Promise<readonly NamedAnchor[]> {
  const anchors: NamedAnchor[] = [];
  for (const value of values) {
    const sha256 = normaliseSha256(value);
    const found = sha256 === null ? await readFiles(value, reading, io) : genuineOf(sha256);
    known.push(...found);
    if (sha256 !== null) anchors.push({ sha256, name: nameOf(sha256, found) });
    else
      anchors.push(
        ...found.map((certificate) => ({ sha256: certificate.sha256, name: nameOf(certificate.sha256, found) })),
      );
  }
  return [...new Map(anchors.map((anchor) => [anchor.sha256, anchor])).values()];
}

async function readFiles(name: string, reading: AnchorReading, io: Io): Promise<readonly Certificate[]> {
  const { inputs } = await readInputs([name], io, { ...reading, strict: false });
  const read = inputs.map(intactOf);
  const [error] = [...errorsOf(inputs), ...read.flatMap(({ errors }) => errors)];
  if (error?.code === 'input/not-found' && DIGITS.test(name)) {
    throw new TrustError(error.code, `"${name}" is no SHA-256, and there is no such file`, {
      hint: 'write all 64 hex digits of the SHA-256, with or without colons, or name a file',
    });
  }
  if (error !== undefined) throw error;
  return distinct(read.flatMap(({ certificates }) => certificates));
}

function genuineOf(sha256: string): readonly Certificate[] {
  const der = genuineRoot(sha256);
  return der === null ? [] : [decodeCertificate(der)];
}

function nameOf(sha256: string, certificates: readonly Certificate[]): string | null {
  const certificate = certificates.find((one) => one.sha256 === sha256);
  return findRoot(sha256)?.name ?? (certificate === undefined ? null : displayName(certificate.subjectName));
}
