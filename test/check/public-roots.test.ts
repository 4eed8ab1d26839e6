/** The public roots are in use, whatever the rules think of their form: none becomes unfit. */
import { rootCertificates } from 'node:tls';
import { expect, test } from 'vitest';
import { findRoot, genuineBodies } from '../../src/catalog/catalog.ts';
import type { Finding } from '../../src/check/finding.ts';
import { checkTrustAnchor } from '../../src/check/rules.ts';
import { type Certificate, decodeCertificate } from '../../src/x509/certificate.ts';
import { AT } from '../support/certificates.ts';

const fromBase64 = (base64: string) => decodeCertificate(new Uint8Array(Buffer.from(base64, 'base64')));
const catalog = [...genuineBodies().values()].map(fromBase64);
const IN_USE: readonly string[] = ['included', 'distrust-after', 'email-only'];

/** Findings of at least a warning, but for what time and the catalog say. */
function about(
  certificates: readonly Certificate[],
): readonly (Pick<Finding, 'code' | 'message'> & { root: string })[] {
  return certificates.flatMap((certificate) =>
    checkTrustAnchor(certificate, { at: AT })
      .filter(({ severity, code }) => severity !== 'info' && !/^catalog\/|^anchor\/expire/.test(code))
      .map(({ code, message }) => ({ root: certificate.subject, code, message })),
  );
}

test('no root of the catalog has more than notes on its form', () => {
  expect(about(catalog)).toEqual([]);
  expect(catalog.length).toBeGreaterThan(100);
});

test('no root of the catalog that is in use is unfit', () => {
  const used = catalog.filter(({ sha256 }) => IN_USE.includes(findRoot(sha256)?.status ?? ''));
  const unfit = used.flatMap((root) =>
    checkTrustAnchor(root, { at: AT }).filter(({ severity }) => severity === 'error'),
  );
  expect(unfit).toEqual([]);
  expect(used.length).toBeGreaterThan(100);
});

test('nor has a root that this Node trusts', () => {
  expect(about(rootCertificates.map((pem) => fromBase64(pem.replace(/-----[^-]+-----|\s/g, ''))))).toEqual([]);
});
