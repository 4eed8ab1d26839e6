/**
 * Certificates told apart by their serial numbers, as most devices print them.
 *
 * @module
 */
import { colonHex } from '../encoding/hex.js';
import type { Identified, PrintedIdentity } from './trustpoint.js';

/** `0a0142…`: lower case, every octet. */
export function identifyBySerial({ serialNumber }: Identified): PrintedIdentity {
  return { label: 'serial number', value: serialNumber };
}

/** `0a:01:42:…`: lower case with colons, without the octet that only holds the sign (`X509_print_ex` of OpenSSL). */
export function identifyByColonSerial({ serialNumber }: Identified): PrintedIdentity {
  return { label: 'serial number', value: colonHex(serialNumber.replace(/^00(?=[89a-f])/, '')).toLowerCase() };
}
