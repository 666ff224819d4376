// Configuration: what a reader sets takes effect everywhere, at once, in other tabs too, and is there after a reload; the file's columns chosen
// by hand; what the browser keeps, and forgetting it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { address, assertNoComplaints, cells, idle, openFileCounts, openFiles, repoPath, useSite } from './lib.mjs';

const site = useSite();
const SAMPLE = '#/configuration?v=1&sample=showcase';
const SEASONS = repoPath('tests/fixtures/seasons.parquet');
/** @type {string} */
const LARGEST = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/showcase_expected.json'), 'utf8')).largest.trace_id;
const NBSP = '\u00a0';

/** @param {string} [more] of the address @param {object} [options] */
async function openSample(more = '', options = {}) {
  const opened = await site.openPage({ hash: SAMPLE + more, ...options });
  await opened.page.getByTestId('configuration').waitFor();
  await idle(opened.page);
  return opened;
}

/** @param {import('./lib.mjs').Page} page @param {string} group @param {string} choice */
async function choose(page, group, choice) {
  await page.getByRole('radiogroup', { name: group }).getByRole('radio', { name: choice, exact: true }).click();
  await idle(page);
}

/** @param {import('./lib.mjs').Page} page @param {string} group */
const chosen = (page, group) => page.getByRole('radiogroup', { name: group }).getByRole('radio', { checked: true }).textContent();

/** @param {import('./lib.mjs').Page} page @param {string} mode */
async function goTo(page, mode) {
  await page.getByRole('tab', { name: mode, exact: true }).click();
  await idle(page);
}

/** @param {import('./lib.mjs').Page} page */
async function reload(page) {
  await page.reload();
  await page.locator('html[data-phase=ready]').waitFor({ state: 'attached' });
  await idle(page);
}

/** A value of the sections' lists. @param {import('./lib.mjs').Page} page @param {string} testid @param {string} col */
const fact = (page, testid, col) => page.getByTestId(testid).locator(`[data-col=${col}]`).first();

test('the theme is the system\'s, light or dark, and System again', async () => {
  const { page } = await openSample('', { theme: 'dark' });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  assert.equal(await chosen(page, 'Theme'), 'System');
  await choose(page, 'Theme', 'Light');
  assert.notEqual(await background(), dark);
  await reload(page);
  assert.equal(await chosen(page, 'Theme'), 'Light');
  await choose(page, 'Theme', 'System');
  assert.equal(await background(), dark);
  await reload(page);
  assert.equal(await chosen(page, 'Theme'), 'System');
  assert.equal(await page.evaluate(() => localStorage.getItem('spandeck.theme')), null);
});

test('density changes the heights of rows and controls, at once and after a reload', async () => {
  const { page } = await openSample(`&trace=${LARGEST}`);
  const height = (/** @type {string} */ selector) => page.locator(selector).first().evaluate(element => element.getBoundingClientRect().height);
  await goTo(page, 'Timeline');
  assert.deepEqual([await height('#waterfall [role=row]'), await height('#traces [role=option]')], [24, 56]);
  await goTo(page, 'Configuration');
  await choose(page, 'Density', 'Comfortable');
  await goTo(page, 'Timeline');
  for (const _ of ['at once', 'after a reload']) {
    assert.deepEqual([await height('#waterfall [role=row]'), await height('#traces [role=option]'), await height('#trace-search')], [30, 62, 32]);
    // Rows follow each other without gaps: the places that the code gives them are as high as the stylesheet makes them.
    const tops = await page.locator('#waterfall [role=row]').evaluateAll(rows => rows.map(row => row.getBoundingClientRect().top).sort((a, b) => a - b).slice(0, 6));
    assert.deepEqual(tops.slice(1).map((top, at) => top - (tops[at] ?? 0)), [30, 30, 30, 30, 30]);
    await reload(page);
  }
  await page.getByRole('tab', { name: 'Flame graph' }).click();
  await idle(page);
  const flame = page.getByTestId('flame').locator('.flame');
  const rows = Number(await flame.getAttribute('data-rows'));
  assert.match(await flame.getAttribute('style') ?? '', new RegExp(`--graph: ?${rows * 30}px`));
});

test('durations in one unit are in that unit everywhere, and exact where they are data', async () => {
  const { page } = await site.openPage({ files: [SEASONS] });
  await page.getByTestId('waterfall').waitFor();
  const listed = () => page.getByTestId('trace-list').locator('[data-col=duration_ns]').evaluateAll(cells => cells.map(cell => [cell.textContent, /** @type {HTMLElement} */ (cell).dataset.value]));
  const values = ['2000000000', '103500000000', '4000000000'];
  const shown = (/** @type {string[]} */ ...texts) => texts.map((text, at) => [text.replaceAll(' ', NBSP), values[at]]);
  assert.deepEqual(await listed(), shown('2.00 s', '1 min 44 s', '4.00 s'));
  for (const [unit, expected, tick] of /** @type {const} */ ([
    ['Milliseconds', ['2,000 ms', '103,500 ms', '4,000 ms'], /^[\d,]+\sms$/],
    ['Seconds', ['2.00 s', '104 s', '4.00 s'], /^[\d.,]+\ss$/],
  ])) {
    await goTo(page, 'Configuration');
    await choose(page, 'Durations', unit);
    assert.equal(await fact(page, 'example', 'duration_ns').getAttribute('data-value'), '103500000000');
    await goTo(page, 'Timeline');
    assert.deepEqual(await listed(), shown(...expected));
    const ticks = await page.getByTestId('ruler').locator('span').allTextContents();
    assert.ok(ticks.length > 2 && ticks.slice(1).every(text => tick.test(text)), ticks.join(' '));
  }
});

test('times in a trace are distances or times of day', async () => {
  const { page } = await site.openPage({ files: [SEASONS], hash: '#/timeline?v=1' });
  await page.locator('[data-trace-id$="1"]').click();
  await page.locator('[data-span-id=a000000000000002]').click();
  await idle(page);
  const details = page.getByTestId('span-details');
  const starts = () => page.getByTestId('trace-spans').locator('[data-col=start]').evaluateAll(cells => cells.map(cell => [cell.textContent, /** @type {HTMLElement} */ (cell).dataset.value]));
  const ticks = () => page.getByTestId('ruler').locator('span').allTextContents();
  assert.ok(await details.getByText(`starts +1.38${NBSP}s`).isVisible());
  assert.equal((await ticks())[0], '0');
  await goTo(page, 'Configuration');
  await choose(page, 'Times in a trace', 'Absolute');
  await goTo(page, 'Timeline');
  assert.ok(await details.getByText('starts 09:30:01.500').isVisible());
  const marks = await ticks();
  assert.ok(marks.length > 2 && marks.every(text => /^09:30:0\d(\.\d)?$/.test(text)), marks.join(' '));
  assert.match(await page.locator('[data-span-id=a000000000000002][role=row]').first().getAttribute('aria-label') ?? '', /starts at 09:30:01.500/);
  await page.getByRole('tab', { name: 'Spans', exact: true }).click();
  await idle(page);
  assert.deepEqual(await starts(), [['09:30:00.125', '1768469400125000000'], ['09:30:01.500', '1768469401500000000']]);
});

test('the local zone is the reader\'s in winter, in summer and in the night between', async () => {
  const opened = await site.openPage({ files: [SEASONS], timezone: 'Europe/Berlin' });
  const { page } = opened;
  await page.getByTestId('waterfall').waitFor();
  const started = () => page.getByTestId('trace-list').locator('[data-col=start_ns]').evaluateAll(cells => cells.map(cell => [cell.textContent, /** @type {HTMLElement} */ (cell).title]));
  assert.deepEqual(await started(), [
    ['00:59:59', '25 Oct 2026, 00:59:59.500000000 UTC'], ['09:30:00', '15 Jul 2026, 09:30:00.125000000 UTC'], ['09:30:00', '15 Jan 2026, 09:30:00.125000000 UTC'],
  ]);
  assert.equal(await page.getByTestId('zone').textContent(), 'Times in UTC');
  await goTo(page, 'Configuration');
  await choose(page, 'Time zone', 'Europe/Berlin');
  assert.equal(await fact(page, 'example', 'start_ns').textContent(), '15 Jan 2026, 10:30:00.125 +01:00');
  assert.equal(await page.getByTestId('zone').textContent(), 'Times in Europe/Berlin');
  assert.match(await page.getByTestId('file-chip').getAttribute('title') ?? '', /15 Jan 10:30 – 25 Oct 02:00 \+01:00/);
  await choose(page, 'Times in a trace', 'Absolute');
  await goTo(page, 'Timeline');
  assert.deepEqual(await started(), [
    ['02:59:59', '25 Oct 2026, 02:59:59.500000000 +02:00'], ['11:30:00', '15 Jul 2026, 11:30:00.125000000 +02:00'], ['10:30:00', '15 Jan 2026, 10:30:00.125000000 +01:00'],
  ]);
  await page.locator('[data-trace-id$="2"]').click();
  await idle(page);
  assert.ok((await page.getByTestId('ruler').locator('span').allTextContents()).every(text => /^11:3[01](:\d\d)?$/.test(text)));
  await page.getByTestId('span-details').getByText('15 Jul 2026, 11:30:00.125 +02:00').waitFor();
  assert.match(await page.locator('html').textContent() ?? '', /^((?!UTC).)*$/s, 'no other zone is named anywhere');
  assertNoComplaints(opened);
});

test('another tab of the same site follows, and the last choice of either stays', async () => {
  const { page } = await openSample('', { timezone: 'Europe/Berlin' });
  const other = await page.context().newPage();
  await other.goto((await address(page)).replace('/configuration', '/timeline'));
  await other.getByTestId('waterfall').waitFor();
  await idle(other);
  await choose(page, 'Density', 'Comfortable');
  await choose(page, 'Time zone', 'Europe/Berlin');
  await choose(page, 'Theme', 'Dark');
  await other.locator('html[data-density=comfortable][data-theme=dark]').waitFor({ state: 'attached' });
  await other.getByText('Times in Europe/Berlin').waitFor();
  await idle(other);
  assert.equal(await other.locator('#waterfall [role=row]').first().evaluate(row => row.getBoundingClientRect().height), 30);
  await goTo(other, 'Configuration');
  await choose(other, 'Density', 'Compact');
  await choose(other, 'Theme', 'System');
  await page.locator('html[data-density=compact]:not([data-theme])').waitFor({ state: 'attached' });
  assert.deepEqual([await chosen(page, 'Density'), await chosen(page, 'Theme'), await chosen(page, 'Time zone')], ['Compact', 'System', 'Europe/Berlin']);
  assert.equal(await page.evaluate(() => localStorage.getItem('spandeck.preferences')), 'density=compact zone=local times=relative units=automatic');
});

test('Reset all brings the display\'s defaults back and leaves the file open', async () => {
  const { page } = await openSample('');
  await choose(page, 'Density', 'Comfortable');
  await choose(page, 'Durations', 'Seconds');
  await choose(page, 'Theme', 'Dark');
  await page.getByRole('button', { name: 'Reset all' }).click();
  await idle(page);
  assert.deepEqual([await chosen(page, 'Density'), await chosen(page, 'Durations'), await chosen(page, 'Theme')], ['Compact', 'Automatic', 'System']);
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  assert.equal((await openFileCounts(page)).spans, 725);
});

test('Data says what is open, in which format, what it holds and how it is read', async () => {
  const { page } = await site.openPage({ files: [repoPath('tests/fixtures/duckdb_zoo/minimal_columns.duckdb')], hash: '#/configuration?v=1' });
  const value = (/** @type {string} */ testid, /** @type {string} */ col) => fact(page, testid, col).getAttribute('data-value');
  assert.deepEqual([await value('data-file', 'name'), await value('data-file', 'format')], ['minimal_columns.duckdb', 'DuckDB storage 64, written by v1.4.3']);
  const counts = await openFileCounts(page);
  assert.deepEqual([await value('data-holds', 'spans'), await value('data-holds', 'traces'), await value('data-holds', 'services')], [counts.spans, counts.traces, counts.services].map(String));
  const read = Object.fromEntries((await cells(page, 'mapping')).map(row => row.map(cell => cell.value)).map(([field, from, state]) => [field, [from, state]]));
  assert.deepEqual([read.trace_id, read.service, read.links], [['trace_id', 'column'], ['the name up to its first dot', 'derived'], ['', 'missing']]);
  await page.waitForFunction(() => Number(document.querySelector('[data-testid=data-file] [data-col=database_bytes]')?.getAttribute('data-value')) > 1_000_000);
  await page.waitForFunction(() => Number(document.querySelector('[data-testid=memory]')?.getAttribute('data-value')) > 1_000_000);
  await openFiles(page, [repoPath('tests/fixtures/parquet_zoo/pyarrow_snappy.parquet'), repoPath('tests/fixtures/parquet_zoo/pyarrow_zstd.parquet')]);
  assert.equal(await value('data-file', 'format'), 'Parquet, 2 files as one');
  await page.getByRole('button', { name: 'Close file' }).click();
  await page.getByRole('button', { name: 'Choose a file' }).waitFor();
});

test('columns chosen by hand are read, survive the way back to the file, and can be changed again', async () => {
  const opened = await site.openPage({ files: [SEASONS], hash: '#/configuration?v=1' });
  const { page } = opened;
  assert.equal((await openFileCounts(page)).services, 2);
  await page.getByRole('button', { name: 'Change…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Table and columns' });
  assert.equal(await dialog.locator('#map-service').inputValue(), 'service', 'the present columns are chosen');
  await dialog.locator('#map-service').selectOption('team');
  await dialog.getByRole('button', { name: 'Read with these columns' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('chosen by hand').waitFor();
  await idle(page);
  assert.equal((await openFileCounts(page)).services, 3);
  assert.deepEqual((await cells(page, 'mapping')).map(row => row.map(cell => cell.value)).find(([field]) => field === 'service'), ['service', 'team', 'column']);
  assert.match(await page.getByTestId('unused').textContent() ?? '', /service, recorded/);
  await goTo(page, 'Timeline');
  await page.locator('[data-trace-id$="2"]').click();
  await idle(page);
  await page.getByTestId('span-details').getByText('green').first().waitFor();
  await openFiles(page, [repoPath('tests/fixtures/parquet_zoo/pyarrow_snappy.parquet')]);
  await page.goBack();
  await page.getByTestId('file-chip').getByText('seasons.parquet').waitFor();
  await idle(page);
  assert.equal((await openFileCounts(page)).services, 3, 'Back brings the file as it was read');
  assertNoComplaints(opened);
});

test('another table can be chosen, and a choice that was not applied changes nothing', async () => {
  const { page } = await site.openPage({ files: [repoPath('tests/fixtures/duckdb_zoo/spans_is_a_view.duckdb')], hash: '#/configuration?v=1' });
  const table = () => page.locator('.cf-h [data-col=table]').getAttribute('data-value');
  const before = await table();
  await page.getByRole('button', { name: 'Change…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Table and columns' });
  const other = (await dialog.locator('.pk-t b').allTextContents()).find(name => name !== before) ?? '';
  await dialog.getByText(other, { exact: true }).click();
  // Tab goes round in the dialog, and the page's own keys rest.
  for (let step = 0; step < 30; step += 1) {
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.activeElement === document.body || !!document.activeElement?.closest('[role=dialog]')), `step ${step}`);
  }
  await page.locator('#mapping-close').focus();
  await page.keyboard.press('1');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'change-mapping', 'the focus is back where it was');
  assert.equal(await table(), before);
  await page.keyboard.press('Enter');
  await dialog.getByText(other, { exact: true }).click();
  await dialog.getByRole('button', { name: 'Read with these columns' }).click();
  await page.getByText('chosen by hand').waitFor();
  await idle(page);
  assert.equal(await table(), other);
  assert.equal((await openFileCounts(page)).spans, 200);
});

test('columns that cannot be read leave the open file as it is and say why', async () => {
  const { page } = await site.openPage({ files: [SEASONS], hash: '#/configuration?v=1' });
  const before = await openFileCounts(page);
  await page.getByRole('button', { name: 'Change…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Table and columns' });
  await dialog.locator('#map-duration_ms').selectOption('recorded');
  await dialog.getByRole('button', { name: 'Read with these columns' }).click();
  const card = page.getByTestId('error');
  await card.waitFor();
  await idle(page);
  assert.equal(await card.getAttribute('data-code'), 'E-SCHEMA-MAP');
  assert.match(await card.textContent() ?? '', /seasons\.parquet can't be read with these columns.*TIMESTAMP/s);
  assert.deepEqual(await openFileCounts(page), before);
  await card.getByRole('button', { name: 'Change columns' }).click();
  assert.equal(await dialog.locator('#map-duration_ms').inputValue(), 'recorded', 'what was tried is there to be corrected');
  await dialog.locator('#map-duration_ms').selectOption('');
  await dialog.getByRole('button', { name: 'Read with these columns' }).click();
  await page.getByRole('cell', { name: 'the end less the start' }).waitFor();
  await idle(page);
  assert.deepEqual(await openFileCounts(page), before);
});

test('local data is named, and cleared after one more press', async () => {
  const { page } = await openSample('');
  const kept = (/** @type {string} */ what) => fact(page, 'local-data', what).getAttribute('data-value');
  assert.deepEqual([await kept('preferences'), await kept('noise-rules'), await kept('engine')], ['false', 'false', 'true']);
  await choose(page, 'Density', 'Comfortable');
  await choose(page, 'Theme', 'Dark');
  await page.evaluate(() => {
    localStorage.setItem('spandeck.noise-rules', 'x');
    localStorage.setItem('spandeck.presets', JSON.stringify({ presets: [{ name: 'one', q: '' }, { name: 'two', q: 'x' }] }));
    localStorage.setItem('another-page', 'stays');
  });
  await goTo(page, 'Timeline');
  await goTo(page, 'Configuration');
  assert.deepEqual([await kept('preferences'), await kept('theme'), await kept('noise-rules'), await fact(page, 'local-data', 'presets').textContent()], ['true', 'true', 'true', `2 presets`]);
  await page.getByRole('button', { name: 'Clear local data' }).click();
  await page.getByRole('button', { name: 'Keep' }).click();
  assert.equal(await kept('preferences'), 'true', 'the first press clears nothing');
  await page.getByRole('button', { name: 'Clear local data' }).click();
  await page.getByTestId('section-local').getByRole('button', { name: 'Clear', exact: true }).click();
  await page.getByText('Cleared', { exact: true }).waitFor();
  await idle(page);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), ['another-page']);
  assert.equal(await page.locator('[data-testid=preset][data-name=one]').count(), 0, 'those on screen go, too');
  assert.deepEqual([await kept('preferences'), await kept('theme'), await kept('noise-rules'), await kept('presets'), await kept('engine')], ['false', 'false', 'false', 'false', 'false']);
  assert.deepEqual([await chosen(page, 'Density'), await chosen(page, 'Theme')], ['Compact', 'System']);
  assert.equal((await openFileCounts(page)).spans, 725, 'the open file stays open');
  await openFiles(page, [SEASONS]);
  assert.equal((await openFileCounts(page)).spans, 5, 'the next file brings its own engine');
});

test('the keyboard alone goes through sections and settings, and the focus stays where it is', async () => {
  const { page } = await openSample('');
  const focus = () => page.evaluate(() => document.activeElement?.id);
  await page.locator('#to-data').focus();
  await page.keyboard.press('ArrowUp');
  assert.equal(await focus(), 'to-display');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.equal(await focus(), 'section-display-h');
  assert.match(await address(page), /section=display/);
  assert.equal(await page.locator('#to-display').getAttribute('aria-current'), 'true');
  await page.keyboard.press('Tab');
  assert.equal(await focus(), 'theme-system');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  await idle(page);
  assert.equal(await focus(), 'density-comfortable');
  assert.equal(await chosen(page, 'Density'), 'Comfortable');
  await page.keyboard.press('ArrowRight');
  await idle(page);
  assert.equal(await focus(), 'density-compact');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('End');
  await idle(page);
  assert.equal(await chosen(page, 'Durations'), 'Seconds');
  await page.keyboard.press('Tab');
  assert.equal(await focus(), 'clear-local');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.id === 'clear-no');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.id === 'clear-local');
});

test('a link to a section shows it, headings follow their order, nothing is wider than the page', async () => {
  for (const size of ['1440x900', '800x600', '360x640']) {
    const { page } = await openSample('&section=local', { size });
    assert.ok(await page.getByTestId('section-local').getByRole('heading').evaluate(heading => heading.getBoundingClientRect().top < innerHeight), size);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, size);
    assert.ok(await page.locator('.cfs').evaluate(cards => cards.scrollWidth <= cards.clientWidth), size);
    const levels = await page.locator('#panel').locator('h1, h2, h3').evaluateAll(headings => headings.map(heading => Number(heading.tagName[1])));
    assert.ok(levels.length > 5 && levels[0] === 1 && levels.every((level, at) => level === 1 ? at === 0 : level <= levels[at - 1] + 1), `${size}: ${levels}`);
  }
});
