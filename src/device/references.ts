/**
 * Who uses a trustpoint: the lines of a running configuration that name it, apart from those that define it. HTTPS, VPN,
 * call-home and licensing all name it as a word of their own.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { LineReader } from './lines.js';

/** Lines that make a trustpoint or hold its certificates, rather than use it. */
const DEFINES = /^\s*(?:no )?crypto (?:pki|ca) (?:trustpoint|certificate chain|authenticate|enroll) /;

/** More lines than anybody reads. */
const MOST_LINES = 20;
/** Of a line. */
const SHOWN = 120;

/**
 * The lines that name each of some trustpoints.
 *
 * @param text - a running configuration
 * @returns trimmed and printable lines by the name of the trustpoint; a trustpoint that nothing names is not among them
 */
export function findReferences(text: string, trustpoints: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  const wanted = new Set(trustpoints);
  const reader = new LineReader(text);
  for (let line = reader.peek(); line !== null && wanted.size > 0; line = reader.peek()) {
    reader.skip();
    if (DEFINES.test(line.text)) continue;
    const named = new Set(line.text.split(/\s+/).filter((word) => wanted.has(word)));
    for (const name of named) {
      const lines = found.get(name) ?? new Set();
      found.set(name, lines);
      if (lines.size < MOST_LINES) lines.add(toPrintable(line.text.trim().slice(0, SHOWN)));
    }
  }
  return new Map(Array.from(found, ([name, lines]) => [name, [...lines]]));
}
