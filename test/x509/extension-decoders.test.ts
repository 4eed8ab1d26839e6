import { describe, expect, test } from 'vitest';
import { contextTag, encodeElement, encodeInteger, encodeOid, readElement, TAG } from '../../src/encoding/der.ts';
import { decodeGeneralName, decodeGeneralNames } from '../../src/x509/general-name.ts';
import { renderName } from '../../src/x509/name.ts';
import { decodeNameConstraints } from '../../src/x509/name-constraints.ts';
import {
  decodeCertificatePolicies,
  decodeInhibitAnyPolicy,
  decodePolicyConstraints,
  decodePolicyMappings,
} from '../../src/x509/policies.ts';
import { generalName, nameConstraints, policyConstraints, policyMappings } from '../support/extensions.ts';

const sequence = (...parts: readonly Uint8Array[]) => encodeElement(TAG.sequence, ...parts);
const EMPTY = sequence();
const NULL = Uint8Array.of(TAG.null, 0);
const trustError = expect.objectContaining({ name: 'TrustError' });
const nameIn = (der: Uint8Array) => decodeGeneralName(readElement(der));

describe('general names', () => {
  test.each([
    ['dns:example.com', { kind: 'dns', text: 'example.com' }],
    ['dns:a\u00e9\u0000', { kind: 'dns', text: 'a\u00e9\u0000' }],
    ['email:a@example.com', { kind: 'email', text: 'a@example.com' }],
    ['uri:urn:a:b', { kind: 'uri', text: 'urn:a:b' }],
    ['ip:192.0.2.1', { kind: 'ip', octets: Uint8Array.of(192, 0, 2, 1) }],
    ['id:1.2.3', { kind: 'registered-id' }],
    ['other:1.2.3=x', { kind: 'other', type: '1.2.3', value: Uint8Array.of(TAG.utf8String, 1, 0x78) }],
  ])('%j', (notation, expected) => {
    expect(nameIn(generalName(notation))).toMatchObject(expected);
  });

  test('a directory name', () => {
    const name = nameIn(generalName('dir:CN=a,O=b'));
    expect(name.kind === 'directory' && renderName(name.name)).toBe('CN=a,O=b');
  });

  test.each([
    { name: 'a tag that is none of the nine', der: encodeElement(contextTag(9, false)) },
    { name: 'a universal tag', der: encodeElement(TAG.ia5String) },
    { name: 'a directory name that is primitive', der: encodeElement(contextTag(4, false)) },
    { name: 'a directory name and more', der: encodeElement(contextTag(4), EMPTY, EMPTY) },
    { name: 'an otherName without a value', der: encodeElement(contextTag(0), encodeOid('1.2.3')) },
    {
      name: 'an otherName with more',
      der: encodeElement(contextTag(0), encodeOid('1.2.3'), encodeElement(contextTag(0), NULL), NULL),
    },
    { name: 'an ediPartyName without a party', der: encodeElement(contextTag(5)) },
  ])('refused: $name', ({ der }) => {
    expect(() => nameIn(der)).toThrow(trustError);
  });

  test('a list of names has at least one', () => {
    expect(decodeGeneralNames(sequence(generalName('dns:a'), generalName('dns:b')))).toHaveLength(2);
    expect(() => decodeGeneralNames(EMPTY)).toThrow(trustError);
    expect(() => decodeGeneralNames(Uint8Array.of(...EMPTY, 0))).toThrow(trustError);
  });
});

describe('name constraints', () => {
  const subtree = (...more: readonly Uint8Array[]) =>
    sequence(encodeElement(contextTag(0), sequence(generalName('dns:a'), ...more)));
  const distance = (number: number, value: number) =>
    encodeElement(contextTag(number, false), encodeInteger(value).subarray(2));

  test('what is absent is null', () => {
    expect(decodeNameConstraints(nameConstraints({ excluded: ['dns:a', 'dns:b'] }).value)).toEqual({
      permitted: null,
      excluded: [
        { kind: 'dns', text: 'a' },
        { kind: 'dns', text: 'b' },
      ],
    });
    expect(decodeNameConstraints(subtree(distance(0, 0))).permitted).toHaveLength(1);
  });

  test.each([
    { name: 'neither of the two', value: EMPTY },
    { name: 'an empty list', value: sequence(encodeElement(contextTag(0))) },
    { name: 'NULL in their place', value: sequence(NULL, NULL) },
    {
      name: 'the wrong order',
      value: sequence(encodeElement(contextTag(1), subtree()), encodeElement(contextTag(0), subtree())),
    },
    { name: 'a minimum of 1', value: subtree(distance(0, 1)) },
    { name: 'a maximum', value: subtree(distance(1, 0)) },
    { name: 'a subtree without a base', value: sequence(encodeElement(contextTag(0), EMPTY)) },
    { name: 'a base that is no subtree', value: sequence(encodeElement(contextTag(0), generalName('dns:a'))) },
  ])('refused: $name', ({ value }) => {
    expect(() => decodeNameConstraints(value)).toThrow(trustError);
  });
});

describe('policies', () => {
  const policy = (oid: string, ...more: readonly Uint8Array[]) => sequence(encodeOid(oid), ...more);
  const qualifiers = (oid: string) => sequence(sequence(encodeOid(oid), NULL));

  test('by OID, and whether a qualifier is not known', () => {
    const known = sequence(
      policy('1.2.3', qualifiers('1.3.6.1.5.5.7.2.1')),
      policy('1.2.4', qualifiers('1.3.6.1.5.5.7.2.2')),
    );
    expect(decodeCertificatePolicies(known)).toEqual({ policies: ['1.2.3', '1.2.4'], hasUnknownQualifier: false });
    expect(decodeCertificatePolicies(sequence(policy('1.2.3', qualifiers('1.2.3')))).hasUnknownQualifier).toBe(true);
  });

  test('mappings and constraints', () => {
    expect(decodePolicyMappings(policyMappings([['1.2.3', '1.2.4']]).value)).toEqual([
      { issuer: '1.2.3', subject: '1.2.4' },
    ]);
    expect(decodePolicyConstraints(policyConstraints({ inhibitPolicyMapping: 3 }).value)).toEqual({
      requireExplicitPolicy: null,
      inhibitPolicyMapping: 3,
    });
    expect(decodeInhibitAnyPolicy(encodeInteger(5))).toBe(5);
  });

  test.each([
    { name: 'no policy', decode: () => decodeCertificatePolicies(EMPTY) },
    { name: 'a policy twice', decode: () => decodeCertificatePolicies(sequence(policy('1.2.3'), policy('1.2.3'))) },
    { name: 'more than qualifiers', decode: () => decodeCertificatePolicies(sequence(policy('1.2.3', EMPTY, EMPTY))) },
    { name: 'no mapping', decode: () => decodePolicyMappings(EMPTY) },
    { name: 'half a mapping', decode: () => decodePolicyMappings(sequence(sequence(encodeOid('1.2.3')))) },
    {
      name: 'a mapping of three',
      decode: () => decodePolicyMappings(sequence(sequence(...['1.2.3', '1.2.4', '1.2.5'].map(encodeOid)))),
    },
    { name: 'no constraint', decode: () => decodePolicyConstraints(EMPTY) },
    {
      name: 'a third constraint',
      decode: () => decodePolicyConstraints(sequence(encodeElement(contextTag(2, false), Uint8Array.of(0)))),
    },
    {
      name: 'a negative skip',
      decode: () => decodePolicyConstraints(sequence(encodeElement(contextTag(0, false), Uint8Array.of(0xff)))),
    },
    { name: 'a skip beyond every path', decode: () => decodeInhibitAnyPolicy(encodeInteger(2n ** 40n)) },
  ])('refused: $name', ({ decode }) => {
    expect(decode).toThrow(trustError);
  });
});
