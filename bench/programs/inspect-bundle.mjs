/**
 * `inspect-bundle.mjs PART FILE FEW COUNT`: one part of what `inspect` does with a PEM bundle, in process, warm.
 *
 * - PART: `floor`, the base64 of each block decoded and its SHA-256 taken; `walk`, all certificates read; `lines`, the whole
 *   call that writes every field of each as NDJSON
 * - FILE: laid out as every program does it
 * - FEW: a part of it, to warm up with
 * - COUNT: how many certificates FILE holds
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readCertificates } from '../../dist/index.js';
import { timeAndPrint, warmUp } from './stopwatch.mjs';

const { main } = createRequire(import.meta.url)('../../dist/cli.cjs');
const [BEGIN, END] = ['-----BEGIN CERTIFICATE-----\n', '-----END CERTIFICATE-----\n'];

/** How many certificates of a file each part has found. */
const PARTS = {
  floor(file) {
    const bytes = readFileSync(file);
    let count = 0;
    for (let start = bytes.indexOf(BEGIN), end; start >= 0; start = bytes.indexOf(BEGIN, end), count++) {
      end = bytes.indexOf(END, start);
      const der = Buffer.from(bytes.latin1Slice(start + BEGIN.length, end), 'base64');
      if (createHash('sha256').update(der).digest('hex').length !== 64) throw new Error('no digest');
    }
    return count;
  },

  walk: (file) => readCertificates(new Uint8Array(readFileSync(file))).certificates.length,

  async lines(file) {
    let count = 0;
    const status = await main(['inspect', file, '--format', 'ndjson'], {
      // As a stream that writes it would have it.
      stdout: (text) => {
        const bytes = Buffer.from(text);
        for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count++;
      },
      drained: async () => {},
      stderr: (text) => process.stderr.write(text),
      warn: () => {},
      now: () => new Date(),
      env: {},
      terminal: { stdin: false, stdout: false, stderr: false, columns: 80 },
      interruptible: (work) => work(new AbortController().signal),
      atOneStretch: async (work) => work(),
    });
    if (status !== 0) throw new Error(`status ${status}`);
    return count;
  },
};

const [part, file, few, expected] = process.argv.slice(2);
await warmUp(() => PARTS[part](few));
let found;
await timeAndPrint(
  async () => {
    found = await PARTS[part](file);
  },
  { count: Number(expected), unit: 'certificates' },
);
if (found !== Number(expected)) throw new Error(`${found} certificates were found`);
