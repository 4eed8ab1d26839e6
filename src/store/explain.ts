/**
 * What Java makes of a keystore: which versions open it, what they do not see in it and why, and what is odd in it.
 *
 * What each version reads is known by experiment with Java 17 and 25 and from the change notes of the JDK; see
 * docs/keystore-commands.md.
 *
 * @module
 */

import { groupBy } from '../encoding/group-by.js';
import { foldAlias, quoteAlias } from './alias.js';
import type { Keystore, KeystoreEntry } from './keystore.js';
import { findRevelations } from './repair.js';

/** Which versions of Java open a keystore. */
export interface JavaSupport {
  readonly readable: 'every version' | 'some versions' | 'no version';
  /** The first version of each line that does, e.g. `8u301`; empty unless it is some versions. */
  readonly from: readonly string[];
  /** Why not every version does; printable. */
  readonly reasons: readonly string[];
}

/** Something about a keystore, or an entry, that its owner should know. */
export interface KeystoreRemark {
  readonly code: RemarkCode;
  readonly severity: 'info' | 'warning';
  /** Lower case, no full stop, printable. */
  readonly message: string;
  readonly hint: string;
  readonly alias: string | null;
  readonly sha256?: string;
}

/** What remarks are about, as docs/findings.md explains it. */
export type RemarkCode =
  | NoteCode
  | 'keystore/alias-case'
  | 'keystore/duplicate-anchor'
  | 'keystore/empty'
  | 'keystore/hidden-without-password'
  | 'keystore/invisible-entry'
  | 'keystore/key-without-chain'
  | 'keystore/needs-newer-java'
  | 'keystore/needs-storetype'
  | 'keystore/no-java-keystore'
  | 'keystore/not-verified'
  | 'keystore/odd-entry'
  | 'keystore/other-content'
  | 'keystore/upper-case-alias'
  | 'keystore/zero-entries';

/** The notes of decoding that are remarks, too. */
type NoteCode =
  | 'keystore/foreign-algorithm'
  | 'keystore/foreign-key-algorithm'
  | 'keystore/non-ascii-password'
  | 'keystore/pbmac1'
  | 'keystore/pfx-version'
  | 'keystore/trailing-bytes'
  | 'keystore/unread-entries'
  | 'keystore/unread-part';

const NOTE_HINTS: Readonly<Record<NoteCode, string>> = {
  'keystore/foreign-algorithm': 'anchorctl keystore convert --type pkcs12 makes one that Java opens',
  'keystore/foreign-key-algorithm': 'anchorctl keystore convert --type pkcs12 encrypts them as Java does',
  'keystore/non-ascii-password': 'anchorctl keystore passwd gives it a password of ASCII characters',
  'keystore/pbmac1': 'anchorctl keystore convert --type pkcs12 makes one with a MAC that older Java reads',
  'keystore/pfx-version': 'have it written anew as version 3',
  'keystore/trailing-bytes': 'find out what they are; anchorctl does not change the file as long as they are there',
  'keystore/unread-entries': 'anchorctl does not change the file; keytool can, if Java can read this key',
  'keystore/unread-part': 'have it written anew without that part',
};

const REPAIR = 'anchorctl keystore repair lets Java see it; do not let keytool save the file before';

/** Notes that mean that Java refuses the file. */
const FATAL_NOTES: ReadonlySet<string> = new Set([
  'keystore/foreign-algorithm',
  'keystore/pfx-version',
  'keystore/unread-part',
]);

/** JDK-8267701 and its backports: PBES2 and the MACs of SHA-2. */
const SINCE_PBES2 = ['8u301', '11.0.12', '16'];
/** JDK-8288050: the HMACs of SHA-512/224 and SHA-512/256 in PBES2. 17 refuses them, 25 has them. */
const SINCE_TRUNCATED_SHA512 = ['21'];
/** Notes that mean that Java opens the file from a version on; where there are several, the last one counts. */
const NOTES_SINCE: ReadonlyMap<string, readonly string[]> = new Map([
  // JDK-8352294
  ['keystore/non-ascii-password', ['25']],
  // JDK-8343232
  ['keystore/pbmac1', ['26']],
]);

/** Which versions of Java open a keystore whose certificates are all well-formed. */
export function javaSupportOf({ type, encryption, mac, notes }: Keystore): JavaSupport {
  if (type === 'pem') return unreadable(['Java opens no PEM bundle as a keystore']);
  const fatal = notes.filter(({ code }) => FATAL_NOTES.has(code)).map(({ message }) => message);
  if (fatal.length > 0) return unreadable(fatal);
  const newer = [...NOTES_SINCE]
    .flatMap(([noted, from]) =>
      notes.filter(({ code }) => code === noted).map(({ message }) => ({ from, reasons: [message] })),
    )
    .at(-1);
  if (newer !== undefined) return { readable: 'some versions', ...newer };
  const reasons = [
    ...(/\bPBES2\b/.test(encryption ?? '') ? ['it is encrypted with PBES2'] : []),
    ...(/^HmacPBESHA[235]/.test(mac ?? '') ? [`its MAC is ${mac?.split(',', 1)[0]}`] : []),
  ];
  return reasons.length === 0
    ? { readable: 'every version', from: [], reasons }
    : {
        readable: 'some versions',
        from: /\bPBES2 [^;]*, HmacSHA512\//.test(encryption ?? '') ? SINCE_TRUNCATED_SHA512 : SINCE_PBES2,
        reasons,
      };
}

function unreadable(reasons: readonly string[]): JavaSupport {
  return { readable: 'no version', from: [], reasons };
}

/** Everything odd about a keystore: first what concerns the file, then entry by entry. Dates are not looked at. */
export function explainKeystore(keystore: Keystore): readonly KeystoreRemark[] {
  const { type, entries } = keystore;
  const revealable = new Set(findRevelations(keystore).map(({ entry }) => entry));
  return [
    ...aboutFile(keystore),
    ...aboutVisibility(keystore),
    ...keystore.notes.flatMap((note) => aboutNote(note, type)),
    ...entries.flatMap((entry) => aboutEntry(entry, type, revealable.has(entry))),
    ...aboutDuplicates(entries),
    ...(type === 'pem' ? [] : aboutCase(entries)),
  ];
}

/** Why Java of no version opens a keystore; nothing where one does, or where the reason is in a certificate. */
export function explainRefusal({ type, notes }: Keystore): readonly KeystoreRemark[] {
  return notes.filter(({ code }) => FATAL_NOTES.has(code)).flatMap((note) => aboutNote(note, type));
}

function remark(
  code: RemarkCode,
  severity: KeystoreRemark['severity'],
  message: string,
  hint: string,
  alias: string | null = null,
): KeystoreRemark {
  return { code, severity, message, hint, alias };
}

function aboutFile(keystore: Keystore): KeystoreRemark[] {
  const { type, mac, integrity, notes } = keystore;
  const remarks: KeystoreRemark[] = [];
  const { readable, from, reasons } = javaSupportOf(keystore);
  // A note is a remark of its own.
  if (readable === 'some versions' && !notes.some(({ code }) => NOTES_SINCE.has(code))) {
    remarks.push(
      remark(
        'keystore/needs-newer-java',
        'info',
        `${reasons.join(' and ')}: Java opens it from ${from.join(', ')} on`,
        'older Java 8 and 11 say "Algorithm HmacPBESHA256 not available" or "data isn\'t an object ID"; ' +
          'anchorctl keystore convert --type pkcs12 --compat java8 makes one that they open',
      ),
    );
  }
  if (type === 'jceks') {
    remarks.push(
      remark(
        'keystore/needs-storetype',
        'info',
        'Java opens a JCEKS keystore only where it is told the type',
        'set javax.net.ssl.trustStoreType=JCEKS beside javax.net.ssl.trustStore',
      ),
    );
  }
  if (type === 'pem') {
    remarks.push(
      remark(
        'keystore/no-java-keystore',
        'info',
        'Java opens no PEM bundle as a keystore',
        'it serves OpenSSL and what is built on it; name a JKS or PKCS#12 file to Java',
      ),
    );
  }
  if (integrity === 'not-verified' && mac !== null) {
    remarks.push(
      remark(
        'keystore/not-verified',
        'info',
        'without its password the integrity of the file was not checked',
        'give the password with --storepass-env or --storepass-file',
      ),
    );
  }
  return remarks;
}

function aboutVisibility({ type, hasEncryptedPart = false, entries }: Keystore): KeystoreRemark[] {
  const remarks: KeystoreRemark[] = [];
  if (entries.length === 0) {
    remarks.push(
      remark('keystore/empty', 'warning', 'the keystore holds no entry', 'see anchorctl keystore add for filling it'),
    );
  } else if (type !== 'pem' && entries.every(({ kind }) => kind === 'invisible')) {
    const count = entries.length === 1 ? 'the one entry' : `the ${entries.length} entries`;
    remarks.push(
      remark(
        'keystore/zero-entries',
        'warning',
        `keytool lists 0 entries and Java trusts nothing: it sees none of ${count} of the file`,
        'the reason stands with each entry',
      ),
    );
  }
  if (hasEncryptedPart) {
    remarks.push(
      remark(
        'keystore/hidden-without-password',
        'info',
        'without its password keytool lists nothing of its encrypted part, mostly the certificates, and still ends with 0',
        'a check that leaves the password out proves nothing',
      ),
    );
  }
  return remarks;
}

function aboutNote({ code, message }: Keystore['notes'][number], type: Keystore['type']): KeystoreRemark[] {
  if (isNoteCode(code)) return [remark(code, 'warning', message, NOTE_HINTS[code])];
  const hint = type === 'pem' ? 'a program may stop reading there' : 'compare the file with a backup';
  return [remark('keystore/other-content', 'warning', `${message} (${code})`, hint)];
}

function isNoteCode(code: string): code is NoteCode {
  return Object.hasOwn(NOTE_HINTS, code);
}

function aboutEntry(entry: KeystoreEntry, type: Keystore['type'], isRevealable: boolean): KeystoreRemark[] {
  const { alias, kind, fingerprints, note } = entry;
  const [sha256] = fingerprints;
  const about = (found: KeystoreRemark) => [sha256 === undefined ? found : { ...found, sha256 }];
  if (kind === 'invisible') return about(explainInvisible(entry, type, isRevealable));
  if (kind === 'private-key' && fingerprints.length === 0) {
    const message = 'the key has no certificate chain: no server and no client can use it';
    return [
      remark('keystore/key-without-chain', 'warning', message, 'import the certificate that was issued for it', alias),
    ];
  }
  // That a bundle has a certificate twice is said once for all its copies.
  if (note === undefined || type === 'pem') return [];
  return about(remark('keystore/odd-entry', 'warning', note, 'keytool and Java may refuse the keystore', alias));
}

function explainInvisible(
  { alias, note = 'not visible to Java' }: KeystoreEntry,
  type: Keystore['type'],
  isRevealable: boolean,
) {
  if (type !== 'pkcs12' && alias !== foldAlias(alias)) {
    return remark(
      'keystore/upper-case-alias',
      'warning',
      `${note}; keytool counts the entry, then fails to list it`,
      isRevealable ? REPAIR : 'another entry has the alias in lower case; remove the one that is of no use',
      alias,
    );
  }
  const hint = isRevealable ? REPAIR : 'do not let keytool save the file if it is needed';
  return remark('keystore/invisible-entry', 'warning', note, hint, alias);
}

function aboutDuplicates(entries: readonly KeystoreEntry[]): KeystoreRemark[] {
  const anchors = entries.filter(({ kind }) => kind === 'trusted-certificate');
  return [...groupBy(anchors, ({ fingerprints }) => fingerprints[0] ?? '')]
    .filter(([, holders]) => holders.length > 1)
    .map(([sha256, holders]) => ({
      code: 'keystore/duplicate-anchor',
      severity: 'warning',
      message: `the same certificate ${holders.length} times: ${holders.map(({ alias }) => quoteAlias(alias)).join(', ')}`,
      hint: 'keep one, remove the others with anchorctl keystore remove --alias',
      alias: null,
      sha256,
    }));
}

function aboutCase(entries: readonly KeystoreEntry[]): KeystoreRemark[] {
  return [...groupBy(entries, ({ alias }) => foldAlias(alias)).values()]
    .filter((namesakes) => new Set(namesakes.map(({ alias }) => alias)).size > 1)
    .map((namesakes) =>
      remark(
        'keystore/alias-case',
        'warning',
        `aliases that differ in letter case alone: ${namesakes.map(({ alias }) => quoteAlias(alias)).join(', ')}`,
        'Java sees at most one of them; remove those that are of no use',
      ),
    );
}
