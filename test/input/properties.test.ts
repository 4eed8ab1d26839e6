import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { genuineRoot } from '../../src/catalog/catalog.ts';
import { resemblesRoot } from '../../src/catalog/match.ts';
import { encodePem } from '../../src/encoding/pem.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { readStream } from '../../src/io/read-stream.ts';
import { COMBINED, ESCAPES, FRAMES, IN_ORDER, LAYOUT, MARKERS } from '../support/battered-forms.ts';
import { issue } from '../support/certificates.ts';

const RUNS = process.env.SLOW ? 5_000 : 150;
const TIMEOUT = 300_000;

const PEMS = [
  encodePem(
    'CERTIFICATE',
    genuineRoot('85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86') ?? new Uint8Array(),
  ),
  issue({ subject: 'CN=A' }).pem,
  issue({ subject: 'CN=B', key: 'rsa1024' }).pem,
];

/** Text that is no part of a block: no marker, and no run that could be base64 of one. */
const noise = fc
  .array(
    fc.oneof(
      fc.stringMatching(/^[ -~]{0,20}$/),
      fc.constantFrom('-----', '--', '=', 'ž', '\t', 'BEGIN', 'CERTIFICATE', 'MII'),
    ),
    { maxLength: 12 },
  )
  .map((words) => `${words.join('\n')}\n`);

const blocks = fc.array(fc.constantFrom(...PEMS), { maxLength: 4 });

function found(text: string | Uint8Array): readonly string[] {
  return readCertificates(Buffer.from(text)).certificates.map(({ sha256 }) => sha256);
}

describe('the certificates found', () => {
  test(
    'are the same with noise before, between and after',
    () => {
      fc.assert(
        fc.property(blocks, noise, noise, (pems, between, after) => {
          expect(found(pems.map((pem) => between + pem).join('') + after)).toEqual(found(pems.join('')));
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT,
  );

  test(
    'of two inputs in a row are those of both',
    () => {
      fc.assert(
        fc.property(blocks, blocks, noise, (a, b, between) => {
          expect(found(a.join('') + between + b.join(''))).toEqual([...found(a.join('')), ...found(b.join(''))]);
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT,
  );

  test(
    'are the same with CRLF, blank lines or a byte order mark',
    () => {
      const forms = [
        (text: string) => text.replaceAll('\n', '\r\n'),
        (text: string) => text.replaceAll('\n', '\n\n'),
        (text: string) => `\ufeff${text}`,
        (text: string) => text.replaceAll(/^/gm, '  '),
      ];
      fc.assert(
        fc.property(blocks, fc.constantFrom(...forms), (pems, form) => {
          expect(found(form(pems.join('')))).toEqual(found(pems.join('')));
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT,
  );
});

describe('the certificates found in battered forms', () => {
  // A form that depends on where the text begins or ends is another one beside others.
  const DEPENDS = /^pem\/(missing-begin|missing-end|no-markers|utf-16|byte-order-mark)/;
  const forms = [...IN_ORDER, ...LAYOUT, ...MARKERS, ...FRAMES, ...ESCAPES, ...COMBINED]
    .filter(([, , notes]) => !notes.some((note) => DEPENDS.test(note)))
    .map(([, form]) => form);
  const battered = fc.array(
    fc.tuple(fc.constantFrom(...forms), fc.constantFrom(...PEMS)).map(([form, pem]) => {
      const text = form(pem);
      return `${typeof text === 'string' ? text : Buffer.from(text).toString('latin1')}\n`;
    }),
    { maxLength: 3 },
  );

  test(
    'of two inputs in a row are those of both, with noise before, between and after',
    () => {
      fc.assert(
        fc.property(battered, battered, noise, (a, b, between) => {
          const whole = `${between}${a.join('')}${between}${b.join('')}${between}`;
          expect(found(whole)).toEqual([...found(a.join('')), ...found(b.join(''))]);
          expect(found(whole)).toEqual([...a, ...b].flatMap(found));
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT,
  );

  test(
    'are the same in whatever pieces the input comes',
    async () => {
      const cuts = fc.array(fc.nat(), { maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(battered, cuts, async (texts, places) => {
          const bytes = Buffer.from(texts.join(''));
          const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((x, y) => x - y);
          async function* pieces() {
            let from = 0;
            for (const end of ends) {
              yield bytes.subarray(from, end);
              from = end;
            }
          }
          const read = readCertificates(await readStream(pieces(), bytes.length));
          expect(read).toEqual(readCertificates(bytes));
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT,
  );
});

describe('nothing is thrown, and what is found is a certificate that was there', () => {
  const genuine = new Set(PEMS.flatMap(found));

  test(
    'with characters changed, lost and doubled anywhere',
    () => {
      const edit = fc.tuple(
        fc.nat(),
        fc.constantFrom('', '*', '-', '\n', ' ', 'A', 'Ž', '=', 'BEGIN', '-----END CERTIFICATE-----'),
      );
      fc.assert(
        fc.property(blocks, fc.array(edit, { maxLength: 12 }), (pems, edits) => {
          let text = pems.join('');
          for (const [place, replacement] of edits) {
            const at = place % Math.max(1, text.length);
            text = text.slice(0, at) + replacement + text.slice(at + 1);
          }
          const { certificates, errors, notes } = readCertificates(Buffer.from(text));
          // What is left of a marker may be nearest to that of a chain, which is PKCS#7.
          for (const { code } of [...errors, ...notes]) expect(code).toMatch(/^(pem|input|certificate|pkcs7)\//);
          // A known root is given back as it is or not at all; of another certificate, other bytes are another certificate.
          expect(certificates.filter(({ der, sha256 }) => resemblesRoot(der) && !genuine.has(sha256))).toEqual([]);
          expect(certificates.length).toBeLessThanOrEqual(pems.length);
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT,
  );

  test(
    'with any bytes',
    () => {
      const magics = [
        'PK\x03\x04',
        '\x1f\x8b\x08',
        '\xfe\xed\xfe\xed',
        '\x30\x82',
        '\x30\x80',
        'MII',
        '-----BEGIN CERTIFICATE-----',
        '\xff\xfe',
        '\0\0\0\x01',
      ];
      const bytes = fc
        .tuple(fc.constantFrom(...magics, ''), fc.uint8Array({ maxLength: 600 }))
        .map(([magic, rest]) => Buffer.concat([Buffer.from(magic, 'latin1'), rest]));
      fc.assert(
        fc.property(bytes, (input) => {
          const { certificates, errors } = readCertificates(input);
          expect(certificates.length + errors.length).toBeGreaterThan(0);
        }),
        { numRuns: RUNS * 4 },
      );
    },
    TIMEOUT,
  );
});

if (existsSync('../shared/conformance'))
  describe('files of other projects', () => {
    interface OddFile {
      readonly id: string;
      readonly base64: string;
    }

    test.each(['certs', 'fuzz'])('%s: an answer for every one, and nothing is thrown', (name) => {
      const { files } = JSON.parse(gunzipSync(readFileSync(`../shared/conformance/${name}.json.gz`)).toString()) as {
        files: readonly OddFile[];
      };
      let certificates = 0;
      for (const { base64 } of files) {
        const result = readCertificates(Buffer.from(base64, 'base64'));
        expect(result.certificates.length + result.errors.length).toBeGreaterThan(0);
        certificates += result.certificates.length;
      }
      process.stdout.write(`${name}: ${files.length} files read, ${certificates} certificates\n`);
    });

    test('keystores are recognised as what they are', () => {
      interface ListedKeystore {
        readonly id: string;
        readonly file: string;
        readonly type: string;
      }
      const folder = '../shared/conformance/keystores';
      const { keystores } = JSON.parse(readFileSync(`${folder}/keystores.json`, 'utf8')) as {
        keystores: readonly ListedKeystore[];
      };
      for (const { id, file, type } of keystores) {
        const { kind } = readCertificates(readFileSync(`${folder}/${file}`));
        expect([id, type.toLowerCase().split('/')]).toEqual([id, expect.arrayContaining([kind])]);
      }
      process.stdout.write(`${keystores.length} keystores recognised\n`);
    });
  });
