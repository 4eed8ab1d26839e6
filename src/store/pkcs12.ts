/**
 * PKCS#12 (RFC 7292), read as files of Java and OpenSSL have it. Quirks in docs/formats/pkcs12.md.
 *
 * @module
 */
import { TAG } from '../encoding/der.js';
import { expectTrustError, TrustError } from '../errors.js';
import { foldAlias } from './alias.js';
import type { Codec, DecodeKeystoreOptions, EditKeystoreOptions } from './codec.js';
import type { Keystore, KeystoreEdit, KeystoreNote } from './keystore.js';
import { describeEncryption, readEncryption } from './pbe.js';
import { peekElement } from './peek.js';
import { pkcs12Entries } from './pkcs12-entries.js';
import { type Secret, secretsFor } from './pkcs12-kdf.js';
import { type PasswordMac, readMac } from './pkcs12-mac.js';
import { type Pfx, readPfx, readSafeContents, type Safe, type SafeBag } from './pkcs12-pfx.js';

export const pkcs12: Codec = { type: 'pkcs12', detect: detectPkcs12, decode: decodePkcs12, edit: editPkcs12 };

/** The content of every OBJECT IDENTIFIER below PKCS#7, which is what distinguishes a PFX from a PKCS#8 key. */
const PKCS7_ARC: readonly number[] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

const NOT_ENCRYPTED = 'not encrypted';

/** SEQUENCE { INTEGER of one octet, SEQUENCE { an OID of PKCS#7 … */
function detectPkcs12(bytes: Uint8Array): boolean {
  const outer = peekElement(bytes, 0);
  const version = outer?.tag === TAG.sequence ? peekElement(bytes, outer.contentStart) : null;
  if (version?.tag !== TAG.integer || version.length !== 1) return false;
  const content = peekElement(bytes, version.contentStart + 1);
  const type = content?.tag === TAG.sequence ? peekElement(bytes, content.contentStart) : null;
  return type?.tag === TAG.oid && PKCS7_ARC.every((octet, i) => bytes[type.contentStart + i] === octet);
}

/** What a password opens. */
interface Opened {
  readonly integrity: Keystore['integrity'];
  readonly mac: PasswordMac | null;
  readonly safes: readonly (readonly SafeBag[])[];
}

function decodePkcs12(bytes: Uint8Array, { password, source }: DecodeKeystoreOptions): Keystore {
  try {
    const pfx = readPfx(bytes);
    const opened = open(pfx, password);
    return {
      type: 'pkcs12',
      encryption: describeProtection(pfx.safes, opened.safes),
      mac: opened.mac?.label ?? null,
      integrity: opened.integrity,
      entries: pkcs12Entries(opened.safes, source),
      notes: notesOn(pfx, opened, password),
    };
  } catch (error) {
    throw asKeystoreError(expectTrustError(error));
  }
}

/** Edits nothing, so it gives the bytes back where nothing is to be changed, and refuses everything else. */
function editPkcs12(bytes: Uint8Array, edits: readonly KeystoreEdit[], { password }: EditKeystoreOptions): Uint8Array {
  const { entries, encryption, mac } = decodePkcs12(bytes, { password });
  const isDone = (edit: KeystoreEdit): boolean =>
    edit.action === 'add' &&
    entries.some(
      ({ alias, kind, fingerprints }) =>
        kind === 'trusted-certificate' &&
        foldAlias(alias) === foldAlias(edit.alias) &&
        fingerprints[0] === edit.certificate.sha256,
    );
  if (edits.every(isDone)) return bytes;
  throw new TrustError(
    'keystore/not-editable',
    `a PKCS#12 keystore (${encryption ?? 'no encryption'}; ${mac ?? 'no MAC'}) can be read but not edited`,
    {
      hint: 'work on a copy with keytool -importcert, and compare its list before and after: keytool drops entries that it does not see',
    },
  );
}

function open(pfx: Pfx, password: string | null): Opened {
  const mac = pfx.macData === null ? null : readMac(pfx.macData);
  const secrets = secretsFor(password ?? '');
  const verified = secrets.find((secret) => mac?.verify(pfx.authenticatedSafe, secret));
  if (mac !== null && verified === undefined) {
    if (password !== null) throw wrongPassword('the MAC of the keystore does not fit the password');
    if (pfx.safes.some(({ type }) => type === 'encrypted')) throw passwordMissing();
  }
  const inOrder = verified === undefined ? secrets : [verified, ...secrets.filter((secret) => secret !== verified)];
  return {
    integrity: verified === undefined ? 'not-verified' : 'verified',
    mac,
    safes: pfx.safes.map((safe) => {
      if (safe.type === 'plain') return readSafeContents(safe.contents);
      if (safe.type === 'unsupported') return [];
      const opened = decryptSafe(safe, inOrder);
      if (opened instanceof TrustError) {
        // With the right password, content that is no list of bags is damage, not the fault of the password.
        if (verified !== undefined) throw opened;
        throw password === null ? passwordMissing() : wrongPassword('the password does not decrypt the keystore');
      }
      return opened;
    }),
  };
}

/** The bags of an encrypted safe, or why none of the secrets gives any. */
function decryptSafe(
  { algorithm, ciphertext }: Extract<Safe, { readonly type: 'encrypted' }>,
  secrets: readonly Secret[],
): readonly SafeBag[] | TrustError {
  const encryption = readEncryption(algorithm);
  let failure = wrongPassword('the MAC fits the password, but the certificates are encrypted under another');
  for (const secret of secrets) {
    const contents = encryption.decrypt(ciphertext, secret);
    if (contents === null) continue;
    try {
      return readSafeContents(contents);
    } catch (error) {
      failure = expectTrustError(error);
    }
  }
  return failure;
}

/** What encrypts what: one description where all is alike, null where nothing is encrypted. */
function describeProtection(safes: readonly Safe[], opened: readonly (readonly SafeBag[])[]): string | null {
  const certificates = new Set<string>();
  const keys = new Set<string>();
  for (const [index, safe] of safes.entries()) {
    const label = safe.type === 'encrypted' ? describeEncryption(safe.algorithm) : NOT_ENCRYPTED;
    const bags = opened[index] ?? [];
    if (bags.some(({ content }) => content?.type === 'certificate')) certificates.add(label);
    for (const { content } of bags) {
      if (content?.type === 'plain-key') keys.add(label);
      if (content?.type === 'shrouded-key') keys.add(describeEncryption(content.algorithm));
      if (content?.type === 'secret' && content.algorithm !== null) keys.add(describeEncryption(content.algorithm));
    }
    if (bags.length === 0 && safe.type === 'encrypted') certificates.add(label);
  }
  const all = new Set([...certificates, ...keys]);
  if (all.size === 0 || (all.size === 1 && all.has(NOT_ENCRYPTED))) return null;
  if (all.size === 1) return [...all].join('');
  const parts = [
    ['certificates', certificates],
    ['keys', keys],
  ] as const;
  return parts
    .filter(([, labels]) => labels.size > 0)
    .map(([what, labels]) => `${what}: ${[...labels].join(' and ')}`)
    .join('; ');
}

function notesOn({ version, safes, trailingBytes }: Pfx, { mac }: Opened, password: string | null): KeystoreNote[] {
  const notes: KeystoreNote[] = [];
  const note = (name: string, message: string): number => notes.push({ code: `keystore/${name}`, message });
  if (version !== 3) {
    note('pfx-version', `the file says version ${version} of PKCS#12; Java opens version 3 only`);
  }
  if (mac?.isPbmac1 === true) {
    note('pbmac1', 'the integrity is protected by PBMAC1, which Java reads from version 26 on');
  }
  if (/\P{ASCII}/u.test(password ?? '')) {
    note('non-ascii-password', 'with a password that has characters outside of ASCII, Java opens no PKCS#12 keystore');
  }
  for (const safe of safes) {
    if (safe.type !== 'unsupported') continue;
    note('unread-part', `a part of the keystore is of content type ${safe.oid}, with which Java opens no keystore`);
  }
  if (trailingBytes > 0) {
    note('trailing-bytes', `${trailingBytes} bytes follow the keystore; Java passes over them and drops them on save`);
  }
  return notes;
}

function passwordMissing(): TrustError {
  return new TrustError('keystore/password-missing', 'the certificates of this PKCS#12 keystore are encrypted', {
    hint: 'give its password',
  });
}

function wrongPassword(message: string): TrustError {
  return new TrustError('keystore/wrong-password', message, {
    hint: 'the password is wrong, or the file was changed after it was written',
  });
}

/** Errors of the structure in the words of keystores. */
function asKeystoreError(error: TrustError): TrustError {
  if (!error.code.startsWith('der/')) return error;
  const isTruncated = error.code === 'der/truncated';
  return new TrustError(
    isTruncated ? 'keystore/truncated' : 'keystore/malformed',
    `the PKCS#12 keystore is ${isTruncated ? 'cut short' : 'malformed'}: ${error.message}`,
    {
      ...(error.at === undefined ? {} : { at: error.at }),
      hint: 'the file looks damaged or cut short; compare its size with the original',
      cause: error,
    },
  );
}
