// The waterfall's features on the sample: hooks, zoom, critical path, lanes, search, views, comparison, journeys, export.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { address, assertNoComplaints, assertNoForeignRequests, cells, idle, openFiles, repoPath, rowCount, useSite } from './lib.mjs';

const site = useSite();
/** @type {{ [key: string]: any }} the sample by native DuckDB */
const sample = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/showcase_expected.json'), 'utf8'));
const LARGEST = sample.largest.trace_id;
const FAILED = sample.failed_span;

/** @param {string} more of the address @param {object} [options] */
async function openTrace(more, options = {}) {
  const opened = await site.openPage({ hash: `#/timeline?v=1&sample=showcase${more}`, ...options });
  await opened.page.getByTestId('span-details').waitFor({ state: 'attached' });
  await idle(opened.page);
  return opened;
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'spandeck-'));
after(() => fs.rmSync(scratch, { recursive: true }));

/** Saves the trace through the menu of the head. @param {import('./lib.mjs').Page} page @param {string} format */
async function saveAs(page, format) {
  await page.getByRole('button', { name: 'Download this trace' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: format }).click()]);
  await idle(page);
  return download;
}

/** The window in view by the address, in ns from the trace's start. @param {import('./lib.mjs').Page} page */
const zoom = page => page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('zoom')?.split('-').map(Number) ?? null);

/** @param {import('./lib.mjs').Page} page @param {string} name */
const fact = (page, name) => page.locator(`.facts [data-col=${name}]`).getAttribute('data-value').then(Number);

/** Pixels of canvases that are not transparent. @param {import('./lib.mjs').Locator} canvases */
const inked = canvases => canvases.evaluateAll(elements => {
  let count = 0;
  for (const element of elements) {
    const { width, height } = /** @type {HTMLCanvasElement} */ (element);
    const data = /** @type {HTMLCanvasElement} */ (element).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
    for (let i = 3; i < data.length; i += 4) if (data[i]) count += 1;
  }
  return count;
});

test('framework hooks are folded into counted rows; a row opens in place, the switch shows all, rules change what folds', async () => {
  const { page } = await openTrace(`&trace=${LARGEST}`);
  const all = sample.largest.spans.length;
  const tree = page.getByTestId('waterfall');
  const folded = await rowCount(page, 'waterfall');
  assert.ok(folded < all / 2, `${folded} of ${all}`);
  const first = tree.locator('[data-hooks]').first();
  const hooks = Number(await first.getAttribute('data-hooks'));
  assert.match(await first.textContent() ?? '', new RegExp(`${hooks} framework hooks hidden`));
  await first.click();
  await idle(page);
  assert.equal(await rowCount(page, 'waterfall'), folded + hooks);
  assert.equal(await tree.locator('[data-hooks]').first().getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('h');
  await idle(page);
  assert.equal(await rowCount(page, 'waterfall'), all);
  assert.match(await address(page), /hooks=1/);
  await page.keyboard.press('h');
  await page.getByRole('button', { name: 'Rules for framework hooks' }).click();
  const rules = page.getByTestId('noise-rules');
  await rules.getByRole('textbox').fill('# none\nno_such_hook');
  await rules.getByRole('button', { name: 'Use these rules' }).click();
  await idle(page);
  assert.equal(await rowCount(page, 'waterfall'), all);
  await page.reload();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.equal(await rowCount(page, 'waterfall'), all, 'rules are kept');
});

test('bars are drawn, crisp, and again after scrolling and in the other theme', async () => {
  const { page } = await openTrace(`&trace=${LARGEST}&hooks=1`);
  const bars = page.locator('canvas.bars');
  assert.ok(await inked(bars) > 2_000);
  const ratio = await bars.first().evaluate(canvas => /** @type {HTMLCanvasElement} */ (canvas).width / canvas.getBoundingClientRect().width);
  assert.ok(Math.abs(ratio - await page.evaluate(() => devicePixelRatio)) < 0.01, `${ratio}`);
  const pixels = () => bars.evaluateAll(all => all.map(canvas => /** @type {HTMLCanvasElement} */ (canvas).toDataURL()).join());
  const before = await pixels();
  await page.getByTestId('waterfall').evaluate(list => { list.scrollTop = list.scrollHeight; });
  await idle(page);
  assert.ok(await inked(bars) > 500);
  assert.notEqual(await pixels(), before);
  const light = await pixels();
  await page.getByRole('button', { name: 'Switch theme' }).click();
  await idle(page);
  assert.notEqual(await pixels(), light);
  for (const canvas of ['canvas.mm', 'canvas.cc']) assert.ok(await inked(page.locator(canvas)) > 100, canvas);
});

test('zoom by keys, wheel, ruler, minimap and double click is in the address and survives a reload', async () => {
  const { page } = await openTrace(`&trace=${LARGEST}`);
  const whole = await fact(page, 'duration_ns');
  await page.keyboard.press('w');
  await idle(page);
  const [from = 0, to = 0] = await zoom(page) ?? [];
  assert.ok(to > from && to - from < whole, `${from}-${to}`);
  await page.keyboard.press('d');
  await idle(page);
  const panned = await zoom(page) ?? [];
  assert.ok((panned[0] ?? 0) > from);
  await page.reload();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.deepEqual(await zoom(page), panned);
  await page.keyboard.press('0');
  await idle(page);
  assert.equal(await zoom(page), null);

  const drag = async (/** @type {string} */ lane, /** @type {number} */ left, /** @type {number} */ right) => {
    const box = await page.locator(lane).boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width * left, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * (left + right) / 2, box.y + box.height / 2);
    await page.mouse.move(box.x + box.width * right, box.y + box.height / 2);
    await page.mouse.up();
    await idle(page);
    return (await zoom(page) ?? []).map(ns => ns / whole);
  };
  for (const lane of ['[data-testid=ruler] .lane', '[data-testid=minimap] .lane']) {
    const [start = 0, end = 0] = await drag(lane, 0.25, 0.5);
    assert.ok(Math.abs(start - 0.25) < 0.02 && Math.abs(end - 0.5) < 0.02, `${lane}: ${start} ${end}`);
    if (lane.includes('minimap')) {
      const [moved = 0, movedEnd = 0] = await drag(lane, 0.4, 0.6);
      assert.ok(Math.abs(moved - 0.45) < 0.02 && Math.abs(movedEnd - 0.7) < 0.02, `moved as a whole: ${moved} ${movedEnd}`);
    }
    await page.locator('[data-testid=ruler] .lane').dblclick();
    await idle(page);
    assert.equal(await zoom(page), null);
  }
  const bars = await page.locator('canvas.bars').first().boundingBox();
  assert.ok(bars);
  await page.mouse.move(bars.x + bars.width / 2, bars.y + 100);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -300);
  await page.keyboard.up('Control');
  await idle(page);
  assert.ok(await zoom(page));
  await page.keyboard.press('0');
  await idle(page);
  const row = page.getByTestId('waterfall').locator('[data-span-id]').nth(2);
  const [start, length] = [Number(BigInt(await row.getAttribute('data-start-ns') ?? 0) - BigInt(await page.locator('.facts [data-col=start_ns]').getAttribute('data-value') ?? 0)), Number(await row.getAttribute('data-duration-ns'))];
  await row.locator('.wb').dblclick();
  await idle(page);
  const [fitFrom = 0, fitTo = 0] = await zoom(page) ?? [];
  assert.ok(fitFrom <= start && fitTo >= start + length && fitTo - fitFrom < length * 1.2 + 3_000, `${fitFrom}-${fitTo} for ${start}+${length}`);
  const slider = page.getByRole('slider', { name: 'Start of the part in view' });
  await slider.focus();
  await page.keyboard.press('Home');
  await idle(page);
  assert.equal((await zoom(page) ?? [1])[0], 0);
});

test('the critical path covers the trace without gap or overlap, and can be stepped through', async () => {
  for (const more of ['', '&through=1']) {
    const { page } = await openTrace(`&trace=${LARGEST}&view=path${more}`);
    const table = page.getByTestId('critical-path');
    const count = await rowCount(page, 'critical-path');
    assert.ok(count > 0);
    /** @type {Map<string, {start: bigint, end: bigint, kind: string, span: string}>} */
    const sections = new Map();
    for (let step = 0; sections.size < count && step < 300; step += 1) {
      for (const row of await cells(page, 'critical-path')) {
        const of = (/** @type {string} */ col) => row.find(cell => cell.col === col)?.value ?? '';
        if (of('start_ns')) sections.set(of('start_ns') + of('span_id'), { start: BigInt(of('start_ns')), end: BigInt(of('end_ns')), kind: of('kind'), span: of('span_id') });
      }
      await table.evaluate(list => { list.scrollTop += list.clientHeight / 2; });
      await idle(page);
    }
    const path = [...sections.values()].sort((a, b) => (a.start < b.start ? -1 : 1));
    assert.equal(path.length, count);
    for (const [at, section] of path.entries()) {
      assert.ok(section.end > section.start && ['self', 'wait'].includes(section.kind));
      if (at > 0) assert.equal(section.start, path[at - 1]?.end);
    }
    assert.equal(Number((path.at(-1)?.end ?? 0n) - (path[0]?.start ?? 0n)), await fact(page, 'critical_path_ns'));
    if (more) assert.ok(path.length > 20, 'through the agents');
  }
  const { page } = await openTrace(`&trace=${LARGEST}`);
  const details = page.getByTestId('span-details');
  await page.keyboard.press('.');
  await idle(page);
  const first = await details.getAttribute('data-span-id');
  await page.keyboard.press('.');
  await idle(page);
  assert.notEqual(await details.getAttribute('data-span-id'), first);
});

test('every section of the path is stepped to, forwards and back', async () => {
  for (const more of ['&view=path', '&view=path&through=1']) {
    const { page } = await openTrace(`&trace=${LARGEST}&hooks=1${more}`);
    const total = await rowCount(page, 'critical-path');
    const details = page.getByTestId('span-details');
    const steps = Math.min(total, 14);
    /** @type {(string | null)[]} */
    const there = [];
    for (let step = 0; step < steps; step += 1) {
      await page.keyboard.press('.');
      await idle(page);
      there.push(await details.getAttribute('data-span-id'));
    }
    // The table follows, so its first rows are there.
    const wanted = await page.getByTestId('critical-path').locator('[data-span-id]').evaluateAll(rows => rows.map(row => /** @type {HTMLElement} */ (row).dataset.spanId));
    assert.deepEqual(there.slice(0, wanted.length), wanted.slice(0, steps));
    /** @type {(string | null)[]} */
    const back = [];
    for (let step = 1; step < steps; step += 1) {
      await page.keyboard.press(',');
      await idle(page);
      back.push(await details.getAttribute('data-span-id'));
    }
    assert.deepEqual(back, there.slice(0, -1).reverse());
  }
});

test('concurrency has its lane, peak and parallelism', async () => {
  const { page } = await openTrace(`&trace=${LARGEST}`);
  const lane = page.getByTestId('concurrency');
  assert.ok(Number(await lane.getAttribute('data-peak')) >= 1);
  assert.ok(Number(await lane.getAttribute('data-average')) >= 1);
  assert.ok(await fact(page, 'peak_concurrency') >= 1);
  assert.ok(await fact(page, 'parallelism') > 0);
});

test('search in the trace counts, steps, narrows, and says where it cannot be read', async () => {
  const { page } = await openTrace(`&trace=${LARGEST}`);
  const [field, count] = [page.getByTestId('trace-find'), page.getByTestId('find-count')];
  const details = page.getByTestId('span-details');
  await field.fill('agent:writer');
  await idle(page);
  const matches = Number(await count.getAttribute('data-value'));
  assert.ok(matches > 0);
  assert.match(await address(page), /match=agent/);
  await field.press('Enter');
  await idle(page);
  const first = await details.getAttribute('data-span-id');
  await page.getByTestId('waterfall').focus();
  await page.keyboard.press('n');
  await idle(page);
  if (matches > 1) assert.notEqual(await details.getAttribute('data-span-id'), first);
  await page.getByTestId('matches-only').click();
  await idle(page);
  assert.ok(await rowCount(page, 'waterfall') < 60);
  assert.equal(await page.getByTestId('waterfall').locator('.wr:not(.nomatch)[data-span-id]').count(), matches);
  await page.getByTestId('matches-only').click();
  for (const [text, least] of /** @type {[string, number][]} */ ([['dur>1s', 1], ['service:Agent', 10], ['op:execute', 10], ['attr."agent.name"=critic', 1], ['-op:on_* name:*Engine*', 1]])) {
    await field.fill(text);
    await idle(page);
    assert.ok(Number(await count.getAttribute('data-value')) >= least, text);
  }
  await field.fill('dur>soon');
  await idle(page);
  await page.getByTestId('find-error').waitFor();
  await field.fill('');
  await idle(page);
  assert.doesNotMatch(await address(page), /match=/);
});

test('errors are jumped to, in this order and back', async () => {
  const { page } = await openTrace(`&trace=${FAILED.trace_id}`);
  const details = page.getByTestId('span-details');
  await page.keyboard.press('e');
  await idle(page);
  const first = await details.getAttribute('data-span-id');
  await page.keyboard.press('e');
  await idle(page);
  assert.notEqual(await details.getAttribute('data-span-id'), first);
  await page.keyboard.press('E');
  await idle(page);
  assert.equal(await details.getAttribute('data-span-id'), first);
  assert.ok(await page.getByTestId('waterfall').getByRole('img', { name: 'Error', exact: true }).count() > 0);
  await page.getByRole('button', { name: 'Jump to' }).click();
  await page.getByRole('menuitem', { name: 'First error' }).click();
  await idle(page);
  assert.equal(await details.getAttribute('data-span-id'), '040ff8308468672e', 'the first to end with an error');
});

test('any span can stand for the trace, and a choice outside brings the whole trace back', async () => {
  const { page } = await openTrace(`&trace=${FAILED.trace_id}&span=${FAILED.span_id}`);
  const all = await rowCount(page, 'waterfall');
  await page.keyboard.press('f');
  await idle(page);
  assert.ok(await rowCount(page, 'waterfall') < all);
  assert.equal(await page.getByTestId('waterfall').locator('[data-span-id]').first().getAttribute('aria-level'), '1');
  await page.keyboard.press('f');
  await idle(page);
  assert.equal(await rowCount(page, 'waterfall'), all);
});

test('an agent run tells why it ran and what it caused; steps lead to other runs', async () => {
  const { page } = await openTrace(`&trace=${FAILED.trace_id}&span=${FAILED.span_id}`);
  const lineage = page.getByTestId('lineage');
  await lineage.waitFor();
  const steps = lineage.locator('[data-span-id]');
  assert.ok(await steps.count() >= 2);
  const other = await steps.evaluateAll((elements, own) => elements.map(element => /** @type {HTMLElement} */ (element).dataset.spanId).find(id => id && id !== own), FAILED.span_id);
  assert.ok(other);
  await lineage.locator(`button[data-span-id="${other}"]`).first().click();
  await idle(page);
  assert.equal(await page.getByTestId('span-details').getAttribute('data-span-id'), other);
  await page.getByTestId('span-details').getByRole('tab', { name: /I\/O/ }).click();
  await page.getByTestId('io').waitFor();
});

test('a journey shows the spans of one correlation id across traces', async () => {
  const { page } = await openTrace('&journey=3ceaaf30-8142-48ea-91d9-3080f9b439fc&hooks=1');
  await page.getByRole('heading', { name: 'Journey through 2 traces' }).waitFor();
  assert.ok(await rowCount(page, 'waterfall') >= 253);
  await page.locator('.legend').getByText('artifact flow').waitFor();
  await page.getByTestId('waterfall').locator('[data-span-id]').nth(1).click();
  await idle(page);
  assert.match(await address(page), /journey=/);
  await page.getByRole('button', { name: 'Back to one trace' }).click();
  await idle(page);
  assert.doesNotMatch(await address(page), /journey=/);
  await page.getByTestId('waterfall').waitFor();
});

test('flame graph, table of spans and comparison show the same trace', async () => {
  const opened = await openTrace(`&trace=${LARGEST}&view=flame`);
  const { page } = opened;
  assert.ok(await rowCount(page, 'flame-table') > 10);
  await page.getByRole('tab', { name: 'Spans' }).click();
  await idle(page);
  assert.equal(await rowCount(page, 'trace-spans'), sample.largest.spans.length);
  await page.getByRole('tab', { name: 'Waterfall' }).click();
  await page.keyboard.press('c');
  await idle(page);
  await page.getByTestId('compare').waitFor();
  await page.getByTestId('compare').getByRole('button', { name: /content_review\.batch/ }).click();
  await idle(page);
  assert.match(await address(page), /cmp=[0-9a-f]{32}/);
  assert.ok(await page.getByTestId('compare').locator('[role=row], tr').count() > 5);
  assertNoComplaints(opened);
  assertNoForeignRequests(opened);
});

test('the trace can be saved as OTLP JSON with all its spans and exact times', async () => {
  const { page } = await openTrace(`&trace=${LARGEST}`);
  const download = await saveAs(page, 'OTLP JSON');
  const document = JSON.parse(fs.readFileSync(await download.path(), 'utf8'));
  /** @type {any[]} */
  const spans = document.resourceSpans.flatMap((/** @type {any} */ resource) => resource.scopeSpans.flatMap((/** @type {any} */ scope) => scope.spans));
  assert.deepEqual(
    spans.map(span => [span.spanId, span.startTimeUnixNano, String(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano))]).sort(),
    sample.largest.spans.map((/** @type {any} */ span) => [span.span_id, span.start_ns, span.duration_ns]).sort(),
  );
});

test('the trace can be saved as Parquet and opens again with the same figures', async () => {
  const { page } = await openTrace(`&trace=${LARGEST}`);
  const figures = () => page.locator('.facts').innerText();
  const before = await figures();
  const download = await saveAs(page, 'Parquet');
  assert.equal(download.suggestedFilename(), `trace-${LARGEST}.parquet`);
  const file = path.join(scratch, download.suggestedFilename());
  await download.saveAs(file);
  await openFiles(page, [file]);
  assert.equal(await figures(), before);
  await page.getByTestId('span-details').getByRole('tab', { name: /Attributes/ }).click();
  await idle(page);
  assert.match(await page.getByTestId('span-details').innerText(), /flock\.workflow/);
});

test('a journey that the file does not have says so', async () => {
  const { page } = await site.openPage({ hash: '#/timeline?v=1&sample=showcase&journey=deadbeef' });
  await page.getByText('No span of this file belongs to that journey').waitFor();
});

test('the table of spans is searched too, and a comparison begins in its search', async () => {
  const { page } = await openTrace(`&trace=${FAILED.trace_id}&view=spans`);
  await page.keyboard.press('m');
  await page.keyboard.type('status:error');
  await page.getByTestId('matches-only').click();
  await idle(page);
  assert.equal(await rowCount(page, 'trace-spans'), 6);
  await page.getByTestId('waterfall').or(page.getByTestId('trace-spans')).first().focus();
  await page.keyboard.press('c');
  await idle(page);
  await page.keyboard.type('batch');
  await idle(page);
  await page.keyboard.press('Enter');
  await idle(page);
  assert.match(await address(page), /cmp=87503292/);
  await page.goBack();
  await idle(page);
  assert.doesNotMatch(await address(page), /cmp=8750/);
});

test('a link to the view is copied', async () => {
  const { page } = await openTrace(`&trace=${LARGEST}&view=flame`, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.keyboard.press('y');
  await idle(page);
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), new RegExp(`#/timeline\\?v=1&sample=showcase&trace=${LARGEST}.*view=flame`));
});

for (const size of ['800x600', '360x640']) {
  test(`every view fits a page of ${size}`, async () => {
    for (const more of ['', '&view=flame', '&view=spans', '&view=path', '&cmp=pick']) {
      const opened = await openTrace(`&trace=${LARGEST}${more}`, { size });
      assert.equal(await opened.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, more);
      assertNoComplaints(opened);
      await opened.page.context().close();
    }
  });
}
