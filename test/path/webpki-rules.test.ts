import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeElement, encodeInteger, TAG } from '../../src/encoding/der.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { distributionPoints } from '../support/crls.ts';
import {
  certificatePolicies,
  extendedKeyUsage,
  generalName,
  nameConstraints,
  subjectAltName,
} from '../support/extensions.ts';
import { access, CLIENT_AUTH, codesOf, including, named, type Row, raw, rsaKey, SERVER_AUTH } from './rule-fixture.ts';

const ANY_PURPOSE = '2.5.29.37.0';
const IN_2004 = new Date('2004-06-29T17:06:20Z');

describe('webpki', () => {
  const context = { profile: 'webpki', purpose: 'serverAuth' } as const;
  const dsa = generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).publicKey;

  test.each<Row>([
    { name: 'a SHA-1 signature', options: { hash: 'sha1' }, expected: ['path/old-hash', 'path/forbidden-algorithm'] },
    {
      name: 'an RSA key for RSASSA-PSS alone',
      options: { publicKey: generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey },
      expected: ['path/weak-key'],
    },
    {
      name: 'an RSA key of 1024 bits',
      options: { publicKey: rsaKey(1024) },
      expected: ['path/weak-key'],
    },
    {
      name: 'an RSA key of 2050 bits',
      options: { publicKey: rsaKey(2050) },
      expected: ['path/weak-key'],
    },
    { name: 'an RSA key of 2048 bits', options: { publicKey: rsaKey(2048) }, expected: [] },
    {
      name: 'an Ed25519 key',
      options: { publicKey: generateKeyPairSync('ed25519').publicKey },
      expected: ['path/weak-key'],
    },
    {
      name: 'a P-224 key',
      options: { publicKey: generateKeyPairSync('ec', { namedCurve: 'P-224' }).publicKey },
      expected: ['path/weak-key'],
    },
    {
      name: 'a P-521 key',
      options: { publicKey: generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey },
      expected: [],
    },
    { name: 'a DSA key', options: { publicKey: dsa }, expected: ['path/weak-key'] },
    {
      name: 'version 1',
      options: { version: 1, subject: 'O=x' },
      expected: ['path/bad-version', 'path/wrong-purpose', 'path/missing-name'],
    },
    { name: 'a CA', options: { basicConstraints: { ca: true } }, expected: ['path/wrong-purpose'] },
    { name: 'cRLSign', options: { keyUsage: ['digitalSignature', 'cRLSign'] }, expected: ['path/wrong-purpose'] },
    {
      name: 'no extendedKeyUsage',
      options: { extensions: [subjectAltName(['dns:www.example.com'])] },
      expected: ['path/wrong-purpose'],
    },
    {
      name: 'a critical extendedKeyUsage',
      options: { extensions: [subjectAltName(['dns:www.example.com']), extendedKeyUsage([SERVER_AUTH], true)] },
      expected: ['path/wrong-criticality'],
    },
    {
      name: 'anyExtendedKeyUsage',
      options: { extensions: [subjectAltName(['dns:www.example.com']), extendedKeyUsage([SERVER_AUTH, ANY_PURPOSE])] },
      expected: ['path/wrong-purpose'],
    },
    {
      name: 'no subjectAltName',
      options: { subject: 'O=Example', extensions: [extendedKeyUsage([SERVER_AUTH])] },
      expected: ['path/missing-name'],
    },
    {
      name: 'a critical subjectAltName',
      options: { extensions: [subjectAltName(['dns:www.example.com'], true), extendedKeyUsage([SERVER_AUTH])] },
      expected: ['path/wrong-criticality'],
    },
    {
      name: 'an e-mail address',
      options: named('dns:www.example.com', 'email:a@example.com'),
      expected: ['path/bad-name'],
    },
    { name: 'a wildcard', options: { subject: 'O=Example', ...named('dns:*.example.com') }, expected: [] },
    {
      name: 'the base of a wildcard as common name',
      options: { subject: 'CN=example.com', ...named('dns:*.example.com') },
      expected: [],
    },
    {
      name: 'a wildcard over a registry',
      options: { subject: 'O=Example', ...named('dns:*.com') },
      expected: ['path/bad-name'],
    },
    {
      name: 'a wildcard over a part of one',
      options: { subject: 'O=Example', ...named('dns:*.co.uk') },
      expected: ['path/bad-name'],
    },
    { name: 'another common name', options: named('dns:www.example.net'), expected: ['path/bad-name'] },
    { name: 'a common name in other letters', options: { subject: 'CN=WWW.example.com' }, expected: ['path/bad-name'] },
    {
      name: 'two common names',
      options: { subject: 'CN=www.example.com,CN=www.example.com' },
      expected: ['path/bad-name'],
    },
    { name: 'an address as common name', options: { subject: 'CN=192.0.2.1', ...named('ip:192.0.2.1') }, expected: [] },
    {
      name: 'an address in hex',
      options: { subject: 'CN=0xC0000201', ...named('ip:192.0.2.1') },
      expected: ['path/bad-name'],
    },
    {
      name: 'IPv6 as RFC 5952 writes it',
      options: { subject: 'CN=2001:db8::1', ...named('ip:2001:db8::1') },
      expected: [],
    },
    {
      name: 'IPv6 in full',
      options: { subject: 'CN=2001:db8:0:0:0:0:0:1', ...named('ip:2001:db8::1') },
      expected: ['path/bad-name'],
    },
    {
      name: 'any common name for this very host',
      options: { subject: 'CN=My Server', ...named('dns:localhost', 'ip:127.0.0.1') },
      expected: [],
    },
    {
      name: 'an IPv6 address that only begins like that of this very host',
      options: { subject: 'CN=My Server', ...named('ip:7f00::1') },
      expected: ['path/bad-name'],
    },
    {
      name: 'an access location that is no URI',
      options: raw(EXTENSION.authorityInfoAccess, access('dns:example.com')),
      expected: ['path/malformed-extension'],
    },
    {
      name: 'an issuer by name and serial number',
      options: { authorityKeyIdentifier: false, ...including(issuerAndSerialNumber()) },
      expected: ['path/bad-key-identifier'],
    },
  ])('end entity: $name', ({ options, expected }) => {
    expect(codesOf(options, context)).toEqual(expected);
  });

  test.each<Row & { readonly role: 'intermediate' | 'anchor' }>([
    {
      role: 'intermediate',
      name: 'basicConstraints not critical',
      options: { basicConstraints: { ca: true, critical: false } },
      expected: ['path/wrong-criticality'],
    },
    {
      role: 'intermediate',
      name: 'constraints that are not critical',
      options: { extensions: [nameConstraints({ permitted: ['dns:example.com'], critical: false })] },
      expected: [],
    },
    {
      role: 'anchor',
      name: 'an extendedKeyUsage',
      options: { extensions: [extendedKeyUsage([SERVER_AUTH])] },
      expected: ['path/misplaced-extension'],
    },
    { role: 'anchor', name: 'version 1', options: { version: 1 }, expected: ['path/bad-version', 'path/no-cert-sign'] },
    { role: 'anchor', name: 'no keyUsage', options: { keyUsage: null }, expected: ['path/no-cert-sign'] },
    { role: 'anchor', name: 'the same, of 2004', options: { keyUsage: null, notBefore: IN_2004 }, expected: [] },
    { role: 'intermediate', name: 'no keyUsage', options: { keyUsage: null }, expected: ['path/no-cert-sign'] },
    {
      role: 'anchor',
      name: 'a SHA-1 signature of its own',
      options: { hash: 'sha1' },
      expected: ['path/forbidden-algorithm'],
    },
    { role: 'anchor', name: 'the same, of 2004', options: { hash: 'sha1', notBefore: IN_2004 }, expected: [] },
    {
      role: 'intermediate',
      name: 'CRLs by LDAP',
      options: { extensions: [distributionPoints([{ name: { full: ['ldap://example.com/a'] } }])] },
      expected: ['path/malformed-extension'],
    },
    {
      role: 'anchor',
      name: 'CRLs by LDAP, which nobody fetches',
      options: { extensions: [distributionPoints([{ name: { full: ['ldap://example.com/a'] } }])] },
      expected: [],
    },
    { role: 'intermediate', name: 'an organizational unit', options: { subject: 'CN=CA,OU=x' }, expected: [] },
    { role: 'anchor', name: 'a weak key', options: { key: 'rsa1024' }, expected: ['path/weak-key'] },
    {
      role: 'anchor',
      name: 'key identifiers that differ',
      options: { extensions: [{ oid: EXTENSION.authorityKeyIdentifier, value: Uint8Array.of(0x30, 3, 0x80, 1, 1) }] },
      expected: ['path/bad-key-identifier'],
    },
  ])('$role: $name', ({ role, options, expected }) => {
    expect(codesOf(options, { ...context, role })).toEqual(expected);
  });

  /** Of before the profiles, and since they are in force. */
  const [EARLIER, SINCE] = [new Date('2023-09-14T23:59:59Z'), new Date('2023-09-15T00:00:00Z')];

  test.each<Row>([
    { name: 'an organizational unit', options: { subject: 'OU=x,CN=www.example.com' }, expected: ['path/bad-name'] },
    { name: 'a country as UTF8String', options: { subject: 'CN=www.example.com,C=DE' }, expected: ['path/bad-name'] },
    {
      name: 'basicConstraints that are not critical',
      options: { basicConstraints: { ca: false, critical: false } },
      expected: ['path/wrong-criticality'],
    },
    {
      name: 'a key on a curve that enciphers',
      options: { keyUsage: ['digitalSignature', 'keyEncipherment'] },
      expected: ['path/wrong-purpose'],
    },
    {
      name: 'a key on a curve that does not sign',
      options: { keyUsage: ['keyAgreement'] },
      expected: ['path/wrong-purpose'],
    },
    {
      name: 'an RSA key that enciphers',
      options: { publicKey: rsaKey(2048), keyUsage: ['digitalSignature', 'keyEncipherment'] },
      expected: [],
    },
    {
      name: 'an RSA key that agrees on keys',
      options: { publicKey: rsaKey(2048), keyUsage: ['digitalSignature', 'keyAgreement'] },
      expected: ['path/wrong-purpose'],
    },
    {
      name: 'nonRepudiation',
      options: { keyUsage: ['digitalSignature', 'nonRepudiation'] },
      expected: ['path/wrong-purpose'],
    },
    ...['1.3.6.1.5.5.7.3.3', '1.3.6.1.5.5.7.3.9', '1.3.6.1.4.1.11129.2.4.4'].map((purpose) => ({
      name: `the purpose ${purpose}`,
      options: { extensions: [subjectAltName(['dns:www.example.com']), extendedKeyUsage([SERVER_AUTH, purpose])] },
      expected: ['path/wrong-purpose'] as const,
    })),
    {
      name: 'access by HTTPS',
      options: raw(EXTENSION.authorityInfoAccess, access('uri:https://example.com/ca')),
      expected: ['path/malformed-extension'],
    },
    {
      name: 'access by HTTP',
      options: raw(EXTENSION.authorityInfoAccess, access('uri:http://example.com/ca')),
      expected: [],
    },
    ...[
      { name: { full: ['http://example.com/a'] } },
      { name: { full: ['http://example.com/a', 'ldap://example.com/a'] } },
      { name: { full: ['http://example.com/a'] }, reasons: [1] },
      { name: { full: ['http://example.com/a'] }, crlIssuer: 'CN=Other' },
      { name: { relative: 'CN=a' } },
    ].map((point, i) => ({
      name: `the distribution point ${JSON.stringify(point)}`,
      options: including(distributionPoints([point])),
      expected: i === 0 ? ([] as const) : (['path/malformed-extension'] as const),
    })),
    { name: 'a policy of its own', options: including(certificatePolicies(['1.2.3'])), expected: ['path/policy'] },
    {
      name: 'anyPolicy',
      options: including(certificatePolicies(['2.23.140.1.2.1', '2.5.29.32.0'])),
      expected: ['path/policy'],
    },
    {
      name: 'a reserved policy',
      options: including(certificatePolicies(['1.2.3', '2.23.140.1.2.1'])),
      expected: [],
    },
    {
      name: 'a reserved label',
      options: named('dns:www.example.com', 'dns:a.r3--sn.example.com'),
      expected: ['path/bad-name'],
    },
    {
      name: 'an internationalized one',
      options: named('dns:www.example.com', 'dns:xn--bcher-kva.example'),
      expected: [],
    },
  ])('end entity since the profiles: $name', ({ name, options, expected }) => {
    expect(codesOf({ ...options, notBefore: SINCE }, context)).toEqual(expected);
    const isOlderRule = name === 'a reserved label';
    expect(codesOf({ ...options, notBefore: EARLIER }, context)).toEqual(isOlderRule ? expected : []);
  });

  test.each([
    ['*.com', true],
    ['*.co.uk', true],
    ['*.ltd.uk', true],
    ['*.NE.JP', true],
    ['*.ne.de', false],
    ['*.me.uk', true],
    ['*.id.me', false],
    ['*.example.co.uk', false],
  ])('a wildcard %s over a registry: %j', (name, isRefused) => {
    const options = { subject: 'O=Example', ...named(`dns:${name}`) };
    expect(codesOf(options, context)).toEqual(isRefused ? ['path/bad-name'] : []);
  });

  test('the purpose clientAuth is stated likewise', () => {
    const options = { extensions: [subjectAltName(['dns:www.example.com']), extendedKeyUsage([CLIENT_AUTH])] };
    expect(codesOf(options, { ...context, purpose: 'clientAuth' })).toEqual([]);
    expect(codesOf(options, context)).toEqual(['path/wrong-purpose']);
  });
});

function issuerAndSerialNumber() {
  const value = encodeElement(
    TAG.sequence,
    encodeElement(0x80, Uint8Array.of(1)),
    encodeElement(0xa1, generalName('dir:CN=Root')),
    encodeElement(0x82, encodeInteger(1).subarray(2)),
  );
  return { oid: EXTENSION.authorityKeyIdentifier, value };
}
