import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type DeviceTarget, planRotation, type RotationRequest } from '../../src/rotation/plan.ts';
import type { TrustDecision } from '../../src/rotation/trust.ts';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { editKeystore } from '../../src/store/edit.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { javaKeystore } from '../store/builders.ts';
import { AT, issue } from '../support/certificates.ts';

const password = 'Test123%';
const bytes = new Uint8Array(readFileSync(new URL('../../fixtures/demo/tg.jks', import.meta.url)));
const store = { path: '/gateway/tg.jks', name: 'tg.jks', bytes, password };
const [retired] = decodeKeystore(bytes, { password }).entries.filter(({ alias }) => alias === 'old-vendor-root');

const root = issue({ subject: 'CN=New Root' });
const sub = issue({ subject: 'CN=New Sub', issuer: root });

const accept = (certificate: Certificate): TrustDecision => ({
  certificate,
  role: certificate.selfIssued ? 'root' : 'intermediate',
  verdict: 'accepted',
  trustedBy: 'fingerprint',
  findings: [],
});

const plan = (request: Partial<RotationRequest> = {}) =>
  planRotation({
    accepted: [accept(root.certificate)],
    stores: [store],
    devices: [],
    retire: [],
    intermediates: false,
    at: AT,
    ...request,
  });

describe('a keystore', () => {
  test('gets the new root, loses the retired one, and keeps the rest', () => {
    const { stores, notFound } = plan({ retire: ['old-vendor-root'] });
    const [one] = stores;
    expect(notFound).toEqual([]);
    expect(one).toMatchObject({
      path: store.path,
      type: 'jks',
      before: bytes,
      present: [],
      unchanged: 3,
    });
    expect(one?.added).toEqual([
      {
        alias: `new-root-${root.certificate.sha256.slice(0, 8)}`,
        sha256: root.certificate.sha256,
        subject: 'CN=New Root',
      },
    ]);
    expect(one?.removed.map(({ alias, sha256 }) => [alias, sha256])).toEqual([
      ['old-vendor-root', retired?.fingerprints[0]],
    ]);
    const after = decodeKeystore(one?.after as Uint8Array, { password }).entries;
    expect(after.map(({ alias }) => alias)).toEqual([
      ...decodeKeystore(bytes, { password })
        .entries.map(({ alias }) => alias)
        .filter((alias) => alias !== 'old-vendor-root'),
      one?.added[0]?.alias,
    ]);
    expect(after.at(-1)?.created).toEqual(AT);
  });

  test('that has everything is not changed', () => {
    const after = plan().stores[0]?.after as Uint8Array;
    const [again] = plan({ stores: [{ ...store, bytes: after }] }).stores;
    expect(again).toMatchObject({
      after: null,
      added: [],
      removed: [],
      before: after,
    });
    expect(again?.present.map(({ sha256 }) => sha256)).toEqual([root.certificate.sha256]);
  });

  test('has the anchor under whatever alias it is', () => {
    const own = editKeystore(
      bytes,
      [{ action: 'add', alias: 'some-name', certificate: root.certificate, created: AT }],
      { password },
    );
    expect(plan({ stores: [{ ...store, bytes: own }] }).stores[0]).toMatchObject({
      after: null,
      present: [{ alias: 'some-name' }],
    });
  });

  test('gets intermediates only on request', () => {
    const accepted = [accept(sub.certificate), accept(root.certificate)];
    expect(plan({ accepted }).stores[0]?.added.map(({ subject }) => subject)).toEqual(['CN=New Root']);
    expect(plan({ accepted, intermediates: true }).stores[0]?.added.map(({ subject }) => subject)).toEqual([
      'CN=New Sub',
      'CN=New Root',
    ]);
  });

  test('gives two roots of one name names of their own, the same ones every time', () => {
    const twin = issue({ subject: 'CN=New Root' });
    const accepted = [root, twin].map(({ certificate }) => accept(certificate));
    const [a, b] = [plan({ accepted }), plan({ accepted })].map(({ stores }) => stores[0]);
    expect(new Set(a?.added.map(({ alias }) => alias)).size).toBe(2);
    expect(a?.after).toEqual(b?.after);
  });
});

describe('what is retired', () => {
  test.each([
    { name: 'its alias', selector: 'old-vendor-root' },
    { name: 'its alias in other letters', selector: 'OLD-Vendor-Root' },
    { name: 'its SHA-256', selector: retired?.fingerprints[0] as string },
  ])('is found by $name', ({ selector }) => {
    expect(plan({ retire: [selector] }).stores[0]?.removed.map(({ alias }) => alias)).toEqual(['old-vendor-root']);
  });

  test('and is not there is said', () => {
    expect(plan({ retire: ['never-was', 'old-vendor-root'] }).notFound).toEqual(['never-was']);
  });

  test('is never a key', () => {
    expect(() => plan({ retire: ['gateway'] })).toThrow(
      expect.objectContaining({ code: 'keystore/refuses-entry', at: { source: store.path, entry: 'gateway' } }),
    );
  });

  describe('where two aliases differ in letter case', () => {
    const twins = javaKeystore({
      entries: [
        { alias: 'old-root', certificates: [sub.der] },
        { alias: 'Old-Root', certificates: [sub.der] },
      ],
    });
    const retire = (selector: string) => plan({ stores: [{ ...store, bytes: twins }], retire: [selector] });

    test.each(['old-root', 'Old-Root'])('%s is the one that is written so', (selector) => {
      expect(retire(selector).stores[0]?.removed.map(({ alias }) => alias)).toEqual([selector]);
    });

    test('another spelling is neither', () => {
      expect(() => retire('OLD-ROOT')).toThrow(
        expect.objectContaining({ code: 'keystore/alias-ambiguous', at: { source: store.path } }),
      );
    });
  });

  test('is passed over where it is only in the chain of a key', () => {
    const bytes = javaKeystore({
      entries: [{ alias: 'gw', key: Uint8Array.of(1), certificates: [sub.der, root.der] }],
    });
    const request = { stores: [{ ...store, bytes }], retire: [sub.certificate.sha256] };
    expect(plan(request)).toMatchObject({ stores: [{ removed: [] }], notFound: request.retire });
  });

  test('is not what is added, whatever alias it has in a keystore', () => {
    const own = editKeystore(
      bytes,
      [{ action: 'add', alias: 'vendor-root', certificate: root.certificate, created: AT }],
      { password },
    );
    expect(() => plan({ stores: [{ ...store, bytes: own }], retire: ['vendor-root'] })).toThrow(
      expect.objectContaining({ code: 'usage/conflict' }),
    );
  });

  test('is not what is added', () => {
    expect(() => plan({ retire: [root.certificate.sha256] })).toThrow(
      expect.objectContaining({ code: 'usage/conflict' }),
    );
  });
});

describe('verify', () => {
  const [planned] = plan({ retire: ['old-vendor-root'] }).stores;
  const verify = planned?.verify ?? (() => {});
  const after = planned?.after as Uint8Array;

  test('is content with what was planned', () => {
    expect(() => verify(after)).not.toThrow();
  });

  test.each([
    { name: 'the old file', changed: bytes },
    {
      name: 'one entry too many',
      changed: editKeystore(after, [{ action: 'add', alias: 'x', certificate: sub.certificate, created: AT }], {
        password,
      }),
    },
    {
      name: 'the new root missing',
      changed: editKeystore(after, [{ action: 'remove', alias: planned?.added[0]?.alias as string }], { password }),
    },
  ])('refuses $name', ({ changed }) => {
    expect(() => verify(changed)).toThrow(expect.objectContaining({ code: 'file/verification-failed' }));
  });

  test('refuses a changed byte', () => {
    const changed = Uint8Array.from(after);
    changed[200] = (changed[200] as number) ^ 1;
    expect(() => verify(changed)).toThrow();
  });
});

test('every device gets its blocks, with the whole chain', () => {
  const devices: readonly DeviceTarget[] = [
    { platform: 'ios-xe', trustpoint: 'NEW' },
    { platform: 'nxos', trustpoint: 'NEW' },
  ];
  const planned = plan({ accepted: [accept(sub.certificate), accept(root.certificate)], devices, stores: [] });
  expect(
    planned.devices.map(({ platform, trustpoints }) => [platform, ...trustpoints.map(({ name }) => name)]),
  ).toEqual([
    ['ios-xe', 'NEW-CA1', 'NEW'],
    ['nxos', 'NEW'],
  ]);
  for (const { install, remove, rollback, certificates } of planned.devices) {
    expect([...certificates].sort()).toEqual([sub, root].map(({ certificate }) => certificate.sha256).sort());
    expect(install).toMatch(/^configure terminal\n/);
    expect(remove).toMatch(/no crypto (?:pki|ca) trustpoint NEW\n/);
    expect(rollback).toMatch(/no crypto (?:pki|ca) trustpoint NEW\n/);
  }
});

test.each([
  ['ios:xe-CA', 'ios-xe:CA'],
  ['ios:CA', 'ios:ca'],
])('%s and %s would be written to one file, and are refused', (...names) => {
  const devices = names.map((name) => {
    const [platform = '', trustpoint = ''] = name.split(':');
    return { platform, trustpoint };
  });
  expect(() => plan({ devices })).toThrow(expect.objectContaining({ code: 'usage/conflict' }));
});
