/** Changes of a keystore that Java of no version opens: they go well, and say that Java has nothing of it. */
import { expect, test } from 'vitest';
import { certificateBag, PASSWORD, pfx } from '../store/builders.ts';
import { anchorctl } from '../support/cli.ts';
import { alpha, beta, expecting, fresh, layOutFolders } from './keystore-store.ts';

const folderWith = layOutFolders();
const REMARK = {
  code: 'keystore/foreign-algorithm',
  severity: 'warning',
  message: expect.stringMatching(/AES-192.*, which Java has not$/),
  hint: expect.stringContaining('keystore convert'),
};

const safes = [
  [
    certificateBag(alpha.der, { friendlyName: 'alpha', trusted: true }),
    certificateBag(beta.der, { friendlyName: 'beta', trusted: true }),
  ],
];
const trusted = expecting(fresh);

test.each([
  { command: ['keystore', 'add'], words: ['new.pem', ...trusted] },
  { command: ['keystore', 'add'], words: ['new.pem', ...trusted, '--dry-run'] },
  { command: ['keystore', 'add'], words: ['old.pem'] },
  { command: ['keystore', 'remove'], words: ['--alias', 'alpha', '--yes'] },
  { command: ['keystore', 'replace'], words: ['new.pem', '--alias', 'alpha', ...trusted, '--yes'] },
  { command: ['keystore', 'passwd'], words: ['--new-storepass-env', 'NEW'] },
  { command: ['keytool'], words: ['-delete', '-alias', 'alpha'] },
  { command: ['rotate'], words: ['new.pem', ...trusted, '--yes', '--out', 'run'] },
])('$command $words says it', async ({ command, words }) => {
  const folder = folderWith(pfx({ safes, encrypted: true, keyBits: 192 }));
  folder.write('new.pem', fresh.pem);
  folder.write('old.pem', alpha.pem);
  const placed = words.map((word) => (/^(new\.pem|old\.pem|run)$/.test(word) ? folder.path(word) : word));
  const store = { keytool: ['-keystore', folder.store], rotate: ['--keystore', folder.store] }[command[0] ?? ''];
  const argv = [...command, ...(store ?? [folder.store]), ...placed, '--json'];
  const { status, json } = await anchorctl(argv, { env: { ANCHORCTL_STOREPASS: PASSWORD, NEW: 'New-Pass-9' } });
  const { findings } = json() as { findings: readonly { code: string }[] };
  expect([status, findings.filter(({ code }) => code === REMARK.code)]).toEqual([
    0,
    [{ ...REMARK, source: expect.objectContaining({ input: folder.store, alias: null }) }],
  ]);
});
