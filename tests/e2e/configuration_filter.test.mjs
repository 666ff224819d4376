// The filter's sections of the Configuration on the sample: rows, lists, brushes, presets, links; with pointer and with keys alone.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { assertNoComplaints, idle, repoPath, useSite } from './lib.mjs';

const site = useSite();
const sample = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/showcase_expected.json'), 'utf8'));
/** Spans, traces and failed spans of filters, taken with native DuckDB. */
const EXPECTED = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/scope_expected.json'), 'utf8'));
const PAGE = '#/configuration?v=1&sample=showcase';

/** @typedef {import('./lib.mjs').Page} Page */

/** @param {string} [more] of the address @param {object} [options] */
async function open(more = '', options = {}) {
  const opened = await site.openPage({ hash: PAGE + more, ...options });
  await opened.page.getByTestId('preview').waitFor();
  await idle(opened.page);
  return opened;
}

/** @param {Page} page @param {string} key */
const param = (page, key) => page.evaluate(wanted => new URLSearchParams(location.hash.split('?')[1]).get(wanted), key);

/** @param {Page} page */
async function preview(page) {
  const element = page.getByTestId('preview');
  return Promise.all(['spans', 'traces', 'errors'].map(async name => Number(await element.getAttribute(`data-${name}`))));
}

/** @param {Page} page @param {number} row */
const condition = (page, row) => page.locator(`#cond-${row}`);

test('rows show the filter of the address, and count what native DuckDB counts', async () => {
  for (const { filter, counts } of EXPECTED.filters.slice(0, 6)) {
    const opened = await open(`&q=${encodeURIComponent(filter)}`);
    assert.deepEqual(await preview(opened.page), counts, filter);
    assert.equal(await opened.page.getByTestId('filter-text').getAttribute('data-value'), await param(opened.page, 'q'));
    assert.ok(await opened.page.getByTestId('condition').count() > 0);
    assertNoComplaints(opened);
    await opened.page.close();
  }
});

test('a filter built by hand stands in the address, row by row', async () => {
  const opened = await open();
  const { page } = opened;
  await page.locator('#add-condition').click();
  await idle(page);
  await page.locator('#cond-0-value').fill('Agent');
  await page.locator('#cond-0-value').press('Enter');
  await idle(page);
  assert.equal(await param(page, 'q'), 'service:Agent');
  await page.keyboard.press('Escape');
  await page.locator('#add-condition').click();
  await idle(page);
  await condition(page, 1).getByLabel('Field').selectOption('dur');
  await idle(page);
  const duration = condition(page, 1).getByLabel('Duration');
  await duration.fill('soon');
  assert.match(await condition(page, 1).getByRole('alert').textContent() ?? '', /number and a unit/);
  assert.equal(await param(page, 'q'), 'service:Agent', 'an unfinished row changes nothing');
  await duration.fill('1ms');
  await duration.press('Enter');
  await idle(page);
  assert.equal(await param(page, 'q'), 'service:Agent dur>=1ms');
  // Each row says what it matches by itself, the result what all of them leave.
  const alone = Number(await condition(page, 0).locator('[data-col=matches]').getAttribute('data-value'));
  assert.ok(alone >= (await preview(page))[0] && alone < sample.spans);
  await page.locator('#match-any').click();
  await idle(page);
  assert.equal(await param(page, 'q'), 'service:Agent OR dur>=1ms');
  await page.locator('#match-all').click();
  await condition(page, 0).getByRole('switch').click();
  await idle(page);
  assert.deepEqual([await param(page, 'q'), await param(page, 'off')], ['dur>=1ms', '0 service:Agent']);
  assert.equal(await page.getByTestId('condition').count(), 2);
  await page.reload();
  await page.getByTestId('preview').waitFor();
  await idle(page);
  assert.equal(await condition(page, 0).getAttribute('data-on'), 'false', 'it survives a reload');
  await condition(page, 0).getByRole('switch').click();
  await idle(page);
  assert.equal(await param(page, 'q'), 'service:Agent dur>=1ms');
  await page.getByRole('button', { name: 'Remove condition 2' }).click();
  await idle(page);
  assert.equal(await param(page, 'q'), 'service:Agent');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await idle(page);
  assert.equal(await param(page, 'q'), 'service:Agent dur>=1ms');
  assertNoComplaints(opened);
});

test('what a row cannot show is edited as text, in place', async () => {
  const { page } = await open(`&q=${encodeURIComponent('service:Agent (status:error OR dur>1s)')}`);
  await condition(page, 1).getByRole('button', { name: /Edit condition 2/ }).click();
  const text = page.locator('#cond-1-text');
  assert.equal(await text.inputValue(), 'status:error OR dur>1s');
  await text.fill('status:error OR');
  await idle(page);
  assert.match(await condition(page, 1).getByRole('alert').textContent() ?? '', /needs a condition/);
  await text.fill('status:error OR dur>2s');
  await text.press('Enter');
  await idle(page);
  assert.equal(await param(page, 'q'), 'service:Agent (status:error OR dur>2s)');
});

test('lists: only, hide, boxes and search agree with the filter', async () => {
  const opened = await open('&q=dur%3E%3D0ms');
  const { page } = opened;
  const row = (/** @type {string} */ value) => page.getByTestId('value').filter({ has: page.locator(`[data-col=value][data-value="${value}"]`) });
  const spans = Number(await row('WriterEngine').locator('[data-col=spans]').getAttribute('data-value'));
  await row('WriterEngine').hover();
  await row('WriterEngine').getByRole('button', { name: 'only' }).click();
  await idle(page);
  assert.equal(await param(page, 'q'), 'dur>=0ms service:WriterEngine');
  assert.equal((await preview(page))[0], spans);
  await row('CriticEngine').getByRole('checkbox').click();
  await idle(page);
  assert.equal(await param(page, 'q'), 'dur>=0ms service:WriterEngine,CriticEngine');
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await idle(page);
  await row('WriterEngine').hover();
  await row('WriterEngine').getByRole('button', { name: 'hide' }).click();
  await idle(page);
  assert.equal(await param(page, 'q'), 'dur>=0ms -service:WriterEngine');
  assert.equal((await preview(page))[0], sample.spans - spans);
  assert.equal(await row('WriterEngine').getAttribute('data-on'), 'false');
  const hidden = (/** @type {string} */ col) => row('WriterEngine').locator(`[data-col=${col}]`).getAttribute('data-value');
  assert.deepEqual([await hidden('shown'), await hidden('errors')], ['0', '0'], 'no errors of no spans');
  await page.getByLabel('Search the services').fill('critic');
  await idle(page);
  assert.equal(await page.getByTestId('value').count(), 1);
  assertNoComplaints(opened);
});

test('the time range is chosen by pointer, by keys and to the nanosecond', async () => {
  const opened = await open();
  const { page } = opened;
  const total = await page.getByTestId('time-histogram').locator('[data-col=spans]').evaluateAll(cells => cells.reduce((sum, cell) => sum + Number(/** @type {HTMLElement} */ (cell).dataset.value), 0));
  assert.equal(total, sample.spans, 'every span is in a bar');
  const box = await page.getByTestId('time-range').boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + box.width * 0.25, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 4 });
  await page.mouse.up();
  await idle(page);
  const [from, to] = [BigInt(await param(page, 'from') ?? 0), BigInt(await param(page, 'to') ?? 0)];
  const width = Number(to - from);
  assert.ok(width > 0);
  const few = (await preview(page))[0];
  assert.ok(few < sample.spans);
  await page.getByTestId('time-from').press('ArrowRight');
  await idle(page);
  const moved = Number(BigInt(await param(page, 'from') ?? 0) - from);
  await page.getByTestId('time-to').press('Shift+ArrowRight');
  await idle(page);
  const far = Number(BigInt(await param(page, 'to') ?? 0) - to);
  assert.ok(Math.abs(far / moved - 10) < 0.01, `${moved} and ${far}`);
  const start = page.getByLabel('Start', { exact: true });
  await start.fill('gestern');
  await start.press('Enter');
  await page.locator('#range-error').waitFor();
  await start.fill('+1.000000001s');
  await start.press('Enter');
  await idle(page);
  const first = BigInt(await page.getByTestId('time-from').getAttribute('data-value') ?? 0);
  assert.equal(String(first), await param(page, 'from'));
  await page.getByRole('button', { name: 'Whole file', exact: true }).click();
  await idle(page);
  assert.deepEqual([await param(page, 'from'), await param(page, 'to')], [null, null]);
  assert.equal((await preview(page))[0], sample.spans);
  assertNoComplaints(opened);
});

test('a whole trace is hidden from the Timeline and shown again here', async () => {
  const { page } = await open();
  await page.getByRole('tab', { name: 'Timeline', exact: true }).click();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  const chosen = () => page.getByTestId('trace-list').locator('[aria-selected=true]').getAttribute('data-trace-id');
  const [first, traces] = [await chosen(), Number(await page.getByTestId('trace-list').getAttribute('data-count'))];
  await page.getByRole('button', { name: 'Hide this trace' }).click();
  await idle(page);
  const second = await chosen();
  await page.keyboard.press('Delete');
  await idle(page);
  assert.equal(await param(page, 'q'), `-trace:${first} -trace:${second}`);
  assert.equal(Number(await page.getByTestId('trace-list').getAttribute('data-count')), traces - 2);
  assert.ok(![first, second, null].includes(await chosen()), 'the next one takes its place');
  await page.getByRole('tab', { name: 'Configuration', exact: true }).click();
  await idle(page);
  const hidden = page.getByRole('switch', { name: /^Hide Trace \D/ });
  assert.equal(await hidden.count(), 2, 'by their names');
  await hidden.first().click();
  await idle(page);
  assert.equal(await param(page, 'q'), `-trace:${second}`);
});

test('hidden spans: hooks, a pattern of one’s own, and back', async () => {
  const { page } = await open();
  const hooks = page.getByRole('switch', { name: 'Hide Framework hooks' });
  const row = page.getByTestId('hidden').first();
  const hides = Number(await row.locator('[data-col=spans]').getAttribute('data-value'));
  await hooks.click();
  await idle(page);
  assert.equal(await param(page, 'q'), '-((op:on_*,should_activate OR name:Flock.register_agent) dur<1ms -status:error)');
  assert.equal((await preview(page))[0], sample.spans - hides);
  await page.locator('#add-pattern').click();
  await page.locator('#hide-pattern').fill('service:WriterEngine');
  await page.locator('#hide-pattern').press('Enter');
  await idle(page);
  assert.match(await param(page, 'q') ?? '', / -service:WriterEngine$/);
  await page.getByRole('switch', { name: 'Hide Pattern' }).click();
  await hooks.click();
  await idle(page);
  assert.equal(await param(page, 'q'), null);
});

test('presets are saved, applied, exported and imported', async () => {
  const opened = await open('&q=status:error');
  const { page } = opened;
  await page.keyboard.press('Control+Enter');
  const marked = await page.locator('#preset-name').evaluate((/** @type {HTMLInputElement} */ field) => field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0));
  assert.equal(marked, 'status:error', 'typing takes the place of the name that is offered');
  await page.locator('#preset-name').fill('Mine');
  await page.locator('#preset-name').press('Enter');
  await idle(page);
  const preset = (/** @type {string} */ name) => page.locator(`[data-testid=preset][data-name="${name}"]`);
  assert.equal(Number(await preset('Mine').locator('[data-col=spans]').getAttribute('data-value')), sample.errors);
  await preset('Everything').locator('.preset-b').click();
  await idle(page);
  assert.equal(await param(page, 'q'), null);
  await page.reload();
  await page.getByTestId('preview').waitFor();
  await idle(page);
  await preset('Mine').locator('.preset-b').click();
  await idle(page);
  assert.equal(await param(page, 'q'), 'status:error');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  const text = fs.readFileSync(await download.path(), 'utf8');
  assert.deepEqual(JSON.parse(text).presets, [{ name: 'Mine', q: 'status:error' }]);
  await page.getByTestId('preset-file').setInputFiles({ name: 'p.json', mimeType: 'application/json', buffer: Buffer.from(text.replace('status:error', 'root:true')) });
  await preset('Mine (2)').waitFor();
  await page.getByTestId('preset-file').setInputFiles({ name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from('{') });
  await page.getByText(/bad\.json could not be imported/).waitFor();
  assert.equal(await page.getByTestId('notice').count(), 0, 'it is told where it happened');
  assert.equal(await page.getByTestId('preset-failed').count(), 1);
  assert.equal(await page.getByTestId('preset-said').isVisible(), false, 'nothing of an import before');
  assertNoComplaints(opened);
});

test('the link carries what it is told to, and restores it', async () => {
  const { page } = await open('&q=service:Agent');
  const link = async () => await page.getByTestId('link').getAttribute('data-value') ?? '';
  assert.match(await link(), /#\/timeline\?v=1&sample=showcase&q=service/);
  await page.getByLabel('Filters', { exact: true }).last().click();
  await idle(page);
  assert.doesNotMatch(await link(), /q=/);
  await page.getByLabel('Filters', { exact: true }).last().click();
  await idle(page);
  const before = await preview(page);
  const other = await site.openPage({ hash: `#${(await link()).split('#')[1]}` });
  await other.page.getByTestId('match-count').waitFor();
  await idle(other.page);
  assert.equal(Number(await other.page.getByTestId('match-count').getAttribute('data-spans')), before[0]);
});

test('a condition is made with keys alone', async () => {
  const { page } = await open();
  await page.keyboard.press('n');
  await idle(page);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Field');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Writer');
  await idle(page);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.equal(await param(page, 'q'), 'service:WriterEngine');
});

test('only the end of the time range that is wrong is marked', async () => {
  const { page } = await open();
  await page.getByLabel('End', { exact: true }).fill('soon');
  await page.getByLabel('End', { exact: true }).press('Enter');
  await page.locator('#range-error').waitFor();
  assert.equal(await page.getByLabel('End', { exact: true }).getAttribute('aria-invalid'), 'true');
  assert.equal(await page.getByLabel('Start', { exact: true }).getAttribute('aria-invalid'), 'false');
});

test('durations that shut each other out are told at the fields', async () => {
  const { page } = await open();
  for (const [label, text] of [['At least', '100ms'], ['Less than', '1ms']]) {
    await page.getByLabel(label, { exact: true }).fill(text);
    await page.getByLabel(label, { exact: true }).press('Enter');
    await idle(page);
  }
  await page.locator('#duration-error').waitFor();
  for (const label of ['At least', 'Less than']) assert.equal(await page.getByLabel(label, { exact: true }).getAttribute('aria-invalid'), 'true');
});
