import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeElement, encodeOid, NULL, TAG } from '../../src/encoding/der.ts';
import { Budget } from '../../src/path/budget.ts';
import type { ReasonCode } from '../../src/path/reason.ts';
import { checkRevocation } from '../../src/path/revocation.ts';
import { revocationContext } from '../../src/path/revocation-context.ts';
import { type ValidatePathOptions, validatePath } from '../../src/path/validate-path.ts';
import { decodeOcspResponse } from '../../src/x509/ocsp-response.ts';
import { EXTENSION, OCSP } from '../../src/x509/oids.ts';
import { AT, type Issued, issueIdentified as issue } from '../support/certificates.ts';
import { crlDer } from '../support/crls.ts';
import { nameConstraints } from '../support/extensions.ts';
import {
  OCSP_SIGNING,
  type OcspResponseOptions,
  ocspDelegate,
  ocspRefusal,
  ocspResponse,
  type StatementOptions,
} from '../support/ocsp.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const MADE_UP = { oid: '1.2.3.4', critical: true, value: NULL };

const root = issue({ subject: 'CN=Root' });
const ca = issue({ subject: 'CN=CA', issuer: root, serialNumber: 2n });
const other = issue({ subject: 'CN=Other', issuer: root, serialNumber: 3n });
const end = endBelow(ca);
const delegate = ocspDelegate(ca);

function endBelow(issuer: Issued): Issued {
  return issue({
    subject: 'CN=End',
    issuer,
    serialNumber: 7n,
    basicConstraints: null,
    keyUsage: ['digitalSignature'],
  });
}

const before = (milliseconds: number) => new Date(AT.getTime() - milliseconds);
const after = (milliseconds: number) => new Date(AT.getTime() + milliseconds);

/** About the end entity, signed by its CA, unless told otherwise. */
function answer(statement: Partial<StatementOptions> = {}, options: Partial<OcspResponseOptions> = {}): Uint8Array {
  return ocspResponse({ signer: ca, about: [{ certificate: end, issuer: ca, ...statement }], ...options });
}

function codesFor(responses: readonly Uint8Array[], options: Partial<ValidatePathOptions> = {}): readonly ReasonCode[] {
  const verdict = validatePath(end.der, {
    trustAnchors: [root.der],
    intermediates: [ca.der],
    ocspResponses: responses,
    at: AT,
    ...options,
  });
  return verdict.valid ? [] : verdict.reasons.map(({ code }) => code);
}

const revoked = { status: { reason: 'keyCompromise' } } as const;
const caIsGood = ocspResponse({ signer: root, about: [{ certificate: ca, issuer: root }] });
const strict = { revocation: 'require-crl' } as const;

describe('an OCSP response', () => {
  test('that says good clears a certificate, in place of CRLs', () => {
    expect(codesFor([answer()])).toEqual([]);
    expect(codesFor([answer(), caIsGood], strict)).toEqual([]);
    expect(codesFor([caIsGood], strict)).toEqual(['path/no-crl']);
    expect(codesFor([answer()], { ...strict, crls: [crlDer({ issuer: root })] })).toEqual([]);
  });

  test('that says revoked condemns it, in every mode but off', () => {
    const verdict = validatePath(end.der, {
      trustAnchors: [root.der],
      intermediates: [ca.der],
      ocspResponses: [answer(revoked)],
      at: AT,
    });
    expect(verdict).toEqual({
      valid: false,
      reasons: [
        {
          code: 'path/revoked',
          message: 'CN=End was revoked 2026-10-30T00:00:00Z (keyCompromise), says the OCSP response of CN=CA',
          sha256: end.certificate.sha256,
        },
      ],
    });
    expect(codesFor([answer(revoked), caIsGood], strict)).toEqual(['path/revoked']);
    expect(codesFor([answer(revoked)], { revocation: 'off' })).toEqual([]);
  });

  test('speaks of CAs too', () => {
    const response = ocspResponse({ signer: root, about: [{ certificate: ca, issuer: root, ...revoked }] });
    expect(codesFor([response])).toEqual(['path/revoked']);
  });

  test.each(['sha1', 'sha256', 'sha384', 'sha512'])('may name the issuer by %s', (hash) => {
    expect(codesFor([answer({ hash, ...revoked })])).toEqual(['path/revoked']);
  });

  test.each<{ name: string; statement: Partial<StatementOptions> }>([
    { name: 'another serial number', statement: { serialNumber: 8n } },
    { name: 'a serial number with a zero before it', statement: { serialNumber: 0x700n } },
    { name: 'another issuer', statement: { issuer: other } },
    { name: 'an issuer of the same name and another key', statement: { issuer: issue({ subject: 'CN=CA' }) } },
    { name: 'the issuer by an unknown hash', statement: { hash: '1.2.3.4' } },
  ])('about $name counts for nothing', ({ statement }) => {
    expect(codesFor([answer({ ...statement, ...revoked })])).toEqual([]);
    expect(codesFor([answer(statement), caIsGood], strict)).toEqual(['path/no-crl']);
  });

  test.each([1, 2, 3, 5, 6])('of status %i counts for nothing', (status) => {
    expect(codesFor([ocspRefusal(status)])).toEqual([]);
    expect(codesFor([ocspRefusal(status), caIsGood], strict)).toEqual(['path/no-crl']);
  });

  test('that cannot be read is an error', () => {
    expect(() => codesFor([end.der])).toThrow(expect.objectContaining({ code: 'ocsp/malformed' }));
  });
});

describe('dates', () => {
  test.each<{ name: string; statement: Partial<StatementOptions>; code: ReasonCode | null }>([
    { name: 'just made', statement: { thisUpdate: AT }, code: null },
    { name: 'made by a clock that is fast', statement: { thisUpdate: after(5 * MINUTE) }, code: null },
    { name: 'of later', statement: { thisUpdate: after(6 * MINUTE) }, code: 'path/ocsp-not-yet-valid' },
    { name: 'nextUpdate a little past', statement: { nextUpdate: before(4 * MINUTE) }, code: null },
    { name: 'nextUpdate past', statement: { nextUpdate: before(5 * MINUTE) }, code: 'path/ocsp-expired' },
    { name: 'no nextUpdate, of today', statement: { thisUpdate: before(DAY), nextUpdate: null }, code: null },
    {
      name: 'no nextUpdate, of the day before',
      statement: { thisUpdate: before(DAY + 5 * MINUTE), nextUpdate: null },
      code: 'path/ocsp-expired',
    },
  ])('$name', ({ statement, code }) => {
    expect(codesFor([answer(statement)])).toEqual(code === null ? [] : [code]);
  });

  test('that have passed do not hide a revocation; those to come announce none', () => {
    expect(codesFor([answer({ nextUpdate: before(DAY), ...revoked })])).toEqual(['path/revoked']);
    expect(codesFor([answer({ thisUpdate: after(DAY), ...revoked })])).toEqual(['path/ocsp-not-yet-valid']);
  });
});

describe('several answers', () => {
  const older = { thisUpdate: before(2 * DAY) };

  test.each<{ name: string; responses: readonly Uint8Array[]; codes: readonly ReasonCode[] }>([
    { name: 'the newer one is believed', responses: [answer({ ...older, ...revoked }), answer()], codes: [] },
    { name: 'also when it condemns', responses: [answer(older), answer(revoked)], codes: ['path/revoked'] },
    { name: 'of the same second, the graver', responses: [answer(), answer(revoked)], codes: ['path/revoked'] },
    { name: 'unknown and good', responses: [answer({ status: 'unknown' }), answer(older)], codes: [] },
    { name: 'forged and good', responses: [answer({}, { badSignature: true }), answer(older)], codes: [] },
    {
      name: 'forged revocation and good',
      responses: [answer(revoked, { badSignature: true }), answer(older)],
      codes: [],
    },
  ])('$name', ({ responses, codes }) => {
    expect(codesFor(responses)).toEqual(codes);
    expect(codesFor([...responses].reverse())).toEqual(codes);
  });

  test('beside CRLs: who says revoked is believed, who clears makes up for what is missing', () => {
    const listing = crlDer({ issuer: ca, revoked: [{ serialNumber: 7n }] });
    const expired = crlDer({ issuer: ca, nextUpdate: before(DAY / 2) });
    expect(codesFor([answer()], { crls: [listing] })).toEqual(['path/revoked']);
    expect(codesFor([answer(revoked)], { crls: [crlDer({ issuer: ca })] })).toEqual(['path/revoked']);
    expect(codesFor([answer()], { crls: [expired] })).toEqual([]);
    expect(codesFor([answer({ status: 'unknown' })], { crls: [crlDer({ issuer: ca })] })).toEqual([]);
    expect(codesFor([answer({ status: 'unknown' })], { crls: [expired] })).toEqual(['path/ocsp-unknown']);
  });
});

describe('an answer that cannot be used is a failure in either mode, and no revocation', () => {
  const noDigitalSignature = ocspDelegate(ca, { keyUsage: ['keyEncipherment'] });
  const by = (signer: Issued, ...above: readonly Issued[]) => ({
    signer,
    certificates: [signer, ...above].map(({ der }) => der),
  });

  test.each<{ name: string; options: Partial<OcspResponseOptions>; code: ReasonCode }>([
    { name: 'forged', options: { badSignature: true }, code: 'path/ocsp-bad-signature' },
    {
      name: 'signed by another in the name of the CA',
      options: { signer: other, responderName: 'CN=CA' },
      code: 'path/ocsp-bad-signature',
    },
    { name: 'signed by another CA', options: by(other), code: 'path/ocsp-signer-not-entitled' },
    { name: 'signed by the root', options: by(root), code: 'path/ocsp-signer-not-found' },
    { name: 'signed by the certificate itself', options: by(end), code: 'path/ocsp-signer-not-found' },
    { name: 'signed by nobody at hand', options: { signer: delegate }, code: 'path/ocsp-signer-not-found' },
    {
      name: 'signed by a delegate of another CA',
      options: by(ocspDelegate(other), other),
      code: 'path/ocsp-signer-not-entitled',
    },
    {
      name: 'signed by a delegate of a CA below',
      options: by(ocspDelegate(issue({ subject: 'CN=Sub', issuer: ca, serialNumber: 9n }))),
      code: 'path/ocsp-signer-not-entitled',
    },
    {
      name: 'signed by a delegate of the name with another key',
      options: by(ocspDelegate(issue({ subject: 'CN=CA' }))),
      code: 'path/ocsp-signer-not-entitled',
    },
    {
      name: 'signed by a certificate without the purpose',
      options: by(ocspDelegate(ca, { extensions: [] })),
      code: 'path/ocsp-signer-not-entitled',
    },
    {
      name: 'signed by a certificate for any purpose',
      options: by(
        ocspDelegate(ca, {
          extensions: [
            { oid: EXTENSION.extendedKeyUsage, value: encodeElement(TAG.sequence, encodeOid('2.5.29.37.0')) },
          ],
        }),
      ),
      code: 'path/ocsp-signer-not-entitled',
    },
    { name: 'by a delegate that may not sign', options: by(noDigitalSignature), code: 'path/ocsp-signer-not-entitled' },
    {
      name: 'by a delegate that has expired',
      options: by(ocspDelegate(ca, { notAfter: before(DAY) })),
      code: 'path/ocsp-signer-not-entitled',
    },
    {
      name: 'by a delegate that is not valid yet',
      options: by(ocspDelegate(ca, { notBefore: after(DAY) })),
      code: 'path/ocsp-signer-not-entitled',
    },
    {
      name: 'by a delegate with a critical extension that nobody knows',
      options: by(ocspDelegate(ca, { extensions: [OCSP_SIGNING, MADE_UP] })),
      code: 'path/ocsp-signer-not-entitled',
    },
    {
      name: 'by a delegate whose own signature is bad',
      options: by(ocspDelegate(ca, { badSignature: true })),
      code: 'path/ocsp-signer-not-entitled',
    },
  ])('$name', ({ options, code }) => {
    for (const status of ['good', revoked.status] as const) {
      expect(codesFor([answer({ status }, options)])).toEqual([code]);
      expect(codesFor([answer({ status }, options), caIsGood], strict)).toEqual([code]);
    }
  });

  test('unknown', () => {
    expect(codesFor([answer({ status: 'unknown' })])).toEqual(['path/ocsp-unknown']);
  });

  test('with a critical extension that is not understood; a revocation counts all the same', () => {
    expect(codesFor([answer({}, { extensions: [MADE_UP] })])).toEqual(['path/ocsp-unusable']);
    expect(codesFor([answer({ extensions: [MADE_UP] })])).toEqual(['path/ocsp-unusable']);
    expect(codesFor([answer(revoked, { extensions: [MADE_UP] })])).toEqual(['path/revoked']);
  });
});

describe('a delegate', () => {
  const by = (signer: Issued) => ({ signer, certificates: [signer.der] });
  const withoutNoCheck = ocspDelegate(ca, { extensions: [OCSP_SIGNING] });

  test.each(['name', 'key'] as const)('speaks for its CA, named by its %s', (responderId) => {
    expect(codesFor([answer({}, { ...by(delegate), responderId }), caIsGood], strict)).toEqual([]);
    expect(codesFor([answer(revoked, { ...by(delegate), responderId })])).toEqual(['path/revoked']);
  });

  test('need not be sent along when it is at hand', () => {
    const intermediates = [ca.der, delegate.der];
    expect(codesFor([answer({}, { signer: delegate }), caIsGood], { ...strict, intermediates })).toEqual([]);
  });

  test('without nocheck needs a status where one is required', () => {
    expect(codesFor([answer({}, by(withoutNoCheck))])).toEqual([]);
    expect(codesFor([answer({}, by(withoutNoCheck)), caIsGood], strict)).toEqual(['path/ocsp-signer-status']);
    const crls = [crlDer({ issuer: ca })];
    expect(codesFor([answer({}, by(withoutNoCheck)), caIsGood], { ...strict, crls })).toEqual([]);
  });

  test('that is revoked says nothing, unless it has nocheck', () => {
    const crls = [crlDer({ issuer: ca, revoked: [{ serialNumber: 0x0c59n }], scope: { onlySomeReasons: [1] } })];
    expect(codesFor([answer({}, by(withoutNoCheck))], { crls })).toEqual(['path/ocsp-signer-status']);
    expect(codesFor([answer({}, by(delegate))], { crls })).toEqual([]);
  });

  test('may lack the key identifier of its issuer', () => {
    const plain = ocspDelegate(ca, { authorityKeyIdentifier: false });
    expect(codesFor([answer({}, by(plain)), caIsGood], strict)).toEqual([]);
  });

  test('cannot vouch for itself', () => {
    const itself = answer({ certificate: withoutNoCheck }, by(withoutNoCheck));
    expect(codesFor([answer({}, by(withoutNoCheck)), itself, caIsGood], strict)).toEqual(['path/ocsp-signer-status']);
  });

  test('is held to the limits of the CAs above', () => {
    const value = nameConstraints({ excluded: ['dir:CN=Responder'] });
    const limited = issue({
      subject: 'CN=CA',
      issuer: root,
      key: ca.privateKey,
      serialNumber: 2n,
      extensions: [value],
    });
    expect(codesFor([answer({}, by(delegate))], { intermediates: [limited.der] })).toEqual([
      'path/ocsp-signer-not-entitled',
    ]);
  });
});

test.each([
  { profile: 'rfc5280', codes: [] },
  { profile: 'webpki', codes: ['path/ocsp-unusable'] },
] as const)('a signature over SHA-1, under $profile: $codes', ({ profile, codes }) => {
  const response = decodeOcspResponse(answer({}, { hash: 'sha1' }));
  const ocspResponses = 'basic' in response ? [response.basic] : [];
  const budget = new Budget();
  const context = revocationContext({ crls: [], ocspResponses, profile, at: AT, mode: 'crl-if-present', budget });
  const path = [end, ca, root].map(({ certificate }) => certificate);
  for (const _again of [1, 2]) expect(checkRevocation(path, context).map(({ code }) => code)).toEqual(codes);
  expect(budget.spent.crlSignatures).toBe(codes.length === 0 ? 1 : 0);
});

test('a thousand answers about one certificate end with the budget', () => {
  const about = Array.from({ length: 1000 }, () => ({ certificate: end, issuer: ca, status: 'unknown' as const }));
  const response = ocspResponse({ signer: ca, about });
  const responses = Array.from({ length: 11 }, () => response);
  expect(codesFor(responses)).toEqual(['path/too-much-work']);
});

test('a response that calls itself by the OID of another type is none', () => {
  const bytes = answer();
  const oid = encodeOid(OCSP.basicResponse);
  bytes[Buffer.from(bytes).indexOf(oid) + oid.length - 1] = 9;
  expect(() => codesFor([bytes])).toThrow(expect.objectContaining({ code: 'ocsp/malformed' }));
});

test('no byte of a response can be changed so that it still clears', () => {
  const response = answer();
  const change = fc.tuple(fc.nat(response.length - 1), fc.integer({ min: 1, max: 255 }));
  fc.assert(
    fc.property(change, ([at, flip]) => {
      const bytes = response.slice();
      bytes[at] = (bytes[at] as number) ^ flip;
      try {
        expect(codesFor([bytes, caIsGood], strict)).not.toEqual([]);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ocsp/malformed' });
      }
    }),
    { numRuns: process.env.SLOW === undefined ? 300 : 3000 },
  );
});
