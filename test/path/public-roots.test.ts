/** The public roots as anchors: what real ones do otherwise than the rules ask is tolerated, and only that. */
import { expect, test } from 'vitest';
import { genuineBodies } from '../../src/catalog/catalog.ts';
import type { Profile } from '../../src/path/certificate-rule.ts';
import { checkCertificate } from '../../src/path/certificate-rules.ts';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { AT } from '../support/certificates.ts';

const roots = [...genuineBodies().values()].map((base64) =>
  decodeCertificate(new Uint8Array(Buffer.from(base64, 'base64'))),
);

test.each<Profile>(['rfc5280', 'webpki'])('none is unfit under %s, but for its dates', (profile) => {
  const context = { role: 'anchor', profile, purpose: 'serverAuth', at: AT } as const;
  const unfit = roots.flatMap((root) =>
    Array.from(checkCertificate(root, context), ({ code, message }) => ({ root: root.subject, code, message })),
  );
  expect(unfit.filter(({ code }) => code !== 'path/expired')).toEqual([]);
  expect(roots.length).toBeGreaterThan(100);
});
