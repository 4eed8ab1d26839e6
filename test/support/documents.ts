/** Texts with certificates in them as other programs write them, each made by a small function. */

import { type ReadOptions, readCertificates } from '../../src/input/read-certificates.ts';

/** A certificate that was found: its subject, its member and its line. */
export type Found = readonly [subject: string, member: string | null, line: number | null];

/** What an input called `in` gives, in short. */
export function read(bytes: Uint8Array | string, options: ReadOptions = {}) {
  const { kind, certificates, notes, errors } = readCertificates(Buffer.from(bytes), { name: 'in', ...options });
  return {
    kind,
    found: certificates.map(({ subject, source }): Found => [subject, source?.member ?? null, source?.line ?? null]),
    notes: notes.map(({ code, member, line }) => [code, member ?? null, line ?? null]),
    errors: errors.map(({ code, at }) => [code, at?.source, at?.line ?? null]),
  };
}

/** Base64 in one line. */
export function base64(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('base64');
}

/** Lines of a width, each with its end. */
export function folded(text: string, width = 64, end = '\n'): string {
  return text.replace(new RegExp(`.{1,${width}}`, 'g'), (line) => line + end);
}

/** Lines with blanks before them. */
export function indented(text: string, blanks: number): string {
  return text.trimEnd().replaceAll(/^/gm, ' '.repeat(blanks));
}

/** What a MIME part is made of; the body is encoded by the caller. */
export interface MimePart {
  readonly headers?: readonly string[];
  readonly body: string;
}

/** A MIME entity: headers, a blank line, a body, with the line ends of mail. */
export function entity({ headers = [], body }: MimePart): string {
  return `${headers.map((header) => `${header}\n`).join('')}\n${body}`.replaceAll(/\r?\n/g, '\r\n');
}

/** A multipart entity, which is a message when it has the headers of one. */
export function multipart(
  parts: readonly string[],
  { boundary = 'frontier', headers = [] as readonly string[] } = {},
): string {
  const body = [...parts.map((part) => `--${boundary}\r\n${part}\r\n`), `--${boundary}--\r\n`].join('');
  return entity({ headers: [...headers, `Content-Type: multipart/mixed; boundary="${boundary}"`], body });
}

/** The headers of a message. */
export const MESSAGE: readonly string[] = ['From: a@example.com', 'To: b@example.com', 'MIME-Version: 1.0'];

/** An attachment in base64. */
export function attachment(name: string, bytes: Uint8Array | string, type = 'application/octet-stream'): string {
  const headers = [
    `Content-Type: ${type}; name="${name}"`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="${name}"`,
  ];
  return entity({ headers, body: folded(base64(bytes), 76) });
}

/** Quoted-printable, with soft line breaks (RFC 2045 6.7). */
export function quotedPrintable(text: string): string {
  return text
    .replace(/[^\t\n -<>-~]/g, (character) =>
      [...Buffer.from(character)].map((byte) => `=${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
    )
    .replaceAll('=\n', '=3D\n')
    .replace(/=(?![0-9A-F]{2}|$)/g, '=3D')
    .split('\n')
    .map((line) => line.replace(/.{1,60}(?=.)(?<!=.?)/g, '$&=\n'))
    .join('\n');
}
