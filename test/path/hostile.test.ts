/**
 * Inputs made to cost much. What they may cost is counted, so that these tests say the same on every machine; the input
 * itself is large, so that a step that was left uncounted would show as a test that does not end.
 */
import { randomFillSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeElement, TAG } from '../../src/encoding/der.ts';
import { Budget, WORK } from '../../src/path/budget.ts';
import { type ValidatePathOptions, validatePathWithin } from '../../src/path/validate-path.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { AT, type Issued, type IssueOptions, issueIdentified as issue } from '../support/certificates.ts';
import { certificatePolicies, nameConstraints, policyMappings, subjectAltName } from '../support/extensions.ts';

const DAY = 86_400_000;
const root = issue({ subject: 'CN=Root' });

interface Outcome {
  readonly codes: readonly string[];
  readonly spent: Budget['spent'];
}

function validate(
  endEntity: Issued,
  intermediates: readonly Uint8Array[],
  options: Partial<ValidatePathOptions> = {},
): Outcome {
  const budget = new Budget();
  const verdict = validatePathWithin(budget, endEntity.der, {
    trustAnchors: [root.der],
    intermediates,
    at: AT,
    ...options,
  });
  return { codes: verdict.valid ? [] : verdict.reasons.map(({ code }) => code), spent: budget.spent };
}

const endBelow = (issuer: Issued, options: IssueOptions = {}) =>
  issue({ subject: 'CN=End', issuer, basicConstraints: null, keyUsage: ['digitalSignature'], ...options });

test('certificates that were handed over many times count once', () => {
  const dead = issue({ subject: 'CN=CA A', issuer: issue({ subject: 'CN=Nobody' }) });
  const below = issue({ subject: 'CN=CA B', issuer: dead });
  const ca = issue({ subject: 'CN=CA', issuer: root });
  const crossed = issue({
    ...{ subject: 'CN=CA', issuer: below, key: ca.privateKey },
    notAfter: new Date(AT.getTime() + 9000 * DAY),
  });
  const copies = [dead, below, crossed].flatMap(({ der }) => Array.from({ length: 70 }, () => der));
  const { codes, spent } = validate(endBelow(ca), [...copies, ca.der]);
  expect([codes, spent.candidates]).toEqual([[], 4]);
});

describe('10,000 certificates of the issuer', () => {
  const ca = issue({ subject: 'CN=CA', issuer: root });
  const end = endBelow(ca);
  const crowd = Array.from({ length: 10_000 }, () => withOtherKey(ca));

  test('the right one is tried first where key identifiers tell', () => {
    const { codes, spent } = validate(end, [...crowd.map(withOtherIdentifier), ca.der]);
    expect([codes, spent.signatures]).toEqual([[], 2]);
  });

  test('without a hint, the search ends with the signatures', () => {
    const { codes, spent } = validate(end, crowd);
    expect(codes).toContain('path/too-much-work');
    expect(spent).toMatchObject({ signatures: WORK.signatures, candidates: WORK.signatures + 1 });
  });

  test('expired ones cost no signature, and do not fill the answer', () => {
    const late = issue({ subject: 'CN=CA', issuer: root, notAfter: new Date(AT.getTime() - DAY) });
    const { codes, spent } = validate(
      end,
      Array.from({ length: 10_000 }, () => withOtherKey(late)),
    );
    expect(spent).toMatchObject({ signatures: 0, candidates: 10_000 });
    expect(codes).toEqual(new Array(100).fill('path/expired'));
  });
});

describe('CAs that all cross-sign one another', () => {
  /** `count` CAs, and a certificate of each for each other. */
  function crossSigned(
    count: number,
    options: IssueOptions = {},
  ): { readonly cas: Issued[]; readonly crossed: Uint8Array[] } {
    const cas = Array.from({ length: count }, (_, i) => issue({ subject: `CN=CA ${i}`, ...options }));
    const crossed = cas.flatMap((issuer) =>
      cas
        .filter((subject) => subject !== issuer)
        .map(({ subject, privateKey }) => issue({ subject, issuer, key: privateKey, ...options }).der),
    );
    return { cas, crossed };
  }

  test('the ways between nine of them end with the candidates', () => {
    const { cas, crossed } = crossSigned(9);
    const { codes, spent } = validate(endBelow(cas[0] as Issued), crossed);
    expect(codes).toContain('path/too-much-work');
    expect(spent.candidates).toBe(WORK.candidates);
    expect(spent.signatures).toBeLessThan(9 * 8);
  });

  test('paths that lead to the anchor and fail there end with the paths', () => {
    const { cas, crossed } = crossSigned(8);
    const fromRoot = cas.map(({ subject, privateKey }) => issue({ subject, issuer: root, key: privateKey }).der);
    const unnamed = { initialPolicies: ['1.2.3'], requireExplicitPolicy: true };
    const { codes, spent } = validate(endBelow(cas[0] as Issued), [...crossed, ...fromRoot], unnamed);
    expect(codes).toContain('path/too-much-work');
    expect(spent.paths).toBe(WORK.paths);
  });

  test('ways that are too long for their path lengths hide none that is not', () => {
    const { cas, crossed } = crossSigned(12, { basicConstraints: { ca: true, pathLength: 1 } });
    const [lowest, next] = cas as [Issued, Issued];
    const below = issue({ subject: next.subject, issuer: root, key: next.privateKey }).der;
    const { codes, spent } = validate(endBelow(lowest), [...crossed, below]);
    expect(codes).toEqual([]);
    expect(spent.paths).toBe(1);
  });
});

test('a chain without end is followed as far as there are signatures', () => {
  const chain: Issued[] = [root];
  for (let i = 0; i < 150; i++) chain.push(issue({ subject: `CN=CA ${i}`, issuer: chain.at(-1) as Issued }));
  const { codes, spent } = validate(
    endBelow(chain.at(-1) as Issued),
    chain.map(({ der }) => der),
  );
  expect(codes[0]).toMatch(/^path\/(?:too-long|too-much-work)$/);
  expect(spent.signatures).toBeLessThanOrEqual(WORK.signatures);
});

describe('name constraints of 100,000 entries', () => {
  const bases = (form: string) => Array.from({ length: 100_000 }, (_, i) => `${form}:h${i}.example.com`);

  test.each(['dns', 'email', 'uri'])('%s, against 10,000 names', (form) => {
    const ca = issue({ subject: 'CN=CA', issuer: root, extensions: [nameConstraints({ excluded: bases(form) })] });
    const text = { dns: 'dns:', email: 'email:a@', uri: 'uri:https://' }[form] ?? '';
    const names = Array.from({ length: 10_000 }, (_, i) => `${text}x${i}.example.net`);
    const { codes, spent } = validate(endBelow(ca, { extensions: [subjectAltName(names)] }), [ca.der]);
    expect(codes).toEqual(['path/too-much-work']);
    expect(spent.nameComparisons).toBe(1_000_000);
  });

  test('a name of 300,000 labels, which is none, is compared with none of them', () => {
    const ca = issue({ subject: 'CN=CA', issuer: root, extensions: [nameConstraints({ permitted: bases('dns') })] });
    const name = `dns:*${'.a'.repeat(300_000)}`;
    const { codes } = validate(endBelow(ca, { extensions: [subjectAltName([name])] }), [ca.der]);
    expect(codes).toEqual(['path/name-not-permitted', 'path/bad-name']);
  });

  test('of another form cost nothing', () => {
    const ca = issue({ subject: 'CN=CA', issuer: root, extensions: [nameConstraints({ permitted: bases('dns') })] });
    const { codes, spent } = validate(endBelow(ca, { extensions: [subjectAltName(['email:a@example.com'])] }), [
      ca.der,
    ]);
    expect([codes, spent.nameComparisons]).toEqual([[], 0]);
  });
});

test('policies that are all mapped to all, on every level', () => {
  const policies = Array.from({ length: 50 }, (_, i) => `1.2.3.${i}`);
  const pairs = policies.flatMap((issuer) => policies.map((subject) => [issuer, subject] as const));
  const extensions = [certificatePolicies(policies), policyMappings(pairs)];
  const chain: Issued[] = [root];
  for (let i = 0; i < 8; i++) chain.push(issue({ subject: `CN=CA ${i}`, issuer: chain.at(-1) as Issued, extensions }));
  const end = endBelow(chain.at(-1) as Issued, { extensions: [certificatePolicies(policies)] });
  const { codes, spent } = validate(
    end,
    chain.map(({ der }) => der),
  );
  expect(codes).toEqual(['path/too-much-work']);
  expect(spent.policyNodes).toBeLessThanOrEqual(WORK.policyNodes);
});

describe('structures inside one another', () => {
  function nested(depth: number): Uint8Array {
    let value = encodeElement(TAG.sequence);
    for (let i = 0; i < depth; i++) value = encodeElement(TAG.sequence, value);
    return value;
  }

  const readAtOnce = ['keyUsage', 'basicConstraints', 'extendedKeyUsage'];

  test.each(Object.entries(EXTENSION).filter(([name]) => !readAtOnce.includes(name)))('in %s', (_, oid) => {
    const end = endBelow(root, { basicConstraints: null, keyUsage: null, extensions: [{ oid, value: nested(3000) }] });
    expect(validate(end, []).codes).toContain('path/not-der');
  });
});

/** The same certificate for a key that nobody has: as good as any to an attacker who wants to keep us busy. */
function withOtherKey({ der, certificate }: Issued): Uint8Array {
  const copy = Uint8Array.from(der);
  const end = Buffer.from(der).indexOf(certificate.subjectPublicKeyInfo) + certificate.subjectPublicKeyInfo.length;
  randomFillSync(copy, end - 64, 64);
  return copy;
}

/** With another subjectKeyIdentifier than the one that the end entity points to. */
function withOtherIdentifier(der: Uint8Array): Uint8Array {
  const marker = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x0e, 0x04, 0x16, 0x04, 0x14]);
  const copy = Uint8Array.from(der);
  randomFillSync(copy, Buffer.from(der).indexOf(marker) + marker.length, 20);
  return copy;
}
