/** What fuzzers found, and the odd certificates of other projects: a verdict or a TrustError, in every place of a path. */
import { describe, expect, test } from 'vitest';
import { TrustError } from '../../src/errors.ts';
import type { Profile } from '../../src/path/certificate-rule.ts';
import { type ValidatePathOptions, validatePath } from '../../src/path/validate-path.ts';
import { AT, issueIdentified as issue } from '../support/certificates.ts';
import { growthDuring } from '../support/peak-memory.ts';
import { processorTime } from '../support/processor-time.ts';
import { pemToDer, readCollection } from './conformance.ts';

interface Collection {
  readonly files: readonly { readonly id: string; readonly base64: string }[];
}

/** Longer than any input may take, on a machine that does other things too. */
const SLOWEST_MS = 2000;
/** More than any input may need, in octets. */
const LARGEST = 200 * 1024 * 1024;

const root = issue({ subject: 'CN=Root' });
const end = issue({ subject: 'CN=End', issuer: root, basicConstraints: null, keyUsage: null });

describe.each(['fuzz', 'certs'])('%s', (name) => {
  const collection = readCollection<Collection>(name);

  test.skipIf(collection === null).each<Profile>(['rfc5280', 'webpki'])(
    'under %s',
    (profile) => {
      const files = collection?.files ?? [];
      const seen = { valid: 0, invalid: 0, unreadable: 0 };
      for (const { id, base64 } of files) {
        const bytes = derOf(new Uint8Array(Buffer.from(base64, 'base64')));
        const spent = processorTime();
        const options: ValidatePathOptions = { trustAnchors: [root.der], at: AT, profile };
        const grown = growthDuring(() => {
          seen[outcomeOf(bytes, options, id)]++;
          outcomeOf(bytes, { ...options, trustAnchors: [bytes], intermediates: [bytes] }, id);
          outcomeOf(end.der, { ...options, trustAnchors: [bytes, root.der], intermediates: [bytes] }, id);
          outcomeOf(end.der, { ...options, crls: [bytes] }, id);
        });
        expect(spent(), id).toBeLessThan(SLOWEST_MS);
        expect(grown, id).toBeLessThan(LARGEST);
      }
      // biome-ignore lint/suspicious/noConsole: the figure is what the run is for
      console.log(`conformance ${name}, ${profile}: ${files.length} files, ${JSON.stringify(seen)}`);
      expect(seen.valid).toBe(0);
    },
    300_000,
  );
});

function outcomeOf(
  endEntity: Uint8Array,
  options: ValidatePathOptions,
  id: string,
): 'valid' | 'invalid' | 'unreadable' {
  try {
    return validatePath(endEntity, options).valid ? 'valid' : 'invalid';
  } catch (error) {
    expect(error, id).toBeInstanceOf(TrustError);
    return 'unreadable';
  }
}

function derOf(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0x30 ? bytes : pemToDer(Buffer.from(bytes).toString('latin1'));
}
