// Traces of other tools: the same shop in every format gives the same counts, plain, packed and in archives; what is broken says where and keeps the rest.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { assertNoComplaints, assertNoForeignRequests, idle, openFileCounts, openFiles, phase, repoPath, useSite } from './lib.mjs';

/** @typedef {import('playwright-core').Page} Page */

const site = useSite();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'formats-'));
after(() => fs.rmSync(folder, { recursive: true }));

const SHOP = { spans: 264, traces: 24, services: 6, errors: 16 };
const fixture = (/** @type {string} */ name) => repoPath('tests/fixtures/formats', name);
const bytes = (/** @type {string} */ name) => fs.readFileSync(fixture(name));

/** A file made for one test. @param {string} name @param {string | Buffer} content */
function made(name, content) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, content);
  return file;
}

/** What Configuration says of the open file: its format and what was odd. @param {Page} page */
async function reading(page) {
  await page.getByRole('tab', { name: 'Configuration', exact: true }).click();
  await idle(page);
  const format = await page.getByTestId('data-file').locator('[data-col=format]').getAttribute('data-value');
  return { format, words: await page.locator('body').innerText() };
}

/** @type {[string, string][]} */
const SAMPLES = [
  ['shop_otlp.json', 'OTLP JSON'],
  ['shop_otlp_sdk.jsonl', 'OTLP JSON lines'],
  ['shop_otlp_collector.jsonl', 'OTLP JSON lines'],
  ['shop_otlp_collector.jsonl.gz', 'OTLP JSON lines, gzip'],
  ['shop_two.zip', 'OTLP JSON lines, zip + OTLP JSON lines, zip, gzip'],
  ['shop_two.tar.gz', 'OTLP JSON lines, tar, gzip, 2 files as one'],
  ['shop_otlp.pb', 'OTLP protobuf'],
  ['shop_otlp_framed.pb', 'OTLP protobuf'],
  ['shop_jaeger.json', 'Jaeger JSON'],
  ['shop_jaeger.json.zst', 'Jaeger JSON, zstd'],
  ['shop_zipkin_v2.json', 'Zipkin JSON'],
  ['shop_parquet.zip', 'Parquet, zip'],
];

for (const [name, format] of SAMPLES) {
  test(`${name} is the shop, told as ${format}`, async () => {
    const opened = await site.openPage({ files: [fixture(name)] });
    assert.equal(await phase(opened.page), 'ready');
    assert.deepEqual(await openFileCounts(opened.page), SHOP);
    assert.equal((await reading(opened.page)).format, format);
    assertNoForeignRequests(opened);
    assertNoComplaints(opened);
  });
}

test('a file is told by its content, not its name', async () => {
  const { page } = await site.openPage({ files: [made('wrong.duckdb', bytes('shop_jaeger.json'))] });
  assert.deepEqual(await openFileCounts(page), SHOP);
});

test('several files of several formats are one data set', async () => {
  const lines = bytes('shop_otlp_collector.jsonl').toString().split('\n').filter(line => line);
  const half = made('half.jsonl.gz', gzipSync(lines.slice(0, 8).join('\n')));
  const rest = made('rest.jsonl', lines.slice(8).join('\r\n'));
  const { page } = await site.openPage({ files: [half, rest] });
  assert.deepEqual(await openFileCounts(page), SHOP);
});

/** A sample cut at a byte: some spans stay, and the notice says where it ends. @type {[string, number, RegExp][]} */
const CUT = [
  ['shop_otlp.json', 150_000, /cut off at line \d+ \(byte 150000\)/],
  ['shop_otlp_collector.jsonl', 100_000, /1 line is not whole or not JSON; .* at line \d+/],
  ['shop_otlp_collector.jsonl.gz', 9_000, /could not be read to its end/],
  ['shop_jaeger.json', 120_000, /cut off at/],
  ['shop_zipkin_v2.json', 90_000, /cut off at/],
  ['shop_otlp.pb', 40_000, /cut off at byte \d+/],
  ['shop_jaeger.json.zst', 10_000, /could not be read to its end/],
];

for (const [name, length, words] of CUT) {
  test(`${name} cut at byte ${length} keeps the spans before`, async () => {
    const { page } = await site.openPage({ files: [made(`cut_${name}`, bytes(name).subarray(0, length))] });
    assert.equal(await phase(page), 'ready');
    const { spans } = await openFileCounts(page);
    assert.ok(spans > 40 && spans < SHOP.spans, String(spans));
    assert.match((await reading(page)).words, words);
  });
}

test('lines that are no JSON are skipped, counted and placed', async () => {
  const lines = bytes('shop_otlp_collector.jsonl').toString().split('\n').filter(line => line);
  const broken = [lines[0], 'no json', (lines[1] ?? '').slice(0, 50), ...lines.slice(1)].join('\n');
  const { page } = await site.openPage({ files: [made('broken.jsonl', broken)] });
  assert.deepEqual(await openFileCounts(page), SHOP);
  assert.match((await reading(page)).words, /2 lines are not whole or not JSON; .* the first at line 2 /);
});

test('depth, odd values and hostile text cost themselves', async () => {
  const span = { traceId: 'aa', spanId: 'bb', name: '<img src=x onerror=alert(1)>', startTimeUnixNano: '1772438400000000000', endTimeUnixNano: 'NaN' };
  const text = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, x: 0 }, { name: 'no ids' }] }] }] });
  const { page } = await site.openPage({ files: [made('odd.json', text.replace('"x":0', `"x":${'['.repeat(500_000)}${']'.repeat(500_000)}`))] });
  assert.equal((await openFileCounts(page)).spans, 1);
  const { words } = await reading(page);
  assert.match(words, /1 span has no trace id or no span id/);
  assert.match(words, /1 time is no time/);
});

/** @type {[string, string | Buffer, string, RegExp][]} */
const REFUSED = [
  ['foreign.json', '{"hello": "world"}', 'E-SPANS-NONE', /no spans that are known here/],
  ['logs.zip', bytes('shop_two.zip').subarray(0, 5_000), 'E-SPANS-UNREADABLE', /cut off/],
  ['broken.gz', Buffer.from('1f8b0800000000000003ffffff', 'hex'), 'E-SPANS-UNREADABLE', /could not be read/],
];

for (const [name, content, code, words] of REFUSED) {
  test(`${name} is refused with ${code}, and another file opens from there`, async () => {
    const { page } = await site.openPage({ files: [made(name, content)] });
    assert.equal(await phase(page), 'error');
    const card = page.getByTestId('error').filter({ visible: true });
    assert.equal(await card.getAttribute('data-code'), code);
    assert.match(await card.innerText(), words);
    await openFiles(page, [fixture('shop_otlp.pb')]);
    assert.deepEqual(await openFileCounts(page), SHOP);
  });
}

test('Parquet and other formats at once are refused', async () => {
  const { page } = await site.openPage({ files: [fixture('shop_flock.parquet'), fixture('shop_otlp.json')] });
  assert.equal(await page.getByTestId('error').filter({ visible: true }).getAttribute('data-code'), 'E-FILES-MIXED');
});
