/**
 * From certificates to the block that a console takes: checks what was asked, sorts the certificates, has the platform
 * write the lines.
 *
 * @module
 */
import { groupBy } from '../encoding/group-by.js';
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError, TrustError } from '../errors.js';
import { asCertificate, type Certificate } from '../x509/certificate.js';
import { arrangeInTrustpool } from './arrange.js';
import { type Chain, sortIntoChains } from './chain.js';
import {
  isInstalled,
  noteAbsent,
  objectionsToRemoval,
  overridden,
  parseConfiguration,
  trustpointNamed,
} from './guards.js';
import { noteClock, noteFiles } from './notes.js';
import { platformOf } from './platforms.js';
import { chooseSettings, type TrustpointSettings } from './settings.js';
import {
  type AcceptMode,
  type Block,
  type BlockAction,
  type BlockNote,
  type BlockRequest,
  type BlockStyle,
  type BlockTrustpoint,
  type Platform,
  type RenderTrustpointOptions,
  TRUSTPOOL,
  type Trustpoint,
} from './trustpoint.js';
import { checkTrustpointName } from './trustpoint-name.js';
import { requireTypable } from './typable.js';
import { verificationsOf } from './verification.js';

/** Sorting checks every pair with fitting names; no device holds nearly as many trustpoints. */
const MAX_CERTIFICATES = 100;

const ACTIONS: readonly BlockAction[] = ['install', 'remove', 'rollback'];

/** What was asked for, checked and laid out. */
export interface PlannedBlock {
  readonly platform: Platform;
  /** As `Block.trustpoint`. */
  readonly trustpoint: string;
  /** With every trustpoint that is to be there in the end. */
  readonly request: BlockRequest;
}

/**
 * Renders the block that installs CA certificates on a device, removes their trustpoints, or undoes an install that
 * stopped anywhere. Trust is not decided here: any CA certificate is rendered.
 *
 * @param certificates - decoded or as DER, in any order; duplicates count once. More than one only with `chain`.
 * @returns one block
 * @throws {TrustError} what `planBlock` and `renderBlock` throw
 */
export function renderTrustpoint(
  certificates: readonly (Certificate | Uint8Array)[],
  options: RenderTrustpointOptions,
): readonly Block[] {
  return [renderBlock(planBlock(certificates, options), options)];
}

/** What is asked for, as far as it is known without certificates. */
type BlockForm = Pick<PlannedBlock, 'platform' | 'trustpoint'> & Omit<BlockRequest, 'trustpoints'>;

/**
 * Decides what form a block has, and that there can be such a block: no certificate is needed for that.
 *
 * @throws {TrustError} `device/unknown-platform`, `device/unsupported-style`, `device/unsupported-accept`,
 *   `device/unsupported-action`, `device/unsupported-setting`, `usage/missing-argument` (no name), `usage/bad-value` (an
 *   unknown action, a setting of no known form, an `at` that is no date), `device/bad-name`
 */
export function chooseForm(options: RenderTrustpointOptions): BlockForm {
  const { comments = false, save = true, action = 'install' } = options;
  const platform = platformOf(options.platform);
  const style = chooseStyle(platform, options.style ?? 'paste');
  const settings = chooseSettingsOf(platform, style, options);
  const accept = chooseAcceptMode(platform, style, options.accept, settings);
  requireAction(action, ACTIONS);
  if (options.at !== undefined && Number.isNaN(options.at.getTime())) {
    throw new TrustError('usage/bad-value', 'the date as of which the block is judged is not a date');
  }
  const trustpoint =
    style === 'trustpool' ? TRUSTPOOL : requireTrustpointName(options.trustpoint, mayBeBuiltIn(options));
  if (style === 'trustpool' && action !== 'install') throw refusedByTrustpool(platform);
  return { platform, trustpoint, action, style, accept, comments, save, settings };
}

/** Built-in trustpoints are there to be removed by force, and never to be installed. */
function mayBeBuiltIn({ action, force = false }: RenderTrustpointOptions): boolean {
  return force && action === 'remove';
}

/**
 * Decides what a block is made of.
 *
 * @throws {TrustError} what `chooseForm` throws; `certificate/malformed`, `input/no-certificate`,
 *   `usage/too-many-certificates`, `device/not-a-ca`, `device/bad-name`
 */
export function planBlock(
  certificates: readonly (Certificate | Uint8Array)[],
  options: RenderTrustpointOptions,
): PlannedBlock {
  const { platform, trustpoint, ...form } = chooseForm(options);
  const chains = sortIntoChains(collectCas(certificates, options.chain ?? false));
  const installed =
    form.style === 'trustpool'
      ? arrangeInTrustpool(chains)
      : arrangeInTrustpoints(platform, chains, trustpoint, mayBeBuiltIn(options));
  const trustpoints = form.action === 'install' ? installed : [...installed].reverse();
  return { platform, trustpoint, request: { ...form, trustpoints } };
}

/**
 * Callers without types are told what there is.
 *
 * @throws {TrustError} `usage/bad-value`
 */
export function requireAction(action: BlockAction, known: readonly BlockAction[]): void {
  if (known.includes(action)) return;
  throw new TrustError('usage/bad-value', `"${toPrintable(String(action))}" is not an action`, {
    hint: `choose one of ${known.join(', ')}`,
  });
}

/**
 * Has the platform write a block, as far as the device's configuration does not speak against it.
 *
 * @throws {TrustError} `device/name-in-use`, `device/in-use`, `device/holds-identity`; `usage/conflict` for a platform whose
 *   configurations are not read
 */
export function renderBlock({ platform, trustpoint, request }: PlannedBlock, options: RenderTrustpointOptions): Block {
  const { style, action } = request;
  const { trustpoints, notes } = checkConfiguration(platform, request, options);
  const left = { ...request, trustpoints };
  const files = action === 'install' ? (platform.files?.render(left) ?? []) : [];
  return {
    platform: platform.name,
    trustpoint,
    style,
    action,
    text: trustpoints.length === 0 ? '' : toText(platform.render(left), platform.columns),
    files,
    certificates: [...new Set(trustpoints.flatMap((item) => item.certificates.map(({ sha256 }) => sha256)))],
    trustpoints: namesAndDigests(trustpoints),
    verify: verificationsOf(platform, left),
    notes: [
      ...noteFiles(files, platform.files?.folder ?? ''),
      ...(trustpoints.length === 0 ? [] : platform.notes(left)),
      ...noteClock(left, options.at),
      ...notes,
    ],
  };
}

/**
 * Lines as they are pasted.
 *
 * @param columns - that the platform takes whole; default: the usual ones
 * @throws {TrustError} `device/unprintable`: something that no console takes as it stands
 */
export function toText(lines: readonly string[], columns?: number): string {
  requireTypable(lines, columns);
  return lines.map((line) => `${line}\n`).join('');
}

/** What is left to do of a request on a device with this configuration, and what to say about the rest. */
function checkConfiguration(
  platform: Platform,
  { action, style, trustpoints }: BlockRequest,
  { config, force = false }: RenderTrustpointOptions,
): Pick<BlockRequest, 'trustpoints'> & Pick<Block, 'notes'> {
  // The pool has no names that could be taken.
  if (config === undefined || style === 'trustpool') return { trustpoints, notes: [] };
  const configuration = parseConfiguration(platform, config);
  if (action === 'install') {
    const there = trustpoints.filter((wanted) => isInstalled(wanted, configuration));
    return {
      trustpoints: trustpoints.filter((wanted) => !there.includes(wanted)),
      notes: there.map(noteInstalled),
    };
  }
  const objections = objectionsToRemoval(trustpoints, configuration);
  if (objections[0] !== undefined && !force) throw objections[0];
  const absent =
    action === 'remove' ? trustpoints.filter(({ name }) => trustpointNamed(configuration, name) === undefined) : [];
  return { trustpoints, notes: [...objections.map(overridden), ...absent.map(({ name }) => noteAbsent(name))] };
}

function noteInstalled({ name, certificates: [{ subject, sha256 }] }: Trustpoint): BlockNote {
  return {
    code: 'device/already-installed',
    message: `"${name}" holds ${subject} already, so the block leaves it out`,
    hint: 'nothing; the device has what it needs',
    sha256,
  };
}

/** @param mayBeBuiltIn - as in `checkTrustpointName` */
function requireTrustpointName(trustpoint: string | undefined, mayBeBuiltIn: boolean): string {
  if (trustpoint === undefined) {
    throw new TrustError('usage/missing-argument', 'the name of the trustpoint is missing', {
      hint: 'give it with --trustpoint',
    });
  }
  checkTrustpointName(trustpoint, mayBeBuiltIn);
  return trustpoint;
}

function arrangeInTrustpoints(
  platform: Platform,
  chains: readonly Chain[],
  name: string,
  mayBeBuiltIn: boolean,
): readonly Trustpoint[] {
  const trustpoints = platform.arrange(chains, name);
  for (const made of trustpoints) {
    checkTrustpointName(made.name, mayBeBuiltIn);
    checkNameOn(platform, made.name);
  }
  return trustpoints;
}

function checkNameOn({ name: platform, names }: Platform, name: string): void {
  if (names === undefined || names.pattern.test(name)) return;
  throw new TrustError('device/bad-name', `"${name}" is not a name that ${platform} takes`, { hint: names.hint });
}

function refusedByTrustpool({ name }: Platform): TrustError {
  return new TrustError('device/unsupported-action', `${name} takes no single certificate out of the trustpool`, {
    hint: '"crypto pki trustpool clean" takes out all that were imported; built-in ones stay',
  });
}

/** Trustpoints by name; the pool, which has all its certificates under one, once. */
function namesAndDigests(trustpoints: readonly Trustpoint[]): readonly BlockTrustpoint[] {
  return [...groupBy(trustpoints, ({ name }) => name)].map(([name, parts]) => ({
    name,
    certificates: parts.flatMap(({ certificates }) => certificates.map(({ sha256 }) => sha256)),
  }));
}

function chooseStyle({ name, styles }: Platform, asked: BlockStyle): BlockStyle {
  if (Object.hasOwn(styles, asked)) return asked;
  throw new TrustError('device/unsupported-style', `${name} has no style "${toPrintable(String(asked))}"`, {
    hint: `${name} has ${Object.keys(styles).join(', ')}`,
  });
}

/** The pool has no settings of a trustpoint, and no release that lacks `crypto pki` has a pool. */
function chooseSettingsOf(platform: Platform, style: BlockStyle, options: TrustpointSettings): TrustpointSettings {
  return style === 'trustpool'
    ? chooseSettings(options, {}, `the trustpool of ${platform.name}`)
    : chooseSettings(options, platform.settings ?? {}, platform.name);
}

function chooseAcceptMode(
  { name, styles }: Platform,
  style: BlockStyle,
  asked: AcceptMode | undefined,
  { legacyKeywords }: TrustpointSettings,
): AcceptMode | null {
  const offered = styles[style] ?? [];
  // Whether releases that only know `crypto ca` have a fingerprint to configure is not certain; the question they all ask.
  const careful = legacyKeywords === true && offered.includes('prompt') ? 'prompt' : offered[0];
  const chosen = asked ?? careful ?? null;
  if (chosen === null || offered.includes(chosen)) return chosen;
  throw new TrustError('device/unsupported-accept', `${name} has no accept mode "${toPrintable(String(asked))}"`, {
    hint: offered.length === 0 ? `the style ${style} asks nothing` : `${name} has ${offered.join(', ')}`,
  });
}

/** The distinct certificates, all of them CAs, and no more of them than may be. */
function collectCas(given: readonly (Certificate | Uint8Array)[], chain: boolean): readonly Certificate[] {
  const distinct = new Map<string, Certificate>();
  for (const [index, item] of given.entries()) {
    const certificate = decode(item, index);
    if (!distinct.has(certificate.sha256)) distinct.set(certificate.sha256, certificate);
  }
  const certificates = [...distinct.values()];
  if (certificates.length === 0) throw new TrustError('input/no-certificate', 'there is no certificate to render');
  if (certificates.length > 1 && !chain) {
    throw new TrustError('usage/too-many-certificates', `${certificates.length} certificates for one trustpoint`, {
      hint: 'give one certificate, or --chain to install all of them in the right order',
    });
  }
  if (certificates.length > MAX_CERTIFICATES) {
    throw new TrustError(
      'usage/too-many-certificates',
      `${certificates.length} certificates, more than the ${MAX_CERTIFICATES} that one block takes`,
      { hint: 'give only the certificates that this device needs' },
    );
  }
  for (const { ca, subject, sha256 } of certificates) {
    if (!ca) {
      throw new TrustError('device/not-a-ca', `${subject} (SHA-256 ${sha256}) is not a CA certificate`, {
        hint: 'give the certificate of the CA that issued it',
      });
    }
  }
  return certificates;
}

function decode(item: Certificate | Uint8Array, index: number): Certificate {
  try {
    return asCertificate(item);
  } catch (error) {
    throw expectTrustError(error).within({ entry: String(index + 1) });
  }
}
