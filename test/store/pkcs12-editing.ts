/** Bags, files and edits that the tests of editing PKCS#12 share. */
import type { KeyObject } from 'node:crypto';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { editKeystore } from '../../src/store/edit.ts';
import type { KeystoreEdit, KeystoreEntry } from '../../src/store/keystore.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { type Issued, issue } from '../support/certificates.ts';
import { newKey } from '../support/keys.ts';
import { type BagAttributes, certificateBag, PASSWORD, shroudedKeyBag } from './builders.ts';
import { CERTIFICATES } from './odd-keystores.ts';

/** PKCS#12 files of Java and openssl. */
export const PKCS12_FIXTURES: readonly string[] = [
  ...['gateway-java17', 'gateway-java8', 'gateway-sha512', 'secret', 'passwordless', 'empty-password'],
  ...['openssl3', 'openssl1', 'openssl-nomac', 'openssl-plain', 'openssl-nokeys'],
].map((name) => `${name}.p12`);

/** What `add` adds. */
export const added: Issued = issue({ subject: 'CN=Added Root,O=Test' });

export const privateKey: KeyObject = newKey('ec');

/** The key of the certificate `gateway`. Encrypted once, since the salt is another every time. */
export const key: Uint8Array = shroudedKeyBag(CERTIFICATES.gateway?.privateKey ?? privateKey, {
  friendlyName: 'gw',
  localKeyId: 'a',
});

/** A bag with one of the named certificates. */
export function certificate(name: string, attributes?: BagAttributes): Uint8Array {
  return certificateBag(CERTIFICATES[name]?.der ?? new Uint8Array(), attributes);
}

/** The same as a trusted certificate. */
export function trusted(name: string, friendlyName?: string): Uint8Array {
  return certificate(name, { trusted: true, ...(friendlyName === undefined ? {} : { friendlyName }) });
}

/** The bag that `add('new')` makes. */
export function newBag(): Uint8Array {
  return certificateBag(added.der, { friendlyName: 'new', trusted: true });
}

export function add(alias: string, wanted: { readonly certificate: Certificate } = added): KeystoreEdit {
  return { action: 'add', alias, certificate: wanted.certificate, created: new Date('2026-11-21T10:00:00Z') };
}

export function remove(alias: string): KeystoreEdit {
  return { action: 'remove', alias };
}

/** Edits a file that a test made. */
export function edit(bytes: Uint8Array, edits: readonly KeystoreEdit[]): Uint8Array {
  return editKeystore(bytes, edits, { password: PASSWORD });
}

export function entriesOf(bytes: Uint8Array, password: string = PASSWORD): readonly KeystoreEntry[] {
  return decodeKeystore(bytes, { password }).entries;
}

/** Entries without their certificates, for comparing. */
export function entries(
  bytes: Uint8Array,
  password?: string,
): readonly Omit<KeystoreEntry, 'certificates' | 'encodings'>[] {
  return entriesOf(bytes, password).map(({ alias, kind, created, fingerprints, note }) => ({
    alias,
    kind,
    created,
    fingerprints,
    note,
  }));
}

export function aliases(bytes: Uint8Array, password?: string): string[] {
  return entriesOf(bytes, password).map(({ alias }) => alias);
}
