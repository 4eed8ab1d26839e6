import { describe, expect, test } from 'vitest';
import { Budget, BudgetExceeded } from '../../src/path/budget.ts';
import { PolicyGraph, type PolicyInputs, type PolicyStep } from '../../src/path/policy-graph.ts';
import { ANY_POLICY } from '../../src/x509/policies.ts';

const [GOLD, SILVER, BRONZE] = ['1.2.3.1', '1.2.3.2', '1.2.3.3'] as const;

const NOTHING_ASKED: PolicyInputs = {
  initialPolicies: [ANY_POLICY],
  requireExplicitPolicy: false,
  inhibitPolicyMapping: false,
  inhibitAnyPolicy: false,
};
const EXPLICIT: Partial<PolicyInputs> = { requireExplicitPolicy: true };

const says = (policies: readonly string[] | null, more: Partial<PolicyStep> = {}): PolicyStep => ({
  policies,
  mappings: null,
  constraints: null,
  inhibitAnyPolicy: null,
  selfIssued: false,
  ...more,
});
const maps = (...pairs: readonly (readonly [string, string])[]) => ({
  mappings: pairs.map(([issuer, subject]) => ({ issuer, subject })),
});
const requires = (skip: number) => ({ constraints: { requireExplicitPolicy: skip, inhibitPolicyMapping: null } });
const inhibitsMapping = (skip: number) => ({
  constraints: { requireExplicitPolicy: null, inhibitPolicyMapping: skip },
});

/** @param steps - the uppermost certificate first, as they are processed; the anchor says nothing unless given */
function isValid(
  steps: readonly PolicyStep[],
  inputs: Partial<PolicyInputs> = {},
  { anchor = says(null), budget = new Budget() } = {},
): boolean {
  const graph = new PolicyGraph({ ...NOTHING_ASKED, ...inputs }, steps.length, budget);
  graph.startAt(anchor);
  return steps.every((step, i) => {
    const isFinal = i === steps.length - 1;
    graph.process(step, isFinal);
    if (!graph.acceptable) return false;
    if (!isFinal) graph.prepareNext(step);
    return !isFinal || graph.wrapUp(step);
  });
}

describe('without mappings', () => {
  const wants = (...initialPolicies: readonly string[]) => ({ initialPolicies, requireExplicitPolicy: true });

  test.each<{
    readonly name: string;
    readonly steps: readonly PolicyStep[];
    readonly inputs: Partial<PolicyInputs>;
    readonly expected: boolean;
  }>([
    { name: 'no policy, none asked for', steps: [says(null), says(null)], inputs: {}, expected: true },
    { name: 'no policy, one asked for', steps: [says(null), says(null)], inputs: EXPLICIT, expected: false },
    { name: 'one that all share', steps: [says([GOLD]), says([GOLD])], inputs: EXPLICIT, expected: true },
    { name: 'none that all share', steps: [says([GOLD]), says([SILVER])], inputs: EXPLICIT, expected: false },
    {
      name: 'none that all share, and none is asked for',
      steps: [says([GOLD]), says([SILVER])],
      inputs: {},
      expected: true,
    },
    {
      name: 'one of several',
      steps: [says([GOLD, SILVER]), says([SILVER, BRONZE])],
      inputs: wants(SILVER),
      expected: true,
    },
    { name: 'another than asked for', steps: [says([GOLD]), says([GOLD])], inputs: wants(SILVER), expected: false },
    { name: 'any policy is asked for', steps: [says([GOLD]), says([GOLD])], inputs: wants(), expected: true },
    {
      name: 'lost on the way, and back at the end',
      steps: [says([GOLD]), says([SILVER]), says([GOLD])],
      inputs: EXPLICIT,
      expected: false,
    },
    { name: 'anyPolicy above', steps: [says([ANY_POLICY]), says([GOLD])], inputs: wants(GOLD), expected: true },
    { name: 'anyPolicy below', steps: [says([GOLD]), says([ANY_POLICY])], inputs: wants(GOLD), expected: true },
    {
      name: 'anyPolicy below, for another',
      steps: [says([GOLD]), says([ANY_POLICY])],
      inputs: wants(SILVER),
      expected: false,
    },
    {
      name: 'anyPolicy all along',
      steps: [says([ANY_POLICY]), says([ANY_POLICY])],
      inputs: wants(GOLD),
      expected: true,
    },
    {
      name: 'anyPolicy inhibited',
      steps: [says([ANY_POLICY]), says([GOLD])],
      inputs: { ...EXPLICIT, inhibitAnyPolicy: true },
      expected: false,
    },
    {
      name: 'anyPolicy inhibited, in a self-issued one',
      steps: [says([ANY_POLICY], { selfIssued: true }), says([GOLD])],
      inputs: { ...EXPLICIT, inhibitAnyPolicy: true },
      expected: true,
    },
    {
      name: 'anyPolicy inhibited from the next on',
      steps: [says([GOLD], { inhibitAnyPolicy: 0 }), says([ANY_POLICY])],
      inputs: EXPLICIT,
      expected: false,
    },
    {
      name: 'anyPolicy inhibited from the one after',
      steps: [says([GOLD], { inhibitAnyPolicy: 1 }), says([ANY_POLICY]), says([GOLD])],
      inputs: EXPLICIT,
      expected: true,
    },
    { name: 'a policy required by a CA', steps: [says(null, requires(0)), says(null)], inputs: {}, expected: false },
    { name: 'required two further down', steps: [says(null, requires(2)), says(null)], inputs: {}, expected: true },
    {
      name: 'required, a self-issued one between',
      steps: [says(null, requires(1)), says(null, { selfIssued: true }), says(null)],
      inputs: {},
      expected: false,
    },
    {
      name: 'required by the end entity itself',
      steps: [says(null), says(null, requires(0))],
      inputs: {},
      expected: false,
    },
    {
      name: 'required by the end entity for later',
      steps: [says(null), says(null, requires(1))],
      inputs: {},
      expected: true,
    },
  ])('$name: $expected', ({ steps, inputs, expected }) => {
    expect(isValid(steps, inputs)).toBe(expected);
  });
});

describe('with mappings', () => {
  const wants = (...initialPolicies: readonly string[]) => ({ initialPolicies, requireExplicitPolicy: true });

  test.each<{
    readonly name: string;
    readonly steps: readonly PolicyStep[];
    readonly inputs: Partial<PolicyInputs>;
    readonly expected: boolean;
  }>([
    {
      name: 'the mapped policy below counts as the one above',
      steps: [says([GOLD], maps([GOLD, SILVER])), says([SILVER])],
      inputs: wants(GOLD),
      expected: true,
    },
    {
      name: 'it does not count as itself',
      steps: [says([GOLD], maps([GOLD, SILVER])), says([SILVER])],
      inputs: wants(SILVER),
      expected: false,
    },
    {
      name: 'the one above no longer counts below',
      steps: [says([GOLD], maps([GOLD, SILVER])), says([GOLD])],
      inputs: EXPLICIT,
      expected: false,
    },
    {
      name: 'mapping inhibited',
      steps: [says([GOLD], maps([GOLD, SILVER])), says([SILVER])],
      inputs: { ...EXPLICIT, inhibitPolicyMapping: true },
      expected: false,
    },
    {
      name: 'mapping inhibited, another policy is left',
      steps: [says([GOLD, BRONZE], maps([GOLD, SILVER])), says([BRONZE])],
      inputs: { ...EXPLICIT, inhibitPolicyMapping: true },
      expected: true,
    },
    {
      name: 'inhibited by the CA above',
      steps: [says([GOLD], inhibitsMapping(0)), says([GOLD], maps([GOLD, SILVER])), says([SILVER])],
      inputs: EXPLICIT,
      expected: false,
    },
    {
      name: 'inhibited one further down',
      steps: [says([GOLD], inhibitsMapping(1)), says([GOLD], maps([GOLD, SILVER])), says([SILVER])],
      inputs: EXPLICIT,
      expected: true,
    },
    {
      name: 'out of anyPolicy',
      steps: [says([ANY_POLICY], maps([GOLD, SILVER])), says([SILVER])],
      inputs: wants(GOLD),
      expected: true,
    },
    {
      name: 'to several',
      steps: [says([GOLD], maps([GOLD, SILVER], [GOLD, BRONZE])), says([BRONZE])],
      inputs: wants(GOLD),
      expected: true,
    },
    {
      name: 'from several',
      steps: [says([GOLD, SILVER], maps([GOLD, BRONZE], [SILVER, BRONZE])), says([BRONZE])],
      inputs: wants(SILVER),
      expected: true,
    },
    {
      name: 'twice',
      steps: [says([GOLD], maps([GOLD, SILVER])), says([SILVER], maps([SILVER, BRONZE])), says([BRONZE])],
      inputs: wants(GOLD),
      expected: true,
    },
    {
      name: 'to anyPolicy below',
      steps: [says([GOLD], maps([GOLD, SILVER])), says([ANY_POLICY])],
      inputs: wants(GOLD),
      expected: true,
    },
  ])('$name: $expected', ({ steps, inputs, expected }) => {
    expect(isValid(steps, inputs)).toBe(expected);
  });
});

describe('an anchor', () => {
  test('limits the policies below it to its own, if it names any', () => {
    expect(isValid([says([GOLD])], EXPLICIT, { anchor: says([GOLD]) })).toBe(true);
    expect(isValid([says([GOLD])], EXPLICIT, { anchor: says([SILVER]) })).toBe(false);
    expect(isValid([says([GOLD])], EXPLICIT, { anchor: says([ANY_POLICY]) })).toBe(true);
  });

  test('requires and inhibits what its constraints say', () => {
    expect(isValid([says(null)], {}, { anchor: says(null, requires(0)) })).toBe(false);
    expect(isValid([says([ANY_POLICY])], EXPLICIT, { anchor: says(null, { inhibitAnyPolicy: 0 }) })).toBe(false);
  });
});

describe('work', () => {
  const policies = (count: number) => Array.from({ length: count }, (_, i) => `1.2.4.${i}`);
  /** Every policy to every policy: a tree would have 20^depth nodes. */
  const everyToEvery = (count: number) =>
    maps(...policies(count).flatMap((issuer) => policies(count).map((subject) => [issuer, subject] as const)));

  test('grows with the certificates, not with the ways through them', () => {
    const spentFor = (depth: number): number => {
      const budget = new Budget();
      const steps = Array.from({ length: depth }, () => says(policies(10), everyToEvery(10)));
      expect(isValid(steps, EXPLICIT, { budget })).toBe(true);
      return budget.spent.policyNodes;
    };
    expect(spentFor(20) - spentFor(10)).toBe(10 * (10 * 10 + 10 + 10 * 10));
  });

  test('ends when the budget does', () => {
    const steps = Array.from({ length: 10 }, () => says(policies(100), everyToEvery(100)));
    expect(() => isValid(steps, EXPLICIT)).toThrow(BudgetExceeded);
  });
});
