/**
 * What `anchorctl keytool --help` prints: the words in keytool's own form, and those of anchorctl beside them.
 *
 * @module
 */
import { limitOption } from './limits.js';
import { trustOptions } from './trust.js';

const WIDTH = 25;
const COLUMNS = 80;

/** One line, or two where the word is long. */
function row(word: string, text: string): string {
  const lines = wrap(text, COLUMNS - WIDTH);
  const first = `  ${word}`.length < WIDTH ? [] : [`  ${word}`];
  const head = first.length === 0 ? `  ${word}`.padEnd(WIDTH) : ' '.repeat(WIDTH);
  return [...first, ...lines.map((line, index) => (index === 0 ? head : ' '.repeat(WIDTH)) + line)]
    .map((line) => `${line}\n`)
    .join('');
}

function wrap(text: string, width: number): readonly string[] {
  return text.match(new RegExp(`.{1,${width - 1}}(?: |$)`, 'g'))?.map((line) => line.trimEnd()) ?? [];
}

/** The help page; at most 80 columns wide. */
export const KEYTOOL_HELP: string = [
  'anchorctl keytool <word..>\n\n',
  'Take the words of keytool -importcert, -list and -delete, for old scripts\n\n',
  '  anchorctl keytool -importcert [-trustcacerts] [-noprompt] [-alias A] [-file F]\n',
  '                    [-keystore K] [-storepass[:env|:file] P] [-storetype T]\n',
  '  anchorctl keytool -list [-v | -rfc] [-alias A] [-keystore K] [-storepass P]\n',
  '  anchorctl keytool -delete -alias A [-keystore K] [-storepass P]\n\n',
  'Commands:\n',
  row('-importcert, -import', 'Add one certificate as a trusted one'),
  row('-list', 'List the entries, or the one of -alias'),
  row('-delete', 'Delete a trusted certificate; keys are refused'),
  '\nOptions:\n',
  row('-alias', 'The alias of the entry; -importcert takes mykey without it'),
  row('-file', 'The certificate; standard input without it'),
  row('-keystore', 'The keystore; .keystore in your home folder without it'),
  row('-cacerts', 'The keystore is cacerts of the Java that JAVA_HOME names'),
  row('-storepass', 'The store password (other users of this machine can see it)'),
  row('-storepass:env', 'Environment variable that holds it'),
  row('-storepass:file', 'File whose first line holds it; a URL is refused'),
  row('-storetype', 'JKS, JCEKS or PKCS12: a check, never a conversion'),
  row('-noprompt', 'Add a certificate that nothing vouches for, with a warning'),
  row('-v', 'With -list: everything but the values of extensions'),
  row('-rfc', 'With -list: certificates as PEM'),
  row('-trustcacerts, -keypass', 'Accepted; nothing hangs on them here'),
  row('-J...', 'Accepted and passed over: there is no Java'),
  '\nOptions of anchorctl:\n',
  row('--dry-run', 'Show what would be done, and change nothing'),
  row('--json', 'Answer with one JSON document'),
  row('--format', 'How to answer: text or json, which is --json'),
  row('--quiet', 'No messages, errors excepted'),
  row('--at', 'Judge dates as of this instant (RFC 3339); default: now'),
  row('--limit', limitOption.describe ?? ''),
  ...Object.entries(trustOptions).map(([name, { describe = '' }]) => row(`--${name}`, describe)),
  '\nWords are taken in any letter case and order. docs/keytool.md says where keytool\n',
  'does otherwise, and why. Exit status as of all commands: 0 good, 2 usage, 3\n',
  'unreadable input, 4 password, 5 refused, 6 a write failed.\n',
].join('');
