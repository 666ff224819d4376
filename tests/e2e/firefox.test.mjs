// The smoke journey in Firefox: the sample in every mode, a Parquet file, SQL typed and run, a reload with the same view, and the offline copy.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { startServer } from '../../.ci/serve.mjs';
import { BUILT, repoPath } from './lib.mjs';
import { Firefox, firefoxPath } from './marionette.mjs';

const executable = firefoxPath();
const skip = executable ? false : 'there is no Firefox on this machine: set FIREFOX, or put firefox or firefox-esr on PATH';
const sample = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/showcase_expected.json'), 'utf8'));

/** @type {Firefox} */
let firefox;
/** @type {import('../../.ci/serve.mjs').Served} */
let served;
before(async () => {
  if (!executable) return;
  served = await startServer({ dir: BUILT, prefix: '/docs/viewer/' });
  firefox = await Firefox.start(executable);
});
after(async () => {
  await firefox?.close();
  await served?.close();
});

/** As `idle` of lib.mjs. */
const idle = () => firefox.run(`
  const frame = () => new Promise(done => requestAnimationFrame(done));
  for (let quiet = 0; quiet < 4;) { await frame(); quiet = document.documentElement.dataset.busy === 'false' ? quiet + 1 : 0; }`);
/** What the page's policy refused and what was thrown since `listen`, kept where every script of the remote control finds it. */
const complaints = () => firefox.run('return document.documentElement.dataset.complaints;');
const listen = () => firefox.run(`
  const { dataset } = document.documentElement;
  dataset.complaints = '';
  document.addEventListener('securitypolicyviolation', event => { dataset.complaints += event.violatedDirective + ' ' + event.blockedURI + '; '; });
  addEventListener('error', event => { dataset.complaints += event.message + '; '; });
  addEventListener('unhandledrejection', event => { dataset.complaints += event.reason + '; '; });`);
const spans = () => firefox.run(`return document.querySelector('[data-testid=file-chip]').dataset.spans;`);

test('Firefox: the sample opens from the start page and is shown in every mode', { skip, timeout: 300_000 }, async () => {
  await firefox.open(served.url);
  await listen();
  await idle();
  await firefox.click('.dz-b .btn:nth-of-type(2)');
  await firefox.find('[data-testid=waterfall] [data-span-id]');
  await idle();
  assert.equal(await spans(), String(sample.spans));
  for (const [slug, shown] of [['statistics', '[data-testid=statistics] tbody tr, [data-testid=statistics] [role=row]'], ['red', '[data-testid=red-cards], [data-testid^=red-]'], ['dependencies', '[data-testid=dependency-graph]'], ['sql', '.cm-editor, [data-testid=sql-editor]'], ['configuration', '[data-testid=configuration]'], ['guide', '.gds'], ['timeline', '[data-testid=waterfall] [data-span-id]']]) {
    // Firefox's remote control loses a click now and then on a busy machine: it is made once more.
    await firefox.click(`#tab-${slug}`);
    await firefox.find(`#tab-${slug}[aria-selected=true]`, 10_000).catch(() => firefox.click(`#tab-${slug}`));
    await firefox.find(shown ?? '').catch(async error => assert.fail(`${slug}: ${error}; ${await complaints()}; ${await firefox.run('return location.hash + document.body.innerText.slice(0, 2000);')}`));
    await idle();
    assert.equal(await firefox.run(`return document.querySelectorAll('[data-testid=error]').length;`), 0, slug);
  }
  assert.equal(await complaints(), '');
});

test('Firefox: SQL runs, and a link shows the same view after a reload', { skip, timeout: 300_000 }, async () => {
  const url = `${served.url}#/sql?v=1&sample=showcase&sql=${encodeURIComponent('SELECT count(*) AS spans FROM spans')}`;
  await firefox.open('about:blank');
  await firefox.open(url);
  await listen();
  await firefox.click('[data-testid=sql-run]');
  await firefox.find('[data-testid=sql-result] [data-col]');
  await idle();
  assert.match(await firefox.run(`return document.querySelector('[data-testid=sql-result]').textContent;`), new RegExp(String(sample.spans)));
  assert.equal(await complaints(), '');
  await firefox.open('about:blank');
  await firefox.open(`${served.url}#/timeline?v=1&sample=showcase&trace=${sample.largest.trace_id}`);
  await firefox.find('[data-testid=waterfall] [data-span-id]');
  await idle();
  const rows = await firefox.run(`return document.querySelector('[data-testid=waterfall]').dataset.count;`);
  await firefox.send('WebDriver:Refresh');
  await firefox.find('[data-testid=waterfall] [data-span-id]');
  await idle();
  assert.equal(await firefox.run(`return document.querySelector('[data-testid=waterfall]').dataset.count;`), rows);
});

test('Firefox: files open through the chooser, a damaged one with a message', { skip, timeout: 300_000 }, async () => {
  await firefox.open('about:blank');
  await firefox.open(served.url);
  await listen();
  for (const file of ['parquet_zoo/pyarrow_snappy.parquet', 'duckdb_zoo/v1.4.3_blocks16k.duckdb']) {
    await firefox.type('#file-input', repoPath('tests/fixtures', file));
    await firefox.run(`while (!document.querySelector('[data-testid=file-chip]')?.textContent.includes(args[0])) await new Promise(done => setTimeout(done, 50));`, [file.split('/')[1]]);
    await idle();
    assert.equal(await spans(), '200', file);
  }
  await firefox.type('#file-input', repoPath('tests/fixtures/duckdb_zoo/bad_truncated.duckdb'));
  await firefox.find('[data-testid=error][data-code=E-DUCKDB-DAMAGED]');
  assert.equal(await complaints(), '');
});

test('Firefox: after a visit the sample opens without its server', { skip, timeout: 300_000 }, async () => {
  await firefox.open('about:blank');
  await firefox.open(served.url);
  await firefox.run(`
    while ((await navigator.serviceWorker.getRegistration())?.active?.state !== 'activated') await new Promise(done => setTimeout(done, 100));`);
  await served.close();
  await firefox.open('about:blank');
  await firefox.open(`${served.url}#/timeline?v=1&sample=showcase`);
  await firefox.find('[data-testid=waterfall] [data-span-id]');
  await idle();
  assert.equal(await spans(), String(sample.spans));
});
