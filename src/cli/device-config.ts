/**
 * The running configuration of a device that `--config` names, from a file or standard input.
 *
 * @module
 */
import { parseDeviceConfig } from '../device/running-config.js';
import { expectTrustError, TrustError } from '../errors.js';
import { configurationIn } from '../input/configuration.js';
import { decodeText, textOf } from '../input/text.js';
import { MAX_INPUT_BYTES, readInput } from '../io/read-input.js';
import type { Io } from './io.js';

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
