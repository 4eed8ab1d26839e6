import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AT_ONCE } from '../../src/cli/at-once.ts';
import { type Issued, issueIdentified as issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { type Answer, serve, type TestServer } from '../support/http.ts';
import { authorityInfoAccess, ocspRefusal, ocspResponse, type StatementOptions } from '../support/ocsp.ts';
import { certsOnly } from '../support/pkcs7.ts';

interface Result {
  readonly verdict: string;
  readonly path: readonly { readonly subject: string }[] | null;
  readonly findings: readonly { readonly code: string; readonly severity: string; readonly message: string }[];
}

const root = issue({ subject: 'CN=Root' });
const ca = issue({ subject: 'CN=CA', issuer: root, serialNumber: 2n });

let folder: string;
let server: TestServer;
/** Who asked at `/crowd`, where nobody is answered before so many have. */
const crowd: { end: (answer: Uint8Array) => void }[] = [];
let crowdSize = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-'));
  writeFileSync(join(folder, 'root.pem'), root.pem);
  writeFileSync(join(folder, 'ca.pem'), ca.pem);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Says this of the certificate that it is asked about. */
const says =
  (status: StatementOptions['status']): Answer =>
  (_request, response, body) => {
    const about = [{ certificate: end('/'), issuer: ca, ...(status === undefined ? {} : { status }) }];
    // The nonce is what a request ends with.
    response.end(ocspResponse({ signer: ca, about, nonce: body.slice(-32) }));
  };

beforeEach(async () => {
  server = await serve({
    '/ca.cer': ca.der,
    '/ca.p7c': certsOnly([root.der, ca.der]),
    '/ca.pem': new TextEncoder().encode(ca.pem),
    '/page': new TextEncoder().encode('<!DOCTYPE html><p>moved'),
    '/endless': (_request, response) => {
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) if (response.destroyed) return;
        response.once('drain', pour);
      };
      pour();
    },
    '/to-file': (_request, response) => response.writeHead(302, { Location: 'file:///etc/passwd' }).end(),
    '/to-ca': (_request, response) => response.writeHead(302, { Location: '/ca.cer' }).end(),
    '/good': says('good'),
    '/revoked': says({ reason: 'keyCompromise' }),
    '/unknown': says('unknown'),
    '/later': ocspRefusal(3),
    '/crowd': (_request, response) => {
      crowd.push(response);
      crowdSize++;
      if (crowdSize >= AT_ONCE) for (const one of crowd.splice(0)) one.end(ocspRefusal(3));
    },
  });
});
afterEach(() => server.close());

/** An end entity that points to paths of the server. */
function end(ocsp: string, caIssuers = '/ca.cer'): Issued {
  const base = server.url;
  return issue({
    subject: 'CN=End',
    issuer: ca,
    serialNumber: 7n,
    basicConstraints: null,
    keyUsage: ['digitalSignature'],
    extensions: [authorityInfoAccess({ ocsp: [base + ocsp], caIssuers: [base + caIssuers] })],
  });
}

async function validate(target: Issued, ...args: readonly string[]) {
  const path = join(folder, 'end.pem');
  writeFileSync(path, target.pem);
  const call = await anchorctl(['validate', path, '--anchors', join(folder, 'root.pem'), '--json', ...args]);
  const { results } = call.json() as { readonly results: readonly Result[] };
  const result = results.find(({ path: found, findings }) => found !== null || findings.length > 0);
  if (result === undefined) throw new Error(call.stderr);
  return {
    ...call,
    verdict: result.verdict,
    subjects: result.path?.map(({ subject }) => subject) ?? null,
    findings: result.findings,
    codes: result.findings.map(({ code }) => code),
  };
}

const withCa = () => join(folder, 'ca.pem');

describe('validate', () => {
  test('asks nobody without the option for it', async () => {
    const { status, codes } = await validate(end('/good'));
    expect([status, codes]).toEqual([1, ['path/no-issuer']]);
    await validate(end('/good'), withCa());
    await validate(end('/good'), '--allow-private-network');
    await validate(end('/good'), withCa(), '--aia', '--allow-private-network');
    await anchorctl(['inspect', join(folder, 'end.pem')]);
    await anchorctl(['validate', join(folder, 'end.pem'), '--as', 'anchor']);
    expect(server.connections()).toBe(0);
  });

  test('connects to no private address without leave', async () => {
    const missing = await validate(end('/good'), '--aia');
    expect([missing.status, missing.codes]).toEqual([1, ['path/no-issuer', 'fetch/private-address']]);
    const unasked = await validate(end('/good'), withCa(), '--ocsp');
    expect([unasked.status, unasked.verdict, unasked.subjects]).toEqual([1, 'fail', null]);
    expect(unasked.findings).toContainEqual(
      expect.objectContaining({
        code: 'ocsp/not-answered',
        severity: 'error',
        message: expect.stringContaining('leads to 127.0.0.1, which is not a public address'),
        hint: 'where the CA is your own, allow it with --allow-private-network',
      }),
    );
    expect(server.connections()).toBe(0);
  });

  test('refuses both where it is to judge an anchor', async () => {
    for (const option of ['--aia', '--ocsp', '--allow-private-network']) {
      const { status, stderr } = await anchorctl(['validate', withCa(), '--as', 'anchor', option]);
      expect([status, stderr]).toEqual([2, expect.stringContaining(`--as anchor takes no ${option}`)]);
    }
  });
});

describe('validate --aia', () => {
  const allowed = ['--aia', '--allow-private-network'];

  test.each(['/ca.cer', '/ca.p7c', '/ca.pem'])('finds the issuer in %s', async (place) => {
    const { status, verdict, subjects, findings } = await validate(end('/good', place), ...allowed);
    expect([status, verdict, subjects]).toEqual([0, 'pass', ['CN=End', 'CN=CA', 'CN=Root']]);
    expect(findings).toEqual([expect.objectContaining({ code: 'aia/fetched', severity: 'info' })]);
    expect(server.requests).toEqual([`GET ${place}`]);
  });

  test.each([
    { place: '/page', code: 'input/no-certificate' },
    { place: '/endless', code: 'fetch/too-large' },
    { place: '/to-file', code: 'fetch/failed' },
    { place: '/to-ca', code: 'fetch/failed' },
    { place: '/nothing', code: 'fetch/failed' },
  ])('says that $place gives nothing', async ({ place, code }) => {
    const { status, codes } = await validate(end('/good', place), ...allowed);
    expect([status, codes]).toEqual([1, ['path/no-issuer', code]]);
    expect(server.requests).toEqual([`GET ${place}`]);
  });

  test('trusts no root that it fetches', async () => {
    const other = issue({ subject: 'CN=Other' });
    const path = join(folder, 'other.pem');
    writeFileSync(path, other.pem);
    writeFileSync(join(folder, 'end.pem'), end('/good', '/ca.p7c').pem);
    const call = ['validate', join(folder, 'end.pem'), '--anchors', path, ...allowed];
    expect((await anchorctl(call)).status).toBe(1);
  });
});

describe('validate --ocsp', () => {
  const allowed = ['--ocsp', '--allow-private-network'];

  test('waits for the responders of many certificates at the same time, and answers in their order', async () => {
    const many = Array.from({ length: 20 }, (_, index) => {
      return issue({
        subject: `CN=${index}`,
        issuer: ca,
        serialNumber: BigInt(100 + index),
        basicConstraints: null,
        keyUsage: ['digitalSignature'],
        extensions: [authorityInfoAccess({ ocsp: [`${server.url}/crowd`] })],
      });
    });
    writeFileSync(join(folder, 'many.pem'), many.map(({ pem }) => pem).join(''));
    const call = await anchorctl([
      ...['validate', join(folder, 'many.pem'), withCa(), '--anchors', join(folder, 'root.pem'), '--json'],
      ...allowed,
    ]);
    const { results } = call.json() as {
      readonly results: readonly {
        readonly certificate: { readonly subject: string };
        readonly findings: Result['findings'];
      }[];
    };
    expect(results.map(({ certificate }) => certificate.subject)).toEqual(many.map(({ subject }) => subject));
    expect(results.every(({ findings }) => findings.some(({ code }) => code === 'ocsp/not-answered'))).toBe(true);
    expect(call.status).toBe(1);
    expect(crowdSize).toBe(many.length);
  });

  test.each<{ place: string; status: number; codes: readonly string[] }>([
    { place: '/good', status: 0, codes: ['ocsp/answered', 'ocsp/not-asked'] },
    { place: '/revoked', status: 1, codes: ['ocsp/answered', 'ocsp/not-asked', 'path/revoked'] },
    { place: '/unknown', status: 1, codes: ['ocsp/answered', 'ocsp/not-asked', 'path/ocsp-unknown'] },
    { place: '/later', status: 1, codes: ['ocsp/not-answered', 'ocsp/not-asked'] },
    { place: '/page', status: 1, codes: ['ocsp/not-answered', 'ocsp/not-asked'] },
    { place: '/nothing', status: 1, codes: ['ocsp/not-answered', 'ocsp/not-asked'] },
    { place: '/to-ca', status: 1, codes: ['ocsp/not-answered', 'ocsp/not-asked'] },
  ])('of a responder at $place: $status', async ({ place, status, codes }) => {
    const found = await validate(end(place), withCa(), ...allowed);
    expect([found.status, found.verdict]).toEqual([status, status === 0 ? 'pass' : 'fail']);
    expect([...found.codes].sort()).toEqual(codes);
    expect(server.requests).toEqual([`POST ${place}`]);
  });

  test('asks nobody where there is no path', async () => {
    expect((await validate(end('/good'), ...allowed)).status).toBe(1);
    expect(server.connections()).toBe(0);
  });

  test('goes with --aia', async () => {
    const { status, subjects, codes } = await validate(end('/good'), '--aia', ...allowed);
    expect([status, subjects?.length]).toEqual([0, 3]);
    expect(codes).toEqual(['aia/fetched', 'ocsp/answered', 'ocsp/not-asked']);
    expect(server.requests).toEqual(['GET /ca.cer', 'POST /good']);
  });

  test.each([
    {
      place: '/revoked',
      sentences: [
        'error: CN=End was revoked 2026-10-30T00:00:00Z (keyCompromise), says the OCSP response of CN=CA [path/revoked]',
        '/revoked says of CN=End: revoked since 2026-10-30T00:00:00Z (keyCompromise) [ocsp/answered]',
        'End is not to be trusted by what',
      ],
    },
    {
      place: '/later',
      sentences: [
        'Whether End is still to be trusted is not known: no OCSP responder tells',
        'does not answer: tryLater',
      ],
    },
  ])('says in text what was asked at $place and answered', async ({ place, sentences }) => {
    writeFileSync(join(folder, 'end.pem'), end(place).pem);
    const files = [join(folder, 'end.pem'), withCa(), '--anchors', join(folder, 'root.pem')];
    const { stdout } = await anchorctl(['validate', ...files, ...allowed]);
    const text = stdout.replaceAll(/\s+/g, ' ');
    for (const sentence of sentences) expect(text).toContain(sentence);
  });
});
