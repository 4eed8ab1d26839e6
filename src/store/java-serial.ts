/**
 * Java object serialization streams (Java Object Serialization Specification, chapter 6), walked to find where one object
 * ends and what it is made of: the secret key entries of JCEKS are such streams without a length. Nothing is ever
 * instantiated: an object is a class name and the fields that are text, bytes or objects.
 *
 * @module
 */
import { ByteReader } from '../encoding/byte-reader.js';
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';

/** What a walk finds out. */
export interface SerializedObject {
  /** The offset after the object. */
  readonly end: number;
  /** The class of the object, e.g. `javax.crypto.SealedObject`; null for a string, an array or null. */
  readonly className: string | null;
  /** The fields of the object; empty for what is none. */
  readonly fields: SerializedFields;
}

/** What fields hold: text, the bytes of a `byte[]`, an object; null for Java's null and for what is not kept. */
type SerializedValue = string | Uint8Array | SerializedInstance | null;

/** Fields by name, of a class and its ancestors; those of primitive types and of arrays of other types are null. */
export type SerializedFields = ReadonlyMap<string, SerializedValue>;

/** An object inside of another. */
interface SerializedInstance {
  readonly className: string;
  readonly fields: SerializedFields;
}

/** `ObjectStreamConstants`: the type codes of the grammar. */
const TC = {
  null: 0x70,
  reference: 0x71,
  classDescriptor: 0x72,
  object: 0x73,
  string: 0x74,
  array: 0x75,
  class: 0x76,
  blockData: 0x77,
  endBlockData: 0x78,
  blockDataLong: 0x7a,
  longString: 0x7c,
  enum: 0x7e,
} as const;

const STREAM_HEADER = 0xaced0005;
const BASE_WIRE_HANDLE = 0x7e0000;
const FLAG = { writeMethod: 0x01, serializable: 0x02, externalizable: 0x04, blockData: 0x08 } as const;

/** A key is a few objects deep; the limits keep a hostile stream from exhausting the stack or the clock. */
const MAX_DEPTH = 64;
const MAX_SUPERCLASSES = 32;

const PRIMITIVE_SIZES: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['C', 2],
  ['D', 8],
  ['F', 4],
  ['I', 4],
  ['J', 8],
  ['S', 2],
  ['Z', 1],
]);

interface ClassDescriptor {
  readonly name: string;
  readonly flags: number;
  /** In the order of the values. */
  readonly fields: readonly Field[];
  readonly superclass: ClassDescriptor | null;
}

interface Field {
  readonly name: string;
  readonly type: string;
}

/** What a handle stands for. */
type Handled = { readonly value: SerializedValue } | { readonly descriptor: ClassDescriptor | null };

/**
 * Walks one object with its stream header.
 *
 * @param start - the offset of the header in the bytes
 * @throws {TrustError} `keystore/truncated`; `keystore/malformed` for anything outside the grammar, for what cannot be
 *   walked without running code (an externalizable class of the first protocol version, a proxy), and beyond the limits
 */
export function walkSerializedObject(bytes: Uint8Array, start: number): SerializedObject {
  return new Walker(bytes, start).walk();
}

class Walker {
  readonly #reader: ByteReader;
  readonly #handles: Handled[] = [];

  constructor(bytes: Uint8Array, start: number) {
    this.#reader = new ByteReader(bytes, 'keystore/truncated');
    this.#reader.bytes(start);
  }

  walk(): SerializedObject {
    if (this.#reader.uint32() !== STREAM_HEADER) this.#fail('the object does not begin with a stream header');
    const value = this.#content(this.#reader.uint8(), 0);
    const isObject = value !== null && typeof value === 'object' && 'className' in value;
    const { className, fields } = isObject ? value : { className: null, fields: new Map() };
    return { end: this.#reader.offset, className, fields };
  }

  /** Reads the content that a type code begins. */
  #content(code: number, depth: number): SerializedValue {
    if (depth > MAX_DEPTH) this.#fail(`objects nest more than ${MAX_DEPTH} deep`);
    switch (code) {
      case TC.null:
        return null;
      case TC.reference: {
        const handled = this.#reference();
        return 'value' in handled ? handled.value : null;
      }
      case TC.object:
        return this.#object(depth);
      case TC.array:
        return this.#array(depth);
      case TC.string:
        return this.#keep(this.#text());
      case TC.longString:
        this.#keep(null);
        this.#longText();
        return null;
      case TC.enum:
        this.#classDescriptor(this.#reader.uint8(), depth + 1);
        this.#keep(null);
        return this.#content(this.#reader.uint8(), depth + 1);
      case TC.class:
        this.#classDescriptor(this.#reader.uint8(), depth + 1);
        return this.#keep(null);
      case TC.classDescriptor:
        this.#classDescriptor(code, depth + 1);
        return null;
      default:
        return this.#fail(`found type code 0x${code.toString(16)}, expected an object`);
    }
  }

  /** Gives a value its handle. */
  #keep<T extends SerializedValue>(value: T): T {
    this.#handles.push({ value });
    return value;
  }

  #object(depth: number): SerializedInstance {
    const descriptor = this.#classDescriptor(this.#reader.uint8(), depth + 1);
    if (descriptor === null) return this.#fail('an object has no class');
    const fields = new Map<string, SerializedValue>();
    const instance = this.#keep({ className: descriptor.name, fields });
    for (const type of lineage(descriptor)) this.#instanceData(type, fields, depth);
    return instance;
  }

  #instanceData({ name, flags, fields }: ClassDescriptor, values: Map<string, SerializedValue>, depth: number): void {
    if ((flags & FLAG.serializable) !== 0) {
      for (const field of fields) values.set(field.name, this.#value(field.type, depth));
      if ((flags & FLAG.writeMethod) !== 0) this.#annotation(depth);
    } else if ((flags & FLAG.externalizable) !== 0) {
      if ((flags & FLAG.blockData) === 0) this.#fail(`only the class ${toPrintable(name)} knows where its data ends`);
      this.#annotation(depth);
    }
  }

  #array(depth: number): SerializedValue {
    const descriptor = this.#classDescriptor(this.#reader.uint8(), depth + 1);
    const element = descriptor?.name.startsWith('[') === true ? descriptor.name.charAt(1) : null;
    if (element === null) this.#fail('an array has no array class');
    const handle = this.#handles.push({ value: null }) - 1;
    const length = this.#reader.uint32();
    const size = PRIMITIVE_SIZES.get(element);
    if (size === undefined) {
      for (let i = 0; i < length; i++) this.#value(element, depth);
      return null;
    }
    const bytes = this.#reader.bytes(length * size);
    if (element !== 'B') return null;
    this.#handles[handle] = { value: bytes };
    return bytes;
  }

  #value(type: string, depth: number): SerializedValue {
    const size = PRIMITIVE_SIZES.get(type);
    if (size === undefined) return this.#content(this.#reader.uint8(), depth + 1);
    this.#reader.bytes(size);
    return null;
  }

  /** Block data and objects up to the mark that ends them. */
  #annotation(depth: number): void {
    for (let code = this.#reader.uint8(); code !== TC.endBlockData; code = this.#reader.uint8()) {
      if (code === TC.blockData) this.#reader.bytes(this.#reader.uint8());
      else if (code === TC.blockDataLong) this.#reader.bytes(this.#reader.uint32());
      else this.#content(code, depth + 1);
    }
  }

  #classDescriptor(code: number, depth: number): ClassDescriptor | null {
    if (depth > MAX_DEPTH) this.#fail(`classes nest more than ${MAX_DEPTH} deep`);
    if (code === TC.null) return null;
    if (code === TC.reference) {
      const handled = this.#reference();
      return ('descriptor' in handled ? handled.descriptor : null) ?? this.#fail('a reference names no class');
    }
    if (code !== TC.classDescriptor) this.#fail(`found type code 0x${code.toString(16)}, expected a class`);
    const name = this.#text();
    this.#reader.bytes(8);
    const handle = this.#handles.push({ descriptor: null }) - 1;
    const flags = this.#reader.uint8();
    const fields = Array.from({ length: this.#reader.uint16() }, () => this.#field(depth));
    this.#annotation(depth);
    const superclass = this.#classDescriptor(this.#reader.uint8(), depth + 1);
    const descriptor: ClassDescriptor = { name, flags, fields, superclass };
    if (lineage(descriptor).length > MAX_SUPERCLASSES)
      this.#fail(`a class has more than ${MAX_SUPERCLASSES} ancestors`);
    this.#handles[handle] = { descriptor };
    return descriptor;
  }

  #field(depth: number): Field {
    const type = String.fromCharCode(this.#reader.uint8());
    const name = this.#text();
    if (type === 'L' || type === '[') this.#content(this.#reader.uint8(), depth + 1);
    else if (!PRIMITIVE_SIZES.has(type)) this.#fail('a field has an unknown type');
    return { name, type };
  }

  #reference(): Handled {
    const handled = this.#handles[this.#reader.uint32() - BASE_WIRE_HANDLE];
    return handled ?? this.#fail('a reference names nothing that came before');
  }

  #text(): string {
    return this.#reader.modifiedUtf8(this.#reader.uint16());
  }

  /** No key has a text of more than 64 KiB. */
  #longText(): void {
    if (this.#reader.uint32() !== 0) this.#fail('a string is longer than any file');
    this.#reader.bytes(this.#reader.uint32());
  }

  #fail(message: string): never {
    throw new TrustError('keystore/malformed', `the serialized object cannot be walked: ${message}`, {
      at: { offset: this.#reader.offset },
    });
  }
}

/** A class and its ancestors, the most general first, which is the order of their data. */
function lineage(descriptor: ClassDescriptor): readonly ClassDescriptor[] {
  const classes: ClassDescriptor[] = [];
  for (let type: ClassDescriptor | null = descriptor; type !== null; type = type.superclass) classes.unshift(type);
  return classes;
}
