/**
 * What `check` finds, gathered input by input: every certificate with how long it is valid, and everything that somebody
 * should do something about. What is kept of an input is small, so that a tree of any size can be checked.
 *
 * @module
 */
import { type CatalogEntry, findRoot, findRootBySha1 } from '../catalog/catalog.js';
import type { DescribedCertificate } from '../device/show-output.js';
import type { Certificate } from '../x509/certificate.js';
import { CertificatePool } from '../x509/certificate-pool.js';
import { describeDefects } from '../x509/defect.js';
import { type Source, sourceOf } from '../x509/source.js';
import { isDescribed } from './described.js';
import { DAY, dayOf, type Expiry, expiryOf, type Level, type Thresholds } from './expiry.js';
import type { Finding } from './finding.js';
import type { InputContent } from './input-content.js';
import type { PolicyCheck } from './policy-check.js';
import type { ShardRecord } from './shard.js';

/** A certificate at one of its places. */
export interface CheckedCertificate {
  /** As it was read, whose `der` is one object at all its places, of which it has any; or as a device described it. */
  readonly certificate: Certificate | DescribedCertificate;
  readonly source: Source;
  readonly level: Level;
  /** With a fraction; null where a device did not print when it ends. */
  readonly daysLeft: number | null;
  /** What counts at that place. */
  readonly thresholds: Thresholds;
  /** The finding that says that the policy has an exception for its level, and why; null where it has none. */
  readonly ignored: Finding | null;
}

/** Which certificates are looked at. */
export type CertificateRole = (typeof CERTIFICATE_ROLES)[number];

/** Every role: end entities, CAs, CAs that are their own issuer. */
export const CERTIFICATE_ROLES = ['leaf', 'ca', 'anchors'] as const;

/** An input of a check. */
export interface CheckedInput extends InputContent {
  /** What could not be read of it. */
  readonly findings: readonly Finding[];
  /** Whether there was something to read: false for a name that leads nowhere. */
  readonly isOpened: boolean;
}

/** How many there are of each kind; certificates count at every place. */
export interface CheckSummary {
  /** Every file, standard input and endpoint that was opened. */
  readonly files: number;
  readonly certificates: number;
  readonly ok: number;
  readonly warning: number;
  /** Those that are not valid yet among them. */
  readonly critical: number;
  readonly expired: number;
  /** Those whose level, other than ok, the policy has an exception for; they are in no other count of a level. */
  readonly ignored?: number;
  /** Those of another role than was asked for, which were not looked at; absent where all were. */
  readonly others?: number;
  /** Findings of severity error that are not about how long a certificate is valid. */
  readonly errors: number;
}

/** Everything that one call found. */
export interface CheckReport {
  readonly at: Date;
  /** What counts where a place has nothing else. */
  readonly thresholds: Thresholds;
  /** The file of the policy; null without one. */
  readonly policy: string | null;
  readonly summary: CheckSummary;
  /** In the order of the inputs. */
  readonly findings: readonly Finding[];
  /** The same. */
  readonly certificates: readonly CheckedCertificate[];
  /** The inputs that are archives, with the files in them: the line of what stands in one is that of the file. */
  readonly archives: ReadonlyMap<string, ReadonlySet<string>>;
  /** The same of mails and their attachments. */
  readonly mails: ReadonlyMap<string, ReadonlySet<string>>;
  /** The revision of git since which the files have changed, where only such were looked at. */
  readonly changedSince?: string;
  /** Which part of the inputs this is about, with what a merge needs of it; absent where it is about all of them. */
  readonly shard?: ShardRecord;
}

/** How inputs are checked. */
export interface CheckOptions {
  readonly at: Date;
  /** Null looks at all of them. */
  readonly only: CertificateRole | null;
  /** Where there is no policy. */
  readonly thresholds: Thresholds;
  readonly policy: PolicyCheck | null;
}

/**
 * When a date that a device printed may have come at the earliest: its clock may be in any time zone. So the end counts by which
 * less is left, and what has just been made is valid already.
 */
function earliest<T extends Date | null>(printed: T): T | Date {
  return printed === null ? printed : new Date(printed.getTime() - DAY);
}

/** Gathers what inputs hold. */
export class ExpiryCheck {
  readonly #options: CheckOptions;
  readonly #findings: Finding[] = [];
  readonly #certificates: CheckedCertificate[] = [];
  readonly #pool = new CertificatePool();
  readonly #archives = new Map<string, ReadonlySet<string>>();
  readonly #mails = new Map<string, ReadonlySet<string>>();
  #files = 0;
  #others = 0;

  constructor(options: CheckOptions) {
    this.#options = options;
  }

  /** Takes what was found in an input; nothing of its bytes is kept but the certificates. */
  add(input: CheckedInput): void {
    const { certificates, described, findings, isOpened, members = [], attachments = [] } = input;
    if (isOpened) this.#files++;
    if (members.length > 0) this.#archives.set(input.input, new Set(members));
    if (attachments.length > 0) this.#mails.set(input.input, new Set(attachments));
    this.#keep(findings);
    for (const certificate of certificates) {
      if (this.#isWanted(certificate)) this.#judge(this.#pool.keep(certificate), certificate.source);
      else this.#others++;
    }
    for (const one of described) {
      if (this.#isWanted({ ca: one.usage === 'ca', selfIssued: one.subject === one.issuer }))
        this.#judge(one, one.source);
      else this.#others++;
    }
    // Of what could not be read, nobody knows what it lacks; but of the other files in an archive.
    const found = certificates.length + described.length + members.length;
    const isRead = isOpened && (found > 0 || findings.length === 0);
    if (isRead) this.#note(this.#options.policy?.judgeTarget(input) ?? []);
  }

  /** Counts files without any sign of a certificate. */
  count(files: number): void {
    this.#files += files;
  }

  /** Counts a file without any sign of a certificate, which may lack one; so may the files in it, where it is an archive. */
  passOver(input: string, members: readonly string[] = []): void {
    this.count(1);
    this.#note(this.#options.policy?.judgeTarget({ input, members, certificates: [], described: [] }) ?? []);
  }

  /**
   * Adds what is to be said once everything has been looked at.
   *
   * @param isWhole - whether all of the folder of the policy was
   */
  finish(isWhole: boolean): void {
    this.#note(this.#options.policy?.finish(isWhole) ?? []);
  }

  /** How many certificates there are, none of which has the role that was asked for; 0 where one has. */
  get unwanted(): number {
    return this.#certificates.length === 0 ? this.#others : 0;
  }

  report(): CheckReport {
    const counts = { ok: 0, warning: 0, critical: 0, 'not-yet-valid': 0, expired: 0, ignored: 0 };
    for (const { level, ignored } of this.#certificates) counts[ignored === null ? level : 'ignored']++;
    const { ok, warning, critical, expired, ignored } = counts;
    return {
      at: this.#options.at,
      thresholds: this.#options.policy?.thresholds ?? this.#options.thresholds,
      policy: this.#options.policy?.policy.file ?? null,
      summary: {
        files: this.#files,
        certificates: this.#certificates.length,
        ok,
        warning,
        critical: critical + counts['not-yet-valid'],
        expired,
        ...(ignored === 0 ? {} : { ignored }),
        ...(this.#options.only === null ? {} : { others: this.#others }),
        errors: this.#findings.filter(({ severity, code }) => severity === 'error' && !isAboutExpiry(code)).length,
      },
      findings: this.#findings,
      certificates: this.#certificates,
      archives: this.#archives,
      mails: this.#mails,
    };
  }

  #isWanted({ ca, selfIssued }: Pick<Certificate, 'ca' | 'selfIssued'>): boolean {
    const { only } = this.#options;
    if (only === null) return true;
    return only === 'leaf' ? !ca : ca && (only === 'ca' || selfIssued);
  }

  #judge(certificate: Certificate | DescribedCertificate, place: Source | null): void {
    const source = place ?? sourceOf('-');
    const { policy } = this.#options;
    const thresholds = policy?.thresholdsAt(source) ?? this.#options.thresholds;
    const expiry = this.#expiryOf(certificate, thresholds);
    const [finding] = expiry.level === 'ok' ? [] : this.#note([findingOf(certificate, source, expiry)]);
    const ignored = finding?.code === 'policy/ignored' ? finding : null;
    const { level, daysLeft } = expiry;
    this.#certificates.push({ certificate, source, level, daysLeft, thresholds, ignored });
    if (!isDescribed(certificate) && certificate.defects.length > 0) this.#note([defectOf(certificate, source)]);
    this.#note(policy?.judge(certificate, source) ?? []);
  }

  /** @returns the findings as they were noted: an exception may cover one */
  #note(findings: readonly Finding[]): readonly Finding[] {
    const { policy } = this.#options;
    const noted = policy === null ? findings : findings.map((finding) => policy.excuse(finding));
    this.#keep(noted);
    return noted;
  }

  /** One by one: an archive may lack more anchors than a call can be given arguments. */
  #keep(findings: readonly Finding[]): void {
    for (const finding of findings) this.#findings.push(finding);
  }

  #expiryOf(certificate: Certificate | DescribedCertificate, thresholds: Thresholds): Checked {
    const { notBefore, notAfter } = certificate;
    if (notAfter === null) return { level: 'warning', daysLeft: null };
    const { at } = this.#options;
    if (!isDescribed(certificate)) return expiryOf({ notBefore, notAfter }, at, thresholds);
    return expiryOf({ notBefore: earliest(notBefore), notAfter: earliest(notAfter) }, at, thresholds);
  }
}

type Checked = Omit<Expiry, 'daysLeft'> & { readonly daysLeft: number | null };

/** What the catalog knows about a certificate; of one that a device only described, where a fingerprint tells which it is. */
export function catalogEntryOf({ certificate }: Pick<CheckedCertificate, 'certificate'>): CatalogEntry | null {
  if (!isDescribed(certificate)) return findRoot(certificate.sha256);
  return certificate.sha1 === null ? null : findRootBySha1(certificate.sha1);
}

/** Whether a finding is about how long a certificate is valid. */
export function isAboutExpiry(code: Finding['code']): boolean {
  return code.startsWith('expiry/');
}

function findingOf(
  certificate: Certificate | DescribedCertificate,
  source: Source,
  { level, daysLeft }: Checked,
): Finding {
  const { notBefore, notAfter } = certificate;
  const sha256 = isDescribed(certificate) ? {} : { sha256: certificate.sha256 };
  const about = { source, ...sha256 };
  const name = certificate.subject || (isDescribed(certificate) ? 'a certificate' : certificate.displayName);
  if (notAfter === null || daysLeft === null) {
    const message = `${name} is described without the date on which it ends`;
    const hint =
      'check what show crypto pki certificates, or show crypto ca certificates, prints on the device: it has the dates';
    return { code: 'expiry/no-date', severity: 'warning', message, hint, ...about };
  }
  const ends = `${dayOf(notAfter)}${isDescribed(certificate) ? ' by the clock of the device' : ''}`;
  switch (level) {
    case 'expired':
      return {
        code: 'expiry/expired',
        severity: 'error',
        message: `${name} expired on ${ends}, ${count(-daysLeft)} ago`,
        hint: 'replace it now; whatever checks its date has stopped working',
        ...about,
      };
    case 'not-yet-valid':
      return {
        code: 'expiry/not-yet-valid',
        severity: 'error',
        message: `${name} is not valid before ${notBefore === null ? 'a later day' : dayOf(notBefore)}`,
        hint: 'check the clock of this machine, or put it to use on that day',
        ...about,
      };
    default:
      return {
        code: level === 'critical' ? 'expiry/critical' : 'expiry/warning',
        severity: level === 'critical' ? 'error' : 'warning',
        message: `${name} expires on ${ends}, in ${count(daysLeft)}`,
        hint: 'ask its CA for the certificate that replaces it',
        ...about,
      };
  }
}

function defectOf({ defects, displaySubject, sha256 }: Certificate, source: Source): Finding {
  return {
    code: 'certificate/defect',
    severity: 'warning',
    message: `${displaySubject}: ${describeDefects(defects)}`,
    hint: 'programs that read it strictly refuse it on any day: have it issued anew',
    source,
    sha256,
  };
}

/** Whole days, or hours where it is about hours. */
function count(days: number): string {
  const [number, unit] = days < 2 ? [Math.floor(days * 24), 'hour'] : [Math.floor(days), 'day'];
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}
