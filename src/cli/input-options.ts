/**
 * The options of every command that reads certificates of inputs: how much of one is read, and how a server is asked.
 *
 * @module
 */
import type { Options } from 'yargs';
import { type StartTlsProtocol, startTlsProtocols } from '../io/starttls.js';
import type { ReadOptions } from './inputs.js';
import { type LimitArgs, limitOption, parseLimits } from './limits.js';
import { choiceOption, textOption } from './options.js';

/** What `inputOptions` declares. */
export interface InputArgs extends LimitArgs {
  readonly starttls?: StartTlsProtocol | undefined;
  readonly servername?: string | undefined;
}

/** Beside inputs among which `tls://host:port` may be. */
export const inputOptions: Readonly<Record<'limit' | 'starttls' | 'servername', Options>> = {
  limit: limitOption,
  starttls: choiceOption('starttls', startTlsProtocols, 'What servers speak before TLS begins'),
  servername: textOption('servername', 'The name that servers are asked by (SNI); default: the one in tls://'),
};

/** What these options say, as words: two calls with other words may read other things out of the same inputs. */
export function describeReading({ limit = [], starttls, servername }: InputArgs): string {
  const words = [...[...limit].sort(), starttls ?? '', servername ?? ''];
  return words.filter((word) => word !== '').join(' ');
}

/**
 * How the inputs of a call are read.
 *
 * @throws {TrustError} `usage/bad-value`
 */
export function readingOf({
  limit,
  starttls,
  servername,
}: InputArgs): Required<Pick<ReadOptions, 'limits' | 'startTls' | 'serverName'>> {
  return { limits: parseLimits(limit), startTls: starttls, serverName: servername };
}
