/**
 * `snippet`: the block that installs CA certificates on a device, removes them or rolls an install back. It does not
 * decide trust, but says what is known.
 *
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { asksForAction, asWarning, type Finding } from '../../check/finding.js';
import { findingAbout } from '../../check/rule.js';
import { checkTrustAnchor } from '../../check/rules.js';
import { platformNames } from '../../device/platforms.js';
import { renderTrustpoint, requireTrustpointName } from '../../device/render.js';
import {
  type AcceptMode,
  BLOCK_STYLES,
  type Block,
  type BlockAction,
  type BlockStyle,
} from '../../device/trustpoint.js';
import { type ExitStatus, TrustError, worstStatus } from '../../errors.js';
import { findCaPath } from '../../path/ca-path.js';
import type { Certificate } from '../../x509/certificate.js';
import { answer, refuse, statusOf } from '../answer.js';
import { type Expectations, parseExpectations, recoverableBy, requireNamed } from '../expectations.js';
import { certificatesOf, distinct, errorsOf, isKnownRoot, readInputs, restorationsOf } from '../inputs.js';
import type { Io } from '../io.js';
import {
  atOption,
  type CommonArgs,
  commonOptions,
  expectOption,
  failOnOption,
  inputsPositional,
  passwordOptions,
  textOption,
} from '../options.js';
import { writeOutput } from '../output.js';
import { type PasswordArgs, storePassword } from '../password.js';

interface SnippetArgs extends CommonArgs, PasswordArgs {
  readonly input: string[];
  readonly platform: string;
  readonly trustpoint: string | undefined;
  readonly style: BlockStyle;
  readonly accept?: AcceptMode;
  readonly action: BlockAction;
  readonly chain: boolean;
  readonly comments: boolean;
  readonly save: boolean;
  readonly out: string | undefined;
  readonly force: boolean;
  readonly expectSha256: string[] | undefined;
  readonly failOn: 'warning' | 'error';
  readonly at: Date | undefined;
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('input', inputsPositional)
    .options(commonOptions)
    .option('platform', {
      ...textOption('platform', `The kind of device: ${platformNames().join(', ')}`),
      demandOption: true,
    })
    .option('trustpoint', {
      ...textOption(
        'trustpoint',
        'Its name on the device: 1 to 32 letters, digits, dots, underscores, hyphens; not needed for the trustpool',
      ),
    })
    .option('action', {
      choices: ['install', 'remove', 'rollback'] as const,
      default: 'install' as const,
      describe: 'What the block does; rollback undoes an install that may have stopped half-way',
    })
    .option('style', {
      choices: BLOCK_STYLES,
      default: 'paste' as const,
      describe:
        'PEM for the dialog of the console, the rows of a running configuration, which asks nothing, or PEM for the trustpool',
    })
    .option('accept', {
      choices: ['fingerprint', 'prompt'] as const,
      describe:
        'Why the device takes the certificate: a fingerprint set before (the default where there is one), or a yes',
    })
    .option('chain', { type: 'boolean', default: false, describe: 'Take several CAs, and sort them by issuer' })
    .option('comments', { type: 'boolean', default: false, describe: 'Say in the block what the certificates are' })
    .option('save', {
      type: 'boolean',
      default: true,
      describe: 'Save the configuration at the end; --no-save does not',
    })
    .option('out', textOption('out', 'Write the block to this file, or into this folder, instead of stdout'))
    .option('force', { type: 'boolean', default: false, describe: 'Overwrite the file of --out' })
    .option('expect-sha256', expectOption)
    .option('fail-on', failOnOption)
    .option('at', atOption)
    .options(passwordOptions)
    .example('$0 snippet new-root.cer --platform ios-xe --trustpoint NEW-ROOT', 'A block to paste into a router');
}

export async function run(args: SnippetArgs, io: Io): Promise<ExitStatus> {
  // Before any input is read: a call that cannot be meant needs none.
  if (args.style !== 'trustpool') requireTrustpointName(args.trustpoint);
  const at = args.at ?? io.now();
  const expectations = parseExpectations(args.expectSha256);
  const { inputs } = await readInputs(args.input, io, {
    password: await storePassword(args, io),
    strict: false,
    recover: recoverableBy(expectations),
  });
  const restorations = restorationsOf(inputs);
  const errors = errorsOf(inputs);
  if (errors.length > 0) return refuse({ errors, findings: restorations }, args, io);
  const certificates = distinct(certificatesOf(inputs));
  requireNamed(expectations, certificates);
  const blocks = renderTrustpoint(certificates, args);
  requireVouched(certificates, expectations.all, at);
  const findings = [
    ...restorations,
    ...(args.action === 'install' ? certificates.flatMap((one) => warnAbout(one, expectations, at)) : []),
    ...blocks.flatMap((block) => notesOf(block, certificates)),
  ];
  if (args.out !== undefined) {
    for (const block of blocks) await writeOutput(pathOf(block, args.out), block.text, args.force);
  }
  const text = args.out === undefined ? blocks.map((block) => block.text).join('') : '';
  const json = { schema: 'anchorctl/snippet/1', blocks: blocks.map(({ notes, ...block }) => block), findings };
  return worstStatus([answer({ json, text, findings }, args, io), statusOf(findings, args.failOn)]);
}

/** Where fingerprints are given, every certificate has one of them or a valid path to one that has. */
function requireVouched(certificates: readonly Certificate[], expected: ReadonlySet<string>, at: Date): void {
  if (expected.size === 0) return;
  const isExpected = ({ sha256 }: Certificate) => expected.has(sha256);
  const trustAnchors = certificates.filter(isExpected);
  const isVouched = (certificate: Certificate) =>
    isExpected(certificate) || findCaPath(certificate, { trustAnchors, intermediates: certificates, at }) !== null;
  const other = certificates.find((certificate) => !isVouched(certificate));
  if (other === undefined) return;
  throw new TrustError(
    'trust/fingerprint-mismatch',
    `${other.subject} has the SHA-256 ${other.sha256}, which is not an expected one, nor did an expected CA issue it`,
    { hint: 'leave it out, or compare its SHA-256 with what its owner told you and add that to --expect-sha256' },
  );
}

/** What a careful person would want to know; nothing of it keeps a block from being printed. */
function warnAbout(certificate: Certificate, { all }: Expectations, at: Date): readonly Finding[] {
  const unfit = checkTrustAnchor(certificate, { at })
    // Device blocks are where intermediates belong; one without its root has a note of the block itself.
    .filter((finding) => asksForAction(finding) && finding.code !== 'anchor/not-self-signed')
    .map(asWarning);
  if (all.size > 0 || isKnownRoot(certificate)) return unfit;
  const unknown = findingAbout(
    certificate,
    'trust/not-established',
    'warning',
    `${certificate.subject} is not a public root that the catalog knows; its SHA-256 is ${certificate.sha256}`,
    'compare the SHA-256 with what its owner told you by another way',
  );
  return [unknown, ...unfit];
}

function notesOf({ notes }: Block, certificates: readonly Certificate[]): readonly Finding[] {
  return notes.map((note) => ({
    ...note,
    severity: 'warning',
    source: certificates.find(({ sha256 }) => sha256 === note.sha256)?.source ?? null,
  }));
}

/** `--out` names the file, or a folder, in which the file is named as in a run folder. */
function pathOf({ platform, trustpoint, action }: Block, out: string): string {
  const isFolder = /[/\\]$/.test(out) || (existsSync(out) && statSync(out).isDirectory());
  return isFolder ? join(out, `${platform}-${trustpoint}.${action}.txt`) : out;
}
