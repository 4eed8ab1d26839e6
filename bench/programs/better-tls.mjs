/** `better-tls.mjs FILE`: validates every case of BetterTLS once, one after the other, from a cold start. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { validatePath } from '../../dist/index.js';
import { timeAndPrint } from './stopwatch.mjs';

const { validation_time, trustRoot, certs, suites } = JSON.parse(gunzipSync(readFileSync(process.argv[2])).toString());
const ders = certs.map(fromBase64);
const trustAnchors = [fromBase64(trustRoot)];
const at = new Date(validation_time);
const cases = Object.values(suites).flatMap(({ tests }) => tests);

await timeAndPrint(
  () => {
    for (const one of cases) validate(one);
  },
  { count: cases.length, unit: 'cases' },
);

function validate({ certs: indices, hostname }) {
  const [endEntity, ...intermediates] = indices.map((index) => ders[index]);
  const peerNames = [{ kind: isIP(hostname) === 0 ? 'dns' : 'ip', value: hostname }];
  const options = { trustAnchors, intermediates, at, profile: 'webpki', purpose: 'serverAuth', peerNames };
  return validatePath(endEntity, options);
}

function fromBase64(text) {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
