// What the page's policy refuses while it runs, and that nothing of a hostile file or link gets as far: the policy itself, Trusted Types, links from
// data, names of saved files. What hostile files do to the page is in hostile.test.mjs.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { BUILT, assertNoComplaints, assertNoForeignRequests, idle, repoPath, useSite } from './lib.mjs';

const site = useSite();
const odd = repoPath('tests/fixtures/odd_spans.parquet');

test('the policy lets no text run: no inline script, no eval, no markup, no program of another place', async () => {
  const { page, cspViolations } = await site.openPage();
  // In a task of the page's own: what the remote control runs at once may call eval.
  const refused = await page.evaluate(() => new Promise(done => setTimeout(() => {
    /** @type {Record<string, () => unknown>} */
    const ways = {
      innerHTML: () => { document.createElement('div').innerHTML = '<b>x</b>'; },
      insertAdjacentHTML: () => document.body.insertAdjacentHTML('beforeend', '<b>x</b>'),
      documentWrite: () => document.write('<b>x</b>'),
      parser: () => new DOMParser().parseFromString('<b>x</b>', 'text/html'),
      frame: () => { document.createElement('iframe').srcdoc = '<b>x</b>'; },
      eval: () => (0, eval)('1'),
      function: () => new Function('return 1'),
      timer: () => setTimeout('1', 0),
      script: () => { document.createElement('script').text = 'window.hacked = 1'; },
      worker: () => new Worker('data:text/javascript,1'),
      anotherPolicy: () => Reflect.get(window, 'trustedTypes').createPolicy('default', { createHTML: (/** @type {string} */ text) => text }),
      samePolicyAgain: () => Reflect.get(window, 'trustedTypes').createPolicy('spandeck', { createScriptURL: (/** @type {string} */ url) => url }),
    };
    done(Object.entries(ways).filter(([, way]) => {
      try {
        way();
        return false;
      } catch {
        return true;
      }
    }).map(([name]) => name));
  })));
  assert.deepEqual(refused, ['innerHTML', 'insertAdjacentHTML', 'documentWrite', 'parser', 'frame', 'eval', 'function', 'timer', 'script', 'worker', 'anotherPolicy', 'samePolicyAgain']);
  assert.ok(cspViolations.length > 0);
  assert.equal(await page.evaluate(() => 'hacked' in window), false);
  // What compiles WebAssembly is let through, or there would be no page.
  assert.equal(await page.evaluate(() => WebAssembly.validate(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))), true);
});

test("the page's own policy makes programs only of scripts below its own folder", async () => {
  const source = fs.readFileSync(repoPath('src/browser/own_scripts.js'), 'utf8').replaceAll('export ', '').replace("'spandeck'", "'spandeck-test'");
  const { page } = await site.openPage();
  // The module as it is, where a policy may have another name: on a page of the same site without ours.
  await page.route('**/docs/viewer/plain.html', route => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Plain</title>' }));
  await page.goto(`${site.url}plain.html`);
  const answers = await page.evaluate(`${source}
    ['engine-0/engine-worker.js', './offline.js', '../other/x.js', '/x.js', 'https://example.org/x.js', '//example.org/docs/viewer/x.js', 'javascript:alert(1)', 'data:text/javascript,1', 'x.html', 'x.js?y=.js', '..%2fx.js', 'a/../../x.js']
      .map(address => { try { own(address); return true; } catch { return false; } })`);
  assert.deepEqual(answers, [true, true, false, false, false, false, false, false, false, true, true, false]);
});

test('nothing that a file holds becomes a link to elsewhere, markup or a request, in any mode', async () => {
  const opened = await site.openPage({ files: [odd] });
  const { page } = opened;
  for (const tab of ['Statistics', 'RED Metrics', 'Dependencies', 'DuckDB SQL', 'Configuration', 'Guide', 'Timeline']) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await idle(page);
    // A link leads within the page, or is the page's own to a site that its text names, which cannot reach back.
    const strange = await page.evaluate(() => [...document.querySelectorAll('#app a[href], #app area[href], #app [xlink\\:href]')]
      .filter(link => {
        const { protocol, origin, pathname } = new URL(link.getAttribute('href') ?? '', location.href);
        const isWithin = origin === location.origin && pathname === location.pathname;
        const isSafe = ['http:', 'https:', 'mailto:'].includes(protocol) && /\bnoopener\b/.test(link.getAttribute('rel') ?? '');
        return !isWithin && !isSafe;
      }).map(link => link.outerHTML));
    assert.deepEqual(strange, [], tab);
    assert.equal(await page.locator('#app script, #app img:not(.cm-widgetBuffer), #app iframe, #app object, #app embed, #app form[action], #app [onload], #app [onerror]').count(), 0, tab);
  }
  assert.equal(await page.evaluate(() => 'hacked' in window), false);
  assertNoForeignRequests(opened);
  assertNoComplaints(opened);
});

test('what a link says is never markup and never a program', async () => {
  const hostile = encodeURIComponent('"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>');
  const opened = await site.openPage({ hash: `#/${hostile}?v=1&sample=${hostile}&trace=${hostile}&span=${hostile}&q=${hostile}&theme=${hostile}&section=${hostile}` });
  const { page } = opened;
  await idle(page);
  for (const source of ['javascript:window.hacked=1', 'data:text/html,<script>1</script>', 'file:///etc/passwd', 'blob:null/1']) {
    await page.goto(`${site.url}#/timeline?v=1&src=${encodeURIComponent(source)}`);
    await page.reload();
    await idle(page);
  }
  await page.goto(`${site.url}#/sql?v=1&sample=showcase&sql=${hostile}`);
  await page.getByTestId('sql-editor').waitFor();
  await idle(page);
  assert.equal(await page.evaluate(() => 'hacked' in window), false);
  assert.equal(await page.locator('#app img:not(.cm-widgetBuffer), #app script').count(), 0);
  assertNoForeignRequests(opened);
  assert.deepEqual(opened.cspViolations, []);
});

test('a saved file of a hostile trace has a plain name', async () => {
  const { page } = await site.openPage({ files: [odd] });
  await page.getByTestId('waterfall').waitFor();
  await page.getByRole('tab', { name: 'Statistics', exact: true }).click();
  await idle(page);
  await page.getByRole('button', { name: 'Export' }).first().click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /CSV/ }).first().click();
  const name = (await download).suggestedFilename();
  assert.match(name, /^[\w. -]+\.csv$/);
});

test('the built scripts hold no way to run text but those of the database, which runs under no page', () => {
  const page = fs.readdirSync(BUILT).filter(name => /^spandeck-.*\.js$/.test(name)).map(name => fs.readFileSync(path.join(BUILT, name), 'utf8')).join('\n');
  const editor = fs.readdirSync(BUILT).filter(name => name.startsWith('editor-')).map(name => fs.readFileSync(path.join(BUILT, name, 'editor.js'), 'utf8')).join('\n');
  assert.ok(page.length > 10_000 && editor.length > 10_000);
  for (const script of [page, editor, fs.readFileSync(path.join(BUILT, 'offline.js'), 'utf8')]) assert.doesNotMatch(script, /\beval\(|new Function\(|document\.write\(|insertAdjacentHTML/);
});
