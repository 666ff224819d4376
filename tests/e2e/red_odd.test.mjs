// RED Metrics of files in which there is nothing to divide by or nothing to write: one span, one instant, no lengths, errors alone, services
// without a name, thousands of services. And what a link can ask that cannot be.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { address, assertNoComplaints, idle, repoPath, useSite } from './lib.mjs';

const site = useSite();
const has_python = spawnSync('python3', ['-c', 'import duckdb']).status === 0;
const skip = has_python ? false : 'python3 with duckdb is missing';
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'red-odd-'));
before(() => { if (has_python) execFileSync('python3', [repoPath('tests/data/red_odd.py'), folder]); });
after(() => fs.rmSync(folder, { recursive: true, force: true }));

/** @typedef {import('./lib.mjs').Page} Page */

/** @param {string} hash @param {string[]} [files] */
async function open(hash, files = []) {
  const opened = await site.openPage({ hash: `#/red?v=1${hash}`, files });
  await opened.page.locator('#red-charts').waitFor();
  await idle(opened.page);
  return opened;
}

/** All that the mode says, titles and labels too. @param {Page} page */
const words = page => page.locator('.redm').evaluate(mode => [
  mode.textContent,
  ...[...mode.querySelectorAll('*')].flatMap(element => ['title', 'aria-label', 'data-value'].map(name => element.getAttribute(name))),
].join(' ').replace(/\s+/g, ' '));

/** @param {import('./lib.mjs').Opened} opened */
async function assertSane(opened) {
  assert.doesNotMatch(await words(opened.page), /NaN|Infinity|undefined|null/);
  assert.equal(await opened.page.getByTestId('error').count(), 0);
  assertNoComplaints(opened);
}

/** What stands in the charts that show nothing, by chart. @param {Page} page */
const nothing = page => page.locator('#red-charts figure').evaluateAll(figures => Object.fromEntries(
  figures.map(figure => [figure.getAttribute('data-panel'), figure.querySelector('.ch-none')?.textContent ?? null])));

/** Figures of the first card. @param {Page} page */
const total = async page => (await page.locator('.cards .rc').first().getAttribute('aria-label') ?? '').replace(/\s+/g, ' ');

/** @type {[string, RegExp, Record<string, string | null>][]} */
const files = [
  ['one', /1 span, rate 200 \/s, errors 0 %, p95 5.00 ms/, { rate: null, errors: 'No errors', duration: null }],
  ['instant', /1 span, rate –, errors 0 %, p95 0 ns/, { rate: 'No rate: the time range has no length', errors: 'No errors', duration: null }],
  ['same', /400 spans, rate –, errors 0 %/, { rate: 'No rate: the time range has no length', errors: 'No errors', duration: null }],
  ['zero', /400 spans, rate 10.0 \/s, errors 0 %, p95 0 ns/, { rate: null, errors: 'No errors', duration: null }],
  ['failed', /400 spans, .*errors 100 %/, { rate: null, errors: null, duration: null }],
  ['many', /20,000 spans, /, { rate: null, errors: null, duration: null }],
];
for (const [name, card, empty] of files) {
  test(`${name}: the right words, in every table and as small charts`, { skip }, async () => {
    const opened = await open('', [path.join(folder, `${name}.duckdb`)]);
    const { page } = opened;
    assert.match(await total(page), card);
    assert.deepEqual(await nothing(page), empty);
    const highest = await page.locator('#red-charts [data-read=rate_per_s]').getAttribute('data-value');
    if (empty.rate) assert.equal(highest, '');
    else assert.ok(Number(highest) <= 1_000, `${highest} a second`);
    await assertSane(opened);
    for (const tab of ['Services', 'Exceptions', 'Objective', 'Operations']) {
      await page.getByRole('radio', { name: tab, exact: true }).last().click();
      await idle(page);
      await assertSane(opened);
    }
    await page.getByRole('switch', { name: 'Small charts' }).click();
    await idle(page);
    await assertSane(opened);
  });
}

test('where nothing may fail, one failure burns all of the budget', { skip }, async () => {
  for (const [name, said] of /** @type {[string, RegExp][]} */ ([['failed', /^All of the budget burnt$/], ['zero', /^0\s% of the budget burnt$/]])) {
    const { page } = await open('&below=objective&slo=99,2000,0', [path.join(folder, `${name}.duckdb`)]);
    assert.match(await page.getByTestId('slo-errors-burnt').locator('.bud-v').innerText(), said);
  }
});

test('thousands of services: the worst have cards, the others are counted', { skip }, async () => {
  const { page } = await open('&below=table', [path.join(folder, 'many.duckdb')]);
  assert.equal(await page.getByTestId('red-cards').getAttribute('data-count'), '5000');
  assert.match(await page.locator('.rc-more').innerText(), /4,976 more in the table/);
  assert.equal(await page.getByTestId('red-services').getAttribute('data-count'), '5000');
});

test('what is no name is told apart from every name', { skip }, async () => {
  const opened = await open('&below=table', [path.join(folder, 'nameless.duckdb')]);
  const { page } = opened;
  const names = await page.locator('.cards .rc-h').evaluateAll(heads => heads.map(head => head.querySelector('.nm, b')?.textContent ?? ''));
  assert.deepEqual([...names].map(name => name.slice(0, 10)).sort(), ['(blank)', '(empty)', '(none)', 'All spans', 'xxxxxxxxxx', '“(none)”', '—'].sort());
  assert.equal(await page.locator('.cards .no-name').count(), 3);
  await assertSane(opened);
  for (const [card, chosen] of [['(none):', '%5C0'], ['(empty):', '']]) {
    await page.getByRole('radio', { name: card, exact: false }).and(page.locator('.rc')).first().click();
    await idle(page);
    assert.match(await total(page), /120 spans/);
    assert.match(await address(page), new RegExp(`of=${chosen}(&|$)`));
  }
  // A name of ten thousand letters stays in its place.
  await page.getByRole('radio', { name: 'Operations', exact: true }).last().click();
  await page.locator('.cards .rc', { hasText: 'xxxx' }).click();
  await idle(page);
  const head = await page.locator('.redt .card-h').evaluate(element => [element.scrollWidth, element.clientWidth]);
  assert.ok((head[0] ?? 0) <= (head[1] ?? 0) + 1, `${head}`);
});

test('what a link cannot ask is told and left out', async () => {
  const opened = await open(`&sample=showcase&maxerr=1e400&maxp95=${'9'.repeat(300)}&slo=99,1e300,1&below=objective`);
  const { page } = opened;
  const notice = page.locator('.redm').getByTestId('notice');
  for (const part of [/“maxerr” in the link cannot be “1e400”/, /“maxp95” in the link cannot be “9{39}…”/, /“slo” in the link cannot be “99,1e300,1”/]) assert.match(await notice.innerText(), part);
  assert.equal((await page.locator('#red-limits').innerText()).replace(/\s+/g, ' ').trim(), 'errors ≤ 5 %');
  assert.equal(await page.locator('#slo-under').inputValue(), '2 s');
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  await idle(page);
  assert.equal(await notice.count(), 0);
  assert.doesNotMatch(await address(page), /maxerr|maxp95|slo/);
  assertNoComplaints(opened);
});

test('the axis, the tables and the small charts are in the link', async () => {
  const { page } = await open('&sample=showcase&spans=roots');
  assert.match(await total(page), /^All roots: /);
  assert.equal(await page.locator('.redt .card-h .cap').innerText(), 'of all roots');
  const toggle = async (/** @type {string} */ menu, /** @type {string} */ item) => {
    await page.locator(menu).click();
    await page.getByRole('menuitemcheckbox', { name: item }).click();
    await idle(page);
    // A menu stays open when a line of it is switched.
    await page.keyboard.press('Escape');
  };
  await toggle('#red-charts-more', 'Durations on a logarithmic axis');
  await toggle('#red-charts-more', 'Show as table');
  await toggle('#red-heat-more', 'Show as table');
  for (const part of [/axis=log/, /figures=1/, /cells=1/]) assert.match(await address(page), part);
  await page.reload();
  await page.locator('.ch-t [data-testid=red-series]').waitFor();
  await page.locator('.ch-t [data-testid=red-heat-cells]').waitFor();
  await toggle('#red-heat-more', 'Show as table');
  assert.doesNotMatch(await address(page), /cells=/);
  await page.locator('#red-heat').waitFor();
  await page.getByRole('switch', { name: 'Small charts' }).click();
  await page.getByRole('radio', { name: 'Duration', exact: true }).click();
  await idle(page);
  assert.match(await address(page), /small=p95/);
});

test('a chosen operation stays among the others, with the way back to all', async () => {
  const { page } = await open('&sample=showcase');
  const table = page.getByTestId('red-operations');
  const count = await table.getAttribute('data-count');
  await table.locator('tbody tr[data-group] th').nth(1).click();
  await idle(page);
  assert.match(await address(page), /cards=operation/);
  assert.match(await address(page), /[?&]of=/);
  assert.equal(await table.getAttribute('data-count'), count);
  assert.equal(await table.locator('[aria-selected=true]').count(), 1);
  await page.locator('.redt .card-h').getByRole('button', { name: 'All spans' }).click();
  await idle(page);
  assert.doesNotMatch(await address(page), /[?&]of=/);
});
