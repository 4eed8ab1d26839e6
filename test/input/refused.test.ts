/**
 * What must be refused: forms of certificates of which something is lost, each made from genuine PEM. Nothing is guessed, so
 * that none of them gives a certificate, and each says where it breaks off.
 */
import { describe, expect, test } from 'vitest';
import { genuineBodies } from '../../src/catalog/catalog.ts';
import { encodePem } from '../../src/encoding/pem.ts';
import type { TrustError } from '../../src/errors.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { issue } from '../support/certificates.ts';
import { BEGIN, body, END } from '../support/pem-copies.ts';

const PEM = issue({ subject: 'CN=Unknown Root,O=Nobody', key: 'rsa2048' }).pem;
const OTHER = issue({ subject: 'CN=Other Root,O=Nobody', key: 'rsa2048' }).pem;
const [KNOWN = '', ALSO_KNOWN = ''] = [...genuineBodies().values()]
  .slice(0, 2)
  .map((base64) => encodePem('CERTIFICATE', Buffer.from(base64, 'base64')));

type Refusal = readonly [name: string, form: string | Uint8Array, error: string];

/** A PEM with its body changed. */
function withBody(change: (lines: string[]) => readonly string[], pem = PEM): string {
  return `${BEGIN}${change(body(pem).trimEnd().split('\n')).join('\n')}\n${END}`;
}

/** A PEM with the bytes of its DER changed. */
function withDer(change: (der: Uint8Array) => Uint8Array): string {
  return encodePem('CERTIFICATE', change(new Uint8Array(Buffer.from(body(PEM), 'base64'))));
}

function withByte(offset: number, value: number): string {
  return withDer((der) => der.with(offset, value));
}

/** The lines of two blocks by turns, as two programs write them to one log. */
function interleaved(a: string, b: string): string {
  const [left, right] = [a, b].map((pem) => pem.trimEnd().split('\n'));
  return `${(left ?? []).flatMap((line, index) => [line, right?.[index] ?? '']).join('\n')}\n`;
}

const LOST: readonly Refusal[] = [
  ['two certificates interleaved', interleaved(PEM, OTHER), 'pem/damaged 1:28; pem/damaged 19:25 782 bytes follow'],
  ['two public roots interleaved', interleaved(KNOWN, ALSO_KNOWN), 'pem/damaged 1:28; pem/damaged 26:1'],
  [
    'two certificates interleaved in one block',
    withBody((lines) => lines.flatMap((line, index) => [line, body(OTHER).split('\n')[index] ?? ''])),
    'pem/damaged 18:25 782 bytes follow',
  ],
  [
    'the first half of one, the second of another',
    BEGIN + body(PEM).slice(0, 650) + body(OTHER).slice(650).slice(0, 130) + END,
    'pem/damaged 2:1 (210 missing)',
  ],
  ['a byte too few', withDer((der) => der.subarray(0, -1)), 'pem/damaged 2:1 (1 missing)'],
  ['twelve bytes too few', withDer((der) => der.subarray(0, -12)), 'pem/damaged 2:1 (12 missing)'],
  ['half of it', withDer((der) => der.subarray(0, der.length / 2)), 'pem/damaged 2:1 (393 missing)'],
  ['its first byte missing', withDer((der) => der.subarray(1)), 'pem/damaged 2:1'],
  [
    'a byte missing inside',
    withDer((der) => new Uint8Array([...der.subarray(0, 300), ...der.subarray(301)])),
    'pem/damaged 2:1 (1 missing)',
  ],
  ['a line missing', withBody((lines) => lines.toSpliced(5, 1)), 'pem/damaged 2:1 (48 missing)'],
  ['the first line missing', withBody((lines) => lines.slice(1)), 'pem/damaged 2:1'],
  ['the last line missing', withBody((lines) => lines.slice(0, -1)), 'pem/damaged 2:1 (18 missing)'],
  ['a line twice', withBody((lines) => lines.toSpliced(5, 0, lines[5] ?? '')), 'pem/damaged 18:25 48 bytes follow'],
  [
    'its first three lines backwards',
    withBody((lines) => lines.slice(0, 3).toReversed().concat(lines.slice(3))),
    'pem/damaged 3:6 734 bytes follow',
  ],
  [
    'its first two lines swapped',
    withBody(([first = '', second = '', ...rest]) => [second, first, ...rest]),
    'pem/damaged 2:1',
  ],
  ['cut off in the middle of a line, without END', PEM.slice(0, 500), 'pem/damaged 9:18'],
  [
    'every line cut off at 60 columns',
    withBody((lines) => lines.map((line) => line.slice(0, 60))),
    'pem/damaged 2:1 (48 missing)',
  ],
  ['every line begun at column 3', withBody((lines) => lines.map((line) => line.slice(2))), 'pem/damaged 2:1'],
  [
    'a page break inside',
    withBody((lines) => lines.toSpliced(8, 0, 'Page 3 of 7')),
    'pem/damaged 19:17 6 bytes follow',
  ],
  ['a line of dots', withBody((lines) => lines.toSpliced(3, 8, '...')), 'pem/damaged 5:1'],
];

const CHANGED: readonly Refusal[] = [
  ['a changed length octet', withByte(2, 0x7f), 'pem/damaged 2:1 (31744 missing)'],
  ['a changed tag', withByte(0, 0x31), 'pem/damaged 2:1'],
  ['a changed tag of the part that is signed', withByte(4, 0x31), 'pem/damaged 2:6'],
  [
    'a character that is no base64',
    withBody((lines) => lines.with(2, `${lines[2]?.slice(0, 10)}*${lines[2]?.slice(11)}`)),
    'pem/damaged 4:11',
  ],
  [
    'a letter with a diacritic',
    withBody((lines) => lines.with(2, `${lines[2]?.slice(0, 10)}Ž${lines[2]?.slice(11)}`)),
    'pem/damaged 4:11',
  ],
  ['a character too many', withBody((lines) => lines.with(2, `${lines[2]}A`)), 'pem/damaged 19:1'],
  [
    'both alphabets of base64',
    withBody((lines) => lines.with(2, `${lines[2]?.slice(0, 10)}-+/${lines[2]?.slice(13)}`)),
    'pem/damaged 4:11',
  ],
  ['padding inside', withBody((lines) => lines.with(2, `${lines[2]?.slice(0, 62)}==`)), 'pem/damaged 5:1'],
  ['capitals only', BEGIN + body(PEM).toUpperCase() + END, 'pem/damaged 18:22 2 bytes follow'],
  [
    'hexadecimal digits',
    `${BEGIN + Buffer.from(body(PEM), 'base64').toString('hex').replaceAll(/.{64}/g, '$&\n')}\n${END}`,
    'pem/damaged 2:1',
  ],
];

const MISLABELLED: readonly Refusal[] = [
  ['labelled as a request', PEM.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST'), 'input/no-certificate'],
  ['labelled as a list of revoked ones', PEM.replaceAll('CERTIFICATE', 'X509 CRL'), 'input/no-certificate'],
  ['labelled as a key', PEM.replaceAll('CERTIFICATE', 'PUBLIC KEY'), 'input/no-certificate'],
  ['labelled as PKCS#7', PEM.replaceAll('CERTIFICATE', 'PKCS7'), 'pkcs7/malformed 1:'],
  [
    'something else in it',
    encodePem('CERTIFICATE', Buffer.from('this is no certificate at all, just text')),
    'pem/damaged 2:1 (66 missing)',
  ],
  ['nothing in it', BEGIN + END, 'pem/damaged 2:1'],
  [
    'its fingerprint only',
    'SHA256 Fingerprint=85:A0:DD:7D:D7:20:AD:B7:FF:05:F8:3D:54:2B:20:9D:C7:FF:45:28:F7:D6:77:B1:83:89:FE:A5:E5:C4:9E:86\n',
    'input/unrecognised',
  ],
  ['DER cut short', Buffer.from(body(PEM), 'base64').subarray(0, 600), 'der/truncated (186 missing)'],
];

describe('is refused', () => {
  test.each([...LOST, ...CHANGED, ...MISLABELLED])('%s', (_name, form, expected) => {
    const { certificates, damaged, errors } = readCertificates(Buffer.from(form));
    expect([certificates, damaged]).toEqual([[], []]);
    expect(errors.map(summary).join('; ')).toBe(expected);
    for (const { code, hint } of errors) if (code === 'pem/damaged') expect(hint).toMatch(/\w/);
  });

  test('in many forms', () => {
    expect(LOST.length + CHANGED.length + MISLABELLED.length).toBeGreaterThanOrEqual(30);
  });
});

/** The code of an error, its place if it has one, and how many bytes are too few or too many if it says so. */
function summary({ code, at, message }: TrustError): string {
  const place = at?.line === undefined ? '' : ` ${at.line}:${at.column ?? ''}`;
  return `${code}${place}${/ \(\d+ missing\)| \d+ bytes follow/.exec(message)?.[0] ?? ''}`;
}
