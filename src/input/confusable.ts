/**
 * Characters that are taken for one another where base64 is printed and scanned, or typed from paper.
 *
 * @module
 */

const SETS = [
  'O0QDo',
  'l1Ii',
  '5Ss',
  '8B3',
  '2Zz',
  'gq9',
  'uvUV',
  'cCeG6',
  'wW',
  'xX',
  'kK',
  'pP',
  'yY',
  '+t',
  '/l',
] as const;

/** The two that account for most of it. */
const COMMON_SETS = ['O0', 'l1I'] as const;

/** What stands for base64 characters and is none itself. */
const FOREIGN: Readonly<Record<string, string>> = {
  '|': 'lI1',
  '!': 'lI1',
  ']': 'lI1J',
  '[': 'lI1C',
  '\\': '/lI',
  $: 'S58',
  '§': 'S8',
  '£': 'E',
  '€': 'CE',
  '©': 'Cc',
  '®': 'R',
  '@': 'aQ',
  '(': 'Cc',
  '{': 'f',
  '*': '+x',
  '‡': '+t',
  '†': '+t',
  '°': 'o0',
  '?': '7f',
  '&': '8',
};

const ALTERNATIVES = tableOf(SETS);
const COMMON = tableOf(COMMON_SETS);

/** What a base64 character may have been; none where nothing looks like it. */
export function alternativesOf(character: string): string {
  return ALTERNATIVES.get(character) ?? '';
}

/** The same for the characters that are confused most, by themselves. */
export function commonAlternativesOf(character: string): string {
  return COMMON.get(character) ?? '';
}

/** What a character that is no base64 may have been: a letter without its diacritic, or what looks like it. */
export function readingsOf(character: string): string {
  const base = character.normalize('NFD').charAt(0);
  const letters = base !== character && /[A-Za-z0-9]/.test(base) ? base + alternativesOf(base) : '';
  return letters + (FOREIGN[character] ?? '');
}

function tableOf(sets: readonly string[]): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const set of sets) {
    for (const character of set) {
      const others = [...set].filter((other) => other !== character && !table.get(character)?.includes(other));
      table.set(character, (table.get(character) ?? '') + others.join(''));
    }
  }
  return table;
}
