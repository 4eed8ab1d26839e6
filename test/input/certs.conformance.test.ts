/**
 * Odd and ordinary certificates of other projects: an answer for every file, soon, and every certificate that OpenSSL reads,
 * as node:crypto has it, is read here, too. Where one is not, the exceptions say why.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCertificates } from '../../src/input/read-certificates.ts';
import { readCollection } from '../path/conformance.ts';
import { processorTime } from '../support/processor-time.ts';

interface Collection {
  readonly files: readonly { readonly id: string; readonly base64: string }[];
}

interface Exception {
  readonly id: string;
  /** The code of the error that it is refused with. */
  readonly code: string;
  readonly reason: string;
}

const EXCEPTIONS = JSON.parse(
  readFileSync(new URL('conformance-exceptions.json', import.meta.url), 'utf8'),
) as readonly Exception[];

/** Longer than any file may take, on a machine that does other things too. */
const SLOWEST_MS = 2000;

const collection = readCollection<Collection>('certs');

describe.skipIf(collection === null)('certificates of other projects', () => {
  test('are read where OpenSSL reads them, or the exceptions say why not', () => {
    const files = collection?.files ?? [];
    /** By their code. */
    const refused = new Map<string, string | undefined>();
    const unexplained: string[] = [];
    let opened = 0;
    let missed = 0;
    for (const { id, base64 } of files) {
      const bytes = Buffer.from(base64, 'base64');
      const spent = processorTime();
      const { certificates, errors } = readCertificates(bytes);
      expect(spent(), id).toBeLessThan(SLOWEST_MS);
      expect(certificates.length + errors.length, id).toBeGreaterThan(0);
      const wanted = openedByOpenssl(bytes);
      if (certificates.length === 0) refused.set(id, errors[0]?.code);
      if (wanted === null) continue;
      opened++;
      if (certificates.some(({ sha256 }) => sha256 === wanted)) continue;
      missed++;
      if (!EXCEPTIONS.some((exception) => exception.id === id)) unexplained.push(id);
    }
    // biome-ignore lint/suspicious/noConsole: the figure is what the run is for
    console.log(
      `conformance certs: ${files.length} files; of ${opened} that OpenSSL reads, ${opened - missed} are read`,
    );
    expect(unexplained).toEqual([]);
    // Later releases of OpenSSL refuse some of them, too.
    expect(EXCEPTIONS.filter(({ id, code }) => refused.get(id) !== code)).toEqual([]);
  }, 300_000);

  test('every exception gives its reason', () => {
    for (const { reason } of EXCEPTIONS) expect(reason).toMatch(/^\w.{20,}/);
  });
});

/** The fingerprint of the certificate that OpenSSL finds in a file; null where it finds none. */
function openedByOpenssl(bytes: Uint8Array): string | null {
  try {
    return new X509Certificate(bytes).fingerprint256.replaceAll(':', '').toLowerCase();
  } catch {
    return null;
  }
}
