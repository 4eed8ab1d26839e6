/**
 * The ledger of a rotation: which device, gateway store or bundle has the new anchor, and which still has the old one.
 *
 * A certificate counts by its SHA-256, or by its SHA-1 where a device prints no more. Serial number and issuer alone name a
 * certificate that is probably meant, and are marked so.
 *
 * @module
 */
import { type Description, likenessOf } from '../device/recognise.js';
import type { DescribedCertificate } from '../device/show-output.js';
import { equalBytes } from '../encoding/byte-writer.js';
import type { InputKind } from '../input/read-result.js';
import { type Certificate, decodeCertificate } from '../x509/certificate.js';

/** What a target holds of the anchors that are asked about. */
export type AnchorState = 'new-only' | 'both' | 'old-only' | 'none' | 'unreadable';

/** What a target was found to hold. */
export interface ReadTarget {
  /** The path; a member of an archive behind `!/`. */
  readonly target: string;
  readonly kind: InputKind;
  /** Certificates that the target trusts, or simply holds. */
  readonly certificates: readonly Certificate[];
  readonly described: readonly DescribedCertificate[];
  /** The lines of a configuration that name each of some trustpoints. */
  readonly findUses: (trustpoints: readonly string[]) => ReadonlyMap<string, readonly string[]>;
  /** Whether nothing in it could be read. */
  readonly unreadable: boolean;
  /** What could not be read in it, though other things in it may have been. Not escaped. */
  readonly problems: readonly string[];
}

/** The anchors of a rotation: SHA-256 in lower-case hex. */
export interface Anchors {
  readonly old: readonly string[];
  readonly new: readonly string[];
}

/** One row of the ledger. */
export interface LedgerTarget {
  readonly target: string;
  readonly kind: InputKind;
  /** SHA-256 of the anchors it has, the old ones first. */
  readonly has: readonly string[];
  /** Those of them that only serial number and issuer speak for. */
  readonly probably: readonly string[];
  readonly state: AnchorState;
  /** When the first of its old anchors expires; null where it has none, or where that is not known. */
  readonly oldExpires: Date | null;
  /** Lines of its configuration that name a trustpoint with an old anchor. Not escaped. */
  readonly oldUsedBy: readonly string[];
  /** What could not be read in it: the anchor that it seems not to have may be there. Not escaped. */
  readonly problems: readonly string[];
}

/** What is kept of a target until all are read: little, since there may be thousands. */
interface Draft extends Pick<LedgerTarget, 'target' | 'kind' | 'problems'> {
  readonly exact: ReadonlySet<string>;
  /** The names of those that hold an anchor, by its SHA-256. */
  readonly trustpoints: ReadonlyMap<string, ReadonlySet<string>>;
  readonly described: readonly LedgerDescription[];
  /** Of the trustpoints that may have an old anchor, the lines that name them. */
  readonly uses: ReadonlyMap<string, readonly string[]>;
  readonly unreadable: boolean;
}

/** What tells a described certificate from others, and where it is. */
type LedgerDescription = Description & Pick<DescribedCertificate, 'trustpoints'>;

const NONE: ReadonlySet<string> = new Set();

/** Gathers targets one by one, and judges them when all are known: what one target has may tell what another describes. */
export class Ledger {
  readonly anchors: Anchors;
  /** The old ones first: what may be either is taken for one of these. */
  readonly #wanted: ReadonlySet<string>;
  readonly #known = new Map<string, Certificate>();
  /** What needs nothing that may still come is judged at once, which takes less memory. */
  readonly #rows: (Draft | LedgerTarget)[] = [];

  /** @param known - certificates of the anchors, as far as they are at hand */
  constructor(anchors: Anchors, known: readonly Certificate[]) {
    this.anchors = anchors;
    this.#wanted = new Set([...anchors.old, ...anchors.new]);
    for (const certificate of known) this.#learn(certificate);
  }

  /** Takes what was found in a target; nothing of its bytes is kept. */
  add({ target, kind, certificates, described, findUses, unreadable, problems }: ReadTarget): void {
    const trustpoints = new Map<string, Set<string>>();
    const exact = new Set<string>();
    for (const certificate of certificates) {
      const sha256 = this.#anchorOf(certificate);
      if (sha256 === null) continue;
      exact.add(sha256);
      const { source } = certificate;
      if (source?.trustpoint != null) addNames(trustpoints, sha256, [copyOf(source.trustpoint)]);
    }
    const names: string[] = [];
    for (const sha256 of this.anchors.old) names.push(...(trustpoints.get(sha256) ?? []));
    for (const one of described) names.push(...one.trustpoints);
    const uses = findUses(names);
    const draft = { target, kind, exact, trustpoints, described: described.map(detach), uses, unreadable, problems };
    this.#rows.push(described.length === 0 ? this.#judge(draft) : draft);
  }

  /** Every target, in the order in which it was added. */
  rows(): readonly LedgerTarget[] {
    return this.#rows.map((row) => ('state' in row ? row : this.#judge(row)));
  }

  /** The SHA-256 of a certificate that is an anchor, else null. Comparing bytes takes far less time than a digest. */
  #anchorOf(certificate: Certificate): string | null {
    for (const [sha256, { der }] of this.#known) {
      if (equalBytes(der, certificate.der)) return sha256;
    }
    return this.#known.size === this.#wanted.size ? null : this.#learn(certificate);
  }

  /** Keeps a certificate that is an anchor, and gives its SHA-256; null for any other. */
  #learn({ sha256, der }: Certificate): string | null {
    if (!this.#wanted.has(sha256)) return null;
    if (!this.#known.has(sha256)) this.#known.set(sha256, decodeCertificate(new Uint8Array(der)));
    return sha256;
  }

  #judge({ target, kind, exact, trustpoints, described, uses, unreadable, problems }: Draft): LedgerTarget {
    const { found, probable, names } =
      described.length === 0
        ? { found: exact, probable: NONE, names: trustpoints }
        : this.#match(exact, trustpoints, described);
    const has = (sha256: string) => found.has(sha256) || probable.has(sha256);
    const old = this.anchors.old.filter(has);
    const recent = this.anchors.new.filter(has);
    const ends = old.flatMap((sha256) => this.#known.get(sha256)?.notAfter ?? []);
    return {
      target,
      kind,
      has: [...old, ...recent],
      probably: [...old, ...recent].filter((sha256) => !found.has(sha256)),
      state: unreadable ? 'unreadable' : stateOf(old.length > 0, recent.length > 0),
      oldExpires: ends.length === 0 ? null : new Date(Math.min(...ends.map((end) => end.getTime()))),
      oldUsedBy: linesOf(old, names, uses),
      problems,
    };
  }

  /** What is found, and where, when what is only described counts as well. */
  #match(
    exact: Draft['exact'],
    trustpoints: Draft['trustpoints'],
    described: Draft['described'],
  ): { readonly found: Draft['exact']; readonly probable: Draft['exact']; readonly names: Draft['trustpoints'] } {
    const found = new Set(exact);
    const probable = new Set<string>();
    const names = new Map(Array.from(trustpoints, ([sha256, of]) => [sha256, new Set(of)] as const));
    for (const one of described) {
      const match = this.#recognise(one);
      if (match === null) continue;
      addNames(names, match.sha256, one.trustpoints);
      if (match.isExact) found.add(match.sha256);
      else if (!found.has(match.sha256)) probable.add(match.sha256);
    }
    return { found, probable, names };
  }

  /**
   * The anchor that a device described. A serial number alone, which may be as short as 01, speaks for an old anchor and never
   * for a new one: what is wrong then is a device that is looked at once more.
   */
  #recognise(described: LedgerDescription): { readonly sha256: string; readonly isExact: boolean } | null {
    for (const sha256 of this.#wanted) {
      const certificate = this.#known.get(sha256);
      const likeness = certificate === undefined ? null : likenessOf(described, certificate);
      const isWeak = likeness === 'probable' && described.issuer === null && this.anchors.new.includes(sha256);
      if (likeness !== null && !isWeak) return { sha256, isExact: likeness === 'exact' };
    }
    return null;
  }
}

/** The lines that name the trustpoints of some anchors, each once. */
function linesOf(anchors: readonly string[], names: Draft['trustpoints'], uses: Draft['uses']): readonly string[] {
  const lines = new Set<string>();
  for (const sha256 of anchors) {
    for (const name of names.get(sha256) ?? []) for (const line of uses.get(name) ?? []) lines.add(line);
  }
  return [...lines];
}

function addNames(names: Map<string, Set<string>>, sha256: string, more: readonly string[]): void {
  const known = names.get(sha256) ?? new Set();
  names.set(sha256, known);
  for (const name of more) known.add(name);
}

/** A string found in a text keeps all of the text in memory, as long as it is not copied. */
function detach({ trustpoints, notBefore, notAfter, ...found }: DescribedCertificate): LedgerDescription {
  const copy = (text: string | null) => (text === null ? null : copyOf(text));
  return {
    sha1: copy(found.sha1),
    md5: copy(found.md5),
    serialNumber: copy(found.serialNumber),
    subject: copy(found.subject),
    issuer: copy(found.issuer),
    notBefore,
    notAfter,
    trustpoints: trustpoints.map(copyOf),
  };
}

function copyOf(text: string): string {
  return Buffer.from(text).toString();
}

function stateOf(hasOld: boolean, hasNew: boolean): AnchorState {
  if (hasNew) return hasOld ? 'both' : 'new-only';
  return hasOld ? 'old-only' : 'none';
}
