/**
 * The chain tests of BoringSSL and Botan, x509test and the BSI's test tool, as far as our options can say what they ask.
 *
 * Key purposes other than those of TLS are left out. What BoringSSL calls strict, and its policy on digests, is what the
 * profile `webpki` is for. A trusted leaf is an anchor when it is all there is.
 */
import { afterAll, describe } from 'vitest';
import type { Purpose } from '../../src/path/certificate-rule.ts';
import type { ValidatePathOptions } from '../../src/path/validate-path.ts';
import { type Case, pemToDer, readCollection, testConformance } from './conformance.ts';

interface Chain {
  readonly id: string;
  readonly source: string;
  /** End entity first; of BoringSSL's the last is the anchor. */
  readonly chain?: readonly string[];
  readonly trusted?: readonly string[];
  /** Of the BSI's: what each is for is in its name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly trust_anchor_mode?: string;
  readonly validation_time: string;
  readonly key_purpose?: string | null;
  readonly host?: string | null;
  readonly other?: { readonly digest_policy?: string };
  readonly expected_result: 'SUCCESS' | 'FAILURE';
}

const PURPOSES: readonly (readonly [RegExp, Purpose])[] = [
  [/^SERVER_AUTH/, 'serverAuth'],
  [/^CLIENT_AUTH/, 'clientAuth'],
  [/^ANY_EKU$/, 'any'],
];
/** For chains that were made without a time. */
const AT = '2015-03-02T12:00:00Z';

const chains = readCollection<{ readonly chains: readonly Chain[] }>('chains')?.chains ?? [];
const cases = chains.flatMap(caseOf);

describe.skipIf(chains.length === 0)('chains', () => {
  // biome-ignore lint/suspicious/noConsole: what is left out must be seen
  afterAll(() => console.log(`conformance chains: ${chains.length - cases.length} of ${chains.length} left out`));
  testConformance('chains', cases);
});

function caseOf(chain: Chain): Case[] {
  const purpose = purposeOf(chain.key_purpose ?? 'ANY_EKU');
  if (purpose === null) return [];
  const { endEntity, ...certificates } = chain.files === undefined ? inOrder(chain) : byName(chain.id, chain.files);
  const isStrict = chain.key_purpose?.includes('STRICT') === true || chain.other?.digest_policy === 'STRONG';
  return [
    {
      id: `chains/${chain.id}`,
      group: chain.source.replace(/ .*tests?\/data\/x509\//, ' ').replace(/ \(.*| pki\/.*/, ''),
      expected: chain.expected_result === 'SUCCESS' ? 'accept' : 'reject',
      endEntity,
      options: {
        ...certificates,
        at: new Date(chain.validation_time ?? AT),
        purpose,
        profile: isStrict ? 'webpki' : 'rfc5280',
        peerNames: chain.host ? [{ kind: 'dns', value: chain.host }] : [],
      },
    },
  ];
}

type Certificates = { readonly endEntity: Uint8Array } & Pick<
  ValidatePathOptions,
  'trustAnchors' | 'intermediates' | 'crls' | 'revocation'
>;

function inOrder({ chain = [], trusted, trust_anchor_mode = '' }: Chain): Certificates {
  const [endEntity = new Uint8Array(), ...others] = chain.map(pemToDer);
  if (trusted !== undefined) return { endEntity, trustAnchors: trusted.map(pemToDer), intermediates: others };
  const isTrusted = trust_anchor_mode.includes('ANCHOR') || (trust_anchor_mode.includes('LEAF') && others.length === 0);
  return {
    endEntity,
    trustAnchors: isTrusted ? [others.at(-1) ?? endEntity] : [],
    intermediates: isTrusted ? others.slice(0, -1) : others,
  };
}

function byName(id: string, files: Readonly<Record<string, string>>): Certificates {
  const named = (ending: string) =>
    Object.entries(files)
      .filter(([name]) => name.endsWith(ending))
      .map(([, pem]) => pemToDer(pem));
  return {
    endEntity: named('.TC.pem.crt')[0] ?? new Uint8Array(),
    trustAnchors: named('.TA.pem.crt'),
    intermediates: named('.ca.pem.crt'),
    crls: named('.crl'),
    // Only its cases about CRLs have one for every certificate, or miss it.
    revocation: id.includes('/CRL_') ? 'require-crl' : 'crl-if-present',
  };
}

function purposeOf(keyPurpose: string): Purpose | null {
  return PURPOSES.find(([pattern]) => pattern.test(keyPurpose))?.[1] ?? null;
}
