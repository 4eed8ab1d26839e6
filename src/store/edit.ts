/**
 * Editing a keystore of any format, bytes in and bytes out.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import { asCertificate, type Certificate } from '../x509/certificate.js';
import type { EditKeystoreOptions } from './codec.js';
import { requireCodec, withPassword } from './codecs.js';
import type { KeystoreEdit } from './keystore.js';

type Addition = Extract<KeystoreEdit, { readonly action: 'add' }>;

const ACTIONS: readonly KeystoreEdit['action'][] = ['add', 'remove', 'reveal'];

/** A change as a caller may write it: what is added may be DER. */
export type RequestedEdit =
  | Exclude<KeystoreEdit, Addition>
  | (Omit<Addition, 'certificate'> & { readonly certificate: Certificate | Uint8Array });

/**
 * Applies edits in order. Everything that they do not name keeps its bytes, and where nothing changes, the result is the
 * same array that was handed in.
 *
 * - `add`: where the alias holds this certificate already, nothing changes; where it holds anything else, the edit is
 *   refused. JKS, JCEKS and PKCS#12 get the alias in lower case, in which Java looks for it.
 * - `reveal`: an entry that Java passes over, because of what is missing in it or because of its alias, gets what it needs
 *   and the alias. Only an entry with `revealsAs` can be revealed.
 * - `remove`: the entry with exactly this alias, else the only one that differs in letter case. Keys are never removed.
 *
 * @param bytes - the whole file
 * @throws {TrustError} as `decodeKeystore`; `usage/bad-value` for an action that is none of these, and for a date that is
 *   none where the format keeps it; `certificate/malformed` for DER that is no certificate; `keystore/password-missing`, since
 *   editing always needs the password of a store that has one; and as `Codec.edit`. Nothing is half done: an error in one edit
 *   refuses all of them
 */
export function editKeystore(
  bytes: Uint8Array,
  edits: readonly RequestedEdit[],
  options: EditKeystoreOptions,
): Uint8Array {
  return requireCodec(bytes).edit(bytes, edits.map(decodeRequest), withPassword(options));
}

/** Callers without types are told what there is: a word that is misspelt must not count as another. */
function decodeRequest(edit: RequestedEdit): KeystoreEdit {
  if (!ACTIONS.includes(edit.action)) {
    throw new TrustError('usage/bad-value', `"${toPrintable(String(edit.action))}" is not an edit`, {
      hint: `choose one of ${ACTIONS.join(', ')}`,
    });
  }
  return edit.action === 'add' ? { ...edit, certificate: asCertificate(edit.certificate) } : edit;
}
