/**
 * DNS names in certificates: their syntax (RFC 1034 3.5 and RFC 1123 2.1, as RFC 5280 4.2.1.6 asks), wildcards (RFC 9525
 * 6.3), and the trees that name constraints make of them (RFC 5280 4.2.1.10).
 *
 * @module
 */

/** A label: letters, digits and inner hyphens, at most 63. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
/** RFC 1035 2.3.4 allows 255 octets on the wire, which are 253 characters. */
const LONGEST = 253;

/** Second-level labels that registries of many countries keep for names one level lower. */
const REGISTRY_LABELS: ReadonlySet<string> = new Set(['ac', 'co', 'com', 'edu', 'gov', 'mil', 'net', 'org']);

/** Those that the registries of single countries keep besides; elsewhere they are names like others. */
const COUNTRY_LABELS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    at: 'gv or',
    au: 'asn id',
    br: 'art blog eco ind jus leg mp nom wiki',
    il: 'idf k12 muni',
    in: 'firm gen ind nic res',
    jp: 'ad ed go gr lg ne or',
    kr: 'es go hs kg ms ne or pe re sc',
    nz: 'geek gen govt iwi kiwi maori school',
    tr: 'bel dr gen info k12 name pol tel tv web',
    tw: 'club ebiz game idv',
    uk: 'ltd me nhs plc police sch',
    za: 'law nom school web',
  }).map(([country, labels]) => [country, labels.split(' ')]),
);

/**
 * Whether a text is a host name in preferred syntax: no underscore, no empty label, no final dot. A last label of digits is
 * refused, because such a text would be read as an IPv4 address.
 */
export function isDnsName(text: string): boolean {
  const labels = text.split('.');
  return text.length <= LONGEST && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) as string);
}

/** Whether a text is `*.` and a host name: the one form of wildcard that RFC 9525 6.3 and the Baseline Requirements know. */
export function isWildcardName(text: string): boolean {
  return text.startsWith('*.') && isDnsName(text.slice(2));
}

/** Whether a presented name covers a host: equal but for letter case, or a wildcard in place of its first label. */
export function matchesHost(presented: string, host: string): boolean {
  const [pattern, name] = [presented.toLowerCase(), host.toLowerCase()];
  if (!isDnsName(name)) return false;
  if (!isWildcardName(pattern)) return pattern === name;
  const dot = name.indexOf('.');
  return dot > 0 && name.slice(dot) === pattern.slice(1);
}

/**
 * Whether a text is a host name with a dot in front. As the base of a constraint RFC 5280 4.2.1.10 knows no such thing; OpenSSL, Java and
 * many who make certificates take it for all that is below the host.
 */
export function isDottedBase(text: string): boolean {
  return text.startsWith('.') && isDnsName(text.slice(1));
}

/** Whether a name is the base or below it; the empty base is the root of all names. */
export function isBelow(name: string, base: string): boolean {
  const [lower, tree] = [name.toLowerCase(), base.toLowerCase()];
  return tree === '' || lower === tree || lower.endsWith(`.${tree}`);
}

/** Whether everything that a presented name covers is in a permitted tree, which with a dot in front has not the host itself. */
export function isWhollyBelow(presented: string, base: string): boolean {
  if (!isDottedBase(base)) return isBelow(withoutWildcard(presented), base);
  return presented.toLowerCase().endsWith(base.toLowerCase());
}

/**
 * Whether something that a presented name covers may be in an excluded tree. A wildcard above the tree counts, however far
 * above: RFC 5280 does not say what a constraint means for it, so the doubt goes against the certificate. So does that about the
 * host behind a dot.
 */
export function isPartlyBelow(presented: string, base: string): boolean {
  const name = withoutWildcard(presented);
  const tree = isDottedBase(base) ? base.slice(1) : base;
  return isBelow(name, tree) || (presented !== name && isBelow(tree, name));
}

/**
 * Whether the labels below a wildcard are plainly a registry's: a single one (`*.com`), or a label that registries keep under a
 * country's code (`*.co.uk`, `*.ne.jp`). An approximation of the public suffix list, which changes faster than this program.
 */
export function isRegistryWildcard(presented: string): boolean {
  const [second, top = '', ...more] = withoutWildcard(presented).toLowerCase().split('.');
  if (presented === withoutWildcard(presented) || more.length > 0) return false;
  if (top === '') return true;
  return (
    (top.length === 2 && REGISTRY_LABELS.has(second as string)) ||
    COUNTRY_LABELS.get(top)?.includes(second as string) === true
  );
}

function withoutWildcard(presented: string): string {
  return isWildcardName(presented) ? presented.slice(2) : presented;
}
