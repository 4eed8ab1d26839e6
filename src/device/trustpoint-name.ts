/**
 * The names of trustpoints: which a block may make, and which belong to the device.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';

/**
 * The names that every platform takes. No vendor documents a limit; names of this form are seen on real devices
 * everywhere.
 */
const NAME = /^[A-Za-z0-9._-]{1,32}$/;

/** Trustpoints that devices make themselves; licensing, call-home and the device's identity hang on them. */
const BUILT_IN = /^(?:SLA-TrustPoint|CISCO_IDEVID_.*|TP-self-signed-.*|_SmartCallHome_.*)$/i;
/** What they call the pool, which is no trustpoint. */
const POOL = /^Trustpool$/i;

/**
 * Makes sure that a trustpoint may have this name, whether it is to be installed or removed.
 *
 * @param mayBeBuiltIn - whether it is to be removed although it may belong to the device
 * @throws {TrustError} `device/bad-name` for a name that is not `[A-Za-z0-9._-]{1,32}`, or that belongs to the device
 */
export function checkTrustpointName(name: string, mayBeBuiltIn = false): void {
  const shown = `"${toPrintable(name.slice(0, 48))}"`;
  if (!NAME.test(name)) {
    throw new TrustError('device/bad-name', `${shown} is not a trustpoint name`, {
      hint: 'use 1 to 32 letters, digits, dots, underscores and hyphens; names made for the CAs above count as well',
    });
  }
  if (POOL.test(name) || (BUILT_IN.test(name) && !mayBeBuiltIn)) {
    throw new TrustError('device/bad-name', `${shown} is a trustpoint of the device itself`, {
      hint: 'choose another name; built-in trustpoints are not changed, and removed only with --force',
    });
  }
}
