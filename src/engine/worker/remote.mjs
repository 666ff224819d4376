// The remote database file: asks its server once whether it serves ranges and how long the file is, and tells DuckDB.
// It never reads the file's content; DuckDB does that, part by part.

import * as duckdb from '@duckdb/duckdb-wasm/dist/duckdb-browser-blocking.mjs';
import { EngineError } from './errors.mjs';

/** @type {{ url: string, size: number } | null} */
let remote = null;

/** Files of the page's own site that DuckDB may ask for. @type {Set<string>} */
const allowed = new Set();

/**
 * From here on nothing in this worker can ask any server for anything but the database that was opened by its address: DuckDB would fetch an
 * extension from another host when it thinks it needs one, with every setting against it.
 */
export function closeNetwork() {
  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (/** @type {any[]} */ ...args) {
    if (args[1] !== remote?.url && !allowed.has(String(args[1]))) throw new Error(`IO Error: ${String(args[1])} must not be read from here`);
    Reflect.apply(open, this, args);
  };
}

/** @param {string} url */
export function allowAddress(url) {
  allowed.add(url);
}

/**
 * To be called before DuckDB opens the file.
 * @param {string} url
 * @returns {Promise<number>} the file's size in bytes
 */
export async function measureRemote(url) {
  const size = await probe(url);
  remote = { url, size };
  return size;
}

export function forgetRemote() {
  remote = null;
}

/**
 * Asks the server for one byte, which tells the size and whether it serves ranges at all.
 * @param {string} url
 * @returns {Promise<number>} the file's size in bytes
 */
async function probe(url) {
  const stop = new AbortController();
  let response;
  try {
    response = await fetch(url, { headers: { Range: 'bytes=0-0' }, signal: stop.signal });
  } catch {
    throw new EngineError('io', `${url} could not be reached. The server may be down, or it does not let other sites read it (CORS).`);
  }
  // The body of a server without ranges is the whole file.
  stop.abort();
  if (response.status === 200) {
    throw new EngineError('io', `no-range: ${url} is served whole only: the server does not answer range requests.`);
  }
  if (response.status === 416) throw new EngineError('io', `${url} is empty.`);
  if (response.status !== 206) throw new EngineError('io', `${url} could not be read: the server answered ${response.status}.`);
  const total = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (total) return Number(total);
  // Another origin may hide Content-Range; Content-Length of a HEAD may be read always.
  const head = await fetch(url, { method: 'HEAD' }).catch(() => null);
  const length = head?.ok ? Number(head.headers.get('content-length')) : NaN;
  if (length > 0) return length;
  throw new EngineError('io', `no-range: ${url} does not tell its size.`);
}

/**
 * Tells DuckDB the size of the remote file that `probe` has measured. The package asks with a HEAD request that many servers answer
 * without the range, and would then fetch the whole file.
 * @param {import('./types').OpenFile} original
 * @returns {import('./types').OpenFile}
 */
export function openFileWithProbe(original) {
  return (mod, fileId, flags) => {
    // What an earlier file of that number was is not true any more.
    duckdb.BROWSER_RUNTIME._fileInfoCache.delete(fileId);
    const info = remote && duckdb.BROWSER_RUNTIME.getFileInfo(mod, fileId);
    if (!remote || info?.dataProtocol !== duckdb.DuckDBDataProtocol.HTTP || info.dataUrl !== remote.url) return original(mod, fileId, flags);
    // The answer is three f64: size, address of the content if it was read whole, time of the last change in seconds.
    const answer = mod._malloc(24);
    mod.HEAPF64.set([remote.size, 0, 0], answer >> 3);
    return answer;
  };
}
