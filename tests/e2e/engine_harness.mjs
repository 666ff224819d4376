// Serves the bundled engine worker under a sub-path to a real browser, and databases to the worker, counting what is asked for.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { tableFromIPC } from 'apache-arrow';
import { chromium } from 'playwright-core';
import { bundle } from '../../.ci/bundle.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const zooDir = path.join(here, '../fixtures/duckdb_zoo');

const CHROMIUM_FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** @typedef {{ method: string, path: string, range: string | undefined, bytes: number }} Seen a request for a database */

/** @param {string} [extensions] a folder of extensions of DuckDB's to build with */
export async function startHarness(extensions) {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'engine-test-'));
  const built = await bundle(dir, extensions);
  const wasm = await readFile(built.wasm);
  /** @type {Seen[]} */
  const seen = [];
  /** Databases that tests make themselves. @type {Map<string, Buffer>} */
  const extra = new Map();

  let wasmRequests = 0;

  const page404 = '<!doctype html><title>Not found</title>';
  const server = createServer(async (request, response) => {
    const url = (request.url ?? '').split('?')[0];
    const send = (/** @type {number} */ status, /** @type {Record<string, string>} */ headers, /** @type {Buffer | string} */ body) => {
      response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    if (url === '/sub/') return send(200, { 'content-type': 'text/html' }, await readFile(path.join(here, 'engine_page.html')));
    if (url === '/sub/engine/engine-worker.js') return send(200, { 'content-type': 'text/javascript' }, await readFile(built.worker));
    if (url.endsWith('.wasm.gz')) wasmRequests += 1;
    if (url === '/favicon.ico') return send(204, {}, '');
    if (url.startsWith('/sub/engine/extensions/')) return send(200, { 'content-type': 'application/wasm' }, await readFile(path.join(dir, url.slice('/sub/engine/'.length))));
    if (url === '/sub/engine/duckdb-eh.wasm.gz') return send(200, { 'content-type': 'application/gzip' }, wasm);
    if (url === '/sub/expanded-by-server.wasm.gz') return send(200, { 'content-type': 'application/wasm', 'content-encoding': 'gzip' }, wasm);
    if (url === '/sub/cut.wasm.gz') return send(200, {}, wasm.subarray(0, wasm.length / 2));
    if (url === '/sub/one-page-for-all.wasm.gz') return send(200, { 'content-type': 'text/html' }, page404);
    const database = /^\/(ranges|whole|no-head)\/([\w.-]+)$/.exec(url);
    const body = database && (extra.get(database[2]) ?? (await readFile(path.join(zooDir, database[2])).catch(() => null)));
    if (!database || !body) return send(404, { 'content-type': 'text/html' }, page404);
    return sendDatabase(database[1], body);

    /** @type {(kind: string, whole: Buffer) => void} */
    function sendDatabase(kind, whole) {
      const { range } = request.headers;
      const parts = kind !== 'whole' && /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
      const note = (/** @type {number} */ bytes) => seen.push({ method: request.method ?? '', path: url, range, bytes });
      if (kind === 'no-head' && request.method === 'HEAD') return send(405, {}, '');
      if (!parts) {
        note(request.method === 'HEAD' ? 0 : whole.length);
        return send(200, {}, whole);
      }
      const first = Number(parts[1]);
      const last = Math.min(parts[2] ? Number(parts[2]) : Infinity, whole.length - 1);
      const part = whole.subarray(first, last + 1);
      note(request.method === 'HEAD' ? 0 : part.length);
      return send(206, { 'content-range': `bytes ${first}-${last}/${whole.length}`, 'accept-ranges': 'bytes' }, part);
    }
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const origin = `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;

  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_FLAGS });
  const page = await browser.newPage();
  /** Addresses of other hosts that anything in the browser asked for. @type {string[]} */
  const elsewhere = [];
  page.context().on('request', request => {
    if (!request.url().startsWith(origin) && !/^(?:data|blob|about):/.test(request.url())) elsewhere.push(request.url());
  });
  await page.goto(`${origin}/sub/`);

  return {
    /** Expanded length of the engine: the last four bytes of a gzip file. */
    wasmBytes: wasm.readUInt32LE(wasm.length - 4),
    page,
    origin,
    seen,
    extra,
    elsewhere,
    zooDir,
    wasmRequests: () => wasmRequests,
    /** A worker that has not been booted. */
    idle: async () => new TestEngine(page, await page.evaluate(() => { startEngine(); return engines.length - 1; }), origin),
    /** A worker with an empty database. The module is downloaded once for all of them. */
    engine: async () => {
      const index = await page.evaluate(async () => {
        const engine = startEngine();
        const answer = await engine.send({ op: 'boot', wasmUrl: 'duckdb-eh.wasm.gz', module: globalThis.compiled });
        if (answer.kind !== 'done') throw new Error(answer.message);
        globalThis.compiled = /** @type {{ module: WebAssembly.Module }} */ (answer.value).module;
        return engines.length - 1;
      });
      return new TestEngine(page, index, origin);
    },
    close: async () => {
      await browser.close();
      server.closeAllConnections();
      server.close();
      await rm(dir, { recursive: true });
    },
  };
}

/** Drives one worker in the page. */
export class TestEngine {
  /**
   * @param {import('playwright-core').Page} page
   * @param {number} index
   * @param {string} origin
   */
  constructor(page, index, origin) {
    this.page = page;
    this.index = index;
    this.origin = origin;
  }

  /** Sends any request and gives the whole answer. @param {Record<string, unknown>} request */
  send(request) {
    return this.page.evaluate(async ([index, message]) => plain(await engines[index].send(message)), /** @type {const} */ ([this.index, request]));
  }

  /**
   * Attaches files of the zoo under their own names or, as `zoo file=other name`, under another.
   * @param {...string} names
   */
  attach(...names) {
    return this.page.evaluate(async ([index, origin, wanted]) => {
      const files = await Promise.all(wanted.map(name => fileFrom(`${origin}/whole/${name.split('=')[0]}`, name.split('=').at(-1))));
      return plain(await engines[index].send({ op: 'attach', files }));
    }, /** @type {const} */ ([this.index, this.origin, names]));
  }

  /** The whole answer to a query, `rows` decoded. @param {string} sql @param {string} [session] */
  async query(sql, session) {
    const answer = await this.send(session === undefined ? { op: 'query', sql } : { op: 'query', sql, session });
    return { ...answer, rows: answer.kind === 'done' ? rowsOf(answer.ipc) : [] };
  }

  /** The rows of a query that must succeed. @param {string} sql */
  async rows(sql) {
    const answer = await this.query(sql);
    must(answer);
    return answer.rows;
  }

  /** The first value of a query that must succeed. @param {string} sql */
  async value(sql) {
    const [row] = await this.rows(sql);
    return row && Object.values(row)[0];
  }

  /** Ends the worker. */
  async end() {
    const stray = await this.page.evaluate(index => { engines[index].worker.terminate(); return engines[index].stray; }, this.index);
    if (stray.length > 0) throw new Error(`the worker sent messages nobody asked for: ${JSON.stringify(stray)}`);
  }
}

/**
 * @template {{ kind: string, name?: string, message?: string }} T
 * @param {T} answer
 * @returns {T}
 */
export function must(answer) {
  if (answer.kind !== 'done') throw new Error(`${answer.name}: ${answer.message}`);
  return answer;
}

/** @param {string} base64 one Arrow IPC stream */
export function rowsOf(base64) {
  return tableFromIPC(Buffer.from(base64, 'base64')).toArray().map(row => row.toJSON());
}
