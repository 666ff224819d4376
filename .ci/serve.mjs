#!/usr/bin/env node
// Serves a folder on 127.0.0.1 as an ordinary static host does: no compression, no special headers, byte ranges.
// For people (`make serve`) and for the tests, which also use its switches to play a foreign host.
//   node .ci/serve.mjs [--dir dist] [--port 8080] [--prefix /sub/]
//   node .ci/serve.mjs --check-port 8080      only says whether the port is free, before a long build
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';

/**
 * What the server does unusually; may be changed while it runs.
 * @typedef {object} Switches
 * @property {boolean} cors allow other origins to read the answers (default no)
 * @property {boolean} ranges honour `Range` (default yes)
 * @property {boolean} cacheable let the browser keep the answers and ask again by ETag (default yes)
 * @property {string[]} unknownTypes endings, with their dot, that the server takes for `application/octet-stream` (default none)
 * @property {boolean} compress send text and wasm compressed (gzip) and without a length to browsers that take it (default no)
 * @property {boolean} gzipIsEncoding say of files ending in `.gz` that they are another file, compressed on the way (default no)
 * @property {Record<string, string>} headers further headers of every file
 * @property {number} status answer every request with this status and no file; 0 is off
 */

/**
 * @typedef {object} Served
 * @property {string} origin for example `http://127.0.0.1:8080`
 * @property {string} url origin and prefix, ending in a slash
 * @property {number} port
 * @property {Switches} switches
 * @property {{method: string, url: string, range: string | undefined, status: number}[]} log every request so far
 * @property {() => Promise<void>} close ends open connections too
 */

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.wasm': 'application/wasm',
  '.gz': 'application/gzip',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
};

/**
 * The file that a request path names, or what to answer instead.
 * @param {string} root real path of the folder
 * @param {string} prefix starts and ends with a slash
 * @param {string} pathname still percent-encoded, starts with a slash
 * @returns {{file: string, stat: fs.Stats} | {status: number, location?: string}}
 */
export function resolveRequest(root, prefix, pathname) {
  if (pathname === prefix.slice(0, -1)) return { status: 301, location: prefix };
  if (!pathname.startsWith(prefix)) return { status: 404 };
  let relative;
  try {
    relative = decodeURIComponent(pathname.slice(prefix.length));
  } catch {
    return { status: 400 };
  }
  if (relative.includes('\0') || relative.includes('\\')) return { status: 400 };
  try {
    // The real path is compared, so that neither `..` nor a symbolic link leads out of the folder.
    let file = fs.realpathSync(path.join(root, relative));
    if (file !== root && !file.startsWith(root + path.sep)) return { status: 404 };
    let stat = fs.statSync(file);
    if (stat.isDirectory()) {
      if (!pathname.endsWith('/')) return { status: 301, location: `./${pathname.split('/').pop()}/` };
      file = path.join(file, 'index.html');
      stat = fs.statSync(file);
    } else if (pathname.endsWith('/')) {
      return { status: 404 };
    }
    return stat.isFile() ? { file, stat } : { status: 404 };
  } catch {
    return { status: 404 };
  }
}

/**
 * One byte range of a `Range` header; several ranges and other units are answered with the whole file.
 * @param {string | undefined} header
 * @param {number} size bytes of the file
 * @returns {{start: number, end: number} | 'unsatisfiable' | undefined} `end` is the last byte, included
 */
export function parseRange(header, size) {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!found || (found[1] === '' && found[2] === '')) return undefined;
  if (found[1] === '') {
    const last = Number(found[2]);
    return last === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - last), end: size - 1 };
  }
  const start = Number(found[1]);
  const end = found[2] === '' ? size - 1 : Math.min(Number(found[2]), size - 1);
  if (found[2] !== '' && Number(found[2]) < start) return undefined;
  return start >= size ? 'unsatisfiable' : { start, end };
}

/**
 * Starts a server. Rejects with Node's own error when the port is taken.
 * @param {{dir: string, port?: number, prefix?: string, switches?: Partial<Switches>}} options port 0 (default) takes any free one
 * @returns {Promise<Served>}
 */
export async function startServer({ dir, port = 0, prefix = '/', switches: wanted = {} }) {
  const root = fs.realpathSync(dir);
  /** @type {Switches} */
  const switches = { cors: false, ranges: true, cacheable: true, unknownTypes: [], compress: false, gzipIsEncoding: false, headers: {}, status: 0, ...wanted };
  /** @type {Served['log']} */
  const log = [];

  const server = http.createServer((request, response) => {
    const method = request.method ?? 'GET';
    response.on('finish', () => log.push({ method, url: request.url ?? '/', range: request.headers.range, status: response.statusCode }));
    /** @param {number} status @param {Record<string, string | number>} [headers] */
    const brief = (status, headers = {}) => {
      const body = `${status} ${http.STATUS_CODES[status] ?? ''}\n`;
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(body), ...headers });
      response.end(method === 'HEAD' ? undefined : body);
    };

    if (switches.cors) {
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-expose-headers', 'content-length, content-range, accept-ranges, etag, last-modified');
    }
    if (method === 'OPTIONS' && switches.cors) {
      response.setHeader('access-control-allow-methods', 'GET, HEAD');
      response.setHeader('access-control-allow-headers', '*');
      response.writeHead(204).end();
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') return brief(405, { allow: 'GET, HEAD' });
    if (switches.status) return brief(switches.status);

    const target = resolveRequest(root, prefix, (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/');
    if (!('file' in target)) return brief(target.status, target.location ? { location: target.location } : {});

    const { file, stat } = target;
    const etag = `"${stat.size.toString(16)}-${Math.trunc(stat.mtimeMs).toString(16)}"`;
    response.setHeader('etag', etag);
    response.setHeader('last-modified', stat.mtime.toUTCString());
    // A name with its contents' hash never means anything else, as hosts with caching rules know.
    const named = /-[0-9a-f]{12}[./\\]/.test(path.relative(root, file));
    response.setHeader('cache-control', !switches.cacheable ? 'no-store' : named ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304).end();
      return;
    }
    const ending = path.extname(file).toLowerCase();
    const type = (switches.unknownTypes.includes(ending) ? undefined : TYPES[ending]) ?? 'application/octet-stream';
    response.setHeader('content-type', type);
    response.setHeader('x-content-type-options', 'nosniff');
    for (const [name, value] of Object.entries(switches.headers)) response.setHeader(name, value);
    if (switches.gzipIsEncoding && ending === '.gz') response.setHeader('content-encoding', 'gzip');
    if (switches.ranges) response.setHeader('accept-ranges', 'bytes');

    const sameFile = (request.headers['if-range'] ?? etag) === etag;
    const range = switches.ranges && sameFile ? parseRange(request.headers.range, stat.size) : undefined;
    if (range === 'unsatisfiable') return brief(416, { 'content-range': `bytes */${stat.size}` });
    const { start, end } = range ?? { start: 0, end: stat.size - 1 };
    const packed = switches.compress && !range && /^(?:text\/|application\/(?:wasm|json)$)/.test(type) && /\bgzip\b/.test(String(request.headers['accept-encoding']));
    if (packed) {
      response.writeHead(200, { 'content-encoding': 'gzip', vary: 'accept-encoding' });
      if (method === 'HEAD') response.end();
      else pipeline(fs.createReadStream(file), createGzip(), response, () => {});
      return;
    }
    if (range) response.setHeader('content-range', `bytes ${start}-${end}/${stat.size}`);
    response.writeHead(range ? 206 : 200, { 'content-length': end - start + 1 });
    if (method === 'HEAD' || stat.size === 0) {
      response.end();
      return;
    }
    // A reader that goes away in the middle is ordinary; the stream is closed either way.
    pipeline(fs.createReadStream(file, { start, end }), response, () => {});
  });

  await new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => done(undefined));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    origin,
    url: origin + prefix,
    port: address.port,
    switches,
    log,
    close: () => new Promise(done => {
      server.close(() => done());
      server.closeAllConnections();
    }),
  };
}

/** @param {string} line one line for the person at the terminal */
function stop(line) {
  console.error(line);
  process.exit(1);
}

const USAGE = 'usage: node .ci/serve.mjs [--dir dist] [--port 8080] [--prefix /sub/], or --check-port 8080';

async function main() {
  const args = process.argv.slice(2);
  const options = { dir: 'dist', port: '8080', prefix: '/', 'check-port': '' };
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i]?.replace(/^--/, '') ?? '';
    const value = args[i + 1];
    if (!Object.hasOwn(options, name) || value === undefined) return stop(USAGE);
    options[/** @type {keyof typeof options} */ (name)] = value;
  }
  const onlyCheck = options['check-port'] !== '';
  const port = Number(onlyCheck ? options['check-port'] : options.port);
  if (!Number.isInteger(port) || port < 1 || port > 65535) return stop(`${options['check-port'] || options.port} is not a port: use a number from 1 to 65535, as in PORT=8081`);
  if (!onlyCheck && !fs.existsSync(path.join(options.dir, 'index.html'))) return stop(`${options.dir}/index.html is not there. Build it first: make build`);
  const prefix = `/${options.prefix.replace(/^\/+|\/+$/g, '')}/`.replace('//', '/');
  try {
    const served = await startServer({ dir: onlyCheck ? '.' : options.dir, port, prefix });
    if (onlyCheck) return served.close();
    console.log(`Spandeck is served on ${served.url}  (Ctrl+C ends it)`);
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code;
    if (code === 'EADDRINUSE') return stop(`Port ${port} on 127.0.0.1 is taken by another program. Choose another one: PORT=${port === 65535 ? 8081 : port + 1} on make's command line`);
    if (code === 'EACCES') return stop(`Port ${port} needs more rights than you have. Choose one above 1023: PORT=8080 on make's command line`);
    throw error;
  }
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
