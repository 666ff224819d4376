// SQL that every new database runs before anything else: no extension is ever fetched, and names that the missing `json` extension
// would have given exist. Functions that need bytes are in json_functions.mjs; only what SQL can say better is here.

/** A list of paths gives a list of answers, as in DuckDB; a document that is NULL gives NULL. @param {string} name @param {string} answer of one path `p` */
const withLists = (name, answer) =>
  `CREATE MACRO ${name}(j, p) AS ${answer}, (j, p VARCHAR[]) AS CASE WHEN j IS NOT NULL THEN list_transform(p, lambda q: ${answer.replace(/\bp\b/g, 'q')}) END`;

/** The same with the whole document where no path is given. @param {string} name @param {string} answer @param {string} ofPath */
const withoutPathToo = (name, answer, ofPath) => withLists(name, ofPath).replace('(j, p) AS', `(j) AS ${answer}, (j, p) AS`);

/**
 * The form that a path with wildcards takes, see json_rename.mjs: what one path leads to is a list.
 * @param {string} name
 * @param {string} every of the path `p`
 */
const wild = (name, every) => `CREATE MACRO ${name}(j, p) AS ${every}`;

/** The same, and for the functions that are no macros the form that a list of paths takes. */
const JSON_LISTS = ['"~>"', 'jsonsextract'].map(name => withLists(name, 'json_extract(j::VARCHAR, p)').replace('json_extract(j::VARCHAR, p)', '__jsons_extract(j::VARCHAR, p)::VARCHAR[]'));

/** A table function: rows of seven texts one behind the other, see json_each.mjs. @param {string} name */
const rowsOf = name =>
  `CREATE MACRO ${name}(j, p := '$') AS TABLE SELECT key, value::JSON AS value, type, CASE WHEN type NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN value END::JSON AS atom, id::UBIGINT AS id, `
  + 'parent::UBIGINT AS parent, fullkey, path '
  + `FROM (SELECT ${['key', 'value', 'type', 'id', 'parent', 'fullkey', 'path'].map((column, at) => `unnest(l[${at + 1}:-:7]) AS ${column}`).join(', ')} `
  + `FROM (SELECT __${name}(j::VARCHAR, p::VARCHAR)::VARCHAR[] AS l))`;

export const SETUP_STATEMENTS = {
  /** Before the functions are registered. */
  before: [
    // DuckDB would fetch extensions from another host on first use of a name it knows to be in one.
    'SET GLOBAL autoload_known_extensions = false',
    'SET GLOBAL autoinstall_known_extensions = false',
    // Beyond about 3 GB an allocation in wasm ends the module; below its limit DuckDB gives an error and goes on.
    "SET GLOBAL memory_limit = '2GB'",
  ],
  /** After: these call the functions, in the place of DuckDB's own. */
  json: [
    // Makes `x::JSON` and `CAST(x AS JSON)` parse. It checks nothing; `json(x)` does.
    'CREATE TYPE JSON AS VARCHAR',
    // The casts let NULL without a type, which our functions are not given, and other types through.
    // A path may be an integer, so it is not cast where DuckDB takes one.
    withLists('"->>"', '__json_extract_string(j::VARCHAR, p)'),
    withLists('json_extract_string', '__json_extract_string(j::VARCHAR, p)'),
    withLists('json_extract_path_text', '__json_extract_string(j::VARCHAR, p)'),
    withLists('json_extract_path', 'json_extract(j::VARCHAR, p)'),
    withLists('json_value', '__json_value(j::VARCHAR, p)'),
    withLists('json_exists', '__json_exists(j::VARCHAR, p::VARCHAR)'),
    'CREATE MACRO json(j) AS __json(j::VARCHAR)',
    'CREATE MACRO json_valid(j) AS __json_valid(j::VARCHAR)',
    'CREATE MACRO json_quote(t) AS __json_quote(t::VARCHAR)',
    'CREATE MACRO json_contains(h, n) AS __json_contains(h::VARCHAR, n::VARCHAR)',
    withoutPathToo('json_type', '__json_type(j::VARCHAR)', '__json_type(j::VARCHAR, p::VARCHAR)'),
    withoutPathToo('json_array_length', '__json_array_length(j::VARCHAR)', '__json_array_length(j::VARCHAR, p::VARCHAR)'),
    // A function of ours cannot answer with a list.
    withoutPathToo('json_keys', '__json_keys(j::VARCHAR)::VARCHAR[]', '__json_keys(j::VARCHAR, p::VARCHAR)::VARCHAR[]'),
    ...JSON_LISTS,
    wild('"~>>"', '__jsons_extract_string(j::VARCHAR, p)::VARCHAR[]'),
    wild('jsonsextract_string', '__jsons_extract_string(j::VARCHAR, p)::VARCHAR[]'),
    wild('jsonsextract_path_text', '__jsons_extract_string(j::VARCHAR, p)::VARCHAR[]'),
    wild('jsonsextract_path', '__jsons_extract(j::VARCHAR, p)::VARCHAR[]'),
    wild('jsonsvalue', '__jsons_value(j::VARCHAR, p)::VARCHAR[]'),
    wild('jsonsexists', '__jsons_exists(j::VARCHAR, p)::BOOLEAN[]'),
    wild('jsonstype', '__jsons_type(j::VARCHAR, p)::VARCHAR[]'),
    wild('jsonsarray_length', '__jsons_array_length(j::VARCHAR, p)::UBIGINT[]'),
    rowsOf('json_each'),
    rowsOf('json_tree'),
  ],
  days: [
    // Of the missing `icu` extension what needs no time zone: days and times of UTC.
    'CREATE MACRO current_date() AS make_timestamp(epoch_us(now()))::DATE',
    'CREATE MACRO today() AS make_timestamp(epoch_us(now()))::DATE',
    'CREATE MACRO current_localtimestamp() AS make_timestamp(epoch_us(now()))',
  ],
};

/** What these and json_functions.mjs define, in small letters. */
export const OWN_FUNCTIONS = new Set(['json_extract', ...[...SETUP_STATEMENTS.json, ...SETUP_STATEMENTS.days].map(sql => /^CREATE \w+ "?([\w>~-]+)/.exec(sql)?.[1].toLowerCase() ?? '')]);
