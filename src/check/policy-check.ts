/**
 * What a policy says of certificates, of the files that hold them, and of itself. Nothing is kept of a file, so that a tree of
 * any size can be checked, and the order of files makes no difference.
 *
 * @module
 */
import { type CatalogEntry, findRoot, findRootBySha1 } from '../catalog/catalog.js';
import type { Certificate } from '../x509/certificate.js';
import { type Source, sourceOf } from '../x509/source.js';
import { isDescribed } from './described.js';
import type { Thresholds } from './expiry.js';
import type { Finding, FindingCode } from './finding.js';
import { PathScope, type Place } from './path-scope.js';
import {
  type AnchorRule,
  type Distrust,
  type ExceptionRule,
  type ForbiddenRule,
  hasBegun,
  hasPassed,
  type KeyRule,
  type Policy,
  type PolicyRule,
} from './policy.js';
import { type Holding, holdingsOf, type Judged, type PolicyTarget, sourcesOf } from './policy-target.js';

/** How a policy is applied. */
export interface PolicyCheckOptions {
  readonly at: Date;
  /** What counts where the policy says nothing. */
  readonly defaults: Thresholds;
  /** What counts whatever the policy says, because the user asked for it in this call. */
  readonly given: Partial<Thresholds>;
  /** The path of an input relative to the folder of the policy, with slashes; endpoints and `-` as they are. */
  readonly toRelative: (input: string) => string;
}

/** An entry with the places it covers. */
interface Scoped<R extends PolicyRule> {
  readonly rule: R;
  readonly scope: PathScope;
}

interface ScopedException extends Scoped<ExceptionRule> {
  hasExcused: boolean;
}

/** Holds a policy against certificates. */
export class PolicyCheck {
  readonly policy: Policy;
  /** What counts where no entry for some paths says otherwise. */
  readonly thresholds: Thresholds;
  readonly #options: PolicyCheckOptions;
  readonly #thresholds: readonly Scoped<Policy['thresholds'][number]>[];
  readonly #required: readonly Scoped<AnchorRule>[];
  readonly #allowed: readonly Scoped<AnchorRule>[];
  readonly #forbidden: readonly Scoped<ForbiddenRule>[];
  readonly #keys: readonly Scoped<KeyRule>[];
  readonly #exceptions: readonly ScopedException[];
  /** Entries for some paths, exceptions aside. */
  readonly #byPath: readonly Scoped<PolicyRule>[];

  constructor(policy: Policy, options: PolicyCheckOptions) {
    this.policy = policy;
    this.#options = options;
    this.#thresholds = policy.thresholds.map(withScope);
    this.#required = policy.required.map(withScope);
    this.#allowed = policy.allowed.map(withScope);
    this.#forbidden = policy.forbidden.map(withScope);
    this.#keys = policy.keys.map(withScope);
    const all = [this.#thresholds, this.#required, this.#allowed, this.#forbidden, this.#keys];
    this.#byPath = all.flat().filter(({ rule }) => rule.paths !== null);
    this.#exceptions = policy.ignore.map((rule) => ({ ...withScope(rule), hasExcused: false }));
    this.thresholds = this.#combine(policy.thresholds.filter(({ paths }) => paths === null));
  }

  /** What the patterns of the policy call an input. */
  nameOf(input: string): string {
    return this.#options.toRelative(input);
  }

  /** Whether an entry for some paths covers an input, or a file in it where it is an archive. */
  concerns(input: string, members: readonly string[]): boolean {
    const places = sourcesOf(input, members).map((source) => this.#placeOf(source));
    return this.#byPath.some(({ scope }) => places.some((place) => scope.covers(place)));
  }

  /** How much must be left of a certificate at a place. */
  thresholdsAt(source: Source): Thresholds {
    return this.#thresholds.length === 0 ? this.thresholds : this.#combine(this.#rulesAt(this.#thresholds, source));
  }

  /** What is against a certificate at its place. */
  judge(certificate: Judged, source: Source): readonly Finding[] {
    const sha256 = this.#fingerprintOf(certificate);
    return [
      ...(sha256 === null ? [] : this.#checkForbidden(certificate, sha256, source)),
      ...(sha256 === null || !isCa(certificate) ? [] : this.#checkAllowed(certificate, sha256, source)),
      ...(isDescribed(certificate) ? [] : this.#checkKey(certificate, source)),
    ];
  }

  /** What a file lacks. Each file in an archive is one of its own. */
  judgeTarget(target: PolicyTarget): readonly Finding[] {
    const { input, members = [] } = target;
    for (const source of sourcesOf(input, members)) this.#markUsed(source);
    if (this.#required.length === 0) return [];
    const holdings = holdingsOf(target, (certificate) => this.#fingerprintOf(certificate));
    return holdings.flatMap(([file, holding]) => this.#checkRequired(sourceOf(input, { member: file }), holding));
  }

  /**
   * The finding as it is to be reported: that it is ignored, where an exception that has not ended covers it.
   */
  excuse(finding: Finding): Finding {
    const { code, severity, message, source, sha256 } = finding;
    if (sha256 === undefined || source === null || severity === 'info') return finding;
    const exception = this.#exceptions.find(
      ({ rule, scope }) =>
        rule.sha256 === sha256 &&
        !hasPassed(rule.until, this.#options.at) &&
        (rule.codes?.includes(code) ?? true) &&
        scope.covers(this.#placeOf(source)),
    );
    if (exception === undefined) return finding;
    exception.hasExcused = true;
    const { rule } = exception;
    const why = `ignored until ${rule.until}: ${rule.reason} (${this.#reference(rule)})`;
    return { code: 'policy/ignored', severity: 'info', message: `${message} [${code}], ${why}`, source, sha256 };
  }

  /**
   * What is to be said of the policy itself, once everything has been looked at.
   *
   * @param isWhole - whether everything in the folder of the policy was; if not, nothing is known of entries that no file used
   */
  finish(isWhole: boolean): readonly Finding[] {
    const ended = this.#exceptions
      .filter(({ rule }) => hasPassed(rule.until, this.#options.at))
      .map(({ rule }) => rule);
    return [
      ...ended.map((rule) => this.#findingAtRule(rule, 'policy/exception-ended', ...describeEnd(rule))),
      ...(isWhole ? this.#findUnused() : []),
    ];
  }

  #findUnused(): readonly Finding[] {
    const { at } = this.#options;
    const unused = this.#exceptions.filter(({ rule, hasExcused }) => !hasExcused && !hasPassed(rule.until, at));
    const unmatched = this.#byPath.filter(({ scope }) => !scope.isUsed);
    return [
      ...unused.map(({ rule }) =>
        this.#findingAtRule(
          rule,
          'policy/exception-unused',
          `the exception for ${short(rule.sha256)} (${rule.reason}) ignores nothing`,
          'delete it, or correct its fingerprint, paths and codes',
        ),
      ),
      ...unmatched.map(({ rule }) =>
        this.#findingAtRule(
          rule,
          'policy/no-match',
          `no file that was checked matches ${rule.paths?.join(', ')}`,
          'correct the paths, which count from the folder of the policy file, or delete the entry',
        ),
      ),
    ];
  }

  #markUsed(source: Source): void {
    for (const { scope } of this.#byPath) if (!scope.isUsed) scope.covers(this.#placeOf(source));
  }

  #combine(rules: readonly Policy['thresholds'][number][]): Thresholds {
    const { defaults, given } = this.#options;
    const last = (name: keyof Thresholds) => rules.findLast((rule) => rule[name] !== null)?.[name] ?? defaults[name];
    return { warn: last('warn'), fail: last('fail'), ...given };
  }

  #checkRequired(source: Source, { trusted, untrusted }: Holding): readonly Finding[] {
    const { at } = this.#options;
    const isDue = ({ from, until }: AnchorRule) => hasBegun(from, at) && !hasPassed(until, at);
    const missing = this.#rulesAt(this.#required, source).filter((rule) => isDue(rule) && !trusted.has(rule.sha256));
    return missing.map((rule) => {
      const where = untrusted.has(rule.sha256) ? 'is there only where nobody trusts it' : 'is not there';
      const demand = `and is required${describePeriod(rule)} (${this.#reference(rule)})`;
      return {
        code: 'policy/anchor-missing',
        severity: 'error',
        message: `${describeAnchor(rule)} ${where}, ${demand}`,
        hint: hintFor(rule, trusted, untrusted),
        source,
        sha256: rule.sha256,
      };
    });
  }

  #checkForbidden(certificate: Judged, sha256: string, source: Source): readonly Finding[] {
    const entry = findRoot(sha256);
    const findings: Finding[] = [];
    for (const rule of this.#rulesAt(this.#forbidden, source)) {
      if (rule.after !== null && !hasPassed(rule.after, this.#options.at)) continue;
      const since = rule.after === null ? '' : ` after ${rule.after}`;
      if (rule.sha256 === sha256) {
        const name = describeAnchor({ sha256, name: rule.name ?? entry?.name ?? certificate.subject });
        const message = `${name} is here, and must ${since === '' ? 'not be' : `be gone${since}`} (${this.#reference(rule)})`;
        findings.push({ code: 'policy/anchor-forbidden', severity: 'error', message, hint: REMOVE, source, sha256 });
      }
      const distrust = entry === null ? undefined : rule.catalog.find((one) => isSo(entry, one));
      if (entry === null || distrust === undefined) continue;
      const story = distrust === 'misissuance' ? (entry.misissuance ?? entry.detail) : entry.detail;
      const message = `${entry.name}: ${story}; such roots (${distrust}) are forbidden${since} (${this.#reference(rule)})`;
      const hint = entry.successor === null ? REMOVE : `put ${entry.successor} in its place`;
      findings.push({ code: 'policy/distrusted-root', severity: 'error', message, hint, source, sha256 });
    }
    return findings;
  }

  #checkAllowed(certificate: Judged, sha256: string, source: Source): readonly Finding[] {
    const rules = this.#rulesAt(this.#allowed, source);
    const [first] = rules;
    if (first === undefined) return [];
    const { at } = this.#options;
    const own = rules.filter((rule) => rule.sha256 === sha256);
    const isAllowed = own.some(({ from, until }) => hasBegun(from, at) && !hasPassed(until, at));
    if (isAllowed || this.#rulesAt(this.#required, source).some((rule) => rule.sha256 === sha256)) return [];
    const [rule] = own;
    const why =
      rule === undefined
        ? `is not among the anchors that are allowed there (${this.#reference(first)})`
        : `is allowed only${describePeriod(rule)} (${this.#reference(rule)})`;
    const name = describeAnchor({ sha256, name: rule?.name ?? certificate.subject });
    const hint = 'remove it, or add it to the policy if somebody has decided that it is to be trusted';
    return [{ code: 'policy/anchor-not-allowed', severity: 'error', message: `${name} ${why}`, hint, source, sha256 }];
  }

  #checkKey(certificate: Certificate, source: Source): readonly Finding[] {
    const { algorithm, size } = certificate.publicKey;
    const kind = algorithm === 'RSA' ? 'rsa' : algorithm === 'EC' ? 'ec' : null;
    if (kind === null) return [];
    const rule = this.#rulesAt(this.#keys, source).findLast((one) => one[kind] !== null);
    const least = rule?.[kind] ?? 0;
    if (rule === undefined || (size ?? 0) >= least) return [];
    const found = size === null ? `an ${algorithm} key of unknown size` : `an ${algorithm} key of ${size} bits`;
    return [
      {
        code: 'policy/key-too-small',
        severity: 'error',
        message: `${certificate.displaySubject} has ${found}, at least ${least} are required (${this.#reference(rule)})`,
        hint: 'ask its CA for a certificate with a longer key',
        source,
        sha256: certificate.sha256,
      },
    ];
  }

  /** What a certificate is recognised by; null for one that a device described without a fingerprint that is known. */
  #fingerprintOf(certificate: Judged): string | null {
    if (!isDescribed(certificate)) return certificate.sha256;
    return certificate.sha1 === null ? null : (findRootBySha1(certificate.sha1)?.sha256 ?? null);
  }

  #rulesAt<R extends PolicyRule>(rules: readonly Scoped<R>[], source: Source): readonly R[] {
    if (rules.length === 0) return [];
    const place = this.#placeOf(source);
    return rules.filter(({ scope }) => scope.covers(place)).map(({ rule }) => rule);
  }

  #placeOf({ input, member }: Source): Place {
    return { file: this.#options.toRelative(input), member };
  }

  #reference({ line }: PolicyRule): string {
    return `${this.policy.file} line ${line}`;
  }

  #findingAtRule(rule: PolicyRule, code: FindingCode, message: string, hint: string): Finding {
    return { code, severity: 'warning', message, hint, source: sourceOf(this.policy.file, { line: rule.line }) };
  }
}

/** What to do about an anchor that is missing. */
function hintFor(
  { sha256 }: AnchorRule,
  trusted: ReadonlySet<string | null>,
  untrusted: ReadonlySet<string | null>,
): string {
  if (untrusted.has(sha256)) {
    return 'add it as a trusted certificate: as a part of the chain of a key, or without the mark that Java looks for, it is no anchor';
  }
  return trusted.has(null)
    ? 'look at the running configuration of the device: what was read describes a certificate without its fingerprint'
    : 'install it: anchorctl keystore add for keystores and bundles, anchorctl snippet for devices';
}

const REMOVE =
  'take it out: anchorctl keystore remove for keystores and bundles, anchorctl snippet --action remove for devices';

function withScope<R extends PolicyRule>(rule: R): Scoped<R> {
  return { rule, scope: new PathScope(rule.paths) };
}

function isCa(certificate: Judged): boolean {
  return isDescribed(certificate) ? certificate.usage === 'ca' : certificate.ca;
}

function isSo({ status, misissuance }: CatalogEntry, distrust: Distrust): boolean {
  return distrust === 'misissuance' ? misissuance !== null : status === distrust;
}

/** `IdenTrust Commercial Root CA 1 (5d56499b…6cae)` */
function describeAnchor({ sha256, name }: { readonly sha256: string; readonly name: string | null }): string {
  const known = name ?? findRoot(sha256)?.name;
  return known === undefined ? short(sha256) : `${known} (${short(sha256)})`;
}

function short(sha256: string): string {
  return `${sha256.slice(0, 8)}…${sha256.slice(-4)}`;
}

function describePeriod({ from, until }: Pick<AnchorRule, 'from' | 'until'>): string {
  return `${from === null ? '' : ` from ${from}`}${until === null ? '' : ` until ${until}`}`;
}

function describeEnd({ sha256, reason, until }: ExceptionRule): readonly [message: string, hint: string] {
  return [
    `the exception for ${short(sha256)} (${reason}) ended with ${until}`,
    'mend what it was for, and delete it; or decide anew until when it is to hold',
  ];
}
