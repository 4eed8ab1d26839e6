/** `validate --for`: can this program or device take it. */
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { consumerNames } from '../../src/check/consumers.ts';
import { AT, type Issued, issueIdentified as issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { at, layOutStore } from './keystore-store.ts';

const root = issue({ subject: 'CN=Root' });
const edwards = issue({ subject: 'CN=Edwards Root', key: generateKeyPairSync('ed25519').privateKey });
const leafBelow = (issuer: Issued) =>
  issue({ subject: 'CN=gw.example.com', issuer, basicConstraints: null, keyUsage: ['digitalSignature'] });

layOutStore();

const write = (name: string, { pem }: Issued) => at.write(name, pem);
const validate = (...argv: readonly string[]) => anchorctl(['validate', ...argv, '--at', AT.toISOString()]);

test('an anchor that a consumer cannot take is not valid, and the others do not matter', async () => {
  const file = write('root.pem', edwards);
  const argv = [file, '--expect-sha256', edwards.certificate.sha256];
  expect((await validate(...argv)).status).toBe(0);
  expect((await validate(...argv, '--for', 'java17')).status).toBe(0);
  const call = await validate(...argv, '--for', 'java17', '--for', 'java8');
  expect([call.status, call.stderr]).toEqual([1, '']);
  expect(Math.max(...call.stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(call.stdout.replaceAll(/\s+/g, ' ')).toContain(
    'error: Java 8: its key is Ed25519, which Java has from 15 on (documented in JEP 339:',
  );
});

test('of a device that nobody tried the note says so, and the answer stays good', async () => {
  const file = write('root.pem', root);
  const argv = [file, '--expect-sha256', root.certificate.sha256, '--for', 'nxos', '--json'];
  const call = await validate(...argv);
  expect(call.status).toBe(0);
  expect(call.json()).toMatchObject({
    results: [{ verdict: 'pass', findings: [{ code: 'fitness/not-tried', severity: 'info' }] }],
  });
});

test('a path is held against the consumer certificate by certificate', async () => {
  const anchors = write('root.pem', edwards);
  const file = write('leaf.pem', leafBelow(edwards));
  const call = await validate(file, '--anchors', anchors, '--for', 'java8', '--for', 'asa', '--json');
  expect(call.status).toBe(1);
  const [result] = call.json().results as readonly { readonly findings: readonly Record<string, string>[] }[];
  expect(result?.findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
    'error fitness/signature-algorithm',
    'error fitness/key-algorithm',
    'info fitness/not-tried',
  ]);
  const drawn = await validate(file, '--anchors', anchors, '--for', 'java8');
  expect(drawn.stdout).toMatch(/^fail\n {2}Edwards Root.*\n.*anchor.*\n.*\n.*error: Java 8: its key is Ed25519/);
  expect((await validate(file, '--anchors', anchors, '--for', 'java25')).status).toBe(0);
});

test('a path that is not there is not held against anything', async () => {
  const file = write('leaf.pem', leafBelow(edwards));
  const call = await validate(file, '--anchors', write('other.pem', root), '--for', 'java8', '--json');
  expect(JSON.stringify(call.json())).not.toContain('fitness/');
});

test('an unknown consumer is a usage error that lists those there are', async () => {
  const { status, stderr } = await validate(write('root.pem', root), '--for', 'java6');
  expect(status).toBe(2);
  for (const name of ['java6', ...consumerNames()]) expect(stderr).toContain(name);
});
