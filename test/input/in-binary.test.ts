import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../src/encoding/byte-writer.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { issue } from '../support/certificates.ts';
import { type Found, read } from '../support/documents.ts';
import { certsOnly } from '../support/pkcs7.ts';
import { processorTime } from '../support/processor-time.ts';

const ROOT = issue({ subject: 'CN=Root' });
const SUB = issue({ subject: 'CN=Sub', issuer: ROOT });

/** How a compound file begins, which a message of Outlook is. */
const COMPOUND = Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1);
const NOISE = Uint8Array.from({ length: 700 }, (_, index) => (index * 7) % 31);
const LINE_FEEDS = NOISE.filter((byte) => byte === 0x0a).length;

const NOTE = ['input/unknown-format', null, null];

describe('certificates in bytes of an unknown format', () => {
  test.each<[string, Uint8Array, readonly Found[]]>([
    ['a store that Windows serialised', serializedStore([ROOT.der, SUB.der]), [at('Root', null), at('Sub', null)]],
    ['DER as an attachment', concatBytes([COMPOUND, NOISE, ROOT.der, NOISE]), [at('Root', null)]],
    [
      'PEM as an attachment, on the lines that any program counts',
      concatBytes([COMPOUND, NOISE, Buffer.from(ROOT.pem), NOISE, Buffer.from(SUB.pem), NOISE]),
      [at('Root', LINE_FEEDS + 1), at('Sub', 2 * LINE_FEEDS + ROOT.pem.split('\n').length)],
    ],
    [
      'both, in their order',
      concatBytes([COMPOUND, NOISE, Buffer.from(SUB.pem), NOISE, ROOT.der]),
      [at('Sub', LINE_FEEDS + 1), at('Root', null)],
    ],
    [
      'a bundle',
      concatBytes([COMPOUND, NOISE, certsOnly([SUB.der, ROOT.der]), NOISE]),
      [at('Sub', null), at('Root', null)],
    ],
    [
      'behind a BEGIN marker without an end',
      concatBytes([COMPOUND, Buffer.from('-----BEGIN '), NOISE, Buffer.from(ROOT.pem)]),
      [at('Root', LINE_FEEDS + 1)],
    ],
  ])('%s', (_name, bytes, found) => {
    expect(read(bytes)).toEqual({ kind: 'unknown', found, notes: [NOTE], errors: [] });
  });

  test('in a gzip, which wraps the one file that is named', () => {
    const { found, notes } = read(gzipSync(concatBytes([COMPOUND, NOISE, ROOT.der])));
    expect([found, notes]).toEqual([[at('Root', null)], [NOTE]]);
  });

  test('the note says where the first begins', () => {
    const { notes } = readCertificates(concatBytes([COMPOUND, NOISE, ROOT.der]));
    expect(notes.map(({ offset }) => offset)).toEqual([COMPOUND.length + NOISE.length]);
  });

  test('--strict takes none of it', () => {
    expect(read(concatBytes([COMPOUND, ROOT.der]), { strict: true }).errors).toEqual([['input/tolerated', 'in', null]]);
  });
});

describe('nothing is found', () => {
  test.each([
    ['where a certificate is cut short', concatBytes([COMPOUND, NOISE, ROOT.der.subarray(0, -1)])],
    ['where there is none', concatBytes([COMPOUND, NOISE])],
    ['of a block without an end', concatBytes([COMPOUND, Buffer.from(ROOT.pem.slice(0, -30))])],
  ])('%s', (_name, bytes) => {
    expect(read(bytes)).toEqual({
      kind: 'unknown',
      found: [],
      notes: [],
      errors: [['input/unrecognised', 'in', null]],
    });
  });

  test('in a file of an archive, whose certificates are beside it', () => {
    const { found, notes } = read(
      zipSync({ 'setup.exe': concatBytes([COMPOUND, NOISE, SUB.der]), 'root.cer': ROOT.der }),
    );
    expect([found, notes]).toEqual([[['CN=Root', 'root.cer', null]], []]);
  });

  test('in a file that was not named: programs hold certificates that nobody asks for', () => {
    const program = concatBytes([COMPOUND, NOISE, ROOT.der]);
    expect(read(program, { mayHoldNothing: true })).toEqual({ kind: 'unknown', found: [], notes: [], errors: [] });
  });
});

test.each([
  ['that begin', '-----BEGIN '],
  ['that begin and end', '-----BEGIN A-----END '],
])('a binary full of markers %s costs what its bytes cost', (_name, markers) => {
  const bytes = concatBytes([COMPOUND, Buffer.from(markers.repeat(300_000)), Buffer.from(ROOT.pem)]);
  const spent = processorTime();
  expect(read(bytes).found).toEqual([['CN=Root', null, 1]]);
  expect(spent()).toBeLessThan(10_000);
});

function at(name: string, line: number | null): Found {
  return [`CN=${name}`, null, line];
}

/** As `certutil -generateSSTFromWU` writes it: elements of an identifier, an encoding, a length and a value. */
function serializedStore(certificates: readonly Uint8Array[]): Uint8Array {
  const element = (id: number, value: Uint8Array) => {
    const header = Buffer.alloc(12);
    header.writeUInt32LE(id, 0);
    header.writeUInt32LE(1, 4);
    header.writeUInt32LE(value.length, 8);
    return concatBytes([header, value]);
  };
  const name = Buffer.from('Root\0', 'utf16le');
  const entries = certificates.flatMap((der) => [element(11, name), element(32, der)]);
  return concatBytes([Uint8Array.of(0, 0, 0, 0), Buffer.from('CERT'), ...entries, new Uint8Array(12)]);
}
