/** PKCS#12 files and bundles made by openssl and read here, bundles edited here and read by openssl. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { editKeystore } from '../../src/store/edit.ts';
import { issue } from '../support/certificates.ts';

const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;
const root = issue({ subject: 'CN=Root' });
const other = issue({ subject: 'CN=Other' });
const leaf = issue({ subject: 'CN=leaf.test', issuer: root, basicConstraints: null });
const created = new Date('2026-11-21T10:00:00Z');

describe.skipIf(!hasOpenssl)('openssl', () => {
  let folder: string;
  const path = (name: string): string => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'anchorctl-'));
    writeFileSync(path('root.pem'), root.pem);
    writeFileSync(path('leaf.pem'), leaf.pem);
    writeFileSync(path('leaf.key'), leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    { name: 'as it does by default', password: 'changeit', options: [] },
    { name: 'for old programs', password: 'changeit', options: ['-legacy'] },
    { name: 'without a MAC', password: 'changeit', options: ['-nomac'] },
    { name: 'without encryption', password: 'changeit', options: ['-keypbe', 'NONE', '-certpbe', 'NONE'] },
    { name: 'with the empty password', password: '', options: [] },
    { name: 'with a password beyond ASCII', password: 'pässwörd€😀', options: [] },
    { name: 'with a password beyond ASCII for old programs', password: 'pässwörd€', options: ['-legacy'] },
    { name: 'with many iterations', password: 'changeit', options: ['-iter', '60000'] },
  ])('exports a key and its chain $name', ({ password, options }) => {
    const files = ['-inkey', path('leaf.key'), '-in', path('leaf.pem'), '-certfile', path('root.pem')];
    openssl(
      'pkcs12',
      '-export',
      ...files,
      '-name',
      'Leaf',
      '-passout',
      'stdin',
      '-out',
      path('a.p12'),
      ...options,
    )(password);
    const { entries } = decodeKeystore(new Uint8Array(readFileSync(path('a.p12'))), { password });
    const certificates = entries.flatMap(({ fingerprints }) => fingerprints);
    expect(certificates.toSorted()).toEqual([leaf.certificate.sha256, root.certificate.sha256].toSorted());
    if (!options.includes('NONE')) {
      expect(entries).toMatchObject([{ alias: 'Leaf', kind: 'private-key', fingerprints: certificates }]);
    }
  });

  test.each(['\n', '\r\n'])('reads a bundle that was edited here, with lines that end in %j', (lineEnd) => {
    const text = `# roots${lineEnd}${(root.pem + leaf.pem).trimEnd()}`.replaceAll(/\r?\n/g, lineEnd);
    const [first] = decodeKeystore(Buffer.from(text), { password: null }).entries;
    const edited = editKeystore(
      Buffer.from(text),
      [
        { action: 'add', alias: 'other', certificate: other.certificate, created },
        { action: 'remove', alias: first?.alias ?? '' },
      ],
      { password: null },
    );
    writeFileSync(path('bundle.pem'), edited);
    const printed = openssl('storeutl', '-certs', '-text', path('bundle.pem'))('');
    expect([...printed.matchAll(/Subject: CN ?= ?(.*)/g)].map(([, name]) => name)).toEqual(['leaf.test', 'Other']);
  });
});

/** Runs openssl with a password on its standard input. */
function openssl(...args: readonly string[]): (password: string) => string {
  return (password) => {
    const { status, stdout, stderr } = spawnSync('openssl', args, { input: `${password}\n`, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
}
