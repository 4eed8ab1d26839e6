/** Whether a client will connect: `validate` against a real server says what a Java program with the same keystore does. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TAG } from '../../src/encoding/der.ts';
import { jksKey } from '../cli/keystore-store.ts';
import { certificateBag, javaKeystore, PASSWORD, pfx } from '../store/builders.ts';
import { type Issued, type IssueOptions, issue, issueIdentified } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { extendedKeyUsage, nameConstraints, subjectAltName } from '../support/extensions.ts';
import { hasJava } from './java-keystores.ts';
import { compileTlsClient, connectWithJava } from './tls-client.ts';

const TIMEOUT = 120_000;
/** Java looks at its own clock; this program is told the same. */
const NOW = new Date();
const PAST = { notBefore: new Date('2015-01-01T00:00:00Z'), notAfter: new Date('2019-01-01T00:00:00Z') };
const ANY_DAY = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2099-01-01T00:00:00Z') };

const rootOf = (options: IssueOptions = {}) => issueIdentified({ subject: 'CN=Root,O=Test', ...ANY_DAY, ...options });
const root = rootOf();
const caBelow = (issuer: Issued, options: IssueOptions = {}) =>
  issueIdentified({ subject: 'CN=CA,O=Test', issuer, ...ANY_DAY, ...options });
const ca = caBelow(root);
const endBelow = (issuer: Issued, options: IssueOptions = {}) =>
  issueIdentified({
    subject: 'CN=localhost',
    issuer,
    basicConstraints: null,
    keyUsage: ['digitalSignature'],
    extensions: [subjectAltName(['dns:localhost'])],
    ...ANY_DAY,
    ...options,
  });
const end = endBelow(ca);

/** A chain that has a flaw of form in each certificate. */
function flawed(options: IssueOptions): Pick<Case, 'chain' | 'store'> {
  const own = issue({ subject: 'CN=Flawed,O=Test', ...ANY_DAY, ...options });
  const below = issue({ subject: 'CN=CA,O=Test', issuer: own, ...ANY_DAY, ...options });
  const { basicConstraints: _, ...others } = options;
  return { chain: [endBelow(below, { authorityKeyIdentifier: false, ...others }), below], store: jks(own) };
}

function jks(...roots: readonly Issued[]): Uint8Array {
  return javaKeystore({ entries: roots.map(({ der }, i) => ({ alias: `r${i}`, certificates: [der] })) });
}

/** Flaws of form that an end entity alone has. */
const misspelt: readonly (readonly [name: string, options: IssueOptions])[] = [
  [
    'letters that a PrintableString does not have',
    { subject: 'CN=*.a_b.example,O=A & B @ C', stringTag: TAG.printableString },
  ],
  [
    'alternative names that are no DNS names',
    { extensions: [subjectAltName(['dns:localhost', 'dns:my_host.example', 'dns:192.0.2.1'])] },
  ],
  ['ECDSA with NULL', { algorithmParameters: Uint8Array.of(TAG.null, 0) }],
  ['keyCertSign without being a CA', { keyUsage: ['digitalSignature', 'keyCertSign'] }],
  ['a path length without being a CA', { basicConstraints: { ca: false, pathLength: 0 } }],
];

interface Case {
  readonly name: string;
  readonly chain: readonly Issued[];
  readonly store: Uint8Array;
  readonly connects: boolean;
}

function cases(): readonly Case[] {
  const noRoom = caBelow(root, { basicConstraints: { ca: true, pathLength: 0 } });
  const middle = caBelow(noRoom, { subject: 'CN=Lower CA,O=Test' });
  const limited = caBelow(root, { extensions: [nameConstraints({ permitted: ['dns:example.com'] })] });
  const keyEntry = (...chain: readonly Issued[]) =>
    javaKeystore({
      entries: [
        { alias: 'k', key: jksKey((chain[0] as Issued).privateKey), certificates: chain.map(({ der }) => der) },
      ],
    });
  return [
    { name: 'the chain and its root', chain: [end, ca], store: jks(root), connects: true },
    {
      name: 'the root among others',
      chain: [end, ca],
      store: jks(rootOf({ subject: 'CN=Other' }), root),
      connects: true,
    },
    { name: 'the chain with its root', chain: [end, ca, root], store: jks(root), connects: true },
    { name: 'no intermediate', chain: [end], store: jks(root), connects: false },
    { name: 'the intermediate as anchor', chain: [end], store: jks(ca), connects: true },
    { name: 'another root', chain: [end, ca], store: jks(rootOf({ subject: 'CN=Other' })), connects: false },
    { name: 'a root of the same name', chain: [end, ca], store: jks(rootOf()), connects: false },
    { name: 'a key whose chain begins with the CA', chain: [end, ca], store: keyEntry(ca, root), connects: true },
    {
      name: 'a key whose chain ends with the root',
      chain: [end, ca],
      store: keyEntry(endBelow(root), root),
      connects: false,
    },
    {
      name: 'a root that Java does not see',
      chain: [end, ca],
      store: pfx({
        safes: [[certificateBag(root.der), certificateBag(rootOf({ subject: 'CN=X' }).der, { trusted: true })]],
      }),
      connects: false,
    },
    { name: 'an end entity that has expired', chain: [endBelow(ca, PAST), ca], store: jks(root), connects: false },
    {
      name: 'an intermediate that has expired',
      chain: [end, caBelow(root, { ...PAST, key: ca.privateKey })],
      store: jks(root),
      connects: false,
    },
    {
      name: 'another name',
      chain: [endBelow(ca, { extensions: [subjectAltName(['dns:gw.example.com'])] }), ca],
      store: jks(root),
      connects: false,
    },
    {
      name: 'an end entity for clients',
      chain: [
        endBelow(ca, { extensions: [subjectAltName(['dns:localhost']), extendedKeyUsage(['1.3.6.1.5.5.7.3.2'])] }),
        ca,
      ],
      store: jks(root),
      connects: false,
    },
    { name: 'a path that is too long', chain: [endBelow(middle), middle, noRoom], store: jks(root), connects: false },
    {
      name: 'a name that the CA may not issue for',
      chain: [endBelow(limited), limited],
      store: jks(root),
      connects: false,
    },
    {
      name: 'an issuer that is no CA',
      chain: [endBelow(endBelow(root)), endBelow(root)],
      store: jks(root),
      connects: false,
    },
    { name: 'the end entity as anchor', chain: [end], store: jks(end), connects: true },
    { name: 'no key identifiers', ...flawed({ subjectKeyIdentifier: false }), connects: true },
    { name: 'serial numbers of 0', ...flawed({ serialNumber: 0n }), connects: true },
    {
      name: 'a basicConstraints that is not critical',
      ...flawed({ basicConstraints: { ca: true, critical: false } }),
      connects: true,
    },
    ...misspelt.map(([name, options]) => ({
      name,
      chain: [endBelow(ca, options), ca],
      store: jks(root),
      connects: true,
    })),
  ];
}

/** What docs/path-validation.md names as less strict in Java. */
function differences(): readonly Case[] {
  const noRoom = rootOf({ basicConstraints: { ca: true, pathLength: 0 } });
  const middle = caBelow(noRoom);
  const limited = rootOf({ extensions: [nameConstraints({ permitted: ['dns:example.com'] })] });
  const below = caBelow(limited);
  const lateRoot = rootOf({ ...PAST, key: root.privateKey });
  const late = endBelow(ca, PAST);
  return [
    { name: 'the path length of an anchor', chain: [endBelow(middle), middle], store: jks(noRoom), connects: true },
    { name: 'the name constraints of an anchor', chain: [endBelow(below), below], store: jks(limited), connects: true },
    { name: 'the dates of an anchor', chain: [end, ca], store: jks(lateRoot), connects: true },
    { name: 'the dates of an end entity that is an anchor', chain: [late], store: jks(late), connects: true },
    { name: 'a common name alone', chain: [endBelow(ca, { extensions: [] }), ca], store: jks(root), connects: true },
  ];
}

const answers = [
  ...cases().map((one) => ({ ...one, status: one.connects ? 0 : 1, what: 'says what Java does of' })),
  ...differences().map((one) => ({ ...one, status: 1, what: 'is stricter than Java about' })),
];

describe.skipIf(!hasJava)('validate', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'anchorctl-'));
    compileTlsClient(folder);
  }, TIMEOUT);
  afterAll(() => rmSync(folder, { recursive: true }));

  test.concurrent.each(answers.map((one, index) => ({ ...one, index })))(
    '$what $name',
    async ({ chain, store, status, connects, index }) => {
      const file = join(folder, `${index}.store`);
      writeFileSync(file, store);
      const server = createServer({
        cert: chain.map(({ pem }) => pem).join(''),
        key: (chain[0] as Issued).privateKey.export({ type: 'pkcs8', format: 'pem' }),
      });
      server.on('tlsClientError', () => {});
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      try {
        const options = { env: { ANCHORCTL_STOREPASS: PASSWORD }, now: NOW };
        const ours = await anchorctl(['validate', `tls://localhost:${port}`, '--anchors', file], options);
        const java = await connectWithJava(folder, port, { trustStore: file, trustStorePassword: PASSWORD });
        expect([ours.status, java === 'connected\n'], `${ours.stdout}\n${java}`).toEqual([status, connects]);
      } finally {
        server.close();
      }
    },
    TIMEOUT,
  );
});
