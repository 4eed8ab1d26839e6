/**
 * Every command, in the order in which `--help` lists them. Each is loaded only when it is called.
 *
 * @module
 */
import type { Command } from './command.js';

/** The table of commands. */
export const commands: readonly Command[] = [
  {
    usage: 'inspect <input..>',
    summary: 'Show what is in files, archives and keystores',
    load: () => import('./commands/inspect.js'),
  },
  {
    usage: 'validate <input..>',
    summary: 'Say whether a certificate is fit to be a trust anchor',
    load: () => import('./commands/validate.js'),
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
];
