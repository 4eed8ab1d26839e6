/**
 * How the running configuration of a platform names trustpoints and how it is changed: what replacing one trustpoint by
 * another needs to know of a platform besides its blocks.
 *
 * @module
 */
import type { BlockRequest } from './trustpoint.js';

/**
 * A command that names a trustpoint. Its patterns are words: `<name>` is the trustpoint, `<word>` any other plain word,
 * `<rest>` any number of them at the end, `a|b` one of two.
 */
export interface ReferenceCommand {
  /** The headings of the modes that it stands in, outermost first; none for the top of the configuration. */
  readonly under: readonly string[];
  readonly command: string;
  /**
   * What the trustpoint is used for. `verifies`: its CA, to judge others. `presents`: the certificate it holds for the device
   * itself as well, where there is one. `continues`: the CA above that of the trustpoint in whose mode the command stands.
   */
  readonly use: 'verifies' | 'presents' | 'continues';
  /** Whether a new line takes the place of the old one, or stands beside it, so that the old one has to be taken out. */
  readonly entered: 'instead' | 'beside';
}

/** The configuration of a platform. */
export interface ConfigurationDialect {
  /** Whether a running configuration holds the certificates; else it has names and settings alone. */
  readonly holdsCertificates: boolean;
  /** The commands that are known to name a trustpoint; their sources: docs/replacing-a-trustpoint.md. */
  readonly references: readonly ReferenceCommand[];
  /**
   * A block that enters lines of configuration, from the privileged exec prompt back to it.
   *
   * @param save - whether the result is saved; IOS XR always commits
   */
  readonly configure: (lines: readonly string[], save: boolean) => readonly string[];
  /** A block that takes a trustpoint out, its questions answered. */
  readonly remove: (trustpoint: string, request: Pick<BlockRequest, 'save' | 'settings'>) => readonly string[];
}
