/**
 * A tree of files as a repository of a site has them: bundles and certificates, backups of configurations, and twice as much
 * that has nothing to do with certificates. But for the keys it is the same in every run.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeManyRoots, toPem } from './data.mjs';
import { makeDeviceConfigs } from './device-configs.mjs';

/** Of twenty files in a row: what they are. */
const MIX = [...'ppppppppddddcclllbbl'];

const FILES_OF_FOLDER = 50;
const BINARY = 20_000;
const LINES_OF_LOG = 150;

/** Writes a tree of so many files, a multiple of twenty: 8 PEM, 4 DER, 2 configurations, 4 logs, 2 binaries of twenty. */
export function writeTree(folder, count) {
  const roots = makeManyRoots((count / MIX.length) * 12).values();
  const { configs } = makeDeviceConfigs((count / MIX.length) * 2);
  const contents = {
    p: () => ['pem', toPem(roots.next().value)],
    d: () => ['der', roots.next().value],
    c: () => ['cfg', configs.next().value],
    l: (number) => ['log', makeLog(number)],
    b: (number) => ['bin', makeBinary(number)],
  };
  for (let number = 0; number < count; number++) {
    const parent = join(folder, String(Math.floor(number / FILES_OF_FOLDER)).padStart(4, '0'));
    if (number % FILES_OF_FOLDER === 0) mkdirSync(parent, { recursive: true });
    const [type, content] = contents[MIX[number % MIX.length]](number);
    writeFileSync(join(parent, `file-${number}.${type}`), content);
  }
}

function makeLog(number) {
  const lines = Array.from({ length: LINES_OF_LOG }, (_, index) => {
    const time = new Date(Date.UTC(2026, 0, 1) + (number * LINES_OF_LOG + index) * 1000).toISOString();
    return `${time} host-${number % 40} daemon[${index}]: request ${index} of user=${number} took ${index % 97} ms`;
  });
  return `${lines.join('\n')}\n`;
}

/** Bytes that look like chance, by the generator of Lehmer. */
function makeBinary(number) {
  const bytes = Buffer.alloc(BINARY);
  for (let at = 0, state = number + 1; at < bytes.length; at++) {
    state = (state * 48_271) % 2_147_483_647;
    bytes[at] = state >> 8;
  }
  return bytes;
}
