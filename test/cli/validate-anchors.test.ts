import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { certificateBag, javaKeystore, PASSWORD, pfx } from '../store/builders.ts';
import { at, layOutStore } from './keystore-store.ts';
import { ca, codesOf, gateway, other, resultsOf, root, validate, write } from './validate-call.ts';

layOutStore();

/** A public root with one character that is another. */
function damagedRoot(): string {
  const file = '../../fixtures/certificates/identrust-commercial-root-ca-1.pem';
  return readFileSync(join(import.meta.dirname, file), 'utf8').replace('MIIF', 'MllF');
}

describe('--anchors', () => {
  const chain = () => write('chain.pem', gateway, ca);
  const env = { ANCHORCTL_STOREPASS: PASSWORD };

  test('a keystore: what Java trusts in it', async () => {
    const store = at.write('own.jks', javaKeystore({ entries: [{ alias: 'root', certificates: [root.der] }] }));
    const call = await validate([chain(), '--anchors', store, '--json'], { env });
    expect([call.status, resultsOf(call)[0]?.path?.at(-1)?.source]).toEqual([
      0,
      { input: store, member: null, line: null, alias: 'root', trustpoint: null },
    ]);
  });

  test('a key vouches with the first certificate of its chain, and with no other', async () => {
    const entry = (certificates: readonly Uint8Array[]) =>
      at.write('key.jks', javaKeystore({ entries: [{ alias: 'k', key: Uint8Array.of(1), certificates }] }));
    expect((await validate([chain(), '--anchors', entry([ca.der, root.der])], { env })).status).toBe(0);
    expect((await validate([chain(), '--anchors', entry([other.der, root.der])], { env })).status).toBe(1);
  });

  test('an entry that Java does not see is no anchor, and that is said', async () => {
    const seen = certificateBag(other.der, { friendlyName: 'seen', trusted: true });
    const hidden = certificateBag(root.der, { friendlyName: 'hidden' });
    const store = at.write('own.p12', pfx({ safes: [[seen, hidden]] }));
    const call = await validate([chain(), '--anchors', store, '--json'], { env });
    expect(call.json().findings).toEqual([
      {
        code: 'keystore/invisible-entry',
        severity: 'warning',
        message: 'Java does not see the entry "hidden", which is therefore no anchor',
        hint: expect.stringContaining('keystore repair'),
        source: { input: store, member: null, line: null, alias: null, trustpoint: null },
      },
    ]);
    expect([call.status, codesOf(call)]).toEqual([1, ['path/no-issuer']]);
  });

  test('several places are named together', async () => {
    const anchors = ['--anchors', write('root.pem', root), '--anchors', write('other.pem', other)];
    const text = (await validate([chain(), ...anchors])).stdout.replaceAll(/\s+/g, ' ');
    expect(text).toMatch(/has a valid path to .*, which .*root\.pem and .*other\.pem hold\./);
  });

  test('several places, of which one cannot be read: the rest counts, with 3', async () => {
    const call = await validate([
      ...[chain(), '--anchors', at.path('nowhere.pem'), '--anchors', write('root.pem', root), '--json'],
    ]);
    expect([call.status, resultsOf(call)[0]?.verdict, call.json().findings]).toEqual([
      3,
      'pass',
      [expect.objectContaining({ code: 'input/not-found', severity: 'error' })],
    ]);
  });

  test.each<{ name: string; anchors: () => string; env?: Record<string, string>; status: number; code: string }>([
    { name: 'no such file', anchors: () => at.path('nowhere'), status: 3, code: 'input/not-found' },
    { name: 'no certificate', anchors: () => at.write('x.txt', 'hello'), status: 3, code: 'input/unrecognised' },
    {
      name: 'an empty keystore',
      anchors: () => at.write('e.jks', javaKeystore({ entries: [] })),
      env,
      status: 3,
      code: 'input/no-certificate',
    },
    {
      name: 'a wrong password',
      anchors: () => at.store,
      env: { ANCHORCTL_STOREPASS: 'wrong!' },
      status: 4,
      code: 'keystore/wrong-password',
    },
    {
      name: 'a damaged copy of a root',
      anchors: () => at.write('copy.pem', damagedRoot()),
      status: 3,
      code: 'pem/damaged',
    },
    { name: 'a folder of that name', anchors: () => './system', status: 3, code: 'input/not-found' },
  ])('$name: nothing is judged, with $status', async ({ anchors, status, code, ...options }) => {
    const call = await validate([chain(), '--anchors', anchors(), '--json'], options);
    expect([call.status, resultsOf(call), call.json().findings]).toEqual([
      status,
      [],
      [expect.objectContaining({ code })],
    ]);
  });

  test('an encrypted keystore needs its password: 4 without, asked for at a terminal', async () => {
    const bag = certificateBag(root.der, { friendlyName: 'root', trusted: true });
    const argv = [chain(), '--anchors', at.write('own.p12', pfx({ safes: [[bag]], encrypted: true }))];
    const call = await validate(argv);
    expect([call.status, call.stderr]).toEqual([4, expect.stringContaining('keystore/password-missing')]);
    expect((await validate(argv, { answers: [PASSWORD] })).status).toBe(0);
  });

  test('system is the file that SSL_CERT_FILE names', async () => {
    const call = await validate([chain(), '--anchors', 'system', '--json'], {
      env: { SSL_CERT_FILE: write('bundle.pem', root) },
    });
    expect([call.status, resultsOf(call)[0]?.path?.at(-1)?.source.input]).toEqual([0, at.path('bundle.pem')]);
  });

  test('the catalog is the default', async () => {
    const pem = readFileSync(
      join(import.meta.dirname, '../../fixtures/certificates/identrust-commercial-root-ca-1.pem'),
    );
    const call = await validate(['-', '--as', 'path', '--json'], { stdin: pem });
    expect([call.status, resultsOf(call)[0]?.path?.[0]?.source.input]).toEqual([0, '-']);
    const unknown = await validate([chain(), '--as', 'path', '--json']);
    expect([unknown.status, codesOf(unknown)]).toEqual([1, ['path/no-issuer']]);
  });
});
