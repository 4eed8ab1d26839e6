/** `openssl ocsp` as the responder on loopback, asked over real sockets. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Network } from '../../src/cli/online.ts';
import { encodeOcspRequest } from '../../src/x509/ocsp-request.ts';
import { codesOf, validator } from '../cli/online-fixture.ts';
import { type Issued, issueIdentified as issue } from '../support/certificates.ts';
import { authorityInfoAccess, ocspDelegate, ocspResponse } from '../support/ocsp.ts';

const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;

const DAY = 86_400_000;
/** The responder goes by the clock of this machine. */
const now = new Date();
const alive = { notBefore: new Date(now.getTime() - 10 * DAY), notAfter: new Date(now.getTime() + 100 * DAY) };

const STATUSES = { good: 0x10n, revoked: 0x20n, unknown: 0x30n } as const;
type Status = keyof typeof STATUSES;

let folder: string;
let root: Issued;
let delegate: Issued;
let responder: ChildProcess | null = null;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ocsp-'));
  root = issue({ subject: 'CN=Root', key: 'rsa2048', ...alive });
  delegate = ocspDelegate(root, alive);
  for (const [name, { pem, privateKey }] of Object.entries({ root, delegate })) {
    writeFileSync(join(folder, `${name}.pem`), pem);
    writeFileSync(join(folder, `${name}.key`), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }
  const index = [
    `V\t${indexDate(alive.notAfter)}\t\t10\tunknown\t/CN=End`,
    `R\t${indexDate(alive.notAfter)}\t${indexDate(new Date(now.getTime() - DAY))},keyCompromise\t20\tunknown\t/CN=End`,
    '',
  ];
  writeFileSync(join(folder, 'index.txt'), index.join('\n'));
});
afterEach(() => {
  responder?.kill();
  responder = null;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** `261122030405Z` */
function indexDate(date: Date): string {
  return `${date
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/[-:T]/g, '')
    .slice(2)}Z`;
}

/** Starts a responder. @returns its URL */
async function respond(signer: 'root' | 'delegate', ...more: readonly string[]): Promise<string> {
  const signing = ['-rsigner', `${signer}.pem`, '-rkey', `${signer}.key`];
  const args = ['ocsp', '-port', '0', '-index', 'index.txt', '-CA', 'root.pem', '-ndays', '1', ...signing, ...more];
  const child = spawn('openssl', args, { cwd: folder });
  responder = child;
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const [, found] = /ACCEPT .*:(\d+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`openssl has ended: ${said}`)));
  });
  return `http://127.0.0.1:${port}/`;
}

function endEntity(status: Status, url: string): Issued {
  return issue({
    subject: 'CN=End',
    issuer: root,
    serialNumber: STATUSES[status],
    basicConstraints: null,
    keyUsage: ['digitalSignature'],
    extensions: [authorityInfoAccess({ ocsp: [url] })],
    ...alive,
  });
}

async function ask(target: Issued) {
  const network = new Network({ aia: undefined, ocsp: true, allowPrivateNetwork: true });
  return await network.validate([target.certificate], validator(target, root, { at: new Date() }));
}

describe.skipIf(!hasOpenssl)('openssl ocsp', () => {
  const signers: readonly (readonly ['root' | 'delegate', ...string[]])[] = [
    ['root'],
    ['root', '-rmd', 'sha512', '-resp_key_id'],
    ['root', '-rmd', 'sha1'],
    ['root', '-rsigopt', 'rsa_padding_mode:pss'],
    ['delegate'],
    ['delegate', '-rmd', 'sha384', '-resp_key_id'],
  ];
  const cases = signers.flatMap((signer) => (Object.keys(STATUSES) as Status[]).map((status) => ({ signer, status })));

  test.each(cases)('as $signer says $status', async ({ signer, status }) => {
    const { answer, findings } = await ask(endEntity(status, await respond(...signer)));
    const against = { good: [], revoked: ['path/revoked'], unknown: ['path/ocsp-unknown'] }[status];
    expect(codesOf(answer.findings)).toEqual(against);
    expect(answer.path === null).toBe(against.length > 0);
    const says = { good: 'good, until', revoked: /revoked since .* \(keyCompromise\)/, unknown: 'not known' }[status];
    expect(findings).toEqual([
      expect.objectContaining({ code: 'ocsp/answered', message: expect.stringMatching(says) }),
    ]);
  });

  test('as a delegate that sends no certificate is nobody at hand', async () => {
    const { answer } = await ask(endEntity('good', await respond('delegate', '-resp_no_certs')));
    expect(codesOf(answer.findings)).toEqual(['path/ocsp-signer-not-found']);
  });

  test('that is gone is said', async () => {
    const url = await respond('root');
    responder?.kill('SIGKILL');
    await new Promise((resolve) => responder?.once('exit', resolve));
    const { answer, findings } = await ask(endEntity('good', url));
    expect([answer.path?.length, findings[0]?.code, findings[0]?.severity]).toEqual([2, 'ocsp/not-answered', 'error']);
  });

  test('reads our request', () => {
    const target = endEntity('good', 'http://ocsp.example/');
    const nonce = new Uint8Array(32).fill(0xab);
    writeFileSync(join(folder, 'request.der'), encodeOcspRequest(target.certificate, root.certificate, nonce));
    const text = execFileSync('openssl', ['ocsp', '-reqin', 'request.der', '-req_text'], { cwd: folder }).toString();
    expect(text).toMatch(/Hash Algorithm: sha1/);
    expect(text).toMatch(/Serial Number: 10\n/);
    expect(text).toMatch(/OCSP Nonce: \s*0420(?:AB){32}/);
  });

  test('believes the responses that the other tests are about', () => {
    const target = endEntity('good', 'http://ocsp.example/');
    const dates = { thisUpdate: new Date(now.getTime() - DAY), nextUpdate: new Date(now.getTime() + DAY) };
    const about = [{ certificate: target, issuer: root, ...dates }];
    writeFileSync(join(folder, 'end.pem'), target.pem);
    writeFileSync(
      join(folder, 'response.der'),
      ocspResponse({ signer: delegate, about, certificates: [delegate.der] }),
    );
    const args = ['-respin', 'response.der', '-issuer', 'root.pem', '-cert', 'end.pem', '-CAfile', 'root.pem'];
    const { stdout, stderr } = spawnSync('openssl', ['ocsp', ...args, '-no_nonce'], { cwd: folder });
    expect(stderr.toString()).toContain('Response verify OK');
    expect(stdout.toString()).toContain('end.pem: good');
  });
});
