import { readFileSync } from 'node:fs';
import * as zlib from 'node:zlib';
import { zipSync } from 'fflate';
import { createTar } from 'nanotar';
import { describe, expect, test } from 'vitest';
import { genuineRoot } from '../../src/catalog/catalog.ts';
import { concatBytes } from '../../src/encoding/byte-writer.ts';
import { contextTag, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { encodePem } from '../../src/encoding/pem.ts';
import { toPrintable } from '../../src/encoding/printable.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { encodeName, issue } from '../support/certificates.ts';
import { newKey, newKeyPair } from '../support/keys.ts';
import { berPkcs7, certsOnly, contentInfo } from '../support/pkcs7.ts';

const ROOT = issue({ subject: 'CN=Root' });
const SUB = issue({ subject: 'CN=Sub', issuer: ROOT });

/** The line of what follows the first block. */
const SECOND_LINE = ROOT.pem.split('\n').length;

const QUOVADIS_ROOT_CA_2 =
  genuineRoot('85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86') ?? new Uint8Array();

const SEQUENCE = (...parts: Uint8Array[]) => encodeElement(TAG.sequence, ...parts);
const ALGORITHM = SEQUENCE(encodeOid('1.2.840.113549.1.1.11'));
const BITS = encodeElement(TAG.bitString, new Uint8Array(33));
const NAME = encodeName('CN=Someone');
const TIME = encodeElement(TAG.utcTime, Buffer.from('260101000000Z'));
const SPKI = SEQUENCE(SEQUENCE(encodeOid('1.2.840.10045.2.1')), BITS);

/** A key in the armor of OpenPGP, with the checksum on a line of its own (RFC 9580 6.2). */
function openPgp(whose: 'PUBLIC' | 'PRIVATE'): string {
  const lines = Array.from({ length: 9 }, () => 'lQVYBGR5cXoBDADLmVZ0VsY3n5bX4m8K1hYyE0u3Q2c9rT7wJ6aPzOkLxNfSgHiD');
  return `-----BEGIN PGP ${whose} KEY BLOCK-----\n\n${lines.join('\n')}\n=twTO\n-----END PGP ${whose} KEY BLOCK-----\n`;
}

const CSR = SEQUENCE(SEQUENCE(encodeInteger(0), NAME, SPKI, encodeElement(contextTag(0))), ALGORITHM, BITS);
const CRL_V2 = SEQUENCE(SEQUENCE(encodeInteger(1), ALGORITHM, NAME, TIME, TIME), ALGORITHM, BITS);
const CRL_V1 = SEQUENCE(SEQUENCE(ALGORITHM, NAME, TIME), ALGORITHM, BITS);
const EC_KEYS = newKeyPair('ec');
const RSA_KEY = newKey('rsa1024');
const PKCS8 = EC_KEYS.privateKey.export({ type: 'pkcs8', format: 'der' });
const ENCRYPTED_KEY = EC_KEYS.privateKey.export({
  type: 'pkcs8',
  format: 'der',
  cipher: 'aes-256-cbc',
  passphrase: 'x',
});

function zip(files: Record<string, Uint8Array | string>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, data]) => [name, Buffer.from(data)])));
}

function tar(files: Record<string, Uint8Array | string>): Uint8Array {
  return createTar(Object.entries(files).map(([name, data]) => ({ name, data })));
}

function read(bytes: Uint8Array | string, options = {}) {
  const { kind, certificates, notes, errors } = readCertificates(Buffer.from(bytes), { name: 'in', ...options });
  return {
    kind,
    found: certificates.map(({ subject, source }) => [
      subject,
      source?.member ?? null,
      source?.line ?? null,
      source?.alias ?? null,
    ]),
    notes: notes.map(({ code, member }) => (member === undefined ? code : `${member}: ${code}`)),
    errors: errors.map(({ code, at }) => [code, at?.source]),
  };
}

/** From 22.15 on, Node unpacks it. */
const HAS_ZSTD = 'zstdDecompressSync' in zlib;

describe('every kind, by content', () => {
  const BOTH = [
    ['CN=Root', null, null, null],
    ['CN=Sub', null, null, null],
  ];

  test.each([
    [
      'PEM',
      ROOT.pem + SUB.pem,
      'pem',
      [
        ['CN=Root', null, 1, null],
        ['CN=Sub', null, SECOND_LINE, null],
      ],
    ],
    ['DER', ROOT.der, 'der', BOTH.slice(0, 1)],
    ['two DER in a row', concatBytes([ROOT.der, SUB.der]), 'der', BOTH],
    ['PKCS#7', certsOnly([ROOT.der, SUB.der]), 'pkcs7', BOTH],
    ['PKCS#7 in BER', berPkcs7(ROOT.der, SUB.der), 'pkcs7', BOTH],
    [
      'PKCS#7 with an attribute certificate beside',
      certsOnly([encodeElement(contextTag(2), NAME), ROOT.der]),
      'pkcs7',
      BOTH.slice(0, 1),
    ],
    [
      'PKCS#7 in PEM',
      encodePem('PKCS7', certsOnly([ROOT.der, SUB.der])),
      'pkcs7',
      [
        ['CN=Root', null, 1, null],
        ['CN=Sub', null, 1, null],
      ],
    ],
    ['CMS in PEM', encodePem('CMS', certsOnly([ROOT.der])), 'pkcs7', [['CN=Root', null, 1, null]]],
    [
      'prose with a certificate',
      `${'Some words about it. '.repeat(60)}\n${ROOT.pem}`,
      'text',
      [['CN=Root', null, 2, null]],
    ],
    [
      'zip',
      zip({ 'a/root.cer': ROOT.der, 'b.pem': `x\n${SUB.pem}` }),
      'zip',
      [
        ['CN=Root', 'a/root.cer', null, null],
        ['CN=Sub', 'b.pem', 2, null],
      ],
    ],
    [
      'tar',
      tar({ 'root.cer': ROOT.pem, 'sub.cer': SUB.der }),
      'tar',
      [
        ['CN=Root', 'root.cer', 1, null],
        ['CN=Sub', 'sub.cer', null, null],
      ],
    ],
    ['gzip', zlib.gzipSync(ROOT.pem), 'gzip', [['CN=Root', null, 1, null]]],
    ['tar.gz', zlib.gzipSync(tar({ 'root.cer': ROOT.der })), 'gzip', [['CN=Root', 'root.cer', null, null]]],
    ['gzip of gzip', zlib.gzipSync(zlib.gzipSync(ROOT.der)), 'gzip', [['CN=Root', null, null, null]]],
    [
      'zip in tar in zip',
      zip({ 'outer.tar': tar({ 'inner.zip': zip({ 'root.pem': ROOT.pem }) }), 'sub.p7b': certsOnly([SUB.der]) }),
      'zip',
      [
        ['CN=Root', 'outer.tar!/inner.zip!/root.pem', 1, null],
        ['CN=Sub', 'sub.p7b', null, null],
      ],
    ],
    [
      'a zip with other files',
      zip({ 'README.txt': 'words', 'logo.png': Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 1), 'root.pem': ROOT.pem }),
      'zip',
      [['CN=Root', 'root.pem', 1, null]],
    ],
  ] as const)('%s', (_name, bytes, kind, found) => {
    expect(read(bytes)).toEqual({ kind, found, notes: [], errors: [] });
  });

  test.each([
    ['gateway.jks', 'jks', null],
    ['gateway.jceks', 'jceks', null],
    ['gateway-java17.p12', 'pkcs12', 'Test123%'],
  ])('keystore %s, with the aliases', (file, kind, password) => {
    const result = read(readFileSync(`fixtures/keystores/${file}`), { password });
    expect([result.kind, result.errors]).toEqual([kind, []]);
    const aliases = result.found.map(([, , , alias]) => alias);
    expect(new Set(aliases)).toEqual(new Set(aliases.filter((alias) => typeof alias === 'string')));
    expect(aliases.filter((alias) => alias === 'gateway')).toHaveLength(3);
    expect(aliases).toContain('old-root');
  });

  test('a keystore in an archive', () => {
    const { found } = read(zip({ 'conf/roots.jks': readFileSync('fixtures/keystores/roots.jks') }));
    expect(found.map(([, member, , alias]) => `${member} ${alias}`).toSorted()).toEqual([
      'conf/roots.jks alpha-root',
      'conf/roots.jks beta-root',
    ]);
  });
});

describe('what holds no certificate is named', () => {
  test.each([
    ['nothing', '', 'unknown', 'input/empty'],
    ['words', 'no certificate here\n', 'unknown', 'input/unrecognised'],
    ['blanks', ' \n\n', 'unknown', 'input/unrecognised'],
    ['noise', Uint8Array.from({ length: 600 }, (_, index) => (index * 97 + 13) % 256), 'unknown', 'input/unrecognised'],
    ['zeros', new Uint8Array(4096), 'unknown', 'input/unrecognised'],
    ['checksums', `${'0123456789abcdef'.repeat(4)}  file.iso\n`.repeat(5), 'unknown', 'input/unrecognised'],
    ['a request', CSR, 'csr', 'input/no-certificate'],
    ['a request in PEM', encodePem('CERTIFICATE REQUEST', CSR), 'csr', 'input/no-certificate'],
    ['a CRL', CRL_V2, 'crl', 'input/no-certificate'],
    ['an old CRL', CRL_V1, 'crl', 'input/no-certificate'],
    ['a CRL in PEM', encodePem('X509 CRL', CRL_V2), 'crl', 'input/no-certificate'],
    ['a public key', EC_KEYS.publicKey.export({ type: 'spki', format: 'pem' }), 'key', 'input/no-certificate'],
    ['parameters', '-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n', 'pem', 'input/no-certificate'],
    ['PKCS#7 without certificates', certsOnly([]), 'pkcs7', 'input/no-certificate'],
    ['PKCS#7 of another type', contentInfo(NAME, '1.2.840.113549.1.7.6'), 'pkcs7', 'input/no-certificate'],
    ['an empty zip', zip({}), 'zip', 'input/no-certificate'],
    ['a zip of words', zip({ a: 'words' }), 'zip', 'input/no-certificate'],
    ['bzip2', Buffer.from('BZh91AY&SY...'), 'unknown', 'archive/unsupported'],
    ['7z', Buffer.from("7z\xbc\xaf'\x1c\0", 'latin1'), 'unknown', 'archive/unsupported'],
    ['rar', Buffer.from('Rar!\x1a\x07\x01\0'), 'unknown', 'archive/unsupported'],
    ['a cabinet of Windows', Buffer.from('MSCF\0\0\0\0'), 'unknown', 'archive/unsupported'],
    ['xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0), 'xz', 'archive/unsupported'],
    ['zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0), 'zstd', HAS_ZSTD ? 'archive/damaged' : 'archive/unsupported'],
    ['a keystore of Bouncy Castle', bksHeader(), 'uber', 'keystore/unsupported'],
  ])('%s', (_name, bytes, kind, code) => {
    expect(read(bytes)).toEqual({ kind, found: [], notes: [], errors: [[code, 'in']] });
  });

  test.each([
    ['a request', CSR, 'csr'],
    ['a CRL', CRL_V2, 'crl'],
    ['a public key', EC_KEYS.publicKey.export({ type: 'spki', format: 'der' }), 'key'],
  ])('%s that is called a certificate', (_name, der, kind) => {
    const errors = [['input/no-certificate', 'in']];
    expect(read(encodePem('CERTIFICATE', der))).toEqual({ kind, found: [], notes: ['pem/damaged-marker'], errors });
  });

  test('every such error has exit status 3 and a hint', () => {
    for (const bytes of ['', 'words', CSR, zip({})]) {
      const [error] = readCertificates(Buffer.from(bytes)).errors;
      expect([error?.exitStatus, error?.hint]).toEqual([3, expect.stringMatching(/\w/)]);
    }
  });
});

describe('a private key is noticed, and is no certificate', () => {
  const NOTE = 'input/private-key';

  test.each([
    ['PKCS#8', PKCS8, 'key', [NOTE]],
    ['PKCS#8, encrypted', ENCRYPTED_KEY, 'key', [NOTE]],
    ['PKCS#1', RSA_KEY.export({ type: 'pkcs1', format: 'der' }), 'key', [NOTE]],
    ['RFC 5915', EC_KEYS.privateKey.export({ type: 'sec1', format: 'der' }), 'key', [NOTE]],
    ['PEM', EC_KEYS.privateKey.export({ type: 'pkcs8', format: 'pem' }), 'key', [NOTE]],
    ['PEM of OpenSSH', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n', 'key', [NOTE]],
    ['PEM of OpenPGP', openPgp('PRIVATE'), 'key', [NOTE]],
    [
      'PEM with a damaged marker',
      String(EC_KEYS.privateKey.export({ type: 'pkcs8', format: 'pem' })).replace('-----B', '---B'),
      'key',
      [NOTE],
    ],
    ['base64', PKCS8.toString('base64'), 'base64', ['pem/no-markers', 'pem/long-line', NOTE]],
    ['PEM called a certificate', encodePem('CERTIFICATE', PKCS8), 'key', ['pem/damaged-marker', NOTE]],
    ['PEM of a label that nobody knows', `\n${encodePem('KEY', PKCS8)}`, 'key', ['pem/damaged-marker', NOTE]],
  ])('%s', (_name, bytes, kind, notes) => {
    const result = read(bytes);
    expect([result.kind, result.notes, result.found]).toEqual([kind, notes, []]);
    expect(result.errors.map(([code]) => code)).toEqual(['input/no-certificate']);
  });

  test('a public key of OpenPGP and a request for a time stamp are none', () => {
    // RFC 3161 2.4.1: a version, and a hash with its algorithm.
    const hash = encodeElement(TAG.octetString, new Uint8Array(32));
    const request = SEQUENCE(encodeInteger(1), SEQUENCE(SEQUENCE(encodeOid('2.16.840.1.101.3.4.2.1')), hash));
    expect([openPgp('PUBLIC'), request].map((bytes) => read(bytes)).map(({ kind, notes }) => [kind, notes])).toEqual([
      ['key', []],
      ['unknown', []],
    ]);
  });

  test('beside a certificate, with its place', () => {
    const key = EC_KEYS.privateKey.export({ type: 'pkcs8', format: 'pem' });
    const { certificates, notes, errors } = readCertificates(zip({ 'both.pem': `${ROOT.pem}${key}` }));
    expect([certificates.length, errors]).toEqual([1, []]);
    expect(notes).toEqual([
      { code: NOTE, message: expect.stringContaining('never copied'), line: SECOND_LINE, member: 'both.pem' },
    ]);
  });
});

describe('a bad part does not hide the good ones', () => {
  test('of a zip', () => {
    const files = {
      'a.der': ROOT.der.subarray(0, 100),
      'b.pem': '-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n',
      'c.p7b': certsOnly([ROOT.der]).subarray(0, 50),
      'd.zip': zip({ x: 'x' }).subarray(0, 20),
      'e.jks': Uint8Array.of(0xfe, 0xed, 0xfe, 0xed, 0, 0),
      'f.pem': ROOT.pem,
    };
    const { found, errors } = read(zip(files));
    expect(found).toEqual([['CN=Root', 'f.pem', 1, null]]);
    expect(errors).toEqual([
      ['der/truncated', 'in!/a.der'],
      ['pem/damaged', 'in!/b.pem'],
      ['pkcs7/malformed', 'in!/c.p7b'],
      ['archive/damaged', 'in!/d.zip'],
      ['keystore/truncated', 'in!/e.jks'],
    ]);
  });

  test('of certificates in a row', () => {
    const { found, errors } = read(concatBytes([ROOT.der, broken, SUB.der]));
    expect(found.map(([subject]) => subject)).toEqual(['CN=Root', 'CN=Sub']);
    expect(errors).toEqual([['certificate/malformed', 'in']]);
  });

  const broken = Uint8Array.from(SUB.der, (byte, index) => (index === 4 ? 0x31 : byte));

  test.each([
    ['that is none', broken, 4],
    ['that is cut short', SUB.der.subarray(0, -10), 0],
  ])('behind another, a certificate %s: its place in the file', (_name, inside, place) => {
    const [error] = readCertificates(concatBytes([ROOT.der, inside])).errors;
    expect(error?.at?.offset).toBe(ROOT.der.length + place);
  });

  test('in PKCS#7, a certificate that is none: its place in the file', () => {
    const bundle = certsOnly([ROOT.der, broken]);
    const [error] = readCertificates(bundle).errors;
    expect(error?.at?.offset).toBe(Buffer.from(bundle).indexOf(broken) + 4);
  });

  test('a certificate that is cut short, with how much is missing', () => {
    const [error] = readCertificates(ROOT.der.subarray(0, -10)).errors;
    expect(error?.message).toContain('(10 missing)');
    expect(error?.at?.offset).toBe(0);
  });

  test('bytes after a certificate', () => {
    expect(read(concatBytes([ROOT.der, Buffer.from('\n')]))).toMatchObject({
      notes: ['der/trailing-bytes'],
      errors: [],
    });
    expect(read(concatBytes([ROOT.der, new Uint8Array(3)]))).toMatchObject({
      notes: ['der/trailing-bytes'],
      errors: [],
    });
    const { found, errors } = read(concatBytes([ROOT.der, Buffer.from('garbage')]));
    expect([found.length, errors.length]).toEqual([1, 1]);
  });

  test('of a PKCS#7 structure with 500 certificates, none is too many', () => {
    const bundle = certsOnly(Array.from({ length: 250 }, () => [ROOT.der, SUB.der]).flat());
    const { found, errors } = read(bundle);
    expect([found.length, errors]).toEqual([500, []]);
  });

  test('of a PKCS#7 structure', () => {
    const { found, errors } = read(certsOnly([ROOT.der, SEQUENCE(NAME), SUB.der]));
    expect(found.map(([subject]) => subject)).toEqual(['CN=Root', 'CN=Sub']);
    expect(errors).toEqual([['certificate/malformed', 'in']]);
  });

  test('a keystore without its password', () => {
    expect(read(readFileSync('fixtures/keystores/gateway-java17.p12')).errors).toEqual([
      ['keystore/password-missing', 'in'],
    ]);
    expect(read(readFileSync('fixtures/keystores/gateway-java17.p12'), { password: 'wrong' }).errors).toEqual([
      ['keystore/wrong-password', 'in'],
    ]);
  });
});

describe('limits', () => {
  function nest(levels: number): Uint8Array {
    let bytes = Buffer.from(ROOT.pem) as Uint8Array;
    for (let level = 0; level < levels; level++) bytes = zip({ [`${level}`]: bytes });
    return bytes;
  }

  test('four archives inside one another are read, five are not', () => {
    expect(read(nest(4)).found).toEqual([['CN=Root', '3!/2!/1!/0', 1, null]]);
    expect(read(zip({ deep: nest(5), good: ROOT.pem }))).toMatchObject({
      found: [['CN=Root', 'good', 1, null]],
      errors: [['input/too-deep', 'in!/deep!/4!/3!/2']],
    });
  });

  test('a bomb in an archive in an archive', () => {
    const bomb = zip({ 'good.pem': ROOT.pem, 'bomb.gz': zlib.gzipSync(zlib.gzipSync(Buffer.alloc(50_000_000))) });
    const before = process.memoryUsage().arrayBuffers;
    expect(read(bomb)).toMatchObject({
      found: [['CN=Root', 'good.pem', 1, null]],
      errors: [['archive/too-large', 'in!/bomb.gz']],
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });

  test('what stands before a bomb in the same archive is read', () => {
    expect(
      read(zip({ 'good.pem': ROOT.pem, bomb: new Uint8Array(50_000_000), 'after.gz': zlib.gzipSync(ROOT.pem) })),
    ).toMatchObject({
      found: [['CN=Root', 'good.pem', 1, null]],
      errors: [['archive/too-large', 'in']],
    });
  });

  test('an unsafe name is an error of its own', () => {
    expect(read(tar({ '../root.pem': ROOT.pem, 'sub.pem': SUB.pem }))).toMatchObject({
      found: [['CN=Sub', 'sub.pem', 1, null]],
      errors: [['archive/unsafe-name', 'in']],
    });
  });

  test('errors without end are cut off', () => {
    const { errors } = readCertificates(Buffer.from('-----BEGIN CERTIFICATE-----\n'.repeat(5000)));
    expect(errors).toHaveLength(1001);
    expect(errors.at(-1)?.code).toBe('input/too-many');
  });
});

test('names of members that act on a terminal do not reach a message unescaped', () => {
  const { errors } = readCertificates(tar({ '../\u001b[31m.pem': 'x', 'ok\u202e.pem': 'x' }));
  for (const { message } of errors) expect(toPrintable(message)).toBe(message);
  expect(errors).toHaveLength(2);
});

test('everything tolerated is an error where nothing is to be', () => {
  const bytes = zip({ 'a.pem': ROOT.pem.replaceAll('\n', '\r\n') });
  expect(read(bytes).notes).toEqual(['a.pem: pem/crlf']);
  expect(read(bytes, { strict: true })).toEqual({
    kind: 'zip',
    found: [['CN=Root', 'a.pem', 1, null]],
    notes: [],
    errors: [['input/tolerated', 'in!/a.pem']],
  });
});

test('the input has a name of its own if none is given', () => {
  expect(readCertificates(QUOVADIS_ROOT_CA_2).certificates[0]?.source).toEqual({
    input: '-',
    member: null,
    line: null,
    alias: null,
    trustpoint: null,
  });
});

/** Version, salt and iterations as BKS and UBER have them, then noise. */
function bksHeader(): Uint8Array {
  const bytes = Buffer.alloc(200, 0xa5);
  bytes.writeUInt32BE(1, 0);
  bytes.writeUInt32BE(20, 4);
  bytes.writeUInt32BE(1024, 28);
  return bytes;
}
