/**
 * What `keytool -list -rfc` prints: PEM blocks, with the alias of each entry above it. The words are those of the user's
 * language; the names of the kinds of entries are not (`sun.security.tools.keytool.Main`).
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import type { Certificate } from '../x509/certificate.js';

/** The heading of an entry: three lines of `label: value`, the first with the alias, the last with the kind. */
const ENTRY =
  /^[^:\uff1a\r\n]{1,60}[:\uff1a] ?([^\r\n]{0,1000})\r?\n[^:\uff1a\r\n]{1,60}[:\uff1a][^\r\n]{0,200}\r?\n[^:\uff1a\r\n]{1,60}[:\uff1a] ?(?:trustedCertEntry|PrivateKeyEntry)[ \t]*(?:,[^\r\n]{0,60})?\r?$/gm;

/** Where the first entry begins, which other text may stand before. */
const HEAD = 16 * 1024;

/** The heading of one entry. */
export interface Heading {
  readonly alias: string;
  /** The line of the kind, after which its certificates stand. */
  readonly line: number;
}

/** The headings of a text in order; none for a text that is no such list from its first part on. */
export function findHeadings(bytes: Uint8Array): readonly Heading[] {
  const view = asBuffer(bytes);
  const head = view.subarray(0, HEAD);
  if (!['trustedCertEntry', 'PrivateKeyEntry'].some((kind) => head.includes(kind))) return [];
  const text = view.toString();
  let line = 1;
  let counted = 0;
  return [...text.matchAll(ENTRY)].map(({ 0: heading, 1: alias = '', index }) => {
    for (const end = index + heading.length; counted < end; counted++) if (text[counted] === '\n') line++;
    return { alias, line };
  });
}

/**
 * Certificates with the aliases of the entries in which they stand; one before the first entry has none.
 *
 * @param certificates - in the order of their lines
 */
export function withAliases(
  certificates: readonly Certificate[],
  headings: readonly Heading[],
): readonly Certificate[] {
  let next = 0;
  return certificates.map((certificate) => {
    const { source } = certificate;
    while ((headings[next]?.line ?? Number.POSITIVE_INFINITY) <= (source?.line ?? 0)) next++;
    const alias = headings[next - 1]?.alias;
    return source === null || alias === undefined ? certificate : certificate.withSource({ ...source, alias });
  });
}
