/**
 * What to type after a block to see that it worked, and what the device must then print.
 *
 * @module
 */
import { groupBy } from '../encoding/group-by.js';
import { toDay } from '../encoding/rfc3339.js';
import type { Certificate } from '../x509/certificate.js';
import type { Block, BlockRequest, BlockVerification, Display, Platform } from './trustpoint.js';

/** What a block is to have done: the trustpoints that it makes or takes out, and what they hold. */
interface Outcome extends Pick<BlockRequest, 'action' | 'style' | 'settings'> {
  readonly trustpoints: readonly { readonly name: string; readonly certificates: readonly Certificate[] }[];
}

/** The commands for a block, each once, in the order of the block. */
export function verificationsOf(platform: Platform, request: Outcome): readonly BlockVerification[] {
  const display: Display = platform.displayOf?.(request) ?? platform;
  const byCommand = groupBy(request.trustpoints, ({ name }) => display.verification(name));
  return [...byCommand].map(([command, trustpoints]) => {
    const printed = trustpoints.flatMap(({ certificates }) => certificates.map(display.identify));
    const values = [...new Set(printed.map(({ value }) => value))];
    return {
      command,
      shows: printed[0]?.label ?? 'serial number',
      expect: request.action === 'install' ? values : [],
      absent: request.action === 'install' ? [] : values,
    };
  });
}

/** The same for a person: what to type, what must be printed or must be gone, and whose it is. */
export function renderVerification(block: Block, certificates: readonly Certificate[]): string {
  const { verify } = block;
  const sections = verify.map(({ command, shows, expect, absent }) =>
    [
      command,
      ...expect.map((value) => `  must print ${shows} ${value}`),
      ...absent.map((value) => `  must not print ${shows} ${value}`),
      // What a trustpoint holds is not known without a configuration that has its bytes.
      ...(expect.length + absent.length === 0 ? ['  must print no certificate'] : []),
      '',
    ].join('\n'),
  );
  const named = certificates.filter(({ sha256 }) => block.certificates.includes(sha256));
  return [
    `After ${nameOf(block)}, type at the prompt where it ends:\n`,
    ...sections,
    ...(named.length === 0 ? [] : ['These are the certificates:\n']),
    ...named.map(({ subject, notAfter, serialNumber, sha1, sha256 }) =>
      [
        subject,
        `  valid until   ${toDay(notAfter)}`,
        `  serial number ${serialNumber}`,
        `  SHA-1         ${sha1}`,
        `  SHA-256       ${sha256}`,
        '',
      ].join('\n'),
    ),
    ...(verify.some(({ shows, expect, absent }) => shows === 'serial number' && expect.length + absent.length > 0)
      ? ['A serial number is given by the CA and proves nothing alone: compare subject and dates as well.\n']
      : []),
  ].join('\n');
}

function nameOf({ platform, trustpoint, action, stage }: Block): string {
  if (stage === undefined) return `the ${action} block of ${trustpoint} (${platform})`;
  return `the block of stage ${stage}${action === 'rollback' ? ' of the rollback' : ''}, ${trustpoint} (${platform})`;
}
