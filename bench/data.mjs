/**
 * Data to measure with: self-signed roots and a keystore of them, made here, so that nothing depends on what is measured.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';

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
};

/**
 * Real self-signed CA certificates (DER) with the names, the extensions and the mix of keys that public roots have: RSA of
 * 2048 and 4096 bits, P-256, P-384. Making a key is slow, so a few keys serve for all; names and serial numbers differ.
 */
export function makeRoots(count) {
  const keys = [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('rsa', { modulusLength: 4096 }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ];
  return Array.from({ length: count }, (_, index) => makeRoot(keys[index % keys.length], index + 1));
}

function makeRoot({ publicKey, privateKey }, number) {
  const algorithm =
    privateKey.asymmetricKeyType === 'rsa'
      ? element(0x30, oid('sha256WithRsa'), element(0x05))
      : element(0x30, oid('ecdsaWithSha256'));
  const name = element(
    0x30,
    attribute('countryName', 0x13, 'CH'),
    attribute('organizationName', 0x0c, 'Example Trust Services'),
    attribute('commonName', 0x0c, `Example Root CA ${number}`),
  );
  const spki = publicKey.export({ type: 'spki', format: 'der' });
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
  const toBeSigned = element(
    0x30,
    element(0xa0, element(0x02, Buffer.of(2))),
    element(0x02, Buffer.of(0x01, number >> 8, number & 0xff)),
    algorithm,
    name,
    element(0x30, ...times),
    name,
    spki,
    element(0xa3, element(0x30, ...extensions)),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  return element(0x30, toBeSigned, algorithm, element(0x03, Buffer.of(0), signature));
}

function attribute(type, tag, text) {
  return element(0x31, element(0x30, oid(type), element(tag, Buffer.from(text))));
}

function oid(name) {
  return element(0x06, Buffer.from(OID[name], 'hex'));
}

function element(tag, ...parts) {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  if (length < 0x100) return Buffer.concat([Buffer.of(tag, 0x81, length), content]);
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content]);
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

function uint32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** ASCII with a length of two bytes before it. */
function utf(text) {
  return Buffer.concat([Buffer.of(text.length >> 8, text.length & 0xff), Buffer.from(text)]);
}
