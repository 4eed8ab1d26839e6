/**
 * Moduli of RSA keys that can be factored without effort, each by the mark that its maker left in it: small factors
 * (NIST SP 800-89 5.3.3 asks for none below 752), primes that lie too close together (Fermat's method, CVE-2022-26320), and
 * the primes of Infineon's library (CVE-2017-15361, ROCA).
 *
 * @module
 */

/** OpenSSL (OPENSSL_RSA_MAX_MODULUS_BITS) and Java use no longer ones, and the work here grows with the length. */
export const LONGEST_MODULUS = 16_384;

/** NIST SP 800-89 5.3.3. Most moduli that went wrong by accident have a factor below. */
const SMALL = 752;

/** With primes made at random the first round never succeeds; those of the weak generators took fewer than this. */
const FERMAT_ROUNDS = 100;

/**
 * The weak primes are `k * M + (65537 ^ a mod M)`, M the product of the first n primes, so that a modulus is a power of 65537
 * modulo each of them. The smallest M, of keys from 512 bits on, divides that of longer keys: it has 39 primes, up to 167
 * (M. Nemec, M. Sys, P. Svenda, D. Klinec, V. Matyas: The Return of Coppersmith's Attack, ACM CCS 2017, 2.1 and 2.2).
 */
const ROCA_GENERATOR = 65_537;
const LARGEST_ROCA_PRIME = 167;

/** What squares leave modulo these: of 100 other numbers one looks like a square, and is not worth taking the root of. */
const SQUARES_MODULO: readonly { readonly divisor: number; readonly remainders: ReadonlySet<number> }[] = [
  64, 63, 65, 11,
].map((divisor) => ({
  divisor,
  remainders: new Set(Array.from({ length: divisor }, (_, root) => (root * root) % divisor)),
}));
const SQUARES_DIVISOR = 64n * 63n * 65n * 11n;

/**
 * What makes a modulus weak.
 *
 * @param modulus - of at most `LONGEST_MODULUS` bits
 * @returns a phrase that goes behind "its RSA modulus", or null
 */
export function describeWeakModulus(modulus: bigint): string | null {
  if (modulus <= 1n) return 'is 1 or less';
  if (hasSmallFactor(modulus)) return `has a prime factor below ${SMALL}`;
  if (hasRocaStructure(modulus)) return 'has the structure of a faulty smart card library (ROCA, CVE-2017-15361)';
  return hasCloseFactors(modulus) ? 'is the product of two primes that lie close together (CVE-2022-26320)' : null;
}

/** Primes, and their product, which is one that a number holds exactly. */
interface PrimeGroup {
  product: bigint;
  readonly primes: number[];
}

/** The primes below 752: the long modulus is divided once for each group, and what is left by each prime. */
let smallPrimes: readonly PrimeGroup[] | undefined;

/** Whether a prime below 752 divides it. */
export function hasSmallFactor(modulus: bigint): boolean {
  smallPrimes ??= groupPrimes(primesBelow(SMALL));
  return smallPrimes.some(({ product, primes }) => {
    const rest = Number(modulus % product);
    return primes.some((prime) => rest % prime === 0);
  });
}

function groupPrimes(primes: readonly number[]): readonly PrimeGroup[] {
  const groups: PrimeGroup[] = [];
  for (const prime of primes) {
    const last = groups.at(-1);
    const product = (last?.product ?? 1n) * BigInt(prime);
    if (last === undefined || product > Number.MAX_SAFE_INTEGER)
      groups.push({ product: BigInt(prime), primes: [prime] });
    else {
      last.product = product;
      last.primes.push(prime);
    }
  }
  return groups;
}

/** Whether Fermat's method factors it within a hundred rounds; a square is found in the first. */
export function hasCloseFactors(modulus: bigint): boolean {
  const floor = squareRoot(modulus);
  let half = floor * floor === modulus ? floor : floor + 1n;
  let rest = half * half - modulus;
  for (let round = 0; round < FERMAT_ROUNDS; round++) {
    if (isSquare(rest)) return true;
    rest += 2n * half + 1n;
    half++;
  }
  return false;
}

/**
 * Whether it is a power of 65537 modulo the product of the primes up to 167. The exponents found modulo the single primes
 * must be those of one power: where the orders of 65537 have a common divisor, they must agree modulo it. Of ordinary moduli
 * fewer than one in 2^27 pass the first condition alone.
 */
export function hasRocaStructure(modulus: bigint): boolean {
  const logarithms: { readonly exponent: number; readonly order: number }[] = [];
  for (const prime of primesBelow(LARGEST_ROCA_PRIME + 1)) {
    const powers = powersModulo(prime);
    const exponent = powers.indexOf(Number(modulus % BigInt(prime)));
    if (exponent < 0) return false;
    logarithms.push({ exponent, order: powers.length });
  }
  return logarithms.every((one, i) =>
    logarithms
      .slice(0, i)
      .every((other) => (one.exponent - other.exponent) % greatestDivisor(one.order, other.order) === 0),
  );
}

/** The powers of the generator, from the first (1) to the last before they come again. */
function powersModulo(prime: number): readonly number[] {
  const powers = [1 % prime];
  for (;;) {
    const next = ((powers.at(-1) as number) * (ROCA_GENERATOR % prime)) % prime;
    if (next === powers[0]) return powers;
    powers.push(next);
  }
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** Short enough that the floating-point root, rounded up, is a start for Newton's method. */
const SHORT = 1n << 100n;

/**
 * The largest integer whose square is not larger. Newton's method from above, started with the root of the upper half of the
 * digits, so that a step or two are left to do in the full length.
 */
function squareRoot(value: bigint): bigint {
  if (value === 0n) return 0n;
  let root = startAbove(value);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

function startAbove(value: bigint): bigint {
  if (value < SHORT) return BigInt(Math.ceil(Math.sqrt(Number(value)))) + 1n;
  const quarter = BigInt(value.toString(16).length);
  return (squareRoot(value >> (2n * quarter)) + 1n) << quarter;
}

function isSquare(value: bigint): boolean {
  const rest = Number(value % SQUARES_DIVISOR);
  if (!SQUARES_MODULO.every(({ divisor, remainders }) => remainders.has(rest % divisor))) return false;
  const root = squareRoot(value);
  return root * root === value;
}

function primesBelow(limit: number): readonly number[] {
  const isComposite = new Uint8Array(limit);
  const primes: number[] = [];
  for (let candidate = 2; candidate < limit; candidate++) {
    if (isComposite[candidate] === 1) continue;
    primes.push(candidate);
    for (let multiple = candidate * candidate; multiple < limit; multiple += candidate) isComposite[multiple] = 1;
  }
  return primes;
}
