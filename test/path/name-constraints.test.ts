import { describe, expect, test } from 'vitest';
import { Budget, BudgetExceeded } from '../../src/path/budget.ts';
import { checkNameConstraints } from '../../src/path/name-constraints.ts';
import { validatePath } from '../../src/path/validate-path.ts';
import { AT, type Issued, type IssueOptions, issueIdentified as issue } from '../support/certificates.ts';
import { nameConstraints, subjectAltName } from '../support/extensions.ts';

const UTF8_MAILBOX = '1.3.6.1.5.5.7.8.9';

interface Trees {
  readonly permitted?: readonly string[];
  readonly excluded?: readonly string[];
  readonly critical?: boolean;
}

/** A CA with these constraints, as the only one above. */
function isAllowed(trees: Trees, options: IssueOptions, isFinal = true): boolean {
  const ca = issue({ subject: 'CN=CA', extensions: [nameConstraints(trees)] });
  const { certificate } = issue({ subject: 'O=Example', issuer: ca, ...options });
  return checkNameConstraints(certificate, [ca.certificate], isFinal, new Budget()).length === 0;
}

const named = (...names: readonly string[]): IssueOptions => ({ extensions: [subjectAltName(names)] });

describe('one name, one constraint', () => {
  test.each([
    ['dns:www.example.com', 'dns:example.com', true],
    ['dns:example.com', 'dns:example.com', true],
    ['dns:badexample.com', 'dns:example.com', false],
    ['dns:*.example.com', 'dns:example.com', true],
    ['email:a@example.com', 'email:example.com', true],
    ['email:a@www.example.com', 'email:example.com', false],
    ['email:a@www.example.com', 'email:.example.com', true],
    ['email:a@example.com', 'email:a@example.com', true],
    ['email:b@example.com', 'email:a@example.com', false],
    ['uri:https://www.example.com/', 'uri:.example.com', true],
    ['uri:https://www.example.com/', 'uri:example.com', false],
    ['uri:https://example.com:8443/', 'uri:example.com', true],
    ['ip:192.0.2.1', 'ip:192.0.2.0/255.255.255.0', true],
    ['ip:192.0.3.1', 'ip:192.0.2.0/255.255.255.0', false],
    ['ip:2001:db8::1', 'ip:192.0.2.0/255.255.255.0', false],
    ['ip:::ffff:192.0.2.1', 'ip:2001:db8::/ffff:ffff::', false],
    ['dir:CN=a,O=Example', 'dir:O=Example', true],
    ['dir:CN=a,O=  exAMPLE ', 'dir:O=Example', true],
    ['dir:O=Example,C=DE', 'dir:O=Example', false],
    ['dir:O=Examples', 'dir:O=Example', false],
    [`other:${UTF8_MAILBOX}=ü@example.com`, 'email:example.com', true],
    [`other:${UTF8_MAILBOX}=ü@example.net`, 'email:example.com', false],
  ])('%s in %s: %j', (name, base, isWithin) => {
    const subject = base.startsWith('dir:') ? { subject: 'O=Example' } : {};
    expect(isAllowed({ permitted: [base] }, { ...subject, ...named(name) })).toBe(isWithin);
    if (!base.startsWith('dir:')) expect(isAllowed({ excluded: [base] }, named(name))).toBe(!isWithin);
  });

  test.each([
    ['dns:www.example.com', true, true],
    ['dns:a.b.EXAMPLE.com', true, true],
    ['dns:*.example.com', true, true],
    ['dns:example.com', false, true],
    ['dns:badexample.com', false, false],
    ['dns:*.com', false, true],
  ])('%s and a base with a dot in front: permitted %j, excluded %j', (name, isPermitted, isExcluded) => {
    const bases = ['dns:.Example.com'];
    expect(isAllowed({ permitted: bases }, named(name))).toBe(isPermitted);
    expect(isAllowed({ excluded: bases }, named(name))).toBe(!isExcluded);
  });

  test.each([
    {
      name: 'a wildcard above a permitted tree',
      trees: { permitted: ['dns:a.example.com'] },
      names: ['dns:*.example.com'],
    },
    {
      name: 'a wildcard above an excluded tree',
      trees: { excluded: ['dns:a.example.com'] },
      names: ['dns:*.example.com'],
    },
    {
      name: 'an IPv4 address inside an IPv6 one',
      trees: { excluded: ['ip:192.0.2.0/255.255.255.0'] },
      names: ['ip:::ffff:192.0.2.1'],
    },
    { name: 'a URI without a host, permitted', trees: { permitted: ['uri:example.com'] }, names: ['uri:urn:a:b'] },
    {
      name: 'a URI with an address, excluded',
      trees: { excluded: ['uri:example.com'] },
      names: ['uri:https://192.0.2.1/'],
    },
    {
      name: 'a quoted local part, permitted',
      trees: { permitted: ['email:example.com'] },
      names: ['email:"a"@example.com'],
    },
    {
      name: 'a quoted local part, excluded',
      trees: { excluded: ['email:example.net'] },
      names: ['email:"a"@example.com'],
    },
    {
      name: 'one of two names outside',
      trees: { permitted: ['dns:example.com'] },
      names: ['dns:example.com', 'dns:example.net'],
    },
    {
      name: 'permitted and excluded',
      trees: { permitted: ['dns:example.com'], excluded: ['dns:example.com'] },
      names: ['dns:example.com'],
    },
    { name: 'every name excluded', trees: { excluded: ['dns:'] }, names: ['dns:example.com'] },
    { name: 'a form that is not supported', trees: { excluded: ['id:1.2.3'] }, names: ['id:1.2.4'] },
    { name: 'an otherName of a constrained type', trees: { excluded: ['other:1.2.3=a'] }, names: ['other:1.2.3=b'] },
    {
      name: 'a UTF-8 mailbox by its very name, permitted',
      trees: { permitted: ['email:a@example.com'] },
      names: [`other:${UTF8_MAILBOX}=a@example.com`],
    },
    {
      name: 'a UTF-8 mailbox by its very name, excluded',
      trees: { excluded: ['email:a@example.com'] },
      names: [`other:${UTF8_MAILBOX}=a@example.com`],
    },
    {
      name: 'a UTF-8 mailbox under a constraint of its own form',
      trees: { permitted: [`other:${UTF8_MAILBOX}=example.com`] },
      names: [`other:${UTF8_MAILBOX}=a@example.com`],
    },
    {
      name: 'a UTF-8 mailbox that is none',
      trees: { excluded: ['email:example.net'] },
      names: [`other:${UTF8_MAILBOX}=example.com`],
    },
  ])('refused: $name', ({ trees, names }) => {
    expect(isAllowed(trees, named(...names))).toBe(false);
  });

  test.each([
    { name: 'another form', trees: { permitted: ['dns:example.com'] }, names: ['email:a@example.net'] },
    {
      name: 'either of two trees',
      trees: { permitted: ['dns:example.net', 'dns:example.com'] },
      names: ['dns:example.com'],
    },
    { name: 'an otherName of another type', trees: { excluded: ['other:1.2.3=a'] }, names: ['other:1.2.4=a'] },
    {
      name: 'a form that is not supported, not critical',
      trees: { excluded: ['id:1.2.3'], critical: false },
      names: ['id:1.2.4'],
    },
  ])('allowed: $name', ({ trees, names }) => {
    expect(isAllowed(trees, named(...names))).toBe(true);
  });
});

describe('names outside subjectAltName', () => {
  test('the subject is held against directory names, unless it is empty', () => {
    expect(isAllowed({ permitted: ['dir:O=Example'] }, { subject: 'CN=a,O=Example' })).toBe(true);
    expect(isAllowed({ permitted: ['dir:O=Example'] }, { subject: 'CN=a,O=Other' })).toBe(false);
    expect(isAllowed({ excluded: ['dir:O=Other'] }, { subject: 'CN=a,O=Other' })).toBe(false);
  });

  test.each([
    ['a@example.com', named(), true],
    ['a@example.net', named(), false],
    ['no address', named(), false],
    ['a@example.net', named('email:a@example.com'), true],
    ['a@example.net', named('dns:example.com'), false],
  ])('an address %j in the subject counts where there is none elsewhere', (address, options, expected) => {
    const bare = options.extensions?.length === 1 && options.extensions[0]?.value.length === 2 ? {} : options;
    const subject = `emailAddress=${address},O=Example`;
    expect(isAllowed({ permitted: ['email:example.com'] }, { ...bare, subject })).toBe(expected);
  });

  test.each([
    { commonName: 'www.example.net', names: [], isFinal: true, expected: false },
    { commonName: '*.example.net', names: [], isFinal: true, expected: false },
    { commonName: 'My CA,CN=www.example.net', names: [], isFinal: true, expected: false },
    { commonName: 'www.example.net,CN=My CA', names: [], isFinal: true, expected: false },
    { commonName: '192.0.2.1', names: [], isFinal: true, expected: false },
    { commonName: 'My CA', names: [], isFinal: true, expected: true },
    { commonName: 'localhost', names: [], isFinal: true, expected: true },
    { commonName: 'www.example.net', names: ['dns:example.com'], isFinal: true, expected: true },
    { commonName: 'www.example.net', names: ['email:a@example.com'], isFinal: true, expected: false },
    { commonName: 'www.example.net', names: [], isFinal: false, expected: true },
  ])(
    'the common name $commonName acts as a host where no other name does',
    ({ commonName, names, isFinal, expected }) => {
      const trees = { permitted: ['dns:example.com', 'ip:198.51.100.0/255.255.255.0'] };
      const extensions = names.length > 0 ? [subjectAltName(names)] : [];
      expect(isAllowed(trees, { subject: `CN=${commonName}`, extensions }, isFinal)).toBe(expected);
    },
  );
});

test.each([
  ['ip:2001:db8::1', '"2001:db8::1" is not permitted'],
  ['ip:192.0.2.1', '"192.0.2.1" is not permitted'],
  ['hex:0102030405', '"0102030405" is not permitted'],
])('%s is named as it is written', (name, message) => {
  const ca = issue({ subject: 'CN=CA', extensions: [nameConstraints({ permitted: ['ip:10.0.0.0/255.0.0.0'] })] });
  const { certificate } = issue({ subject: 'O=Example', issuer: ca, ...named(name) });
  const [reason] = checkNameConstraints(certificate, [ca.certificate], true, new Budget());
  expect(reason?.message).toBe(`${message} (constraint of CN=CA)`);
});

describe('along a path', () => {
  const permits = (...bases: readonly string[]) => ({ extensions: [nameConstraints({ permitted: bases })] });

  function isValid(name: string, ...chain: readonly IssueOptions[]): boolean {
    const made: Issued[] = [];
    for (const [i, options] of chain.entries()) {
      const issuer = made.at(-1);
      made.push(issue({ subject: `CN=CA ${i}`, ...(issuer === undefined ? {} : { issuer }), ...options }));
    }
    const [root = issue(), ...below] = made;
    const target = issue({
      subject: 'O=Example',
      issuer: below.at(-1) ?? root,
      basicConstraints: null,
      keyUsage: null,
      ...named(name),
    });
    const intermediates = below.map(({ der }) => der);
    return validatePath(target.der, { trustAnchors: [root.der], intermediates, at: AT }).valid;
  }

  test('every CA narrows what the ones above permit, and none widens it', () => {
    const [all, some] = [permits('dns:example.com', 'dns:example.net'), permits('dns:example.com')];
    expect(isValid('dns:example.com', {}, all, some)).toBe(true);
    expect(isValid('dns:example.net', {}, all, some)).toBe(false);
    expect(isValid('dns:example.net', {}, some, all)).toBe(false);
  });

  test('the constraints of the anchor count', () => {
    expect(isValid('dns:example.com', permits('dns:example.com'))).toBe(true);
    expect(isValid('dns:example.net', permits('dns:example.com'))).toBe(false);
  });

  test('intermediates are held to them as well, self-issued ones are not', () => {
    const outside = { ...named('dns:example.net'), keyUsage: ['keyCertSign'] } as const;
    expect(isValid('dns:example.com', permits('dns:example.com'), outside)).toBe(false);
    expect(isValid('dns:example.com', permits('dns:example.com'), { ...outside, subject: 'CN=CA 0' })).toBe(true);
  });
});

test('comparisons are counted before they are made', () => {
  const ca = issue({
    extensions: [nameConstraints({ permitted: ['dns:a', 'dns:b'], excluded: ['dns:c', 'ip:10.0.0.0/255.0.0.0'] })],
  });
  const { certificate } = issue({ subject: 'O=x', issuer: ca, ...named('dns:x.a', 'dns:y.b') });
  const budget = new Budget();
  checkNameConstraints(certificate, [ca.certificate], true, budget);
  expect(budget.spent.nameComparisons).toBe(6);
  const small = new Budget({ nameComparisons: 5 });
  expect(() => checkNameConstraints(certificate, [ca.certificate], true, small)).toThrow(BudgetExceeded);
});
