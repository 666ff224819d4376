// Traces whose data is odd in every way: shown plainly, explained, never run and never a crash. And what only some traces have: idle gaps.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, assertNoComplaints, assertNoForeignRequests, idle, repoPath, rowCount, useSite } from './lib.mjs';

const site = useSite();
const FILE = repoPath('tests/fixtures/odd_spans.parquet');
const ODD = '0dd00000000000000000000000000001';
const LIMITS = '0dd00000000000000000000000000002';
const WAITS = '0dd00000000000000000000000000003';

/** @param {string} more of the address */
async function open(more) {
  const opened = await site.openPage({ hash: `#/timeline?v=1&${more}`, files: [FILE] });
  await opened.page.getByTestId('span-details').waitFor({ state: 'attached' });
  await idle(opened.page);
  return opened;
}

/** Nothing of the data has become markup or has run. @param {import('./lib.mjs').Opened} opened */
async function assertPlain(opened) {
  assert.equal(await opened.page.locator('#app script, #app img, #app u, #app [onload], #app [onerror]').count(), 0);
  assert.equal(await opened.page.evaluate(() => 'hacked' in window), false);
  assertNoComplaints(opened);
  assertNoForeignRequests(opened);
}

for (const [trace, rows] of /** @type {[string, number][]} */ ([[ODD, 13], [LIMITS, 3], [WAITS, 2]])) {
  test(`trace ${trace.slice(-1)} is whole in every view`, async () => {
    const opened = await open(`trace=${trace}`);
    const { page } = opened;
    assert.equal(await rowCount(page, 'waterfall'), rows);
    for (const view of ['Flame graph', 'Spans', 'Critical path', 'Waterfall']) {
      await page.getByRole('tab', { name: view }).click();
      await idle(page);
      assert.equal(await page.getByTestId('error').count(), 0, view);
    }
    await page.getByRole('tab', { name: 'Spans' }).click();
    await idle(page);
    assert.equal(await rowCount(page, 'trace-spans'), rows);
    await assertPlain(opened);
  });
}

test('every tab of every odd span opens, and hostile text of a megabyte stays text', async () => {
  const opened = await open(`trace=${ODD}&hooks=1`);
  const { page } = opened;
  const details = page.getByTestId('span-details');
  const rows = page.getByTestId('waterfall').locator('[data-span-id]');
  const count = await rows.count();
  assert.equal(count, 13);
  for (let at = 0; at < count; at += 1) {
    await rows.nth(at).locator('.wn').click();
    for (const tab of ['I/O', 'Attributes', 'Events', 'Links', 'Raw', 'Overview']) {
      await details.getByRole('tab', { name: tab }).click();
      await idle(page);
      assert.equal(await details.getByTestId('error').count(), 0, `${at} ${tab}`);
    }
  }
  await rows.filter({ hasText: '<img src=x' }).first().locator('.wn').click();
  await details.getByRole('tab', { name: 'Attributes' }).click();
  await idle(page);
  for (const button of await details.getByRole('button', { name: /^(json|text)$/ }).all()) await button.click();
  await details.getByText('<svg onload', { exact: false }).first().waitFor();
  await details.getByText('<b>key</b>').first().waitFor();
  await details.getByRole('tab', { name: 'Events' }).click();
  await details.getByText('<i>Error</i>').first().waitFor();
  await assertPlain(opened);
});

test('oddities are explained in a notice that leads to them', async () => {
  const { page } = await open(`trace=${ODD}`);
  const notice = page.locator('.th').getByTestId('notice');
  const words = await notice.innerText();
  for (const part of ['1 orphan', '2 spans share an id', '2 circles', '1 span ends before the start', '2 spans without a start or an end']) assert.match(words, new RegExp(part));
  await notice.getByRole('button', { name: 'Go to the first' }).first().click();
  await idle(page);
  assert.equal(await page.getByTestId('span-details').getAttribute('data-span-id'), 'a000000000000007');
});

test('the same error in another trace is listed and led to', async () => {
  const { page } = await open(`trace=${ODD}&span=a000000000000002&tab=events`);
  const same = page.getByTestId('same-error');
  await same.waitFor();
  assert.match(await same.innerText(), /1 span in 1 trace/);
  await same.getByRole('button').click();
  await idle(page);
  assert.match(await address(page), new RegExp(`trace=${WAITS}.*span=c000000000000002|span=c000000000000002.*trace=${WAITS}`));
  assert.match(await page.getByTestId('same-error').innerText(), /1 span in 1 trace/);
});

test('a time that the file does not have is not made up', async () => {
  const { page } = await open(`trace=${ODD}&span=a000000000000005`);
  const details = page.getByTestId('span-details');
  assert.match(await details.innerText(), /Started\s+not recorded/);
  assert.match(await details.innerText(), /no duration/);
  await page.getByRole('tab', { name: 'Spans' }).click();
  await idle(page);
  assert.match(await page.getByTestId('trace-spans').locator('[aria-selected=true]').innerText(), /–/);
});

test('text that turns the direction of reading turns only itself', async () => {
  const { page } = await open(`trace=${ODD}`);
  const name = page.getByTestId('waterfall').locator('[data-span-id]').first().locator('.nm');
  const direction = await name.evaluate(element => getComputedStyle(element).unicodeBidi);
  assert.match(direction, /isolate|plaintext/);
});

test('times at the limits keep every digit', async () => {
  const { page } = await open(`trace=${LIMITS}&tab=raw`);
  const value = (/** @type {string} */ column) => page.getByTestId('raw').locator(`dd[data-col=${column}]`).innerText();
  assert.equal((await value('start_time')).trim(), '-9223372036854775807');
  assert.equal((await value('end_time')).trim(), '9223372036854775807');
});

test('idle time folds to a marked break and unfolds again, in the address too', async () => {
  const { page } = await open(`trace=${WAITS}`);
  const second = page.getByTestId('waterfall').locator('[data-span-id]').nth(1);
  const breaks = page.locator('.water .brk');
  assert.equal(await breaks.count(), 0);
  await second.locator('.wn').click();
  await page.keyboard.press('x');
  await idle(page);
  assert.ok(await breaks.count() > 0);
  assert.match(await breaks.first().getAttribute('title') ?? '', /without work/);
  assert.match(await address(page), /fold=1/);
  await page.keyboard.press('x');
  await idle(page);
  assert.equal(await breaks.count(), 0);
});
