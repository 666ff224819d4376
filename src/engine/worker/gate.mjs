// What no statement of a reader may do once the database is locked. DuckDB's own sandbox (`lock` in files.mjs) keeps SQL from files and
// from the settings; this keeps it from what would break the page's own queries: another search path, a detached file, changed session
// settings, and the page's own tables, views and functions. It reads statements with DuckDB's tokenizer and judges them by their first words
// and the names that they change. It is no security boundary: who gets past it breaks his own page.

import { connectionNumber } from './boot.mjs';
import { EngineError } from './errors.mjs';
import { OWN_FUNCTIONS } from './macros.mjs';

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
  ['COPY', 'SQL reads and writes no files; save a result with the page'],
  ['EXPORT', 'SQL reads and writes no files; save a result with the page'],
  ['IMPORT', 'open files with the page'],
]);

/** The schema in which everything is the page's. */
const OWN_SCHEMA = 'spandeck';

/** Type number of the tokenizer for comments. */
const COMMENT = 5;

/**
 * @param {import('./types').Bindings} db
 * @param {string} sql
 * @param {ReadonlySet<string> | null} own the page's names in `main`, in small letters, where the statement is the reader's; null where it is the page's own
 * @throws {EngineError} if a statement is refused
 */
export function refuseForbidden(db, sql, own) {
  for (const words of statementsOf(db, sql)) {
    const statement = withoutPrefix(words);
    const [word, next] = [upper(statement[0]), upper(statement[1])];
    // Variables are the reader's own.
    if ((word === 'SET' || word === 'RESET') && next === 'VARIABLE') continue;
    const instead = word === 'FORCE' ? REFUSED.get('INSTALL') : REFUSED.get(word);
    if (instead !== undefined) throw new EngineError('sql', `Permission Error: ${word} is not available here: ${instead}.`);
    if (own === null) continue;
    for (const name of changedNames(statement)) {
      // A macro goes before the function of its name, in the page's statements too.
      if (makesFunction(statement) && isBuiltIn(db, name.at(-1) ?? '')) throw new EngineError('sql', `Permission Error: ${name.at(-1)} is a function of DuckDB: give your own another name.`);
      if (upper(statement[0]) === 'CREATE' && name.length === 2 && name[1] === '' && name[0].toLowerCase() === 'file') throw new EngineError('sql', 'Permission Error: file is the open file: give your own schema another name.');
      if (isOwn(name, own)) throw new EngineError('sql', `Permission Error: ${name.join('.')} belongs to the page and stays as it is: give your own another name.`);
    }
  }
}

/** A word, a quoted name without its quotes, or a sign. @typedef {{ text: string, isQuoted: boolean }} Word */

/** A word in capitals; a quoted name is none. @param {Word | undefined} word */
function upper(word) {
  return word && !word.isQuoted ? word.text.toUpperCase() : '';
}

/**
 * `EXPLAIN ANALYZE x` and `PREPARE p AS x` do, or hold, what x does.
 * @param {Word[]} words
 */
function withoutPrefix(words) {
  if (upper(words[0]) === 'EXPLAIN') return words.slice(words.findIndex(word => !EXPLAIN_WORDS.has(upper(word))));
  if (upper(words[0]) === 'PREPARE') return words.slice(words.findIndex(word => upper(word) === 'AS') + 1);
  return words;
}

const EXPLAIN_WORDS = new Set(['EXPLAIN', 'ANALYZE', 'VERBOSE', 'FORMAT', 'TEXT', 'JSON', 'HTML', 'GRAPHVIZ', 'YAML', 'MERMAID', '(', ')', ',']);

/** What may stand between the first word of a statement and the name that it changes. */
const BEFORE_NAME = new Set([
  'OR', 'REPLACE', 'IGNORE', 'TEMP', 'TEMPORARY', 'LOCAL', 'GLOBAL', 'UNLOGGED', 'PERSISTENT', 'RECURSIVE', 'MATERIALIZED', 'TABLE', 'VIEW', 'MACRO', 'FUNCTION', 'TYPE',
  'SEQUENCE', 'SCHEMA', 'COLUMN', 'UNIQUE', 'INDEX', 'INTO', 'FROM', 'ON', 'ONLY', 'IF', 'NOT', 'EXISTS',
]);

const CHANGING = new Set(['CREATE', 'DROP', 'ALTER', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'MERGE', 'COMMENT']);

/**
 * The names that a statement makes, changes or drops, each in its parts.
 * @param {Word[]} words
 * @returns {string[][]}
 */
function changedNames(words) {
  const start = upper(words[0]) === 'WITH' ? afterWith(words) : 0;
  const first = upper(words[start]);
  if (!CHANGING.has(first)) return [];
  let at = start + 1;
  const isOfSchema = first !== 'COMMENT' && upper(words[at]) === 'SCHEMA';
  while (BEFORE_NAME.has(upper(words[at]))) at += 1;
  const names = [];
  for (;;) {
    const parts = [];
    for (; words[at] !== undefined; at += 2) {
      parts.push(words[at].text);
      if (words[at + 1]?.text !== '.' || words[at + 1].isQuoted) break;
    }
    // The name of a schema is like that of what lies in it.
    names.push(isOfSchema ? [...parts, ''] : parts);
    at += 1;
    if (first === 'ALTER' && upper(words[at]) === 'RENAME' && upper(words[at + 1]) === 'TO') names.push([words[at + 2]?.text ?? '']);
    if (first !== 'DROP' || words[at]?.text !== ',') return names;
    at += 1;
  }
}

/** Whether a statement makes a macro. @param {Word[]} words */
function makesFunction(words) {
  if (upper(words[0]) !== 'CREATE') return false;
  const what = words.find(word => !MODIFIERS.has(upper(word)));
  return ['MACRO', 'FUNCTION'].includes(upper(what));
}

const MODIFIERS = new Set(['CREATE', 'OR', 'REPLACE', 'TEMP', 'TEMPORARY']);

const TAKEN = 'is built in';

/** Whether DuckDB itself has a function of this name. @param {import('./types').Bindings} db @param {string} name */
function isBuiltIn(db, name) {
  const conn = connectionNumber(db);
  try {
    // An error is the one answer that can be read here: rows come as Arrow.
    db.runQuery(conn, `SELECT CASE WHEN count(*) > 0 THEN error('${TAKEN}') END FROM duckdb_functions() WHERE internal AND lower(function_name) = lower('${name.replaceAll("'", "''")}')`);
    return false;
  } catch (error) {
    if (String(error).includes(TAKEN)) return true;
    throw error;
  } finally {
    db.disconnect(conn);
  }
}

/** Where the statement behind its WITH begins. @param {Word[]} words */
function afterWith(words) {
  let depth = 0;
  return words.findIndex(word => {
    if (!word.isQuoted) depth += Number(word.text === '(') - Number(word.text === ')');
    return depth === 0 && ['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'SELECT', 'FROM', 'VALUES'].includes(upper(word));
  });
}

/**
 * @param {string[]} parts
 * @param {ReadonlySet<string>} own
 */
function isOwn(parts, own) {
  const small = parts.map(part => part.toLowerCase());
  const name = small.at(-1) ?? '';
  const schema = small.at(-2);
  const database = small.at(-3);
  if (database !== undefined && database !== 'memory') return false;
  if (schema === OWN_SCHEMA) return true;
  if (schema !== undefined && schema !== 'main' && schema !== 'memory') return false;
  return own.has(name) || OWN_FUNCTIONS.has(name) || name.startsWith('__json');
}

/**
 * The words of every statement, without comments.
 * @param {import('./types').Bindings} db
 * @param {string} sql
 * @returns {Word[][]}
 */
function statementsOf(db, sql) {
  const bytes = new TextEncoder().encode(sql);
  const { offsets, types } = db.tokenize(sql);
  const decoder = new TextDecoder();
  /** @type {Word[][]} */
  const statements = [[]];
  for (let i = 0; i < offsets.length; i += 1) {
    if (types[i] === COMMENT) continue;
    const [from, to] = [offsets[i], offsets[i + 1] ?? bytes.length];
    if (bytes[from] === SEMICOLON) statements.push([]);
    else statements.at(-1)?.push(wordOf(decoder.decode(bytes.subarray(from, to))));
  }
  return statements;
}

const SEMICOLON = 59;

/** The token that a text begins with. @param {string} text @returns {Word} */
function wordOf(text) {
  if (text.startsWith('"')) return { text: /^"((?:[^"]|"")*)/.exec(text)?.[1].replaceAll('""', '"') ?? '', isQuoted: true };
  return { text: /^(?:[\p{L}\p{N}_$]+|.)/u.exec(text)?.[0] ?? '', isQuoted: text.startsWith("'") };
}
