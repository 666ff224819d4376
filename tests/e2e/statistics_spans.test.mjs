// The plain table of the Statistics on the sample: every span in every order as the engine itself orders them, links, keyboard, address.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { startHarness } from './engine_harness.mjs';
import { address, assertNoComplaints, idle, repoPath, useSite } from './lib.mjs';

const site = useSite();
const RAW = '#/statistics?v=1&sample=showcase&raw=1';

/** @type {Awaited<ReturnType<typeof startHarness>>} */
let harness;
/** @type {import('./engine_harness.mjs').TestEngine} */
let engine;
before(async () => {
  harness = await startHarness();
  harness.extra.set('sample.duckdb', gunzipSync(fs.readFileSync(repoPath('src/sample/showcase.duckdb.gz'))));
  engine = await harness.engine();
  await engine.attach('sample.duckdb');
});
after(async () => {
  await engine.end();
  await harness.close();
});

/** @param {string} [more] of the address */
async function openRaw(more = '') {
  const opened = await site.openPage({ hash: RAW + more });
  await opened.page.getByTestId('statistics').waitFor();
  await idle(opened.page);
  return opened;
}

/** The rows in the document: place in the order, span id, and the values of the cells. @param {import('./lib.mjs').Page} page */
const drawn = page => page.getByTestId('statistics').evaluate(list => /** @type {any[]} */ ([.../** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll('[role=row]'))].map(row => ({
  at: Number(row.getAttribute('aria-rowindex')), id: row.dataset.spanId ?? '',
  ...Object.fromEntries([.../** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll('[data-col]'))].map(cell => [cell.dataset.col ?? '', cell.dataset.value ?? ''])),
}))));

/** @param {import('./lib.mjs').Page} page @param {number} share of the way to the end */
async function scrollTo(page, share) {
  await page.getByTestId('statistics').evaluate((list, at) => { list.scrollTop = (list.scrollHeight - list.clientHeight) * at; }, share);
  await idle(page);
}

for (const [sort, order] of [
  ['', 'start_time DESC'],
  ['start_ns', 'start_time'],
  ['-duration_ms', 'duration_ms DESC'],
  ['name', 'name'],
  ['status,-duration_ms', 'status_code, duration_ms DESC'],
  ['service,-name', 'service, name DESC'],
  ['trace_id', 'trace_id'],
]) {
  test(`rows stand as the engine orders them by ${order}, however deep`, async () => {
    const by = order.includes('start_time') ? order : `${order}, start_time`;
    const expected = await engine.rows(`SELECT span_id, duration_ms::VARCHAR AS duration, start_time::VARCHAR AS start, name, trace_id FROM file.spans ORDER BY ${by}, rowid`);
    const { page } = await openRaw(sort && `&rs=${sort}`);
    const list = page.getByTestId('statistics');
    assert.equal(await list.getAttribute('data-count'), String(expected.length));
    assert.equal(await list.getAttribute('aria-rowcount'), String(expected.length));
    for (const share of [0, 0.5, 1, 0.23]) {
      await scrollTo(page, share);
      const rows = await drawn(page);
      assert.ok(rows.length > 20);
      for (const row of rows) {
        const wanted = expected[row.at - 1];
        assert.deepEqual([row.id, row.start_ns, row.name, row.trace_id], [wanted?.span_id, wanted?.start, wanted?.name, wanted?.trace_id], `row ${row.at}`);
        assert.equal(Number(row.duration_ms), Number(wanted?.duration));
        assert.ok(Number(row.self_ms) >= 0 && Number(row.self_ms) <= Number(row.duration_ms) + 1e-6, 'own time is there and no more than the duration');
      }
      if (share === 1) assert.equal(rows.at(-1)?.at, expected.length, 'the last row is reached');
    }
  });
}

test('own time and agents order the rows too, and what is missing comes last', async () => {
  const { page } = await openRaw('&rs=-self_ms');
  const own = (await drawn(page)).map(row => Number(row.self_ms));
  assert.deepEqual(own, [...own].sort((a, b) => b - a));
  await page.locator('[role=columnheader][data-col=agent] button').click();
  await idle(page);
  const agents = (await drawn(page)).map(row => row.agent);
  assert.ok(agents[0]);
  assert.deepEqual(agents, [...agents].sort());
  await scrollTo(page, 1);
  assert.ok((await drawn(page)).every(row => row.agent === ''));
});

test('heads order, with Shift by several columns; the link brings the same order', async () => {
  const { page } = await openRaw();
  const head = (/** @type {string} */ col) => page.locator(`[role=columnheader][data-col=${col}]`);
  assert.equal(await head('start_ns').getAttribute('aria-sort'), 'descending');
  await head('name').locator('button').click();
  await head('duration_ms').locator('button').click({ modifiers: ['Shift'] });
  await idle(page);
  assert.match(decodeURIComponent(await address(page)), /rs=name,-duration_ms/);
  const before = await drawn(page);
  await page.reload();
  await page.getByTestId('statistics').waitFor();
  await idle(page);
  assert.equal(await head('name').getAttribute('aria-sort'), 'ascending');
  assert.equal(await head('duration_ms').getAttribute('aria-sort'), 'descending');
  assert.equal(await head('start_ns').getAttribute('aria-sort'), null);
  assert.deepEqual(await drawn(page), before);
});

test('every row is a link to its span in the Timeline', async () => {
  const opened = await openRaw('&rs=-duration_ms');
  const { page } = opened;
  const row = page.getByTestId('statistics').locator('[role=row]').nth(3);
  const [id, trace, href] = [await row.getAttribute('data-span-id'), await row.locator('[data-col=trace_id]').getAttribute('data-value'), await row.locator('a').getAttribute('href')];
  assert.match(href ?? '', new RegExp(`^#/timeline\\?.*trace=${trace}&span=${id}`));
  await row.click();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.equal(await page.getByTestId('span-details').getAttribute('data-span-id'), id);
  await page.goBack();
  await page.getByTestId('statistics').waitFor();
  await idle(page);
  assertNoComplaints(opened);
});

test('back from a span, the list is where the reader left it', async () => {
  const { page } = await openRaw();
  const list = page.getByTestId('statistics');
  await list.evaluate(element => { element.scrollTop = 6000; });
  await idle(page);
  const row = list.locator('[role=row]').nth(14);
  const id = await row.getAttribute('data-span-id');
  await row.getByRole('link').click();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  await page.goBack();
  await list.waitFor();
  await idle(page);
  assert.ok((await list.evaluate(element => element.scrollTop)) > 3000);
  assert.equal(await list.locator('[aria-selected=true]').getAttribute('data-span-id'), id);
});

test('the keyboard reaches the last row, and the focus outlives scrolling', async () => {
  const { page } = await openRaw('&rs=name');
  const list = page.getByTestId('statistics');
  await list.focus();
  await page.keyboard.press('End');
  await idle(page);
  const last = (await drawn(page)).at(-1);
  assert.equal(String(last?.at), await list.getAttribute('data-count'));
  const selected = () => list.locator('[aria-selected=true]').getAttribute('aria-rowindex');
  assert.equal(await selected(), String(last?.at));
  await list.evaluate(element => { element.scrollTop = 0; });
  await idle(page);
  assert.equal(await list.evaluate(element => document.activeElement === element), true);
  assert.equal(await selected(), String(last?.at), 'the active row stays in the document');
  await page.keyboard.press('PageUp');
  await page.keyboard.press('ArrowDown');
  await idle(page);
  const id = await list.locator('[aria-selected=true]').getAttribute('data-span-id');
  await page.keyboard.press('Enter');
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.equal(await page.getByTestId('span-details').getAttribute('data-span-id'), id);
});

test('only what is in scope has a row', async () => {
  const { page } = await openRaw('&q=status%3Aerror&rs=start_ns');
  const expected = await engine.rows("SELECT span_id FROM file.spans WHERE status_code = 'ERROR' ORDER BY start_time, rowid");
  assert.equal(await page.getByTestId('statistics').getAttribute('data-count'), String(expected.length));
  const rows = await drawn(page);
  assert.deepEqual(rows.map(row => row.id), expected.slice(0, rows.length).map(row => row.span_id));
});

test('a dragged scroll bar never leads through blank rows', async () => {
  const { page } = await openRaw('&rs=-duration_ms');
  const longest = await page.getByTestId('statistics').evaluate(async list => {
    let [since, worst] = [0, 0];
    for (let step = 0; step <= 60; step += 1) {
      list.scrollTop = (list.scrollHeight - list.clientHeight) * (step % 2 ? step / 60 : 1 - step / 60);
      const now = await new Promise(done => requestAnimationFrame(time => setTimeout(() => done(time), 0)));
      const box = list.getBoundingClientRect();
      const blank = [0.1, 0.5, 0.9].some(share => {
        const row = document.elementFromPoint(box.left + 40, box.top + box.height * share)?.closest('[role=row]');
        return !row || row.classList.contains('wait');
      });
      since = blank ? since || now : 0;
      worst = Math.max(worst, since ? now - since : 0);
    }
    return worst;
  });
  // On a busy machine; the benchmark says how long it is on an idle one.
  assert.ok(longest <= 1000, `blank for ${longest} ms`);
});
