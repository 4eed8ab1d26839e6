/**
 * Serial numbers as devices print them that have OpenSSL do it.
 *
 * @module
 */
import { colonHex } from '../encoding/hex.js';
import type { Identified, PrintedIdentity } from './trustpoint.js';

/** `0a:01:42:…`: lower case with colons, without the octet that only holds the sign (`X509_print_ex` of OpenSSL). */
export function identifyByColonSerial({ serialNumber }: Identified): PrintedIdentity {
  return { label: 'serial number', value: colonHex(serialNumber.replace(/^00(?=[89a-f])/, '')).toLowerCase() };
}
