/**
 * The certificates that a TLS server sent, all of them and in its order, out of the bytes of a handshake: RFC 5246 7.4.2 up to
 * TLS 1.2, where they go in the clear, RFC 8446 4.4.2 for TLS 1.3. Node.js gives only those that hang together, and loses a
 * second cross-signed intermediate.
 *
 * @module
 */
import { createDecipheriv, createHmac } from 'node:crypto';

/** What is kept of a handshake: certificates of 64 times the usual size. */
export const MAX_HANDSHAKE_BYTES: number = 256 * 1024;

const HEADER_BYTES = 5;
const TAG_BYTES = 16;
const RECORD = { changeCipherSpec: 20, alert: 21, handshake: 22, encrypted: 23 } as const;
const MESSAGE = { serverHello: 2, certificate: 11, serverKeyExchange: 12 } as const;

/** RFC 8446 B.4, the suites that OpenSSL offers. */
const SUITES: ReadonlyMap<number, { readonly cipher: string; readonly keyBytes: number; readonly hash: string }> =
  new Map([
    [0x1301, { cipher: 'aes-128-gcm', keyBytes: 16, hash: 'sha256' }],
    [0x1302, { cipher: 'aes-256-gcm', keyBytes: 32, hash: 'sha384' }],
    [0x1303, { cipher: 'chacha20-poly1305', keyBytes: 32, hash: 'sha256' }],
  ]);

/** One record: its header and what it carries. */
interface TlsRecord {
  readonly type: number;
  readonly header: Buffer;
  readonly content: Buffer;
}

/**
 * Finds the certificates of a server.
 *
 * @param received - everything that came from the server so far, as it was on the wire
 * @param secret - the server's handshake traffic secret, which TLS 1.3 encrypts its certificates with; null for none
 * @returns DER, in the order in which they were sent; null where they are not among it, or not in a form known here. Never
 *   throws
 */
export function certificatesSent(received: Uint8Array, secret: Uint8Array | null): readonly Uint8Array[] | null {
  const records = recordsOf(received);
  const clear = clearMessagesOf(records);
  const plain = clear.find(({ type }) => type === MESSAGE.certificate);
  if (plain !== undefined) return readList(plain.body, 0);
  const hello = clear.findLast(({ type }) => type === MESSAGE.serverHello);
  if (hello === undefined || secret === null) return null;
  const sealed = decrypt(
    records.filter(({ type }) => type === RECORD.encrypted),
    suiteOf(hello.body),
    secret,
  );
  const message = messagesOf(sealed).find(({ type }) => type === MESSAGE.certificate);
  // The context of a request for it, which a server has none of, and extensions behind each certificate.
  return message === undefined ? null : readList(message.body.subarray(1 + (message.body[0] ?? 0)), 2);
}

/**
 * Whether a server has signed its key exchange with the key of its certificate (RFC 5246 7.4.3): up to TLS 1.2 with a key
 * exchange of Diffie and Hellman, but not where it shows its key by decrypting with it.
 *
 * @param received - as for `certificatesSent`
 */
export function hasSignedKeyExchange(received: Uint8Array): boolean {
  return clearMessagesOf(recordsOf(received)).some(({ type }) => type === MESSAGE.serverKeyExchange);
}

/** What may stand between messages; an alert may be no more than a warning, before which and behind which all goes on. */
const CLEAR: ReadonlySet<number> = new Set([RECORD.changeCipherSpec, RECORD.alert, RECORD.handshake]);

/** What is said before anything is encrypted. */
function clearMessagesOf(records: readonly TlsRecord[]): readonly Message[] {
  const end = records.findIndex(({ type }) => !CLEAR.has(type));
  return messagesOf(records.slice(0, end < 0 ? records.length : end).filter(({ type }) => type === RECORD.handshake));
}

function recordsOf(received: Uint8Array): readonly TlsRecord[] {
  const bytes = Buffer.from(received.buffer, received.byteOffset, received.length);
  const records: TlsRecord[] = [];
  for (let start = 0; start + HEADER_BYTES <= bytes.length; ) {
    const header = bytes.subarray(start, start + HEADER_BYTES);
    const end = start + HEADER_BYTES + header.readUInt16BE(3);
    if (end > bytes.length) break;
    records.push({ type: header[0] as number, header, content: bytes.subarray(start + HEADER_BYTES, end) });
    start = end;
  }
  return records;
}

interface Message {
  readonly type: number;
  readonly body: Buffer;
}

/** A message may go over several records, and a record hold several messages. */
function messagesOf(records: readonly Pick<TlsRecord, 'content'>[]): readonly Message[] {
  const bytes = Buffer.concat(records.map(({ content }) => content));
  const messages: Message[] = [];
  for (let start = 0; start + 4 <= bytes.length; ) {
    const end = start + 4 + bytes.readUIntBE(start + 1, 3);
    if (end > bytes.length) break;
    messages.push({ type: bytes[start] as number, body: bytes.subarray(start + 4, end) });
    start = end;
  }
  return messages;
}

/** @param extensionBytes - how many give the length of what follows each certificate */
function readList(body: Buffer, extensionBytes: 0 | 2): readonly Uint8Array[] | null {
  const certificates: Uint8Array[] = [];
  if (body.length < 3 || body.readUIntBE(0, 3) !== body.length - 3) return null;
  for (let start = 3; start < body.length; ) {
    if (start + 3 > body.length) return null;
    const end = start + 3 + body.readUIntBE(start, 3);
    if (end + extensionBytes > body.length) return null;
    certificates.push(new Uint8Array(body.subarray(start + 3, end)));
    start = end + extensionBytes + (extensionBytes === 0 ? 0 : body.readUInt16BE(end));
  }
  return certificates;
}

/** The cipher suite that a ServerHello chooses: behind version, random and session id. */
function suiteOf(hello: Buffer): number {
  const offset = 35 + (hello[34] ?? 0);
  return offset + 2 <= hello.length ? hello.readUInt16BE(offset) : 0;
}

/** The handshake messages of encrypted records, up to the first that is under another key (RFC 8446 5.2, 5.3). */
function decrypt(
  records: readonly TlsRecord[],
  suiteNumber: number,
  secret: Uint8Array,
): readonly Pick<TlsRecord, 'content'>[] {
  const suite = SUITES.get(suiteNumber);
  if (suite === undefined) return [];
  const key = expand(secret, 'key', suite.keyBytes, suite.hash);
  const iv = expand(secret, 'iv', 12, suite.hash);
  const opened: Pick<TlsRecord, 'content'>[] = [];
  for (const [sequence, record] of records.entries()) {
    const inner = open(record, suite.cipher, key, nonceOf(iv, sequence));
    if (inner === null) break;
    const typeAt = inner.findLastIndex((octet) => octet !== 0);
    if (inner[typeAt] === RECORD.handshake) opened.push({ content: inner.subarray(0, typeAt) });
  }
  return opened;
}

function open({ header, content }: TlsRecord, cipher: string, key: Buffer, nonce: Buffer): Buffer | null {
  if (content.length < TAG_BYTES) return null;
  try {
    const sealed = content.length - TAG_BYTES;
    const decipher = createDecipheriv(cipher as 'aes-128-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(header);
    decipher.setAuthTag(content.subarray(sealed));
    return Buffer.concat([decipher.update(content.subarray(0, sealed)), decipher.final()]);
  } catch {
    return null;
  }
}

function nonceOf(iv: Buffer, sequence: number): Buffer {
  const nonce = Buffer.from(iv);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8);
  return nonce;
}

/** HKDF-Expand-Label of RFC 8446 7.1, for no more than one block of the hash. */
function expand(secret: Uint8Array, label: string, length: number, hash: string): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
  return createHmac(hash, secret).update(info).digest().subarray(0, length);
}
