/**
 * Lines that paste blocks of several platforms have in common: PEM and comments. Text from a certificate reaches a
 * console only through this file.
 *
 * @module
 */
import { encodePem } from '../encoding/pem.js';
import { toDay } from '../encoding/rfc3339.js';
import type { Certificate } from '../x509/certificate.js';
import type { BlockRequest } from './trustpoint.js';
import { COLUMNS } from './typable.js';

/**
 * Characters that nothing acts on in a comment. Not among them: `?` asks Cisco consoles for help, `;` and `|` part commands
 * on NX-OS, quotes may want to be closed, and scripts that drive a console wait for a `#` or `>`.
 */
const HARMLESS = 'A-Za-z0-9 .,:=+_@()/*&\\\\-';
const ACTING: RegExp = new RegExp(`\\\\?[^${HARMLESS}]`, 'gu');

/** The lines of a certificate as PEM, none of which a console could take for its end marker `quit`. */
export function renderPem({ der }: Certificate): readonly string[] {
  const lines = encodePem('CERTIFICATE', der).trimEnd().split('\n');
  const [above = '', last = ''] = lines.slice(-3, -1);
  // Four digits of base64 can spell that word: then the last line takes four more from the one above.
  if (/^quit$/i.test(last)) lines.splice(-3, 2, above.slice(0, -4), `${above.slice(-4)}${last}`);
  return lines;
}

/**
 * What is in each trustpoint of a block, as comment lines: subject, dates, SHA-256; none where none are asked for.
 *
 * @param mark - what a comment line of the platform begins with
 */
export function renderComments(
  { comments, trustpoints }: Pick<BlockRequest, 'comments' | 'trustpoints'>,
  mark = '!',
): readonly string[] {
  if (!comments) return [];
  return trustpoints.flatMap(({ name, certificates }) => [
    `${mark} trustpoint ${name}`,
    ...certificates.flatMap(({ subject, notBefore, notAfter, sha256 }) => [
      cut(`${mark}  subject ${toHarmless(subject)}`),
      `${mark}  valid   ${toDay(notBefore)} to ${toDay(notAfter)}`,
      `${mark}  sha256  ${sha256}`,
    ]),
  ]);
}

/** Anything but harmless ASCII becomes the hex pairs that RFC 4514 2.4 has for it, a backslash before it included. */
function toHarmless(name: string): string {
  return name.replace(ACTING, (escaped) =>
    Array.from(Buffer.from(escaped.replace(/^\\/, '')), (octet) => `\\${octet.toString(16).padStart(2, '0')}`)
      .join('')
      .toUpperCase(),
  );
}

/** A backslash or a blank at the end of a line means something to some readers, so a comment never ends in one. */
function cut(line: string): string {
  return (line.length <= COLUMNS ? line : `${line.slice(0, COLUMNS - 3)}...`).replace(/[\\ ]+$/, '');
}
