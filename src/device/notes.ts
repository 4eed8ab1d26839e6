/**
 * Notes on blocks that more than one platform has.
 *
 * @module
 */
import { toDay } from '../encoding/rfc3339.js';
import { isSelfSigned } from './chain.js';
import type { BlockFile, BlockNote, BlockRequest } from './trustpoint.js';

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

/**
 * One note for every certificate of an install block that is not valid then: devices go by their own clock.
 *
 * @param at - not looked at when it is missing
 */
export function noteClock({ action, trustpoints }: BlockRequest, at: Date | undefined): readonly BlockNote[] {
  if (action !== 'install' || at === undefined) return [];
  return [...new Set(trustpoints.flatMap(({ certificates }) => certificates))]
    .filter(({ notBefore, notAfter }) => at < notBefore || at > notAfter)
    .map(({ subject, notBefore, notAfter, sha256 }) => ({
      code: 'device/clock',
      message: `${subject} is valid from ${toDay(notBefore)} to ${toDay(notAfter)} only, and a device goes by its own clock`,
      hint: 'the clock of the device must be right: look at "show clock" there, and at the dates of the certificate',
      sha256,
    }));
}

/**
 * That part of a block is recalled, differs between releases, or is recorded nowhere.
 *
 * @param look - the command that shows what became of it
 */
export function noteUnverified(message: string, look: string): BlockNote {
  return { code: 'device/unverified', message, hint: `try the block on one device first, and look with ${look}` };
}

/** That nobody recorded how a platform takes CAs that are not roots; nothing where there are none. */
export function noteUnverifiedChain({ action, trustpoints }: BlockRequest, platform: string): readonly BlockNote[] {
  if (action !== 'install' || trustpoints.every(({ certificates }) => certificates.every(isSelfSigned))) return [];
  return [
    {
      code: 'device/unverified-chain',
      message: `whether ${platform} takes intermediate CAs as the block installs them is not recorded`,
      hint: 'try the block on one device first',
    },
  ];
}

/** That a block saves although it was not to. */
export function noteAlwaysSaved({ save }: BlockRequest, why: string): readonly BlockNote[] {
  if (save) return [];
  return [
    {
      code: 'device/always-saved',
      message: `${why}, so the block saves in spite of --no-save`,
      hint: 'the rollback block takes it back',
    },
  ];
}

/** Which files have to be on the device, and how to get them. */
export function noteFiles(files: readonly BlockFile[], folder: string): readonly BlockNote[] {
  if (files.length === 0) return [];
  return [
    {
      code: 'device/file-needed',
      message: `the block loads ${files.map(({ name }) => name).join(', ')}, to be in ${folder} on the device before it is pasted`,
      hint: 'copy what --out FOLDER writes beside the block to the device, with scp or sftp',
    },
  ];
}
