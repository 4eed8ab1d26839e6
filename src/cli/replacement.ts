/**
 * The options of `snippet` that put one trustpoint in the place of another, stage by stage, and that hold a block against the
 * configuration of the device.
 *
 * @module
 */
import type { Options } from 'yargs';
import type { Finding } from '../check/finding.js';
import { findHeader } from '../device/config-header.js';
import { requireDialect } from '../device/guards.js';
import { chooseForm, renderTrustpoint } from '../device/render.js';
import { checkReplacementForm, type Replacement, renderReplacement, stagesOf } from '../device/replacement.js';
import type { Block, RenderTrustpointOptions, ReplacementStage } from '../device/trustpoint.js';
import { expectTrustError, TrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import { sourceOf } from '../x509/source.js';
import { readDeviceConfig } from './device-config.js';
import type { Io } from './io.js';
import { choiceOption, textOption } from './options.js';

/** What `replacementOptions` declares. */
export interface ReplacementArgs {
  readonly replace: string | undefined;
  readonly stage?: ReplacementStage;
  readonly config: string | undefined;
}

/** Options of `snippet`. */
export const replacementOptions: Readonly<Record<'replace' | 'stage' | 'config', Options>> = {
  replace: textOption(
    'replace',
    'Put the new trustpoint in the place of this one, in the stages add, switch and remove',
  ),
  stage: choiceOption(
    'stage',
    ['add', 'switch', 'remove'],
    'Only this stage; look at the device before you paste the next one',
  ),
  config: textOption(
    'config',
    'The running configuration of the device, a file or -: what names a trustpoint is switched, what is in the way refused',
  ),
};

/** What a call asks for, as far as these options are concerned. */
interface Asked extends ReplacementArgs {
  readonly input: readonly string[];
  readonly action: 'install' | 'remove' | 'rollback';
  readonly json: boolean;
  readonly out: string | undefined;
}

/**
 * Makes sure that a call can be meant, before anything is read.
 *
 * @throws {TrustError} `usage/…`
 */
export function checkReplacementArgs({ replace, stage, action, config, input, json, out }: Asked): void {
  if (config === '-' && input.includes('-')) {
    throw new TrustError('usage/conflict', 'standard input cannot be both the certificates and the configuration', {
      hint: 'name a file for one of them',
    });
  }
  if (replace === undefined) {
    if (stage === undefined) return;
    throw new TrustError('usage/conflict', '--stage is a part of a replacement', { hint: 'add --replace' });
  }
  if (action === 'remove') {
    throw new TrustError('usage/conflict', '--action remove has no stages', {
      hint: '--stage remove takes out the old trustpoint; --action rollback undoes the replacement',
    });
  }
  stagesOf({ action, stage });
  if (stage === undefined && out === undefined && !json) {
    throw new TrustError('usage/missing-argument', 'the stages of a replacement must not be pasted in one go', {
      hint: 'choose one with --stage, or write a file for each with --out DIR',
    });
  }
}

/**
 * Makes sure that there can be blocks of the form that a call asks for, before anything is read.
 *
 * @throws {TrustError} `usage/…`, `device/…`
 */
export function checkForm(args: RenderTrustpointOptions & ReplacementArgs): void {
  const { replace, config, action = 'install' } = args;
  if (replace !== undefined && action !== 'remove') {
    checkReplacementForm({ ...args, replace, action });
    return;
  }
  const { platform, style } = chooseForm(args);
  if (config !== undefined && style !== 'trustpool') requireDialect(platform);
}

/** The blocks of a call, and what is to be said besides their notes. */
export interface RenderedBlocks extends Replacement {
  readonly findings: readonly Finding[];
}

/**
 * Renders the blocks of a call; the stages of a replacement may leave one out, and say why.
 *
 * @throws {TrustError} what reading the configuration and rendering throws
 */
export async function renderBlocks(
  certificates: readonly Certificate[],
  args: RenderTrustpointOptions & ReplacementArgs,
  io: Io,
): Promise<RenderedBlocks> {
  const config = args.config === undefined ? null : await readDeviceConfig(args.config, io);
  const { replace, action } = args;
  const options = { ...args, config: config?.text };
  const takesOut = replace !== undefined || (action ?? 'install') !== 'install';
  const isPart = config !== null && (!config.isWhole || isCutOff(config.text, args.platform));
  const findings = [
    ...(takesOut && isPart ? [aboutPart(args.config ?? '-')] : []),
    ...(config === null ? [] : aboutPlatform(config.text, args.platform, args.config ?? '-')),
  ];
  const place = (error: TrustError) =>
    args.config !== undefined && IN_CONFIGURATION.has(error.code) ? error.within({ source: args.config }) : error;
  try {
    if (replace === undefined || action === 'remove') {
      return { blocks: renderTrustpoint(certificates, options), refusals: [], findings };
    }
    const { blocks, refusals } = renderReplacement(certificates, { ...options, replace, action: action ?? 'install' });
    return { blocks, refusals: refusals.map(place), findings };
  } catch (error) {
    throw place(expectTrustError(error));
  }
}

/** Whether the line is missing with which configurations of IOS, IOS XE and IOS XR end; the others may end in any. */
function isCutOff(text: string, platform: string): boolean {
  return platform.startsWith('ios') && !/^[ \t]*end[ \t\r]*$/m.test(text);
}

/** A block for one platform, held against the configuration of another, looks right and does nothing that is wanted. */
function aboutPlatform(text: string, platform: string, path: string): readonly Finding[] {
  const header = findHeader(text);
  if (header === null || header.platforms.includes(platform)) return [];
  return [
    {
      code: 'device/other-platform',
      severity: 'warning',
      message: `this looks like a configuration of ${header.title} ("${header.text}"), and the block is for ${platform}`,
      hint: `give the configuration of the device, or its platform: --platform ${header.platforms[0]}`,
      source: sourceOf(path, { line: header.line }),
    },
  ];
}

function aboutPart(path: string): Finding {
  return {
    code: 'device/partial-config',
    severity: 'warning',
    message: 'this may be a part of a configuration: what names a trustpoint elsewhere cannot be seen',
    hint: 'save what "show running-config" prints, all of it',
    source: sourceOf(path),
  };
}

/** What a running configuration speaks against; the line is one of it. */
const IN_CONFIGURATION: ReadonlySet<string> = new Set([
  'device/holds-identity',
  'device/in-use',
  'device/name-in-use',
  'device/several-devices',
]);

/** What a file of a block is called in a folder: stages by their own names, so that nobody takes one for another. */
export function fileNameOf({ platform, trustpoint, action, stage }: Block): string {
  const what = stage === undefined ? action : action === 'install' ? stage : `${action}-${stage}`;
  return `${platform}-${trustpoint}.${what}.txt`;
}

/** The same of the file that says how to see that a block worked. */
export function verificationNameOf(block: Block): string {
  const isPlain = block.stage === undefined && block.action === 'install';
  return isPlain
    ? `${block.platform}-${block.trustpoint}.verify.txt`
    : fileNameOf(block).replace(/\.txt$/, '.verify.txt');
}
