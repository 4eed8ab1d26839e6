/**
 * What every keystore format offers. A new one is a file with such a record and a line in `codecs.ts`.
 *
 * @module
 */
import type { Source } from '../x509/source.js';
import type { KeyCodec } from './key-codec.js';
import type { Keystore, KeystoreEdit, KeystoreType, NewKeystoreEntry, Pkcs12Compat } from './keystore.js';
import type { DerivedKeys } from './pkcs12-kdf.js';

/** What decoding needs besides the bytes. */
export interface DecodeKeystoreOptions {
  /** Null for none given; formats whose certificates are not encrypted can be listed without. */
  readonly password: string | null;
  /** Where the bytes come from; each certificate gets it, with the alias added. */
  readonly source?: Source;
  /** Keys of earlier calls about the same keystore; gets those of this one. */
  readonly derivedKeys?: DerivedKeys | undefined;
}

/** Gives so many bytes that nobody can foresee. */
export type RandomSource = (length: number) => Uint8Array;

/** What editing needs besides the bytes. */
export interface EditKeystoreOptions {
  readonly password: string | null;
  /** For the salts of formats that have them. The same bytes give the same result; default: those of node:crypto. */
  readonly random?: RandomSource;
  /** As for decoding. */
  readonly derivedKeys?: DerivedKeys | undefined;
  /** What the same bytes gave with the same password, where that is known: spares doing it again. */
  readonly decoded?: Keystore | undefined;
}

/** What a new keystore needs besides its entries. */
export interface EncodeKeystoreOptions {
  /** Null only for types and protections that need none. */
  readonly password: string | null;
  /** How a PKCS#12 file is protected; default: `modern`. Means nothing to other types. */
  readonly compat?: Pkcs12Compat;
  /** As for editing. */
  readonly random?: RandomSource;
  /** As for decoding. */
  readonly derivedKeys?: DerivedKeys | undefined;
}

/** One format. */
export interface Codec {
  readonly type: KeystoreType;
  /** Whether the bytes begin like this format. Never throws, and does not look whether the rest is whole. */
  readonly detect: (bytes: Uint8Array) => boolean;
  /**
   * Decodes a whole keystore. One bad entry does not hide the others where the format allows going on.
   *
   * @throws {TrustError} `keystore/truncated`, `keystore/malformed`, `keystore/unsupported`,
   *   `keystore/wrong-password`, or `keystore/password-missing` where nothing can be read without one
   */
  readonly decode: (bytes: Uint8Array, options: DecodeKeystoreOptions) => Keystore;
  /**
   * Applies edits in order and gives the bytes of the changed keystore, or the same array when they change nothing.
   * What is not edited keeps its bytes.
   *
   * @throws {TrustError} as `decode`, and `keystore/alias-not-found`, `keystore/alias-ambiguous`,
   *   `keystore/alias-taken`, `keystore/refuses-entry`, `keystore/cannot-preserve`
   */
  readonly edit: (bytes: Uint8Array, edits: readonly KeystoreEdit[], options: EditKeystoreOptions) => Uint8Array;
  /**
   * Encodes a new keystore; `encodeKeystore` has checked the password and the aliases.
   *
   * @throws {TrustError} `keystore/refuses-entry` for an entry that the format has no place for, and
   *   `keystore/cannot-preserve` for one that it cannot hold as it is
   */
  readonly encode: (entries: readonly NewKeystoreEntry[], options: EncodeKeystoreOptions) => Uint8Array;
  /** How the format keeps keys; null for one that has neither keys nor a password. */
  readonly keys: KeyCodec | null;
}
