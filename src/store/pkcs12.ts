/**
 * PKCS#12 (RFC 7292) as a codec: files of Java, OpenSSL and others. Quirks in docs/formats/pkcs12.md.
 *
 * @module
 */
import { type DerElement, TAG } from '../encoding/der.js';
import { expectTrustError } from '../errors.js';
import type { Codec, DecodeKeystoreOptions } from './codec.js';
import { algorithmOf, explainForeignEncryption, isMacOfJava } from './java-algorithms.js';
import type { Keystore, KeystoreNote } from './keystore.js';
import { describeEncryption } from './pbe.js';
import { peekElement } from './peek.js';
import { editPkcs12 } from './pkcs12-edit.js';
import { pkcs12Entries } from './pkcs12-entries.js';
import { recoverPkcs12Keys } from './pkcs12-keys.js';
import { encodePkcs12, encryptPrivateKey } from './pkcs12-new.js';
import { asKeystoreError, type Opened, type OpenedSafe, openPfx } from './pkcs12-open.js';
import { type Pfx, readPfx } from './pkcs12-pfx.js';
import { reprotectPkcs12 } from './pkcs12-reprotect.js';
import { encodeSecretKeyInfo, readSecretKeyInfo } from './pkcs12-secret-key.js';

export const pkcs12: Codec = {
  type: 'pkcs12',
  detect: detectPkcs12,
  decode: decodePkcs12,
  edit: editPkcs12,
  encode: encodePkcs12,
  keys: {
    recover: recoverPkcs12Keys,
    reprotect: reprotectPkcs12,
    readSecretKey: readSecretKeyInfo,
    protect: (key, protection) =>
      encryptPrivateKey(key.kind === 'secret-key' ? encodeSecretKeyInfo(key.secret, key.alias) : key.pkcs8, protection),
  },
};

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

function decodePkcs12(bytes: Uint8Array, { password, source, derivedKeys }: DecodeKeystoreOptions): Keystore {
  try {
    const pfx = readPfx(bytes);
    const opened = openPfx(pfx, password, derivedKeys);
    return {
      type: 'pkcs12',
      encryption: describeProtection(opened.safes),
      hasEncryptedPart: opened.safes.some(({ safe, bags }) => safe.type === 'encrypted' && bags.length > 0),
      mac: opened.mac?.label ?? null,
      integrity: opened.verified === null ? 'not-verified' : 'verified',
      entries: pkcs12Entries(
        opened.safes.map(({ bags }) => bags),
        source,
      ).map(({ entry }) => entry),
      notes: notesOn(pfx, opened, password),
    };
  } catch (error) {
    throw asKeystoreError(expectTrustError(error));
  }
}

/** What encrypts what: one description where all is alike, null where nothing is encrypted. */
function describeProtection(safes: readonly OpenedSafe[]): string | null {
  const certificates = new Set<string>();
  const keys = new Set<string>();
  for (const { safe, bags } of safes) {
    const label = safe.type === 'encrypted' ? describeEncryption(safe.algorithm) : NOT_ENCRYPTED;
    if (bags.some(({ content }) => content?.type === 'certificate')) certificates.add(label);
    for (const { content } of bags) {
      if (content?.type === 'plain-key') keys.add(label);
      if (content?.type === 'shrouded-key') keys.add(describeEncryption(content.algorithm));
      if (content?.type === 'secret' && content.key !== null) keys.add(describeEncryption(content.key.algorithm));
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

function notesOn({ version, safes, trailingBytes }: Pfx, opened: Opened, password: string | null): KeystoreNote[] {
  const { mac } = opened;
  const notes: KeystoreNote[] = [];
  const note = (name: string, message: string): number => notes.push({ code: `keystore/${name}`, message });
  const isAscii = !/\P{ASCII}/u.test(password ?? '');
  if (version !== 3) {
    note('pfx-version', `the file says version ${version} of PKCS#12; Java opens version 3 only`);
  }
  if (mac?.isPbmac1 === true) {
    note('pbmac1', 'the integrity is protected by PBMAC1, which Java reads from version 26 on');
  }
  if (!isAscii) {
    note(
      'non-ascii-password',
      'with a password that has characters outside of ASCII, Java before 25 opens no PKCS#12 keystore',
    );
  }
  if (mac !== null && !mac.isPbmac1 && !isMacOfJava(mac.label)) {
    note('foreign-algorithm', `the MAC is ${algorithmOf(mac.label)}, which Java has not`);
  }
  const { parts, keys } = foreignEncryption(opened.safes, isAscii);
  for (const reason of parts) note('foreign-algorithm', `a part of the keystore is ${reason}`);
  for (const reason of keys) note('foreign-key-algorithm', `Java lists keys that it cannot use: they are ${reason}`);
  for (const safe of safes) {
    if (safe.type !== 'unsupported') continue;
    note('unread-part', `a part of the keystore is of content type ${safe.oid}, with which Java opens no keystore`);
  }
  if (trailingBytes > 0) {
    note('trailing-bytes', `${trailingBytes} bytes follow the keystore; Java passes over them and drops them on save`);
  }
  return notes;
}

/** What Java cannot decrypt, each reason once: parts, without which it opens nothing of the file, and keys. */
function foreignEncryption(
  safes: readonly OpenedSafe[],
  isAscii: boolean,
): Readonly<Record<'parts' | 'keys', ReadonlySet<string>>> {
  const parts = new Set<string>();
  const keys = new Set<string>();
  const judge = (algorithm: DerElement, reasons: Set<string>): void => {
    const reason = explainForeignEncryption(describeEncryption(algorithm), isAscii);
    if (reason !== null) reasons.add(reason);
  };
  for (const { safe, bags } of safes) {
    if (safe.type === 'encrypted') judge(safe.algorithm, parts);
    for (const { content } of bags) {
      if (content?.type === 'shrouded-key') judge(content.algorithm, keys);
      if (content?.type === 'secret' && content.key !== null) judge(content.key.algorithm, keys);
    }
  }
  return { parts, keys };
}
