/** What becomes of a PEM on its way: other lines, something around every line, other encodings. */

export const BEGIN = '-----BEGIN CERTIFICATE-----\n';
export const END = '-----END CERTIFICATE-----\n';

/** What stands between the markers. */
export function body(pem: string): string {
  return pem.slice(BEGIN.length, -END.length);
}

/** The same certificate with lines of another width. */
export function wrapped(pem: string, width: number): string {
  const lines =
    body(pem)
      .replaceAll('\n', '')
      .match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  return `${BEGIN}${lines.join('\n')}\n${END}`;
}

/** A text in UTF-16, without a byte order mark. */
export function utf16(text: string, order: 'little' | 'big'): Uint8Array {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'little' ? bytes : bytes.swap16();
}
/** A PEM with something before every line, by its number from 1. */
export function prefixed(pem: string, prefix: (number: number) => string): string {
  return `${pem
    .trimEnd()
    .split('\n')
    .map((line, index) => prefix(index + 1) + line)
    .join('\n')}\n`;
}

/** A PEM with something after every line, padded to one width. */
export function suffixed(pem: string, suffix: string, width = 0): string {
  return `${pem
    .trimEnd()
    .split('\n')
    .map((line) => line.padEnd(width) + suffix)
    .join('\n')}\n`;
}

/** Quoted-printable as mail programs write it: equals signs in hex. */
export function quotedPrintable(text: string): string {
  return text.replaceAll('=', '=3D').split('\n').map(breakSoftly).join('\n');
}

/** No line is longer than 76 characters with its soft break (RFC 2045 6.7), and none is broken in an octet. */
function breakSoftly(line: string): string {
  let broken = '';
  let width = 0;
  for (const [unit] of line.matchAll(/=3D|[^=]/g)) {
    if (width + unit.length > 75) {
      broken += '=\n';
      width = 0;
    }
    broken += unit;
    width += unit.length;
  }
  return broken;
}

/** A PEM in the alphabet of RFC 4648 section 5. */
export function urlSafe(pem: string): string {
  return BEGIN + body(pem).replaceAll('+', '-').replaceAll('/', '_') + END;
}
