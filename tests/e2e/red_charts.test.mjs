// The charts of RED Metrics: the crosshair reads what the table says, a drag becomes the time range, a double click goes back, all of it
// with the keyboard alone; a box in the heat map lists its spans; pictures; odd data.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { measureCharts } from './bench_charts.mjs';
import { address, assertNoComplaints, cells, idle, repoPath, useSite } from './lib.mjs';

const site = useSite();
/** @typedef {import('./lib.mjs').Page} Page */
const SAMPLE = '#/red?v=1&sample=showcase';
const LINES = ['rate_per_s', 'errors_per_s', 'error_pct', 'p50_ms', 'p95_ms', 'p99_ms'];

/** @param {string} [more] of the address @param {object} [options] */
async function openSample(more = '', options = {}) {
  const opened = await site.openPage({ hash: SAMPLE + more, ...options });
  await opened.page.locator('#red-charts').waitFor();
  await opened.page.locator('#red-heat').waitFor();
  await opened.page.getByTestId('red-series').waitFor({ state: 'attached' });
  await idle(opened.page);
  return opened;
}

/** The table behind the charts, by column. @param {Page} page */
const series = async page => (await cells(page, 'red-series')).map(row => Object.fromEntries(row.map(cell => [cell.col, cell])));

/** What the crosshair reads: texts and full values. @param {Page} page */
const readings = page => page.locator('#red-charts').evaluate(charts => Object.fromEntries(
  [...charts.querySelectorAll('b[data-read]')].map(found => {
    const { read = '', value = '' } = /** @type {HTMLElement} */ (found).dataset;
    return [read, { text: (found.textContent ?? '').replace(/\s+/g, ' '), value }];
  })));

/** Places the pointer in the middle of a column of a chart. @param {Page} page @param {number} column @param {number} [chart] */
async function point(page, column, chart = 0) {
  const box = await page.locator('#red-charts .ch-o').nth(chart).boundingBox();
  const count = Number(await page.locator('#red-charts').getAttribute('data-columns'));
  assert.ok(box);
  const place = { x: box.x + (column + 0.5) / count * box.width, y: box.y + box.height / 2 };
  await page.mouse.move(place.x, place.y);
  return place;
}

/** Range of the address as it prints it. @param {Page} page */
const range = async page => {
  const params = new URLSearchParams((await address(page)).split('?').slice(1).join('?'));
  return [params.get('from'), params.get('to')];
};

test('the crosshair of every chart reads what the table says', async () => {
  const opened = await openSample();
  const { page } = opened;
  const rows = await series(page);
  assert.equal(rows.length, Number(await page.locator('#red-charts').getAttribute('data-columns')));
  assert.ok(rows.length >= 10, `${rows.length} columns`);
  for (const [column, chart] of [[0, 0], [3, 1], [Math.floor(rows.length / 2), 2], [rows.length - 1, 0]]) {
    await point(page, column ?? 0, chart);
    assert.equal(await page.locator('#red-charts').getAttribute('data-at'), String(column));
    const read = await readings(page);
    for (const line of LINES) {
      const cell = rows[column ?? 0]?.[line];
      assert.deepEqual(read[line], { text: cell?.text, value: cell?.value }, `${line} of column ${column}`);
    }
  }
  const total = rows.reduce((sum, row) => sum + Number(row.count?.value), 0);
  assert.ok(total > 0, 'the table counts spans');
  await page.mouse.move(2, 2);
  assert.equal(await page.locator('#red-charts').getAttribute('data-at'), null);
  assertNoComplaints(opened);
});

test('a drag becomes the time range, a double click goes back', async () => {
  const opened = await openSample();
  const { page } = opened;
  const rows = await series(page);
  await point(page, 2);
  await page.mouse.down();
  await point(page, 4);
  await point(page, 6);
  assert.equal(await page.locator('#red-charts').getAttribute('data-choice'), '2-6');
  await page.mouse.up();
  await page.waitForFunction(() => location.href.includes('from='));
  await idle(page);
  const from = await page.getByTestId('range-from').getAttribute('data-value');
  const to = await page.getByTestId('range-to').getAttribute('data-value');
  assert.equal(from, rows[2]?.start_ns?.value);
  assert.equal(to, rows[7]?.start_ns?.value);
  const first = await range(page);
  await page.getByTestId('red-series').waitFor({ state: 'attached' });
  const place = await point(page, 1);
  await page.mouse.dblclick(place.x, place.y);
  await page.waitForFunction(() => !location.href.includes('from='));
  await idle(page);
  assert.deepEqual(await range(page), [null, null]);
  assert.notDeepEqual(first, [null, null]);
  assert.ok(!(await address(page)).includes('mark='), 'a double click lists nothing');
  assertNoComplaints(opened);
});

test('a click on a point lists the spans of its time', async () => {
  const opened = await openSample();
  const { page } = opened;
  const rows = await series(page);
  const fullest = rows.reduce((best, row, number) => Number(row.count?.value) > Number(rows[best]?.count?.value) ? number : best, 0);
  const place = await point(page, fullest);
  await page.mouse.click(place.x, place.y);
  const marked = page.getByTestId('red-marked');
  await marked.waitFor();
  await idle(page);
  assert.equal(await marked.getAttribute('data-value'), rows[fullest]?.count?.value);
  assert.ok((await page.getByTestId('red-exemplars').locator('a[href*="timeline"]').count()) > 0, 'spans lead to the Timeline');
  assertNoComplaints(opened);
});

test('the charts are used with the keyboard alone', async () => {
  const opened = await openSample();
  const { page } = opened;
  const rows = await series(page);
  await page.locator('#red-charts').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('#red-charts').getAttribute('data-at'), '1');
  assert.equal((await readings(page)).p95_ms?.value, rows[1]?.p95_ms?.value);
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  assert.equal(await page.locator('#red-charts').getAttribute('data-choice'), '1-3');
  await page.keyboard.press('Enter');
  const marked = page.getByTestId('red-marked');
  await marked.waitFor();
  await idle(page);
  const sum = [1, 2, 3].reduce((total, column) => total + Number(rows[column]?.count?.value), 0);
  assert.equal(await marked.getAttribute('data-value'), String(sum));
  await page.locator('#red-charts').focus();
  await page.keyboard.press('z');
  await page.waitForFunction(() => location.href.includes('from='));
  await idle(page);
  assert.equal(await page.getByTestId('range-from').getAttribute('data-value'), rows[1]?.start_ns?.value);
  await page.locator('#red-charts').focus();
  await page.keyboard.press('0');
  await page.waitForFunction(() => !location.href.includes('from='));
  assertNoComplaints(opened);
});

test('lines are switched off, and the address keeps it', async () => {
  const opened = await openSample();
  const { page } = opened;
  const button = page.locator('#red-charts button[data-series=p99_ms]');
  await button.click();
  await page.locator('#red-charts button[data-series=p99_ms][aria-pressed=false]').waitFor();
  assert.match(await address(page), /hide=p99_ms/);
  await button.click();
  await page.locator('#red-charts button[data-series=p99_ms][aria-pressed=true]').waitFor();
  assertNoComplaints(opened);
});

test('a box in the heat map lists what is in it, by pointer and by keys', async () => {
  const opened = await openSample();
  const { page } = opened;
  const map = page.locator('#red-heat');
  const box = await map.locator('.hm-p').boundingBox();
  assert.ok(box);
  const drawn = () => map.locator('.hm-p canvas').evaluate(canvas => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());
  const before = await drawn();
  await page.mouse.move(box.x + 2, box.y + 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
  await page.mouse.move(box.x + box.width - 2, box.y + box.height - 2, { steps: 4 });
  const counted = await map.locator('xpath=ancestor::section').locator('[data-read=cell]').getAttribute('data-value');
  await page.mouse.up();
  const marked = page.getByTestId('red-marked');
  await marked.waitFor();
  await idle(page);
  assert.equal(await marked.getAttribute('data-value'), counted, 'the whole map');
  assert.equal(await drawn(), before, 'the cells stay where they are');
  const rows = await series(page);
  assert.equal(counted, String(rows.reduce((sum, row) => sum + Number(row.count?.value), 0)));

  await page.mouse.move(2, 2);
  await map.focus();
  await page.keyboard.press('Escape');
  await marked.waitFor({ state: 'detached' });
  await idle(page);
  await map.focus();
  for (const key of ['Home', 'ArrowDown', 'Shift+End', 'Shift+ArrowUp', 'Shift+ArrowUp', 'Shift+ArrowUp']) await page.keyboard.press(key);
  const chosen = (await map.getAttribute('data-box'))?.split(',').map(Number) ?? [];
  const cellRows = await page.getByTestId('red-heat-cells').locator('tbody tr').evaluateAll(found => found.map(row => {
    const { column, row: band } = /** @type {HTMLElement} */ (row).dataset;
    return { column: Number(column), band: Number(band), count: Number(/** @type {HTMLElement} */ (row.querySelector('[data-col=count]')).dataset.value) };
  }));
  const [left = 0, right = 0, low = 0, high = 0] = chosen;
  const inside = cellRows.filter(cell => cell.column >= left && cell.column <= right && cell.band >= low && cell.band <= high);
  await page.keyboard.press('Enter');
  await marked.waitFor();
  await idle(page);
  assert.equal(await marked.getAttribute('data-value'), String(inside.reduce((sum, cell) => sum + cell.count, 0)));
  assertNoComplaints(opened);
});

test('pictures are saved as PNG and SVG', async () => {
  const opened = await openSample();
  const { page } = opened;
  for (const [id, word] of [['red-charts', 'Duration'], ['red-heat', 'Latency heat map']]) {
    for (const kind of ['PNG', 'SVG']) {
      await page.locator(`#${id}-more`).click();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: `Picture as ${kind}` }).click()]);
      const bytes = fs.readFileSync(await download.path());
      assert.ok(download.suggestedFilename().endsWith(`.${kind.toLowerCase()}`));
      if (kind === 'PNG') {
        assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
        assert.ok(bytes.readUInt32BE(16) === 1800, 'twice the px');
      } else {
        const text = bytes.toString();
        assert.ok(text.startsWith('<svg') && text.includes(word ?? ''), text.slice(0, 200));
        assert.doesNotMatch(text, /NaN|Infinity/);
        assert.match(text, /showcase\.duckdb · All spans · 22 Nov/, 'of what, from which file and when');
      }
    }
  }
  assertNoComplaints(opened);
});

test('the charts can be read as a table', async () => {
  const opened = await openSample();
  const { page } = opened;
  await page.locator('#red-charts-more').click();
  await page.getByRole('menuitemcheckbox', { name: 'Show as table' }).click();
  await page.locator('.ch-t [data-testid=red-series]').waitFor();
  assertNoComplaints(opened);
});

test('odd spans make sensible pictures', async () => {
  const opened = await site.openPage({ hash: '#/red?v=1', files: [repoPath('tests/fixtures/odd_spans.parquet')] });
  const { page } = opened;
  await page.locator('#red-charts').waitFor();
  await idle(page);
  assert.doesNotMatch(await page.locator('.redm').evaluate(mode => mode.textContent ?? ''), /NaN|Infinity|undefined/);
  for (const key of ['Home', 'ArrowRight', 'End']) {
    await page.locator('#red-charts').focus();
    await page.keyboard.press(key);
    assert.doesNotMatch(JSON.stringify(await readings(page)), /NaN|Infinity/);
  }
  assertNoComplaints(opened);
});

test('a pointer that moves draws nothing, and frames keep coming', async () => {
  const opened = await openSample();
  const measured = await measureCharts(opened.page, 120);
  assert.equal(measured.draws, 0, 'calls to the canvas');
  // Machines that are busy with other tests lose frames; the benchmark measures them exactly.
  assert.ok(measured.crosshair.p50 < 34 && measured.hover.p50 < 34, JSON.stringify(measured));
});

test('both themes draw in their own colours', async () => {
  const opened = await openSample();
  const { page } = opened;
  const picture = () => page.locator('#red-charts canvas').first().evaluate(canvas => /** @type {HTMLCanvasElement} */ (canvas).toDataURL().length + ':' + /** @type {HTMLCanvasElement} */ (canvas).toDataURL().slice(-400));
  const before = await picture();
  await page.evaluate(() => { document.documentElement.dataset.theme = 'dark'; });
  for (const giveUp = Date.now() + 10_000; (await picture()) === before;) assert.ok(Date.now() < giveUp, 'the charts keep the colours of the other theme');
  assertNoComplaints(opened);
});
