import { expect, test } from 'vitest';
import { entriesOf } from '../../src/cli/chosen-alias.ts';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { javaKeystore } from '../store/builders.ts';
import { processorTime } from '../support/processor-time.ts';
import { alpha, beta } from './keystore-store.ts';

test('the entry under the chosen alias, else the first', () => {
  const entries = ['one', 'two'].map((alias) => ({ alias, certificates: [alpha.der] }));
  const bytes = javaKeystore({ entries: [...entries, { alias: 'three', certificates: [beta.der] }] });
  const keystore = decodeKeystore(bytes, { password: null });
  const aliases = (alias: string | null) =>
    entriesOf([beta.certificate, alpha.certificate], keystore, alias).map((entry) => entry.alias);
  expect([aliases(null), aliases('TWO'), aliases('other')]).toEqual([
    ['three', 'one'],
    ['three', 'two'],
    ['three', 'one'],
  ]);
});

test('thousands of entries are found in a time in keeping with their number', () => {
  const certificates = Array.from({ length: 12_000 }, (_, index) => {
    const der = Uint8Array.from(alpha.der);
    new DataView(der.buffer).setUint32(der.length - 4, index);
    return decodeCertificate(der);
  });
  const entries = certificates.map(({ der }, index) => ({ alias: `a${index}`, certificates: [der] }));
  const keystore = decodeKeystore(javaKeystore({ entries }), { password: null });
  const spent = processorTime();
  const found = entriesOf(certificates, keystore, null);
  expect(spent()).toBeLessThan(4000);
  expect(found.map(({ alias }) => alias)).toEqual(certificates.map((_, index) => `a${index}`));
});
