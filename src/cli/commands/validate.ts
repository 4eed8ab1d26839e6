/**
 * `validate`: is this certificate fit to be a trust anchor, or does it have a valid path to one.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { consumerNames } from '../../check/consumers.js';
import { toRfc3339 } from '../../encoding/rfc3339.js';
import { type ExitStatus, TrustError, worstStatus } from '../../errors.js';
import { validateAnchors } from '../anchor-role.js';
import { answer, toFindings } from '../answer.js';
import { parseExpectations } from '../expectations.js';
import { certificatesOf, distinct, errorsOf, restorationsOf } from '../input-contents.js';
import { type InputArgs, inputOptions, readingOf } from '../input-options.js';
import { readInputs } from '../inputs.js';
import type { Io } from '../io.js';
import {
  allowEmptyOption,
  atOption,
  type CommonArgs,
  choiceOption,
  commonOptions,
  expectOption,
  inputsPositional,
  listOption,
  passwordOptions,
} from '../options.js';
import { type PasswordArgs, storePassword } from '../password.js';
import { givenPathOptions, type PathArgs, type PathRole, pathOptions, validatePaths } from '../path-role.js';

interface ValidateArgs extends CommonArgs, PasswordArgs, PathArgs, InputArgs {
  readonly input: string[];
  readonly as: Role | undefined;
  readonly at: Date | undefined;
  readonly strict: boolean;
  readonly allowEmpty: boolean;
  readonly expectSha256: string[] | undefined;
  readonly for: string[] | undefined;
}

type Role = 'anchor' | 'path';

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('input', inputsPositional)
    .options(commonOptions)
    .option(
      'as',
      choiceOption(
        'as',
        ['anchor', 'path'],
        'The role it is to have; default: path with an option for paths or an endpoint, else anchor',
      ),
    )
    .options(pathOptions)
    .option('for', {
      ...listOption('for', 'A consumer that is to take it: its limits (docs/consumers.md) are errors or warnings'),
      choices: consumerNames(),
    })
    .option('at', atOption)
    .option('expect-sha256', expectOption)
    .option('strict', { type: 'boolean', default: false, describe: 'Refuse what is usually tolerated with a note' })
    .option('allow-empty', allowEmptyOption)
    .options(inputOptions)
    .options(passwordOptions)
    .example('$0 validate new-root.cer', 'Fit to be installed?')
    .example('$0 validate new-root.cer --for java8 --for asa', 'Can these take it?')
    .example('$0 validate tls://gw:8443 --anchors trust.jks', 'Will clients with this keystore connect?');
}

export async function run(args: ValidateArgs, io: Io): Promise<ExitStatus> {
  const role = roleOf(args);
  const at = args.at ?? io.now();
  const expected = parseExpectations(args.expectSha256).all;
  const consumers = args.for ?? [];
  const { strict, allowEmpty, host } = args;
  const reading = readingOf(args.input, args);
  const password = await storePassword(args, io);
  const serverName = reading.serverName ?? (host?.kind === 'dns' ? host.value : undefined);
  const { inputs } = await readInputs(args.input, io, { ...reading, password, strict, allowEmpty, serverName });
  const judged: PathRole =
    role === 'path'
      ? await validatePaths(inputs, { ...args, at, expected, consumers, password }, io)
      : {
          results: await validateAnchors(distinct(certificatesOf(inputs)), { at, expected, consumers }),
          findings: [],
          errors: [],
        };
  const findings = [...restorationsOf(inputs), ...judged.findings];
  const errors = [...errorsOf(inputs), ...judged.errors];
  const json = {
    schema: 'anchorctl/validate/1',
    at: toRfc3339(at),
    results: judged.results.map((result) => result.json),
    findings: [
      ...findings,
      ...toFindings(
        errors,
        inputs.map(({ input }) => input),
      ),
    ],
  };
  const text = judged.results.map((result) => result.text).join('\n');
  const status = answer({ json, text, findings, errors }, args, io);
  return worstStatus([status, judged.results.some(({ verdict }) => verdict === 'fail') ? 1 : 0]);
}

/** What the call is about, where it does not say so itself. */
function roleOf(args: ValidateArgs): Role {
  const given = givenPathOptions(args);
  if (args.as === 'anchor' && given.length > 0) {
    throw new TrustError('usage/conflict', `--as anchor takes no ${given.join(', ')}`, {
      hint: 'leave out --as anchor to look for a path, or the other options to judge an anchor by itself',
    });
  }
  const isAboutPaths = given.length > 0 || args.input.some((input) => input.startsWith('tls://'));
  return args.as ?? (isAboutPaths ? 'path' : 'anchor');
}
