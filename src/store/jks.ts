/**
 * JKS, the keystore of Java since 1.2 (sun.security.provider.JavaKeyStore), versions 1 and 2.
 * Layout in `java-keystore.ts`, quirks in docs/formats/jks.md.
 *
 * @module
 */
import type { Codec } from './codec.js';
import { javaKeystoreCodec } from './java-keystore-codec.js';

export const jks: Codec = javaKeystoreCodec({ type: 'jks', magic: 0xfeedfeed, secretKeys: false });
