import { describe, expect, test } from 'vitest';
import { genuineRoot } from '../../src/catalog/catalog.ts';
import { concatBytes } from '../../src/encoding/byte-writer.ts';
import { encodeElement, TAG } from '../../src/encoding/der.ts';
import { encodePem } from '../../src/encoding/pem.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import type { NoteCode } from '../../src/input/read-result.ts';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { issue } from '../support/certificates.ts';

/** One certificate in a form that people have, and what must be noted about it. */
type Form = readonly [name: string, form: (pem: string) => string | Uint8Array, notes: readonly NoteCode[]];

const BEGIN = '-----BEGIN CERTIFICATE-----\n';
const END = '-----END CERTIFICATE-----\n';

function body(pem: string): string {
  return pem.slice(BEGIN.length, -END.length);
}

/** The same certificate with lines of another width. */
function wrapped(pem: string, width: number): string {
  const lines =
    body(pem)
      .replaceAll('\n', '')
      .match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  return `${BEGIN}${lines.join('\n')}\n${END}`;
}

function utf16(text: string, order: 'little' | 'big'): Uint8Array {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'little' ? bytes : bytes.swap16();
}

const IN_ORDER: readonly Form[] = [
  ['as programs write it', (pem) => pem, []],
  ['without the last line end', (pem) => pem.trimEnd(), []],
  ['76 characters a line', (pem) => wrapped(pem, 76), []],
  ['text before and after', (pem) => `Dear colleague,\nhere it is:\n${pem}Best regards\n`, []],
  ['comments between', (pem) => `# A root\n\n${pem}\n# the end`, []],
  [
    'attributes of openssl pkcs12',
    (pem) => `Bag Attributes\n    friendlyName: x\nsubject=CN = x\n\nissuer=CN = x\n\n${pem}`,
    [],
  ],
  ['text that is no UTF-8', (pem) => Buffer.from(`Zertifikat f\xfcr die B\xf6rse\n${pem}\xff\n`, 'latin1'), []],
  ['blanks after the markers', (pem) => pem.replaceAll('-----\n', '-----  \n'), []],
  ['label of old programs', (pem) => pem.replaceAll('CERTIFICATE', 'X509 CERTIFICATE'), []],
  [
    'trusted certificate of OpenSSL',
    (pem) => {
      const der = Buffer.from(body(pem), 'base64');
      return encodePem(
        'TRUSTED CERTIFICATE',
        concatBytes([der, encodeElement(TAG.sequence, encodeElement(TAG.utf8String))]),
      );
    },
    [],
  ],
];

const LAYOUT: readonly Form[] = [
  ['CRLF', (pem) => pem.replaceAll('\n', '\r\n'), ['pem/crlf']],
  ['CRLF with text', (pem) => `text\n${pem}text`.replaceAll('\n', '\r\n'), ['pem/crlf']],
  ['lone CR', (pem) => pem.replaceAll('\n', '\r'), ['pem/lone-cr']],
  ['a CR too many', (pem) => pem.replaceAll('\n', '\r\r\n'), ['pem/crlf', 'pem/lone-cr', 'pem/blank-line']],
  ['one long line', (pem) => wrapped(pem, 10_000), ['pem/long-line']],
  ['a blank line after BEGIN', (pem) => pem.replace('\n', '\n\n'), ['pem/blank-line']],
  ['a blank line before END', (pem) => pem.replace('\n-----END', '\n\n-----END'), ['pem/blank-line']],
  ['blank lines everywhere', (pem) => pem.replaceAll('\n', '\n\n'), ['pem/blank-line']],
  ['blank lines that have blanks', (pem) => pem.replaceAll('\n', '\n \t\n'), ['pem/blank-line']],
  ['blanks at the ends', (pem) => wrapped(pem, 64).replaceAll(/([A-Za-z0-9+/=])\n/g, '$1 \n'), ['pem/trailing-blanks']],
  ['indented lines', (pem) => `${BEGIN}${body(pem).replaceAll(/^/gm, '\t').trimEnd()}\n${END}`, ['pem/indented']],
  [
    'indented, between other lines',
    (pem) => `The certificate:\n${pem.trimEnd().replaceAll(/^/gm, '    ')}\nnext: 1\n`,
    ['pem/indented'],
  ],
  [
    'blanks for line ends',
    (pem) => `${BEGIN}${body(pem).trimEnd().replaceAll('\n', ' ')}\n${END}`,
    ['pem/blanks-for-newlines'],
  ],
  [
    'no-break spaces for line ends',
    (pem) => `${BEGIN}${body(pem).trimEnd().replaceAll('\n', '\u00a0')}\n${END}`,
    ['pem/blanks-for-newlines'],
  ],
  [
    'all on one line',
    (pem) => pem.replaceAll('\n', ' '),
    ['pem/missing-line-end', 'pem/blanks-for-newlines', 'pem/missing-line-end'],
  ],
  ['byte order mark', (pem) => `\ufeff${pem}`, ['pem/byte-order-mark']],
  ['UTF-16 little endian', (pem) => utf16(`\ufeff${pem}`, 'little'), ['pem/utf-16']],
  ['UTF-16 big endian', (pem) => utf16(`\ufeff${pem}`, 'big'), ['pem/utf-16']],
  ['UTF-16 without a mark', (pem) => utf16(pem, 'little'), ['pem/utf-16']],
];

const MARKERS: readonly Form[] = [
  ['four hyphens', (pem) => pem.replace('-----BEGIN', '----BEGIN'), ['pem/damaged-marker']],
  ['six hyphens', (pem) => pem.replaceAll('-----', '------'), ['pem/damaged-marker', 'pem/damaged-marker']],
  ['two and three hyphens', (pem) => pem.replace(BEGIN, '--BEGIN CERTIFICATE---\n'), ['pem/damaged-marker']],
  ['hyphens on one side', (pem) => pem.replace(BEGIN, '-----BEGIN CERTIFICATE\n'), ['pem/damaged-marker']],
  ['no hyphens', (pem) => pem.replaceAll('-', ''), ['pem/damaged-marker', 'pem/damaged-marker']],
  ['en dashes', (pem) => pem.replaceAll('-', '–'), ['pem/damaged-marker', 'pem/damaged-marker']],
  ['em dashes for two hyphens', (pem) => pem.replaceAll('--', '—'), ['pem/damaged-marker', 'pem/damaged-marker']],
  ['wrong letters', (pem) => pem.replace('BEGIN CERTIFICATE', 'BEG1N CERT1FlCATE'), ['pem/damaged-marker']],
  ['diacritics', (pem) => pem.replace('END CERTIFICATE', 'END ČEŘŤIŤICATE'), ['pem/damaged-marker']],
  ['a letter missing', (pem) => pem.replace('END CERTIFICATE', 'EN CERTIFCATE'), ['pem/damaged-marker']],
  ['small letters', (pem) => pem.replace('BEGIN CERTIFICATE', 'begin certificate'), ['pem/damaged-marker']],
  ['blanks doubled', (pem) => pem.replace('BEGIN CERTIFICATE', ' BEGIN  CERTIFICATE '), ['pem/damaged-marker']],
  ['base64 on the line of BEGIN', (pem) => pem.replace(BEGIN, BEGIN.trimEnd()), ['pem/missing-line-end']],
  ['END on the line of base64', (pem) => pem.replace('\n-----END', ' -----END'), ['pem/missing-line-end']],
  ['text before BEGIN', (pem) => `certificate: ${pem}`, ['pem/missing-line-end']],
  ['text after END', (pem) => `${pem.trimEnd()} (end)\n`, ['pem/missing-line-end']],
  ['no BEGIN', (pem) => pem.slice(BEGIN.length), ['pem/missing-begin']],
  ['text, then no BEGIN', (pem) => `Here it is:\n${pem.slice(BEGIN.length)}`, ['pem/missing-begin']],
  ['no END', (pem) => pem.slice(0, -END.length), ['pem/missing-end']],
  [
    'no END, then text',
    (pem) => `${pem.slice(0, -END.length)}quit\n\nThis is where it ends, more or less.\n`,
    ['pem/missing-end'],
  ],
  [
    'no END, then another label',
    (pem) => `${pem.slice(0, -END.length)}-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n`,
    ['pem/missing-end'],
  ],
  [
    'as in a printed guide',
    (pem) => `Copy this:\n\n----BEGIN CERTIFICATE-----\n\n${body(pem).replaceAll('\n', ' ')}----END ČEŘŤIŤICATE----\n`,
    ['pem/damaged-marker', 'pem/blank-line', 'pem/blanks-for-newlines', 'pem/damaged-marker', 'pem/missing-line-end'],
  ],
  ['no markers', (pem) => body(pem), ['pem/no-markers']],
  ['no markers, one line', (pem) => body(pem).replaceAll('\n', ''), ['pem/no-markers', 'pem/long-line']],
  ['no markers, CRLF', (pem) => body(pem).replaceAll('\n', '\r\n'), ['pem/no-markers', 'pem/crlf']],
];

/** Two certificates: one that the catalog knows, one that nobody knows. Both end with padding. */
const KNOWN = encodePem(
  'CERTIFICATE',
  genuineRoot('85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86') ?? new Uint8Array(),
);
const UNKNOWN = issue({ subject: 'CN=Unknown Root,O=Nobody', key: 'rsa2048' }).pem;

describe.each([
  ['a public root', KNOWN],
  ['a certificate that is in no catalog', UNKNOWN],
])('%s', (_subject, pem) => {
  const { sha256 } = decodeCertificate(Buffer.from(body(pem), 'base64'));

  test.each([...IN_ORDER, ...LAYOUT, ...MARKERS])('%s', (_name, form, codes) => {
    const bytes = Buffer.from(form(pem));
    const { certificates, notes, errors, damaged } = readCertificates(bytes);
    expect(certificates.map((certificate) => certificate.sha256)).toEqual([sha256]);
    expect(notes.map(({ code }) => code)).toEqual(codes);
    expect([errors, damaged]).toEqual([[], []]);

    const strict = readCertificates(bytes, { strict: true });
    expect(strict.notes).toEqual([]);
    expect(strict.errors.map(({ code }) => code)).toEqual(codes.map(() => 'input/tolerated'));
  });
});

test.each([
  ['missing', (text: string) => text.replaceAll('=', '')],
  ['too short', (text: string) => text.replace('==', '=')],
  ['too long', (text: string) => text.replace('=', '==')],
])('padding that is %s', (_name, change) => {
  const { der, certificate } = paddedRoot();
  const { certificates, notes } = readCertificates(Buffer.from(change(encodePem('CERTIFICATE', der))));
  expect(certificates.map(({ sha256 }) => sha256)).toEqual([certificate.sha256]);
  expect(notes.map(({ code }) => code)).toEqual(['pem/missing-padding']);
});

test('no line end between END and the next BEGIN', () => {
  const { certificates, notes } = readCertificates(Buffer.from(KNOWN.trimEnd() + UNKNOWN));
  expect(certificates).toHaveLength(2);
  expect(new Set(notes.map(({ code }) => code))).toEqual(new Set(['pem/missing-line-end']));
});

/** An EC certificate has a random signature, so its length differs from one to the next: one whose base64 ends with `==`. */
function paddedRoot(): { readonly der: Uint8Array; readonly certificate: { readonly sha256: string } } {
  for (let length = 0; ; length++) {
    const issued = issue({ subject: `CN=${'x'.repeat(1 + length)}` });
    if (issued.der.length % 3 === 1) return issued;
  }
}
