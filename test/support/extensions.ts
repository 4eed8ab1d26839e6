/** Extensions for `issue`, from short notations. */
import { contextTag, encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';
import { decodeHex } from '../../src/encoding/hex.ts';
import { parseIpAddress } from '../../src/x509/ip-address.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { encodeName, type IssueOptions } from './certificates.ts';

type Extension = NonNullable<IssueOptions['extensions']>[number];

const TEXT_TAGS: Readonly<Record<string, number>> = { email: 1, dns: 2, uri: 6 };

/**
 * `dns:example.com`, `email:a@example.com`, `uri:https://example.com/`, `ip:192.0.2.1`, `ip:192.0.2.0/255.255.255.0`,
 * `hex:…` (octets of an iPAddress), `dir:CN=…`, `other:OID=text`, `id:OID`.
 */
export function generalName(notation: string): Uint8Array {
  const [, kind = '', value = ''] = /^(\w+):(.*)$/s.exec(notation) ?? [];
  const textTag = TEXT_TAGS[kind];
  if (textTag !== undefined) return encodeElement(contextTag(textTag, false), Buffer.from(value, 'latin1'));
  switch (kind) {
    case 'ip':
      return encodeElement(
        contextTag(7, false),
        ...value.split('/').map((part) => parseIpAddress(part) ?? new Uint8Array()),
      );
    case 'hex':
      return encodeElement(contextTag(7, false), decodeHex(value) ?? new Uint8Array());
    case 'dir':
      return encodeElement(contextTag(4), encodeName(value));
    case 'other': {
      const [type = '', text = ''] = value.split('=');
      const content = encodeElement(TAG.utf8String, Buffer.from(text));
      return encodeElement(contextTag(0), encodeOid(type), encodeElement(contextTag(0), content));
    }
    case 'id':
      return encodeElement(contextTag(8, false), encodeOid(value).subarray(2));
    default:
      throw new Error(`no such name: ${notation}`);
  }
}

export function subjectAltName(names: readonly string[], critical = false): Extension {
  return { oid: EXTENSION.subjectAltName, critical, value: encodeElement(TAG.sequence, ...names.map(generalName)) };
}

export function nameConstraints(trees: {
  readonly permitted?: readonly string[];
  readonly excluded?: readonly string[];
  readonly critical?: boolean;
}): Extension {
  const subtrees = (number: number, bases: readonly string[] | undefined) =>
    bases === undefined
      ? []
      : [encodeElement(contextTag(number), ...bases.map((base) => encodeElement(TAG.sequence, generalName(base))))];
  return {
    oid: EXTENSION.nameConstraints,
    critical: trees.critical ?? true,
    value: encodeElement(TAG.sequence, ...subtrees(0, trees.permitted), ...subtrees(1, trees.excluded)),
  };
}

export function extendedKeyUsage(purposes: readonly string[], critical = false): Extension {
  return { oid: EXTENSION.extendedKeyUsage, critical, value: encodeElement(TAG.sequence, ...purposes.map(encodeOid)) };
}

export function certificatePolicies(policies: readonly string[], critical = false): Extension {
  const value = encodeElement(
    TAG.sequence,
    ...policies.map((policy) => encodeElement(TAG.sequence, encodeOid(policy))),
  );
  return { oid: EXTENSION.certificatePolicies, critical, value };
}

export function policyMappings(pairs: readonly (readonly [issuer: string, subject: string])[]): Extension {
  const value = encodeElement(
    TAG.sequence,
    ...pairs.map((pair) => encodeElement(TAG.sequence, ...pair.map(encodeOid))),
  );
  return { oid: EXTENSION.policyMappings, critical: true, value };
}

export function policyConstraints(
  skips: { readonly requireExplicitPolicy?: number; readonly inhibitPolicyMapping?: number },
  critical = true,
): Extension {
  const skip = (number: number, value: number | undefined) =>
    value === undefined ? [] : [encodeElement(contextTag(number, false), encodeInteger(value).subarray(2))];
  const value = encodeElement(
    TAG.sequence,
    ...skip(0, skips.requireExplicitPolicy),
    ...skip(1, skips.inhibitPolicyMapping),
  );
  return { oid: EXTENSION.policyConstraints, critical, value };
}

export function inhibitAnyPolicy(skip: number, critical = true): Extension {
  return { oid: EXTENSION.inhibitAnyPolicy, critical, value: encodeInteger(skip) };
}
