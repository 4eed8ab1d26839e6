/**
 * The options of every command that reads certificates of inputs: how much of one is read, and how a server is asked.
 *
 * @module
 */
import type { Options } from 'yargs';
import { TrustError } from '../errors.js';
import { INPUT_LIMITS } from '../input/limits.js';
import { type StartTlsProtocol, startTlsProtocols } from '../io/starttls.js';
import { coercion } from './coercion.js';
import { parseHost } from './host-name.js';
import type { ReadOptions } from './inputs.js';
import { type LimitArgs, limitOption, parseLimits } from './limits.js';
import { choiceOption, single, textOption } from './options.js';

/** What `inputOptions` declares. */
export interface InputArgs extends LimitArgs {
  readonly starttls?: StartTlsProtocol | undefined;
  readonly servername?: string | undefined;
}

/** Beside inputs among which `tls://host:port` may be. */
export const inputOptions: Readonly<Record<'limit' | 'starttls' | 'servername', Options>> = {
  limit: limitOption,
  starttls: choiceOption('starttls', startTlsProtocols, 'What servers speak before TLS begins'),
  servername: {
    ...textOption('servername', 'The name that servers are asked by (SNI); default: the one in tls://'),
    coerce: coercion((value) => (value === undefined ? undefined : parseServerName(single('servername', value)))),
  },
};

/**
 * What these options say, as words: two calls with other words may read other things out of the same inputs. A limit that
 * is spelled out as it holds anyway is no word, and the letter case of a server's name (RFC 6066 section 3) says nothing.
 *
 * @throws {TrustError} `usage/bad-value`
 */
export function describeReading({ limit, starttls, servername }: InputArgs): string {
  const usual: Readonly<Record<string, unknown>> = { ...INPUT_LIMITS };
  const said = Object.entries({ ...parseLimits(limit), starttls, servername: servername?.toLowerCase() });
  const words = said.flatMap(([name, value]) => (value === usual[name] ? [] : [`${name}=${value}`]));
  return words.sort().join(' ');
}

/** A name, as `parseHost` reads it: an address is no name of SNI (RFC 6066 section 3). */
function parseServerName(text: string): string {
  const { kind, value } = parseHost(text);
  if (kind === 'dns') return value;
  throw new TrustError('usage/bad-value', `${JSON.stringify(text)} is an address, and SNI has names alone`, {
    hint: 'leave --servername out to ask without a name',
  });
}

/**
 * How the inputs of a call are read.
 *
 * @param inputs - as the call names them
 * @throws {TrustError} `usage/bad-value`; `usage/conflict` where something is said of servers and no input is one
 */
export function readingOf(
  inputs: readonly string[],
  { limit, starttls, servername }: InputArgs,
): Required<Pick<ReadOptions, 'limits' | 'startTls' | 'serverName'>> {
  if (!inputs.some((input) => input.startsWith('tls://'))) requireUnsaid({ starttls, servername });
  return { limits: parseLimits(limit), startTls: starttls, serverName: servername };
}

/** Options that would do nothing: who gives one expects a server to be asked. */
function requireUnsaid(options: Readonly<Record<string, string | undefined>>): void {
  const given = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`]));
  if (given.length === 0) return;
  throw new TrustError('usage/conflict', `no input is a server, and nothing else is asked with ${given.join(' or ')}`, {
    hint: `name the server as tls://HOST:PORT, or leave ${given.join(' and ')} out`,
  });
}
