/** `x509-fields.mjs FILE`: four fields of each certificate of a PEM bundle, a line each, as the class of Node reads them. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const blocks = readFileSync(process.argv[2], 'latin1').match(
  /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g,
);
for (const block of blocks) {
  const { subject, issuer, validTo, fingerprint256 } = new X509Certificate(block);
  console.log(JSON.stringify({ subject, issuer, validTo, fingerprint256 }));
}
