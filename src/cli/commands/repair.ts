/**
 * `repair`: a damaged copy of a known root, character by character, and the genuine certificate. Also that of a self-signed
 * certificate that no catalog knows, where one or two misread characters can be put right; it is written only when its
 * fingerprint was expected.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { findRoot } from '../../catalog/catalog.js';
import type { Finding } from '../../check/finding.js';
import { checkTrustAnchor } from '../../check/rules.js';
import { encodePem } from '../../encoding/pem.js';
import { toPrintable } from '../../encoding/printable.js';
import { type ExitStatus, TrustError } from '../../errors.js';
import type { DamagedBlock, RecoveredBlock } from '../../input/read-result.js';
import { toCertificateJson } from '../../report/certificate-json.js';
import { renderDamage, renderRecovery } from '../../report/repair.js';
import type { Certificate } from '../../x509/certificate.js';
import { answer, refuse, toFindings } from '../answer.js';
import { wantsColour } from '../colour.js';
import { parseExpectations, requireNamed } from '../expectations.js';
import { errorOf } from '../failure.js';
import { certificatesOf, distinct, errorsOf, isKnownRoot } from '../input-contents.js';
import { type InputArgs, inputOptions, readingOf } from '../input-options.js';
import { readInputs } from '../inputs.js';
import type { Io } from '../io.js';
import { atOption, type CommonArgs, commonOptions, expectOption, textOption } from '../options.js';
import { INSTEAD_OF_FILE, requireFileName, writeOutput } from '../output.js';
import type { ReadInput } from '../single-input.js';

interface RepairArgs extends CommonArgs, InputArgs {
  readonly input: string;
  readonly out: string | undefined;
  readonly force: boolean;
  readonly expectSha256: string[] | undefined;
  readonly at: Date | undefined;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('input', { type: 'string', demandOption: true, describe: 'The damaged file, or -' })
    .options(commonOptions)
    .option('out', textOption('out', 'Write the genuine certificate to this file instead of stdout'))
    .option('force', { type: 'boolean', default: false, describe: 'Overwrite the file of --out' })
    .option('expect-sha256', expectOption)
    .option('at', atOption)
    .option('limit', inputOptions.limit)
    .example('$0 repair guide.txt --out quovadis.pem', 'What did OCR make of it?');
}

export async function run(args: RepairArgs, io: Io): Promise<ExitStatus> {
  if (args.out !== undefined) requireFileName(args.out, INSTEAD_OF_FILE);
  const expectations = parseExpectations(args.expectSha256);
  const { inputs } = await readInputs([args.input], io, {
    password: null,
    strict: false,
    ...readingOf([args.input], args),
    recover: expectations.all,
  });
  const copies = copiesIn(inputs, expectations.all);
  const { genuine, recovered } = copies;
  const errors = errorsOf(inputs);
  const unmet = errorOf(() =>
    requireNamed(expectations, [...genuine, ...recovered.map(({ certificate }) => certificate)]),
  );
  // What an input holds that could not be read is not known.
  const isRead = inputs.every(({ absence }) => absence === undefined);
  if (unmet.length > 0) return refuse({ errors: isRead ? [...errors, ...unmet] : errors }, args, io);
  if (genuine.length === 0 && errors.length === 0) throw noCopy(inputs[0]?.input ?? '-');
  const pem = genuine.map(({ der }) => encodePem('CERTIFICATE', der)).join('');
  const written = pem === '' ? undefined : args.out;
  if (written !== undefined) await writeOutput(written, pem, args.force, io);
  if (!args.json && !args.quiet) io.stderr(describe(copies, errors.length > 0, written, io));
  const at = args.at ?? io.now();
  const verdicts = genuine.flatMap((certificate) =>
    checkTrustAnchor(certificate, { at }).filter(({ code }) => code.startsWith('catalog/')),
  );
  const findings = [...leftOut(copies.others), ...verdicts];
  const json = {
    schema: 'anchorctl/repair/1',
    ...toJson(copies),
    pem,
    out: written ?? null,
    findings: [
      ...findings,
      ...toFindings(
        errors,
        inputs.map(({ input }) => input),
      ),
    ],
  };
  return answer({ json, text: args.out === undefined ? pem : '', findings, errors }, args, io);
}

/** What an input holds of certificates that are known, or expected. */
interface Copies {
  readonly damaged: readonly DamagedBlock[];
  readonly recovered: readonly RecoveredBlock[];
  /** Those among the recovered whose fingerprint was expected. */
  readonly meant: readonly Certificate[];
  /** What is to be written: known roots, damaged or not, and what was meant. */
  readonly genuine: readonly Certificate[];
  /** Whole certificates that are not written, since nothing says what they should be. */
  readonly others: readonly Certificate[];
}

function copiesIn(inputs: readonly ReadInput[], expected: ReadonlySet<string>): Copies {
  const recovered = inputs.flatMap((input) => input.recovered);
  const meant = recovered.map(({ certificate }) => certificate).filter(({ sha256 }) => expected.has(sha256));
  const certificates = distinct(certificatesOf(inputs));
  const genuine = certificates.filter((one) => isKnownRoot(one) || meant.includes(one));
  return {
    damaged: inputs.flatMap(({ damaged }) => damaged),
    recovered,
    meant,
    genuine,
    others: certificates.filter((one) => !genuine.includes(one)),
  };
}

/** Says that an answer is not all of the input. */
function leftOut(others: readonly Certificate[]): readonly Finding[] {
  const [first] = others;
  if (first === undefined) return [];
  const [what, more] =
    others.length === 1 ? ['a certificate is', ''] : [`${others.length} certificates are`, ', the first of them'];
  return [
    {
      code: 'repair/left-out',
      severity: 'warning',
      message: `${what} left out${more}: ${first.displaySubject}; the catalog does not know what it should be`,
      hint: 'see anchorctl validate for whether its signature is right',
      source: first.source,
      sha256: first.sha256,
    },
  ];
}

function noCopy(input: string): TrustError {
  const message = 'it holds no copy of a public root that the catalog knows, damaged or not';
  return new TrustError('repair/unknown-root', message, {
    at: { source: input },
    hint: 'see anchorctl inspect for what it holds',
  });
}

function toJson({ damaged, recovered, meant, genuine }: Copies): Readonly<Record<string, unknown>> {
  return {
    damaged: damaged.map(({ source, certificate, differences }) => ({
      source,
      sha256: certificate.sha256,
      differences,
    })),
    recovered: recovered.map(({ source, certificate, differences }) => ({
      source,
      sha256: certificate.sha256,
      expected: meant.includes(certificate),
      differences,
    })),
    certificates: genuine.map((certificate) => toCertificateJson(certificate, findRoot(certificate.sha256))),
  };
}

function describe(
  { damaged, recovered, others }: Copies,
  hasErrors: boolean,
  written: string | undefined,
  { env, terminal }: Io,
): string {
  const colour = wantsColour(env, terminal.stderr);
  const blocks = [
    ...damaged.map((block) => renderDamage(block, colour)),
    ...recovered.map((block) => renderRecovery(block, colour)),
  ];
  const isRight = blocks.length + others.length === 0 && !hasErrors;
  const found = isRight ? 'nothing is wrong with it\n' : blocks.join('');
  return written === undefined ? found : `${found}written to ${toPrintable(written)}\n`;
}
