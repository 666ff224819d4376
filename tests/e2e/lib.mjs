// What every journey needs: the built page served below a sub-path, one Chromium for the file, a fresh profile for each
// test, and a record of everything the page asked for or complained about. It knows the page's contract for automation
// (data-phase, data-busy, data-testid), not its insides.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startServer } from '../../.ci/serve.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Locator} Locator */
/** @typedef {import('playwright-core').Request} Request */
/** @typedef {import('../../.ci/serve.mjs').Served} Served */

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** A file of this repository. @param {...string} parts */
export const repoPath = (...parts) => path.join(ROOT, ...parts);

/** The built page; `SPANDECK_DIST=target/dev` tests a build without optimisation. */
export const BUILT = path.resolve(ROOT, process.env.SPANDECK_DIST ?? 'dist');

/** How long anything may take before a test gives up; a million spans on a busy machine fit. */
const PATIENCE_MS = Number(process.env.SPANDECK_PATIENCE_MS ?? 120_000);

/** Makes the pages' own thread this many times slower, to see what a busy machine would. */
const SLOWDOWN = Number(process.env.SPANDECK_SLOWDOWN ?? 1);

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  // No name but this machine's resolves: a request to another host fails here as it does without network.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** @param {string[]} [flags] more flags for Chromium */
export function launch(flags = []) {
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
  if (!fs.existsSync(executablePath)) throw new Error(`no Chromium at ${executablePath}: set CHROMIUM, or run make test, which installs it`);
  return chromium.launch({ executablePath, args: [...FLAGS, ...flags] });
}

/**
 * What a page did since it was opened.
 * @typedef {object} Opened
 * @property {Page} page
 * @property {Request[]} requests of the page and its workers, blob: and data: addresses left out
 * @property {string[]} consoleErrors console.error of page and workers, failed loads, uncaught errors, crashes
 * @property {string[]} cspViolations
 */

/**
 * @typedef {object} PageOptions
 * @property {string} [hash] the address's fragment, for example `#/timeline?v=1`
 * @property {'light' | 'dark'} [theme] what the operating system prefers
 * @property {string} [size] of the window in CSS pixels, `1440x900`
 * @property {string[]} [files] opened through the file input once the page is idle
 * @property {boolean} [reducedMotion]
 * @property {string[]} [permissions] for example `clipboard-read`
 * @property {string} [timezone] of the reader, for example `Europe/Berlin`
 * @property {'active' | 'none'} [forcedColors] whether the system replaces all colours by a few of the reader's
 * @property {boolean} [ownWorkers] the test starts workers by itself, which the page's policy allows to nobody but the page
 * @property {boolean} [offlineCopy] let the page put up its service worker; without it every request can be seen and held up by the test
 */

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} url of the page, without fragment
 * @param {PageOptions} [options]
 * @returns {Promise<Opened>}
 */
export async function openPageIn(browser, url, { hash = '', theme = 'light', size = '1440x900', files = [], reducedMotion = false, permissions = [], timezone, forcedColors = 'none', offlineCopy = false, ownWorkers = false } = {}) {
  const [width = 1440, height = 900] = size.split('x').map(Number);
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme: theme, permissions, acceptDownloads: true,
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference', forcedColors, serviceWorkers: offlineCopy ? 'allow' : 'block', bypassCSP: ownWorkers, ...(timezone ? { timezoneId: timezone } : {}),
  });
  context.setDefaultTimeout(PATIENCE_MS);
  /** @type {Opened['requests']} */
  const requests = [];
  /** @type {string[]} */
  const consoleErrors = [];
  /** @type {string[]} */
  const cspViolations = [];
  context.on('request', request => {
    if (/^https?:|^wss?:/.test(request.url())) requests.push(request);
  });
  context.on('console', message => {
    if (message.type() !== 'error') return;
    // Chromium reports a violation in a worker only here.
    if (/content security policy/i.test(message.text())) cspViolations.push(message.text());
    else consoleErrors.push(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', error => consoleErrors.push(`uncaught: ${error.error().stack ?? error.error()}`));
  await context.exposeBinding('reportCspViolation', (_source, text) => { cspViolations.push(text); });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', event => {
      // @ts-expect-error the binding above
      window.reportCspViolation(`${event.violatedDirective}: ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`);
    });
  });
  const page = await context.newPage();
  if (SLOWDOWN > 1) await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  page.on('crash', () => consoleErrors.push('the page crashed'));
  await page.goto(url + hash);
  await idle(page);
  if (files.length) await openFiles(page, files);
  return { page, requests, consoleErrors, cspViolations };
}

/**
 * Serves the built page and starts a browser for the tests of one file; closes what each test opened. Call it once, at the
 * top of the file, and use the object inside tests.
 * @param {{dir?: string, flags?: string[]}} [options]
 */
export function useSite({ dir = BUILT, flags = [] } = {}) {
  /** @type {import('playwright-core').Browser} */
  let browser;
  /** @type {Served} */
  let served;
  /** @type {Served[]} */
  let others = [];
  before(async () => {
    assert.ok(fs.existsSync(path.join(dir, 'index.html')), `${dir} holds no built page: run make build`);
    served = await startServer({ dir, prefix: '/docs/viewer/' });
    browser = await launch(flags);
  });
  afterEach(async () => {
    await Promise.all([...browser.contexts().map(context => context.close()), ...others.map(other => other.close())]);
    others = [];
  });
  after(async () => {
    await browser?.close();
    await served?.close();
  });
  return {
    get served() { return served; },
    get browser() { return browser; },
    /** The page's address without fragment, ending in a slash. */
    get url() { return served.url; },
    /** @param {PageOptions} [options] */
    openPage: options => openPageIn(browser, served.url, options),
    /**
     * A second origin that offers the files of a folder, for addresses that a reader pastes.
     * @param {string} folder
     * @param {Partial<import('../../.ci/serve.mjs').Switches>} [switches] unless told otherwise a host that was set up for it: other origins and ranges allowed
     */
    async otherOrigin(folder, switches = {}) {
      const other = await startServer({ dir: folder, switches: { cors: true, cacheable: false, ...switches } });
      others.push(other);
      return other;
    },
  };
}

/**
 * Waits until the page has nothing left to do: no query, import or draw pending, and still so two frames later, because
 * what was just pressed may need a frame to begin.
 * @param {Page} page
 * @param {number} [patienceMs]
 */
export async function idle(page, patienceMs = PATIENCE_MS) {
  const problem = await page.evaluate(async patience => {
    const html = document.documentElement;
    const frame = () => new Promise(done => requestAnimationFrame(done));
    const giveUp = performance.now() + patience;
    for (;;) {
      await frame();
      await frame();
      if (html.dataset.busy === 'false') return '';
      const left = giveUp - performance.now();
      if (left <= 0) return `data-busy="${html.dataset.busy}" data-phase="${html.dataset.phase}"`;
      await new Promise(done => {
        const observer = new MutationObserver(() => { if (html.dataset.busy === 'false') end(); });
        const timer = setTimeout(() => end(), left);
        const end = () => { observer.disconnect(); clearTimeout(timer); done(undefined); };
        observer.observe(html, { attributes: true, attributeFilter: ['data-busy'] });
        if (html.dataset.busy === 'false') end();
      });
    }
  }, patienceMs);
  assert.equal(problem, '', `the page is still busy after ${patienceMs} ms`);
}

/** `empty`, `loading`, `ready` or `error`. @param {Page} page */
export const phase = page => page.evaluate(() => document.documentElement.dataset.phase);

/**
 * Opens local files as if chosen in the file dialog, and waits for the outcome, good or bad.
 * @param {Page} page
 * @param {string[]} paths
 */
export async function openFiles(page, paths) {
  await page.locator('input[type=file][data-testid=file-input]').setInputFiles(paths);
  await idle(page);
  await page.locator('html[data-phase=ready], html[data-phase=error]').waitFor({ state: 'attached' });
  await idle(page);
}

/**
 * The numbers on the chip of the open file.
 * @param {Page} page
 * @returns {Promise<{spans: number, traces: number, services: number, errors: number}>}
 */
export async function openFileCounts(page) {
  const data = await page.getByTestId('file-chip').evaluate(chip => ({ .../** @type {HTMLElement} */ (chip).dataset }));
  return { spans: Number(data.spans), traces: Number(data.traces), services: Number(data.services), errors: Number(data.errors) };
}

/**
 * The cells of a table as a reader sees them. Of a virtualised table only the rows that are drawn.
 * @param {Page} page
 * @param {string} testid
 * @returns {Promise<string[][]>} without the header
 */
export async function rows(page, testid) {
  return (await cells(page, testid)).map(row => row.map(cell => cell.text));
}

/**
 * The cells of a table with their full values.
 * @param {Page} page
 * @param {string} testid
 * @returns {Promise<{col: string, value: string, text: string}[][]>} `value` is the unrounded one where the cell carries it
 */
export function cells(page, testid) {
  return page.getByTestId(testid).first().evaluate(table =>
    [...table.querySelectorAll('tr, [role=row]')]
      .map(row => [...row.querySelectorAll('td, th[scope=row], [role=cell], [role=gridcell], [role=rowheader]')])
      .filter(found => found.length > 0)
      .map(found => found.map(cell => {
        const { col = '', value } = /** @type {HTMLElement} */ (cell).dataset;
        const text = (cell.textContent ?? '').replace(/\s+/g, ' ').trim();
        return { col, value: value ?? text, text };
      })));
}

/**
 * One column of a table, full values.
 * @param {Page} page
 * @param {string} testid
 * @param {string} col as in `data-col`
 */
export async function column(page, testid, col) {
  return (await cells(page, testid)).map(row => row.find(cell => cell.col === col)?.value ?? '');
}

/**
 * The page's address as the page itself knows it: what Playwright keeps lags behind by a message.
 * @param {Page} page
 */
export const address = page => page.evaluate(() => location.href);

/** How many rows a table has, drawn or not. @param {Page} page @param {string} testid */
export async function rowCount(page, testid) {
  const table = page.getByTestId(testid).first();
  const whole = await table.getAttribute('data-count');
  return whole === null ? (await rows(page, testid)).length : Number(whole);
}

/**
 * Fails when the page or one of its workers asked another origin than the one it came from.
 * @param {Opened} opened
 * @param {string[]} [allowed] origins that the test itself pasted
 */
export function assertNoForeignRequests({ page, requests }, allowed = []) {
  const home = new URL(page.url()).origin;
  const foreign = requests.map(request => request.url()).filter(url => ![home, ...allowed].includes(new URL(url).origin));
  assert.deepEqual(foreign, [], 'requests to other origins');
}

/** Fails when anything was reported on the console, thrown or blocked. @param {Opened} opened */
export function assertNoComplaints({ consoleErrors, cspViolations }) {
  assert.deepEqual({ consoleErrors, cspViolations }, { consoleErrors: [], cspViolations: [] });
}

/**
 * Bytes that came over the network, headers included, compressed as they were sent. Answers from the cache count as nothing.
 * @param {Request[]} requests
 */
export async function transferredBytes(requests) {
  let total = 0;
  for (const request of requests) {
    if ((await request.response()) === null) continue;
    const { responseBodySize, responseHeadersSize } = await request.sizes();
    total += responseBodySize + responseHeadersSize;
  }
  return total;
}

/**
 * Times between animation frames while something goes on, in milliseconds.
 * @param {Page} page
 * @param {() => Promise<unknown>} action
 * @returns {Promise<{frames: number, p50: number, p95: number, max: number}>}
 */
export async function frameTimes(page, action) {
  const recorder = await page.evaluateHandle(() => {
    /** @type {number[]} */
    const deltas = [];
    const state = { deltas, on: true };
    let last = 0;
    /** @param {number} now */
    const tick = now => {
      if (last) deltas.push(now - last);
      last = now;
      if (state.on) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    return state;
  });
  await action();
  const deltas = await recorder.evaluate(state => {
    state.on = false;
    return state.deltas.sort((a, b) => a - b);
  });
  await recorder.dispose();
  assert.ok(deltas.length > 0, 'no frame was drawn');
  const at = (/** @type {number} */ share) => deltas[Math.min(deltas.length - 1, Math.floor(deltas.length * share))] ?? 0;
  return { frames: deltas.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}

/**
 * Turns the wheel over an element, as a hand does: many small turns, through the browser's own input.
 * @param {Page} page
 * @param {Locator} target
 * @param {{distancePx: number, speedPxPerS?: number}} how positive goes down
 */
export async function wheel(page, target, { distancePx, speedPxPerS = 4000 }) {
  const box = await target.boundingBox();
  assert.ok(box, 'the element to scroll is not shown');
  const view = page.viewportSize() ?? { width: box.width, height: box.height };
  const session = await page.context().newCDPSession(page);
  await session.send('Input.synthesizeScrollGesture', {
    x: Math.min(box.x + box.width / 2, view.width - 1),
    y: Math.min(box.y + Math.min(box.height, view.height - box.y) / 2, view.height - 1),
    yDistance: -distancePx, speed: speedPxPerS, gestureSourceType: 'mouse', preventFling: true,
  });
  await session.detach();
}

/**
 * Waits for a performance mark that the page sets.
 * @param {Page} page
 * @param {string} name without the prefix `spandeck:`
 * @param {number} [afterMs] only a mark set at this time of the page or later
 * @returns {Promise<number>} its time in milliseconds since the page was opened
 */
export async function mark(page, name, afterMs = 0) {
  const time = await page.evaluate(([wanted, since, patience]) => new Promise(done => {
    /** @param {PerformanceEntry[]} entries */
    const look = entries => {
      const found = entries.find(entry => entry.name === wanted && entry.startTime >= since);
      if (found) end(found.startTime);
    };
    const observer = new PerformanceObserver(list => look(list.getEntries()));
    const timer = setTimeout(() => end(-1), patience);
    /** @param {number} value */
    const end = value => { observer.disconnect(); clearTimeout(timer); done(value); };
    observer.observe({ type: 'mark', buffered: true });
  }), /** @type {[string, number, number]} */ ([`spandeck:${name}`, afterMs, PATIENCE_MS]));
  assert.notEqual(time, -1, `the page set no mark spandeck:${name} within ${PATIENCE_MS} ms`);
  return /** @type {number} */ (time);
}
