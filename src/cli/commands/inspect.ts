/**
 * `inspect`: what is in these files, archives, keystores and endpoints.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { findRoot } from '../../catalog/catalog.js';
import { encodePem } from '../../encoding/pem.js';
import { type ExitStatus, TrustError } from '../../errors.js';
import {
  type CertificateJson,
  type DescribedCertificateJson,
  toCertificateJson,
  toDescribedCertificateJson,
} from '../../report/certificate-json.js';
import { renderInspection } from '../../report/inspect.js';
import { renderLine } from '../../report/json.js';
import type { Certificate } from '../../x509/certificate.js';
import { answer } from '../answer.js';
import { type EntryOfDescribed, recogniseDescribed } from '../described-roots.js';
import { writeSplit } from '../exports.js';
import { toErrorJson } from '../failure.js';
import { certificatesOf, distinct, errorsOf, type ReadInput, readInputs, restorationsOf } from '../inputs.js';
import type { Io } from '../io.js';
import { limitOption, parseLimits } from '../limits.js';
import {
  allowEmptyOption,
  type CommonArgs,
  commonOptions,
  endpointsPositional,
  formatWithLines,
  passwordOptions,
  textOption,
} from '../options.js';
import { type PasswordArgs, storePassword } from '../password.js';

interface InspectArgs extends CommonArgs, PasswordArgs {
  readonly input: string[];
  readonly format: 'text' | 'json' | 'ndjson';
  readonly pem: boolean;
  readonly der: boolean;
  readonly split: string | undefined;
  readonly strict: boolean;
  readonly allowEmpty: boolean;
  readonly limit: string[] | undefined;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('input', endpointsPositional)
    .options({ ...commonOptions, format: formatWithLines })
    .option('pem', { type: 'boolean', default: false, describe: 'Print the certificates as PEM, each once' })
    .option('der', { type: 'boolean', default: false, describe: 'Print the one certificate as DER' })
    .option('split', textOption('split', 'Write each certificate as PEM into this folder'))
    .option('strict', { type: 'boolean', default: false, describe: 'Refuse what is usually tolerated with a note' })
    .option('allow-empty', allowEmptyOption)
    .option('limit', limitOption)
    .options(passwordOptions)
    .example('$0 inspect vendor.zip', 'What did they send?')
    .example('$0 inspect trust.jks --pem', 'The certificates of a keystore');
}

export async function run(args: InspectArgs, io: Io): Promise<ExitStatus> {
  const { inputs: read, passedOver } = await readInputs(args.input, io, {
    password: await storePassword(args, io),
    strict: args.strict,
    allowEmpty: args.allowEmpty,
    limits: parseLimits(args.limit ?? []),
    signatures: true,
    descriptions: !(args.pem || args.der || args.split !== undefined),
  });
  const { inputs, entryOf } = recogniseDescribed(read);
  const certificates = distinct(certificatesOf(inputs));
  const text =
    exportOf(certificates, args) ??
    (args.format === 'ndjson' ? renderLines(inputs, entryOf) : renderInspection(inputs, findRoot, entryOf));
  const json = {
    schema: 'anchorctl/inspect/1',
    inputs: inputs.map((input) => toInputJson(input, entryOf)),
    passedOver,
  };
  return answer({ json, text, findings: restorationsOf(inputs), errors: errorsOf(inputs) }, args, io);
}

/** What the export options print instead of the table, or null. */
function exportOf(
  certificates: readonly Certificate[],
  { pem, der, split, json }: InspectArgs,
): string | Uint8Array | null {
  if ([pem, der, split !== undefined, json].filter(Boolean).length > 1) {
    throw new TrustError('usage/conflict', '--pem, --der, --split and JSON cannot be combined', {
      hint: 'choose one of them',
    });
  }
  if (split !== undefined) return writeSplit(certificates, split);
  if (pem) return certificates.map((certificate) => encodePem('CERTIFICATE', certificate.der)).join('');
  if (!der) return null;
  const [only, ...others] = certificates;
  if (only === undefined || others.length > 0) {
    throw new TrustError(
      'usage/too-many-certificates',
      `--der prints one certificate, ${certificates.length} were found`,
      { hint: 'use --pem or --split' },
    );
  }
  return only.der;
}

function toInputJson(
  { input, kind, certificates, described, notes, errors: [error, ...others] }: ReadInput,
  entryOf: EntryOfDescribed,
): Record<string, unknown> {
  return {
    input,
    kind,
    certificates: toCertificates({ certificates, described }, entryOf),
    notes,
    ...(error === undefined ? {} : { error: toErrorJson(error) }),
    ...(others.length === 0 ? {} : { errors: [error, ...others].map((one) => toErrorJson(one as TrustError)) }),
  };
}

/** One certificate a line, for programs that read streams. */
function renderLines(inputs: readonly ReadInput[], entryOf: EntryOfDescribed): string {
  return inputs
    .flatMap((input) => toCertificates(input, entryOf))
    .map(renderLine)
    .join('');
}

function toCertificates(
  { certificates, described }: Pick<ReadInput, 'certificates' | 'described'>,
  entryOf: EntryOfDescribed,
): readonly (CertificateJson | DescribedCertificateJson)[] {
  return [
    ...certificates.map((certificate) => toCertificateJson(certificate, findRoot(certificate.sha256))),
    ...described.map((one) => toDescribedCertificateJson(one, entryOf(one))),
  ];
}
