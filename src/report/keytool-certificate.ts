/**
 * A certificate as `keytool -list -v` prints it: the lines that scripts look for, in its words. The values of extensions
 * are left out (docs/keytool.md).
 *
 * @module
 */
import { colonHex, encodeHex } from '../encoding/hex.js';
import { toPrintable } from '../encoding/printable.js';
import type { Certificate } from '../x509/certificate.js';
import type { DistinguishedName, NameAttribute } from '../x509/name.js';
import { isPssKey } from '../x509/public-key.js';

/** Renders a certificate; an empty line stands where keytool goes on with the extensions. */
export function renderKeytoolCertificate(certificate: Certificate): string {
  const { subjectName, issuerName, serialNumber, notBefore, notAfter, sha1, sha256, version } = certificate;
  return [
    `Owner: ${renderJavaName(subjectName)}`,
    `Issuer: ${renderJavaName(issuerName)}`,
    `Serial number: ${renderSerial(serialNumber)}`,
    `Valid from: ${renderJavaDate(notBefore)} until: ${renderJavaDate(notAfter)}`,
    'Certificate fingerprints:',
    `\t SHA1: ${colonHex(sha1)}`,
    `\t SHA256: ${colonHex(sha256)}`,
    `Signature algorithm name: ${renderSignatureAlgorithm(certificate.signatureAlgorithm)}`,
    `Subject Public Key Algorithm: ${renderPublicKey(certificate)}`,
    `Version: ${version}`,
    ...(certificate.extensions.length === 0 ? [] : ['']),
    '',
  ].join('\n');
}

/** The keywords of `sun.security.x509.AVAKeyword`; a type without one is `OID.` and its digits. */
const KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SURNAME'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'T'],
  ['2.5.4.42', 'GIVENNAME'],
  ['2.5.4.43', 'INITIALS'],
  ['2.5.4.44', 'GENERATION'],
  ['2.5.4.46', 'DNQ'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'EMAILADDRESS'],
]);

/** A name as `X500Name.toString` of Java has it (RFC 1779): `CN="Foo, Inc.", C=US`. */
export function renderJavaName({ rdns }: DistinguishedName): string {
  return rdns
    .map((rdn) => rdn.map(renderAttribute).join(' + '))
    .reverse()
    .join(', ');
}

function renderAttribute({ type, value, der }: NameAttribute): string {
  const keyword = KEYWORDS.get(type) ?? `OID.${type}`;
  if (value === null) return `${keyword}=#${encodeHex(der).toUpperCase()}`;
  const needsQuotes = /[,+=\n<>#;\\"]|^ | $| {2}/.test(value);
  const text = toPrintable(value.replace(/["\\]/g, '\\$&'));
  return `${keyword}=${needsQuotes ? `"${text}"` : text}`;
}

/** `BigInteger.toString(16)`: signed, without zeros in front. */
function renderSerial(contentOctets: string): string {
  const value = BigInt.asIntN(contentOctets.length * 4, BigInt(`0x${contentOctets || '0'}`));
  return value.toString(16);
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Date.toString` in UTC: `Thu Aug 01 12:00:00 UTC 2013`. */
function renderJavaDate(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, '0');
  const time = date.toISOString().slice(-13, -5);
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${time} UTC ${date.getUTCFullYear()}`;
}

/** The day in UTC as `DateFormat` has it in English: `Nov 2, 2026`. */
export function renderJavaDay(date: Date): string {
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
}

/** `SHA256withRSA` for what RFCs call `sha256WithRSAEncryption`; others keep their name. */
function renderSignatureAlgorithm(name: string): string {
  if (name === 'rsassaPss') return 'RSASSA-PSS';
  return name
    .replace(
      /^(md|sha)(\d+)(?:-(\d+))?WithRSAEncryption$/,
      (_, hash: string, size: string, cut?: string) =>
        `${hash.toUpperCase()}${size}${cut === undefined ? '' : `/${cut}`}withRSA`,
    )
    .replace(/^rsassa-pkcs1-v1-5-with-(sha3-\d+)$/, (_, hash: string) => `${hash.toUpperCase()}withRSA`)
    .replace(/^(ecdsa|dsa)-with-(SHA(?:3-)?\d+)$/, (_, key: string, hash: string) => `${hash}with${key.toUpperCase()}`);
}

/** Java names the curves of NIST as SEC 2 does. */
const JAVA_CURVES: ReadonlyMap<string, string> = new Map([
  ['P-192', 'secp192r1'],
  ['P-224', 'secp224r1'],
  ['P-256', 'secp256r1'],
  ['P-384', 'secp384r1'],
  ['P-521', 'secp521r1'],
]);

/** Bits of the curve, where we count those of the encoded key. */
const JAVA_SIZES: ReadonlyMap<string, number> = new Map([
  ['Ed25519', 255],
  ['Ed448', 448],
]);

function renderPublicKey({ publicKey: { algorithm, size, curve }, subjectPublicKeyInfo }: Certificate): string {
  const name = algorithm === 'RSA' && isPssKey(subjectPublicKeyInfo) ? 'RSASSA-PSS' : algorithm;
  const named = curve === undefined ? name : `${name} (${JAVA_CURVES.get(curve) ?? curve})`;
  return size === null ? `${named} key of unknown size` : `${JAVA_SIZES.get(algorithm) ?? size}-bit ${named} key`;
}
