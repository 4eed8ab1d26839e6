/** What is said to be tried with Java was tried: the limits of the Java that is here, and what it takes. */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CONSUMERS, checkFitness } from '../../src/check/consumers.ts';
import { encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { AT, type Issued, type IssueOptions, issue } from '../support/certificates.ts';
import { rsaSpki } from '../support/rsa.ts';
import { BRIEF_RUN } from './java-keystores.ts';

const PROGRAM = join(import.meta.dirname, 'AnchorCheck.java');
const TIMEOUT = 120_000;

/** Where Linux distributions put the releases of Java that they have. */
const HOMES = '/usr/lib/jvm';

/** The Java of the path and its neighbours, each release once, those that something is said to be tried with. */
const programs = [
  'java',
  ...(existsSync(HOMES) ? readdirSync(HOMES) : []).map((home) => join(HOMES, home, 'bin/java')),
];
const found = [...new Map(programs.map((program) => [`java${releaseOf(program)}`, program]))]
  .map(([name, program]) => ({ name, program }))
  .filter(({ name }) => CONSUMERS.some((consumer) => consumer.name === name && consumer.tried));

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey;
const rsa2048 = rsa(2048);
const spkiOf = (type: 'ed25519' | 'ed448') => generateKeyPairSync(type as 'ed25519').privateKey;

/** `key` is that of the anchor; what it issued differs by `below`. */
interface Row {
  readonly name: string;
  readonly anchor: IssueOptions;
  readonly below?: IssueOptions;
  /** Whether Java takes it; where it does not, a part of what it says. */
  readonly taken: true | string;
  /** Whether a finding says so, where Java's answer does not tell. */
  readonly refused?: boolean;
}

/** An EC key in another form than usual, which the anchor really has. */
function reencoded(change: (point: Uint8Array, algorithm: Uint8Array) => Uint8Array): IssueOptions {
  const { privateKey, publicKey } = ec('P-256');
  const point = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })).slice(-65);
  const algorithm = encodeElement(TAG.sequence, encodeOid('1.2.840.10045.2.1'), encodeOid('1.2.840.10045.3.1.7'));
  return { key: privateKey, publicKey: change(point, algorithm) };
}

const compressed = reencoded((point, algorithm) =>
  encodeElement(
    TAG.sequence,
    algorithm,
    encodeElement(TAG.bitString, Uint8Array.of(0, 2 + ((point.at(-1) as number) & 1)), point.subarray(1, 33)),
  ),
);
const explicit = reencoded((point) =>
  encodeElement(
    TAG.sequence,
    encodeElement(TAG.sequence, encodeOid('1.2.840.10045.2.1'), encodeElement(TAG.sequence, encodeInteger(1))),
    encodeElement(TAG.bitString, Uint8Array.of(0), point),
  ),
);
const mlDsa: IssueOptions = {
  publicKey: encodeElement(
    TAG.sequence,
    encodeElement(TAG.sequence, encodeOid('2.16.840.1.101.3.4.3.18')),
    encodeElement(TAG.bitString, Uint8Array.of(0), new Uint8Array(1952)),
  ),
};

const ROWS: readonly Row[] = [
  { name: 'P-256', anchor: {}, taken: true },
  { name: 'P-384', anchor: { key: ec('P-384').privateKey }, taken: true },
  { name: 'P-521', anchor: { key: ec('P-521').privateKey }, taken: true },
  { name: 'secp256k1', anchor: { key: ec('secp256k1').privateKey }, taken: 'signature check failed' },
  { name: 'brainpoolP256r1', anchor: { key: ec('brainpoolP256r1').privateKey }, taken: 'signature check failed' },
  { name: 'P-224', anchor: { key: ec('secp224r1').privateKey }, taken: 'signature check failed' },
  { name: 'compressed', anchor: compressed, taken: 'Invalid EC key' },
  { name: 'explicit', anchor: explicit, taken: 'Only named ECParameters supported' },
  { name: 'Ed25519', anchor: { key: spkiOf('ed25519') }, taken: true },
  { name: 'Ed448', anchor: { key: spkiOf('ed448') }, taken: true },
  { name: 'RSA 768', anchor: { key: rsa(768) }, taken: 'Algorithm constraints check failed' },
  { name: 'RSA 1024, signed by itself with SHA-1', anchor: { key: rsa(1024), hash: 'sha1' }, taken: true },
  { name: 'signed by itself with MD5', anchor: { key: rsa2048, hash: 'md5' }, taken: true },
  { name: 'signed by itself with PSS', anchor: { key: rsa2048, pss: true }, taken: true },
  { name: 'PSS below', anchor: { key: rsa2048 }, below: { pss: true }, taken: true },
  { name: 'SHA-1 below', anchor: { key: rsa2048 }, below: { hash: 'sha1' }, taken: true },
  { name: 'MD5 below', anchor: { key: rsa2048 }, below: { hash: 'md5' }, taken: 'Algorithm constraints check failed' },
  { name: 'valid beyond 2049', anchor: { notAfter: new Date('9999-12-31T23:59:59Z') }, taken: true },
  // Nobody has the private keys of these: one that Java can read is refused for the signature below it, and not before.
  {
    name: 'RSA 16384',
    anchor: { publicKey: rsaSpki((1n << 16_383n) + 1n) },
    taken: 'signature check failed (key: RSA)',
    refused: false,
  },
  {
    name: 'RSA 16392',
    anchor: { publicKey: rsaSpki((1n << 16_391n) + 1n) },
    taken: 'RSA keys must be no longer than 16384 bits',
  },
  {
    name: 'a long exponent',
    anchor: { publicKey: rsaSpki((1n << 4095n) + 1n, (1n << 64n) + 1n) },
    taken: 'RSA exponents can be no longer than 64 bits',
  },
];

/** A release that does not know the algorithm has its number for a name, or, in late updates, its name alone. */
function mlDsaRow(release: string): Row {
  return { name: 'ML-DSA', anchor: mlDsa, taken: 'signature check failed (key: ', refused: release !== 'java25' };
}

describe.skipIf(found.length === 0).each(found)('$name', ({ program, name }) => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorctl-consumers-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test(
    'takes and refuses what is said',
    () => {
      const rows = [...ROWS, mlDsaRow(name)];
      const made = rows.map((row) => ({ row, ...pairOf(row) }));
      const files = made.flatMap(({ anchor, below }, i) =>
        [anchor, below].map(({ der }, j) => {
          const file = join(folder, `${i}-${j}.der`);
          writeFileSync(file, der);
          return file;
        }),
      );
      const words = [...BRIEF_RUN, PROGRAM, String(AT.getTime()), ...files];
      const { stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
      const lines = stdout.trimEnd().split('\n');
      expect(lines.length, stderr).toBe(rows.length);
      const answers = made.map(({ row, anchor, below }, i) => {
        const line = lines[i] ?? '';
        const findings = [
          ...checkFitness(anchor.certificate, { consumers: [name] }),
          ...checkFitness(below.certificate, { consumers: [name], position: 'end-entity' }),
        ];
        const asExpected = row.taken === true ? line === 'ok' : line.includes(row.taken);
        const isRefused = findings.some(({ severity }) => severity === 'error');
        return { name: row.name, java: asExpected ? 'as expected' : line, isRefused };
      });
      expect(answers).toEqual(
        rows.map(({ name, taken, refused }) => ({ name, java: 'as expected', isRefused: refused ?? taken !== true })),
      );
    },
    TIMEOUT,
  );
});

function pairOf({ anchor, below }: Row): { readonly anchor: Issued; readonly below: Issued } {
  const root = issue({ subject: 'CN=Root', ...anchor });
  return {
    anchor: root,
    below: issue({ subject: 'CN=Below', issuer: root, basicConstraints: null, keyUsage: null, ...below }),
  };
}

/** The number of a release, or null where there is no such Java. */
function releaseOf(program: string): string | null {
  const { stderr } = spawnSync(program, ['-version'], { encoding: 'utf8' });
  return /version "(\d+)/.exec(stderr ?? '')?.[1] ?? null;
}
