/**
 * `--anchors`: what is trusted, from where the user says: files of certificates, keystores as Java sees them, the bundle of
 * the system, the catalog.
 *
 * @module
 */
import { catalogRoots, genuineRoot } from '../catalog/catalog.js';
import type { Finding } from '../check/finding.js';
import { toPrintable } from '../encoding/printable.js';
import { expectTrustError, TrustError } from '../errors.js';
import { readInput } from '../io/read-input.js';
import { findSystemAnchors, thisSystem } from '../io/system-anchors.js';
import { detectKeystore } from '../store/codecs.js';
import type { Keystore } from '../store/keystore.js';
import { type Certificate, decodeCertificate } from '../x509/certificate.js';
import { sourceOf } from '../x509/source.js';
import { distinct, errorsOf, intactOf } from './input-contents.js';
import { type ReadOptions, readInputs } from './inputs.js';
import type { Io } from './io.js';
import { openStore } from './keystore-file.js';
import { withRaise } from './limits.js';

/** The anchors of one place. */
export interface AnchorSet {
  /** What a person calls it: a file as it was named, `the catalog of public roots`. */
  readonly name: string;
  readonly isFromCatalog: boolean;
  readonly certificates: readonly Certificate[];
  /** What Java does not see in it. */
  readonly findings: readonly Finding[];
}

/** How places are read. */
export type Opening = Pick<ReadOptions, 'password'> & Required<Pick<ReadOptions, 'limits'>>;

/** Every place that was named. */
export interface AnchorSets {
  readonly sets: readonly AnchorSet[];
  /** What could not be read. */
  readonly errors: readonly TrustError[];
}

/** Names of `--anchors` that are no files; a file of such a name is reached by `./system`. */
const CATALOG = 'catalog';
const SYSTEM = 'system';

/** Roots in the list, although some of them for less than everything. */
const LISTED: ReadonlySet<string> = new Set(['included', 'distrust-after', 'email-only']);

/** How many aliases a message names. */
const NAMED_AT_MOST = 5;

/**
 * Reads every place that `--anchors` names; one that cannot be read does not hide the others.
 *
 * @param names - default: the catalog
 * @param opening - the password is for every keystore among them, and asked for at a terminal where one is needed
 */
export async function readAnchorSets(
  names: readonly string[] = [CATALOG],
  opening: Opening,
  io: Io,
): Promise<AnchorSets> {
  const sets: AnchorSet[] = [];
  const errors: TrustError[] = [];
  for (const name of new Set(names)) {
    try {
      const read = await readPlace(name, opening, io);
      errors.push(...read.errors);
      if (read.set !== null) sets.push(read.set);
    } catch (error) {
      errors.push(expectTrustError(error));
    }
  }
  return { sets, errors };
}

/** What one place gave: no set where nothing in it is trusted. */
interface ReadPlace {
  readonly set: AnchorSet | null;
  readonly errors: readonly TrustError[];
}

async function readPlace(name: string, opening: Opening, io: Io): Promise<ReadPlace> {
  if (name === CATALOG) return { set: catalogAnchors(), errors: [] };
  const path = name === SYSTEM ? findSystemAnchors(thisSystem(io.env)) : name;
  if (path === '-') return readFile(path, opening, io);
  const bytes = read(path, opening);
  const kind = detectKeystore(bytes);
  return kind === null || kind === 'pem' ? readFile(path, opening, io) : readStore(path, bytes, opening, io);
}

function read(path: string, { limits }: Opening): Uint8Array {
  try {
    return readInput(path, limits.size);
  } catch (error) {
    throw withRaise(expectTrustError(error), limits);
  }
}

function catalogAnchors(): AnchorSet {
  const certificates = catalogRoots()
    // What was ever named to be refused stays refused, whatever a newer list says of it.
    .filter(({ status, misissuance }) => LISTED.has(status) && misissuance === null)
    .flatMap(({ sha256 }) => genuineRoot(sha256) ?? [])
    .map((der) => decodeCertificate(der, sourceOf(CATALOG)));
  return { name: 'the catalog of public roots', isFromCatalog: true, certificates, findings: [] };
}

/** Certificates in any form. A keystore inside an archive is not opened: nobody's program trusts it there. */
async function readFile(path: string, { password, limits }: Opening, io: Io): Promise<ReadPlace> {
  const { inputs } = await readInputs([path], io, { password, limits, strict: false });
  const read = inputs.map(intactOf);
  const all = read.flatMap(({ certificates }) => certificates);
  // What keytool listed has the aliases of a keystore, and is a text like any other.
  const listed = new Set(inputs.flatMap((input) => (input.kind === 'keytool-rfc' ? input.certificates : [])));
  const isFromStore = (certificate: Certificate) => certificate.source?.alias != null && !listed.has(certificate);
  const fromStore = all.find(isFromStore);
  const certificates = distinct(all.filter((certificate) => !isFromStore(certificate)));
  const errors = [...errorsOf(inputs), ...read.flatMap((one) => one.errors)];
  if (fromStore !== undefined) {
    errors.push(
      new TrustError(
        'archive/unsupported',
        'the archive holds a keystore, whose certificates are not taken as anchors',
        {
          at: { source: path },
          hint: 'unpack the archive, and name the keystore with --anchors',
        },
      ),
    );
  }
  if (certificates.length === 0) return { set: null, errors };
  return { set: { name: path, isFromCatalog: false, certificates, findings: [] }, errors };
}

async function readStore(path: string, bytes: Uint8Array, { password }: Opening, io: Io): Promise<ReadPlace> {
  const { keystore } = await openStore(path, { password, bytes }, io);
  const certificates = distinct(javaAnchors(keystore));
  const findings = invisibleEntries(keystore, path);
  if (certificates.length > 0) return { set: { name: path, isFromCatalog: false, certificates, findings }, errors: [] };
  const hidden = findings.length === 0 ? '' : `; ${findings.map(({ message }) => message).join('; ')}`;
  return {
    set: null,
    errors: [
      new TrustError('input/no-certificate', `Java trusts nothing in this keystore${hidden}`, {
        at: { source: path },
        hint: 'see anchorctl keystore explain for what is in it',
      }),
    ],
  };
}

/**
 * What Java's trust managers take from a keystore (JDK, `sun.security.validator.TrustStoreUtil.getTrustedCerts`): every
 * trusted certificate, and of every key the first certificate of its chain.
 */
function javaAnchors({ entries }: Keystore): readonly Certificate[] {
  return entries.flatMap(({ kind, certificates }) => {
    if (kind === 'trusted-certificate') return certificates;
    return kind === 'private-key' ? certificates.slice(0, 1) : [];
  });
}

function invisibleEntries({ entries }: Keystore, path: string): readonly Finding[] {
  const invisible = entries.filter(({ kind, encodings }) => kind === 'invisible' && encodings.length > 0);
  if (invisible.length === 0) return [];
  const named = invisible.slice(0, NAMED_AT_MOST).map(({ alias }) => `"${toPrintable(alias)}"`);
  const others = invisible.length - named.length;
  const list = `${named.join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
  return [
    {
      code: 'keystore/invisible-entry',
      severity: 'warning',
      message:
        invisible.length === 1
          ? `Java does not see the entry ${list}, which is therefore no anchor`
          : `Java does not see the entries ${list}, which are therefore no anchors`,
      hint: 'see anchorctl keystore explain for the reason, and keystore repair',
      source: sourceOf(path),
    },
  ];
}
