/** Policy files for tests: the text, and the policy that is in it. */

import type { Policy } from '../../src/check/policy.ts';
import { decodePolicy } from '../../src/check/policy-file.ts';

/** Decodes a policy that must be one. */
export function policyOf(text: string, file = 'anchorctl.yaml'): Policy {
  const { policy, errors } = decodePolicy(new TextEncoder().encode(text), file);
  if (policy === null) throw new Error(errors.map(({ message, at }) => `line ${at?.line}: ${message}`).join('\n'));
  return policy;
}
