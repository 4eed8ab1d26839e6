/**
 * Keystores that no tool writes on purpose, with what Java sees in them. The unit tests hold the decoder to this table,
 * and where Java is installed, the interop tests hold the table to Java.
 */
import { contextTag, encodeElement, TAG } from '../../src/encoding/der.ts';
import type { EntryKind } from '../../src/store/keystore.ts';
import { EXTENSION } from '../../src/x509/oids.ts';
import { type Issued, issue, issueIdentified } from '../support/certificates.ts';
import {
  type BagAttributes,
  certificateBag,
  crlBag,
  type JavaKeystoreParts,
  javaKeystore,
  nestedBag,
  type PfxParts,
  pfx,
  plainKeyBag,
  shroudedKeyBag,
  unknownBag,
} from './builders.ts';

/** An entry as a test expects it: kind, alias, and the names of its certificates. */
export type ExpectedEntry = readonly [kind: EntryKind, alias: string, ...certificates: string[]];

export interface OddKeystore {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly entries: readonly ExpectedEntry[];
  /** Java opens no such file, so there is nothing to compare. */
  readonly refusedByJava?: boolean;
}

/** The certificates in the tables, by name. */
export const CERTIFICATES: Readonly<Record<string, Issued>> = certificates();

function certificates(): Record<string, Issued> {
  const root = issue({ subject: 'CN=Root,O=Odd' });
  const issuing = issue({ subject: 'CN=Issuing CA,O=Odd', issuer: root });
  const otherIssuing = issue({ subject: 'CN=Issuing CA,O=Odd', issuer: root });
  const keyIdentifier = encodeElement(
    contextTag(0, false),
    Buffer.from(issuing.certificate.subjectKeyIdentifier ?? '', 'hex'),
  );
  const gateway = issue({
    subject: 'CN=gateway.test',
    issuer: issuing,
    basicConstraints: null,
    extensions: [{ oid: EXTENSION.authorityKeyIdentifier, value: encodeElement(TAG.sequence, keyIdentifier) }],
  });
  const other = issue({ subject: 'CN=other.test', basicConstraints: null });
  const leaf = issue({ subject: 'CN=leaf.test', issuer: issuing, basicConstraints: null });
  const newRoot = issueIdentified({ subject: 'CN=Root,O=Odd', issuer: root });
  const newLeaf = issueIdentified({ subject: 'CN=new.test', issuer: newRoot, basicConstraints: null });
  return { root, issuing, otherIssuing, gateway, leaf, other, newRoot, newLeaf };
}

function der(name: string): Uint8Array {
  return issued(name).der;
}

function issued(name: string): Issued {
  const certificate = CERTIFICATES[name];
  if (certificate === undefined) throw new Error(`no certificate ${name}`);
  return certificate;
}

const key = (name: string, attributes?: BagAttributes): Uint8Array =>
  shroudedKeyBag(issued(name).privateKey, attributes);
const certificate = (name: string, attributes?: BagAttributes): Uint8Array => certificateBag(der(name), attributes);
const trusted = (name: string, friendlyName?: string): Uint8Array =>
  certificate(name, { trusted: true, ...(friendlyName === undefined ? {} : { friendlyName }) });

type JksCase = [name: string, parts: JavaKeystoreParts, entries: readonly ExpectedEntry[], refusedByJava?: boolean];

const JKS_CASES: readonly JksCase[] = [
  ['an empty store', {}, []],
  [
    'two entries under one alias',
    {
      entries: [
        { alias: 'ca', certificates: [der('root')] },
        { alias: 'ca', certificates: [der('other')] },
      ],
    },
    [
      ['invisible', 'ca', 'root'],
      ['trusted-certificate', 'ca', 'other'],
    ],
  ],
  [
    'an alias in upper case',
    {
      entries: [
        { alias: 'RootCA', certificates: [der('root')] },
        { alias: 'other', certificates: [der('other')] },
      ],
    },
    [
      ['invisible', 'RootCA', 'root'],
      ['trusted-certificate', 'other', 'other'],
    ],
  ],
  [
    'version 1, which has no certificate types',
    { version: 1, entries: [{ alias: 'ca', certificates: [der('root')] }] },
    [['trusted-certificate', 'ca', 'root']],
  ],
  [
    'an alias with NUL, umlauts and an emoji',
    { entries: [{ alias: 'a\0ü根😀', certificates: [der('root')] }] },
    [['trusted-certificate', 'a\0ü根😀', 'root']],
  ],
  ['an empty alias', { entries: [{ alias: '', certificates: [der('root')] }] }, [['trusted-certificate', '', 'root']]],
  ['a key without a chain', { entries: [{ alias: 'key', key: Uint8Array.of(0x30, 0) }] }, [['private-key', 'key']]],
  [
    'a date before 1970',
    { entries: [{ alias: 'ca', created: -1000n, certificates: [der('root')] }] },
    [['trusted-certificate', 'ca', 'root']],
  ],
  [
    'bytes after the digest',
    { entries: [{ alias: 'ca', certificates: [der('root')] }], trailing: Uint8Array.of(1, 2, 3, 4) },
    [['trusted-certificate', 'ca', 'root']],
  ],
  [
    'a certificate type that Java does not know',
    { entries: [{ alias: 'ca', certificateType: 'X.400', certificates: [der('root')] }] },
    [['trusted-certificate', 'ca', 'root']],
    true,
  ],
  [
    'a certificate that is none',
    {
      entries: [
        { alias: 'bad', certificates: [Uint8Array.of(0x30, 1, 2)] },
        { alias: 'good', certificates: [der('root')] },
      ],
    },
    [
      ['trusted-certificate', 'bad'],
      ['trusted-certificate', 'good', 'root'],
    ],
    true,
  ],
];

export const ODD_JKS: readonly OddKeystore[] = JKS_CASES.map(([name, parts, entries, refusedByJava = false]) => ({
  name,
  bytes: javaKeystore(parts),
  entries,
  refusedByJava,
}));

type Pkcs12Case = [name: string, parts: PfxParts, entries: readonly ExpectedEntry[], refusedByJava?: boolean];

const PKCS12_CASES: readonly Pkcs12Case[] = [
  ['an empty file', { safes: [] }, []],
  [
    'a certificate without the trusted-usage attribute',
    { safes: [[certificate('root', { friendlyName: 'root' })]] },
    [['invisible', 'root', 'root']],
  ],
  [
    'trusted certificates without names, one of them numbered like them',
    { safes: [[trusted('root', '1'), trusted('other'), trusted('issuing')]] },
    [
      ['invisible', '1', 'root'],
      ['trusted-certificate', '1', 'other'],
      ['trusted-certificate', '2', 'issuing'],
    ],
  ],
  [
    'names that differ in letter case',
    { safes: [[trusted('root', 'CA'), trusted('other', 'ca')]] },
    [
      ['invisible', 'CA', 'root'],
      ['trusted-certificate', 'ca', 'other'],
    ],
  ],
  [
    'a chain by localKeyID and issuer',
    {
      safes: [
        [key('gateway', { friendlyName: 'gw', localKeyId: 'Time 1748779200000' })],
        [certificate('root'), certificate('issuing'), certificate('gateway', { localKeyId: 'Time 1748779200000' })],
      ],
    },
    [['private-key', 'gw', 'gateway', 'issuing', 'root']],
  ],
  [
    'an issuer by key identifier among two of the same name',
    {
      safes: [
        [key('gateway', { friendlyName: 'gw', localKeyId: 'a' })],
        [certificate('gateway', { localKeyId: 'a' }), certificate('otherIssuing'), certificate('issuing')],
      ],
    },
    [
      ['private-key', 'gw', 'gateway', 'issuing'],
      ['invisible', 'issuing-ca-*', 'otherIssuing'],
    ],
  ],
  [
    'an issuer by name alone, which is the first',
    {
      safes: [
        [key('leaf', { friendlyName: 'gw', localKeyId: 'a' })],
        [certificate('leaf', { localKeyId: 'a' }), certificate('otherIssuing'), certificate('issuing')],
      ],
    },
    [
      ['private-key', 'gw', 'leaf', 'otherIssuing'],
      ['invisible', 'issuing-ca-*', 'issuing'],
    ],
  ],
  [
    'a chain that goes through a trusted certificate',
    {
      safes: [
        [key('gateway', { friendlyName: 'gw', localKeyId: 'a' })],
        [certificate('gateway', { localKeyId: 'a' }), trusted('issuing', 'issuing'), certificate('root')],
      ],
    },
    [
      ['private-key', 'gw', 'gateway', 'issuing', 'root'],
      ['trusted-certificate', 'issuing', 'issuing'],
    ],
  ],
  [
    'a chain through a root whose new key the old one signed',
    {
      safes: [
        [key('newLeaf', { friendlyName: 'gw', localKeyId: 'a' })],
        [certificate('newLeaf', { localKeyId: 'a' }), certificate('newRoot'), certificate('root')],
      ],
    },
    [['private-key', 'gw', 'newLeaf', 'newRoot', 'root']],
  ],
  [
    'a certificate found by the name of the key',
    {
      safes: [
        [key('other', { friendlyName: 'GW', localKeyId: 'a' })],
        [certificate('root', { friendlyName: 'x' }), certificate('other', { friendlyName: 'gw', localKeyId: 'b' })],
      ],
    },
    [
      ['private-key', 'GW', 'other'],
      ['invisible', 'x', 'root'],
    ],
  ],
  [
    'a key and a certificate without localKeyID',
    { safes: [[key('other', { friendlyName: 'gw' })], [certificate('other'), certificate('root')]] },
    [
      ['private-key', 'gw', 'other'],
      ['invisible', 'root-*', 'root'],
    ],
  ],
  [
    'two keys without localKeyID',
    {
      safes: [
        [key('other', { friendlyName: 'first' }), key('gateway', { friendlyName: 'second' })],
        [certificate('other', { friendlyName: 'first' })],
      ],
    },
    [
      ['private-key', 'first', 'other'],
      ['invisible', 'second'],
    ],
  ],
  [
    'two keys under one name',
    {
      safes: [
        [
          key('other', { friendlyName: 'gw', localKeyId: 'a' }),
          key('gateway', { friendlyName: 'GW', localKeyId: 'b' }),
        ],
        [certificate('other', { localKeyId: 'a' }), certificate('gateway', { localKeyId: 'b' })],
      ],
    },
    [
      ['invisible', 'gw', 'other'],
      ['private-key', 'GW', 'gateway'],
    ],
  ],
  [
    'bags that Java does not know',
    {
      safes: [
        [
          plainKeyBag(issued('other').privateKey, { friendlyName: 'plain' }),
          crlBag({ friendlyName: 'crl' }),
          unknownBag(),
          nestedBag([trusted('issuing', 'nested'), nestedBag([trusted('gateway', 'deeper')])]),
          trusted('root', 'root'),
        ],
      ],
    },
    [
      ['invisible', 'plain'],
      ['invisible', 'crl'],
      ['invisible', 'bag-3'],
      ['invisible', 'nested', 'issuing'],
      ['invisible', 'deeper', 'gateway'],
      ['trusted-certificate', 'root', 'root'],
    ],
  ],
  [
    'everything encrypted',
    { encrypted: true, safes: [[trusted('root', 'root')], [trusted('other', 'other')]] },
    [
      ['trusted-certificate', 'root', 'root'],
      ['trusted-certificate', 'other', 'other'],
    ],
  ],
  [
    'no MAC',
    { encrypted: true, mac: null, safes: [[trusted('root', 'root')]] },
    [['trusted-certificate', 'root', 'root']],
  ],
  [
    'bytes after the file',
    { safes: [[trusted('root', 'root')]], trailing: Uint8Array.of(0, 0) },
    [['trusted-certificate', 'root', 'root']],
  ],
  [
    'PBMAC1',
    { mac: 'pbmac1', encrypted: true, safes: [[trusted('root', 'root')]] },
    [['trusted-certificate', 'root', 'root']],
    true,
  ],
  [
    'another version of PKCS#12',
    { version: 2, safes: [[trusted('root', 'root')]] },
    [['trusted-certificate', 'root', 'root']],
    true,
  ],
  [
    'a certificate that is none',
    {
      safes: [
        [certificateBag(Uint8Array.of(0x30, 0), { trusted: true, friendlyName: 'bad' }), trusted('root', 'root')],
      ],
    },
    [
      ['trusted-certificate', 'bad'],
      ['trusted-certificate', 'root', 'root'],
    ],
    true,
  ],
];

export const ODD_PKCS12: readonly OddKeystore[] = PKCS12_CASES.map(([name, parts, entries, refusedByJava = false]) => ({
  name,
  bytes: pfx(parts),
  entries,
  refusedByJava,
}));
