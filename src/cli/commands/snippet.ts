/**
 * `snippet`: the block that installs CA certificates on a device, removes them or rolls an install back. It does not
 * decide trust, but says what is known.
 *
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Argv, Options } from 'yargs';
import { checkFitness, consumerNames } from '../../check/consumers.js';
import { asksForAction, asWarning, type Finding } from '../../check/finding.js';
import { findingAbout } from '../../check/rule.js';
import { checkTrustAnchor } from '../../check/rules.js';
import { platformNames } from '../../device/platforms.js';
import type { RevocationMethod } from '../../device/settings.js';
import {
  type AcceptMode,
  BLOCK_STYLES,
  type Block,
  type BlockAction,
  type BlockStyle,
} from '../../device/trustpoint.js';
import { renderVerification } from '../../device/verification.js';
import { type ExitStatus, expectTrustError, TrustError, worstStatus } from '../../errors.js';
import { findCaPath } from '../../path/ca-path.js';
import type { Certificate } from '../../x509/certificate.js';
import { answer, refuse, statusOf, toFindings } from '../answer.js';
import { type Expectations, parseExpectations, recoverableBy, requireNamed } from '../expectations.js';
import { errorOf } from '../failure.js';
import { certificatesOf, distinct, errorsOf, isKnownRoot, restorationsOf } from '../input-contents.js';
import { type InputArgs, inputOptions, readingOf } from '../input-options.js';
import { readInputs } from '../inputs.js';
import type { Io } from '../io.js';
import {
  atOption,
  type CommonArgs,
  choiceOption,
  commonOptions,
  expectOption,
  failOnOption,
  inputsPositional,
  listOption,
  passwordOptions,
  textOption,
} from '../options.js';
import { INSTEAD_OF_FILE, type Output, requireFileName, requireFolderName, writeOutputs } from '../output.js';
import { type PasswordArgs, storePassword } from '../password.js';
import {
  checkForm,
  checkReplacementArgs,
  fileNameOf,
  type ReplacementArgs,
  renderBlocks,
  replacementOptions,
  verificationNameOf,
} from '../replacement.js';

interface SnippetArgs extends CommonArgs, PasswordArgs, ReplacementArgs, InputArgs {
  readonly input: string[];
  readonly platform: string;
  readonly trustpoint: string | undefined;
  readonly style: BlockStyle;
  readonly accept?: AcceptMode;
  readonly action: BlockAction;
  readonly chain: boolean;
  readonly comments: boolean;
  readonly save: boolean;
  readonly revocationCheck: string[] | undefined;
  readonly vrf: string | undefined;
  readonly sourceInterface: string | undefined;
  readonly legacyKeywords: boolean;
  readonly verify: boolean;
  readonly out: string | undefined;
  readonly force: boolean;
  readonly expectSha256: string[] | undefined;
  readonly failOn: 'warning' | 'error';
  readonly at: Date | undefined;
}

/** What the block is to do, and how. */
const blockOptions: Readonly<Record<string, Options>> = {
  platform: {
    ...textOption('platform', `The kind of device: ${platformNames().join(', ')}`),
    demandOption: true,
  },
  trustpoint: textOption(
    'trustpoint',
    'Its name on the device: 1 to 32 letters, digits, dots, underscores, hyphens; not needed for the trustpool',
  ),
  action: {
    ...choiceOption(
      'action',
      ['install', 'remove', 'rollback'],
      'What the block does; rollback undoes an install that may have stopped half-way',
    ),
    default: 'install',
  },
  style: {
    ...choiceOption(
      'style',
      BLOCK_STYLES,
      'PEM for the dialog of the console, the rows of a running configuration, which asks nothing, or PEM for the trustpool',
    ),
    default: 'paste',
  },
  accept: choiceOption(
    'accept',
    ['fingerprint', 'prompt'],
    'Why the device takes the certificate: a fingerprint set before (the default where there is one), or a yes',
  ),
  chain: { type: 'boolean', default: false, describe: 'Take several CAs, and sort them by issuer' },
  comments: { type: 'boolean', default: false, describe: 'Say in the block what the certificates are' },
  save: { type: 'boolean', default: true, describe: 'Save the configuration at the end; --no-save does not' },
};

/** What the device is to do with the certificates, and how its keywords are spelled. */
const settingOptions: Readonly<Record<string, Options>> = {
  'revocation-check': listOption(
    'revocation-check',
    'How revocation is checked: none, crl, ocsp, or several in order ("crl none")',
  ),
  vrf: textOption('vrf', 'The VRF in which the device reaches the CA'),
  'source-interface': textOption('source-interface', 'The interface from which the device asks the CA'),
  'legacy-keywords': {
    type: 'boolean',
    default: false,
    describe: 'Write crypto ca, for Cisco IOS before 12.3(7)T',
  },
};

/** Where the answer goes. */
const outputOptions: Readonly<Record<'out' | 'force', Options>> = {
  out: textOption(
    'out',
    'Write the block to this file, or into this folder, instead of stdout; what it loads beside it',
  ),
  force: {
    type: 'boolean',
    default: false,
    describe: 'Overwrite the file of --out, and remove what is built in, in use or holds something else',
  },
};

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('input', inputsPositional)
    .options(commonOptions)
    .options(blockOptions)
    .options(settingOptions)
    .option('verify', {
      type: 'boolean',
      default: false,
      describe: 'Print what to type after the block and what the device must then print, instead of the block',
    })
    .options(replacementOptions)
    .options(outputOptions)
    .option('expect-sha256', expectOption)
    .options(inputOptions)
    .option('fail-on', failOnOption)
    .option('at', atOption)
    .options(passwordOptions)
    .example('$0 snippet new-root.cer --platform ios-xe --trustpoint NEW-ROOT', 'A block to paste into a router');
}

export async function run(args: SnippetArgs, io: Io): Promise<ExitStatus> {
  // Before any input is read: a call that cannot be meant needs none.
  checkReplacementArgs(args);
  const at = args.at ?? io.now();
  const asked = { ...args, revocationCheck: args.revocationCheck?.flatMap(parseMethods), at };
  checkForm(asked);
  if (args.out !== undefined) requireOutputName(args.out, args);
  const expectations = parseExpectations(args.expectSha256);
  const { inputs } = await readInputs(args.input, io, {
    ...readingOf(args.input, args),
    password: await storePassword(args, io),
    strict: false,
    recover: recoverableBy(expectations),
  });
  const restorations = restorationsOf(inputs);
  const errors = errorsOf(inputs);
  const certificates = distinct(certificatesOf(inputs));
  if (errors.length > 0) {
    const refusals = await refusalsOf(certificates, { asked, expected: expectations.all, at }, io);
    return refuse({ errors: [...errors, ...refusals], findings: restorations }, args, io);
  }
  requireNamed(expectations, certificates);
  const { blocks, refusals, findings: besides } = await renderBlocks(certificates, asked, io);
  requireVouched(certificates, expectations.all, at);
  const brings = args.action === 'install' && (args.stage ?? 'add') === 'add';
  const findings = [
    ...restorations,
    ...(brings ? certificates.flatMap((one) => warnAbout(one, expectations, at)) : []),
    ...(brings ? certificates.flatMap((one) => warnOfLimits(one, args.platform)) : []),
    ...besides,
    ...withoutRepeats(blocks.flatMap((block) => notesOf(block, certificates))),
  ];
  if (blocks.length === 0) return refuse({ errors: refusals, findings }, args, io);
  const printed = blocks.filter(({ text }) => text !== '');
  if (args.out !== undefined) await writeOutputs(outputsOf(printed, certificates, args.out, args), args.force, io);
  const text = textOf(printed, certificates, args);
  const json = {
    schema: 'anchorctl/snippet/1',
    blocks: printed.map(toBlockJson),
    findings: [...findings, ...toFindings(refusals)],
  };
  return worstStatus([answer({ json, text, findings, errors: refusals }, args, io), statusOf(findings, args.failOn)]);
}

/** @throws {TrustError} `usage/bad-value` for what names no file, nor a folder where one is needed */
function requireOutputName(out: string, args: SnippetArgs): void {
  if (isFolder(out, args)) requireFolderName(out, 'without --out a block goes to standard output');
  else requireFileName(out, INSTEAD_OF_FILE);
}

/**
 * What would refuse a call besides the inputs that could not be read. These may hold the CA that vouches for others, but for no
 * root.
 */
async function refusalsOf(
  certificates: readonly Certificate[],
  { asked, expected, at }: { asked: Parameters<typeof renderBlocks>[1]; expected: ReadonlySet<string>; at: Date },
  io: Io,
): Promise<readonly TrustError[]> {
  if (certificates.length === 0) return [];
  const roots = certificates.filter(({ selfIssued }) => selfIssued);
  const unexpected = errorOf(() => requireVouched(roots, expected, at));
  try {
    return [...(await renderBlocks(certificates, asked, io)).refusals, ...unexpected];
  } catch (error) {
    return [expectTrustError(error), ...unexpected];
  }
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

/** What documents say that the device cannot take. */
function warnOfLimits(certificate: Certificate, platform: string): readonly Finding[] {
  if (!consumerNames().includes(platform)) return [];
  return checkFitness(certificate, { consumers: [platform] })
    .filter(asksForAction)
    .map(asWarning);
}

/** The words of `--revocation-check`, which `renderTrustpoint` checks. */
function parseMethods(text: string): readonly RevocationMethod[] {
  return text.split(/[\s,]+/).filter((word) => word !== '') as RevocationMethod[];
}

/** A block in a document: its notes are among the findings. */
function toBlockJson({ notes, platform, trustpoint, style, action, stage, ...rest }: Block): Omit<Block, 'notes'> {
  return { platform, trustpoint, style, action, ...(stage === undefined ? {} : { stage }), ...rest };
}

function notesOf({ notes }: Block, certificates: readonly Certificate[]): readonly Finding[] {
  return notes.map(({ code, severity, message, hint, sha256 }) => ({
    code,
    severity: severity ?? 'warning',
    message,
    hint,
    source: certificates.find((certificate) => certificate.sha256 === sha256)?.source ?? null,
    ...(sha256 === undefined ? {} : { sha256 }),
  }));
}

/** What every stage of a replacement says is said once. */
function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.code} ${finding.message}`, finding])).values()];
}

/** What goes to stdout: the blocks, or how to see that they worked, unless a file or folder has it. */
function textOf(blocks: readonly Block[], certificates: readonly Certificate[], args: SnippetArgs): string {
  const { out, verify } = args;
  const isBesideThem = out !== undefined && isFolder(out, args);
  if (verify && !isBesideThem) return blocks.map((block) => renderVerification(block, certificates)).join('\n');
  return out === undefined ? blocks.map((block) => block.text).join('') : '';
}

/**
 * A folder has a file for each block, named as in a run folder, and one beside it that says how to see that it worked. What a
 * block loads goes beside it too, and first: without it the block is of no use.
 */
function outputsOf(
  blocks: readonly Block[],
  certificates: readonly Certificate[],
  out: string,
  args: SnippetArgs,
): readonly Output[] {
  const folder = isFolder(out, args);
  return blocks.flatMap((block) => {
    const path = folder ? join(out, fileNameOf(block)) : out;
    return [
      ...block.files.map(({ name, text }) => ({ path: join(dirname(path), name), text })),
      { path, text: block.text },
      ...(folder && args.verify && block.verify.length > 0
        ? [{ path: join(out, verificationNameOf(block)), text: renderVerification(block, certificates) }]
        : []),
    ];
  });
}

/** Several stages need a folder. */
function isFolder(out: string, { replace, stage }: SnippetArgs): boolean {
  const hasStages = replace !== undefined && stage === undefined;
  return hasStages || /[/\\]$/.test(out) || (existsSync(out) && statSync(out).isDirectory());
}
