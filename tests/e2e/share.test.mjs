// Links: the view in a fresh profile, a trace inside its link, what is left out of it, files for what is too long, links that are damaged
// or hostile, files that a link asks for, and traces by the beginning of their id.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import zlib from 'node:zlib';
import { address, assertNoComplaints, assertNoForeignRequests, idle, openFileCounts, openFiles, phase, repoPath, rowCount, rows, useSite } from './lib.mjs';

/** @typedef {import('playwright-core').Page} Page */

const site = useSite();
const sample = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/showcase_expected.json'), 'utf8'));
/** A trace of the sample with 151 spans, six of them failed. */
const FAILED = '04a3a5cffea85472e783d59a0975134c';
const FAILED_SPANS = 151;
const MODES = ['Timeline', 'Statistics', 'RED Metrics', 'Dependencies', 'DuckDB SQL', 'Configuration', 'Guide'];
const PARQUET = repoPath('tests/fixtures/parquet_zoo/pyarrow_snappy.parquet');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spandeck-share-'));
after(() => fs.rmSync(folder, { recursive: true }));

/** @param {Page} page */
async function openShare(page) {
  await page.getByTestId('share').click();
  await page.getByTestId('share-dialog').waitFor();
  await idle(page);
}

/** The link that the dialog shows. @param {Page} page */
const linkOf = async page => await page.getByTestId('share-link').getAttribute('data-value') ?? '';

/** What stands behind the `#`. @param {string} link */
const hashOf = link => link.slice(link.indexOf('#'));

/**
 * The dialog with a trace of the sample in the link.
 * @param {'names' | 'no-io' | 'everything'} payload
 */
async function traceDialog(payload) {
  const opened = await site.openPage({ hash: `#/timeline?v=1&sample=showcase&trace=${FAILED}` });
  await idle(opened.page);
  await openShare(opened.page);
  await opened.page.locator('#share-what-trace').click();
  await opened.page.locator(`#share-${payload}`).check();
  await idle(opened.page);
  return opened;
}

/** The bytes that a link carries, unpacked. @param {string} link */
function unpacked(link) {
  const data = new URLSearchParams(link.slice(link.indexOf('?', link.indexOf('#')))).get('data') ?? '';
  const bytes = Buffer.from(data, 'base64url');
  assert.equal(bytes[0], 2, 'the version of the form');
  return zlib.inflateSync(bytes.subarray(1));
}

test('a copied link brings the same view in a fresh profile', async () => {
  const views = [
    `#/timeline?v=1&sample=showcase&trace=${FAILED}&q=service:Agent&match=critic&view=spans&sort=slowest`,
    '#/statistics?v=1&sample=showcase&q=status:error',
    '#/red?v=1&sample=showcase&q=-service:Agent',
  ];
  for (const hash of views) {
    const first = await site.openPage({ hash, permissions: ['clipboard-read', 'clipboard-write'] });
    await idle(first.page);
    await openShare(first.page);
    const words = await first.page.getByTestId('share-words').textContent() ?? '';
    assert.match(words, /The filter is/);
    await first.page.locator('#share-copy').click();
    const link = await first.page.evaluate(() => navigator.clipboard.readText());
    assert.equal(link, await linkOf(first.page));
    assert.equal(await first.page.getByTestId('share-length').getAttribute('data-value'), String(link.length));
    const counted = await first.page.getByTestId('match-count').textContent();
    const second = await site.openPage({ hash: hashOf(link) });
    await idle(second.page);
    assert.equal(await address(second.page), link);
    assert.equal(await second.page.getByTestId('match-count').textContent(), counted);
    assertNoComplaints(second);
  }
});

test('a link to the trace alone leaves filters behind', async () => {
  const { page } = await site.openPage({ hash: `#/statistics?v=1&sample=showcase&trace=${FAILED}&q=service:Agent&group=service` });
  await idle(page);
  await openShare(page);
  assert.match(await linkOf(page), /#\/statistics\?.*q=service:Agent/);
  await page.locator('#share-carried-trace').click();
  assert.match(await linkOf(page), new RegExp(`#/timeline\\?v=1&sample=showcase&trace=${FAILED}$`));
});

test('long SQL in a link is compressed and comes back whole', async () => {
  const sql = Array.from({ length: 30 }, (_, at) => `SELECT service, count(*) AS spans_${at} FROM spans WHERE duration_ms > ${at} GROUP BY service;`).join('\n');
  const { page } = await site.openPage({ hash: `#/sql?v=1&sample=showcase&sql=${encodeURIComponent(sql)}` });
  await idle(page);
  await openShare(page);
  const link = await linkOf(page);
  assert.match(link, /v=2&.*sql=~z/);
  assert.ok(link.length < sql.length / 3, `${link.length} of ${sql.length}`);
  const second = await site.openPage({ hash: hashOf(link) });
  await idle(second.page);
  await openShare(second.page);
  assert.equal(await linkOf(second.page), link);
  assert.match(await second.page.getByTestId('sql-editor').textContent() ?? '', /spans_0/);
  assertNoComplaints(second);
});

test('a trace in its link opens without a file, and every mode works on it', async () => {
  const { page } = await traceDialog('no-io');
  const link = await linkOf(page);
  assert.ok(link.length < 60_000, String(link.length));
  assert.match(await page.getByTestId('share-words').textContent() ?? '', /The trace itself is in it.*Left out: inputs and outputs/s);
  const opened = await site.openPage({ hash: hashOf(link) });
  await idle(opened.page);
  const counts = await openFileCounts(opened.page);
  assert.deepEqual({ spans: counts.spans, traces: counts.traces, errors: counts.errors }, { spans: FAILED_SPANS, traces: 1, errors: 6 });
  await opened.page.getByText('Whoever shared this trace left out inputs and outputs').first().waitFor();
  assert.deepEqual(opened.requests.filter(request => /sample-/.test(request.url())).map(request => request.url()), []);
  for (const name of MODES) {
    await opened.page.getByRole('tab', { name, exact: true }).click();
    await idle(opened.page);
    assert.equal(await phase(opened.page), 'ready', name);
    assert.equal(await opened.page.getByTestId('error').count(), 0, name);
  }
  await opened.page.goBack();
  await idle(opened.page);
  assert.equal((await openFileCounts(opened.page)).spans, FAILED_SPANS);
  // The same agents and the same rows as in the file.
  await opened.page.getByRole('tab', { name: 'Timeline', exact: true }).click();
  await idle(opened.page);
  const shown = await rows(opened.page, 'waterfall');
  const file = await site.openPage({ hash: `#/timeline?v=1&sample=showcase&trace=${FAILED}` });
  await idle(file.page);
  // A notice takes the room of a row or two.
  assert.ok(shown.length > 10);
  assert.deepEqual(shown, (await rows(file.page, 'waterfall')).slice(0, shown.length));
  assert.equal(await rowCount(opened.page, 'waterfall'), await rowCount(file.page, 'waterfall'));
  assertNoForeignRequests(opened);
  assertNoComplaints(opened);
});

test('two hundred spans without payload are a link of less than 8 kB', async () => {
  const { page } = await traceDialog('names');
  const length = Number(await page.getByTestId('share-packed').getAttribute('data-value'));
  assert.ok(length * 200 / FAILED_SPANS < 8_000, `${length} characters for ${FAILED_SPANS} spans`);
  const opened = await site.openPage({ hash: hashOf(await linkOf(page)) });
  await idle(opened.page);
  assert.equal((await openFileCounts(opened.page)).spans, FAILED_SPANS);
  const agents = await opened.page.getByTestId('waterfall').textContent() ?? '';
  assert.match(agents, /critic/, 'agents keep their names without attributes');
  assertNoComplaints(opened);
});

test('what is left out is nowhere in the bytes of the link', async () => {
  const { page } = await traceDialog('no-io');
  const without = unpacked(await linkOf(page)).toString();
  assert.doesNotMatch(without, /produced_by|"input\.|"output\./);
  assert.match(without, /correlation_id/);
  await page.getByText('Leave out the values of chosen keys').click();
  await page.locator('[data-testid=share-keys] input[data-key=correlation_id]').check();
  await idle(page);
  assert.doesNotMatch(unpacked(await linkOf(page)).toString(), /correlation_id":/);
  await page.locator('#share-names').check();
  await idle(page);
  const names = unpacked(await linkOf(page)).toString();
  assert.doesNotMatch(names, /correlation_id|agent\.name|exception/);
  assert.match(names, /Agent\.execute/);
});

test('a trace that is too long for a link is offered as a Parquet file that opens again', async () => {
  const large = path.join(folder, 'large.parquet');
  execFileSync('python3', [repoPath('tests/data/make_spans.py'), '5000', large, '--spans-per-trace', '2000']);
  const { page } = await site.openPage({ hash: '#/timeline?v=1&sort=spans', files: [large] });
  const spans = Number(await page.getByTestId('trace-list').locator('[data-col=spans]').first().getAttribute('data-value'));
  assert.ok(spans > 1_500, String(spans));
  await openShare(page);
  await page.locator('#share-what-trace').click();
  await page.locator('#share-everything').check();
  await idle(page);
  const words = await page.getByTestId('share-too-long').textContent() ?? '';
  assert.match(words, /60,000/);
  assert.equal(await page.getByTestId('share-link').count(), 0, 'no link is offered that would be cut');
  const save = async (/** @type {string} */ name) => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('share-parquet').click()]);
    assert.match(download.suggestedFilename(), /^[\w.-]+-[0-9a-f]{8}\.parquet$/);
    const file = path.join(folder, name);
    await download.saveAs(file);
    await idle(page);
    return file;
  };
  const everything = await save('everything.parquet');
  await page.locator('#share-no-io').check();
  await idle(page);
  const without = await save('without.parquet');
  const holding = (/** @type {string} */ file) => Number(execFileSync('python3', ['-c',
    `import sys, duckdb; print(duckdb.sql("SELECT count(*) FROM '" + sys.argv[1] + "' WHERE attributes LIKE '%input.%' OR attributes LIKE '%output.%'").fetchone()[0])`, file]));
  assert.ok(holding(everything) > 100);
  assert.equal(holding(without), 0, 'the values are not in the file');
  for (const file of [everything, without]) {
    const opened = await site.openPage({ files: [file] });
    const counts = await openFileCounts(opened.page);
    assert.deepEqual({ spans: counts.spans, traces: counts.traces }, { spans, traces: 1 });
    assertNoComplaints(opened);
  }
});

test('damaged and hostile links are answered with a message, and a good file opens afterwards', async () => {
  const { page } = await traceDialog('names');
  const link = await linkOf(page);
  const data = new URLSearchParams(link.slice(link.indexOf('?', link.indexOf('#')))).get('data') ?? '';
  const packed = (/** @type {Buffer} */ columns) => Buffer.concat([Buffer.from([1]), zlib.deflateRawSync(columns)]).toString('base64url');
  const hostile = [
    [data.slice(0, data.length / 2), /Copy the whole link again/],
    [`${data.slice(0, 400)}AAAA${data.slice(404)}`, /missing or changed|unpacked/],
    ['%3Cscript%3E', /characters that do not belong/],
    ['CQAA', /newer version/],
    [packed(Buffer.alloc(20_000_000)), /16\sMB/],
    // Says that it has a hundred thousand spans.
    [packed(Buffer.from([0xa0, 0x8d, 0x06, 0])), /20,000 spans/],
  ];
  for (const [text, expected] of hostile) {
    const opened = await site.openPage({ hash: `#/timeline?v=1&data=${text}` });
    await idle(opened.page);
    assert.equal(await phase(opened.page), 'error', String(expected));
    assert.match(await opened.page.getByTestId('error').first().textContent() ?? '', /** @type {RegExp} */ (expected));
    await openFiles(opened.page, [PARQUET]);
    assert.equal(await phase(opened.page), 'ready');
    assert.doesNotMatch(await address(opened.page), /data=/);
    await opened.page.context().close();
  }
});

test('a link to a local file takes it by its bytes, and says so when another one is given', async () => {
  const copy = (/** @type {string} */ name, /** @type {string} */ from) => {
    const file = path.join(folder, name);
    fs.copyFileSync(from, file);
    return file;
  };
  const { page } = await site.openPage({ files: [PARQUET] });
  await openShare(page);
  assert.match(await page.getByTestId('share-words').textContent() ?? '', /asked for pyarrow_snappy\.parquet/);
  const link = await linkOf(page);
  assert.match(link, /file=pyarrow_snappy\.parquet&fp=[0-9a-f]{16}/);

  const asked = await site.openPage({ hash: hashOf(link) });
  await asked.page.getByText('This link belongs to').waitFor();
  await openFiles(asked.page, [copy('renamed.parquet', PARQUET)]);
  assert.equal(await asked.page.locator('[data-testid=notice] >> text=/link was made for/').count(), 0, 'the same bytes under another name');
  assert.match(await address(asked.page), /trace=|file=renamed/);

  const other = await site.openPage({ hash: hashOf(link) });
  await openFiles(other.page, [copy('pyarrow_snappy.parquet', repoPath('tests/fixtures/parquet_zoo/pyarrow_zstd.parquet'))]);
  await other.page.getByText('The link was made for another file called pyarrow_snappy.parquet').waitFor();

  const stranger = await site.openPage({ hash: hashOf(link) });
  await openFiles(stranger.page, [repoPath('tests/fixtures/parquet_zoo/pyarrow_zstd.parquet')]);
  await stranger.page.getByText('This is not pyarrow_snappy.parquet, which the link was made for').waitFor();
});

test('a file of another host is shown with it', async () => {
  const other = await site.otherOrigin(repoPath('tests/fixtures/parquet_zoo'));
  const { page } = await site.openPage({ hash: `#/timeline?v=1&src=${encodeURIComponent(`${other.url}pyarrow_snappy.parquet`)}` });
  await idle(page);
  assert.match(await page.getByTestId('file-chip').textContent() ?? '', new RegExp(new URL(other.url).host));
  await openShare(page);
  assert.match(await page.getByTestId('share-words').textContent() ?? '', new RegExp(`comes from ${new URL(other.url).host}`));
  await page.getByText('Code to embed it in another page').click();
  assert.match(await page.getByTestId('embed-element').getAttribute('data-value') ?? '', /<spandeck-viewer src="http:\/\/[^"]+pyarrow_snappy\.parquet" trace="/);
  assert.match(await page.getByTestId('embed-iframe').getAttribute('data-value') ?? '', /^<iframe src="http:[^"]+embed=1/);
});

test('the beginning of an id finds its trace in any mode', async () => {
  for (const mode of ['timeline', 'statistics', 'dependencies']) {
    const { page } = await site.openPage({ hash: `#/${mode}?v=1&sample=showcase&trace=${FAILED.slice(0, 5)}` });
    await idle(page);
    assert.match(await address(page), new RegExp(`trace=${FAILED}`), mode);
  }
  const none = await site.openPage({ hash: '#/red?v=1&sample=showcase&trace=ffffffff' });
  await none.page.getByText('This file has no trace ffffffff').waitFor();

  // So many traces that ids begin alike.
  const ids = sample.traces_newest_first.map((/** @type {{trace_id: string}} */ trace) => trace.trace_id);
  const first = ids.map((/** @type {string} */ id) => id.slice(0, 1)).find((/** @type {string} */ digit, /** @type {number} */ at, /** @type {string[]} */ all) => all.indexOf(digit) !== at);
  const alike = ids.filter((/** @type {string} */ id) => id.startsWith(first));
  const several = await site.openPage({ hash: `#/timeline?v=1&sample=showcase&trace=${first}` });
  await several.page.getByText(`${alike.length} traces begin with`).waitFor();
  await several.page.locator(`[data-testid=trace-candidates] [data-trace-id="${alike[1]}"]`).click();
  await idle(several.page);
  assert.match(await address(several.page), new RegExp(`trace=${alike[1]}`));
  const elsewhere = await site.openPage({ hash: `#/statistics?v=1&sample=showcase&trace=${first}` });
  await elsewhere.page.getByText(`${alike.length} traces of this file begin with ${first}`).waitFor();
});

test('an id pasted into a search opens its trace', async () => {
  const { page } = await site.openPage({ hash: '#/timeline?v=1&sample=showcase' });
  await idle(page);
  await page.getByTestId('search').fill(FAILED.slice(0, 8));
  await idle(page);
  assert.match(await address(page), new RegExp(`trace=${FAILED}`));
  for (const [mode, text, key] of [['red', FAILED, ''], ['statistics', FAILED.slice(0, 7), 'Enter']]) {
    const opened = await site.openPage({ hash: `#/${mode}?v=1&sample=showcase` });
    await idle(opened.page);
    const filter = opened.page.getByTestId('filter');
    await filter.fill(/** @type {string} */ (text));
    if (key) await filter.press(key);
    await idle(opened.page);
    assert.match(await address(opened.page), new RegExp(`#/timeline\\?.*trace=${FAILED}`), mode);
    assert.doesNotMatch(await address(opened.page), /q=/, 'it is no filter');
  }
});

test('the dialog is worked with the keyboard, and the focus comes back', async () => {
  const opened = await site.openPage({ hash: `#/timeline?v=1&sample=showcase&trace=${FAILED}` });
  const { page } = opened;
  await idle(page);
  await page.keyboard.press('Control+Shift+L');
  await page.getByTestId('share-dialog').waitFor();
  const inside = () => page.evaluate(() => document.activeElement === document.body || !!document.activeElement?.closest('[data-testid=share-dialog]'));
  for (let press = 0; press < 14; press += 1) {
    await page.keyboard.press('Tab');
    assert.ok(await inside(), `Tab ${press + 1} leaves the dialog`);
  }
  await page.locator('#share-what-file').focus();
  await page.keyboard.press('ArrowRight');
  await idle(page);
  await page.getByTestId('share-packed').waitFor();
  await page.getByText('QR code', { exact: true }).click();
  await page.getByTestId('share-no-qr').waitFor();
  await page.locator('#share-what-file').click();
  await page.getByTestId('share-qr').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('share-dialog').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'share');
  assertNoComplaints(opened);
});

for (const size of ['800x600', '360x640']) {
  test(`the dialog fits a page of ${size}`, async () => {
    const { page } = await site.openPage({ hash: `#/timeline?v=1&sample=showcase&trace=${FAILED}`, size });
    await idle(page);
    await openShare(page);
    await page.locator('#share-what-trace').click();
    await idle(page);
    const wide = await page.evaluate(() => {
      const dialog = document.querySelector('[data-testid=share-dialog]');
      return [document.documentElement.scrollWidth - innerWidth, dialog ? dialog.scrollWidth - dialog.clientWidth : -1];
    });
    assert.deepEqual(wide, [0, 0]);
    assert.ok(await rowCount(page, 'waterfall') > 0);
  });
}
