/**
 * Serial numbers as devices print them, which is what most of them tell certificates apart by.
 *
 * @module
 */
import { colonHex } from '../encoding/hex.js';
import type { Identified, PrintedIdentity } from './trustpoint.js';

/** Whether two serial numbers in hex are the same one: some devices write leading zeros, some leave them out. */
export function isSameSerialNumber(a: string, b: string): boolean {
  return a === b || withoutZeros(a) === withoutZeros(b);
}

/** `0a0142…`: lower case, every octet. */
export function identifyBySerial({ serialNumber }: Identified): PrintedIdentity {
  return { label: 'serial number', value: serialNumber };
}

/** `0a:01:42:…`: lower case with colons, without the octet that only holds the sign (`X509_print_ex` of OpenSSL). */
export function identifyByColonSerial({ serialNumber }: Identified): PrintedIdentity {
  return { label: 'serial number', value: colonHex(serialNumber.replace(/^00(?=[89a-f])/, '')).toLowerCase() };
}

function withoutZeros(serialNumber: string): string {
  return serialNumber.replace(/^0+/, '');
}
