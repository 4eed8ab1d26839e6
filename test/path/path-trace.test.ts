import { describe, expect, test } from 'vitest';
import { type Candidate, MOST_CANDIDATES, PathTrace } from '../../src/path/path-trace.ts';
import { type PathVerdict, validatePath } from '../../src/path/validate-path.ts';
import { AT, type Issued, type IssueOptions, issueIdentified as issue } from '../support/certificates.ts';
import { nameConstraints } from '../support/extensions.ts';

const DAY = 86_400_000;
const root = issue({ subject: 'CN=Root' });
const ca = issue({ subject: 'CN=CA', issuer: root });
const end = issue({ subject: 'CN=End', issuer: ca, basicConstraints: null, keyUsage: ['digitalSignature'] });

interface Traced {
  readonly verdict: PathVerdict;
  readonly trace: PathTrace;
  readonly candidates: readonly Candidate[];
}

function trace(target: Issued, anchors: readonly Issued[], intermediates: readonly Issued[]): Traced {
  const [trustAnchors, others] = [anchors, intermediates].map((list) => list.map(({ certificate }) => certificate));
  const observer = new PathTrace(trustAnchors ?? [], others ?? []);
  const options = { trustAnchors: trustAnchors ?? [], intermediates: others ?? [], at: AT, observer };
  const verdict = validatePath(target.certificate, options);
  const wasCutShort = !verdict.valid && verdict.reasons.some(({ code }) => code === 'path/too-much-work');
  return { verdict, trace: observer, candidates: observer.candidates(wasCutShort) };
}

const told = ({ candidates }: Traced) =>
  candidates.map(({ certificate, issuer, outcome, why }) => [certificate.subject, issuer.subject, outcome, why]);

describe('what became of each candidate', () => {
  const late = issue({ subject: 'CN=CA', issuer: root, key: ca.privateKey, notAfter: new Date(AT.getTime() - DAY) });
  const impostor = issue({ subject: 'CN=CA', issuer: root });
  const renamed = issue({ subject: 'CN=Renamed', issuer: root, key: ca.privateKey });
  const loop = issue({ subject: 'CN=Root', issuer: ca, key: root.privateKey });

  test.each<{ name: string; anchors: Issued[]; intermediates: Issued[]; expected: readonly (readonly unknown[])[] }>([
    {
      name: 'used',
      anchors: [root],
      intermediates: [ca],
      expected: [
        ['CN=End', 'CN=CA', 'used', null],
        ['CN=CA', 'CN=Root', 'used', null],
      ],
    },
    {
      name: 'unfit for its place',
      anchors: [root],
      intermediates: [late],
      expected: [['CN=End', 'CN=CA', 'passed-over', 'rule']],
    },
    {
      name: 'with another key',
      anchors: [root],
      intermediates: [impostor],
      expected: [['CN=End', 'CN=CA', 'passed-over', 'signature']],
    },
    {
      name: 'with another name',
      anchors: [root],
      intermediates: [renamed],
      expected: [['CN=End', 'CN=Renamed', 'passed-over', 'name']],
    },
    {
      name: 'without a way on',
      anchors: [],
      intermediates: [ca],
      expected: [['CN=End', 'CN=CA', 'passed-over', 'no-anchor']],
    },
    {
      name: 'that leads back',
      anchors: [],
      intermediates: [ca, loop],
      expected: [
        ['CN=End', 'CN=CA', 'passed-over', 'no-anchor'],
        ['CN=CA', 'CN=Root', 'passed-over', 'no-anchor'],
        ['CN=Root', 'CN=CA', 'passed-over', 'loop'],
      ],
    },
  ])('$name', ({ anchors, intermediates, expected }) => {
    expect(told(trace(end, anchors, intermediates))).toEqual(expected);
  });

  test.each<{ name: string; options: IssueOptions; expected: unknown }>([
    {
      name: 'in a path that is refused as a whole',
      options: { extensions: [nameConstraints({ excluded: ['dir:CN=End'] })] },
      expected: [
        ['path', ['path/name-not-permitted']],
        ['path', ['path/name-not-permitted']],
      ],
    },
    {
      name: 'below an anchor that allows no more CAs',
      options: { basicConstraints: { ca: true, pathLength: 0 } },
      expected: [
        ['no-anchor', []],
        ['rule', ['path/too-long']],
      ],
    },
  ])('$name', ({ options, expected }) => {
    const limited = issue({ subject: 'CN=Root', ...options });
    const below = issue({ subject: 'CN=CA', issuer: limited });
    const target = issue({ subject: 'CN=End', issuer: below, basicConstraints: null, keyUsage: ['digitalSignature'] });
    const { candidates, trace: told } = trace(target, [limited], [below]);
    expect(candidates.map(({ why, reasons }) => [why, reasons.map(({ code }) => code)])).toEqual(expected);
    expect(told.attempt?.isComplete).toBe(true);
  });
});

describe('bounds', () => {
  const crowd = Array.from({ length: 2 * MOST_CANDIDATES }, (_, i) =>
    issue({ subject: 'CN=CA', issuer: root, key: ca.privateKey, serialNumber: BigInt(i + 1), badSignature: true }),
  );

  test('no more is told than anybody reads', () => {
    const stranger = issue({ subject: 'CN=End', issuerName: 'CN=CA', issuer: issue(), basicConstraints: null });
    const { verdict, candidates } = trace(stranger, [root], crowd);
    expect(verdict.valid).toBe(false);
    expect(candidates.length).toBe(MOST_CANDIDATES);
  });
});

test('an observer changes nothing about the answer', () => {
  const options = { trustAnchors: [root.der], intermediates: [ca.der], at: AT };
  const { verdict } = trace(end, [root], [ca]);
  const alone = validatePath(end.der, options);
  expect(verdict.valid && verdict.path.map(({ sha256 }) => sha256)).toEqual(
    alone.valid && alone.path.map(({ sha256 }) => sha256),
  );
});
