// The examples of embedding, as somebody would copy them: with the viewer in a folder beside the page, and from another origin.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { assertNoComplaints, idle, openPageIn, repoPath, useSite } from './lib.mjs';

const site = useSite();
const folders = /** @type {string[]} */ ([]);
after(() => folders.forEach(folder => fs.rmSync(folder, { recursive: true, force: true })));

/** @param {string} example */
function copy(example) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spandeck-example-'));
  folders.push(folder);
  fs.cpSync(repoPath('examples', example), folder, { recursive: true });
  return folder;
}

/** Every element that has begun is open. @param {import('playwright-core').Page} page @param {string} id */
const open = (page, id) => page.waitForFunction(id => /** @type {any} */ (document.querySelector(id))?.state?.phase === 'ready', id);

test('the plain page, with the viewer beside it', async () => {
  const folder = copy('plain');
  fs.cpSync(fs.realpathSync(repoPath('dist')), path.join(folder, 'viewer'), { recursive: true });
  const served = await site.otherOrigin(folder);
  // The page has no mark of its own for being idle.
  fs.writeFileSync(path.join(folder, 'index.html'), fs.readFileSync(path.join(folder, 'index.html'), 'utf8').replace('<html', '<html data-busy="false"'));
  const opened = await openPageIn(site.browser, served.url, { size: '900x900' });
  const { page } = opened;
  await open(page, '#review');
  assert.match(await page.locator('#told').textContent() ?? '', /^timeline, trace 04a3a5cf/);
  await page.getByRole('button', { name: 'another run' }).click();
  await page.locator('#told', { hasText: 'trace 87503292' }).waitFor();
  assert.equal(await page.evaluate(() => /** @type {any} */ (document.querySelector('#agents')).state?.phase ?? 'waiting'), 'waiting');
  // Of the viewer's own origin: the file is opened without a question.
  await page.locator('#file').setInputFiles(repoPath('tests/fixtures/parquet_zoo/duckdb_1.4.3_v2_zstd.parquet'));
  await page.locator('#outcome', { hasText: 'It is open.' }).waitFor();
  await page.locator('iframe[title="Rates and errors"]').scrollIntoViewIfNeeded();
  await page.frameLocator('iframe[title="Rates and errors"]').getByTestId('red-services').waitFor();
  assertNoComplaints(opened);
});

test('the MkDocs page', async t => {
  const folder = copy('mkdocs');
  let root = path.join(folder, 'site');
  const program = [process.env.MKDOCS ?? '', repoPath('target/tools/mkdocs/bin/mkdocs'), 'mkdocs'].find(name => {
    try {
      return name !== '' && execFileSync(name, ['--version'], { stdio: 'pipe' }).length > 0;
    } catch {
      return false;
    }
  });
  if (program) {
    fs.cpSync(fs.realpathSync(repoPath('dist')), path.join(folder, 'docs/viewer'), { recursive: true });
    execFileSync(program, ['build', '--quiet', '--strict'], { cwd: folder, stdio: 'pipe' });
  } else {
    t.diagnostic('mkdocs is not installed: the page’s own HTML is opened in a bare page instead');
    root = path.join(folder, 'docs');
    fs.cpSync(fs.realpathSync(repoPath('dist')), path.join(root, 'viewer'), { recursive: true });
    const markdown = fs.readFileSync(path.join(root, 'index.md'), 'utf8');
    const html = /^<div>\n[\s\S]*?<\/div>$/m.exec(markdown)?.[0] ?? '';
    const script = /path: (\S+)\n\s+type: module/.exec(fs.readFileSync(path.join(folder, 'mkdocs.yml'), 'utf8'))?.[1];
    assert.ok(html && script);
    fs.writeFileSync(path.join(root, 'index.html'), `<!doctype html><html lang="en"><title>Docs</title><link rel="icon" href="data:,">${html}<script type="module" src="${script}"></script>`);
  }
  const index = path.join(root, 'index.html');
  fs.writeFileSync(index, fs.readFileSync(index, 'utf8').replace('<html', '<html data-busy="false"'));
  const served = await site.otherOrigin(root);
  const { page } = await openPageIn(site.browser, served.url, { size: '1200x900' });
  await open(page, 'spandeck-viewer');
  const state = await page.evaluate(() => document.querySelector('spandeck-viewer')?.state);
  assert.deepEqual([state?.full, state?.spans, state?.mode], [true, 200, 'timeline']);
  const frame = page.frames().find(frame => frame.url().includes('/viewer/'));
  assert.ok(frame);
  await idle(/** @type {any} */ (frame));
  await frame.getByTestId('waterfall').waitFor();
});
