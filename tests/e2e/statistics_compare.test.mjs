// The comparison of the Statistics on the sample: both sides against the engine itself, new and vanished groups, a second file, links.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { startHarness } from './engine_harness.mjs';
import { address, assertNoComplaints, cells, column, idle, repoPath, useSite } from './lib.mjs';

const site = useSite();
const sample = gunzipSync(fs.readFileSync(repoPath('src/sample/showcase.duckdb.gz')));

/** @type {Awaited<ReturnType<typeof startHarness>>} */
let harness;
/** @type {import('./engine_harness.mjs').TestEngine} */
let engine;
before(async () => {
  harness = await startHarness();
  harness.extra.set('sample.duckdb', sample);
  engine = await harness.engine();
  await engine.attach('sample.duckdb');
});
after(async () => {
  await engine.end();
  await harness.close();
});

/** @param {string} more of the address */
async function openCompare(more) {
  const opened = await site.openPage({ hash: `#/statistics?v=1&sample=showcase&${more}` });
  await opened.page.getByTestId('compare').waitFor();
  await idle(opened.page);
  return opened;
}

/**
 * The groups of a side by the engine.
 * @param {string} expression @param {string} condition
 * @returns {Promise<Map<string, Record<string, number>>>}
 */
async function side(expression, condition) {
  const rows = await engine.rows(`SELECT coalesce(${expression}, '(none)') AS g, count(*)::DOUBLE AS count, 100.0 * count(*) FILTER (WHERE status_code = 'ERROR') / count(*) AS error, quantile_cont(duration_ms, 0.5) AS p50,
    quantile_cont(duration_ms, 0.95) AS p95, avg(duration_ms) AS mean, sum(duration_ms) AS total FROM file.spans WHERE ${condition} GROUP BY 1`);
  return new Map(rows.map(row => [String(row.g), Object.fromEntries(Object.entries(row).filter(([key]) => key !== 'g').map(([key, value]) => [key, Number(value)]))]));
}

/** @param {string} text @param {number | undefined} wanted @param {string} where */
function near(text, wanted, where) {
  if (wanted === undefined) assert.equal(text, '', where);
  else assert.ok(Math.abs(Number(text) - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)), `${where}: ${text} is not ${wanted}`);
}

/**
 * Every cell against two sides by the engine.
 * @param {import('./lib.mjs').Page} page
 * @param {Map<string, Record<string, number>>} a @param {Map<string, Record<string, number>>} b
 */
async function checkAll(page, a, b) {
  const rows = await cells(page, 'compare');
  assert.deepEqual(rows.map(row => row[0]?.value).sort(), [...new Set([...a.keys(), ...b.keys()])].sort());
  const sum = (/** @type {Map<string, Record<string, number>>} */ groups) => [...groups.values()].reduce((all, group) => all + (group.count ?? 0), 0);
  const scale = sum(b) / sum(a);
  for (const row of rows) {
    const name = row[0]?.value ?? '';
    const get = (/** @type {string} */ col) => row.find(cell => cell.col === col)?.value ?? 'no such cell';
    const [one, other] = [a.get(name), b.get(name)];
    near(get('added_ms'), (other?.total ?? 0) - (one?.total ?? 0) * scale, `${name} added`);
    for (const measure of ['count', 'error', 'p50', 'p95', 'mean', 'total']) {
      const unit = measure === 'count' ? '' : measure === 'error' ? '_pct' : '_ms';
      const nothing = measure === 'count' ? 0 : undefined;
      const [x, y] = [one?.[measure] ?? nothing, other?.[measure] ?? nothing];
      near(get(`${measure}_a${unit}`), x, `${name} ${measure} a`);
      near(get(`${measure}_b${unit}`), y, `${name} ${measure} b`);
      const change = x === undefined || y === undefined ? undefined : x === 0 ? (y === 0 ? 0 : undefined) : (y - x) / x * 100;
      near(get(`${measure}_change_pct`), change, `${name} ${measure} change`);
    }
  }
  return rows;
}

const ALL = 'vm=count,error,p50,p95,mean,total';

test('before and after a moment are what the engine says of either, what got worse first', async () => {
  const at = await engine.value('SELECT quantile_disc(start_time, 0.4)::VARCHAR FROM file.spans');
  const opened = await openCompare(`vs=time:${at}&${ALL}`);
  const { page } = opened;
  const [a, b] = [await side('name', `start_time < ${at}`), await side('name', `start_time >= ${at}`)];
  await checkAll(page, a, b);
  const added = (await column(page, 'compare', 'added_ms')).map(Number);
  assert.deepEqual(added, [...added].sort((x, y) => y - x));
  const only = (/** @type {typeof a} */ one, /** @type {typeof a} */ other) => [...one.keys()].filter(name => !other.has(name)).length;
  assert.equal(await page.getByTestId('compare').locator('[data-presence=new]').count(), only(b, a));
  assert.equal(await page.getByTestId('compare').locator('[data-presence=vanished]').count(), only(a, b));
  assert.match(await page.getByTestId('compare-new').innerText(), new RegExp(`${only(b, a)} new, ${only(a, b)} vanished`));
  assertNoComplaints(opened);
});

test('the moment can be typed and drawn, and is in the address', async () => {
  const { page } = await openCompare('vs=time');
  const field = page.getByTestId('compare-moment');
  const middle = await field.inputValue();
  await field.fill('soon');
  await field.press('Enter');
  await page.getByText('Write it as').waitFor();
  const start = await engine.value("SELECT strftime(make_timestamp_ns(min(start_time) + 5000000000), '%Y-%m-%d %H:%M:%S')::VARCHAR FROM file.spans");
  await field.fill(String(start));
  await field.press('Enter');
  await idle(page);
  assert.match(decodeURIComponent(await address(page)), /vs=time:\d{19}/);
  const before = await page.locator('[data-col=spans_a]').getAttribute('data-value');
  assert.equal(Number(before), await engine.value(`SELECT count(*)::INT FROM file.spans WHERE start_time < epoch_ns(TIMESTAMP '${start}')`));
  await page.getByTestId('compare-slider').focus();
  await page.keyboard.press('End');
  await idle(page);
  assert.equal(await page.locator('[data-col=spans_b]').getAttribute('data-value'), '0');
  await page.getByRole('button', { name: 'Middle' }).click();
  await idle(page);
  assert.equal(await field.inputValue(), middle);
});

test('two filters are compared by service, each beside the filter of the page', async () => {
  const { page } = await openCompare(`vs=filters&va=status:error&vb=-status:error&by=service&${ALL}&q=dur%3E1ms`);
  const both = 'duration_ms > 1';
  await checkAll(page, await side('service', `${both} AND status_code = 'ERROR'`), await side('service', `${both} AND status_code <> 'ERROR'`));
  await page.getByTestId('compare-a').fill('(');
  await page.getByTestId('compare-a').press('Enter');
  await page.getByText('The filter of A cannot be read').waitFor();
});

test('a preset chosen by its name brings its filter and its time range', async () => {
  const from = '1795338540000000000';
  const counted = await site.openPage({ hash: `#/configuration?v=1&sample=showcase&q=service:Agent&from=${from}` });
  await counted.page.getByTestId('preview').waitFor();
  await idle(counted.page);
  const spans = await counted.page.getByTestId('preview').getAttribute('data-spans');
  await counted.page.evaluate(since => localStorage.setItem('spandeck.presets', JSON.stringify({ presets: [{ name: 'mine', q: 'service:Agent', from: since }] })), from);
  await counted.page.goto(`${site.url}#/statistics?v=1&sample=showcase&vs=filters`);
  await counted.page.reload();
  const { page } = counted;
  await page.getByTestId('compare').waitFor();
  await page.getByTestId('compare-a').fill('mine');
  await page.getByTestId('compare-a').press('Enter');
  await idle(page);
  assert.equal(await page.getByTestId('compare-a').inputValue(), 'service:Agent');
  assert.equal(await page.locator('[data-col=spans_a]').getAttribute('data-value'), spans);
  assert.match(await address(page), new RegExp(`vaf=${from}`));
  await page.getByTestId('compare-a-range').getByRole('button').click();
  await idle(page);
  assert.ok(Number(await page.locator('[data-col=spans_a]').getAttribute('data-value')) > Number(spans));
});

test('a link brings the order, the figures and the chosen group', async () => {
  const { page } = await openCompare('vs=time&vm=p95&vo=name');
  const head = (/** @type {string} */ col) => page.getByTestId('compare').locator(`thead th[data-col=${col}]`);
  assert.equal(await head('name').getAttribute('aria-sort'), 'ascending');
  await head('p95_b_ms').getByRole('button').click();
  await page.getByTestId('compare').locator('tbody tr[data-presence=both] .cg-b').first().click();
  await idle(page);
  const [url, names] = [await address(page), await column(page, 'compare', 'name')];
  await page.reload();
  await page.getByTestId('compare').waitFor();
  await idle(page);
  assert.equal(await address(page), url);
  assert.equal(await head('p95_b_ms').getAttribute('aria-sort'), 'descending');
  assert.deepEqual(await column(page, 'compare', 'name'), names);
  const values = (await column(page, 'compare', 'p95_b_ms')).filter(value => value !== '').map(Number);
  assert.deepEqual(values, [...values].sort((x, y) => y - x));
  const links = page.locator('[data-side=B] a');
  assert.equal(await links.count(), 3);
  const slowest = links.last();
  const id = await slowest.getAttribute('data-span-id');
  await slowest.click();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.equal(await page.getByTestId('span-details').getAttribute('data-span-id'), id);
});

test('two levels are compared in one table', async () => {
  const { page } = await openCompare('vs=time&by=service&then=status');
  const at = await page.getByTestId('compare-moment').inputValue();
  const expected = await engine.rows(`SELECT service || ' › ' || status_code AS g, count(*) FILTER (WHERE start_time < epoch_ns(TIMESTAMP_NS '${at}'))::INT AS a FROM file.spans GROUP BY service, status_code`);
  const rows = await cells(page, 'compare');
  const found = rows.map(row => [row[0]?.value, Number(row.find(cell => cell.col === 'count_a')?.value)]);
  assert.deepEqual(found.sort(), expected.map(row => [row.g, row.a]).sort());
});

test('another file is opened beside this one and asked the same', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spandeck-'));
  const file = path.join(folder, 'again.duckdb');
  fs.writeFileSync(file, sample);
  try {
    const opened = await site.openPage({ hash: '#/statistics?v=1&sample=showcase&vs=file' });
    const { page } = opened;
    await page.getByTestId('compare-open').waitFor();
    await page.getByTestId('second-file-input').setInputFiles(file);
    await page.getByTestId('compare').waitFor();
    await idle(page);
    const all = await side('name', 'true');
    assert.deepEqual((await column(page, 'compare', 'name')).sort(), [...all.keys()].sort());
    assert.ok((await column(page, 'compare', 'added_ms')).every(value => Number(value) === 0), 'the same file has the same figures');
    assert.ok((await column(page, 'compare', 'p95_change_pct')).every(value => Number(value) === 0));
    assert.equal(await page.getByTestId('file-chip').getAttribute('data-spans'), String([...all.values()].reduce((sum, group) => sum + (group.count ?? 0), 0)));
    await page.getByTestId('compare').locator('.cg-b').first().click();
    await idle(page);
    assert.match(await page.locator('[data-side=A] a').first().getAttribute('href') ?? '', /sample=showcase/);
    assert.match(await page.locator('[data-side=B] a').first().getAttribute('href') ?? '', /file=again\.duckdb/);
    await page.getByRole('button', { name: 'Close it' }).click();
    await page.getByTestId('compare-open').waitFor();
    assertNoComplaints(opened);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
