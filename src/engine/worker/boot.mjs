// Starts DuckDB: fetches the compressed module, expands it while the browser compiles it, opens an empty database.
// It must not know about files or queries, and it never fetches anything but the one module it was told.

import * as duckdb from '@duckdb/duckdb-wasm/dist/duckdb-browser-blocking.mjs';
import { EngineError } from './errors.mjs';
import { loadExtensions } from './extensions.mjs';
import { registerJsonFunctions } from './json_functions.mjs';
import { installCallScalarUdf } from './udf.mjs';
import { SETUP_STATEMENTS } from './macros.mjs';
import { closeNetwork, openFileWithProbe } from './remote.mjs';

/** Bytes of the expanded module; the bundler puts the number in. */
const WASM_BYTES = typeof __WASM_BYTES__ === 'number' ? __WASM_BYTES__ : 0;

/** How long DuckDB works before it lets the event loop have a turn. Two running queries share the thread in slices of this. */
const SLICE_MS = 16;

/** Progress is told at most once in this many bytes, so that the page is not flooded. */
const PROGRESS_STEP = 1 << 19;

/**
 * @typedef {object} Engine a running database
 * @property {import('./types').Bindings} db
 * @property {number} baseConn the connection that owns the functions; never closed, never lent to a query
 * @property {boolean} hasJson DuckDB's own JSON functions are there
 */

/**
 * @param {{ wasmUrl: string, module?: WebAssembly.Module }} request
 * @param {(loaded: number, total: number) => void} onProgress expanded bytes
 * @returns {Promise<{ engine: Engine, module: WebAssembly.Module, version: string, refused: string[] }>} `refused`: extensions, with DuckDB's words
 */
export async function boot({ wasmUrl, module: given }, onProgress) {
  const features = await duckdb.getPlatformFeatures();
  if (!features.wasmExceptions || !features.bigInt64Array) {
    throw new EngineError('fatal', 'This browser is too old for the database engine: it has no WebAssembly exceptions. A browser from 2022 or later has them.');
  }
  const module = given ?? (await compile(wasmUrl, onProgress));
  const db = await instantiate(module);
  db.open({
    query: { queryPollingInterval: SLICE_MS },
    // Range requests only: a 2 GB file must not be read into memory because a server is badly set up.
    filesystem: { reliableHeadRequests: true, allowFullHTTPReads: false, forceFullHTTPReads: false },
  });
  const baseConn = connectionNumber(db);
  for (const statement of SETUP_STATEMENTS.before) db.runQuery(baseConn, statement);
  const { loaded, refused } = loadExtensions(db, baseConn, wasmUrl);
  const hasJson = loaded.has('json');
  registerJsonFunctions(db, baseConn, hasJson);
  for (const statement of [...(hasJson ? [] : SETUP_STATEMENTS.json), ...(loaded.has('icu') ? [] : SETUP_STATEMENTS.days)]) db.runQuery(baseConn, statement);
  return { engine: { db, baseConn, hasJson }, module, version: db.getVersion(), refused };
}

/**
 * A new connection's number. The package wraps it in a class whose Arrow half we do not ship.
 * @param {import('./types').Bindings} db
 * @returns {number}
 */
export function connectionNumber(db) {
  return /** @type {{ _conn: number }} */ (/** @type {unknown} */ (db.connect()))._conn;
}

/**
 * @param {WebAssembly.Module} module
 * @returns {Promise<import('./types').Bindings>}
 */
async function instantiate(module) {
  const runtime = duckdb.BROWSER_RUNTIME;
  installCallScalarUdf(runtime);
  runtime.openFile = openFileWithProbe(/** @type {import('./types').OpenFile} */ (runtime.openFile));
  // The package would post progress messages of its own to the page.
  closeNetwork();
  runtime.progressUpdate = () => {};
  const bundle = { mainModule: '', mainWorker: '' };
  const db = /** @type {import('./types').Bindings} */ (
    /** @type {unknown} */ (await duckdb.createDuckDB({ mvp: bundle, eh: bundle }, new duckdb.VoidLogger(), runtime))
  );
  await new Promise((resolve, reject) => {
    db.instantiateWasm = (imports, success) => {
      Object.assign(globalThis, { DUCKDB_RUNTIME: runtime });
      WebAssembly.instantiate(module, imports).then(instance => success(instance, module)).catch(reject);
      return [];
    };
    db.instantiate(() => {}).then(resolve, reject);
  });
  return db;
}

/**
 * Downloads, expands and compiles at the same time.
 * @param {string} url
 * @param {(loaded: number, total: number) => void} onProgress
 * @returns {Promise<WebAssembly.Module>}
 */
async function compile(url, onProgress) {
  let response;
  try {
    response = await fetch(url);
  } catch {
    throw new EngineError('io', `The database engine could not be downloaded from ${url}. Check the connection and try again.`);
  }
  if (!response.ok || !response.body) {
    throw new EngineError('io', `The database engine is missing on this site: ${url} answered ${response.status}.`);
  }
  const { head, body } = await peek(response.body);
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  // A server that sent Content-Encoding: gzip has had it expanded by the browser already.
  const isWasm = head[0] === 0 && head[1] === 0x61 && head[2] === 0x73 && head[3] === 0x6d;
  if (!isGzip && !isWasm) {
    throw new EngineError('io', `${url} is not the database engine. The site may answer every address with the same page.`);
  }
  const expanded = isGzip ? body.pipeThrough(new DecompressionStream('gzip')) : body;
  const counted = expanded.pipeThrough(counter(onProgress));
  try {
    return await WebAssembly.compileStreaming(new Response(counted, { headers: { 'content-type': 'application/wasm' } }));
  } catch (error) {
    throw new EngineError('io', `The database engine did not arrive whole from ${url}: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Looks at a stream's first bytes and gives them back with a stream that still has them.
 * @param {ReadableStream<Uint8Array>} stream
 * @returns {Promise<{ head: Uint8Array, body: ReadableStream<Uint8Array<ArrayBuffer>> }>}
 */
async function peek(stream) {
  const reader = stream.getReader();
  let head = new Uint8Array(0);
  while (head.length < 4) {
    const { done, value } = await reader.read();
    if (done) break;
    const joined = new Uint8Array(head.length + value.length);
    joined.set(head);
    joined.set(value, head.length);
    head = joined;
  }
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(head);
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: reason => reader.cancel(reason),
  });
  return { head, body };
}

/**
 * @param {(loaded: number, total: number) => void} onProgress
 * @returns {TransformStream<any, Uint8Array<ArrayBuffer>>}
 */
function counter(onProgress) {
  let loaded = 0;
  let told = 0;
  return new TransformStream({
    transform(chunk, controller) {
      loaded += chunk.byteLength;
      if (loaded - told >= PROGRESS_STEP) {
        told = loaded;
        onProgress(loaded, Math.max(loaded, WASM_BYTES));
      }
      controller.enqueue(chunk);
    },
    flush() {
      onProgress(loaded, loaded);
    },
  });
}
