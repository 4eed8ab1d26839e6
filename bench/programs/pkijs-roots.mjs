/** `pkijs-roots.mjs FILE`: reads a PEM bundle and verifies each certificate with its own key, as pkijs does it. */
import { readFileSync } from 'node:fs';
import { Certificate } from 'pkijs';

const blocks = readFileSync(process.argv[2], 'latin1').match(/-----BEGIN CERTIFICATE-----[^-]+/g);
for (const block of blocks) {
  const certificate = Certificate.fromBER(Buffer.from(block.slice(block.indexOf('\n')), 'base64'));
  if (!(await certificate.verify())) throw new Error('a signature is not valid');
}
