// The charts' part of the benchmark of RED Metrics: frames while the pointer moves over the charts and the heat map of an open file.
import assert from 'node:assert/strict';
import { frameTimes, idle } from './lib.mjs';

/** @typedef {import('./lib.mjs').Page} Page */
/** @typedef {import('./lib.mjs').Locator} Locator */

/**
 * Moves the pointer to and fro over an element, as a hand does, through the browser's own input.
 * @param {Page} page
 * @param {Locator} target
 * @param {number} moves
 */
async function sweep(page, target, moves) {
  const box = await target.boundingBox();
  assert.ok(box, 'the chart is not shown');
  for (let number = 0; number < moves; number += 1) {
    const share = Math.abs(((number / 40) % 2) - 1);
    await page.mouse.move(box.x + 2 + share * (box.width - 4), box.y + box.height * (0.3 + 0.4 * Math.abs(((number / 25) % 2) - 1)));
  }
}

/**
 * Frames while crosshair, selection and the box of the heat map follow the pointer. Charts must be shown.
 * @param {Page} page
 * @param {number} [moves]
 */
export async function measureCharts(page, moves = 240) {
  const plot = page.locator('#red-charts .ch-o').first();
  const map = page.locator('#red-heat .hm-p');
  await plot.waitFor();
  await map.waitFor();
  await idle(page);
  // How often a canvas is written to: a pointer that moves must draw none.
  const drawn = await page.evaluateHandle(() => {
    const state = { calls: 0 };
    const proto = CanvasRenderingContext2D.prototype;
    for (const name of /** @type {const} */ (['fill', 'stroke', 'fillRect', 'clearRect', 'fillText'])) {
      const plain = /** @type {any} */ (proto)[name];
      /** @type {any} */ (proto)[name] = function counted(/** @type {any[]} */ ...rest) {
        state.calls += 1;
        return plain.apply(this, rest);
      };
    }
    return state;
  });
  const crosshair = await frameTimes(page, () => sweep(page, plot, moves));
  const hover = await frameTimes(page, () => sweep(page, map, moves));
  const draws = await drawn.evaluate(state => state.calls);
  await drawn.dispose();
  await page.mouse.move(2, 2);
  return { crosshair, hover, draws };
}
