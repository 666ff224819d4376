// Writes JSON and plain text the way DuckDB writes them, from well-formed JSON bytes, into one reusable buffer.
// It trusts its input: callers check it with json_scan.mjs first.

import { hexUnit, skipSpace } from './json_scan.mjs';

const QUOTE = 34;
const BACKSLASH = 92;

/** What was written since `clear`: `bytes[0 .. length]`. */
export const written = { bytes: new Uint8Array(1 << 12), length: 0 };

export function clear() {
  written.length = 0;
}

/** @param {number} more bytes */
function makeRoom(more) {
  if (written.length + more <= written.bytes.length) return;
  const larger = new Uint8Array(2 * written.bytes.length + more);
  larger.set(written.bytes.subarray(0, written.length));
  written.bytes = larger;
}

/** @param {number} byte */
export function put(byte) {
  if (written.length === written.bytes.length) makeRoom(1);
  written.bytes[written.length] = byte;
  written.length += 1;
}

/** @param {string} ascii */
export function putAscii(ascii) {
  for (let i = 0; i < ascii.length; i += 1) put(ascii.charCodeAt(i));
}

/**
 * A value without the space, with numbers and escapes in their normal form.
 * @param {Uint8Array} m
 * @param {number} i
 * @param {number} end
 */
export function putNormal(m, i, end) {
  while (i < end) {
    const c = m[i];
    if (c === QUOTE) {
      put(QUOTE);
      i = putString(m, i + 1, true);
      put(QUOTE);
    } else if (c <= 32) {
      i += 1;
    } else if (c === 44) {
      i = skipSpace(m, i + 1, end);
      // A comma before the closing bracket is left out.
      if (m[i] !== 93 && m[i] !== 125) put(44);
    } else if (c === 45 || (c >= 48 && c <= 57)) {
      i = putNumber(m, i, end);
    } else {
      put(c);
      i += 1;
    }
  }
}

/**
 * @param {Uint8Array} m
 * @param {number} start
 * @param {number} end
 * @returns {number}
 */
function putNumber(m, start, end) {
  let i = start;
  let text = '';
  while (i < end && isNumberByte(m[i])) {
    text += String.fromCharCode(m[i]);
    i += 1;
  }
  putAscii(normalNumber(text));
  return i;
}

/**
 * Digits, sign, point, and the letters of exponents and of NaN and Infinity.
 * @param {number} c
 */
function isNumberByte(c) {
  return (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 45 || c === 43 || c === 46;
}

/**
 * The shortest text of a double, with ".0" where nothing else tells it from an integer. Integers of any length stay as they are.
 * @param {string} text
 */
function normalNumber(text) {
  if (text === '-0') return '0';
  const value = Number(text);
  if (!/[.eE]/.test(text) || !Number.isFinite(value)) return text;
  const shortest = Object.is(value, -0) ? '-0' : String(value).replace('e+', 'e');
  return /[.e]/.test(shortest) ? shortest : `${shortest}.0`;
}

/**
 * The content of a JSON string up to its closing quote: as JSON again, or as plain text.
 * @param {Uint8Array} m
 * @param {number} i behind the opening quote
 * @param {boolean} asJson
 * @returns {number} behind the closing quote
 */
export function putString(m, i, asJson) {
  for (;;) {
    const c = m[i];
    if (c === QUOTE) return i + 1;
    if (c !== BACKSLASH) {
      put(c);
      i += 1;
      continue;
    }
    const [point, after] = readEscape(m, i + 1);
    i = after;
    if (asJson) putEscaped(point);
    else putUtf8(point);
  }
}

/**
 * @param {Uint8Array} m
 * @param {number} i behind the backslash
 * @returns {[point: number, after: number]}
 */
function readEscape(m, i) {
  const c = m[i];
  if (c === 117) {
    const unit = hexUnit(m, i + 1, i + 5);
    if (unit < 0xd800 || unit >= 0xe000) return [unit, i + 5];
    const low = hexUnit(m, i + 7, i + 11);
    return [0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00), i + 11];
  }
  const control = { 98: 8, 102: 12, 110: 10, 114: 13, 116: 9 }[c];
  return [control ?? c, i + 1];
}

const SHORT_ESCAPES = new Map([[8, 'b'], [9, 't'], [10, 'n'], [12, 'f'], [13, 'r'], [QUOTE, '"'], [BACKSLASH, '\\']]);

/** @param {number} point */
function putEscaped(point) {
  const short = SHORT_ESCAPES.get(point);
  if (short !== undefined) putAscii(`\\${short}`);
  else if (point < 32) putAscii(`\\u${point.toString(16).toUpperCase().padStart(4, '0')}`);
  else putUtf8(point);
}

/** @param {number} point */
function putUtf8(point) {
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0 | (point >> 6));
    put(0x80 | (point & 63));
  } else if (point < 0x10000) {
    put(0xe0 | (point >> 12));
    put(0x80 | ((point >> 6) & 63));
    put(0x80 | (point & 63));
  } else {
    put(0xf0 | (point >> 18));
    put(0x80 | ((point >> 12) & 63));
    put(0x80 | ((point >> 6) & 63));
    put(0x80 | (point & 63));
  }
}

/**
 * Plain text as a JSON string.
 * @param {Uint8Array} m
 * @param {number} start
 * @param {number} end
 */
export function putQuoted(m, start, end) {
  put(QUOTE);
  for (let i = start; i < end; i += 1) {
    const c = m[i];
    if (c < 32 || c === QUOTE || c === BACKSLASH) putEscaped(c);
    else put(c);
  }
  put(QUOTE);
}

/**
 * A JSON string as an element of a DuckDB list literal.
 * @param {Uint8Array} m
 * @param {number} start where the opening quote is
 * @param {number} end behind the closing one
 */
export function putListElement(m, start, end) {
  const from = written.length;
  makeRoom(end - start);
  const { bytes } = written;
  let at = from;
  bytes[at++] = QUOTE;
  for (let i = start + 1; i < end - 1; i += 1) {
    const c = m[i];
    if (c === BACKSLASH) {
      putString(m, start + 1, false);
      const plain = written.bytes.slice(from, written.length);
      written.length = from;
      putInList(plain, 0, plain.length);
      return;
    }
    bytes[at++] = c;
  }
  bytes[at++] = QUOTE;
  written.length = at;
}

/**
 * Text as an element of a DuckDB list literal, where a backslash means the next byte and nothing else.
 * @param {Uint8Array} m
 * @param {number} start
 * @param {number} end
 */
export function putInList(m, start, end) {
  makeRoom(2 * (end - start) + 2);
  const { bytes } = written;
  let at = written.length;
  bytes[at++] = QUOTE;
  for (let i = start; i < end; i += 1) {
    const c = m[i];
    if (c === QUOTE || c === BACKSLASH) bytes[at++] = BACKSLASH;
    bytes[at++] = c;
  }
  bytes[at++] = QUOTE;
  written.length = at;
}

/** A value as JSON, as an element of a DuckDB list literal. @param {Uint8Array} m @param {number} start @param {number} end @param {boolean} isTidy */
export function putValueInList(m, start, end, isTidy) {
  if (isTidy) {
    putInList(m, start, end);
    return;
  }
  const from = written.length;
  putNormal(m, start, end);
  const value = written.bytes.slice(from, written.length);
  written.length = from;
  putInList(value, 0, value.length);
}

/** The same of letters and digits. @param {string} word */
export function putWordInList(word) {
  put(QUOTE);
  putAscii(word);
  put(QUOTE);
}

/** NULL as an element of a DuckDB list literal. */
export function putNull() {
  putAscii('NULL');
}
