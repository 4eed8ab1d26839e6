import { describe, expect, test } from 'vitest';
import { contextTag, encodeElement, encodeOid, TAG } from '../../src/encoding/der.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { AT, type IssueOptions } from '../support/certificates.ts';
import {
  certificatePolicies,
  extendedKeyUsage,
  generalName,
  inhibitAnyPolicy,
  nameConstraints,
  policyConstraints,
  policyMappings,
  subjectAltName,
} from '../support/extensions.ts';
import {
  access,
  CLIENT_AUTH,
  codesOf,
  DAY,
  including,
  named,
  type Row,
  raw,
  rsaKey,
  SERVER_AUTH,
} from './rule-fixture.ts';

const NULL = Uint8Array.of(TAG.null, 0);
const KEY_IDENTIFIER = Uint8Array.of(0x80, 1, 1);
/** Of a time whose form is forgiven to roots, and of before there were extensions. */
const IN_2004 = new Date('2004-06-29T17:06:20Z');
const IN_1970 = new Date('1970-01-01T00:00:01Z');

describe('every profile', () => {
  const context = { profile: 'rfc5280', purpose: 'serverAuth' } as const;

  test.each(['end-entity', 'intermediate', 'anchor'] as const)('nothing against an ordinary %s', (role) => {
    expect(codesOf({}, { ...context, role })).toEqual([]);
    expect(codesOf({}, { ...context, profile: 'webpki', role })).toEqual([]);
  });

  test.each<Row>([
    { name: 'expired', options: { notAfter: new Date(AT.getTime() - DAY) }, expected: ['path/expired'] },
    { name: 'not yet valid', options: { notBefore: new Date(AT.getTime() + DAY) }, expected: ['path/not-yet-valid'] },
    { name: 'serial number 0', options: { serialNumber: 0n }, expected: ['path/bad-serial-number'] },
    { name: '20 octets of serial number', options: { serialNumber: (1n << 159n) - 1n }, expected: [] },
    { name: '21 octets of serial number', options: { serialNumber: 1n << 159n }, expected: ['path/bad-serial-number'] },
    {
      name: 'an extension twice',
      options: including(extendedKeyUsage([SERVER_AUTH])),
      expected: ['path/duplicate-extension'],
    },
    { name: 'an unknown extension', options: raw('1.2.3.4', NULL), expected: [] },
    {
      name: 'an unknown critical one',
      options: raw('1.2.3.4', NULL, true),
      expected: ['path/unknown-critical-extension'],
    },
    {
      name: 'no authorityKeyIdentifier',
      options: { authorityKeyIdentifier: false },
      expected: ['path/missing-key-identifier'],
    },
    {
      name: 'critical authorityInfoAccess',
      options: raw(EXTENSION.authorityInfoAccess, access('uri:http://example.com/'), true),
      expected: ['path/wrong-criticality'],
    },
    {
      name: 'authorityInfoAccess without content',
      options: raw(EXTENSION.authorityInfoAccess, encodeElement(TAG.sequence)),
      expected: ['path/malformed-extension'],
    },
    {
      name: 'critical policyConstraints are fine',
      options: including(policyConstraints({ requireExplicitPolicy: 0 }, true)),
      expected: [],
    },
    {
      name: 'policyConstraints that are not critical',
      options: including(policyConstraints({ requireExplicitPolicy: 0 }, false)),
      expected: ['path/wrong-criticality'],
    },
    {
      name: 'the same in an old certificate',
      options: { ...including(policyConstraints({ requireExplicitPolicy: 0 }, false)), notBefore: IN_2004 },
      expected: [],
    },
    {
      name: 'empty policyConstraints',
      options: including(policyConstraints({})),
      expected: ['path/malformed-extension'],
    },
    {
      name: 'inhibitAnyPolicy that is not critical',
      options: including(inhibitAnyPolicy(0, false)),
      expected: ['path/wrong-criticality'],
    },
    {
      name: 'a policy twice',
      options: including(certificatePolicies(['1.2.3', '1.2.3'])),
      expected: ['path/malformed-extension'],
    },
    {
      name: 'anyPolicy mapped',
      options: including(policyMappings([['2.5.29.32.0', '1.2.3']])),
      expected: ['path/malformed-extension'],
    },
    ...(['issuerAltName', 'crlDistributionPoints', 'freshestCrl', 'subjectInfoAccess'] as const).map((name) => ({
      name: `${name} without content`,
      options: raw(EXTENSION[name], encodeElement(TAG.sequence)),
      expected: ['path/malformed-extension'] as const,
    })),
    {
      name: 'a distribution point with reasons alone',
      options: raw(EXTENSION.crlDistributionPoints, Uint8Array.of(0x30, 6, 0x30, 4, 0x81, 2, 1, 6)),
      expected: ['path/malformed-extension'],
    },
    {
      name: 'an issuer without its serial number',
      options: identifiedBy(KEY_IDENTIFIER, encodeElement(contextTag(1), generalName('dir:CN=Root'))),
      expected: ['path/malformed-extension', 'path/missing-key-identifier'],
    },
    {
      name: 'an issuer before the key identifier',
      options: identifiedBy(
        encodeElement(contextTag(1), generalName('dir:CN=Root')),
        Uint8Array.of(0x82, 1, 1),
        KEY_IDENTIFIER,
      ),
      expected: ['path/malformed-extension', 'path/missing-key-identifier'],
    },
    {
      name: 'an issuer without a name',
      options: identifiedBy(KEY_IDENTIFIER, encodeElement(contextTag(1)), Uint8Array.of(0x82, 1, 1)),
      expected: ['path/malformed-extension', 'path/missing-key-identifier'],
    },
    {
      name: 'an issuer and its serial number beside the key identifier',
      options: identifiedBy(
        KEY_IDENTIFIER,
        encodeElement(contextTag(1), generalName('dir:CN=Root')),
        Uint8Array.of(0x82, 1, 1),
      ),
      expected: [],
    },
    {
      name: 'no extension at all',
      options: { authorityKeyIdentifier: false, subjectKeyIdentifier: false, keyUsage: null, extensions: [] },
      expected: ['path/not-der', 'path/missing-key-identifier'],
    },
    {
      name: 'a signer of CRLs without a subject',
      options: { subject: '', keyUsage: ['cRLSign'], extensions: [subjectAltName(['dns:example.com'], true)] },
      expected: ['path/missing-name', 'path/wrong-purpose'],
    },
    {
      name: 'no qualifier in a list of them',
      options: raw(EXTENSION.certificatePolicies, policy(encodeElement(TAG.sequence))),
      expected: ['path/malformed-extension'],
    },
    {
      name: 'a qualifier without a value',
      options: raw(
        EXTENSION.certificatePolicies,
        policy(encodeElement(TAG.sequence, encodeElement(TAG.sequence, encodeOid('1.3.6.1.5.5.7.2.1')))),
      ),
      expected: ['path/malformed-extension'],
    },
    { name: 'an unknown qualifier', options: including(qualified(false)), expected: [] },
    {
      name: 'an unknown qualifier, critical',
      options: including(qualified(true)),
      expected: ['path/unknown-critical-extension'],
    },
    {
      name: 'no purpose in extendedKeyUsage',
      options: { extensions: [extendedKeyUsage([])] },
      expected: ['path/malformed-extension', 'path/wrong-purpose'],
    },
    {
      name: 'no bit in keyUsage',
      options: { keyUsage: [] },
      expected: ['path/malformed-extension', 'path/wrong-purpose'],
    },
    ...(
      [
        ['beside extendedKeyUsage', [SERVER_AUTH], SERVER_AUTH, true, []],
        ['for another purpose', [SERVER_AUTH], CLIENT_AUTH, true, ['path/wrong-purpose']],
        ['for another purpose, not critical', [SERVER_AUTH], CLIENT_AUTH, false, []],
        ['for all', [SERVER_AUTH], '1.3.6.1.4.1.311.10.12.1', true, []],
        ['alone', null, SERVER_AUTH, true, ['path/unknown-critical-extension']],
      ] as const
    ).map(([name, purposes, policyOid, critical, expected]) => ({
      name: `application policies ${name}`,
      options: {
        extensions: [
          ...(purposes === null ? [] : [extendedKeyUsage(purposes)]),
          { ...certificatePolicies([policyOid], critical), oid: EXTENSION.applicationPolicies },
        ],
      },
      expected,
    })),
    {
      name: 'the application policy for all among the purposes',
      options: { extensions: [extendedKeyUsage(['1.3.6.1.4.1.311.10.12.1'])] },
      expected: ['path/wrong-purpose'],
    },
    {
      name: 'a keyUsage that serves nothing',
      options: { keyUsage: ['decipherOnly'] },
      expected: ['path/wrong-purpose'],
    },
    { name: 'no keyUsage', options: { keyUsage: null }, expected: [] },
    {
      name: 'keyCertSign without being a CA',
      options: { keyUsage: ['digitalSignature', 'keyCertSign'] },
      expected: ['path/malformed-extension'],
    },
    {
      name: 'a path length without being a CA',
      options: { basicConstraints: { ca: false, pathLength: 0 } },
      expected: ['path/malformed-extension'],
    },
    {
      name: 'basicConstraints with a third field',
      options: raw(EXTENSION.basicConstraints, encodeElement(TAG.sequence, Uint8Array.of(2, 1, 0, 2, 1, 0))),
      expected: ['path/malformed-extension'],
    },
    {
      name: 'name constraints without being a CA',
      options: including(nameConstraints({ permitted: ['dns:example.com'] })),
      expected: ['path/misplaced-extension'],
    },
    {
      name: 'subjectAltName that is no DER',
      options: { extensions: [{ oid: EXTENSION.subjectAltName, value: Buffer.from('example.com') }] },
      expected: ['path/not-der', 'path/malformed-extension'],
    },
    { name: 'a CA as end entity', options: { basicConstraints: { ca: true } }, expected: [] },
    {
      name: 'an attribute that is too long',
      options: { subject: `CN=${'x'.repeat(65)}` },
      expected: ['path/bad-name'],
    },
    { name: 'an empty attribute', options: { subject: 'CN=' }, expected: ['path/bad-name'] },
    { name: 'a country of three letters', options: { subject: 'CN=a,C=USA' }, expected: ['path/bad-name'] },
    {
      name: 'a 512-bit RSA key',
      options: { publicKey: rsaKey(512) },
      expected: ['path/weak-key'],
    },
    {
      name: 'an RSA key of 1024 bits',
      options: { publicKey: rsaKey(1024) },
      expected: [],
    },
    { name: 'a SHA-1 signature', options: { hash: 'sha1' }, expected: [] },
  ])('end entity: $name', ({ options, expected }) => {
    expect(codesOf(options, context)).toEqual(expected);
  });

  test.each<Row & { readonly name: string }>([
    { name: 'dns:under_score.example.com', options: {}, expected: ['path/bad-name'] },
    { name: 'dns:.example.com', options: {}, expected: ['path/bad-name'] },
    { name: 'dns:example.com.', options: {}, expected: ['path/bad-name'] },
    { name: 'dns:192.0.2.1', options: {}, expected: ['path/bad-name'] },
    { name: 'dns:', options: {}, expected: ['path/bad-name'] },
    { name: 'dns:*', options: {}, expected: ['path/bad-name'] },
    { name: 'dns:a.*.example.com', options: {}, expected: ['path/bad-name'] },
    { name: 'dns:a*.example.com', options: {}, expected: ['path/bad-name'] },
    { name: 'dns:*.example.com', options: {}, expected: [] },
    { name: 'dns:xn--bcher-kva.example', options: {}, expected: [] },
    { name: 'email:a@b@example.com', options: {}, expected: ['path/bad-name'] },
    { name: 'email:"a b"@example.com', options: {}, expected: [] },
    { name: 'email:example.com', options: {}, expected: ['path/bad-name'] },
    { name: 'uri:https://example.com/a?b#c', options: {}, expected: [] },
    { name: 'uri:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6', options: {}, expected: [] },
    { name: 'uri:/relative', options: {}, expected: ['path/bad-name'] },
    { name: 'uri:https://exa mple.com/', options: {}, expected: ['path/bad-name'] },
    { name: 'uri:https:///path', options: {}, expected: ['path/bad-name'] },
    { name: 'uri:https://@:443/', options: {}, expected: ['path/bad-name'] },
    { name: 'uri:https://[2001:db8::1]:443/', options: {}, expected: [] },
    { name: 'uri:https://[2001:db8::1', options: {}, expected: ['path/bad-name'] },
    { name: 'uri:https://[fe80::1%25eth0]/', options: {}, expected: ['path/bad-name'] },
    { name: 'uri:spiffe://trust_domain/workload', options: {}, expected: [] },
    { name: 'other:1.3.6.1.5.5.7.8.9=ü@example.com', options: {}, expected: [] },
    { name: 'other:1.3.6.1.5.5.7.8.9=ü@exämple.com', options: {}, expected: ['path/bad-name'] },
    { name: 'other:1.3.6.1.5.5.7.8.9=example.com', options: {}, expected: ['path/bad-name'] },
    { name: 'hex:0102030405', options: {}, expected: ['path/bad-name'] },
    { name: 'ip:2001:db8::1', options: {}, expected: [] },
    { name: 'id:1.2.3', options: {}, expected: [] },
  ])('alternative name $name', ({ name, expected }) => {
    expect(codesOf(named(name), context)).toEqual(expected);
  });

  test.each<Row & { readonly role: 'intermediate' | 'anchor' }>([
    {
      role: 'intermediate',
      name: 'no basicConstraints',
      options: { basicConstraints: null },
      expected: ['path/not-a-ca', 'path/malformed-extension'],
    },
    {
      role: 'intermediate',
      name: 'cA FALSE',
      options: { basicConstraints: { ca: false }, keyUsage: null },
      expected: ['path/not-a-ca'],
    },
    {
      role: 'intermediate',
      name: 'no keyCertSign',
      options: { keyUsage: ['cRLSign'] },
      expected: ['path/no-cert-sign'],
    },
    {
      role: 'intermediate',
      name: 'a path length without keyCertSign',
      options: { keyUsage: ['cRLSign'], basicConstraints: { ca: true, pathLength: 1 } },
      expected: ['path/no-cert-sign', 'path/malformed-extension'],
    },
    { role: 'intermediate', name: 'no keyUsage', options: { keyUsage: null }, expected: [] },
    {
      role: 'intermediate',
      name: 'basicConstraints not critical',
      options: { basicConstraints: { ca: true, critical: false } },
      expected: [],
    },
    {
      role: 'intermediate',
      name: 'no subjectKeyIdentifier',
      options: { subjectKeyIdentifier: false },
      expected: ['path/missing-key-identifier'],
    },
    { role: 'intermediate', name: 'version 1', options: { version: 1 }, expected: ['path/not-a-ca'] },
    {
      role: 'intermediate',
      name: 'constraints that are not critical',
      options: { extensions: [nameConstraints({ permitted: ['dns:example.com'], critical: false })] },
      expected: ['path/wrong-criticality'],
    },
    {
      role: 'intermediate',
      name: 'empty constraints',
      options: { extensions: [nameConstraints({})] },
      expected: ['path/malformed-extension'],
    },
    {
      role: 'intermediate',
      name: 'an empty list of constraints',
      options: { extensions: [nameConstraints({ permitted: [] })] },
      expected: ['path/malformed-extension'],
    },
    {
      role: 'intermediate',
      name: 'a constraint with a leading dot',
      options: { extensions: [nameConstraints({ permitted: ['dns:.example.com'] })] },
      expected: ['path/malformed-extension'],
    },
    {
      role: 'intermediate',
      name: 'everything permitted',
      options: { extensions: [nameConstraints({ permitted: ['dns:'] })] },
      expected: ['path/malformed-extension'],
    },
    {
      role: 'intermediate',
      name: 'everything excluded',
      options: { extensions: [nameConstraints({ excluded: ['dns:'] })] },
      expected: [],
    },
    {
      role: 'intermediate',
      name: 'an address without a mask',
      options: { extensions: [nameConstraints({ permitted: ['ip:192.0.2.1'] })] },
      expected: ['path/malformed-extension'],
    },
    {
      role: 'intermediate',
      name: 'a mask with holes',
      options: { extensions: [nameConstraints({ permitted: ['ip:192.0.2.0/255.0.255.0'] })] },
      expected: ['path/malformed-extension'],
    },
    {
      role: 'intermediate',
      name: 'a URI as the base of one',
      options: { extensions: [nameConstraints({ excluded: ['uri:https://example.com'] })] },
      expected: ['path/malformed-extension'],
    },
    ...[
      ['a minimum of 0', [0x80, 1, 0], []],
      ['a minimum of 1', [0x80, 1, 1], ['path/malformed-extension']],
      ['a maximum', [0x81, 1, 0], ['path/malformed-extension']],
      ['two minima', [0x80, 1, 0, 0x80, 1, 0], ['path/malformed-extension']],
    ].map(([name, distances, expected]) => ({
      role: 'intermediate' as const,
      name: `a constraint with ${name}`,
      options: { extensions: [constraint(Uint8Array.from(distances as number[]))] },
      expected: expected as Row['expected'],
    })),
    {
      role: 'intermediate',
      name: 'a skip that is not in its shortest form',
      options: {
        extensions: [
          { oid: EXTENSION.policyConstraints, critical: true, value: Uint8Array.of(0x30, 4, 0x80, 2, 0, 1) },
        ],
      },
      expected: ['path/malformed-extension'],
    },
    { role: 'anchor', name: 'version 1', options: { version: 1 }, expected: [] },
    {
      role: 'anchor',
      name: 'version 1, issued by another',
      options: { version: 1, issuerName: 'CN=Other' },
      expected: ['path/not-a-ca'],
    },
    {
      role: 'anchor',
      name: 'expired',
      options: { notAfter: new Date(AT.getTime() - DAY) },
      expected: ['path/expired'],
    },
    { role: 'anchor', name: 'serial number 0', options: { serialNumber: 0n }, expected: [] },
    { role: 'anchor', name: 'a SHA-1 signature', options: { hash: 'sha1' }, expected: [] },
    {
      role: 'anchor',
      name: 'basicConstraints not critical',
      options: { basicConstraints: { ca: true, critical: false } },
      expected: ['path/wrong-criticality'],
    },
    {
      role: 'anchor',
      name: 'the same, of 2004',
      options: { basicConstraints: { ca: true, critical: false }, notBefore: IN_2004 },
      expected: [],
    },
    {
      role: 'anchor',
      name: 'the same, as if of 1970',
      options: { basicConstraints: { ca: true, critical: false }, notBefore: IN_1970 },
      expected: ['path/wrong-criticality'],
    },
    {
      role: 'anchor',
      name: 'no subjectKeyIdentifier',
      options: { subjectKeyIdentifier: false },
      expected: ['path/missing-key-identifier'],
    },
    {
      role: 'anchor',
      name: 'the same, of 2004',
      options: { subjectKeyIdentifier: false, notBefore: IN_2004 },
      expected: [],
    },
    { role: 'anchor', name: 'no keyUsage', options: { keyUsage: null }, expected: [] },
  ])('$role: $name', ({ role, options, expected }) => {
    expect(codesOf(options, { ...context, role })).toEqual(expected);
  });
});

function qualified(critical: boolean) {
  const qualifier = encodeElement(TAG.sequence, encodeOid('1.2.3.4'), NULL);
  return { oid: EXTENSION.certificatePolicies, critical, value: policy(encodeElement(TAG.sequence, qualifier)) };
}

/** certificatePolicies with one policy and these qualifiers. */
function policy(qualifiers: Uint8Array): Uint8Array {
  return encodeElement(TAG.sequence, encodeElement(TAG.sequence, encodeOid('1.2.3'), qualifiers));
}

/** nameConstraints that permit a domain, with these fields behind it. */
function constraint(distances: Uint8Array) {
  const subtree = encodeElement(TAG.sequence, generalName('dns:example.com'), distances);
  const value = encodeElement(TAG.sequence, encodeElement(contextTag(0), subtree));
  return { oid: EXTENSION.nameConstraints, critical: true, value };
}

function identifiedBy(...fields: readonly Uint8Array[]): IssueOptions {
  const value = encodeElement(TAG.sequence, ...fields);
  return { authorityKeyIdentifier: false, ...raw(EXTENSION.authorityKeyIdentifier, value) };
}
