/**
 * How much work one validation may cost. Whoever sends a chain chooses how hard it is to judge, so every kind of work that
 * grows faster than the input is counted, and a validation that runs out of it ends with that as its reason.
 *
 * @module
 */

/** A kind of work, and how much of it there is at the start. */
export const WORK = {
  /** Signatures verified. Go allows 100 since CVE-2018-16875, and so does rustls-webpki. */
  signatures: 100,
  /** Certificates looked at as a possible issuer. rustls-webpki allows 200,000 steps of path building. */
  candidates: 200_000,
  /** Complete paths validated. Each costs at most the signatures and comparisons counted here besides. */
  paths: 1000,
  /** Names compared with constraints of their form. BoringSSL allows 1,048,576 (2^20) since its name constraints bound. */
  nameComparisons: 1_048_576,
  /**
   * Nodes and edges of policy graphs. OpenSSL allows 1,000 nodes since CVE-2023-0464, of a tree that grows exponentially;
   * the graph of RFC 9618 grows with the certificates only, and ten times that is more than any honest path needs.
   */
  policyNodes: 10_000,
  /**
   * Signatures of CRLs and OCSP responses verified; the same one with the same key counts once. As many as for
   * certificates.
   */
  crlSignatures: 100,
  /**
   * CRLs held against a certificate: a CA has one for each distribution point, and hands out a few at a time. Answers of
   * OCSP responders likewise, of which there is one for each certificate.
   */
  crls: 10_000,
  /** Entries of CRLs compared with a serial number: 50 look-ups in CRLs of 100,000 entries, about a second. */
  crlEntries: 5_000_000,
  /** Signers of CRLs and OCSP responses outside the path that are looked into: one for each CA is what there is. */
  crlSigners: 20,
} as const;

/** A kind of work. */
export type Work = keyof typeof WORK;

/** Thrown by a budget that is used up, and caught by `validatePath`: never seen outside this folder. */
export class BudgetExceeded extends Error {
  override readonly name = 'BudgetExceeded';
  readonly work: Work;

  constructor(work: Work, allowed: number) {
    super(`more than ${allowed} ${work}`);
    this.work = work;
  }
}

/** What is left of each kind of work. One for each validation. */
export class Budget {
  readonly #left: Record<Work, number>;
  readonly #allowed: Readonly<Record<Work, number>>;

  /** @param allowed - where it is to be other than `WORK` */
  constructor(allowed: Partial<Record<Work, number>> = {}) {
    this.#left = { ...WORK, ...allowed };
    this.#allowed = { ...this.#left };
  }

  /**
   * Takes some work away before it is done; work that is not allowed is not counted as spent.
   *
   * @throws {BudgetExceeded} when less is left
   */
  spend(work: Work, amount = 1): void {
    if (this.#left[work] < amount) throw new BudgetExceeded(work, this.#allowed[work]);
    this.#left[work] -= amount;
  }

  /** How much was used of each kind so far. */
  get spent(): Readonly<Record<Work, number>> {
    const used = Object.entries(this.#allowed).map(([work, allowed]) => [work, allowed - this.#left[work as Work]]);
    return Object.fromEntries(used) as Record<Work, number>;
  }
}
