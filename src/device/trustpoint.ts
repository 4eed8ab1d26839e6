/**
 * What all device platforms share: trustpoints, the block that a console takes, and what a platform has to bring.
 *
 * @module
 */
import type { ErrorCode } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import type { Chain } from './chain.js';
import type { ConfigurationDialect } from './dialect.js';
import type { TakenSettings, TrustpointSettings } from './settings.js';

/**
 * How a block brings certificates onto a device: `paste` types PEM into the dialog of the console, `hex` types the rows in
 * which a running configuration stores them, which asks nothing, and `trustpool` types PEM into the pool that has no names.
 */
export type BlockStyle = (typeof BLOCK_STYLES)[number];

/** Every style that some platform has. */
export const BLOCK_STYLES = ['paste', 'hex', 'trustpool'] as const;

/** What devices call the pool, where they name what a certificate belongs to. */
export const TRUSTPOOL = 'Trustpool';

/** What a block does: `remove` takes trustpoints out; `rollback` undoes an install that may have stopped half-way. */
export type BlockAction = 'install' | 'remove' | 'rollback';

/** Why the device takes a certificate: a fingerprint configured before, or a yes at its question. */
export type AcceptMode = 'fingerprint' | 'prompt';

/**
 * What `renderTrustpoint` may be told. The settings of a trustpoint (`revocationCheck`, `vrf`, `sourceInterface`,
 * `legacyKeywords`) are refused where the platform has none such; blocks that take a trustpoint out check them and have
 * no line of them, but for the keywords.
 */
export interface RenderTrustpointOptions extends TrustpointSettings {
  /** One of `platformNames()`. */
  readonly platform: string;
  /**
   * `[A-Za-z0-9._-]{1,32}`; with several CAs the name of the lowest, from which the other names are made. Needed for every
   * style but `trustpool`, which has no use for it.
   */
  readonly trustpoint?: string | undefined;
  /** Default `paste`. */
  readonly style?: BlockStyle;
  /** Default: the fingerprint where the style has it, else its question. A style without a dialog takes none. */
  readonly accept?: AcceptMode;
  /** Default `install`. */
  readonly action?: BlockAction;
  /** Whether comment lines say what the certificates are; default false. */
  readonly comments?: boolean;
  /** Whether the block saves the configuration; default true. */
  readonly save?: boolean;
  /** Whether several CA certificates may be given, to be sorted into chains; default false. */
  readonly chain?: boolean;
  /** As of when the dates of the certificates are judged, for a note; without it they are not looked at. */
  readonly at?: Date | undefined;
  /** The running configuration of the device: what is in the way of the block is refused, and what is there already left out. */
  readonly config?: string | undefined;
  /** Whether a removal takes out what is built in, in use, or holds something else; default false. */
  readonly force?: boolean;
}

/** Every code of a note on a block; stable, and explained in docs/findings.md. Add here; never reuse or rename one. */
export const BLOCK_NOTE_CODES = [
  'device/already-installed',
  'device/always-saved',
  'device/clock',
  'device/file-needed',
  'device/fingerprint-required',
  'device/finish-by-hand',
  'device/hex-unverified',
  'device/identity-reference',
  'device/incomplete-chain',
  'device/legacy-unverified',
  'device/no-config',
  'device/not-in-config',
  'device/nothing-to-switch',
  'device/other-issuer',
  'device/other-settings',
  'device/own-certificate',
  'device/platform-limit',
  'device/switch-first',
  'device/unknown-reference',
  'device/unverified',
  'device/unverified-chain',
  'device/verify-first',
] as const;

/** Something about a block that its user should know and that its text cannot say. */
export interface BlockNote {
  /** That of an error where the error was overridden. */
  readonly code: (typeof BLOCK_NOTE_CODES)[number] | ErrorCode;
  /** Lower case, no full stop, printable. */
  readonly message: string;
  readonly hint: string;
  /** Default `warning`; `info` for what is said in any case. */
  readonly severity?: 'info';
  /** The certificate it is about, where it is about one. */
  readonly sha256?: string;
}

/** A file that has to be on the device before its block is pasted. */
export interface BlockFile {
  /** The same beside the block and on the device: printable ASCII, safe on every file system, Windows included. */
  readonly name: string;
  /** PEM, LF after every line. */
  readonly text: string;
}

/** A part of a replacement after which somebody looks at the device. */
export type ReplacementStage = 'add' | 'switch' | 'remove';

/** Text to paste at the prompt of the device (`Platform.prompt`), where it also ends unless a note says otherwise. */
export interface Block {
  readonly platform: string;
  /** The name asked for; the first of the names made from it where there are several. */
  readonly trustpoint: string;
  readonly style: BlockStyle;
  readonly action: BlockAction;
  /** Of a replacement. */
  readonly stage?: ReplacementStage;
  /**
   * Printable ASCII, LF after every line, at most 80 columns; with long names a command that loads a file may be longer, on
   * platforms that take long lines. Empty where there is nothing to do, which a note says.
   */
  readonly text: string;
  /** What has to be on the device before; empty where the certificates are in the text. */
  readonly files: readonly BlockFile[];
  /** SHA-256 of each certificate, in the order of the block. */
  readonly certificates: readonly string[];
  /** Every trustpoint the block makes or takes out, in the order of the block. */
  readonly trustpoints: readonly BlockTrustpoint[];
  /** What to type afterwards, and what the device must then print. */
  readonly verify: readonly BlockVerification[];
  readonly notes: readonly BlockNote[];
}

/** A command to type after a block, and by what its output tells whether the block did its work. */
export interface BlockVerification {
  readonly command: string;
  /** What `expect` and `absent` are. */
  readonly shows: PrintedIdentity['label'] | 'the line';
  /** What its output must hold; nothing after a block that takes trustpoints out. */
  readonly expect: readonly string[];
  /** What its output must not hold; nothing after an install, but the old lines after a switch. */
  readonly absent: readonly string[];
}

/** A trustpoint of a block: its name on the device and what it holds. */
export interface BlockTrustpoint {
  readonly name: string;
  /** SHA-256, lowest CA first. */
  readonly certificates: readonly string[];
}

/** A trustpoint as a platform makes it. */
export interface Trustpoint {
  readonly name: string;
  /** Lowest CA first; platforms that hold one CA a trustpoint have exactly one here. */
  readonly certificates: Chain;
  /** The trustpoint of the CA above, where that is a trustpoint of its own. */
  readonly continuedBy: string | null;
}

/** A block as a platform is asked for it. */
export interface BlockRequest {
  readonly action: BlockAction;
  readonly style: BlockStyle;
  /** Null where the style asks nothing. */
  readonly accept: AcceptMode | null;
  readonly comments: boolean;
  readonly save: boolean;
  readonly settings: TrustpointSettings;
  /** In the order of the block: whatever a trustpoint depends on stands before it, in removals behind it. */
  readonly trustpoints: readonly Trustpoint[];
}

/** What devices print of a certificate, in lower-case hex. */
export type Identified = Pick<Certificate, 'sha1' | 'sha256' | 'serialNumber'>;

/** How a device prints what identifies a certificate. */
export interface PrintedIdentity {
  readonly label: 'SHA-1' | 'SHA-256' | 'serial number';
  readonly value: string;
}

/** How a device shows which CA certificates it has. */
export interface Display {
  /** The command that shows which CA certificates a trustpoint holds. */
  readonly verification: (trustpoint: string) => string;
  /** What tells a certificate from others in the output of that command. */
  readonly identify: (certificate: Identified) => PrintedIdentity;
}

/** The files that install blocks load. */
export interface PlatformFiles {
  /** Where on the device they have to be, for a person. */
  readonly folder: string;
  readonly render: (request: Pick<BlockRequest, 'trustpoints'>) => readonly BlockFile[];
}

/** A kind of device. One file each, and one line in `platforms.ts`. */
export interface Platform extends Display {
  /** As users write it: `ios-xe`. */
  readonly name: string;
  /** The styles that it has, each with its ways to accept a certificate, the preferred one first. */
  readonly styles: Readonly<Partial<Record<BlockStyle, readonly AcceptMode[]>>>;
  /** Lays chains out into trustpoints, in the order in which they are installed. */
  readonly arrange: (chains: readonly Chain[], name: string) => readonly Trustpoint[];
  /** The lines of a block, from the privileged exec prompt back to it. */
  readonly render: (request: BlockRequest) => readonly string[];
  readonly notes: (request: BlockRequest) => readonly BlockNote[];
  /** Which settings its trustpoints take; none where it is not there. */
  readonly settings?: TakenSettings;
  /** How what a block did is shown, where that is not by `verification` and `identify`; null where it is. */
  readonly displayOf?: (request: Pick<BlockRequest, 'style' | 'settings'>) => Display | null;
  /** Where it loads files: what an install block loads. */
  readonly files?: PlatformFiles;
  /** The longest line that it takes whole, where its syntax needs more than the usual 80 columns. */
  readonly columns?: number;
  /** What it asks of names besides what every platform does. */
  readonly names?: { readonly pattern: RegExp; readonly hint: string };
  /** Where a block begins, for a person; default `the privileged exec prompt`. */
  readonly prompt?: string;
  /** The command that shows the clock; default `show clock`. */
  readonly clock?: string;
  /** Its running configuration; absent where that is not read. */
  readonly configuration?: ConfigurationDialect;
}
