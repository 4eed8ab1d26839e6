import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { genuineBodies } from '../../src/catalog/catalog.ts';
import { parseDeviceConfig } from '../../src/device/running-config.ts';
import { encodeHex } from '../../src/encoding/hex.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { issue } from '../support/certificates.ts';
import { LAYOUTS, printChain } from '../support/running-config.ts';

const [IOS] = LAYOUTS;
const { certificate } = issue({ subject: 'CN=Root,O=Test', serialNumber: 0xdcn });
const { der, sha256 } = certificate;

function read(text: string) {
  return parseDeviceConfig(text).map(({ name, settings, stored }) => ({
    name,
    settings,
    stored: stored.map((one) => [
      one.usage,
      one.serialNumber,
      one.line,
      one.certificate?.sha256 ?? one.file ?? one.error?.message ?? null,
    ]),
  }));
}

describe('a running configuration', () => {
  test('gives trustpoints with settings and certificates', () => {
    const text = [
      'hostname R1',
      'crypto pki trustpoint ROOT',
      ' enrollment terminal pem',
      ' revocation-check none',
      '!',
      'crypto map M 10 ipsec-isakmp',
      printChain('ROOT', [{ der, heading: 'ca 00DC' }]),
      'end',
    ].join('\n');
    expect(read(text)).toEqual([
      {
        name: 'ROOT',
        settings: ['enrollment terminal pem', 'revocation-check none'],
        stored: [['ca', '00dc', 8, sha256]],
      },
    ]);
    expect(parseDeviceConfig(text, 'r1.cfg')[0]?.certificates[0]?.source).toEqual({
      input: 'r1.cfg',
      member: null,
      line: 8,
      alias: null,
      trustpoint: 'ROOT',
    });
  });

  test('has certificates of all usages, and those that are somewhere else', () => {
    const text = [
      'crypto pki certificate chain A',
      ' certificate self-signed 01 nvram:IOS-Self-Sig#1.cer',
      ' certificate 03A1',
      '        quit',
      ' certificate ca 01 nvram:CiscoLicensi#1CA.cer',
      'crypto pki certificate chain EMPTY',
      'crypto pki certificate chain B',
      ' certificate ca 02',
    ].join('\n');
    expect(read(text)).toEqual([
      {
        name: 'A',
        settings: [],
        stored: [
          ['self-signed', '01', 2, 'nvram:IOS-Self-Sig#1.cer'],
          ['identity', '03a1', 3, null],
          ['ca', '01', 5, 'nvram:CiscoLicensi#1CA.cer'],
        ],
      },
      { name: 'EMPTY', settings: [], stored: [] },
      { name: 'B', settings: [], stored: [['ca', '02', 8, null]] },
    ]);
  });

  test('may be indented as a whole, with CR LF, and after what a collector says', () => {
    const chain = printChain('T', [{ der, heading: 'ca 00DC' }]);
    const forms = [
      chain.replace(/^/gm, '      '),
      chain.replaceAll('\n', '\r\n'),
      `!RANCID-CONTENT-TYPE: cisco\n!\n! Last configuration change\n${chain}`,
      chain.replaceAll('\n', '\r'),
      chain.replace('ca 00DC', 'ca rollover 00DC'),
      chain.replace('\tquit', '\\tquit'),
      chain.replaceAll('\n', '\n\n'),
      chain.replace(/^ +/gm, (blanks) => '\u00a0'.repeat(blanks.length)),
    ];
    const inside = chain.replace(/(?<=[0-9A-F]) (?=[0-9A-F])/g, '\u00a0');
    for (const form of forms.flatMap((one) => [
      one,
      Buffer.from(one),
      Buffer.from(one, 'latin1'),
      Buffer.from(inside),
    ])) {
      expect(parseDeviceConfig(form)[0]?.certificates[0]?.sha256).toBe(sha256);
    }
  });

  test('has the same certificates, each in its place, where some were read before', () => {
    const shared = printChain('SHARED', [{ der, heading: 'ca 00DC' }]);
    const own = (name: string) => printChain('OWN', [{ der: issue({ subject: `CN=${name}` }).der, heading: '01' }]);
    const placesIn = (text: string) =>
      parseDeviceConfig(text, 'r.cfg').map(({ name, line, certificates: [first] }) => [
        name,
        line,
        first?.subject,
        first?.source?.line,
      ]);
    const rows = shared.split('\n').length - 1;
    for (const name of ['a', 'b']) {
      const at = 2 + rows;
      const places = [
        ['SHARED', 2, 'CN=Root,O=Test', 3],
        ['OWN', at, `CN=${name}`, at + 1],
      ];
      expect(placesIn(`hostname ${name}\n${shared}${own(name)}`)).toEqual(places);
    }
    const overwritten = Buffer.from(shared);
    expect(parseDeviceConfig(overwritten)[0]?.certificates[0]?.sha256).toBe(sha256);
    overwritten.fill(0);
    expect(parseDeviceConfig(shared)[0]?.certificates[0]?.sha256).toBe(sha256);
  });

  test('a serial number that begins like a certificate is no row of one', () => {
    const chain = printChain('T', [{ der, heading: 'ca 3082' }]);
    expect(parseDeviceConfig(chain)[0]?.certificates[0]?.sha256).toBe(sha256);
  });

  test.each(['00b92f60cc889fa17a4609b85b70$', '0ODC', 'OO\u001bDC'])(
    'the serial number %j hides no certificate',
    (serial) => {
      const chain = printChain('T', [
        { der, heading: `ca ${serial}` },
        { der, heading: 'ca 00DC' },
      ]);
      expect(read(chain)[0]?.stored).toEqual([
        ['ca', serial.toLowerCase(), 2, sha256],
        ['ca', '00dc', expect.any(Number), sha256],
      ]);
      expect(JSON.stringify(readCertificates(Buffer.from(chain)).notes)).not.toContain('\u001b');
    },
  );

  test('a line that only looks as if it began a certificate is none', () => {
    const lines = printChain('T', [{ der, heading: 'ca 00DC' }]).split('\n');
    const text = lines.toSpliced(1, 0, ' certificate lifetime', ' certificate ca x').join('\n');
    expect(read(text)[0]?.stored).toEqual([['ca', '00dc', 4, sha256]]);
  });

  test('other commands with keys and rows are no trustpoints', () => {
    const text = 'crypto key pubkey-chain rsa\n key-string\n  30820122 300D0609\n  quit\ncrypto pki token default\n';
    expect(read(text)).toEqual([]);
  });
});

describe('every layout', () => {
  test.each(LAYOUTS)('$name gives all public roots back', (layout) => {
    const roots = [...genuineBodies()].map(([, base64]) => new Uint8Array(Buffer.from(base64, 'base64')));
    const text = roots
      .map((root, index) => printChain(`TP-${index}`, [{ der: root, heading: 'ca 01' }], layout))
      .join('!\n');
    const found = parseDeviceConfig(text).map(({ certificates }) => certificates[0]?.der);
    expect(found.length).toBe(roots.length);
    expect(found.map((one) => encodeHex(one ?? new Uint8Array()))).toEqual(roots.map(encodeHex));
  });

  test('gives certificates of any length back, several in a chain', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(lengths, fc.constantFrom(...LAYOUTS), (sizes, layout) => {
        const chain = sizes.map((size) => certificateOf(size));
        const text = printChain(
          'T',
          chain.map((one) => ({ der: one, heading: 'ca 0102' })),
          layout,
        );
        const found = parseDeviceConfig(text)[0]?.certificates.map((one) => encodeHex(one.der));
        expect(found).toEqual(chain.map(encodeHex));
      }),
      { numRuns: process.env.SLOW === undefined ? 100 : 1000 },
    );
  });
});

test('a line of megabytes is no row', () => {
  const text = `crypto pki certificate chain T\n certificate ca 01\n  ${'30820100 '.repeat(3_000_000)}\n  quit\n`;
  expect(parseDeviceConfig(text)[0]?.stored).toMatchObject([{ serialNumber: '01', certificate: null }]);
});

describe('a damaged dump', () => {
  const lines = printChain('T', [{ der, heading: 'ca 00DC' }], IOS).split('\n');
  const change = (line: number, edit: (text: string) => string) =>
    lines.map((text, index) => (index === line - 1 ? edit(text) : text)).join('\n');
  const rows = lines.length - 4;

  test.each([
    [
      'a letter for a digit',
      change(4, (text) => text.replace(/^(.{5})./, '$1O')),
      `row 2 of ${rows} has "O" where a hex digit is expected`,
      4,
      6,
    ],
    [
      'a digit lost',
      change(5, (text) => text.replace(/^(.{12})./, '$1')),
      `row 3 of ${rows} has 7 digits in word 2, expected 8`,
      5,
      12,
    ],
    ['a word lost', change(5, (text) => text.replace(/ \S{8}/, '')), `row 3 of ${rows} has 7 words, expected 8`, 5, 3],
    [
      'a row lost',
      lines.filter((_, index) => index !== 5).join('\n'),
      /^32 of \d+ octets are missing, as many as one row has, in row \d+ \(line \d+\) or above$/,
      3,
      1,
    ],
    [
      'a row twice',
      lines.flatMap((text, index) => (index === 5 ? [text, text] : [text])).join('\n'),
      /^32 octets follow .*, as many as one row has, in row \d+ \(line \d+\) or above$/,
      3,
      1,
    ],
    [
      'the beginning lost',
      lines.filter((_, index) => index !== 2).join('\n'),
      'the rows do not begin like a certificate',
      3,
      1,
    ],
    [
      'the pager between rows',
      change(6, (text) => ` --More-- \n${text}`),
      '"--More--" stands after row 3',
      6,
      undefined,
    ],
    ['the end lost', lines.slice(0, 6).join('\n'), 'the text ends after row 4', 6, undefined],
  ])('%s is named, with its place', (_, text, message, line, column) => {
    const [stored] = parseDeviceConfig(text)[0]?.stored ?? [];
    expect(stored?.certificate).toBeNull();
    expect(stored?.error).toMatchObject({ code: 'device/damaged-hex' });
    expect(stored?.error?.message).toMatch(message);
    expect(stored?.error?.at?.line).toBe(line);
    expect(stored?.error?.at?.column).toBe(column);
  });

  test('rows in another order are found where the structure breaks', () => {
    const [a, b] = [lines[4] ?? '', lines[6] ?? ''];
    const swapped = lines.map((text, index) => (index === 4 ? b : index === 6 ? a : text)).join('\n');
    const [stored] = parseDeviceConfig(swapped)[0]?.stored ?? [];
    expect(stored?.error).toMatchObject({ code: 'certificate/malformed' });
    expect(stored?.error?.message).toMatch(/, in row \d+ of \d+ or above$/);
    expect(stored?.error?.at?.line).toBeGreaterThan(4);
  });

  test('hides no certificate beside it', () => {
    const text = `${change(4, (row) => row.replace(/\S{8}/, ''))}\n${printChain('OTHER', [{ der, heading: 'ca 00DC' }])}`;
    expect(parseDeviceConfig(text).map(({ certificates }) => certificates.map((one) => one.sha256))).toEqual([
      [],
      [sha256],
    ]);
  });

  const identity = issue({ subject: 'CN=r1', serialNumber: 0xabcn });
  const pair = printChain('T', [
    { der: identity.der, heading: '0ABC' },
    { der, heading: 'ca 00DC' },
  ]).split('\n');
  const below = pair.indexOf(' certificate ca 00DC');

  test.each([
    ['in the dump above', 4, 'damaged'],
    ['above its first row', 2, 'damaged'],
    ['between the two', below, 'whole'],
  ])('a message of the console %s hides no certificate below it in the chain', (_, at, first) => {
    for (const message of [
      '*Nov 22 10:00:00: %SYS-5-CONFIG_I: Configured',
      '\n%LINK-3-UPDOWN: Gi1 is up',
      '--More--',
    ]) {
      const [stored] = [parseDeviceConfig(pair.toSpliced(at, 0, message).join('\n'))[0]?.stored ?? []];
      expect(
        stored.map(({ serialNumber, certificate, error }) => [serialNumber, certificate?.sha256, error?.code]),
      ).toEqual([
        first === 'whole'
          ? ['0abc', identity.certificate.sha256, undefined]
          : ['0abc', undefined, 'device/damaged-hex'],
        ['00dc', sha256, undefined],
      ]);
    }
  });

  test('what stands behind a chain is none of it', () => {
    const behind = ['interface Gi1', ' certificate dead', 'end', ' certificate ca 01'];
    expect(read([...lines.slice(0, -1), ...behind].join('\n'))[0]?.stored.length).toBe(1);
    expect(read([...lines.slice(0, 2), 'interface Gi1', ' shutdown'].join('\n'))[0]?.stored).toEqual([
      ['ca', '00dc', 2, null],
    ]);
  });

  test('any other text is read without a throw', () => {
    const line = fc.constantFrom(
      'crypto pki trustpoint A',
      'crypto ca certificate chain A',
      ' certificate ca 01',
      ' certificate 02 nvram:x',
      '  30820321 30820209',
      '  30030201 05',
      '\tquit',
      '!',
      '',
      '--More--',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 30 }), (all) => {
        for (const { stored } of parseDeviceConfig(all.join('\n'))) {
          for (const one of stored) expect(one.certificate === null || one.error === null).toBe(true);
        }
      }),
    );
  });
});

/** A certificate whose subject has so many characters. */
function certificateOf(size: number): Uint8Array {
  return issue({ subject: `CN=${'x'.repeat(size + 1)}` }).der;
}

describe('all rows on one line', () => {
  const words = (
    encodeHex(der)
      .toUpperCase()
      .match(/.{1,8}/g) ?? []
  ).join(' ');
  const chain = (row: string, end: string) => `crypto pki certificate chain T\n certificate ca 00DC\n${row}${end}`;

  test.each([
    ['with quit', '\n  quit\n'],
    ['without quit', '\nend\n'],
    ['at the end of the text', ''],
  ])('%s', (_, end) => {
    for (const row of [words, words.replaceAll(' ', ''), `   ${words.toLowerCase()}  `]) {
      expect(row.length).toBeGreaterThan(400);
      expect(read(chain(row, end))).toEqual([{ name: 'T', settings: [], stored: [['ca', '00dc', 2, sha256]] }]);
    }
  });

  test.each([
    ['cut short', words.slice(0, -40), /octets are missing|digits in word|text ends after row 1/],
    ['with a character misread', words.replace('0', 'O'), /"O" where a hex digit is expected|text ends after row 1/],
  ])('%s is an error, not a certificate without bytes', (_, row, message) => {
    for (const end of ['\n  quit\n', '\nend\n', '']) {
      const [stored] = parseDeviceConfig(chain(row, end))[0]?.stored ?? [];
      expect(stored?.certificate).toBeNull();
      expect(stored?.error).toMatchObject({ code: 'device/damaged-hex' });
      if (end.includes('quit')) expect(stored?.error?.message).toMatch(message);
    }
  });

  test('a long line of words is none', () => {
    const [stored] = parseDeviceConfig(chain('feed a decade of faded facades '.repeat(20), '\n'))[0]?.stored ?? [];
    expect([stored?.certificate, stored?.error]).toEqual([null, null]);
  });
});
