/**
 * The map of device platforms.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import { aosCx } from './platforms/aos-cx.js';
import { asa } from './platforms/asa.js';
import { ciscoSb } from './platforms/cisco-sb.js';
import { comware } from './platforms/comware.js';
import { eos } from './platforms/eos.js';
import { fortios } from './platforms/fortios.js';
import { ios } from './platforms/ios.js';
import { iosXe } from './platforms/ios-xe.js';
import { iosXr } from './platforms/ios-xr.js';
import { junos } from './platforms/junos.js';
import { nxos } from './platforms/nxos.js';
import { routeros } from './platforms/routeros.js';
import { vrp } from './platforms/vrp.js';
import type { Platform } from './trustpoint.js';

const platforms: readonly Platform[] = [
  ios,
  iosXe,
  nxos,
  asa,
  iosXr,
  eos,
  junos,
  fortios,
  aosCx,
  comware,
  vrp,
  routeros,
  ciscoSb,
];

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
