/**
 * What the network says when nobody answers, in the program's words.
 *
 * @module
 */

/** What went wrong, and what to look at. */
export interface NetworkMeaning {
  readonly message: string;
  readonly hint: string;
}

/** By the code of the system error. */
export const NETWORK_MEANINGS: Readonly<Record<string, NetworkMeaning>> = {
  ECONNREFUSED: { message: 'the connection was refused', hint: 'check the port, and that the service runs' },
  EHOSTUNREACH: { message: 'the host cannot be reached', hint: 'check the network between here and there' },
  ENETUNREACH: { message: 'the network cannot be reached', hint: 'check the network of this machine' },
  ENOTFOUND: { message: 'there is no host of that name', hint: 'check the spelling, or give the address' },
  EAI_AGAIN: {
    message: 'the name of the host cannot be looked up now',
    hint: 'check the name server of this machine, or give the address',
  },
  ETIMEDOUT: {
    message: 'the server did not answer in time',
    hint: 'check host and port, and whether a firewall drops the connection',
  },
};
