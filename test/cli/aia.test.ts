import { describe, expect, test } from 'vitest';
import { completePath } from '../../src/cli/aia.ts';
import { TrustError } from '../../src/errors.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { type Issued, issueIdentified as issue } from '../support/certificates.ts';
import { authorityInfoAccess } from '../support/ocsp.ts';
import { codesOf, validator } from './online-fixture.ts';

const uriOf = (name: string) => `http://ca.example/${name}.cer`;

/** A chain below the root, the highest first; each names where its issuer lies. */
function chainBelow(root: Issued, length: number): readonly Issued[] {
  const chain = [root];
  for (let i = 1; i <= length; i++) {
    const issuer = chain.at(-1) as Issued;
    const extensions = [authorityInfoAccess({ caIssuers: [uriOf(issuer.subject.slice(3))] })];
    chain.push(issue({ subject: `CN=C${i}`, issuer, extensions, serialNumber: BigInt(i + 1) }));
  }
  return chain.slice(1);
}

const root = issue({ subject: 'CN=Root' });
const [first, second, third] = chainBelow(root, 3) as [Issued, Issued, Issued];

/** What lies on the web, and what was asked for. */
function web(places: Readonly<Record<string, readonly Issued[]>>) {
  const asked: string[] = [];
  const fetchCertificates = async (uri: string): Promise<readonly Certificate[]> => {
    asked.push(uri);
    const found = places[uri];
    if (found === undefined) throw new TrustError('fetch/failed', 'the server answers with status 404');
    return found.map(({ certificate }) => certificate);
  };
  return { asked, fetchCertificates };
}

async function complete(target: Issued, places: Readonly<Record<string, readonly Issued[]>>, anchor: Issued = root) {
  const { asked, fetchCertificates } = web(places);
  const validate = validator(target, anchor);
  const completed = await completePath(
    [target.certificate],
    (intermediates) => validate({ intermediates }),
    fetchCertificates,
  );
  return { ...completed, asked, subjects: completed.answer.path?.map(({ subject }) => subject) ?? null };
}

describe('completePath', () => {
  const places = { [uriOf('C1')]: [first], [uriOf('C2')]: [second], [uriOf('Root')]: [root] };

  test('fetches one issuer after the other, as far as they are missing', async () => {
    const { subjects, asked, findings } = await complete(third, places);
    expect(subjects).toEqual(['CN=C3', 'CN=C2', 'CN=C1', 'CN=Root']);
    expect(asked).toEqual([uriOf('C2'), uriOf('C1')]);
    expect(findings).toEqual([
      {
        code: 'aia/fetched',
        severity: 'info',
        message: 'fetched from http://ca.example/C2.cer: CN=C2',
        source: null,
        sha256: third.certificate.sha256,
      },
      expect.objectContaining({ code: 'aia/fetched', message: 'fetched from http://ca.example/C1.cer: CN=C1' }),
    ]);
  });

  test('asks nobody where nothing is missing', async () => {
    const { subjects, asked } = await complete(first, places);
    expect(subjects).toEqual(['CN=C1', 'CN=Root']);
    expect(asked).toEqual([]);
  });

  test('fetches the issuer that has the key where one of its name with another key is at hand', async () => {
    const rekeyed = issue({ subject: 'CN=C1', issuer: root });
    const { fetchCertificates } = web(places);
    const { answer } = await completePath(
      [second.certificate, rekeyed.certificate],
      (fetched) => validator(second, root)({ intermediates: [rekeyed.certificate, ...fetched] }),
      fetchCertificates,
    );
    expect(answer.path).toEqual([second, first, root].map(({ certificate }) => certificate));
  });

  test('makes no anchor of a root that it fetches', async () => {
    const { subjects, asked, answer } = await complete(third, places, issue({ subject: 'CN=Trusted' }));
    expect(subjects).toBeNull();
    expect(asked).toEqual([uriOf('C2'), uriOf('C1'), uriOf('Root')]);
    expect(codesOf(answer.findings)).toContain('path/no-issuer');
  });

  test('says where nothing was to be had, and takes the next place', async () => {
    const extensions = [authorityInfoAccess({ caIssuers: [uriOf('gone'), uriOf('C1')] })];
    const target = issue({ subject: 'CN=Two places', issuer: first, extensions });
    const { subjects, findings } = await complete(target, places);
    expect(subjects).toEqual(['CN=Two places', 'CN=C1', 'CN=Root']);
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'fetch/failed',
        severity: 'warning',
        message: 'http://ca.example/gone.cer: the server answers with status 404',
      }),
      expect.objectContaining({ code: 'aia/fetched' }),
    ]);
  });

  test('escapes what a certificate calls a place', async () => {
    const extensions = [authorityInfoAccess({ caIssuers: ['http://ca.example/\u001b[2J'] })];
    const { findings } = await complete(issue({ subject: 'CN=End', issuer: first, extensions }), {});
    expect(findings[0]?.message).toBe('http://ca.example/\\u{1b}[2J: the server answers with status 404');
  });

  test('goes round no circle', async () => {
    const [a, b] = ['A', 'B'].map((name) => issue({ subject: `CN=${name}` })) as [Issued, Issued];
    const crossed = (of: Issued, by: Issued) =>
      issue({
        subject: of.subject,
        key: of.privateKey,
        issuer: by,
        extensions: [authorityInfoAccess({ caIssuers: [uriOf(by.subject.slice(3))] })],
      });
    const [aByB, bByA] = [crossed(a, b), crossed(b, a)];
    const target = issue({
      subject: 'CN=End',
      issuer: a,
      extensions: [authorityInfoAccess({ caIssuers: [uriOf('A')] })],
    });
    const { subjects, asked } = await complete(target, { [uriOf('A')]: [aByB], [uriOf('B')]: [bByA] });
    expect(subjects).toBeNull();
    expect(asked).toEqual([uriOf('A'), uriOf('B')]);
  });

  test('goes up four steps', async () => {
    const chain = chainBelow(root, 6);
    const higher = Object.fromEntries(chain.map((one) => [uriOf(one.subject.slice(3)), [one]]));
    const { subjects, asked } = await complete(chain[5] as Issued, higher);
    expect(subjects).toBeNull();
    expect(asked).toHaveLength(4);
    expect((await complete(chain[4] as Issued, higher)).subjects).toHaveLength(6);
  });

  test('asks eight places', async () => {
    const caIssuers = Array.from({ length: 1000 }, (_, i) => uriOf(`place${i}`));
    const target = issue({ subject: 'CN=End', issuer: first, extensions: [authorityInfoAccess({ caIssuers })] });
    const { asked, findings } = await complete(target, {});
    expect(asked).toHaveLength(8);
    expect(codesOf(findings)).toEqual([...Array.from({ length: 8 }, () => 'fetch/failed'), 'aia/limit']);
  });

  test('asks them at once, so that slow ones take no longer than one', async () => {
    const caIssuers = [uriOf('a'), uriOf('b'), uriOf('c')];
    const target = issue({ subject: 'CN=End', issuer: first, extensions: [authorityInfoAccess({ caIssuers })] });
    const waiting: ((found: readonly Certificate[]) => void)[] = [];
    const { findings } = await completePath(
      [target.certificate],
      (intermediates) => validator(target, root)({ intermediates }),
      () =>
        new Promise((resolve) => {
          waiting.push(resolve);
          if (waiting.length === caIssuers.length) for (const answer of waiting) answer([]);
        }),
    );
    expect(codesOf(findings)).toEqual(['aia/fetched', 'aia/fetched', 'aia/fetched']);
  });
});
