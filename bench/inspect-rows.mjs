/** Reading large bundles to NDJSON: beside the least that any reader does, beside other readers, and in how much memory. */
import { appendFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchorctl, BARE_NODE, openssl, program } from './commands.mjs';
import { makeManyRoots, toPem } from './data.mjs';

const MANY = 100_000;
const SOME = 10_000;
const FEW = 1000;

const FLOOR = 'base64 and SHA-256 alone';
const LINES = 'anchorctl inspect, in process';
const WALK = 'readCertificates';
const X509 = 'node X509Certificate, four fields';
const STOREUTL = 'openssl storeutl -certs -text';
const KEYTOOL = 'keytool -printcert';

export const inspectRows = {
  'inspect-lines': (folder) => {
    const [bundle, few] = [writeBundle(folder, MANY), writeBundle(folder, FEW)];
    const part = (label, name) => ({
      label,
      ...program('inspect-bundle', name, bundle, few, String(MANY)),
      figure: JSON.parse,
    });
    return {
      title: `every field of ${MANY.toLocaleString('en')} certificates of a PEM bundle as NDJSON, in process, warm`,
      runs: 5,
      aims: [
        { measure: 'processor', limit: 4, of: FLOOR, by: LINES },
        { measure: 'processor', limit: 1.67, of: FLOOR, by: WALK },
      ],
      commands: [part(LINES, 'lines'), part(WALK, 'walk'), part(FLOOR, 'floor')],
    };
  },

  inspect: (folder) => {
    const bundle = writeBundle(folder, SOME);
    return {
      title: `${SOME.toLocaleString('en')} certificates of a PEM bundle, a whole process`,
      runs: 7,
      aims: [
        { measure: 'processor', limit: 0.125, of: X509 },
        { measure: 'processor', limit: 0.0833, of: STOREUTL },
        { measure: 'processor', limit: 0.0667, of: KEYTOOL },
      ],
      commands: [
        { label: 'anchorctl inspect', ...inspect(bundle) },
        { label: X509, ...program('x509-fields', bundle) },
        { label: STOREUTL, ...openssl('storeutl', '-noout', '-certs', '-text', bundle) },
        { label: KEYTOOL, argv: ['keytool', '-printcert', '-file', bundle] },
        BARE_NODE,
      ],
    };
  },

  'inspect-memory': (folder) => {
    const bundle = writeBundle(folder, MANY);
    const [all, some] = [writeBundles(folder, MANY), writeBundles(folder, SOME)];
    const label = `anchorctl inspect of ${SOME / FEW} bundles`;
    return {
      title: `the memory for ${MANY.toLocaleString('en')} certificates as NDJSON, in bundles of ${FEW.toLocaleString('en')} and in one`,
      runs: 3,
      aims: [
        // V8 lets garbage lie for longer in a longer run.
        { measure: 'memory', limit: 1.6, of: label },
        { measure: 'memory', limit: 4, of: { file: 'the one bundle', bytes: statSync(bundle).size }, by: 'one bundle' },
      ],
      commands: [
        { label: `anchorctl inspect of ${MANY / FEW} bundles`, ...inspect(all) },
        { label, ...inspect(some) },
        { label: 'one bundle', ...inspect(bundle) },
        BARE_NODE,
      ],
    };
  },
};

function inspect(input) {
  return anchorctl('inspect', input, '--format', 'ndjson');
}

/** One bundle of so many certificates. */
function writeBundle(folder, count) {
  const file = join(folder, `${count}.pem`);
  writeFileSync(file, '');
  let text = '';
  for (const [index, der] of makeManyRoots(count).entries()) {
    text += toPem(der);
    if (index % FEW !== FEW - 1) continue;
    appendFileSync(file, text);
    text = '';
  }
  return file;
}

/** A folder with bundles of a few, so many certificates in all. */
function writeBundles(folder, count) {
  const all = join(folder, String(count));
  mkdirSync(all);
  const roots = makeManyRoots(count);
  for (let start = 0; start < count; start += FEW) {
    const bundle = roots
      .slice(start, start + FEW)
      .map(toPem)
      .join('');
    writeFileSync(join(all, `${String(start).padStart(6, '0')}.pem`), bundle);
  }
  return all;
}
