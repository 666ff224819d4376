// RED Metrics on the sample and on a generated file: figures of every grouping, of entry spans, roots and ranges against native DuckDB; series,
// marked spans, exceptions, the objective, limits, exports, the address, the keyboard, and files that are odd.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { address, assertNoComplaints, idle, repoPath, rowCount, useSite } from './lib.mjs';

const site = useSite();
/** @typedef {import('./lib.mjs').Page} Page */
/** @type {any} */
const native = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/red_expected.json'), 'utf8'));
const SAMPLE = '&sample=showcase';
const NO_VALUE = '(none)';

/** @param {string} more of the address @param {{ files?: string[], size?: string }} [options] */
async function open(more, options = {}) {
  const opened = await site.openPage({ hash: `#/red?v=1${more}`, ...options });
  await opened.page.locator('[data-testid=red-cards], .redm .empty b, [data-reason=hides-all]').first().waitFor();
  await idle(opened.page);
  return opened;
}

/**
 * Every row of a table of figures by its group, read by paging through it.
 * @param {Page} page @param {string} testid
 * @returns {Promise<Map<string, Record<string, string>>>}
 */
async function allRows(page, testid) {
  const table = page.getByTestId(testid);
  await table.focus();
  await page.keyboard.press('Home');
  const found = new Map();
  for (let step = 0; step < 100; step += 1) {
    await idle(page);
    const rows = await table.evaluate(element => [...element.querySelectorAll('tbody tr[data-group]')].map(row => {
      const cells = [...row.querySelectorAll('[data-col]')].map(cell => [/** @type {HTMLElement} */ (cell).dataset.col, /** @type {HTMLElement} */ (cell).dataset.value]);
      return /** @type {[string, any]} */ ([/** @type {HTMLElement} */ (row).dataset.group, Object.fromEntries(cells)]);
    }));
    for (const [name, row] of rows) found.set(name, row);
    if (found.size >= Number(await table.getAttribute('data-count'))) break;
    await page.keyboard.press('PageDown');
  }
  return found;
}

/** @param {string | undefined} got @param {number | null} wanted @param {string} what */
function assertNear(got, wanted, what) {
  if (wanted === null) assert.equal(got ?? '', '', what);
  else assert.ok(got && Math.abs(Number(got) - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)), `${what}: ${got}, native ${wanted}`);
}

/** @param {any[]} groups @param {Map<string, Record<string, string>>} rows @param {number} window_s */
function assertGroups(groups, rows, window_s) {
  assert.equal(rows.size, groups.length);
  for (const group of groups) {
    const row = rows.get(group.g ?? NO_VALUE);
    assert.ok(row, `${group.g} has no row`);
    assert.equal(row.count, String(group.count), group.g);
    assert.equal(row.errors, String(group.errors), group.g);
    assertNear(row.error_pct, 100 * group.errors / group.count, `${group.g} error_pct`);
    assertNear(row.rate_per_s, group.count / window_s, `${group.g} rate_per_s`);
    for (const figure of ['p50_ms', 'p95_ms', 'p99_ms']) assertNear(row[figure], group[figure], `${group.g} ${figure}`);
  }
}

/** @param {any} of with from_ns and to_ns */
const seconds = of => Number(BigInt(of.to_ns) - BigInt(of.from_ns)) / 1e9;

/**
 * Chooses from the menu of exports.
 * @param {Page} page @param {string} name
 */
async function download(page, name) {
  await page.locator('#export-red').click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name, exact: true }).click()]);
  return { name: file.suggestedFilename(), text: fs.readFileSync(await file.path(), 'utf8') };
}

/** Without quotes in the figures that are read. @param {string} text */
function csv(text) {
  const [head = '', ...lines] = text.trimEnd().split('\r\n');
  const names = head.split(',');
  return lines.map(line => Object.fromEntries(line.split(',').map((value, at) => [names[at] ?? '', value])));
}

/** @param {any[]} wanted @param {Record<string, string>[]} got */
function assertSeries(wanted, got) {
  const filled = got.filter(point => point.count !== '0');
  assert.deepEqual(filled.map(point => point.from_ns), wanted.map(point => point.from_ns));
  assert.ok(got.length >= 30 && got.length <= 200, `${got.length} buckets`);
  for (const [at, point] of wanted.entries()) {
    for (const figure of ['count', 'errors']) assert.equal(filled[at]?.[figure], String(point[figure]), figure);
    for (const figure of ['p50_ms', 'p95_ms', 'p99_ms']) assertNear(filled[at]?.[figure], point[figure], `${point.from_ns} ${figure}`);
  }
  for (const point of got.filter(point => point.count === '0')) assert.equal(point.p95_ms, '', 'an empty bucket is a gap');
}

for (const [by, groups] of Object.entries(native.groups.all)) {
  test(`by ${by} every figure is that of native DuckDB`, async () => {
    const opened = await open(`${SAMPLE}&cards=${by}&below=table`);
    assertGroups(/** @type {any[]} */ (groups), await allRows(opened.page, 'red-services'), seconds(native));
    assertNoComplaints(opened);
  });
}

test('entry spans and roots are what the definitions say, and a range is the window of rates', async () => {
  for (const which of ['entry', 'roots']) {
    const { page } = await open(`${SAMPLE}&spans=${which}&below=table`);
    assertGroups(native.groups[which].service, await allRows(page, 'red-services'), seconds(native));
  }
  const { page } = await open(`${SAMPLE}&below=table&from=${native.range.from_ns}&to=${native.range.to_ns}`);
  assertGroups(native.range.service, await allRows(page, 'red-services'), seconds(native.range));
});

test('a card leads to its operations, an operation to its own figures', async () => {
  const { page } = await open(SAMPLE);
  assert.equal(await page.getByTestId('red-cards').getAttribute('data-count'), String(native.groups.all.service.length));
  assert.equal(await page.locator('table[data-testid=red-services]').count(), 1, 'the figures of the cards stand in a table too');
  await page.getByRole('radio', { name: `${native.service}:` }).click();
  await idle(page);
  assert.match(await address(page), new RegExp(`of=${native.service}`));
  assertGroups(native.operations, await allRows(page, 'red-operations'), seconds(native));
  const impacts = [...(await allRows(page, 'red-operations')).values()].map(row => Number(row.impact));
  assert.equal(impacts[0], 1, 'the largest own time comes first');
  assert.deepEqual(impacts, [...impacts].sort((a, b) => b - a));
  const first = native.operations[0].g;
  await page.locator(`[data-testid=red-operations] tr[data-group="${first}"] th`).click();
  await idle(page);
  assert.match(await address(page), /cards=operation/);
  assert.equal(await page.locator('.cards [aria-checked=true]').getAttribute('data-value'), first);
  await page.goBack();
  await idle(page);
  assert.doesNotMatch(await address(page), /cards=operation/);
});

test('series are those of native DuckDB, of everything and of a card', async () => {
  const { page } = await open(`${SAMPLE}&bucket=1s`);
  assertSeries(native.series['1000000000'].all, csv((await download(page, 'Charts as CSV')).text));
  await page.getByRole('radio', { name: `${native.service}:` }).click();
  await idle(page);
  assertSeries(native.series['1000000000'].service, csv((await download(page, 'Charts as CSV')).text));
  await page.getByRole('switch', { name: 'Small charts' }).click();
  await idle(page);
  const many = csv((await download(page, 'Charts as CSV')).text).filter(point => point.series === native.service);
  assertSeries(native.series['1000000000'].service, many);
});

test('a marked box lists its spans, the slowest first, each opening in the Timeline', async () => {
  const { page } = await open(`${SAMPLE}&mark=${native.box.mark}`);
  assert.equal(await page.getByTestId('red-marked').getAttribute('data-value'), String(native.box.count));
  const rows = page.getByTestId('red-exemplars').locator('tbody tr');
  assert.equal(await rows.count(), native.box.count);
  for (const [at, span] of native.box.slowest.entries()) assertNear(await rows.nth(at).locator('[data-col=duration_ms]').getAttribute('data-value') ?? '', span.duration_ms, `${at}`);
  await page.getByRole('button', { name: 'Failed first' }).click();
  await idle(page);
  assert.equal(await page.getByTestId('red-exemplars').getByRole('img', { name: 'Failed' }).count(), native.box.errors);
  await rows.first().getByRole('link').click();
  await page.getByTestId('span-details').waitFor({ state: 'attached' });
  assert.match(await address(page), /#\/timeline\?.*span=/);
  await page.goBack();
  await page.getByTestId('red-exemplars').waitFor();
  await page.keyboard.press('Escape');
  await idle(page);
  assert.doesNotMatch(await address(page), /mark=/);
});

/** @param {Page} page @param {any[]} wanted */
async function assertExceptions(page, wanted) {
  const rows = await page.getByTestId('red-exceptions').evaluate(table => [...table.querySelectorAll('tbody tr')].map(row =>
    Object.fromEntries([...row.querySelectorAll('[data-col]')].map(cell => [/** @type {HTMLElement} */ (cell).dataset.col ?? '', /** @type {HTMLElement} */ (cell).dataset.value ?? '']))));
  assert.equal(await page.getByTestId('red-exceptions').getAttribute('data-count'), String(wanted.length));
  const key = (/** @type {any} */ row) => `${row.type ?? ''}|${row.message ?? ''}`;
  for (const row of rows) {
    const of = wanted.find(other => key(other) === key(row));
    assert.ok(of, `${key(row)} is not native`);
    assert.deepEqual([row.spans, row.traces, row.first_ns, row.last_ns], [String(of.spans), String(of.traces), of.first_ns, of.last_ns], key(row));
  }
}

test('exceptions go by type and message, with first and last and their spans', async () => {
  const opened = await open(`${SAMPLE}&below=exceptions`);
  await assertExceptions(opened.page, native.exceptions);
  await opened.page.getByTestId('red-exceptions').getByRole('link').first().click();
  await opened.page.getByTestId('span-details').waitFor({ state: 'attached' });
  assertNoComplaints(opened);
});

test('an objective says what is burnt and which minutes broke it; the link keeps another one', async () => {
  const { page } = await open(`${SAMPLE}&below=objective`);
  const burnt = async (/** @type {string} */ id) => Number(await page.getByTestId(id).getAttribute('data-value'));
  assert.ok(Math.abs(await burnt('slo-slow-burnt') - 100 * native.slow / (native.all.count * 0.01)) < 1e-6);
  assert.ok(Math.abs(await burnt('slo-errors-burnt') - 100 * native.all.errors / (native.all.count * 0.01)) < 1e-6);
  const cells = (/** @type {string} */ col) => page.getByTestId('red-minutes').locator(`[data-col=${col}]`).evaluateAll(all => all.map(cell => /** @type {HTMLElement} */ (cell).dataset.value));
  const minutes = [...native.minutes].sort((a, b) => (b.errors + b.slow) - (a.errors + a.slow));
  assert.deepEqual(await cells('minute'), minutes.map(minute => minute.minute_ns));
  assert.deepEqual(await cells('slow'), minutes.map(minute => String(minute.slow)));
  await page.getByTestId('red-minutes').getByRole('button').first().click();
  await page.getByTestId('red-exemplars').waitFor();
  await page.locator('#slo-under').fill('1 h');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.notEqual(await page.getByTestId('slo-verdict').getAttribute('data-value'), '0');
  await page.locator('#slo-errors').fill('2 %');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.match(decodeURIComponent(await address(page)), /slo=99,3600000,2/);
  assert.equal(await page.getByTestId('slo-verdict').getAttribute('data-value'), '0');
  await page.locator('#slo-errors').fill('apples');
  await page.locator('#slo-errors[aria-invalid=true]').waitFor();
});

test('limits are in the link, marks and the order of the cards follow them', async () => {
  const { page } = await open(SAMPLE);
  const health = () => page.locator('.cards .rc').evaluateAll(all => all.slice(1).map(card => /** @type {HTMLElement} */ (card).dataset.health));
  const rank = ['over', 'at_risk', 'within', 'none'];
  const assertSorted = (/** @type {(string | undefined)[]} */ found) => assert.deepEqual(found, [...found].sort((a, b) => rank.indexOf(a ?? '') - rank.indexOf(b ?? '')));
  assertSorted(await health());
  await page.locator('#red-limits').click();
  await page.locator('#limit-p95').fill('800 ms');
  await page.keyboard.press('Enter');
  await page.locator('#limit-errors').fill('');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.match(await address(page), /maxerr=none/);
  assert.match(await address(page), /maxp95=800/);
  const over = native.groups.all.service.filter((/** @type {any} */ group) => group.p95_ms > 800).length;
  assert.equal((await health()).filter(state => state === 'over').length, over);
  assertSorted(await health());
});

test('tables and figures leave as CSV and as OpenMetrics', async () => {
  const { page } = await open(SAMPLE);
  const cards = csv((await download(page, 'Cards as CSV')).text);
  assert.equal(cards.length, native.groups.all.service.length);
  const agent = native.groups.all.service.find((/** @type {any} */ group) => group.g === 'Agent');
  assert.equal(cards.find(row => row.service === 'Agent')?.count, String(agent.count));
  const metrics = await download(page, 'Cards as OpenMetrics');
  assert.equal(metrics.name, 'red-by-service.txt');
  assert.match(metrics.text, new RegExp(`spandeck_spans_total\\{service="Agent"\\} ${agent.count}\n`));
  assert.match(metrics.text, /# EOF\n$/);
  assert.doesNotMatch(metrics.text, /NaN|Infinity/i);
  const operations = await download(page, 'CSV');
  assert.equal(operations.name, 'red-operations.csv');
  assert.equal(csv(operations.text).length, native.groups.all.operation.length);
});

test('keys walk through the cards and choose what they are of', async () => {
  const { page } = await open(SAMPLE);
  await page.keyboard.press('g');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Services');
  await page.locator('.cards .rc').first().focus();
  await page.keyboard.press('ArrowRight');
  await idle(page);
  await page.keyboard.press('Enter');
  await idle(page);
  assert.match(await address(page), /of=/);
  await page.getByTestId('red-operations').focus();
  await page.keyboard.press('ArrowDown');
  await idle(page);
  await page.keyboard.press('Enter');
  await idle(page);
  assert.match(await address(page), /cards=operation/);
});

for (const [name, file, more] of /** @type {[string, string, string][]} */ ([
  ['odd spans', 'tests/fixtures/odd_spans.parquet', ''],
  ['an empty range', '', '&sample=showcase&from=1&to=2'],
  ['a range of one nanosecond', '', '&sample=showcase&from=1795338528026381845&to=1795338528026381846'],
  ['only errors', '', '&sample=showcase&q=status:error'],
  ['one span', '', '&sample=showcase&q=span:5c9f4ef151d5d1de'],
])) {
  test(`${name}: sensible text in every table, no number that is none`, async () => {
    const opened = await open(more, file ? { files: [repoPath(file)] } : {});
    for (const below of ['operations', 'table', 'exceptions', 'objective']) {
      const tab = opened.page.locator(`#red-below-${below}`);
      if (await tab.count() === 0) assert.match(await opened.page.locator('.redm .empty, [data-reason=hides-all]').innerText(), /No span (matches|lies)/, 'said once');
      else await tab.click();
      await idle(opened.page);
      assert.equal(await opened.page.getByTestId('error').count(), 0, below);
      assert.doesNotMatch(await opened.page.locator('.redm').innerText(), /NaN|Infinity|\binf\b|undefined|null/i, below);
      const values = await opened.page.locator('.redm [data-value]').evaluateAll(all => all.map(cell => /** @type {HTMLElement} */ (cell).dataset.value ?? ''));
      assert.ok(!values.some(value => /^(NaN|-?inf)/i.test(value)), `${below}: ${values.filter(value => /^(NaN|-?inf)/i.test(value))}`);
    }
    assertNoComplaints(opened);
  });
}

test('it is usable on small screens', async () => {
  for (const size of ['800x600', '360x640']) {
    const { page } = await open(SAMPLE, { size });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${size}: the page is ${wide} px too wide`);
    await page.locator('#red-below-exceptions').scrollIntoViewIfNeeded();
    await page.locator('#red-below-exceptions').click();
    await page.getByTestId('red-exceptions').waitFor();
  }
});

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spandeck-red-'));
const has_python = spawnSync('python3', ['-c', 'import duckdb']).status === 0;
const generated = path.join(folder, 'spans.duckdb');
/** @type {any} */
let expected;
before(() => {
  if (!has_python) return;
  execFileSync('python3', [repoPath('tests/data/make_spans.py'), '20000', generated]);
  execFileSync('python3', [repoPath('tests/data/red_expected.py'), generated, path.join(folder, 'expected.json')]);
  expected = JSON.parse(fs.readFileSync(path.join(folder, 'expected.json'), 'utf8'));
});
after(() => fs.rmSync(folder, { recursive: true, force: true }));

test('a generated file has the same figures', { skip: has_python ? false : 'needs python3 with duckdb' }, async () => {
  const files = [generated];
  for (const by of ['service', 'operation', 'agent']) {
    const { page } = await open(`&cards=${by}&below=table`, { files });
    assertGroups(expected.groups.all[by], await allRows(page, 'red-services'), seconds(expected));
  }
  for (const which of ['entry', 'roots']) {
    const { page } = await open(`&spans=${which}&below=table`, { files });
    assertGroups(expected.groups[which].service, await allRows(page, 'red-services'), seconds(expected));
  }
  const { page } = await open('&below=exceptions&bucket=10s', { files });
  assert.equal(await rowCount(page, 'red-exceptions'), Math.min(300, expected.exceptions.length));
  await assertExceptions(page, expected.exceptions);
  assertSeries(expected.series['10000000000'].all, csv((await download(page, 'Charts as CSV')).text));
});
