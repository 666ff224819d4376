// The Guide: reachable with and without a file, searched, its places in the address, every example opens what it says.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { address, assertNoComplaints, assertNoForeignRequests, idle, openFileCounts, phase, repoPath, useSite } from './lib.mjs';

/** @typedef {import('./lib.mjs').Page} Page */

/** @type {{ examples: { id: string, mode: string, address: string, sql: string | null }[], filters: string[], places: string[], everywhere: string[], modes: { slug: string, keys: string[] }[] }} */
const guide = JSON.parse(await readFile(repoPath('tests/fixtures/guide.json'), 'utf8'));
const site = useSite();

/** @param {string} hash */
const params = hash => new URLSearchParams(hash.split('?')[1] ?? '');
/** A value as it was before it was made shorter. @param {string} value */
const unpacked = value => value.startsWith('~z') ? inflateRawSync(Buffer.from(value.slice(2), 'base64url')).toString() : value;
/** @param {Page} page */
const hash = async page => (await address(page)).split('#')[1] ?? '';
/** @param {Page} page */
const section = async page => params(await hash(page)).get('section');

/** Whether the place stands at the top of the text, and nothing else of the page has moved. @param {Page} page @param {string} id */
async function assertAt(page, id) {
  const { below, moved } = await page.evaluate(place => {
    const text = /** @type {HTMLElement} */ (document.querySelector('.gdc'));
    const found = /** @type {HTMLElement} */ (document.getElementById(`g-${place}`));
    return { below: found.getBoundingClientRect().top - text.getBoundingClientRect().top, moved: /** @type {HTMLElement} */ (document.getElementById('main')).getBoundingClientRect().top };
  }, id);
  assert.ok(below >= 0 && below < 60, `${id} stands ${below} px below the top`);
  assert.ok(moved > 0, 'the page around it stays');
}

test('without a file: the text, its contents and its search; an example brings the sample', async () => {
  const opened = await site.openPage({ hash: '#/guide?section=own-time' });
  const { page } = opened;
  assert.equal(await phase(page), 'empty');
  await assertAt(page, 'own-time');
  assert.equal(await page.getByTestId('guide').getAttribute('data-section'), 'definitions');
  // Every place is there once, and every link in the text leads to one.
  const ids = await page.evaluate(() => [...document.querySelectorAll('.gdc [data-place]')].map(element => element.id.replace(/^g-/, '')));
  assert.deepEqual(ids, guide.places);
  const links = await page.evaluate(() => [...document.querySelectorAll('.gdc a, .toc a')].map(link => new URLSearchParams((link.getAttribute('href') ?? '').split('?')[1]).get('section') ?? ''));
  assert.ok(links.length > 100);
  assert.deepEqual(links.filter(id => !guide.places.includes(id)), []);
  // Pictures have words.
  const pictures = await page.locator('.gdc svg[role=img]').evaluateAll(all => all.map(one => one.getAttribute('aria-label') ?? ''));
  assert.ok(pictures.length >= 8 && pictures.every(words => words.length > 40));

  // From the contents, from a link in the text, and Back.
  await page.locator('.toc a', { hasText: 'Filter language' }).click();
  await idle(page);
  assert.equal(await section(page), 'filter-language');
  await assertAt(page, 'filter-language');
  assert.equal(await page.locator('.toc a[aria-current]').textContent(), 'Filter language');
  await page.locator('.toc a', { hasText: 'Privacy' }).click();
  await idle(page);
  await page.goBack();
  await idle(page);
  assert.equal(await section(page), 'filter-language');
  await assertAt(page, 'filter-language');
  // The address follows the reader's scrolling once they rest.
  await page.locator('.gdc').evaluate(text => { text.scrollTop = 0; });
  await page.waitForFunction(() => location.hash.includes('section=open-a-file'));

  // By keyboard: search, go to the second place found, leave.
  await page.keyboard.press('q');
  await page.keyboard.type('critical path');
  await idle(page);
  const hits = page.getByTestId('guide-hits').locator('[role=option]');
  assert.ok((await hits.count()) > 3);
  assert.equal(await hits.first().getAttribute('data-to'), 'critical-path');
  assert.ok((await page.locator('.gdc mark').count()) > 5, 'the words are marked in the text');
  await page.keyboard.press('ArrowDown');
  await idle(page);
  const second = await hits.nth(1).getAttribute('data-to');
  assert.equal(await page.getByTestId('search').getAttribute('aria-activedescendant'), 'g-hit-1');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.equal(await section(page), second);
  await assertAt(page, second ?? '');
  await page.getByTestId('search').fill('E-DUCKDB-NEWER');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.ok(await page.locator('#g-newer-duckdb').evaluate(details => /** @type {HTMLDetailsElement} */ (details).open), 'what is asked for is open');
  await page.getByTestId('search').press('Escape');
  await idle(page);
  assert.equal(await page.locator('.gdc mark').count(), 0);

  // An example without a file brings the sample along.
  await page.locator('[data-run=why-this-run]').first().click();
  await idle(page);
  assert.equal(await phase(page), 'ready');
  assert.equal((await openFileCounts(page)).spans, 725);
  const wanted = params(guide.examples.find(({ id }) => id === 'why-this-run')?.address ?? '');
  const now = params(await hash(page));
  assert.deepEqual([now.get('trace'), now.get('span'), now.get('sample')], [wanted.get('trace'), wanted.get('span'), 'showcase']);
  await page.getByTestId('span-details').getByText('publisher').first().waitFor();
  assertNoComplaints(opened);
  assertNoForeignRequests(opened);
});

test('every example and every filter opens what it says on the open file', async () => {
  const opened = await site.openPage({ hash: '#/guide?sample=showcase&section=examples' });
  const { page } = opened;
  /** @type {string[]} */
  const wrong = [];
  for (const { id, mode, address: wanted, sql } of guide.examples) {
    await page.locator(`#g-${id} [data-run]`).click();
    await idle(page);
    const is = await hash(page);
    if (!is.startsWith(`/${mode}?`)) wrong.push(`${id}: ${is}`);
    for (const [key, value] of params(wanted)) if (params(is).get(key) !== value) wrong.push(`${id}: ${key} is ${params(is).get(key)}, not ${value}`);
    if (sql !== null && unpacked(params(is).get('sql') ?? '') !== sql) wrong.push(`${id}: another statement`);
    const said = await page.locator('[data-testid=notice], [data-testid=error], #panel [role=alert]').allTextContents();
    if (said.length > 0) wrong.push(`${id} says: ${said.join(' | ')}`);
    if (sql !== null) {
      // The press was here: it has run.
      const rows = Number(await page.getByTestId('sql-result').first().getAttribute('data-count'));
      if (!(rows > 0)) wrong.push(`${id} has ${rows} rows`);
      if ((await page.getByTestId('sql-error').count()) > 0) wrong.push(`${id} fails: ${await page.getByTestId('sql-error').first().textContent()}`);
    }
    await page.goBack();
    await idle(page);
    if ((await section(page)) === null) wrong.push(`${id}: Back does not lead to the Guide but to ${await hash(page)}`);
  }
  assert.deepEqual(wrong, []);
  /** @type {string[]} */
  const off = [];
  for (const filter of guide.filters) {
    await page.locator(`[data-filter='${filter}']`).click();
    await idle(page);
    const [shown = ''] = await page.locator('.matchcount b').allTextContents();
    if (params(await hash(page)).get('q') !== filter) off.push(`${filter}: ${await hash(page)}`);
    // Every span of the sample is of the same kind.
    if (Number(shown.replaceAll(',', '')) === 0 || (shown === '725' && filter !== 'kind:internal')) off.push(`${filter} lets ${shown} spans through`);
    const said = await page.locator('[data-testid=notice], [data-testid=filter-error]').allTextContents();
    if (said.length > 0) off.push(`${filter} says: ${said.join(' | ')}`);
    await page.goBack();
    await idle(page);
  }
  assert.deepEqual(off, []);

  // The keys are those of the modes.
  for (const [of, keys] of /** @type {[string, string[]][]} */ ([['', guide.everywhere], ...guide.modes.filter(({ keys: any }) => any.length > 0).map(({ slug, keys: own }) => [slug, own])])) {
    const shown = await page.locator(`.gdk [data-of='${of}'] td[data-col=keys]`).evaluateAll(cells => cells.map(cell => /** @type {HTMLElement} */ (cell).dataset.value));
    assert.deepEqual(shown, keys, of);
  }

  // Each mode leads to its own section, and Back to where the reader was.
  for (const { slug } of guide.modes.filter(({ slug: mode }) => mode !== 'guide')) {
    await page.locator(`#tab-${slug}`).click();
    await idle(page);
    await page.getByTestId('mode-guide').click();
    await idle(page);
    assert.equal(await section(page), slug);
    await assertAt(page, slug);
    await page.goBack();
    await idle(page);
    assert.ok((await hash(page)).startsWith(`/${slug}`), await hash(page));
  }
  assertNoComplaints(opened);
});

test('on a narrow page the contents are a drawer, and nothing is wider than the page', async () => {
  const { page } = await site.openPage({ hash: '#/guide', size: '360x740' });
  const toc = page.locator('.toc');
  assert.equal(await toc.isVisible(), false);
  await page.getByRole('button', { name: 'Contents' }).click();
  await idle(page);
  const drawer = await toc.boundingBox();
  assert.ok(drawer && drawer.y < 200 && drawer.y + drawer.height <= 740, 'the drawer hangs from its button');
  await toc.getByText('Hosting it yourself').click();
  await idle(page);
  assert.equal(await toc.isVisible(), false, 'the drawer closes');
  await assertAt(page, 'hosting');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll('.gdw > section > *')].some(element => element.getBoundingClientRect().right > innerWidth));
  assert.equal(wide, false);
});
