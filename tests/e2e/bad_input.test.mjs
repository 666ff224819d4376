// Files and addresses that cannot be opened: one clear message each, the page stays usable, a file that was open stays open.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { idle, openFileCounts, openFiles, phase, repoPath, rowCount, useSite } from './lib.mjs';

const site = useSite();
const good = repoPath('tests/fixtures/parquet_zoo/pyarrow_snappy.parquet');

/** The file, the code of the message, and words that it must hold. @type {[string, string | RegExp, RegExp[]][]} */
const REFUSED = [
  ['duckdb_zoo/bad_v2.0.0.duckdb', 'E-DUCKDB-NEWER', [/v2\.0\.0/, /STORAGE_VERSION 'v1\.0\.0'/, /COPY spans TO 'traces\.parquet'/]],
  ['duckdb_zoo/v1.5.6_storage_latest.duckdb', 'E-DUCKDB-NEWER', [/v1\.5\.6/]],
  ['duckdb_zoo/bad_encrypted.duckdb', 'E-DUCKDB-ENCRYPTED', [/encrypted/]],
  ['duckdb_zoo/bad_no_span_table.duckdb', 'E-SCHEMA-NONE', [/orders/, /users/]],
  ['duckdb_zoo/bad_truncated.duckdb', 'E-DUCKDB-DAMAGED', [/again/]],
  ['duckdb_zoo/bad_truncated_header.duckdb', 'E-DUCKDB-TRUNCATED', [/3000 bytes/]],
  ['duckdb_zoo/bad_block_checksum.duckdb', 'E-DUCKDB-DAMAGED', [/damaged/]],
  ['duckdb_zoo/bad_random.duckdb', 'E-FILE-UNKNOWN', [/\.duckdb/, /\.parquet/]],
  ['duckdb_zoo/bad_random_after_magic.duckdb', /E-DUCKDB-(DAMAGED|HEADER)/, [/damaged/]],
  ['duckdb_zoo/bad_empty.duckdb', 'E-FILE-EMPTY', [/0 bytes/]],
  ['duckdb_zoo/bad_text.duckdb', 'E-FILE-TEXT', [/text/]],
  ['duckdb_zoo/bad_is_sqlite.duckdb', 'E-FILE-SQLITE', [/SQLite/]],
  ['duckdb_zoo/wal.duckdb.wal', 'E-WAL-ALONE', [/wal\.duckdb/]],
  ['parquet_zoo/bad_not_spans.parquet', 'E-SCHEMA-NONE', [/trace_id/]],
  ['parquet_zoo/bad_truncated.parquet', 'E-PARQUET-TRUNCATED', [/cut off/]],
  ['parquet_zoo/bad_page_bytes.parquet', /E-IMPORT/, [/damaged/i]],
  ['parquet_zoo/bad_empty.parquet', 'E-FILE-EMPTY', [/0 bytes/]],
  ['parquet_zoo/bad_text.parquet', 'E-FILE-TEXT', [/text/]],
  ['parquet_zoo/bad_huge_footer.parquet', 'E-PARQUET-FOOTER', [/footer/]],
  ['parquet_zoo/bad_encrypted.parquet', 'E-PARQUET-ENCRYPTED', [/encrypted/]],
];

test('every file of the zoos that must be refused is in this list', () => {
  for (const folder of ['duckdb_zoo', 'parquet_zoo']) {
    const expected = JSON.parse(fs.readFileSync(repoPath('tests/fixtures', folder, 'expected.json'), 'utf8'));
    const listed = REFUSED.map(([file]) => file);
    // Parquet with a wrong ending opens as what it is.
    const missing = Object.keys(expected.must_be_refused_with_a_clear_message).map(name => `${folder}/${name}`)
      .filter(name => !listed.includes(name) && name !== 'duckdb_zoo/bad_is_parquet.duckdb');
    assert.deepEqual(missing, []);
  }
});

for (const [file, code, words] of REFUSED) {
  test(`${file} is refused with a message, and the open file stays`, async () => {
    const { page } = await site.openPage({ files: [repoPath('tests/fixtures', file)] });
    assert.equal(await phase(page), 'error');
    const card = page.getByTestId('error').filter({ visible: true });
    const found = await card.getAttribute('data-code') ?? '';
    if (typeof code === 'string') assert.equal(found, code); else assert.match(found, code);
    const text = await card.innerText();
    for (const word of words) assert.match(text, word);
    // The page is usable: another file opens from here.
    await openFiles(page, [good]);
    assert.equal((await openFileCounts(page)).spans, 200);
    const count = await rowCount(page, 'waterfall');
    await openFiles(page, [repoPath('tests/fixtures', file)]);
    await card.waitFor();
    assert.equal(await phase(page), 'ready');
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
    assert.equal(await rowCount(page, 'waterfall'), count);
    assert.equal((await openFileCounts(page)).spans, 200);
  });
}

test('Parquet with the wrong ending opens as what it is', async () => {
  const { page } = await site.openPage({ files: [repoPath('tests/fixtures/duckdb_zoo/bad_is_parquet.duckdb')] });
  assert.equal((await openFileCounts(page)).spans, 200);
});

test('two databases at once are refused', async () => {
  const file = (/** @type {string} */ name) => repoPath('tests/fixtures/duckdb_zoo', name);
  const { page } = await site.openPage({ files: [file('v1.0.0.duckdb'), file('v1.4.3_blocks16k.duckdb')] });
  assert.equal(await page.getByTestId('error').filter({ visible: true }).getAttribute('data-code'), 'E-FILES-MIXED');
});

test('a file without a table of spans lets the reader choose table and columns', async () => {
  const { page } = await site.openPage({ files: [repoPath('tests/fixtures/duckdb_zoo/bad_no_span_table.duckdb')] });
  await page.getByRole('button', { name: 'Map columns' }).click();
  const picker = page.getByTestId('picker');
  await picker.getByText('users', { exact: true }).click();
  assert.ok(await page.getByRole('button', { name: 'Open with these columns' }).isDisabled());
  for (const [field, column] of Object.entries({ trace_id: 'name', span_id: 'name', name: 'name', start_time: 'id', end_time: 'id' })) await picker.locator(`#map-${field}`).selectOption(column);
  await page.getByRole('button', { name: 'Open with these columns' }).click();
  await page.getByTestId('file-chip').waitFor();
  await idle(page);
  assert.deepEqual(await openFileCounts(page), { spans: 2, traces: 2, services: 2, errors: 0 });
});

test('addresses that give nothing say why', async () => {
  const plain = await site.otherOrigin(repoPath('tests/fixtures'));
  const closed = await site.otherOrigin(repoPath('tests/fixtures'), { cors: false });
  const gone = await site.otherOrigin(repoPath('tests/fixtures'));
  const dead = gone.url;
  await gone.close();
  for (const [url, code] of [
    [`${plain.url}nothing_here.duckdb`, 'E-URL-404'],
    [`${closed.url}duckdb_zoo/v1.0.0.duckdb`, 'E-URL-CORS'],
    [`${dead}x.duckdb`, 'E-URL-UNREACHABLE'],
    [`${plain.url}duckdb_zoo/bad_text.duckdb`, 'E-FILE-TEXT'],
    [`${plain.url}duckdb_zoo/bad_empty.duckdb`, 'E-FILE-EMPTY'],
    [`${plain.url}duckdb_zoo/bad_v2.0.0.duckdb`, 'E-DUCKDB-NEWER'],
    [`${plain.url}parquet_zoo/bad_truncated.parquet`, 'E-PARQUET-TRUNCATED'],
  ]) {
    const { page } = await site.openPage();
    await page.getByTestId('url').fill(url);
    await page.getByTestId('url').press('Enter');
    await page.waitForFunction(() => document.documentElement.dataset.phase === 'error');
    assert.equal(await page.getByTestId('error').filter({ visible: true }).getAttribute('data-code'), code, url);
  }
});

test('what is no web address is refused in place', async () => {
  const { page, requests } = await site.openPage();
  const before = requests.length;
  for (const typed of ['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x']) {
    await page.getByTestId('url').fill(typed);
    await page.getByTestId('url').press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Only http and https' }).waitFor();
  }
  assert.equal(requests.length, before);
});

test('an import can be cancelled, and the page goes on', async () => {
  const { page } = await site.openPage();
  // The engine's file never arrives, so the opening stays under way.
  await page.route('**/duckdb-eh.wasm.gz', () => {});
  await page.setInputFiles('[data-testid=file-input]', good);
  await page.getByTestId('opening').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Choose a file' }).waitFor();
  assert.equal(await phase(page), 'empty');
  await page.unroute('**/duckdb-eh.wasm.gz');
  await openFiles(page, [good]);
  assert.equal((await openFileCounts(page)).spans, 200);
});
