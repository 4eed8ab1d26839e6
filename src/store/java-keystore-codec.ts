/**
 * JKS and JCEKS as codecs: what `java-keystore` takes apart, as entries.
 *
 * @module
 */
import { quoteAlias } from './alias.js';
import type { Codec, DecodeKeystoreOptions } from './codec.js';
import { JavaEntryIndex } from './java-entries.js';
import {
  digestMismatch,
  ENTRY_TAG,
  type JavaKeystoreFormat,
  type JavaLayout,
  readLayout,
  verifyDigest,
} from './java-keystore.js';
import { editJavaKeystore } from './java-keystore-edit.js';
import { protectJavaKey, recoverJavaKeys, reprotectJavaKeystore } from './java-keystore-keys.js';
import { encodeJavaKeystore } from './java-keystore-new.js';
import { encodeSecretKeySpec, readSerializedKey } from './java-secret-key.js';
import type { Keystore, KeystoreNote } from './keystore.js';

/** Makes the codec of one of the two formats. */
export function javaKeystoreCodec(format: JavaKeystoreFormat): Codec {
  return {
    type: format.type,
    detect: (bytes) =>
      bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) === format.magic,
    decode: (bytes, options) => decodeJavaKeystore(bytes, format, options),
    edit: (bytes, edits, { password, decoded }) =>
      editJavaKeystore(bytes, edits, { format, password, verified: verifiedEntries(decoded) }),
    encode: (entries, options) => encodeJavaKeystore(entries, { ...options, format }),
    keys: {
      recover: (bytes, present, isWanted) => recoverJavaKeys(bytes, format, present, isWanted),
      reprotect: (bytes, options) => reprotectJavaKeystore(bytes, format, options),
      readSecretKey: readSerializedKey,
      protect: (key, protection) =>
        key.kind === 'secret-key'
          ? protectJavaKey(format, ENTRY_TAG.secretKey, encodeSecretKeySpec(key.secret), protection)
          : protectJavaKey(format, ENTRY_TAG.privateKey, key.pkcs8, protection),
    },
  };
}

function decodeJavaKeystore(
  bytes: Uint8Array,
  format: JavaKeystoreFormat,
  { password, source }: DecodeKeystoreOptions,
): Keystore {
  const layout = readLayout(bytes, format);
  if (password !== null && !verifyDigest(layout, password)) throw digestMismatch(format);
  const index = new JavaEntryIndex(layout, source);
  return {
    type: format.type,
    encryption: null,
    mac: 'SHA-1 digest with password',
    integrity: password === null ? 'not-verified' : 'verified',
    get entries() {
      return index.entries;
    },
    notes: notesOn(layout),
    index,
  };
}

/** What was found on the way, for an edit. */
function verifiedEntries(decoded: Keystore | undefined): JavaEntryIndex | undefined {
  return decoded?.index instanceof JavaEntryIndex && decoded.integrity === 'verified' ? decoded.index : undefined;
}

function notesOn({ trailingBytes, unwalkable }: JavaLayout): KeystoreNote[] {
  return [
    ...(trailingBytes === 0
      ? []
      : [
          {
            code: 'keystore/trailing-bytes',
            message: `${trailingBytes} bytes follow the digest; Java passes over them and drops them when it saves`,
          },
        ]),
    ...(unwalkable === null
      ? []
      : [
          {
            code: 'keystore/unread-entries',
            message: `the end of the secret key ${quoteAlias(unwalkable.alias)} cannot be found, so the entries after it are not listed`,
          },
        ]),
  ];
}
