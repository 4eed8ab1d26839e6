/** What the tests of rules about single certificates are made of. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { encodeElement, encodeOid, TAG } from '../../src/encoding/der.ts';
import type { RuleContext } from '../../src/path/certificate-rule.ts';
import { checkCertificate } from '../../src/path/certificate-rules.ts';
import type { Reason, ReasonCode } from '../../src/path/reason.ts';
import { AT, type IssueOptions, issueIdentified as issue } from '../support/certificates.ts';
import { extendedKeyUsage, generalName, subjectAltName } from '../support/extensions.ts';

export const DAY = 86_400_000;
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** What the rules are to say of a certificate: the ordinary one of its role, changed by `options`. */
export interface Row {
  readonly name: string;
  readonly options: IssueOptions;
  readonly expected: readonly ReasonCode[];
}

const root = issue({ subject: 'CN=Root' });

const ORDINARY: Readonly<Record<RuleContext['role'], IssueOptions>> = {
  'end-entity': {
    subject: 'CN=www.example.com',
    issuer: root,
    basicConstraints: null,
    keyUsage: ['digitalSignature'],
    extensions: [subjectAltName(['dns:www.example.com']), extendedKeyUsage([SERVER_AUTH])],
  },
  intermediate: { subject: 'CN=CA', issuer: root },
  anchor: { subject: 'CN=Root' },
};

/** The codes of the reasons against a certificate, each once. Default: an end entity under `rfc5280`. */
export function codesOf(options: IssueOptions, context: Partial<RuleContext> = {}): readonly ReasonCode[] {
  return [...new Set(reasonsOf(options, context).map(({ code }) => code))];
}

/** The reasons themselves. */
export function reasonsOf(options: IssueOptions, context: Partial<RuleContext> = {}): readonly Reason[] {
  const role = context.role ?? 'end-entity';
  const { certificate } = issue({ ...ORDINARY[role], ...options });
  const whole = { role, profile: 'rfc5280', purpose: 'any', at: AT, ...context } as const;
  return [...checkCertificate(certificate, whole)];
}

/** The extensions of a server certificate, and more. */
export function including(...more: NonNullable<IssueOptions['extensions']>): IssueOptions {
  return { extensions: [...(ORDINARY['end-entity'].extensions ?? []), ...more] };
}

/** A server certificate for other names. */
export function named(...names: readonly string[]): IssueOptions {
  return { extensions: [subjectAltName(names), extendedKeyUsage([SERVER_AUTH])] };
}

/** A server certificate with one more extension. */
export function raw(oid: string, value: Uint8Array, critical = false): IssueOptions {
  return including({ oid, critical, value });
}

/** The value of an authorityInfoAccess with one place to fetch the issuer. */
export function access(location: string): Uint8Array {
  return encodeElement(
    TAG.sequence,
    encodeElement(TAG.sequence, encodeOid('1.3.6.1.5.5.7.48.2'), generalName(location)),
  );
}

export function rsaKey(modulusLength: number): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength }).publicKey;
}
