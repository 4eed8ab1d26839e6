/**
 * Where a certificate was found: the same five fields in every document (JSON `source`).
 *
 * @module
 */

/** An origin. `input` is what the user named (or a file below it); null marks what does not apply. */
export interface Source {
  readonly input: string;
  /** Path inside an archive; nested archives are joined by `!/`. */
  readonly member: string | null;
  /** First line of the block, from 1. */
  readonly line: number | null;
  readonly alias: string | null;
  readonly trustpoint: string | null;
}

/** A source of which only the input is known, or with some more of it. */
export function sourceOf(input: string, more: Partial<Omit<Source, 'input'>> = {}): Source {
  const { member = null, line = null, alias = null, trustpoint = null } = more;
  return { input, member, line, alias, trustpoint };
}

/** One line for people: `roots.zip!/certs/root.cer line 3`, `tg.jks [old-root]`; not escaped. */
export function renderSource({ input, member, line, alias, trustpoint }: Source): string {
  let text = member === null ? input : `${input}!/${member}`;
  if (line !== null) text += ` line ${line}`;
  if (alias !== null) text += ` [${alias}]`;
  return trustpoint === null ? text : `${text} trustpoint ${trustpoint}`;
}
