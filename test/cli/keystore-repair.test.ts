import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fingerprint } from '../../src/x509/fingerprint.ts';
import { certificateBag, crlBag, javaKeystore, PASSWORD, pfx } from '../store/builders.ts';
import { issue } from '../support/certificates.ts';
import type { CallOptions } from '../support/cli.ts';
import { alpha, beta, expired, fresh, leaf, StoreFolder } from './keystore-store.ts';

const sub = issue({ subject: 'CN=Sub CA', issuer: alpha });
/** What `openssl pkcs12 -export -nokeys` makes of two roots. */
const ORPHANS = pfx({
  safes: [[certificateBag(alpha.der, { friendlyName: 'Alpha' }), certificateBag(fresh.der)]],
  encrypted: true,
});

let at: StoreFolder;
beforeEach(() => {
  at = new StoreFolder(ORPHANS);
});
afterEach(() => at.remove());

/** Another keystore in the place of the first. */
function reopen(bytes?: Uint8Array): void {
  at.remove();
  at = new StoreFolder(bytes);
}

const repair = (args: readonly string[] = [], options?: CallOptions) =>
  at.keystore(['repair', at.store, ...args], options);
const visible = () =>
  at
    .entries()
    .filter(({ kind }) => kind !== 'invisible')
    .map(({ alias }) => alias);
const freshAlias = `new-root-${fresh.certificate.sha256.slice(0, 8)}`;

describe('what Java does not see', () => {
  test('it sees after the repair, and the old file stays beside the new one', async () => {
    const before = at.bytes();
    const { status, json, stderr } = await repair(['--yes', '--json']);
    expect([status, stderr]).toEqual([0, '']);
    expect(json()).toMatchObject({
      schema: 'anchorctl/keystore-repair/1',
      changed: true,
      outcome: 'applied',
      store: { path: at.store, type: 'pkcs12' },
      backup: `${at.store}.20261101T000000Z.bak`,
      before: fingerprint('sha256', before),
      after: fingerprint('sha256', at.bytes()),
      added: [
        { alias: 'Alpha', sha256: alpha.certificate.sha256, subject: 'CN=Alpha Root' },
        { alias: freshAlias, sha256: fresh.certificate.sha256, subject: 'CN=New Root' },
      ],
      removed: [],
      unchanged: 0,
      certificates: [{ trustedBy: 'operator' }, { trustedBy: 'operator' }],
      findings: [],
    });
    expect(visible()).toEqual(['Alpha', freshAlias]);
    expect(at.bytes('tg.jks.20261101T000000Z.bak')).toEqual(before);
  });

  test('a call with the fingerprint that is expected may run twice', async () => {
    const call = ['--yes', '--skip-unfit', '--expect-sha256', alpha.certificate.sha256, '--json'];
    expect((await repair(call)).json()).toMatchObject({ outcome: 'applied' });
    const { status, stderr, json } = await repair(call);
    expect([status, stderr]).toEqual([0, '']);
    expect(json()).toMatchObject({ changed: false, outcome: 'already' });
  });

  test('is listed, and one yes is asked for', async () => {
    const { status, stderr } = await repair([], { env: { ANCHORCTL_STOREPASS: PASSWORD }, answers: ['yes'] });
    expect([status, visible()]).toEqual([0, ['Alpha', freshAlias]]);
    for (const { certificate } of [alpha, fresh]) expect(stderr).toContain(`SHA-256 ${certificate.sha256}`);
    expect(stderr).toContain('\nType yes to go on: ');
  });

  test('in JKS is found under its alias in lower case', async () => {
    reopen(
      javaKeystore({
        entries: [
          { alias: 'Alpha', certificates: [alpha.der] },
          { alias: 'GateWay', key: Uint8Array.of(1, 2, 3), certificates: [leaf.der] },
          { alias: 'beta', certificates: [beta.der] },
        ],
      }),
    );
    const { status, json } = await repair(['--yes', '--json']);
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({
        unchanged: 1,
        added: [
          { alias: 'alpha', sha256: alpha.certificate.sha256, subject: 'CN=Alpha Root' },
          { alias: 'gateway', sha256: leaf.certificate.sha256, subject: 'CN=gw' },
        ],
      }),
    ]);
    expect(visible()).toEqual(['alpha', 'gateway', 'beta']);
  });

  test('and is an intermediate CA is left out unless it is asked for', async () => {
    reopen(pfx({ safes: [[certificateBag(alpha.der), certificateBag(sub.der)]] }));
    const { json } = await repair(['--yes', '--json']);
    expect(json()).toMatchObject({ added: [{}], findings: [{ code: 'keystore/intermediate-left-out' }] });
    expect((await repair(['--intermediates', '--yes'])).status).toBe(0);
    expect(visible()).toHaveLength(2);
  });

  test('and is unfit is left out with --skip-unfit', async () => {
    reopen(pfx({ safes: [[certificateBag(expired.der), certificateBag(fresh.der)]] }));
    const { status, json } = await repair(['--skip-unfit', '--yes', '--json']);
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({
        added: [expect.objectContaining({ alias: freshAlias })],
        leftOut: [expect.anything()],
      }),
    ]);
  });

  test('and has expired is seen where that is allowed', async () => {
    reopen(pfx({ safes: [[certificateBag(expired.der, { friendlyName: 'old' })]] }));
    expect((await repair(['--allow-expired', '--yes'])).status).toBe(0);
    expect(visible()).toEqual(['old']);
  });

  test('and cannot be repaired is named', async () => {
    reopen(pfx({ safes: [[certificateBag(alpha.der), crlBag({ friendlyName: 'crl' })]] }));
    const { status, json } = await repair(['--yes', '--json']);
    expect([status, json().findings]).toEqual([
      0,
      [
        expect.objectContaining({
          code: 'keystore/invisible-entry',
          source: expect.objectContaining({ alias: 'crl' }),
        }),
      ],
    ]);
  });
});

describe('nothing is written', () => {
  test('where nothing is to be repaired', async () => {
    reopen();
    const before = at.snapshot();
    const { status, stdout } = await repair();
    expect([status, stdout]).toEqual([0, expect.stringContaining('Nothing was to do, nothing was changed.')]);
    expect((await repair(['--json'])).json()).toMatchObject({
      changed: false,
      outcome: 'already',
      backup: null,
      added: [],
    });
    expect(at.snapshot()).toEqual(before);
  });

  test('into a PEM bundle, of which Java sees all there is', async () => {
    reopen(Buffer.from(alpha.pem));
    expect((await repair(['--json'])).json()).toMatchObject({ changed: false, outcome: 'already' });
  });

  test('with --dry-run', async () => {
    const before = at.snapshot();
    const { status, json } = await repair(['--dry-run', '--json']);
    expect([status, json()]).toMatchObject([0, { changed: false, outcome: 'planned', added: [{}, {}] }]);
    expect(at.snapshot()).toEqual(before);
  });

  test.each([
    { name: 'without a yes', args: [], status: 5, code: 'run/needs-confirmation' },
    { name: 'after a no', args: [], answers: ['no'], status: 5, code: 'run/needs-confirmation' },
    {
      name: 'with the wrong password',
      args: ['--yes', '--storepass', 'another'],
      status: 4,
      code: 'keystore/wrong-password',
    },
    { name: 'with another type', args: ['--yes', '--storetype', 'jks'], status: 2, code: 'keystore/other-type' },
    {
      name: 'for a fingerprint that nothing has',
      args: ['--yes', '--expect-sha256', beta.certificate.sha256],
      status: 5,
      code: 'trust/fingerprint-mismatch',
    },
    { name: 'with an unknown option', args: ['--force'], status: 2, code: 'usage/unknown-option' },
  ])('$name', async ({ args, answers, status, code }) => {
    const before = at.snapshot();
    const options = answers === undefined ? {} : { answers };
    const call = await repair(args, { env: { ANCHORCTL_STOREPASS: PASSWORD }, ...options });
    expect([call.status, call.stderr]).toEqual([status, expect.stringContaining(code)]);
    expect(at.snapshot()).toEqual(before);
  });

  test.each([
    { name: 'an expired root', certificate: expired, code: 'anchor/expired' },
    { name: 'no CA', certificate: leaf, code: 'anchor/not-a-ca' },
  ])('where one is unfit: $name', async ({ certificate, code }) => {
    reopen(pfx({ safes: [[certificateBag(certificate.der), certificateBag(fresh.der)]] }));
    const before = at.snapshot();
    const { status, stderr } = await repair(['--yes']);
    expect([status, stderr]).toEqual([5, expect.stringContaining(code)]);
    expect(at.snapshot()).toEqual(before);
  });

  test.each([
    { name: 'an intermediate CA', other: sub, args: [], code: 'keystore/intermediate-left-out' },
    { name: 'what is unfit', other: expired, args: ['--skip-unfit', '--intermediates'], code: 'anchor/expired' },
  ])('by a second run, where $name is left out: it says so again', async ({ other, args, code }) => {
    reopen(pfx({ safes: [[certificateBag(alpha.der), certificateBag(fresh.der), certificateBag(other.der)]] }));
    expect((await repair([...args, '--yes'])).status).toBe(0);
    const before = at.snapshot();
    const { status, json } = await repair([...args, '--json']);
    expect([status, json()]).toEqual([
      0,
      expect.objectContaining({
        changed: false,
        outcome: 'already',
        findings: expect.arrayContaining([expect.objectContaining({ code, severity: 'warning' })]),
      }),
    ]);
    expect(at.snapshot()).toEqual(before);
  });

  test('where the password is missing', async () => {
    const { status } = await repair(['--yes'], { env: {} });
    expect(status).toBe(4);
  });
});
