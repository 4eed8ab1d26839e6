/** Long bundles in parts: the same as at once. */
import { expect, test } from 'vitest';
import { encodePem } from '../../src/encoding/pem.ts';
import { readBundleInParts, readCertificates } from '../../src/input/read-certificates.ts';
import type { ReadResult } from '../../src/input/read-result.ts';
import { issue } from '../support/certificates.ts';

const PEM = ['One', 'Two', 'Three']
  .map((name) => encodePem('CERTIFICATE', issue({ subject: `CN=${name}` }).der))
  .join('');
const LONG = PEM.repeat(Math.ceil((1024 * 1024) / PEM.length) + 1);
const MALFORMED = encodePem('CERTIFICATE', new Uint8Array(500));

const outline = ({ kind, certificates, damaged, described, notes, errors }: ReadResult) => ({
  kind,
  certificates: certificates.map(({ sha256, source }) => [sha256, source]),
  rest: [damaged, described, notes, errors.map(({ code, message, at }) => [code, message, at])],
});

test.each([
  ['a bundle', LONG, {}],
  ['one without its last line end', LONG.trimEnd(), {}],
  ['one with blocks that hold no certificate', `${LONG}${MALFORMED.repeat(3)}${LONG}`, {}],
  ['one in which nothing is tolerated', `${MALFORMED}${LONG}`, { strict: true }],
  ['one beyond the limit', LONG, { limits: { certificates: 1500 } }],
  ['one of which nothing can be read', MALFORMED.repeat(1600), {}],
])('%s comes in parts', (_name, text, options) => {
  const bytes = Buffer.from(text);
  const parts = [...(readBundleInParts(bytes, { name: 'long.pem', ...options }) ?? [])];
  const last = parts.at(-1);
  const whole = outline(readCertificates(bytes, { name: 'long.pem', ...options }));
  expect(parts.every(({ certificates }) => certificates.length <= 1000)).toBe(true);
  expect(last && outline({ ...last, certificates: parts.flatMap(({ certificates }) => certificates) })).toEqual(whole);
});

test.each([
  ['a short one', PEM],
  ['one with text before it', `text\n${LONG}`],
  ['one with text in it', `${LONG}text\n${LONG}`],
  ['one with another label in it', `${LONG}${encodePem('X509 CRL', new Uint8Array(9))}`],
  ['one with lines of another width', `${LONG}${PEM.replaceAll(/(.{64})\n/g, '$1 \n')}`],
])('%s comes at once', (_name, text) => {
  expect(readBundleInParts(Buffer.from(text))).toBeNull();
});
