/**
 * A keystore as `keytool -list` prints it in English (JDK 9 and later), so that scripts which read that read this.
 *
 * @module
 */
import { colonHex } from '../encoding/hex.js';
import { encodePem } from '../encoding/pem.js';
import { toPrintable } from '../encoding/printable.js';
import type { Keystore, KeystoreEntry } from '../store/keystore.js';
import type { Certificate } from '../x509/certificate.js';
import { renderJavaDay, renderKeytoolCertificate } from './keytool-certificate.js';

/** How much of an entry is shown: one line and a fingerprint, everything (`-v`), or PEM (`-rfc`). */
export type KeytoolForm = 'brief' | 'verbose' | 'rfc';

/** An entry under the alias that is shown. */
export interface KeytoolRow {
  readonly alias: string;
  readonly entry: KeystoreEntry;
}

const KINDS: Readonly<Record<KeystoreEntry['kind'], string>> = {
  'trusted-certificate': 'trustedCertEntry',
  'private-key': 'PrivateKeyEntry',
  'secret-key': 'SecretKeyEntry',
  invisible: 'not visible to Java',
};

const RULE = `${'*'.repeat(43)}\n`;

/** The warning of keytool, word for word. */
export const NOT_VERIFIED = `
*****************  WARNING WARNING WARNING  *****************
* The integrity of the information stored in your keystore  *
* has NOT been verified!  In order to verify its integrity, *
* you must provide your keystore password.                  *
*****************  WARNING WARNING WARNING  *****************
`;

/**
 * Renders a keystore, a part at a time.
 *
 * @param rows - the entries that Java sees, in the order of their aliases
 */
export function* renderKeytoolList(
  { type }: Keystore,
  rows: readonly KeytoolRow[],
  form: KeytoolForm,
): Generator<string> {
  yield `Keystore type: ${type.toUpperCase()}\n`;
  yield `Keystore provider: ${type === 'jceks' ? 'SunJCE' : 'SUN'}\n\n`;
  yield `Your keystore contains ${rows.length === 1 ? '1 entry' : `${rows.length} entries`}\n\n`;
  for (const row of rows) {
    yield renderKeytoolEntry(row, form);
    if (form !== 'brief') yield `\n\n${RULE}${RULE}\n\n`;
  }
}

/** Renders one entry, as with `-alias`. */
export function renderKeytoolEntry({ alias, entry }: KeytoolRow, form: KeytoolForm): string {
  return form === 'brief' ? renderBriefly(alias, entry) : renderFully(alias, entry, form);
}

/** Where no date is stored, two words with a comma between them keep the columns that scripts count. */
function renderBriefly(alias: string, { kind, created, fingerprints: [sha256] }: KeystoreEntry): string {
  const day = created === null ? 'date, unknown' : renderJavaDay(created);
  return [
    `${toPrintable(alias)}, ${day}, ${KINDS[kind]}, \n`,
    ...(sha256 === undefined ? [] : [`Certificate fingerprint (SHA-256): ${colonHex(sha256)}\n`]),
  ].join('');
}

function renderFully(alias: string, { kind, created, certificates }: KeystoreEntry, form: KeytoolForm): string {
  const shown = certificates.map((certificate) => renderCertificate(certificate, form));
  return [
    `Alias name: ${toPrintable(alias)}\n`,
    `Creation date: ${created === null ? 'unknown' : renderJavaDay(created)}\n`,
    `Entry type: ${KINDS[kind]}\n`,
    ...(kind === 'trusted-certificate' ? ['\n', ...shown] : []),
    ...(kind === 'private-key' ? [`Certificate chain length: ${shown.length}\n`, ...shown.map(numbered)] : []),
  ].join('');
}

function numbered(text: string, index: number): string {
  return `Certificate[${index + 1}]:\n${text}`;
}

function renderCertificate(certificate: Certificate, form: KeytoolForm): string {
  return form === 'rfc' ? encodePem('CERTIFICATE', certificate.der) : renderKeytoolCertificate(certificate);
}
