import { expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { anchorsBySha256 } from '../../src/store/entry-index.ts';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { issue } from '../support/certificates.ts';
import { processorTime } from '../support/processor-time.ts';
import { javaKeystore } from './builders.ts';

const COUNT = 12_000;
const issued = issue({ subject: 'CN=Many Root' });

/** Certificates of one length that differ in their last octets, as those of one CA may. */
const certificates = Array.from({ length: COUNT }, (_, index) => {
  const der = Uint8Array.from(issued.der);
  new DataView(der.buffer).setUint32(der.length - 4, index);
  return decodeCertificate(der);
});
const keystore = decodeKeystore(
  javaKeystore({ entries: certificates.map(({ der }, index) => ({ alias: `a${index}`, certificates: [der] })) }),
  { password: null },
);

test('many anchors of one length are found in a time in keeping with their number', () => {
  const spent = processorTime();
  const found = anchorsBySha256(keystore, certificates);
  expect(spent()).toBeLessThan(4000);
  expect(certificates.map(({ sha256 }) => found.get(sha256)?.map(({ alias }) => alias))).toEqual(
    certificates.map((_, index) => [`a${index}`]),
  );
  expect(anchorsBySha256(keystore, [issue({ subject: 'CN=Other Root' }).certificate]).size).toBe(0);
});
