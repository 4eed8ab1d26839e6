/**
 * Certificates whose rows were read before. The devices of a site hold the same few CAs, so that most of what thousands of
 * configurations have is known after the first of them: comparing rows is a hundred times faster than reading them.
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import type { Certificate } from '../x509/certificate.js';

/** The rows of a certificate. */
export interface SeenDump {
  /** As they stand in a text, from the first row to the end of the line with `quit`. */
  readonly text: Uint8Array;
  /** How many lines these are. */
  readonly lines: number;
  readonly certificate: Certificate;
}

/** More CAs than a site has, beside what each device has alone. */
const MOST = 256;

/** By how their text begins: with the serial number, and some of the issuer. */
const START = 200;

const LINE_FEED = 0x0a;

/** In the order in which they were last used. */
const dumps = new Map<string, SeenDump>();

/** The rows that stand there, where the same were read before. */
export function recallDump(bytes: Uint8Array, offset: number): SeenDump | null {
  const key = keyOf(bytes, offset);
  const dump = dumps.get(key);
  if (dump === undefined || !standsAt(dump.text, bytes, offset)) return null;
  dumps.delete(key);
  dumps.set(key, dump);
  return dump;
}

/** Keeps what was read, in place of what was not used for longest. A line that does not end may be a part of another. */
export function rememberDump(dump: SeenDump): void {
  if (dump.text.at(-1) !== LINE_FEED) return;
  dumps.set(keyOf(dump.text, 0), { ...dump, text: new Uint8Array(dump.text) });
  const [oldest] = dumps.keys();
  if (dumps.size > MOST && oldest !== undefined) dumps.delete(oldest);
}

function keyOf(bytes: Uint8Array, offset: number): string {
  return asBuffer(bytes).toString('latin1', offset, offset + START);
}

function standsAt(text: Uint8Array, bytes: Uint8Array, offset: number): boolean {
  const end = offset + text.length;
  return end <= bytes.length && asBuffer(bytes).compare(text, 0, text.length, offset, end) === 0;
}
