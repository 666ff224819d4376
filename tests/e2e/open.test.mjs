// Opening: the start page, the sample, every good file of both zoos, and what the shell then says of them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { address, assertNoComplaints, assertNoForeignRequests, idle, openFileCounts, openFiles, phase, repoPath, rowCount, useSite } from './lib.mjs';

const site = useSite();
const sample = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/showcase_expected.json'), 'utf8'));
const zoo = (/** @type {string} */ name) => JSON.parse(fs.readFileSync(repoPath('tests/fixtures', name, 'expected.json'), 'utf8'));

test('the start page is there before the engine, and asks for nothing', async () => {
  const { page, requests } = await site.openPage();
  assert.equal(await phase(page), 'empty');
  await page.getByRole('button', { name: 'Choose a file' }).waitFor();
  assert.deepEqual(requests.filter(request => /engine-|importer-|sample-/.test(request.url())).map(request => request.url()), []);
});

test('the sample opens, says what it holds, and stays on its own origin without a violation', async () => {
  const opened = await site.openPage();
  const { page } = opened;
  await page.getByRole('button', { name: 'Open the sample' }).click();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.deepEqual(await openFileCounts(page), { spans: sample.spans, traces: sample.traces, services: sample.services, errors: sample.errors });
  assert.equal(await page.getByTestId('trace-list').getAttribute('data-count'), String(sample.traces));
  assert.match(await address(page), /sample=showcase/);
  assertNoForeignRequests(opened);
  assertNoComplaints(opened);
});

for (const folder of ['duckdb_zoo', 'parquet_zoo']) {
  // One after the other in one page: the database program is compiled once, and each file takes the place of the one before.
  test(`every good file of ${folder} opens, with its rows`, async () => {
    const { ok, every_file_listed_under_ok: expected } = zoo(folder);
    const opened = await site.openPage();
    const wrong = [];
    for (const [name, note] of Object.entries(ok)) {
      // DuckDB 1.4, which runs in the page, does not read storage 68.
      if (name === 'v1.5.6_storage_latest.duckdb') continue;
      await openFiles(opened.page, [repoPath('tests/fixtures', folder, name)]);
      const counts = await openFileCounts(opened.page);
      const shown = await opened.page.getByTestId('file-chip').textContent() ?? '';
      const found = [counts.spans, counts.traces, counts.errors, await rowCount(opened.page, 'waterfall') > 0, shown.includes(name)];
      if (String(found) !== String([expected.rows, expected.traces, expected.errors, true, true])) wrong.push({ name, note, found });
    }
    assert.deepEqual(wrong, []);
    assert.ok(Object.keys(ok).length > 10);
    assertNoForeignRequests(opened);
    assertNoComplaints(opened);
  });
}

test('a database and its write-ahead log open together, with the rows of both', async () => {
  for (const [name, special] of Object.entries(zoo('duckdb_zoo').ok_special)) {
    if (!special.files) continue;
    const { page } = await site.openPage({ files: special.files.map((/** @type {string} */ file) => repoPath('tests/fixtures/duckdb_zoo', file)) });
    assert.equal((await openFileCounts(page)).spans, special.rows_with_wal, name);
    if (special.rows_without_wal === null) continue;
    await openFiles(page, [repoPath('tests/fixtures/duckdb_zoo', name)]);
    assert.equal((await openFileCounts(page)).spans, special.rows_without_wal, `${name} alone`);
  }
});

test('tables without rows are an empty state, not an error', async () => {
  for (const file of ['duckdb_zoo/empty_table.duckdb', 'parquet_zoo/ok_zero_rows.parquet']) {
    const { page } = await site.openPage({ files: [repoPath('tests/fixtures', file)] });
    assert.equal(await phase(page), 'ready', file);
    assert.equal((await openFileCounts(page)).spans, 0, file);
    await page.getByText('The file holds no spans').waitFor();
  }
});

test('several Parquet files open as one', async () => {
  const part = (/** @type {string} */ name) => repoPath('tests/fixtures/parquet_zoo', name);
  const { page } = await site.openPage({ files: [part('pyarrow_snappy.parquet'), part('pyarrow_zstd.parquet')] });
  const expected = zoo('parquet_zoo').every_file_listed_under_ok;
  assert.equal((await openFileCounts(page)).spans, 2 * expected.rows);
});

test('the same file given twice is opened once', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'twice-'));
  const twin = path.join(folder, 'twin.parquet');
  fs.copyFileSync(repoPath('tests/fixtures/parquet_zoo/pyarrow_snappy.parquet'), twin);
  const { page } = await site.openPage({ files: [repoPath('tests/fixtures/parquet_zoo/pyarrow_snappy.parquet'), twin] });
  assert.equal((await openFileCounts(page)).spans, 200);
  fs.rmSync(folder, { recursive: true });
});

test('once the page has been idle, the sample opens without network', async () => {
  const { page, requests } = await site.openPage();
  await page.waitForFunction(() => performance.getEntriesByType('resource').filter(entry => /(engine|sample|importer)-/.test(entry.name)).length >= 5);
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Open the sample' }).click();
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.equal((await openFileCounts(page)).spans, sample.spans);
  await openFiles(page, [repoPath('tests/fixtures/parquet_zoo/pyarrow_snappy.parquet')]);
  assert.equal((await openFileCounts(page)).spans, 200);
  assert.ok(requests.length > 0);
});

test('a link for a file opens that file\'s trace, and says when another file was given', async () => {
  const { page } = await site.openPage({ hash: '#/timeline?v=1&file=other.duckdb&trace=00000000000000000000000000000001' });
  await page.getByTestId('notice').filter({ hasText: 'other.duckdb' }).waitFor();
  await openFiles(page, [repoPath('tests/fixtures/duckdb_zoo/v1.4.3_blocks16k.duckdb')]);
  await page.getByTestId('notice').filter({ hasText: 'This is not other.duckdb' }).waitFor();
  assert.doesNotMatch(await address(page), /trace=00000000000000000000000000000001/);
});

test('a file dropped anywhere opens', async () => {
  const { page } = await site.openPage();
  const bytes = fs.readFileSync(repoPath('tests/fixtures/parquet_zoo/pyarrow_snappy.parquet')).toString('base64');
  await page.evaluate(base64 => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(base64), character => character.charCodeAt(0))], 'dropped.parquet'));
    for (const type of ['dragenter', 'dragover', 'drop']) document.querySelector('h1')?.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, bytes);
  await page.getByTestId('file-chip').waitFor();
  await idle(page);
  assert.match(await page.getByTestId('file-chip').innerText(), /dropped\.parquet/);
});

test('an address opens: a database by ranges, a Parquet file whole, and a relative one of the page\'s own site', async () => {
  const other = await site.otherOrigin(repoPath('tests/fixtures'));
  for (const file of ['duckdb_zoo/v1.0.0.duckdb', 'parquet_zoo/pyarrow_snappy.parquet']) {
    const opened = await site.openPage();
    await opened.page.getByTestId('url').fill(other.url + file);
    await opened.page.getByTestId('url').press('Enter');
    await opened.page.getByTestId('waterfall').waitFor();
    await idle(opened.page);
    assert.equal((await openFileCounts(opened.page)).spans, 200, file);
    assert.match(decodeURIComponent(await address(opened.page)), new RegExp(`src=.*${file.replaceAll('.', '\\.')}`));
    assertNoForeignRequests(opened, [new URL(other.url).origin]);
    assertNoComplaints(opened);
  }
});

test('a host without ranges still gives its database', async () => {
  const other = await site.otherOrigin(repoPath('tests/fixtures'), { ranges: false });
  const { page } = await site.openPage({ hash: `#/timeline?v=1&src=${encodeURIComponent(`${other.url}duckdb_zoo/v1.4.3_blocks16k.duckdb`)}` });
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.equal((await openFileCounts(page)).spans, 200);
});

test('a remembered file opens again from the list of recent files', async () => {
  const { page } = await site.openPage();
  const bytes = fs.readFileSync(repoPath('tests/fixtures/parquet_zoo/pyarrow_snappy.parquet')).toString('base64');
  // The origin's private file system gives handles of the same kind as the picker, without its dialog.
  await page.evaluate(async base64 => {
    const folder = await navigator.storage.getDirectory();
    const handle = await folder.getFileHandle('kept.parquet', { create: true });
    const writer = await handle.createWritable();
    await writer.write(Uint8Array.from(atob(base64), character => character.charCodeAt(0)));
    await writer.close();
    // @ts-expect-error not in every browser's types
    window.showOpenFilePicker = async () => [handle];
  }, bytes);
  await page.getByRole('button', { name: 'Choose a file' }).click();
  await page.getByTestId('file-chip').waitFor();
  await idle(page);
  await page.goto(site.url);
  await idle(page);
  await page.getByTestId('recents').getByRole('button', { name: /kept\.parquet/ }).click();
  await page.getByTestId('file-chip').waitFor();
  await idle(page);
  assert.equal((await openFileCounts(page)).spans, 200);
  await page.goto(site.url);
  await page.getByTestId('recents').getByRole('button', { name: 'Clear' }).click();
  await page.getByTestId('recents').waitFor({ state: 'detached' });
});
