// What may go wrong in the engine worker, in the words of the protocol: `cancelled`, `sql`, `io` or `fatal`.
// Nothing here talks to DuckDB or to the page.

/** @typedef {'cancelled' | 'sql' | 'io' | 'fatal'} ErrorName */

/** An error whose name the page understands. */
export class EngineError extends Error {
  /**
   * @param {ErrorName} kind `fatal` means that the database is unusable and the worker must be replaced.
   * @param {string} message what the reader sees
   */
  constructor(kind, message) {
    super(message);
    /** @type {ErrorName} */
    this.kind = kind;
  }
}

/**
 * Errors that the machine itself raises. After one of them the module's memory cannot be trusted.
 * @param {unknown} error
 */
function isCrash(error) {
  return (
    error instanceof WebAssembly.RuntimeError ||
    error instanceof RangeError ||
    Object.prototype.toString.call(error) === '[object WebAssembly.Exception]' ||
    typeof error === 'number'
  );
}

/** DuckDB's own words for "this database is finished". */
const INVALIDATED = /^FATAL Error\b|database has been invalidated/;

/** DuckDB's prefixes for a file or a server that cannot be read. */
const READING = /^(?:IO Error|HTTP Error|Serialization Error)\b/;

/** The wrapper that the bindings put around an error of a later batch. */
const WRAPPED = /^Unexpected StatusCode from duckdb_web_\w+ \(\d+\) and with self reported error as/;

/**
 * What DuckDB says where it advises what cannot be done on a page, and what is said in its place. All else stays as it is, the line and the mark
 * under it above all. @type {[RegExp, string][]}
 */
const REWORDED = [
  [
    /^Out of Memory Error: [^]*$/,
    'Out of Memory Error: This needs more memory than the database has in the browser. Read fewer rows (WHERE, LIMIT) or fewer columns, or group them before they are joined or sorted.',
  ],
  [
    /^Permission Error: Cannot access file (".*") - file system operations are disabled by configuration/,
    'Permission Error: $1 cannot be reached: SQL reads the open file here, no other file and no address.',
  ],
  [
    /^(\w+(?: \w+)* Error: .*?) (?:is not in the catalog|does not exist), but it exists in the (\w+) extension\.[^]*$/,
    "$1 is not available here: it belongs to DuckDB's extension $2, and none is loaded.",
  ],
  [
    /^Invalid Error: Unsupported UDF argument type VARCHAR\[\]/,
    'Invalid Input Error: json_extract and -> take a list of paths only where it is written out in the statement.',
  ],
  [
    /^Extension Autoloading Error: [^]*?required extension '(\w+)'[^]*$/,
    "Extension Error: This is not available here: it belongs to DuckDB's extension $1, and none is loaded. Of a time with a zone make_timestamp(epoch_us(t)) makes one in UTC without.",
  ],
];

/**
 * Gives any thrown value its name in the protocol. DuckDB's message stays as it is where it can be followed.
 * @param {unknown} error
 * @returns {EngineError}
 */
export function toEngineError(error) {
  if (error instanceof EngineError) return error;
  if (isCrash(error)) return new EngineError('fatal', `The database engine crashed: ${textOf(error)}`);
  const message = plainMessage(textOf(error).replace(WRAPPED, ''));
  if (INVALIDATED.test(message)) return new EngineError('fatal', message);
  if (READING.test(message)) return new EngineError('io', message);
  const reworded = REWORDED.find(([pattern]) => pattern.test(message));
  return new EngineError('sql', reworded ? message.replace(...reworded) : message);
}

/**
 * Errors of the parser come as JSON; this is how DuckDB itself prints them.
 * @param {string} message
 */
function plainMessage(message) {
  if (!message.startsWith('{"exception_type"')) return message;
  try {
    const { exception_type: type, exception_message: text } = JSON.parse(message);
    return `${type} Error: ${text}`;
  } catch {
    return message;
  }
}

/** @param {unknown} error */
function textOf(error) {
  return error instanceof Error ? error.message : String(error);
}
