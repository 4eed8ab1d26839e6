/** x509-limbo: RFC 5280 and the CA/Browser Forum rules, case by case. */
import { describe } from 'vitest';
import type { Purpose } from '../../src/path/certificate-rule.ts';
import type { PeerName } from '../../src/path/peer-names.ts';
import { type Case, pemToDer, readCollection, testConformance } from './conformance.ts';

interface LimboName {
  readonly kind: 'DNS' | 'IP' | 'RFC822';
  readonly value: string;
}

interface LimboCase {
  readonly id: string;
  readonly expected_result: 'SUCCESS' | 'FAILURE';
  readonly validation_kind: 'SERVER' | 'CLIENT';
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly crls?: readonly string[];
  readonly expected_peer_name: LimboName | null;
  readonly expected_peer_names: readonly LimboName[];
  readonly extended_key_usage: readonly string[];
  readonly max_chain_depth: number | null;
  readonly validation_time: string | null;
}

const KINDS = { DNS: 'dns', IP: 'ip', RFC822: 'email' } as const;
/** Cases without a time of their own were made to be valid for decades. */
const AT = '2026-11-01T00:00:00Z';

const limbo = readCollection<{ readonly testcases: readonly LimboCase[] }>('limbo');

describe.skipIf(limbo === null)('x509-limbo', () => {
  testConformance('limbo', (limbo?.testcases ?? []).map(caseOf));
});

function caseOf(limboCase: LimboCase): Case {
  const { id, expected_result, trusted_certs, untrusted_intermediates, peer_certificate, crls = [] } = limboCase;
  const { max_chain_depth, validation_time } = limboCase;
  return {
    id: `limbo/${id}`,
    group: id.split('::')[0] as string,
    expected: expected_result === 'SUCCESS' ? 'accept' : 'reject',
    endEntity: pemToDer(peer_certificate),
    options: {
      trustAnchors: trusted_certs.map(pemToDer),
      intermediates: untrusted_intermediates.map(pemToDer),
      crls: crls.map(pemToDer),
      at: new Date(validation_time ?? AT),
      profile: isForWeb(id) ? 'webpki' : 'rfc5280',
      purpose: purposeOf(limboCase),
      peerNames: peerNamesOf(limboCase),
      ...(max_chain_depth === null ? {} : { maxIntermediates: max_chain_depth }),
      revocation: 'crl-if-present',
    },
  };
}

function isForWeb(id: string): boolean {
  return id.startsWith('webpki::') || id.startsWith('online::');
}

function purposeOf({ id, extended_key_usage, validation_kind }: LimboCase): Purpose {
  const [stated] = extended_key_usage;
  if (stated === 'serverAuth' || stated === 'clientAuth') return stated;
  if (!isForWeb(id)) return 'any';
  return validation_kind === 'SERVER' ? 'serverAuth' : 'clientAuth';
}

function peerNamesOf({ expected_peer_name, expected_peer_names }: LimboCase): readonly PeerName[] {
  const names = [...(expected_peer_name === null ? [] : [expected_peer_name]), ...expected_peer_names];
  return names.map(({ kind, value }) => ({ kind: KINDS[kind], value }));
}
