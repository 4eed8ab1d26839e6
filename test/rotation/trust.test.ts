import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { genuineRoot } from '../../src/catalog/catalog.ts';
import type { FindingCode } from '../../src/check/finding.ts';
import { encodeElement, TAG } from '../../src/encoding/der.ts';
import { type Allowance, decideTrust, liftedBy, type TrustOptions } from '../../src/rotation/trust.ts';
import { type Certificate, decodeCertificate } from '../../src/x509/certificate.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { AT, issue } from '../support/certificates.ts';

const none = {
  at: AT,
  expected: new Set<string>(),
  confirmed: new Set<string>(),
  allowed: new Set<Allowance>(),
  anchorSets: () => [],
};
const decide = (certificates: readonly Certificate[], options: Partial<TrustOptions> = {}) =>
  decideTrust(certificates, { ...none, ...options }).map(
    ({ verdict, trustedBy, role }) => `${role} ${verdict} ${trustedBy}`,
  );

const root = issue({ subject: 'CN=Own Root' }).certificate;
const quoVadis = decodeCertificate(
  genuineRoot('85a0dd7dd720adb7ff05f83d542b209dc7ff4528f7d677b18389fea5e5c49e86') as Uint8Array,
);

test('a public root of the catalog is trusted for what it is', () => {
  expect(decide([quoVadis])).toEqual(['root accepted catalog']);
});

test('an unknown root is trusted by nobody, however well it is made', () => {
  expect(decide([root])).toEqual(['root unknown null']);
});

test('a root of the same name as one in the store is not that root', () => {
  const twin = issue({ subject: 'CN=Own Root' }).certificate;
  expect(decide([twin], { anchorSets: () => [[root]] })).toEqual(['root unknown null']);
});

test('an expected fingerprint, or a yes, makes trust', () => {
  expect(decide([root], { expected: new Set([root.sha256]) })).toEqual(['root accepted fingerprint']);
  expect(decide([root], { confirmed: new Set([root.sha256]) })).toEqual(['root accepted operator']);
  expect(decide([root], { expected: new Set([quoVadis.sha256]) })).toEqual(['root unknown null']);
});

test('a root cross-signed by an anchor that every store has is vouched for', () => {
  const old = issue({ subject: 'CN=Old Root' });
  const next = issue({ subject: 'CN=Next Root', issuer: old }).certificate;
  expect(decide([next], { anchorSets: () => [[old.certificate]] })).toEqual(['intermediate accepted path']);
  expect(decide([next], { anchorSets: () => [[old.certificate], [root]] })).toEqual(['intermediate unknown null']);
});

test('an intermediate is vouched for by a root that is accepted with it, not by one that is not', () => {
  const own = issue({ subject: 'CN=Own' });
  const sub = issue({ subject: 'CN=Sub', issuer: own }).certificate;
  const pair = [sub, own.certificate];
  expect(decide(pair, { expected: new Set([own.certificate.sha256]) })).toEqual([
    'intermediate accepted path',
    'root accepted fingerprint',
  ]);
  expect(decide(pair)).toEqual(['intermediate unknown null', 'root unknown null']);
});

test('no fingerprint makes an unfit certificate fit, only its own allowance does', () => {
  const expired = issue({ notAfter: new Date(AT.getTime() - 1000), key: 'rsa1024' }).certificate;
  const expected = new Set([expired.sha256]);
  expect(decide([expired], { expected })).toEqual(['root unfit fingerprint']);
  expect(decide([expired], { expected, allowed: new Set(['expired'] as const) })).toEqual(['root unfit fingerprint']);
  expect(decide([expired], { expected, allowed: new Set(['weak-key', 'expired'] as const) })).toEqual([
    'root accepted fingerprint',
  ]);
});

test('what contradicts itself is unfit, and has an allowance of its own', () => {
  const keyUsage = encodeElement(TAG.bitString, Uint8Array.of(1, 6));
  const malformed = [
    { subject: '' },
    { extensions: [{ oid: EXTENSION.keyUsage, critical: true, value: keyUsage }] },
  ].map((options) => issue(options).certificate);
  for (const one of malformed) {
    const expected = new Set([one.sha256]);
    expect(decide([one], { expected })).toEqual(['root unfit fingerprint']);
    const allowed = new Set(['malformed'] as const);
    expect(decide([one], { expected, allowed })).toEqual(['root accepted fingerprint']);
  }
});

test('every error about an anchor or a catalog root names the option that lifts it, here as in the docs', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/findings.md'), 'utf8');
  // What a certificate is to the catalog is said by `catalog match` alone, which installs nothing.
  const ofMatch = ['catalog/false-issuer', 'catalog/same-name'];
  const rows = [...page.matchAll(/^\| `((?:anchor|catalog)\/[a-z-]+)` \| error([^|]*)\|/gm)].filter(
    ([, code = '']) => !ofMatch.includes(code),
  );
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter(([, code, rest]) => rest?.trim() !== `, \`--allow-${liftedBy(code as FindingCode)}\``)).toEqual(
    [],
  );
});

test('an allowance makes a certificate fit, never trusted', () => {
  const server = issue({ basicConstraints: null }).certificate;
  expect(decide([server], { allowed: new Set(['not-a-ca'] as const) })).toEqual(['end-entity unknown null']);
});

test('what was allowed stays visible as a warning that names the option', () => {
  const server = issue({ basicConstraints: null }).certificate;
  const [decision] = decideTrust([server], {
    ...none,
    expected: new Set([server.sha256]),
    allowed: new Set(['not-a-ca'] as const),
  });
  expect(decision?.findings).toEqual([
    expect.objectContaining({
      code: 'anchor/not-a-ca',
      severity: 'warning',
      hint: 'accepted because of --allow-not-a-ca',
    }),
  ]);
});

test('the anchors of the stores are not looked at while something else decides', () => {
  const anchorSets = () => {
    throw new Error('looked at');
  };
  expect(decide([quoVadis], { anchorSets })).toEqual(['root accepted catalog']);
});

test('an anchor that every store has already needs no other word', () => {
  expect(decide([root], { anchorSets: () => [[root]] })).toEqual(['root accepted path']);
  expect(decide([root], { anchorSets: () => [[root], []] })).toEqual(['root unknown null']);
});

test('an anchor that could not be added today vouches for nothing', () => {
  const weak = issue({ subject: 'CN=Weak', key: 'rsa1024' });
  const sub = issue({ subject: 'CN=Sub', issuer: weak }).certificate;
  const anchorSets = () => [[weak.certificate]];
  expect(decide([sub], { anchorSets })).toEqual(['intermediate unknown null']);
  expect(decide([sub], { anchorSets, allowed: new Set(['weak-key'] as const) })).toEqual([
    'intermediate accepted path',
  ]);
});

test('nor does an intermediate that is unfit itself', () => {
  const own = issue({ subject: 'CN=Own' });
  const weak = issue({ subject: 'CN=Weak', issuer: own, key: 'rsa1024' });
  const below = issue({ subject: 'CN=Below', issuer: weak }).certificate;
  expect(decide([below, weak.certificate], { anchorSets: () => [[own.certificate]] })).toEqual([
    'intermediate unknown null',
    'intermediate unfit path',
  ]);
});
