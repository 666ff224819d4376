// The Statistics' part of the benchmark: the plain table of a million spans, put in order, turned through by the wheel and dragged.
import { frameTimes, idle, wheel } from './lib.mjs';

/** @typedef {import('./lib.mjs').Page} Page */

/** Of a file that is open, before anything was put in order. */
export const PLAIN_TABLE = '#/statistics?v=1&raw=1';

/**
 * Watches the rows in view: the longest time that any of them is blank.
 * @param {Page} page
 * @param {() => Promise<unknown>} action
 */
async function longestBlank(page, action) {
  const watch = await page.evaluateHandle(() => {
    const state = { on: true, longest: 0, since: 0 };
    /** @param {number} now */
    const look = now => {
      const list = document.querySelector('[data-testid=statistics]');
      const box = list?.getBoundingClientRect();
      const blank = !list || !box || [0.02, 0.25, 0.5, 0.75, 0.98].some(share => {
        const row = document.elementFromPoint(box.left + 40, box.top + box.height * share)?.closest('[role=row]');
        return !row || row.classList.contains('wait');
      });
      if (blank) state.longest = Math.max(state.longest, now - (state.since ||= now));
      else state.since = 0;
      if (state.on) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return state;
  });
  await action();
  await idle(page);
  const longest = await watch.evaluate(state => { state.on = false; return state.longest; });
  await watch.dispose();
  return longest;
}

/** From a press on a head to rows in that order. @param {Page} page @param {string} col */
async function sortBy(page, col) {
  const list = page.getByTestId('statistics');
  const before = await list.getAttribute('aria-label');
  const start = await page.evaluate(() => performance.now());
  await page.locator(`[role=columnheader][data-col=${col}] button`).click();
  await page.waitForFunction(label => {
    const found = document.querySelector('[data-testid=statistics]');
    return found && found.getAttribute('aria-label') !== label && found.querySelector('[role=row]:not(.wait)');
  }, before, { polling: 'raf' });
  return (await page.evaluate(() => performance.now())) - start;
}

/** @param {Page} page with the plain table of a large file open */
export async function measurePlainTable(page) {
  const list = page.getByTestId('statistics');
  await list.waitFor();
  await idle(page);
  const sort_ms = await sortBy(page, 'duration_ms');
  await idle(page);
  /** @type {{ p95: number }} */
  let frames = { p95: NaN };
  const wheel_blank_ms = await longestBlank(page, async () => {
    frames = await frameTimes(page, () => wheel(page, list, { distancePx: 20_000, speedPxPerS: 5000 }));
  });
  const drag_blank_ms = await longestBlank(page, () => list.evaluate(async element => {
    for (let step = 0; step <= 240; step += 1) {
      element.scrollTop = (element.scrollHeight - element.clientHeight) * step / 240;
      await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
    }
  }));
  return { sort_ms, frame_p95_ms: frames.p95, wheel_blank_ms, drag_blank_ms };
}

/** Of a file that is open: the table of groups. */
export const GROUPS = '#/statistics?v=1';

/**
 * From another address to the picture that `is_there` recognises.
 * @param {Page} page
 * @param {Record<string, string>} params of the address, in place of the present ones of these names; empty ones are left out
 * @param {string} what is compared: its text must change
 */
export async function changeTo(page, params, what) {
  return page.evaluate(async ([wanted, selector]) => {
    const seen = () => {
      const element = document.querySelector(selector);
      return !element || element.closest('.busy-old, .stale') ? null : `${element.getAttribute('aria-label')} ${element.getAttribute('data-spans')} ${element.textContent}`;
    };
    const before = seen();
    const [route, query = ''] = location.hash.split('?');
    const pairs = query.split('&').filter(pair => pair && !(pair.split('=')[0] in wanted));
    for (const [key, value] of Object.entries(wanted)) if (value) pairs.push(`${key}=${encodeURIComponent(value)}`);
    const start = performance.now();
    location.hash = `${route}?${pairs.join('&')}`;
    for (;;) {
      await new Promise(done => requestAnimationFrame(done));
      const now = seen();
      if (now !== null && now !== before) return performance.now() - start;
      if (performance.now() - start > 60_000) throw new Error(`nothing changed in ${selector}`);
    }
  }, /** @type {const} */ ([params, what]));
}

/** @param {number[]} values */
export const middle = values => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** @param {Page} page with the groups of a large file open */
export async function measureGroups(page) {
  const table = '[data-testid=statistics]';
  await page.getByTestId('statistics').waitFor();
  const start = await page.evaluate(() => performance.now());
  await page.waitForFunction(() => document.querySelector('[data-testid=statistics] [data-col=self_ms][data-value]'), undefined, { polling: 'raf' });
  const own_ms = (await page.evaluate(() => performance.now())) - start;
  await idle(page);
  // No statement comes twice: the page would remember its answer.
  const counts = [];
  const refiltered = [];
  for (const least of ['1ms', '2ms', '3ms', '5ms', '8ms']) {
    counts.push(await changeTo(page, { q: `dur>${least}` }, '[data-testid=match-count]'));
    await idle(page);
    refiltered.push(await changeTo(page, { q: `dur>1${least}` }, table));
    await idle(page);
  }
  const regrouped = [];
  for (const group of ['service', 'status', 'kind', 'workflow', 'agent', 'operation']) {
    await changeTo(page, { by: group, q: 'dur>20ms' }, table).catch(() => 0);
    await idle(page);
    regrouped.push([group, await changeTo(page, { q: 'dur>21ms' }, table)]);
    await idle(page);
  }
  const resorted = await sortGroups(page, 'p95_ms');
  return { own_ms, count_ms: middle(counts.slice(1)), refilter_ms: middle(refiltered.slice(1)), regroup_ms: Math.max(...regrouped.map(([, ms]) => Number(ms))), resort_ms: resorted };
}

/** From a press on a head to the next frame with rows in that order. @param {Page} page @param {string} col */
async function sortGroups(page, col) {
  return page.evaluate(async name => {
    const head = document.querySelector(`th[data-col=${name}] button, [role=columnheader][data-col=${name}] button`);
    if (!(head instanceof HTMLElement)) throw new Error(`no head ${name}`);
    const sorted = () => document.querySelector(`[data-col=${name}][aria-sort]`)?.getAttribute('aria-sort');
    const before = sorted();
    const start = performance.now();
    head.click();
    do await new Promise(done => requestAnimationFrame(done)); while (sorted() === before);
    await new Promise(done => requestAnimationFrame(done));
    return performance.now() - start;
  }, col);
}
