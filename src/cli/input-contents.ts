/**
 * What inputs turned out to hold: the certificates, what went wrong, and what was put right on the way.
 *
 * @module
 */
import { findRoot } from '../catalog/catalog.js';
import type { Finding } from '../check/finding.js';
import { TrustError } from '../errors.js';
import type { ReadResult } from '../input/read-result.js';
import { countPlaces } from '../report/repair.js';
import type { Certificate } from '../x509/certificate.js';
import { renderSource, sourceOf } from '../x509/source.js';
import type { ReadInput } from './single-input.js';

/** Every certificate that was read, in order, with its source. */
export function certificatesOf(inputs: readonly ReadInput[]): readonly Certificate[] {
  return inputs.flatMap(({ certificates }) => certificates);
}

/** The first occurrence of each certificate, in order. */
export function distinct(certificates: readonly Certificate[]): readonly Certificate[] {
  const seen = new Set<string>();
  return certificates.filter(({ sha256 }) => !seen.has(sha256) && seen.add(sha256));
}

/** What went wrong with the inputs. */
export function errorsOf(inputs: readonly ReadInput[]): readonly TrustError[] {
  return inputs.flatMap(({ errors }) => errors);
}

/** What was put right on the way, as warnings: a damaged copy was read as the genuine certificate it is a copy of. */
export function restorationsOf(inputs: readonly ReadInput[]): readonly Finding[] {
  return inputs.flatMap(({ damaged, recovered, certificates }) => [
    ...damaged.map(({ source, root, certificate, differences }) => ({
      code: 'input/restored-from-catalog' as const,
      severity: 'warning' as const,
      message: `a damaged copy of ${root.name} (${countPlaces(differences.length)}); the genuine certificate of the catalog is used`,
      hint: 'see anchorctl repair for every character',
      source,
      sha256: certificate.sha256,
    })),
    ...recovered
      .filter(({ certificate }) => certificates.includes(certificate))
      .map(({ source, certificate, differences }) => ({
        code: 'input/recovered' as const,
        severity: 'warning' as const,
        message: `a damaged copy of ${certificate.displaySubject} (${countPlaces(differences.length)}), put right so that its own signature verifies; its SHA-256 is an expected one`,
        hint: 'see anchorctl repair for every character',
        source,
        sha256: certificate.sha256,
      })),
  ]);
}

/**
 * What a program finds that reads an input as it stands: a damaged copy, for which elsewhere the genuine root is taken, is no
 * certificate to it.
 */
export function intactOf({ certificates, damaged }: Pick<ReadResult, 'certificates' | 'damaged'>): {
  readonly certificates: readonly Certificate[];
  readonly errors: readonly TrustError[];
} {
  if (damaged.length === 0) return { certificates, errors: [] };
  const restored = new Set(damaged.map(({ certificate }) => certificate));
  return {
    certificates: certificates.filter((certificate) => !restored.has(certificate)),
    errors: damaged.map(({ source, root, differences }) => {
      const message = `a damaged copy of ${root.name} (${countPlaces(differences.length)}), in which no program finds that root`;
      return new TrustError('pem/damaged', message, {
        at: {
          source: renderSource(sourceOf(source.input, { member: source.member })),
          ...(source.line === null ? {} : { line: source.line }),
          ...(source.alias === null ? {} : { entry: source.alias }),
        },
        hint: 'put the genuine one in its place: anchorctl repair writes it',
      });
    }),
  };
}

/** Whether a certificate is a known public root. */
export function isKnownRoot({ sha256 }: { readonly sha256: string }): boolean {
  return findRoot(sha256) !== null;
}
