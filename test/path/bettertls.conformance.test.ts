/** BetterTLS: name constraints in every combination, and paths that have to be found. */
import { describe } from 'vitest';
import { parseIpAddress } from '../../src/x509/ip-address.ts';
import { type Case, readCollection, testConformance } from './conformance.ts';

interface BetterTls {
  readonly validation_time: string;
  readonly trustRoot: string;
  readonly certs: readonly string[];
  readonly suites: Readonly<
    Record<
      string,
      {
        readonly tests: readonly {
          readonly id: string;
          readonly certs: readonly number[];
          readonly hostname: string;
          readonly expected: 'ACCEPT' | 'REJECT';
          readonly failure_is_warning: boolean;
        }[];
      }
    >
  >;
}

const betterTls = readCollection<BetterTls>('bettertls');

describe.skipIf(betterTls === null)('BetterTLS', () => {
  testConformance('bettertls', betterTls === null ? [] : casesOf(betterTls));
});

function casesOf({ validation_time, trustRoot, certs, suites }: BetterTls): readonly Case[] {
  const anchor = fromBase64(trustRoot);
  const at = new Date(validation_time);
  return Object.entries(suites).flatMap(([suite, { tests }]) =>
    tests
      .filter(({ failure_is_warning }) => !failure_is_warning)
      .map(({ id, certs: indices, hostname, expected }) => {
        const [endEntity = new Uint8Array(), ...intermediates] = indices.map((index) => fromBase64(certs[index]));
        return {
          id: `bettertls/${id}`,
          group: suite,
          expected: expected === 'ACCEPT' ? 'accept' : 'reject',
          endEntity,
          options: {
            trustAnchors: [anchor],
            intermediates,
            at,
            profile: 'webpki',
            purpose: 'serverAuth',
            peerNames: [{ kind: parseIpAddress(hostname) === null ? 'dns' : 'ip', value: hostname }],
          },
        };
      }),
  );
}

function fromBase64(text = ''): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
