/**
 * What is said in the clear before TLS begins, in lines or bytes, and waited for: within bounds, and with an error that shows
 * what was said instead of what was expected.
 *
 * @module
 */
import type { Socket } from 'node:net';
import { TrustError } from '../errors.js';

/** How many bytes a server may say before TLS: a greeting, a few replies and a list of features are much shorter. */
export const MAX_RECEIVED: number = 64 * 1024;
/** How many of them without the end of a line. */
export const MAX_LINE: number = 8 * 1024;

/** As much of an answer as tells what is wrong, in bytes. */
export const MAX_SHOWN: number = 100;

/** What is said on a connection before TLS, and waited for. */
export class Conversation {
  readonly #socket: Socket;
  readonly #protocol: string;
  #received = Buffer.alloc(0);
  #length = 0;
  #failure: unknown = null;
  #wake: () => void = () => {};
  readonly #hear = (bytes: Buffer) => {
    this.#length += bytes.length;
    this.#received = Buffer.concat([this.#received, bytes]);
    if (this.#length > MAX_RECEIVED) this.#fail(this.refusal(`it said more than ${MAX_RECEIVED} bytes`));
    this.#wake();
  };
  readonly #fail = (failure: unknown) => {
    this.#failure ??= failure;
    this.#wake();
  };
  readonly #end = () => {
    const rest = this.#received.length === 0 ? 'before TLS began' : `after ${quote(this.#received)}`;
    this.#fail(this.refusal(`it closed the connection ${this.#length === 0 ? 'without a word' : rest}`));
  };

  /**
   * Listens from now on.
   *
   * @param protocol - what is spoken, for messages
   */
  constructor(socket: Socket, protocol: string) {
    this.#socket = socket;
    this.#protocol = protocol;
    socket.on('data', this.#hear);
    socket.on('error', this.#fail);
    socket.on('end', this.#end);
    socket.on('close', this.#end);
  }

  /** Stops listening; what comes next is for who listens then. */
  leave(): void {
    const socket = this.#socket;
    socket.pause();
    socket.off('data', this.#hear);
    socket.off('error', this.#fail);
    socket.off('end', this.#end);
    socket.off('close', this.#end);
  }

  /** Says something; that it could not be said shows where an answer is waited for. */
  say(words: string | Uint8Array): void {
    this.#socket.write(words);
  }

  /** The address of this side, as mail servers want it: an address literal of RFC 5321 4.1.3. */
  get ownAddress(): string {
    const address = (this.#socket.localAddress ?? '127.0.0.1').replace(/^::ffff:(?=\d+\.)/, '');
    return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
  }

  /** So many bytes. @throws {TrustError} `input/not-readable`; what the connection failed with */
  async bytes(count: number): Promise<Buffer> {
    while (this.#received.length < count) await this.#more();
    return this.#take(count);
  }

  /** A line without its end. @throws {TrustError} as `bytes`, also for one that is too long */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#received.indexOf('\n');
      if (end > MAX_LINE || (end < 0 && this.#received.length > MAX_LINE)) {
        throw this.refusal(`it said a line of more than ${MAX_LINE} bytes, ${quote(this.#received)}`);
      }
      if (end >= 0)
        return this.#take(end + 1)
          .toString('latin1')
          .replace(/\r?\n$/, '');
      await this.#more();
    }
  }

  /** All that was said until something of a form is among it, which must begin like XML. @throws {TrustError} as `bytes` */
  async until(form: RegExp): Promise<string> {
    for (;;) {
      const text = this.#received.toString('latin1');
      if (/^\s*[^\s<]/.test(text)) throw this.unexpected(text, 'XML');
      const match = form.exec(text);
      if (match !== null) return this.#take(match.index + match[0].length).toString('latin1');
      await this.#more();
    }
  }

  /**
   * What is not TLS must not be taken for a part of it: a server says nothing between its consent and the client's hello.
   *
   * @throws {TrustError} `input/not-readable`
   */
  expectSilence(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#received.length > 0) throw this.refusal(`it said ${quote(this.#received)} where TLS was to begin`);
  }

  /** The error for a server with which the dialog does not get further. */
  refusal(what: string): TrustError {
    return new TrustError('input/not-readable', `the server does not begin TLS over ${this.#protocol}: ${what}`, {
      hint: `check that the port speaks ${this.#protocol} and that TLS is switched on there; one that speaks TLS from the first byte is asked without --starttls`,
    });
  }

  /** The same for one that said something else than what was expected. */
  unexpected(said: string | Uint8Array, expected: string): TrustError {
    return this.refusal(`it said ${quote(said)}, expected ${expected}`);
  }

  #take(count: number): Buffer {
    const taken = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  async #more(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#failure !== null) throw this.#failure;
  }
}

/** The beginning of what was said, with nothing in it that acts on a terminal. */
export function quote(said: string | Uint8Array): string {
  const text = typeof said === 'string' ? said : Buffer.from(said.subarray(0, MAX_SHOWN + 1)).toString('latin1');
  const shown = text.slice(0, MAX_SHOWN).replace(/[^ -~]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${shown}${text.length > MAX_SHOWN ? '…' : ''}"`;
}

/**
 * The lines of a reply with a code of three digits, up to the one that has a blank behind it (RFC 5321 4.2.1, RFC 959 4.2).
 *
 * @throws {TrustError} `input/not-readable` for a reply with another code
 */
export async function reply(talk: Conversation, code: string): Promise<string> {
  const first = await talk.line();
  if (!new RegExp(`^${code}(?:[ -]|$)`).test(first)) throw talk.unexpected(first, code);
  const lines = [first];
  const isLast = new RegExp(`^${code}(?: |$)`);
  while (!isLast.test(lines.at(-1) ?? '')) lines.push(await talk.line());
  return lines.join('\n');
}
