/**
 * Which platform a running configuration is of, by the lines that its own `show running-config` prints above it. Nothing is
 * told from the commands below them, which platforms have in common.
 *
 * @module
 */

/** A line that one platform alone prints. */
interface Header {
  readonly pattern: RegExp;
  /** What the platform is called. */
  readonly title: string;
  /** The platforms that print it, the likeliest first. */
  readonly platforms: readonly string[];
  /** Whether its configurations have no certificates. */
  readonly isWithoutCertificates?: true;
}

const HEADERS: readonly Header[] = [
  { pattern: /^[ \t]*ASA Version \d/, title: 'Cisco ASA', platforms: ['asa'] },
  {
    pattern: /^[ \t]*(?:!Command: show running-config|!RANCID-CONTENT-TYPE: cisco-nx\b)/,
    title: 'Cisco NX-OS',
    platforms: ['nxos'],
    isWithoutCertificates: true,
  },
  {
    pattern: /^[ \t]*(?:!! IOS XR Configuration|!RANCID-CONTENT-TYPE: cisco-xr\b)/,
    title: 'Cisco IOS XR',
    platforms: ['ios-xr'],
    isWithoutCertificates: true,
  },
  // IOS and IOS XE (17.x, then 26.x) have their commands in common; NX-OS has brackets in its version.
  { pattern: /^[ \t]*version [12]\d\.\d+[ \t\r]*$/, title: 'Cisco IOS or IOS XE', platforms: ['ios-xe', 'ios'] },
];

/** Headers stand in the first lines, below what a collector put there. */
const HEAD = 4096;

/** A line that says of which platform a configuration is. */
export interface ConfigurationHeader {
  /** Not escaped; not longer than a line of a console. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  readonly title: string;
  readonly platforms: readonly string[];
  /** Whether the configurations of that platform have no certificates, whatever the device has. */
  readonly isWithoutCertificates: boolean;
}

/**
 * The first line that tells the platform of a configuration; null where none does.
 *
 * @param text - a running configuration
 */
export function findHeader(text: string): ConfigurationHeader | null {
  for (const [index, line] of text.slice(0, HEAD).split('\n').entries()) {
    const header = HEADERS.find(({ pattern }) => pattern.test(line));
    if (header === undefined) continue;
    const { title, platforms, isWithoutCertificates = false } = header;
    return { text: line.trim().slice(0, 80), line: index + 1, title, platforms, isWithoutCertificates };
  }
  return null;
}
