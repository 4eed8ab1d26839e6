/**
 * The running configuration of a device as a file or from standard input: telling it from other files, and reading the one
 * that `--config` names.
 *
 * @module
 */
import { parseDeviceConfig } from '../device/running-config.js';
import { expectTrustError, TrustError } from '../errors.js';
import { decodeText, textOf } from '../input/text.js';
import { MAX_INPUT_BYTES, readInput } from '../io/read-input.js';
import type { Io } from './io.js';

/**
 * Lines that configurations of routers, switches and firewalls begin with. Two of them make a configuration, even one
 * without any certificate, which is what a ledger must not overlook.
 */
const CONFIGURATION =
  /^[ \t]*(?:hostname|switchname|version|interface|ip (?:route|address)|feature|aaa|line (?:con|vty)|ASA Version|!RANCID-CONTENT-TYPE|Building configuration)\b/gm;

/** Where they stand: nearly always in the first screen, else in the first few. */
const HEADS = [1024, 16_384] as const;

/** The text of a device's configuration (a view where the bytes are that), or null for anything else. */
export function configurationIn(bytes: Uint8Array): Uint8Array | null {
  const text = decodeText(bytes);
  if (text === null) return null;
  const isConfiguration = HEADS.some((length) => {
    const lines = textOf(text.bytes.subarray(0, length)).matchAll(CONFIGURATION);
    return lines.next().done !== true && lines.next().done !== true;
  });
  return isConfiguration ? text.bytes : null;
}

/** What `--config` names. */
export interface DeviceConfig {
  readonly text: string;
  /** False for what may be a part of a configuration: it has trustpoints, but not the lines that a whole one begins with. */
  readonly isWhole: boolean;
}

/**
 * Reads a running configuration, or the part of one that has its trustpoints.
 *
 * @param path - a file, or `-`
 * @throws {TrustError} `input/…` for what cannot be read or is no configuration
 */
export async function readDeviceConfig(path: string, io: Io): Promise<DeviceConfig> {
  try {
    const bytes = path === '-' ? await io.readStdin(MAX_INPUT_BYTES) : readInput(path);
    const whole = configurationIn(bytes);
    if (whole !== null) return { text: textOf(whole), isWhole: true };
    const decoded = decodeText(bytes);
    const text = decoded === null ? '' : textOf(decoded.bytes);
    if (parseDeviceConfig(text, path).length > 0) return { text, isWhole: false };
    throw new TrustError('input/unrecognised', 'it is no running configuration, and has no trustpoint', {
      hint: 'save what "show running-config" prints, all of it',
    });
  } catch (error) {
    throw expectTrustError(error).within({ source: path });
  }
}
