/** The odd certificates of other projects, and what fuzzers found, as anchors. */
import { expect, test } from 'vitest';
import { checkTrustAnchor } from '../../src/check/rules.ts';
import { TrustError } from '../../src/errors.ts';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { checkCertificate } from '../../src/path/certificate-rules.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { readCollection } from '../path/conformance.ts';
import { AT } from '../support/certificates.ts';
import { processorTime } from '../support/processor-time.ts';

interface Collection {
  readonly files: readonly { readonly id: string; readonly base64: string }[];
}

const SLOWEST_MS = 2000;
const LONGEST_MESSAGE = 2000;

test.each(['certs', 'fuzz'])(
  '%s: findings and nothing else, and what path validation refuses is no mere note',
  (name) => {
    const seen = { anchors: 0, unfit: 0, doubtful: 0, good: 0 };
    for (const { id, base64 } of readCollection<Collection>(name)?.files ?? []) {
      for (const certificate of certificatesIn(new Uint8Array(Buffer.from(base64, 'base64')), id)) {
        const spent = processorTime();
        const findings = checkTrustAnchor(certificate, { at: AT });
        expect(spent(), id).toBeLessThan(SLOWEST_MS);
        for (const { message } of findings) {
          expect(message, id).toMatch(/^[\x20-\x7e\u00a1-\u{10ffff}]+$/u);
          expect(message.length, id).toBeLessThan(LONGEST_MESSAGE);
        }
        const severities = findings.map(({ severity }) => severity);
        const context = { role: 'anchor', profile: 'rfc5280', purpose: 'any', at: AT } as const;
        if (!checkCertificate(certificate, context).next().done)
          expect(
            severities.some((severity) => severity !== 'info'),
            id,
          ).toBe(true);
        seen.anchors++;
        seen[severities.includes('error') ? 'unfit' : severities.includes('warning') ? 'doubtful' : 'good']++;
      }
    }
    // biome-ignore lint/suspicious/noConsole: the figure is what the run is for
    console.log(`conformance ${name} as anchors: ${JSON.stringify(seen)}`);
    expect(seen.anchors).toBeGreaterThan(100);
  },
  300_000,
);

function certificatesIn(bytes: Uint8Array, id: string): readonly Certificate[] {
  try {
    return readCertificates(bytes).certificates;
  } catch (error) {
    expect(error, id).toBeInstanceOf(TrustError);
    return [];
  }
}
