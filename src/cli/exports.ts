/**
 * Writing certificates as files of their own, under names that nothing in a certificate can turn into a path.
 *
 * @module
 */
import { join } from 'node:path';
import { encodePem } from '../encoding/pem.js';
import { aliasAmong } from '../store/alias.js';
import type { Certificate } from '../x509/certificate.js';
import type { Io } from './io.js';
import { requireFolderName, writeOutputs } from './output.js';

/**
 * Refuses what is no name of a folder to be written to.
 *
 * @throws {TrustError} `usage/bad-value` for the empty name and for a hyphen
 */
export function requireSplitName(folder: string): void {
  requireFolderName(folder, 'write --pem for standard output');
}

/**
 * Writes each certificate as PEM into a folder, all of them or none: the words of its name in lower-case ASCII and the first
 * digits of its SHA-256, so that no two names differ in letter case alone and none is one of Windows itself.
 *
 * @param certificates - without duplicates
 * @param force - whether files that are there may be replaced
 * @returns the names, a line each
 * @throws {TrustError} as `requireSplitName` and `writeOutputs`
 */
export async function writeSplit(
  certificates: readonly Certificate[],
  folder: string,
  force: boolean,
  io: Pick<Io, 'interruptible'>,
): Promise<string> {
  requireSplitName(folder);
  const names = new Set<string>();
  const outputs = certificates.map((certificate) => {
    const name = aliasAmong(certificate, names);
    names.add(name);
    return { path: join(folder, `${name}.pem`), text: encodePem('CERTIFICATE', certificate.der) };
  });
  await writeOutputs(outputs, force, io);
  return outputs.map(({ path }) => `${path}\n`).join('');
}
