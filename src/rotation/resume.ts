/**
 * What a call meets in its run folder, and whether it may go on there: a new folder, the same run begun or done, or
 * something that it must not touch. Nothing is written here.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { expectTrustError, TrustError } from '../errors.js';
import { foldAlias } from '../store/alias.js';
import { fingerprint } from '../x509/fingerprint.js';
import type { RunChanges, RunText } from './apply.js';
import type { JournalEntry } from './journal.js';
import { type PlanDocument, requireWholePlan } from './plan-document.js';
import { readBackup } from './put-back.js';
import { PLAN_FILE, type RunFiles, type RunFolder, readRunFolder } from './run-folder.js';
import type { StoreInput } from './store-plan.js';
import type { TrustDecision } from './trust.js';

/** A run folder in which a call may go on. */
export interface Resumption {
  readonly met: Exclude<RunFolder, { state: 'foreign' }>;
  /** What the folder is to hold; that of `met` itself where it stays as it is. */
  readonly plan: PlanDocument;
  readonly missingTexts: readonly RunText[];
  /** Nothing is left to do. */
  readonly isComplete: boolean;
}

const OTHER_FOLDER = 'name another folder with --out';

/**
 * Reads the run folder of a call, and refuses what it must not go on with.
 *
 * @throws {TrustError} `output/exists`, `run/other-plan`, `run/rolled-back`, `run/changed-since` (a keystore or a text),
 *   `run/damaged`, `run/not-a-run-folder`
 */
export function resumeRun(run: RunChanges, files: RunFiles): Resumption {
  const met = readRunFolder(run.folder, files);
  if (met.state === 'foreign') {
    throw new TrustError('output/exists', 'the folder is not empty and holds no run', {
      at: { source: run.folder },
      hint: OTHER_FOLDER,
    });
  }
  const plan = planFor(run, met);
  const entries = met.state === 'run' ? met.journal.entries : [];
  const missingTexts = run.texts.filter((text) => !isWritten(text, run.folder, { plan, entries }, files));
  const isApplied =
    met.state === 'run' ? met.journal.state === 'complete' : run.stores.every(({ after }) => after === null);
  return { met, plan, missingTexts, isComplete: isApplied && missingTexts.length === 0 };
}

/**
 * The plan that the run folder is to hold: the new one, or, in a run taken up again, the new one for what is still to be
 * done and the old one for what is done.
 */
function planFor({ folder, plan, stores }: RunChanges, met: Resumption['met']): PlanDocument {
  if (met.state === 'new') return plan;
  const at = { source: folder };
  const otherPlan = () =>
    new TrustError('run/other-plan', 'the folder holds a run with another plan', { at, hint: OTHER_FOLDER });
  if (!isDeepStrictEqual(met.plan.request, plan.request)) throw otherPlan();
  const { state } = met.journal;
  if (state === 'rolled-back' || state === 'rollback-interrupted') {
    throw new TrustError('run/rolled-back', 'the run in the folder was rolled back', { at, hint: OTHER_FOLDER });
  }
  requireWholePlan(met.plan, `${folder}/${PLAN_FILE}`);
  // The request is the same for certificates in another order, from which a device gets other trustpoints.
  if (trustpointsOf(met.plan) !== trustpointsOf(plan)) throw otherPlan();
  if (state === 'complete' && stores.every(({ after }) => after === null)) return met.plan;
  const merged = plan.stores.map((fresh, index) => {
    const old = met.plan.stores[index];
    const isSame = old?.path === fresh.path;
    if (isSame && old.after === fresh.before && fresh.backup === null) return old;
    if (isSame && old.before === fresh.before && state === 'interrupted') return fresh;
    throw new TrustError('run/changed-since', 'the keystore was changed since the run that the folder holds', {
      at: { source: fresh.path },
      hint: OTHER_FOLDER,
    });
  });
  const isUnchanged = JSON.stringify(merged) === JSON.stringify(met.plan.stores);
  return isUnchanged ? met.plan : { ...plan, stores: merged };
}

function trustpointsOf({ devices }: PlanDocument): string {
  return JSON.stringify(devices.map(({ trustpoints }) => trustpoints));
}

/**
 * Certificates in the order that the plan of a run folder has them in: it is from that order that the trustpoints got their
 * names, however the inputs of a later call are ordered or named. What the plan does not hold comes last, in its own order.
 */
export function inPlannedOrder(accepted: readonly TrustDecision[], met: RunFolder): readonly TrustDecision[] {
  if (met.state !== 'run') return accepted;
  // A plan is a file that anybody may have edited.
  const places = new Map(met.plan.certificates.map((planned, index) => [planned?.sha256, index]));
  const placeOf = ({ certificate }: TrustDecision) => places.get(certificate.sha256) ?? places.size;
  return accepted.toSorted((one, other) => placeOf(one) - placeOf(other));
}

/**
 * Keystores as they were before the run that the folder holds, where they are as it left them: what was trusted because of a
 * root that the run retired is trusted when the run is taken up, and nothing is because of a root that it added.
 *
 * @param stores - as they are now
 * @returns the same in number and order; null where none was changed by that run, or the folder cannot be read
 */
export function storesBefore(
  stores: readonly StoreInput[],
  folder: string,
  files: RunFiles,
): readonly StoreInput[] | null {
  try {
    const met = readRunFolder(folder, files);
    if (met.state !== 'run') return null;
    const before = stores.map((store) => {
      const planned = met.plan.stores.find(({ path }) => path === store.path);
      const isChanged =
        planned !== undefined && planned.backup !== null && planned.after === fingerprint('sha256', store.bytes);
      return isChanged ? { ...store, bytes: readBackup(folder, planned, files) } : store;
    });
    return before.every((store, index) => store === stores[index]) ? null : before;
  } catch (error) {
    // Whoever goes on to use the folder is told.
    expectTrustError(error);
    return null;
  }
}

/**
 * What is to be retired and was found nowhere, without what an earlier call of the same run took out.
 *
 * @param met - known to be whole and of the same request
 */
export function neverFound(notFound: readonly string[], met: RunFolder): readonly string[] {
  if (met.state !== 'run') return notFound;
  const removed = met.plan.stores.flatMap((store) => store.removed);
  return notFound.filter(
    (selector) => !removed.some(({ alias, sha256 }) => sha256 === selector || foldAlias(alias) === foldAlias(selector)),
  );
}

/** The bytes of a text. */
export function renderText({ text }: RunText, plan: PlanDocument): Uint8Array {
  return new TextEncoder().encode(typeof text === 'string' ? text : text(plan));
}

/** What the journal says of a text that was written. */
export function describeText(bytes: Uint8Array): string {
  return `sha256 ${fingerprint('sha256', bytes)}`;
}

/**
 * Whether a text is there. It must be what would be written now, or what the journal says was written: another spelling
 * of the run folder makes another runbook.
 *
 * @throws {TrustError} `run/changed-since`
 */
function isWritten(
  text: RunText,
  folder: string,
  { plan, entries }: { readonly plan: PlanDocument; readonly entries: readonly JournalEntry[] },
  files: RunFiles,
): boolean {
  const source = `${folder}/${text.path}`;
  if (!files.exists(source)) return false;
  const found = describeText(files.read(source));
  const isOfText = ({ step, target, state }: JournalEntry) =>
    step === 'write-text' && target === text.path && state === 'done';
  if (found === entries.findLast(isOfText)?.detail || found === describeText(renderText(text, plan))) return true;
  throw new TrustError('run/changed-since', 'the file is not as the run writes it: it was changed since', {
    at: { source },
    hint: `remove it to have it written again, or ${OTHER_FOLDER}`,
  });
}
