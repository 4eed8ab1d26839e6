/**
 * Laying chains out into trustpoints, in the order in which they are installed.
 *
 * @module
 */
import type { Certificate } from '../x509/certificate.js';
import type { Chain } from './chain.js';
import { TRUSTPOOL, type Trustpoint } from './trustpoint.js';

/**
 * Every CA in a trustpoint of its own, the uppermost first: NAME for the lowest CA of the first chain and NAME-CA1,
 * NAME-CA2 … upwards; NAME-2, NAME-2-CA1 … for the next chain. A CA that several chains share gets one trustpoint.
 */
export function arrangePerCertificate(chains: readonly Chain[], name: string): readonly Trustpoint[] {
  const trustpoints = new Map<Certificate, Trustpoint>();
  for (const [number, chain] of chains.entries()) {
    const lowest = nameOfChain(name, number);
    for (const [level, certificate] of [...chain.entries()].reverse()) {
      const above = chain[level + 1];
      if (trustpoints.has(certificate)) continue;
      trustpoints.set(certificate, {
        name: level === 0 ? lowest : `${lowest}-CA${level}`,
        certificates: [certificate],
        continuedBy: above === undefined ? null : (trustpoints.get(above)?.name ?? null),
      });
    }
  }
  return [...trustpoints.values()];
}

/** Every CA in the pool, uppermost first; one that several chains share once. */
export function arrangeInTrustpool(chains: readonly Chain[]): readonly Trustpoint[] {
  const certificates = new Set(chains.flatMap((chain) => [...chain].reverse()));
  return [...certificates].map((certificate) => ({ name: TRUSTPOOL, certificates: [certificate], continuedBy: null }));
}

/** Every chain in a trustpoint of its own: NAME, NAME-2, NAME-3 … */
export function arrangePerChain(chains: readonly Chain[], name: string): readonly Trustpoint[] {
  return chains.map((chain, number) => ({
    name: nameOfChain(name, number),
    certificates: chain,
    continuedBy: null,
  }));
}

function nameOfChain(name: string, number: number): string {
  return number === 0 ? name : `${name}-${number + 1}`;
}
