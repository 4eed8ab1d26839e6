/**
 * Certificates in what network devices print: running configurations, which have their bytes, and `show` commands, which
 * describe them.
 *
 * @module
 */
import {
  type ConfiguredTrustpoint,
  parseChainFragment,
  parseDeviceConfig,
  type StoredCertificate,
} from '../device/running-config.js';
import { isSameSerialNumber } from '../device/serial-number.js';
import { type DescribedCertificate, parseShowOutput } from '../device/show-output.js';
import { asBuffer } from '../encoding/buffer.js';
import { includesText, indexOfText } from '../encoding/byte-search.js';
import { toPrintable } from '../encoding/printable.js';
import { isDamagedRoot } from './certificate-copy.js';
import type { Collector } from './collector.js';
import { addDamagedDump } from './damaged-rows.js';
import { findDeviceLines } from './device-layout.js';

/** Damaged dumps beyond these are not compared with the catalog. */
const MAX_DAMAGED = 200;

/** One of them stands in a part of a configuration that begins after the name of a trustpoint. */
const SIGNS_OF_FRAGMENT = ['certificate ca ', 'certificate self-signed '] as const;

/** Stands in the line that names the trustpoint of the certificates below it. */
const CHAIN = 'certificate chain ';

/** One of them stands in every output that describes a certificate. */
const SIGNS_OF_DESCRIPTION = ['Serial Number', 'Fingerprint SHA1:', 'serial='] as const;

/** What `show crypto pki certificates pem` prints above the PEM of a trustpoint. */
const ABOVE_PEM = '------Trustpoint: ';

/**
 * Whose PEM stands where: `show crypto pki certificates pem` names the trustpoint above its blocks.
 *
 * @param bytes - any text
 * @returns the trustpoint by the offset of a block, each asked for behind the one before; null where none is named
 */
export function findTrustpointsOfPem(bytes: Uint8Array): (offset: number) => string | null {
  const text = asBuffer(bytes);
  if (!includesText(text, ABOVE_PEM)) return () => null;
  const marks = Array.from(text.toString('latin1').matchAll(/^-{6}Trustpoint: (\S{1,255}?)-{6}[ \t\r]*$/gm));
  let next = 0;
  return (offset) => {
    while ((marks[next]?.index ?? offset) < offset) next++;
    return marks[next - 1]?.[1] ?? null;
  };
}

/**
 * Reads the certificates of a device's text.
 *
 * @param bytes - any text
 * @returns null for a text that is neither
 */
export function readDeviceText(bytes: Uint8Array, into: Collector): 'device-config' | 'device-show' | null {
  const text = asBuffer(bytes);
  const has = (sign: string) => includesText(text, sign);
  const trustpoints = parseDeviceConfig(text);
  const signs = {
    mayBeFragment: trustpoints.length > 0 || SIGNS_OF_FRAGMENT.some(has),
    mayDescribe: SIGNS_OF_DESCRIPTION.some(has),
  };
  const kind = addDeviceLines(text, trustpoints, signs, into);
  // Of a text without any sign nothing more is asked, which most are.
  if (kind !== null || !(signs.mayBeFragment || signs.mayDescribe)) return kind;
  const found = findDeviceLines(text);
  if (found === null) return null;
  const within = found.lineOf === null ? into : into.within(null, found.lineOf);
  const framed = addDeviceLines(found.text, parseDeviceConfig(found.text), signs, within);
  if (framed !== null && found.frame !== null) {
    const { shown, line } = found.frame;
    into.note('pem/line-prefix', `"${shown}" or the like stands before every line`, { line });
  }
  return framed;
}

/** What a text may hold besides trustpoints. */
interface Signs {
  readonly mayBeFragment: boolean;
  readonly mayDescribe: boolean;
}

/** What stands above the first line that names the trustpoint of a chain, where there is a certificate of a CA in it. */
function aboveChains(text: Buffer): Buffer {
  const first = indexOfText(text, SIGNS_OF_FRAGMENT[0]);
  // Nearly always the name stands a line or two above the first certificate.
  if (first < 0 || text.lastIndexOf(CHAIN, first) >= 0) return text.subarray(0, 0);
  const end = indexOfText(text, CHAIN, first);
  return end < 0 ? text : text.subarray(0, end);
}

/** Adds what stands in a text of which every line is one of the device. */
function addDeviceLines(
  text: Buffer,
  trustpoints: readonly ConfiguredTrustpoint[],
  { mayBeFragment, mayDescribe }: Signs,
  into: Collector,
): 'device-config' | 'device-show' | null {
  const lines = linesOf(text);
  const fragment = mayBeFragment ? parseChainFragment(trustpoints.length === 0 ? text : aboveChains(text)) : [];
  for (const one of fragment) {
    into.note('device/no-trustpoint', 'the line that names the trustpoint is missing', { line: one.line });
    add(one, null, lines, into);
  }
  for (const { name, stored } of trustpoints) for (const one of stored) add(one, name, lines, into);
  const described = mayDescribe ? parseShowOutput(text) : [];
  for (const { source, ...one } of described) {
    into.described.push({ ...one, source: into.source({ line: source.line, trustpoint: source.trustpoint }) });
  }
  if (described.length > 0) return 'device-show';
  return trustpoints.length + fragment.length > 0 ? 'device-config' : null;
}

/** The lines of a text for the dumps that are damaged: split when the first is met, and not for more of them than a person has. */
function linesOf(text: Buffer): () => readonly string[] {
  let lines: readonly string[] | undefined;
  let left = MAX_DAMAGED;
  return () => {
    if (left-- <= 0) return [];
    lines ??= text.toString('latin1').split('\n');
    return lines;
  };
}

function add(
  stored: StoredCertificate,
  trustpoint: string | null,
  lines: () => readonly string[],
  into: Collector,
): void {
  const { certificate, error, file, line, serialNumber } = stored;
  const where = trustpoint === null ? 'no trustpoint' : `trustpoint ${toPrintable(trustpoint)}`;
  const mayBeDamaged = error !== null || (certificate !== null && isDamagedRoot(certificate));
  if (mayBeDamaged && addDamagedDump(lines(), { line, trustpoint, where }, into)) return;
  if (error !== null) {
    into.error(error);
    return;
  }
  if (certificate === null) {
    const elsewhere = file === null ? 'nowhere in this text' : `in ${toPrintable(file)}`;
    into.note('device/no-bytes', `${where}: certificate ${serialNumber} is ${elsewhere}`, { line });
    into.described.push(describe(stored, trustpoint, into));
    return;
  }
  if (!isSameSerialNumber(serialNumber, certificate.serialNumber)) {
    const found = `${toPrintable(serialNumber)}, and the certificate under it has ${certificate.serialNumber}`;
    into.note('device/serial-mismatch', `${where}: the configuration says serial number ${found}`, { line });
  }
  into.certificate(certificate.withSource(into.source({ line, trustpoint })));
}

/** What the line that begins it says of a certificate. */
function describe(
  { usage, serialNumber, line }: StoredCertificate,
  trustpoint: string | null,
  into: Collector,
): DescribedCertificate {
  return {
    complete: false,
    ...{ usage, serialNumber, subject: null, issuer: null, notBefore: null, notAfter: null },
    ...{ sha1: null, md5: null, subjectKeyIdentifier: null },
    trustpoints: trustpoint === null ? [] : [trustpoint],
    source: into.source({ line, trustpoint }),
  };
}
