/** CRLs of other projects and of fuzzers: each is read or refused with a TrustError, and so is whatever is made of them. */
import { describe, expect, test } from 'vitest';
import { expectTrustError } from '../../src/errors.ts';
import { type CertificateRevocationList, decodeCrl } from '../../src/x509/crl.ts';
import { findCrlEntry } from '../../src/x509/crl-entries.ts';
import { readCollection } from '../path/conformance.ts';

interface Files {
  readonly files: readonly { readonly id: string; readonly kind: string; readonly base64: string }[];
}

const PEM = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/g;

const collections = ['fuzz', 'certs'].flatMap((name) => readCollection<Files>(name) ?? []);
const inputs: readonly Uint8Array[] = collections
  .flatMap(({ files }) => files)
  .filter(({ kind }) => kind === 'crl')
  .flatMap(({ base64 }) => derOf(Buffer.from(base64, 'base64')));

/** How many changed copies of each CRL that is read are tried. */
const MUTATIONS = process.env.SLOW ? 500 : 20;

describe.skipIf(inputs.length === 0)('CRLs of others', () => {
  test('are read, or refused for what they are', () => {
    const read = inputs.flatMap((bytes) => attempt(bytes) ?? []);
    // biome-ignore lint/suspicious/noConsole: the figure is what the run is for
    console.log(`conformance CRLs: ${read.length} of ${inputs.length} read, the rest refused`);
    expect(read.length).toBeGreaterThan(100);
  });

  test('stay harmless when they are changed', () => {
    let seed = 1;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    const good = inputs.filter((bytes) => attempt(bytes) !== null);
    let read = 0;
    for (const bytes of good) {
      for (let i = 0; i < MUTATIONS; i++) {
        const changed = Uint8Array.from(bytes.subarray(0, random(8) === 0 ? random(bytes.length) : bytes.length));
        for (let flips = random(3); flips >= 0 && changed.length > 0; flips--)
          changed[random(changed.length)] = random(256);
        if (attempt(changed) !== null) read++;
      }
    }
    // biome-ignore lint/suspicious/noConsole: the figure is what the run is for
    console.log(`conformance CRLs: ${good.length * MUTATIONS} changed copies, ${read} of them read`);
    expect(read).toBeGreaterThan(0);
  });
});

/** The CRL, or null where it was refused; anything else that is thrown fails the test. */
function attempt(bytes: Uint8Array): CertificateRevocationList | null {
  try {
    const crl = decodeCrl(bytes);
    findCrlEntry(crl.entries, Uint8Array.of(1), () => true);
    return crl;
  } catch (error) {
    expectTrustError(error);
    return null;
  }
}

/** The blocks of a PEM file, else the bytes as they are. */
function derOf(bytes: Buffer): readonly Uint8Array[] {
  const blocks = [...bytes.toString('latin1').matchAll(PEM)].map(([, body = '']) => Buffer.from(body, 'base64'));
  return (blocks.length > 0 ? blocks : [bytes]).map((block) => new Uint8Array(block));
}
