/** keytool and the `keytool` front beside one another: the same words, the same lines, and what each ends with. */
import { mkdirSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { decodeKeystore } from '../../src/store/codecs.ts';
import { StoreFolder } from '../cli/keystore-store.ts';
import { FIXTURE_PASSWORD, fixture, fixtureCertificate } from '../store/keystore-fixtures.ts';
import { AT, issue, toPem } from '../support/certificates.ts';
import { anchorctl } from '../support/cli.ts';
import { callKeytool, hasKeytool } from './keytool.ts';

const TIMEOUT = 120_000;
const JAVA = [
  '-J-Duser.timezone=UTC',
  '-J-Dfile.encoding=UTF-8',
  '-J-Dstdout.encoding=UTF-8',
  '-J-Dsun.stdout.encoding=UTF-8',
];
const env = { PW: FIXTURE_PASSWORD, WRONG: 'wrong1' };

let at: StoreFolder | undefined;
afterEach(() => at?.remove());

const keytool = (words: readonly string[]) => callKeytool([...JAVA, ...words], { env });
const front = (words: readonly string[]) => anchorctl(['keytool', ...words], { env });

/** Without line ends of Windows, blank lines, and the values of extensions. */
function comparable(text: string): readonly string[] {
  let isExtension = false;
  return text.split(/\r?\n/).filter((line) => {
    if (line.startsWith('Extensions:')) isExtension = true;
    if (/^(?:Certificate\[|\*{43})/.test(line)) isExtension = false;
    return !isExtension && line !== '';
  });
}

/** The day that keytool shows of an entry without a date is that of the call. */
const withoutDays = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/(?:[A-Z][a-z]{2} \d+, \d{4}|date, unknown|unknown)(?=, |$)/, 'DAY'));

describe.skipIf(!hasKeytool)('keytool -list, and the front', () => {
  test.each([
    { name: 'gateway.jks', isDated: true, form: [] },
    { name: 'gateway.jks', isDated: true, form: ['-rfc'] },
    { name: 'gateway.jks', isDated: true, form: ['-v'] },
    { name: 'gateway.jceks', isDated: true, form: ['-v'] },
    { name: 'gateway-java17.p12', isDated: false, form: [] },
    { name: 'gateway-java17.p12', isDated: false, form: ['-v'] },
    { name: 'secret.p12', isDated: false, form: [] },
  ])(
    'say the same of $name with $form',
    async ({ name, isDated, form }) => {
      at = new StoreFolder(fixture(name));
      const words = ['-list', ...form, '-keystore', at.store, '-storepass:env', 'PW'];
      const [theirs, ours] = [keytool(words), await front(words)];
      expect([theirs.status, ours.status]).toEqual([0, 0]);
      if (form[0] !== '-v' && isDated) expect(ours.stdout).toBe(theirs.stdout.replaceAll('\r', ''));
      const lines = [ours.stdout, theirs.stdout].map(comparable).map((text) => (isDated ? text : withoutDays(text)));
      expect(lines[0]).toEqual(lines[1]);
      expect(lines[0]?.length).toBeGreaterThan(4);
    },
    TIMEOUT,
  );

  test(
    'name subjects and keys alike',
    async () => {
      at = new StoreFolder(fixture('roots.jks'));
      const odd = [
        issue({ subject: 'CN= a  b ,OU=x#<y>;z,O=q "quoted" \\ back,C=US', serialNumber: 0xf00dn }),
        issue({ subject: 'CN=ünï 根,SN=sur,serialNumber=7,emailAddress=a@b.c,DC=d,UID=u,dnQualifier=q,title=t' }),
        issue({ subject: 'CN=-,organizationIdentifier=V,givenName=g,initials=i,STREET=s,ST=t', key: 'rsa2048' }),
      ];
      for (const [index, { pem }] of odd.entries()) {
        const file = at.write(`${index}.pem`, pem);
        const words = ['-importcert', '-noprompt', '-alias', `odd-${index}`, '-file', file];
        expect((await front([...words, '-keystore', at.store, '-storepass:env', 'PW'])).status).toBe(0);
      }
      const words = ['-list', '-v', '-keystore', at.store, '-storepass:env', 'PW'];
      expect(comparable((await front(words)).stdout)).toEqual(comparable(keytool(words).stdout));
    },
    TIMEOUT,
  );
});

describe.skipIf(!hasKeytool)('keytool and the front end a call with', () => {
  const fresh = issue({ subject: 'CN=Fresh Root' });
  const late = issue({ subject: 'CN=Late Root', notAfter: new Date(AT.getTime() - 1) });
  const old = fixtureCertificate('old-root');
  const inputs: Readonly<Record<string, string>> = {
    fresh: fresh.pem,
    late: late.pem,
    old: toPem(old.der),
    bundle: fresh.pem + late.pem,
  };
  const importing = (file: string, ...words: readonly string[]) => [
    '-importcert',
    '-trustcacerts',
    '-file',
    file,
    ...words,
  ];

  test.each([
    { name: 'a new root', words: importing('fresh', '-alias', 'new', '-noprompt'), theirs: 0, ours: 0 },
    { name: 'nobody to answer', words: importing('fresh', '-alias', 'new'), theirs: 0, ours: 5 },
    { name: 'the same again', words: importing('old', '-alias', 'Old-Root', '-noprompt'), theirs: 1, ours: 0 },
    { name: 'the same elsewhere', words: importing('old', '-alias', 'new', '-noprompt'), theirs: 0, ours: 0 },
    { name: 'a taken alias', words: importing('fresh', '-alias', 'old-root', '-noprompt'), theirs: 1, ours: 5 },
    { name: 'the alias of a key', words: importing('fresh', '-alias', 'gateway', '-noprompt'), theirs: 1, ours: 5 },
    { name: 'an expired root', words: importing('late', '-alias', 'new', '-noprompt'), theirs: 0, ours: 5 },
    { name: 'a bundle', words: importing('bundle', '-alias', 'new', '-noprompt'), theirs: 0, ours: 2 },
    { name: 'an empty alias', words: importing('fresh', '-alias', '', '-noprompt'), theirs: 0, ours: 2 },
    { name: 'a control character', words: importing('fresh', '-alias', 'a\tb', '-noprompt'), theirs: 0, ours: 2 },
    { name: 'a folder', words: importing('folder', '-alias', 'new', '-noprompt'), theirs: 1, ours: 0 },
    { name: 'no such file', words: importing('nowhere', '-alias', 'new', '-noprompt'), theirs: 1, ours: 3 },
    { name: 'a wrong password', words: importing('fresh', '-noprompt', '-storepass:env', 'WRONG'), theirs: 1, ours: 4 },
    { name: 'no such variable', words: importing('fresh', '-noprompt', '-storepass:env', 'NO'), theirs: 1, ours: 2 },
    { name: 'no such keystore', words: importing('fresh', '-noprompt', '-keystore', 'nowhere'), theirs: 0, ours: 3 },
    { name: 'a bad option', words: importing('fresh', '-bogus'), theirs: 1, ours: 2 },
    { name: 'a certificate deleted', words: ['-delete', '-alias', 'OLD-root'], theirs: 0, ours: 0 },
    { name: 'no such alias to delete', words: ['-delete', '-alias', 'nosuch'], theirs: 1, ours: 3 },
    { name: 'a key deleted', words: ['-delete', '-alias', 'gateway'], theirs: 0, ours: 5 },
    { name: 'one entry listed', words: ['-list', '-alias', 'OLD-root'], theirs: 0, ours: 0 },
    { name: 'no such alias to list', words: ['-list', '-alias', 'nosuch'], theirs: 1, ours: 3 },
    { name: 'two commands', words: ['-list', '-delete'], theirs: 1, ours: 2 },
  ])(
    '$theirs and $ours: $name',
    async ({ words, theirs, ours }) => {
      const folder = new StoreFolder(fixture('gateway.jks'));
      at = folder;
      for (const [name, pem] of Object.entries(inputs)) folder.write(name, pem);
      mkdirSync(folder.path('folder'));
      folder.write('folder/fresh.pem', fresh.pem);
      const isPath = (word: string) => ['nowhere', 'folder'].includes(word) || Object.hasOwn(inputs, word);
      const inFolder = words.map((word) => (isPath(word) ? folder.path(word) : word));
      const onCopy = (copy: string) => [
        '-keystore',
        folder.write(copy, fixture('gateway.jks')),
        '-storepass:env',
        'PW',
        ...inFolder,
      ];
      // keytool second: it makes the keystore that is not there.
      const call = await front(onCopy('tg.jks'));
      const { status } = keytool(onCopy('theirs.jks'));
      expect([status, call.status]).toEqual([theirs, ours]);

      if (words[0] !== '-importcert') return;
      const sha256 = words.includes('old') ? old.sha256 : fresh.certificate.sha256;
      const { entries } = decodeKeystore(folder.bytes(), { password: FIXTURE_PASSWORD });
      expect(entries.some(({ fingerprints }) => fingerprints.includes(sha256))).toBe(call.status === 0);
    },
    TIMEOUT,
  );

  test(
    'no password lists the keys of PKCS#12 without their chains, as the finding says, or nothing',
    async () => {
      at = new StoreFolder(fixture('gateway-java17.p12'));
      const words = ['-list', '-keystore', at.store];
      const { status, stdout } = keytool(words);
      expect([status, stdout]).toEqual([0, expect.stringContaining('PrivateKeyEntry, \nCertificate chain length: 0')]);
      expect(stdout).not.toContain('trustedCertEntry');
      expect((await front(words)).status).toBe(4);
      const { findings } = (
        await anchorctl(['keystore', 'explain', at.store, '--storepass-env', 'PW', '--json'], { env })
      ).json() as {
        findings: unknown;
      };
      expect(findings).toContainEqual(expect.objectContaining({ code: 'keystore/hidden-without-password' }));
    },
    TIMEOUT,
  );

  test(
    'keytool finds what the front added, and the front what keytool added',
    async () => {
      at = new StoreFolder(fixture('gateway-java17.p12'));
      const store = ['-keystore', at.store, '-storepass:env', 'PW'];
      const words = importing(at.write('fresh', fresh.pem), '-noprompt', ...store);
      expect((await front([...words, '-alias', 'Ours'])).status).toBe(0);
      expect(keytool(['-list', '-alias', 'ours', ...store]).stdout).toMatch(/^ours, .*, trustedCertEntry, \n/);
      expect(keytool(['-delete', '-alias', 'ours', ...store]).status).toBe(0);
      expect(keytool([...words, '-alias', 'Theirs']).status).toBe(0);
      expect((await front(['-list', '-alias', 'theirs', ...store])).stdout).toMatch(
        /^theirs, .*, trustedCertEntry, \n/,
      );
    },
    TIMEOUT,
  );
});
