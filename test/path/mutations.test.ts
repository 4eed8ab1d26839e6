/** Good certificates, damaged in every way: a verdict or a TrustError, and nothing else, wherever they stand in a path. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TrustError } from '../../src/errors.ts';
import { type ValidatePathOptions, validatePath } from '../../src/path/validate-path.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { AT, issueIdentified as issue } from '../support/certificates.ts';
import {
  certificatePolicies,
  extendedKeyUsage,
  inhibitAnyPolicy,
  nameConstraints,
  policyConstraints,
  policyMappings,
  subjectAltName,
} from '../support/extensions.ts';
import { growthDuring } from '../support/peak-memory.ts';

/** The same damage every time; another seed is another test. */
const SEED = 5280;
const RUNS = process.env.SLOW === undefined ? 5000 : 100_000;

const root = issue({
  subject: 'CN=Root,O=Example,C=DE',
  extensions: [nameConstraints({ permitted: ['dns:example.com', 'ip:192.0.2.0/255.255.255.0', 'email:.example.com'] })],
});
const ca = issue({
  subject: 'CN=CA,O=Example,C=DE',
  issuer: root,
  basicConstraints: { ca: true, pathLength: 0 },
  extensions: [
    certificatePolicies(['1.2.3', '2.5.29.32.0']),
    policyMappings([['1.2.3', '1.2.4']]),
    policyConstraints({ requireExplicitPolicy: 0, inhibitPolicyMapping: 1 }),
    inhibitAnyPolicy(1),
    nameConstraints({ excluded: ['dir:O=Other', 'uri:.example.net', 'other:1.2.3=a'] }),
  ],
});
const end = issue({
  subject: 'CN=www.example.com,O=Example,C=DE',
  issuer: ca,
  basicConstraints: { ca: false },
  keyUsage: ['digitalSignature'],
  extensions: [
    subjectAltName(['dns:www.example.com', 'ip:192.0.2.1', 'email:a@www.example.com', 'uri:https://www.example.com/']),
    extendedKeyUsage(['1.3.6.1.5.5.7.3.1']),
    certificatePolicies(['1.2.4']),
  ],
});

const OPTIONS: ValidatePathOptions = {
  trustAnchors: [root.certificate],
  intermediates: [ca.certificate],
  at: AT,
  purpose: 'serverAuth',
  peerNames: [{ kind: 'dns', value: 'www.example.com' }],
};

/** How bytes are damaged: a place and what happens there. */
type Damage = (bytes: readonly number[]) => readonly number[];

const place = fc.nat({ max: 4000 });
const octet = fc.nat({ max: 255 });
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(place, octet).map(
    ([at, value]): Damage =>
      (bytes) =>
        bytes.with(at % bytes.length, value),
  ),
  fc.tuple(place, fc.nat({ max: 7 })).map(
    ([at, bit]): Damage =>
      (bytes) =>
        bytes.with(at % bytes.length, (bytes[at % bytes.length] as number) ^ (1 << bit)),
  ),
  fc.tuple(place, octet).map(
    ([at, value]): Damage =>
      (bytes) =>
        bytes.toSpliced(at % bytes.length, 0, value),
  ),
  fc.tuple(place, fc.nat({ max: 30 })).map(
    ([at, count]): Damage =>
      (bytes) =>
        bytes.toSpliced(at % bytes.length, count),
  ),
  fc.tuple(place, place, fc.nat({ max: 60 })).map(
    ([from, to, count]): Damage =>
      (bytes) => {
        const piece = bytes.slice(from % bytes.length, (from % bytes.length) + count);
        return bytes.toSpliced(to % bytes.length, piece.length, ...piece);
      },
  ),
);

test('undamaged, the path is valid', () => {
  expect(validatePath(end.der, OPTIONS).valid).toBe(true);
});

test(
  `${RUNS} damaged certificates give a verdict or a TrustError`,
  () => {
    const certificates = fc.constantFrom(root, ca, end);
    const seen = { valid: 0, invalid: 0, unreadable: 0 };
    const grown = growthDuring(() =>
      fc.assert(
        fc.property(
          certificates,
          fc.array(damage, { minLength: 1, maxLength: 3 }),
          fc.boolean(),
          ({ der }, damages, web) => {
            const whole = damages.reduce<readonly number[]>(
              (bytes, apply) => (bytes.length > 0 ? apply(bytes) : bytes),
              [...der],
            );
            const bytes = Uint8Array.from(whole);
            const options: ValidatePathOptions = { ...OPTIONS, profile: web ? 'webpki' : 'rfc5280' };
            seen[outcomeOf(bytes, options)]++;
            outcomeOf(end.certificate, { ...options, intermediates: [bytes] });
            outcomeOf(end.certificate, { ...options, trustAnchors: [bytes] });
            outcomeOf(end.certificate, { ...options, crls: [bytes] });
          },
        ),
        { seed: SEED, numRuns: RUNS },
      ),
    );
    // All of them together, and so each of them.
    expect(grown).toBeLessThan(200 * 1024 * 1024);
    expect(Math.min(seen.invalid, seen.unreadable)).toBeGreaterThan(RUNS / 20);
  },
  RUNS * 60,
);

function outcomeOf(
  endEntity: Certificate | Uint8Array,
  options: ValidatePathOptions,
): 'valid' | 'invalid' | 'unreadable' {
  try {
    return validatePath(endEntity, options).valid ? 'valid' : 'invalid';
  } catch (error) {
    expect(error).toBeInstanceOf(TrustError);
    return 'unreadable';
  }
}
