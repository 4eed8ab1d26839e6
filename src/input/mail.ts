/**
 * E-mail files: RFC 5322 messages with the MIME structure of RFC 2045 and 2046, one or several in a row as mbox has them
 * (RFC 4155). Every leaf is a part: attachments by their names, the text of the message itself without one. The signature of
 * an S/MIME message (RFC 8551) is an attachment like any other.
 *
 * One pass over the lines, so that ten thousand parts cost what their lines cost. What is damaged is read as far as it goes:
 * a missing closing boundary, a boundary that is nowhere, headers without an end.
 *
 * @module
 */

import { withoutPadding } from '../encoding/base64.js';
import { asBuffer } from '../encoding/buffer.js';
import { TrustError } from '../errors.js';
import type { Part } from './embedded.js';

/** More multiparts inside one another than any program makes. */
const MAX_DEPTH = 64;

/** More parts than any message has. */
const MAX_PARTS = 10_000;

/** The same with those that hold nothing, and what only encloses parts. */
const MAX_ENTITIES = 2 * MAX_PARTS;

/** A header with more characters is cut. */
const MAX_HEADER = 8192;

/** What a file of messages holds. */
interface MailContents {
  readonly parts: readonly Part[];
  readonly errors: readonly TrustError[];
}

/** One entity (RFC 2045 2.4), as far as it has been read. */
interface Entity {
  readonly parent: Entity | null;
  readonly depth: number;
  /** Where it begins; null before its first line. */
  start: { readonly offset: number; readonly line: number } | null;
  /** Unfolded, by lower-case names; the first of several counts. */
  readonly headers: Map<string, string>;
  /** The boundary of a multipart, with the two hyphens before it. */
  boundary: string | null;
  /** Where its body begins, or goes on after the last of its parts; null while one of them is read. */
  bodyStart: number | null;
  bodyLine: number;
  state: 'headers' | 'body' | 'closed';
}

/** A header that every message has of which `isMail` is sure; the lines of logs may look like headers of other names. */
const TELLING = /^(?:content-type|date|from|message-id|mime-version|received|subject|to):/im;

/** No header that is known has a name that begins with a digit, as the lines of logs do. */
const BEGINNING = /^(?:>?From |[!-/;-~][!-9;-~]{0,75}:)/;

/** Whether a text begins with what may be a header. */
export function beginsLikeMail(head: string): boolean {
  return BEGINNING.test(head);
}

/** A message begins with headers, of which one says that it is MIME, or two are of a message. */
export function isMail(head: string): boolean {
  if (!BEGINNING.test(head) || !TELLING.test(head)) return false;
  const [, headers] =
    /^(?:>?From [^\r\n]*\r?\n)?((?:[!-9;-~]{1,76}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){1,400})/.exec(head) ?? [];
  if (headers === undefined) return false;
  const names = new Set([...headers.matchAll(/^([!-9;-~]+):/gm)].map(([, name = '']) => name.toLowerCase()));
  if (names.has('mime-version') || (names.has('content-type') && names.has('content-transfer-encoding'))) return true;
  return (
    ['from', 'to', 'date', 'subject', 'message-id', 'received', 'content-type'].filter((name) => names.has(name))
      .length > 2
  );
}

/**
 * Reads every message of a file.
 *
 * @param mail - the bytes, one character each
 */
export function readMail(mail: string): MailContents {
  return new MailReader(mail).read();
}

class MailReader {
  readonly #mail: string;
  readonly #parts: Part[] = [];
  readonly #errors: TrustError[] = [];
  readonly #isMbox: boolean;
  #entity: Entity;
  #lastHeader: string | null = null;
  #isFull = false;
  #entities = 0;

  constructor(mail: string) {
    this.#mail = mail;
    this.#isMbox = mail.startsWith('From ');
    this.#entity = newEntity(null);
  }

  read(): MailContents {
    let line = 1;
    let wasBlank = true;
    for (let start = 0; start < this.#mail.length && !this.#isFull; line++) {
      const lineFeed = this.#mail.indexOf('\n', start);
      const next = lineFeed === -1 ? this.#mail.length : lineFeed + 1;
      const text = this.#mail.slice(start, next).replace(/\r?\n$/, '');
      if (this.#isMbox && wasBlank && text.startsWith('From ')) {
        this.#closeAll(start);
        this.#enter(null);
      } else this.#take(text, start, next, line);
      wasBlank = text === '';
      start = next;
    }
    this.#closeAll(this.#mail.length);
    return { parts: this.#parts, errors: this.#errors };
  }

  #take(text: string, start: number, next: number, line: number): void {
    if (text.startsWith('--') && this.#takeBoundary(text, start, next, line)) return;
    if (this.#entity.state !== 'headers') return;
    this.#entity.start ??= { offset: start, line };
    if (text === '') this.#endHeaders(next, line + 1);
    else this.#takeHeader(text, start, line);
  }

  #takeHeader(text: string, start: number, line: number): void {
    const { headers } = this.#entity;
    if (/^[ \t]/.test(text)) {
      const value = this.#lastHeader === null ? undefined : headers.get(this.#lastHeader);
      if (this.#lastHeader !== null && value !== undefined && value.length < MAX_HEADER) {
        headers.set(this.#lastHeader, `${value} ${text.trim()}`.slice(0, MAX_HEADER));
      }
      return;
    }
    const [, name, value = ''] = /^([!-9;-~]{1,76}):(.*)$/.exec(text) ?? [];
    if (name === undefined) {
      // No header and no blank line: the body begins here.
      this.#endHeaders(start, line);
      return;
    }
    this.#lastHeader = headers.has(name.toLowerCase()) ? null : name.toLowerCase();
    if (this.#lastHeader !== null) headers.set(this.#lastHeader, value.trim().slice(0, MAX_HEADER));
  }

  #endHeaders(bodyStart: number, bodyLine: number): void {
    const entity = this.#entity;
    this.#addHeaders(entity, bodyStart);
    Object.assign(entity, { bodyStart, bodyLine, state: 'body' });
    const { type, parameters } = parseValue(entity.headers.get('content-type') ?? 'text/plain');
    const boundary = parameters.get('boundary');
    if (type.startsWith('multipart/') && boundary !== undefined && boundary !== '') entity.boundary = `--${boundary}`;
    // A message inside a message is one more entity, unless it is encoded.
    else if (type === 'message/rfc822' && encodingOf(entity) === 'identity') this.#begin(entity);
  }

  /** Whether a line is a boundary of an entity that is open. */
  #takeBoundary(text: string, start: number, next: number, line: number): boolean {
    for (let entity: Entity | null = this.#entity; entity !== null; entity = entity.parent) {
      if (entity.boundary === null || !text.startsWith(entity.boundary)) continue;
      const rest = text.slice(entity.boundary.length).trimEnd();
      if (rest !== '' && rest !== '--') continue;
      while (this.#entity !== entity) this.#close(start);
      // What stands before the first part and after the last one is text, too.
      this.#addText(entity, start);
      Object.assign(entity, { bodyStart: rest === '' ? null : next, bodyLine: line + 1 });
      if (rest === '') this.#begin(entity);
      return true;
    }
    return false;
  }

  #begin(parent: Entity): void {
    if (parent.depth === MAX_DEPTH) {
      this.#stop(
        new TrustError('input/too-deep', `more than ${MAX_DEPTH} parts of a message stand inside one another`),
      );
      return;
    }
    this.#enter(parent);
  }

  #enter(parent: Entity | null): void {
    if (++this.#entities > MAX_ENTITIES) this.#stopAtParts();
    this.#entity = newEntity(parent);
    this.#lastHeader = null;
  }

  #closeAll(end: number): void {
    while (this.#entity.parent !== null) this.#close(end);
    this.#close(end);
  }

  #close(end: number): void {
    const entity = this.#entity;
    if (entity.state === 'headers') this.#addHeaders(entity, end);
    if (entity.state === 'body') {
      if (entity.boundary === null && !isMessage(entity)) this.#addLeaf(entity, end);
      else this.#addText(entity, end);
    }
    entity.state = 'closed';
    this.#entity = entity.parent ?? entity;
  }

  /** Headers that hold PEM, as those of proxies and of notes that only look like a message. */
  #addHeaders({ start }: Entity, end: number): void {
    if (start === null) return;
    const text = this.#mail.slice(start.offset, end);
    if (text.includes('-----BEGIN ')) this.#add({ ...inPlace(text, start.line), name: null });
  }

  /** What stands around the parts of a multipart. */
  #addText(entity: Entity, end: number): void {
    const { bodyStart, bodyLine } = entity;
    if (bodyStart === null || isMessage(entity)) return;
    const text = this.#mail.slice(bodyStart, end);
    if (text.trim() !== '') this.#add({ ...inPlace(text, bodyLine), name: null });
  }

  #addLeaf(entity: Entity, end: number): void {
    const { headers, bodyStart, bodyLine } = entity;
    if (bodyStart === null) return;
    const name = nameOf(headers);
    // The line end before a boundary belongs to it (RFC 2046 5.1.1).
    const body = this.#mail.slice(bodyStart, end).replace(/\r?\n$/, '');
    const declared = encodingOf(entity);
    // Base64 has no hyphens: a file that was put in as it is, is read as it is.
    const encoding = declared === 'base64' && body.includes('-----BEGIN ') ? 'identity' : declared;
    if (body.trim() === '') return;
    if (encoding === 'identity') {
      this.#add(
        name === null ? { ...inPlace(body, bodyLine), name } : { ...inPlace(body, bodyLine), name, lineOf: null },
      );
      return;
    }
    const bytes = encoding === 'base64' ? decodeBase64Body(body) : decodeQuotedPrintable(body);
    if (bytes === null) {
      const what = name === null ? 'a part of the message' : 'the attachment';
      const error = new TrustError('pem/bad-base64', `${what} should be base64, and is none`, {
        at: { line: bodyLine },
        hint: 'save the message again from the mailbox',
      });
      this.#errors.push(error);
      return;
    }
    const isText = encoding === 'quoted-printable' || name === null;
    const lineOf = name === null ? () => bodyLine : null;
    this.#add({ name, bytes: isText ? withLineFeeds(bytes) : bytes, line: bodyLine, lineOf, isEncoded: true });
  }

  #add(part: Part): void {
    if (this.#isFull) return;
    if (this.#parts.length < MAX_PARTS) this.#parts.push(part);
    else this.#stopAtParts();
  }

  #stopAtParts(): void {
    this.#stop(new TrustError('input/too-many', `the mail has more than ${MAX_PARTS} parts`));
  }

  #stop({ code, message }: TrustError): void {
    if (this.#isFull) return;
    this.#isFull = true;
    this.#errors.push(new TrustError(code, message, { hint: 'save the attachments and name the files' }));
  }
}

function newEntity(parent: Entity | null): Entity {
  return {
    ...{ parent, depth: (parent?.depth ?? 0) + 1, start: null, headers: new Map<string, string>(), boundary: null },
    ...{ bodyStart: 0, bodyLine: 1, state: 'headers' },
  };
}

/** Whether the body of an entity is a message whose parts are read on their own. */
function isMessage(entity: Entity): boolean {
  const { type } = parseValue(entity.headers.get('content-type') ?? '');
  return type === 'message/rfc822' && encodingOf(entity) === 'identity';
}

/** A part that stands in the mail as it is. */
function inPlace(body: string, line: number): Part {
  const bytes = withLineFeeds(Buffer.from(body, 'latin1'));
  return { name: null, bytes, line, lineOf: (inner) => line + inner - 1, isEncoded: false };
}

/** Text with the line ends that are usual elsewhere; those of a mail are CR LF (RFC 2046 4.1.1). */
function withLineFeeds(bytes: Uint8Array): Uint8Array {
  const body = asBuffer(bytes);
  if (body.includes(0) || !body.includes('\r\n')) return bytes;
  return new Uint8Array(Buffer.from(body.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'));
}

function encodingOf({ headers }: Entity): 'base64' | 'quoted-printable' | 'identity' {
  const { type } = parseValue(headers.get('content-transfer-encoding') ?? '');
  return type === 'base64' || type === 'quoted-printable' ? type : 'identity';
}

/** What an attachment is called (RFC 2183 2.3), also in older messages. */
function nameOf(headers: ReadonlyMap<string, string>): string | null {
  const disposition = parseValue(headers.get('content-disposition') ?? '').parameters;
  const name = disposition.get('filename') ?? parseValue(headers.get('content-type') ?? '').parameters.get('name');
  return name === undefined || name === '' ? null : decodeWords(name);
}

interface StructuredValue {
  /** Lower case. */
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** A value with parameters (RFC 2045 5.1), which may be continued and encoded (RFC 2231). */
function parseValue(value: string): StructuredValue {
  const [type = ''] = /^[^;\s(]*/.exec(value.trim()) ?? [];
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, token = ''] of value.matchAll(
    /;\s*([^\s=;"*]+(?:\*\d+)?\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g,
  )) {
    const [, base = '', isEncoded] = /^(.*?)(?:\*\d+)?(\*)?$/.exec(name.toLowerCase()) ?? [];
    const text = quoted === undefined ? token : quoted.replace(/\\(.)/g, '$1');
    const isContinued = /\*\d/.test(name) && parameters.has(base);
    const decoded = isEncoded === undefined ? text : decodeExtended(text);
    if (isContinued) parameters.set(base, `${parameters.get(base)}${decoded}`.slice(0, MAX_HEADER));
    else if (!parameters.has(base)) parameters.set(base, decoded);
  }
  return { type: type.toLowerCase(), parameters };
}

/** `utf-8'en'na%C3%AFve` of RFC 2231 section 4; all but UTF-8 byte by byte. */
function decodeExtended(text: string): string {
  const [, charset = '', encoded = text] = /^([\w-]*)'[\w-]*'(.*)$/.exec(text) ?? [];
  const bytes = Buffer.from(
    encoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  return bytes.toString(/^(?:iso-8859|windows-)/i.test(charset) ? 'latin1' : 'utf8');
}

/** Encoded words of RFC 2047, which many programs put into names of files. */
function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(
      /=\?([\w-]+)(?:\*[\w-]*)?\?([bq])\?([^?\s]*)\?=/gi,
      (_, charset: string, form: string, encoded: string) => {
        const bytes =
          form.toLowerCase() === 'b'
            ? Buffer.from(encoded, 'base64')
            : decodeQuotedPrintable(encoded.replaceAll('_', ' '));
        return Buffer.from(bytes).toString(/^utf-?8$|^us-ascii$/i.test(charset) ? 'utf8' : 'latin1');
      },
    );
}

/** RFC 2045 6.8; all other characters are to be passed over, but what has too many of them is no base64. */
function decodeBase64Body(body: string): Uint8Array | null {
  const characters = body.replace(/\s+/g, '');
  const data = withoutPadding(characters);
  const foreign = data.replace(/[A-Za-z0-9+/=]{1,65536}/g, '').length;
  return foreign * 10 > data.length
    ? null
    : new Uint8Array(Buffer.from(data.replace(/[^A-Za-z0-9+/]{1,65536}/g, ''), 'base64'));
}

/** RFC 2045 6.7; an equals sign that begins nothing stays. */
function decodeQuotedPrintable(body: string): Uint8Array {
  const text = body
    .replace(/(?<![ \t])[ \t]+(?=\r?\n)/g, '')
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return new Uint8Array(Buffer.from(text, 'latin1'));
}
