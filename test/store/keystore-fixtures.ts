/** The keystores in fixtures/keystores, and what Java said about them when they were made. */
import { readdirSync, readFileSync } from 'node:fs';
import { decodePem } from '../../src/encoding/pem.ts';
import { type Certificate, decodeCertificate } from '../../src/x509/certificate.ts';
import type { JavaStore } from '../interop/java-keystores.ts';

const FOLDER = new URL('../../fixtures/keystores/', import.meta.url);

/** Of all keystores but `empty-password.p12`. */
export const FIXTURE_PASSWORD = 'Test123%';

/** Of the keys in JKS and JCEKS. */
export const FIXTURE_KEY_PASSWORD = 'KeyPass1%';

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, FOLDER)));
}

/** A certificate that stands in a PEM file of its own: `alpha`, `beta`, `old-root`, `gateway`, `issuing`, `gateway-root`. */
export function fixtureCertificate(name: string): Certificate {
  const [block] = decodePem(fixture(`${name}.pem`));
  if (block === undefined) throw new Error(`no certificate in ${name}.pem`);
  return decodeCertificate(block.der);
}

export function fixturePassword(name: string): string {
  return name === 'empty-password.p12' ? '' : FIXTURE_PASSWORD;
}

export const SCHEMES: readonly string[] = readdirSync(new URL('schemes/', FOLDER)).map((name) => `schemes/${name}`);

export const SEEN_BY_JAVA: Readonly<Record<string, JavaStore>> = JSON.parse(
  readFileSync(new URL('expected.json', FOLDER), 'utf8'),
);
