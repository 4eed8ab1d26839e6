/**
 * What a keystore holds that it would not hold any more as one of another type, and what goes along that its owner may not
 * expect.
 *
 * @module
 */
import { quoteAlias } from './alias.js';
import { bagAttributesOf } from './bag-attributes.js';
import type { DecodeKeystoreOptions } from './codec.js';
import { explainKeystore } from './explain.js';
import type { Keystore, KeystoreEntry, KeystoreType, Pkcs12Compat } from './keystore.js';

/** What a keystore is converted to, and what may be lost by it. */
export interface Conversion {
  readonly type: KeystoreType;
  /** Default: `modern`. Means nothing to other types than PKCS#12. */
  readonly compat?: Pkcs12Compat | undefined;
  /** Whether what Java does not see may be left out. */
  readonly skipInvisible: boolean;
  /** Whether attributes may be left out for which the new keystore has no place. */
  readonly dropAttributes: boolean;
}

/** Something about a conversion that its owner should know. */
export interface ConversionRemark {
  readonly code:
    | 'keystore/attributes-dropped'
    | 'keystore/date-lost'
    | 'keystore/date-made'
    | 'keystore/invisible-entry'
    | 'keystore/longer-chain'
    | 'keystore/other-content'
    | 'keystore/trailing-bytes'
    | 'keystore/unread-entries'
    | 'keystore/unread-part'
    | 'keystore/upper-case-alias'
    | 'keystore/zero-entries';
  /** Lower case, no full stop, printable. */
  readonly message: string;
  readonly hint: string;
  readonly alias: string | null;
}

/** Something that is left out. */
export interface ConversionLoss extends ConversionRemark {
  /** Whether the caller lets it go. */
  readonly isAllowed: boolean;
}

/** Notes of decoding that are about content, with the code that they have here. */
const CONTENT_NOTES: ReadonlyMap<string, ConversionRemark['code']> = new Map([
  ['keystore/trailing-bytes', 'keystore/trailing-bytes'],
  ['keystore/unread-part', 'keystore/unread-part'],
  ['keystore/other-block', 'keystore/other-content'],
] as const);

const REVEAL_HINT = 'anchorctl keystore repair makes Java see it, and it is converted then';
const SKIP_HINT = '--skip-invisible leaves out what Java does not see; the old keystore keeps it';

/**
 * What is left out by a conversion.
 *
 * @param bytes - the old keystore
 * @param keystore - its decoded form
 */
export function lossesOf(
  bytes: Uint8Array,
  keystore: Keystore,
  { type, skipInvisible, dropAttributes, ...opening }: Conversion & DecodeKeystoreOptions,
): readonly ConversionLoss[] {
  const isSameType = type === keystore.type && type !== 'pem';
  if (isSameType && !skipInvisible) return [];
  return [
    ...keystore.notes.flatMap((note) => lossOfNote(note, skipInvisible)),
    ...keystore.entries.filter(({ kind }) => kind === 'invisible').map((entry) => lossOfEntry(entry, skipInvisible)),
    ...(keystore.type === 'pkcs12' && !isSameType ? lossesOfAttributes(bytes, opening, dropAttributes) : []),
  ];
}

function lossOfNote({ code, message }: Keystore['notes'][number], skipInvisible: boolean): ConversionLoss[] {
  if (code === 'keystore/unread-entries') {
    const hint = 'have keytool take the key out, if Java can read it';
    return [{ code, message, hint, alias: null, isAllowed: false }];
  }
  const known = CONTENT_NOTES.get(code) ?? (code.startsWith('pem/') ? 'keystore/other-content' : undefined);
  return known === undefined ? [] : [{ code: known, message, hint: SKIP_HINT, alias: null, isAllowed: skipInvisible }];
}

function lossOfEntry(
  { alias, note = 'Java does not see it', revealsAs }: KeystoreEntry,
  skipInvisible: boolean,
): ConversionLoss {
  return {
    code: 'keystore/invisible-entry',
    message: `${quoteAlias(alias)} ${skipInvisible ? 'is left out' : 'has no place in the new keystore'}: ${note}`,
    hint: revealsAs === undefined ? SKIP_HINT : `${REVEAL_HINT}; ${SKIP_HINT}`,
    alias,
    isAllowed: skipInvisible,
  };
}

function lossesOfAttributes(
  bytes: Uint8Array,
  opening: DecodeKeystoreOptions,
  dropAttributes: boolean,
): ConversionLoss[] {
  return bagAttributesOf(bytes, opening).map(({ alias, types }) => ({
    code: 'keystore/attributes-dropped',
    message: `${quoteAlias(alias)} has attributes for which only PKCS#12 has a place: ${types.join(', ')}`,
    hint: '--drop-attributes leaves them out; what they mean, the program knows that made the keystore',
    alias,
    isAllowed: dropAttributes,
  }));
}

/** The remarks of `explainKeystore` about what Java does not see. */
const HIDDEN = ['keystore/zero-entries', 'keystore/invisible-entry', 'keystore/upper-case-alias'] as const;

/** What Java does not see in a keystore, and will not see in one of the same type that keeps it. */
export function hiddenContent(keystore: Keystore): readonly ConversionRemark[] {
  return explainKeystore(keystore).flatMap(({ code: found, message, hint, alias }) => {
    const code = HIDDEN.find((hidden) => hidden === found);
    return code === undefined ? [] : [{ code, message, hint, alias }];
  });
}

/**
 * What becomes of the dates of entries: a type may have no place for them, or ask for one where there is none.
 *
 * @param entries - those that are converted
 */
export function datesOf(
  { type: from }: Keystore,
  entries: readonly KeystoreEntry[],
  to: KeystoreType,
): readonly ConversionRemark[] {
  if (from === to) return [];
  const placed = entries.filter(({ kind }) => hasPlaceForDate(to, kind));
  const lost = entries.filter(({ created, kind }) => created !== null && !hasPlaceForDate(to, kind)).length;
  const made = placed.filter(({ created }) => created === null).length;
  const place = to === 'pem' ? 'a PEM bundle has no place for dates' : 'PKCS#12 has a place for those of keys only';
  return [
    ...(lost === 0
      ? []
      : [
          dateRemark(
            'keystore/date-lost',
            `the dates of ${count(lost)} are not kept: ${place}`,
            'the old keystore has them',
          ),
        ]),
    ...(made === 0
      ? []
      : [
          dateRemark(
            'keystore/date-made',
            `${count(made)} had no date and got that of the conversion`,
            'nothing is to do',
          ),
        ]),
  ];
}

function dateRemark(code: ConversionRemark['code'], message: string, hint: string): ConversionRemark {
  return { code, message, hint, alias: null };
}

function hasPlaceForDate(type: KeystoreType, kind: KeystoreEntry['kind']): boolean {
  return type === 'jks' || type === 'jceks' || (type === 'pkcs12' && kind !== 'trusted-certificate');
}

function count(entries: number): string {
  return entries === 1 ? '1 entry' : `${entries} entries`;
}
