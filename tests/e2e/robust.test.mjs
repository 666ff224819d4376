// What must hold when something breaks: a panic, a dead database, a worker that cannot start.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { address, idle, openFileCounts, phase, repoPath, useSite } from './lib.mjs';

const site = useSite();
const sample = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/showcase_expected.json'), 'utf8'));
const file = repoPath('tests/fixtures/duckdb_zoo/v1.4.3_blocks16k.duckdb');

test('a panic in the page says what happened, and reloading keeps the address', async () => {
  const { page } = await site.openPage({ hash: '#/timeline?v=1&sample=showcase' });
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  const url = await address(page);
  // The page's program cannot go on without new elements: a true panic, from outside.
  await page.evaluate(() => {
    const refuse = () => { throw new Error('no more elements'); };
    Object.assign(Document.prototype, { createElement: refuse, createElementNS: refuse });
    Node.prototype.cloneNode = refuse;
  });
  await page.keyboard.press('?');
  await page.locator('#crash').waitFor({ state: 'visible' });
  assert.notEqual(await page.locator('#crash-what').innerText(), '');
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.equal(await address(page), url);
});

test('a database that dies is started again with the same file and the same view', async () => {
  const { page } = await site.openPage({ files: [file] });
  const before = await address(page);
  const [worker] = page.workers();
  assert.ok(worker);
  await worker.evaluate(() => { setTimeout(() => { throw new Error('out of memory'); }); });
  await page.getByTestId('notice').filter({ hasText: 'The database stopped' }).waitFor();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.equal(await phase(page), 'ready');
  assert.equal((await openFileCounts(page)).spans, 200);
  assert.equal(await address(page), before);
  // A second death soon after is not repaired by itself: the reader decides.
  const [next] = page.workers();
  assert.ok(next);
  await next.evaluate(() => { setTimeout(() => { throw new Error('again'); }); });
  await page.getByRole('button', { name: 'Restart' }).click();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.equal((await openFileCounts(page)).spans, 200);
});

test('a database that falls silent is noticed, and started again', async () => {
  const { page } = await site.openPage({ files: [file] });
  const [worker] = page.workers();
  assert.ok(worker);
  // Gone without a word, as when the browser takes its memory back.
  await worker.evaluate(() => close()).catch(() => {});
  await page.getByTestId('trace-list').locator('[data-trace-id]').nth(2).click();
  await page.getByTestId('notice').filter({ hasText: 'The database stopped' }).waitFor();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.equal((await openFileCounts(page)).spans, 200);
});

test('an engine that cannot be loaded is one clear message', async () => {
  const { page } = await site.openPage();
  await page.route('**/duckdb-eh.wasm.gz', route => route.fulfill({ status: 404 }));
  await page.setInputFiles('[data-testid=file-input]', file);
  await page.waitForFunction(() => document.documentElement.dataset.phase === 'error');
  assert.equal(await page.getByTestId('error').filter({ visible: true }).getAttribute('data-code'), 'E-ENGINE-LOAD');
  await page.unroute('**/duckdb-eh.wasm.gz');
  await page.setInputFiles('[data-testid=file-input]', file);
  await page.getByTestId('file-chip').waitFor();
});

test('a failing question leaves the rest of the page alive', async () => {
  const { page } = await site.openPage({ hash: `#/timeline?v=1&sample=showcase&trace=${sample.largest.trace_id}` });
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  const rows = await page.getByTestId('waterfall').getAttribute('data-count');
  // The next answers are lost on the way: the pane that asked says so and nothing else changes.
  const [worker] = page.workers();
  assert.ok(worker);
  await worker.evaluate(() => {
    const post = globalThis.postMessage.bind(globalThis);
    Object.assign(globalThis, {
      real: post,
      postMessage: (/** @type {any} */ message, /** @type {any} */ transfer) => (message.kind === 'chunk' ? undefined : post(message.kind === 'done' ? { id: message.id, kind: 'error', name: 'sql', message: 'Binder Error: made up' } : message, transfer)),
    });
  });
  await page.getByTestId('waterfall').locator('[data-span-id]').nth(3).click();
  await idle(page);
  await page.getByTestId('span-details').getByText('made up').waitFor();
  assert.equal(await page.getByTestId('waterfall').getAttribute('data-count'), rows);
  await worker.evaluate(() => Object.assign(globalThis, { postMessage: /** @type {any} */ (globalThis).real }));
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByTestId('span-details').getByText('Identity').waitFor();
});

test('questions that need the same table side by side do not hinder each other', async () => {
  // The filter, the graph and the list of agents all read the runs of agents, which are gathered when first asked for.
  const { page, consoleErrors } = await site.openPage({ hash: '#/statistics?v=1&sample=showcase' });
  await page.evaluate(async () => {
    for (const hash of ['#/dependencies?v=1&sample=showcase', '#/dependencies?v=1&sample=showcase&q=agent:critic', '#/dependencies?v=1&sample=showcase&q=agent:critic&graph=artifacts']) {
      location.hash = hash;
      await new Promise(done => setTimeout(done, 30));
    }
  });
  await page.getByTestId('dependency-graph').waitFor();
  await idle(page);
  assert.equal(await page.getByText(/could not be/).count(), 0);
  // Two orders of the plain table before what both are made of is there.
  await page.evaluate(async () => {
    location.hash = '#/statistics?v=1&sample=showcase&raw=1';
    for (const sort of ['name', 'service', '-duration_ms']) {
      await new Promise(done => setTimeout(done, 20));
      location.hash = `#/statistics?v=1&sample=showcase&raw=1&sort=${sort}`;
    }
  });
  await page.getByTestId('statistics').waitFor();
  await idle(page);
  assert.equal(await page.getByText(/could not be/).count(), 0);
  assert.deepEqual(consoleErrors, []);
});
