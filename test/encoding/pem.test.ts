import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePem, encodePem, MAX_REJECTED, scanPem } from '../../src/encoding/pem.ts';
import { TrustError } from '../../src/errors.ts';

const BLOCK = encodePem(
  'CERTIFICATE',
  Uint8Array.from({ length: 200 }, (_, index) => index),
);

function scan(text: string) {
  const { blocks, rejected } = scanPem(Buffer.from(text, 'latin1'));
  return {
    blocks: blocks.map(({ label, der, line }) => [label, der.length, line]),
    rejected: rejected.map(({ error }) => [error.code, error.at?.line]),
  };
}

describe('blocks that are in order', () => {
  test.each([
    ['alone', BLOCK, [['CERTIFICATE', 200, 1]]],
    ['without the last line end', BLOCK.trimEnd(), [['CERTIFICATE', 200, 1]]],
    ['in text', `first\nsecond\n${BLOCK}last`, [['CERTIFICATE', 200, 3]]],
    ['with CRLF', `text\n${BLOCK}`.replaceAll('\n', '\r\n'), [['CERTIFICATE', 200, 2]]],
    ['behind a byte order mark', `\xef\xbb\xbf${BLOCK}`, [['CERTIFICATE', 200, 1]]],
    ['with a lone CR', `text\n${BLOCK}`.replaceAll('\n', '\r'), [['CERTIFICATE', 200, 2]]],
    [
      'two in a row',
      BLOCK + BLOCK,
      [
        ['CERTIFICATE', 200, 1],
        ['CERTIFICATE', 200, 8],
      ],
    ],
    [
      'with a blank line between them',
      `${BLOCK}\n${BLOCK}`,
      [
        ['CERTIFICATE', 200, 1],
        ['CERTIFICATE', 200, 9],
      ],
    ],
    ['with blanks after the markers', BLOCK.replaceAll('-----\n', '----- \t\n'), [['CERTIFICATE', 200, 1]]],
    ['with blank lines inside', BLOCK.replaceAll('\n', '\n\n'), [['CERTIFICATE', 200, 1]]],
    ['with other labels', BLOCK.replaceAll('CERTIFICATE', 'X509 CRL'), [['X509 CRL', 200, 1]]],
    ['empty', '-----BEGIN CMS-----\n-----END CMS-----\n', [['CMS', 0, 1]]],
    ['none', 'no block\n', []],
    ['nothing', '', []],
  ])('%s', (_name, text, blocks) => {
    expect(scan(text)).toEqual({ blocks, rejected: [] });
  });

  test('give the offsets of the whole block, its last line end included', () => {
    const [block] = decodePem(Buffer.from(`text\n${BLOCK}more`));
    expect([block?.start, block?.end]).toEqual([5, 5 + BLOCK.length]);
  });

  test('may have the headers of old encrypted keys', () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-CBC,0102\n\nQUJD\n-----END RSA PRIVATE KEY-----\n`;
    expect(scan(key)).toEqual({ blocks: [['RSA PRIVATE KEY', 3, 1]], rejected: [] });
  });
});

describe('blocks that are broken do not hide the others', () => {
  test.each([
    ['no END', `-----BEGIN A-----\nQUJD\n${BLOCK}`, [['CERTIFICATE', 200, 3]], [['pem/no-end', 1]]],
    [
      'no END at the end of the text',
      `${BLOCK}text\n-----BEGIN A-----\nQUJD\n`,
      [['CERTIFICATE', 200, 1]],
      [['pem/no-end', 9]],
    ],
    [
      'another label at the END',
      `-----BEGIN A-----\nQUJD\n-----END B-----\n${BLOCK}`,
      [['CERTIFICATE', 200, 4]],
      [['pem/damaged', 3]],
    ],
    [
      'four hyphens after BEGIN',
      `-----BEGIN A----\nQUJD\n-----END A-----\n${BLOCK}`,
      [['CERTIFICATE', 200, 4]],
      [['pem/damaged', 1]],
    ],
    [
      'a label without end',
      `-----BEGIN ${'A'.repeat(100)}-----\nQUJD\n-----END A-----\n${BLOCK}`,
      [['CERTIFICATE', 200, 4]],
      [['pem/damaged', 1]],
    ],
    [
      'text after the END',
      `-----BEGIN A-----\nQUJD\n-----END A----- x\n${BLOCK}`,
      [['CERTIFICATE', 200, 4]],
      [['pem/damaged', 3]],
    ],
    [
      'a character that is no base64',
      `-----BEGIN A-----\nQUJD\nQ*JD\n-----END A-----\n${BLOCK}`,
      [['CERTIFICATE', 200, 5]],
      [['pem/bad-base64', 3]],
    ],
    [
      'characters missing',
      `${BLOCK}-----BEGIN A-----\nQUJ\n-----END A-----\n`,
      [['CERTIFICATE', 200, 1]],
      [['pem/bad-base64', 10]],
    ],
  ])('%s', (_name, text, blocks, rejected) => {
    expect(scan(text)).toEqual({ blocks, rejected });
  });

  test.each(['x-----BEGIN A-----\nQUJD\n-----END A-----\n', ' -----BEGIN A-----\nQUJD\n-----END A-----\n'])(
    'a marker inside a line is text: %j',
    (text) => {
      expect(scan(text)).toEqual({ blocks: [], rejected: [] });
    },
  );

  test('decodePem throws the first of them', () => {
    const text = Buffer.from(`${BLOCK}-----BEGIN A-----\nQ*JD\n-----END A-----\n`);
    expect(() => decodePem(text)).toThrow(
      expect.objectContaining({ code: 'pem/bad-base64', at: { line: 9, offset: BLOCK.length + 19 } }),
    );
    expect(() => decodePem(text)).toThrow(TrustError);
  });

  test('there is an end to them', () => {
    const { rejected } = scanPem(Buffer.from('-----BEGIN A-----\n'.repeat(MAX_REJECTED + 5)));
    expect(rejected).toHaveLength(MAX_REJECTED);
  });
});

test('what is encoded is decoded to the same bytes, on the right line', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.array(fc.stringMatching(/^[a-z =#]{0,20}$/), { maxLength: 3 })),
        {
          maxLength: 5,
        },
      ),
      (parts) => {
        const text = parts.map(([der, comments]) => [...comments, encodePem('CERTIFICATE', der)].join('\n')).join('');
        const blocks = decodePem(Buffer.from(text));
        expect(blocks.map(({ der }) => der)).toEqual(parts.map(([der]) => der));
        const lines = text.split('\n');
        for (const { line } of blocks) expect(lines[line - 1]).toBe('-----BEGIN CERTIFICATE-----');
      },
    ),
  );
});

test('any bytes are blocks, rejected parts or text', () => {
  const piece = fc.oneof(
    fc.constantFrom('-----BEGIN A-----', '-----END A-----', '-----', '\n', '\r\n', '\r', ':', '=', BLOCK),
    fc.string({ maxLength: 10 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = Buffer.from(pieces.join(''));
      const { blocks, rejected } = scanPem(text);
      const parts = [...blocks, ...rejected].sort((a, b) => a.start - b.start);
      for (const [index, { start, end }] of parts.entries()) {
        expect(start).toBeGreaterThanOrEqual(parts[index - 1]?.end ?? 0);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
      }
    }),
  );
});
