// The copy of the page for times without network: whole after the first visit, only of the page's own files, gone when it is switched off, and a
// newer version is taken when the reader says so. The server of each test really goes away: no emulation.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { startServer } from '../../.ci/serve.mjs';
import { BUILT, address, assertNoComplaints, assertNoForeignRequests, idle, launch, openFileCounts, openFiles, openPageIn, repoPath } from './lib.mjs';

/** @typedef {import('./lib.mjs').Page} Page */

const sample = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/showcase_expected.json'), 'utf8'));
const parquet = repoPath('tests/fixtures/parquet_zoo/pyarrow_snappy.parquet');

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {string} */
let folder;
/** @type {import('../../.ci/serve.mjs').Served[]} */
let servers = [];

before(async () => {
  browser = await launch();
});
afterEach(async () => {
  await Promise.all([...browser.contexts().map(context => context.close()), ...servers.map(served => served.close())]);
  servers = [];
  fs.rmSync(folder, { recursive: true, force: true });
});
after(() => browser?.close());

/** The built page on a server of its own, below a sub-path, in a folder that the test may change. */
async function deploy() {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spandeck-offline-'));
  fs.cpSync(fs.realpathSync(BUILT), folder, { recursive: true });
  const served = await startServer({ dir: folder, prefix: '/docs/viewer/' });
  servers.push(served);
  return served;
}

/** The names in the folder that have their contents' hash. */
const hashedFiles = () => fs.readdirSync(folder, { recursive: true }).map(String).filter(name => /-[0-9a-f]{12}[./]/.test(name) && fs.statSync(path.join(folder, name)).isFile()).sort();

/** Until the copy is whole and the page is answered by it. @param {Page} page */
const kept = page => page.evaluate(async () => {
  while ((await navigator.serviceWorker.getRegistration())?.active?.state !== 'activated' || !navigator.serviceWorker.controller) await new Promise(done => setTimeout(done, 50));
});

/** Addresses in all caches of the origin, relative to the page. @param {Page} page */
const inCaches = page => page.evaluate(async () => {
  const base = new URL('.', location.href).href;
  const found = await Promise.all((await caches.keys()).map(async name => (await (await caches.open(name)).keys()).map(request => request.url.replace(base, ''))));
  return found.flat().sort();
});

test('after the first visit everything works without its server: page, engine, importer, editor, sample', async () => {
  const served = await deploy();
  const first = await openPageIn(browser, served.url, { offlineCopy: true });
  await kept(first.page);
  assertNoComplaints(first);
  await served.close();
  servers = [];
  const { page } = first;
  await page.goto(`${served.url}?utm=1#/sql?v=1&sample=showcase`);
  await page.locator('.cm-editor').waitFor();
  await idle(page);
  assert.equal((await openFileCounts(page)).spans, sample.spans);
  await openFiles(page, [parquet]);
  assert.equal((await openFileCounts(page)).spans, 200);
  await page.goto(`${served.url}index.html`);
  await page.getByRole('button', { name: 'Open the sample' }).waitFor();
  assertNoForeignRequests(first);
});

test('only the files of this build are kept: no file of the reader, none that an address names, no other page of the site', async () => {
  const served = await deploy();
  fs.copyFileSync(parquet, path.join(folder, 'own.parquet'));
  fs.copyFileSync(repoPath('tests/fixtures/duckdb_zoo/v1.4.3_blocks16k.duckdb'), path.join(folder, 'own-0123456789ab.duckdb'));
  fs.writeFileSync(path.join(folder, 'other.html'), '<!doctype html><title>Another page</title>');
  const { page } = await openPageIn(browser, served.url, { offlineCopy: true });
  await kept(page);
  for (const source of ['own.parquet', 'own-0123456789ab.duckdb', `${served.url}own.parquet`]) {
    await page.goto(`${served.url}#/timeline?v=1&src=${encodeURIComponent(source)}`);
    await page.getByTestId('waterfall').waitFor();
    await idle(page);
    assert.equal((await openFileCounts(page)).spans, 200, source);
  }
  await openFiles(page, [parquet]);
  assert.deepEqual(await inCaches(page), ['', ...hashedFiles().filter(name => !name.startsWith('own-'))].sort());
  await page.goto(`${served.url}other.html`);
  assert.equal(await page.title(), 'Another page');
  await page.goto(`${served.origin}/elsewhere/`);
  assert.equal(await page.evaluate(() => navigator.serviceWorker.controller), null);
});

/** Puts another version into the folder: its stylesheet has another name, and so has all that names it. */
function release() {
  const html = fs.readFileSync(path.join(folder, 'index.html'), 'utf8');
  const worker = fs.readFileSync(path.join(folder, 'offline.js'), 'utf8');
  const sheet = /spandeck-[0-9a-f]{12}\.css/.exec(html)?.[0] ?? '';
  const script = /spandeck-[0-9a-f]{12}\.js/.exec(html)?.[0] ?? '';
  const version = /"([0-9a-f]{12})"/.exec(worker)?.[1] ?? '';
  assert.ok(sheet && script && version);
  const renamed = { [sheet]: 'spandeck-111111111111.css', [script]: 'spandeck-222222222222.js', [version]: '333333333333' };
  const edit = (/** @type {string} */ text) => Object.entries(renamed).reduce((now, [from, to]) => now.replaceAll(from, to), text);
  for (const name of [sheet, script]) fs.renameSync(path.join(folder, name), path.join(folder, renamed[name] ?? ''));
  fs.writeFileSync(path.join(folder, 'index.html'), edit(html));
  fs.writeFileSync(path.join(folder, 'offline.js'), edit(worker));
  return sheet;
}

const sheetOf = (/** @type {Page} */ page) => page.locator('link[rel=stylesheet]').getAttribute('href');

test('a newer version is announced, waits, and is taken when the reader says so; another tab goes on', async () => {
  const served = await deploy();
  const { page } = await openPageIn(browser, served.url, { offlineCopy: true, hash: '#/timeline?v=1&sample=showcase' });
  await kept(page);
  const other = await page.context().newPage();
  await other.goto(`${served.url}#/statistics?v=1&sample=showcase`);
  await other.getByTestId('statistics').waitFor();
  const sheet = release();
  await page.reload();
  const button = page.getByTestId('take-update');
  await button.waitFor();
  // What runs is the version that was there, whole, and stays until the button is pressed.
  assert.equal(await sheetOf(page), `./${sheet}`);
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  const before = await address(page);
  await button.click();
  await page.locator('link[href$="spandeck-111111111111.css"]').waitFor({ state: 'attached' });
  await page.getByTestId('waterfall').waitFor();
  assert.equal(await address(page), before);
  // The other tab was not reloaded, is told, and still has the files of its own version.
  await other.getByTestId('take-update').waitFor();
  assert.equal(await sheetOf(other), `./${sheet}`);
  assert.equal(await other.evaluate(async name => (await fetch(name)).status, sheet), 200);
  await other.getByTestId('take-update').click();
  await other.locator('link[href$="spandeck-111111111111.css"]').waitFor({ state: 'attached' });
  await page.close();
  await other.reload();
  await other.evaluate(async () => { while ((await caches.keys()).length !== 1) await new Promise(done => setTimeout(done, 50)); });
  assert.deepEqual(await inCaches(other), ['', ...hashedFiles()].sort());
});

test('the switch in Configuration drops the copy, stays off, and brings it back', async () => {
  const served = await deploy();
  const { page } = await openPageIn(browser, served.url, { offlineCopy: true, hash: '#/configuration?v=1&sample=showcase&section=local' });
  const part = page.getByTestId('offline');
  await kept(page);
  await page.locator('[data-testid=offline][data-state=ready]').waitFor();
  await part.getByRole('radio', { name: 'Off' }).click();
  await idle(page);
  await page.locator('[data-testid=offline][data-state=off]').waitFor();
  const nothing = () => page.evaluate(async () => [(await navigator.serviceWorker.getRegistrations()).length, (await caches.keys()).length]);
  assert.deepEqual(await nothing(), [0, 0]);
  await page.reload();
  await page.locator('[data-testid=offline][data-state=off]').waitFor();
  assert.deepEqual(await nothing(), [0, 0]);
  await part.getByRole('radio', { name: 'On' }).click();
  await page.locator('[data-testid=offline][data-state=ready]').waitFor();
  assert.deepEqual(await inCaches(page), ['', ...hashedFiles()].sort());
});

test('a host that does not give all of it leaves the page as it is without a copy', async () => {
  const served = await deploy();
  fs.rmSync(path.join(folder, hashedFiles().find(name => name.startsWith('editor-')) ?? 'none'));
  const opened = await openPageIn(browser, served.url, { offlineCopy: true, hash: '#/configuration?v=1&sample=showcase&section=local' });
  await opened.page.locator('[data-testid=offline][data-state=failed]').waitFor();
  assert.equal(await opened.page.evaluate(async () => (await caches.keys()).length), 0);
  assert.equal((await openFileCounts(opened.page)).spans, sample.spans);
});

test('where the browser has no service workers nothing is missed', async () => {
  const served = await deploy();
  // A name that is not this computer's, by plain http, is no place for them.
  const plain = await launch(['--host-resolver-rules=MAP lan.test 127.0.0.1']);
  try {
    const opened = await openPageIn(plain, served.url.replace('127.0.0.1', 'lan.test'), { offlineCopy: true, hash: '#/configuration?v=1&sample=showcase&section=local' });
    assert.equal(await opened.page.evaluate(() => 'serviceWorker' in navigator), false);
    await opened.page.locator('[data-testid=offline][data-state=missing]').waitFor();
    assert.equal((await openFileCounts(opened.page)).spans, sample.spans);
    assertNoComplaints(opened);
  } finally {
    await plain.close();
  }
});
