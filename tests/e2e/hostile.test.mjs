// Files that somebody has damaged or made to do harm: hundreds of them one after the other in one page, and some that claim or expand to far more
// than they are. Each is answered, by its spans or by a message, and afterwards a good file opens as ever.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { assertNoForeignRequests, idle, openFileCounts, openFiles, repoPath, useSite } from './lib.mjs';

const site = useSite();
const FILES = 200;
/** Another number makes other damage, the same one the same. */
const SEED = 20_260_401;

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). @param {number} seed */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const fixture = (/** @type {string} */ name) => fs.readFileSync(repoPath('tests/fixtures', name));
const ORIGINALS = [
  { kind: 'duckdb', bytes: gunzipSync(fs.readFileSync(repoPath('src/sample/showcase.duckdb.gz'))) },
  ...['v1.0.0', 'v1.1.3_blocks16k', 'v1.4.3_blocks16k', 'indexes_blocks16k', 'deleted_rows'].map(name => ({ kind: 'duckdb', bytes: fixture(`duckdb_zoo/${name}.duckdb`) })),
  ...['duckdb_1.4.3_v1_snappy', 'duckdb_2.0.0_v2_zstd', 'pyarrow_gzip', 'pyarrow_nested_map_list_struct', 'pyarrow_delta', 'polars_default'].map(name => ({ kind: 'parquet', bytes: fixture(`parquet_zoo/${name}.parquet`) })),
];

/**
 * One damaged file, every fourth a database: some of those keep DuckDB busy for ever, which takes the page 14 s to be sure of. Most damage is where
 * a file says what it is: at its beginning and at its end.
 * @param {number} number
 * @returns {{name: string, mimeType: string, buffer: Buffer}}
 */
function damaged(number) {
  const next = numbers(SEED + number);
  const below = (/** @type {number} */ limit) => Math.floor(next() * limit);
  const half = ORIGINALS.filter(({ kind }) => (kind === 'duckdb') === (number % 4 === 0));
  const { kind, bytes } = half[below(half.length)] ?? { kind: '', bytes: Buffer.alloc(0) };
  let buffer = Buffer.from(bytes);
  const place = () => {
    const where = next();
    if (where < 0.35) return below(Math.min(12_288, buffer.length));
    if (where < 0.7) return buffer.length - 1 - below(Math.min(8192, buffer.length));
    return below(buffer.length);
  };
  const harm = below(6);
  if (harm === 0) for (let flips = 1 + below(4); flips > 0; flips -= 1) { const at = place(); buffer[at] = (buffer[at] ?? 0) ^ (1 << below(8)); }
  if (harm === 1) for (let bytesLeft = 1 + below(64); bytesLeft > 0; bytesLeft -= 1) buffer[place()] = below(256);
  if (harm === 2) { const at = place(); buffer.fill([0, 0xff, 0x7f][below(3)] ?? 0, at, Math.min(buffer.length, at + 1 + below(600))); }
  if (harm === 3) buffer = Buffer.from(buffer.subarray(0, Math.max(1, place())));
  if (harm === 4) { const [from, to] = [place(), place()]; buffer.copy(buffer, to, from, Math.min(buffer.length, from + 1 + below(4096))); }
  if (harm === 5) { const at = place(); buffer = Buffer.concat([buffer.subarray(0, at), buffer.subarray(Math.min(buffer.length, at + 1 + below(64)))]); }
  return { name: `damaged-${String(number).padStart(3, '0')}.${kind}`, mimeType: 'application/octet-stream', buffer };
}

test(`${FILES} damaged files in one page: each is answered, and the good file opens afterwards`, { timeout: 900_000 }, async t => {
  // The Guide asks nothing of the file. Opening looks at all of it: header, catalogue, every span's times. Every tenth file is read by the Timeline too.
  const opened = await site.openPage({ hash: '#/guide?v=1' });
  const { page, consoleErrors } = opened;
  const input = page.locator('input[type=file][data-testid=file-input]');
  // A pane of a file that did open may say by itself that it could not be read.
  const card = page.locator('[data-testid=error][data-code]').filter({ visible: true });
  /** @type {string[]} */
  const unanswered = [];
  /** @type {Record<string, number>} */
  const answers = {};
  /** @type {[number, string][]} */
  const slow = [];
  for (let number = 0; number < FILES; number += 1) {
    const file = damaged(number);
    const started = performance.now();
    await input.setInputFiles(file);
    await idle(page);
    slow.push([performance.now() - started, file.name]);
    const isCard = (await card.count()) > 0;
    const code = isCard ? (await card.first().getAttribute('data-code')) ?? '' : '';
    const words = isCard ? await card.first().innerText() : '';
    const isOpen = !isCard && (await page.getByTestId('file-chip').getByText(file.name).count()) > 0;
    answers[isOpen ? 'opened' : code] = (answers[isOpen ? 'opened' : code] ?? 0) + 1;
    if (process.env.SPANDECK_VERBOSE) console.log(file.name, Math.round(performance.now() - started), isOpen ? 'opened' : code, words.length);
    if (isOpen && number % 10 === 0) {
      await page.locator('#tab-timeline').click();
      await idle(page);
      await page.locator('#tab-guide').click();
    }
    if (!isOpen && !(code && words.length > 20)) unanswered.push(`${file.name}: ${code} ${words}`);
    if (isCard) await page.keyboard.press('Escape');
    if (await page.locator('#crash').isVisible()) assert.fail(`${file.name} stopped the page: ${await page.locator('#crash-what').innerText()}`);
  }
  slow.sort(([a], [b]) => b - a);
  t.diagnostic(`answers: ${JSON.stringify(answers)}`);
  t.diagnostic(`slowest: ${slow.slice(0, 5).map(([ms, name]) => `${name} ${Math.round(ms)} ms`).join(', ')}`);
  assert.deepEqual(unanswered, []);
  // Damage of every kind was among them, and some files that were damaged where nobody looks.
  assert.ok(Object.keys(answers).length >= 5 && (answers.opened ?? 0) > 0, JSON.stringify(answers));
  assert.deepEqual(consoleErrors.filter(words => /uncaught|crashed/.test(words)), []);
  for (const name of ['duckdb_zoo/v1.4.3_blocks16k.duckdb', 'parquet_zoo/pyarrow_gzip.parquet']) {
    await openFiles(page, [repoPath('tests/fixtures', name)]);
    assert.equal((await openFileCounts(page)).spans, 200, name);
  }
  await page.locator('#tab-timeline').click();
  await page.getByTestId('waterfall').waitFor();
  assertNoForeignRequests(opened);
});

test('a page that expands to more than it claims is stopped there, and the message names the limit', async () => {
  const { page } = await site.openPage();
  for (const name of ['pyarrow_gzip', 'pyarrow_brotli']) {
    const buffer = fixture(`parquet_zoo/${name}.parquet`);
    // The first page's header: its type, and then its expanded size, 216, as a number of two bytes. It says 10 from now on.
    assert.deepEqual([...buffer.subarray(4, 9)], [0x15, 0x04, 0x15, 0xb0, 0x03], name);
    buffer.set([0x94, 0x00], 7);
    await page.locator('input[type=file][data-testid=file-input]').setInputFiles({ name: `${name}-lie.parquet`, mimeType: 'application/octet-stream', buffer });
    await idle(page);
    const card = page.locator('[data-testid=error][data-code]').filter({ visible: true });
    assert.match(await card.innerText(), /claims to expand to 10 bytes and does not end there/, name);
    await page.keyboard.press('Escape');
  }
  await openFiles(page, [repoPath('tests/fixtures/parquet_zoo/pyarrow_gzip.parquet')]);
  assert.equal((await openFileCounts(page)).spans, 200);
});
