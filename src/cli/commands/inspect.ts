/**
 * `inspect`: what is in these files, archives, keystores and endpoints.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { findRoot } from '../../catalog/catalog.js';
import { renderLine } from '../../encoding/json-text.js';
import { encodePem } from '../../encoding/pem.js';
import { type ExitStatus, expectTrustError, TrustError } from '../../errors.js';
import {
  type CertificateJson,
  type DescribedCertificateJson,
  renderCertificateLine,
  toCertificateJson,
  toDescribedCertificateJson,
} from '../../report/certificate-json.js';
import { renderInspection } from '../../report/inspect.js';
import type { Certificate } from '../../x509/certificate.js';
import { answer, answerAtLength, PartWriter, writeErrors, writeFindings } from '../answer.js';
import { type EntryOfDescribed, recogniseDescribed } from '../described-roots.js';
import { requireSplitName, writeSplit } from '../exports.js';
import { toErrorJson } from '../failure.js';
import { certificatesOf, distinct, errorsOf, restorationsOf } from '../input-contents.js';
import { type InputArgs, inputOptions, readingOf } from '../input-options.js';
import { type ReadOptions, readEachInput, readInputs } from '../inputs.js';
import { isInterruption } from '../interruption.js';
import type { Io } from '../io.js';
import {
  allowEmptyOption,
  type CommonArgs,
  commonOptions,
  formatWithLines,
  inputsPositional,
  passwordOptions,
  textOption,
} from '../options.js';
import { type PasswordArgs, storePassword } from '../password.js';
import type { ReadInput } from '../single-input.js';

interface InspectArgs extends CommonArgs, PasswordArgs, InputArgs {
  readonly input: string[];
  readonly format: 'text' | 'json' | 'ndjson';
  readonly pem: boolean;
  readonly der: boolean;
  readonly split: string | undefined;
  readonly force: boolean;
  readonly strict: boolean;
  readonly allowEmpty: boolean;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('input', inputsPositional)
    .options({ ...commonOptions, format: formatWithLines })
    .option('pem', { type: 'boolean', default: false, describe: 'Print the certificates as PEM, each once' })
    .option('der', { type: 'boolean', default: false, describe: 'Print the one certificate as DER' })
    .option('split', textOption('split', 'Write each certificate as PEM into this folder'))
    .option('force', { type: 'boolean', default: false, describe: 'Overwrite files of --split' })
    .option('strict', { type: 'boolean', default: false, describe: 'Refuse what is usually tolerated with a note' })
    .option('allow-empty', allowEmptyOption)
    .options(inputOptions)
    .options(passwordOptions)
    .example('$0 inspect vendor.zip', 'What did they send?')
    .example('$0 inspect trust.jks --pem', 'The certificates of a keystore');
}

export async function run(args: InspectArgs, io: Io): Promise<ExitStatus> {
  requireOneExport(args);
  const isExport = args.pem || args.der || args.split !== undefined;
  const options: ReadOptions = {
    ...readingOf(args.input, args),
    password: await storePassword(args, io),
    strict: args.strict,
    allowEmpty: args.allowEmpty,
    signatures: true,
    descriptions: !isExport,
  };
  if (args.format === 'ndjson' && !args.json && !isExport) return writeLines(args, options, io);
  const { inputs: read, passedOver } = await readInputs(args.input, io, options);
  const { inputs, entryOf } = recogniseDescribed(read);
  const messages = { findings: restorationsOf(inputs), errors: errorsOf(inputs) };
  const json = { schema: 'anchorctl/inspect/1', inputs: inputJsons(inputs, entryOf), passedOver };
  const exported = await exportOf(distinct(certificatesOf(inputs)), messages.errors, args, io);
  if (exported !== null) return answer({ json, text: exported, ...messages }, args, io);
  return answerAtLength({ json, text: renderInspection(inputs, findRoot, entryOf), ...messages }, args, io);
}

/** One certificate a line, for programs that read streams: of one input before the next one is read. */
async function writeLines(args: InspectArgs, options: ReadOptions, io: Io): Promise<ExitStatus> {
  const writer = new PartWriter(io);
  const errors: TrustError[] = [];
  try {
    await readEachInput(args.input, io, { ...options, inParts: true }, async (input) => {
      if (input === null) return;
      writeFindings({ findings: restorationsOf([input]) }, args, io);
      await writer.write(renderLines(input, recogniseDescribed([input]).entryOf));
      errors.push(...input.errors);
    });
  } catch (error) {
    if (!isInterruption(expectTrustError(error))) throw error;
    errors.push(cutShort());
  }
  writer.end();
  return writeErrors({ errors }, args, io);
}

function cutShort(): TrustError {
  const what = 'interrupted; the lines that were written are a part of the answer';
  return new TrustError('run/interrupted', what, { hint: 'call again' });
}

/**
 * Before any input is read: an answer has one form.
 *
 * @throws {TrustError} `usage/conflict`, and as `requireSplitName`
 */
function requireOneExport({ pem, der, split, json, format }: InspectArgs): void {
  if ([pem, der, split !== undefined, json || format === 'ndjson'].filter(Boolean).length > 1) {
    throw new TrustError('usage/conflict', '--pem, --der, --split and JSON cannot be combined', {
      hint: 'choose one of them',
    });
  }
  if (split !== undefined) requireSplitName(split);
}

/** What the export options print instead of the table, or null. */
async function exportOf(
  certificates: readonly Certificate[],
  errors: readonly TrustError[],
  { pem, der, split, force }: InspectArgs,
  io: Io,
): Promise<string | Uint8Array | null> {
  if (split !== undefined) return writeSplit(certificates, split, force, io);
  if (pem) return certificates.map((certificate) => encodePem('CERTIFICATE', certificate.der)).join('');
  if (!der) return null;
  const [only, ...others] = certificates;
  if (others.length > 0) {
    throw new TrustError(
      'usage/too-many-certificates',
      `--der prints one certificate, ${certificates.length} were found`,
      { hint: 'use --pem or --split' },
    );
  }
  if (only !== undefined) return only.der;
  // What could not be read says why none was found, and the status.
  if (errors.length > 0) return '';
  throw new TrustError('input/no-certificate', '--der prints one certificate, none was found');
}

function* inputJsons(inputs: readonly ReadInput[], entryOf: EntryOfDescribed): Generator<Record<string, unknown>> {
  for (const read of inputs) {
    const { input, kind, notes, errors } = read;
    const [error, ...others] = errors.map(toErrorJson);
    yield {
      input,
      kind,
      certificates: certificateJsons(read, entryOf),
      notes,
      ...(error === undefined ? {} : { error }),
      ...(others.length === 0 ? {} : { errors: [error, ...others] }),
    };
  }
}

/** How many lines are made at once: one by one, what is made takes less time than handing it on. */
const LINES_AT_ONCE = 50;

function* renderLines({ certificates, described }: ReadInput, entryOf: EntryOfDescribed): Generator<string> {
  for (let start = 0; start < certificates.length; start += LINES_AT_ONCE) {
    yield certificates
      .slice(start, start + LINES_AT_ONCE)
      .map((certificate) => renderCertificateLine(certificate, findRoot(certificate.sha256)))
      .join('');
  }
  for (const one of described) yield renderLine(toDescribedCertificateJson(one, entryOf(one)));
}

function* certificateJsons(
  { certificates, described }: ReadInput,
  entryOf: EntryOfDescribed,
): Generator<CertificateJson | DescribedCertificateJson> {
  for (const certificate of certificates) yield toCertificateJson(certificate, findRoot(certificate.sha256));
  for (const one of described) yield toDescribedCertificateJson(one, entryOf(one));
}
