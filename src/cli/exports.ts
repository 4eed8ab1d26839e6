/**
 * Writing certificates as files of their own, under names that nothing in a certificate can turn into a path.
 *
 * @module
 */
import { join } from 'node:path';
import { encodePem } from '../encoding/pem.js';
import { writeNewFile } from '../io/new-file.js';
import { aliasFor } from '../store/alias.js';
import type { Certificate } from '../x509/certificate.js';

/**
 * Writes each certificate as PEM into a folder.
 *
 * @returns the names, a line each
 * @throws {TrustError} `output/exists` when a file is there already
 */
export function writeSplit(certificates: readonly Certificate[], folder: string): string {
  const paths = certificates.map((certificate) => {
    const path = join(folder, `${aliasFor(certificate)}.pem`);
    writeNewFile(path, new TextEncoder().encode(encodePem('CERTIFICATE', certificate.der)));
    return path;
  });
  return paths.map((path) => `${path}\n`).join('');
}
