/**
 * `keystore passwd`: another password for a keystore, and with it for every key in it. Everything else stays what it was.
 *
 * @module
 */
import type { Argv } from 'yargs';
import { findRoot } from '../../catalog/catalog.js';
import type { Finding } from '../../check/finding.js';
import { type ExitStatus, expectTrustError, TrustError, worstStatus } from '../../errors.js';
import { type ChangeReport, renderChange, toChangeJson } from '../../report/keystore-change.js';
import { renderReencrypted, toReencryptedJson } from '../../report/reencrypted-keys.js';
import type { StorePlan } from '../../rotation/store-plan.js';
import type { Reprotected } from '../../store/reprotection.js';
import { changeStorePassword, requireStorePassword } from '../../store/store-password.js';
import { requireSameContents } from '../../store/verify-contents.js';
import { fingerprint } from '../../x509/fingerprint.js';
import { sourceOf } from '../../x509/source.js';
import { answer, statusOf } from '../answer.js';
import type { Io } from '../io.js';
import type { OpenStore } from '../keystore-file.js';
import { newStorePassword } from '../new-password.js';
import { keyPasswordOptions, newPasswordOptions } from '../options.js';
import {
  givenNewPassword,
  type KeyPasswordArgs,
  keyPassword,
  type NewPasswordArgs,
  withPassword,
} from '../password.js';
import {
  carryOutPlan,
  openForChange,
  type StoreChangeArgs,
  storeChangeOptions,
  storePositional,
} from '../store-change.js';

interface PasswdArgs extends StoreChangeArgs, KeyPasswordArgs, NewPasswordArgs {}

export function options(yargs: Argv): Argv<unknown> {
  return yargs
    .positional('file', storePositional)
    .options(newPasswordOptions)
    .options(keyPasswordOptions)
    .options(storeChangeOptions)
    .example('$0 keystore passwd gw.jks --storepass-env OLD --new-storepass-env NEW', 'Keys get it as well');
}

export async function run(args: PasswdArgs, io: Io): Promise<ExitStatus> {
  const keyPass = keyPassword(args, io);
  const given = givenNewPassword(args, io);
  const store = await openForChange(args, io);
  const { name, keystore } = store;
  requirePassword(store);
  const hint = 'give it with --new-storepass-env, --new-storepass-file or ANCHORCTL_NEW_STOREPASS';
  const newPassword = await newStorePassword({ name, type: keystore.type, compat: undefined, given, hint }, io);
  const { plan, keys } = await planPassword(store, newPassword ?? '', keyPass, io);
  const result = await carryOutPlan(plan, {}, args, io);

  const { report } = result;
  const findings = [...result.findings, ...(report.outcome === 'applied' ? [oldPassword(report)] : [])];
  const json = {
    ...toChangeJson('anchorctl/keystore-passwd/1', report, { damaged: [], findings, entryOf: findRoot }),
    reencrypted: toReencryptedJson(keys),
  };
  const text = renderChange(report) + renderReencrypted(keys, report.outcome === 'planned') + renderBackup(report);
  const status = answer({ json, text, findings }, args, io);
  return worstStatus([status, statusOf(findings, args.failOn)]);
}

function requirePassword({ name, keystore }: OpenStore): void {
  if (keystore.type === 'pem') {
    throw new TrustError('usage/conflict', 'a PEM bundle has no password', {
      at: { source: name },
      hint: 'anchorctl keystore convert makes a keystore of it that has one',
    });
  }
  try {
    requireStorePassword(keystore);
  } catch (error) {
    throw expectTrustError(error).within({ source: name });
  }
}

/** Works the change out; none where the password is the new one already, of the keystore and of all keys. */
async function planPassword(
  { path, name, bytes, password: known, derivedKeys, keystore: { type, entries } }: OpenStore,
  newPassword: string,
  keyPass: string | null,
  io: Io,
): Promise<{ readonly plan: StorePlan; readonly keys: Reprotected['keys'] }> {
  try {
    return await withPassword(known, io, name, (password) => {
      const changed = changeStorePassword(bytes, { password, newPassword, keyPassword: keyPass, derivedKeys });
      const isSame = newPassword === password && !changed.keys.some(({ hadOwnPassword }) => hadOwnPassword);
      const keys = isSame ? [] : changed.keys;
      const before = fingerprint('sha256', bytes);
      const plan: StorePlan = {
        path,
        name,
        type,
        before,
        after: isSame ? null : changed.bytes,
        afterSha256: isSame ? before : fingerprint('sha256', changed.bytes),
        added: [],
        removed: [],
        present: [],
        unchanged: entries.length - keys.length,
        verify: (written) => requireSameContents(entries, keys, written, { password: newPassword, derivedKeys }),
      };
      return { plan, keys };
    });
  } catch (error) {
    throw expectTrustError(error).within({ source: name });
  }
}

function oldPassword({ store: { name } }: ChangeReport): Finding {
  return {
    code: 'keystore/old-password',
    severity: 'info',
    message: 'the backup beside the keystore opens with the old password still',
    hint: 'delete it when the new password has proved itself, above all if the old one is known to somebody',
    source: sourceOf(name),
  };
}

function renderBackup({ store: { backup } }: ChangeReport): string {
  return backup === null
    ? ''
    : '\nThe backup opens with the old password still; delete it when the new one has proved itself.\n';
}
