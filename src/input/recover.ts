/**
 * A self-signed certificate of which one or two characters were misread: every reading of characters that look alike is
 * tried, and only one whose own signature verifies is taken. A signature over other bytes cannot be found in that way, so
 * that what is found is what was signed. Whose certificate it is, it does not say.
 *
 * For RSASSA-PKCS1-v1_5 the search meets in the middle: a key and a signature that belong together give the digest of what
 * was signed, with which each reading of the rest is compared by its hash.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto';
import { withoutPadding } from '../encoding/base64.js';
import { expectTrustError } from '../errors.js';
import { type Certificate, decodeCertificate } from '../x509/certificate.js';
import { verifyCertificateSignature } from '../x509/signature.js';
import { digestOf, hashOfPkcs1Signature, rsaKeyOf, signedDigest } from '../x509/signed-digest.js';
import { alternativesOf, commonAlternativesOf, readingsOf } from './confusable.js';

/** More misread characters than this are not searched: readings multiply. */
const MAX_CHANGES = 2;

/** Longer certificates have too many readings. */
const MAX_CHARACTERS = 8192;

/** Names in which more octets differ are not one name misread. */
const MAX_NAME_DIFFERENCES = 2 * MAX_CHANGES;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** What a step costs, in microseconds of an ordinary machine. */
const COST = { decode: 15, hash: 2, openSignature: 100, verify: 400 } as const;

/** What the searches of one input may cost together, in the units of `COST`; a few seconds. */
const SEARCH_BUDGET = 4_000_000;

/** One character that was misread. */
interface Change {
  /** Index among the characters of the copy. */
  readonly index: number;
  readonly found: string;
  readonly genuine: string;
}

/** A certificate that was recovered, with what had to be changed for it, in order. */
export interface Recovery {
  readonly certificate: Certificate;
  readonly changes: readonly Change[];
}

/** Counts what searches cost, so that no input takes longer than its budget. */
export class SearchBudget {
  #left: number;

  constructor(left: number = SEARCH_BUDGET) {
    this.#left = left;
  }

  /** @returns whether there was enough left for it */
  spend(cost: number): boolean {
    if (this.#left < cost) return false;
    this.#left -= cost;
    return true;
  }
}

/** Bytes in which characters can be changed and changed back. */
interface Draft {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly changes: readonly Change[];
}

/** Where the parts of a certificate are in its bytes. */
interface Parts {
  readonly tbs: readonly [start: number, end: number];
  readonly key: readonly [start: number, end: number];
  readonly signature: readonly [start: number, end: number];
}

/**
 * Whether a certificate is meant to be signed with its own key: issuer and subject are equal but for a few octets.
 *
 * @throws {TrustError} `der/…` where a name is malformed
 */
function seemsSelfIssued({ issuerName, subjectName }: Certificate): boolean {
  const [a, b] = [issuerName.der, subjectName.der];
  return (
    a.length === b.length && a.reduce((sum, octet, at) => sum + (octet === b[at] ? 0 : 1), 0) <= MAX_NAME_DIFFERENCES
  );
}

/** Whether a certificate seems to be signed with its own key, and is not. Never throws. */
export function hasBrokenSelfSignature(certificate: Certificate): boolean {
  try {
    return seemsSelfIssued(certificate) && !isProven(certificate);
  } catch (error) {
    expectTrustError(error);
    return false;
  }
}

/**
 * Searches for the self-signed certificate that a copy was made from.
 *
 * @param characters - what stands between the markers, without blanks and line ends
 * @returns null when no reading of at most two characters verifies, and when the budget does not suffice
 */
export function recoverSelfSigned(characters: string, budget: SearchBudget): Recovery | null {
  const text = withoutPadding(characters);
  if (text.length > MAX_CHARACTERS || text.length % 4 === 1) return null;
  const all: Draft[] = [];
  // Those that prove themselves come first: a search from one that does not may use up the budget.
  for (const draft of drafts(text, budget)) {
    const certificate = proven(draft, budget);
    if (certificate !== null) return { certificate, changes: inOrder(draft.changes) };
    all.push(draft);
  }
  for (const draft of all) {
    const recovery = search(draft, budget);
    if (recovery !== null) return recovery;
  }
  return null;
}

function proven({ bytes, changes }: Draft, budget: SearchBudget): Certificate | null {
  return changes.length > 0 && budget.spend(COST.verify) ? withChanges(bytes, []) : null;
}

/** The readings of a text that are certificates by their structure, with as few changes as that takes. */
function* drafts(text: string, budget: SearchBudget): Generator<Draft> {
  const foreign = [...text.matchAll(/[^A-Za-z0-9+/]/g)].map(({ index }) => index);
  if (foreign.length > MAX_CHANGES) return;
  for (const changes of fillings(text, foreign)) {
    const filled = [...text];
    for (const { index, genuine } of changes) filled[index] = genuine;
    const draft = { text: filled.join(''), bytes: new Uint8Array(Buffer.from(filled.join(''), 'base64')), changes };
    if (decodeSelfIssued(draft.bytes) !== null) yield draft;
    else if (changes.length < MAX_CHANGES) yield* mended(draft, foreign, budget);
  }
}

/** Every way to read the characters that are no base64. */
function fillings(text: string, foreign: readonly number[]): readonly (readonly Change[])[] {
  let ways: readonly (readonly Change[])[] = [[]];
  for (const index of foreign) {
    const found = text.charAt(index);
    ways = ways.flatMap((way) => [...readingsOf(found)].map((genuine) => [...way, { index, found, genuine }]));
  }
  return ways;
}

/** The drafts with one more change that have the structure of a certificate. */
function* mended(draft: Draft, fixed: readonly number[], budget: SearchBudget): Generator<Draft> {
  for (const change of singleChanges(draft.text, fixed, alternativesOf)) {
    if (!budget.spend(COST.decode)) return;
    flip(draft.bytes, change);
    if (decodeSelfIssued(draft.bytes) !== null)
      yield { ...draft, bytes: draft.bytes.slice(), changes: [...draft.changes, change] };
    flip(draft.bytes, change);
  }
}

function search(draft: Draft, budget: SearchBudget): Recovery | null {
  const certificate = decodeSelfIssued(draft.bytes);
  const left = MAX_CHANGES - draft.changes.length;
  if (certificate === null || left === 0) return null;
  const fixed = draft.changes.map(({ index }) => index);
  const hash = hashOfPkcs1Signature(certificate);
  const found =
    hash === null
      ? searchByVerifying(draft, fixed, left, budget)
      : new DigestSearch(draft.bytes, partsOf(certificate), hash, budget).find(draft.text, fixed, left);
  if (found === null) return null;
  const recovered = withChanges(draft.bytes, found);
  return recovered === null ? null : { certificate: recovered, changes: inOrder([...draft.changes, ...found]) };
}

/** Every change alone, then pairs of the commonest, each with a signature to verify. */
function searchByVerifying(
  draft: Draft,
  fixed: readonly number[],
  left: number,
  budget: SearchBudget,
): readonly Change[] | null {
  for (const change of singleChanges(draft.text, fixed, alternativesOf)) {
    if (!budget.spend(COST.verify)) return null;
    if (withChanges(draft.bytes, [change]) !== null) return [change];
  }
  if (left < 2) return null;
  for (const pair of pairsOf(singleChanges(draft.text, fixed, commonAlternativesOf))) {
    if (!budget.spend(COST.verify)) return null;
    if (withChanges(draft.bytes, pair) !== null) return pair;
  }
  return null;
}

/** The search in a certificate with an RSASSA-PKCS1-v1_5 signature. */
class DigestSearch {
  readonly #bytes: Uint8Array;
  readonly #parts: Parts;
  readonly #hash: string;
  readonly #length: number;
  readonly #budget: SearchBudget;
  readonly #key: KeyObject | null;

  constructor(bytes: Uint8Array, parts: Parts, hash: string, budget: SearchBudget) {
    this.#bytes = bytes;
    this.#parts = parts;
    this.#hash = hash;
    this.#budget = budget;
    this.#length = digestOf(hash, new Uint8Array()).length;
    this.#key = rsaKeyOf(this.#part('key'));
  }

  /** The changes after which the signature is right, and what it does not cover, too. */
  find(text: string, fixed: readonly number[], left: number): readonly Change[] | null {
    const all = singleChanges(text, fixed, alternativesOf);
    const seals = all.filter((change) => this.#isIn(change, 'key') || this.#isIn(change, 'signature'));
    const others = all.filter((change) => !seals.includes(change));
    const body = others.filter((change) => this.#isIn(change, 'tbs'));
    const digest = this.#open(this.#key);
    const found =
      digest === null
        ? (this.#findInSeals(seals, body, left) ?? (left < 2 ? null : this.#findPairOfSeals(text, fixed)))
        : this.#findInBody(digest, body, left);
    const around = others.filter((change) => !body.includes(change));
    return found === null ? null : this.#prove(found, found.length < left ? around : []);
  }

  /** The key and the signature belong together: what is wrong is in the rest of what is signed, or around it. */
  #findInBody(digest: Buffer, body: readonly Change[], left: number): readonly Change[] | null {
    if (this.#hasDigest(digest)) return [];
    for (const [number, change] of body.entries()) {
      flip(this.#bytes, change);
      const found = this.#findRest(digest, change, left < 2 ? [] : body.slice(number + 1));
      flip(this.#bytes, change);
      if (found !== 'none') return found === 'exhausted' ? null : found;
    }
    return null;
  }

  /** The changes, with one more around what is signed, in the algorithm or a length, where that is wrong. */
  #prove(found: readonly Change[], around: readonly Change[]): readonly Change[] | null {
    if (found.length > 0 && withChanges(this.#bytes, found) !== null) return found;
    for (const change of around) {
      if (!this.#budget.spend(COST.verify)) return null;
      if (withChanges(this.#bytes, [...found, change]) !== null) return [...found, change];
    }
    return null;
  }

  /** With one change made: whether that is all, or one more completes it. */
  #findRest(digest: Buffer, first: Change, others: readonly Change[]): readonly Change[] | 'none' | 'exhausted' {
    if (!this.#budget.spend(COST.hash)) return 'exhausted';
    if (this.#hasDigest(digest)) return [first];
    for (const second of others) {
      if (second.index === first.index) continue;
      if (!this.#budget.spend(COST.hash)) return 'exhausted';
      flip(this.#bytes, second);
      const fits = this.#hasDigest(digest);
      flip(this.#bytes, second);
      if (fits) return [first, second];
    }
    return 'none';
  }

  /** One change in the key or the signature makes them belong together. */
  #findInSeals(seals: readonly Change[], body: readonly Change[], left: number): readonly Change[] | null {
    for (const seal of seals) {
      if (!this.#budget.spend(COST.openSignature)) return null;
      flip(this.#bytes, seal);
      const digest = this.#open(this.#isIn(seal, 'key') ? rsaKeyOf(this.#part('key')) : this.#key);
      const found = digest === null ? null : this.#complete(digest, seal, body, left);
      flip(this.#bytes, seal);
      if (found !== null) return found;
    }
    return null;
  }

  #complete(digest: Buffer, seal: Change, body: readonly Change[], left: number): readonly Change[] | null {
    if (left < 2) return this.#hasDigest(digest) ? [seal] : null;
    const rest = this.#findInBody(
      digest,
      body.filter(({ index }) => index !== seal.index),
      1,
    );
    return rest === null ? null : [seal, ...rest];
  }

  /** Both changes are in the key or the signature. */
  #findPairOfSeals(text: string, fixed: readonly number[]): readonly Change[] | null {
    const seals = singleChanges(text, fixed, commonAlternativesOf).filter(
      (change) => this.#isIn(change, 'key') || this.#isIn(change, 'signature'),
    );
    for (const pair of pairsOf(seals)) {
      if (!this.#budget.spend(COST.openSignature)) return null;
      for (const change of pair) flip(this.#bytes, change);
      const digest = this.#open(
        pair.some((change) => this.#isIn(change, 'key')) ? rsaKeyOf(this.#part('key')) : this.#key,
      );
      const fits = digest !== null && this.#hasDigest(digest);
      for (const change of pair) flip(this.#bytes, change);
      if (fits) return pair;
    }
    return null;
  }

  #open(key: KeyObject | null): Buffer | null {
    return key === null ? null : signedDigest(key, this.#part('signature'), this.#length);
  }

  #hasDigest(digest: Buffer): boolean {
    return digestOf(this.#hash, this.#part('tbs')).equals(digest);
  }

  #part(name: keyof Parts): Uint8Array {
    return this.#bytes.subarray(...this.#parts[name]);
  }

  /** Whether a character has a bit in a part. */
  #isIn({ index }: Change, name: keyof Parts): boolean {
    const [start, end] = this.#parts[name];
    return (index * 6 + 5) >> 3 >= start && (index * 6) >> 3 < end;
  }
}

function partsOf({ der, tbsCertificate, subjectPublicKeyInfo, signature }: Certificate): Parts {
  const placeOf = (part: Uint8Array): readonly [number, number] => {
    const start = part.byteOffset - der.byteOffset;
    return [start, start + part.length];
  };
  return { tbs: placeOf(tbsCertificate), key: placeOf(subjectPublicKeyInfo), signature: placeOf(signature) };
}

/** Every change of one character, but for those at the indices that are fixed. */
function singleChanges(
  text: string,
  fixed: readonly number[],
  alternatives: (character: string) => string,
): readonly Change[] {
  return [...text].flatMap((found, index) =>
    fixed.includes(index) ? [] : [...alternatives(found)].map((genuine) => ({ index, found, genuine })),
  );
}

function* pairsOf(changes: readonly Change[]): Generator<readonly [Change, Change]> {
  for (const [number, first] of changes.entries()) {
    for (const second of changes.slice(number + 1)) if (second.index !== first.index) yield [first, second];
  }
}

/** Changes the six bits of a character in bytes; a second time changes them back. */
function flip(bytes: Uint8Array, { index, found, genuine }: Change): void {
  const bits = (ALPHABET.indexOf(found) ^ ALPHABET.indexOf(genuine)) << (10 - ((index * 6) & 7));
  const at = (index * 6) >> 3;
  bytes[at] = (bytes[at] as number) ^ (bits >> 8);
  if (at + 1 < bytes.length) bytes[at + 1] = (bytes[at + 1] as number) ^ (bits & 0xff);
}

/** The certificate that bytes are with changes made to them, if it proves itself. */
function withChanges(bytes: Uint8Array, changes: readonly Change[]): Certificate | null {
  const changed = bytes.slice();
  for (const change of changes) flip(changed, change);
  const certificate = decodeSelfIssued(changed);
  return certificate !== null && isProven(certificate) ? certificate : null;
}

/** Whether a certificate is signed with its own key, and what the signature does not cover is as it must be. */
function isProven(certificate: Certificate): boolean {
  const { der, issuerName, subjectName, signature, signatureAlgorithmDer, tbsSignatureAlgorithmDer } = certificate;
  return (
    Buffer.compare(issuerName.der, subjectName.der) === 0 &&
    Buffer.compare(signatureAlgorithmDer, tbsSignatureAlgorithmDer) === 0 &&
    der[signature.byteOffset - der.byteOffset - 1] === 0 &&
    verifyCertificateSignature(certificate, certificate.subjectPublicKeyInfo) === 'valid'
  );
}

/** A certificate that seems to be signed with its own key; null for all other bytes. */
function decodeSelfIssued(bytes: Uint8Array): Certificate | null {
  try {
    const certificate = decodeCertificate(bytes);
    return seemsSelfIssued(certificate) ? certificate : null;
  } catch (error) {
    expectTrustError(error);
    return null;
  }
}

function inOrder(changes: readonly Change[]): readonly Change[] {
  return changes.toSorted((a, b) => a.index - b.index);
}
