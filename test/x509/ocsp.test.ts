import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeElement, TAG } from '../../src/encoding/der.ts';
import { TrustError } from '../../src/errors.ts';
import { encodeOcspRequest } from '../../src/x509/ocsp-request.ts';
import { compareNonce, decodeOcspResponse } from '../../src/x509/ocsp-response.ts';
import { OCSP } from '../../src/x509/oids.ts';
import { AT, issue } from '../support/certificates.ts';
import { ocspDelegate, ocspRefusal, ocspResponse } from '../support/ocsp.ts';

const ca = issue({ subject: 'CN=CA' });
const end = issue({ subject: 'CN=End', issuer: ca, serialNumber: 0xff01n });
const nonce = Uint8Array.from({ length: 32 }, (_, i) => i);
const whole = ocspResponse({
  signer: ca,
  about: [{ certificate: end, issuer: ca, status: { reason: 'keyCompromise' } }],
  nonce,
  certificates: [ocspDelegate(ca).der],
});

function basicOf(bytes: Uint8Array) {
  const response = decodeOcspResponse(bytes);
  if (!('basic' in response)) throw new Error(`the response is ${response.status}`);
  return response.basic;
}

describe('a response', () => {
  test.each([
    { code: 1, status: 'malformedRequest' },
    { code: 2, status: 'internalError' },
    { code: 3, status: 'tryLater' },
    { code: 5, status: 'sigRequired' },
    { code: 6, status: 'unauthorized' },
  ])('of status $code says $status', ({ code, status }) => {
    expect(decodeOcspResponse(ocspRefusal(code))).toEqual({ status });
  });

  test.each([4, 7, 0])('of status %i alone is none', (code) => {
    expect(() => decodeOcspResponse(ocspRefusal(code))).toThrow(expect.objectContaining({ code: 'ocsp/malformed' }));
  });

  test('says what is known of a certificate, since when and why', () => {
    expect(basicOf(whole)).toMatchObject({
      responderId: { kind: 'name' },
      producedAt: AT,
      responses: [
        {
          certId: { hashAlgorithm: '1.3.14.3.2.26', serialNumber: '00ff01' },
          status: { kind: 'revoked', since: new Date('2026-10-30T00:00:00Z'), reason: 'keyCompromise' },
          thisUpdate: new Date('2026-10-31T23:00:00Z'),
          nextUpdate: new Date('2026-11-08T00:00:00Z'),
        },
      ],
      unknownCritical: null,
      certificates: [{ subject: 'CN=Responder' }],
    });
  });

  test('names its signer by the key, too', () => {
    const { responderId } = basicOf(ocspResponse({ signer: ca, about: [], responderId: 'key' }));
    expect(responderId).toEqual({ kind: 'key', hash: ca.certificate.subjectKeyIdentifier });
  });

  test('bears the nonce that was sent, another or none', () => {
    expect(compareNonce(basicOf(whole), nonce)).toBe('same');
    expect(compareNonce(basicOf(whole), nonce.slice(1))).toBe('other');
    expect(compareNonce(basicOf(ocspResponse({ signer: ca, about: [] })), nonce)).toBe('absent');
  });

  test('tells of critical extensions that are not understood, wherever they stand', () => {
    const made = { oid: '1.2.3.4', critical: true, value: Uint8Array.of(TAG.null, 0) };
    const about = [{ certificate: end, issuer: ca }];
    expect(basicOf(ocspResponse({ signer: ca, about, extensions: [made] })).unknownCritical).toBe('1.2.3.4');
    const inside = [{ certificate: end, issuer: ca, extensions: [made] }];
    expect(basicOf(ocspResponse({ signer: ca, about: inside })).unknownCritical).toBe('1.2.3.4');
    const known = [{ oid: OCSP.archiveCutoff, critical: true, value: Uint8Array.of(TAG.null, 0) }];
    expect(basicOf(ocspResponse({ signer: ca, about, extensions: known })).unknownCritical).toBeNull();
  });

  test('may have certificates that cannot be read; those beside them can', () => {
    const certificates = [encodeElement(TAG.sequence), ca.der];
    expect(basicOf(ocspResponse({ signer: ca, about: [], certificates })).certificates).toHaveLength(1);
  });

  test('has no more certificates than a responder needs', () => {
    const certificates = Array.from({ length: 21 }, () => ca.der);
    expect(() => decodeOcspResponse(ocspResponse({ signer: ca, about: [], certificates }))).toThrow(TrustError);
  });

  test('that is cut short is refused', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeOcspResponse(whole.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'ocsp/malformed' }),
      );
    }
  });

  test('that is changed is read or refused, nothing else', () => {
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    let read = 0;
    fc.assert(
      fc.property(changes, (list) => {
        const bytes = whole.slice();
        for (const [at, value] of list) bytes[at] = value;
        try {
          decodeOcspResponse(bytes);
          read++;
        } catch (error) {
          expect(error).toMatchObject({ code: 'ocsp/malformed' });
        }
      }),
      { numRuns: process.env.SLOW === undefined ? 500 : 20_000 },
    );
    expect(read).toBeGreaterThan(0);
  });

  test('of noise is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => decodeOcspResponse(bytes)).toThrow(TrustError);
      }),
    );
  });
});

describe('a request', () => {
  test('names the certificate by its issuer, the key and the serial number', async () => {
    const [{ fromBER }, { OCSPRequest }] = await Promise.all([import('asn1js'), import('pkijs')]);
    const der = encodeOcspRequest(end.certificate, ca.certificate, nonce);
    const { tbsRequest } = new OCSPRequest({ schema: fromBER(der).result });
    const [{ reqCert } = { reqCert: null }] = tbsRequest.requestList;
    expect(Buffer.from(reqCert?.issuerKeyHash.valueBlock.valueHexView ?? []).toString('hex')).toBe(
      ca.certificate.subjectKeyIdentifier,
    );
    expect(Buffer.from(reqCert?.serialNumber.valueBlock.valueHexView ?? []).toString('hex')).toBe('00ff01');
    expect(tbsRequest.requestExtensions?.map(({ extnID }) => extnID)).toEqual([OCSP.nonce]);
  });

  test('without a nonce is the same each time', () => {
    const [first, second] = [1, 2].map(() => encodeOcspRequest(end.certificate, ca.certificate));
    expect(first).toEqual(second);
  });
});
