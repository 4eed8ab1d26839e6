/**
 * Ciphers of old PKCS#12 files that OpenSSL 3, and with it node:crypto, no longer offers: RC2 (RFC 2268, by node-forge),
 * RC4 and single DES. For files that were made long ago, whose encryption is kept when they are edited, and RC2 for new ones
 * that old Java is to read.
 *
 * @module
 */

import { createCipheriv, createDecipheriv } from 'node:crypto';
import { createRequire } from 'node:module';
import type forge from 'node-forge';
import { asBuffer } from '../encoding/buffer.js';
import { concatBytes } from '../encoding/byte-writer.js';

const require = createRequire(import.meta.url);

/**
 * RC2 in CBC mode with PKCS#7 padding. node-forge is loaded on the first call, since few files need it.
 *
 * @param bits - the effective key length
 * @returns null when the padding is wrong
 */
export function decryptRc2(data: Uint8Array, key: Uint8Array, iv: Uint8Array, bits: number): Uint8Array | null {
  if (data.length === 0 || data.length % 8 !== 0) return null;
  const { rc2, util } = loadForge();
  const cipher = rc2.createDecryptionCipher(toBinaryString(key), bits);
  cipher.start(toBinaryString(iv));
  cipher.update(util.createBuffer(toBinaryString(data)));
  return cipher.finish(() => true) ? unpad(Buffer.from(cipher.output.getBytes(), 'latin1'), 8) : null;
}

/** The reverse of `decryptRc2`. */
export function encryptRc2(data: Uint8Array, key: Uint8Array, iv: Uint8Array, bits: number): Uint8Array {
  const { rc2, util } = loadForge();
  const cipher = rc2.createEncryptionCipher(toBinaryString(key), bits);
  cipher.start(toBinaryString(iv));
  cipher.update(util.createBuffer(toBinaryString(data)));
  cipher.finish();
  return new Uint8Array(Buffer.from(cipher.output.getBytes(), 'latin1'));
}

/** RC4, which encrypts and decrypts alike. A stream cipher has no padding, so a wrong key gives noise. */
export function applyRc4(data: Uint8Array, key: Uint8Array): Uint8Array {
  const state = Uint8Array.from({ length: 256 }, (_, i) => i);
  const swap = (i: number, j: number): void => {
    [state[i], state[j]] = [state[j] as number, state[i] as number];
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + (state[i] as number) + (key[i % key.length] as number)) & 0xff;
    swap(i, j);
  }
  let i = 0;
  let j = 0;
  return data.map((octet) => {
    i = (i + 1) & 0xff;
    j = (j + (state[i] as number)) & 0xff;
    swap(i, j);
    return octet ^ (state[((state[i] as number) + (state[j] as number)) & 0xff] as number);
  });
}

/**
 * DES in CBC mode with PKCS#7 padding, as triple DES with three equal keys, which is the same.
 *
 * @returns null when the padding is wrong
 */
export function decryptDes(data: Uint8Array, key: Uint8Array, iv: Uint8Array): Uint8Array | null {
  return decryptCbc('des-ede3-cbc', data, concatBytes([key, key, key]), iv);
}

/** The reverse of `decryptDes`. */
export function encryptDes(data: Uint8Array, key: Uint8Array, iv: Uint8Array): Uint8Array {
  return encryptCbc('des-ede3-cbc', data, concatBytes([key, key, key]), iv);
}

/**
 * Any cipher of node:crypto in CBC mode with PKCS#7 padding.
 *
 * @returns null when the data is not in whole blocks or the padding is wrong
 */
export function decryptCbc(name: string, data: Uint8Array, key: Uint8Array, iv: Uint8Array): Uint8Array | null {
  const decipher = createDecipheriv(name, key, iv).setAutoPadding(false);
  if (data.length === 0 || data.length % iv.length !== 0) return null;
  const padded = decipher.update(data);
  // Without padding of its own, nothing is left for the end.
  decipher.final();
  return unpad(padded, iv.length);
}

/** The reverse of `decryptCbc`. */
export function encryptCbc(name: string, data: Uint8Array, key: Uint8Array, iv: Uint8Array): Uint8Array {
  const cipher = createCipheriv(name, key, iv);
  return concatBytes([cipher.update(data), cipher.final()]);
}

function loadForge(): Pick<typeof forge, 'rc2' | 'util'> {
  return { rc2: require('node-forge/lib/rc2.js'), util: require('node-forge/lib/util.js') };
}

/** Takes off PKCS#7 padding; null when it is wrong. */
function unpad(data: Uint8Array, blockLength: number): Uint8Array | null {
  const length = data.at(-1) ?? 0;
  const padding = data.subarray(data.length - length);
  const isRight = length > 0 && length <= blockLength && padding.every((octet) => octet === length);
  return isRight ? data.subarray(0, data.length - length) : null;
}

function toBinaryString(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1');
}
