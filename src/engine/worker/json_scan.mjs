// Walks over JSON text as bytes: checks it, and finds the value at a path, without building anything. The grammar is the one DuckDB reads:
// RFC 8259 plus trailing commas and NaN/Infinity. Every function takes the memory, a position and the end, and gives the position
// after what it read, or -1 where the text is malformed. It never reads at or beyond the end, and nesting costs no call stack.

/** @typedef {import('./json_path.mjs').Step} Step */

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const COLON = 58;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/**
 * Set when something was read that DuckDB would write in another way: space, an escape, a fraction, an exponent, a trailing comma.
 * Callers put it to false before the part they care for.
 */
let untidy = false;

/** Where `find` has found the value: start (-1: nowhere), end, and whether it is tidy. */
export const found = { start: -1, end: -1, tidy: true };

/** Whether DuckDB would write the value that `scanValue` went over as it stands. */
export const scanned = { tidy: true };

/**
 * As `skipValue`.
 * @param {Uint8Array} m
 * @param {number} i
 * @param {number} end
 */
export function scanValue(m, i, end) {
  untidy = false;
  const after = skipValue(m, i, end);
  scanned.tidy = !untidy;
  return after;
}

/** Whether a well-formed string has escapes. @param {Uint8Array} m @param {number} start where its opening quote is @param {number} end */
export function scanKey(m, start, end) {
  untidy = false;
  skipString(m, start, end);
  return untidy;
}

/**
 * Checks the whole document and leaves the value at the path in `found`.
 * @param {Uint8Array} m
 * @param {number} start
 * @param {number} end
 * @param {Step[]} steps
 * @returns {boolean} whether the document is well-formed; `found.start` is -1 if it has no such value
 */
export function find(m, start, end, steps) {
  found.start = -1;
  let i = descend(m, skipSpace(m, start, end), end, steps, 0);
  if (i < 0) return false;
  i = skipSpace(m, i, end);
  return i === end;
}

/**
 * @param {Uint8Array} m
 * @param {number} i
 * @param {number} end
 * @param {Step[]} steps
 * @param {number} level the step that is due; as deep as the path is long, whatever the document
 * @returns {number}
 */
function descend(m, i, end, steps, level) {
  const step = steps[level];
  if (step === undefined) {
    untidy = false;
    const after = skipValue(m, i, end);
    found.start = i;
    found.end = after;
    found.tidy = !untidy;
    return after;
  }
  if (i >= end) return -1;
  if (m[i] === OPEN_OBJECT && step.key !== null) return descendObject(m, i, end, steps, level, step.key);
  if (m[i] === OPEN_ARRAY && !Number.isNaN(step.index)) return descendArray(m, i, end, steps, level, step.index);
  return skipValue(m, i, end);
}

/**
 * @param {Uint8Array} m
 * @param {number} i
 * @param {number} end
 * @param {Step[]} steps
 * @param {number} level
 * @param {Uint8Array} key
 */
function descendObject(m, i, end, steps, level, key) {
  i = skipSpace(m, i + 1, end);
  // Of two members with the same key DuckDB takes the first.
  let open = true;
  while (i < end) {
    if (m[i] === CLOSE_OBJECT) return i + 1;
    if (m[i] !== QUOTE) return -1;
    const keyStart = i + 1;
    untidy = false;
    i = skipString(m, i, end);
    if (i < 0) return -1;
    const hit = open && isKey(m, keyStart, i - 1, key, untidy);
    i = skipColon(m, i, end);
    if (i < 0) return -1;
    if (hit) {
      open = false;
      i = descend(m, i, end, steps, level + 1);
    } else {
      i = skipValue(m, i, end);
    }
    if (i < 0) return -1;
    i = skipSpace(m, i, end);
    if (i >= end) return -1;
    if (m[i] === COMMA) {
      i = skipSpace(m, i + 1, end);
    } else if (m[i] !== CLOSE_OBJECT) {
      return -1;
    }
  }
  return -1;
}

/**
 * @param {Uint8Array} m
 * @param {number} start
 * @param {number} end
 * @param {Step[]} steps
 * @param {number} level
 * @param {number} index
 */
function descendArray(m, start, end, steps, level, index) {
  if (index < 0) {
    const count = countElements(m, start, end);
    if (count < 0) return -1;
    index += count;
  }
  let i = skipSpace(m, start + 1, end);
  for (let at = 0; i < end; at += 1) {
    if (m[i] === CLOSE_ARRAY) return i + 1;
    i = at === index ? descend(m, i, end, steps, level + 1) : skipValue(m, i, end);
    if (i < 0) return -1;
    i = skipSpace(m, i, end);
    if (i >= end) return -1;
    if (m[i] === COMMA) {
      i = skipSpace(m, i + 1, end);
    } else if (m[i] !== CLOSE_ARRAY) {
      return -1;
    }
  }
  return -1;
}

/**
 * @param {Uint8Array} m
 * @param {number} i where the array opens
 * @param {number} end
 * @returns {number} the number of elements, or -1
 */
export function countElements(m, i, end) {
  i = skipSpace(m, i + 1, end);
  for (let count = 0; i < end; count += 1) {
    if (m[i] === CLOSE_ARRAY) return count;
    i = skipValue(m, i, end);
    if (i < 0) return -1;
    i = skipSpace(m, i, end);
    if (i < end && m[i] === COMMA) i = skipSpace(m, i + 1, end);
    else if (i >= end || m[i] !== CLOSE_ARRAY) return -1;
  }
  return -1;
}

/**
 * Calls `visit` with the range of each key of a well-formed object, quotes included.
 * @param {Uint8Array} m
 * @param {number} i where the object opens
 * @param {number} end
 * @param {(start: number, end: number) => void} visit
 */
export function eachKey(m, i, end, visit) {
  i = skipSpace(m, i + 1, end);
  while (i < end && m[i] === QUOTE) {
    const start = i;
    i = skipString(m, i, end);
    visit(start, i);
    i = skipSpace(m, skipValue(m, skipColon(m, i, end), end), end);
    if (m[i] === COMMA) i = skipSpace(m, i + 1, end);
  }
}

/**
 * @param {Uint8Array} m
 * @param {number} start
 * @param {number} end
 * @param {Uint8Array} key
 * @param {boolean} escaped
 */
export function isKey(m, start, end, key, escaped) {
  if (escaped) {
    const text = JSON.parse(`"${decoder.decode(m.subarray(start, end))}"`);
    return text === decoder.decode(key);
  }
  const { length } = key;
  if (end - start !== length) return false;
  for (let j = 0; j < length; j += 1) if (m[start + j] !== key[j]) return false;
  return true;
}

const decoder = new TextDecoder();

/**
 * @param {Uint8Array} m
 * @param {number} i
 * @param {number} end
 */
export function skipSpace(m, i, end) {
  while (i < end) {
    const c = m[i];
    if (c > 32 || (c !== 32 && c !== 10 && c !== 13 && c !== 9)) return i;
    untidy = true;
    i += 1;
  }
  return i;
}

/**
 * From behind a key to its value.
 * @param {Uint8Array} m
 * @param {number} i
 * @param {number} end
 */
export function skipColon(m, i, end) {
  i = skipSpace(m, i, end);
  if (i >= end || m[i] !== COLON) return -1;
  return skipSpace(m, i + 1, end);
}

/** Which kind of container is open at each depth. It grows with the deepest document seen. */
let nesting = new Uint8Array(256);

/**
 * @param {Uint8Array} m
 * @param {number} i
 * @param {number} end
 * @returns {number}
 */
export function skipValue(m, i, end) {
  let depth = 0;
  for (;;) {
    if (i >= end) return -1;
    const c = m[i];
    if (c === QUOTE) {
      i = skipString(m, i, end);
    } else if (c === OPEN_OBJECT || c === OPEN_ARRAY) {
      i = skipSpace(m, i + 1, end);
      if (i >= end) return -1;
      // The closing byte lies two above the opening one, for both kinds.
      if (m[i] === c + 2) {
        i += 1;
      } else {
        if (depth === nesting.length) nesting = grown(nesting);
        nesting[depth] = c;
        depth += 1;
        if (c === OPEN_OBJECT) i = skipKey(m, i, end);
        if (i < 0) return -1;
        continue;
      }
    } else {
      i = skipScalar(m, i, end);
    }
    if (i < 0) return -1;
    // A value has ended, and with it perhaps some of the containers around it.
    for (;;) {
      if (depth === 0) return i;
      i = skipSpace(m, i, end);
      if (i >= end) return -1;
      const open = nesting[depth - 1];
      if (m[i] === COMMA) {
        i = skipSpace(m, i + 1, end);
        if (i >= end) return -1;
        if (m[i] !== open + 2) {
          if (open === OPEN_OBJECT) i = skipKey(m, i, end);
          if (i < 0) return -1;
          break;
        }
        untidy = true;
      } else if (m[i] !== open + 2) {
        return -1;
      }
      i += 1;
      depth -= 1;
    }
  }
}

/** @param {Uint8Array} small */
function grown(small) {
  const large = new Uint8Array(small.length * 2);
  large.set(small);
  return large;
}

/**
 * @param {Uint8Array} m
 * @param {number} i
 * @param {number} end
 */
function skipKey(m, i, end) {
  if (m[i] !== QUOTE) return -1;
  i = skipString(m, i, end);
  return i < 0 ? -1 : skipColon(m, i, end);
}

/**
 * @param {Uint8Array} m
 * @param {number} i where the opening quote is
 * @param {number} end
 */
export function skipString(m, i, end) {
  i += 1;
  for (;;) {
    i = endOfRun(m, i, end);
    if (i >= end) return -1;
    const c = m[i];
    if (c === QUOTE) return i + 1;
    if (c !== BACKSLASH) return -1;
    untidy = true;
    i = skipEscape(m, i + 1, end);
    if (i < 0) return -1;
  }
}

/** The memory that was read last, and the same in words of four bytes. @type {Uint8Array | null} */
let memory = null;
/** @type {Int32Array} */
let words = new Int32Array(0);

/**
 * To the next byte that a string cannot hold as it is. Most of a document is inside of strings, so this loop is the one that counts: it looks at four
 * bytes at once, by the usual way to find a zero byte, or one below 32, in a word.
 * @param {Uint8Array} m
 * @param {number} i
 * @param {number} end
 */
function endOfRun(m, i, end) {
  if (m !== memory) {
    memory = m;
    words = m.byteOffset === 0 ? new Int32Array(m.buffer, 0, m.buffer.byteLength >>> 2) : new Int32Array(0);
  }
  while ((i & 3) !== 0) {
    if (i >= end || ENDS_RUN[m[i]] !== 0) return i;
    i += 1;
  }
  const last = Math.min((end - 3) >>> 2, words.length);
  let at = i >>> 2;
  for (; at < last; at += 1) {
    const word = words[at];
    const quotes = word ^ 0x22222222;
    const backslashes = word ^ 0x5c5c5c5c;
    if ((((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes) | ((word - 0x20202020) & ~word)) & 0x80808080) break;
  }
  i = at * 4;
  while (i < end && ENDS_RUN[m[i]] === 0) i += 1;
  return i;
}

/** 1 for each byte that a string cannot hold as it is. */
const ENDS_RUN = new Uint8Array(256).fill(1, 0, 32);
ENDS_RUN[QUOTE] = 1;
ENDS_RUN[BACKSLASH] = 1;

/**
 * @param {Uint8Array} m
 * @param {number} i behind the backslash
 * @param {number} end
 */
function skipEscape(m, i, end) {
  if (i >= end) return -1;
  switch (m[i]) {
    case QUOTE: case BACKSLASH: case 47: case 98: case 102: case 110: case 114: case 116: // " \ / b f n r t
      return i + 1;
    case 117: { // u
      const unit = hexUnit(m, i + 1, end);
      if (unit < 0 || (unit >= 0xdc00 && unit < 0xe000)) return -1;
      if (unit < 0xd800 || unit >= 0xe000) return i + 5;
      if (i + 6 >= end || m[i + 5] !== BACKSLASH || m[i + 6] !== 117) return -1;
      const low = hexUnit(m, i + 7, end);
      return low >= 0xdc00 && low < 0xe000 ? i + 11 : -1;
    }
    default:
      return -1;
  }
}

/**
 * @param {Uint8Array} m
 * @param {number} i
 * @param {number} end
 * @returns {number} the code unit that four hex digits say, or -1
 */
export function hexUnit(m, i, end) {
  if (i + 4 > end) return -1;
  let unit = 0;
  for (let j = i; j < i + 4; j += 1) {
    const c = m[j];
    const lower = c | 32;
    const digit = c >= 48 && c <= 57 ? c - 48 : lower >= 97 && lower <= 102 ? lower - 87 : -1;
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/**
 * A number or a word.
 * @param {Uint8Array} m
 * @param {number} start
 * @param {number} end
 */
function skipScalar(m, start, end) {
  let i = m[start] === MINUS ? start + 1 : start;
  if (i >= end || !isDigit(m[i])) return skipWord(m, start, end);
  if (m[i] === 48) {
    // "-0" is an integer for DuckDB, which writes it as "0".
    if (i > start) untidy = true;
    i += 1;
  } else {
    i = skipDigits(m, i, end);
  }
  if (i < end && m[i] === 46) {
    untidy = true;
    if (i + 1 >= end || !isDigit(m[i + 1])) return -1;
    i = skipDigits(m, i + 1, end);
  }
  if (i < end && (m[i] | 32) === 101) {
    untidy = true;
    i += 1;
    if (i < end && (m[i] === 43 || m[i] === MINUS)) i += 1;
    if (i >= end || !isDigit(m[i])) return -1;
    i = skipDigits(m, i, end);
  }
  return i;
}

/** @param {number} c */
function isDigit(c) {
  return c >= 48 && c <= 57;
}

/**
 * @param {Uint8Array} m
 * @param {number} i
 * @param {number} end
 */
function skipDigits(m, i, end) {
  while (i < end && isDigit(m[i])) i += 1;
  return i;
}

/** The longer first: "inf" begins "infinity". */
const EXACT_WORDS = ['true', 'false', 'null'].map(word => new TextEncoder().encode(word));
const NUMBER_WORDS = ['infinity', 'inf', 'nan'].map(word => new TextEncoder().encode(word));

/**
 * @param {Uint8Array} m
 * @param {number} i
 * @param {number} end
 */
function skipWord(m, i, end) {
  for (const word of EXACT_WORDS) if (startsWith(m, i, end, word, 0)) return i + word.length;
  if (m[i] === MINUS) i += 1;
  for (const word of NUMBER_WORDS) if (startsWith(m, i, end, word, 32)) return i + word.length;
  return -1;
}

/**
 * @param {Uint8Array} m
 * @param {number} i
 * @param {number} end
 * @param {Uint8Array} word
 * @param {number} fold 32 to take capitals too
 */
function startsWith(m, i, end, word, fold) {
  if (i + word.length > end) return false;
  for (let j = 0; j < word.length; j += 1) if ((m[i + j] | fold) !== word[j]) return false;
  return true;
}
