/**
 * `keystore passwd`: another password for a keystore, and with it for every key in it. Everything else stays what it was.
 *
 * @module
 */
import type { Argv } from 'yargs';
import type { Finding } from '../../check/finding.js';
import { type ExitStatus, expectTrustError, TrustError } from '../../errors.js';
import { type ChangeReport, renderChange } from '../../report/keystore-change.js';
import { renderReencrypted, toReencryptedJson } from '../../report/reencrypted-keys.js';
import type { StorePlan } from '../../rotation/store-plan.js';
import { quoteAlias } from '../../store/alias.js';
import { explainRefusal } from '../../store/explain.js';
import { keysInClear } from '../../store/pkcs12-keys.js';
import type { Reprotected } from '../../store/reprotection.js';
import { changeStorePassword, requireStorePassword } from '../../store/store-password.js';
import { requireSameContents } from '../../store/verify-contents.js';
import { sourceOf } from '../../x509/source.js';
import type { Io } from '../io.js';
import type { OpenStore } from '../keystore-file.js';
import { NEW_PASSWORD_HINT, newStorePassword } from '../new-password.js';
import { changeOptions, keyPasswordOptions, newPasswordOptions } from '../options.js';
import {
  givenNewPassword,
  type KeyPasswordArgs,
  keyPassword,
  type NewPasswordArgs,
  withPassword,
} from '../password.js';
import {
  answerChange,
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
    .option('yes', { ...changeOptions.yes, describe: 'Accepted as by other commands; nothing is asked' })
    .example('$0 keystore passwd gw.jks --storepass-env OLD --new-storepass-env NEW', 'Keys get it as well');
}

export async function run(args: PasswdArgs, io: Io): Promise<ExitStatus> {
  const keyPass = keyPassword(args, io);
  const given = givenNewPassword(args, io);
  const store = await openForChange(args, io);
  const { name, keystore } = store;
  requirePassword(store);
  const newPassword = await newStorePassword(
    { name, type: keystore.type, compat: undefined, given, hint: NEW_PASSWORD_HINT },
    io,
  );
  const { plan, keys, inClear, isSamePassword } = await planPassword(store, newPassword ?? '', keyPass, io);
  const result = await carryOutPlan(plan, {}, args, io);

  const { report } = result;
  const hasOldPassword = report.outcome === 'applied' && !isSamePassword;
  const findings = [
    ...result.findings,
    ...inClear.map((alias) => keyInClear(alias, name)),
    ...(hasOldPassword ? [oldPassword(report)] : []),
  ];
  const text =
    renderChange(report) + renderReencrypted(keys, report.outcome === 'planned') + (hasOldPassword ? OLD_PASSWORD : '');
  const fields = { reencrypted: toReencryptedJson(keys) };
  return answerChange({ command: 'keystore-passwd', report, findings, fields, text }, args, io);
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
  { path, name, bytes, password: known, derivedKeys, keystore }: OpenStore,
  newPassword: string,
  keyPass: string | null,
  io: Io,
): Promise<{
  readonly plan: StorePlan;
  readonly keys: Reprotected['keys'];
  /** Aliases of the keys that no password protects. */
  readonly inClear: readonly string[];
  /** Whether the keystore has the new password already; keys may have another one. */
  readonly isSamePassword: boolean;
}> {
  const { type, entries } = keystore;
  try {
    return await withPassword(known, io, name, (password) => {
      const changed = changeStorePassword(bytes, { password, newPassword, keyPassword: keyPass, derivedKeys });
      const isSamePassword = newPassword === password;
      const isSame = isSamePassword && !changed.keys.some(({ hadOwnPassword }) => hadOwnPassword);
      const keys = isSame ? [] : changed.keys;
      const plan: StorePlan = {
        path,
        name,
        type,
        before: bytes,
        after: isSame ? null : changed.bytes,
        added: [],
        removed: [],
        present: [],
        unchanged: entries.length - keys.length,
        stillTrusted: [],
        refusals: explainRefusal(keystore),
        verify: (written) => requireSameContents(entries, keys, written, { password: newPassword, derivedKeys }),
      };
      const inClear = type === 'pkcs12' ? keysInClear(bytes, { password, derivedKeys }) : [];
      return { plan, keys, inClear, isSamePassword };
    });
  } catch (error) {
    throw expectTrustError(error).within({ source: name });
  }
}

function keyInClear(alias: string, name: string): Finding {
  return {
    code: 'keystore/key-in-clear',
    severity: 'warning',
    message: `the key ${quoteAlias(alias)} lies in the clear: no password protects it, neither the old one nor the new`,
    hint: 'anchorctl keystore convert to a new PKCS#12 file encrypts the part that it lies in; replace the key if others could read the file',
    source: sourceOf(name, { alias }),
  };
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

const OLD_PASSWORD = '\nThe backup opens with the old password still; delete it when the new one has proved itself.\n';
