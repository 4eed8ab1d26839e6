/**
 * Certificates made in memory, so that a test shows what matters about the one it is about:
 * `issue({ subject: 'CN=Old Root', notAfter: yesterday })`. Real signatures, the same in every run.
 */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { contextTag, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { type Certificate, decodeCertificate } from '../../src/x509/certificate.ts';
import { KEY_USAGES, type KeyUsage } from '../../src/x509/extensions.ts';
import { ATTRIBUTE_NAMES, EXTENSION } from '../../src/x509/oids.ts';
import { subjectPublicKeyBits } from '../../src/x509/public-key.ts';
import { broken, type KeyKind, newKey, signWith } from './keys.ts';

/** A certificate with the key it certifies. */
export interface Issued {
  readonly certificate: Certificate;
  readonly der: Uint8Array;
  readonly pem: string;
  readonly privateKey: KeyObject;
  readonly subject: string;
}

/** What a signature is over. */
type Hash = 'md5' | 'sha1' | 'sha256';

export interface IssueOptions {
  /** `CN=…,O=…`, most specific first, without escapes; default `CN=Test Root`. */
  readonly subject?: string;
  /** Default: itself (a self-signed root). */
  readonly issuer?: Issued;
  /** Names another issuer than the one that signs. */
  readonly issuerName?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Default 0x0102. */
  readonly serialNumber?: bigint;
  /** basicConstraints; null leaves it out; default a critical CA without limit. */
  readonly basicConstraints?: {
    readonly ca: boolean;
    readonly pathLength?: number;
    readonly critical?: boolean;
  } | null;
  /** Whether it names the issuer's key; default false. */
  readonly authorityKeyIdentifier?: boolean;
  /** Default: there. */
  readonly subjectKeyIdentifier?: boolean;
  /** null leaves it out; default keyCertSign and cRLSign. */
  readonly keyUsage?: readonly KeyUsage[] | null;
  readonly extensions?: readonly { readonly oid: string; readonly critical?: boolean; readonly value: Uint8Array }[];
  /** Default `ec` (P-256); `rsa1024` and `rsa2048` are slower. */
  readonly key?: KeyKind | KeyObject;
  /** The key that is certified, when it is not the one that signs; as DER it may be one that node:crypto refuses. */
  readonly publicKey?: KeyObject | Uint8Array;
  readonly hash?: Hash;
  /** Signs with RSASSA-PSS (an RSA key is needed); the salt is as long as the hash. */
  readonly pss?: boolean;
  /** Writes the dates as GeneralizedTime, whatever their year. */
  readonly generalizedTime?: boolean;
  /** Adds a subjectUniqueID. */
  readonly uniqueIdentifier?: boolean;
  /** Names another algorithm outside than the one that is signed inside. */
  readonly outerAlgorithm?: Uint8Array;
  /** Changes the end of the signature. */
  readonly badSignature?: boolean;
  /** Writes the names as strings of this type, whatever is in them; default UTF8String. */
  readonly stringTag?: number;
  /** Ends the AlgorithmIdentifier of the signature, inside and outside, with these parameters. */
  readonly algorithmParameters?: Uint8Array;
  /** As people count; 1 has no extensions. */
  readonly version?: number;
  /** Leaves all extensions out. */
  readonly bare?: boolean;
  /** The DER of notAfter, instead of the date. */
  readonly endOfValidity?: Uint8Array;
}

const DAY = 86_400_000;

/** Tests evaluate as of this instant, so that they pass on any day. */
export const AT = new Date('2026-11-01T00:00:00Z');

export function issue(options: IssueOptions = {}): Issued {
  const subject = options.subject ?? 'CN=Test Root';
  const { key = 'ec' } = options;
  const privateKey = typeof key === 'string' ? newKey(key) : key;
  const signer = options.issuer?.privateKey ?? privateKey;
  const publicKey = options.publicKey ?? createPublicKey(privateKey);
  const spki =
    publicKey instanceof Uint8Array ? publicKey : new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  const hash = options.hash ?? 'sha256';
  const algorithm =
    options.pss === true ? pssAlgorithm(hash) : signatureAlgorithm(signer, hash, options.algorithmParameters);
  const tbs = encodeElement(
    TAG.sequence,
    ...(options.version === 1 ? [] : [encodeElement(contextTag(0), encodeInteger((options.version ?? 3) - 1))]),
    encodeInteger(options.serialNumber ?? 0x0102n),
    algorithm,
    encodeName(options.issuerName ?? options.issuer?.subject ?? subject, options.stringTag),
    encodeElement(
      TAG.sequence,
      encodeTime(options.notBefore ?? new Date(AT.getTime() - 365 * DAY), options.generalizedTime),
      options.endOfValidity ??
        encodeTime(options.notAfter ?? new Date(AT.getTime() + 3650 * DAY), options.generalizedTime),
    ),
    encodeName(subject, options.stringTag),
    spki,
    ...(options.uniqueIdentifier === true ? [encodeElement(contextTag(2, false), Uint8Array.of(0, 1))] : []),
    ...(options.version === 1 || options.bare === true
      ? []
      : [encodeElement(contextTag(3), encodeElement(TAG.sequence, ...extensionsOf(options, spki)))]),
  );
  // EdDSA has its own hash.
  const ownHash = signer.asymmetricKeyType?.startsWith('ed') === true;
  const signed = signWith(signer, ownHash ? null : hash, tbs, options.pss === true ? SALT_LENGTH[hash] : undefined);
  const signature = options.badSignature === true ? broken(signed) : signed;
  const der = encodeElement(
    TAG.sequence,
    tbs,
    options.outerAlgorithm ?? algorithm,
    encodeElement(TAG.bitString, Uint8Array.of(0), signature),
  );
  return { certificate: decodeCertificate(der), der, pem: toPem(der), privateKey, subject };
}

/** The same, with the authorityKeyIdentifier that RFC 5280 4.2.1.1 asks for, unless told otherwise. */
export function issueIdentified(options: IssueOptions = {}): Issued {
  return issue({ authorityKeyIdentifier: true, ...options });
}

/** A PEM block with 64-column lines and a final newline. */
export function toPem(der: Uint8Array, label = 'CERTIFICATE'): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** `CN=…,O=…` as a Name, by default of UTF8Strings; nothing between commas is a relative name without attributes, and there are none in values. */
export function encodeName(name: string, tag: number = TAG.utf8String): Uint8Array {
  const rdns = (name === '' ? [] : name.split(',')).map((part) => {
    if (part === '') return encodeElement(TAG.set);
    const [type = '', ...value] = part.split('=');
    const oid = [...ATTRIBUTE_NAMES].find(([, short]) => short === type.trim())?.[0] ?? type.trim();
    const text = encodeElement(tag, Buffer.from(value.join('=')));
    return encodeElement(TAG.set, encodeElement(TAG.sequence, encodeOid(oid), text));
  });
  return encodeElement(TAG.sequence, ...rdns.reverse());
}

function extensionsOf(options: IssueOptions, spki: Uint8Array): Uint8Array[] {
  const { basicConstraints, keyUsage, issuer, extensions = [] } = options;
  const constraints = basicConstraints === undefined ? { ca: true } : basicConstraints;
  const usage = keyUsage === undefined ? (['keyCertSign', 'cRLSign'] as const) : keyUsage;
  return [
    ...(constraints === null
      ? []
      : [encodeExtension(EXTENSION.basicConstraints, constraints.critical ?? true, encodeConstraints(constraints))]),
    ...(usage === null ? [] : [encodeExtension(EXTENSION.keyUsage, true, encodeUsage(usage))]),
    ...(options.subjectKeyIdentifier === false
      ? []
      : [encodeExtension(EXTENSION.subjectKeyIdentifier, false, encodeElement(TAG.octetString, keyIdentifier(spki)))]),
    ...(issuer === undefined || options.authorityKeyIdentifier !== true
      ? []
      : [
          encodeExtension(
            EXTENSION.authorityKeyIdentifier,
            false,
            encodeElement(
              TAG.sequence,
              encodeElement(contextTag(0, false), keyIdentifier(issuer.certificate.subjectPublicKeyInfo)),
            ),
          ),
        ]),
    ...extensions.map(({ oid, critical, value }) => encodeExtension(oid, critical ?? false, value)),
  ];
}

/** RFC 5280 4.2.1.2 (1). */
function keyIdentifier(spki: Uint8Array): Uint8Array {
  return createHash('sha1').update(subjectPublicKeyBits(spki)).digest();
}

/** An Extension; `critical` is left out where it is false, as DER asks. */
export function encodeExtension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  return encodeElement(
    TAG.sequence,
    encodeOid(oid),
    ...(critical ? [encodeElement(TAG.boolean, Uint8Array.of(0xff))] : []),
    encodeElement(TAG.octetString, value),
  );
}

function encodeConstraints({ ca, pathLength }: { readonly ca: boolean; readonly pathLength?: number }): Uint8Array {
  return encodeElement(
    TAG.sequence,
    ...(ca ? [encodeElement(TAG.boolean, Uint8Array.of(0xff))] : []),
    ...(pathLength === undefined ? [] : [encodeInteger(pathLength)]),
  );
}

function encodeUsage(usage: readonly KeyUsage[]): Uint8Array {
  const bits = KEY_USAGES.map((name) => usage.includes(name));
  const last = bits.lastIndexOf(true);
  const octets = new Uint8Array((last >> 3) + 1);
  bits.forEach((set, bit) => {
    if (set) octets[bit >> 3] = (octets[bit >> 3] as number) | (0x80 >> (bit & 7));
  });
  return encodeElement(TAG.bitString, Uint8Array.of(7 - (last & 7)), octets);
}

/** UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5). */
export function encodeTime(date: Date, generalized = false): Uint8Array {
  const text = `${date
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/[-:T]/g, '')}Z`;
  const year = date.getUTCFullYear();
  return !generalized && year >= 1950 && year < 2050
    ? encodeElement(TAG.utcTime, Buffer.from(text.slice(2)))
    : encodeElement(TAG.generalizedTime, Buffer.from(text));
}

/** The AlgorithmIdentifier of what a key signs. */
export function signatureAlgorithm(key: KeyObject, hash: Hash, given?: Uint8Array): Uint8Array {
  const { asymmetricKeyType = '' } = key;
  const oid = SIGNATURE_OIDS[asymmetricKeyType]?.[hash];
  if (oid === undefined) throw new Error(`no signature algorithm for ${asymmetricKeyType} keys`);
  const parameters = given ?? (asymmetricKeyType === 'rsa' ? Uint8Array.of(TAG.null, 0) : new Uint8Array());
  return encodeElement(TAG.sequence, encodeOid(oid), parameters);
}

const SIGNATURE_OIDS: Readonly<Record<string, Readonly<Partial<Record<Hash, string>>>>> = {
  ed25519: { sha256: '1.3.101.112' },
  ed448: { sha256: '1.3.101.113' },
  rsa: { md5: '1.2.840.113549.1.1.4', sha1: '1.2.840.113549.1.1.5', sha256: '1.2.840.113549.1.1.11' },
  ec: { sha1: '1.2.840.10045.4.1', sha256: '1.2.840.10045.4.3.2' },
  dsa: { sha1: '1.2.840.10040.4.3', sha256: '2.16.840.1.101.3.4.3.2' },
};

const SALT_LENGTH = { md5: 16, sha1: 20, sha256: 32 } as const;

/** RSASSA-PSS-params (RFC 4055 3.1): hash, mask generation with the same hash, salt length. */
function pssAlgorithm(hash: Hash): Uint8Array {
  const hashAlgorithm = encodeElement(
    TAG.sequence,
    encodeOid(hash === 'sha1' ? '1.3.14.3.2.26' : '2.16.840.1.101.3.4.2.1'),
  );
  const mask = encodeElement(TAG.sequence, encodeOid('1.2.840.113549.1.1.8'), hashAlgorithm);
  const parameters = encodeElement(
    TAG.sequence,
    encodeElement(contextTag(0), hashAlgorithm),
    encodeElement(contextTag(1), mask),
    encodeElement(contextTag(2), encodeInteger(SALT_LENGTH[hash])),
  );
  return encodeElement(TAG.sequence, encodeOid('1.2.840.113549.1.1.10'), parameters);
}
