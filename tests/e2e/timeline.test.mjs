// The Timeline on the sample: figures against native DuckDB, the address, the keyboard, hostile text.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { address, assertNoComplaints, idle, repoPath, rowCount, useSite } from './lib.mjs';

const site = useSite();
/** @typedef {{ trace_id: string, start_ns: string, duration_ns: string, spans: number, errors: number }} Trace of the sample, by native DuckDB */
/** @type {{ traces_newest_first: Trace[], [key: string]: any }} */
const sample = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/showcase_expected.json'), 'utf8'));
const SAMPLE = '#/timeline?v=1&sample=showcase';

/** @param {string} [more] of the address @param {object} [options] */
async function openSample(more = '', options = {}) {
  const opened = await site.openPage({ hash: SAMPLE + more, ...options });
  await opened.page.getByTestId('waterfall').waitFor();
  await idle(opened.page);
  return opened;
}

/**
 * Every row of a virtual list, read by paging through it.
 * @template {any[]} Row
 * @param {import('./lib.mjs').Page} page
 * @param {string} testid
 * @param {(element: Element) => Row[]} read the rows that are drawn, the id first
 * @returns {Promise<Row[]>}
 */
async function allRows(page, testid, read) {
  const list = page.getByTestId(testid);
  await list.focus();
  await page.keyboard.press('Home');
  await idle(page);
  const found = new Map();
  for (let step = 0; step < 400; step += 1) {
    for (const row of await list.evaluate(read)) found.set(row[0], row);
    if (found.size >= Number(await list.getAttribute('data-count'))) break;
    await page.keyboard.press('PageDown');
    await idle(page);
  }
  return [...found.values()];
}

/** @type {(element: Element) => any[][]} */
const spanRows = element => [.../** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll('[data-span-id]'))].map(row => [row.dataset.spanId, row.dataset.startNs, row.dataset.durationNs, row.dataset.selfNs, Number(row.getAttribute('aria-level'))]);
/** @type {(element: Element) => any[][]} */
const traceRows = element => [.../** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll('[data-trace-id]'))].map(row => [row.dataset.traceId, ...['start_ns', 'duration_ns', 'spans', 'errors'].map(col => /** @type {HTMLElement | null} */ (row.querySelector(`[data-col=${col}]`))?.dataset.value ?? '0')]);

test('the list of traces has the figures of native DuckDB, newest first', async () => {
  const { page } = await openSample();
  const rows = await allRows(page, 'trace-list', traceRows);
  assert.deepEqual(rows.sort((a, b) => (a[0] < b[0] ? -1 : 1)), sample.traces_newest_first.map(trace => [trace.trace_id, trace.start_ns, trace.duration_ns, String(trace.spans), String(trace.errors)]).sort((a, b) => (a[0] < b[0] ? -1 : 1)));
  const { page: fresh } = await openSample();
  const first = await fresh.getByTestId('trace-list').evaluate(traceRows);
  assert.deepEqual(first.slice(0, 3).map(row => row[0]), sample.traces_newest_first.slice(0, 3).map(trace => trace.trace_id));
});

test('every span of the largest trace is in the waterfall with its exact times', async () => {
  const { page } = await openSample(`&hooks=1&trace=${sample.largest.trace_id}`);
  assert.equal(await rowCount(page, 'waterfall'), sample.largest.spans.length);
  const rows = await allRows(page, 'waterfall', spanRows);
  const got = rows.map(([id, start, duration]) => ({ span_id: id, start_ns: start, duration_ns: duration })).sort((a, b) => (a.span_id < b.span_id ? -1 : 1));
  assert.deepEqual(got, sample.largest.spans);
  for (const [id, , duration, self] of rows) assert.ok(BigInt(self) >= 0n && BigInt(self) <= BigInt(duration), id);
});

test('sort, search and errors-only narrow and order the list, in the address too', async () => {
  const { page } = await openSample();
  await page.getByLabel('Sort traces').selectOption('slowest');
  await idle(page);
  const slowest = [...sample.traces_newest_first].sort((a, b) => Number(BigInt(b.duration_ns) - BigInt(a.duration_ns)))[0];
  assert.equal((await page.getByTestId('trace-list').evaluate(traceRows))[0][0], slowest.trace_id);
  await page.getByTestId('search').fill('security_aud');
  await idle(page);
  const found = await allRows(page, 'trace-list', traceRows);
  assert.deepEqual(found.map(row => row[0]).sort(), sample.traces_with_security_auditor);
  assert.match(await address(page), /find=security_aud/);
  await page.getByTestId('search').fill("no such ' % _ \\ thing");
  await page.getByText('No trace matches').waitFor();
  await page.getByRole('button', { name: 'Show all traces' }).click();
  await idle(page);
  await page.getByRole('button', { name: /With errors/ }).click();
  await idle(page);
  assert.equal(await page.getByTestId('trace-list').getAttribute('data-count'), String(sample.traces_newest_first.filter(trace => trace.errors > 0).length));
  await page.getByTestId('search').fill(sample.failed_span.span_id);
  await idle(page);
  assert.deepEqual((await page.getByTestId('trace-list').evaluate(traceRows)).map(row => row[0]), [sample.failed_span.trace_id]);
});

test('trace and span are in the address; reload, Back and Forward bring the same view', async () => {
  const { page } = await openSample();
  const details = page.getByTestId('span-details');
  const second = sample.traces_newest_first[1].trace_id;
  await page.locator(`[data-trace-id="${second}"]`).click();
  await idle(page);
  assert.match(await address(page), new RegExp(`trace=${second}`));
  const row = page.getByTestId('waterfall').locator('[data-span-id]').last();
  const span = await row.getAttribute('data-span-id');
  await row.click();
  await idle(page);
  assert.match(await address(page), new RegExp(`span=${span}`));
  assert.equal(await details.getAttribute('data-span-id'), span);
  await page.reload();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.equal(await details.getAttribute('data-span-id'), span);
  assert.equal(await page.locator(`[data-trace-id="${second}"]`).getAttribute('aria-selected'), 'true');
  await page.goBack();
  await idle(page);
  assert.doesNotMatch(await address(page), /span=/);
  await page.goBack();
  await idle(page);
  assert.doesNotMatch(await address(page), new RegExp(second));
  await page.goForward();
  await idle(page);
  assert.equal(await page.locator(`[data-trace-id="${second}"]`).getAttribute('aria-selected'), 'true');
});

test('Back from the sample leads to the start page, Forward opens it again', async () => {
  const { page } = await site.openPage();
  await page.getByRole('button', { name: 'Open the sample' }).click();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  await page.goBack();
  await page.getByRole('button', { name: 'Choose a file' }).waitFor();
  await page.goForward();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
});

test('a link to a trace that is not in the file says so and leaves the list alone', async () => {
  const { page } = await openSampleList('&trace=ffffffffffffffffffffffffffffffff&span=1');
  await page.getByText('This file has no such trace').waitFor();
  assert.equal(await page.getByTestId('trace-list').getAttribute('data-count'), String(sample.traces));
});

/** @param {string} more of the address */
async function openSampleList(more) {
  const opened = await site.openPage({ hash: SAMPLE + more });
  await opened.page.getByTestId('trace-list').waitFor();
  await idle(opened.page);
  return opened;
}

test('a short beginning of a trace id in a link is enough', async () => {
  const { page } = await openSample(`&hooks=1&trace=${sample.largest.trace_id.slice(0, 8)}`);
  assert.equal(await rowCount(page, 'waterfall'), sample.largest.spans.length);
});

test('the keyboard alone goes through list, tree and details', async () => {
  const { page } = await openSample(`&hooks=1&trace=${sample.largest.trace_id}`);
  const tree = page.getByTestId('waterfall');
  const active = () => tree.evaluate(element => document.getElementById(element.getAttribute('aria-activedescendant') ?? '')?.dataset.spanId ?? null);
  const all = await rowCount(page, 'waterfall');
  await tree.focus();
  await page.keyboard.press('Home');
  await idle(page);
  const root = await active();
  await page.keyboard.press('ArrowLeft');
  await idle(page);
  assert.ok(await rowCount(page, 'waterfall') < all, 'the root collapsed');
  await page.keyboard.press('ArrowRight');
  await idle(page);
  assert.equal(await rowCount(page, 'waterfall'), all);
  await page.keyboard.press('ArrowRight');
  await idle(page);
  const child = await active();
  assert.notEqual(child, root);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await idle(page);
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('End');
  await idle(page);
  const last = await active();
  assert.ok(await tree.locator(`[data-span-id="${last}"]`).isVisible(), 'the last row is in view');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'waterfall');
  await page.keyboard.press('Shift+ArrowLeft');
  await idle(page);
  assert.ok(await rowCount(page, 'waterfall') < all);
  await page.keyboard.press('k');
  await page.keyboard.press('j');
  await idle(page);
  assert.match(await address(page), new RegExp(`trace=${sample.largest.trace_id}`));
  await page.keyboard.press('q');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-testid')), 'search');
});

test('the details show a failed span: error, doubled exception once, decoded attributes, every column', async () => {
  const { page } = await openSample(`&trace=${sample.failed_span.trace_id}&span=${sample.failed_span.span_id}`);
  const details = page.getByTestId('span-details');
  assert.equal(await details.getAttribute('data-span-id'), sample.failed_span.span_id);
  await details.getByText('ERROR', { exact: true }).first().waitFor();
  await details.getByRole('tab', { name: /Events/ }).click();
  await details.getByText('recorded twice, shown once').waitFor();
  await details.getByText(/Traceback/).first().waitFor();
  await details.getByRole('tab', { name: /Attributes/ }).click();
  await details.getByText('decoded').first().waitFor();
  await details.getByRole('treeitem').first().waitFor();
  await details.getByRole('tab', { name: 'Raw' }).click();
  const columns = await details.locator('dd[data-col]').evaluateAll(cells => cells.map(cell => cell.dataset.col));
  for (const column of ['trace_id', 'span_id', 'parent_id', 'name', 'kind', 'start_time', 'end_time', 'status_code', 'attributes', 'events', 'links', 'resource']) assert.ok(columns.includes(column), column);
  assert.match(await address(page), /tab=raw/);
});

test('text from the file is never markup', async () => {
  const opened = await openSample(`&trace=${sample.hostile_span.trace_id}&span=${sample.hostile_span.span_id}&tab=attributes`);
  const { page } = opened;
  let dialogs = 0;
  page.on('dialog', dialog => { dialogs += 1; return dialog.dismiss(); });
  const details = page.getByTestId('span-details');
  for (const button of await details.getByRole('button', { name: /^(json|text)$/ }).all()) await button.click();
  await details.getByRole('tab', { name: 'Raw' }).click();
  await details.getByText('<script>', { exact: false }).first().waitFor();
  assert.equal(await page.locator('#app script, #app img').count(), 0);
  assert.equal(dialogs, 0);
  assertNoComplaints(opened);
});

for (const theme of ['light', 'dark']) {
  test(`the theme follows the system (${theme}), the switch outranks it and is kept`, async () => {
    const { page } = await openSample('', { theme });
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await background();
    await page.getByRole('button', { name: 'Switch theme' }).click();
    await idle(page);
    const after = await background();
    assert.notEqual(after, before);
    await page.reload();
    await page.getByTestId('waterfall').waitFor();
    assert.equal(await background(), after);
  });
}

for (const size of ['1440x900', '800x600', '360x640']) {
  test(`nothing is wider than the page at ${size}`, async () => {
    const { page } = await openSample('', { size });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false);
    const { page: start } = await site.openPage({ size });
    assert.equal(await start.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false);
  });
}
