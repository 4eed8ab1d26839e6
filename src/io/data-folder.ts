/**
 * Where a user's own data of the program lies: the XDG Base Directory Specification, and `%LOCALAPPDATA%` on Windows.
 *
 * @module
 */
import { isAbsolute, join } from 'node:path';
import process from 'node:process';

/** The variables of the environment that say where. */
export type DataFolderEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * The folder, which need not be there; null where nothing says who the user is.
 *
 * @param env - `XDG_DATA_HOME` (which must be absolute), `HOME`; `LOCALAPPDATA` on Windows
 */
export function dataFolder(env: DataFolderEnvironment, platform: NodeJS.Platform = process.platform): string | null {
  if (platform === 'win32') return nameIn(env.LOCALAPPDATA);
  return nameIn(env.XDG_DATA_HOME) ?? nameIn(env.HOME, '.local', 'share');
}

function nameIn(folder: string | undefined, ...names: readonly string[]): string | null {
  return folder === undefined || !isAbsolute(folder) ? null : join(folder, ...names, 'anchorctl');
}
