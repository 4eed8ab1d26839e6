import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certificatesSent } from '../../src/io/tls-certificates.ts';

/** Handshake messages in records of TLS 1.2. */
function records(message: Uint8Array, size = 16_384): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < message.length; start += size) {
    const part = message.subarray(start, start + size);
    parts.push(Uint8Array.of(22, 3, 3, part.length >> 8, part.length & 0xff), part);
  }
  return Buffer.concat(parts);
}

const uint24 = (value: number) => Uint8Array.of(value >> 16, (value >> 8) & 0xff, value & 0xff);

function certificateMessage(certificates: readonly Uint8Array[]): Uint8Array {
  const list = Buffer.concat(certificates.flatMap((one) => [uint24(one.length), one]));
  return Buffer.concat([Uint8Array.of(11), uint24(list.length + 3), uint24(list.length), list]);
}

const secret = new Uint8Array(32);
const numRuns = process.env.SLOW === undefined ? 200 : 20_000;

describe('the certificates of a handshake', () => {
  test('are found however the records cut them', () => {
    const list = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 10 });
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 500 }), (certificates, size) => {
        const hello = Buffer.concat([Uint8Array.of(2), uint24(3), Uint8Array.of(3, 3, 0)]);
        const sent = records(Buffer.concat([hello, certificateMessage(certificates)]), size);
        expect(certificatesSent(sent, null)).toEqual(certificates);
      }),
      { numRuns },
    );
  });

  test('are none where the bytes end before them', () => {
    const whole = records(certificateMessage([new Uint8Array(100)]), 40);
    for (let length = 0; length < whole.length; length++) {
      expect(certificatesSent(whole.subarray(0, length), secret)).toBeNull();
    }
    expect(certificatesSent(whole, secret)).toHaveLength(1);
  });

  test.each<[string, Uint8Array]>([
    ['a list longer than its message', Uint8Array.of(11, 0, 0, 3, 0, 0, 9)],
    ['a certificate longer than its list', Uint8Array.of(11, 0, 0, 6, 0, 0, 3, 0, 0, 9)],
    ['a length cut short', Uint8Array.of(11, 0, 0, 5, 0, 0, 2, 0, 0)],
    ['no list at all', Uint8Array.of(11, 0, 0, 0)],
  ])('are none in %s', (_name, message) => {
    expect(certificatesSent(records(message), secret)).toBeNull();
  });

  test('whatever comes, nothing is thrown', () => {
    const noise = fc.uint8Array({ maxLength: 200 });
    const record = fc
      .tuple(fc.constantFrom(20, 21, 22, 23), noise)
      .map(([type, content]) =>
        Buffer.concat([Uint8Array.of(type, 3, 3, content.length >> 8, content.length & 0xff), content]),
      );
    const hello = records(
      Buffer.concat([Uint8Array.of(2), uint24(39), Buffer.alloc(35), Uint8Array.of(0x13, 1, 0, 0)]),
    );
    fc.assert(
      fc.property(fc.array(record, { maxLength: 10 }), noise, fc.boolean(), (parts, tail, greets) => {
        const bytes = Buffer.concat([...(greets ? [hello] : []), ...parts, tail]);
        expect(() => certificatesSent(bytes, secret)).not.toThrow();
      }),
      { numRuns },
    );
  });
});
