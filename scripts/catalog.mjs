/**
 * Makes src/catalog/roots.json (facts) and src/catalog/bodies.json (certificates) anew:
 *
 *     node scripts/catalog.mjs FACTS
 *
 * FACTS is the table of every root that Mozilla's NSS root list has held (JSON, MPL-2.0). The bodies are those of the
 * running Node's own root list; it must be Node 20, whose list still has roots that later ones dropped. The same FACTS
 * and the same Node give the same bytes.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import tls from 'node:tls';

const CURVES = { secp256r1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };

const [factsPath] = process.argv.slice(2);
if (factsPath === undefined || !process.version.startsWith('v20.')) {
  console.error('usage: node scripts/catalog.mjs FACTS   (with Node 20)');
  process.exit(2);
}

const list = JSON.parse(readFileSync(factsPath, 'utf8'));
const known = new Set(list.roots.map(({ sha256 }) => sha256));
const certificates = tls.rootCertificates
  .map((pem) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'))
  .map((der) => ({ sha256: createHash('sha256').update(der).digest('hex'), der }))
  .filter(({ sha256 }) => known.has(sha256))
  .sort((a, b) => compare(a.sha256, b.sha256));
const roots = list.roots.map(toFacts).sort((a, b) => compare(a.sha256, b.sha256));
writeRecords('../src/catalog/roots.json', {
  source: list.source,
  licence: list.license,
  attribution: 'Compiled from the CA root list of the Mozilla NSS project and its contributors',
  headCommit: list.head_commit,
  headDate: list.head_date,
  bodyLengths: [...new Set(certificates.map(({ der }) => der.length))].sort((a, b) => a - b),
  rootMarks: roots.map(({ sha256 }) => sha256.slice(0, 6)).join(' '),
  roots,
});

writeRecords('../src/catalog/bodies.json', {
  source: `root certificates of Node ${process.versions.node}, from Mozilla NSS`,
  licence: list.license,
  bodies: certificates.map(({ sha256, der }) => ({ sha256, base64: der.toString('base64') })),
});

/** One root in the form that src/catalog/root-facts.ts describes. */
function toFacts(root) {
  return {
    sha256: root.sha256,
    sha1: root.sha1,
    name: toLabel(root.label),
    commonName: root.subject_cn,
    organization: root.subject_o,
    serialNumber: toContentOctets(root.serial),
    notBefore: root.not_before,
    notAfter: root.not_after,
    key: toKey(root.key),
    firstSeen: root.first_seen,
    ...toStatus(root),
    explicitDistrust: root.trust_before_removal?.server === 'NOT_TRUSTED',
    trustedForEmail: root.trust?.email === 'TRUSTED_DELEGATOR',
  };
}

/** The list writes some octets of a label as `\\xHH`, as C does. */
function toLabel(label) {
  if (!/\\x[0-9a-f]{2}/i.test(label)) return label;
  const octets = label.replace(/\\x([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1').toString('utf8');
}

/**
 * The table has a serial number without zeros in front, a negative one in decimal; a certificate has whole octets, in two's
 * complement.
 */
function toContentOctets(serial) {
  if (serial.startsWith('-')) return BigInt.asUintN(128, BigInt(serial)).toString(16);
  const even = serial.length % 2 === 0 ? serial : `0${serial}`;
  return even >= '8' ? `00${even}` : even;
}

/** `RSA 4096`, `EC P-384`; null for a key that nobody can decode. */
function toKey(key = null) {
  if (key === null) return null;
  const [algorithm, size] = key.split('-');
  return `${algorithm} ${CURVES[size] ?? size}`;
}

/** `since` is the day on which the list began to say what it says now. */
function toStatus(root) {
  const { status, removed = null, server_trust_lost: lost, server_distrust_after: distrustAfter } = root;
  const facts = { serverTrustLost: lost, distrustAfter };
  if (status.startsWith('removed')) return { status: 'removed', since: removed, ...facts };
  if (status.startsWith('email only')) return { status: 'email-only', since: lost, ...facts };
  if (status === 'present, no trust') return { status: 'no-trust', since: lost, ...facts };
  if (status.startsWith('included, distrust-after')) return { status: 'distrust-after', since: null, ...facts };
  if (status === 'included') return { status: 'included', since: root.first_seen, ...facts };
  throw new Error(`unknown status: ${status}`);
}

/** JSON with one line a field, and one line a record of its last field: small, and readable in a diff. */
function writeRecords(path, document) {
  const lines = Object.entries(document).map(([key, value]) => {
    const text =
      typeof value[0] === 'object'
        ? `[\n    ${value.map((record) => JSON.stringify(record)).join(',\n    ')}\n  ]`
        : JSON.stringify(value);
    return `  ${JSON.stringify(key)}: ${text}`;
  });
  writeFileSync(new URL(path, import.meta.url), `{\n${lines.join(',\n')}\n}\n`);
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
