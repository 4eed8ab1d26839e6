/**
 * One trustpoint in the place of another, in stages after each of which somebody looks at the device: the new one is added
 * beside the old one, what names the old one is switched, the old one is removed. At no moment is there neither.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import type { Certificate } from '../x509/certificate.js';
import { isIssuedBy } from './chain.js';
import type { ConfigurationDialect } from './dialect.js';
import {
  type DeviceConfiguration,
  holdsExactly,
  holdsIdentity,
  isInstalled,
  noteAbsent,
  objectToIdentity,
  objectToUses,
  overridden,
  parseConfiguration,
  requireDialect,
  trustpointNamed,
} from './guards.js';
import { chooseForm, type PlannedBlock, planBlock, renderBlock, requireAction, toText } from './render.js';
import type {
  Block,
  BlockNote,
  BlockVerification,
  RenderTrustpointOptions,
  ReplacementStage,
  Trustpoint,
} from './trustpoint.js';
import { checkTrustpointName } from './trustpoint-name.js';
import { COLUMNS } from './typable.js';
import {
  findUses,
  fitsConsole,
  lineNaming,
  type Reference,
  renderSwitch,
  renderSwitchBack,
  type TrustpointUse,
  trustpointAround,
} from './uses.js';
import { verificationsOf } from './verification.js';

/** What `renderReplacement` may be told; `trustpoint` names the new one. */
export interface RenderReplacementOptions extends RenderTrustpointOptions {
  /** The trustpoint that is to go. */
  readonly replace: string;
  /** `install` replaces, which is the default; `rollback` undoes a replacement whose old trustpoint is still there. */
  readonly action?: 'install' | 'rollback';
  /** Only these stages. */
  readonly stage?: ReplacementStage | undefined;
}

/** A replacement as blocks. */
export interface Replacement {
  /** One a stage, in the order in which they are pasted: each when the one before it was seen to work. */
  readonly blocks: readonly Block[];
  /** Why the stage that removes is not among them: `device/in-use`, `device/holds-identity`. */
  readonly refusals: readonly TrustError[];
}

/** A replacement, checked and laid out. */
interface Plan extends PlannedBlock {
  readonly options: RenderReplacementOptions;
  readonly old: string;
  readonly dialect: ConfigurationDialect;
  readonly configuration: DeviceConfiguration | null;
  /** What names the old trustpoint and is moved. */
  readonly moved: readonly Reference[];
  /** What names it and is left. */
  readonly left: readonly LeftUse[];
  /** What names the new one already. */
  readonly present: readonly TrustpointUse[];
}

/** A line that stays as it is, and why. */
interface LeftUse extends TrustpointUse {
  readonly reason: 'unknown' | 'long' | 'identity' | 'chain';
}

interface WhyLeft {
  readonly code: BlockNote['code'];
  readonly why: (old: string) => string;
  readonly hint: string;
}

const BY_HAND = 'change it by hand before the old trustpoint is removed';

const WHY_LEFT: Readonly<Record<LeftUse['reason'], WhyLeft>> = {
  unknown: {
    code: 'device/unknown-reference',
    why: () => 'it is no command that is known to be safe to change',
    hint: BY_HAND,
  },
  long: {
    code: 'device/unknown-reference',
    why: () => `it is longer than ${COLUMNS} columns with the new name`,
    hint: BY_HAND,
  },
  identity: {
    code: 'device/identity-reference',
    why: (old) => `it presents the certificate that "${old}" holds for the device itself`,
    hint: 'enrol the device under another trustpoint, and name that one there',
  },
  chain: {
    code: 'device/other-issuer',
    why: () => 'nothing shows that the new CA issued what stands below it',
    hint: 'replace the CA below it as well, or let it continue at another trustpoint',
  },
};

const ACTIONS = ['install', 'rollback'] as const;

const STAGES: Readonly<Record<(typeof ACTIONS)[number], readonly ReplacementStage[]>> = {
  install: ['add', 'switch', 'remove'],
  // What the last stage took out is gone from the device: these are the others, backwards.
  rollback: ['switch', 'add'],
};

/** More notes than anybody reads. */
const MOST_NOTES = 20;
const MOST_SETTINGS = 5;
/** Of a setting. */
const SHOWN_SETTING = 60;

/** Settings that belong to the certificates of one trustpoint, or that are nobody's business. */
const OF_ITS_OWN =
  /^(?:!|exit|enrollment|fingerprint|chain-validation|(?:rsa|ec|ecdsa)?keypair|subject-name|subject-alt-name|fqdn|ip-address|serial-number|auto-enroll|regenerate|password|storage|hash|crl configure)/;

/**
 * Renders the stages that put a new trustpoint in the place of an old one, or take that back.
 *
 * @param certificates - as for `renderTrustpoint`
 * @returns a block a stage; its text is empty where the stage has nothing to do. Without `config` nothing is known of what
 *   names the old trustpoint: the stage that switches is empty
 * @throws {TrustError} `usage/conflict` (one name for both, the trustpool, a platform whose configurations are not read),
 *   `usage/bad-value` (a stage that the action does not have, another action), `device/name-in-use`, and what `renderTrustpoint` throws
 */
export function renderReplacement(
  certificates: readonly (Certificate | Uint8Array)[],
  options: RenderReplacementOptions,
): Replacement {
  const stages = stagesOf(options);
  const plan = planReplacement(certificates, options);
  const refusals = stages.includes('remove') ? objections(plan) : [];
  const isRefused = refusals.length > 0 && options.force !== true;
  return {
    blocks: stages
      .filter((stage) => stage !== 'remove' || !isRefused)
      .map((stage) => renderStage(stage, plan, refusals)),
    refusals: isRefused ? refusals : [],
  };
}

/**
 * The stages that are asked for.
 *
 * @throws {TrustError} `usage/bad-value` for one that the action does not have, and for an action that replaces nothing
 */
export function stagesOf({
  action = 'install',
  stage,
}: Pick<RenderReplacementOptions, 'action' | 'stage'>): readonly ReplacementStage[] {
  requireAction(action, ACTIONS);
  const stages = STAGES[action];
  if (stage === undefined) return stages;
  if (stages.includes(stage)) return [stage];
  const what = action === 'install' ? 'a replacement' : 'a rollback';
  throw new TrustError('usage/bad-value', `${what} has no stage "${toPrintable(String(stage))}"`, {
    hint: `it has ${stages.join(', ')}; a trustpoint that was removed is installed again from the configuration that has its certificate`,
  });
}

/**
 * Makes sure that there can be such a replacement, without any certificate.
 *
 * @throws {TrustError} as `renderReplacement`, for what the options say by themselves
 */
export function checkReplacementForm(options: RenderReplacementOptions): void {
  stagesOf(options);
  checkTrustpointName(options.replace, options.force);
  if (options.style === 'trustpool') {
    throw new TrustError('usage/conflict', 'the trustpool takes the place of no trustpoint', {
      hint: 'leave out --replace or --style trustpool',
    });
  }
  requireDialect(chooseForm(options).platform);
}

function planReplacement(certificates: readonly (Certificate | Uint8Array)[], options: RenderReplacementOptions): Plan {
  const old = options.replace;
  checkReplacementForm(options);
  const planned = planBlock(certificates, options);
  const dialect = requireDialect(planned.platform);
  const made = planned.request.trustpoints.find(({ name }) => name.toLowerCase() === old.toLowerCase());
  if (made !== undefined) {
    throw new TrustError('usage/conflict', `the new trustpoint "${made.name}" has the name of the old one`, {
      hint: 'both are on the device for a while: give the new one a name of its own',
    });
  }
  const configuration = options.config === undefined ? null : parseConfiguration(planned.platform, options.config);
  return { ...planned, options, old, dialect, configuration, ...sortUses(planned, old, configuration) };
}

/** What is moved and what is left. */
function sortUses(
  { trustpoint, request }: PlannedBlock,
  old: string,
  configuration: DeviceConfiguration | null,
): Pick<Plan, 'moved' | 'left' | 'present'> {
  if (configuration === null) return { moved: [], left: [], present: [] };
  const found = trustpointNamed(configuration, old);
  const identity = found !== undefined && holdsIdentity(found);
  const lowest = request.trustpoints.find(({ name }) => name === trustpoint)?.certificates[0];
  const moved: Reference[] = [];
  const left: LeftUse[] = [];
  for (const use of findUses(configuration.text, old, configuration.dialect)) {
    const { reference } = use;
    if (reference === null) left.push({ ...use, reason: 'unknown' });
    else if (!fitsConsole(reference, trustpoint)) left.push({ ...use, reason: 'long' });
    else if (reference.use === 'presents' && identity) left.push({ ...use, reason: 'identity' });
    else if (reference.use === 'continues' && !issuedAll(lowest, reference, configuration)) {
      left.push({ ...use, reason: 'chain' });
    } else moved.push(reference);
  }
  return { moved, left, present: findUses(configuration.text, trustpoint, configuration.dialect) };
}

/** Whether the new CA issued what the trustpoint in this mode holds: else its chain would end nowhere. */
function issuedAll(
  issuer: Certificate | undefined,
  reference: Reference,
  { trustpoints }: DeviceConfiguration,
): boolean {
  const below = trustpoints.get(trustpointAround(reference))?.stored.filter(({ usage }) => usage === 'ca') ?? [];
  return (
    issuer !== undefined &&
    below.length > 0 &&
    below.every(({ certificate }) => certificate !== null && isIssuedBy(certificate, issuer))
  );
}

function objections({ old, configuration, left }: Plan): readonly TrustError[] {
  const found = configuration === null ? undefined : trustpointNamed(configuration, old);
  return [...(found === undefined ? [] : objectToIdentity(found)), ...objectToUses(old, left)];
}

function renderStage(stage: ReplacementStage, plan: Plan, objectionsToIt: readonly TrustError[]): Block {
  if (stage === 'add') return renderAdd(plan);
  return stage === 'switch' ? renderSwitching(plan) : renderRemoval(plan, objectionsToIt);
}

function renderAdd(plan: Plan): Block {
  if (plan.request.action === 'rollback') return renderTakingBack(plan);
  const block = renderBlock(plan, plan.options);
  return { ...block, stage: 'add', notes: [...block.notes, ...noteSettings(plan, block), ...noteVerification(plan)] };
}

/** Takes out what the stage brought: what the configuration from before has already was left out there, and stays. */
function renderTakingBack(plan: Plan): Block {
  const { request, configuration } = plan;
  const wasThere = (wanted: Trustpoint) => {
    const found = configuration === null ? undefined : trustpointNamed(configuration, wanted.name);
    return found !== undefined && holdsExactly(found, wanted);
  };
  const kept = request.trustpoints.filter(wasThere);
  const trustpoints = request.trustpoints.filter((wanted) => !kept.includes(wanted));
  const block = renderBlock({ ...plan, request: { ...request, trustpoints } }, plan.options);
  return { ...block, stage: 'add', notes: [...block.notes, ...kept.map(noteKept)] };
}

function noteKept({ name, certificates: [{ subject, sha256 }] }: Trustpoint): BlockNote {
  return {
    code: 'device/already-installed',
    message: `"${name}" held ${subject} before the replacement, so the rollback leaves it there`,
    hint: 'nothing; where the configuration is a later one, give the one from before',
    sha256,
  };
}

/** Settings of the old trustpoint that might be missed at the new one. */
function noteSettings({ old, configuration }: Plan, { text }: Block): readonly BlockNote[] {
  const lines = new Set(text.split('\n').map((line) => line.trim()));
  const settings = configuration === null ? [] : (trustpointNamed(configuration, old)?.settings ?? []);
  const missed = settings.filter((setting) => !OF_ITS_OWN.test(setting) && !lines.has(setting));
  if (missed.length === 0 || text === '') return [];
  const shown = missed.slice(0, MOST_SETTINGS).map((setting) => `"${toPrintable(setting.slice(0, SHOWN_SETTING))}"`);
  const more = missed.length > MOST_SETTINGS ? ` and ${missed.length - MOST_SETTINGS} more` : '';
  return [
    {
      code: 'device/other-settings',
      message: `"${old}" has settings that the new trustpoint does not get: ${shown.join(', ')}${more}`,
      hint: 'enter those that the new one needs before anything is switched',
    },
  ];
}

/** What stands between the first stage and the next. */
function noteVerification({ platform, request }: Plan): readonly BlockNote[] {
  return request.trustpoints.flatMap((trustpoint) =>
    verificationsOf(platform, { ...request, trustpoints: [trustpoint] }).map(({ command, shows, expect }) => ({
      code: 'device/verify-first',
      severity: 'info',
      message: `before anything is switched, "${command}" must print the ${shows} ${expect.join(' and ')}`,
      hint: 'paste the next stage only then',
      sha256: trustpoint.certificates[0].sha256,
    })),
  );
}

function renderSwitching(plan: Plan): Block {
  const { platform, trustpoint, request, dialect, moved, present } = plan;
  const before = present.flatMap(({ reference }) => reference ?? []);
  const isInstall = request.action === 'install';
  if (isInstall) requireOwnName(plan);
  const lines = isInstall ? renderSwitch(moved, trustpoint) : renderSwitchBack(moved, trustpoint, before);
  return {
    platform: platform.name,
    trustpoint,
    style: request.style,
    action: request.action,
    stage: 'switch',
    text: lines.length === 0 ? '' : toText(dialect.configure(lines, request.save), platform.columns),
    files: [],
    certificates: [],
    trustpoints: [],
    verify: moved.length === 0 ? [] : [verificationOfSwitch(plan)],
    notes: noteSwitch(plan),
  };
}

/** The lines that the configuration has afterwards, and those that it had and has nowhere any more. */
function verificationOfSwitch({ old, trustpoint, request, moved, left, present }: Plan): BlockVerification {
  const linesNaming = (name: string) => [...new Set(moved.map((reference) => lineNaming(reference, name)))];
  const isInstall = request.action === 'install';
  const [to, from] = isInstall ? [trustpoint, old] : [old, trustpoint];
  const staying = new Set((isInstall ? left : present).map(({ shown }) => shown));
  const absent = linesNaming(from).filter((line) => !staying.has(line));
  return { command: 'show running-config', shows: 'the line', expect: linesNaming(to), absent };
}

/** What is switched must not come to name another CA. */
function requireOwnName({ request, configuration }: Plan): void {
  if (configuration?.dialect.holdsCertificates !== true) return;
  for (const wanted of request.trustpoints) isInstalled(wanted, configuration);
}

function noteSwitch({ old, configuration, moved, left }: Plan): readonly BlockNote[] {
  if (configuration === null) return [noteNoConfiguration(old)];
  const nothing: BlockNote = {
    code: 'device/nothing-to-switch',
    message: `no line of the configuration that could be switched names "${old}"`,
    hint: 'check the name and whose configuration it is',
  };
  const more: BlockNote = {
    code: 'device/unknown-reference',
    message: `${left.length - MOST_NOTES} more lines name "${old}" and are left as they are`,
    hint: 'change them by hand before the old trustpoint is removed',
  };
  return [
    ...(moved.length === 0 ? [nothing] : []),
    ...left.slice(0, MOST_NOTES).map((use) => noteLeft(use, old)),
    ...(left.length > MOST_NOTES ? [more] : []),
  ];
}

function noteNoConfiguration(old: string): BlockNote {
  return {
    code: 'device/no-config',
    message: `without a configuration nothing is known of what names "${old}"`,
    hint: 'give the running configuration of the device with --config',
  };
}

function noteLeft({ line, shown, reason }: LeftUse, old: string): BlockNote {
  const { code, why, hint } = WHY_LEFT[reason];
  return { code, message: `line ${line} names "${old}" and is left as it is: "${shown}"; ${why(old)}`, hint };
}

function renderRemoval(plan: Plan, objectionsToIt: readonly TrustError[]): Block {
  const { platform, old, request, dialect, configuration, moved } = plan;
  const found = configuration === null ? undefined : trustpointNamed(configuration, old);
  const certificates = [...new Set(found?.certificates.map(({ sha256 }) => sha256))];
  const switchFirst: BlockNote = {
    code: 'device/switch-first',
    severity: 'info',
    message: `${moved.length} ${moved.length === 1 ? 'line' : 'lines'} of the configuration must have been switched before "${old}" goes`,
    hint: 'paste the stage switch first, and look at what it changed',
  };
  return {
    platform: platform.name,
    trustpoint: old,
    style: request.style,
    action: request.action,
    stage: 'remove',
    text: toText(dialect.remove(old, request), platform.columns),
    files: [],
    certificates,
    trustpoints: [{ name: old, certificates }],
    verify: verificationsOf(platform, {
      ...request,
      action: 'remove',
      trustpoints: [{ name: old, certificates: found?.certificates ?? [] }],
    }),
    notes: [
      ...platform.notes({ ...request, action: 'remove', trustpoints: [] }),
      ...(configuration === null ? [noteNoConfiguration(old)] : []),
      ...(configuration !== null && found === undefined ? [noteAbsent(old)] : []),
      ...(moved.length > 0 ? [switchFirst] : []),
      ...objectionsToIt.map(overridden),
    ],
  };
}
