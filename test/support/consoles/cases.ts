/**
 * What the consoles are tried with: every device, every way that its platform has of taking certificates, and chains of
 * one to three CAs, in several orders and shapes.
 */
import { renderTrustpoint } from '../../../src/device/render.ts';
import type { Block, BlockAction } from '../../../src/device/trustpoint.ts';
import { type Issued, issue } from '../certificates.ts';
import { AsaConsole } from './asa-console.ts';
import type { Installed } from './console.ts';
import { IosConsole } from './ios-console.ts';
import { NxosConsole } from './nxos-console.ts';
import { XrConsole } from './xr-console.ts';

/** Any of the models. */
export type Console = IosConsole | NxosConsole | AsaConsole | XrConsole;

/** A style, or how the style paste has a certificate accepted. */
export type Way = 'fingerprint' | 'prompt' | 'hex' | 'trustpool';

interface Device {
  readonly device: string;
  readonly platform: string;
  readonly start: () => Console;
  readonly ways: readonly Way[];
}

/** The devices, each with all that its platform offers and its software takes. */
export const DEVICES: readonly Device[] = [
  {
    device: 'IOS 15',
    platform: 'ios',
    start: () => new IosConsole('ios-15'),
    ways: ['fingerprint', 'prompt', 'hex', 'trustpool'],
  },
  {
    device: 'IOS XE 17',
    platform: 'ios-xe',
    start: () => new IosConsole('ios-xe-17'),
    ways: ['fingerprint', 'prompt', 'hex', 'trustpool'],
  },
  {
    device: 'IOS XE 26',
    platform: 'ios-xe',
    start: () => new IosConsole('ios-xe-26'),
    ways: ['fingerprint', 'hex', 'trustpool'],
  },
  { device: 'NX-OS', platform: 'nxos', start: () => new NxosConsole(), ways: ['prompt'] },
  { device: 'ASA', platform: 'asa', start: () => new AsaConsole(), ways: ['prompt'] },
  { device: 'IOS XR', platform: 'ios-xr', start: () => new XrConsole(), ways: ['prompt'] },
];

/** The newest device of each platform. */
export const NEWEST: Readonly<Record<string, () => Console>> = Object.fromEntries(
  DEVICES.map(({ platform, start }) => [platform, start]),
);

export const root: Issued = issue({ subject: 'CN=Root', key: 'rsa2048' });
export const upper: Issued = issue({ subject: 'CN=Upper', issuer: root });
/** Its serial number has a zero octet before the high bit. */
export const lower: Issued = issue({ subject: 'CN=Lower', issuer: upper, serialNumber: 0xdc01n });
const sibling = issue({ subject: 'CN=Sibling', issuer: upper });
const other = issue({ subject: 'CN=Other' });

export interface Scenario {
  readonly name: string;
  readonly certificates: readonly Issued[];
  /** What must be installed where each CA has a trustpoint of its own, and where a chain has one. */
  readonly perCertificate: Readonly<Record<string, readonly Issued[]>>;
  readonly perChain: Readonly<Record<string, readonly Issued[]>>;
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'one root', certificates: [root], perCertificate: { NEW: [root] }, perChain: { NEW: [root] } },
  {
    name: 'a chain of two',
    certificates: [root, upper],
    perCertificate: { 'NEW-CA1': [root], NEW: [upper] },
    perChain: { NEW: [upper, root] },
  },
  {
    name: 'a chain of three',
    certificates: [upper, root, lower],
    perCertificate: { 'NEW-CA2': [root], 'NEW-CA1': [upper], NEW: [lower] },
    perChain: { NEW: [lower, upper, root] },
  },
  {
    name: 'two roots',
    certificates: [other, root],
    perCertificate: { NEW: [other], 'NEW-2': [root] },
    perChain: { NEW: [other], 'NEW-2': [root] },
  },
  {
    name: 'two chains with a shared root',
    certificates: [lower, sibling, upper, root],
    perCertificate: { 'NEW-CA2': [root], 'NEW-CA1': [upper], NEW: [lower], 'NEW-2': [sibling] },
    perChain: { NEW: [lower, upper, root], 'NEW-2': [sibling, upper, root] },
  },
  {
    name: 'two chains that share nothing',
    certificates: [upper, other, root],
    perCertificate: { 'NEW-CA1': [root], NEW: [upper], 'NEW-2': [other] },
    perChain: { NEW: [upper, root], 'NEW-2': [other] },
  },
];

/** What a device must hold behind an install, by trustpoint; the pool in the order of names, since it has none. */
export function expectedOn(platform: string, way: Way, scenario: Scenario): Installed {
  if (way === 'trustpool') {
    return { Trustpool: scenario.certificates.map(({ certificate }) => certificate.sha256).sort() };
  }
  const trustpoints = platform === 'nxos' ? scenario.perChain : scenario.perCertificate;
  return Object.fromEntries(
    Object.entries(trustpoints).map(([name, issued]) => [name, issued.map(({ certificate }) => certificate.sha256)]),
  );
}

/** What a console holds, the pool in the order of `expectedOn`. */
export function installedOn({ installed }: Console): Installed {
  return 'Trustpool' in installed ? { ...installed, Trustpool: [...(installed.Trustpool ?? [])].sort() } : installed;
}

/** What a block may be asked for beside its certificates. */
export interface BlockVariant {
  readonly comments?: boolean;
  readonly save?: boolean;
}

export const VARIANTS: readonly Required<BlockVariant>[] = [
  { comments: false, save: true },
  { comments: true, save: true },
  { comments: false, save: false },
  { comments: true, save: false },
];

/** The one block of an action, rendered once however often it is asked for. */
export function blocksOf(
  platform: string,
  way: Way,
  certificates: readonly Issued[],
): (action: BlockAction, variant?: BlockVariant) => Block {
  const form = way === 'hex' || way === 'trustpool' ? { style: way } : { accept: way };
  const rendered = new Map<string, Block>();
  return (action, variant = {}) => {
    const key = JSON.stringify([action, variant]);
    const [block, ...more] = rendered.has(key)
      ? [rendered.get(key)]
      : renderTrustpoint(
          certificates.map(({ der }) => der),
          { platform, ...form, action, trustpoint: 'NEW', chain: true, ...variant },
        );
    if (block === undefined || more.length > 0) throw new Error(`not one block for ${key}`);
    rendered.set(key, block);
    return block;
  };
}
