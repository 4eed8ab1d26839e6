import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CertificateJson, renderCertificateLine } from '../../src/report/certificate-json.ts';
import { renderLine } from '../../src/report/json.ts';

test('the line of a certificate is that of any other value', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"', '\\', '\u007f', '\u202e', 'ü'),
  );
  const textOrNull = fc.option(text);
  const hex = fc.stringMatching(/^[0-9a-f]{0,64}$/);
  const json: fc.Arbitrary<CertificateJson> = fc.record({
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
    notBefore: fc.constant('2031-11-24T18:23:33Z'),
    notAfter: fc.constant('+010000-01-01T00:00:00.000Z'),
    sha256: hex,
    sha1: hex,
    publicKey: fc.record({ algorithm: text, size: fc.option(fc.nat()) }),
    signatureAlgorithm: text,
    ca: fc.boolean(),
    selfIssued: fc.boolean(),
    subjectKeyIdentifier: fc.option(hex),
    catalog: fc.option(fc.record({ name: text, status: text, since: textOrNull, successor: textOrNull, detail: text })),
  });
  fc.assert(
    fc.property(json, (value) => {
      expect(renderCertificateLine(value)).toBe(renderLine(value));
    }),
  );
});
