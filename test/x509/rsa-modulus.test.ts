import { generatePrimeSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { genuineBodies } from '../../src/catalog/catalog.ts';
import { decodeCertificate } from '../../src/x509/certificate.ts';
import { describeWeakModulus, hasCloseFactors, hasRocaStructure, hasSmallFactor } from '../../src/x509/rsa-modulus.ts';
import { nextPrime, rocaPrime } from '../support/rsa.ts';

/** Of 512 bits, each with a top that makes their distances large. */
const primes = Array.from({ length: 46 }, () => generatePrimeSync(512, { bigint: true }));
const ordinary = primes.flatMap((p, i) => primes.slice(0, i).map((q) => p * q));
const P = nextPrime(1n << 1023n);

test('ordinary moduli are weak in no way', () => {
  expect(ordinary.length).toBeGreaterThan(1000);
  expect(ordinary.map(describeWeakModulus).filter((weakness) => weakness !== null)).toEqual([]);
});

test('the moduli of all public roots are weak in no way', () => {
  const moduli = [...genuineBodies().values()]
    .map((base64) => decodeCertificate(new Uint8Array(Buffer.from(base64, 'base64'))).publicKey.modulus)
    .filter((modulus) => modulus !== undefined);
  expect(moduli.map(describeWeakModulus).filter((weakness) => weakness !== null)).toEqual([]);
  expect(moduli.length).toBeGreaterThan(90);
});

describe('a modulus of the structure of CVE-2017-15361', () => {
  const [p, q] = [rocaPrime(123_456_789n, 4711), rocaPrime(987_654_321n, 815)];

  test('is found', () => {
    expect(hasRocaStructure(p * q)).toBe(true);
    expect(describeWeakModulus(p * q)).toMatch(/ROCA/);
  });

  test('is not seen in one prime of that kind and an ordinary one', () => {
    expect(hasRocaStructure(p * (primes[0] as bigint))).toBe(false);
  });

  test('is not seen where the exponents modulo single primes are those of different powers', () => {
    // 65537 has order 2 modulo 3 and order 4 modulo 5: 2 = 65537^1 mod 3 goes with odd exponents only, 4 = 65537^2 mod 5 with even ones.
    const chinese = (residues: readonly (readonly [number, number])[]) => {
      let [value, product] = [0n, 1n];
      for (const [residue, prime] of residues) {
        while (value % BigInt(prime) !== BigInt(residue)) value += product;
        product *= BigInt(prime);
      }
      return value;
    };
    const small = Array.from({ length: 166 }, (_, i) => i + 2).filter((n) => nextPrime(BigInt(n), 1n) === BigInt(n));
    const ones = small.map((prime): [number, number] => [1, prime]);
    expect(hasRocaStructure(chinese(ones))).toBe(true);
    const mixed = ones.map(([one, prime]): [number, number] => [prime === 3 ? 2 : prime === 5 ? 4 : one, prime]);
    expect(hasRocaStructure(chinese(mixed))).toBe(false);
  });
});

describe('small factors', () => {
  test.each([2n, 3n, 743n, 751n])('%i divides', (factor) => {
    expect(hasSmallFactor(factor * P)).toBe(true);
  });
  test('each prime below 752 divides, and none but these', () => {
    const primes = Array.from({ length: 750 }, (_, i) => BigInt(i + 2)).filter((n) => nextPrime(n, 1n) === n);
    expect(primes).toHaveLength(133);
    for (const prime of primes) expect([prime, hasSmallFactor(prime * P)]).toEqual([prime, true]);
    expect(hasSmallFactor(P)).toBe(false);
  });
  test('757 is not below 752', () => {
    expect(hasSmallFactor(757n * P)).toBe(false);
  });
});

describe('primes that lie close together', () => {
  test.each([
    { name: 'twins', distance: 2n, found: true },
    { name: 'half the bits apart', distance: 1n << 500n, found: true },
    { name: 'found in round 8 or so', distance: 1n << 515n, found: true },
    { name: 'as far apart as random ones', distance: 1n << 1000n, found: false },
  ])('$name', ({ distance, found }) => {
    expect(hasCloseFactors(P * nextPrime(P + distance))).toBe(found);
  });
  test('squares of any length, and nothing beside them', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n << 30n, max: 1n << 2100n }), (root) => {
        expect(hasCloseFactors(root * root)).toBe(true);
      }),
    );
    expect(hasCloseFactors(P * P)).toBe(true);
  });
});

test.each([-1n, 0n, 1n])('%i is no modulus', (modulus) => {
  expect(describeWeakModulus(modulus)).not.toBeNull();
});
