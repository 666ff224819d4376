// SQL that every new database runs before anything else: no extension is ever fetched, and names that the missing `json` extension
// would have given exist. Functions that need bytes are in json_functions.mjs; only what SQL can say better is here.

export const SETUP_STATEMENTS = {
  /** Before the functions are registered. */
  before: [
    // DuckDB would fetch extensions from another host on first use of a name it knows to be in one.
    'SET GLOBAL autoload_known_extensions = false',
    'SET GLOBAL autoinstall_known_extensions = false',
    // Beyond about 3 GB an allocation in wasm ends the module; below its limit DuckDB gives an error and goes on.
    "SET GLOBAL memory_limit = '2GB'",
  ],
  /** After: these call the functions. */
  after: [
    // Makes `x::JSON` and `CAST(x AS JSON)` parse. It checks nothing; `json(x)` does.
    'CREATE TYPE JSON AS VARCHAR',
    // The casts let NULL without a type, which our functions are not given, and other types through.
    // A path may be an integer, so it is not cast where DuckDB takes one.
    'CREATE MACRO "->>"(j, p) AS __json_extract_string(j::VARCHAR, p)',
    'CREATE MACRO json_extract_string(j, p) AS __json_extract_string(j::VARCHAR, p)',
    'CREATE MACRO json_extract_path_text(j, p) AS __json_extract_string(j::VARCHAR, p)',
    'CREATE MACRO json_extract_path(j, p) AS json_extract(j::VARCHAR, p)',
    'CREATE MACRO json(j) AS __json(j::VARCHAR)',
    'CREATE MACRO json_valid(j) AS __json_valid(j::VARCHAR)',
    'CREATE MACRO json_quote(t) AS __json_quote(t::VARCHAR)',
    'CREATE MACRO json_exists(j, p) AS __json_exists(j::VARCHAR, p::VARCHAR)',
    'CREATE MACRO json_type(j) AS __json_type(j::VARCHAR), (j, p) AS __json_type(j::VARCHAR, p::VARCHAR)',
    'CREATE MACRO json_array_length(j) AS __json_array_length(j::VARCHAR), (j, p) AS __json_array_length(j::VARCHAR, p::VARCHAR)',
    // A function of ours cannot answer with a list.
    'CREATE MACRO json_keys(j) AS __json_keys(j::VARCHAR)::VARCHAR[], (j, p) AS __json_keys(j::VARCHAR, p::VARCHAR)::VARCHAR[]',
  ],
};
