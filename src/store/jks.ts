/**
 * JKS, the keystore of Java since 1.2 (sun.security.provider.JavaKeyStore), versions 1 and 2.
 * Layout in `java-keystore.ts`, quirks in docs/formats/jks.md.
 *
 * @module
 */
import type { Codec } from './codec.js';
import type { JavaKeystoreFormat } from './java-keystore.js';
import { javaKeystoreCodec } from './java-keystore-codec.js';

/** What tells the format from its sister. */
export const JKS_FORMAT: JavaKeystoreFormat = { type: 'jks', magic: 0xfeedfeed, secretKeys: false };

export const jks: Codec = javaKeystoreCodec(JKS_FORMAT);
