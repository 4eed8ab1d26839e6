/** Takes PKCS#12 files apart down to the bytes of their bags, for tests of what an edit leaves as it is. */
import { encodingOf } from '../../src/encoding/der.ts';
import { encodeHex } from '../../src/encoding/hex.ts';
import { readEncryption } from '../../src/store/pbe.ts';
import { openPfx } from '../../src/store/pkcs12-open.ts';
import { readPfx } from '../../src/store/pkcs12-pfx.ts';

/** A safe as it is in the file. */
export interface SafeBytes {
  /** The encryption, e.g. `PBES2 AES-256-CBC, HmacSHA256, 10000 iterations`; null for none. */
  readonly encryption: string | null;
  /** Salt and initialisation vector in hex. */
  readonly random: readonly string[];
  /** The whole part in hex. */
  readonly encoding: string;
  /** Each bag in hex. */
  readonly bags: readonly string[];
}

export interface Pkcs12Bytes {
  readonly safes: readonly SafeBytes[];
  /** The algorithm of the MAC, and its salt in hex. */
  readonly mac: { readonly label: string; readonly salt: string } | null;
}

export function takeApart(bytes: Uint8Array, password: string | null): Pkcs12Bytes {
  const { mac, safes } = openPfx(readPfx(bytes), password);
  return {
    safes: safes.map(({ safe, bags }) => {
      const encryption = safe.type === 'encrypted' ? readEncryption(safe.algorithm) : null;
      return {
        encryption: encryption?.label ?? null,
        random: (encryption?.randomParts ?? []).map(({ bytes: all, contentStart, contentEnd }) =>
          encodeHex(all.subarray(contentStart, contentEnd)),
        ),
        encoding: encodeHex(encodingOf(safe.element)),
        bags: bags.map(({ element }) => encodeHex(encodingOf(element))),
      };
    }),
    mac: mac === null ? null : { label: mac.label, salt: encodeHex(encodingOf(mac.salt)) },
  };
}
