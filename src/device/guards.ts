/**
 * What a running configuration says about a block before anybody pastes it: whether a name is free, and whether a
 * trustpoint may go.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import type { ConfigurationDialect } from './dialect.js';
import { type ConfiguredTrustpoint, parseDeviceConfig, type StoredCertificate } from './running-config.js';
import { isSameSerialNumber } from './serial-number.js';
import { findSeveralDevices, readSession } from './session.js';
import type { BlockNote, Platform, Trustpoint } from './trustpoint.js';
import { findUses, type TrustpointUse, trustpointAround } from './uses.js';

/** The configuration of a device, for the questions that are asked here. */
export interface DeviceConfiguration {
  readonly text: string;
  readonly trustpoints: ReadonlyMap<string, ConfiguredTrustpoint>;
  readonly dialect: ConfigurationDialect;
}

/** Lines named in one message. */
const MOST_NAMED = 3;

/** Settings of a trustpoint that has, or is to have, a certificate of the device itself. */
const OWN_KEY = /^(?:(?:rsa|ec|ecdsa)?keypair |enrollment self)/;

/**
 * @param text - a whole running configuration
 * @throws {TrustError} `device/several-devices`; `usage/conflict` for a platform whose configurations are not read
 */
export function parseConfiguration(platform: Platform, text: string): DeviceConfiguration {
  requireOneDevice(text);
  const trustpoints = new Map(parseDeviceConfig(text).map((trustpoint) => [trustpoint.name, trustpoint]));
  return { text, trustpoints, dialect: requireDialect(platform) };
}

/** A block that is made of the lines of two devices would be pasted into one. */
function requireOneDevice(text: string): void {
  const bytes = Buffer.from(text);
  const several = findSeveralDevices(bytes, readSession(bytes));
  if (several === null) return;
  throw new TrustError('device/several-devices', `this is the configuration of ${several.names.join(' and of ')}`, {
    at: { line: several.line },
    hint: 'give the configuration of one device alone',
  });
}

/** The trustpoint of a name; where none is written so, one that differs in the case of letters alone: devices may not tell the two apart. */
export function trustpointNamed(
  { trustpoints }: Pick<DeviceConfiguration, 'trustpoints'>,
  name: string,
): ConfiguredTrustpoint | undefined {
  const folded = name.toLowerCase();
  return trustpoints.get(name) ?? [...trustpoints.values()].find((other) => other.name.toLowerCase() === folded);
}

/** @throws {TrustError} `usage/conflict` for a platform whose configurations are not read */
export function requireDialect({ name, configuration }: Platform): ConfigurationDialect {
  if (configuration !== undefined) return configuration;
  throw new TrustError('usage/conflict', `configurations of ${name} are not read`, {
    hint: 'leave out --config and --replace; platforms of Cisco have both',
  });
}

/** Whether a configuration shows that a trustpoint holds a certificate of the device itself, or its key. */
export function holdsIdentity({ stored, settings }: ConfiguredTrustpoint): boolean {
  return stored.some(({ usage }) => usage !== 'ca') || settings.some((setting) => OWN_KEY.test(setting));
}

/**
 * Whether a trustpoint is installed already, as it is to be.
 *
 * @returns false where its name is free, or was made by an install that stopped before the certificate
 * @throws {TrustError} `device/name-in-use`: it holds something else, or what it holds cannot be seen
 */
export function isInstalled(wanted: Trustpoint, configuration: DeviceConfiguration): boolean {
  const { dialect } = configuration;
  const found = trustpointNamed(configuration, wanted.name);
  if (found === undefined) return false;
  if (dialect.holdsCertificates && holdsExactly(found, wanted)) return true;
  if (dialect.holdsCertificates && found.stored.length === 0 && !holdsIdentity(found)) return false;
  throw new TrustError('device/name-in-use', `${describe(found, dialect)}, so it is not free`, {
    at: { line: found.line },
    hint: 'choose another name; to take the place of this trustpoint, give its name with --replace',
  });
}

/** The CA certificates it has are those that are wanted, all of them known by their bytes. */
export function holdsExactly({ stored }: ConfiguredTrustpoint, { certificates }: Trustpoint): boolean {
  const held = stored.filter(({ usage }) => usage === 'ca').map(({ certificate }) => certificate?.sha256);
  return held.length === certificates.length && certificates.every(({ sha256 }) => held.includes(sha256));
}

function describe({ name, stored }: ConfiguredTrustpoint, { holdsCertificates }: ConfigurationDialect): string {
  const shown = `"${toPrintable(name)}"`;
  if (!holdsCertificates) return `${shown} is in the configuration, which does not say what it holds`;
  const [first] = stored;
  if (first === undefined) return `${shown} is in the configuration with a key of the device`;
  if (first.usage !== 'ca') return `${shown} holds a certificate of the device itself`;
  return `${shown} holds ${describeStored(first)}`;
}

function describeStored({ certificate, serialNumber }: StoredCertificate): string {
  return certificate === null
    ? `a certificate with the serial number ${toPrintable(serialNumber)} whose bytes are not here`
    : `${certificate.subject} (SHA-256 ${certificate.sha256})`;
}

/**
 * What keeps the trustpoints of a removal from going.
 *
 * @param removed - what is to go, with what it should hold; a trustpoint that goes too may name another one
 */
export function objectionsToRemoval(
  removed: readonly Trustpoint[],
  configuration: DeviceConfiguration,
): readonly TrustError[] {
  const { text, dialect } = configuration;
  const names = new Set(removed.map(({ name }) => name));
  const goesToo = ({ reference }: TrustpointUse) => reference !== null && names.has(trustpointAround(reference));
  return removed.flatMap((wanted) => {
    const found = trustpointNamed(configuration, wanted.name);
    const uses = findUses(text, wanted.name, dialect).filter((use) => !goesToo(use));
    return [
      ...(found === undefined ? [] : [...objectToIdentity(found), ...objectToContents(found, wanted)]),
      ...objectToUses(wanted.name, uses),
    ];
  });
}

/** A trustpoint by whose removal the device would lose a certificate or key of its own. */
export function objectToIdentity(found: ConfiguredTrustpoint): readonly TrustError[] {
  if (!holdsIdentity(found)) return [];
  return [
    new TrustError(
      'device/holds-identity',
      `"${toPrintable(found.name)}" holds a certificate or key of the device itself, which its removal destroys`,
      {
        at: { line: found.line },
        hint: 'enrol the device under another trustpoint first; --force removes it all the same',
      },
    ),
  ];
}

function objectToContents(found: ConfiguredTrustpoint, { certificates }: Trustpoint): readonly TrustError[] {
  const other = found.stored.find((stored) => !certificates.some((wanted) => mayBe(stored, wanted)));
  if (other === undefined || holdsIdentity(found)) return [];
  return [
    new TrustError('device/name-in-use', `"${toPrintable(found.name)}" holds ${describeStored(other)}`, {
      at: { line: found.line },
      hint: 'name the trustpoint that holds the certificate of the input; --force removes this one all the same',
    }),
  ];
}

/** Whether what is stored is a certificate, as far as the configuration tells: one without its bytes has a serial number. */
function mayBe({ certificate, serialNumber }: StoredCertificate, wanted: Certificate): boolean {
  return certificate === null
    ? isSameSerialNumber(serialNumber, wanted.serialNumber)
    : certificate.sha256 === wanted.sha256;
}

/** A trustpoint that lines of the configuration name. */
export function objectToUses(name: string, uses: readonly TrustpointUse[]): readonly TrustError[] {
  const [first] = uses;
  if (first === undefined) return [];
  const lines = uses.slice(0, MOST_NAMED).map(({ line, shown }) => `line ${line} "${shown}"`);
  const more = uses.length > MOST_NAMED ? ` and ${uses.length - MOST_NAMED} more` : '';
  return [
    new TrustError('device/in-use', `"${toPrintable(name)}" is in use: ${lines.join(', ')}${more}`, {
      at: { line: first.line },
      hint: 'change these lines first; --force prints the removal all the same',
    }),
  ];
}

/** An objection that was overridden, as what its user should know. */
export function overridden({ code, message }: TrustError): BlockNote {
  return {
    code,
    message: `${message}; printed because of --force`,
    hint: 'make sure that nothing needs it',
  };
}

/** A trustpoint that a removal expects, and that the configuration does not have. */
export function noteAbsent(name: string): BlockNote {
  return {
    code: 'device/not-in-config',
    message: `"${toPrintable(name)}" is not in the configuration, so the device has nothing to remove`,
    hint: 'check the name and whose configuration it is',
  };
}
