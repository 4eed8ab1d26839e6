import { describe, expect, test } from 'vitest';
import { genuineBodies } from '../../src/catalog/catalog.ts';
import { encodePem } from '../../src/encoding/pem.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { COMBINED, ESCAPES, type Form, FRAMES, IN_ORDER, LAYOUT, MARKERS } from '../support/battered-forms.ts';
import { issue } from '../support/certificates.ts';
import { body } from '../support/pem-copies.ts';

/** Two certificates: one that the catalog knows, one that nobody knows. Both end with padding. */
const KNOWN = encodePem(
  'CERTIFICATE',
  Buffer.from([...genuineBodies().values()].find((base64) => base64.endsWith('==')) ?? '', 'base64'),
);
const UNKNOWN = paddedRoot('rsa2048').pem;

const FORMS: readonly Form[] = [...IN_ORDER, ...LAYOUT, ...MARKERS, ...FRAMES, ...ESCAPES, ...COMBINED];

test('the forms are many, and all different', () => {
  expect(FORMS.length).toBeGreaterThanOrEqual(80);
  expect(new Set(FORMS.map(([name]) => name)).size).toBe(FORMS.length);
});

describe.each([
  ['a public root', KNOWN],
  ['a certificate that is in no catalog', UNKNOWN],
])('%s', (_subject, pem) => {
  const { sha256 } = decodeCertificate(Buffer.from(body(pem), 'base64'));

  test.each(FORMS)('%s', (_name, form, noted) => {
    const bytes = Buffer.from(form(pem));
    const { certificates, notes, errors, damaged } = readCertificates(bytes);
    expect(certificates.map((certificate) => certificate.sha256)).toEqual([sha256]);
    expect(notes.map(({ code, line, column }) => `${code} ${position(line, column)}`)).toEqual(
      noted.map((note) => placed(note, pem)),
    );
    expect([errors, damaged]).toEqual([[], []]);

    const strict = readCertificates(bytes, { strict: true });
    expect(strict.notes).toEqual([]);
    expect(strict.errors.map(({ code, at }) => `${code} ${position(at?.line, at?.column)}`)).toEqual(
      noted.map((note) => placed(note, pem).replace(/^\S+/, 'input/tolerated')),
    );
  });
});

test.each([
  ['missing', (text: string) => text.replaceAll('=', '')],
  ['too short', (text: string) => text.replace('==', '=')],
  ['too long', (text: string) => text.replace('=', '==')],
])('padding that is %s', (_name, change) => {
  const { der, certificate } = paddedRoot('ec');
  const { certificates, notes } = readCertificates(Buffer.from(change(encodePem('CERTIFICATE', der))));
  expect(certificates.map(({ sha256 }) => sha256)).toEqual([certificate.sha256]);
  expect(notes.map(({ code }) => code)).toEqual(['pem/missing-padding']);
});

test('no line end between END and the next BEGIN', () => {
  const { certificates, notes } = readCertificates(Buffer.from(KNOWN.trimEnd() + UNKNOWN));
  expect(certificates).toHaveLength(2);
  expect(new Set(notes.map(({ code }) => code))).toEqual(new Set(['pem/missing-line-end']));
});

test('ligatures of a document in PDF stand for their letters, and are noted', () => {
  const pem = ligableRoot();
  const copy = pem.replaceAll('ff', '\ufb00').replaceAll('fi', '\ufb01').replaceAll('fl', '\ufb02');
  const { certificates, notes, errors } = readCertificates(Buffer.from(copy));
  expect(certificates.map(({ der }) => encodePem('CERTIFICATE', der))).toEqual([pem]);
  const first = copy.slice(0, copy.search(/[\ufb00-\ufb02]/)).split('\n');
  expect(notes.map(({ code, line, column }) => [code, line, column])).toEqual([
    ['pem/ligature', first.length, (first.at(-1)?.length ?? 0) + 1],
  ]);
  expect(errors).toEqual([]);
});

/** A certificate that has letters in its base64 for which there are ligatures. */
function ligableRoot(): string {
  for (let length = 0; ; length++) {
    const { pem } = issue({ subject: `CN=${'x'.repeat(1 + length)}`, key: 'rsa2048' });
    if (/f[fil]/.test(pem)) return pem;
  }
}

/** A certificate whose base64 ends with `==`. */
function paddedRoot(key: 'ec' | 'rsa2048') {
  for (let length = 0; ; length++) {
    const issued = issue({ subject: `CN=${'x'.repeat(1 + length)},O=Nobody`, key });
    if (issued.der.length % 3 === 1) return issued;
  }
}

function position(line: number | undefined, column: number | undefined): string {
  return column === undefined ? `${line}` : `${line}:${column}`;
}

/** A note with its place in a form of a PEM: `E-1:L+1`, or `{+/}` for the first of these characters in the genuine body. */
function placed(note: string, pem: string): string {
  const lines = pem.trimEnd().split('\n');
  const first = (characters: string) =>
    Math.min(...[...characters].map((one) => body(pem).indexOf(one)).filter((at) => at >= 0));
  return note
    .replace(/:\{(.*)\}/, (_, characters: string) => `:${3 + first(characters) - Math.floor(first(characters) / 65)}`)
    .replace(/\{(\S+?)(?: ([+-]\d):([+-]\d))?\}/, (_, characters: string, line = '0', column = '0') => {
      const index = first(characters);
      return `${2 + Math.floor(index / 65) + Number(line)}:${1 + (index % 65) + Number(column)}`;
    })
    .replace(/E([+-]\d)?/, (_, more = '0') => `${lines.length + Number(more)}`)
    .replace(/L([+-]\d)?/, (_, more = '0') => `${(lines.at(-2) ?? '').length + Number(more)}`)
    .replace(/N\+(\d+)/, (_, more) => `${body(pem).length + Number(more)}`);
}
