import { describe, expect, test } from 'vitest';
import { walkSerializedObject } from '../../src/store/java-serial.ts';
import { succeedsOrThrowsTrustError, trustError } from './expectations.ts';

const HEADER = 'aced0005';
const UID = '0000000000000001';
const END = '78';
const NULL = '70';

const text = (value: string): string => Buffer.from(value).length.toString(16).padStart(4, '0') + hex(value);
const hex = (value: string): string => Buffer.from(value).toString('hex');

/** A class descriptor; `fields` are encoded already. */
function classOf(
  name: string,
  { flags = 2, fields = [] as string[], superclass = NULL, annotation = '' } = {},
): string {
  const count = fields.length.toString(16).padStart(4, '0');
  return `72${text(name)}${UID}0${flags.toString(16)}${count}${fields.join('')}${annotation}${END}${superclass}`;
}

const field = (type: string, name: string, className = ''): string => hex(type) + text(name) + className;
const string = (value: string): string => `74${text(value)}`;
const reference = (handle: number): string => `71007e${handle.toString(16).padStart(4, '0')}`;

describe('walking a serialized object', () => {
  test.each([
    { name: 'an object without fields', stream: `73${classOf('a.B')}`, className: 'a.B' },
    { name: 'null', stream: NULL, className: null },
    { name: 'a string', stream: string('x'), className: null },
    { name: 'a long string', stream: `7c0000000000000002${hex('xy')}`, className: null },
    {
      name: 'all primitive fields',
      stream: `73${classOf('P', { fields: [...'BCDFIJSZ'].map((type) => field(type, 'f')) })}${'00'.repeat(1 + 2 + 8 + 4 + 4 + 8 + 2 + 1)}`,
      className: 'P',
    },
    {
      name: 'a superclass, whose data comes first',
      stream: `73${classOf('Sub', { fields: [field('L', 'o', string('LX;'))], superclass: classOf('Super', { fields: [field('I', 'i')] }) })}00000007${NULL}`,
      className: 'Sub',
    },
    {
      name: 'an array of bytes, and one of objects',
      stream: `73${classOf('A', { fields: [field('[', 'b', string('[B')), field('[', 'o', string('[LA;'))] })}75${classOf('[B')}00000003010203 75${classOf('[LA;')}00000002${NULL}${string('x')}`,
      className: 'A',
    },
    {
      name: 'references to a class and to a string',
      stream: `75${classOf('[La.B;')}00000003 73${classOf('a.B', { fields: [field('L', 's', string('LS;'))] })}${string('x')} 73${reference(2)}${reference(5)} 71007e0003`,
      className: null,
    },
    {
      name: 'what a writeObject method adds',
      stream: `73${classOf('W', { flags: 3, fields: [field('I', 'i')] })}00000001 7702ffff 7a00000001ff ${string('x')}${END}`,
      className: 'W',
    },
    {
      name: 'an externalizable class in blocks',
      stream: `73${classOf('E', { flags: 12 })}7701ff${END}`,
      className: 'E',
    },
    { name: 'an enum', stream: `7e${classOf('C', { flags: 2 })}${string('RED')}`, className: null },
    { name: 'a class as a value', stream: `76${classOf('C')}`, className: null },
    { name: 'an annotated class', stream: `73${classOf('C', { annotation: '7701aa' })}`, className: 'C' },
  ])('$name', ({ stream, className }) => {
    const object = Buffer.from(HEADER + stream.replaceAll(' ', ''), 'hex');
    const bytes = Buffer.concat([Buffer.from('before'), object, Buffer.from('after')]);
    expect(walkSerializedObject(bytes, 6)).toMatchObject({ end: 6 + object.length, className });
    for (let length = 0; length < object.length; length++) {
      expect(() => walkSerializedObject(object.subarray(0, length), 0)).toThrow(trustError('keystore/truncated'));
    }
  });

  test.each([
    { name: 'another header', stream: 'aced000470' },
    { name: 'a proxy class', stream: `${HEADER}737d00000000` },
    { name: 'a reset', stream: `${HEADER}79` },
    { name: 'an exception', stream: `${HEADER}7b70` },
    { name: 'a class that only its own code can read', stream: `${HEADER}73${classOf('E', { flags: 4 })}` },
    { name: 'a reference to nothing', stream: `${HEADER}${reference(0)}` },
    { name: 'an object without a class', stream: `${HEADER}7370` },
    {
      name: 'a reference to a string as a class',
      stream: `${HEADER}73${classOf('A', { fields: [field('L', 'x', string('L'))] })}73${reference(1)}`,
    },
    { name: 'an array without an array class', stream: `${HEADER}75${classOf('NoArray')}00000000` },
    { name: 'a field of an unknown type', stream: `${HEADER}73${classOf('A', { fields: [field('Q', 'q')] })}` },
    { name: 'a string of four gigabytes', stream: `${HEADER}7c0000000100000000` },
    { name: 'objects nested without end', stream: HEADER + `75${classOf('[[')}00000001`.repeat(100) },
    { name: 'ancestors without end', stream: `${HEADER}73${`72${text('S')}${UID}02000078`.repeat(40)}70` },
  ])('refuses $name', ({ stream }) => {
    expect(() => walkSerializedObject(Buffer.from(stream, 'hex'), 0)).toThrow(trustError('keystore/malformed'));
  });

  test('an array longer than the file is cut short, not allocated', () => {
    const bytes = Buffer.from(`${HEADER}75${classOf('[J')}ffffffff`, 'hex');
    expect(() => walkSerializedObject(bytes, 0)).toThrow(trustError('keystore/truncated'));
  });

  test('every changed byte ends in an end or in a TrustError', () => {
    const bytes = Buffer.from(
      `${HEADER}73${classOf('W', { flags: 3, fields: [field('[', 'b', string('[B'))] })}75${classOf('[B')}000000020102${END}`,
      'hex',
    );
    for (let offset = 0; offset < bytes.length; offset++) {
      for (let value = 0; value < 256; value++) {
        const changed = Uint8Array.from(bytes);
        changed[offset] = value;
        succeedsOrThrowsTrustError(() => walkSerializedObject(changed, 0));
      }
    }
  });
});
