/** What the tests of keystores say again and again. */
import { expect } from 'vitest';
import type { ErrorCode, Position } from '../../src/errors.ts';
import { TrustError } from '../../src/errors.ts';
import type { KeystoreEntry } from '../../src/store/keystore.ts';
import { CERTIFICATES, type ExpectedEntry } from './odd-keystores.ts';

/** For `toThrow`: a `TrustError` with this code, and where given at this place. */
export function trustError(code: ErrorCode, at?: Position): unknown {
  return expect.objectContaining({
    name: 'TrustError',
    code,
    ...(at === undefined ? {} : { at: expect.objectContaining(at) }),
  });
}

/** Entries in the form of the table of odd keystores; the digits of a generated alias are left out. */
export function summarize(entries: readonly KeystoreEntry[]): ExpectedEntry[] {
  const names = new Map(Object.entries(CERTIFICATES).map(([name, { certificate }]) => [certificate.sha256, name]));
  return entries.map(({ kind, alias, certificates }) => [
    kind,
    alias.replace(/-[0-9a-f]{8}$/, '-*'),
    ...certificates.map(({ sha256 }) => names.get(sha256) ?? sha256),
  ]);
}

/** Runs something that may only succeed or throw a `TrustError`; everything else fails the test. */
export function succeedsOrThrowsTrustError(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(TrustError);
  }
}
