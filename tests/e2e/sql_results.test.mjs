// What comes of a reader's statements: rows in a grid, their order and figures, links, charts, plans, files, and what ends a run early.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { idle, useSite } from './lib.mjs';

/** @typedef {import('playwright-core').Page} Page */

const site = useSite();

/** The mode on the built-in sample. @param {import('./lib.mjs').PageOptions} [options] */
const openSql = async options => {
  const opened = await site.openPage({ hash: '#/sql?sample=showcase', ...options });
  await opened.page.waitForFunction(() => document.documentElement.dataset.phase === 'ready');
  await idle(opened.page);
  return opened;
};

/** Runs all of a text. @param {Page} page @param {string} sql */
async function run(page, sql) {
  await page.getByTestId('sql-editor').click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(sql);
  await page.keyboard.press('ControlOrMeta+a');
  await page.getByTestId('sql-run').click();
  await idle(page);
}

/** The full values of a column, in view. @param {Page} page @param {string} column */
const values = (page, column) => page.locator(`[data-testid=sql-result] tbody.vbody td[data-col="${column}"]`)
  .evaluateAll(cells => cells.map(cell => cell.getAttribute('data-value')));

/** @param {Page} page */
const count = async page => Number(await page.getByTestId('sql-result').getAttribute('data-count'));

/** @param {import('playwright-core').Download} download */
const saved = async download => fs.readFileSync(await download.path());

test('every type is a cell with its full value; rows are sorted, searched, counted, copied and looked at', async () => {
  const { page, consoleErrors, cspViolations } = await openSql({ permissions: ['clipboard-read', 'clipboard-write'] });
  await run(page, 'SELECT * FROM test_all_types()');
  assert.equal(await count(page), 3);
  const grid = page.getByTestId('sql-result');
  assert.equal(await grid.getAttribute('aria-rowcount'), '3');
  const cell = /** @param {string} name */ async name => {
    // Columns out of view are not in the document: the wheel brings them.
    for (let turn = 0; turn < 40 && !(await grid.locator(`th[data-col="${name}"]`).count()); turn += 1) {
      await page.locator('.sqr-scroll').evaluate(scroller => { scroller.scrollLeft += 600; });
      await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
    }
    const found = await values(page, name);
    await page.locator('.sqr-scroll').evaluate(scroller => { scroller.scrollLeft = 0; });
    return found;
  };
  const expected = {
    bool: ['false', 'true', null], bigint: ['-9223372036854775808', '9223372036854775807', null],
    hugeint: ['-170141183460469231731687303715884105728', '170141183460469231731687303715884105727', null],
    small_enum: ['DUCK_DUCK_ENUM', 'GOOSE', null], date: ['5877642-06-25 (BC)', '5881580-07-10', null],
    interval: ['00:00:00', '83 years 3 months 999 days 00:16:39.999999', null],
  };
  for (const [name, wanted] of Object.entries(expected)) assert.deepEqual(await cell(name), wanted, name);
  assert.equal(await grid.locator('td[data-null]').first().textContent(), 'NULL');

  // Order in place: numbers as numbers, NULL last in both directions, several columns with Shift.
  await run(page, "SELECT * FROM (VALUES (10, 'b'), (9, 'a'), (NULL, 'c'), (10, 'A'), (100, 'b')) t(n, word)");
  const by = /** @param {string} name */ name => grid.locator(`th[data-col="${name}"]`).locator('button').first();
  await by('n').click();
  await idle(page);
  assert.deepEqual(await values(page, 'n'), ['9', '10', '10', '100', null]);
  assert.equal(await grid.locator('th[data-col=n]').getAttribute('aria-sort'), 'ascending');
  await by('n').click();
  await by('word').click({ modifiers: ['Shift'] });
  await idle(page);
  assert.deepEqual(await values(page, 'word'), ['b', 'A', 'b', 'a', 'c']);
  assert.equal(await grid.locator('th[data-col=word]').getAttribute('data-distinct'), '4');

  // Search, the keyboard, the value in full, copies.
  await page.getByTestId('sql-find').fill('B');
  await idle(page);
  assert.deepEqual(await values(page, 'n'), ['100', '10']);
  await page.getByTestId('sql-find').fill('');
  await idle(page);
  await grid.focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  await page.locator('[data-testid=sql-result][aria-activedescendant=sql-cell-2-1]').waitFor();
  await page.keyboard.press('ControlOrMeta+c');
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'b');
  await page.keyboard.press('Enter');
  assert.equal(await page.getByTestId('sql-value').textContent(), 'b');
  await page.locator('#sql-copy').click();
  await page.getByRole('menuitem', { name: 'All rows as TSV' }).click();
  await page.getByTestId('sql-said').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'n\tword\n100\tb\n10\tA\n10\tb\n9\ta\n\tc\n');
  await page.getByRole('button', { name: 'Figures of n' }).click();
  const figure = /** @param {string} name */ name => page.getByTestId('sql-column').locator(`dd[data-col=${name}]`).getAttribute('data-value');
  assert.deepEqual([await figure('least'), await figure('most'), await figure('median'), await figure('mean')], ['9', '100', '10', '32.25']);

  // JSON opens as a tree.
  await run(page, "SELECT {'a': [1, 2], 'b': 'x'} AS s, map {'k': 1} AS m");
  await grid.locator('td[data-col=s]').click();
  await page.getByTestId('sql-inspector').getByRole('tree').waitFor();
  assert.deepEqual([consoleErrors, cspViolations], [[], []]);
});

test('ids lead into the Timeline, and a result becomes the filter', async () => {
  const { page } = await openSql();
  await run(page, 'SELECT trace_id, span_id, duration_ms FROM spans ORDER BY duration_ms DESC LIMIT 3');
  const [ids] = [await values(page, 'span_id')];
  await page.getByTestId('sql-show-spans').click();
  await idle(page);
  assert.match(decodeURIComponent(page.url()), new RegExp(`q=span=${ids[0]},${ids[1]},${ids[2]}`));
  const shown = async () => {
    await run(page, 'SELECT count(*) AS n FROM shown_spans');
    return Number((await values(page, 'n'))[0]);
  };
  assert.equal(await shown(), 3);
  // Every span of the file.
  await run(page, 'SELECT span_id FROM spans');
  await page.getByTestId('sql-show-spans').click();
  await idle(page);
  assert.match(await page.getByTestId('sql-said').textContent() ?? '', /these 725 ids\.$/);
  assert.equal(await shown(), 725);
  await page.goBack();
  await idle(page);
  await run(page, 'SELECT trace_id, span_id, duration_ms FROM spans ORDER BY duration_ms DESC LIMIT 3');
  await page.locator('[data-testid=sql-result] td[data-col=span_id] a').first().click();
  await idle(page);
  assert.match(page.url(), new RegExp(`#/timeline.*span=${ids[0]}`));
  await page.goBack();
  await idle(page);
  // Results belong to the open file, not to the view.
  assert.deepEqual(await values(page, 'span_id'), ids);
});

test('several statements have a result each; an error ends the run and names its place', async () => {
  const { page } = await openSql();
  await run(page, 'CREATE TEMP TABLE t AS SELECT 1 AS a;\nSELECT a + 1 AS b FROM t;\nSELECT nme FROM t;\nSELECT 4');
  assert.match((await page.getByTestId('sql-error').textContent()) ?? '', /nme/);
  const strip = page.getByRole('tablist', { name: 'Statements' }).getByRole('tab');
  assert.equal(await strip.count(), 4);
  assert.match((await strip.nth(3).textContent()) ?? '', /not run/);
  await strip.nth(1).click();
  assert.deepEqual(await values(page, 'b'), ['2']);
});

test('limits and Cancel end a run with a sentence; the file holds all rows', async () => {
  const { page } = await openSql();
  await run(page, 'SELECT range AS n, range % 7 AS k FROM range(20000)');
  assert.equal(await count(page), 10_000);
  assert.match((await page.getByTestId('sql-limit').textContent()) ?? '', /10,000/);
  const [download] = await Promise.all([page.waitForEvent('download'), (async () => {
    await page.locator('#export-sql').click();
    await page.getByRole('menuitem', { name: 'NDJSON' }).click();
  })()]);
  const lines = (await saved(download)).toString().trimEnd().split('\n');
  assert.equal(lines.length, 20_000);
  assert.equal(lines[19_999], '{"n":19999,"k":0}');
  const [arrow] = await Promise.all([page.waitForEvent('download'), (async () => {
    await page.locator('#export-sql').click();
    await page.getByRole('menuitem', { name: 'Arrow' }).click();
  })()]);
  assert.equal((await saved(arrow)).subarray(0, 6).toString(), 'ARROW1');

  // Nothing ends this by itself.
  await page.getByTestId('sql-editor').click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText('SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b');
  await page.keyboard.press('ControlOrMeta+a');
  await page.getByTestId('sql-run').click();
  await page.getByTestId('sql-progress').waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.busy), 'true');
  const began = Date.now();
  await page.getByTestId('sql-cancel').click();
  await page.getByTestId('sql-limit').waitFor();
  assert.ok(Date.now() - began < 2_000, `cancelled after ${Date.now() - began} ms`);
  await idle(page);
  await run(page, 'SELECT 42 AS answer');
  assert.deepEqual(await values(page, 'answer'), ['42']);
});

test('a result is a chart that leaves as a picture, and a plan is a tree', async () => {
  const { page } = await openSql();
  await run(page, 'SELECT service, count(*) AS spans, max(duration_ms) AS most_ms FROM spans GROUP BY service ORDER BY spans DESC LIMIT 4');
  const spans = await values(page, 'spans');
  await page.getByRole('tab', { name: 'Chart' }).click();
  await idle(page);
  assert.equal(await page.getByTestId('sql-chart').getAttribute('data-kind'), 'bar');
  assert.deepEqual(await page.locator('[data-testid=sql-chart-table] td[data-col=spans]').evaluateAll(cells => cells.map(cell => cell.getAttribute('data-value'))), spans);
  const [svg] = await Promise.all([page.waitForEvent('download'), (async () => {
    await page.locator('#sql-chart-save').click();
    await page.getByRole('menuitem', { name: 'SVG' }).click();
  })()]);
  assert.match((await saved(svg)).toString(), /<svg[\s\S]*spans by service/);
  await page.locator('#sql-chart-kind-histogram').click();
  await idle(page);
  assert.equal(await page.getByTestId('sql-chart-table').getAttribute('data-count'), '40');

  // What was chosen of a result stays while another mode is shown.
  await page.getByRole('tab', { name: 'Grid' }).click();
  await page.getByTestId('sql-result').locator('th[data-col=service] button').first().click();
  await page.getByTestId('sql-find').fill('e');
  await page.getByRole('tab', { name: 'Chart' }).click();
  await page.getByRole('tab', { name: 'Statistics' }).click();
  await idle(page);
  await page.getByRole('tab', { name: 'DuckDB SQL' }).click();
  await idle(page);
  assert.equal(await page.getByTestId('sql-chart').getAttribute('data-kind'), 'histogram');
  await page.getByRole('tab', { name: 'Grid' }).click();
  await idle(page);
  assert.equal(await page.getByTestId('sql-find').inputValue(), 'e');
  assert.equal(await page.getByTestId('sql-result').locator('th[data-col=service]').getAttribute('aria-sort'), 'ascending');

  await run(page, 'EXPLAIN ANALYZE SELECT service, count(*) FROM spans WHERE duration_ms > 1 GROUP BY service');
  const plan = page.getByTestId('sql-plan');
  const steps = await plan.locator('td[data-col=step]').evaluateAll(cells => cells.map(cell => cell.getAttribute('data-value')));
  assert.ok(steps.some(step => /GROUP_BY/.test(step ?? '')) && steps.length > 2, String(steps));
  assert.ok(await plan.locator('td[data-col=time_ms][data-value]').count());
});
