// The Dependencies on the sample: what is drawn stands in the tables, choosing, focus with hops, the keyboard alone, exports, the filter,
// the address.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { address, assertNoComplaints, cells, idle, repoPath, rowCount, useSite } from './lib.mjs';

const site = useSite();
/** @typedef {import('./lib.mjs').Page} Page */
const SAMPLE = '#/dependencies?v=1&sample=showcase';
const SERVICES = '&graph=services';

/** @param {string} [more] of the address @param {object} [options] */
async function openSample(more = SERVICES, options = {}) {
  const opened = await site.openPage({ hash: SAMPLE + more, ...options });
  await opened.page.getByTestId('dependency-graph').waitFor();
  await idle(opened.page);
  return opened;
}

/** @param {Page} page @returns {Promise<Record<string, string>[]>} */
const edges = async page => (await cells(page, 'dependency-edges')).map(row => Object.fromEntries(row.map(cell => [cell.col, cell.value])));

/** Keys of the nodes that are drawn. @param {Page} page @returns {Promise<string[]>} */
const nodes = page => page.locator('#dep-graph .gn').evaluateAll(found => found.map(node => node.getAttribute('data-key') ?? ''));

/** @param {Page} page @param {string} key */
const param = (page, key) => page.evaluate(wanted => new URLSearchParams(location.hash.split('?')[1]).get(wanted), key);

/** @param {Record<string, string>} edge */
const ends = edge => `${edge.source} → ${edge.target} ${edge.label ?? ''}`;

/** Edges and cycles of the sample, taken with native DuckDB and networkx. @type {Record<string, any>} */
const native = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/dependencies_expected.json'), 'utf8')).sample;
const FIGURES = [['calls', 'calls'], ['errors', 'errors'], ['mean_ms', 'mean_ms'], ['p50_ms', 'p50_ms'], ['p95_ms', 'p95_ms'], ['p99_ms', 'p99_ms'], ['traces', 'traces'], ['handover_p95_ms', 'wait_p95_ms']];

for (const [kind, wanted] of [['services', native.services_edges], ['agents', native.agents_edges], ['artifacts', native.artifacts_edges], ['operations', native.operations_edges]]) {
  test(`edges of ${kind} are those of native DuckDB`, async () => {
    const opened = await openSample(`&graph=${kind}`);
    const found = await edges(opened.page);
    assert.equal(found.length, wanted.length);
    /** @param {Record<string, any>} edge */
    const name = edge => [edge.source_operation ?? edge.source, edge.target_operation ?? edge.target, edge.label ?? ''].map(part => part || '(no service)').join(' → ');
    for (const edge of wanted) {
      const same = found.filter(other => name({ ...other, label: other.label }) === name(edge) && Number(other.calls) === edge.calls);
      assert.ok(same.length > 0, `${name(edge)} is missing`);
      const fits = same.some(other => FIGURES.every(([column, key]) => {
        const value = edge[key ?? ''];
        if (value === undefined) return true;
        return value === null ? !other[column ?? ''] : Math.abs(Number(other[column ?? '']) - value) <= 1e-9 * Math.max(1, Math.abs(value));
      }));
      assert.ok(fits, `${name(edge)}: ${JSON.stringify(same)}, native ${JSON.stringify(edge)}`);
    }
    assertNoComplaints(opened);
  });
}

test('damaged data gives sensible pictures', async () => {
  const opened = await site.openPage({ hash: '#/dependencies?v=1', files: [repoPath('tests/fixtures/odd_spans.parquet')] });
  const { page } = opened;
  for (const kind of ['Agents', 'Artifacts', 'Services', 'Operations']) {
    await page.getByRole('radio', { name: kind, exact: true }).click();
    await idle(page);
    await page.locator('[data-testid=dependency-graph], [data-testid=dependency-empty]').first().waitFor();
    assert.doesNotMatch(await page.locator('.dpm').innerText(), /NaN|Infinity|undefined/, kind);
    assert.equal(await page.getByTestId('error').count(), 0, kind);
  }
  assertNoComplaints(opened);
});

test('every line and box of the drawing stands in a table', async () => {
  const opened = await openSample(`${SERVICES}&loops=1`);
  const { page } = opened;
  const graph = page.getByTestId('dependency-graph');
  assert.equal(await rowCount(page, 'dependency-edges'), Number(await graph.getAttribute('data-edges')));
  assert.equal(await rowCount(page, 'dependency-nodes'), Number(await graph.getAttribute('data-nodes')));
  const found = await edges(page);
  assert.ok(found.length > 5);
  for (const edge of found) {
    assert.ok(Number(edge.calls) > 0 && Number(edge.errors) <= Number(edge.calls), ends(edge));
    assert.ok(Math.abs(Number(edge.error_pct) - 100 * Number(edge.errors) / Number(edge.calls)) < 1e-9, ends(edge));
    assert.ok(Number(edge.p95_ms) >= Number(edge.p50_ms), ends(edge));
  }
  assert.doesNotMatch(await page.locator('.dpm').innerText(), /NaN|Infinity|undefined/);
  assertNoComplaints(opened);
});

test('services do not call themselves in the drawing unless that is asked for', async () => {
  const { page } = await openSample();
  const graph = page.getByTestId('dependency-graph');
  const loops = (await edges(page)).filter(edge => edge.source === edge.target).length;
  assert.ok(loops > 0);
  assert.equal(Number(await graph.getAttribute('data-edges')), (await edges(page)).length - loops);
  await page.getByRole('switch', { name: 'Self calls' }).click();
  await idle(page);
  assert.equal(Number(await graph.getAttribute('data-edges')), (await edges(page)).length);
});

test('a chosen node and a chosen edge show their figures and stand in the address', async () => {
  const opened = await openSample();
  const { page } = opened;
  await page.locator('#dep-graph .gn[data-key="service:Agent"]').click();
  await idle(page);
  assert.equal(await page.getByTestId('dependency-node').getAttribute('data-key'), 'service:Agent');
  assert.match(await param(page, 'pick') ?? '', /^node\nservice:Agent$/);
  const first = (await edges(page))[0];
  await page.locator('[data-testid=dependency-edges] tbody tr').first().click();
  await idle(page);
  const panel = page.getByTestId('dependency-edge');
  for (const col of ['calls', 'errors', 'p95_ms']) assert.equal(await panel.locator(`[data-col=${col}]`).first().getAttribute('data-value'), first?.[col], col);
  const there = await address(page);
  const again = await site.openPage({ hash: there.slice(there.indexOf('#')) });
  await again.page.getByTestId('dependency-edge').waitFor();
  await idle(again.page);
  assert.deepEqual(await edges(again.page), await edges(page));
  await page.goBack();
  await page.getByTestId('dependency-node').waitFor();
  assertNoComplaints(opened);
});

test('a focus keeps every edge between the nodes that it keeps', async () => {
  const { page } = await openSample();
  const all = await edges(page);
  await page.locator('#dep-graph .gn[data-key="service:Agent"]').click();
  await page.locator('#dep-graph').focus();
  await page.keyboard.press('f');
  await idle(page);
  assert.equal(await page.getByTestId('dependency-focus').getAttribute('data-key'), 'service:Agent');
  for (const hops of ['1', '2', 'All hops']) {
    await page.getByRole('radio', { name: hops, exact: true }).click();
    await idle(page);
    const names = new Set((await nodes(page)).map(key => key.replace(/^service:/, '')));
    assert.ok(names.has('Agent') && names.size > 1);
    const kept = all.filter(edge => names.has(edge.source ?? '') && names.has(edge.target ?? '')).map(ends).sort();
    assert.deepEqual((await edges(page)).map(ends).sort(), kept, `${hops}: ${[...names]}`);
  }
});

test('with the keyboard alone', async () => {
  const opened = await openSample();
  const { page } = opened;
  const graph = page.locator('#dep-graph');
  await graph.focus();
  await page.keyboard.press('ArrowRight');
  await page.locator('#dep-graph[aria-activedescendant]').waitFor();
  const first = await graph.getAttribute('aria-activedescendant');
  assert.ok(first);
  const seen = new Set([first]);
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowUp', 'ArrowLeft']) {
    await page.keyboard.press(key);
    seen.add(await graph.getAttribute('aria-activedescendant') ?? '');
  }
  assert.ok(seen.size > 2, 'arrows go from node to node');
  await page.keyboard.press('Enter');
  await page.getByTestId('dependency-node').waitFor();
  const all = (await nodes(page)).length;
  await page.keyboard.press('f');
  await page.getByTestId('dependency-focus').waitFor();
  for (const wanted of ['3', '2', '1', '2']) {
    await page.keyboard.press(wanted === '2' && await param(page, 'hops') === '1' ? '+' : '-');
    await page.waitForFunction(hops => new URLSearchParams(location.hash.split('?')[1]).get('hops') === hops, wanted);
  }
  await page.keyboard.press('f');
  await page.getByTestId('dependency-focus').waitFor({ state: 'detached' });
  await idle(page);
  assert.equal((await nodes(page)).length, all);
  await page.keyboard.press('0');
  await page.keyboard.press('Escape');
  await page.getByTestId('dependency-node').waitFor({ state: 'detached' });
  await page.keyboard.press('c');
  await idle(page);
  assert.match(await param(page, 'pick') ?? '', /^cycle\n/);
  assertNoComplaints(opened);
});

test('hidden nodes are gone until they are shown again', async () => {
  const { page } = await openSample();
  const all = await nodes(page);
  await page.locator('#dep-graph .gn[data-key="service:Agent"]').click();
  await page.getByTestId('dependency-node').getByRole('button', { name: 'Hide' }).click();
  await idle(page);
  assert.deepEqual((await nodes(page)).sort(), all.filter(key => key !== 'service:Agent').sort());
  await page.getByRole('button', { name: 'Show hidden nodes' }).click();
  await idle(page);
  assert.deepEqual((await nodes(page)).sort(), all.sort());
});

test('the tables are used by the keyboard, and so are hiding and the operations of a node', async () => {
  const opened = await openSample();
  const { page } = opened;
  await page.locator('#dependency-table').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await idle(page);
  const row = await page.locator('#dependency-table').getAttribute('aria-activedescendant');
  assert.ok(row);
  await page.keyboard.press('Enter');
  await page.getByTestId('dependency-edge').waitFor();
  assert.equal(await page.locator(`[id="${row}"]`).getAttribute('aria-selected'), 'true');
  await page.locator('#dep-graph .gn[data-key="service:Agent"]').click();
  await page.locator('#dep-graph').focus();
  await page.keyboard.press('e');
  await page.getByTestId('dependency-opened').waitFor();
  await idle(page);
  assert.ok((await nodes(page)).some(key => key.startsWith('operation:Agent/')));
  await page.locator('#dep-graph .gn[data-key="service:Flock"]').click();
  await page.keyboard.press('h');
  await page.getByTestId('dependency-hidden').waitFor();
  await idle(page);
  assert.ok(!(await nodes(page)).includes('service:Flock'));
  assertNoComplaints(opened);
});

test('cycles are counted alike everywhere, and a chosen self call is drawn', async () => {
  const { page } = await openSample();
  const cycles = await rowCount(page, 'dependency-cycles');
  assert.ok(cycles > 0);
  assert.match(await page.locator('#dep-graph').getAttribute('aria-label') ?? '', new RegExp(`\\b${cycles} cycles: ${cycles} self calls`));
  assert.match(await page.getByRole('tab', { name: /^Cycles/ }).innerText(), new RegExp(`\\b${cycles}$`));
  assert.equal(await page.getByTestId('dependency-cycle-list').locator(':scope > li').count(), cycles);
  await page.getByTestId('dependency-cycle-list').getByTitle('Show it in the graph (C)').first().click();
  await idle(page);
  assert.equal(await page.getByRole('switch', { name: 'Self calls' }).getAttribute('aria-checked'), 'true');
  assert.equal(await page.locator('#dep-graph .ge.mark').count(), 1);
});

test('a failing agent feeds those that run because of it', async () => {
  const { page } = await openSample('');
  const fed = (await edges(page)).filter(edge => edge.target === 'incident_desk').map(edge => `${edge.source} ${edge.calls}`).sort();
  assert.deepEqual(fed, ['external 1', 'fact_checker 1', 'publisher 1']);
});

test('few nodes are drawn and the page says what it leaves out', async () => {
  const { page } = await openSample(`${SERVICES}&top=3`);
  assert.equal((await nodes(page)).length, 3);
  assert.match(await page.getByTestId('dependency-left-out').innerText(), /3 nodes with the most calls/);
  assert.ok(await rowCount(page, 'dependency-nodes') > 3, 'the tables have all of them');
});

test('a node is found by its name', async () => {
  const { page } = await openSample();
  await page.locator('#dep-find').fill('agen');
  assert.ok(await page.locator('#dep-graph .gn.found').count() > 0);
  await page.keyboard.press('Enter');
  await page.getByTestId('dependency-node').waitFor();
  await page.locator('#dep-find').fill('engine');
  const seen = [];
  for (const key of ['Enter', 'Enter', 'Shift+Enter']) {
    await page.locator('#dep-find').press(key);
    await idle(page);
    seen.push(await page.getByTestId('dependency-found').innerText());
  }
  assert.match(seen[0] ?? '', /^1 of \d+$/);
  assert.deepEqual(seen.map(said => said.split(' ')[0]), ['1', '2', '1']);
});

test('the filter narrows the graph, and a node adds to the filter', async () => {
  const opened = await openSample();
  const { page } = opened;
  const calls = (await edges(page)).reduce((sum, edge) => sum + Number(edge.calls), 0);
  await page.locator('#dep-graph .gn[data-key="service:Agent"]').click();
  await page.getByTestId('dependency-node').getByRole('button', { name: 'Add to filter' }).click();
  await idle(page);
  assert.match(await param(page, 'q') ?? '', /^service=Agent$/);
  const left = await edges(page);
  assert.ok(left.length > 0 && left.every(edge => edge.target === 'Agent'), 'only calls of the service');
  assert.ok(left.reduce((sum, edge) => sum + Number(edge.calls), 0) < calls);
  await page.getByTestId('filter').fill('service:nobody');
  await idle(page);
  await page.getByTestId('dependency-empty').waitFor();
  assert.doesNotMatch(await page.locator('.dpm').innerText(), /NaN|Infinity/);
  assertNoComplaints(opened);
});

test('the graph is saved as CSV, DOT, Mermaid, SVG and PNG', async () => {
  const opened = await openSample();
  const { page } = opened;
  const save = async (/** @type {string} */ item) => {
    await page.locator('#export-dependencies').click();
    const coming = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: item, exact: true }).click();
    const download = await coming;
    return { name: download.suggestedFilename(), bytes: fs.readFileSync(await download.path()) };
  };
  const csv = await save('CSV');
  assert.equal(csv.name, 'dependencies-services.csv');
  const lines = csv.bytes.toString('utf8').trim().split('\r\n');
  assert.equal(lines.length - 1, await rowCount(page, 'dependency-edges'));
  assert.match(lines[0] ?? '', /^source,target,calls,errors,error_pct,/);
  const dot = await save('DOT');
  assert.match(dot.bytes.toString('utf8'), /digraph[\s\S]*Agent[\s\S]*->/);
  const mermaid = await save('Mermaid');
  assert.match(mermaid.bytes.toString('utf8'), /(flowchart|graph) LR[\s\S]*Agent/);
  const svg = (await save('SVG')).bytes.toString('utf8');
  assert.match(svg, /^<\?xml[\s\S]*<svg [\s\S]*>Agent<[\s\S]*<\/svg>\s*$/);
  assert.doesNotMatch(svg, /NaN|Infinity|var\(|<script/);
  const png = await save('PNG');
  assert.deepEqual([...png.bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  assert.ok(png.bytes.readUInt32BE(16) >= 1790, `${png.bytes.readUInt32BE(16)} px wide`);
  assertNoComplaints(opened);
});

test('the wheel zooms at the pointer and a drag pans, nodes as they are', async () => {
  const { page } = await openSample();
  const place = async () => page.locator('#dep-graph .gn[data-key="service:Agent"] .nr').boundingBox();
  await page.getByTestId('graph-fit').click();
  await idle(page);
  const before = await place();
  assert.ok(before);
  await page.mouse.move(before.x + before.width / 2, before.y + before.height / 2);
  await page.mouse.wheel(0, -200);
  await page.waitForFunction(width => (document.querySelector('#dep-graph .gn[data-key="service:Agent"] .nr')?.getBoundingClientRect().width ?? 0) > width * 1.2, before.width);
  const near = await place();
  assert.ok(near && Math.abs(near.x + near.width / 2 - before.x - before.width / 2) < 2, 'what is under the pointer stays there');
  await page.keyboard.press('0');
  await page.waitForFunction(width => Math.abs((document.querySelector('#dep-graph .gn[data-key="service:Agent"] .nr')?.getBoundingClientRect().width ?? 0) - width) < 1, before.width);
});

test('agents come first where there are any: artifacts, cycles, their rounds', async () => {
  const opened = await openSample('');
  const { page } = opened;
  assert.equal(await page.getByRole('radio', { name: 'Agents' }).getAttribute('aria-checked'), 'true');
  const found = await edges(page);
  const draft = found.find(edge => edge.source === 'writer' && edge.target === 'critic');
  assert.ok(draft && draft.label === 'Draft' && Number(draft.calls) > 0 && Number(draft.handover_p95_ms) > 0, JSON.stringify(draft));
  const back = found.filter(edge => edge.mark === 'back edge').map(ends);
  assert.equal(back.length, 1);
  assert.match(back[0] ?? '', /^critic → writer/);
  const cycles = (await cells(page, 'dependency-cycles')).map(row => row.find(cell => cell.col === 'members')?.value);
  assert.deepEqual(cycles, ['critic,writer']);
  const rounds = page.getByTestId('dependency-rounds').first();
  await rounds.waitFor();
  const figure = async (/** @type {string} */ col) => Number(await rounds.locator(`[data-col=${col}]`).getAttribute('data-value'));
  assert.ok(await figure('returns') >= await figure('traces') && await figure('traces') > 0 && await figure('most_rounds') > 0);
  await page.locator('#dep-graph').focus();
  await page.keyboard.press('c');
  await idle(page);
  assert.ok(await page.locator('#dep-graph .ge.mark').count() >= 2, 'the cycle is seen in the graph');
  assert.equal(await page.getByTestId('dependency-cycle-traces').locator('li').count(), await figure('traces'));
  await page.getByRole('button', { name: 'Mark as expected' }).click();
  await page.getByRole('button', { name: 'Not expected' }).waitFor();
  await page.getByTestId('dependency-cycle-list').getByRole('link', { name: 'Longest trace' }).click();
  await page.getByTestId('waterfall').first().waitFor();
  assertNoComplaints(opened);
});

test('behind an edge: operations, durations and spans, all of its calls', async () => {
  const opened = await openSample();
  const { page } = opened;
  const first = (await edges(page))[0];
  await page.locator('[data-testid=dependency-edges] tbody tr').first().click();
  await page.getByTestId('dependency-exemplars').waitFor();
  await idle(page);
  const sum = async (/** @type {string} */ table) => (await cells(page, table)).reduce((all, row) => all + Number(row.find(cell => cell.col === 'calls')?.value ?? 0), 0);
  assert.equal(await sum('dependency-operations'), Number(first?.calls));
  assert.equal(await sum('dependency-histogram'), Number(first?.calls));
  const link = page.getByTestId('dependency-exemplars').locator('li').first();
  const span = await link.getAttribute('data-span-id');
  await link.getByRole('link').click();
  await page.getByTestId('waterfall').first().waitFor();
  await idle(page);
  assert.equal(await param(page, 'span'), span);
  assertNoComplaints(opened);
});

test('artifacts are nodes of their own, services open into their operations', async () => {
  const { page } = await openSample('&graph=artifacts');
  const keys = await nodes(page);
  assert.ok(keys.includes('artifact:Draft') && keys.includes('agent:writer') && keys.some(key => key.startsWith('external:')), keys.join());
  const drafts = (await edges(page)).filter(edge => edge.target === 'Draft').reduce((sum, edge) => sum + Number(edge.calls), 0);
  const box = page.locator('#dep-graph .gn[data-key="artifact:Draft"]');
  assert.match(await box.locator('title').textContent() ?? '', new RegExp(`: ${drafts} artifacts, 1\\d uses`), 'each artifact once, however often it is taken');
  await page.getByTestId('dependency-cycle-list').getByTitle('Show it in the graph (C)').first().click();
  await idle(page);
  assert.ok(await page.getByTestId('dependency-cycle-traces').locator('li').count() > 0, 'a round through artifacts is one of their agents');
  await page.keyboard.press('Escape');
  await page.getByRole('radio', { name: 'Services' }).click();
  await idle(page);
  const before = await nodes(page);
  await page.locator('#dep-graph .gn[data-key="service:Agent"]').click();
  await page.getByTestId('dependency-node').getByRole('button', { name: 'Operations' }).click();
  await idle(page);
  const after = await nodes(page);
  assert.ok(!after.includes('service:Agent') && after.some(key => key.startsWith('operation:Agent/')), after.join());
  assert.ok(before.filter(key => key !== 'service:Agent').every(key => after.includes(key)));
  // The focus on a service is one on its operations, once it is opened.
  await page.evaluate(() => { location.hash += '&focus=service%3AAgent&hops=1'; });
  await idle(page);
  const near = await nodes(page);
  assert.ok(near.length < after.length && near.some(key => key.startsWith('operation:Agent/')), near.join());
  assert.match(await page.getByTestId('dependency-focus').innerText(), /^Agent: \d+ operations?/);
});

test('bottlenecks share the critical paths, two times are compared', async () => {
  const opened = await openSample(`${SERVICES}&panel=bottlenecks`);
  const { page } = opened;
  await page.getByTestId('dependency-bottlenecks').locator('li').first().waitFor();
  await idle(page);
  const shares = await page.getByTestId('dependency-bottlenecks').locator('li').evaluateAll(lines => lines.map(line => Number(line.getAttribute('data-share'))));
  assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-6, `${shares}`);
  assert.deepEqual(shares, [...shares].sort((a, b) => b - a));
  await page.getByRole('tab', { name: 'Changes' }).click();
  await page.getByTestId('dependency-new').waitFor({ state: 'attached' });
  await idle(page);
  for (const list of ['new', 'vanished', 'slower']) assert.ok(Number(await page.getByTestId(`dependency-${list}`).getAttribute('data-count')) >= 0, list);
  assert.doesNotMatch(await page.locator('.dpm').innerText(), /NaN|Infinity/);
  assertNoComplaints(opened);
});

test('what a link or a field cannot say is told, and the last good value stays', async () => {
  const opened = await openSample('&graph=moon&hops=0&top=-3&pick=nothing&runs=many&panel=changes&from=1795338528000000000&to=1795338545000000000');
  const { page } = opened;
  const notice = page.getByTestId('notice').filter({ hasText: 'in the link' });
  for (const key of ['graph', 'hops', 'top', 'pick', 'runs']) assert.match(await notice.innerText(), new RegExp(`“${key}”`));
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  await notice.waitFor({ state: 'detached' });
  await page.locator('#dep-compare').click();
  const list = await page.locator('.menu:has(#dep-compare-list)').boundingBox();
  const panel = await page.getByTestId('dependency-side').boundingBox();
  assert.ok(list && panel && list.x >= panel.x && list.x + list.width <= panel.x + panel.width, `the list ${JSON.stringify(list)} is within ${JSON.stringify(panel)}`);
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: /^Cycles/ }).click();
  await page.locator('#dep-runs').fill('0');
  await page.locator('#dep-runs').press('Enter');
  assert.match(await page.locator('#dep-runs-why').innerText(), /“0” is no whole number from 1 to 1,000,000: 20 stays/);
  await page.locator('#dep-runs').fill('3');
  await page.locator('#dep-runs').press('Enter');
  await idle(page);
  assert.equal(await param(page, 'runs'), '3');
  assert.equal(await page.locator('#dep-runs-why').count(), 0);
  assertNoComplaints(opened);
});

test('on a small page the panel is a drawer', async () => {
  const opened = await openSample(SERVICES, { size: '360x640' });
  const { page } = opened;
  assert.equal(await page.getByTestId('dependency-side').isVisible(), false);
  await page.getByRole('button', { name: 'Panel' }).click();
  await page.getByTestId('dependency-side').waitFor({ state: 'visible' });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 360, `the page is ${width} px wide`);
  assertNoComplaints(opened);
});
