// What no statement of a reader may do once the database is locked. DuckDB's own sandbox (`lock` in files.mjs) keeps SQL from files and
// from the settings; this keeps it from what would break the page's own queries: another search path, a detached file, changed session
// settings. It reads statements with DuckDB's tokenizer and judges them by their first word only. It is no security boundary.

import { EngineError } from './errors.mjs';

/** First words that are refused, with what to do instead. */
const REFUSED = new Map([
  ['ATTACH', 'open another file with the page'],
  ['DETACH', 'the page needs the open file'],
  ['USE', 'write the schema before the name, as in file.main.spans'],
  ['SET', 'the settings are fixed'],
  ['RESET', 'the settings are fixed'],
  ['PRAGMA', 'use DESCRIBE, SUMMARIZE or duckdb_tables()'],
  ['INSTALL', 'extensions are not available'],
  ['LOAD', 'extensions are not available'],
  ['CHECKPOINT', 'nothing is written'],
  ['EXPORT', 'use the page to save results'],
  ['IMPORT', 'open files with the page'],
]);

/** Type number of the tokenizer for comments. */
const COMMENT = 5;

/**
 * @param {import('./types').Bindings} db
 * @param {string} sql
 * @throws {EngineError} if a statement is refused
 */
export function refuseForbidden(db, sql) {
  for (const words of firstWords(db, sql)) {
    const [word, next] = skipPrefix(words);
    // Variables are the reader's own.
    if ((word === 'SET' || word === 'RESET') && next === 'VARIABLE') continue;
    const instead = word === 'FORCE' ? REFUSED.get('INSTALL') : REFUSED.get(word ?? '');
    if (instead !== undefined) throw new EngineError('sql', `Permission Error: ${word} is not available here: ${instead}.`);
  }
}

/**
 * `EXPLAIN ANALYZE x` and `PREPARE p AS x` do, or hold, what x does.
 * @param {string[]} words
 */
function skipPrefix(words) {
  if (words[0] === 'EXPLAIN') return words.slice(words.findIndex(word => !EXPLAIN_OPTIONS.has(word)));
  if (words[0] === 'PREPARE') return words.slice(words.indexOf('AS') + 1);
  return words;
}

/** Brackets and commas have no letters. */
const EXPLAIN_OPTIONS = new Set(['EXPLAIN', 'ANALYZE', 'VERBOSE', 'FORMAT', 'TEXT', 'JSON', 'HTML', 'GRAPHVIZ', 'YAML', 'MERMAID', '']);

/** How many words of a statement are looked at. */
const LOOK_AHEAD = 12;

/**
 * The first words of every statement, in capitals.
 * @param {import('./types').Bindings} db
 * @param {string} sql
 * @returns {string[][]}
 */
function firstWords(db, sql) {
  const bytes = new TextEncoder().encode(sql);
  const { offsets, types } = db.tokenize(sql);
  const decoder = new TextDecoder();
  /** @type {string[][]} */
  const statements = [];
  /** @type {string[]} */
  let words = [];
  statements.push(words);
  for (let i = 0; i < offsets.length; i += 1) {
    const [from, to] = [offsets[i], offsets[i + 1] ?? bytes.length];
    if (bytes[from] === 59) {
      words = [];
      statements.push(words);
    } else if (types[i] !== COMMENT && words.length < LOOK_AHEAD) {
      words.push(/^\w*/.exec(decoder.decode(bytes.subarray(from, to)))?.[0].toUpperCase() ?? '');
    }
  }
  return statements;
}
