// An open page at which nobody does anything must do nothing either: a view that draws itself again without end takes the processor
// from every question and every frame, and nothing on the screen shows it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idle, repoPath, useSite } from './lib.mjs';

const site = useSite();
const file = repoPath('tests/fixtures/duckdb_zoo/v1.4.3_blocks16k.duckdb');
const MODES = ['timeline', 'statistics', 'statistics?v=1&raw=1', 'red', 'dependencies', 'sql', 'configuration', 'guide'];
const FRAMES = 60;

test('a page that is left alone runs no script', async () => {
  for (const mode of MODES) {
    const { page } = await site.openPage({ hash: mode.includes('?') ? `#/${mode}` : `#/${mode}?v=1`, files: [file] });
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const scripted = async () => (await session.send('Performance.getMetrics')).metrics.find(metric => metric.name === 'ScriptDuration')?.value ?? NaN;
    const frames = () => page.evaluate(async count => {
      const from = performance.now();
      for (let frame = 0; frame < count; frame += 1) await new Promise(done => requestAnimationFrame(done));
      return (performance.now() - from) / 1000;
    }, FRAMES);
    // What settles after the last answer is over then.
    await frames();
    await idle(page);
    const before = await scripted();
    const seconds = await frames();
    const share = (await scripted() - before) / seconds;
    // Without end it is more than three quarters.
    assert.ok(share < 0.3, `${mode}: ${(share * 100).toFixed(0)} % of the time went into scripts`);
    await page.context().close();
  }
});
