#!/usr/bin/env node
// Measures the built page in Chromium on this machine and prints the README's table; the numbers also go to target/bench.json.
//   node tests/e2e/bench.mjs [--dir dist] [--sample showcase] [--runs 3] [--only plain,red]
// `--only` measures some of the parts (page, list, plain, groups, red, graph, dense, sql, trace, traces) and leaves target/bench.json alone.
// Every number is the median of the runs, each in a fresh profile. It waits on the marks that the page sets
// (spandeck:open-start, engine-ready, file-ready, trace-list, trace-shown), never on a clock.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { startServer } from '../../.ci/serve.mjs';
import { RED, measureRed } from './bench_red.mjs';
import { DENSE, GRAPH, makeDense, measureDense, measureGraph } from './bench_dependencies.mjs';
import { measureSql } from './bench_sql.mjs';
import { GROUPS, PLAIN_TABLE, measureGroups, measurePlainTable } from './bench_statistics.mjs';
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
const PARTS = ['page', 'list', 'plain', 'groups', 'red', 'graph', 'dense', 'sql', 'trace', 'traces'];
const only = new Set(option('only', PARTS.join(',')).split(','));
for (const part of only) if (!PARTS.includes(part)) stop(`there is no part ${part}: ${PARTS.join(', ')}`);
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

/**
 * The medians of a part, or nothing where it is not measured.
 * @template {string} K
 * @param {string} part
 * @param {() => Promise<Record<K, number>>} measure
 */
const measured = async (part, measure) => only.has(part) ? medians(await repeat(measure)) : undefined;

/** @param {string} hash @param {string} file @param {(page: import('./lib.mjs').Page) => Promise<Record<string, number>>} measure */
const onFile = (hash, file, measure) => () => visit({ hash, files: [file] }, ({ page }) => measure(page));

/** Opens and measures a trace of each size. */
async function measureSizes() {
  /** @type {{ size: number, [what: string]: number }[]} */
  const traces = [];
  for (const { size, file } of files.traces) {
    const { big, other } = traceIds(file);
    const hash = `#/timeline?v=1&trace=${other}`;
    const link = `#/timeline?v=1&src=${encodeURIComponent(data.url + path.basename(file))}&trace=${big}`;
    const cold = medians(await repeat(() => visit({ hash: link }, async ({ page }) => ({ link_ms: await mark(page, 'trace-shown') }))));
    traces.push({ size, ...cold, ...medians(await repeat(() => visit({ hash }, ({ page }) => measureTrace(page, file, big)))) });
  }
  return traces;
}

try {
  const paint = await measured('page', firstPaint);
  const small = await measured('page', openSample);
  const duckdb = await measured('list', () => openList(files.million));
  const parquet = await measured('list', () => openList(files.parquet));
  const table = await measured('plain', onFile(PLAIN_TABLE, files.million, measurePlainTable));
  const groups = await measured('groups', onFile(GROUPS, files.million, measureGroups));
  const red = await measured('red', onFile(RED, files.million, measureRed));
  const graph = await measured('graph', onFile(GRAPH, files.million, measureGraph));
  const denseFile = path.join(DATA, `dense-${DENSE.nodes}.duckdb`);
  if (only.has('dense')) makeDense(denseFile);
  const dense = await measured('dense', onFile(`${GRAPH}&top=${DENSE.nodes}`, denseFile, measureDense));
  const sql = await measured('sql', measureSql);
  const trace = await measured('trace', openTrace);
  const plain_ms = only.has('trace') || only.has('plain') ? await visit({}, ({ page }) => staticFrames(page)) : undefined;
  const traces = only.has('traces') ? await measureSizes() : undefined;

  const size_mb = (/** @type {string} */ file) => Math.round(fs.statSync(file).size / 1e6);
  const machine = `${os.cpus().length} cores (${os.cpus()[0]?.model.trim() ?? 'unknown'}), Chromium ${browser.version()}, median of ${runs}`;
  const results = { machine, page_gzip_bytes: pageBytes(), ...paint, ...small, duckdb, parquet, table, groups, red, graph, dense, sql, trace, plain_ms, traces };
  fs.mkdirSync(repoPath('target'), { recursive: true });
  if (PARTS.every(part => only.has(part))) fs.writeFileSync(repoPath('target/bench.json'), `${JSON.stringify(results, null, 2)}\n`);

  const kb = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  const mb = (/** @type {number | undefined} */ bytes) => bytes === undefined ? '' : `${(bytes / 1e6).toFixed(1)} MB`;
  const ms = (/** @type {(number | undefined)[]} */ ...values) => values.every(value => value === undefined) ? '' : values.map((value = NaN) => `${value.toFixed(value < 100 ? 1 : 0)} ms`).join(', ');
  console.log(`Measured on ${machine}, files and page from the same machine.\n`);
  console.log('| what | measured |\n|---|---|');
  for (const [what, value] of [
    ['the page: HTML, wasm, JavaScript and CSS, gzip', only.has('page') ? kb(results.page_gzip_bytes) : ''],
    ['first contentful paint', ms(paint?.paint_ms)],
    ['database engine ready, from opening a file', ms(small?.engine_ms)],
    ['transfer until the sample\'s first trace is drawn', mb(small?.transfer_bytes)],
    [`1,000,000 spans in a .duckdb of ${size_mb(files.million)} MB: engine ready to trace list`, ms(duckdb?.list_ms)],
    [`the same from a Parquet file of ${size_mb(files.parquet)} MB`, ms(parquet?.list_ms)],
    ['filter: 1,000,000 spans and their traces counted, from the address to the figures', ms(groups?.count_ms)],
    ['statistics: groups of 1,000,000 spans under another filter, the slowest of six groupings', ms(groups?.refilter_ms, groups?.regroup_ms)],
    ['statistics: groups in another order', ms(groups?.resort_ms)],
    ['statistics: own time of 1,000,000 spans, once, in the background', ms(groups?.own_ms)],
    ['RED: cards, totals and series of 1,000,000 spans under another filter; the slowest', ms(red?.red_ms, red?.slowest_ms)],
    ['RED: series and operations of another card, the slowest', ms(red?.chosen_ms)],
    ['RED: frames while the crosshair and the box of the heat map follow the pointer, 95th percentile', ms(red?.crosshair_p95_ms, red?.heat_p95_ms)],
    ['statistics: plain table of 1,000,000 spans, from a press on a head to rows in that order', ms(table?.sort_ms)],
    ['statistics: plain table, scroll: time between frames, 95th percentile', ms(table?.frame_p95_ms)],
    ['statistics: plain table, longest blank, by the wheel and dragged from end to end', ms(table?.wheel_blank_ms, table?.drag_blank_ms)],
    ['dependencies: services of 1,000,000 spans under another filter, from the address to the graph', ms(graph?.graph_ms)],
    ['the same graph pointed at, frames, 95th percentile', ms(graph?.hover_p95_ms)],
    [`dependencies: layout of ${DENSE.nodes} nodes and ${DENSE.edges} edges`, ms(dense?.layout_ms)],
    ['that layout, frames while pointing, zooming and panning, 95th percentile', ms(dense?.hover_p95_ms, dense?.zoom_p95_ms, dense?.pan_p95_ms)],
    ['SQL: one key of 1,000,000 attributes of 300 bytes, first and second time', ms(sql?.first_ms, sql?.again_ms)],
    ['the same, more memory after ten times', mb(sql?.grown_bytes)],
    ['a trace of 10,000 spans: from its address to its picture', ms(trace?.open_ms)],
    ['the same, scrolled: time between frames, 95th percentile', ms(trace?.frame_p95_ms)],
  ]) if (value) console.log(`| ${what} | ${value} |`);
  if (plain_ms !== undefined) console.log(`\nWheel over a page of plain text on this machine: ${ms(plain_ms)} between frames (p95).\n`);
  if (traces) {
    console.log(`| spans of the trace | ${SIZES.map(size => size.toLocaleString('en')).join(' | ')} |\n|---|${SIZES.map(() => '---').join('|')}|`);
    for (const [key, what] of Object.entries({
      link_ms: 'from opening a link in a new page to its picture', click_ms: 'from the click to its picture', collapse_ms: 'collapse all, to the next frame', expand_ms: 'expand all, to the next frame', details_ms: 'details of a span',
      search_ms: 'search', frame_p95_ms: 'wheel: time between frames, p95',
    })) console.log(`| ${what} | ${traces.map(found => ms(found[key] ?? NaN)).join(' | ')} |`);
    console.log(`| memory of the page's wasm | ${traces.map(found => mb(found.wasm_bytes ?? NaN)).join(' | ')} |`);
    console.log(`| rows missing when dragged through | ${traces.map(found => `${(found.blank_percent ?? NaN).toFixed(0)} %`).join(' | ')} |`);
  }
} finally {
  await browser.close();
  await served.close();
  await data.close();
}
