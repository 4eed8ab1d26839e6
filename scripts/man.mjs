/**
 * The man page, made from what `--help` says: `npm run man` writes docs/anchorctl.1, and a test holds it against the
 * program.
 */

/** The commands in the order of `--help`, with their nouns. */
export const MANUAL_COMMANDS = [
  ['inspect'],
  ['validate'],
  ['check'],
  ['repair'],
  ['snippet'],
  ['keystore', 'list'],
  ['keystore', 'add'],
  ['keystore', 'remove'],
  ['keystore', 'replace'],
  ['keystore', 'diff'],
  ['keystore', 'explain'],
  ['keystore', 'repair'],
  ['keystore', 'create'],
  ['keystore', 'convert'],
  ['keystore', 'passwd'],
  ['keytool'],
  ['catalog', 'list'],
  ['catalog', 'show'],
  ['catalog', 'match'],
  ['catalog', 'update'],
  ['rotate'],
  ['rollback'],
  ['ledger'],
  ['completion'],
];

/**
 * Renders the page (roff, man macros).
 *
 * @param {string} version
 * @param {(words: readonly string[]) => string} helpOf - what `--help` prints for a command
 */
export function renderManPage(version, helpOf) {
  return [
    `.TH ANCHORCTL 1 "" "anchorctl ${version}"`,
    '.SH NAME',
    'anchorctl \\- move a fleet from one root CA to the next without an outage',
    '.SH SYNOPSIS',
    '.B anchorctl',
    '.I command',
    '[options]',
    '.SH COMMANDS',
    ...MANUAL_COMMANDS.flatMap((words) => [`.SS ${words.join(' ')}`, ...asItIs([escapeRoff(helpOf(words).trimEnd())])]),
    '.SH EXIT STATUS',
    ...asItIs(STATUSES),
    '.SH ENVIRONMENT',
    ...asItIs(ENVIRONMENT),
    '',
  ].join('\n');
}

/** Lines that are laid out for 80 columns already: from the first of them on. */
function asItIs(lines) {
  return ['.nf', '.in 0', ...lines, '.in', '.fi'];
}

const STATUSES = [
  '0    done, and nothing found at or above the fail level',
  '1    findings at or above the fail level; validate: not valid; keystore diff:',
  '     they differ; catalog match: something is no public root; ledger: not all',
  '     there yet',
  '2    usage',
  '3    an input cannot be read or understood, or matched nothing',
  '4    wrong or missing password, or a keystore fails its integrity check',
  '5    refused: trust was not established, or going on would lose data',
  '6    a write or verification failed; everything was put back, or it is said what',
  '     was not',
  '70   a bug in anchorctl',
  '130  interrupted; what was done so far is said',
];

const ENVIRONMENT = [
  'ANCHORCTL_STOREPASS      the store password, where no option gives one',
  'ANCHORCTL_NEW_STOREPASS  the same of the password that a keystore is to have',
  'ANCHORCTL_CATALOG        the catalog file of this site; empty: none, the built-in',
  '                         catalog alone',
  'JAVA_HOME                the Java whose cacerts keytool -cacerts means',
  'SSL_CERT_FILE            the bundle that --anchors system reads',
  'SOURCE_DATE_EPOCH        seconds since 1970 that stand in for the clock',
];

/** A backslash begins an escape, a point or an apostrophe at the start of a line a request. */
function escapeRoff(text) {
  return text.replaceAll('\\', '\\e').replace(/^[.']/gm, '\\&$&');
}
