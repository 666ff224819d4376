// What ends a statement before it is done, and what is there afterwards: cancel in the midst of a step that DuckDB cannot interrupt, the limits, a
// database that died. Each time the next statement is answered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNoComplaints, idle, openFileCounts, useSite } from './lib.mjs';

/** @typedef {import('playwright-core').Page} Page */

const site = useSite();

/** One step of DuckDB's that takes much longer than anybody waits. */
const STUCK = "SELECT levenshtein(repeat('ab', 60000), repeat('ba', 60000)) AS n";

/** The mode with a text that waits to be run. @param {string} sql @param {string} [more] */
async function openSql(sql, more = '') {
  const opened = await site.openPage({ hash: `#/sql?v=1&sample=showcase&sql=${encodeURIComponent(sql)}${more}` });
  await opened.page.locator('.editor[data-editor=code]').waitFor();
  await idle(opened.page);
  return opened;
}

/** Runs all of a text. @param {Page} page @param {string} sql */
async function run(page, sql) {
  await page.getByTestId('sql-editor').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(sql);
  await page.keyboard.press('Control+Shift+Enter');
  await idle(page);
}

/** The first row's value of a column. @param {Page} page @param {string} column */
const value = (page, column) => page.locator(`[data-testid=sql-result] tbody.vbody td[data-col="${column}"]`).first().getAttribute('data-value');

/** Presses Cancel and gives the milliseconds until the page says so. @param {Page} page */
const cancel = page => page.evaluate(() => new Promise(done => {
  const began = performance.now();
  const look = () => {
    if (document.querySelector('[data-testid=sql-limit]')?.textContent?.startsWith('Cancelled')) done(performance.now() - began);
    else requestAnimationFrame(look);
  };
  /** @type {HTMLElement | null} */ (document.querySelector('[data-testid=sql-cancel]'))?.click();
  look();
}));

/** Starts what will not end, and waits until it is under way. @param {Page} page */
async function start(page) {
  await page.getByTestId('sql-run').click();
  await page.getByTestId('sql-progress').waitFor();
}

test('a step that cannot be interrupted is cancelled within 300 ms, and the next statement is answered', async () => {
  const opened = await openSql(STUCK);
  const { page } = opened;
  const before = await openFileCounts(page);
  await start(page);
  const took = await cancel(page);
  console.log(`# cancelled after ${Math.round(took)} ms`);
  assert.ok(took < 300, `${took} ms`);
  const since = Date.now();
  await idle(page);
  console.log(`# the database is back after ${Date.now() - since} ms`);
  assert.equal(await page.getByTestId('opening').count(), 0, 'nothing covers the page');
  assert.match(await page.getByTestId('sql-limit').textContent() ?? '', /^Cancelled/, 'what was said is still there');
  await run(page, 'SELECT count(*) AS n FROM spans');
  assert.equal(await value(page, 'n'), String(before.spans));
  // Nothing was lost, so nothing is said.
  assert.equal(await page.getByTestId('notice').count(), 0);
  assert.deepEqual(await openFileCounts(page), before);
  assertNoComplaints(opened);
});

test('what was made in memory is made again or named as gone', async () => {
  const { page } = await openSql('');
  await run(page, `CREATE TABLE mine AS SELECT 7 AS x;
    CREATE VIEW failing AS SELECT * FROM spans WHERE status_code = 'ERROR'; CREATE VIEW of_mine AS FROM mine;
    CREATE MACRO twice(a) AS a * 2; CREATE VIEW gone AS SELECT 1; DROP VIEW gone`);
  assert.equal(await page.getByTestId('sql-error').count(), 0);
  await page.getByTestId('sql-editor').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(STUCK);
  await idle(page);
  await start(page);
  assert.ok(await cancel(page) < 300);
  const notice = page.getByTestId('notice').filter({ hasText: 'Your table is gone: mine.' });
  await notice.waitFor();
  await idle(page);
  const said = await notice.textContent() ?? '';
  assert.match(said, /could not be made again: of_mine\./);
  assert.match(said, /These were made again: failing, twice\./);
  await run(page, 'SELECT twice(count(*)) AS n FROM failing');
  assert.ok(Number(await value(page, 'n')) > 0);
  await run(page, 'FROM mine');
  assert.match(await page.getByTestId('sql-error').textContent() ?? '', /mine does not exist/);
});

test('time and memory end a statement with a message', async () => {
  const { page } = await openSql(STUCK, '&secs=5');
  await page.getByTestId('sql-run').click();
  await page.getByTestId('sql-limit').waitFor();
  assert.match(await page.getByTestId('sql-limit').textContent() ?? '', /time limit of 5 s was reached/);
  await idle(page);
  await run(page, 'SELECT 42 AS answer');
  assert.equal(await value(page, 'answer'), '42');
  await page.context().close();

  const { page: patient } = await openSql('', '&secs=none');
  await run(patient, 'SELECT list(i) FROM range(500000000) t(i)');
  assert.match(await patient.getByTestId('sql-error').textContent() ?? '', /needs more memory than the database has in the browser/);
  await run(patient, 'SELECT 42 AS answer');
  assert.equal(await value(patient, 'answer'), '42');
});

test('a database that dies under the SQL mode is brought back: text and results stay, the next statement is answered', async () => {
  const { page } = await openSql('');
  await run(page, 'SELECT 1 AS one');
  const [worker] = page.workers();
  assert.ok(worker);
  await worker.evaluate(() => { setTimeout(() => { throw new Error('out of memory'); }); });
  await page.getByTestId('notice').filter({ hasText: 'was started again with the same file' }).waitFor();
  await idle(page);
  assert.equal(await value(page, 'one'), '1');
  await page.getByTestId('sql-editor').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(' + 1 AS two, count(*) AS n FROM spans');
  await page.keyboard.press('Control+Enter');
  await idle(page);
  assert.equal(await page.getByTestId('sql-error').count(), 1, 'AS one + 1 is no SQL');
  await run(page, 'SELECT count(*) AS n FROM spans');
  assert.equal(Number(await value(page, 'n')), (await openFileCounts(page)).spans);
});
