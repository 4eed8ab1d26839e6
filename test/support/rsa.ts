/** RSA keys made by hand, as no library would make them. */
import { checkPrimeSync } from 'node:crypto';
import { encodeElement, encodeInteger, encodeOid, TAG } from '../../src/encoding/der.ts';

/** A subjectPublicKeyInfo. */
export function rsaSpki(modulus: bigint, exponent = 65_537n): Uint8Array {
  return encodeElement(
    TAG.sequence,
    encodeElement(TAG.sequence, encodeOid('1.2.840.113549.1.1.1'), Uint8Array.of(TAG.null, 0)),
    encodeElement(
      TAG.bitString,
      Uint8Array.of(0),
      encodeElement(TAG.sequence, encodeInteger(modulus), encodeInteger(exponent)),
    ),
  );
}

/** The first prime from a number on, in steps. */
export function nextPrime(from: bigint, step = 2n): bigint {
  let candidate = step === 2n ? from | 1n : from;
  while (!checkPrimeSync(candidate)) candidate += step;
  return candidate;
}

/** The product of the primes up to 167, by which the primes of the faulty library are told. */
const PRIMORIAL: bigint = Array.from({ length: 168 }, (_, n) => n)
  .filter((n) => n > 1 && checkPrimeSync(BigInt(n)))
  .reduce((product, prime) => product * BigInt(prime), 1n);

/** A prime of about 1024 bits as the library of CVE-2017-15361 makes them: `k * M + (65537 ^ a mod M)`. */
export function rocaPrime(k: bigint, a: number): bigint {
  let power = 1n;
  for (let i = 0; i < a; i++) power = (power * 65_537n) % PRIMORIAL;
  return nextPrime(((1n << 1023n) / PRIMORIAL + k) * PRIMORIAL + power, PRIMORIAL);
}
