/**
 * Cisco IOS XE: the dialect of IOS, with one difference. From 26.x on the console rejects every CA certificate for which
 * no fingerprint was configured before (docs/platforms/ios-xe.md).
 *
 * @module
 */

import type { BlockNote, BlockRequest, Platform } from '../trustpoint.js';
import { ios } from './ios.js';

/** Cisco IOS XE, 26.x included. */
export const iosXe: Platform = {
  ...ios,
  name: 'ios-xe',
  notes: (request) => [...ios.notes(request), ...noteRelease26(request)],
};

function noteRelease26({ action, style, accept }: BlockRequest): readonly BlockNote[] {
  if (action !== 'install') return [];
  if (style === 'hex') {
    return [
      {
        code: 'device/hex-unverified',
        message: 'nobody has shown that IOS XE 26.x still takes rows of hex',
        hint: 'try it on one device first, or use --style paste',
      },
    ];
  }
  if (accept !== 'prompt') return [];
  return [
    {
      code: 'device/fingerprint-required',
      message: 'IOS XE 26.x rejects a CA certificate without a configured fingerprint',
      hint: 'use --accept fingerprint, which older releases take as well',
    },
  ];
}
