import { expect, test } from 'vitest';
import { findSystemAnchors, type SystemSurroundings } from '../../src/io/system-anchors.ts';

const linux: SystemSurroundings = { env: {}, platform: 'linux', exists: () => false };

test.each([
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
])('finds %s', (path) => {
  expect(findSystemAnchors({ ...linux, exists: (name) => name === path })).toBe(path);
});

test('the first counts where several are there', () => {
  expect(findSystemAnchors({ ...linux, exists: () => true })).toBe('/etc/ssl/certs/ca-certificates.crt');
});

test.each<NodeJS.Platform>(['linux', 'win32'])('SSL_CERT_FILE counts before all on %s', (platform) => {
  const env = { SSL_CERT_FILE: '/own/bundle.pem' };
  expect(findSystemAnchors({ env, platform, exists: () => true })).toBe('/own/bundle.pem');
});

test.each<{ name: string; system: SystemSurroundings; message: RegExp }>([
  { name: 'Windows', system: { ...linux, platform: 'win32', exists: () => true }, message: /Windows/ },
  { name: 'where none is there', system: linux, message: /found none of \/etc\/ssl/ },
  { name: 'where SSL_CERT_FILE is empty', system: { ...linux, env: { SSL_CERT_FILE: '' } }, message: /found none/ },
])('is refused on $name, with what to do', ({ system, message }) => {
  expect(() => findSystemAnchors(system)).toThrow(
    expect.objectContaining({
      code: 'input/not-found',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('--anchors'),
    }),
  );
});
