/**
 * The keystore formats: which there are, how a file is recognised, and decoding whatever it is.
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import { TrustError } from '../errors.js';
import { detectBouncyCastle, unsupportedKeystore } from './bouncy-castle.js';
import type { Codec, DecodeKeystoreOptions } from './codec.js';
import { jceks } from './jceks.js';
import { jks } from './jks.js';
import type { Keystore, KeystoreKind, KeystoreType } from './keystore.js';
import { pem } from './pem-bundle.js';
import { pkcs12 } from './pkcs12.js';

/** Every format that is read, in the order in which a file is asked whether it is one. */
const BINARY_CODECS: readonly Codec[] = [jks, jceks, pkcs12];
const CODECS: readonly Codec[] = [...BINARY_CODECS, pem];

/**
 * What kind of keystore the bytes begin like, by content only: names lie, and Java itself writes PKCS#12 into files
 * called `.jks`. A file that is cut short is still recognised. Never throws.
 *
 * @returns null when it is none; `pem` for any text with a certificate block
 */
export function detectKeystore(bytes: Uint8Array): KeystoreKind | null {
  return detectBinaryKeystore(bytes) ?? (pem.detect(bytes) ? pem.type : null);
}

/** How much of a text is decoded to tell that it is a keystore. */
const TEXT_HEAD = 1024;

/** The same for formats that their first bytes tell, which takes no search of a long text: `pem` is none of them. */
export function detectBinaryKeystore(bytes: Uint8Array): KeystoreKind | null {
  return BINARY_CODECS.find(({ detect }) => detect(bytes))?.type ?? detectBouncyCastle(bytes);
}

/**
 * Decodes a keystore of any format that is read. Certificates are decoded only when they are asked for.
 *
 * @param bytes - the whole file; kept and never changed
 * @throws {TrustError} `input/empty`, `keystore/bad-magic` for what is no keystore, `keystore/unsupported` for one that
 *   is recognised only, and as `Codec.decode`
 */
export function decodeKeystore(bytes: Uint8Array, options: DecodeKeystoreOptions): Keystore {
  return requireCodec(bytes).decode(bytes, withPassword(options));
}

/** Options of a program without types, which may leave the password out, as if it had said that there is none. */
export function withPassword<T extends DecodeKeystoreOptions>(options: T): T {
  return options.password === undefined ? { ...options, password: null } : options;
}

/**
 * The codec for a file.
 *
 * @throws {TrustError} `input/empty`, `keystore/bad-magic`, `keystore/unsupported`
 */
export function requireCodec(bytes: Uint8Array): Codec {
  const codec = codecOf(bytes);
  if (codec !== undefined) return codec;
  const foreign = detectBouncyCastle(bytes);
  if (foreign !== null) throw unsupportedKeystore(foreign);
  if (bytes.length === 0) {
    throw new TrustError('input/empty', 'the file is empty, expected a keystore', {
      hint: 'a write may have failed; take the file from a backup',
    });
  }
  if (isKeystoreText(bytes)) {
    throw new TrustError('keystore/bad-magic', 'the file is a keystore in base64, expected the keystore itself', {
      at: { offset: 0 },
      hint: 'decode what stands between its BEGIN and END lines, if it has them: openssl base64 -d',
    });
  }
  if (isWideText(bytes)) {
    throw new TrustError('keystore/bad-magic', 'the file is a PEM bundle in UTF-16, expected one in UTF-8 or ASCII', {
      at: { offset: 0 },
      hint: 'programs that take bundles do not read it either; make one that they do: anchorctl keystore create NEW FILE --type pem',
    });
  }
  throw new TrustError('keystore/bad-magic', 'the file does not begin like a keystore', {
    at: { offset: 0 },
    hint: 'JKS, JCEKS, PKCS#12 and PEM bundles are read',
  });
}

/** Whether a text begins with base64 of a keystore, after a marker or without one. */
function isKeystoreText(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, TEXT_HEAD)).toString('latin1');
  const characters = head.replace(/^\s*-----BEGIN [A-Z0-9 ]+-----/, '').replace(/\s+/g, '');
  return detectBinaryKeystore(Buffer.from(characters, 'base64')) !== null;
}

/** Whether it is a text in UTF-16, as PowerShell writes one with `>`, with the marker of a block. */
function isWideText(bytes: Uint8Array): boolean {
  const marker = Buffer.from('-----BEGIN ', 'utf16le');
  return asBuffer(bytes).includes(marker) || asBuffer(bytes).includes(marker.swap16());
}

/** The codec of a type. */
export function codecOfType(type: KeystoreType): Codec {
  return CODECS.find((codec) => codec.type === type) as Codec;
}

function codecOf(bytes: Uint8Array): Codec | undefined {
  return CODECS.find(({ detect }) => detect(bytes));
}
