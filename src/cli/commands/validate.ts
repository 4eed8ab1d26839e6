/**
 * `validate`: is this certificate fit to be a trust anchor.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { findRoot } from '../../catalog/catalog.js';
import { type Finding, hasErrors } from '../../check/finding.js';
import { findingAbout } from '../../check/rule.js';
import { checkTrustAnchor } from '../../check/rules.js';
import { type ExitStatus, worstStatus } from '../../errors.js';
import { toCertificateJson, toRfc3339 } from '../../report/certificate-json.js';
import { renderCertificate, renderFinding } from '../../report/certificate-text.js';
import type { Certificate } from '../../x509/certificate.js';
import { answer, toFindings } from '../answer.js';
import { parseExpectations } from '../expectations.js';
import { certificatesOf, distinct, errorsOf, readInputs, restorationsOf } from '../inputs.js';
import type { Io } from '../io.js';
import {
  allowEmptyOption,
  atOption,
  type CommonArgs,
  commonOptions,
  endpointsPositional,
  expectOption,
  passwordOptions,
} from '../options.js';
import { type PasswordArgs, storePassword } from '../password.js';

interface ValidateArgs extends CommonArgs, PasswordArgs {
  readonly input: string[];
  readonly as: 'anchor';
  readonly at: Date | undefined;
  readonly strict: boolean;
  readonly allowEmpty: boolean;
  readonly expectSha256: string[] | undefined;
}

/** What was found out about one certificate. */
interface Result {
  readonly certificate: Certificate;
  readonly verdict: 'pass' | 'warn' | 'fail';
  readonly findings: readonly Finding[];
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('input', endpointsPositional)
    .options(commonOptions)
    .option('as', { choices: ['anchor'] as const, default: 'anchor' as const, describe: 'The role it is to have' })
    .option('at', atOption)
    .option('expect-sha256', expectOption)
    .option('strict', { type: 'boolean', default: false, describe: 'Refuse what is usually tolerated with a note' })
    .option('allow-empty', allowEmptyOption)
    .options(passwordOptions)
    .example('$0 validate new-root.cer', 'Fit to be installed?');
}

export async function run(args: ValidateArgs, io: Io): Promise<ExitStatus> {
  const at = args.at ?? io.now();
  const expected = parseExpectations(args.expectSha256).all;
  const { inputs } = await readInputs(args.input, io, {
    password: await storePassword(args, io),
    strict: args.strict,
    allowEmpty: args.allowEmpty,
  });
  const results = distinct(certificatesOf(inputs)).map((certificate) => judge(certificate, at, expected));
  const errors = errorsOf(inputs);
  const json = {
    schema: 'anchorctl/validate/1',
    at: toRfc3339(at),
    results: results.map(({ certificate, verdict, findings }) => ({
      certificate: toCertificateJson(certificate, findRoot(certificate.sha256)),
      role: args.as,
      verdict,
      path: null,
      findings,
    })),
    findings: [...restorationsOf(inputs), ...toFindings(errors)],
  };
  const status = answer(
    { json, text: results.map(renderResult).join('\n'), findings: restorationsOf(inputs), errors },
    args,
    io,
  );
  return worstStatus([status, results.some(({ verdict }) => verdict === 'fail') ? 1 : 0]);
}

function judge(certificate: Certificate, at: Date, expected: ReadonlySet<string>): Result {
  const findings = [...checkTrustAnchor(certificate, { at }), ...checkIdentity(certificate, expected)];
  const warns = findings.some(({ severity }) => severity === 'warning');
  return { certificate, verdict: hasErrors(findings) ? 'fail' : warns ? 'warn' : 'pass', findings };
}

/** Whether it is the certificate that was meant: fitness alone does not make it deserve trust. */
function checkIdentity(certificate: Certificate, expected: ReadonlySet<string>): readonly Finding[] {
  if (expected.has(certificate.sha256)) return [];
  if (expected.size > 0) {
    return [
      findingAbout(
        certificate,
        'trust/fingerprint-mismatch',
        'error',
        'its SHA-256 is not the expected one',
        'it is not the certificate you were told of; do not install it',
      ),
    ];
  }
  if (findRoot(certificate.sha256) !== null) return [];
  return [
    findingAbout(
      certificate,
      'trust/not-established',
      'warning',
      'not a public root that the catalog knows',
      'compare the SHA-256 with what its owner told you by another way, and pass it with --expect-sha256',
    ),
  ];
}

function renderResult({ certificate, verdict, findings }: Result): string {
  const lines = findings.map(
    (finding) => `    ${renderFinding({ ...finding, source: null }).replaceAll('\n  ', '\n      ')}`,
  );
  return `${verdict}\n${renderCertificate(certificate, findRoot(certificate.sha256))}${lines.join('')}`;
}
