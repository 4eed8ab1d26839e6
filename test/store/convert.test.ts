import { hash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { type ConvertedKeystore, convertKeystore } from '../../src/store/convert.ts';
import { protectJksKey } from '../../src/store/java-key-protection.ts';
import type { KeystoreType, Pkcs12Compat } from '../../src/store/keystore.ts';
import { type Issued, issue } from '../support/certificates.ts';
import {
  bag,
  certificateBag,
  crlBag,
  javaKeystore,
  nestedBag,
  PASSWORD,
  pfx,
  shroudedKeyBag,
  unknownBag,
} from './builders.ts';
import { trustError } from './expectations.ts';

const root = issue({ subject: 'CN=Root' });
const trusted = certificateBag(root.der, { friendlyName: 'root', trusted: true });

function convert(bytes: Uint8Array, compat: Pkcs12Compat, type: KeystoreType = 'pkcs12'): ConvertedKeystore {
  return convertKeystore(bytes, {
    type,
    compat,
    password: PASSWORD,
    newPassword: compat === 'passwordless' ? null : PASSWORD,
    keyPassword: null,
    skipInvisible: false,
    dropAttributes: false,
    at: new Date(0),
  });
}

describe('a file without a password', () => {
  const secret = bag('1.2.840.113549.1.12.10.1.5', Uint8Array.of(0x30, 0), { friendlyName: 'token' });

  test.each([
    { name: 'a bag of an unknown type', bags: [unknownBag()] },
    { name: 'a bag of an unknown type inside of another', bags: [nestedBag([unknownBag()])] },
    { name: 'a secret that is in no form of Java', bags: [nestedBag([secret])] },
  ])('never gets $name out of an encrypted part', ({ bags }) => {
    const bytes = pfx({ safes: [[trusted, ...bags]], encrypted: true });
    expect(() => convert(bytes, 'passwordless')).toThrow(trustError('keystore/refuses-entry'));
    expect(() => convert(bytes, 'modern')).not.toThrow();
  });

  test('gets certificates and CRLs', () => {
    const { bytes, verify } = convert(pfx({ safes: [[trusted, nestedBag([crlBag()])]] }), 'passwordless');
    expect(() => verify(bytes)).not.toThrow();
  });
});

test('what is said of keys does not hold them', () => {
  const key = shroudedKeyBag(root.privateKey, { friendlyName: 'gw', localKeyId: '1' });
  const { keys } = convert(pfx({ safes: [[key], [certificateBag(root.der, { localKeyId: '1' })]] }), 'modern');
  expect(keys).toEqual([{ alias: 'gw', hadOwnPassword: false }]);
});

describe('the chain of a key in PKCS#12', () => {
  const intermediate = issue({ subject: 'CN=Issuing CA', issuer: root });
  const end = issue({ subject: 'CN=short', issuer: intermediate, basicConstraints: null });
  const pkcs8 = end.privateKey.export({ type: 'pkcs8', format: 'der' });
  const key = protectJksKey(pkcs8, { password: PASSWORD, random: randomBytes });
  const jks = (chain: readonly Issued[], anchor: Issued): Uint8Array =>
    javaKeystore({
      entries: [
        { alias: 'short', key, certificates: chain.map(({ der }) => der) },
        { alias: 'ca', certificates: [anchor.der] },
      ],
    });

  test('goes on with the issuers that the keystore holds, which is said', () => {
    const { bytes, remarks, verify } = convert(jks([end, intermediate], root), 'modern');
    expect(remarks).toMatchObject([
      {
        code: 'keystore/longer-chain',
        message: expect.stringContaining('"short" goes on with CN=Root'),
        alias: 'short',
      },
    ]);
    const [entry] = decodeKeystore(bytes, { password: PASSWORD }).entries;
    expect(entry?.fingerprints).toEqual([end, intermediate, root].map(({ der }) => hash('sha256', der)));
    expect(() => verify(bytes)).not.toThrow();
  });

  test('that is whole stays, and nothing is said', () => {
    expect(convert(jks([end, intermediate, root], root), 'modern').remarks).toEqual([]);
  });

  test('never goes on with a namesake that did not sign it', () => {
    const bytes = jks([end, intermediate], issue({ subject: 'CN=Root' }));
    expect(() => convert(bytes, 'modern')).toThrow(trustError('keystore/cannot-preserve', { entry: 'short' }));
    expect(convert(bytes, 'modern', 'jceks').remarks).toEqual([]);
  });
});
