import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAddressRange, isInRange, mappedIpv4, parseIpAddress, renderIpAddress } from '../../src/x509/ip-address.ts';

describe('IP addresses', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['192.0.2', null],
    ['192.0.2.01', null],
    ['192.0.2.256', null],
    ['0xC0000201', null],
    ['', null],
    [':', null],
    [':::', null],
    ['1::2::3', null],
    ['1:2:3:4:5:6:7', null],
    ['1:2:3:4:5:6:7:8:9', null],
    ['1:2:3:4:5:6:7:8::', null],
    ['12345::', null],
    ['fe80::1%eth0', null],
    ['[::1]', null],
    ['192.0.2.1::', null],
  ])('%j is %j', (text, expected) => {
    const octets = parseIpAddress(text);
    expect(octets === null ? null : renderIpAddress(octets)).toBe(expected);
  });

  test('what is rendered is read back', () => {
    const octets = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(octets, (address) => {
        expect(parseIpAddress(renderIpAddress(address))).toEqual(Uint8Array.from(address));
      }),
    );
  });

  test.each([
    ['192.0.2.0', '255.255.255.0', '192.0.2.77', true],
    ['192.0.2.0', '255.255.255.0', '192.0.3.1', false],
    ['192.0.2.9', '255.255.255.0', '192.0.2.1', true],
    ['0.0.0.0', '0.0.0.0', '8.8.8.8', true],
    ['0.0.0.0', '0.0.0.0', '::1', false],
    ['2001:db8::', 'ffff:ffff::', '2001:db8:1::1', true],
    ['192.0.2.128', '255.255.255.128', '192.0.2.127', false],
  ])('%s/%s holds %s: %j', (network, mask, address, expected) => {
    const range = Buffer.concat([network, mask].map((text) => parseIpAddress(text) ?? new Uint8Array()));
    expect(isAddressRange(range)).toBe(true);
    expect(isInRange(parseIpAddress(address) ?? new Uint8Array(), range)).toBe(expected);
  });

  test.each([
    [[10, 0, 0, 0], false],
    [[10, 0, 0, 0, 255, 0, 255, 0], false],
    [[10, 0, 0, 0, 255, 240, 0, 0], true],
    [new Array<number>(16).fill(0), false],
    [[], false],
  ])('%j is a range: %j', (octets, expected) => {
    expect(isAddressRange(Uint8Array.from(octets))).toBe(expected);
  });

  test('an IPv4 address inside an IPv6 one', () => {
    expect(mappedIpv4(parseIpAddress('::ffff:192.0.2.1') ?? new Uint8Array())).toEqual(parseIpAddress('192.0.2.1'));
    expect(mappedIpv4(parseIpAddress('::1') ?? new Uint8Array())).toBeNull();
    expect(mappedIpv4(Uint8Array.of(192, 0, 2, 1))).toBeNull();
  });
});
