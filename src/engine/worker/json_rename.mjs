// A path with wildcards makes a list of DuckDB's JSON functions, and so does a list of paths of `->` and json_extract. A function of ours has one type
// of result, and DuckDB makes json_extract of `->` before a macro could choose. So where the path stands in the statement and needs it, another name
// of the same length is put there: `~>` for `->`, jsonsextract for json_extract. Places in the text stay, so that errors point where they should.

import { isWild } from './json_path.mjs';

/** Functions that take a path as their second argument. */
const RENAMED = /^json_(?:extract|extract_path|extract_path_text|extract_string|value|exists|type|array_length)$/i;

/** Functions whose later arguments may be `x -> …`. */
const TAKES_LAMBDA = /^(?:list_|array_|apply$|filter$|reduce$)/i;

const COMMENT = 5;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * @param {Pick<import('./types').Bindings, 'tokenize'>} db
 * @param {string} sql
 * @returns {string} the same statement where nothing needs another name
 */
export function withListNames(db, sql) {
  if (!/->|\bjson_/i.test(sql) || !/[*[]|\.\./.test(sql)) return sql;
  const bytes = encoder.encode(sql);
  const { offsets, types } = db.tokenize(sql);
  /** @typedef {{ text: string, at: number }} Token */
  /**
   * What is open, innermost last: the name before a parenthesis, the commas within, and whether the arrow that comes next may be that of a lambda.
   * @type {{ name: Token | null, commas: number, takesLambda: boolean }[]}
   */
  const open = [];
  /** @type {Token | null} */
  let before = null;
  let isLambda = false;
  const rename = (/** @type {Token} */ { text, at }) => {
    if (text === '->' || text === '->>') bytes[at] = TILDE;
    // The underscore.
    else bytes[at + 4] = LOWER_S;
  };
  for (let i = 0; i < offsets.length; i += 1) {
    if (types[i] === COMMENT) continue;
    const at = offsets[i];
    const text = firstToken(decoder.decode(bytes.subarray(at, offsets[i + 1] ?? bytes.length)));
    const isList = text === '[';
    if (before !== null && (isList || (text.startsWith("'") && isWild(text.slice(1, -1).replaceAll("''", "'"))))) {
      const inside = open.at(-1);
      if ((before.text === '->' && !isLambda) || (before.text === '->>' && !isList)) rename(before);
      // The other functions have a form for lists under their own names.
      else if (before.text === ',' && inside?.commas === 1 && inside.name && (isList ? /^json_extract$/i : RENAMED).test(inside.name.text)) rename(inside.name);
    }
    const inside = open.at(-1);
    if (text === '(' || text === '[' || text === '{') open.push({ name: text === '(' ? before : null, commas: 0, takesLambda: false });
    else if (text === ')' || text === ']' || text === '}') open.pop();
    else if (text === ',' && inside) {
      inside.commas += 1;
      inside.takesLambda = inside.name !== null && TAKES_LAMBDA.test(inside.name.text);
    } else if (text === '->' || /^lambda$/i.test(text)) {
      isLambda = inside?.takesLambda ?? false;
      if (inside) inside.takesLambda = false;
    }
    before = { text, at };
  }
  return decoder.decode(bytes);
}

/**
 * The same for the names of the columns, in the message that an answer begins with.
 * @param {Uint8Array} header of an Arrow IPC stream; it is changed in place
 */
export function putReadersNames(header) {
  // Each byte is one character, there and back.
  const text = Array.from(header, byte => String.fromCharCode(byte)).join('');
  const named = withReadersNames(text);
  if (named !== text) for (let i = 0; i < header.length; i += 1) header[i] = named.charCodeAt(i);
}

/** What DuckDB says of a statement that was renamed, in the words of the reader. @param {string} message */
export function withReadersNames(message) {
  return message.replace(/~(>>?)/g, '-$1').replace(/\bjsons(?=extract|value|exists|type|array)/gi, 'json_');
}

const TILDE = 126;
const LOWER_S = 115;

/** @param {string} text */
function firstToken(text) {
  return /^(?:'(?:[^']|'')*'|->>?|[\p{L}\p{N}_$]+|[^])/u.exec(text)?.[0] ?? '';
}
