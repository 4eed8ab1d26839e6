/**
 * A damaged copy of a root that no catalog knows: nothing takes it for a certificate unless its fingerprint is expected.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alternativesOf } from '../../src/input/confusable.ts';
import { AT, issue } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';

const ROOT = issue({ subject: 'CN=Own Root,O=Nobody', key: 'rsa2048' });
const { sha256 } = ROOT.certificate;
const OTHER = 'ab'.repeat(32);
const NOW = ['--at', AT.toISOString()];

/** The root with one letter of its second line misread. */
const place = [...ROOT.pem].findIndex((one, index) => index > 100 && one !== '\n' && alternativesOf(one) !== '');
const COPY = ROOT.pem.slice(0, place) + alternativesOf(ROOT.pem.charAt(place)).charAt(0) + ROOT.pem.slice(place + 1);

let folder = '';
let copy = '';
let store = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorctl-recover-'));
  copy = join(folder, 'scan.txt');
  store = join(folder, 'trust.pem');
  writeFileSync(copy, COPY);
  writeFileSync(store, issue({ subject: 'CN=There Before' }).pem);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('repair', () => {
  test('shows what was recovered, and writes nothing', async () => {
    const out = join(folder, 'out.pem');
    const { status, stdout, stderr } = await anchorctl(['repair', copy, '--out', out, ...NOW]);
    expect([status, stdout, existsSync(out)]).toEqual([3, '', false]);
    expect(stderr).toContain('recovered, verify the fingerprint by another way; 1 place differs');
    expect(stderr).toContain(sha256);
    expect(stderr).not.toContain('written to');
  });

  test('as JSON', async () => {
    const { status, stdout } = await anchorctl(['repair', copy, '--json', ...NOW]);
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      recovered: [{ sha256, expected: false, differences: [{ genuine: ROOT.pem.charAt(place) }] }],
      certificates: [],
      pem: '',
    });
  });

  test('writes it when its fingerprint is expected', async () => {
    const { status, stdout } = await anchorctl(['repair', copy, '--expect-sha256', sha256, ...NOW]);
    expect([status, stdout]).toEqual([0, ROOT.pem]);
  });

  test('refuses another fingerprint', async () => {
    const { status, stdout, stderr } = await anchorctl(['repair', copy, '--expect-sha256', OTHER, ...NOW]);
    expect([status, stdout]).toEqual([5, '']);
    expect(stderr).toContain('[trust/fingerprint-mismatch]');
  });

  test('names what is wrong with a copy beside a fingerprint that nothing has', async () => {
    const { status, stdout, stderr } = await anchorctl(['repair', copy, '--expect-sha256', OTHER, '--json', ...NOW]);
    expect([status, stdout]).toEqual([5, '']);
    expect(JSON.parse(stderr)).toMatchObject({
      code: 'trust/fingerprint-mismatch',
      others: [{ code: 'pem/recovered', at: { source: copy } }],
    });
  });

  test('says of a file that cannot be read nothing but that', async () => {
    const missing = join(folder, 'missing.pem');
    const { status, stdout, stderr } = await anchorctl(['repair', missing, '--expect-sha256', sha256, ...NOW]);
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain('[input/not-found]');
    expect(stderr).not.toContain('[trust/fingerprint-mismatch]');
  });

  test.each([
    ['in a terminal what differs is coloured', { FORCE_COLOR: '1' }, true],
    ['elsewhere marks stand below it', { NO_COLOR: '1' }, false],
  ])('%s', async (_name, env, isColoured) => {
    const { stderr } = await anchorctl(['repair', copy, ...NOW], { env });
    expect(stderr.includes('\u001b[1;31m')).toBe(isColoured);
    expect(/^ +\^$/m.test(stderr)).toBe(!isColoured);
  });
});

describe.each([
  ['keystore add', () => ['keystore', 'add', store, copy, '--yes']],
  ['rotate', () => ['rotate', copy, '--keystore', store, '--yes', '--out', join(folder, 'run')]],
  ['snippet', () => ['snippet', copy, '--platform', 'ios-xe', '--trustpoint', 'OWN-ROOT']],
])('%s', (_name, call) => {
  test('takes nothing that was recovered when no fingerprint is expected', async () => {
    const before = readFileSync(store);
    const { status, stdout } = await anchorctl([...call(), ...NOW]);
    expect(status).not.toBe(0);
    expect(stdout).not.toContain(ROOT.pem.split('\n')[2]);
    expect(readFileSync(store)).toEqual(before);
  });

  test('refuses it when another is expected', async () => {
    const before = readFileSync(store);
    const { status } = await anchorctl([...call(), '--expect-sha256', OTHER, ...NOW]);
    expect(status).not.toBe(0);
    expect(readFileSync(store)).toEqual(before);
  });

  test('takes it when its fingerprint is expected, and warns', async () => {
    const { status, stdout, stderr } = await anchorctl([...call(), '--expect-sha256', sha256, ...NOW]);
    expect([status, stderr]).toEqual([0, expect.stringContaining('[input/recovered]')]);
    expect(`${stdout}${readFileSync(store, 'utf8')}`).toContain(ROOT.pem.split('\n')[2]);
  });
});
