/**
 * What a truststore is for: a Java program connects to a TLS server when the root of the server was added to its truststore,
 * and not before, and not after it was removed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contextTag, encodeElement, TAG } from '../../src/encoding/der.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { FIXTURE_PASSWORD, fixture } from '../store/keystore-fixtures.ts';
import { issue } from '../support/certificates.ts';
import { anchorctl, type Call } from '../support/cli.ts';
import { hasJava } from './java-keystores.ts';
import { compileTlsClient, connectWithJava } from './tls-client.ts';

const TIMEOUT = 120_000;

/** Java looks at its own clock. */
const ANY_DAY = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2099-01-01T00:00:00Z') };
const LOCALHOST = encodeElement(TAG.sequence, encodeElement(contextTag(2, false), Buffer.from('localhost')));
const root = issue({ subject: 'CN=Server Root,O=Test', ...ANY_DAY });
const issuing = issue({ subject: 'CN=Server Issuing CA,O=Test', issuer: root, ...ANY_DAY });
const leaf = issue({
  subject: 'CN=localhost',
  issuer: issuing,
  basicConstraints: null,
  keyUsage: ['digitalSignature'],
  extensions: [{ oid: EXTENSION.subjectAltName, value: LOCALHOST }],
  ...ANY_DAY,
});

interface TrustStore {
  readonly name: string;
  readonly file: string;
  /** What Java is told besides the path. */
  readonly properties: Readonly<Record<string, string>>;
}

const trustStorePassword = FIXTURE_PASSWORD;
const STORES: readonly TrustStore[] = [
  { name: 'a JKS', file: 'roots.jks', properties: { trustStorePassword } },
  { name: 'a JKS without its password', file: 'roots.jks', properties: {} },
  { name: 'a JCEKS', file: 'gateway.jceks', properties: { trustStorePassword, trustStoreType: 'JCEKS' } },
  { name: 'a PKCS#12', file: 'gateway-java17.p12', properties: { trustStorePassword } },
  { name: 'a PKCS#12 of Java 8', file: 'gateway-java8.p12', properties: { trustStorePassword } },
  { name: 'a PKCS#12 without password', file: 'passwordless.p12', properties: {} },
  { name: 'a PKCS#12 without password, given one', file: 'passwordless.p12', properties: { trustStorePassword } },
];

describe.skipIf(!hasJava)('a Java program connects to a server whose root was added to', () => {
  let folder: string;
  let server: Server;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'anchorctl-'));
    compileTlsClient(folder);
    server = createServer({
      cert: leaf.pem + issuing.pem,
      key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    });
    // A client that does not trust it hangs up.
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }, TIMEOUT);
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  function connect(trustStore: string, properties: TrustStore['properties']): Promise<string> {
    const { port } = server.address() as AddressInfo;
    return connectWithJava(folder, port, { trustStore, ...properties });
  }

  function keystore(...argv: readonly string[]): Promise<Call> {
    return anchorctl(['keystore', ...argv], { env: { ANCHORCTL_STOREPASS: FIXTURE_PASSWORD } });
  }

  test.concurrent.each(STORES.map((store, index) => ({ ...store, index })))(
    '$name, and to no other',
    async ({ file, properties, index }) => {
      const store = join(folder, `${index}-${file}`);
      const pem = join(folder, `${index}.pem`);
      writeFileSync(store, fixture(file));
      writeFileSync(pem, root.pem);
      const { sha256 } = root.certificate;

      expect(await connect(store, properties)).toContain('PKIX path building failed');
      expect(await keystore('add', store, pem, '--expect-sha256', sha256)).toMatchObject({ status: 0, stderr: '' });
      expect(await connect(store, properties)).toBe('connected\n');
      expect(await keystore('remove', store, '--sha256', sha256, '--yes')).toMatchObject({ status: 0, stderr: '' });
      expect(await connect(store, properties)).toContain('PKIX path building failed');
    },
    TIMEOUT,
  );
});
