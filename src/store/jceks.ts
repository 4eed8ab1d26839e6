/**
 * JCEKS, the keystore of the Java Cryptography Extension (com.sun.crypto.provider.JceKeyStore): JKS with another magic
 * number and with secret keys. Layout in `java-keystore.ts`, quirks in docs/formats/jceks.md.
 *
 * @module
 */
import type { Codec } from './codec.js';
import type { JavaKeystoreFormat } from './java-keystore.js';
import { javaKeystoreCodec } from './java-keystore-codec.js';

/** What tells the format from its elder sister. */
export const JCEKS_FORMAT: JavaKeystoreFormat = { type: 'jceks', magic: 0xcececece, secretKeys: true };

export const jceks: Codec = javaKeystoreCodec(JCEKS_FORMAT);
