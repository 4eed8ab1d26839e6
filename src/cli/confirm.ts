/**
 * Questions to the person at the terminal. Only the word `yes` is a yes.
 *
 * @module
 */
import { TrustError } from '../errors.js';
import { renderCertificate } from '../report/certificate-text.js';
import type { Certificate } from '../x509/certificate.js';
import type { Io } from './io.js';

/** Whether there is somebody to ask. */
export function canAsk(io: Io): boolean {
  return io.terminal.stdin && io.terminal.stderr;
}

/** Asks a question that only a typed `yes` answers with yes. */
async function confirm(question: string, io: Io): Promise<boolean> {
  const blank = question.endsWith('\n') ? '' : ' ';
  return (await io.ask(`${question}${blank}Type yes to go on: `)).trim().toLowerCase() === 'yes';
}

/**
 * Whether a change that needs a yes may go on: it takes something away, or makes Java trust what it did not.
 *
 * @param yes - whether the user said so on the command line
 * @throws {TrustError} `run/needs-confirmation` when there is nobody to ask
 */
export async function confirmChange(question: string, yes: boolean, io: Io): Promise<boolean> {
  if (yes) return true;
  if (canAsk(io)) return confirm(question, io);
  throw new TrustError(
    'run/needs-confirmation',
    'this needs a yes, and nobody is at the terminal to ask; nothing was changed',
    {
      hint: 'look at it with --dry-run, then call again with --yes',
    },
  );
}

/**
 * The same where anything but a yes ends the call.
 *
 * @throws {TrustError} `run/needs-confirmation`
 */
export async function requireConfirmation(question: string, yes: boolean, io: Io): Promise<void> {
  if (await confirmChange(question, yes, io)) return;
  throw new TrustError('run/needs-confirmation', 'the answer was not yes; nothing was changed');
}

/**
 * Shows certificates that nothing vouches for, one by one, and asks whether they deserve trust.
 *
 * @returns SHA-256 of those the answer was yes for
 */
export async function confirmTrust(certificates: readonly Certificate[], io: Io): Promise<ReadonlySet<string>> {
  const confirmed = new Set<string>();
  for (const certificate of certificates) {
    io.stderr(`\nNothing vouches for this certificate:\n${renderCertificate(certificate, null)}\n`);
    if (await confirm('Compare the SHA-256 with what its owner told you by another way.\nTrust it?', io))
      confirmed.add(certificate.sha256);
  }
  return confirmed;
}
