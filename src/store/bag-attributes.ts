/**
 * Attributes of PKCS#12 bags for which other types of keystores have no place: those of Windows and other programs, and
 * trust that is limited to some purposes.
 *
 * @module
 */
import { childrenOf, expectTag, readOid, TAG } from '../encoding/der.js';
import { expectTrustError } from '../errors.js';
import { fingerprint } from '../x509/fingerprint.js';
import type { DecodeKeystoreOptions } from './codec.js';
import { ANY_EXTENDED_KEY_USAGE } from './pkcs12-bags.js';
import { pkcs12Entries } from './pkcs12-entries.js';
import { openPfx } from './pkcs12-open.js';
import { ATTRIBUTE, readPfx, type SafeBag } from './pkcs12-pfx.js';

/** What every type of keystore says in its own way. */
const EVERYWHERE: ReadonlySet<string> = new Set([ATTRIBUTE.friendlyName, ATTRIBUTE.localKeyId]);

/** What only PKCS#12 says about an entry. */
export interface BagAttributes {
  readonly alias: string;
  /** Types in dotted decimal, each once. */
  readonly types: readonly string[];
}

/**
 * The attributes of entries that Java sees, and of the certificates in the chains of keys.
 *
 * @param bytes - a PKCS#12 file that opens with the password
 */
export function bagAttributesOf(
  bytes: Uint8Array,
  { password, derivedKeys }: DecodeKeystoreOptions,
): readonly BagAttributes[] {
  const lists = openPfx(readPfx(bytes), password, derivedKeys).safes.map(({ bags }) => bags);
  const entries = pkcs12Entries(lists);
  const owners = new Map(entries.map(({ bag, entry }) => [bag, entry]));
  const chains = new Map(
    entries
      .filter(({ entry }) => entry.kind === 'private-key')
      .flatMap(({ entry }) => entry.fingerprints.map((digest) => [digest, entry] as const)),
  );
  const found = new Map<string, Set<string>>();
  for (const bag of lists.flat()) {
    const owner = owners.get(bag) ?? chains.get(digestOf(bag));
    if (owner === undefined || owner.kind === 'invisible') continue;
    const types = found.get(owner.alias) ?? new Set();
    for (const type of attributesOf(bag)) types.add(type);
    if (types.size > 0) found.set(owner.alias, types);
  }
  return [...found].map(([alias, types]) => ({ alias, types: [...types] }));
}

function digestOf({ content }: SafeBag): string {
  return content?.type === 'certificate' ? fingerprint('sha256', content.stored.der) : '';
}

/** The types of attributes that other keystores cannot hold; none for a bag that cannot be read. */
function attributesOf({ element }: SafeBag): readonly string[] {
  try {
    const [, , attributes] = childrenOf(element, 'ber');
    if (attributes === undefined) return [];
    return childrenOf(expectTag(attributes, TAG.set), 'ber').flatMap((attribute) => {
      const [type, values] = childrenOf(attribute, 'ber');
      const oid = readOid(type);
      if (EVERYWHERE.has(oid)) return [];
      const isLimited = () =>
        childrenOf(expectTag(values, TAG.set), 'ber').some((usage) => readOid(usage) !== ANY_EXTENDED_KEY_USAGE);
      return oid === ATTRIBUTE.trustedKeyUsage && !isLimited() ? [] : [oid];
    });
  } catch (error) {
    expectTrustError(error);
    return [];
  }
}
