// RED Metrics' part of the benchmark: cards, tables and series of a million spans under another filter, and of another card.
import { measureCharts } from './bench_charts.mjs';
import { changeTo, middle } from './bench_statistics.mjs';
import { idle } from './lib.mjs';

/** Of a file that is open. */
export const RED = '#/red?v=1';

/** @param {import('./lib.mjs').Page} page with RED Metrics of a large file open */
export async function measureRed(page) {
  const cards = '[data-testid=red-cards]';
  await page.locator(cards).waitFor();
  await idle(page);
  // No statement comes twice: the page would remember its answer. Cards are no longer pale once cards, totals and series are all there.
  const refiltered = [];
  for (const least of ['1ms', '2ms', '3ms', '5ms', '8ms']) {
    refiltered.push(await changeTo(page, { q: `dur>${least}` }, cards));
    await idle(page);
  }
  await changeTo(page, { q: '' }, cards);
  await idle(page);
  const services = await page.locator(`${cards} [role=radio]`).evaluateAll(all => all.slice(1, 5).map(card => /** @type {HTMLElement} */ (card).dataset.value ?? ''));
  const chosen = [];
  for (const service of services) {
    chosen.push(await changeTo(page, { of: service }, '[data-testid=red-operations]'));
    await idle(page);
  }
  const { crosshair, hover } = await measureCharts(page);
  return { crosshair_p95_ms: crosshair.p95, heat_p95_ms: hover.p95, red_ms: middle(refiltered.slice(1)), slowest_ms: Math.max(...refiltered.slice(1)), chosen_ms: Math.max(...chosen) };
}
