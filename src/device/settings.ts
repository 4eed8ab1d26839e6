/**
 * What a trustpoint can be told besides its certificate: how revocation is checked, and by which way the device reaches the CA.
 * Every value ends up in a line of a block, so none is written that is not of a form known to be harmless.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';

/** How a device finds out whether a certificate was revoked; `none` asks nobody. */
export type RevocationMethod = (typeof REVOCATION_METHODS)[number];

/** Every method that some platform has. */
export const REVOCATION_METHODS = ['none', 'crl', 'ocsp'] as const;

/** What a trustpoint is told. */
export interface TrustpointSettings {
  /** Tried in this order until one gives an answer; `none` can only be the last. Default: `none` where it can be said. */
  readonly revocationCheck?: readonly RevocationMethod[] | undefined;
  /** The VRF in which the device reaches the CA: 1 to 32 letters, digits, dots, underscores and hyphens. */
  readonly vrf?: string | undefined;
  /** The interface whose address the device has when it asks the CA: `GigabitEthernet0/0/1`, `Loopback 0`. */
  readonly sourceInterface?: string | undefined;
  /** Whether commands begin with `crypto ca`, which is all that Cisco IOS before 12.3(7)T knows; default false. */
  readonly legacyKeywords?: boolean | undefined;
}

/** Which settings a platform takes. */
export interface TakenSettings {
  /** Its methods of checking revocation. */
  readonly revocationCheck?: readonly RevocationMethod[];
  readonly vrf?: true;
  readonly sourceInterface?: true;
  /** Also true where the commands begin with `crypto ca` in any case. */
  readonly legacyKeywords?: true;
}

const OPTIONS: Readonly<Record<keyof TrustpointSettings, string>> = {
  revocationCheck: '--revocation-check',
  vrf: '--vrf',
  sourceInterface: '--source-interface',
  legacyKeywords: '--legacy-keywords',
};

const NAMES = Object.keys(OPTIONS) as readonly (keyof TrustpointSettings)[];

const VRF = /^[A-Za-z0-9._-]{1,32}$/;
/** A type, then where it is: slot, port, channel (`:15`), subinterface (`.100`); people write a blank between the two. */
const INTERFACE = /^(?=.{1,48}$)[A-Za-z][A-Za-z0-9-]*(?: ?[0-9][0-9/.:]*)?$/;

/**
 * The settings that were asked for, after a look at each of them.
 *
 * @param options - anything that may hold settings
 * @param taken - what the platform takes
 * @param who - the platform, or the part of it that is asked
 * @throws {TrustError} `device/unsupported-setting` for one that is not taken; `usage/bad-value` for a value that is no
 *   method, no name of a VRF or of an interface
 */
export function chooseSettings(options: TrustpointSettings, taken: TakenSettings, who: string): TrustpointSettings {
  const { revocationCheck, vrf, sourceInterface, legacyKeywords = false } = options;
  const asked: TrustpointSettings = { revocationCheck, vrf, sourceInterface, legacyKeywords };
  for (const name of NAMES) {
    const isAsked = asked[name] !== undefined && asked[name] !== false;
    if (isAsked && !Object.hasOwn(taken, name)) throw notTaken(OPTIONS[name], taken, who);
  }
  if (revocationCheck !== undefined) requireMethods(revocationCheck, taken.revocationCheck ?? [], who);
  if (vrf !== undefined) requireForm(vrf, VRF, 'a VRF', '1 to 32 letters, digits, dots, underscores and hyphens');
  if (sourceInterface !== undefined) {
    requireForm(sourceInterface, INTERFACE, 'an interface', 'a type and its place, like GigabitEthernet0/0/1');
  }
  return asked;
}

function notTaken(option: string, taken: TakenSettings, who: string): TrustError {
  const known = NAMES.filter((name) => Object.hasOwn(taken, name)).map((name) => OPTIONS[name]);
  return new TrustError('device/unsupported-setting', `${who} takes no ${option}`, {
    hint: known.length === 0 ? 'leave it out; no such setting is taken here' : `${who} takes ${known.join(', ')}`,
  });
}

function requireMethods(methods: readonly RevocationMethod[], known: readonly RevocationMethod[], who: string): void {
  const hint = `one or more of ${known.join(', ')}, in the order in which they are tried; none comes last`;
  const shown = `"${toPrintable(methods.join(' ').slice(0, 48))}"`;
  const other = methods.find((method) => !REVOCATION_METHODS.includes(method));
  if (other !== undefined || methods.length === 0) {
    throw new TrustError('usage/bad-value', `${shown} is no list of methods to check revocation`, { hint });
  }
  const lacking = methods.find((method) => !known.includes(method));
  if (lacking !== undefined) {
    throw new TrustError('device/unsupported-setting', `${who} takes no revocation check by ${lacking}`, { hint });
  }
  const last = methods.indexOf('none');
  if (new Set(methods).size < methods.length || (last >= 0 && last < methods.length - 1)) {
    throw new TrustError('usage/bad-value', `${shown} names a method twice, or another after none`, { hint });
  }
}

function requireForm(value: string, form: RegExp, what: string, expected: string): void {
  if (form.test(value)) return;
  throw new TrustError('usage/bad-value', `"${toPrintable(value.slice(0, 48))}" is not the name of ${what}`, {
    hint: `expected ${expected}`,
  });
}
