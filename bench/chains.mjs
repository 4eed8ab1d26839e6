/**
 * Paths to measure with: an end entity, an intermediate and a root, each path with names and keys of its own.
 */
import { createHash, generateKeyPair, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { assemble, attribute, element, oid, uint32 } from './data.mjs';

const makeKeyPair = promisify(generateKeyPair);

/** Keys by the name of their kind, and the algorithm that signs with them. */
const KINDS = {
  'P-256': { type: 'ec', options: { namedCurve: 'P-256' }, algorithm: () => element(0x30, oid('ecdsaWithSha256')) },
  'RSA 2048': {
    type: 'rsa',
    options: { modulusLength: 2048 },
    algorithm: () => element(0x30, oid('sha256WithRsa'), element(0x05)),
  },
};

/**
 * Makes paths, each a list of DER, the end entity first. The end entities share one key, since nothing is verified with it.
 *
 * @param kind - `P-256` or `RSA 2048`
 */
export async function makeChains(kind, count) {
  const endEntityKey = await makeKey(KINDS[kind]);
  return Promise.all(Array.from({ length: count }, (_, index) => makeChain(KINDS[kind], endEntityKey, index + 1)));
}

async function makeChain(kind, endEntityKey, number) {
  const [rootKey, intermediateKey] = await Promise.all([makeKey(kind), makeKey(kind)]);
  const root = { name: nameOf(`Example Root ${number}`), key: rootKey };
  const intermediate = { name: nameOf(`Example CA ${number}`), key: intermediateKey };
  const endEntity = { name: nameOf(`gateway-${number}.example.com`), key: endEntityKey };
  const names = element(0x30, element(0x82, Buffer.from(`gateway-${number}.example.com`)));
  return [
    issue(endEntity, intermediate, number, [
      extension('keyUsage', element(0x03, Buffer.of(7, 0x80)), true),
      extension('extendedKeyUsage', element(0x30, oid('serverAuth'))),
      extension('subjectAltName', names),
    ]),
    issue(intermediate, root, number, CA_EXTENSIONS),
    issue(root, root, number, CA_EXTENSIONS),
  ];
}

async function makeKey({ type, options, algorithm }) {
  const { publicKey, privateKey } = await makeKeyPair(type, options);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return { privateKey, spki, algorithm: algorithm(), identifier: createHash('sha1').update(spki).digest() };
}

const CA_EXTENSIONS = [
  extension('basicConstraints', element(0x30, element(0x01, Buffer.of(0xff))), true),
  extension('keyUsage', element(0x03, Buffer.of(1, 0x06)), true),
];

function issue(subject, issuer, number, extensions) {
  const times = ['240101000000Z', '450101000000Z'].map((time) => element(0x17, Buffer.from(time)));
  const identifiers = [
    extension('subjectKeyIdentifier', element(0x04, subject.key.identifier)),
    extension('authorityKeyIdentifier', element(0x30, element(0x80, issuer.key.identifier))),
  ];
  const toBeSigned = element(
    0x30,
    element(0xa0, element(0x02, Buffer.of(2))),
    element(0x02, Buffer.concat([Buffer.of(0x01), uint32(number)])),
    issuer.key.algorithm,
    issuer.name,
    element(0x30, ...times),
    subject.name,
    subject.key.spki,
    element(0xa3, element(0x30, ...extensions, ...identifiers)),
  );
  return assemble(issuer.key, toBeSigned, sign('sha256', toBeSigned, issuer.key.privateKey));
}

function extension(name, value, isCritical = false) {
  const critical = isCritical ? [element(0x01, Buffer.of(0xff))] : [];
  return element(0x30, oid(name), ...critical, element(0x04, value));
}

function nameOf(commonName) {
  return element(0x30, attribute('organizationName', 0x0c, 'Example'), attribute('commonName', 0x0c, commonName));
}
