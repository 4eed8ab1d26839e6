/** Runs keytool, in English whatever the locale is. */
import { spawnSync } from 'node:child_process';
import { BRIEF_RUN, hasJava } from './java-keystores.ts';

const ENGLISH = ['language=en', 'country=US'].map((setting) => `-J-Duser.${setting}`);

export const hasKeytool: boolean = hasJava && callKeytool(['-help']).status === 0;

/** What became of a call, and what it is given besides its words. */
export function callKeytool(
  words: readonly string[],
  { input = '', env = {} }: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const options = BRIEF_RUN.map((option) => `-J${option}`);
  return spawnSync('keytool', [...options, ...ENGLISH, ...words], {
    encoding: 'utf8',
    input,
    env: { ...process.env, ...env },
  });
}

/** What a call that has to end well prints. */
export function keytool(...words: readonly string[]): string {
  const { status, stdout, stderr } = callKeytool(words);
  if (status !== 0) throw new Error(`keytool ${words.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}
