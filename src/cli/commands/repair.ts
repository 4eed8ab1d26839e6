/**
 * `repair`: a damaged copy of a known root, character by character, and the genuine certificate.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { findRoot } from '../../catalog/catalog.js';
import { encodePem } from '../../encoding/pem.js';
import { type ExitStatus, TrustError } from '../../errors.js';
import { toCertificateJson } from '../../report/certificate-json.js';
import { renderDamage } from '../../report/repair.js';
import { answer } from '../answer.js';
import { certificatesOf, distinct, errorsOf, isKnownRoot, readInputs } from '../inputs.js';
import type { Io } from '../io.js';
import { type CommonArgs, commonOptions, textOption } from '../options.js';
import { writeOutput } from '../output.js';

interface RepairArgs extends CommonArgs {
  readonly input: string;
  readonly out: string | undefined;
  readonly force: boolean;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('input', { type: 'string', demandOption: true, describe: 'The damaged file, or -' })
    .options(commonOptions)
    .option('out', textOption('out', 'Write the genuine certificate to this file instead of stdout'))
    .option('force', { type: 'boolean', default: false, describe: 'Overwrite the file of --out' })
    .example('$0 repair guide.txt --out quovadis.pem', 'What did OCR make of it?');
}

export async function run(args: RepairArgs, io: Io): Promise<ExitStatus> {
  const { inputs } = await readInputs([args.input], io, { password: null, strict: false });
  const damaged = inputs.flatMap((input) => input.damaged);
  const errors = errorsOf(inputs);
  const genuine = distinct(certificatesOf(inputs).filter(isKnownRoot));
  if (genuine.length === 0 && errors.length === 0) {
    throw new TrustError(
      'repair/unknown-root',
      'what it holds is not damaged, and no public root that the catalog knows',
      {
        at: { source: inputs[0]?.input ?? '-' },
        hint: 'see anchorctl inspect for what it holds',
      },
    );
  }
  const pem = genuine.map(({ der }) => encodePem('CERTIFICATE', der)).join('');
  if (args.out !== undefined && pem !== '') await writeOutput(args.out, pem, args.force);
  if (!args.json)
    io.stderr(
      damaged.length === 0 && errors.length === 0 ? 'nothing is wrong with it\n' : damaged.map(renderDamage).join(''),
    );
  const json = {
    schema: 'anchorctl/repair/1',
    damaged: damaged.map(({ source, certificate, differences }) => ({
      source,
      sha256: certificate.sha256,
      differences,
    })),
    certificates: genuine.map((certificate) => toCertificateJson(certificate, findRoot(certificate.sha256))),
    pem,
    out: args.out ?? null,
  };
  return answer({ json, text: args.out === undefined ? pem : '', errors }, args, io);
}
