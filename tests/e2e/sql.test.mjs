// The SQL mode's frame: typing, running, what is suggested, what is kept, what a link may and may not do, and the plain text area where
// the editor's bundle is missing. What a result looks like is tested where it is shown.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { BUILT, assertNoComplaints, assertNoForeignRequests, idle, openPageIn, repoPath, useSite } from './lib.mjs';
import { startServer } from '../../.ci/serve.mjs';

/** @typedef {import('playwright-core').Page} Page */

const site = useSite();

/** @param {string} sql */
const hash = sql => `#/sql?v=1&sample=showcase${sql ? `&sql=${encodeURIComponent(sql)}` : ''}`;

/** @param {Page} page */
const editor = page => page.getByTestId('sql-editor');

/** Lines of the code editor. @param {Page} page */
const written = page => page.evaluate(() => {
  const root = document.querySelector('.editor-h')?.shadowRoot;
  return root ? [...root.querySelectorAll('.cm-line')].map(line => line.textContent).join('\n') : null;
});

/** What the address carries. @param {Page} page */
const linked = page => page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('sql'));

/** @param {Page} page @param {string} text */
async function type(page, text) {
  await editor(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
  await idle(page);
}

/**
 * A list that has just opened takes no key for a moment, so that nobody's line break chooses from it. The caret is at the end of the only line,
 * where an arrow that the list does not take does nothing.
 * @param {Page} page
 * @param {import('playwright-core').Locator} list of two or more
 */
async function listTakesKeys(page, list) {
  const chosen = () => list.locator('[aria-selected=true]').textContent();
  const first = await chosen();
  do await page.keyboard.press('ArrowDown'); while (await chosen() === first);
  await page.keyboard.press('ArrowUp');
}

/** Focus within shadow roots as well. @param {Page} page */
const focusIs = (page, selector = '[data-testid=sql-editor]') => page.evaluate(wanted => {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active?.matches(wanted) ?? false;
}, selector);

test('a query is written with suggestions, run by key, and its error is underlined where DuckDB points', async () => {
  const opened = await site.openPage({ hash: hash('') });
  const { page } = opened;
  await page.locator('.editor[data-editor=code]').waitFor();
  await idle(page);
  // Keys of the page do not act while something is typed.
  await editor(page).click();
  await page.keyboard.type('select 1, tr');
  assert.match(page.url(), /#\/sql\?/);
  assert.equal(await page.locator('html').getAttribute('data-theme'), null);
  await page.keyboard.press('Control+Space');
  const list = page.locator('.editor-h').getByRole('listbox');
  await list.getByRole('option', { name: /trace_id/ }).first().waitFor();
  assert.ok(await list.getByRole('option', { name: /trim/ }).count() > 0, 'functions are offered');
  await listTakesKeys(page, list);
  await page.keyboard.press('Enter');
  await page.keyboard.type(' from spans limit 3');
  await idle(page);
  assert.equal(await written(page), 'select 1, trace_id from spans limit 3');
  assert.equal(await linked(page), 'select 1, trace_id from spans limit 3');
  await page.keyboard.press('Control+Enter');
  await idle(page);
  assert.equal(await page.getByTestId('sql-result').first().getAttribute('data-count'), '3');

  // Keys of the attributes within a text, with the rest of the text in place.
  await type(page, "select attributes->>'' from spans");
  for (let back = 0; back < 12; back += 1) await page.keyboard.press('ArrowLeft');
  await page.keyboard.type('corr');
  await list.getByRole('option', { name: /correlation_id/ }).first().click();
  assert.equal(await written(page), "select attributes->>'correlation_id' from spans");

  // The error of the second statement, in the place of the whole text; the first is run by itself and is fine.
  await type(page, 'select 1;\nselect nonsense from spans');
  await page.keyboard.press('Control+Shift+Enter');
  await idle(page);
  await page.getByTestId('sql-error').first().waitFor();
  const underlined = page.locator('.editor-h').locator('.cm-lintRange-error');
  assert.equal(await underlined.textContent(), 'nonsense');
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Control+Enter');
  await idle(page);
  assert.equal(await page.getByTestId('sql-error').count(), 0);
  assert.equal(await underlined.count(), 0);

  // Format changes the layout; one undo brings it back. Comment toggles.
  await page.keyboard.press('Control+Shift+F');
  assert.equal(await written(page), 'SELECT 1;\n\nSELECT nonsense\nFROM spans\n');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+/');
  assert.match(await written(page) ?? '', /^-- select 1;/);

  // Tab indents; after Escape it leaves.
  await page.keyboard.press('Tab');
  assert.ok(await focusIs(page));
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  assert.ok(!(await focusIs(page)), 'Escape, then Tab leaves the editor');
  await page.keyboard.press('e');
  assert.ok(await focusIs(page), 'E leads back');
  assertNoComplaints(opened);
  assertNoForeignRequests(opened);
});

test('tabs, history and saved queries are kept; a link is shown in a tab of its own and never run', async () => {
  const first = await site.openPage({ hash: hash('') });
  const { page } = first;
  await page.locator('.editor[data-editor=code]').waitFor();
  await type(page, '-- Mine\nselect 41 + 1 as answer');
  await page.keyboard.press('Control+Enter');
  await idle(page);
  await page.locator('#sql-new').click();
  await type(page, 'select 2');
  const tabs = page.getByTestId('sql-tabs').getByRole('tab');
  assert.deepEqual(await tabs.allTextContents(), ['Mine', 'Query 2']);

  // Undo belongs to a tab.
  await tabs.first().click();
  await editor(page).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('!');
  await page.keyboard.press('Control+z');
  assert.equal(await written(page), '-- Mine\nselect 41 + 1 as answer');

  // Another mode and back, then a reload: the same tabs, nothing runs twice, nothing asks.
  await idle(page);
  await page.getByRole('tab', { name: 'Statistics' }).click();
  await idle(page);
  await page.getByRole('tab', { name: 'DuckDB SQL' }).click();
  await idle(page);
  assert.equal(await page.getByTestId('sql-result').first().getAttribute('data-count'), '1', 'the result is still there');
  await page.reload();
  await idle(page);
  assert.deepEqual(await tabs.allTextContents(), ['Mine', 'Query 2']);
  assert.equal(await page.getByTestId('sql-result').count(), 0);
  assert.equal(await page.locator('.sqm [data-testid=notice]').count(), 0);

  // Saved under a name, in a folder; renamed with it.
  await page.keyboard.press('Control+s');
  await idle(page);
  await page.locator('#sql-save-name').fill('Answer');
  await page.locator('#sql-save-folder').fill('Own');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.equal(await tabs.first().textContent(), 'Answer');
  const saved = page.getByTestId('sql-saved');
  assert.equal(await saved.getAttribute('data-name'), 'Answer');
  await page.locator('input[data-testid=sql-saved-file]').setInputFiles({ name: 'q.json', mimeType: 'application/json', buffer: Buffer.from('[{"name":"b","sql":"select 7"},7]') });
  await idle(page);
  assert.equal(await saved.count(), 2);
  await page.locator('input[data-testid=sql-saved-file]').setInputFiles({ name: 'q.json', mimeType: 'application/json', buffer: Buffer.from('\u0000{{{') });
  await page.getByRole('alert').filter({ hasText: 'could not be imported' }).waitFor();
  await page.getByRole('button', { name: 'More about b' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await idle(page);
  assert.equal(await saved.count(), 1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await idle(page);
  assert.equal(await saved.count(), 2);

  // The history has the run, and opens the tab that has its text.
  await page.getByRole('tab', { name: /History/ }).click();
  await idle(page);
  const entries = page.getByTestId('sql-history-entry');
  assert.equal(await entries.count(), 1);
  assert.equal(await entries.first().getAttribute('data-outcome'), 'done');
  await entries.first().click();
  await idle(page);
  assert.equal(await tabs.count(), 2, 'a tab has this text already');

  // A link.
  await page.goto(`${site.url}${hash('select * from spans where 1 = 2')}`);
  await idle(page);
  assert.equal(await tabs.count(), 3);
  assert.equal(await written(page), 'select * from spans where 1 = 2');
  assert.match(await page.locator('.sqm [data-testid=notice]').textContent() ?? '', /Run it when you have read it/);
  assert.equal(await page.getByTestId('sql-result').count(), 0, 'SQL of a link never runs unasked');
  await page.getByTestId('sql-run').click();
  await idle(page);
  assert.equal(await page.locator('.sqm [data-testid=notice]').count(), 0);
  assert.equal(await page.getByTestId('sql-result').first().getAttribute('data-count'), '0');

  // Closed and back.
  await page.getByRole('button', { name: 'Close Query 3' }).click();
  await idle(page);
  assert.equal(await tabs.count(), 2);
  await page.getByTestId('sql-closed').getByRole('button', { name: 'Undo' }).click();
  await idle(page);
  assert.equal(await tabs.count(), 3);
  assertNoComplaints(first);
});

test('the schema, the templates and the filter by keyboard', async () => {
  const opened = await site.openPage({ hash: `#/sql?v=1&sample=showcase&q=${encodeURIComponent('status:error')}` });
  const { page } = opened;
  await page.locator('.editor[data-editor=code]').waitFor();
  await idle(page);
  const tree = page.getByTestId('sql-tree');
  await tree.locator('[data-name=shown_spans]').waitFor();
  assert.ok(await tree.getByRole('treeitem').filter({ hasText: 'file.' }).count() > 0, "the file's own tables are there");

  // Open shown_spans' first rows by key: those of the filter only.
  await tree.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+Enter');
  await idle(page);
  const shown = Number(await page.getByTestId('sql-result').first().getAttribute('data-count'));
  assert.ok(shown > 0 && shown < 100, `${shown} failing spans`);
  await page.keyboard.press('Enter');
  await idle(page);
  assert.equal(await written(page), 'shown_spans');

  // Keys of attributes are found below the attributes, and written as what reads them.
  await page.locator('#sql-find').fill('correlation');
  await tree.locator('[data-name=correlation_id]').first().click();
  assert.equal(await written(page), "shown_spansattributes->>'correlation_id'");

  // A template with values.
  await page.getByRole('tab', { name: 'Templates' }).click();
  await page.getByTestId('sql-template').first().click();
  await idle(page);
  await page.getByTestId('sql-template-run').first().click();
  await idle(page);
  assert.equal(await page.getByTestId('sql-error').count(), 0);
  assert.ok(Number(await page.getByTestId('sql-result').first().getAttribute('data-count')) > 0);
  // What a statement makes is in the tree afterwards.
  await page.locator('#sql-new').click();
  await type(page, 'create table mine as select 1 as x');
  await page.keyboard.press('Control+Enter');
  await idle(page);
  await page.getByRole('tab', { name: 'Schema' }).click();
  await page.locator('#sql-find').fill('mine');
  await tree.locator('[data-name=mine]').waitFor();
  // A clean database, which is asked for twice.
  const reset = async (/** @type {import('playwright-core').Locator} */ answer) => {
    await page.getByRole('button', { name: 'More to do with the query' }).click();
    await page.getByRole('menuitem', { name: /^Reset/ }).click();
    await answer.click();
    await page.getByTestId('sql-reset').waitFor({ state: 'detached' });
  };
  await reset(page.getByRole('button', { name: 'Keep', exact: true }));
  await idle(page);
  await tree.locator('[data-name=mine]').waitFor();
  await reset(page.getByTestId('sql-reset-yes'));
  await idle(page);
  await tree.locator('[data-name=mine]').waitFor({ state: 'detached' });
  await page.locator('#sql-find').fill('');
  await tree.locator('[data-name=service_edges]').waitFor();
  assertNoComplaints(opened);
});

test('what was typed last is run, and is kept when the page is left at once', async () => {
  const { page } = await site.openPage({ hash: hash('') });
  await page.locator('.editor[data-editor=code]').waitFor();
  await idle(page);
  // Nothing waits between the text and the key.
  await editor(page).click();
  await page.keyboard.insertText('select 40 + 2 as answer');
  await page.keyboard.press('Control+Enter');
  await idle(page);
  assert.equal(await page.locator('[data-testid=sql-result] tbody.vbody td[data-col=answer]').getAttribute('data-value'), '42');
  await page.keyboard.insertText(', 7 as more');
  await page.reload();
  await page.locator('.editor[data-editor=code]').waitFor();
  await idle(page);
  assert.equal(await written(page), 'select 40 + 2 as answer, 7 as more');
});

test('two tabs of the browser keep each other\'s queries', async () => {
  const { page } = await site.openPage({ hash: hash('') });
  await page.locator('.editor[data-editor=code]').waitFor();
  await type(page, 'select 1');
  const other = await page.context().newPage();
  await other.goto(`${site.url}${hash('')}`);
  await other.locator('.editor[data-editor=code]').waitFor();
  await idle(other);
  assert.equal(await written(other), 'select 1');
  // A tab of each, and another text in one that both have.
  await page.locator('#sql-new').click();
  await type(page, '-- Here\nselect 2');
  await other.locator('#sql-new').click();
  await type(other, '-- There\nselect 3');
  const tabs = (/** @type {Page} */ where) => where.getByTestId('sql-tabs').getByRole('tab');
  const all = ['Here', 'Query 1', 'There'];
  for (const where of [page, other]) {
    await tabs(where).nth(2).waitFor();
    assert.deepEqual((await tabs(where).allTextContents()).sort(), all);
  }
  await tabs(page).filter({ hasText: 'Query 1' }).click();
  await type(page, 'select 10');
  await type(other, '-- There\nselect 30');
  await page.reload();
  await page.locator('.editor[data-editor=code]').waitFor();
  await idle(page);
  assert.deepEqual((await tabs(page).allTextContents()).sort(), all);
  assert.equal(await written(page), 'select 10');
  await tabs(page).filter({ hasText: 'There' }).click();
  await idle(page);
  assert.equal(await written(page), '-- There\nselect 30');
  // Closed in one, closed in the other.
  await page.getByRole('button', { name: 'Close Here' }).click();
  await tabs(other).nth(2).waitFor({ state: 'detached' });
  assert.deepEqual((await tabs(other).allTextContents()).sort(), ['Query 1', 'There']);
});

test('in small windows the result has room', async () => {
  for (const [size, least] of /** @type {[string, number][]} */ ([['800x600', 4], ['360x740', 6]])) {
    const { page } = await site.openPage({ hash: hash('select name, duration_ms\nfrom spans\nlimit 50'), size });
    await idle(page);
    await page.getByTestId('sql-run').click();
    await idle(page);
    const shown = await page.evaluate(() => {
      const scroller = document.querySelector('.sqr-scroll');
      const bottom = Math.min(scroller?.getBoundingClientRect().bottom ?? 0, innerHeight);
      return [...document.querySelectorAll('[data-testid=sql-result] tbody.vbody tr')].filter(row => row.getBoundingClientRect().height > 0 && row.getBoundingClientRect().bottom <= bottom + 1).length;
    });
    assert.ok(shown >= least, `${shown} rows at ${size}`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), Number(size.split('x')[0]), 'nothing is wider than the window');
  }
});

test('without its bundle the editor is a text area that does the same', async () => {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'spandeck-plain-'));
  after(() => fs.rmSync(copy, { recursive: true, force: true }));
  fs.cpSync(fs.realpathSync(BUILT), copy, { recursive: true });
  for (const name of fs.readdirSync(copy).filter(name => name.startsWith('editor-'))) fs.rmSync(path.join(copy, name), { recursive: true });
  const served = await startServer({ dir: copy, prefix: '/plain/' });
  try {
    const { page } = await openPageIn(site.browser, served.url, { hash: hash(''), size: '360x740' });
    await page.locator('.editor[data-editor=plain]').waitFor();
    await editor(page).fill('select 1 as one; select nonsense');
    await idle(page);
    await editor(page).press('Control+Home');
    await page.keyboard.press('Control+Enter');
    await idle(page);
    assert.equal(await page.getByTestId('sql-result').first().getAttribute('data-count'), '1');
    assert.equal(await linked(page), 'select 1 as one; select nonsense');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, 'nothing is wider than the window');
    // The panel is a drawer here; what is chosen in it is written at the caret.
    await page.getByRole('button', { name: /^Schema, templates/ }).click();
    await page.locator('[data-testid=sql-tree] [data-name=span_id]').first().click();
    assert.equal(await editor(page).inputValue(), 'span_idselect 1 as one; select nonsense');
  } finally {
    await served.close();
  }
});
