/**
 * Certificates of many inputs, one of each: thousands of copies of a root take the memory of one.
 *
 * @module
 */
import type { Certificate } from './certificate.js';

/** Bytes at the start, which hold the serial number, and at the end, which belong to the signature. */
const HEAD = 48;
const TAIL = 16;

/** Pieces of memory that are shared out: thousands of small ones would keep the collector of garbage busy. */
const SLAB = 256 * 1024;

/** Keeps certificates whose bytes may be used for other things once they were handed over. */
export class CertificatePool {
  readonly #bySample = new Map<number, Certificate>();
  /** Those whose sample another certificate has as well. */
  readonly #others = new Map<string, Certificate>();
  #slab = new Uint8Array();
  #used = 0;

  /** The same certificate over memory of the pool. Its `der` is one object, however often it is found. */
  keep(certificate: Certificate): Certificate {
    const sample = sampleOf(certificate.der);
    const first = this.#bySample.get(sample);
    if (first === undefined) {
      const kept = this.#detach(certificate);
      this.#bySample.set(sample, kept);
      return kept;
    }
    // Digests take longer than all else that is asked of most.
    if (Buffer.compare(first.der, certificate.der) === 0) return first;
    const kept = this.#others.get(certificate.sha256) ?? this.#detach(certificate);
    this.#others.set(certificate.sha256, kept);
    return kept;
  }

  #detach(certificate: Certificate): Certificate {
    const { der } = certificate;
    if (this.#used + der.length > this.#slab.length) {
      this.#slab = new Uint8Array(Math.max(SLAB, der.length));
      this.#used = 0;
    }
    const kept = this.#slab.subarray(this.#used, this.#used + der.length);
    kept.set(der);
    this.#used += der.length;
    return certificate.withBytes(kept);
  }
}

/** FNV-1a. */
function sampleOf(bytes: Uint8Array): number {
  let hash = bytes.length;
  for (let at = 0; at < HEAD; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  for (let at = bytes.length - TAIL; at < bytes.length; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}
