import { describe, expect, test } from 'vitest';
import { askResponders, type OcspExchange, validateWithOcsp } from '../../src/cli/ocsp.ts';
import { TrustError } from '../../src/errors.ts';
import { type Issued, issueIdentified as issue } from '../support/certificates.ts';
import {
  authorityInfoAccess,
  type OcspResponseOptions,
  ocspRefusal,
  ocspResponse,
  type StatementOptions,
} from '../support/ocsp.ts';
import { codesOf, validator } from './online-fixture.ts';

const NONCE = Uint8Array.from({ length: 32 }, (_, i) => i);
const URI = 'http://ocsp.example/';
const asking = [authorityInfoAccess({ ocsp: [URI] })];

const root = issue({ subject: 'CN=Root' });
const ca = issue({ subject: 'CN=CA', issuer: root, serialNumber: 2n });
const end = issue({ subject: 'CN=End', issuer: ca, basicConstraints: null, keyUsage: null, extensions: asking });
const silent = issue({ subject: 'CN=Silent', issuer: ca, basicConstraints: null, keyUsage: null });

function answer(statement: Partial<StatementOptions> = {}, options: Partial<OcspResponseOptions> = {}): Uint8Array {
  return ocspResponse({
    signer: ca,
    about: [{ certificate: end, issuer: ca, ...statement }],
    nonce: NONCE,
    ...options,
  });
}

describe('askResponders', () => {
  const ask = (certificate: Issued, send: OcspExchange['send']) =>
    askResponders(certificate.certificate, ca.certificate, { send, nonce: NONCE });

  test.each<{ name: string; statement: Partial<StatementOptions>; message: string }>([
    { name: 'good', statement: {}, message: 'good, until 2026-11-08T00:00:00Z' },
    {
      name: 'revoked',
      statement: { status: { reason: 'superseded' } },
      message: 'revoked since 2026-10-30T00:00:00Z (superseded)',
    },
    { name: 'unknown', statement: { status: 'unknown' }, message: 'not known' },
  ])('says what a responder says: $name', async ({ statement, message }) => {
    const response = answer(statement);
    expect(await ask(end, async () => response)).toEqual({
      response,
      finding: {
        code: 'ocsp/answered',
        severity: 'info',
        message: `http://ocsp.example/ says of CN=End: ${message}`,
        source: null,
        sha256: end.certificate.sha256,
      },
    });
  });

  test('takes an answer without a nonce', async () => {
    const { nonce: _, ...without } = { nonce: NONCE, signer: ca, about: [{ certificate: end, issuer: ca }] };
    expect((await ask(end, async () => ocspResponse(without))).finding.code).toBe('ocsp/answered');
  });

  test('notes that a certificate names nobody, and asks nobody', async () => {
    const { response, finding } = await ask(silent, () => Promise.reject(new Error('asked')));
    expect([response, finding.code, finding.severity]).toEqual([null, 'ocsp/not-asked', 'info']);
  });

  test.each<{ name: string; response: Uint8Array; failure: string }>([
    { name: 'tryLater', response: ocspRefusal(3), failure: ' does not answer: tryLater' },
    { name: 'unauthorized', response: ocspRefusal(6), failure: ' does not answer: unauthorized' },
    {
      name: 'another nonce',
      response: answer({}, { nonce: NONCE.slice().reverse() }),
      failure: ' answers another request (the nonce differs)',
    },
    {
      name: 'another certificate',
      response: answer({ serialNumber: 1n }),
      failure: ' answers about another certificate',
    },
    {
      name: 'HTML',
      response: new TextEncoder().encode('<html>'),
      failure: ': not an OCSP response: ',
    },
  ])('takes no answer of $name', async ({ response, failure }) => {
    expect(await ask(end, async () => response)).toEqual({
      response: null,
      finding: {
        code: 'ocsp/not-answered',
        severity: 'error',
        message: expect.stringContaining(
          `no OCSP responder tells the status of CN=End: http://ocsp.example/${failure}`,
        ),
        hint: expect.any(String),
        source: null,
        sha256: end.certificate.sha256,
      },
    });
  });

  test('asks one responder after the other, three at most', async () => {
    const ocsp = ['a', 'b', 'c', 'd'].map((name) => `${URI}${name}`);
    const extensions = [authorityInfoAccess({ ocsp })];
    const several = issue({ subject: 'CN=End', issuer: ca, basicConstraints: null, keyUsage: null, extensions });
    const asked: string[] = [];
    const send = async (uri: string) => {
      asked.push(uri);
      if (uri.endsWith('b')) return answer({ certificate: several });
      throw new TrustError('fetch/failed', 'the connection was refused');
    };
    expect((await ask(several, send)).finding.code).toBe('ocsp/answered');
    expect(asked).toEqual(ocsp.slice(0, 2));
    asked.length = 0;
    const { finding } = await ask(several, async (uri) => send(uri.replace('b', 'x')));
    expect(finding.code).toBe('ocsp/not-answered');
    expect(asked).toHaveLength(3);
  });
});

describe('validateWithOcsp', () => {
  const given = { intermediates: [ca.certificate] };
  const says = (certificate: Issued, response: Uint8Array | null) => ({
    response,
    finding: {
      code: 'ocsp/answered',
      severity: 'info',
      message: '',
      source: null,
      sha256: certificate.certificate.sha256,
    } as const,
  });

  test('asks about each certificate of the path but the anchor', async () => {
    const asked: string[] = [];
    const validate = validator(end, root, given);
    const { answer: found, findings } = await validateWithOcsp(
      (ocspResponses) => validate({ ocspResponses }),
      async (certificate, issuer) => {
        asked.push(`${certificate.subject} by ${issuer.subject}`);
        return says(certificate.subject === 'CN=End' ? end : ca, certificate.subject === 'CN=End' ? answer() : null);
      },
    );
    expect(asked).toEqual(['CN=End by CN=CA', 'CN=CA by CN=Root']);
    expect([found.path?.length, findings.length]).toEqual([3, 2]);
  });

  test.each<{ name: string; response: Uint8Array; code: string }>([
    { name: 'revoked', response: answer({ status: {} }), code: 'path/revoked' },
    { name: 'unknown', response: answer({ status: 'unknown' }), code: 'path/ocsp-unknown' },
    { name: 'forged', response: answer({}, { badSignature: true }), code: 'path/ocsp-bad-signature' },
  ])('gives no path where the answer is $name', async ({ response, code }) => {
    const validate = validator(end, root, given);
    const { answer: found } = await validateWithOcsp(
      (ocspResponses) => validate({ ocspResponses }),
      async ({ subject }) => says(end, subject === 'CN=End' ? response : null),
    );
    expect([found.path, codesOf(found.findings)]).toEqual([null, [code]]);
  });

  test('asks about the next path when an answer breaks one, and speaks of that alone', async () => {
    const cross = issue({ subject: 'CN=CA', key: ca.privateKey, issuer: root, serialNumber: 9n });
    const validate = validator(end, root, { intermediates: [ca.certificate, cross.certificate] });
    const asked: string[] = [];
    const { answer: found, findings } = await validateWithOcsp(
      (ocspResponses) => validate({ ocspResponses }),
      async (certificate) => {
        asked.push(certificate.serialNumber);
        const isFirstCa = certificate.sha256 === ca.certificate.sha256;
        const revoked = ocspResponse({ signer: root, about: [{ certificate: ca, issuer: root, status: {} }] });
        return says(isFirstCa ? ca : certificate.subject === 'CN=CA' ? cross : end, isFirstCa ? revoked : null);
      },
    );
    expect(found.path?.[1]?.sha256).toBe(cross.certificate.sha256);
    expect(asked.sort()).toEqual(['0102', '02', '09']);
    expect(findings.map(({ sha256 }) => sha256).sort()).toEqual(
      [end.certificate.sha256, cross.certificate.sha256].sort(),
    );
  });

  test('asks nobody about an anchor, and says so', async () => {
    const validate = validator(root, root);
    const { answer: found, findings } = await validateWithOcsp(
      (ocspResponses) => validate({ ocspResponses }),
      () => Promise.reject(new Error('asked')),
    );
    expect([found.path?.length, codesOf(findings)]).toEqual([1, ['ocsp/not-asked']]);
  });

  test('asks about sixteen certificates', async () => {
    const chain = [root];
    for (let i = 0; i < 19; i++) chain.push(issue({ subject: `CN=C${i}`, issuer: chain.at(-1) as Issued }));
    const target = chain.at(-1) as Issued;
    const validate = validator(target, root, { intermediates: chain.slice(1, -1).map(({ der }) => der) });
    let asked = 0;
    const { findings } = await validateWithOcsp(
      (ocspResponses) => validate({ ocspResponses }),
      async ({ sha256 }) => {
        asked++;
        return { ...says(target, null), finding: { ...says(target, null).finding, sha256 } };
      },
    );
    expect([asked, findings.filter(({ severity }) => severity === 'error').length]).toEqual([16, 3]);
  });
});
