/**
 * What the backup beside a file is called: `tg.jks.20261121T030000Z.bak`, with a number where an earlier change has the same
 * second.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';

/** What follows the name of the file. */
const ENDING: RegExp = /^\.\d{8}T\d{6}Z(-\d+)?\.bak$/;

/** A name for the backup of a file that nothing has yet, in the same folder. */
export function nameBackup(path: string, now: Date): string {
  const stem = `${path}.${now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '')}`;
  for (let number = 1; ; number++) {
    const backup = number === 1 ? `${stem}.bak` : `${stem}-${number}.bak`;
    if (!existsSync(backup)) return backup;
  }
}

/** Whether a name in the folder of a file is one that `nameBackup` gives. */
export function isBackupName(path: string, name: string): boolean {
  const file = basename(path);
  return name.startsWith(file) && ENDING.test(name.slice(file.length));
}
