/**
 * Who uses a trustpoint: the lines of a running configuration that name it, apart from those that define it. HTTPS, VPN,
 * call-home and licensing all name it as a word of their own.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';

/** Lines that make a trustpoint or hold its certificates, rather than use it. */
const DEFINES = /^\s*(?:no )?crypto (?:pki|ca) (?:trustpoint|certificate chain|authenticate|enroll) /;

/** More lines than anybody reads. */
const MOST_LINES = 20;

/**
 * The lines that name each of some trustpoints.
 *
 * @param text - a running configuration
 * @returns trimmed and printable lines by the name of the trustpoint; a trustpoint that nothing names is not among them
 */
export function findReferences(text: string, trustpoints: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const name of trustpoints) {
    const lines: string[] = [];
    for (let at = text.indexOf(name); at >= 0 && lines.length < MOST_LINES; at = text.indexOf(name, at + name.length)) {
      const start = text.lastIndexOf('\n', at) + 1;
      const end = text.indexOf('\n', at);
      const line = text.slice(start, end < 0 ? text.length : end);
      if (isWord(text, at, name.length) && !DEFINES.test(line)) lines.push(toPrintable(line.trim().slice(0, 120)));
    }
    if (lines.length > 0) found.set(name, [...new Set(lines)]);
  }
  return found;
}

function isWord(text: string, start: number, length: number): boolean {
  const isBoundary = (character: string) => character === '' || /\s/.test(character);
  return isBoundary(text.charAt(start - 1)) && isBoundary(text.charAt(start + length));
}
