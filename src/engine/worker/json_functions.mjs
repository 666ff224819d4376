// The JSON functions of DuckDB's `json` extension, which the wasm build does not have, over the bytes that DuckDB holds.
// Where they differ: malformed JSON gives NULL instead of an error, results are VARCHAR, wildcards in paths are refused.
// Nothing here decodes a document into JavaScript objects.

import { indexPath, parsePath } from './json_path.mjs';
import { countElements, eachKey, find, found } from './json_scan.mjs';
import { clear, put, putAscii, putListElement, putNormal, putQuoted, putString, written } from './json_write.mjs';
import { defineFunction } from './udf.mjs';

/** @typedef {import('./udf.mjs').Call} Call */
/** @typedef {import('./json_path.mjs').Step} Step */

const QUOTE = 34;
const OPEN_ARRAY = 91;
const LOWER_N = 110;
const OPEN_OBJECT = 123;

/**
 * Defines the functions behind the names that macros.mjs gives them, and `json_extract` itself: DuckDB turns the operator `->` into it when
 * the operands are bound already, and then a macro fails ("Cannot copy bound expression").
 * @param {import('./types').Bindings} db
 * @param {number} conn
 */
export function registerJsonFunctions(db, conn) {
  const define = (/** @type {string} */ name, /** @type {import('./udf.mjs').ResultType} */ type, /** @type {(call: Call) => void} */ run) =>
    defineFunction(db, conn, name, type, run);
  define('json_extract', 'text', onDocuments('json_extract', 2, 2, setJson));
  define('__json_extract_string', 'text', onDocuments('json_extract_string', 2, 2, setText));
  define('__json', 'text', onDocuments('json', 1, 1, setJson));
  define('__json_type', 'text', onDocuments('json_type', 1, 2, setType));
  define('__json_keys', 'text', onDocuments('json_keys', 1, 2, setKeys));
  define('__json_array_length', 'uint64', onDocuments('json_array_length', 1, 2, setArrayLength));
  define('__json_exists', 'bool', exists);
  define('__json_valid', 'bool', valid);
  define('__json_quote', 'text', quote);
}

/**
 * Writes the result for one row from the value in `found`.
 * @callback SetResult
 * @param {Call} call
 * @param {number} row
 */

/**
 * @param {string} name
 * @param {number} least number of arguments: the document, and perhaps a path
 * @param {number} most
 * @param {SetResult} set
 */
function onDocuments(name, least, most, set) {
  return (/** @type {Call} */ call) => {
    expectArguments(call, name, least, most);
    eachDocument(call, set, null);
  };
}

/** @param {Call} call */
function exists(call) {
  expectArguments(call, 'json_exists', 2, 2);
  eachDocument(call, (_, row) => call.setBool(row, true), row => call.setBool(row, false));
}

/** @param {Call} call */
function valid(call) {
  expectArguments(call, 'json_valid', 1, 1);
  const [json] = call.args;
  for (let row = 0; row < call.rows; row += 1) {
    const { HEAPU8, HEAPF64 } = call.mod;
    if (HEAPU8[json.valid + row] === 0) {
      call.setNull(row);
      continue;
    }
    const start = HEAPF64[json.data + row];
    call.setBool(row, find(HEAPU8, start, start + HEAPF64[json.lengths + row], []));
  }
}

/** @param {Call} call */
function quote(call) {
  expectArguments(call, 'json_quote', 1, 1);
  const [plain] = call.args;
  for (let row = 0; row < call.rows; row += 1) {
    const { HEAPU8, HEAPF64 } = call.mod;
    if (HEAPU8[plain.valid + row] === 0) {
      call.setNull(row);
      continue;
    }
    const start = HEAPF64[plain.data + row];
    clear();
    putQuoted(HEAPU8, start, start + HEAPF64[plain.lengths + row]);
    call.setBytes(row, written.bytes, written.length);
  }
}

/**
 * @param {Call} call
 * @param {string} name
 * @param {number} least
 * @param {number} most
 */
function expectArguments({ args }, name, least, most) {
  if (args.length < least || args.length > most) {
    throw new Error(`${name} takes ${least === most ? least : `${least} or ${most}`} argument${most === 1 ? '' : 's'}, not ${args.length}`);
  }
  if (!args[0].isText) throw new Error(`${name} takes text as its first argument: cast it to VARCHAR`);
}

/**
 * Looks up the path (the second argument, or the whole document) in every row's document. NULLs, malformed documents and missing
 * values become NULL, unless `setMissing` says what a missing value is.
 * @param {Call} call
 * @param {SetResult} set
 * @param {((row: number) => void) | null} setMissing
 */
function eachDocument(call, set, setMissing) {
  const [json, path] = call.args;
  const stepsOf = path === undefined ? () => WHOLE : pathReader(call, path);
  for (let row = 0; row < call.rows; row += 1) {
    // Anew for each row: writing a result may have moved the memory.
    const { HEAPU8, HEAPF64 } = call.mod;
    if (HEAPU8[json.valid + row] === 0 || (path !== undefined && HEAPU8[path.valid + row] === 0)) {
      call.setNull(row);
      continue;
    }
    const steps = stepsOf(row);
    const start = HEAPF64[json.data + row];
    if (!find(HEAPU8, start, start + HEAPF64[json.lengths + row], steps)) call.setNull(row);
    else if (found.start >= 0) set(call, row);
    else if (setMissing !== null) setMissing(row);
    else call.setNull(row);
  }
}

/** @type {Step[]} */
const WHOLE = [];

const decoder = new TextDecoder();

/**
 * Reads a row's path. Mostly it is the same in all rows, at addresses that differ, so the last one is kept.
 * @param {Call} call
 * @param {import('./udf.mjs').Column} path
 * @returns {(row: number) => Step[]}
 */
function pathReader({ mod }, path) {
  /** @type {Step[] | null} */
  let steps = null;
  if (!path.isText) {
    let last = 0;
    return row => {
      const index = mod.HEAP32[path.data + row];
      if (steps === null || index !== last) steps = indexPath(index);
      last = index;
      return steps;
    };
  }
  let last = new Uint8Array(0);
  return row => {
    const { HEAPU8, HEAPF64 } = mod;
    const start = HEAPF64[path.data + row];
    const length = HEAPF64[path.lengths + row];
    if (steps !== null && isSame(HEAPU8, start, length, last)) return steps;
    last = HEAPU8.slice(start, start + length);
    steps = parsePath(decoder.decode(last));
    return steps;
  };
}

/**
 * @param {Uint8Array} m
 * @param {number} start
 * @param {number} length
 * @param {Uint8Array} other
 */
function isSame(m, start, length, other) {
  if (length !== other.length) return false;
  for (let i = 0; i < length; i += 1) if (m[start + i] !== other[i]) return false;
  return true;
}

/** @type {SetResult} */
function setJson(call, row) {
  const { start, end, tidy } = found;
  if (tidy) {
    call.setRange(row, start, end - start);
    return;
  }
  clear();
  putNormal(call.mod.HEAPU8, start, end);
  call.setBytes(row, written.bytes, written.length);
}

/** @type {SetResult} */
function setText(call, row) {
  const { start, end, tidy } = found;
  const m = call.mod.HEAPU8;
  if (m[start] === QUOTE) {
    if (tidy) {
      call.setRange(row, start + 1, end - start - 2);
      return;
    }
    clear();
    putString(m, start + 1, false);
    call.setBytes(row, written.bytes, written.length);
  } else if (isNull(m, start)) {
    call.setNull(row);
  } else {
    setJson(call, row);
  }
}

/**
 * The value is well-formed, so "nu" can only be null; "na" is NaN.
 * @param {Uint8Array} m
 * @param {number} start
 */
function isNull(m, start) {
  return m[start] === LOWER_N && m[start + 1] === 117;
}

/** @type {SetResult} */
function setType(call, row) {
  clear();
  putAscii(typeName(call.mod.HEAPU8, found.start, found.end));
  call.setBytes(row, written.bytes, written.length);
}

/**
 * @param {Uint8Array} m
 * @param {number} start
 * @param {number} end
 */
function typeName(m, start, end) {
  switch (m[start]) {
    case OPEN_OBJECT: return 'OBJECT';
    case OPEN_ARRAY: return 'ARRAY';
    case QUOTE: return 'VARCHAR';
    case 116: case 102: return 'BOOLEAN'; // t, f
    default:
      return isNull(m, start) ? 'NULL' : numberTypeName(decoder.decode(m.subarray(start, end)));
  }
}

/** @param {string} text */
function numberTypeName(text) {
  if (!/^-?\d+$/.test(text)) return 'DOUBLE';
  const value = BigInt(text);
  if (text.startsWith('-')) return value >= -(2n ** 63n) ? 'BIGINT' : 'DOUBLE';
  return value < 2n ** 64n ? 'UBIGINT' : 'DOUBLE';
}

/** @type {SetResult} */
function setArrayLength(call, row) {
  const m = call.mod.HEAPU8;
  call.setCount(row, m[found.start] === OPEN_ARRAY ? countElements(m, found.start, found.end) : 0);
}

/**
 * The keys as a list literal, which a macro casts to VARCHAR[].
 * @type {SetResult}
 */
function setKeys(call, row) {
  const m = call.mod.HEAPU8;
  clear();
  put(OPEN_ARRAY);
  if (m[found.start] === OPEN_OBJECT) {
    eachKey(m, found.start, found.end, start => {
      if (written.length > 1) put(44);
      putListElement(m, start);
    });
  }
  put(93);
  call.setBytes(row, written.bytes, written.length);
}
