// What `bench.mjs` measures of the Dependencies: the graph of a million spans under another filter, and a dense graph of 200 nodes and 600
// edges: its layout, and the frames while the pointer wanders over it, drags it and zooms.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { frameTimes, idle } from './lib.mjs';

/** @typedef {import('./lib.mjs').Page} Page */

/** Of a file that is open. */
export const GRAPH = '#/dependencies?v=1&graph=services';
export const DENSE = { nodes: 200, edges: 600 };

/** Makes a file whose services call each other in 600 pairs. @param {string} file */
export function makeDense(file) {
  if (fs.existsSync(file)) return;
  const draft = `${file}.draft`;
  fs.rmSync(draft, { force: true });
  execFileSync('python3', ['-c', `
import duckdb, random, sys
nodes, edges = int(sys.argv[2]), int(sys.argv[3])
pick = random.Random(7)
pairs = set((max(0, at - 1 - pick.randrange(min(at, 12))), at) for at in range(1, nodes))
while len(pairs) < edges:
    one, other = pick.randrange(nodes), pick.randrange(nodes)
    if one != other and (one < other or pick.random() < 0.08): pairs.add((one, other))
rows, start = [], 1_700_000_000_000_000_000
for trace, (one, other) in enumerate(sorted(pairs)):
    for call in range(1 + pick.randrange(4)):
        at, parent, child = start + trace * 1_000_000_000 + call * 1000, f'{trace:08x}{call:08x}', f'{trace:08x}{call + 100:08x}'
        trace_id, took = f'{trace:032x}', pick.randrange(1, 90) * 1_000_000
        status = 'ERROR' if pick.random() < 0.04 else 'OK'
        rows.append((trace_id, parent, None, f'call {one}', f'service {one}', at, at + 2 * took, 2 * took / 1e6, 'OK'))
        rows.append((trace_id, child, parent, f'serve {other}', f'service {other}', at + 10, at + 10 + took, took / 1e6, status))
con = duckdb.connect(sys.argv[1])
con.execute("CREATE TABLE spans (trace_id VARCHAR, span_id VARCHAR, parent_id VARCHAR, name VARCHAR, service VARCHAR, operation VARCHAR, kind VARCHAR, start_time BIGINT, end_time BIGINT, duration_ms DOUBLE, status_code VARCHAR, status_description VARCHAR, attributes VARCHAR, events VARCHAR, links VARCHAR, resource VARCHAR)")
con.executemany("INSERT INTO spans VALUES (?, ?, ?, ?, ?, 'call', 'INTERNAL', ?, ?, ?, ?, NULL, '{}', '[]', '[]', '{}')", rows)
con.close()
`, draft, String(DENSE.nodes), String(DENSE.edges)], { stdio: ['ignore', 'inherit', 'inherit'] });
  fs.renameSync(draft, file);
}

/** From another address to the graph and the table of it. @param {Page} page @param {Record<string, string>} params */
async function changeTo(page, params) {
  return page.evaluate(async wanted => {
    const seen = () => {
      const graph = document.querySelector('[data-testid=dependency-graph]');
      return !graph || graph.closest('.busy-old') ? null : document.querySelector('[data-testid=dependency-edges]')?.textContent ?? '';
    };
    const before = seen();
    const [route, query = ''] = location.hash.split('?');
    const pairs = query.split('&').filter(pair => pair && !((pair.split('=')[0] ?? '') in wanted));
    for (const [key, value] of Object.entries(wanted)) if (value) pairs.push(`${key}=${encodeURIComponent(value)}`);
    const start = performance.now();
    location.hash = `${route}?${pairs.join('&')}`;
    for (;;) {
      await new Promise(done => requestAnimationFrame(done));
      const now = seen();
      if (now !== null && now !== before) return performance.now() - start;
      if (performance.now() - start > 60_000) throw new Error('the graph did not change');
    }
  }, params);
}

/** @param {number[]} values */
const middle = values => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** @param {Page} page with the graph of a large file open */
export async function measureGraph(page) {
  await page.getByTestId('dependency-graph').waitFor();
  const first_ms = await page.evaluate(() => performance.now());
  await idle(page);
  // No statement comes twice: the page would remember its answer.
  const again = [];
  for (const least of ['1ms', '2ms', '3ms', '5ms', '8ms']) {
    again.push(await changeTo(page, { q: `dur>${least}` }));
    await idle(page);
  }
  const hover = await frameTimes(page, await wandering(page));
  return { first_ms, graph_ms: middle(again.slice(1)), hover_p95_ms: hover.p95 };
}

/** A place of the drawing by shares of its size. @param {Page} page */
async function placeIn(page) {
  const box = await page.locator('#dep-graph').boundingBox();
  if (!box) throw new Error('no graph');
  return (/** @type {number} */ x, /** @type {number} */ y) => /** @type {const} */ ([box.x + box.width * x, box.y + box.height * y]);
}

/** Points at 121 places all over the drawing, one after the other. @param {Page} page */
async function wandering(page) {
  const at = await placeIn(page);
  return async () => {
    for (let step = 0; step <= 120; step += 1) await page.mouse.move(...at(0.1 + 0.8 * ((step * 7) % 121) / 121, 0.1 + 0.8 * step / 121));
  };
}

/** @param {Page} page with the dense graph open */
export async function measureDense(page) {
  await page.getByTestId('dependency-graph').waitFor();
  await idle(page);
  await changeTo(page, { top: '40' });
  await idle(page);
  await changeTo(page, { top: String(DENSE.nodes) }).catch(() => 0);
  await idle(page);
  const layout_ms = await page.evaluate(() => {
    const last = (/** @type {string} */ name) => performance.getEntriesByName(name).at(-1)?.startTime ?? NaN;
    return last('spandeck:graph-laid-out') - last('spandeck:graph-known');
  });
  const at = await placeIn(page);
  const hover = await frameTimes(page, await wandering(page));
  await page.mouse.move(...at(0.5, 0.5));
  const zoom = await frameTimes(page, async () => {
    for (let turn = 0; turn < 30; turn += 1) await page.mouse.wheel(0, turn < 18 ? -60 : 60);
  });
  await page.mouse.move(...at(0.02, 0.9));
  await page.mouse.down();
  const pan = await frameTimes(page, async () => {
    for (let step = 0; step <= 120; step += 1) await page.mouse.move(...at(0.02 + 0.6 * Math.abs(Math.sin(step / 20)), 0.9 - 0.4 * Math.abs(Math.sin(step / 26))));
  });
  await page.mouse.up();
  return { layout_ms, hover_p95_ms: hover.p95, zoom_p95_ms: zoom.p95, pan_p95_ms: pan.p95 };
}
