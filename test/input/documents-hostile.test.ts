import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InputLimits } from '../../src/input/limits.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { issue } from '../support/certificates.ts';
import { attachment, base64, entity, indented, MESSAGE, multipart } from '../support/documents.ts';
import { processorTime } from '../support/processor-time.ts';

const ROOT = issue({ subject: 'CN=Root' });
const SECRET = `ca: ${base64(ROOT.pem)}\n`;
const RUNS = process.env.SLOW ? 3_000 : 100;

/** Generous: what takes time without end takes minutes. */
const AT_MOST = 10_000;

function read(text: Uint8Array | string, options = {}) {
  const spent = processorTime();
  const { kind, certificates, errors } = readCertificates(Buffer.from(text), { name: 'in', ...options });
  return {
    kind,
    found: certificates.length,
    codes: errors.map(({ code }) => code),
    milliseconds: spent(),
  };
}

/** Aliases of aliases, ten times each: 10 to the power of the levels. */
function aliases(levels: number): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level <= levels; level++) {
    lines.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function entities(levels: number): string {
  const declared = Array.from(
    { length: levels },
    (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`,
  );
  return `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "ha">${declared.join('')}]>`;
}

/** The lines of two certificates side by side, as `paste` puts them, between the markers of one. */
function inColumns(left: string, right: string): string {
  const [first, ...others] = left.split('\n').slice(0, -2);
  const beside = right.split('\n').slice(1, -2);
  const rows = others.map((line, index) => `${line.padEnd(64)} | ${beside[index] ?? ''}`);
  return [first, ...rows, '-----END CERTIFICATE-----', ''].join('\n');
}

describe('what is made to take time or memory', () => {
  test.each([
    // Read one after the other, they left too little of the stack, which ended the process.
    ['JSON, deep lists', `${'['.repeat(250_000)}\n${SECRET}`, 1],
    ['JSON, deep lists on lines of their own', `${'[\n'.repeat(125_000)}\n${SECRET}`, 1],
    ['YAML, aliases of aliases', `${aliases(12)}${SECRET}`, 1],
    ['YAML, deep collections', `${SECRET}b: ${'['.repeat(50_000)}`, 1],
    ['YAML, deep blocks', `${SECRET}${'- '.repeat(20_000)}x`, 1],
    ['YAML, deep maps', `${SECRET}b: ${'{a: '.repeat(20_000)}`, 1],
    ['YAML, comments and blank lines', `${'#\n\n \n'.repeat(300)}# words without a colon\n${ROOT.pem}`, 1],
    ['YAML, a key that stands many times', `${'a: 1\n'.repeat(50_000)}${SECRET}`, 1],
    [
      'YAML in YAML in YAML',
      Array.from({ length: 60 }).reduce<string>((text) => `x: |\n${indented(text, 1)}\n`, SECRET),
      1,
    ],
    ['a run of millions of digits', `x MII${'A'.repeat(20_000_000)} y\n${ROOT.pem}`, 1],
    ['JSON, too long for its structure', `{"x":"${'y '.repeat(3_000_000)}",\n"ca":"${base64(ROOT.pem)}"}`, 1],
    ['XML, entities of entities', `${entities(12)}<a>&e12;<b>${base64(ROOT.der)}</b></a>`, 1],
    ['XML, deep', `${'<a>'.repeat(100_000)}${base64(ROOT.der)}`, 1],
    ['XML, end tags that fit nothing', `<x>${'<a>'.repeat(30_000)}${'</b>'.repeat(30_000)}${ROOT.pem}`, 1],
    ['XML, document after document', `${'<a/>'.repeat(500_000)}\n${ROOT.pem}`, 1],
    ['XML, angle brackets', `<x>${'<'.repeat(300_000)}</x>\n${ROOT.pem}`, 1],
    ['HTML, tags without an end', `<html>${'<p '.repeat(100_000)}>\n${ROOT.pem}`, 1],
    ['HTML, comments without an end', `<html>${'<!--'.repeat(30_000)}\n${ROOT.pem}`, 1],
    ['mail, 10,000 parts', multipart(Array(9_900).fill('\r\nx'), { headers: MESSAGE }) + ROOT.pem, 1],
    ['mail, deep multiparts', deepMail(60), 1],
    ['mail, headers without end', `${MESSAGE.join('\n')}\nX: y\n${' z\n'.repeat(300_000)}\n${ROOT.pem}`, 1],
    [
      'mail, a header that goes on in a line of millions',
      `${MESSAGE.join('\n')}\nContent-Type: text/plain;\n name="${'a'.repeat(12_000_000)}"\n\n${ROOT.pem}`,
      1,
    ],
    [
      'mail, many hyphens',
      entity({
        headers: [...MESSAGE, 'Content-Type: multipart/mixed; boundary=x'],
        body: `${'--\n'.repeat(300_000)}${ROOT.pem}`,
      }),
      1,
    ],
    [
      'quoted-printable, blanks',
      `${MESSAGE.join('\n')}\nContent-Transfer-Encoding: quoted-printable\n\nx${' '.repeat(1_000_000)}y\n${ROOT.pem}`,
      1,
    ],
    [
      'strings, backslashes',
      `"-----BEGIN CERTIFICATE-----${'\\'.repeat(500_000)}x-----END CERTIFICATE-----"\n${ROOT.pem}`,
      1,
    ],
    [
      'strings, blanks',
      `"-----BEGIN CERTIFICATE-----\\n${' '.repeat(500_000)}x-----END CERTIFICATE-----"\n${ROOT.pem}`,
      1,
    ],
    ['a device, backslashes', `x Certificate Serial Number: ${'\\'.repeat(1_000_000)}y\n${ROOT.pem}`, 1],
    [
      'a device, colons',
      `crypto pki certificate chain A\n certificate ca 01 ${':'.repeat(1_000_000)} x\n${ROOT.pem}`,
      1,
    ],
    ['a device, blanks', `Certificate\nIssuer:${' '.repeat(9_000)}a\rb\n`.repeat(200) + ROOT.pem, 1],
    [
      'backspaces and blocks',
      `${'ab\b\b'.repeat(100_000)}\n${`-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n`.repeat(1_000)}`,
      0,
    ],
    ['two certificates in columns', inColumns(ROOT.pem, issue({ subject: 'CN=Other' }).pem), 0],
    ['BEGIN without END, with escapes', `x = "\\n"\n${'"-----BEGIN CERTIFICATE-----\\n\n'.repeat(5_000)}`, 0],
    ['BEGIN markers on one line', `${'-----BEGIN CERTIFICATE-----'.repeat(75_000)}\n`, 0],
    ['quotes and line ends', `${'"\n"'.repeat(200_000)}\n-----BEGIN CERTIFICATE-----"\n`, 0],
    ['long runs that are nothing', `x ${'A'.repeat(3_000_000)} y\n${`z ${'AB'.repeat(200)}\n`.repeat(5_000)}`, 0],
    ['huge base64 that is nothing', `a: ${base64(Buffer.alloc(2_000_000, 'x'))}\n`, 0],
  ])('%s', (_name, text, found) => {
    const result = read(text);
    expect(result.found).toBe(found);
    expect(result.milliseconds).toBeLessThan(AT_MOST);
  });

  test.each<[name: string, text: string, code: string, limits: Partial<InputLimits>]>([
    ['mail with too many parts', multipart(Array(10_001).fill('\r\nx'), { headers: MESSAGE }), 'input/too-many', {}],
    ['mail with too many multiparts inside one another', deepMail(70), 'input/too-deep', {}],
    [
      'more values than an input may have members',
      `a:\n${`- ${base64(ROOT.der)}\n`.repeat(300)}`,
      'archive/too-many',
      { entries: 299 },
    ],
    ['more certificates than are taken', ROOT.pem.repeat(11), 'input/too-many', { certificates: 10 }],
  ])('%s is an error that says so', (_name, text, code, limits) => {
    const { errors } = readCertificates(Buffer.from(text), { limits });
    expect(errors.map((error) => error.code)).toEqual([code]);
    expect(errors[0]?.message).toMatch(/more than \d+/);
  });

  function deepMail(levels: number): string {
    let message = attachment('a.cer', ROOT.der);
    for (let level = 0; level < levels; level++) message = multipart([message], { boundary: `b${level}.` });
    return `MIME-Version: 1.0\r\n${message}`;
  }
});

describe('any text', () => {
  const seeds = [
    SECRET,
    `{"a":${JSON.stringify(ROOT.pem)}}`,
    `<a><b>${base64(ROOT.der)}</b></a>`,
    `<html><pre>${ROOT.pem.replaceAll('\n', '<br>')}</pre>`,
    multipart([attachment('a.cer', ROOT.der)], { headers: MESSAGE }),
    `x = '${ROOT.pem.trimEnd().replaceAll('\n', "\\n' +\n'")}';\n`,
  ];

  test('with characters changed, lost and doubled: an answer, and no certificate that was not there', () => {
    const edit = fc.tuple(
      fc.nat(),
      fc.constantFrom('', '"', "'", '<', '>', '&', '\n', '\\', '-', ':', '{', '=', '\0', ' ', 'é'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 6 }), (seed, edits) => {
        let text = seed;
        for (const [place, replacement] of edits) {
          const at = place % text.length;
          text = text.slice(0, at) + replacement + text.slice(at + 1);
        }
        const { certificates, errors, kind } = readCertificates(Buffer.from(text));
        expect(certificates.length + errors.length).toBeGreaterThan(0);
        expect(kind).toMatch(/^(?:text|unknown|base64|pem)$/);
        expect(certificates.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: RUNS },
    );
  });

  test('is followed by another: the certificates of both', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.constantFrom(`\n${ROOT.pem}`, `\n\n# more\n${ROOT.pem}`),
        (seed, more) => {
          expect(readCertificates(Buffer.from(seed + more)).certificates).toHaveLength(2);
        },
      ),
      { numRuns: 20 },
    );
  });
});
