import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CatalogEntry } from '../../src/catalog/catalog.ts';
import { renderLine } from '../../src/encoding/json-text.ts';
import { renderCertificateLine, type ShownCertificate, toCertificateJson } from '../../src/report/certificate-json.ts';

test('the line of a certificate is that of any other value', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"', '\\', '\u007f', '\u202e', 'ü'),
  );
  const textOrNull = fc.option(text);
  const hex = fc.stringMatching(/^[0-9a-f]{0,64}$/);
  const certificate: fc.Arbitrary<ShownCertificate> = fc.record({
    source: fc.record({
      input: text,
      member: textOrNull,
      line: fc.option(fc.nat()),
      alias: textOrNull,
      trustpoint: textOrNull,
    }),
    subject: text,
    issuer: text,
    serialNumber: hex,
    notBefore: fc.date({ noInvalidDate: true }),
    notAfter: fc.date({ noInvalidDate: true }),
    sha256: hex,
    sha1: hex,
    publicKey: fc.record({ algorithm: text, size: fc.option(fc.nat()) }),
    signatureAlgorithm: text,
    ca: fc.boolean(),
    selfIssued: fc.boolean(),
    subjectKeyIdentifier: fc.option(hex),
  });
  const entry: fc.Arbitrary<CatalogEntry> = fc.record({
    sha256: hex,
    name: text,
    status: fc.constantFrom('included', 'removed'),
    since: textOrNull,
    distrustAfter: textOrNull,
    misissuance: textOrNull,
    successor: textOrNull,
    detail: text,
    addedBy: textOrNull,
  });
  fc.assert(
    fc.property(certificate, fc.option(entry), (value, known) => {
      expect(renderCertificateLine(value, known)).toBe(renderLine(toCertificateJson(value, known)));
    }),
  );
});
