/**
 * What the tests of `validate --as path` validate: a gateway below a CA below a root, and what a call answers.
 */
import { AT, type Issued, issueIdentified as issue } from '../support/certificates.ts';
import { anchorctl, type Call, type CallOptions } from '../support/cli.ts';
import { subjectAltName } from '../support/extensions.ts';
import { at } from './keystore-store.ts';

const DAY = 86_400_000;
export const root = issue({ subject: 'CN=Example Root' });
export const other = issue({ subject: 'CN=Other Root' });
export const ca = issue({ subject: 'CN=Example CA', issuer: root });
export const endEntity = (options: Parameters<typeof issue>[0] = {}) =>
  issue({
    subject: 'CN=gw.example.com',
    issuer: ca,
    basicConstraints: null,
    keyUsage: ['digitalSignature'],
    serialNumber: 0x77n,
    extensions: [subjectAltName(['dns:gw.example.com', 'ip:192.0.2.1'])],
    ...options,
  });
export const gateway = endEntity();
export const late = endEntity({ notAfter: new Date(AT.getTime() - DAY) });
export const ending = endEntity({ notAfter: new Date(AT.getTime() + 10 * DAY) });

export const write = (name: string, ...chain: readonly Issued[]) =>
  at.write(name, chain.map(({ pem }) => pem).join(''));
export const validate = (argv: readonly string[], options: CallOptions = {}) =>
  anchorctl(['validate', ...argv], options);

export interface ResultJson {
  readonly role: string;
  readonly verdict: string;
  readonly path: readonly { readonly subject: string; readonly source: { readonly input: string } }[] | null;
  readonly certificate: { readonly subject: string };
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly message: string;
    readonly hint?: string;
  }[];
  readonly candidates?: readonly Record<string, unknown>[];
}

export const resultsOf = (call: Call) => call.json().results as readonly ResultJson[];
export const codesOf = (call: Call) => resultsOf(call).flatMap(({ findings }) => findings.map(({ code }) => code));
