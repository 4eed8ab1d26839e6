/**
 * Certificates in running configurations of network devices.
 *
 * @module
 */

import { type ConfiguredTrustpoint, parseDeviceConfig, type StoredCertificate } from '../device/running-config.js';
import { toPrintable } from '../encoding/printable.js';
import type { Collector } from './collector.js';

/** One of them stands in every configuration that has a trustpoint. */
const SIGNS = ['crypto pki ', 'crypto ca '] as const;

/**
 * Reads the certificates that a configuration stores under its trustpoints.
 *
 * @param bytes - any text
 * @returns whether it is a configuration with trustpoints
 */
export function readDeviceConfig(bytes: Uint8Array, into: Collector): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!SIGNS.some((sign) => view.includes(sign, 0, 'latin1'))) return false;
  const trustpoints = parseDeviceConfig(view, into.source().input);
  for (const trustpoint of trustpoints) for (const stored of trustpoint.stored) add(stored, trustpoint, into);
  return trustpoints.length > 0;
}

function add(stored: StoredCertificate, { name }: ConfiguredTrustpoint, into: Collector): void {
  const { certificate, error, file, line, serialNumber } = stored;
  if (error !== null) {
    into.error(error);
    return;
  }
  const where = `trustpoint ${toPrintable(name)}`;
  if (certificate === null) {
    const elsewhere = file === null ? 'nowhere in this text' : `in ${toPrintable(file)}`;
    into.note('device/no-bytes', `${where}: certificate ${serialNumber} is ${elsewhere}`, { line });
    return;
  }
  if (!isSameNumber(serialNumber, certificate.serialNumber)) {
    const found = `${serialNumber}, and the certificate under it has ${certificate.serialNumber}`;
    into.note('device/serial-mismatch', `${where}: the configuration says serial number ${found}`, { line });
  }
  into.certificate(certificate.withSource(into.source({ line, trustpoint: name })));
}

/** Some devices write leading zeros, some leave them out. */
function isSameNumber(written: string, actual: string): boolean {
  return written.replace(/^0+/, '') === actual.replace(/^0+/, '');
}
