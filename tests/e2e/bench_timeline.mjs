// The waterfall's part of the benchmark: traces of 1,000 to 200,000 spans, each opened by a click from another trace of the file.
import { execFileSync } from 'node:child_process';
import { frameTimes, idle, mark, openFiles, wheel } from './lib.mjs';

/** @typedef {import('./lib.mjs').Page} Page */

export const SIZES = [1_000, 10_000, 50_000, 80_000, 200_000];

/** Ids of the largest trace of a file and of another one. @param {string} file */
export function traceIds(file) {
  const [big = '', other = ''] = execFileSync('python3', ['-c', `
import duckdb, sys
con = duckdb.connect()
con.execute("ATTACH '%s' AS source (READ_ONLY)" % sys.argv[1].replace("'", "''"))
print(*[row[0] for row in con.execute("SELECT trace_id FROM source.spans GROUP BY trace_id ORDER BY count(*) DESC LIMIT 2").fetchall()])
`, file], { encoding: 'utf8' }).trim().split(' ');
  return { big, other };
}

/** From a key pressed in the tree to the frame after. @param {Page} page @param {string} key @param {boolean} shiftKey */
const keyToFrame = (page, key, shiftKey) => page.evaluate(([name, shift]) => new Promise(done => {
  const tree = document.querySelector('[data-testid=waterfall]');
  const start = performance.now();
  tree?.dispatchEvent(new KeyboardEvent('keydown', { key: String(name), shiftKey: Boolean(shift), bubbles: true, cancelable: true }));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start), 0));
}), /** @type {[string, boolean]} */ ([key, shiftKey])).then(Number);

/** From a click on a row to its details. @param {Page} page */
const openDetails = page => page.evaluate(() => new Promise(done => {
  const details = document.querySelector('[data-testid=span-details]');
  const row = [...document.querySelectorAll('[data-testid=waterfall] [data-span-id]')].find(found => found instanceof HTMLElement && found.dataset.spanId !== details?.getAttribute('data-span-id') && found.getBoundingClientRect().top > 300);
  const wanted = row?.getAttribute('data-span-id');
  const start = performance.now();
  const look = () => {
    const now = document.querySelector('[data-testid=span-details]');
    if (now?.getAttribute('data-span-id') === wanted && now?.querySelector('.kv')) done(performance.now() - start);
    else requestAnimationFrame(look);
  };
  if (row instanceof HTMLElement) row.click();
  look();
})).then(Number);

/** From a search in the address to its count. @param {Page} page @param {string} text */
const search = (page, text) => page.evaluate(wanted => new Promise(done => {
  const start = performance.now();
  location.hash += `&match=${encodeURIComponent(wanted)}`;
  const look = () => {
    if (Number(document.querySelector('[data-testid=find-count]')?.getAttribute('data-value'))) done(performance.now() - start);
    else requestAnimationFrame(look);
  };
  look();
}), text).then(Number);

/** Rows that are missing from view while the list is dragged from end to end: the share of frames. @param {Page} page */
const dragThrough = page => page.evaluate(async () => {
  const list = document.querySelector('[data-testid=waterfall]');
  if (!list) return 1;
  let blank = 0;
  const steps = 120;
  for (let step = 0; step <= steps; step += 1) {
    list.scrollTop = (list.scrollHeight - list.clientHeight) * step / steps;
    await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
    const box = list.getBoundingClientRect();
    const middle = [0.05, 0.5, 0.95].map(share => document.elementFromPoint(box.left + 40, box.top + box.height * share));
    if (middle.some(element => !element?.closest('[role=row]'))) blank += 1;
  }
  return blank / (steps + 1);
});

/**
 * @param {Page} page with no file open, its address naming `other`
 * @param {string} file
 * @param {string} big
 */
export async function measureTrace(page, file, big) {
  await openFiles(page, [file]);
  const start = await page.evaluate(id => {
    const started = performance.now();
    /** @type {HTMLElement | null} */ (document.querySelector(`[data-trace-id="${id}"]`))?.click();
    return started;
  }, big);
  const shown = await mark(page, 'trace-shown', start);
  await idle(page);
  const collapse = await keyToFrame(page, 'ArrowLeft', true);
  await idle(page);
  const expand = await keyToFrame(page, 'ArrowRight', true);
  await idle(page);
  const details = await openDetails(page);
  await idle(page);
  const tree = page.getByTestId('waterfall').first();
  const frames = await frameTimes(page, () => wheel(page, tree, { distancePx: 15_000, speedPxPerS: 5000 }));
  const blank = await dragThrough(page);
  const found = await search(page, 'dur>1ms service:Agent');
  await idle(page);
  const wasm_bytes = await wasmBytes(page);
  return { wasm_bytes, click_ms: shown - start, collapse_ms: collapse, expand_ms: expand, details_ms: details, frame_p95_ms: frames.p95, blank_percent: blank * 100, search_ms: found };
}

/** Bytes of the page's own wasm memory; the engine's is in its worker. @param {Page} page */
async function wasmBytes(page) {
  const client = await page.context().newCDPSession(page);
  const { result: prototype } = await client.send('Runtime.evaluate', { expression: 'WebAssembly.Memory.prototype' });
  const { objects } = await client.send('Runtime.queryObjects', { prototypeObjectId: prototype.objectId ?? '' });
  const { result } = await client.send('Runtime.callFunctionOn', {
    objectId: objects.objectId ?? '', returnByValue: true, functionDeclaration: 'function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0); }',
  });
  await client.detach();
  return Number(result.value);
}

/** The same wheel over a page of plain text, which is what the machine can do. @param {Page} page */
export async function staticFrames(page) {
  // The policy of the page before would refuse the markup.
  await page.goto('about:blank');
  await page.setContent(`<div id="plain" style="height:700px;overflow:auto">${'<p style="height:24px;margin:0">plain text</p>'.repeat(2_000)}</div>`);
  return (await frameTimes(page, () => wheel(page, page.locator('#plain'), { distancePx: 15_000, speedPxPerS: 5000 }))).p95;
}
