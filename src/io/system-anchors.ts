/**
 * Where an operating system keeps the bundle of the certificates that it trusts.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { TrustError } from '../errors.js';

/** What is looked at. */
export interface SystemSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly exists: (path: string) => boolean;
}

/** This machine, in which an environment may be another. */
export function thisSystem(env: SystemSurroundings['env']): SystemSurroundings {
  return { env, platform: process.platform, exists: existsSync };
}

/** The first that is there counts. Those of Linux are the ones that Go's crypto/x509 looks for (root_linux.go). */
const BUNDLES: readonly { readonly path: string; readonly systems: string }[] = [
  { path: '/etc/ssl/certs/ca-certificates.crt', systems: 'Debian, Ubuntu, Alpine, Arch: update-ca-certificates(8)' },
  { path: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', systems: 'RHEL, Fedora: update-ca-trust(8)' },
  { path: '/etc/pki/tls/certs/ca-bundle.crt', systems: 'older RHEL and Fedora' },
  { path: '/etc/ssl/ca-bundle.pem', systems: 'SUSE: update-ca-certificates(8)' },
  { path: '/etc/ssl/cert.pem', systems: 'macOS, FreeBSD, OpenBSD, Alpine' },
];

/** OpenSSL takes this file instead of its own (SSL_CTX_load_verify_locations(3)), and what is built on it does. */
const VARIABLE = 'SSL_CERT_FILE';

/**
 * The bundle file of the system, or the one that `SSL_CERT_FILE` names.
 *
 * @throws {TrustError} `input/not-found` where there is none; Windows has none at all
 */
export function findSystemAnchors({ env, platform, exists }: SystemSurroundings): string {
  const named = env[VARIABLE] ?? '';
  if (named !== '') return named;
  const bundle = platform === 'win32' ? undefined : BUNDLES.find(({ path }) => exists(path));
  if (bundle !== undefined) return bundle.path;
  throw new TrustError(
    'input/not-found',
    platform === 'win32'
      ? 'Windows keeps what it trusts in no file that can be read'
      : `found none of ${BUNDLES.map(({ path }) => path).join(', ')}`,
    {
      at: { source: 'system' },
      hint: `export what the system trusts into a PEM file, and name it with --anchors or ${VARIABLE}`,
    },
  );
}
