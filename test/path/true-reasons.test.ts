import { describe, expect, test } from 'vitest';
import { encodeElement, TAG } from '../../src/encoding/der.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import type { IssueOptions } from '../support/certificates.ts';
import { codesOf, reasonsOf } from './rule-fixture.ts';

describe('an extension that cannot be read is all that is said of it', () => {
  const unreadable = (oid: string): IssueOptions => ({
    ...(oid === EXTENSION.basicConstraints ? { basicConstraints: null } : {}),
    ...(oid === EXTENSION.keyUsage ? { keyUsage: null } : {}),
    extensions: [{ oid, critical: true, value: encodeElement(TAG.octetString, Uint8Array.of(0)) }],
  });

  test.each(['basicConstraints', 'keyUsage', 'extendedKeyUsage'] as const)('%s', (name) => {
    const options = unreadable(EXTENSION[name]);
    for (const role of ['intermediate', 'anchor', 'end-entity'] as const) {
      const reasons = reasonsOf(options, { role, purpose: 'serverAuth' });
      expect([role, reasons.map(({ code }) => code)]).toEqual([role, ['path/malformed-extension']]);
      expect(reasons[0]?.message).toContain(`${name} cannot be read`);
    }
  });
});

test('what ends before it begins is over, and no waiting helps', () => {
  const options = { notBefore: new Date('2034-01-01T00:00:00Z'), notAfter: new Date('2024-01-01T00:00:00Z') };
  expect(codesOf(options)).toEqual(['path/expired']);
});
