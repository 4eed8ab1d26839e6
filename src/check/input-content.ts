/**
 * What an input holds that a check looks at, whoever read it: this call, or a shard.
 *
 * @module
 */
import type { DescribedCertificate } from '../device/show-output.js';
import type { Certificate } from '../x509/certificate.js';

/** What was found in one input. */
export interface InputContent {
  /** What the user named, or a file below it. */
  readonly input: string;
  readonly certificates: readonly Certificate[];
  readonly described: readonly DescribedCertificate[];
  /** The files in it, where it is an archive. */
  readonly members?: readonly string[] | undefined;
  /** The attachments in it, where it is a mail. */
  readonly attachments?: readonly string[] | undefined;
  /** Which of the certificates stand in keystores that make nobody trust them: their numbers, from 0. */
  readonly untrusted?: readonly number[] | undefined;
}
