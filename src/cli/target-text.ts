/**
 * What the text of a ledger's target says beside its certificates: of how many devices it is.
 *
 * @module
 */
import { findSeveralDevices, findSeveralPrompts } from '../device/host-names.js';
import { asBuffer } from '../encoding/buffer.js';
import { TrustError } from '../errors.js';
import { framePattern } from '../input/line-pattern.js';
import type { InputKind, ReadResult } from '../input/read-result.js';
import { decodeText } from '../input/text.js';

/** What reading a target gave, as far as it matters here. */
type Read = Pick<ReadResult, 'kind' | 'certificates' | 'described' | 'notes'>;

/** Kinds that a configuration or the log of a session may be. */
const TEXTS: ReadonlySet<InputKind> = new Set(['device-config', 'device-show', 'pem', 'text']);

/** How a line goes on behind what stands before every line, where a certificate begins on it. */
const FRAMED = /^[ \t]*(\S.{0,200}?)[ \t]*(?:-{5}BEGIN|(?:CA |Issuing CA )?certificate\b|Trustpoint\b|Router\b)/i;

/** One row for several devices would call all of them done when one has the new anchor. */
export function severalDevices(source: string, bytes: Uint8Array, read: Read): readonly TrustError[] {
  const decoded = TEXTS.has(read.kind) ? decodeText(bytes) : null;
  if (decoded === null) return [];
  const text = withoutFrame(asBuffer(decoded.bytes), read);
  const isOfDevice = read.kind === 'device-config' || read.kind === 'device-show';
  const several = (isOfDevice ? findSeveralDevices(text, true) : null) ?? findSeveralPrompts(text);
  if (several === null) return [];
  return [
    new TrustError('input/several-devices', `the lines of ${several.names.join(' and of ')} are in one file`, {
      at: { source, line: several.line },
      hint: 'give each device a file of its own',
    }),
  ];
}

/** The text without the times or marks that stand before every line of it, as the line of a certificate shows them. */
function withoutFrame(text: Buffer, { certificates, described, notes }: Read): Buffer {
  if (!notes.some(({ code }) => code === 'pem/line-prefix')) return text;
  const lines = text.toString('latin1').split('\n');
  for (const { source } of [...certificates, ...described]) {
    const frame = FRAMED.exec(lines[(source?.line ?? 0) - 1] ?? '')?.[1];
    if (frame === undefined) continue;
    const pattern = new RegExp(`^[ \\t]*${framePattern(frame)} ?`);
    return Buffer.from(lines.map((line) => line.replace(pattern, '')).join('\n'), 'latin1');
  }
  return text;
}
