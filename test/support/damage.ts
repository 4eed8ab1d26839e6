/**
 * What scanning and copying do to base64: letters that look alike are taken for one another, some are lost, some are
 * doubled. Seeded, so that a failure can be made again.
 */

/** Letters that OCR takes for one another. */
const ALIKE: readonly string[] = ['O0QD', 'l1I|', '5S', '8B', '2Z', 'gq9', 'uv', 'cCeG', 'rn', 'm', 'wW', '+t', '/l'];
const OTHERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/ŽŶČ';

/** A copy of a text with so many places changed, never the same place twice. */
export function damage(text: string, changes: number, seed: number): string {
  const random = generator(seed);
  const places = new Set<number>();
  while (places.size < changes) places.add(random(text.length));
  return [...text].map((character, index) => (places.has(index) ? misread(character, random) : character)).join('');
}

/** Bytes of a seed. */
export function randomBytes(length: number, seed: number): Uint8Array {
  const random = generator(seed);
  return Uint8Array.from({ length }, () => random(256));
}

function misread(character: string, random: (below: number) => number): string {
  const kind = random(10);
  if (kind === 0) return '';
  if (kind === 1) return character + character;
  const candidates = [...(ALIKE.find((letters) => letters.includes(character)) ?? OTHERS)].filter(
    (other) => other !== character,
  );
  return candidates[random(candidates.length)] ?? '~';
}

/** Numbers below a bound from a seed (mulberry32). */
export function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
