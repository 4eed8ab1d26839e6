/**
 * Which algorithms of PKCS#12 files Java has, under the names that `readEncryption` and `readMac` label them with. Known
 * by experiment with Java 17 and 25, and from com.sun.crypto.provider.PBES2Parameters.
 *
 * @module
 */

/** The schemes of PKCS#12 and PBES1 in Java's SunJCE provider. */
const OLDER_SCHEMES: ReadonlySet<string> = new Set([
  'PBEWithMD5AndDES',
  'PBEWithSHA1AndDESede',
  'PBEWithSHA1AndRC2_40',
  'PBEWithSHA1AndRC2_128',
  'PBEWithSHA1AndRC4_40',
  'PBEWithSHA1AndRC4_128',
]);

/** Of the ciphers of PBES2, Java has AES with 128 and 256 bits, and not 192. */
const PBES2_IN_JAVA = /^PBES2 AES-(?:128|256)-CBC, HmacSHA(?:1|224|256|384|512|512\/224|512\/256)$/;

/** The digests of PKCS#12 MACs in Java. */
const MAC_IN_JAVA = /^HmacPBESHA(?:1|224|256|384|512|512\/224|512\/256)$/;

/**
 * What keeps Java from decrypting something.
 *
 * @param label - as `readEncryption` gives it, or an OID that it does not know
 * @param isAscii - whether the password is of ASCII characters; from others, Java derives the keys of PBES2 alone as
 *   other programs do, and that from version 25 on (JDK-8352294)
 * @returns what to say of it after the name of what is encrypted, or null where Java decrypts it
 */
export function explainForeignEncryption(label: string, isAscii: boolean): string | null {
  const name = algorithmOf(label);
  if (PBES2_IN_JAVA.test(name)) return null;
  if (!OLDER_SCHEMES.has(name)) return `encrypted with ${name}, which Java has not`;
  return isAscii ? null : `encrypted with ${name}, for which Java takes passwords of ASCII characters only`;
}

/**
 * Whether Java verifies a MAC that is not PBMAC1.
 *
 * @param label - as `readMac` gives it
 */
export function isMacOfJava(label: string): boolean {
  return MAC_IN_JAVA.test(algorithmOf(label));
}

/** A label without its iteration count. */
export function algorithmOf(label: string): string {
  return label.replace(/, \d+ iterations$/, '');
}
