/** Drawings of paths: what a person sees, as it is. Fingerprints change with each run, so they are hidden. */
import { describe, expect, test } from 'vitest';
import { checkPathToAnchor, type PathToAnchorOptions, verdictOf } from '../../src/check/path-to-anchor.ts';
import { renderPath } from '../../src/report/path.ts';
import { renderCandidates } from '../../src/report/path-candidates.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { sourceOf } from '../../src/x509/source.ts';
import { AT, type Issued, type IssueOptions, issueIdentified as issue } from '../support/certificates.ts';
import { subjectAltName } from '../support/extensions.ts';

const DAY = 86_400_000;
const root = issue({ subject: 'CN=Example Root' });
const rekeyed = issue({ subject: 'CN=Example Root' });
const ended = issue({ subject: 'CN=Example Root', key: root.privateKey, notAfter: new Date(AT.getTime() - DAY) });
const ca = issue({ subject: 'CN=Example CA', issuer: root });
const endBelow = (issuer: Issued, options: IssueOptions = {}) =>
  issue({
    subject: 'CN=gw.example.com',
    issuer,
    basicConstraints: null,
    keyUsage: ['digitalSignature'],
    extensions: [subjectAltName(['dns:gw.example.com'])],
    ...options,
  });
const gateway = endBelow(ca);
const hostile = endBelow(ca, { subject: `CN=\u001b[31m\u202eevil ${'long '.repeat(40)}${'x'.repeat(200)}` });

const stored = ({ certificate }: Issued, alias: string) => certificate.withSource(sourceOf('trust.jks', { alias }));
const shown = ({ certificate }: Issued, line = 1) => certificate.withSource(sourceOf('chain.pem', { line }));

interface Drawing {
  readonly endEntity: Certificate;
  readonly anchors: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
  readonly endpoint?: string;
  readonly more?: Partial<PathToAnchorOptions>;
}

function draw({ endEntity, anchors, intermediates, endpoint, more }: Drawing): string {
  const answer = checkPathToAnchor(endEntity, {
    anchors: anchors.map((certificate) => ({ certificate, isFromCatalog: false })),
    intermediates,
    crls: [],
    at: AT,
    profile: 'rfc5280',
    purpose: 'any',
    host: null,
    asProgramsDo: true,
    ...more,
  });
  const verdict = verdictOf(answer.findings);
  const report = { ...answer, endEntity, verdict, anchorNames: ['trust.jks'], endpoint: endpoint ?? null };
  return (renderPath(report) + renderCandidates(answer.candidates, answer.path?.length === 1)).replaceAll(
    /[0-9a-f]{8}…[0-9a-f]{4}/g,
    '01234567…89ab',
  );
}

const anchors = [stored(root, 'root')];
const intermediates = [shown(ca, 12)];

describe('a drawing', () => {
  test.each<{ name: string; drawing: Drawing }>([
    { name: 'valid', drawing: { endEntity: shown(gateway), anchors, intermediates } },
    {
      name: 'valid-endpoint',
      drawing: {
        endEntity: gateway.certificate.withSource(sourceOf('tls://gw:8443')),
        anchors,
        intermediates,
        endpoint: 'tls://gw:8443',
      },
    },
    {
      name: 'wrong-host',
      drawing: {
        endEntity: shown(gateway),
        anchors,
        intermediates,
        endpoint: 'tls://other:8443',
        more: { host: { kind: 'dns', value: 'other' } },
      },
    },
    {
      name: 'expired',
      drawing: { endEntity: shown(endBelow(ca, { notAfter: new Date(AT.getTime() - DAY) })), anchors, intermediates },
    },
    {
      name: 'expires-soon',
      drawing: { endEntity: shown(endBelow(ca, { notAfter: new Date(AT.getTime() + DAY) })), anchors, intermediates },
    },
    { name: 'no-intermediate', drawing: { endEntity: shown(gateway), anchors, intermediates: [] } },
    { name: 'no-root', drawing: { endEntity: shown(gateway), anchors: [], intermediates } },
    { name: 'rekeyed-root', drawing: { endEntity: shown(gateway), anchors: [stored(rekeyed, 'root')], intermediates } },
    { name: 'expired-root', drawing: { endEntity: shown(gateway), anchors: [stored(ended, 'root')], intermediates } },
    { name: 'anchor-itself', drawing: { endEntity: shown(root), anchors, intermediates: [] } },
    { name: 'hostile', drawing: { endEntity: shown(hostile), anchors: [], intermediates } },
  ])('of $name', async ({ name, drawing }) => {
    const text = draw(drawing);
    expect(text.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
    expect(text).not.toMatch(/[\u001b\u202e]/);
    await expect(text).toMatchFileSnapshot(`../../fixtures/paths/${name}.golden.txt`);
  });

  test('says of a certificate that was passed over that the reason is about that one', () => {
    const late = issue({
      subject: 'CN=Example CA',
      issuer: root,
      key: ca.privateKey,
      notAfter: new Date(AT.getTime() - DAY),
    });
    const crossed = issue({ subject: 'CN=Example CA', issuer: issue({ subject: 'CN=Nobody' }), key: ca.privateKey });
    const text = draw({ endEntity: shown(gateway), anchors, intermediates: [shown(late), shown(crossed)] });
    const sentence = text.slice(text.indexOf('is not to be trusted')).replaceAll(/\s+/g, ' ');
    expect(sentence).toContain('holds: Example CA (01234567…89ab): expired on 2026-10-31T00:00:00Z. What to do');
  });

  test('of a path deeper than there is room for stays within the window', () => {
    const chain = [root];
    for (let level = 1; level < 20; level++)
      chain.push(issue({ subject: `CN=CA ${level}`, issuer: chain[level - 1] as Issued }));
    const lowest = chain.at(-1) as Issued;
    const text = draw({
      endEntity: shown(lowest),
      anchors,
      intermediates: chain.slice(1, -1).map((one) => shown(one)),
    });
    expect(text).toMatch(/^pass\n/);
    expect(text.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
  });
});
