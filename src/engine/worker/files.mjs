// Brings data into the database: a local file by its handle, a remote one by range requests, rows as Arrow IPC; and closes the door after.
// It copies no database file, and it uses fixed internal names, so that no name from outside ever reaches SQL.

import * as duckdb from '@duckdb/duckdb-wasm/dist/duckdb-browser-blocking.mjs';
import { connectionNumber } from './boot.mjs';
import { EngineError } from './errors.mjs';
import { completed } from './ipc.mjs';
import { forgetRemote, measureRemote } from './remote.mjs';

/** The names that DuckDB sees. A `.wal` is looked for under the database's name. */
const DATABASE = 'file.duckdb';
const WAL = `${DATABASE}.wal`;

const ATTACH = `ATTACH '${DATABASE}' AS file (TYPE duckdb, READ_ONLY)`;

/** Three headers of 4 KiB. DuckDB never comes back from opening less. */
const LEAST_BYTES = 12_288;

/** @typedef {{ name: string, file: Blob }} NamedFile */

/**
 * Attaches the first database among `files` as `file`, read-only, with the write-ahead log that lies beside it.
 * @param {import('./boot.mjs').Engine} engine
 * @param {NamedFile[]} files
 */
export function attach(engine, files) {
  const isLog = (/** @type {NamedFile} */ { name }) => /\.wal$/i.test(name);
  const main = files.find(({ name }) => /\.duckdb$/i.test(name)) ?? files.find(file => !isLog(file));
  if (!main) throw new EngineError('io', 'There is no database among these files: a .wal needs its .duckdb beside it.');
  refuseShort(main.name, main.file.size);
  const log = files.find(({ name }) => name === `${main.name}.wal`);
  open(engine, () => {
    registerBlob(engine, DATABASE, main.file);
    if (log) registerBlob(engine, WAL, log.file);
  });
}

/**
 * Attaches a database on a server as `file`, read-only. Only the parts that queries need are fetched.
 * @param {import('./boot.mjs').Engine} engine
 * @param {string} url
 */
export async function attachUrl(engine, url) {
  refuseShort(url, await measureRemote(url));
  open(engine, () => engine.db.registerFileURL(DATABASE, url, duckdb.DuckDBDataProtocol.HTTP, false));
}

/**
 * The import under way: a connection with one transaction open. A transaction of its own for every stream would copy each row twice,
 * first into the transaction's storage and then into the table; one for all hands its storage over as a whole.
 * @type {number | null}
 */
let importConn = null;

/**
 * Appends one complete Arrow IPC stream to `main.<table>`. Nobody sees the rows before `commit`; an error undoes all of them.
 * @param {import('./boot.mjs').Engine} engine
 * @param {{ table: string, bytes: ArrayBuffer, create: boolean }} request
 */
export function insert({ db }, { table, bytes, create }) {
  const stream = completed(new Uint8Array(bytes));
  if (importConn === null) {
    importConn = connectionNumber(db);
    db.runQuery(importConn, 'BEGIN TRANSACTION');
  }
  try {
    db.insertArrowFromIPCStream(importConn, stream, { name: table, schema: 'main', create });
  } catch (error) {
    // After a damaged stream DuckDB keeps the half-read rest and would spoil the next one: the connection goes with it.
    const conn = importConn;
    importConn = null;
    db.disconnect(conn);
    throw error;
  }
}

/**
 * Ends the import: what was inserted is there for every query.
 * @param {import('./boot.mjs').Engine} engine
 */
export function commit({ db }) {
  if (importConn === null) return;
  const conn = importConn;
  importConn = null;
  try {
    db.runQuery(conn, 'COMMIT');
  } finally {
    db.disconnect(conn);
  }
}

/**
 * The sandbox: from here on no SQL reads or writes outside of what is open, and no SQL can undo that.
 * @param {import('./boot.mjs').Engine} engine
 */
export function lock({ db, baseConn }) {
  db.runQuery(baseConn, 'SET GLOBAL enable_external_access = false');
  db.runQuery(baseConn, 'SET GLOBAL lock_configuration = true');
}

/**
 * @param {string} name
 * @param {number} size bytes
 */
function refuseShort(name, size) {
  if (size >= LEAST_BYTES) return;
  throw new EngineError('io', `${name} is not a whole DuckDB database: it has ${size} bytes, and the shortest has ${LEAST_BYTES}.`);
}

/**
 * @param {import('./boot.mjs').Engine} engine
 * @param {() => void} register
 */
function open(engine, register) {
  try {
    register();
    engine.db.runQuery(engine.baseConn, ATTACH);
  } catch (error) {
    // A file that would not open must not stand in the way of the next.
    if (!(error instanceof WebAssembly.RuntimeError)) forget(engine);
    throw error;
  }
}

/**
 * @param {import('./boot.mjs').Engine} engine
 * @param {string} name
 * @param {Blob} blob
 */
function registerBlob({ db }, name, blob) {
  db.registerFileHandle(name, blob, duckdb.DuckDBDataProtocol.BROWSER_FILEREADER, true);
}

/** @param {import('./boot.mjs').Engine} engine */
function forget({ db }) {
  forgetRemote();
  for (const name of [DATABASE, WAL]) {
    try {
      db.dropFile(name);
    } catch {
      // It was never registered.
    }
  }
}
