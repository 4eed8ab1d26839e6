/**
 * Keystores beside keytool: one root into stores of several sizes, a whole bundle into an empty one, listings, and the
 * memory that a very large store takes.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchorctl, BARE_NODE, keytool, PASSWORD } from './commands.mjs';
import { makeJks, makeManyRoots, makePkcs12, makeRoots, toPem } from './data.mjs';

const ADD = 'anchorctl keystore add';
const LIST = 'anchorctl keystore list';
const IMPORT = 'keytool -importcert';
const IMPORT_STORE = 'keytool -importkeystore';
const KEYTOOL_LIST = 'keytool -list';

export const keystoreRows = {
  'jks-import': (folder) => {
    const row = importRow(folder, { type: 'jks', count: 150, limits: { wall: 0.45, processor: 0.3 } });
    const { store, root, sha256 } = row.files;
    const run = join(folder, 'run');
    const [add, reference, ...others] = row.commands;
    const rotate = {
      ...add,
      label: 'anchorctl rotate',
      ...anchorctl('rotate', root, '--keystore', store, '--out', run, '--expect-sha256', sha256, '--yes'),
      before: () => {
        add.before();
        rmSync(run, { recursive: true, force: true });
      },
    };
    const aims = [...row.aims, { measure: 'wall', limit: 0.5, of: IMPORT, by: rotate.label }];
    return { ...row, aims, commands: [add, reference, rotate, ...others] };
  },
  'jks-import-10000': (folder) => importRow(folder, { type: 'jks', count: 10_000, limits: { wall: 0.08 } }),
  'pkcs12-import': (folder) => importRow(folder, { type: 'pkcs12', count: 150, limits: { wall: 0.4 } }),
  'pkcs12-import-1000': (folder) => importRow(folder, { type: 'pkcs12', count: 1000, limits: { wall: 0.3 }, runs: 9 }),
  'jks-list-10000': (folder) => listRow(folder, { type: 'jks', count: 10_000, limit: 0.05, runs: 7 }),
  'pkcs12-list-10000': (folder) => listRow(folder, { type: 'pkcs12', count: 10_000, limit: 0.05, runs: 7 }),
  'jks-bundle': bundleRow,
  'jks-memory': memoryRow,
};

/** One root into a store. */
function importRow(folder, { type, count, limits, runs }) {
  const [added] = makeRoots(1);
  const pristine = makeStore(folder, type, count);
  const store = join(folder, 'store');
  const root = join(folder, 'root.pem');
  writeFileSync(root, toPem(added));
  const sha256 = createHash('sha256').update(added).digest('hex');
  const before = () => copyFileSync(pristine, store);
  const after = () => {
    removeBackups(folder);
    if (statSync(store).size <= statSync(pristine).size) throw new Error('nothing was added');
    if (type === 'jks') requireCount(store, count + 1);
  };
  return {
    title: `import one root into a ${name(type)} store of ${count.toLocaleString('en')}`,
    runs,
    aims: Object.entries(limits).map(([measure, limit]) => ({ measure, limit, of: IMPORT })),
    files: { store, root, sha256 },
    commands: [
      { label: ADD, ...anchorctl('keystore', 'add', store, root, '--expect-sha256', sha256), before, after },
      {
        label: IMPORT,
        ...keytool(store, '-importcert', '-noprompt', '-alias', 'added', '-file', root),
        before,
        after,
      },
      BARE_NODE,
    ],
  };
}

function listRow(folder, { type, count, limit, runs }) {
  const store = makeStore(folder, type, count);
  return {
    title: `list a ${name(type)} store of ${count.toLocaleString('en')}`,
    runs,
    aims: [{ measure: 'wall', limit, of: KEYTOOL_LIST }],
    commands: [
      { label: LIST, ...anchorctl('keystore', 'list', store) },
      { label: KEYTOOL_LIST, ...keytool(store, '-list') },
      { label: `${LIST} --json`, ...anchorctl('keystore', 'list', store, '--json') },
      BARE_NODE,
    ],
  };
}

/** Whole bundles are what keytool cannot import: it is called for each root, or converts a store that holds them. */
function bundleRow(folder) {
  const count = 150;
  const called = 10;
  const roots = makeRoots(count);
  const [store, bundle, digests, source] = ['store', 'bundle.pem', 'digests', 'source.p12'].map((file) =>
    join(folder, file),
  );
  writeFileSync(bundle, roots.map(toPem).join(''));
  writeFileSync(digests, roots.map((der) => `${createHash('sha256').update(der).digest('hex')}\n`).join(''));
  writeFileSync(source, makePkcs12(roots, PASSWORD));
  for (const [index, der] of roots.slice(0, called).entries()) writeFileSync(join(folder, `${index}.pem`), toPem(der));
  const before = () => writeFileSync(store, makeJks([], PASSWORD));
  const after = (expected) => () => {
    removeBackups(folder);
    requireCount(store, expected);
  };
  const { argv } = keytool(store, '-importcert', '-noprompt', '-alias', 'root-$i', '-file', join(folder, '$i.pem'));
  const loop = `for i in $(seq 0 ${called - 1}); do ${argv.map((word) => `"${word}"`).join(' ')} || exit; done`;
  return {
    title: `${count} roots from a bundle into an empty JKS store`,
    runs: 3,
    aims: [
      { measure: 'wall', limit: 0.01, of: IMPORT },
      { measure: 'wall', limit: 0.4, of: IMPORT_STORE },
    ],
    commands: [
      {
        label: ADD,
        ...anchorctl('keystore', 'add', store, bundle, '--expect-sha256', `@${digests}`),
        before,
        after: after(count),
      },
      { label: IMPORT, argv: ['bash', '-c', loop], times: count / called, before, after: after(called) },
      {
        label: IMPORT_STORE,
        argv: [
          ...['keytool', '-importkeystore', '-noprompt', '-srckeystore', source, '-srcstorepass', PASSWORD],
          ...['-destkeystore', store, '-deststoretype', 'JKS', '-deststorepass', PASSWORD],
        ],
        before: () => rmSync(store, { force: true }),
        after: after(count),
      },
      BARE_NODE,
    ],
  };
}

/** The whole process counts, with the 40 MB that Node takes by itself. keytool takes 3 GB and a minute for the same. */
function memoryRow(folder) {
  const row = importRow(folder, { type: 'jks', count: 100_000, limits: {}, runs: 1 });
  const { store } = row.files;
  const file = { file: 'the file', bytes: statSync(join(folder, 'pristine')).size };
  const [add] = row.commands;
  const list = { ...add, label: LIST, ...anchorctl('keystore', 'list', store), after: () => {} };
  return {
    ...row,
    title: 'memory of a JKS store of 100,000',
    aims: [add, list].map(({ label }) => ({ measure: 'memory', limit: 3, of: file, by: label })),
    commands: [add, list, BARE_NODE],
  };
}

function makeStore(folder, type, count) {
  const path = join(folder, 'pristine');
  const roots = count > 1000 ? makeManyRoots(count) : makeRoots(count);
  writeFileSync(path, type === 'jks' ? makeJks(roots, PASSWORD) : makePkcs12(roots, PASSWORD));
  return path;
}

function name(type) {
  return type === 'jks' ? 'JKS' : 'PKCS#12';
}

function requireCount(store, expected) {
  const entries = readFileSync(store).readUInt32BE(8);
  if (entries !== expected) throw new Error(`the store has ${entries} entries, expected ${expected}`);
}

function removeBackups(folder) {
  for (const file of readdirSync(folder)) if (file.endsWith('.bak')) rmSync(join(folder, file));
}
