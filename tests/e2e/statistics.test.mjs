// The Statistics on the sample: every figure of every grouping against native DuckDB, sort, filters of columns, two levels, the chosen
// group, the address, the keyboard.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { address, assertNoComplaints, idle, repoPath, rowCount, useSite } from './lib.mjs';

const site = useSite();
/** @typedef {import('./lib.mjs').Page} Page */
/** @type {{ groups: Record<string, any[]>, below_agent_execute: any[], all: any, many: any, slowest: any[], failures: any[] }} */
const native = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/statistics_expected.json'), 'utf8'));
const SAMPLE = '#/statistics?v=1&sample=showcase';
const FIGURES = ['count', 'errors', 'total_ms', 'self_ms', 'min_ms', 'mean_ms', 'p50_ms', 'p90_ms', 'p95_ms', 'p99_ms', 'max_ms', 'stddev_ms', 'first_ns', 'last_ns'];
const ALL_COLUMNS = `&cols=${[...FIGURES, 'error_pct', 'share_pct'].join(',')}`;
const NO_VALUE = '—';

/** @param {string} [more] of the address @param {object} [options] */
async function openSample(more = '', options = {}) {
  const opened = await site.openPage({ hash: SAMPLE + more, ...options });
  await opened.page.getByTestId('statistics').waitFor();
  await idle(opened.page);
  return opened;
}

/**
 * Every row of the table by its group, read by paging through it.
 * @param {Page} page
 * @returns {Promise<Map<string, Record<string, string>>>} children have their parent before their name
 */
async function allRows(page) {
  const table = page.getByTestId('statistics');
  await table.focus();
  await page.keyboard.press('Home');
  await idle(page);
  const found = new Map();
  for (let step = 0; step < 100; step += 1) {
    const rows = await table.evaluate(element => [...element.querySelectorAll('tbody.vbody tr')].map(row => {
      const { group, parent } = /** @type {HTMLElement} */ (row).dataset;
      const cells = [...row.querySelectorAll('[data-col]')].map(cell => [/** @type {HTMLElement} */ (cell).dataset.col, /** @type {HTMLElement} */ (cell).dataset.value]);
      return /** @type {[string, any]} */ ([parent === undefined ? group : `${parent} / ${group}`, Object.fromEntries(cells)]);
    }));
    for (const [name, row] of rows) found.set(name, row);
    if (found.size >= Number(await table.getAttribute('data-count'))) break;
    await page.keyboard.press('PageDown');
    await idle(page);
  }
  return found;
}

/** Integers to the letter, the others to twelve digits: sums of doubles depend on their order. @param {any} row @param {Record<string, string | undefined> | undefined} got @param {string} name */
function assertFigures(row, got, name) {
  assert.ok(got, `${name} has no row`);
  for (const figure of FIGURES) {
    const wanted = row[figure];
    /** @type {string} */
    const value = got[figure] ?? '';
    if (wanted === null) assert.equal(value, '', `${name} ${figure}`);
    else if (typeof wanted === 'string' || Number.isInteger(wanted) && /count|errors/.test(figure)) assert.equal(value, String(wanted), `${name} ${figure}`);
    else assert.ok(Math.abs(Number(value) - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)), `${name} ${figure}: ${value}, native ${wanted}`);
  }
  const rate = 100 * row.errors / row.count;
  assert.ok(Math.abs(Number(got.error_pct) - rate) < 1e-9, `${name} error_pct`);
}

for (const [by, groups] of Object.entries(native.groups)) {
  test(`grouped by ${by} every figure is that of native DuckDB`, async () => {
    const opened = await openSample(`&by=${by}${ALL_COLUMNS}`);
    assert.equal(await rowCount(opened.page, 'statistics'), groups.length);
    const rows = await allRows(opened.page);
    for (const group of groups) assertFigures(group, rows.get(group.g ?? NO_VALUE), `${by} ${group.g}`);
    const shares = [...rows.values()].reduce((sum, row) => sum + Number(row.share_pct), 0);
    assert.ok(Math.abs(shares - 100) < 1e-6, `shares add up to ${shares}`);
    assertNoComplaints(opened);
  });
}

/** @param {Page} page @param {string} col */
const total = (page, col) => page.getByTestId('statistics-totals').locator(`[data-col=${col}]`).getAttribute('data-value');

test('the totals are of the groups that are shown, percentiles asked anew', async () => {
  const { page } = await openSample(ALL_COLUMNS);
  for (const figure of FIGURES.filter(figure => figure !== 'total_ms')) {
    const [got, wanted] = [await total(page, figure), native.all[figure]];
    assert.ok(typeof wanted === 'string' ? got === wanted : Math.abs(Number(got) - wanted) <= 1e-9 * Math.max(1, wanted), `${figure}: ${got}, native ${wanted}`);
  }
  assert.match(await page.getByTestId('statistics-totals').locator('[data-col=total_ms]').getAttribute('title') ?? '', /overlap/);
  await page.getByLabel('Filter Count').fill('≥ 20');
  await idle(page);
  const many = native.groups.operation?.filter(group => group.count >= 20) ?? [];
  assert.equal(await rowCount(page, 'statistics'), many.length);
  assert.equal(await total(page, 'count'), String(native.many.count));
  for (const figure of ['p95_ms', 'stddev_ms']) assert.ok(Math.abs(Number(await total(page, figure)) - native.many[figure]) < 1e-6, figure);
  assert.match(decodeURIComponent(await address(page)), /where=count:≥ 20/);
  await page.getByLabel('Filter Count').fill('apples');
  await idle(page);
  assert.equal(await page.getByLabel('Filter Count').getAttribute('aria-invalid'), 'true', 'what is no bound is marked');
  assert.match(await page.locator('.frow').getByRole('alert').innerText(), /Write a number/, 'and told in words');
  assert.equal(await rowCount(page, 'statistics'), many.length, 'the last good one stays in force');
  assert.match(decodeURIComponent(await address(page)), /where=count:≥ 20/);
  await page.getByLabel('Filter Count').press('Escape');
  assert.equal(await page.getByLabel('Filter Count').inputValue(), '≥ 20');
  await page.getByLabel('Filter First seen').fill('> 2100-01-01');
  await page.getByText('No group fits the filters of the columns').waitFor();
  await page.getByLabel('Filter First seen').fill('> 1999-12-31 10:00');
  await idle(page);
  assert.equal(await rowCount(page, 'statistics'), many.length, 'times are bounds, too');
  await page.getByLabel('Filter names').fill('no such group');
  await page.getByText('No group fits the filters of the columns').waitFor();
  await page.getByRole('button', { name: 'Remove them' }).click();
  await idle(page);
  assert.equal(await rowCount(page, 'statistics'), native.groups.operation?.length);
});

test('heads sort, with Shift by several levels', async () => {
  const { page } = await openSample(`&by=service${ALL_COLUMNS}`);
  const head = (/** @type {string} */ name) => page.getByTestId('statistics').locator('thead').getByRole('button', { name, exact: false }).first();
  const services = native.groups.service ?? [];
  assert.equal(await page.locator('th[aria-sort]').getAttribute('data-col'), 'self_ms', 'the largest own time first');
  assert.equal([...(await allRows(page)).keys()][0], [...services].sort((a, b) => b.self_ms - a.self_ms)[0].g);
  await head('Count').click();
  await idle(page);
  assert.equal(await page.locator('th[data-col=count]').getAttribute('aria-sort'), 'descending');
  await head('Service').click({ modifiers: ['Shift'] });
  await idle(page);
  const order = [...services].sort((a, b) => b.count - a.count || (a.g < b.g ? -1 : 1)).map(group => group.g);
  assert.deepEqual([...(await allRows(page)).keys()], order);
  assert.equal(await page.locator('th[aria-sort]').count(), 2);
  await head('Service').click({ modifiers: ['Shift'] });
  await idle(page);
  assert.deepEqual([...(await allRows(page)).keys()], [...services].sort((a, b) => b.count - a.count || (a.g < b.g ? 1 : -1)).map(group => group.g));
  assert.match(await address(page), /order=-count(%2C|,)-name/);
});

test('a group opens to its second level', async () => {
  const { page } = await openSample(`&then=agent${ALL_COLUMNS}`);
  const operations = native.groups.operation?.length ?? 0;
  await page.locator('tr[data-group="Agent.execute"] button.tw').click();
  await idle(page);
  assert.equal(await rowCount(page, 'statistics'), operations + native.below_agent_execute.length);
  const rows = await allRows(page);
  for (const group of native.below_agent_execute) assertFigures(group, rows.get(`Agent.execute / ${group.g ?? NO_VALUE}`), `below ${group.g}`);
  const parent = page.locator('tr[data-group="Agent.execute"][aria-level="1"]');
  await page.reload();
  await page.getByTestId('statistics').waitFor();
  await idle(page);
  assert.equal(await parent.getAttribute('aria-expanded'), 'true', 'what is open is in the address');
  assert.equal(await page.locator('tr[data-parent="Agent.execute"]').count(), native.below_agent_execute.length);
});

test('the chosen group has its spans beside the table, and leads to them', async () => {
  const opened = await openSample();
  const { page } = opened;
  await page.locator('tr[data-group="Agent.execute"]').click();
  await idle(page);
  const inspector = page.getByTestId('statistics-inspector');
  const slowest = await inspector.getByTestId('statistics-slowest').locator('li').evaluateAll(lines => lines.map(line => [/** @type {HTMLElement} */ (line).dataset.spanId, /** @type {HTMLElement | null} */ (line.querySelector('b'))?.dataset.value]));
  assert.deepEqual(slowest, native.slowest.map(span => [span.span_id, String(span.duration_ms)]));
  const messages = await inspector.getByTestId('statistics-failures').locator('[data-spans]').evaluateAll(notes => notes.map(note => [note.querySelector('[data-col=message]')?.textContent, Number(/** @type {HTMLElement} */ (note).dataset.spans)]));
  assert.deepEqual(messages, native.failures.map(failure => [failure.message, failure.spans]));
  const bars = await inspector.getByTestId('statistics-histogram').locator('[data-col=spans]').evaluateAll(cells => cells.map(cell => Number(/** @type {HTMLElement} */ (cell).dataset.value)));
  assert.equal(bars.reduce((sum, spans) => sum + spans, 0), native.groups.operation?.find(group => group.g === 'Agent.execute').count);
  assert.equal(await inspector.getByTestId('statistics-agents').locator('li').count(), native.below_agent_execute.length);
  await page.goBack();
  await idle(page);
  assert.equal(await inspector.count(), 0, 'Back closes it');
  await page.goForward();
  await idle(page);
  await inspector.getByRole('link', { name: 'Show in Timeline' }).click();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.equal(await page.getByTestId('span-details').getAttribute('data-span-id'), native.slowest[0].span_id);
  await page.goBack();
  await page.getByTestId('statistics').waitFor();
  await idle(page);
  await inspector.getByRole('button', { name: 'Hide' }).click();
  await idle(page);
  assert.match(decodeURIComponent(await address(page)), /q=-name=Agent\.execute/);
  assert.equal(await rowCount(page, 'statistics'), (native.groups.operation?.length ?? 0) - 1);
  await page.goBack();
  await idle(page);
  await inspector.getByRole('button', { name: 'Only this' }).click();
  await idle(page);
  assert.deepEqual(await page.locator('tbody.vbody tr').evaluateAll(rows => rows.map(row => /** @type {HTMLElement} */ (row).dataset.group)), ['Agent.execute']);
  assertNoComplaints(opened);
});

test('an agent of no name is a group that can be filtered for', async () => {
  const { page } = await openSample('&by=agent');
  await page.locator(`tr[data-group="${NO_VALUE}"]`).click();
  await idle(page);
  await page.getByRole('button', { name: 'Only this' }).click();
  await idle(page);
  assert.equal(await total(page, 'count'), String(native.groups.agent?.find(group => group.g === null).count));
});

test('scope, attribute and columns are chosen from lists and stay in the link', async () => {
  const { page } = await openSample();
  await page.getByRole('button', { name: 'In: ' }).click();
  const workflow = native.groups.workflow?.find(group => group.g === 'content_review') ?? native.groups.workflow?.[0];
  await page.getByRole('option', { name: workflow.g }).first().click();
  await idle(page);
  assert.equal(await total(page, 'count'), String(workflow.count));
  await page.getByRole('radio', { name: /Group by an attribute/ }).click();
  await idle(page);
  await page.locator('.by-seg').getByRole('combobox').fill('correlation');
  await idle(page);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /by=attr\.correlation_id/.test(location.hash));
  await idle(page);
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('dialog', { name: 'Columns' }).getByLabel('p90', { exact: true }).click();
  await idle(page);
  await page.getByRole('button', { name: 'Move p90 up' }).click();
  await page.keyboard.press('Escape');
  await idle(page);
  const heads = () => page.locator('thead tr').first().locator('th').evaluateAll(found => found.map(head => /** @type {HTMLElement} */ (head).dataset.col));
  assert.deepEqual((await heads()).slice(-2), ['p90_ms', 'trend']);
  const link = await address(page);
  const { page: other } = await site.openPage({ hash: link.slice(link.indexOf('#')) });
  await other.getByTestId('statistics').waitFor();
  await idle(other);
  assert.equal(await total(other, 'count'), String(workflow.count));
  assert.equal(await other.locator('thead th[data-col=p90_ms]').count(), 1);
  await page.goto(link.slice(0, link.indexOf('#')) + SAMPLE);
  await page.reload();
  await page.getByTestId('statistics').waitFor();
  await idle(page);
  assert.equal(await page.locator('thead th[data-col=p90_ms]').count(), 1, 'this browser remembers the columns');
});

test('everything can be done with the keyboard', async () => {
  const { page } = await openSample('&then=agent');
  const press = async (/** @type {string[]} */ ...keys) => {
    for (const key of keys) {
      await page.keyboard.press(key);
      await idle(page);
    }
  };
  const active = () => page.getByTestId('statistics').evaluate(table => document.getElementById(table.getAttribute('aria-activedescendant') ?? '')?.dataset.group);
  await press('g', 'ArrowRight', 'ArrowLeft', 'ArrowLeft', 'Enter');
  assert.match(await address(page), /by=service/);
  await page.getByTestId('statistics').focus();
  await press('End', 'Home');
  const first = await active();
  await press('ArrowRight');
  assert.equal(await page.locator(`tr[data-group="${first}"][aria-level="1"]`).getAttribute('aria-expanded'), 'true');
  await press('ArrowRight');
  assert.equal(await page.getByTestId('statistics').evaluate(table => document.getElementById(table.getAttribute('aria-activedescendant') ?? '')?.getAttribute('aria-level')), '2');
  await press('ArrowLeft', 'ArrowLeft');
  assert.equal(await page.locator(`tr[data-group="${first}"]`).getAttribute('aria-expanded'), 'false');
  await press('Enter');
  assert.equal(await page.getByTestId('statistics-inspector').getAttribute('data-group'), first);
  await press('Escape');
  assert.equal(await page.getByTestId('statistics-inspector').count(), 0);
  await press('s', 'ArrowRight', 's');
  assert.equal(await page.locator('th[data-col=p50_ms]').getAttribute('aria-sort'), 'descending');
  await press('Shift+Enter');
  assert.equal(await page.locator('th[data-col=p50_ms]').getAttribute('aria-sort'), 'ascending', 'Shift adds a level, or turns the one that is there');
});

test('head and columns stay together however the table is scrolled', async () => {
  const { page } = await openSample(ALL_COLUMNS, { size: '800x600' });
  const scroller = page.locator('.vtable');
  await scroller.evaluate(element => element.scrollTo(400, 300));
  await idle(page);
  const places = await page.getByTestId('statistics').evaluate(table => {
    const left = (/** @type {string} */ selector) => Math.round(table.querySelector(selector)?.getBoundingClientRect().left ?? -1);
    return ['p95_ms', 'name'].map(col => [left(`thead th[data-col=${col}]`), left(`tbody.vbody [data-col=${col}]`), left(`tfoot [data-col=${col}]`)]);
  });
  for (const [head, body, foot] of places) assert.ok(head === body && head === foot, `${places}`);
  const edge = await scroller.evaluate(element => element.getBoundingClientRect().left);
  assert.equal(places[1]?.[0], Math.round(edge), 'the names stay at the edge');
});

test('what a link asks in vain is told once, and can be taken out of it', async () => {
  const opened = await site.openPage({ hash: `${SAMPLE}&by=shoes&order=sideways&cols=count,shoes&where=p95_ms:apples&in=workflow:nowhere&group=gone` });
  const { page } = opened;
  const notice = page.locator('[data-reason=ignored]');
  await notice.getByText(/“group”/).waitFor();
  for (const word of ['“by”', '“order”', '“cols”', '“where”', '“in”']) assert.match(await notice.innerText(), new RegExp(word));
  assert.equal(await rowCount(page, 'statistics'), native.groups.operation?.length, 'the rest of the link is followed');
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  await idle(page);
  assert.equal(await notice.count(), 0);
  assert.doesNotMatch(await address(page), /shoes|sideways|apples|nowhere|gone/);
  assertNoComplaints(opened);
});

test('in one unit for all no figure is cut, and a chosen group does not move the table', async () => {
  const opened = await openSample(`&by=service${ALL_COLUMNS}`);
  const { page } = opened;
  await page.evaluate(() => localStorage.setItem('spandeck.preferences', 'units=milliseconds'));
  await page.reload();
  await page.getByTestId('statistics-totals').waitFor();
  await idle(page);
  const cut = await page.locator('#statistics-table td.num').evaluateAll(cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent));
  assert.deepEqual(cut, []);
  const top = async () => (await page.locator('#statistics-table').boundingBox())?.y;
  const before = await top();
  await page.locator('tr[data-group="Agent"] th').click();
  await idle(page);
  assert.equal(await page.locator('.insp').count(), 1);
  assert.equal(await top(), before, 'the line of tools stays one line');
  assertNoComplaints(opened);
});
