/** Long bundles in parts: the same as at once. */
import { expect, test } from 'vitest';
import { encodePem } from '../../src/encoding/pem.ts';
import { BundleReader } from '../../src/input/bundle-reader.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import type { ReadResult } from '../../src/input/read-result.ts';
import { issue } from '../support/certificates.ts';

const PEM = ['One', 'Two', 'Three']
  .map((name) => encodePem('CERTIFICATE', issue({ subject: `CN=${name}` }).der))
  .join('');
const LONG = PEM.repeat(Math.ceil((1024 * 1024) / PEM.length) + 1);
const MALFORMED = encodePem('CERTIFICATE', new Uint8Array(500));

const NOTHING: ReadResult = {
  kind: 'pem',
  certificates: [],
  damaged: [],
  recovered: [],
  described: [],
  members: [],
  attachments: [],
  untrusted: [],
  notes: [],
  errors: [],
};

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
  const reader = new BundleReader(bytes, { name: 'long.pem', ...options });
  const parts = [...reader.parts()];
  const last = parts.at(-1);
  const certificates = parts.flatMap((part) => part.certificates);
  expect(parts.every((part) => part.certificates.length <= 100)).toBe(true);
  expect([reader.isWhole, reader.given]).toEqual([true, certificates.length]);
  expect(last && outline({ ...last, certificates })).toEqual(
    outline(readCertificates(bytes, { name: 'long.pem', ...options })),
  );
});

test.each([
  ['a short one', PEM, 0],
  ['one with text before it', `text\n${LONG}`, 0],
  ['one with text in it', `${LONG}text\n${LONG}`, 2000],
  ['one that ends in a log', `${LONG}${LONG.replaceAll(/^/gm, '> ')}`, 2000],
  ['one with a configuration in it', `${LONG}crypto pki trustpoint a\n${LONG}`, 2000],
  ['one with another label in it', `${LONG}${encodePem('X509 CRL', new Uint8Array(9))}`, 2000],
  ['one with lines of another width', `${LONG}${PEM.replaceAll(/(.{64})\n/g, '$1 \n')}`, 2000],
])('of %s the parts have the first certificates', (_name, text, given) => {
  const bytes = Buffer.from(text);
  const reader = new BundleReader(bytes);
  const parts = [...reader.parts()];
  expect([reader.isWhole, reader.given]).toEqual([false, given]);
  const { certificates } = readCertificates(bytes);
  expect(parts.flatMap((part) => outline(part).certificates)).toEqual(
    outline({ ...NOTHING, certificates: certificates.slice(0, given) }).certificates,
  );
});
