/**
 * What Java makes of a keystore, as text and as a document.
 *
 * @module
 */
import type { Finding } from '../check/finding.js';
import { toPrintable } from '../encoding/printable.js';
import { toRfc3339 } from '../encoding/rfc3339.js';
import type { JavaSupport } from '../store/explain.js';
import type { EntryKind, Keystore } from '../store/keystore.js';
import { wrapFinding } from './certificate-text.js';
import { toStoreJson } from './keystore-json.js';
import { wrap } from './wrap.js';

/** A keystore, explained. */
export interface ExplainReport {
  /** As the user named it. */
  readonly name: string;
  readonly keystore: Keystore;
  readonly java: JavaSupport;
  readonly findings: readonly Finding[];
  /** As of when dates were judged. */
  readonly at: Date;
}

/** How many entries there are of each kind. */
function countKinds({ entries }: Keystore): Readonly<Record<EntryKind, number>> {
  const counts = { 'trusted-certificate': 0, 'private-key': 0, 'secret-key': 0, invisible: 0 };
  for (const { kind } of entries) counts[kind]++;
  return counts;
}

/** What the file is and who can read it, then what is to be known. */
export function renderExplanation({ name, keystore, java, findings }: ExplainReport): string {
  const { type, encryption, mac, entries } = keystore;
  const counts = countKinds(keystore);
  const isJava = type !== 'pem';
  const rows = [
    ...(encryption === null ? [] : [['encryption', encryption]]),
    ...(mac === null ? [] : [['mac', mac]]),
    ['Java', renderSupport(java)],
    ['in the file', `${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}`],
    ...(isJava ? [['Java sees', String(entries.length - counts.invisible)]] : []),
    ['trusted', String(counts['trusted-certificate'])],
    ...(isJava ? [['keys', String(counts['private-key'] + counts['secret-key'])]] : []),
  ];
  const lines = findings.map((finding) => `\n${wrapFinding(withoutInput(finding), '')}`);
  return [
    `${toPrintable(name)}: ${type.toUpperCase()}\n`,
    ...rows.map(([label = '', text = '']) => wrap(text, `  ${label.padEnd(12)}`, ' '.repeat(14))),
    ...(lines.length === 0 ? ['\nNothing is odd about it.\n'] : lines),
  ].join('');
}

function renderSupport({ readable, from, reasons }: JavaSupport): string {
  const versions = from.length === 0 ? readable : `from ${from.join(', ')} on`;
  return reasons.length === 0 ? versions : `${versions}: ${reasons.join('; ')}`;
}

/** The name of the file stands on top; a finding says which entry it is about. */
function withoutInput(finding: Finding): Finding {
  const { source, message } = finding;
  const alias = source?.alias ?? null;
  return { ...finding, source: null, message: alias === null ? message : `${alias}: ${message}` };
}

/** The same as a document. */
export function toExplainJson({
  name,
  keystore,
  java,
  findings,
  at,
}: ExplainReport): Record<string, unknown> & { readonly schema: string } {
  const counts = countKinds(keystore);
  return {
    schema: 'anchorctl/keystore-explain/1',
    at: toRfc3339(at),
    store: toStoreJson(name, keystore),
    java,
    entries: {
      total: keystore.entries.length,
      visible: keystore.entries.length - counts.invisible,
      trustedCertificates: counts['trusted-certificate'],
      privateKeys: counts['private-key'],
      secretKeys: counts['secret-key'],
      invisible: counts.invisible,
    },
    findings,
  };
}
