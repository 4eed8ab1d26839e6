import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isBelow,
  isDnsName,
  isPartlyBelow,
  isRegistryWildcard,
  isWhollyBelow,
  isWildcardName,
  matchesHost,
} from '../../../src/path/names/dns-name.ts';
import { isMailboxBase, isMailboxWithin, parseMailbox, parseUtf8Mailbox } from '../../../src/path/names/mailbox.ts';
import { domainOf, isAbsoluteUri, isHostWithin, isUriBase } from '../../../src/path/names/uri.ts';

const LONG_LABEL = 'a'.repeat(63);

describe('DNS names', () => {
  test.each([
    ['example.com', true],
    ['EXAMPLE.com', true],
    ['localhost', true],
    ['a-b.example', true],
    ['1and1.com', true],
    [`${LONG_LABEL}.com`, true],
    [`${LONG_LABEL}a.com`, false],
    [`${`${LONG_LABEL}.`.repeat(3)}${'a'.repeat(61)}`, true],
    [`${`${LONG_LABEL}.`.repeat(3)}${'a'.repeat(62)}`, false],
    ['', false],
    ['.', false],
    ['a..b', false],
    ['example.com.', false],
    ['-a.example', false],
    ['a-.example', false],
    ['a_b.example', false],
    ['bücher.example', false],
    ['a b.example', false],
    ['a\u0000.example', false],
    ['127.0.0.1', false],
    ['*.example.com', false],
  ])('%j: %j', (name, expected) => {
    expect(isDnsName(name)).toBe(expected);
  });

  test.each([
    ['*.example.com', true],
    ['*.com', true],
    ['*', false],
    ['*.', false],
    ['**.example.com', false],
    ['*.*.example.com', false],
    ['www.*.com', false],
    ['w*.example.com', false],
  ])('wildcard %j: %j', (name, expected) => {
    expect(isWildcardName(name)).toBe(expected);
  });

  test.each([
    ['www.example.com', 'WWW.EXAMPLE.COM', true],
    ['*.example.com', 'www.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'a.b.example.com', false],
    ['*.example.com', '.example.com', false],
    ['w*.example.com', 'www.example.com', false],
    ['www.example.com', 'ww.example.com', false],
    ['127.0.0.1', '127.0.0.1', false],
  ])('%j covers %j: %j', (presented, host, expected) => {
    expect(matchesHost(presented, host)).toBe(expected);
  });

  test.each([
    ['example.com', 'example.com', true, true],
    ['www.EXAMPLE.com', 'example.COM', true, true],
    ['wwwexample.com', 'example.com', false, false],
    ['com', 'example.com', false, false],
    ['anything.example', '', true, true],
    ['*.example.com', 'example.com', true, true],
    ['*.a.example.com', 'example.com', true, true],
    ['*.example.com', 'www.example.com', false, true],
    ['*.example.com', 'a.b.example.com', false, true],
    ['*.example.com', 'example.net', false, false],
  ])('%j in the tree of %j: wholly %j, partly %j', (presented, base, wholly, partly) => {
    expect([isWhollyBelow(presented, base), isPartlyBelow(presented, base)]).toEqual([wholly, partly]);
  });

  test.each([
    ['*.com', true],
    ['*.co.uk', true],
    ['*.COM.AU', true],
    ['*.example.com', false],
    ['*.example.uk', false],
    ['*.www.co.uk', false],
    ['co.uk', false],
  ])('%j covers a registry: %j', (presented, expected) => {
    expect(isRegistryWildcard(presented)).toBe(expected);
  });

  const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));

  test('what is wholly in a tree is partly in it, and a wildcard covers only what is below it', () => {
    fc.assert(
      fc.property(name, name, fc.boolean(), (host, base, isWildcard) => {
        const presented = isWildcard ? `*.${host}` : host;
        expect(isPartlyBelow(presented, base) || !isWhollyBelow(presented, base)).toBe(true);
        expect(isBelow(`${host}.${base}`, base)).toBe(true);
        expect(matchesHost(`*.${base}`, `x.${base}`)).toBe(true);
      }),
    );
  });
});

describe('mailboxes', () => {
  test.each([
    ['a.b+c@Example.com', { local: 'a.b+c', domain: 'example.com', exotic: false }],
    ['*@example.com', { local: '*', domain: 'example.com', exotic: false }],
    ['"a b"@example.com', { local: '"a b"', domain: 'example.com', exotic: true }],
    ['"a@b"@example.com', { local: '"a@b"', domain: 'example.com', exotic: true }],
    ['a@[192.0.2.1]', { local: 'a', domain: '[192.0.2.1]', exotic: true }],
    ['a@[IPv6:2001:db8::1]', { local: 'a', domain: '[ipv6:2001:db8::1]', exotic: true }],
    ['a@b@example.com', null],
    ['@example.com', null],
    ['a@', null],
    ['a', null],
    ['.a@example.com', null],
    ['a..b@example.com', null],
    ['a b@example.com', null],
    ['a@exam_ple.com', null],
    ['a@[192.0.2.999]', null],
    ['a\u00e9@example.com', null],
  ])('%j is %j', (text, expected) => {
    expect(parseMailbox(text)).toEqual(expected);
  });

  test('with a local part in UTF-8', () => {
    expect(parseUtf8Mailbox('ü@xn--bcher-kva.example')).toEqual({
      local: 'ü',
      domain: 'xn--bcher-kva.example',
      exotic: false,
    });
    expect(parseUtf8Mailbox('ü@bücher.example')).toBeNull();
    expect(parseUtf8Mailbox('"ü"@example.com')).toBeNull();
  });

  test.each([
    ['a@example.com', 'a@EXAMPLE.com', true],
    ['a@example.com', 'A@example.com', false],
    ['a@example.com', 'example.com', true],
    ['a@www.example.com', 'example.com', false],
    ['a@www.example.com', '.example.com', true],
    ['a@example.com', '.example.com', false],
  ])('%s is within %s: %j', (text, base, expected) => {
    const mailbox = parseMailbox(text);
    expect(isMailboxBase(base) && mailbox !== null && isMailboxWithin(mailbox, base)).toBe(expected);
  });

  test.each(['', '.', '@example.com', 'a@', 'a@.example.com', '..example.com', '"a"@example.com', '*.example.com'])(
    '%j is no base of a constraint',
    (base) => expect(isMailboxBase(base)).toBe(false),
  );
});

describe('URIs', () => {
  test.each([
    ['https://example.com/', 'example.com'],
    ['HTTPS://User:Pass@Example.COM:8443/a?b#c', 'example.com'],
    ['https://example.com', 'example.com'],
    ['https://example.com?q', 'example.com'],
    ['ldap://example.com:389', 'example.com'],
    ['https://localhost/', null],
    ['https://192.0.2.1/', null],
    ['https://0xC0000201/', null],
    ['https://[2001:db8::1]/', null],
    ['https://ex%61mple.com/', null],
    ['mailto:a@example.com', null],
    ['urn:example:a', null],
  ])('the host of %s is %j', (uri, expected) => {
    expect([isAbsoluteUri(uri), domainOf(uri)]).toEqual([true, expected]);
  });

  test.each([
    '',
    'example.com',
    '//example.com/',
    'https:',
    '1http://example.com',
    'https://exa mple.com',
    'http://a/%zz',
    'https:///path',
    'https://a@b@example.com/',
    'https://[2001:db8::1%25eth0]/',
  ])('%j is no absolute URI', (text) => expect(isAbsoluteUri(text)).toBe(false));

  test.each([
    ['example.com', 'example.com', true],
    ['www.example.com', 'example.com', false],
    ['www.example.com', '.EXAMPLE.com', true],
    ['example.com', '.example.com', false],
  ])('%s is within %s: %j', (host, base, expected) => {
    expect(isUriBase(base) && isHostWithin(host, base)).toBe(expected);
  });

  test.each(['', '.', 'https://example.com', 'example.com:443', '192.0.2.1', '*.example.com'])(
    '%j is no base of a constraint',
    (base) => expect(isUriBase(base)).toBe(false),
  );
});

test('names of megabytes are told apart like any other', () => {
  const long = 'a.'.repeat(8_000_000);
  expect([
    isAbsoluteUri(`urn:${long}`),
    isAbsoluteUri(`urn:${long}%`),
    parseMailbox(`${long}a@example.com`)?.domain,
    parseMailbox(`${long}@example.com`),
    parseMailbox(`"${long}"@example.com`)?.exotic,
    parseUtf8Mailbox(`${long}\u00e9@example.com`)?.domain,
    parseUtf8Mailbox(`${long}\u4e00@example.com`)?.domain,
  ]).toEqual([true, false, 'example.com', null, true, 'example.com', 'example.com']);
});
