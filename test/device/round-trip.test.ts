/**
 * Rows of hex out and back: what a block types, and what a configuration prints in every layout and after everything that
 * collectors do to it, is read as the same bytes.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { genuineBodies } from '../../src/catalog/catalog.ts';
import { renderTrustpoint } from '../../src/device/render.ts';
import { parseDeviceConfig } from '../../src/device/running-config.ts';
import { childrenOf, decodeElement, encodeElement, encodeInteger, encodingOf, TAG } from '../../src/encoding/der.ts';
import { encodeHex } from '../../src/encoding/hex.ts';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { issue } from '../support/certificates.ts';
import { LAYOUTS, printChain } from '../support/running-config.ts';

const GENERATED = 1000;
const TIMEOUT = 120_000;

/** All public roots of the catalog. */
const roots = [...genuineBodies()].map(([, base64]) => new Uint8Array(Buffer.from(base64, 'base64')));
const generated = generateCertificates();
const all = [...roots, ...generated];

/** What happens to a configuration on its way into a folder. */
const COPIES: readonly { readonly name: string; readonly of: (config: string) => string }[] = [
  { name: 'as it is', of: (config) => config },
  { name: 'with CR LF', of: (config) => config.replaceAll('\n', '\r\n') },
  { name: 'in YAML', of: (config) => `config: |\n${config.replace(/^(?=.)/gm, '      ')}` },
  { name: 'with tabs written out', of: (config) => config.replaceAll('\tquit', '\\tquit') },
  {
    name: 'from rancid',
    of: (config) =>
      `!RANCID-CONTENT-TYPE: cisco\n!\n!Chassis type: C9300\n! Last configuration change at 03:00:01\n${config}`,
  },
  {
    name: 'from oxidized',
    of: (config) => `! Cisco IOS XE Software, Version 17.09.04a\n! Image: Software: CAT9K\n\n${config}`,
  },
];

test(`${roots.length} roots and ${generated.length} generated certificates, all different`, () => {
  expect(roots.length).toBeGreaterThanOrEqual(140);
  expect(new Set(all.map(encodeHex)).size).toBe(roots.length + GENERATED);
  // Last rows of every length, and serial numbers with the octet of the sign.
  expect(new Set(generated.map(({ length }) => length % 32)).size).toBe(32);
  expect(generated.some((der) => decodeCertificate(der).serialNumber.startsWith('00'))).toBe(true);
});

describe('rows of a block', () => {
  test.each(['ios', 'ios-xe'])(
    `%s: give all ${all.length} certificates back, under their serial numbers`,
    (platform) => {
      for (const der of all) {
        const options = { platform, trustpoint: 'NEW', style: 'hex', save: false } as const;
        const [block] = renderTrustpoint([der], options);
        const [trustpoint, ...more] = parseDeviceConfig(block?.text ?? '');
        expect(more).toEqual([]);
        const [stored] = trustpoint?.stored ?? [];
        expect(stored?.error).toBeNull();
        expect(stored?.serialNumber).toBe(decodeCertificate(der).serialNumber);
        expect(encodeHex(stored?.certificate?.der ?? new Uint8Array())).toBe(encodeHex(der));
      }
    },
    TIMEOUT,
  );
});

describe.each(LAYOUTS)('$name', (layout) => {
  const config = all
    .map((der, index) => {
      const serial = decodeCertificate(der).serialNumber;
      const heading = `ca ${layout.upperCase ? serial.toUpperCase() : serial}`;
      return `${layout.keyword} trustpoint TP-${index}\n revocation-check none\n!\n${printChain(`TP-${index}`, [{ der, heading }], layout)}`;
    })
    .join('!\n');

  test.each(COPIES)(`$name: gives all ${all.length} certificates back`, ({ of }) => {
    const found = parseDeviceConfig(of(config));
    expect(found.map(({ name }) => name)).toEqual(all.map((_, index) => `TP-${index}`));
    const back = found.map(({ certificates: [certificate] }) => encodeHex(certificate?.der ?? new Uint8Array()));
    expect(back.findIndex((hex, index) => hex !== encodeHex(all[index] ?? new Uint8Array()))).toBe(-1);
  });
});

test(
  'rows that a block types are those that the device prints, but for its blanks',
  () => {
    const [device] = LAYOUTS;
    for (const der of all) {
      const [block] = renderTrustpoint([der], { platform: 'ios', trustpoint: 'NEW', style: 'hex' });
      const rowsOf = (text: string) => text.split('\n').filter((line) => /^ {2}[0-9A-F]{2}/.test(line));
      expect(rowsOf(block?.text ?? '')).toEqual(
        rowsOf(printChain('NEW', [{ der, heading: 'ca 01' }], device)).map((row) => row.trimEnd()),
      );
    }
  },
  TIMEOUT,
);

/** CA certificates of every length and with every length of serial number; nobody verifies their signatures. */
function generateCertificates(): readonly Uint8Array[] {
  const [tbs, algorithm] = childrenOf(decodeElement(issue({ subject: 'CN=Generated' }).der, TAG.sequence));
  if (tbs === undefined || algorithm === undefined) throw new Error('no certificate');
  const [version, , ...fields] = childrenOf(tbs).map(encodingOf);
  return Array.from({ length: GENERATED }, (_, index) => {
    const noise = (octets: number) => createHash('shake256', { outputLength: octets }).update(`${index}`).digest();
    const serial = BigInt(`0x${noise(1 + (index % 20)).toString('hex')}`);
    return encodeElement(
      TAG.sequence,
      encodeElement(TAG.sequence, version ?? new Uint8Array(), encodeInteger(serial), ...fields),
      encodingOf(algorithm),
      encodeElement(TAG.bitString, Uint8Array.of(0), noise(8 + index)),
    );
  });
}
