/**
 * The map of device platforms.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import { ios } from './ios.js';
import { iosXe } from './ios-xe.js';
import { nxos } from './nxos.js';
import type { Platform } from './trustpoint.js';

const platforms: readonly Platform[] = [ios, iosXe, nxos];

/** The names of all platforms. */
export function platformNames(): readonly string[] {
  return platforms.map(({ name }) => name);
}

/** @throws {TrustError} `device/unknown-platform` */
export function platformOf(name: string): Platform {
  const platform = platforms.find((candidate) => candidate.name === name);
  if (platform === undefined) {
    throw new TrustError('device/unknown-platform', `"${toPrintable(name.slice(0, 48))}" is not a platform`, {
      hint: `choose one of ${platformNames().join(', ')}`,
    });
  }
  return platform;
}

/**
 * The command that shows, after an install, which CA certificates a trustpoint holds, with their SHA-1 fingerprints.
 *
 * @throws {TrustError} `device/unknown-platform`
 */
export function verificationOf(platform: string, trustpoint: string): string {
  return platformOf(platform).verification(trustpoint);
}

/**
 * A SHA-1 fingerprint as that command of a platform prints it.
 *
 * @param sha1 - lower-case hex
 * @throws {TrustError} `device/unknown-platform`
 */
export function printedFingerprint(platform: string, sha1: string): string {
  return platformOf(platform).printFingerprint(sha1);
}
