/**
 * The lines of a running configuration that name a trustpoint as a word of their own, apart from those that define it: HTTPS,
 * VPN, call-home and licensing do. They are shown to a person, so that a pass over the words of thousands of configurations
 * is enough; what is to be changed is found by `uses.ts`, which knows modes, banners and commands.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { asWritten, LineReader } from './lines.js';

/**
 * Lines that make a trustpoint or hold its certificates, rather than use it, and in the log of a session those that are typed
 * at a prompt or tell where a certificate is.
 */
const DEFINES =
  /^\s*(?:(?:no )?crypto (?:pki|ca) (?:trustpoint|certificate chain|authenticate|enroll) |Associated Trustpoints?:|Trustpoint:? |[\w./:()-]{1,80} ?[#>])/;

/** More lines than anybody reads. */
const MOST_LINES = 20;
/** Of a line. */
const SHOWN = 120;

/** So many names are looked for one by one, which is far faster than to take every line apart; for more it would not be. */
const FEW = 8;

/**
 * The lines that name each of some trustpoints.
 *
 * @param text - a running configuration
 * @returns trimmed and printable lines by the name of the trustpoint; a trustpoint that nothing names is not among them
 */
export function findNamingLines(
  text: Uint8Array,
  trustpoints: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const wanted = new Set(trustpoints);
  if (wanted.size > FEW) collect(new LineReader(text), wanted, found);
  else for (const name of wanted) collectNaming(new LineReader(text), name, found);
  return found;
}

function collectNaming(reader: LineReader, name: string, found: Map<string, string[]>): void {
  for (const wanted = new Set([name]); reader.seek(name); reader.skip()) take(reader.text ?? '', wanted, found);
}

function collect(reader: LineReader, wanted: ReadonlySet<string>, found: Map<string, string[]>): void {
  for (let { text } = reader; text !== null; { text } = reader) {
    take(text, wanted, found);
    reader.skip();
  }
}

function take(latin1: string, wanted: ReadonlySet<string>, found: Map<string, string[]>): void {
  const line = asWritten(latin1);
  if (DEFINES.test(line)) return;
  let shown: string | undefined;
  for (const name of line.split(/\s+/)) {
    if (!wanted.has(name)) continue;
    const lines = found.get(name) ?? [];
    found.set(name, lines);
    shown ??= toPrintable(line.trim().slice(0, SHOWN));
    if (lines.length < MOST_LINES && !lines.includes(shown)) lines.push(shown);
  }
}
