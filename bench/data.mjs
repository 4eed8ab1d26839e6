/**
 * Data to measure with: self-signed roots and a keystore of them, made here, so that nothing depends on what is measured.
 */
import { createCipheriv, createHash, createHmac, generateKeyPairSync, pbkdf2Sync, sign } from 'node:crypto';

const OID = {
  countryName: '550406',
  organizationName: '55040a',
  commonName: '550403',
  subjectKeyIdentifier: '551d0e',
  authorityKeyIdentifier: '551d23',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  sha256WithRsa: '2a864886f70d01010b',
  ecdsaWithSha256: '2a8648ce3d040302',
  data: '2a864886f70d010701',
  encryptedData: '2a864886f70d010706',
  pbes2: '2a864886f70d01050d',
  pbkdf2: '2a864886f70d01050c',
  hmacWithSha256: '2a864886f70d0209',
  aes256Cbc: '60864801650304012a',
  sha256: '608648016503040201',
  certBag: '2a864886f70d010c0a0103',
  x509Certificate: '2a864886f70d01091601',
  friendlyName: '2a864886f70d010914',
  trustedKeyUsage: '6086480186f966adca7b0101',
  anyExtendedKeyUsage: '551d2500',
  subjectAltName: '551d11',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
};

/**
 * Real self-signed CA certificates (DER) with the names, the extensions and the mix of keys that public roots have: RSA of
 * 2048 and 4096 bits, P-256, P-384. Making a key is slow, so a few keys serve for all; names and serial numbers differ.
 */
export function makeRoots(count) {
  const keys = makeKeys();
  return Array.from({ length: count }, (_, index) => {
    const key = keys[index % keys.length];
    const toBeSigned = describeRoot(key, index + 1);
    return assemble(key, toBeSigned, sign('sha256', toBeSigned, key.privateKey));
  });
}

/**
 * The same for stores so large that signing would take minutes: all that have one key share one signature, which fits the
 * first of them. Nothing that opens a keystore verifies what is in it.
 */
export function makeManyRoots(count) {
  const keys = makeKeys().map((key) => ({ ...key, signature: sign('sha256', describeRoot(key, 1), key.privateKey) }));
  return Array.from({ length: count }, (_, index) => {
    const key = keys[index % keys.length];
    return assemble(key, describeRoot(key, index + 1), key.signature);
  });
}

function makeKeys() {
  const pairs = [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('rsa', { modulusLength: 4096 }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ];
  return pairs.map(({ publicKey, privateKey }) => ({
    privateKey,
    spki: publicKey.export({ type: 'spki', format: 'der' }),
    algorithm:
      privateKey.asymmetricKeyType === 'rsa'
        ? element(0x30, oid('sha256WithRsa'), element(0x05))
        : element(0x30, oid('ecdsaWithSha256')),
  }));
}

/** A TBSCertificate. */
function describeRoot({ spki, algorithm }, number) {
  const name = element(
    0x30,
    attribute('countryName', 0x13, 'CH'),
    attribute('organizationName', 0x0c, 'Example Trust Services'),
    attribute('commonName', 0x0c, `Example Root CA ${number}`),
  );
  const keyIdentifier = createHash('sha1').update(spki).digest();
  const times = ['240101000000Z', '450101000000Z'].map((time) => element(0x17, Buffer.from(time)));
  const critical = element(0x01, Buffer.of(0xff));
  const ca = element(0x30, element(0x01, Buffer.of(0xff)));
  const certSignAndCrlSign = element(0x03, Buffer.of(1, 0x06));
  const extensions = [
    element(0x30, oid('basicConstraints'), critical, element(0x04, ca)),
    element(0x30, oid('keyUsage'), critical, element(0x04, certSignAndCrlSign)),
    element(0x30, oid('subjectKeyIdentifier'), element(0x04, element(0x04, keyIdentifier))),
    element(0x30, oid('authorityKeyIdentifier'), element(0x04, element(0x30, element(0x80, keyIdentifier)))),
  ];
  return element(
    0x30,
    element(0xa0, element(0x02, Buffer.of(2))),
    element(0x02, Buffer.concat([Buffer.of(0x01), uint32(number)])),
    algorithm,
    name,
    element(0x30, ...times),
    name,
    spki,
    element(0xa3, element(0x30, ...extensions)),
  );
}

/** A certificate of what is signed and its signature. */
export function assemble({ algorithm }, toBeSigned, signature) {
  return element(0x30, toBeSigned, algorithm, element(0x03, Buffer.of(0), signature));
}

/** One attribute of a name. */
export function attribute(type, tag, text) {
  return element(0x31, element(0x30, oid(type), element(tag, Buffer.from(text))));
}

/** The DER of an OBJECT IDENTIFIER by its name in the table above. */
export function oid(name) {
  return element(0x06, Buffer.from(OID[name], 'hex'));
}

/** The DER of an element. */
export function element(tag, ...parts) {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  if (length < 0x100) return Buffer.concat([Buffer.of(tag, 0x81, length), content]);
  if (length < 0x10000) return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content]);
  return Buffer.concat([Buffer.of(tag, 0x83, length >> 16), uint32(length).subarray(2), content]);
}

/** A certificate as a PEM block. */
export function toPem(der) {
  const lines = der.toString('base64').match(/.{1,64}/g);
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** A JKS store of version 2 with one trusted entry for each certificate, `root-1` and so on. */
export function makeJks(certificates, password) {
  const created = Buffer.alloc(8);
  created.writeBigUInt64BE(BigInt(Date.UTC(2024, 0, 1)));
  const entries = certificates.flatMap((der, index) => [
    uint32(2),
    utf(`root-${index + 1}`),
    created,
    utf('X.509'),
    uint32(der.length),
    der,
  ]);
  const body = Buffer.concat([uint32(0xfeedfeed), uint32(2), uint32(certificates.length), ...entries]);
  const secret = Buffer.from(password, 'utf16le').swap16();
  const digest = createHash('sha1').update(secret).update('Mighty Aphrodite').update(body).digest();
  return Buffer.concat([body, digest]);
}

/**
 * A PKCS#12 store with one trusted entry for each certificate, protected as Java has done it since version 16: PBES2 with
 * AES-256, HMAC with SHA-256, 10,000 iterations for each.
 */
export function makePkcs12(certificates, password) {
  const iterations = 10_000;
  const bags = certificates.map((der, index) => trustedBag(der, `root-${index + 1}`));
  const [salt, iv, macSalt] = [salted('salt', 20), salted('iv', 16), salted('mac', 20)];
  const count = element(0x02, Buffer.of(iterations >> 8, iterations & 0xff));
  const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync(password, salt, iterations, 32, 'sha256'), iv);
  const encrypted = Buffer.concat([cipher.update(element(0x30, ...bags)), cipher.final()]);
  const hmacSha256 = element(0x30, oid('hmacWithSha256'), element(0x05));
  const keyDerivation = element(
    0x30,
    oid('pbkdf2'),
    element(0x30, element(0x04, salt), count, element(0x02, Buffer.of(32)), hmacSha256),
  );
  const algorithm = element(
    0x30,
    oid('pbes2'),
    element(0x30, keyDerivation, element(0x30, oid('aes256Cbc'), element(0x04, iv))),
  );
  const content = element(0x30, oid('data'), algorithm, element(0x80, encrypted));
  const encryptedData = element(0x30, element(0x02, Buffer.of(0)), content);
  const safes = element(0x30, element(0x30, oid('encryptedData'), element(0xa0, encryptedData)));
  const mac = createHmac('sha256', macKey(password, macSalt, iterations))
    .update(safes)
    .digest();
  return element(
    0x30,
    element(0x02, Buffer.of(3)),
    element(0x30, oid('data'), element(0xa0, element(0x04, safes))),
    element(
      0x30,
      element(0x30, element(0x30, oid('sha256'), element(0x05)), element(0x04, mac)),
      element(0x04, macSalt),
      count,
    ),
  );
}

function trustedBag(der, alias) {
  const certificate = element(0x30, oid('x509Certificate'), element(0xa0, element(0x04, der)));
  const friendlyName = element(0x1e, Buffer.from(alias, 'utf16le').swap16());
  return element(
    0x30,
    oid('certBag'),
    element(0xa0, certificate),
    element(
      0x31,
      element(0x30, oid('friendlyName'), element(0x31, friendlyName)),
      element(0x30, oid('trustedKeyUsage'), element(0x31, oid('anyExtendedKeyUsage'))),
    ),
  );
}

/** The key derivation of RFC 7292 appendix B for a MAC with SHA-256. */
function macKey(password, salt, iterations) {
  const fill = (bytes) => Buffer.alloc(Math.ceil(bytes.length / 64) * 64, bytes);
  const secret = Buffer.from(`${password}\0`, 'utf16le').swap16();
  let key = Buffer.concat([Buffer.alloc(64, 3), fill(salt), fill(secret)]);
  for (let i = 0; i < iterations; i++) key = createHash('sha256').update(key).digest();
  return key;
}

/** Bytes that are the same in every run. */
function salted(purpose, length) {
  return createHash('sha256').update(purpose).digest().subarray(0, length);
}

/** Four octets, the highest first. */
export function uint32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** ASCII with a length of two bytes before it. */
function utf(text) {
  return Buffer.concat([Buffer.of(text.length >> 8, text.length & 0xff), Buffer.from(text)]);
}
