// The rows of DuckDB's table functions json_each and json_tree: one for each member or element of a value, or for everything below it; and the
// members of an object, with less about each. Rows are written one behind the other as one DuckDB list literal of texts, COLUMNS of a row after
// another, which SQL takes apart: a list of lists would be quoted twice. Documents were found well-formed before.

import { found, scanned, scanValue, skipSpace, skipString, skipValue } from './json_scan.mjs';
import { put, putAscii, putInList, putListElement, putNull, putValueInList, putWordInList } from './json_write.mjs';

const QUOTE = 34;
const COMMA = 44;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Writes the rows of the value in `found`.
 * @param {Uint8Array} m
 * @param {number} documentStart
 * @param {string} path the way to the value
 * @param {boolean} isDeep everything below it, and the value itself
 * @param {(start: number, end: number) => string} typeOf
 */
export function putRows(m, documentStart, path, isDeep, typeOf) {
  const { start, end } = found;
  const root = rootOf(path);
  const isContainer = m[start] === OPEN_OBJECT || m[start] === OPEN_ARRAY;
  // Values are numbered as they stand in the document, keys included.
  let id = countBefore(m, documentStart, start);
  const rootId = id;
  let isFirst = true;
  const row = (/** @type {string | null} */ key, /** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ own, /** @type {number | null} */ parent, /** @type {string} */ fullkey, /** @type {string} */ inPath) => {
    if (!isFirst) put(COMMA);
    isFirst = false;
    if (key === null) putNull();
    else putText(key);
    put(COMMA);
    scanValue(m, from, to);
    putValueInList(m, from, to, scanned.tidy);
    put(COMMA);
    putWordInList(typeOf(from, to));
    put(COMMA);
    putAscii(String(own));
    put(COMMA);
    if (parent === null) putNull();
    else putAscii(String(parent));
    put(COMMA);
    putText(fullkey);
    put(COMMA);
    putText(inPath);
  };
  put(OPEN_ARRAY);
  if (isDeep || !isContainer) row(null, start, end, id, null, root, root);
  id += 1;
  /** Containers that are open, the value itself at the bottom. @type {{ isObject: boolean, id: number, path: string, index: number }[]} */
  const open = isContainer ? [{ isObject: m[start] === OPEN_OBJECT, id: rootId, path: root, index: 0 }] : [];
  let i = skipSpace(m, start + 1, end);
  while (open.length > 0) {
    const inside = open[open.length - 1];
    if (m[i] === CLOSE_ARRAY || m[i] === CLOSE_OBJECT) {
      open.pop();
      i = skipSpace(m, i + 1, end);
      if (open.length > 0 && m[i] === COMMA) i = skipSpace(m, i + 1, end);
      continue;
    }
    let key = String(inside.index);
    let fullkey = `${inside.path}[${inside.index}]`;
    if (inside.isObject) {
      const from = i;
      i = skipString(m, i, end);
      key = JSON.parse(decoder.decode(m.subarray(from, i)));
      fullkey = `${inside.path}.${key}`;
      id += 1;
      i = skipSpace(m, skipSpace(m, i, end) + 1, end);
    }
    inside.index += 1;
    const isShown = isDeep || open.length === 1;
    const after = isShown ? skipValue(m, i, end) : i;
    if (isShown) row(key, i, after, id, isDeep ? inside.id : null, fullkey, inside.path);
    if (m[i] === OPEN_OBJECT || m[i] === OPEN_ARRAY) {
      open.push({ isObject: m[i] === OPEN_OBJECT, id, path: fullkey, index: 0 });
      i = skipSpace(m, i + 1, end);
    } else {
      i = skipSpace(m, isShown ? after : skipValue(m, i, end), end);
      if (m[i] === COMMA) i = skipSpace(m, i + 1, end);
    }
    id += 1;
  }
  put(CLOSE_ARRAY);
}

/**
 * Writes key, text and type of each member of the object in `found`: the text of a string is without quotes, that of null is NULL.
 * @param {Uint8Array} m
 * @param {(start: number, end: number) => string} typeOf
 */
export function putMembers(m, typeOf) {
  const { start, end } = found;
  put(OPEN_ARRAY);
  let i = skipSpace(m, start + 1, end);
  for (let isFirst = true; m[start] === OPEN_OBJECT && m[i] === QUOTE; isFirst = false) {
    if (!isFirst) put(COMMA);
    const keyEnd = skipString(m, i, end);
    putListElement(m, i, keyEnd);
    put(COMMA);
    i = skipSpace(m, skipSpace(m, keyEnd, end) + 1, end);
    const after = scanValue(m, i, end);
    const type = typeOf(i, after);
    if (type === 'NULL') putNull();
    else if (m[i] === QUOTE) putListElement(m, i, after);
    else putValueInList(m, i, after, scanned.tidy);
    put(COMMA);
    putWordInList(type);
    i = skipSpace(m, after, end);
    if (m[i] === COMMA) i = skipSpace(m, i + 1, end);
  }
  put(CLOSE_ARRAY);
}

/** @param {string} text */
function putText(text) {
  const bytes = encoder.encode(text);
  putInList(bytes, 0, bytes.length);
}

/** Values and keys that begin before a place. @param {Uint8Array} m @param {number} i @param {number} end */
function countBefore(m, i, end) {
  let count = 0;
  while (i < end) {
    const c = m[i];
    if (c === QUOTE) {
      count += 1;
      i = skipString(m, i, m.length);
    } else if (c === OPEN_OBJECT || c === OPEN_ARRAY) {
      count += 1;
      i += 1;
    } else if (c <= 32 || c === COMMA || c === 58 || c === CLOSE_ARRAY || c === CLOSE_OBJECT) {
      i += 1;
    } else {
      count += 1;
      while (i < end && m[i] > 32 && m[i] !== COMMA && m[i] !== CLOSE_ARRAY && m[i] !== CLOSE_OBJECT) i += 1;
    }
  }
  return count;
}

/** A path as rows begin with it. @param {string} path */
function rootOf(path) {
  if (path.startsWith('$')) return path;
  if (path === '' || path.startsWith('/') || path.includes('"')) throw new Error("JSON path must start with '$' for json_each/json_tree");
  return `$."${path}"`;
}
