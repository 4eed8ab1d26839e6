/** `check` of a tree beside reading its files, beside a search for one word, and beside the usual loop around OpenSSL. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchorctl, BARE_NODE, program } from './commands.mjs';
import { makeRoots, toPem } from './data.mjs';
import { writeTree } from './scan-tree.mjs';

const FILES = 20_000;
const FEW = 2000;
const PEM_FILES = FILES * 0.4;
/** Of the PEM files, those that the loop around OpenSSL reads; it takes as much for each. */
const LOOPED = 300;
const MEMORY = 200_000_000;

const LOOP = `find "$1" -name '*.pem' | head -${LOOPED} | xargs -n1 openssl x509 -noout -enddate -in`;

export const scanRows = {
  scan: (folder) => {
    const [tree, few] = ['tree', 'few'].map((name) => join(folder, name));
    writeTree(tree, FILES);
    writeTree(few, FEW);
    const all = `anchorctl check of ${FILES.toLocaleString('en')}`;
    const reading = 'reading every file';
    const search = 'rg -j1 BEGIN CERTIFICATE';
    const loop = 'find | xargs -n1 openssl x509';
    return {
      title: 'what expires when, in a tree of PEM, DER, configurations of 100 kB, logs and binaries',
      runs: 5,
      aims: [
        { measure: 'wall', limit: 2.6, of: reading },
        { measure: 'processor', limit: 2.6, of: reading },
        { measure: 'wall', limit: 6, of: search },
        { measure: 'wall', limit: 1 / 300, of: loop },
        { measure: 'memory', limit: 1, of: { file: 'what it may take', bytes: MEMORY } },
        // Ten times the files; the start of Node is in both.
        { measure: 'wall', limit: 10.5, of: `anchorctl check of ${FEW.toLocaleString('en')}` },
      ],
      commands: [
        { label: all, ...anchorctl('check', tree) },
        { label: reading, ...program('read-files', tree) },
        { label: `anchorctl check of ${FEW.toLocaleString('en')}`, ...anchorctl('check', few) },
        { label: search, argv: ['rg', '-j1', '-a', '--no-ignore', '-c', 'BEGIN CERTIFICATE', tree] },
        { label: loop, argv: ['bash', '-c', LOOP, 'loop', tree], times: PEM_FILES / LOOPED },
        BARE_NODE,
      ],
    };
  },

  'check-one': (folder) => {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'root.pem');
    writeFileSync(file, toPem(makeRoots(1)[0]));
    return {
      title: 'when one certificate expires',
      aims: [{ measure: 'wall', limit: 2.2, of: BARE_NODE.label }],
      commands: [
        { label: 'anchorctl check', ...anchorctl('check', file) },
        BARE_NODE,
        { label: 'openssl x509 -enddate', argv: ['openssl', 'x509', '-noout', '-enddate', '-in', file] },
      ],
    };
  },
};
