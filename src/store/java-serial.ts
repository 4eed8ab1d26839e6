/**
 * Java object serialization streams (Java Object Serialization Specification, chapter 6), walked to find where one object
 * ends: the secret key entries of JCEKS are such streams without a length. Nothing is ever instantiated, and no value
 * is kept but the names of classes.
 *
 * @module
 */
import { ByteReader } from '../encoding/byte-reader.js';
import { decodeModifiedUtf8 } from '../encoding/modified-utf8.js';
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';

/** What a walk finds out. */
export interface SerializedObject {
  /** The offset after the object. */
  readonly end: number;
  /** The class of the object, e.g. `javax.crypto.SealedObject`; null for a string, an array or null. */
  readonly className: string | null;
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
  /** One type code a field, in the order of the values. */
  readonly fields: readonly string[];
  readonly superclass: ClassDescriptor | null;
}

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
  /** By handle; null for what is not a class descriptor. */
  readonly #handles: (ClassDescriptor | null)[] = [];

  constructor(bytes: Uint8Array, start: number) {
    this.#reader = new ByteReader(bytes, 'keystore/truncated');
    this.#reader.bytes(start);
  }

  walk(): SerializedObject {
    if (this.#reader.uint32() !== STREAM_HEADER) this.#fail('the object does not begin with a stream header');
    const className = this.#content(this.#reader.uint8(), 0);
    return { end: this.#reader.offset, className };
  }

  /** Passes over the content that a type code begins; gives the class name of an object. */
  #content(code: number, depth: number): string | null {
    if (depth > MAX_DEPTH) this.#fail(`objects nest more than ${MAX_DEPTH} deep`);
    switch (code) {
      case TC.null:
        return null;
      case TC.reference:
        this.#reference();
        return null;
      case TC.object:
        return this.#object(depth);
      case TC.array:
        this.#array(depth);
        return null;
      case TC.string:
        this.#handles.push(null);
        this.#text();
        return null;
      case TC.longString:
        this.#handles.push(null);
        this.#longText();
        return null;
      case TC.enum:
        this.#classDescriptor(this.#reader.uint8(), depth + 1);
        this.#handles.push(null);
        this.#content(this.#reader.uint8(), depth + 1);
        return null;
      case TC.class:
        this.#classDescriptor(this.#reader.uint8(), depth + 1);
        this.#handles.push(null);
        return null;
      case TC.classDescriptor:
        this.#classDescriptor(code, depth + 1);
        return null;
      default:
        return this.#fail(`found type code 0x${code.toString(16)}, expected an object`);
    }
  }

  #object(depth: number): string {
    const descriptor = this.#classDescriptor(this.#reader.uint8(), depth + 1);
    if (descriptor === null) return this.#fail('an object has no class');
    this.#handles.push(null);
    for (const type of lineage(descriptor)) this.#instanceData(type, depth);
    return descriptor.name;
  }

  #instanceData({ name, flags, fields }: ClassDescriptor, depth: number): void {
    if ((flags & FLAG.serializable) !== 0) {
      for (const field of fields) this.#value(field, depth);
      if ((flags & FLAG.writeMethod) !== 0) this.#annotation(depth);
    } else if ((flags & FLAG.externalizable) !== 0) {
      if ((flags & FLAG.blockData) === 0) this.#fail(`only the class ${toPrintable(name)} knows where its data ends`);
      this.#annotation(depth);
    }
  }

  #array(depth: number): void {
    const descriptor = this.#classDescriptor(this.#reader.uint8(), depth + 1);
    const element = descriptor?.name.startsWith('[') === true ? descriptor.name.charAt(1) : null;
    if (element === null) this.#fail('an array has no array class');
    this.#handles.push(null);
    const length = this.#reader.uint32();
    const size = PRIMITIVE_SIZES.get(element);
    if (size !== undefined) this.#reader.bytes(length * size);
    else for (let i = 0; i < length; i++) this.#value(element, depth);
  }

  #value(type: string, depth: number): void {
    const size = PRIMITIVE_SIZES.get(type);
    if (size !== undefined) this.#reader.bytes(size);
    else this.#content(this.#reader.uint8(), depth + 1);
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
    if (code === TC.reference) return this.#reference() ?? this.#fail('a reference names no class');
    if (code !== TC.classDescriptor) this.#fail(`found type code 0x${code.toString(16)}, expected a class`);
    const name = this.#text();
    this.#reader.bytes(8);
    const handle = this.#handles.push(null) - 1;
    const flags = this.#reader.uint8();
    const fields = Array.from({ length: this.#reader.uint16() }, () => this.#field(depth));
    this.#annotation(depth);
    const superclass = this.#classDescriptor(this.#reader.uint8(), depth + 1);
    const descriptor: ClassDescriptor = { name, flags, fields, superclass };
    if (lineage(descriptor).length > MAX_SUPERCLASSES)
      this.#fail(`a class has more than ${MAX_SUPERCLASSES} ancestors`);
    this.#handles[handle] = descriptor;
    return descriptor;
  }

  #field(depth: number): string {
    const type = String.fromCharCode(this.#reader.uint8());
    this.#text();
    if (type === 'L' || type === '[') this.#content(this.#reader.uint8(), depth + 1);
    else if (!PRIMITIVE_SIZES.has(type)) this.#fail('a field has an unknown type');
    return type;
  }

  #reference(): ClassDescriptor | null {
    const handle = this.#handles[this.#reader.uint32() - BASE_WIRE_HANDLE];
    return handle === undefined ? this.#fail('a reference names nothing that came before') : handle;
  }

  #text(): string {
    return decodeModifiedUtf8(this.#reader.bytes(this.#reader.uint16()));
  }

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
