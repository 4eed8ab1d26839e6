/**
 * Notes on blocks that more than one platform has.
 *
 * @module
 */
import { isSelfSigned } from './chain.js';
import type { BlockNote, BlockRequest } from './trustpoint.js';

/**
 * One note for every chain that an install block begins below its root.
 *
 * @param consequence - what the platform does then
 */
export function noteIncompleteChains(
  { action, style, trustpoints }: BlockRequest,
  consequence: string,
): readonly BlockNote[] {
  // The pool takes what it is given: nothing there hangs on anything else.
  if (action !== 'install' || style === 'trustpool') return [];
  return trustpoints
    .filter(({ continuedBy }) => continuedBy === null)
    .map(({ certificates }) => certificates.at(-1) ?? certificates[0])
    .filter((uppermost) => !isSelfSigned(uppermost))
    .map(({ subject, sha256 }) => ({
      code: 'device/incomplete-chain',
      message: `${subject} is not self-signed, and the CA that issued it is not in the block: ${consequence}`,
      hint: 'give the CAs above it as well, with --chain',
      sha256,
    }));
}
