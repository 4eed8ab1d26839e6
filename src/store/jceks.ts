/**
 * JCEKS, the keystore of the Java Cryptography Extension (com.sun.crypto.provider.JceKeyStore): JKS with another magic
 * number and with secret keys. Layout in `java-keystore.ts`, quirks in docs/formats/jceks.md.
 *
 * @module
 */
import type { Codec } from './codec.js';
import { javaKeystoreCodec } from './java-keystore-codec.js';

export const jceks: Codec = javaKeystoreCodec({ type: 'jceks', magic: 0xcececece, secretKeys: true });
