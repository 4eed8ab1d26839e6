/** Keystores made by keytool and read here, edited here and read by keytool and Java. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkTrustAnchor } from '../../src/check/rules.ts';
import { encodeElement, TAG } from '../../src/encoding/der.ts';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { editKeystore } from '../../src/store/edit.ts';
import type { KeystoreEdit } from '../../src/store/keystore.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { javaKeystore, PASSWORD } from '../store/builders.ts';
import { FIXTURE_KEY_PASSWORD, FIXTURE_PASSWORD, fixture } from '../store/keystore-fixtures.ts';
import { AT, type IssueOptions, issue } from '../support/certificates.ts';
import { nameConstraints, subjectAltName } from '../support/extensions.ts';
import { type JavaEntry, listWithJava } from './java-keystores.ts';
import { callKeytool, hasKeytool, keytool } from './keytool.ts';

const TIMEOUT = 120_000;
const password = FIXTURE_PASSWORD;
const created = new Date('2026-11-21T10:00:00.123Z');
const added = issue({ subject: 'CN=Added Root,O=Test' });
const add: KeystoreEdit = { action: 'add', alias: 'Added-Root-Ü根😀', certificate: added.certificate, created };

describe.skipIf(!hasKeytool)('keytool', () => {
  let folder: string;
  const path = (name: string): string => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'anchorctl-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    { extension: subjectAltName(['uri:http://a b/'], true), opens: false },
    { extension: subjectAltName(['uri:root'], true), opens: false },
    { extension: subjectAltName(['uri:http://h/%zz'], true), opens: false },
    { extension: nameConstraints({ permitted: ['uri:http://example.com/'] }), opens: false },
    { extension: nameConstraints({ excluded: ['uri:bad host'] }), opens: false },
    { extension: nameConstraints({ permitted: ['uri:a_b'] }), opens: false },
    { extension: subjectAltName(['email:'], true), opens: false },
    { extension: subjectAltName(['hex:0102030405'], true), opens: false },
    { extension: subjectAltName(['uri:urn:foo:bar', 'uri:http://a_b.example:port/'], true), opens: true },
    { extension: nameConstraints({ permitted: ['uri:.example.com', 'uri:192.0.2.1'] }), opens: true },
    { extension: subjectAltName(['ip:192.0.2.0/255.255.255.0', 'email:a b', 'dns:a b'], true), opens: true },
    { extension: subjectAltName(['uri:http://a b/']), opens: true },
  ])(
    'opens a keystore with the names of case %#: $opens, as the finding says',
    ({ extension, opens }) => expectOpens({ extensions: [extension] }, opens),
    TIMEOUT,
  );

  const unreadable = (name: keyof typeof EXTENSION, { critical = true, tag = TAG.null as number } = {}) => ({
    oid: EXTENSION[name],
    value: Uint8Array.of(tag, 0),
    critical,
  });
  const twice = { oid: '1.2.3', value: Uint8Array.of(TAG.null, 0) };
  const utcTime = (text: string) => encodeElement(TAG.utcTime, Buffer.from(text));
  test.each<{ readonly options: IssueOptions; readonly opens: boolean }>([
    { options: { extensions: [unreadable('extendedKeyUsage')] }, opens: false },
    { options: { extensions: [unreadable('extendedKeyUsage', { critical: false })] }, opens: true },
    { options: { version: 4 }, opens: false },
    { options: { version: 2 }, opens: false },
    { options: { version: 4, bare: true }, opens: true },
    { options: { endOfValidity: utcTime('3607010000Z') }, opens: true },
    { options: { endOfValidity: utcTime('360701000000+0200') }, opens: true },
    { options: { endOfValidity: utcTime('3607010000+0200') }, opens: false },
    { options: { version: 1, uniqueIdentifier: true }, opens: false },
    { options: { bare: true, uniqueIdentifier: true }, opens: true },
    { options: { extensions: [twice, twice] }, opens: false },
    { options: { subject: ',' }, opens: false },
    { options: { subject: 'CN=root', issuerName: '' }, opens: false },
    { options: { subject: '', issuerName: 'CN=root' }, opens: false },
    { options: { subject: '', issuerName: 'CN=root', extensions: [subjectAltName(['dns:a'])] }, opens: false },
    { options: { subject: '', issuerName: 'CN=root', extensions: [subjectAltName(['dns:a'], true)] }, opens: true },
    { options: { subject: '', issuerName: 'CN=root', bare: true }, opens: true },
    { options: { subject: '', issuerName: 'CN=root', version: 1 }, opens: false },
    { options: { extensions: [unreadable('nameConstraints')] }, opens: false },
    { options: { extensions: [unreadable('certificatePolicies')] }, opens: false },
    { options: { extensions: [unreadable('certificatePolicies', { tag: TAG.sequence })] }, opens: true },
    { options: { extensions: [unreadable('subjectAltName', { tag: TAG.sequence })] }, opens: false },
    { options: { extensions: [unreadable('applicationPolicies')] }, opens: true },
  ])(
    'opens a keystore with the defect of case %#: $opens, as the finding says',
    ({ options, opens }) => expectOpens(options, opens),
    TIMEOUT,
  );

  function expectOpens(options: IssueOptions, opens: boolean): void {
    const { certificate, der } = issue(options);
    writeFileSync(path('uri.jks'), javaKeystore({ entries: [{ alias: 'root', certificates: [der] }] }));
    const { status } = callKeytool(['-list', '-keystore', path('uri.jks'), '-storepass', PASSWORD]);
    const codes = checkTrustAnchor(certificate, { at: AT }).map(({ code }) => code);
    expect([status === 0, !codes.includes('anchor/unreadable-in-java')]).toEqual([opens, opens]);
  }

  describe.each(['gateway.jks', 'gateway.jceks'])('%s', (name) => {
    test(
      'with a root added has every other entry as before, and keys that decrypt to the same',
      () => {
        const edited = editKeystore(fixture(name), [add], { password });
        const [before, after] = javaEntries({ [`before-${name}`]: fixture(name), [`after-${name}`]: edited });
        const alias = add.alias.toLowerCase();
        expect(after?.filter((entry) => entry.alias !== alias)).toEqual(before);
        expect(after?.find((entry) => entry.alias === alias)).toEqual({
          alias,
          kind: 'trusted-certificate',
          created: created.getTime(),
          certificates: [added.certificate.sha256],
          key: null,
        });
        expect(before?.filter(({ kind }) => kind !== 'trusted-certificate').map(({ key }) => key)).not.toContain(
          'not decrypted',
        );
        expect(keytool('-list', '-keystore', path(`after-${name}`), '-storepass', password)).toContain(
          `Your keystore contains ${after?.length} entries`,
        );
      },
      TIMEOUT,
    );

    test(
      'with a root removed has every other entry as before',
      () => {
        const edited = editKeystore(fixture(name), [{ action: 'remove', alias: 'OLD-ROOT' }], { password });
        const [before, after] = javaEntries({ [`before-${name}`]: fixture(name), [`without-${name}`]: edited });
        expect(after).toEqual(before?.filter(({ alias }) => alias !== 'old-root'));
      },
      TIMEOUT,
    );

    test(
      'edited here, then by keytool, then here again',
      () => {
        const type = name.endsWith('jks') ? 'JKS' : 'JCEKS';
        const store = ['-keystore', path(`both-${name}`), '-storetype', type, '-storepass', password];
        writeFileSync(path(`both-${name}`), editKeystore(fixture(name), [{ ...add, alias: 'ours' }], { password }));
        writeFileSync(path('root.pem'), added.pem);
        keytool('-importcert', '-noprompt', '-alias', 'theirs', '-file', path('root.pem'), ...store);
        keytool('-delete', '-alias', 'ours', ...store);
        const theirs = new Uint8Array(readFileSync(path(`both-${name}`)));
        const edited = editKeystore(theirs, [{ action: 'remove', alias: 'theirs' }], { password });
        const [before, after] = javaEntries({ [`before-${name}`]: fixture(name), [`after-${name}`]: edited });
        expect(after).toEqual(before);
      },
      TIMEOUT,
    );
  });

  test.each(['JKS', 'JCEKS', 'PKCS12'])(
    'a new %s store is read as keytool lists it',
    (type) => {
      const file = path(`new.${type}`);
      const store = ['-keystore', file, '-storetype', type, '-storepass', password];
      const key = ['-alias', 'GW', '-dname', 'CN=gw.test', '-keyalg', 'EC', '-keypass', password];
      keytool('-genkeypair', ...key, ...store);
      writeFileSync(path('root.pem'), added.pem);
      keytool('-importcert', '-noprompt', '-alias', 'Root', '-file', path('root.pem'), ...store);
      const keystore = decodeKeystore(new Uint8Array(readFileSync(file)), { password });
      const [listed] = javaEntries({ [`new.${type}`]: new Uint8Array(readFileSync(file)) });
      const found = keystore.entries.map(({ alias, kind, fingerprints }) => [alias.toLowerCase(), kind, fingerprints]);
      expect(keystore).toMatchObject({ type: type.toLowerCase(), integrity: 'verified', notes: [] });
      expect(found.toSorted()).toEqual(listed?.map(({ alias, kind, certificates }) => [alias, kind, certificates]));
    },
    TIMEOUT,
  );

  test(
    'opens a store that was emptied and filled here',
    () => {
      const empty = editKeystore(fixture('roots.jks'), [remove('alpha-root'), remove('beta-root')], { password });
      expect(decodeKeystore(empty, { password }).entries).toEqual([]);
      const [none, filled] = javaEntries({
        'empty.jks': empty,
        'filled.jks': editKeystore(empty, [add], { password }),
      });
      expect(none).toEqual([]);
      expect(filled?.map(({ certificates }) => certificates)).toEqual([[added.certificate.sha256]]);
    },
    TIMEOUT,
  );

  /** Writes stores and gives what Java sees in each. */
  function javaEntries(stores: Readonly<Record<string, Uint8Array>>): (readonly JavaEntry[] | undefined)[] {
    const names = Object.keys(stores);
    for (const name of names) writeFileSync(path(name), stores[name] ?? '');
    const seen = listWithJava(names.map((name) => ({ path: path(name), password, keyPassword: FIXTURE_KEY_PASSWORD })));
    return names.map((name) => seen[path(name)]?.entries);
  }
});

function remove(alias: string): KeystoreEdit {
  return { action: 'remove', alias };
}
