/**
 * From certificates to the block that a console takes: checks what was asked, sorts the certificates, has the platform
 * write the lines.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError, TrustError } from '../errors.js';
import { asCertificate, type Certificate } from '../x509/certificate.js';
import { type Chain, sortIntoChains } from './chain.js';
import { noteClock, noteFiles } from './notes.js';
import { platformOf } from './platforms.js';
import { chooseSettings, type TrustpointSettings } from './settings.js';
import {
  type AcceptMode,
  arrangeInTrustpool,
  type Block,
  type BlockAction,
  type BlockStyle,
  type BlockTrustpoint,
  checkTrustpointName,
  type Platform,
  type RenderTrustpointOptions,
  TRUSTPOOL,
  type Trustpoint,
} from './trustpoint.js';
import { requireTypable } from './typable.js';
import { verificationsOf } from './verification.js';

/** Sorting checks every pair with fitting names; no device holds nearly as many trustpoints. */
const MAX_CERTIFICATES = 100;

const ACTIONS: readonly BlockAction[] = ['install', 'remove', 'rollback'];

/**
 * Renders the block that installs CA certificates on a device, removes their trustpoints, or undoes an install that
 * stopped anywhere. Trust is not decided here: any CA certificate is rendered.
 *
 * @param certificates - decoded or as DER, in any order; duplicates count once. More than one only with `chain`.
 * @returns one block
 * @throws {TrustError} `device/unknown-platform`, `device/unsupported-style`, `device/unsupported-accept`,
 *   `device/unsupported-action`, `device/unsupported-setting`, `usage/missing-argument` (no name), `usage/bad-value` (an unknown
 *   action, a setting that is none), `device/bad-name`, `certificate/malformed`, `input/no-certificate`,
 *   `usage/too-many-certificates`, `device/not-a-ca`, `device/unprintable` (a certificate that no line of the style holds)
 */
export function renderTrustpoint(
  certificates: readonly (Certificate | Uint8Array)[],
  options: RenderTrustpointOptions,
): readonly Block[] {
  const { comments = false, save = true, chain = false, action = 'install' } = options;
  const platform = platformOf(options.platform);
  const style = chooseStyle(platform, options.style ?? 'paste');
  const settings = chooseSettingsOf(platform, style, options);
  const accept = chooseAcceptMode(platform, style, options.accept, settings);
  if (!ACTIONS.includes(action)) {
    throw new TrustError('usage/bad-value', `"${toPrintable(String(action))}" is not an action`, {
      hint: `choose one of ${ACTIONS.join(', ')}`,
    });
  }
  const trustpoint = style === 'trustpool' ? TRUSTPOOL : requireTrustpointName(options.trustpoint);
  if (style === 'trustpool' && action !== 'install') throw refusedByTrustpool(platform);
  const chains = sortIntoChains(collectCas(certificates, chain));
  const installed =
    style === 'trustpool' ? arrangeInTrustpool(chains) : arrangeInTrustpoints(platform, chains, trustpoint);
  const trustpoints = action === 'install' ? installed : [...installed].reverse();
  const request = { action, style, accept, comments, save, settings, trustpoints };
  const lines = platform.render(request);
  requireTypable(lines, platform.columns);
  const files = action === 'install' ? (platform.files?.render(request) ?? []) : [];
  return [
    {
      platform: platform.name,
      trustpoint,
      style,
      action,
      text: lines.map((line) => `${line}\n`).join(''),
      files,
      certificates: [...new Set(trustpoints.flatMap((item) => item.certificates.map(({ sha256 }) => sha256)))],
      trustpoints: namesAndDigests(trustpoints),
      verify: verificationsOf(platform, request),
      notes: [
        ...noteFiles(files, platform.files?.folder ?? ''),
        ...platform.notes(request),
        ...noteClock(request, options.at),
      ],
    },
  ];
}

/**
 * The name of a trustpoint, where one is needed.
 *
 * @throws {TrustError} `usage/missing-argument`, `device/bad-name`
 */
export function requireTrustpointName(trustpoint: string | undefined): string {
  if (trustpoint === undefined) {
    throw new TrustError('usage/missing-argument', 'the name of the trustpoint is missing', {
      hint: 'give it with --trustpoint',
    });
  }
  checkTrustpointName(trustpoint);
  return trustpoint;
}

function arrangeInTrustpoints(platform: Platform, chains: readonly Chain[], name: string): readonly Trustpoint[] {
  const trustpoints = platform.arrange(chains, name);
  for (const made of trustpoints) {
    checkTrustpointName(made.name);
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
  const byName = new Map<string, string[]>();
  for (const { name, certificates } of trustpoints) {
    byName.set(name, [...(byName.get(name) ?? []), ...certificates.map(({ sha256 }) => sha256)]);
  }
  return [...byName].map(([name, certificates]) => ({ name, certificates }));
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
