/**
 * What a rotation changes: keystores by path, devices by `PLATFORM:TRUSTPOINT`.
 *
 * @module
 */
import { platformOf } from '../device/platforms.js';
import { checkTrustpointName } from '../device/trustpoint-name.js';
import { expectTrustError, TrustError } from '../errors.js';
import type { DeviceTarget } from '../rotation/plan.js';
import type { RunFiles } from '../rotation/run-folder.js';
import type { StoreInput } from '../rotation/store-plan.js';
import { decodeKeystore } from '../store/codecs.js';
import { editKeystore } from '../store/edit.js';
import type { DerivedKeys } from '../store/pkcs12-kdf.js';
import { trustedCertificates } from '../store/select.js';
import type { Certificate } from '../x509/certificate.js';

/**
 * Reads the keystores of a call and makes sure, before anything else happens, that the password fits and that each can
 * be edited. A keystore named twice, or by two names, is read once.
 *
 * @throws {TrustError} `keystore/…`, `input/…`, with the path
 */
export function openStores(paths: readonly string[], password: string | null, files: RunFiles): readonly StoreInput[] {
  // Sorted, so that the order on the command line makes no other run of it.
  const resolved = new Map(
    paths.map((name) => [files.resolve(name), name] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return [...resolved].map(([path, name]) => {
    const bytes = files.read(path);
    const derivedKeys: DerivedKeys = new Map();
    try {
      editKeystore(bytes, [], { password, derivedKeys });
    } catch (error) {
      throw expectTrustError(error).within({ source: name });
    }
    return { path, name, bytes, password, derivedKeys };
  });
}

/** The trust anchors of a keystore. */
export function anchorsOf({ bytes, password, derivedKeys }: StoreInput): readonly Certificate[] {
  return trustedCertificates(decodeKeystore(bytes, { password, derivedKeys }).entries);
}

/**
 * Reads `PLATFORM:TRUSTPOINT`.
 *
 * @throws {TrustError} `usage/bad-value`, `device/unknown-platform`, `device/bad-name`
 */
export function parseDevice(text: string): DeviceTarget {
  const [platform = '', trustpoint, ...rest] = text.split(':');
  if (trustpoint === undefined || rest.length > 0) {
    throw new TrustError('usage/bad-value', `--device "${text}" is not PLATFORM:TRUSTPOINT`, {
      hint: 'write for example ios-xe:CISCO-CA',
    });
  }
  platformOf(platform);
  checkTrustpointName(trustpoint);
  return { platform, trustpoint };
}
