import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXTENSION } from '../../src/x509/oids.ts';
import { type Issued, issueIdentified as issue, toPem } from '../support/certificates.ts';
import { crlDer } from '../support/crls.ts';
import { subjectAltName } from '../support/extensions.ts';
import { at, layOutStore } from './keystore-store.ts';
import {
  ca,
  codesOf,
  endEntity,
  ending,
  gateway,
  late,
  other,
  resultsOf,
  root,
  validate,
  write,
} from './validate-call.ts';

layOutStore();

describe('the answer', () => {
  test('is the path, the end entity first and the anchor last, with 0', async () => {
    const call = await validate([
      write('chain.pem', gateway, ca),
      '--anchors',
      write('root.pem', root),
      ...['--host', 'gw.example.com', '--json'],
    ]);
    expect(call.status).toBe(0);
    expect(call.json()).toEqual({
      schema: 'anchorctl/validate/1',
      at: '2026-11-01T00:00:00Z',
      results: [
        {
          certificate: expect.objectContaining({ subject: 'CN=gw.example.com', sha256: gateway.certificate.sha256 }),
          role: 'path',
          verdict: 'pass',
          path: [
            expect.objectContaining({ subject: 'CN=gw.example.com' }),
            expect.objectContaining({ subject: 'CN=Example CA', catalog: null }),
            expect.objectContaining({
              subject: 'CN=Example Root',
              source: expect.objectContaining({ input: at.path('root.pem') }),
            }),
          ],
          findings: [],
        },
      ],
      findings: [],
    });
  });

  test('names every reason with what to do, where it stands, and 1', async () => {
    const file = write('late.pem', late, ca);
    const call = await validate([file, '--anchors', write('root.pem', root), '--json']);
    expect([call.status, resultsOf(call)]).toEqual([
      1,
      [
        expect.objectContaining({
          verdict: 'fail',
          path: null,
          findings: [
            {
              code: 'path/expired',
              severity: 'error',
              message: expect.any(String),
              hint: 'renew it, or take the newer cross-sign',
              source: { input: file, member: null, line: 1, alias: null, trustpoint: null },
              sha256: late.certificate.sha256,
            },
          ],
        }),
      ],
    ]);
  });

  test('warns of an end that is near, with 0', async () => {
    const call = await validate([write('e.pem', ending, ca), '--anchors', write('root.pem', root), '--json']);
    expect([call.status, resultsOf(call)[0]?.verdict, codesOf(call)]).toEqual([0, 'warn', ['path/expires-soon']]);
  });

  test('one bad certificate does not hide the good one', async () => {
    const call = await validate([
      write('all.pem', gateway, late, ca),
      ...['--anchors', write('root.pem', root), '--json'],
    ]);
    expect([call.status, resultsOf(call).map(({ verdict }) => verdict)]).toEqual([1, ['pass', 'fail']]);
  });

  test('as a person reads it', async () => {
    const call = await validate([write('chain.pem', gateway, ca), '--anchors', write('root.pem', root)]);
    expect(call.stdout).toMatch(/^pass\n {2}Example Root \(.*\n[\s\S]* {2}└─ Example CA[\s\S]* {5}└─ gw\.example\.com/);
    expect(call.stdout.replaceAll(/\s+/g, ' ')).toContain('gw.example.com has a valid path to Example Root, which ');
  });
});

describe('what is judged', () => {
  const anchors = () => ['--anchors', write('root.pem', root), '--json'];

  test.each<{ name: string; files: readonly (readonly Issued[])[]; subjects: readonly string[] }>([
    { name: 'what is no CA', files: [[ca, gateway]], subjects: ['CN=gw.example.com'] },
    { name: 'of all inputs, once', files: [[gateway], [gateway, ca]], subjects: ['CN=gw.example.com'] },
    { name: 'the lowest CA where all are CAs', files: [[root, ca]], subjects: ['CN=Example CA'] },
    { name: 'a root alone', files: [[root]], subjects: ['CN=Example Root'] },
  ])('$name', async ({ files, subjects }) => {
    const inputs = files.map((chain, index) => write(`input-${index}.pem`, ...chain));
    const call = await validate([...inputs, ...anchors()]);
    expect(resultsOf(call).map(({ certificate, verdict }) => [certificate.subject, verdict])).toEqual(
      subjects.map((subject) => [subject, 'pass']),
    );
  });

  test.each<{ name: string; argv: readonly string[]; role: string }>([
    { name: 'nothing', argv: [], role: 'anchor' },
    { name: '--as path', argv: ['--as', 'path'], role: 'path' },
    { name: '--anchors', argv: ['--anchors', 'catalog'], role: 'path' },
    { name: '--host', argv: ['--host', 'gw'], role: 'path' },
    { name: '--purpose', argv: ['--purpose', 'any'], role: 'path' },
    { name: '--profile', argv: ['--profile', 'webpki'], role: 'path' },
    { name: '--explain', argv: ['--explain'], role: 'path' },
  ])('the role with $name is $role', async ({ argv, role }) => {
    const call = await validate([write('gw.pem', gateway), ...argv, '--json']);
    expect([call.status, resultsOf(call).map((result) => result.role)]).toEqual([1, [role]]);
  });

  test('says to who asks about a server as an anchor that there is another role', async () => {
    const call = await validate([write('gw.pem', gateway), '--json']);
    expect(resultsOf(call)[0]?.findings).toContainEqual(
      expect.objectContaining({ code: 'anchor/not-a-ca', hint: expect.stringContaining('--as path') }),
    );
  });

  test('the fingerprint that was expected', async () => {
    const argv = [write('chain.pem', gateway, ca), ...anchors(), '--expect-sha256'];
    expect((await validate([...argv, gateway.certificate.sha256])).status).toBe(0);
    const wrong = await validate([...argv, ca.certificate.sha256]);
    expect([wrong.status, codesOf(wrong), resultsOf(wrong)[0]?.path]).toEqual([
      1,
      ['trust/fingerprint-mismatch'],
      null,
    ]);
  });
});

describe('--host', () => {
  test.each([
    ['gw.example.com', 0],
    ['GW.example.com.', 0],
    ['192.0.2.1', 0],
    ['192.0.2.2', 1],
    ['[2001:db8::1]', 1],
    ['other.example.com', 1],
  ])('%s ends with %i', async (host, status) => {
    const chain = write('chain.pem', gateway, ca);
    const call = await validate([chain, '--anchors', write('root.pem', root), '--host', host, '--json']);
    expect([call.status, codesOf(call)]).toEqual([status, status === 0 ? [] : ['path/name-mismatch']]);
  });

  test.each([
    '',
    'gw example',
    'https://gw',
    'gw:443',
    'gw_1',
    'a\nb',
    '1.2.3',
    '*.example.com',
    'büro.example',
    'fe80::1%eth0',
  ])('%j is usage', async (host) => {
    const call = await validate(['x.pem', `--host=${host}`]);
    expect([call.status, call.stderr]).toEqual([2, expect.stringContaining('usage/')]);
  });
});

describe('--purpose and --profile', () => {
  test('clientAuth, any and webpki are heeded', async () => {
    const argv = [write('chain.pem', gateway, ca), '--anchors', write('root.pem', root), '--json'];
    expect((await validate([...argv, '--purpose', 'clientAuth'])).status).toBe(0);
    const webpki = await validate([...argv, '--profile', 'webpki', '--purpose', 'serverAuth']);
    expect([webpki.status, codesOf(webpki)]).toEqual([1, expect.arrayContaining(['path/wrong-purpose'])]);
  });
});

describe('what programs do, unless a profile is named', () => {
  const plain = issue({ subject: 'CN=Plain Root', basicConstraints: { ca: true, critical: false } });
  const below = (options: Parameters<typeof issue>[0] = {}) =>
    endEntity({ issuer: plain, authorityKeyIdentifier: false, serialNumber: 0n, ...options });
  const argv = (own: Issued, trusted: Issued = plain) => [
    ...[write('gw.pem', own), '--anchors', write('root.pem', trusted), '--host', 'gw.example.com', '--json'],
  ];

  test('flaws of form are warnings', async () => {
    const call = await validate(argv(below()));
    expect([call.status, resultsOf(call)[0]?.verdict]).toEqual([0, 'warn']);
    expect(resultsOf(call)[0]?.findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['path/bad-serial-number', 'warning'],
      ['path/missing-key-identifier', 'warning'],
      ['path/wrong-criticality', 'warning'],
    ]);
    const strict = await validate([...argv(below()), '--profile', 'rfc5280']);
    expect([strict.status, resultsOf(strict)[0]?.verdict]).toEqual([1, 'fail']);
  });

  test('a server that is trusted itself is a warning', async () => {
    const self = issue({
      subject: 'CN=gw.example.com',
      basicConstraints: null,
      keyUsage: ['digitalSignature'],
      extensions: [subjectAltName(['dns:gw.example.com'])],
    });
    for (const own of [self, gateway]) {
      const call = await validate(argv(own, own));
      expect([call.status, codesOf(call)]).toEqual([0, ['path/pinned']]);
      expect((await validate([...argv(own, own), '--profile', 'rfc5280'])).status).toBe(1);
    }
  });

  test.each<{ name: string; own: Issued; code: string }>([
    { name: 'that has expired', own: late, code: 'path/expired' },
    {
      name: 'of another name',
      own: endEntity({ extensions: [subjectAltName(['dns:x.test'])] }),
      code: 'path/name-mismatch',
    },
  ])('but not one $name', async ({ own, code }) => {
    const call = await validate(argv(own, own));
    expect([call.status, codesOf(call)]).toEqual([1, expect.arrayContaining([code])]);
  });
});

describe('--crl', () => {
  const good = () => crlDer({ issuer: ca });
  const ofRoot = () => crlDer({ issuer: root });
  const revoking = () => crlDer({ issuer: ca, crlNumber: 2, revoked: [{ serialNumber: 0x77n }] });
  const withBadScope = () => {
    const value = Uint8Array.of(0x30, 3, 0x85, 1, 1);
    return crlDer({ issuer: ca, extensions: [{ oid: EXTENSION.issuingDistributionPoint, critical: true, value }] });
  };
  const argv = () => [write('chain.pem', gateway, ca), '--anchors', write('root.pem', root), '--json'];

  test.each<{ name: string; files: () => readonly (string | Uint8Array)[]; status: number; codes: readonly string[] }>([
    { name: 'in DER', files: () => [revoking()], status: 1, codes: ['path/revoked'] },
    { name: 'in PEM', files: () => [toPem(revoking(), 'X509 CRL')], status: 1, codes: ['path/revoked'] },
    {
      name: 'several in PEM',
      files: () => [toPem(good(), 'X509 CRL') + toPem(revoking(), 'X509 CRL')],
      status: 1,
      codes: ['path/revoked'],
    },
    {
      name: 'several in DER, one behind another',
      files: () => [Buffer.concat([good(), ofRoot(), revoking()])],
      status: 1,
      codes: ['path/revoked'],
    },
    { name: 'that does not list it', files: () => [good(), ofRoot()], status: 0, codes: [] },
    { name: 'of two files', files: () => [good(), good(), ofRoot()], status: 0, codes: [] },
    { name: 'that says nothing of the CA above', files: () => [good()], status: 0, codes: ['path/no-crl'] },
    { name: 'that says nothing of the end entity', files: () => [ofRoot()], status: 0, codes: ['path/no-crl'] },
    {
      name: 'that is for CAs alone',
      files: () => [crlDer({ issuer: ca, scope: { onlyContainsCaCerts: true } }), ofRoot()],
      status: 0,
      codes: ['path/no-crl'],
    },
    {
      name: 'that is for another distribution point',
      files: () => [crlDer({ issuer: ca, scope: { name: { full: ['http://crl.test/1'] } } }), ofRoot()],
      status: 0,
      codes: ['path/no-crl'],
    },
    {
      name: 'that is for some reasons alone',
      files: () => [crlDer({ issuer: ca, scope: { onlySomeReasons: [1] } }), ofRoot()],
      status: 0,
      codes: ['path/crl-incomplete'],
    },
  ])('$name', async ({ files, status, codes }) => {
    const lists = files().flatMap((content, index) => ['--crl', at.write(`${index}.crl`, content)]);
    const call = await validate([...argv(), ...lists]);
    expect([call.status, codesOf(call)]).toEqual([status, codes]);
  });

  test.each<{ name: string; content: () => string | Uint8Array; code: string }>([
    { name: 'a certificate', content: () => root.pem, code: 'crl/malformed' },
    { name: 'a CRL cut short', content: () => revoking().subarray(0, 100), code: 'crl/malformed' },
    { name: 'a PEM block cut short', content: () => toPem(revoking(), 'X509 CRL').slice(0, 100), code: 'pem/no-end' },
    { name: 'nothing', content: () => '', code: 'crl/malformed' },
  ])('that is $name is named, with 3, and hides neither the result nor the other CRL', async ({ content, code }) => {
    const bad = at.write('bad.crl', content());
    const call = await validate([...argv(), '--crl', bad, '--crl', at.write('good.crl', revoking())]);
    expect(call.status).toBe(3);
    // That of the gateway is known all the same; of the CA above it the unreadable one might say anything.
    expect(codesOf(call)).toEqual(['path/revoked', 'path/malformed-crl']);
    expect(call.json().findings).toEqual([
      expect.objectContaining({ code, severity: 'error', source: expect.objectContaining({ input: bad }) }),
    ]);
  });

  test('that is damaged in DER hides none in front of it or behind it, and has its byte', async () => {
    const file = at.write('three.crl', Buffer.concat([ofRoot(), withBadScope(), revoking()]));
    const call = await validate([...argv().slice(0, -1), '--crl', file]);
    expect(call.status).toBe(3);
    expect(call.stdout).toContain('[path/revoked]');
    expect(call.stderr).toMatch(/\[crl\/malformed\] at .*three\.crl byte \d+\n/);
  });

  test('that is not there is named, with 3', async () => {
    const call = await validate([...argv(), '--crl', at.path('nowhere.crl')]);
    expect([call.status, codesOf(call)]).toEqual([3, ['path/malformed-crl', 'path/malformed-crl']]);
    expect(call.stderr).toContain('input/not-found');
  });

  test('that is not there is called so wherever it counts', async () => {
    const nowhere = at.path('nowhere.crl');
    const { stdout, stderr } = await validate([...argv().slice(0, -1), '--crl', nowhere]);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `error: --crl ${nowhere}: there is no such file or folder [path/malformed-crl]`,
    );
    expect(stdout).toContain('hint: hand over a CRL that can be read');
    expect(stdout + stderr).not.toMatch(/not a CRL/);
  });

  test('that is damaged is named with its place by the certificates it may be about', async () => {
    const block = toPem(revoking().subarray(0, 100), 'X509 CRL');
    const call = await validate([...argv(), '--crl', at.write('two.pem', toPem(ofRoot(), 'X509 CRL') + block)]);
    const messages = resultsOf(call).flatMap(({ findings }) => findings.map(({ message }) => message));
    expect(messages).toEqual([expect.stringMatching(/^--crl .*two\.pem line \d+: not a CRL: /)]);
  });

  test('that is damaged in a text is named with its line alone, since the text has no such byte', async () => {
    const file = at.write('one.pem', `# of today\n${toPem(withBadScope(), 'X509 CRL')}`);
    const { stderr } = await validate([...argv().slice(0, -1), '--crl', file]);
    expect(stderr).toContain(`[crl/malformed] at ${file} line 2\n`);
  });

  test('that is not there keeps no anchor from its answer, which has no status', async () => {
    const file = write('root.pem', root);
    const call = await validate([file, '--as', 'path', '--anchors', file, '--crl', at.path('nowhere.crl'), '--json']);
    expect([call.status, resultsOf(call)[0]?.verdict]).toEqual([3, 'pass']);
    expect(call.stderr).toContain('input/not-found');
  });

  test('that cannot be read clears nothing, even where it is all there is', async () => {
    const call = await validate([...argv(), '--crl', at.write('bad.crl', 'no CRL')]);
    expect([call.status, resultsOf(call)[0]?.verdict]).toEqual([3, 'fail']);
  });
});

describe('usage', () => {
  test.each([
    ['--as anchor with an option for paths', ['--as', 'anchor', '--host', 'gw'], 'usage/conflict'],
    ['another role', ['--as', 'leaf'], 'usage/bad-value'],
    ['another purpose', ['--purpose', 'codeSigning'], 'usage/bad-value'],
    ['another profile', ['--profile', 'strict'], 'usage/bad-value'],
    ['two hosts', ['--host', 'a', '--host', 'b'], 'usage/bad-value'],
  ])('%s is 2', async (_name, argv, code) => {
    const call = await validate(['x.pem', ...argv]);
    expect([call.status, call.stdout, call.stderr]).toEqual([2, '', expect.stringContaining(code)]);
  });

  test('2 before 3 before 1: a missing input beside an invalid certificate', async () => {
    const call = await validate([
      write('l.pem', late, ca),
      at.path('nowhere'),
      '--anchors',
      write('root.pem', root),
      '--json',
    ]);
    expect([call.status, resultsOf(call).map(({ verdict }) => verdict)]).toEqual([3, ['fail']]);
  });
});

describe('--explain', () => {
  const impostor = issue({ subject: 'CN=Example CA', issuer: other });

  test('lists every candidate with what became of it', async () => {
    const call = await validate([
      write('chain.pem', gateway, impostor, ca),
      ...['--anchors', write('roots.pem', root, other), '--explain', '--json'],
    ]);
    const { certificate: gw } = gateway;
    const candidate = (certificate: Issued, issuer: Issued, more: Record<string, unknown>) =>
      expect.objectContaining({
        certificate: certificate.certificate.sha256,
        issuer: expect.objectContaining({ sha256: issuer.certificate.sha256 }),
        ...more,
      });
    expect(gw.authorityKeyIdentifier).toBe(ca.certificate.subjectKeyIdentifier);
    expect([call.status, resultsOf(call)[0]?.candidates]).toEqual([
      0,
      [
        candidate(gateway, ca, { role: 'intermediate', keyIdentifier: 'same', outcome: 'used', why: null }),
        candidate(gateway, impostor, {
          role: 'intermediate',
          keyIdentifier: 'other',
          outcome: 'not-tried',
          why: 'found',
        }),
        candidate(ca, root, { role: 'anchor', keyIdentifier: 'same', outcome: 'used', why: null, reasons: [] }),
      ],
    ]);
  });

  test('says why each was passed over', async () => {
    const call = await validate([
      write('chain.pem', gateway, impostor),
      ...['--anchors', write('roots.pem', root, other), '--explain'],
    ]);
    expect(call.status).toBe(1);
    expect(call.stdout).toContain('Every candidate:');
    expect(call.stdout).toContain('passed over: its key does not verify the signature');
    expect(call.stdout.split('\n').every((line) => [...line].length <= 80)).toBe(true);
  });

  test('is not in the document without it', async () => {
    const call = await validate([write('chain.pem', gateway, ca), '--anchors', write('root.pem', root), '--json']);
    expect(resultsOf(call)[0]).not.toHaveProperty('candidates');
  });
});

test('docs/path-validation.md shows what the command says', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/path-validation.md'), 'utf8');
  const [, command = '', output = ''] = /```console\n\$ anchorctl validate (.*)\n([\s\S]*?)```/.exec(page) ?? [];
  expect(command).not.toBe('');
  const { stdout, status } = await validate(command.split(' '));
  expect([status, stdout]).toEqual([1, output]);
});
