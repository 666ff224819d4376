#!/usr/bin/env node
// Measures the built page in Chromium on this machine and prints the README's table; the numbers also go to target/bench.json.
//   node tests/e2e/bench.mjs [--dir dist] [--sample showcase] [--runs 3]
// Every number is the median of the runs, each in a fresh profile. It waits on the marks that the page sets
// (spandeck:open-start, engine-ready, file-ready, trace-list, trace-shown), never on a clock.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { startServer } from '../../.ci/serve.mjs';
import { SIZES, measureTrace, staticFrames, traceIds } from './bench_timeline.mjs';
import { frameTimes, idle, launch, mark, openPageIn, repoPath, transferredBytes, wheel } from './lib.mjs';

/** @typedef {import('./lib.mjs').Opened} Opened */

const DATA = repoPath('target/bench-data');
const MILLION = { rows: 1_000_000, payload: 2500 };

/** Stops with one line for the person at the terminal. @param {string} line @returns {never} */
function stop(line) {
  console.error(`bench: ${line}`);
  process.exit(1);
}

/** @param {string} name @param {string} otherwise */
function option(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1] ?? stop(`--${name} needs a value`);
}

/** @param {string[]} args */
function python(...args) {
  execFileSync('python3', args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Makes the data once. A half-written file never gets the final name. */
function makeData() {
  const files = { million: path.join(DATA, 'spans-1m.duckdb'), parquet: path.join(DATA, 'spans-1m.parquet'), trace: path.join(DATA, 'trace-10k.duckdb'), traces: SIZES.map(size => ({ size, file: path.join(DATA, `trace-${size / 1000}k.duckdb`) })) };
  if ([files.million, files.parquet, ...files.traces.map(trace => trace.file)].every(file => fs.existsSync(file))) return files;
  try {
    execFileSync('python3', ['-c', 'import duckdb'], { stdio: 'ignore' });
  } catch {
    stop('the data is made with Python 3 and its duckdb package: pip install duckdb==1.4.3');
  }
  fs.mkdirSync(DATA, { recursive: true });
  const generator = repoPath('tests/data/make_spans.py');
  /** @param {string} file @param {(draft: string) => void} make */
  const once = (file, make) => {
    if (fs.existsSync(file)) return;
    const draft = path.join(DATA, `draft-${path.basename(file)}`);
    fs.rmSync(draft, { force: true });
    make(draft);
    fs.renameSync(draft, file);
  };
  once(files.million, draft => python(generator, String(MILLION.rows), draft, '--payload', String(MILLION.payload)));
  // A large trace has small neighbours, from which it is opened by a click.
  const neighbours = path.join(DATA, 'neighbours.duckdb');
  for (const { size, file } of files.traces) once(file, draft => {
    python(generator, String(size), draft, '--spans-per-trace', String(size));
    fs.rmSync(neighbours, { force: true });
    python(generator, '200', neighbours, '--spans-per-trace', '40', '--seed', '9');
    python('-c', `
import duckdb, sys
con = duckdb.connect(sys.argv[1])
con.execute("ATTACH '%s' AS other (READ_ONLY)" % sys.argv[2].replace("'", "''"))
con.execute("INSERT INTO spans SELECT * REPLACE (md5('neighbour' || trace_id) AS trace_id) FROM other.spans")
`, draft, neighbours);
  });
  fs.rmSync(neighbours, { force: true });
  // The same rows, compressed as DuckDB does unless told otherwise.
  once(files.parquet, draft => python('-c', `
import duckdb, sys
con = duckdb.connect()
con.execute("SET enable_progress_bar=false")
con.execute("ATTACH '%s' AS source (READ_ONLY)" % sys.argv[1].replace("'", "''"))
con.execute("COPY (SELECT * FROM source.spans) TO '%s' (FORMAT parquet, COMPRESSION snappy)" % sys.argv[2].replace("'", "''"))
`, files.million, draft));
  return files;
}

/** @param {number[]} values */
const median = values => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/**
 * @template {string} K
 * @param {Record<K, number>[]} runs
 * @returns {Record<K, number>}
 */
function medians(runs) {
  const [first] = runs;
  if (!first) return stop('--runs must be 1 or more');
  return /** @type {Record<K, number>} */ (Object.fromEntries(Object.keys(first).map(key => [key, median(runs.map(run => run[/** @type {K} */ (key)]))])));
}

const dir = path.resolve(option('dir', repoPath('dist')));
const sample = option('sample', 'showcase');
const runs = Number(option('runs', '3'));
if (!fs.existsSync(path.join(dir, 'index.html'))) stop(`${dir} holds no built page: make build`);
const files = makeData();
const served = await startServer({ dir, prefix: '/docs/viewer/' });
const data = await startServer({ dir: DATA, switches: { cors: true } });
const browser = await launch();

/**
 * Opens a page, measures, closes it.
 * @template T
 * @param {import('./lib.mjs').PageOptions} options
 * @param {(opened: Opened) => Promise<T>} measure
 */
async function visit(options, measure) {
  const opened = await openPageIn(browser, served.url, options);
  try {
    return await measure(opened);
  } finally {
    await opened.page.context().close();
  }
}

/** @template T @param {() => Promise<T>} measure */
async function repeat(measure) {
  /** @type {T[]} */
  const results = [];
  for (let i = 0; i < runs; i += 1) results.push(await measure());
  return results;
}

/** What the page itself weighs before any file is opened: bytes after gzip, as most hosts send them. */
function pageBytes() {
  const own = fs.readdirSync(dir).filter(name => /\.(js|css|wasm|html)$/.test(name));
  return own.reduce((sum, name) => sum + gzipSync(fs.readFileSync(path.join(dir, name)), { level: 9 }).length, 0);
}

const firstPaint = () => visit({}, ({ page }) => page.evaluate(() => new Promise(done => {
  new PerformanceObserver(list => {
    const paint = list.getEntriesByName('first-contentful-paint')[0];
    if (paint) done({ paint_ms: paint.startTime });
  }).observe({ type: 'paint', buffered: true });
}))).then(found => /** @type {{paint_ms: number}} */ (found));

/** From a link to the sample until its first trace is drawn. */
const openSample = () => visit({ hash: `#/timeline?v=1&sample=${sample}` }, async opened => {
  const { page, requests } = opened;
  const start = await mark(page, 'open-start');
  const engine = await mark(page, 'engine-ready');
  await mark(page, 'trace-list');
  await idle(page);
  const shown = await page.evaluate(() => performance.getEntriesByName('spandeck:trace-shown').length > 0);
  if (!shown) await page.getByTestId('trace-list').locator('tbody tr, [role=row]:has([role=gridcell], [role=cell]), [role=option]').first().click();
  await mark(page, 'trace-shown');
  await idle(page);
  return { engine_ms: engine - start, transfer_bytes: await transferredBytes(requests) };
});

/** @param {string} file */
const openList = file => visit({ files: [file] }, async ({ page }) => {
  const start = await mark(page, 'open-start');
  const engine = await mark(page, 'engine-ready');
  const list = await mark(page, 'trace-list');
  return { list_ms: list - Math.max(engine, start), whole_ms: list - start };
});

/** The large trace of a file, opened by the address as a shared link does, then scrolled by the wheel. */
const openTrace = () => visit({ files: [files.trace] }, async ({ page }) => {
  const id = execFileSync('python3', ['-c', `
import duckdb, sys
con = duckdb.connect()
con.execute("ATTACH '%s' AS source (READ_ONLY)" % sys.argv[1].replace("'", "''"))
print(con.execute("SELECT trace_id FROM source.spans GROUP BY trace_id ORDER BY count(*) DESC LIMIT 1").fetchone()[0])
`, files.trace], { encoding: 'utf8' }).trim();
  const start = await page.evaluate(trace => {
    const [route = '', query = ''] = location.hash.split('?');
    const params = new URLSearchParams(query);
    params.set('trace', trace);
    location.hash = `${route || '#/timeline'}?${params}`;
    return performance.now();
  }, id);
  const shown = await mark(page, 'trace-shown', start);
  await idle(page);
  const frames = await frameTimes(page, () => wheel(page, page.getByTestId('waterfall').first(), { distancePx: 20_000, speedPxPerS: 5000 }));
  return { open_ms: shown - start, frame_p50_ms: frames.p50, frame_p95_ms: frames.p95, frame_max_ms: frames.max };
});

try {
  const paint = medians(await repeat(firstPaint));
  const small = medians(await repeat(openSample));
  const duckdb = medians(await repeat(() => openList(files.million)));
  const parquet = medians(await repeat(() => openList(files.parquet)));
  const trace = medians(await repeat(openTrace));
  const plain_ms = await visit({}, ({ page }) => staticFrames(page));
  /** @type {{ size: number, [what: string]: number }[]} */
  const traces = [];
  for (const { size, file } of files.traces) {
    const { big, other } = traceIds(file);
    const hash = `#/timeline?v=1&trace=${other}`;
    const link = `#/timeline?v=1&src=${encodeURIComponent(data.url + path.basename(file))}&trace=${big}`;
    const cold = medians(await repeat(() => visit({ hash: link }, async ({ page }) => ({ link_ms: await mark(page, 'trace-shown') }))));
    traces.push({ size, ...cold, ...medians(await repeat(() => visit({ hash }, ({ page }) => measureTrace(page, file, big)))) });
  }

  const size_mb = (/** @type {string} */ file) => Math.round(fs.statSync(file).size / 1e6);
  const machine = `${os.cpus().length} cores (${os.cpus()[0]?.model.trim() ?? 'unknown'}), Chromium ${browser.version()}, median of ${runs}`;
  const results = { machine, page_gzip_bytes: pageBytes(), ...paint, ...small, duckdb, parquet, trace, plain_ms, traces };
  fs.mkdirSync(repoPath('target'), { recursive: true });
  fs.writeFileSync(repoPath('target/bench.json'), `${JSON.stringify(results, null, 2)}\n`);

  const kb = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  const mb = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  const ms = (/** @type {number} */ value) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
  console.log(`Measured on ${machine}, files and page from the same machine.\n`);
  console.log('| what | measured |\n|---|---|');
  for (const [what, value] of [
    ['the page: HTML, wasm, JavaScript and CSS, gzip', kb(results.page_gzip_bytes)],
    ['first contentful paint', ms(paint.paint_ms)],
    ['database engine ready, from opening a file', ms(small.engine_ms)],
    ['transfer until the sample\'s first trace is drawn', mb(small.transfer_bytes)],
    [`1,000,000 spans in a .duckdb of ${size_mb(files.million)} MB: engine ready to trace list`, ms(duckdb.list_ms)],
    [`the same from a Parquet file of ${size_mb(files.parquet)} MB`, ms(parquet.list_ms)],
    ['a trace of 10,000 spans: from its address to its picture', ms(trace.open_ms)],
    ['the same, scrolled: time between frames, 95th percentile', ms(trace.frame_p95_ms)],
  ]) console.log(`| ${what} | ${value} |`);
  console.log(`\nWheel over a page of plain text on this machine: ${ms(plain_ms)} between frames (p95).\n`);
  console.log(`| spans of the trace | ${SIZES.map(size => size.toLocaleString('en')).join(' | ')} |\n|---|${SIZES.map(() => '---').join('|')}|`);
  for (const [key, what] of Object.entries({
    link_ms: 'from opening a link in a new page to its picture', click_ms: 'from the click to its picture', collapse_ms: 'collapse all, to the next frame', expand_ms: 'expand all, to the next frame', details_ms: 'details of a span',
    search_ms: 'search', frame_p95_ms: 'wheel: time between frames, p95',
  })) console.log(`| ${what} | ${traces.map(found => ms(found[key] ?? NaN)).join(' | ')} |`);
  console.log(`| memory of the page's wasm | ${traces.map(found => mb(found.wasm_bytes ?? NaN)).join(' | ')} |`);
  console.log(`| rows missing when dragged through | ${traces.map(found => `${(found.blank_percent ?? NaN).toFixed(0)} %`).join(' | ')} |`);
} finally {
  await browser.close();
  await served.close();
  await data.close();
}
