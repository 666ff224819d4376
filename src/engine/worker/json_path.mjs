// DuckDB's three ways to say where a value lies in a JSON document, made into steps:
//   $.a."b.c"[0][#-1]   dollar path; quotes for odd keys, `#-1` or `-1` counts from the end
//   /a/0                JSON pointer; `~0` is `~`, `~1` is `/`
//   agent.name          anything else is one key, dots and all; the empty text is the whole document
// A dollar path may have wildcards, which lead to many values: `.*` all members, `[*]` all elements, `..` the value and all that lies below it.
// It knows nothing of documents.

/**
 * @typedef {object} Step
 * @property {Uint8Array | null} key the member to take, as UTF-8; null if the step is an index only
 * @property {number} index the element to take, negative from the end; NaN if the step is a key only. A pointer's step may be both.
 */

/** @typedef {Step | 'members' | 'elements' | 'below'} WildStep */

const encoder = new TextEncoder();

/**
 * @param {string} path
 * @returns {Step[]}
 * @throws {Error} with DuckDB's own words
 */
export function parsePath(path) {
  return parseWildPath(path).map(step => {
    if (typeof step !== 'string') return step;
    throw new Error(`JSON path cannot contain wildcards if the path is not a constant parameter: '${path}'`);
  });
}

/**
 * @param {string} path
 * @returns {WildStep[]}
 * @throws {Error} with DuckDB's own words
 */
export function parseWildPath(path) {
  if (path === '') return [];
  if (path[0] === '/') return path.slice(1).split('/').map(pointerStep);
  if (path[0] === '$') return dollarSteps(path);
  return [path === '*' ? 'members' : keyStep(path)];
}

/** Whether a path leads to many values. One that is wrong does not. @param {string} path */
export function isWild(path) {
  try {
    return parseWildPath(path).some(step => typeof step === 'string');
  } catch {
    return false;
  }
}

/**
 * @param {number} index
 * @returns {Step[]}
 */
export function indexPath(index) {
  return [{ key: null, index }];
}

/**
 * @param {string} key
 * @returns {Step}
 */
function keyStep(key) {
  return { key: encoder.encode(key), index: NaN };
}

/**
 * @param {string} token
 * @returns {Step}
 */
function pointerStep(token) {
  const key = token.replace(/~([01])/g, (_, digit) => (digit === '0' ? '~' : '/'));
  return { key: encoder.encode(key), index: /^(?:0|[1-9]\d{0,9})$/.test(token) ? Number(token) : NaN };
}

const QUOTED_KEY = /\."((?:[^"\\]|\\[^])+)"/y;
const PLAIN_KEY = /\.([^."[][^.[]*)/y;
const INDEX = /\[(#?-?\d{1,18}|#)\]/y;
const BELOW = /\.(?:\.(?:\*|"\*")|\*\*|\.(?=\[)|(?=\.[^.]))/y;
const MEMBERS = /\.(?:\*|"\*")/y;
const ELEMENTS = /\[\*\]/y;

/**
 * @param {string} path
 * @returns {WildStep[]}
 */
function dollarSteps(path) {
  /** @type {WildStep[]} */
  const steps = [];
  let at = 1;
  const take = (/** @type {RegExp} */ pattern) => {
    pattern.lastIndex = at;
    const match = pattern.exec(path);
    if (match) at = pattern.lastIndex;
    return match;
  };
  while (at < path.length) {
    const from = at;
    const wild = take(BELOW) ? 'below' : take(MEMBERS) ? 'members' : take(ELEMENTS) ? 'elements' : null;
    if (wild !== null) {
      steps.push(wild);
      // Two points and a key are two steps.
      if (path[at] !== '.' || at !== from + 1) continue;
    }
    const key = take(QUOTED_KEY)?.[1]?.replace(/\\([^])/g, '$1') ?? take(PLAIN_KEY)?.[1];
    if (key !== undefined) {
      steps.push(keyStep(key));
      continue;
    }
    const index = take(INDEX)?.[1];
    if (index === undefined || /^#\d/.test(index)) throw new Error(`JSON path error near '${path.slice(from)}'`);
    // `[#]` is one past the end: no element is there.
    steps.push({ key: null, index: index === '#' ? Infinity : Number(index.replace('#', '')) });
  }
  return steps;
}
