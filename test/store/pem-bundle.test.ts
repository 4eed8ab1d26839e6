import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { editKeystore } from '../../src/store/edit.ts';
import type { KeystoreEdit } from '../../src/store/keystore.ts';
import { issue, toPem } from '../support/certificates.ts';
import { processorTime } from '../support/processor-time.ts';
import { succeedsOrThrowsTrustError, trustError } from './expectations.ts';
import { fixture, fixtureCertificate } from './keystore-fixtures.ts';

const first = issue({ subject: 'CN=First Root' });
const second = issue({ subject: 'CN=Second Root' });
const third = issue({ subject: 'CN=Third Root' });
const NOW = new Date('2026-11-21T10:00:00Z');
const alias = ({ certificate }: typeof first): string =>
  `${certificate.subject.slice(3).toLowerCase().replace(' ', '-')}-${certificate.sha256.slice(0, 8)}`;

describe('decoding a bundle', () => {
  test('makes every certificate block an entry, with the text around it passed over', () => {
    const keystore = decodeKeystore(fixture('roots-with-text.pem'), { password: null });
    const [alpha, beta] = [fixtureCertificate('alpha'), fixtureCertificate('beta')];
    expect(keystore).toMatchObject({ type: 'pem', encryption: null, mac: null, integrity: 'not-verified', notes: [] });
    expect(keystore.entries).toMatchObject([
      { alias: `alpha-trust-root-${alpha.sha256.slice(0, 8)}`, kind: 'trusted-certificate', created: null },
      { alias: `beta-trust-root-r2-${beta.sha256.slice(0, 8)}`, kind: 'trusted-certificate', created: null },
    ]);
    expect(keystore.entries.flatMap(({ certificates }) => certificates.map(({ source }) => source?.line))).toEqual([
      4, 18,
    ]);
  });

  test('numbers a certificate that is there again', () => {
    const { entries } = open(first.pem + second.pem + first.pem + first.pem);
    expect(entries.map((entry) => [entry.alias, entry.note])).toEqual([
      [alias(first), undefined],
      [alias(second), undefined],
      [`${alias(first)}-2`, 'the same certificate as on line 1'],
      [`${alias(first)}-3`, 'the same certificate as on line 1'],
    ]);
  });

  test('finds the first certificate behind a byte order mark', () => {
    expect(open(`\ufeff${first.pem}`).entries.map((entry) => entry.alias)).toEqual([alias(first)]);
    expect(open(`\ufeff${first.pem}${second.pem}`).entries.map((entry) => entry.alias)).toEqual([
      alias(first),
      alias(second),
    ]);
  });

  test('finds certificates behind the byte order marks of files that were put together, as OpenSSL does', () => {
    const aliases = (text: string) => open(text).entries.map((entry) => entry.alias);
    const both = [alias(first), alias(second)];
    expect(aliases(`${first.pem}\ufeff${second.pem}`)).toEqual(both);
    expect(aliases(crlf(`\ufeff${first.pem}\ufeff${second.pem}`))).toEqual(both);
    expect(aliases(`${first.pem}\n\ufeff${second.pem}`)).toEqual([alias(first)]);
    expect(aliases(`${first.pem}text\n\ufeff${second.pem}`)).toEqual([alias(first)]);
  });

  test('notes what is no certificate, and what is broken', () => {
    const { entries, notes } = open(
      `${toPem(Uint8Array.of(1), 'PRIVATE KEY')}-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n${first.pem}`,
    );
    expect(entries.map((entry) => entry.alias)).toEqual([alias(first)]);
    expect(notes).toEqual([
      { code: 'pem/bad-base64', message: expect.stringMatching(/^line 5: /) },
      { code: 'keystore/other-block', message: 'line 1: a block PRIVATE KEY, which is no certificate' },
    ]);
  });

  test('keeps a block that is no certificate inside', () => {
    const [entry] = open(toPem(Uint8Array.of(1, 2, 3)) + first.pem).entries;
    expect(entry).toMatchObject({ alias: 'certificate-039058c6', certificates: [], note: expect.any(String) });
  });
});

describe('adding to a bundle', () => {
  test.each([
    { name: 'at the end', text: first.pem, expected: first.pem + third.pem },
    { name: 'after a last line without an end', text: first.pem.trimEnd(), expected: first.pem + third.pem },
    { name: 'after a comment', text: `${first.pem}# end`, expected: `${first.pem}# end\n${third.pem}` },
    { name: 'with CRLF where the file has CRLF', text: crlf(first.pem), expected: crlf(first.pem + third.pem) },
    { name: 'with CR where the file has CR', text: cr(first.pem), expected: cr(first.pem + third.pem) },
    {
      name: 'after CRLF without a last line end',
      text: crlf(first.pem).trimEnd(),
      expected: crlf(first.pem + third.pem),
    },
  ])('appends $name', ({ text, expected }) => {
    expect(edit(text, [add(third)])).toBe(expected);
  });

  test('changes nothing where the certificate is there, under whatever alias', () => {
    const bytes = Buffer.from(first.pem);
    expect(editKeystore(bytes, [add(first)], { password: null })).toBe(bytes);
    expect(edit(first.pem, [add(third), add(third)])).toBe(first.pem + third.pem);
  });
});

describe('removing from a bundle', () => {
  const text = `# one\n${first.pem}# two\r\n${crlf(second.pem)}# end`;

  test('cuts the block out and leaves the rest', () => {
    expect(edit(text, [remove(alias(first))])).toBe(`# one\n# two\r\n${crlf(second.pem)}# end`);
    expect(edit(text, [remove(alias(second).toUpperCase())])).toBe(`# one\n${first.pem}# two\r\n# end`);
  });

  test('cuts one of several blocks of one certificate', () => {
    expect(edit(first.pem + second.pem + first.pem, [remove(`${alias(first)}-2`)])).toBe(first.pem + second.pem);
  });

  test('refuses an alias that is not there', () => {
    expect(() => edit(text, [remove('none')])).toThrow(trustError('keystore/alias-not-found'));
  });

  test('refuses to leave a bundle without certificates', () => {
    expect(() => edit(first.pem, [remove(alias(first))])).toThrow(trustError('keystore/cannot-preserve'));
    expect(edit(first.pem, [remove(alias(first)), add(third)])).toBe(third.pem);
  });

  test('lets the certificate be added again behind it', () => {
    const text = first.pem + second.pem;
    expect(edit(text, [remove(alias(first)), add(first)])).toBe(second.pem + first.pem);
    expect(edit(text, [add(third), remove(alias(third)), add(third)])).toBe(text + third.pem);
    expect(edit(text + first.pem, [remove(alias(first)), add(first)])).toBe(second.pem + first.pem);
  });

  test('thousands of blocks takes no longer than they are many', () => {
    const blocks = Array.from({ length: 16_000 }, (_, index) => toPem(Uint8Array.of(4, 2, index >> 8, index & 0xff)));
    const text = blocks.join('');
    const edits = open(text)
      .entries.slice(8000)
      .map((entry) => remove(entry.alias));
    const spent = processorTime();
    expect(edit(text, edits)).toBe(blocks.slice(0, 8000).join(''));
    expect(spent()).toBeLessThan(4000);
  });

  test('a certificate added before gives the same array back', () => {
    const bytes = Buffer.from(first.pem);
    expect(editKeystore(bytes, [add(third), remove(alias(third))], { password: null })).toBe(bytes);
  });
});

test('an edit and its reverse give the original text, but for a last line end', () => {
  const blocks = fc.array(fc.constantFrom(first.pem, second.pem, '# text\n', crlf(second.pem), '\n'), { minLength: 1 });
  fc.assert(
    fc.property(blocks, fc.boolean(), (parts, isOpen) => {
      const text = isOpen ? parts.join('').trimEnd() : parts.join('');
      fc.pre(text.includes('BEGIN'));
      const back = edit(edit(text, [add(third)]), [remove(alias(third))]);
      expect([text, `${text}\n`, `${text}\r\n`]).toContain(back);
    }),
    { numRuns: 100 },
  );
});

test('every truncation and every changed byte gives a bundle or a TrustError', () => {
  const bytes = Buffer.from(first.pem);
  for (let length = 0; length < bytes.length; length++) {
    succeedsOrThrowsTrustError(() => decodeKeystore(bytes.subarray(0, length), { password: null }).entries);
  }
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (offset, value) => {
      const changed = Uint8Array.from(bytes);
      changed[offset] = value;
      succeedsOrThrowsTrustError(() => decodeKeystore(changed, { password: null }).entries.map(({ note }) => note));
    }),
  );
});

function open(text: string): ReturnType<typeof decodeKeystore> {
  return decodeKeystore(Buffer.from(text), { password: null });
}

describe('byte order marks within a bundle', () => {
  const text = `# text\n${first.pem}\ufeff${second.pem}\ufeff${third.pem}`;

  test.each([
    ['the first', [first], `# text\n${second.pem}\ufeff${third.pem}`],
    ['one between two', [second], `# text\n${first.pem}\ufeff${third.pem}`],
    ['the last', [third], `# text\n${first.pem}\ufeff${second.pem}\ufeff`],
    ['two in a row', [first, second], `# text\n${third.pem}`],
  ])('hide no certificate when %s goes', (_, removed, left) => {
    expect(
      edit(
        text,
        removed.map((one) => remove(alias(one))),
      ),
    ).toBe(left);
  });
});

function edit(text: string, edits: readonly KeystoreEdit[]): string {
  return Buffer.from(editKeystore(Buffer.from(text), edits, { password: null })).toString();
}

function add({ certificate }: typeof first): KeystoreEdit {
  return { action: 'add', alias: 'not used', certificate, created: NOW };
}

function remove(name: string): KeystoreEdit {
  return { action: 'remove', alias: name };
}

function crlf(text: string): string {
  return text.replaceAll('\n', '\r\n');
}

function cr(text: string): string {
  return text.replaceAll('\n', '\r');
}
