// The values that a path with wildcards leads to, in DuckDB's order: what lies below a value goes level by level, all else as it stands in the
// document. Documents were found well-formed before; nothing here writes.

import { countElements, isKey, scanKey, skipColon, skipSpace, skipString, skipValue } from './json_scan.mjs';

/** @typedef {import('./json_path.mjs').WildStep} WildStep */

const QUOTE = 34;
const COMMA = 44;
const OPEN_ARRAY = 91;
const OPEN_OBJECT = 123;

/**
 * Appends start and end of each value to `places`.
 * @param {Uint8Array} m
 * @param {number} start of the value to begin with, without space before it
 * @param {number} end behind it
 * @param {WildStep[]} steps
 * @param {number[]} places
 */
export function gather(m, start, end, steps, places) {
  follow(m, start, end, steps, 0, places);
}

/** @param {Uint8Array} m @param {number} start @param {number} end @param {WildStep[]} steps @param {number} level as deep as the path is long @param {number[]} places */
function follow(m, start, end, steps, level, places) {
  const step = steps[level];
  if (step === undefined) {
    places.push(start, end);
    return;
  }
  const isObject = m[start] === OPEN_OBJECT;
  const isArray = m[start] === OPEN_ARRAY;
  if (step === 'below') {
    refuseDeep(m, start, end);
    const isLast = level + 1 === steps.length;
    if (!isLast) follow(m, start, end, steps, level + 1, places);
    const waiting = [start, end];
    for (let at = 0; at < waiting.length; at += 2) {
      eachChild(m, waiting[at], waiting[at + 1], (from, to) => {
        waiting.push(from, to);
        if (isLast) places.push(from, to);
      });
      // A value's children are looked at after its siblings.
      if (!isLast && at > 0) follow(m, waiting[at], waiting[at + 1], steps, level + 1, places);
    }
    return;
  }
  if (step === 'members' || step === 'elements') {
    if (step === 'members' ? isObject : isArray) eachChild(m, start, end, (from, to) => follow(m, from, to, steps, level + 1, places));
    return;
  }
  const { key } = step;
  if (isObject && key !== null) {
    let isOpen = true;
    eachChild(m, start, end, (from, to, keyStart, keyEnd) => {
      // Of two members with the same key DuckDB takes the first.
      if (!isOpen || !isKey(m, keyStart + 1, keyEnd - 1, key, scanKey(m, keyStart, keyEnd))) return;
      isOpen = false;
      follow(m, from, to, steps, level + 1, places);
    });
  } else if (isArray && !Number.isNaN(step.index)) {
    const wanted = step.index < 0 ? step.index + countElements(m, start, end) : step.index;
    let at = 0;
    eachChild(m, start, end, (from, to) => {
      if (at === wanted) follow(m, from, to, steps, level + 1, places);
      at += 1;
    });
  }
}

/** Each level is gone over once more for every level above it. */
const DEEPEST = 1000;

/** @param {Uint8Array} m @param {number} start @param {number} end */
function refuseDeep(m, start, end) {
  let depth = 0;
  for (let i = start; i < end; i += 1) {
    const c = m[i];
    if (c === QUOTE) i = skipString(m, i, end) - 1;
    else if (c === OPEN_OBJECT || c === OPEN_ARRAY) depth += 1;
    else if (c === OPEN_OBJECT + 2 || c === OPEN_ARRAY + 2) depth -= 1;
    if (depth > DEEPEST) throw new Error(`A document that is nested more than ${DEEPEST} levels deep cannot be searched with '..' in a JSON path`);
  }
}

/**
 * The members' values or the elements of a well-formed value, with the range of the key, quotes included, where there is one.
 * @param {Uint8Array} m
 * @param {number} start
 * @param {number} end
 * @param {(from: number, to: number, keyStart: number, keyEnd: number) => void} visit
 */
function eachChild(m, start, end, visit) {
  const open = m[start];
  if (open !== OPEN_OBJECT && open !== OPEN_ARRAY) return;
  let i = skipSpace(m, start + 1, end);
  // The closing byte lies two above the opening one, for both kinds.
  while (m[i] !== open + 2) {
    const keyStart = i;
    let keyEnd = i;
    if (open === OPEN_OBJECT && m[i] === QUOTE) {
      keyEnd = skipString(m, i, end);
      i = skipColon(m, keyEnd, end);
    }
    const to = skipValue(m, i, end);
    visit(i, to, keyStart, keyEnd);
    i = skipSpace(m, to, end);
    if (m[i] === COMMA) i = skipSpace(m, i + 1, end);
  }
}
