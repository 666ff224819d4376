// The main path of each mode with the keyboard alone, from an empty page on: every stop is seen, has a ring, and no stop is a trap. What single parts
// do with keys is in their own journeys.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, column, idle, openFileCounts, useSite } from './lib.mjs';

/** @typedef {import('./lib.mjs').Page} Page */

const site = useSite();

/**
 * What has the focus: how it is found, and what is wrong with it for somebody who only sees where they are.
 * @param {Page} page
 */
const stop = page => page.evaluate(() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  // Where what had the focus is gone, Chromium may stop once at the hidden choosers of files, although they are out of the order.
  if (!element || element === document.body || element.matches('input[type=file].vh')) return { name: 'body', problem: '' };
  const name = `${element.tagName.toLowerCase()}${element.id && `#${element.id}`} ${element.getAttribute('aria-label') ?? (element.textContent ?? '').slice(0, 40)}`;
  const { width, height, left, right, top, bottom } = element.getBoundingClientRect();
  const isSeen = width > 1 && height > 1 && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
  /** @type {Element | null} */
  let ringed = element;
  let hasRing = false;
  // The ring may be that of a box around a field.
  for (let up = 0; ringed && up < 4 && !hasRing; up += 1, ringed = ringed.parentElement) {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(ringed);
    hasRing = (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none' || ringed.matches(':has([aria-activedescendant]:focus)') || ringed.hasAttribute('aria-activedescendant') || ringed.classList.contains('cm-editor');
  }
  return { name, problem: !isSeen ? 'is not seen' : hasRing ? '' : 'has no ring' };
});

/**
 * Presses Tab until the focus is on, or within, what matches.
 * @param {Page} page
 * @param {string} selector
 * @param {string} [key]
 */
async function tabTo(page, selector, key = 'Tab') {
  const passed = [];
  for (let presses = 0; presses < 90; presses += 1) {
    await page.keyboard.press(key);
    const { name, problem } = await stop(page);
    assert.equal(problem, '', `${name} ${problem}`);
    passed.push(name);
    if (await page.evaluate(wanted => document.activeElement?.closest(wanted) !== null && document.activeElement !== document.body, selector)) return;
  }
  assert.fail(`${selector} was not reached by ${key}: ${passed.join(', ')}`);
}

test('with the keyboard alone: the sample is opened, and in each mode its main thing is done', async () => {
  const { page } = await site.openPage();
  await tabTo(page, '.dz-b .btn:nth-child(2)');
  await page.keyboard.press('Enter');
  await page.getByTestId('waterfall').waitFor();
  await idle(page);
  assert.ok((await openFileCounts(page)).spans > 0);

  // Timeline: another trace, and a span of it.
  await tabTo(page, '[role=listbox]');
  const before = await address(page);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.notEqual(await address(page), before);
  await tabTo(page, '[data-testid=waterfall]');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.match(await address(page), /span=/);

  // Statistics: another order of the groups.
  await page.keyboard.press('2');
  await page.getByTestId('statistics').waitFor();
  await idle(page);
  await tabTo(page, '[data-testid=statistics] th button');
  const names = await column(page, 'statistics', 'name');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.notDeepEqual(await column(page, 'statistics', 'name'), names);

  // RED Metrics: a card.
  await page.keyboard.press('3');
  await page.locator('#panel .cards, #panel [data-testid^=red-]').first().waitFor();
  await idle(page);
  await tabTo(page, '#panel button, #panel [role=option], #panel [role=radio]');

  // Dependencies: a node, with what is known of it.
  await page.keyboard.press('4');
  await page.getByTestId('dependency-graph').waitFor();
  await idle(page);
  await tabTo(page, '.gfield');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.ok(await page.locator('.gfield [role=option][aria-selected=true]').count() > 0);
  assert.ok(await page.getByRole('option', { name: /runs|calls|artifacts/ }).count() > 0, 'nodes have names');

  // DuckDB SQL: a statement is written and run, and the editor is left again.
  await page.keyboard.press('5');
  await page.getByTestId('sql-editor').waitFor();
  await idle(page);
  await tabTo(page, '[data-testid=sql-editor], .cm-host, .ed-t, .sql-ed');
  await page.keyboard.type('SELECT 41 + 1 AS answer');
  await page.keyboard.press('Control+Enter');
  await page.getByTestId('sql-result').waitFor();
  await idle(page);
  assert.deepEqual(await column(page, 'sql-result', 'answer'), ['42']);
  await page.keyboard.press('Escape');
  await tabTo(page, 'button');

  // Configuration: a section.
  await page.keyboard.press('6');
  await page.getByTestId('configuration').waitFor();
  await idle(page);
  await tabTo(page, '.cfn button');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.match(await address(page), /section=local/);

  // Guide: a word is searched and its place shown.
  await page.keyboard.press('7');
  await page.locator('.gds').first().waitFor();
  await idle(page);
  await page.keyboard.press('q');
  await page.keyboard.type('critical path');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await idle(page);
  assert.match(await address(page), /section=/);
});

test('Tab goes through every mode and comes out again, forwards and back', async () => {
  for (const [mode, ready] of [['timeline', 'waterfall'], ['statistics', 'statistics'], ['dependencies', 'dependency-graph'], ['configuration', 'configuration']]) {
    const { page } = await site.openPage({ hash: `#/${mode}?v=1&sample=showcase` });
    await page.getByTestId(ready ?? '').waitFor();
    await idle(page);
    for (const key of ['Tab', 'Shift+Tab']) {
      await page.locator(`#tab-${mode}`).focus();
      const seen = new Set();
      let isOut = false;
      for (let presses = 0; presses < 400 && !isOut; presses += 1) {
        await page.keyboard.press(key);
        isOut = await page.evaluate(wanted => document.activeElement?.id === wanted || document.activeElement === document.body, `tab-${mode}`);
        seen.add((await stop(page)).name);
      }
      assert.ok(isOut, `${mode}: ${key} never came out; the last stops: ${[...seen].slice(-5).join(', ')}`);
    }
    await page.context().close();
  }
});
