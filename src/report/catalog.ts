/**
 * The catalog of public roots for a person and as documents: a table of many roots, and the life story of one.
 *
 * @module
 */
import type { CatalogRoot, RootListSource } from '../catalog/catalog.js';
import type { CatalogStatus } from '../catalog/root-facts.js';
import type { MatchedField } from '../catalog/search.js';
import { toPrintable } from '../encoding/printable.js';

/** Which catalog was asked. */
export interface CatalogInfo {
  readonly origin: 'built-in' | 'updated';
  /** The file of an updated one. */
  readonly path: string | null;
  /** The day its facts are of. */
  readonly date: string;
  /** The day of the facts that are built in. */
  readonly builtIn: string;
  /** The lists it was renewed from, oldest first. */
  readonly updates: readonly RootListSource[];
  /** How many roots it knows. */
  readonly roots: number;
}

/** A root that a query named, with what its certificate says. */
export interface ShownRoot {
  readonly root: CatalogRoot;
  readonly by: MatchedField;
  readonly keyIdentifier: string | null;
}

const WIDTH = 80;
const SOURCE = "Mozilla's root list";

/** One line that says which catalog was asked. */
export function renderCatalogInfo({ path, date, updates, roots }: CatalogInfo): string {
  const last = updates.at(-1);
  const where =
    path === null || last === undefined
      ? `built in, ${SOURCE} of ${date}`
      : `${toPrintable(path)}, of ${date}, last updated from ${last.name}`;
  return `catalog: ${where}; ${roots} roots\n`;
}

/** The status with its day: `distrust-after 2025-04-15`, `removed 2020-12-01`. */
export function renderStatus({
  status,
  since,
  distrustAfter,
}: Pick<CatalogRoot, 'status' | 'since' | 'distrustAfter'>): string {
  const days: Partial<Readonly<Record<CatalogStatus, string | null>>> = {
    'distrust-after': distrustAfter?.slice(0, 10) ?? null,
    removed: since,
  };
  const day = days[status] ?? null;
  return day === null ? status : `${status} ${day}`;
}

/** Enough of a fingerprint for `catalog show`. */
const PREFIX = 8;
/** `distrust-after 2025-04-15`. */
const STATUS_WIDTH = 25;
const NAME_WIDTH = WIDTH - PREFIX - STATUS_WIDTH - 'YYYY-MM-DD'.length - 6;

/** A line a root, in 80 columns whoever reads it, by name. A name that is too long loses its middle. */
export function renderCatalogTable(roots: readonly CatalogRoot[]): string {
  const row = (sha256: string, status: string, validTo: string, name: string) =>
    `${sha256.padEnd(PREFIX)}  ${status.padEnd(STATUS_WIDTH)}  ${validTo}  ${name}\n`;
  const lines = roots.map((root) => {
    const { sha256, name, facts, successor } = root;
    const line = row(sha256.slice(0, PREFIX), renderStatus(root), facts.notAfter.slice(0, 10), shorten(name));
    return successor === null ? line : `${line}${' '.repeat(PREFIX + 2)}successor: ${successor}\n`;
  });
  return [row('SHA-256', 'status', 'valid to  ', 'name'), ...lines].join('');
}

function shorten(name: string): string {
  const characters = [...toPrintable(name)];
  if (characters.length <= NAME_WIDTH) return characters.join('');
  const end = Math.floor((NAME_WIDTH - 1) / 2);
  return `${characters.slice(0, NAME_WIDTH - 1 - end).join('')}…${characters.slice(-end).join('')}`;
}

/** Everything that is known about a root, a paragraph. */
export function renderRoot({ root, keyIdentifier }: ShownRoot): string {
  const { facts, status, since, detail, misissuance, successor, successorSha256, trustedFor, uses, hasCertificate } =
    root;
  const { organization, commonName, notBefore, notAfter, key, serialNumber, sha256, sha1, firstSeen } = facts;
  const rows: readonly (readonly [string, string])[] = [
    ['status', `${renderStatus(root)}${status !== 'removed' && since !== null ? `, since ${since}` : ''}`],
    [
      'trusted',
      trustedFor.length === 0 ? 'for nothing' : `for ${trustedFor.map((one) => PURPOSES[one]).join(' and ')}`,
    ],
    ['story', detail],
    ...(misissuance === null ? [] : [['distrusted', misissuance] as const]),
    ...(successor === null ? [] : [['successor', `${successor} (${successorSha256?.slice(0, 8)}…)`] as const]),
    ['subject', [commonName, organization].filter((text) => text !== null).join(', ') || 'without a name'],
    ['valid', `${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)}`],
    ['key', key ?? 'cannot be decoded'],
    ['serial', serialNumber],
    ['SHA-256', sha256],
    ['SHA-1', sha1],
    ...(keyIdentifier === null ? [] : [['key id', keyIdentifier] as const]),
    ['first seen', `${firstSeen}${root.addedBy === null ? '' : `, with ${root.addedBy}`}`],
    ...uses.map(({ by, source, date, verified }) => {
      const told = `${source}${date === null ? '' : `, ${date}`}${verified ? '' : ', unverified'}`;
      return ['used by', `${by} (${told})`] as const;
    }),
    ['PEM', hasCertificate ? 'here: --pem prints it' : 'not here: the catalog knows the facts only'],
  ];
  return `${toPrintable(root.name)}\n${rows.map(([label, text]) => renderRow(label, text)).join('')}`;
}

const PURPOSES = { server: 'servers', email: 'e-mail' } as const;
const LABEL_WIDTH = 12;

function renderRow(label: string, text: string): string {
  const lines = wrap(toPrintable(text), WIDTH - 2 - LABEL_WIDTH);
  return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}\n`).join('');
}

/** A word that is longer than a line has one of its own. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The catalog that was asked, in a document. */
export function toCatalogInfoJson({
  origin,
  path,
  date,
  builtIn,
  roots,
  updates,
}: CatalogInfo): Record<string, unknown> {
  const first = { kind: 'built-in', name: `${SOURCE}, all versions`, date: builtIn };
  return { origin, path, date, roots, sources: [first, ...updates] };
}

/** A root in a document. */
export function toRootJson(root: CatalogRoot): Record<string, unknown> {
  const { facts, name, status, since, distrustAfter, successor, successorSha256, misissuance, detail } = root;
  const { commonName, organization, serialNumber, notBefore, notAfter, sha256, sha1, key } = facts;
  return {
    name,
    status,
    since,
    distrustAfter,
    trustedFor: root.trustedFor,
    successor,
    successorSha256,
    misissuance,
    detail,
    ...{ commonName, organization, serialNumber, notBefore, notAfter, sha256, sha1, key },
    firstSeen: facts.firstSeen,
    addedBy: root.addedBy,
    serverTrustLost: facts.serverTrustLost,
    usedBy: root.uses,
    hasCertificate: root.hasCertificate,
  };
}

/** The same of one that a query named. */
export function toShownRootJson({ root, by, keyIdentifier }: ShownRoot): Record<string, unknown> {
  return { ...toRootJson(root), subjectKeyIdentifier: keyIdentifier, matchedBy: by };
}
