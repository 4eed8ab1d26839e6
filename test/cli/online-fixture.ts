/** Looking for paths as `validate` does, without its inputs and its output: for the tests of `--aia` and `--ocsp`. */

import type { PathAnswer } from '../../src/cli/aia.ts';
import type { FetchedMaterial } from '../../src/cli/online.ts';
import { type ValidatePathOptions, validatePath } from '../../src/path/validate-path.ts';
import { AT, type Issued } from '../support/certificates.ts';

/** Looks for a path from `target` to `root` with what was fetched. */
export function validator(
  target: Issued,
  root: Issued,
  options: Partial<ValidatePathOptions> = {},
): (fetched: Partial<FetchedMaterial>) => PathAnswer {
  return ({ intermediates = [], ocspResponses = [] }) => {
    const verdict = validatePath(target.certificate, {
      trustAnchors: [root.certificate],
      at: AT,
      ...options,
      intermediates: [...(options.intermediates ?? []), ...intermediates],
      ocspResponses,
    });
    return verdict.valid
      ? { path: verdict.path, findings: [] }
      : { path: null, findings: verdict.reasons.map((one) => ({ ...one, severity: 'error', source: null })) };
  };
}

export const codesOf = (findings: readonly { readonly code: string }[]): readonly string[] =>
  findings.map(({ code }) => code);
