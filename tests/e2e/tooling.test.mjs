// The server that people and the journeys use, and the checks that a build has to pass. No browser.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { problemsOfCss, problemsOfHtml } from '../../.ci/finish.mjs';
import { parseRange, startServer } from '../../.ci/serve.mjs';

const POLICY = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'">`;
/** @param {string} body @param {string} [policy] */
const htmlProblems = (body, policy = POLICY) => problemsOfHtml(`<!doctype html><head>${policy}</head>${body}`, name => name === './there.js');

test('a page that any host can serve passes', () => {
  assert.deepEqual(htmlProblems(`
    <!-- <script>left out</script> -->
    <script type="module" src="./there.js"></script>
    <link rel="icon" href="data:,"><a href="https://example.org/">elsewhere</a><a href="#main">down</a>`), []);
});

for (const [what, body, expected] of [
  ['a script inside the HTML', '<script>start()</script>', /script inside the HTML/],
  ['a module inside the HTML', '<script type="module">\nimport "./there.js";\n</script>', /script inside the HTML/],
  ['an inline handler', '<body onload="start()">', /inline handler: onload on <body>/],
  ['an absolute path', '<script src="/there.js"></script>', /absolute path/],
  ['another origin', '<link rel="stylesheet" href="https://cdn.example.org/a.css">', /another origin/],
  ['another origin without scheme', '<img src="//cdn.example.org/a.png">', /another origin/],
  ['a script address', '<a href="javascript:start()">x</a>', /another origin/],
  ['a file that is not there', '<script src="./gone.js"></script>', /not built/],
  ['a base address', '<base href="">', /<base>/],
]) {
  test(`${what} fails the build`, () => {
    const problems = htmlProblems(/** @type {string} */ (body));
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0] ?? '', /** @type {RegExp} */ (expected));
  });
}

test('a missing or loose content security policy fails the build', () => {
  assert.match(htmlProblems('', '').join(), /no content security policy/);
  assert.match(htmlProblems('', POLICY.replace("'self'", "'self' 'unsafe-inline'")).join(), /allows scripts/);
  assert.match(htmlProblems('', POLICY.replace("'wasm-unsafe-eval'", "'unsafe-eval'")).join(), /allows scripts/);
  assert.match(htmlProblems('', POLICY.replace(" require-trusted-types-for 'script'", '')).join(), /text become markup/);
});

test('a stylesheet that loads something fails the build', () => {
  assert.deepEqual(problemsOfCss('a { background: url("data:image/png;base64,AA") ; mask: url(#m) }'), []);
  assert.equal(problemsOfCss('@import "other.css"; @font-face { src: url(https://fonts.example.org/f.woff2) }').length, 2);
});

test('byte ranges', () => {
  assert.deepEqual(parseRange('bytes=0-0', 10), { start: 0, end: 0 });
  assert.deepEqual(parseRange('bytes=4-', 10), { start: 4, end: 9 });
  assert.deepEqual(parseRange('bytes=4-99', 10), { start: 4, end: 9 });
  assert.deepEqual(parseRange('bytes=-3', 10), { start: 7, end: 9 });
  assert.deepEqual(parseRange('bytes=-30', 10), { start: 0, end: 9 });
  assert.equal(parseRange('bytes=10-', 10), 'unsatisfiable');
  assert.equal(parseRange('bytes=-0', 10), 'unsatisfiable');
  for (const ignored of [undefined, '', 'bytes=-', 'bytes=5-4', 'bytes=0-1,3-4', 'lines=0-1']) assert.equal(parseRange(ignored, 10), undefined);
});

/** @type {string} */
let folder;
/** @type {import('../../.ci/serve.mjs').Served} */
let served;
before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spandeck-'));
  fs.mkdirSync(path.join(folder, 'site/empty'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'site/index.html'), 'index');
  fs.writeFileSync(path.join(folder, 'site/a.wasm'), '0123456789');
  fs.writeFileSync(path.join(folder, 'secret'), 'secret');
  fs.symlinkSync(path.join(folder, 'secret'), path.join(folder, 'site/link'));
  served = await startServer({ dir: path.join(folder, 'site'), prefix: '/docs/viewer/' });
});
after(async () => {
  await served.close();
  fs.rmSync(folder, { recursive: true });
});

test('files come with their type, whole or in part', async () => {
  const index = await fetch(served.url);
  assert.equal(await index.text(), 'index');
  assert.equal(index.headers.get('content-type'), 'text/html; charset=utf-8');
  const part = await fetch(`${served.url}a.wasm`, { headers: { range: 'bytes=2-4' } });
  assert.deepEqual([part.status, part.headers.get('content-type'), part.headers.get('content-range'), await part.text()], [206, 'application/wasm', 'bytes 2-4/10', '234']);
  const head = await fetch(`${served.url}a.wasm`, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.get('content-length'), head.headers.get('accept-ranges'), await head.text()], [200, '10', 'bytes', '']);
  const again = await fetch(`${served.url}a.wasm`, { headers: { 'if-none-match': head.headers.get('etag') ?? '' } });
  assert.equal(again.status, 304);
});

test('nothing outside the folder and no listings', async () => {
  // `fetch` would resolve `..` itself.
  for (const inside of ['%2e%2e/%2e%2e/secret', '..%2fsecret', 'link', 'empty/', 'a.wasm/', 'gone']) {
    assert.equal((await fetch(served.url + inside)).status, 404, inside);
  }
  assert.equal((await fetch(`${served.origin}/`)).status, 404);
  for (const bad of ['%zz', 'a%00', 'a%5c..']) assert.equal((await fetch(served.url + bad)).status, 400, bad);
  assert.equal((await fetch(served.url, { method: 'POST' })).status, 405);
});

test('the switches of a foreign host', async () => {
  const other = await startServer({ dir: path.join(folder, 'site'), switches: { cors: true, ranges: false } });
  const whole = await fetch(`${other.url}a.wasm`, { headers: { range: 'bytes=2-4' } });
  assert.deepEqual([whole.status, whole.headers.get('access-control-allow-origin'), await whole.text()], [200, '*', '0123456789']);
  other.switches.cors = false;
  other.switches.status = 503;
  const down = await fetch(`${other.url}a.wasm`);
  assert.deepEqual([down.status, down.headers.get('access-control-allow-origin')], [503, null]);
  await other.close();
});
