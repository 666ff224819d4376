// The engine worker's entry: takes the page's requests, answers each exactly once with `done` or `error`. What the messages hold
// is written at `Request` below. It must not touch DuckDB itself.

import { boot } from './boot.mjs';
import { EngineError, toEngineError } from './errors.mjs';
import { attach, attachUrl, commit, insert, lock } from './files.mjs';
import { OWN_FUNCTIONS } from './macros.mjs';
import { Queries } from './query.mjs';

/**
 * @typedef {{ id: number } & (
 *   | { op: 'boot', wasmUrl: string, module?: WebAssembly.Module }
 *   | { op: 'attach', files: import('./files.mjs').NamedFile[] }
 *   | { op: 'attachUrl', name: string, url: string }
 *   | { op: 'insert', table: string, bytes: ArrayBuffer, create: boolean }
 *   | { op: 'commit' }
 *   | { op: 'lock', own?: string[] }
 *   | { op: 'endSessions' }
 *   | { op: 'query', sql: string, session?: string, turn?: import('./query.mjs').Turn, ahead?: number }
 *   | { op: 'taken', target: number, bytes: number }
 *   | { op: 'cancel', target: number }
 *   | { op: 'ping' }
 * )} Request
 */

/** @typedef {{ version: string, module: WebAssembly.Module, refused: string[] } | { elapsedMs: number } | { heapBytes: number } | { ownFunctions: string[] }} Value of boot, query, ping and endSessions */

/**
 * @typedef {{ id: number } & (
 *   | { kind: 'progress', loaded: number, total: number }
 *   | { kind: 'chunk', bytes: ArrayBuffer }
 *   | { kind: 'done', value?: Value }
 *   | { kind: 'error', name: import('./errors.mjs').ErrorName, message: string }
 * )} Reply
 */

const scope = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));

/** @type {{ engine: import('./boot.mjs').Engine, queries: Queries } | null} */
let running = null;
/** @type {EngineError | null} */
let crash = null;

// The package reports on the console what it also throws.
console.log = console.warn = console.error = console.debug.bind(console);

/**
 * @param {Reply} reply
 * @param {Transferable[]} [transfer]
 */
function post(reply, transfer = []) {
  scope.postMessage(reply, transfer);
}

function started() {
  if (crash) throw crash;
  if (!running) throw new EngineError('fatal', 'The database engine has not been started.');
  return running;
}

/**
 * @param {Request} request
 * @returns {Promise<Value | undefined>} the `value` of the `done` reply
 */
async function handle(request) {
  switch (request.op) {
    case 'boot': {
      if (crash) throw crash;
      if (running) throw new EngineError('sql', 'The database engine has been started already.');
      const { engine, module, version, refused } = await boot(request, (loaded, total) => post({ id: request.id, kind: 'progress', loaded, total }));
      running = { engine, queries: new Queries(engine) };
      for (const words of refused) console.debug(`An extension was not loaded: ${words}`);
      return { version, module, refused };
    }
    case 'attach':
      attach(started().engine, request.files);
      return undefined;
    case 'attachUrl':
      await attachUrl(started().engine, request.url);
      return undefined;
    case 'insert':
      insert(started().engine, request);
      return undefined;
    case 'commit':
      commit(started().engine);
      return undefined;
    case 'lock':
      lock(started().engine);
      started().queries.lock(request.own ?? []);
      return undefined;
    case 'endSessions':
      await started().queries.endSessions();
      return { ownFunctions: [...OWN_FUNCTIONS] };
    case 'query':
      return started().queries.run(request.id, request, bytes => {
        const { buffer } = bytes;
        if (buffer instanceof ArrayBuffer) post({ id: request.id, kind: 'chunk', bytes: buffer }, [buffer]);
      });
    case 'ping':
      if (crash) throw crash;
      return { heapBytes: running?.engine.db.mod.HEAPU8.length ?? 0 };
    default:
      throw new EngineError('sql', `The page asked for something this engine does not know: ${String(/** @type {any} */ (request).op)}`);
  }
}

/** @param {MessageEvent<Request>} event */
scope.onmessage = async ({ data }) => {
  if (data?.op === 'cancel') {
    running?.queries.cancel(data.target);
    return;
  }
  if (data?.op === 'taken') {
    running?.queries.taken(data.target, data.bytes);
    return;
  }
  const id = data?.id;
  try {
    const value = await handle(data);
    post(value === undefined ? { id, kind: 'done' } : { id, kind: 'done', value });
  } catch (error) {
    const known = toEngineError(error);
    if (known.kind === 'fatal' && running) crash = known;
    post({ id, kind: 'error', name: known.kind, message: known.message });
  }
};
