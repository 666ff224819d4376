// Whether a JSON value holds another anywhere within it: equal scalars, an object with at least the members, an array with at least the
// elements, as DuckDB's json_contains has it. Numbers are equal if they are written alike in their normal form; 1 and 1.0 are not.
// Documents were found well-formed before.

import { skipSpace, skipString, skipValue } from './json_scan.mjs';
import { clear, putNormal, written } from './json_write.mjs';

const COMMA = 44;
const OPEN_ARRAY = 91;
const OPEN_OBJECT = 123;

/** `items`: all that lies directly within. @typedef {{ kind: 'scalar', text: string, items: Node[] } | { kind: 'array', items: Node[] } | { kind: 'object', items: Node[], members: Map<string, Node> }} Node */

const decoder = new TextDecoder();

/**
 * @param {Uint8Array} m
 * @param {number} hay
 * @param {number} hayEnd
 * @param {number} needle
 * @param {number} needleEnd
 */
export function contains(m, hay, hayEnd, needle, needleEnd) {
  const wanted = read(m, needle, needleEnd);
  const open = [read(m, hay, hayEnd)];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (holds(node, wanted)) return true;
    for (const item of node.items) open.push(item);
  }
  return false;
}

/** @param {Node} hay @param {Node} needle @returns {boolean} */
function holds(hay, needle) {
  if (hay.kind === 'array' && needle.kind === 'array') return needle.items.every(wanted => hay.items.some(item => holds(item, wanted)));
  if (hay.kind === 'object' && needle.kind === 'object') {
    return [...needle.members].every(([key, wanted]) => {
      const found = hay.members.get(key);
      return found !== undefined && holds(found, wanted);
    });
  }
  return hay.kind === 'scalar' && needle.kind === 'scalar' && hay.text === needle.text;
}

/** So deep, which the call stack bears; deeper values count as one text. */
const DEEPEST = 500;

/** @param {Uint8Array} m @param {number} start @param {number} end @returns {Node} */
function read(m, start, end) {
  const at = { i: skipSpace(m, start, end) };
  return readValue(m, at, end, 0);
}

/** @param {Uint8Array} m @param {{ i: number }} at @param {number} end @param {number} depth @returns {Node} */
function readValue(m, at, end, depth) {
  const first = m[at.i];
  if (depth > DEEPEST || (first !== OPEN_ARRAY && first !== OPEN_OBJECT)) {
    const start = at.i;
    at.i = skipValue(m, at.i, end);
    clear();
    putNormal(m, start, at.i);
    return { kind: 'scalar', text: decoder.decode(written.bytes.subarray(0, written.length)), items: [] };
  }
  at.i = skipSpace(m, at.i + 1, end);
  /** @type {Node[]} */
  const items = [];
  /** @type {Map<string, Node>} */
  const members = new Map();
  // The closing byte lies two above the opening one, for both kinds.
  while (m[at.i] !== first + 2) {
    let key = '';
    if (first === OPEN_OBJECT) {
      const from = at.i;
      at.i = skipString(m, at.i, end);
      key = JSON.parse(decoder.decode(m.subarray(from, at.i)));
      at.i = skipSpace(m, skipSpace(m, at.i, end) + 1, end);
    }
    const value = readValue(m, at, end, depth + 1);
    items.push(value);
    // Of two members with the same key DuckDB takes the first.
    if (first === OPEN_OBJECT && !members.has(key)) members.set(key, value);
    at.i = skipSpace(m, at.i, end);
    if (m[at.i] === COMMA) at.i = skipSpace(m, at.i + 1, end);
  }
  at.i += 1;
  return first === OPEN_ARRAY ? { kind: 'array', items } : { kind: 'object', items, members };
}
