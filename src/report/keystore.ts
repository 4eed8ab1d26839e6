/**
 * A keystore for a person: how it is protected, then an entry a paragraph.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { toDay } from '../encoding/rfc3339.js';
import type { Keystore, KeystoreEntry } from '../store/keystore.js';
import { wrap } from './wrap.js';

/** What an entry is called in text. */
export const ENTRY_KINDS: Readonly<Record<KeystoreEntry['kind'], string>> = {
  'trusted-certificate': 'trusted certificate',
  'private-key': 'private key',
  'secret-key': 'secret key',
  invisible: 'not visible to Java',
};

/** Before the lines that go on with a value. */
const VALUE = ' '.repeat(14);

/** Renders a keystore, a part for each entry; `path` as the user named it. */
export function* renderKeystore(
  path: string,
  { type, encryption, mac, integrity, entries, notes }: Keystore,
): Generator<string> {
  const count = entries.length === 1 ? '1 entry' : `${entries.length} entries`;
  const checked = integrity === 'verified' ? 'integrity verified' : 'integrity NOT verified';
  yield `${toPrintable(path)}: ${type.toUpperCase()}, ${count}, ${checked}\n`;
  if (encryption !== null) yield wrap(encryption, '  encryption  ', VALUE);
  if (mac !== null) yield wrap(mac, '  mac         ', VALUE);
  for (const { code, message } of notes) yield wrap(`${message} [${code}]`, '  note: ', '    ');
  for (const entry of entries) yield renderEntry(entry);
}

function renderEntry({ alias, kind, created, certificates, note }: KeystoreEntry): string {
  const dated = created === null ? '' : `, ${toDay(created)}`;
  let text = `\n  ${toPrintable(alias)}  (${ENTRY_KINDS[kind]}${dated})\n`;
  for (const { displaySubject, notBefore, notAfter, sha256 } of certificates) {
    const valid = `${toDay(notBefore)} to ${toDay(notAfter)}`;
    text += `${wrap(displaySubject, '    ', '      ')}    valid     ${valid}\n    SHA-256   ${sha256}\n`;
  }
  return note === undefined ? text : text + wrap(note, '    note: ', '      ');
}
