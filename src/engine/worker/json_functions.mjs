// The JSON functions of DuckDB's `json` extension, which the wasm build does not have, over the bytes that DuckDB holds.
// Where they differ: malformed JSON gives NULL instead of an error, results are VARCHAR. A path with wildcards is read by functions of their own,
// which answer with lists: json_rename.mjs puts them into the statement.
// Nothing here decodes a document into JavaScript objects.

import { contains } from './json_contains.mjs';
import { putMembers, putRows } from './json_each.mjs';
import { indexPath, parsePath, parseWildPath } from './json_path.mjs';
import { countElements, eachKey, find, found, scanned, scanValue } from './json_scan.mjs';
import { gather } from './json_wild.mjs';
import { clear, put, putAscii, putListElement, putNormal, putNull, putQuoted, putString, putValueInList, putWordInList, written } from './json_write.mjs';
import { defineFunction } from './udf.mjs';

/** @typedef {import('./udf.mjs').Call} Call */
/** @typedef {import('./json_path.mjs').Step} Step */
/** @typedef {import('./json_path.mjs').WildStep} WildStep */

const QUOTE = 34;
const OPEN_ARRAY = 91;
const LOWER_N = 110;
const OPEN_OBJECT = 123;

/**
 * Defines the functions behind the names that macros.mjs gives them, and `json_extract` itself: DuckDB turns the operator `->` into it when
 * the operands are bound already, and then a macro fails ("Cannot copy bound expression").
 * @param {import('./types').Bindings} db
 * @param {number} conn
 * @param {boolean} hasJson DuckDB's own are there: only what the page itself asks for is added
 */
export function registerJsonFunctions(db, conn, hasJson) {
  const define = (/** @type {string} */ name, /** @type {import('./udf.mjs').ResultType} */ type, /** @type {(call: Call) => void} */ run) =>
    defineFunction(db, conn, name, type, run);
  define('__json_members', 'text', onDocuments('json_members', 1, 1, setMembers));
  if (hasJson) return;
  define('json_extract', 'text', onDocuments('json_extract', 2, 2, setJson));
  define('__json_extract_string', 'text', onDocuments('json_extract_string', 2, 2, setText));
  define('__json_value', 'text', onDocuments('json_value', 2, 2, setScalar));
  define('__json_each', 'text', onDocuments('json_each', 2, 2, setRows(false)));
  define('__json_tree', 'text', onDocuments('json_tree', 2, 2, setRows(true)));
  define('__json_contains', 'bool', containsIt);
  define('__json', 'text', onDocuments('json', 1, 1, setJson));
  define('__json_type', 'text', onDocuments('json_type', 1, 2, setType));
  define('__json_keys', 'text', onDocuments('json_keys', 1, 2, setKeys));
  define('__json_array_length', 'uint64', onDocuments('json_array_length', 1, 2, setArrayLength));
  define('__json_exists', 'bool', exists);
  define('__json_valid', 'bool', valid);
  define('__json_quote', 'text', quote);
  define('__jsons_extract', 'text', onEvery('json_extract', putJson));
  define('__jsons_extract_string', 'text', onEvery('json_extract_string', putPlain));
  define('__jsons_value', 'text', onEvery('json_value', putScalar));
  define('__jsons_type', 'text', onEvery('json_type', (m, start, end) => putWordInList(typeName(m, start, end))));
  define('__jsons_exists', 'text', onEvery('json_exists', () => putAscii('true')));
  define('__jsons_array_length', 'text', onEvery('json_array_length', (m, start, end) => putAscii(String(elementsOf(m, start, end)))));
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

/**
 * All values that a path with wildcards leads to, as a list literal, which a macro casts.
 * @param {string} name
 * @param {(m: Uint8Array, start: number, end: number) => void} putOne
 */
function onEvery(name, putOne) {
  return (/** @type {Call} */ call) => {
    expectArguments(call, name, 2, 2);
    const [json, path] = call.args;
    const stepsOf = pathReader(call, path, parseWildPath);
    /** @type {number[]} */
    const places = [];
    for (let row = 0; row < call.rows; row += 1) {
      const { HEAPU8, HEAPF64 } = call.mod;
      const start = HEAPF64[json.data + row];
      if (HEAPU8[json.valid + row] === 0 || HEAPU8[path.valid + row] === 0 || !find(HEAPU8, start, start + HEAPF64[json.lengths + row], WHOLE)) {
        call.setNull(row);
        continue;
      }
      places.length = 0;
      gather(HEAPU8, found.start, found.end, stepsOf(row), places);
      clear();
      put(OPEN_ARRAY);
      for (let at = 0; at < places.length; at += 2) {
        if (at > 0) put(44);
        putOne(HEAPU8, places[at], places[at + 1]);
      }
      put(93);
      call.setBytes(row, written.bytes, written.length);
    }
  };
}

/** @param {Uint8Array} m @param {number} start @param {number} end */
function putJson(m, start, end) {
  scanValue(m, start, end);
  putValueInList(m, start, end, scanned.tidy);
}

/** @param {Uint8Array} m @param {number} start @param {number} end */
function putPlain(m, start, end) {
  if (m[start] === QUOTE) putListElement(m, start, end);
  else if (isNull(m, start)) putNull();
  else putJson(m, start, end);
}

/** @param {Uint8Array} m @param {number} start @param {number} end */
function putScalar(m, start, end) {
  if (m[start] === OPEN_OBJECT || m[start] === OPEN_ARRAY || isNull(m, start)) putNull();
  else putJson(m, start, end);
}

/** @param {Uint8Array} m @param {number} start @param {number} end */
function elementsOf(m, start, end) {
  return m[start] === OPEN_ARRAY ? countElements(m, start, end) : 0;
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

/** Malformed documents on either side are NULL. @param {Call} call */
function containsIt(call) {
  expectArguments(call, 'json_contains', 2, 2);
  const [hay, needle] = call.args;
  for (let row = 0; row < call.rows; row += 1) {
    const { HEAPU8, HEAPF64 } = call.mod;
    const range = (/** @type {import('./udf.mjs').Column} */ column) => /** @type {const} */ ([HEAPF64[column.data + row], HEAPF64[column.data + row] + HEAPF64[column.lengths + row]]);
    const isRead = [hay, needle].every(column => HEAPU8[column.valid + row] !== 0 && find(HEAPU8, ...range(column), WHOLE));
    if (isRead) call.setBool(row, contains(HEAPU8, ...range(hay), ...range(needle)));
    else call.setNull(row);
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
  const stepsOf = path === undefined ? () => WHOLE : pathReader(call, path, parsePath);
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
 * @template {WildStep} S
 * @param {Call} call
 * @param {import('./udf.mjs').Column} path
 * @param {(path: string) => S[]} parse
 * @returns {(row: number) => (S | Step)[]}
 */
function pathReader({ mod }, path, parse) {
  /** @type {(S | Step)[] | null} */
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
    steps = parse(decoder.decode(last));
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

/** A text, number or boolean as JSON. @type {SetResult} */
function setScalar(call, row) {
  const m = call.mod.HEAPU8;
  const first = m[found.start];
  if (first === OPEN_OBJECT || first === OPEN_ARRAY || isNull(m, found.start)) call.setNull(row);
  else setJson(call, row);
}

/** @type {SetResult} */
function setMembers(call, row) {
  const m = call.mod.HEAPU8;
  clear();
  putMembers(m, (start, end) => typeName(m, start, end));
  call.setBytes(row, written.bytes, written.length);
}

/** @param {boolean} isDeep @returns {SetResult} */
function setRows(isDeep) {
  return (call, row) => {
    const { HEAPU8, HEAPF64 } = call.mod;
    const [json, path] = call.args;
    const pathStart = HEAPF64[path.data + row];
    const pathText = decoder.decode(HEAPU8.subarray(pathStart, pathStart + HEAPF64[path.lengths + row]));
    clear();
    putRows(HEAPU8, HEAPF64[json.data + row], pathText, isDeep, (start, end) => typeName(HEAPU8, start, end));
    call.setBytes(row, written.bytes, written.length);
  };
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
  call.setCount(row, elementsOf(m, found.start, found.end));
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
    eachKey(m, found.start, found.end, (start, end) => {
      if (written.length > 1) put(44);
      putListElement(m, start, end);
    });
  }
  put(93);
  call.setBytes(row, written.bytes, written.length);
}
