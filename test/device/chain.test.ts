import { describe, expect, test } from 'vitest';
import { isSelfSigned, sortIntoChains } from '../../src/device/chain.ts';
import { encodeElement, TAG } from '../../src/encoding/der.ts';
import { decodeHex } from '../../src/encoding/hex.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { type Issued, type IssueOptions, issue } from '../support/certificates.ts';

const root = issue({ subject: 'CN=Root' });
const upper = issue({ subject: 'CN=Upper', issuer: root });
const lower = issue({ subject: 'CN=Lower', issuer: upper });
const sibling = issue({ subject: 'CN=Sibling', issuer: upper });
const other = issue({ subject: 'CN=Other' });
/** The key and name of `root`, certified by `other`. */
const cross = issue({ subject: 'CN=Root', issuer: other, key: root.privateKey });

/** The authority key identifier is left out by the builder; here it names a key. */
function withAuthorityKey(options: IssueOptions, keyIdentifier: string): Issued {
  const value = encodeElement(TAG.sequence, encodeElement(0x80, decodeHex(keyIdentifier) ?? new Uint8Array()));
  return issue({ ...options, extensions: [{ oid: EXTENSION.authorityKeyIdentifier, value }] });
}

function subjects(...issued: readonly Issued[]): string[] {
  return sortIntoChains(issued.map(({ certificate }) => certificate)).map((chain) =>
    chain.map(({ subject, selfIssued }) => `${subject.slice(3)}${selfIssued ? '*' : ''}`).join(' < '),
  );
}

describe('sortIntoChains', () => {
  test.each([
    { name: 'nothing', given: [], expected: [] },
    { name: 'one root', given: [root], expected: ['Root*'] },
    { name: 'one CA without its root', given: [lower], expected: ['Lower'] },
    { name: 'a chain from below', given: [lower, upper, root], expected: ['Lower < Upper < Root*'] },
    { name: 'a chain from above', given: [root, upper, lower], expected: ['Lower < Upper < Root*'] },
    { name: 'a chain with a gap', given: [lower, root], expected: ['Lower', 'Root*'] },
    { name: 'two roots as given', given: [other, root], expected: ['Other*', 'Root*'] },
    {
      name: 'chains as their first certificate was given',
      given: [upper, other, lower, root],
      expected: ['Lower < Upper < Root*', 'Other*'],
    },
    {
      name: 'two chains with a shared upper part',
      given: [root, sibling, lower, upper],
      expected: ['Sibling < Upper < Root*', 'Lower < Upper < Root*'],
    },
    {
      name: 'a cross-certified root on the shorter way',
      given: [upper, cross, root, other],
      expected: ['Upper < Root*', 'Root < Other*'],
    },
    { name: 'a cross-certified root alone', given: [upper, other, cross], expected: ['Upper < Root < Other*'] },
  ])('$name', ({ given, expected }) => {
    expect(subjects(...given)).toEqual(expected);
  });

  test('a name is not enough: the signature must verify', () => {
    const impostor = issue({ subject: 'CN=Root' });
    expect(subjects(upper, impostor)).toEqual(['Upper', 'Root*']);
    expect(subjects(upper, impostor, root)).toEqual(['Upper < Root*', 'Root*']);
  });

  test('key identifiers must not contradict', () => {
    const { subjectKeyIdentifier } = root.certificate;
    const agreeing = withAuthorityKey({ subject: 'CN=Sub', issuer: root }, subjectKeyIdentifier ?? '');
    const contradicting = withAuthorityKey({ subject: 'CN=Sub', issuer: root }, '00'.repeat(20));
    expect(subjects(agreeing, root)).toEqual(['Sub < Root*']);
    expect(subjects(contradicting, root)).toEqual(['Sub', 'Root*']);
  });

  test('names are compared without regard to letter case and blanks', () => {
    const sub = issue({ subject: 'CN=Sub', issuer: root, issuerName: 'CN=  ROOT ' });
    expect(subjects(sub, root)).toEqual(['Sub < Root*']);
  });

  test('a rollover certificate is issued by the root of the same name', () => {
    const rollover = issue({ subject: 'CN=Root', issuer: root });
    expect(subjects(rollover, root)).toEqual(['Root* < Root*']);
  });

  test('CAs that certified one another make one chain', () => {
    const a = issue({ subject: 'CN=A' });
    const b = issue({ subject: 'CN=B' });
    const aByB = issue({ subject: 'CN=A', issuer: b, key: a.privateKey });
    const bByA = issue({ subject: 'CN=B', issuer: a, key: b.privateKey });
    const below = issue({ subject: 'CN=Below', issuer: a });
    expect(subjects(aByB, bByA)).toEqual(['A < B']);
    expect(subjects(bByA, aByB)).toEqual(['B < A']);
    expect(subjects(bByA, aByB, below)).toEqual(['Below < A < B']);
  });
});

test.each([
  { name: 'a root', issued: root, expected: true },
  { name: 'an intermediate', issued: upper, expected: false },
  { name: 'a rollover certificate', issued: issue({ subject: 'CN=Root', issuer: root }), expected: false },
  { name: 'a root with a broken signature', issued: issue({ badSignature: true }), expected: false },
])('isSelfSigned: $name is $expected', ({ issued, expected }) => {
  expect(isSelfSigned(issued.certificate)).toBe(expected);
});
