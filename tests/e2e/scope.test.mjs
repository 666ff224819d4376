// The filter and the time range over every mode: the bar, what obeys it, the address, undo, bad input.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { assertNoComplaints, idle, repoPath, rowCount, useSite } from './lib.mjs';

const site = useSite();
const sample = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/showcase_expected.json'), 'utf8'));
/** Spans, traces and failed spans of filters, taken with native DuckDB. */
const EXPECTED = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/scope_expected.json'), 'utf8'));
const SAMPLE = '#/timeline?v=1&sample=showcase';

/** @param {string} [more] of the address @param {object} [options] */
async function openSample(more = '', options = {}) {
  const opened = await site.openPage({ hash: SAMPLE + more, ...options });
  await opened.page.getByTestId('match-count').waitFor();
  await idle(opened.page);
  return opened;
}

/** @param {import('./lib.mjs').Page} page */
async function counts(page) {
  const element = page.getByTestId('match-count');
  return [Number(await element.getAttribute('data-spans')), Number(await element.getAttribute('data-traces')), Number(await element.getAttribute('data-errors'))];
}

/** @param {import('./lib.mjs').Page} page @param {string} text */
async function type(page, text) {
  await page.getByTestId('filter').fill(text);
  await idle(page);
}

/** @param {import('./lib.mjs').Page} page @param {string} key */
// Asked of the page: what Playwright knows of the address follows a little later.
const param = (page, key) => page.evaluate(wanted => new URLSearchParams(location.hash.split('?')[1]).get(wanted), key);

const WHOLE = [sample.spans, sample.traces, sample.errors];

test('typed filters count what native DuckDB counts, and the address carries them', async () => {
  const opened = await openSample();
  const { page } = opened;
  assert.deepEqual(await counts(page), WHOLE);
  for (const { filter, counts: expected } of EXPECTED.filters) {
    await type(page, filter);
    assert.deepEqual(await counts(page), expected, filter);
    assert.equal(await param(page, 'q'), filter);
  }
  await type(page, '');
  assert.deepEqual(await counts(page), WHOLE);
  assert.equal(await param(page, 'q'), null);
  assertNoComplaints(opened);
});

test('own time can be filtered by, and is that of the trace’s tree', async () => {
  const { page } = await openSample();
  for (const least of [1_000_000, 10_000_000, 100_000_000]) {
    await type(page, `trace:${sample.largest.trace_id} self>=${least / 1e6}ms`);
    const expected = EXPECTED.own_time_of_the_largest_trace.self_ns.filter((/** @type {number} */ own) => own >= least).length;
    assert.equal((await counts(page))[0], expected, `${least} ns`);
  }
});

test('the list of traces and the rows obey at once', async () => {
  const { page } = await openSample(`&trace=${sample.failed_span.trace_id}`);
  await page.getByTestId('waterfall').waitFor();
  const before = await rowCount(page, 'waterfall');
  await type(page, 'status:error');
  const [, traces] = await counts(page);
  assert.equal(await rowCount(page, 'trace-list'), traces);
  const after = await rowCount(page, 'waterfall');
  assert.ok(after > 0 && after < before, `${before} -> ${after}`);
  const note = page.getByTestId('scope-note');
  const shown = Number(await note.getAttribute('data-value'));
  assert.ok(shown > 0 && shown <= after);
  await note.getByRole('button', { name: 'Show the rest weaker' }).click();
  await idle(page);
  assert.equal(await rowCount(page, 'waterfall'), before);
  assert.equal(await param(page, 'rest'), 'dim');
});

test('a link that names no trace opens the first that the filter leaves', async () => {
  const { page } = await site.openPage({ hash: '#/timeline?v=1&sample=showcase&q=service:Agent' });
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  const first = await page.getByTestId('trace-list').locator('[data-trace-id]').first().getAttribute('data-trace-id');
  assert.match(await page.evaluate(() => location.hash), new RegExp(`trace=${first}`));
  assert.notEqual(await page.getByTestId('scope-note').getAttribute('data-value').catch(() => null), '0');
});

test('a link restores filter and range; chips remove their part; undo brings it back', async () => {
  const { page } = await openSample(`&q=${encodeURIComponent('service:Agent -op:on_* dur>10ms')}`);
  const chips = page.getByTestId('chip');
  assert.deepEqual(await chips.evaluateAll(all => all.map(chip => chip.getAttribute('title')?.replaceAll('\u00a0', ' '))), ['service is Agent', 'operation is not on_*', 'duration > 10.0 ms']);
  await page.getByRole('button', { name: 'Remove duration' }).click();
  await idle(page);
  assert.equal(await param(page, 'q'), 'service:Agent -op:on_*');
  await page.keyboard.press('Control+z');
  await idle(page);
  assert.equal(await param(page, 'q'), 'service:Agent -op:on_* dur>10ms');
  await page.goBack();
  await idle(page);
  assert.equal(await param(page, 'q'), 'service:Agent -op:on_*');
});

test('a filter that cannot be read keeps the last good one and shows where it broke', async () => {
  const { page } = await openSample();
  await type(page, 'status:error');
  const good = await counts(page);
  await type(page, 'status:error service:(A');
  assert.deepEqual(await counts(page), good);
  assert.equal(await param(page, 'q'), 'status:error', 'the address says what is in force');
  const error = page.getByTestId('filter-error');
  await error.waitFor();
  assert.equal(await page.getByTestId('filter').getAttribute('aria-invalid'), 'true');
  assert.ok((await error.locator('u').count()) === 1, 'the place is marked');
  // The same text in a link: nothing good is known yet, so nothing is hidden.
  const { page: linked } = await openSample(`&q=${encodeURIComponent('service:(A')}`);
  assert.deepEqual(await counts(linked), WHOLE);
  await linked.getByTestId('filter-error').waitFor();
});

test('a reload brings back what was in force, not what was being typed', async () => {
  const { page } = await openSample();
  await type(page, 'status:error');
  const good = await counts(page);
  await type(page, 'status:error dur>abc');
  await page.getByTestId('match-count').click();
  await idle(page);
  assert.equal(await page.getByTestId('filter').inputValue(), 'status:error dur>abc', 'the draft is not lost by a click elsewhere');
  assert.equal(await page.getByTestId('chip').count(), 0, 'chips would hide it');
  await page.reload();
  await idle(page);
  assert.deepEqual(await counts(page), good);
  assert.equal(await page.getByTestId('filter').inputValue(), 'status:error');
  assert.equal(await page.getByTestId('filter-error').count(), 0);
});

test('Back stops at each filter that was committed, and at nothing that was only typed', async () => {
  const { page } = await openSample();
  const field = page.getByTestId('filter');
  await field.focus();
  await field.pressSequentially('dur>100ms', { delay: 200 });
  await field.press('Enter');
  await idle(page);
  await field.pressSequentially(' service:Age', { delay: 200 });
  await field.press('ArrowDown');
  await field.press('Enter');
  await idle(page);
  assert.equal(await param(page, 'q'), 'dur>100ms service:Agent');
  await field.pressSequentially('status:error', { delay: 200 });
  await page.getByTestId('match-count').click();
  await idle(page);
  assert.equal(await param(page, 'q'), 'dur>100ms service:Agent status:error');
  for (const expected of ['dur>100ms service:Agent', 'dur>100ms', null]) {
    await page.goBack();
    await idle(page);
    assert.equal(await param(page, 'q'), expected);
    assert.equal(await field.inputValue(), expected ?? '');
  }
  await page.goForward();
  await idle(page);
  assert.equal(await param(page, 'q'), 'dur>100ms');
});

test('Escape closes the list, then discards all that was typed since the field was entered', async () => {
  const { page } = await openSample('&q=root:true');
  const before = await counts(page);
  for (const delay of [0, 250]) {
    await page.keyboard.press('/');
    await page.keyboard.press('End');
    await page.keyboard.type(' dur>100ms status:err', { delay });
    await idle(page);
    await page.getByTestId('filter-list').waitFor();
    await page.keyboard.press('Escape');
    await idle(page);
    assert.equal(await page.getByTestId('filter-list').count(), 0);
    assert.match(await page.getByTestId('filter').inputValue(), /status:err$/);
    await page.keyboard.press('Escape');
    await idle(page);
    assert.equal(await param(page, 'q'), 'root:true');
    assert.deepEqual(await counts(page), before);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
  }
  // Typed to its end there is no list, so one key is enough.
  await page.keyboard.press('/');
  await page.keyboard.press('End');
  await page.keyboard.type(' dur>100ms status:error');
  await page.keyboard.press('Escape');
  await idle(page);
  assert.equal(await param(page, 'q'), 'root:true');
});

test('what is wrong is said above the completions too', async () => {
  const { page } = await openSample();
  await page.getByTestId('filter').pressSequentially('dur>abc op:x');
  await idle(page);
  await page.getByTestId('filter-list').waitFor();
  const error = page.getByTestId('filter-error');
  assert.match(await error.innerText(), /dur needs a time/);
  assert.equal(await error.locator('u').innerText(), 'abc');
});

test('the message blocks nothing, stays small and can be closed', async () => {
  for (const size of ['1440x900', '800x600']) {
    const { page } = await site.openPage({ hash: `#/statistics?v=1&sample=showcase&q=${encodeURIComponent('dur>abc')}`, size });
    const error = page.getByTestId('filter-error');
    await error.waitFor();
    const box = await error.boundingBox();
    assert.ok(box);
    const hit = await page.evaluate(([x, y]) => document.elementFromPoint(x, y)?.closest('[data-testid=filter-error]') === null, [box.x + 20, box.y + box.height / 2]);
    assert.ok(hit, 'clicks go through');
    await error.getByRole('button', { name: 'Close the message' }).click();
    await error.waitFor({ state: 'detached' });
    assert.equal(await page.getByTestId('filter').getAttribute('aria-invalid'), 'true', 'the field still says so');
    await type(page, '('.repeat(3000));
    await error.waitFor();
    const high = await error.boundingBox();
    assert.ok(high && high.height < 130, `${high?.height}`);
    await page.keyboard.press('Escape');
    await error.waitFor({ state: 'detached' });
  }
});

test('one notice says when everything is hidden, and leads out', async () => {
  const { page } = await openSample();
  await type(page, 'service:Agent dur>100s');
  const notice = page.locator('[data-reason=hides-all]');
  await notice.waitFor();
  assert.equal(await page.getByTestId('notice').count(), 1);
  await notice.getByRole('button', { name: /^Remove .*duration/ }).click();
  await idle(page);
  assert.equal(await param(page, 'q'), 'service:Agent');
  await type(page, 'dur>100s');
  await page.getByTestId('clear-filter').click();
  await idle(page);
  assert.deepEqual(await counts(page), WHOLE);
  assert.equal(await notice.count(), 0);
});

test('a time range outside of the file is told once, without a word of a filter', async () => {
  for (const mode of ['statistics', 'timeline', 'red']) {
    const { page } = await site.openPage({ hash: `#/${mode}?v=1&sample=showcase&from=1&to=2` });
    const notice = page.locator('[data-reason=hides-all]');
    await notice.getByText(/lies before this file/).waitFor();
    await idle(page);
    assert.equal(await page.getByTestId('notice').count(), 1, mode);
    assert.doesNotMatch(await notice.innerText(), /filter/, mode);
    assert.doesNotMatch(await page.locator('#panel').innerText(), /No span matches|No trace matches/, mode);
    if (mode === 'timeline') assert.match(await page.locator('.centre').innerText(), /as soon as one has a span in view/);
    await page.context().close();
  }
});

test('the time range is brushed by pointer and by keyboard', async () => {
  const { page } = await openSample();
  const box = await page.getByTestId('time-brush').boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + box.width * 0.25, box.y + 12);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 12, { steps: 4 });
  await page.mouse.move(box.x + box.width * 0.75, box.y + 12, { steps: 4 });
  await page.mouse.up();
  await idle(page);
  const [from, to] = [await param(page, 'from'), await param(page, 'to')];
  assert.ok(from && to && BigInt(from) < BigInt(to), `${from} ${to}`);
  const [inside] = await counts(page);
  assert.ok(inside > 0 && inside < sample.spans);
  await page.getByTestId('range-from').focus();
  await page.keyboard.press('Home');
  await idle(page);
  assert.equal(await param(page, 'from'), null);
  await page.keyboard.press('Shift+ArrowRight');
  await idle(page);
  assert.ok(await param(page, 'from'));
  await page.getByTestId('range-reset').click();
  await idle(page);
  assert.deepEqual(await counts(page), WHOLE);
  assert.equal(await param(page, 'to'), null);
});

test('a range in the address counts what native DuckDB counts', async () => {
  for (const { from, to, counts: expected } of EXPECTED.ranges) {
    const { page } = await openSample(`&from=${from}${to ? `&to=${to}` : ''}`);
    assert.deepEqual(await counts(page), expected, `${from} ${to}`);
  }
});

test('keys, values and attributes are completed from the file', async () => {
  const { page } = await openSample();
  const offered = async (/** @type {string} */ text) => {
    await page.getByTestId('filter').fill('');
    await page.getByTestId('filter').pressSequentially(text);
    await idle(page);
    // Without the key that takes the first.
    return page.getByTestId('filter-list').getByRole('option').evaluateAll(options => options.map(option => [...option.querySelectorAll('span')].map(part => part.textContent).join('')));
  };
  assert.ok((await offered('servi')).some(option => option.startsWith('service')));
  assert.ok((await offered('service:Ag')).includes('Agent'));
  assert.ok((await offered('agent:cri')).includes('critic'));
  assert.match((await offered('agent:')).at(-1) ?? '', /^\(none\)/);
  assert.ok((await offered('attr.agent')).includes('agent.name'));
  assert.ok((await offered('attr.agent.name:wri')).includes('writer'));
  assert.ok((await offered('workflow:content')).includes('content_review'));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.match(String(await param(page, 'q')), /^workflow:content_review/);
});

test('the keyboard reaches the filter and leaves it', async () => {
  const { page } = await openSample();
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-testid')), 'filter');
  await page.keyboard.type('status:error');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.equal(await param(page, 'q'), 'status:error');
  await page.keyboard.press('Escape');
  assert.notEqual(await page.evaluate(() => document.activeElement?.getAttribute('data-testid')), 'filter');
  await idle(page);
  await page.keyboard.press('Control+z');
  await idle(page);
  assert.equal(await param(page, 'q'), null);
});

test('the times below the range stand where they are, at every width', async () => {
  for (const size of ['1440x900', '1100x700', '800x600']) {
    const { page } = await openSample('', { size });
    const box = await page.getByTestId('time-brush').boundingBox();
    const [start, end] = await Promise.all(['range-from', 'range-to'].map(async id => Number(await page.getByTestId(id).getAttribute('data-value')) / 1e6));
    assert.ok(box && start && end);
    const labels = await page.locator('.brushbox .brush-ax span').evaluateAll(all => all.map(label => {
      const { left, right } = label.getBoundingClientRect();
      return { text: label.textContent ?? '', left, right };
    }));
    assert.ok(labels.length > 0, size);
    for (const [at, { text, left, right }] of labels.entries()) {
      assert.ok(left >= box.x - 1 && right <= box.x + box.width + 1, `${text} is cut at ${size}`);
      assert.ok(at === 0 || left > (labels[at - 1]?.right ?? 0), `${text} touches its neighbour at ${size}`);
      const moment = new Date(start + ((left + right) / 2 - box.x) / box.width * (end - start));
      const clock = text.split(' ').at(-1) ?? '';
      const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
      const there = new Date(moment);
      there.setHours(hours, minutes, seconds, 0);
      assert.ok(Math.abs(there.getTime() - moment.getTime()) <= Math.max(1000, (end - start) / 100), `${text} stands at ${moment.toISOString()} (${size})`);
    }
  }
});
