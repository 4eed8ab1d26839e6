/**
 * `keystore explain`: which Java opens a keystore, what it does not see in it and why, and what is odd in it. Changes
 * nothing.
 *
 * @module
 */
import type { Argv } from 'yargs';
import type { Finding } from '../../check/finding.js';
import { findingOfRemark } from '../../check/keystore-remark.js';
import type { Rule } from '../../check/rule.js';
import { javaReading } from '../../check/rules/java-reading.js';
import { validity } from '../../check/rules/validity.js';
import { checkStoreLocation } from '../../check/store-location.js';
import { type ExitStatus, worstStatus } from '../../errors.js';
import { renderExplanation, toExplainJson } from '../../report/keystore-explain.js';
import { explainKeystore, type JavaSupport, javaSupportOf } from '../../store/explain.js';
import type { Keystore, KeystoreType } from '../../store/keystore.js';
import { trustedCertificates } from '../../store/select.js';
import type { Certificate } from '../../x509/certificate.js';
import { answer, statusOf } from '../answer.js';
import type { Io } from '../io.js';
import { openStore } from '../keystore-file.js';
import {
  atOption,
  type CommonArgs,
  commonOptions,
  failOnOption,
  passwordOptions,
  storetypeOption,
} from '../options.js';
import { type PasswordArgs, storePassword } from '../password.js';
import { storePositional } from '../store-change.js';

interface ExplainArgs extends CommonArgs, PasswordArgs {
  readonly file: string;
  readonly storetype: KeystoreType | undefined;
  readonly at: Date | undefined;
  readonly failOn: 'warning' | 'error';
}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('file', storePositional)
    .options(commonOptions)
    .option('fail-on', failOnOption)
    .option('at', atOption)
    .option('storetype', storetypeOption)
    .options(passwordOptions)
    .example('$0 keystore explain trust.p12 --storepass-env PW', 'Why does keytool show 0 entries?');
}

export async function run(args: ExplainArgs, io: Io): Promise<ExitStatus> {
  const at = args.at ?? io.now();
  const password = await storePassword(args, io);
  const { path, name, keystore } = await openStore(args.file, { password, storetype: args.storetype }, io);
  const unreadable = keystore.type === 'pem' ? [] : checkReading(keystore, at);
  const findings = [
    ...checkStoreLocation(path, name),
    ...explainKeystore(keystore).map((remark) => findingOfRemark(remark, name)),
    ...unreadable,
    ...trustedCertificates(keystore.entries).flatMap((certificate) => asWarnings(validity, certificate, at)),
  ];
  const report = { name, keystore, java: supportOf(keystore, unreadable), findings, at };
  const status = answer({ json: toExplainJson(report), text: renderExplanation(report) }, args, io);
  return worstStatus([status, statusOf(findings, args.failOn)]);
}

/** What keeps Java from the keystore, whatever entry it is in: Java decodes all of them before it gives one. */
function checkReading({ entries }: Keystore, at: Date): readonly Finding[] {
  return entries.flatMap(({ certificates }) =>
    certificates.flatMap((certificate) => asWarnings(javaReading, certificate, at)),
  );
}

function supportOf(keystore: Keystore, unreadable: readonly Finding[]): JavaSupport {
  if (unreadable.length === 0) return javaSupportOf(keystore);
  return { readable: 'no version', from: [], reasons: ['it cannot read a certificate in it'] };
}

/** What would keep an anchor out of a store is worth a warning in one that is merely looked at. */
function asWarnings(rule: Rule, certificate: Certificate, at: Date): readonly Finding[] {
  const context = { at, entry: null, selfSignature: null };
  return rule(certificate, context).map((finding) => ({ ...finding, severity: 'warning' as const }));
}
