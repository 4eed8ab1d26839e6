/**
 * What stands for a subject that is empty, as in certificates for servers that are named by their alternative names alone
 * (RFC 5280 4.1.2.6).
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError } from '../errors.js';
import { decodeGeneralNames, type GeneralName } from './general-name.js';
import { renderIpAddress } from './ip-address.js';

/** Of an IPv4 and of an IPv6 address (RFC 5280 4.2.1.6). */
const ADDRESS_LENGTHS: ReadonlySet<number> = new Set([4, 16]);

/**
 * The first alternative name that a person can read, printable; null where there is none. Never throws.
 *
 * @param value - the DER of a subjectAltName
 */
export function firstAlternativeName(value: Uint8Array): string | null {
  try {
    return (
      decodeGeneralNames(value)
        .map(readable)
        .find((name) => name !== null) ?? null
    );
  } catch (error) {
    expectTrustError(error);
    return null;
  }
}

function readable(name: GeneralName): string | null {
  if ('text' in name) return name.text === '' ? null : toPrintable(name.text);
  return name.kind === 'ip' && ADDRESS_LENGTHS.has(name.octets.length) ? renderIpAddress(name.octets) : null;
}
