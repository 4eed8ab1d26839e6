/** NIST PKITS: signatures, dates, names, CRLs, policies and name constraints in the terms of RFC 5280 6. */
import { describe } from 'vitest';
import { type Case, readCollection, testConformance } from './conformance.ts';

interface PkitsTest {
  readonly id: string;
  readonly section: string;
  readonly certs: readonly string[];
  readonly crls: readonly string[];
  readonly initial_policy_set: readonly string[];
  readonly initial_explicit_policy: boolean;
  readonly initial_policy_mapping_inhibit: boolean;
  readonly initial_inhibit_any_policy: boolean;
  readonly should_validate: boolean;
}

interface Pkits {
  readonly validation_time: string;
  readonly policy_oids: Readonly<Record<string, string>>;
  readonly tests: readonly PkitsTest[];
  readonly certs_der_base64: Readonly<Record<string, string>>;
  readonly crls_der_base64: Readonly<Record<string, string>>;
}

const pkits = readCollection<Pkits>('pkits');

describe.skipIf(pkits === null)('PKITS', () => {
  testConformance('pkits', pkits === null ? [] : pkits.tests.map((one) => caseOf(one, pkits)));
});

function caseOf(test: PkitsTest, { validation_time, policy_oids, certs_der_base64, crls_der_base64 }: Pkits): Case {
  const certificates = test.certs.map((name) => fromBase64(certs_der_base64[name]));
  return {
    id: `pkits/${test.id}`,
    group: test.section,
    expected: test.should_validate ? 'accept' : 'reject',
    endEntity: certificates.at(-1) as Uint8Array,
    options: {
      trustAnchors: certificates.slice(0, 1),
      intermediates: certificates.slice(1, -1),
      crls: test.crls.map((name) => fromBase64(crls_der_base64[name])),
      at: new Date(validation_time),
      profile: 'rfc5280',
      purpose: 'any',
      initialPolicies: test.initial_policy_set.map((name) => policy_oids[name] as string),
      requireExplicitPolicy: test.initial_explicit_policy,
      inhibitPolicyMapping: test.initial_policy_mapping_inhibit,
      inhibitAnyPolicy: test.initial_inhibit_any_policy,
      revocation: 'require-crl',
    },
  };
}

function fromBase64(text = ''): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
