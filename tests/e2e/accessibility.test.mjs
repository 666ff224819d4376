// What the page is like for people who see, move or read differently: axe-core over every mode in both themes, forced colours, a page at twice its
// size, no motion where none is wanted. Journeys with the keyboard alone are in keyboard.test.mjs.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { idle, openFiles, phase, repoPath, useSite } from './lib.mjs';

/** @typedef {import('./lib.mjs').Page} Page */

const site = useSite();
const sample = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/showcase_expected.json'), 'utf8'));
const axe = fs.readFileSync(repoPath('node_modules/axe-core/axe.min.js'), 'utf8');

/** Each mode with what makes it show the most at once. @type {[string, string, string][]} */
const MODES = [
  ['Timeline', `timeline?v=1&sample=showcase&trace=${sample.largest.trace_id}`, 'waterfall'],
  ['Statistics', 'statistics?v=1&sample=showcase', 'statistics'],
  ['RED Metrics', 'red?v=1&sample=showcase', 'red-operations'],
  ['Dependencies', 'dependencies?v=1&sample=showcase', 'dependency-graph'],
  ['DuckDB SQL', 'sql?v=1&sample=showcase', 'sql-editor'],
  ['Configuration', 'configuration?v=1&sample=showcase&q=service%3AAgent', 'configuration'],
  ['Guide', 'guide?v=1&sample=showcase', 'guide'],
];

/**
 * What axe-core finds to be serious or worse, a line each.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
async function serious(page) {
  // As the browser's own tools would run it: the page's policy lets no script in.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    // @ts-expect-error the script above
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter((/** @type {any} */ violation) => ['serious', 'critical'].includes(violation.impact))
      .flatMap((/** @type {any} */ violation) => violation.nodes.slice(0, 8).map((/** @type {any} */ node) =>
        `${violation.id}: ${node.target.flat().join(' ')} ${node.html.slice(0, 160)} — ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? violation.help}`));
  });
}

for (const theme of /** @type {const} */ (['light', 'dark'])) {
  for (const [name, address, testid] of MODES) {
    test(`axe-core finds nothing serious in ${name}, ${theme}`, async () => {
      const { page } = await site.openPage({ hash: `#/${address}`, theme });
      await page.getByTestId(testid).first().waitFor();
      await idle(page);
      assert.deepEqual(await serious(page), []);
    });
  }

  test(`axe-core finds nothing serious on the start page, in the help and in a message, ${theme}`, async () => {
    const { page } = await site.openPage({ theme });
    assert.deepEqual(await serious(page), []);
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await idle(page);
    assert.deepEqual(await serious(page), []);
    await page.keyboard.press('Escape');
    await openFiles(page, [repoPath('tests/fixtures/duckdb_zoo/bad_no_span_table.duckdb')]);
    assert.equal(await phase(page), 'error');
    assert.deepEqual(await serious(page), []);
    await page.getByRole('button', { name: 'Map columns' }).click();
    await page.getByTestId('picker').waitFor();
    assert.deepEqual(await serious(page), []);
  });
}

test('where the system forces its colours every picture still has its own, and what is chosen is told from what is not', async () => {
  for (const theme of /** @type {const} */ (['light', 'dark'])) {
    for (const [name, address, testid] of MODES) {
      const { page } = await site.openPage({ hash: `#/${address}`, theme, forcedColors: 'active' });
      await page.getByTestId(testid).first().waitFor();
      await idle(page);
      const ring = await page.getByRole('tab', { name, exact: true }).evaluate(tab => [getComputedStyle(tab).outlineStyle, getComputedStyle(tab.parentElement?.querySelector('[aria-selected=false]') ?? tab).outlineStyle]);
      assert.deepEqual(ring, ['solid', 'none'], `${name}, ${theme}`);
      // Bars and fields in one colour would all say the same.
      const colours = await page.evaluate(() => [...document.querySelectorAll('canvas')].filter(canvas => canvas.width * canvas.height > 20_000).map(canvas => {
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
        const found = new Set();
        for (let at = 0; at < data.length; at += 4) if ((data[at + 3] ?? 0) > 250) found.add(`${(data[at] ?? 0) >> 4},${(data[at + 1] ?? 0) >> 4},${(data[at + 2] ?? 0) >> 4}`);
        return found.size;
      }));
      if (['Timeline', 'RED Metrics'].includes(name)) assert.ok(Math.max(...colours) > 8, `${name}, ${theme}: ${colours} colours`);
      await page.context().close();
    }
  }
});

test('at 200 % nothing is beyond the edge and every mode can be used', async () => {
  for (const [name, address, testid] of MODES) {
    // Zooming halves the page's own pixels.
    const { page } = await site.openPage({ hash: `#/${address}`, size: '720x450' });
    await page.getByTestId(testid).first().waitFor();
    await idle(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 720, `${name} is ${width} px wide`);
    // Whatever takes the focus can be brought into view, none of it cut away for good.
    const lost = await page.evaluate(() => [...document.querySelectorAll('button, a[href], input, select, [tabindex="0"]')]
      .filter(element => element instanceof HTMLElement && element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0 && !element.closest('.vh, [inert]') && !element.matches('.vh, .skip'))
      .filter(element => {
        element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        const { left, right, top, bottom, width: wide } = element.getBoundingClientRect();
        return wide > 0 && (right <= 0 || left >= innerWidth || bottom <= 0 || top >= innerHeight);
      }).map(element => element.outerHTML.slice(0, 120)));
    assert.deepEqual(lost, [], name);
    await page.context().close();
  }
});

test('nothing moves where no motion is wanted', async () => {
  const moving = (/** @type {Page} */ page) => page.evaluate(() => {
    const spinner = document.body.appendChild(document.createElement('i'));
    spinner.className = 'spin';
    const longest = (/** @type {string} */ list) => Math.max(...list.split(',').map(part => parseFloat(part)));
    const found = [...document.querySelectorAll('*')].filter(element => {
      const style = getComputedStyle(element);
      return longest(style.transitionDuration) > 0 || (style.animationName !== 'none' && style.animationIterationCount === 'infinite');
    });
    spinner.remove();
    return found.length;
  });
  for (const reducedMotion of [true, false]) {
    for (const [name, address, testid] of MODES) {
      const { page } = await site.openPage({ hash: `#/${address}`, reducedMotion });
      await page.getByTestId(testid).first().waitFor();
      await idle(page);
      const count = await moving(page);
      assert.ok(reducedMotion ? count === 0 : count > 0, `${name}: ${count} elements move`);
      await page.context().close();
    }
  }
});
