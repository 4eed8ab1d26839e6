/** `self-signatures.mjs FILE`: verifies what signed themselves, keys and all, in a process that has done so to none before. */
import { readFileSync } from 'node:fs';
import { readCertificates, verifySelfSignatures } from '../../dist/index.js';
import { timeAndPrint } from './stopwatch.mjs';

const { certificates } = readCertificates(new Uint8Array(readFileSync(process.argv[2])));
let verdicts;
await timeAndPrint(
  async () => {
    verdicts = await verifySelfSignatures(certificates);
  },
  { count: certificates.length, unit: 'signatures' },
);
const valid = [...verdicts.values()].filter((verdict) => verdict === 'valid').length;
if (valid !== certificates.length) throw new Error(`${valid} of ${certificates.length} signatures are valid`);
