/**
 * Every command, in the order in which `--help` lists them. Each is loaded only when it is called.
 *
 * @module
 */
import { toPrintable } from '../encoding/printable.js';
import { TrustError } from '../errors.js';
import type { CalledCommand, Command } from './command.js';

/** The table of commands. */
export const commands: readonly Command[] = [
  {
    usage: 'inspect <input..>',
    summary: 'Show what is in files, archives and keystores',
    load: () => import('./commands/inspect.js'),
  },
  {
    usage: 'validate <input..>',
    summary: 'Say whether a certificate is fit to be a trust anchor, or has a valid path to one',
    load: () => import('./commands/validate.js'),
  },
  {
    usage: 'check <path..>',
    summary: 'Say what expires when, in files, keystores, configurations and on servers',
    load: () => import('./commands/check.js'),
  },
  {
    usage: 'repair <input>',
    summary: 'Show what is wrong with a damaged copy of a known root, and write the genuine one',
    load: () => import('./commands/repair.js'),
  },
  {
    usage: 'snippet <input..>',
    summary: 'Print the block that installs or removes a trust anchor on a device',
    load: () => import('./commands/snippet.js'),
  },
  {
    usage: 'keystore <command>',
    summary: 'Java keystores and PEM bundles',
    subcommands: [
      {
        usage: 'list <file>',
        summary: 'List the entries of a keystore',
        load: () => import('./commands/keystore-list.js'),
      },
      {
        usage: 'add <file> <input..>',
        summary: 'Add certificates whose trust is established',
        load: () => import('./commands/keystore-add.js'),
      },
      {
        usage: 'remove <file>',
        summary: 'Remove trusted certificates',
        load: () => import('./commands/keystore-remove.js'),
      },
      {
        usage: 'replace <file> <input>',
        summary: 'Put one certificate in the place of another',
        load: () => import('./commands/keystore-replace.js'),
      },
      {
        usage: 'diff <a> <b>',
        summary: 'Say what one keystore holds and another does not',
        load: () => import('./commands/keystore-diff.js'),
      },
      {
        usage: 'explain <file>',
        summary: 'Say which Java opens a keystore, and what it does not see in it',
        load: () => import('./commands/keystore-explain.js'),
      },
      {
        usage: 'repair <file>',
        summary: 'Let Java see what it overlooks in a keystore, as far as that can be mended',
        load: () => import('./commands/keystore-repair.js'),
      },
      {
        usage: 'create <file> <input..>',
        summary: 'Make a keystore of certificates whose trust is established',
        load: () => import('./commands/keystore-create.js'),
      },
      {
        usage: 'convert <from> <to>',
        summary: 'Make a keystore of another type, or with older or newer algorithms, of one',
        load: () => import('./commands/keystore-convert.js'),
      },
      {
        usage: 'passwd <file>',
        summary: 'Give a keystore and its keys another password',
        load: () => import('./commands/keystore-passwd.js'),
      },
    ],
  },
  {
    usage: 'keytool <word..>',
    summary: 'Take the words of keytool -importcert, -list and -delete, for old scripts',
    load: () => import('./commands/keytool.js'),
  },
  {
    usage: 'catalog <command>',
    summary: 'Known public roots and what became of them',
    subcommands: [
      {
        usage: 'list',
        summary: 'List every root that is known, with its status',
        load: () => import('./commands/catalog-list.js'),
      },
      {
        usage: 'show <root>',
        summary: 'Tell the life story of a root, or print its certificate',
        load: () => import('./commands/catalog-show.js'),
      },
      {
        usage: 'match <input..>',
        summary: 'Say which root a certificate is, or only looks like',
        load: () => import('./commands/catalog-match.js'),
      },
      {
        usage: 'update',
        summary: 'Renew the catalog from a list of roots, and show what changes',
        load: () => import('./commands/catalog-update.js'),
      },
    ],
  },
  {
    usage: 'rotate <input..>',
    summary: 'Bring trust anchors into keystores and onto devices, in one run that can be taken back',
    load: () => import('./commands/rotate.js'),
  },
  {
    usage: 'rollback <run-folder>',
    summary: 'Put every keystore of a run back to exactly the bytes it had before',
    load: () => import('./commands/rollback.js'),
  },
  {
    usage: 'ledger <path..>',
    summary: 'Say which devices, keystores and bundles have the new anchor, and which still have the old one',
    load: () => import('./commands/ledger.js'),
  },
];

/** How a shell asks for completions: the words of the line follow, up to the one at the cursor. */
export const COMPLETE = '--get-yargs-completions';

/** The command that prints a script for that; it takes no words. */
export const COMPLETION = 'completion';

/**
 * Loads the command that a call names, so that nothing else has to be.
 *
 * @returns null where the call names none: `--help`, nothing at all, a noun without its verb
 * @throws {TrustError} `usage/unknown-command`
 */
export async function loadCommand(argv: readonly string[]): Promise<CalledCommand | null> {
  const words = [...argv];
  const names: string[] = [];
  let table = commands;
  for (let index = indexOfName(words); index >= 0; index = indexOfName(words)) {
    const word = words[index] ?? '';
    const command = table.find((one) => nameOf(one) === word);
    if (command === undefined) {
      if (word === COMPLETION) return null;
      // Behind an option it may be a password.
      const isShown = words[index - 1]?.startsWith('-') !== true;
      const what = isShown
        ? `there is no command "${toPrintable(word)}"`
        : `word ${names.length + index + 1} of the call is no command`;
      const start = ['anchorctl', ...names].join(' ');
      const meant = isShown ? await nearestOf(word, table) : null;
      const question = meant === null ? '' : `did you mean ${start} ${meant}? `;
      throw new TrustError('usage/unknown-command', what, { hint: `${question}see ${start} --help` });
    }
    words.splice(index, 1);
    names.push(word);
    if ('load' in command) return { name: names.join(' '), command, module: await command.load(), words };
    table = command.subcommands;
  }
  return null;
}

/** The command of a table that was probably meant. */
async function nearestOf(word: string, table: readonly Command[]): Promise<string | null> {
  const { nearestWord } = await import('../catalog/nearest-word.js');
  return nearestWord(word, table.map(nameOf));
}

/** The noun of a call that lacks its verb, or null. */
export function nounOf(argv: readonly string[]): string | null {
  const word = argv[indexOfName(argv)];
  const command = commands.find((one) => nameOf(one) === word);
  return command !== undefined && 'subcommands' in command ? nameOf(command) : null;
}

/** The word by which a command is called, behind its noun where it has one. */
export function nameOf({ usage }: Command): string {
  const [name = ''] = usage.split(' ', 1);
  return name;
}

/** The option with a value that every command has, and that may stand before its name. */
const FORMAT = '--format';

/** Where the first word is that may name a command, or -1. */
export function indexOfName(words: readonly string[]): number {
  return words.findIndex((word, index) => !word.startsWith('-') && words[index - 1] !== FORMAT);
}
