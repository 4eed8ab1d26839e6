/**
 * Certificate policies along a path: the valid policy graph of RFC 9618, which replaces the tree of RFC 5280 6.1. A policy
 * is one node at each depth however many ways lead to it, so the graph grows with the certificates and not exponentially.
 *
 * Nodes are never pruned. What counts at the end is what can be reached from the deepest layer, and a node whose children
 * are gone cannot be; the graph is null exactly when its deepest layer is empty.
 *
 * @module
 */
import type { PolicyConstraints, PolicyMapping } from '../x509/policies.js';
import { ANY_POLICY } from '../x509/policies.js';
import type { Budget } from './budget.js';

/** The inputs (c) to (g) of RFC 5280 6.1.1. */
export interface PolicyInputs {
  /** Empty or with anyPolicy in it: any policy will do. */
  readonly initialPolicies: readonly string[];
  readonly requireExplicitPolicy: boolean;
  readonly inhibitPolicyMapping: boolean;
  readonly inhibitAnyPolicy: boolean;
}

/** What a certificate says about policies. */
export interface PolicyStep {
  readonly policies: readonly string[] | null;
  readonly mappings: readonly PolicyMapping[] | null;
  readonly constraints: PolicyConstraints | null;
  readonly inhibitAnyPolicy: number | null;
  readonly selfIssued: boolean;
}

interface PolicyNode {
  readonly policy: string;
  readonly parents: readonly PolicyNode[];
  expected: ReadonlySet<string>;
}

type Layer = Map<string, PolicyNode>;

/** The state of policy processing down one path. */
export class PolicyGraph {
  readonly #inputs: PolicyInputs;
  readonly #budget: Budget;
  /** The deepest layer; empty is the graph that RFC 5280 calls NULL. */
  #layer: Layer = new Map([[ANY_POLICY, { policy: ANY_POLICY, parents: [], expected: new Set([ANY_POLICY]) }]]);
  #explicitPolicy: number;
  #policyMapping: number;
  #inhibitAnyPolicy: number;

  /** @param length - how many certificates the path has, the anchor not counted (RFC 5280 6.1.2 (d)–(f)) */
  constructor(inputs: PolicyInputs, length: number, budget: Budget) {
    this.#inputs = inputs;
    this.#budget = budget;
    this.#explicitPolicy = inputs.requireExplicitPolicy ? 0 : length + 1;
    this.#policyMapping = inputs.inhibitPolicyMapping ? 0 : length + 1;
    this.#inhibitAnyPolicy = inputs.inhibitAnyPolicy ? 0 : length + 1;
  }

  /** Takes over what the anchor's certificate limits itself to (RFC 5937 3.2); one that names no policy has all. */
  startAt(anchor: PolicyStep): void {
    if (anchor.policies !== null) this.#addLayer(anchor.policies, true);
    this.#applyConstraints(anchor);
  }

  /** RFC 5280 6.1.3 (d) and (e), for the certificate at the next depth. @throws {BudgetExceeded} */
  process(step: PolicyStep, isFinal: boolean): void {
    if (step.policies === null) this.#layer = new Map();
    else this.#addLayer(step.policies, this.#inhibitAnyPolicy > 0 || (!isFinal && step.selfIssued));
  }

  /** RFC 5280 6.1.3 (f): whether the path may still be valid. */
  get acceptable(): boolean {
    return this.#explicitPolicy > 0 || this.#layer.size > 0;
  }

  /** RFC 5280 6.1.4 (a), (b) and (h)–(j), before the next certificate. @throws {BudgetExceeded} */
  prepareNext(step: PolicyStep): void {
    if (step.mappings !== null) this.#map(step.mappings);
    if (!step.selfIssued) {
      this.#explicitPolicy = Math.max(this.#explicitPolicy - 1, 0);
      this.#policyMapping = Math.max(this.#policyMapping - 1, 0);
      this.#inhibitAnyPolicy = Math.max(this.#inhibitAnyPolicy - 1, 0);
    }
    this.#applyConstraints(step);
  }

  /** RFC 5280 6.1.5 (a), (b) and (g): whether the path is valid as far as policies go. */
  wrapUp(last: PolicyStep): boolean {
    this.#explicitPolicy = Math.max(this.#explicitPolicy - 1, 0);
    if (last.constraints?.requireExplicitPolicy === 0) this.#explicitPolicy = 0;
    return this.#explicitPolicy > 0 || this.#meetsInitialPolicies();
  }

  #applyConstraints({ constraints, inhibitAnyPolicy }: PolicyStep): void {
    this.#explicitPolicy = Math.min(this.#explicitPolicy, constraints?.requireExplicitPolicy ?? Infinity);
    this.#policyMapping = Math.min(this.#policyMapping, constraints?.inhibitPolicyMapping ?? Infinity);
    this.#inhibitAnyPolicy = Math.min(this.#inhibitAnyPolicy, inhibitAnyPolicy ?? Infinity);
  }

  #addLayer(policies: readonly string[], anyPolicyAllowed: boolean): void {
    const byExpected = this.#nodesByExpectedPolicy();
    const anyNode = this.#layer.get(ANY_POLICY);
    const layer: Layer = new Map();
    for (const policy of policies.filter((one) => one !== ANY_POLICY)) {
      const parents = byExpected.get(policy) ?? (anyNode === undefined ? [] : [anyNode]);
      if (parents.length > 0) this.#add(layer, policy, parents, new Set([policy]));
    }
    if (anyPolicyAllowed && policies.includes(ANY_POLICY)) {
      for (const [policy, parents] of byExpected) {
        if (!layer.has(policy)) this.#add(layer, policy, parents, new Set([policy]));
      }
    }
    this.#layer = layer;
  }

  #map(mappings: readonly PolicyMapping[]): void {
    const mapped = new Map<string, Set<string>>();
    for (const { issuer, subject } of mappings) {
      this.#budget.spend('policyNodes');
      mapped.set(issuer, (mapped.get(issuer) ?? new Set()).add(subject));
    }
    const anyNode = this.#layer.get(ANY_POLICY);
    for (const [policy, subjects] of mapped) {
      const node = this.#layer.get(policy);
      if (this.#policyMapping === 0) this.#layer.delete(policy);
      else if (node !== undefined) node.expected = subjects;
      else if (anyNode !== undefined) this.#add(this.#layer, policy, anyNode.parents, subjects);
    }
  }

  #add(layer: Layer, policy: string, parents: readonly PolicyNode[], expected: ReadonlySet<string>): void {
    this.#budget.spend('policyNodes', 1 + parents.length);
    layer.set(policy, { policy, parents, expected });
  }

  #nodesByExpectedPolicy(): ReadonlyMap<string, readonly PolicyNode[]> {
    const nodes = new Map<string, PolicyNode[]>();
    for (const node of this.#layer.values()) {
      for (const policy of node.expected) {
        const sharing = nodes.get(policy);
        if (sharing === undefined) nodes.set(policy, [node]);
        else sharing.push(node);
      }
    }
    return nodes;
  }

  /**
   * RFC 9618 5.6: whether a policy that the anchor's side of the path granted, one below anyPolicy, is among the initial
   * policies and still reaches the end.
   */
  #meetsInitialPolicies(): boolean {
    const initial = new Set(this.#inputs.initialPolicies);
    if (this.#layer.size === 0) return false;
    if (initial.size === 0 || initial.has(ANY_POLICY) || this.#layer.has(ANY_POLICY)) return true;
    const reached = new Set(this.#layer.values());
    for (const node of reached) {
      if (initial.has(node.policy) && node.parents.every(({ policy }) => policy === ANY_POLICY)) return true;
      for (const parent of node.parents) if (parent.policy !== ANY_POLICY) reached.add(parent);
    }
    return false;
  }
}
