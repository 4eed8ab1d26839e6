/**
 * Certificates of many inputs, one of each: thousands of copies of a root take the memory of one.
 *
 * @module
 */
import { asBuffer } from '../encoding/buffer.js';
import type { Certificate } from './certificate.js';

/** Bytes at the start, which hold the serial number, and at the end, which belong to the signature. */
const HEAD = 48;
const TAIL = 16;

/** Keeps certificates whose bytes may be used for other things once they were handed over. */
export class CertificatePool {
  readonly #bySample = new Map<number, Certificate>();
  /** Those whose sample another certificate has as well. */
  readonly #others = new Map<string, Certificate>();

  /**
   * The same certificate at its place. Its `der` is the same object at every place, and shares memory with nothing else.
   */
  keep(certificate: Certificate): Certificate {
    const kept = this.#find(certificate);
    return certificate.source === null ? kept : kept.withSource(certificate.source);
  }

  /** By a sample of the bytes and then by all of them: digests take longer than all else that is asked of most. */
  #find(certificate: Certificate): Certificate {
    const sample = sampleOf(certificate.der);
    const first = this.#bySample.get(sample);
    if (first === undefined) {
      const kept = certificate.detached();
      this.#bySample.set(sample, kept);
      return kept;
    }
    if (asBuffer(first.der).equals(certificate.der)) return first;
    const kept = this.#others.get(certificate.sha256) ?? certificate.detached();
    this.#others.set(certificate.sha256, kept);
    return kept;
  }
}

/** FNV-1a. */
function sampleOf(bytes: Uint8Array): number {
  let hash = bytes.length;
  for (let at = 0; at < HEAD; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  for (let at = bytes.length - TAIL; at < bytes.length; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}
