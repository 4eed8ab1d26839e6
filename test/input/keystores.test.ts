/** Keystores of which a part cannot be read, or that something follows: what an input made of them tells. */
import { describe, expect, test } from 'vitest';
import { encodeElement, TAG } from '../../src/encoding/der.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { contentInfo, javaKeystore, PASSWORD, pfx, pfxOf } from '../store/builders.ts';
import { issue } from '../support/certificates.ts';

const ROOT = issue({ subject: 'CN=Root' });
const CA = { alias: 'ca', certificates: [ROOT.der] };
/** A proxy, whose end only its own code can tell. */
const ODD = { alias: 'odd', sealed: Uint8Array.of(0xac, 0xed, 0, 5, 0x7d, 0, 0) };
const ENVELOPED = contentInfo('1.2.840.113549.1.7.3', Uint8Array.of(TAG.null, 0));

function read(bytes: Uint8Array, strict = false) {
  const { certificates, notes, errors } = readCertificates(bytes, { name: 'in', password: PASSWORD, strict });
  return {
    found: certificates.map(({ sha256 }) => sha256),
    notes: notes.map(({ code, message }) => [code, message]),
    errors: errors.map(({ code, message }) => [code, message]),
  };
}

describe('what cannot be read in a keystore is an error beside what can', () => {
  test('entries behind a secret key whose end cannot be found', () => {
    const bytes = javaKeystore({ type: 'jceks', entries: [CA, ODD, { ...CA, alias: 'later' }] });
    expect(read(bytes)).toEqual({
      found: [ROOT.certificate.sha256],
      notes: [],
      errors: [['keystore/malformed', expect.stringContaining('"odd" cannot be found, so the entries after it')]],
    });
  });

  test('a part of PKCS#12 that is encrypted to somebody', () => {
    expect(read(pfxOf(encodeElement(TAG.sequence, ENVELOPED)))).toEqual({
      found: [],
      notes: [],
      errors: [['keystore/unsupported', expect.stringContaining('content type 1.2.840.113549.1.7.3')]],
    });
  });
});

test('a chain that is longer than a call has arguments', () => {
  const chain = Array<Uint8Array>(130_000).fill(ROOT.der);
  const bytes = javaKeystore({ entries: [{ alias: 'k', key: ROOT.der, certificates: chain }] });
  const { certificates, untrusted } = readCertificates(bytes, { name: 'in', password: PASSWORD });
  expect([certificates.length, untrusted.length]).toEqual([chain.length, chain.length]);
});

describe('what follows a keystore is noted', () => {
  const followed = Buffer.concat([javaKeystore({ entries: [CA] }), Buffer.from('xyz')]);
  const message = expect.stringContaining('3 bytes follow the digest');

  test('and nothing that is asked for', () => {
    const notes = [['keystore/trailing-bytes', message]];
    expect(read(followed)).toEqual({ found: [ROOT.certificate.sha256], notes, errors: [] });
  });

  test('and refused where nothing is tolerated', () => {
    expect(read(followed, true).errors).toEqual([['input/tolerated', message]]);
  });

  test('of PKCS#12, too', () => {
    const bytes = pfx({ safes: [], trailing: Uint8Array.of(0) });
    expect(read(bytes).notes).toEqual([['keystore/trailing-bytes', expect.stringContaining('1 bytes follow')]]);
  });
});
