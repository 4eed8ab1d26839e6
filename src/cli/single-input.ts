/**
 * One input of a command: from the bytes of a file or a pipe, or from what a server sends, to what it holds.
 *
 * @module
 */
import { expectTrustError, TrustError } from '../errors.js';
import { BundleReader } from '../input/bundle-reader.js';
import { INPUT_LIMITS, type InputLimits } from '../input/limits.js';
import { collectorFor, readCertificates, resultOf } from '../input/read-certificates.js';
import type { InputKind, ReadResult } from '../input/read-result.js';
import type { StartTlsProtocol } from '../io/starttls.js';
import type { Absence } from '../report/inspect.js';
import { type Certificate, decodeCertificate } from '../x509/certificate.js';
import { sourceOf } from '../x509/source.js';
import { canAsk } from './confirm.js';
import type { Io } from './io.js';
import { withRaise } from './limits.js';
import { askPassword } from './password.js';

/** One input as it was read: a file named or walked, standard input, or an endpoint. */
export interface ReadInput {
  /** What the user named, or a file below it. */
  readonly input: string;
  readonly kind: InputKind | 'endpoint';
  readonly certificates: readonly Certificate[];
  readonly notes: ReadResult['notes'];
  readonly damaged: ReadResult['damaged'];
  readonly recovered: ReadResult['recovered'];
  readonly described: ReadResult['described'];
  readonly members: ReadResult['members'];
  readonly attachments: ReadResult['attachments'];
  readonly untrusted: ReadResult['untrusted'];
  readonly errors: readonly TrustError[];
  /** Of an endpoint, the name or address that was connected to. */
  readonly host?: string;
  /** Of an input of which there is an error and nothing else. */
  readonly absence?: Absence;
}

/** How one input is read. */
export interface SingleInputOptions {
  readonly password: string | null;
  /** Whether everything tolerated is an error. */
  readonly strict: boolean;
  /** Whether to say what the signatures of a signed bundle are worth. */
  readonly signatures?: boolean;
  /** Whether certificates of which only a description is there are good enough; else they are an error. */
  readonly descriptions?: boolean;
  /** Limits other than those that are usual. */
  readonly limits?: Partial<InputLimits>;
  /**
   * Fingerprints by which a certificate that is recovered from a damaged copy is one that was meant; left out, or none, where
   * nothing is searched.
   */
  readonly recover?: ReadonlySet<string> | undefined;
  /** What endpoints speak before TLS, if anything. */
  readonly startTls?: StartTlsProtocol | undefined;
  /** By what name endpoints are asked, where it is not their own. */
  readonly serverName?: string | undefined;
  /** Ends the wait for a server. */
  readonly signal?: AbortSignal;
}

/** Errors that say only that a file is something else: no fault of a file that was walked rather than named. */
export const NO_SIGN: ReadonlySet<string> = new Set(['input/empty', 'input/no-certificate', 'input/unrecognised']);

/** The bytes of an input; why there are none, where they cannot be read. */
export function tryReading(input: string, read: () => Uint8Array, options: SingleInputOptions): Uint8Array | ReadInput {
  try {
    return read();
  } catch (error) {
    return refused(input, error, options);
  }
}

/** How many bytes of an input are read. */
export function sizeLimitOf({ limits }: SingleInputOptions): number {
  return limits?.size ?? INPUT_LIMITS.size;
}

/** An input as a bundle that may come in parts. */
export function bundleOf(input: string, bytes: Uint8Array, { strict, limits = {} }: SingleInputOptions): BundleReader {
  return new BundleReader(bytes, { name: input, strict, limits });
}

/** What an input holds: a promise only where a person or a signature has to be waited for, as few of many files need. */
export function readOne(
  input: string,
  bytes: Uint8Array,
  io: Io,
  options: SingleInputOptions,
  mayHoldNothing: boolean,
): ReadInput | Promise<ReadInput> {
  const read = readBytes(input, bytes, options, mayHoldNothing);
  return isUnfinished(read, io, options) ? finish(read, bytes, io, options) : read;
}

/** What an input holds, as far as nobody has to be asked. */
function readBytes(
  input: string,
  bytes: Uint8Array,
  { password, strict, descriptions = false, limits, recover }: SingleInputOptions,
  mayHoldNothing: boolean,
): ReadInput {
  const recovery = recover === undefined ? undefined : { expected: recover };
  const result = readCertificates(bytes, { name: input, password, strict, limits, mayHoldNothing, recover: recovery });
  const read = { input, ...result };
  return descriptions || !isOnlyDescribed(read) ? read : { ...read, errors: [...read.errors, withoutBytes(read)] };
}

/** Whether a person may know the password of what was read, or what its signatures are worth is still to be said. */
function isUnfinished(read: ReadInput, io: Io, { password, signatures = false }: SingleInputOptions): boolean {
  return (password === null && isLocked(read) && canAsk(io)) || (signatures && read.kind === 'pkcs7');
}

async function finish(read: ReadInput, bytes: Uint8Array, io: Io, options: SingleInputOptions): Promise<ReadInput> {
  const { input } = read;
  try {
    if (isLocked(read)) return readBytes(input, bytes, { ...options, password: await askPassword(input, io) }, false);
    const { noteSignatures } = await import('../input/cms-signature.js');
    return { ...read, notes: [...read.notes, ...(await noteSignatures(bytes))] };
  } catch (error) {
    return refused(input, error, options);
  }
}

function isLocked({ errors }: ReadInput): boolean {
  return errors.some(({ code }) => code === 'keystore/password-missing');
}

/** What a configuration names beside certificates that it holds is noted; all else that is only described would be missed. */
function isOnlyDescribed({ kind, certificates, described }: ReadInput): boolean {
  return described.length > 0 && (certificates.length === 0 || kind === 'device-show');
}

function withoutBytes({ input, described }: ReadInput): TrustError {
  const [first] = described;
  const what = described.length === 1 ? 'a certificate is' : `${described.length} certificates are`;
  return new TrustError('input/no-bytes', `${what} only described here, without the bytes`, {
    at: { source: input, ...(first?.source.line == null ? {} : { line: first.source.line }) },
    hint: 'take them from show running-config or show crypto pki certificates pem, or from their CA',
  });
}

/** What a server sends. */
export async function readServer(
  input: string,
  { startTls, serverName, signal, strict, limits }: SingleInputOptions,
): Promise<ReadInput> {
  const { parseEndpoint, readEndpoint } = await import('../io/endpoint.js');
  const { host } = parseEndpoint(input);
  const [own = new Uint8Array(), ...others] = await readEndpoint(input, { startTls, serverName, signal });
  const into = collectorFor({ name: input, limits });
  const source = sourceOf(input);
  // What it sends first is its own: where that cannot be read, nothing is known of the server.
  into.certificate(decodeCertificate(own, source));
  for (const other of others) into.decode(other, source);
  return { ...resultOf(into, 'unknown', { name: input, strict }), input, kind: 'endpoint', host };
}

/** An input that was refused with an error, which a limit may have been the reason for. */
export function refused(input: string, error: unknown, { limits = {} }: SingleInputOptions): ReadInput {
  return failed(input, withRaise(expectTrustError(error), limits).within({ source: input }));
}

/** An input of which there is an error and nothing else. */
export function failed(input: string, error: TrustError): ReadInput {
  const absence = error.code === 'input/no-match' ? 'nothing found' : 'not read';
  return { ...NOTHING, input, kind: 'unknown', errors: [error], absence };
}

const NOTHING = {
  certificates: [],
  notes: [],
  damaged: [],
  recovered: [],
  described: [],
  members: [],
  attachments: [],
  untrusted: [],
} as const;

/** Whether there is nothing in an input that could be a certificate, not even a damaged one. */
export function hasNoSign({ certificates, described, errors }: ReadInput): boolean {
  return certificates.length + described.length === 0 && errors.every(({ code }) => NO_SIGN.has(code));
}
