import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { genuineBodies } from '../../src/catalog/catalog.ts';
import type { Position } from '../../src/check/consumers/consumer.ts';
import { CONSUMERS, checkFitness, consumerNames } from '../../src/check/consumers.ts';
import { encodeElement, encodeOid, TAG } from '../../src/encoding/der.ts';
import { type IssueOptions, issue } from '../support/certificates.ts';
import { newKey } from '../support/keys.ts';
import { rsaSpki } from '../support/rsa.ts';

const ed25519 = generateKeyPairSync('ed25519').privateKey;
const rsa = newKey('rsa2048');
const curve = (namedCurve: string) => ({ key: generateKeyPairSync('ec', { namedCurve }).privateKey });
const modulus = (bits: number, exponent?: bigint) => ({ publicKey: rsaSpki((1n << BigInt(bits - 1)) + 1n, exponent) });
const mlDsa = {
  publicKey: encodeElement(
    TAG.sequence,
    encodeElement(TAG.sequence, encodeOid('2.16.840.1.101.3.4.3.18')),
    encodeElement(TAG.bitString, new Uint8Array(1953)),
  ),
};

interface Row {
  readonly name: string;
  readonly options: IssueOptions;
  readonly position?: Position;
  readonly expected: Readonly<Record<string, string>>;
}

/** What each consumer says of a certificate, but for notes. */
function fitness(options: IssueOptions, position: Position = 'anchor'): Record<string, string> {
  const { certificate } = issue(options);
  return Object.fromEntries(
    consumerNames().flatMap((name) => {
      const found = checkFitness(certificate, { consumers: [name], position }).filter(
        ({ severity }) => severity !== 'info',
      );
      return found.length === 0 ? [] : [[name, found.map(({ severity, code }) => `${severity} ${code}`).join()]];
    }),
  );
}

const all = (names: readonly string[], finding: string) => Object.fromEntries(names.map((name) => [name, finding]));
const JAVA = ['java8', 'java11', 'java17', 'java21', 'java25'];

describe('what consumers cannot take', () => {
  test.each<Row>([
    { name: 'P-256', options: {}, expected: {} },
    { name: 'P-521', options: curve('P-521'), expected: {} },
    { name: 'brainpool', options: curve('brainpoolP384r1'), expected: all(JAVA, 'error fitness/curve') },
    { name: 'secp256k1', options: curve('secp256k1'), expected: all(JAVA, 'error fitness/curve') },
    { name: 'Ed25519', options: { key: ed25519 }, expected: all(['java8', 'java11'], 'error fitness/key-algorithm') },
    {
      name: 'ML-DSA',
      options: mlDsa,
      expected: all(['java8', 'java11', 'java17', 'java21'], 'error fitness/key-algorithm'),
    },
    {
      name: 'RSA 768',
      options: modulus(768),
      expected: {
        ...all(['java17', 'java25'], 'error fitness/key-size'),
        ...all(['java8', 'java11', 'java21'], 'warning fitness/key-size'),
      },
    },
    { name: 'RSA 2048', options: modulus(2048), expected: {} },
    { name: 'RSA 4096', options: modulus(4096), expected: { 'ios-xr': 'warning fitness/key-size' } },
    {
      name: 'RSA 8192',
      options: modulus(8192),
      expected: {
        ...all(['ios', 'ios-xe', 'ios-xr'], 'warning fitness/key-size'),
        asa: 'error fitness/key-size',
      },
    },
    {
      name: 'RSA 16392',
      options: modulus(16_392),
      expected: {
        ...all(JAVA, 'error fitness/key-size'),
        ...all(['ios', 'ios-xe', 'ios-xr'], 'warning fitness/key-size'),
        asa: 'error fitness/key-size',
      },
    },
    {
      name: 'a long exponent',
      options: modulus(3072, (1n << 64n) + 1n),
      expected: { 'ios-xr': 'warning fitness/key-size' },
    },
    {
      name: 'a long exponent with a long modulus',
      options: modulus(4096, (1n << 64n) + 1n),
      expected: { ...all(JAVA, 'error fitness/key-size'), 'ios-xr': 'warning fitness/key-size' },
    },
    {
      name: 'the last second of 32 bits',
      options: { notAfter: new Date('2038-01-19T03:14:07Z') },
      expected: {},
    },
    {
      name: 'the second after',
      options: { notAfter: new Date('2038-01-19T03:14:08Z') },
      expected: { asa: 'warning fitness/validity' },
    },
    {
      name: 'PSS in an anchor',
      options: { key: rsa, pss: true },
      expected: { asa: 'warning fitness/signature-algorithm' },
    },
    {
      name: 'PSS below',
      options: { key: rsa, pss: true },
      position: 'intermediate',
      expected: all(['java8', 'asa'], 'warning fitness/signature-algorithm'),
    },
    { name: 'SHA-1 in an anchor', options: { hash: 'sha1' }, expected: {} },
    {
      name: 'SHA-1 below',
      options: { hash: 'sha1' },
      position: 'end-entity',
      expected: all(JAVA, 'warning fitness/signature-algorithm'),
    },
    { name: 'MD5 in an anchor', options: { key: rsa, hash: 'md5' }, expected: {} },
    {
      name: 'MD5 below',
      options: { key: rsa, hash: 'md5' },
      position: 'intermediate',
      expected: {
        ...all(['java17', 'java25'], 'error fitness/signature-algorithm'),
        ...all(['java8', 'java11', 'java21'], 'warning fitness/signature-algorithm'),
      },
    },
    {
      name: 'Ed25519 below',
      options: { issuer: issue({ key: ed25519 }) },
      position: 'end-entity',
      expected: all(['java8', 'java11'], 'error fitness/signature-algorithm'),
    },
  ])('$name', ({ options, position, expected }) => {
    expect(fitness(options, position)).toEqual(expected);
  });
});

test('a message names the consumer, what was found, and how it is known', () => {
  const { certificate, der } = issue(modulus(8192));
  expect(checkFitness(der, { consumers: ['asa'] })).toEqual([
    {
      code: 'fitness/key-size',
      severity: 'error',
      message:
        'Cisco ASA: its RSA key has 8192 bits, 4096 are the most that it knows (documented in Cisco ASA 5500 Series Configuration Guide using the CLI, Configuring Digital Certificates, 2012)',
      hint: 'try it on one device first, or choose a root with a shorter key',
      source: null,
      sha256: certificate.sha256,
    },
  ]);
});

test('of a consumer that nobody tried it is said so; the good answer of one that was tried is silence', () => {
  const { certificate } = issue();
  const findings = checkFitness(certificate, { consumers: ['nxos', 'java17', 'nxos'] });
  expect(findings.map(({ code, severity, message }) => [code, severity, message])).toEqual([
    ['fitness/not-tried', 'info', 'Cisco NX-OS: nothing is known against it, and nothing was tried'],
  ]);
});

test('a place in a path that there is none of is refused with those that there are', () => {
  const options = { consumers: ['java17'], position: 'root\u001b' as never };
  expect(() => checkFitness(issue().certificate, options)).toThrow(
    expect.objectContaining({
      code: 'usage/bad-value',
      message: '"root\\u{1b}" is not a place in a path',
      hint: 'choose from anchor, intermediate, end-entity',
    }),
  );
});

test('an unknown consumer is refused with those that there are', () => {
  expect(() => checkFitness(issue().certificate, { consumers: ['java6\u001b'] })).toThrow(
    expect.objectContaining({
      code: 'usage/bad-value',
      message: '"java6\\u{1b}" is not a consumer',
      hint: `choose from ${consumerNames().join(', ')}`,
    }),
  );
});

test('Java takes every public root', () => {
  const roots = [...genuineBodies().values()].map((base64) => new Uint8Array(Buffer.from(base64, 'base64')));
  expect(roots.flatMap((root) => checkFitness(root, { consumers: ['java17', 'java25'] }))).toEqual([]);
  expect(roots.length).toBeGreaterThan(100);
});

test('docs/consumers.md has every consumer, and every source with its address and date', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/consumers.md'), 'utf8');
  for (const { name, limits } of CONSUMERS) {
    expect(page).toContain(`\`${name}\``);
    for (const { source } of limits) {
      expect(page).toContain(source.url ?? source.title);
      expect(page).toContain(source.date);
    }
  }
});
