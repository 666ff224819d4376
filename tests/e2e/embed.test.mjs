// A view in another page, served from a second origin: the element and the plain frame, what they take of the page around them, and what a
// page that means no good gets out of a frame.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { assertNoComplaints, idle, openPageIn, repoPath, useSite } from './lib.mjs';

const site = useSite();
const sample = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/showcase_expected.json'), 'utf8'));
const TRACE = '04a3a5cffea85472e783d59a0975134c';
const OTHER_TRACE = '87503292dea8be9dcaf17690a53ccd18';
const PARQUET = repoPath('tests/fixtures/parquet_zoo/duckdb_1.4.3_v2_zstd.parquet');
/** What is asked for when a file is opened. */
const HEAVY = /engine-|importer-|sample-|editor-/;

const folders = /** @type {string[]} */ ([]);
after(() => folders.forEach(folder => fs.rmSync(folder, { recursive: true, force: true })));

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../../src/embed/embed.d.ts').SpandeckViewer} Viewer */

/**
 * A page of another origin.
 * @param {string} body
 * @param {{files?: string[], script?: boolean} & import('./lib.mjs').PageOptions} [options]
 */
async function host(body, { files = [], script = true, ...options } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spandeck-host-'));
  folders.push(folder);
  for (const file of files) fs.copyFileSync(file, path.join(folder, path.basename(file)));
  const load = script ? `<script type="module" src="${site.url}embed.js"></script>` : '';
  const html = `<!doctype html><html lang="en" data-busy="false"><meta charset="utf-8"><title>Host</title><link rel="icon" href="data:,">${load}
    <script>window.told = []; for (const name of ['ready', 'state', 'resize', 'error']) addEventListener('spandeck-' + name, event => told.push([event.target.id, name, event.detail]));</script>
    <body>${body}`;
  fs.writeFileSync(path.join(folder, 'index.html'), html);
  const other = await site.otherOrigin(folder);
  site.served.switches.cors = true;
  const opened = await openPageIn(site.browser, other.url, options);
  return { ...opened, other };
}

/** The page in a frame of the host, once it is there. @param {Page} page @param {number} [at] */
async function frameOf(page, at = 0) {
  const found = () => page.frames().filter(frame => frame.parentFrame() === page.mainFrame() && frame.url().startsWith(site.url))[at];
  for (let round = 0; !found(); round += 1) {
    assert.ok(round < 600, 'the frame was not loaded');
    await page.evaluate(() => new Promise(done => requestAnimationFrame(done)));
  }
  const frame = /** @type {import('playwright-core').Frame} */ (found());
  await frame.locator('[data-testid=embed]').waitFor();
  return frame;
}

/** @param {import('playwright-core').Frame} frame */
async function readyOf(frame) {
  await frame.locator('html[data-phase=ready]').waitFor({ state: 'attached' });
  await idle(/** @type {any} */ (frame));
}

/** @param {Page} page @param {string} id @param {string} name */
const toldTo = (page, id, name) => page.evaluate(([id, name]) => /** @type {any} */ (window).told.filter((/** @type {any} */ [who, what]) => who === id && what === name).map((/** @type {any} */ [, , detail]) => detail), [id, name]);

/** Waits until the page has been told something. @param {Page} page @param {string} test of `told`, as a JavaScript expression */
const untilTold = (page, test) => page.waitForFunction(test);

/** @param {import('./lib.mjs').Opened} opened */
const heavy = opened => opened.requests.map(request => request.url()).filter(url => HEAVY.test(url));

test('the element shows the trace of its attributes, tells of it, and obeys changes of them', async () => {
  const opened = await host(`<spandeck-viewer id="v" sample="showcase" trace="${TRACE}" mode="timeline" modes="timeline,red" title="A review <b>"></spandeck-viewer>`);
  const { page } = opened;
  const frame = await frameOf(page);
  await readyOf(frame);
  assert.equal(await frame.getByRole('heading', { level: 1 }).textContent(), 'A review <b>');
  assert.equal(await frame.getByTestId('embed-facts').getAttribute('data-spans'), '151');
  assert.equal(await frame.getByTestId('embed-facts').getAttribute('data-errors'), '6');
  assert.deepEqual(await frame.getByRole('tab').evaluateAll(tabs => tabs.map(tab => tab.getAttribute('aria-label'))), ['Timeline', 'RED Metrics']);
  for (const gone of ['file-chip', 'filter', 'trace-list']) assert.equal(await frame.getByTestId(gone).isVisible(), false, gone);
  assert.deepEqual((await toldTo(page, 'v', 'ready')), [{ version: 1, modes: ['timeline', 'red'] }]);
  await untilTold(page, `document.querySelector('#v').state?.phase === 'ready' && document.querySelector('#v').state.trace === '${TRACE}'`);
  const state = await page.evaluate(() => /** @type {Viewer} */ (document.querySelector('#v')).state);
  assert.deepEqual([state?.full, state?.mode, state?.spans, state?.traces, state?.errors], [true, 'timeline', sample.spans, sample.traces, sample.errors]);
  assert.doesNotMatch(state?.address ?? '', /embed|title|theme/);

  await page.evaluate(id => { /** @type {Viewer} */ (document.querySelector('#v')).trace = id; }, OTHER_TRACE);
  await untilTold(page, `document.querySelector('#v').state.trace === '${OTHER_TRACE}'`);
  assert.equal(await frame.getByTestId('embed-facts').getAttribute('data-spans'), '159');
  await page.evaluate(() => document.querySelector('#v')?.setAttribute('mode', 'red'));
  await untilTold(page, `document.querySelector('#v').state.mode === 'red'`);
  await frame.getByTestId('red-services').waitFor();
  // What the reader does in the frame is told too, and stays out of the history of the page.
  const before = await page.evaluate(() => history.length);
  await frame.getByRole('tab', { name: 'Timeline' }).click();
  await untilTold(page, `document.querySelector('#v').state.mode === 'timeline'`);
  const row = frame.locator('[data-testid=waterfall] [role=row][data-span-id]').nth(2);
  const span = await row.getAttribute('data-span-id');
  await row.click();
  await untilTold(page, `document.querySelector('#v').state.span === '${span}'`);
  assert.equal(await page.evaluate(() => history.length), before);
  assert.equal(await page.evaluate(() => /** @type {Viewer} */ (document.querySelector('#v')).getAttribute('trace')), OTHER_TRACE);

  await assert.rejects(page.evaluate(() => /** @type {Viewer} */ (document.querySelector('#v')).navigate({ mode: 'sql' })), /mode/);
  await assert.rejects(page.evaluate(() => /** @type {Viewer} */ (document.querySelector('#v')).navigate(/** @type {any} */ ({ trace: 7 }))), /trace/);
  await page.evaluate(() => /** @type {Viewer} */ (document.querySelector('#v')).navigate({ filter: 'status:error', span: null }));
  assert.match(await frame.getByTestId('embed-filter').getAttribute('title') ?? '', /status:error/);
  assertNoComplaints(opened);
});

test('details open over the rows, and the way out carries the whole state', async () => {
  const { page } = await host(`<spandeck-viewer id="v" sample="showcase" trace="${TRACE}" height="420"></spandeck-viewer>`);
  const frame = await frameOf(page);
  await readyOf(frame);
  await frame.locator('[data-testid=waterfall] [role=row][data-span-id]').first().click();
  await page.keyboard.press('e');
  await frame.getByTestId('embed-foot').getByText(/Error|error/).waitFor();
  assert.equal(await frame.getByTestId('span-details').isVisible(), false);
  await frame.getByRole('button', { name: 'Details' }).click();
  await frame.getByTestId('span-details').waitFor();
  await page.keyboard.press('Escape');
  await frame.getByTestId('span-details').waitFor({ state: 'hidden' });
  await frame.getByRole('button', { name: 'Details' }).click();
  await frame.getByTestId('span-details').waitFor();
  const span = await frame.getByTestId('span-details').getAttribute('data-span-id');
  const out = frame.getByTestId('embed-open');
  assert.deepEqual([await out.getAttribute('target'), await out.getAttribute('rel')], ['_blank', 'noopener']);
  const [full] = await Promise.all([page.context().waitForEvent('page'), out.click()]);
  await full.locator('html[data-phase=ready]').waitFor({ state: 'attached' });
  await idle(full);
  assert.equal(await full.getByTestId('span-details').getAttribute('data-span-id'), span);
  assert.ok(await full.getByTestId('file-chip').isVisible());
  assert.doesNotMatch(await full.evaluate(() => location.hash), /embed/);
});

test('frames load nothing before they are seen or pressed, and several live on one page', async () => {
  const opened = await host(`<spandeck-viewer id="now" sample="showcase" trace="${TRACE}" height="300"></spandeck-viewer>
    <spandeck-viewer id="click" sample="showcase" mode="red" start="click" height="300" title="Rates"></spandeck-viewer>
    <div style="height:6000px"></div>
    <spandeck-viewer id="far" sample="showcase" mode="statistics" height="300"></spandeck-viewer>`, { size: '800x700' });
  const { page } = opened;
  await readyOf(await frameOf(page, 0));
  const click = await frameOf(page, 1);
  await untilTold(page, `document.querySelector('#click').state?.phase === 'waiting'`);
  const workers = () => page.workers().filter(worker => HEAVY.test(worker.url())).length;
  assert.equal(workers(), 1, 'the pressed one has no database yet');
  assert.equal(await click.getByTestId('embed-start').textContent().then(text => text?.includes('Rates')), true);
  await click.getByTestId('embed-start').click();
  await readyOf(click);
  await click.getByTestId('red-services').waitFor();
  assert.equal(await page.evaluate(() => /** @type {Viewer} */ (document.querySelector('#far')).state), null, 'the far one has not been loaded');
  await page.locator('#far').scrollIntoViewIfNeeded();
  const far = await frameOf(page, 2);
  await readyOf(far);
  await far.getByTestId('statistics').waitFor();
  // Each has its own keys.
  await click.locator('body').press('?');
  await click.getByRole('dialog').waitFor();
  assert.equal(await far.getByRole('dialog').count(), 0);
  assertNoComplaints(opened);
});

test('a poster asks for no engine', async () => {
  const opened = await host(`<iframe src="${site.url}#/timeline?v=1&sample=showcase&embed=1&start=click" width="360" height="240"></iframe>`, { script: false });
  const { page } = opened;
  const frame = await frameOf(page);
  await frame.getByTestId('embed-start').waitFor();
  await idle(/** @type {any} */ (frame));
  // Longer than the page of its own waits before it fetches ahead.
  await frame.evaluate(() => new Promise(done => setTimeout(done, 4000)));
  assert.deepEqual(heavy(opened), []);
  await frame.getByTestId('embed-start').click();
  await readyOf(frame);
  assert.ok(heavy(opened).length > 1);
});

test('at 360 × 240 the rows, the title and the way out are there', async () => {
  for (const theme of /** @type {const} */ (['light', 'dark'])) {
    const { page } = await host(`<iframe src="${site.url}#/timeline?v=1&sample=showcase&trace=${TRACE}&embed=1&title=Run&theme=${theme}" width="360" height="240" style="border:0"></iframe>`, { script: false, size: '400x300' });
    const frame = await frameOf(page);
    await readyOf(frame);
    const box = await frame.getByTestId('waterfall').boundingBox();
    assert.ok(box && box.height >= 8 * 22 - 11 && box.width > 350, JSON.stringify(box));
    assert.ok(await frame.getByTestId('embed-open').isVisible());
    assert.equal(await frame.getByTestId('embed-foot').isVisible(), false);
    assert.equal(await frame.evaluate(() => document.documentElement.scrollWidth), 360);
    assert.equal(await frame.evaluate(() => document.documentElement.dataset.theme), theme);
  }
});

test('the page around it keeps its focus, its keys and its wheel', async () => {
  const opened = await host(`<input id="own" autofocus><spandeck-viewer id="v" sample="showcase" trace="${TRACE}" modes="timeline,red" height="420"></spandeck-viewer><div style="height:3000px"></div>`, { size: '800x600' });
  const { page } = opened;
  const frame = await frameOf(page);
  await readyOf(frame);
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'own');
  await page.keyboard.type('12?ohgt/');
  assert.equal(await page.locator('#own').inputValue(), '12?ohgt/');
  assert.equal(await frame.getByRole('dialog').count(), 0);
  assert.match(await frame.evaluate(() => location.hash), /^#\/timeline/);
  const rows = frame.getByTestId('waterfall');
  const box = await page.locator('#v').boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + 300, box.y + 200);
  await page.mouse.wheel(0, 120);
  await page.waitForFunction('scrollY > 0');
  assert.equal(await rows.evaluate(list => list.scrollTop), 0, 'the page scrolled, not the rows');
  // Inside, the keys and the wheel are the frame's.
  await rows.locator('[role=row][data-span-id]').nth(1).click();
  await page.keyboard.press('2');
  await frame.getByTestId('red-services').waitFor();
  await page.keyboard.press('1');
  await rows.waitFor();
  const before = await page.evaluate(() => scrollY);
  const again = await page.locator('#v').boundingBox();
  assert.ok(again);
  await page.mouse.move(again.x + 300, again.y + 200);
  await page.mouse.wheel(0, 120);
  await frame.waitForFunction(() => (document.querySelector('#waterfall')?.scrollTop ?? 0) > 0);
  assert.equal(await page.evaluate(() => scrollY), before);
  // A file that is dropped is neither opened nor navigated to.
  const dropped = await frame.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['PAR1'], 'x.parquet'));
    return data;
  });
  await frame.dispatchEvent('#main', 'drop', { dataTransfer: dropped });
  await idle(/** @type {any} */ (frame));
  assert.match(await frame.evaluate(() => location.hash), /sample=showcase/);
  assertNoComplaints(opened);
});

test('the theme is the page’s, and follows it', async () => {
  const { page } = await host(`<style>:root { color-scheme: light } :root.night { color-scheme: dark }</style><spandeck-viewer id="v" sample="showcase" start="click" height="300"></spandeck-viewer>
    <spandeck-viewer id="fixed" sample="showcase" start="click" theme="light" height="300"></spandeck-viewer>`, { theme: 'dark' });
  const [frame, fixed] = [await frameOf(page, 0), await frameOf(page, 1)];
  const theme = (/** @type {import('playwright-core').Frame} */ of, /** @type {string} */ wanted) => of.locator(`html[data-theme=${wanted}]`).waitFor({ state: 'attached' });
  await untilTold(page, `told.filter(([, name]) => name === 'ready').length === 2`);
  await theme(frame, 'light');
  await page.evaluate(() => document.documentElement.classList.add('night'));
  await theme(frame, 'dark');
  await page.evaluate(() => document.documentElement.classList.remove('night'));
  await theme(frame, 'light');
  await page.evaluate(() => document.querySelector('#v')?.setAttribute('theme', 'dark'));
  await theme(frame, 'dark');
  await theme(fixed, 'light');
  assert.equal(await frame.evaluate(() => localStorage.getItem('spandeck.theme')), null, 'the reader’s own choice is left alone');
});

test('an automatic height is that of the trace, within limits', async () => {
  const { page } = await host(`<spandeck-viewer id="short" sample="showcase" trace="dc25dca1bad5993f08173722628fc0ec"></spandeck-viewer>
    <spandeck-viewer id="long" sample="showcase" trace="${OTHER_TRACE}" style="--spandeck-max-height: 500px"></spandeck-viewer>`, { size: '900x1000' });
  await readyOf(await frameOf(page, 0));
  await readyOf(await frameOf(page, 1));
  await untilTold(page, `['short', 'long'].every(id => told.some(([who, name]) => who === id && name === 'resize'))`);
  const height = (/** @type {string} */ id) => page.locator(`#${id}`).evaluate(element => element.getBoundingClientRect().height);
  assert.equal(await height('short'), 240, 'no less than the least');
  assert.equal(await height('long'), 500, 'no more than the page allows');
  const wanted = (await toldTo(page, 'long', 'resize')).at(-1).height;
  assert.ok(wanted > 500 && wanted < 159 * 22 + 120, String(wanted));
});

test('a file of the page’s own is shown and told of in full; one that only the viewer may read is not told of', async () => {
  const { page, other } = await host('<spandeck-viewer id="v" src="duckdb_1.4.3_v2_zstd.parquet" mode="timeline"></spandeck-viewer>', { files: [PARQUET] });
  const frame = await frameOf(page);
  await readyOf(frame);
  await untilTold(page, `document.querySelector('#v').state?.phase === 'ready'`);
  const state = () => page.evaluate(() => /** @type {Viewer} */ (document.querySelector('#v')).state);
  assert.deepEqual([(await state())?.full, (await state())?.spans], [true, 200]);
  // The viewer's own site has a file: whoever embeds may show it, and learns nothing of it.
  await page.evaluate(() => { /** @type {any} */ (window).told.length = 0; });
  const own = fs.readdirSync(repoPath('dist')).find(name => name.startsWith('sample-')) ?? '';
  await page.evaluate(url => /** @type {Viewer} */ (document.querySelector('#v')).open(url).catch(error => error.code), `${site.url}${own}/showcase.duckdb.gz`);
  await untilTold(page, `document.querySelector('#v').state?.phase === 'error'`);
  assert.deepEqual(await state(), { phase: 'error', mode: 'timeline', full: false });
  const errors = await toldTo(page, 'v', 'error');
  assert.deepEqual(errors.map((/** @type {any} */ error) => error.code), ['failed'], JSON.stringify(errors));
  // And back to its own.
  await page.evaluate(url => /** @type {Viewer} */ (document.querySelector('#v')).open(url, { state: { mode: 'timeline' } }), `${other.url}duckdb_1.4.3_v2_zstd.parquet`);
  await untilTold(page, `document.querySelector('#v').state.full === true && document.querySelector('#v').state.phase === 'ready'`);
  await frame.getByTestId('waterfall').waitFor();
});

test('bytes are opened when the reader allows it, and no sooner', async () => {
  const opened = await host('<spandeck-viewer id="v" mode="timeline" height="420"></spandeck-viewer>', { files: [PARQUET] });
  const { page, other } = opened;
  const frame = await frameOf(page);
  await frame.getByTestId('embed-empty').waitFor();
  const give = () => page.evaluate(async () => {
    const bytes = await (await fetch('duckdb_1.4.3_v2_zstd.parquet')).arrayBuffer();
    /** @type {any} */ (window).outcome = 'waiting';
    /** @type {Viewer} */ (document.querySelector('#v')).open(bytes, { name: 'night run.parquet' })
      .then(() => { /** @type {any} */ (window).outcome = 'open'; }, error => { /** @type {any} */ (window).outcome = error.code; });
  });
  const outcome = (/** @type {string} */ wanted) => page.waitForFunction(`window.outcome === '${wanted}'`);
  await give();
  const ask = frame.getByTestId('embed-ask');
  await ask.waitFor();
  const words = await ask.textContent() ?? '';
  assert.ok(words.includes(new URL(other.url).origin) && words.includes('night run.parquet'), words);
  assert.deepEqual(heavy(opened), [], 'nothing is loaded before the answer');
  assert.equal(await page.evaluate(() => document.activeElement?.id ?? ''), '', 'the question takes no focus');
  await ask.getByRole('button', { name: 'Allow once' }).click();
  await outcome('open');
  await readyOf(frame);
  await untilTold(page, `document.querySelector('#v').state?.full === true && document.querySelector('#v').state.spans === 200`);
  // Once is once.
  await give();
  await ask.waitFor();
  await ask.getByRole('button', { name: 'Deny' }).click();
  await outcome('not-allowed');
  await give();
  await outcome('not-allowed');
  assert.equal(await ask.count(), 0, 'the reader is not asked again');
  // Always is kept for the next time.
  await page.reload();
  const again = await frameOf(page);
  await again.getByTestId('embed-empty').waitFor();
  await give();
  await again.getByTestId('embed-ask').getByRole('button', { name: 'Always' }).click();
  await outcome('open');
  await page.reload();
  const third = await frameOf(page);
  await third.getByTestId('embed-empty').waitFor();
  await give();
  await outcome('open');
  assert.equal(await third.getByTestId('embed-ask').count(), 0);
  assertNoComplaints(opened);
});

test('the deployer’s list lets an origin hand over bytes without a question', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spandeck-viewer-'));
  folders.push(folder);
  fs.cpSync(fs.realpathSync(repoPath('dist')), folder, { recursive: true });
  const viewer = await site.otherOrigin(folder);
  const { page, other } = await host(`<spandeck-viewer id="v" viewer="${viewer.url}" height="420"></spandeck-viewer>`, { files: [PARQUET] });
  const html = fs.readFileSync(path.join(folder, 'index.html'), 'utf8');
  assert.match(html, /name="spandeck-embedders" content=""/);
  fs.writeFileSync(path.join(folder, 'index.html'), html.replace('name="spandeck-embedders" content=""', `name="spandeck-embedders" content="https://docs.example ${new URL(other.url).origin}"`));
  await page.reload();
  await page.waitForFunction(`told.some(([, name]) => name === 'ready')`);
  await page.evaluate(async () => {
    const bytes = await (await fetch('duckdb_1.4.3_v2_zstd.parquet')).arrayBuffer();
    await /** @type {Viewer} */ (document.querySelector('#v')).open(new Uint8Array(bytes), { name: 'a.parquet' });
  });
  await untilTold(page, `document.querySelector('#v').state?.spans === 200`);
});

test('a bad file is told of, and a good one opens afterwards', async () => {
  const bad = repoPath('tests/fixtures/parquet_zoo/bad_truncated.parquet');
  const { page } = await host('<spandeck-viewer id="v" src="bad_truncated.parquet" height="420"></spandeck-viewer>', { files: [bad, PARQUET] });
  const frame = await frameOf(page);
  await frame.getByTestId('error').waitFor();
  await untilTold(page, `told.some(([, name]) => name === 'error')`);
  assert.match((await toldTo(page, 'v', 'error'))[0].code, /^E-/);
  await page.evaluate(() => /** @type {Viewer} */ (document.querySelector('#v')).open('duckdb_1.4.3_v2_zstd.parquet'));
  await readyOf(frame);
  await frame.getByTestId('waterfall').waitFor();
});

test('a link to a mode that the frame does not offer says so and leads out', async () => {
  const { page } = await host(`<iframe src="${site.url}#/sql?v=1&sample=showcase&embed=1&modes=timeline,red&start=now" width="500" height="300"></iframe>`, { script: false });
  const frame = await frameOf(page);
  await readyOf(frame);
  await frame.getByTestId('embed-elsewhere').getByText('DuckDB SQL is not part of this frame').waitFor();
  await frame.getByRole('button', { name: 'Back to Timeline' }).click();
  await frame.getByTestId('waterfall').waitFor();
});

test('a page that means no good changes nothing and learns nothing', async () => {
  // The frame is framed by one page; a sibling of it, the page's own window without a handshake, and wrong origins try.
  const evil = `<iframe id="victim" src="${site.url}#/timeline?v=1&sample=showcase&trace=${TRACE}&embed=1&start=now" width="600" height="400"></iframe>
    <iframe id="sibling" srcdoc="<script>addEventListener('message', event => parent.heard.push(['sibling', event.data]))</script>"></iframe>
    <script>window.heard = []; addEventListener('message', event => heard.push([event.origin, event.data]));</script>`;
  const opened = await host(evil, { script: false });
  const { page } = opened;
  const frame = await frameOf(page);
  await readyOf(frame);
  const before = await frame.evaluate(() => location.hash);
  const heard = () => page.evaluate(() => /** @type {any} */ (window).heard);
  assert.deepEqual((await heard()).map((/** @type {any} */ [, data]) => data), [{ spandeck: 1, type: 'hello' }], 'before the handshake: that it listens, and nothing else');

  const attacks = `[
    { spandeck: 1, type: 'navigate', id: 1, state: { trace: '${OTHER_TRACE}' } },
    { spandeck: 1, type: 'open', id: 2, url: 'https://evil.example/x.parquet' },
    { spandeck: 1, type: 'open', id: 3, bytes: new ArrayBuffer(64), name: 'x.parquet' },
    { spandeck: 1, type: 'theme', id: 4, theme: 'dark' },
    { spandeck: 1, type: 'start', id: 5 },
  ]`;
  // Without a handshake; and after one by somebody who is not around the frame.
  const send = (/** @type {string} */ messages) => page.evaluate(`for (const message of ${messages}) document.querySelector('#victim').contentWindow.postMessage(message, '*')`);
  const settle = async () => {
    await frame.evaluate(() => new Promise(done => setTimeout(done, 0)));
    await idle(/** @type {any} */ (frame));
  };
  await send(attacks);
  await page.evaluate(messages => {
    const sibling = /** @type {HTMLIFrameElement} */ (document.querySelector('#sibling'));
    const script = /** @type {Document} */ (sibling.contentDocument).createElement('script');
    script.textContent = `const victim = parent.document.querySelector('#victim').contentWindow;
      victim.postMessage({ spandeck: 1, type: 'ping', id: 9 }, '*'); for (const message of ${messages}) victim.postMessage(message, '*')`;
    sibling.contentDocument?.body.append(script);
  }, attacks);
  // From the frame's own window.
  await frame.evaluate(trace => {
    postMessage({ spandeck: 1, type: 'ping', id: 8 }, '*');
    postMessage({ spandeck: 1, type: 'navigate', id: 1, state: { trace } }, '*');
  }, OTHER_TRACE);
  await settle();
  assert.equal(await frame.evaluate(() => location.hash), before);
  assert.equal((await heard()).length, 1, JSON.stringify(await heard()));
  assert.equal(await frame.getByTestId('embed-ask').count(), 0);

  // A page of another origin, in the same place: it may show what it likes, and what is wrong is refused.
  await send(`[{ spandeck: 1, type: 'ping', id: 10 }]`);
  await page.waitForFunction(`heard.some(([, data]) => data.type === 'ready')`);
  await page.evaluate(() => { /** @type {any} */ (window).heard.length = 0; });
  await send(`[
    null, 7, 'spandeck', [], [1, 2], new Date(), new Map([['spandeck', 1]]), { type: 'navigate' }, { spandeck: '1', type: 'ping' },
    JSON.parse('{"spandeck": 1, "type": "navigate", "id": 20, "__proto__": {"state": {"trace": "x"}}}'),
    JSON.parse('{"spandeck": 1, "type": "navigate", "id": 21, "state": {"params": {"__proto__": {"src": "x"}}}}'),
    { spandeck: 1, type: 'navigate', id: 22, state: { params: { src: 'https://evil.example/x', embed: '0' } } },
    { spandeck: 1, type: 'navigate', id: 23, state: { filter: 'x'.repeat(10_000_000) } },
    { spandeck: 1, type: 'navigate', id: 24, state: Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => ['k' + at, at])) },
    { spandeck: 1, type: 'navigate', id: 25, state: { trace: { deep: { deeper: { deepest: {} } } } } },
    { spandeck: 1, type: 'open', id: 26, url: 'javascript:alert(1)' },
    { spandeck: 1, type: 'open', id: 27, url: 'data:text/plain,x' },
    { spandeck: 1, type: 'constructor', id: 28 }, { spandeck: 1, type: '__proto__', id: 29 }, { spandeck: 1, id: 30 },
    { spandeck: 1, type: 'navigate', id: 1e300, state: { trace: 'x' } }, { spandeck: 9, type: 'navigate', id: 32 },
  ]`);
  await page.waitForFunction(`heard.some(([, data]) => data.id === 32)`);
  await settle();
  assert.equal(await frame.evaluate(() => location.hash), before);
  const answers = (await heard()).map((/** @type {any} */ [, data]) => data);
  assert.deepEqual(answers.map((/** @type {any} */ { type, id, code }) => `${type} ${id} ${code}`), [
    'error 20 argument', 'error 21 argument', 'error 22 argument', 'error 23 argument', 'error 24 argument', 'error 25 argument', 'error 26 argument', 'error 27 argument',
    'error 28 kind', 'error 29 kind', 'error 30 kind', 'error undefined argument', 'error 32 version',
  ]);
  const origin = new URL(site.url).origin;
  assert.ok((await heard()).every((/** @type {any} */ [from]) => from === origin));
  assert.equal(await page.evaluate(() => 'src' in {} || 'state' in {}), false);

  // Bytes without consent: asked for, and not opened, however often.
  await page.evaluate(() => { /** @type {any} */ (window).heard.length = 0; });
  await send(`Array.from({ length: 20 }, (_, id) => ({ spandeck: 1, type: 'open', id, bytes: new Uint8Array([80, 65, 82, 49]), name: 'x.parquet' }))`);
  await page.waitForFunction(`heard.length >= 19`);
  await settle();
  assert.equal(await frame.getByTestId('embed-ask').count(), 1);
  assert.deepEqual([...new Set((await heard()).map((/** @type {any} */ [, data]) => data.code))], ['busy']);
  assert.equal(await frame.evaluate(() => location.hash), before);
  assertNoComplaints(opened);
});

test('a page without an origin and a frame in a frame get nothing', async () => {
  // The middle page is sandboxed: its origin is "null". The outer page, of a real origin, is not the one around the frame.
  const middle = `<iframe id=victim src='${site.url}#/timeline?v=1&sample=showcase&embed=1&start=now' width=500 height=300></iframe><script>
    addEventListener('message', event => parent.postMessage({ from: event.origin, data: event.data }, '*'));
    setInterval(() => victim.contentWindow.postMessage({ spandeck: 1, type: 'ping', id: 1 }, '*'), 50);
  </script>`;
  const { page } = await host(`<script>window.heard = []; addEventListener('message', event => heard.push(event.data));</script>
    <iframe id="middle" sandbox="allow-scripts" srcdoc="${middle.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}" width="600" height="400"></iframe>`, { script: false });
  await page.waitForFunction(`heard.length > 0`);
  const deep = page.frames().find(frame => frame.url().startsWith(site.url));
  assert.ok(deep);
  // In a sandbox the viewer has no storage and no workers of its own; it must not speak either.
  await page.evaluate(() => new Promise(done => setTimeout(done, 1500)));
  const told = await page.evaluate(() => /** @type {any} */ (window).heard);
  assert.deepEqual([...new Set(told.map((/** @type {any} */ message) => JSON.stringify(message.data)))], ['{"spandeck":1,"type":"hello"}']);
});
