import { describe, expect, test } from 'vitest';
import { TAG } from '../../src/encoding/der.ts';
import type { RuleContext } from '../../src/path/certificate-rule.ts';
import { nameConstraints } from '../support/extensions.ts';
import { codesOf, named, type Row } from './rule-fixture.ts';

const NULL = Uint8Array.of(TAG.null, 0);

interface FormRow extends Row {
  /** Default: in an end entity. */
  readonly role?: RuleContext['role'];
}

describe('flaws of form, which a caller can tolerate', () => {
  test.each<FormRow>([
    {
      name: 'a PrintableString with &, *, @ and _',
      options: { subject: 'CN=*.a_b.example,O=A & B @ C', stringTag: TAG.printableString },
      expected: ['path/not-der'],
    },
    {
      name: 'the same in an anchor',
      role: 'anchor',
      options: { subject: 'CN=A & B', stringTag: TAG.printableString },
      expected: ['path/not-der'],
    },
    { name: 'a NumericString with letters', options: { stringTag: TAG.numericString }, expected: ['path/not-der'] },
    { name: 'an underscore in a DNS name', options: named('dns:my_host.example'), expected: ['path/bad-name'] },
    { name: 'an address in place of a DNS name', options: named('dns:192.0.2.1'), expected: ['path/bad-name'] },
    { name: 'a wildcard where none may be', options: named('dns:a.*.example'), expected: ['path/bad-name'] },
    { name: 'a host in place of a mailbox', options: named('email:example.com'), expected: ['path/bad-name'] },
    { name: 'ECDSA with NULL', options: { algorithmParameters: NULL }, expected: ['path/not-der'] },
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
    ...(['intermediate', 'anchor'] as const).flatMap((role) =>
      (['permitted', 'excluded'] as const).map(
        (list): FormRow => ({
          name: `a constraint on DNS names with a dot in front, ${list}, in an ${role}`,
          role,
          options: { extensions: [nameConstraints({ [list]: ['dns:.example.com'] })] },
          expected: ['path/malformed-extension'],
        }),
      ),
    ),
  ])('$name', ({ role = 'end-entity', options, expected }) => {
    expect(codesOf(options, { role })).toEqual(expected);
    expect(codesOf(options, { role, toleratesForm: true })).toEqual([]);
  });

  test('ECDSA with NULL in an anchor, whose signature nobody looks at, is none', () => {
    expect(codesOf({ algorithmParameters: NULL }, { role: 'anchor' })).toEqual([]);
  });
});

describe('not of form alone', () => {
  test.each<Row>([
    {
      name: 'a PrintableString above ASCII',
      options: { subject: 'CN=Ü', stringTag: TAG.printableString },
      expected: ['path/not-der'],
    },
    {
      name: 'a PrintableString with a control',
      options: { subject: 'CN=a\0b', stringTag: TAG.printableString },
      expected: ['path/not-der'],
    },
    { name: 'a control in a DNS name', options: named('dns:a.example\0.b.example'), expected: ['path/bad-name'] },
    { name: 'a relative URI', options: named('uri:/relative'), expected: ['path/bad-name'] },
    {
      name: 'a constraint on DNS names of dots',
      options: { basicConstraints: { ca: true }, extensions: [nameConstraints({ permitted: ['dns:..example.com'] })] },
      expected: ['path/malformed-extension'],
    },
    { name: 'an address of five octets', options: named('hex:0102030405'), expected: ['path/bad-name'] },
  ])('$name', ({ options, expected }) => {
    expect(codesOf(options, { toleratesForm: true })).toEqual(expected);
  });
});
