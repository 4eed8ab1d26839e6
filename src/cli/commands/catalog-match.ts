/**
 * `catalog match`: which public root is this certificate, or which one does it only look like.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { findRoot } from '../../catalog/catalog.js';
import { type Relation, relateToCatalog } from '../../catalog/relation.js';
import { checkRelation } from '../../check/catalog-relation.js';
import type { Finding } from '../../check/finding.js';
import { checkEntry } from '../../check/rules/catalog-status.js';
import { type ExitStatus, worstStatus } from '../../errors.js';
import { renderCatalogInfo, toCatalogInfoJson } from '../../report/catalog.js';
import { renderMatches, toMatchJson } from '../../report/catalog-match.js';
import { answer, statusOf, toFindings } from '../answer.js';
import { certificatesOf, errorsOf, restorationsOf } from '../input-contents.js';
import { type InputArgs, inputOptions, readingOf } from '../input-options.js';
import { readInputs } from '../inputs.js';
import type { Io } from '../io.js';
import {
  allowEmptyOption,
  type CommonArgs,
  commonOptions,
  failOnOption,
  inputsPositional,
  passwordOptions,
} from '../options.js';
import { type PasswordArgs, storePassword } from '../password.js';
import { describeCatalog } from '../site-catalog.js';

interface MatchArgs extends CommonArgs, PasswordArgs, InputArgs {
  readonly input: string[];
  readonly allowEmpty: boolean;
  readonly failOn: 'warning' | 'error';
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('input', inputsPositional)
    .options(commonOptions)
    .option('fail-on', { ...failOnOption, describe: 'End with status 1 for a root with such a finding, too' })
    .option('allow-empty', allowEmptyOption)
    .options(inputOptions)
    .options(passwordOptions)
    .example('$0 catalog match vendor.zip', 'Are these the public roots they say they are?');
}

export async function run(args: MatchArgs, io: Io): Promise<ExitStatus> {
  const { inputs } = await readInputs(args.input, io, {
    ...readingOf(args.input, args),
    password: await storePassword(args, io),
    strict: false,
    allowEmpty: args.allowEmpty,
  });
  const matches = relateToCatalog(certificatesOf(inputs)).map((relation) => ({
    relation,
    findings: [...checkRelation(relation), ...statusFindings(relation)],
  }));
  const errors = errorsOf(inputs);
  const restored = restorationsOf(inputs);
  const catalog = describeCatalog(io);
  const json = {
    schema: 'anchorctl/catalog-match/1',
    catalog: toCatalogInfoJson(catalog),
    ...toMatchJson(matches, findRoot),
    findings: [
      ...restored,
      ...toFindings(
        errors,
        inputs.map(({ input }) => input),
      ),
    ],
  };
  const text = `${renderMatches(matches)}${renderCatalogInfo(catalog)}`;
  const status = answer({ json, text, findings: restored, errors }, args, io);
  const areRoots = matches.every(({ relation }) => relation.kind === 'root');
  const failed = statusOf([...restored, ...matches.flatMap(({ findings }) => findings)], args.failOn);
  return worstStatus([status, areRoots ? 0 : 1, failed]);
}

/** What became of a root. */
function statusFindings({ kind, certificate, root }: Relation): readonly Finding[] {
  return kind === 'root' && root !== null ? checkEntry(certificate, root) : [];
}
