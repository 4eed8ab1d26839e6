/**
 * A keystore for a person: how it is protected, then an entry a paragraph.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import type { Keystore, KeystoreEntry } from '../store/keystore.js';
import { renderDay } from './certificate-text.js';

/** What an entry is called in text. */
const KIND: Readonly<Record<KeystoreEntry['kind'], string>> = {
  'trusted-certificate': 'trusted certificate',
  'private-key': 'private key',
  'secret-key': 'secret key',
  invisible: 'not visible to Java',
};

/** Renders a keystore; `path` as the user named it. */
export function renderKeystore(path: string, { type, encryption, mac, integrity, entries, notes }: Keystore): string {
  const count = entries.length === 1 ? '1 entry' : `${entries.length} entries`;
  const checked = integrity === 'verified' ? 'integrity verified' : 'integrity NOT verified';
  return [
    `${toPrintable(path)}: ${type.toUpperCase()}, ${count}, ${checked}\n`,
    ...(encryption === null ? [] : [`  encryption  ${encryption}\n`]),
    ...(mac === null ? [] : [`  mac         ${mac}\n`]),
    ...notes.map(({ code, message }) => `  note: ${message} [${code}]\n`),
    ...entries.map(renderEntry),
  ].join('');
}

function renderEntry({ alias, kind, created, certificates, note }: KeystoreEntry): string {
  const dated = created === null ? '' : `, ${renderDay(created)}`;
  return [
    `\n  ${toPrintable(alias)}  (${KIND[kind]}${dated})\n`,
    ...certificates.map(
      ({ subject, notBefore, notAfter, sha256 }) =>
        `    ${subject}\n    valid     ${renderDay(notBefore)} to ${renderDay(notAfter)}\n    SHA-256   ${sha256}\n`,
    ),
    ...(note === undefined ? [] : [`    note: ${note}\n`]),
  ].join('');
}
