import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { platformNames } from '../../src/device/platforms.ts';
import { renderTrustpoint } from '../../src/device/render.ts';
import { requireTypable } from '../../src/device/typable.ts';
import { issue } from '../support/certificates.ts';

const unprintable = (message: string, line: number) =>
  expect.objectContaining({
    code: 'device/unprintable',
    exitStatus: 5,
    message: expect.stringContaining(message),
    at: { line },
  });

describe('a line that no console takes as it stands', () => {
  test.each([
    ['a'.repeat(81), 'has 81 columns'],
    ['', 'is blank'],
    ['   ', 'is blank'],
    ['quit ', 'ends in a blank'],
    ['\tquit', 'printable ASCII'],
    ['a\nb', 'printable ASCII'],
    ['a\rb', 'printable ASCII'],
    ['a\u0003', 'printable ASCII'],
    ['a\u007f', 'printable ASCII'],
    ['\u202eq', 'printable ASCII'],
    ['Zürich', 'printable ASCII'],
    ['quit\n', 'printable ASCII'],
  ])('%j is refused with its number', (line, message) => {
    expect(() => requireTypable(['configure terminal', line, 'end'])).toThrow(unprintable(message, 2));
  });

  test('anything but short printable lines is refused, and they are not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (line) => {
        const taken = /^[ -~]{0,79}[!-~]$/.test(line) && !line.includes('\n');
        if (taken) expect(() => requireTypable([line])).not.toThrow();
        else expect(() => requireTypable([line])).toThrow(unprintable('', 1));
      }),
    );
    expect(() => requireTypable(['a'.repeat(80), ' exit'])).not.toThrow();
  });
});

describe('a serial number that is too long for a line', () => {
  const octets = (count: number) => issue({ serialNumber: (1n << BigInt(count * 8 - 2)) | 1n }).der;

  test('is refused as rows of hex, and does no harm elsewhere', () => {
    const long = octets(33);
    const render = (style: 'hex' | 'paste', der: Uint8Array) =>
      renderTrustpoint([der], { platform: 'ios', trustpoint: 'NEW', style })[0]?.text ?? '';
    expect(() => render('hex', long)).toThrow(unprintable('columns', 7));
    expect(render('paste', long)).toContain('BEGIN CERTIFICATE');
    expect(render('hex', octets(31)).split('\n')[6]).toHaveLength(78);
  });
});

describe('end markers', () => {
  /** On Comware, where no PEM is typed, quit leaves the domain. */
  const END = {
    ...Object.fromEntries(platformNames().map((platform) => [platform, [] as readonly string[]])),
    ...{ ios: ['quit'], 'ios-xe': ['quit'], nxos: ['END OF INPUT'], asa: ['quit'], 'ios-xr': ['quit'] },
    ...{ 'cisco-sb': ['.'], comware: ['quit'], vrp: ['quit'] },
  };

  /** Certificates of every length of their last row, and with other bytes there. */
  const samples = Array.from({ length: 96 }, (_, count) => issue({ subject: `CN=${'x'.repeat(count + 1)}` }).der);

  test.each(Object.entries(END))('%s: each stands once a certificate or chain, where it belongs', (platform, end) => {
    for (const der of samples) {
      const [block] = renderTrustpoint([der], { platform, trustpoint: 'NEW' });
      const ends = (block?.text ?? '').split('\n').filter((line) => /^\s*(?:quit|END OF INPUT|\.)\s*$/i.test(line));
      expect(ends).toEqual(end);
    }
  });

  test('rows of hex have no letter of quit', () => {
    for (const der of samples) {
      const [block] = renderTrustpoint([der], { platform: 'ios', trustpoint: 'NEW', style: 'hex' });
      const rows = (block?.text ?? '').split('\n').filter((line) => /^ {2}[0-9A-F]/.test(line));
      expect(rows.filter((row) => /[quit]/i.test(row))).toEqual([]);
    }
  });
});
