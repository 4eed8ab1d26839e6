/**
 * How one text became another: the shortest list of substitutions, insertions and deletions (Levenshtein), within a band
 * around the diagonal (Ukkonen 1985), so that the cost is length × limit instead of length × length.
 *
 * @module
 */

/** One changed place: `found` is empty where a character is missing, `genuine` where there is one too many. */
export interface Edit {
  /** Index in the found text. */
  readonly index: number;
  readonly found: string;
  readonly genuine: string;
}

const SUBSTITUTE = 0;
const SURPLUS = 1;
const MISSING = 2;

/** The first band that is tried; most copies that people have are within it. */
const FIRST_BAND = 16;

/**
 * The edits that tell a found text from the genuine one, in order, one character each.
 *
 * @param limit - more edits than this are not looked for
 * @returns null when more are needed
 */
export function editsBetween(found: string, genuine: string, limit: number): readonly Edit[] | null {
  for (let band = Math.min(FIRST_BAND, limit); ; band = Math.min(band * 2, limit)) {
    const edits = editsWithin(found, genuine, band);
    if (edits !== null || band === limit) return edits;
  }
}

function editsWithin(found: string, genuine: string, limit: number): readonly Edit[] | null {
  if (Math.abs(found.length - genuine.length) > limit) return null;
  const width = 2 * limit + 1;
  const steps = new Uint8Array((found.length + 1) * width);
  let above = new Int32Array(width + 1).fill(limit + 1);
  let row = new Int32Array(width + 1).fill(limit + 1);
  // Column c of row i stands for genuine index i - limit + c; one more column at the end stays beyond the limit.
  for (let c = limit; c < width && c - limit <= genuine.length; c++) {
    above[c] = c - limit;
    steps[c] = MISSING;
  }
  for (let i = 1; i <= found.length; i++) {
    let least = limit + 1;
    const character = found.charCodeAt(i - 1);
    for (let c = 0; c < width; c++) {
      const j = i - limit + c;
      if (j < 0 || j > genuine.length) {
        row[c] = limit + 1;
        continue;
      }
      const same = j > 0 && genuine.charCodeAt(j - 1) === character;
      let cost = j === 0 ? limit + 1 : (above[c] as number) + (same ? 0 : 1);
      let step = SUBSTITUTE;
      const surplus = (above[c + 1] as number) + 1;
      if (surplus < cost) {
        cost = surplus;
        step = SURPLUS;
      }
      const missing = c === 0 ? limit + 1 : (row[c - 1] as number) + 1;
      if (missing < cost) {
        cost = missing;
        step = MISSING;
      }
      row[c] = cost;
      steps[i * width + c] = step;
      if (cost < least) least = cost;
    }
    if (least > limit) return null;
    [above, row] = [row, above];
  }
  const distance = above[genuine.length - found.length + limit] as number;
  return distance > limit ? null : traceBack(found, genuine, steps, limit);
}

function traceBack(found: string, genuine: string, steps: Uint8Array, limit: number): readonly Edit[] {
  const width = 2 * limit + 1;
  const edits: Edit[] = [];
  for (let i = found.length, j = genuine.length; i > 0 || j > 0; ) {
    const step = steps[i * width + (j - i + limit)];
    if (step !== MISSING) i--;
    if (step !== SURPLUS) j--;
    const edit = { found: step === MISSING ? '' : found.charAt(i), genuine: step === SURPLUS ? '' : genuine.charAt(j) };
    if (edit.found !== edit.genuine) edits.push({ index: i, ...edit });
  }
  return edits.reverse();
}
