// The built page on static servers of many habits, and the files in hosting/ that harden it: what they send is what index.html says of itself, and
// the page works with it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startServer } from '../../.ci/serve.mjs';
import { BUILT, assertNoComplaints, assertNoForeignRequests, idle, launch, openFileCounts, openFiles, openPageIn, repoPath } from './lib.mjs';

const sample = JSON.parse(fs.readFileSync(repoPath('tests/fixtures/showcase_expected.json'), 'utf8'));
const hosting = (/** @type {string} */ name) => fs.readFileSync(repoPath('hosting', name), 'utf8');

/** What a policy in a <meta> cannot say. */
const ONLY_IN_A_HEADER = "frame-ancestors 'self'";
const inPage = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(fs.readFileSync(repoPath('index.html'), 'utf8'))?.[1] ?? '';

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/**
 * All that is loaded from the host: page, engine, sample, editor, importer.
 * @param {string} url
 */
async function works(url) {
  const opened = await openPageIn(browser, url, { hash: '#/sql?v=1&sample=showcase' });
  const { page } = opened;
  await page.locator('.cm-editor').waitFor();
  await idle(page);
  assert.equal((await openFileCounts(page)).spans, sample.spans);
  await openFiles(page, [repoPath('tests/fixtures/parquet_zoo/pyarrow_snappy.parquet')]);
  assert.equal((await openFileCounts(page)).spans, 200);
  assertNoForeignRequests(opened);
  assertNoComplaints(opened);
  await page.context().close();
}

/** @type {[string, string, Partial<import('../../.ci/serve.mjs').Switches>][]} */
const HABITS = [
  ['at the root of a site', '/', {}],
  ['deep below it, without ranges', '/a/b%20c/d/', { ranges: false }],
  ['not knowing .wasm and .gz', '/x/', { unknownTypes: ['.wasm', '.gz'], ranges: false }],
  ['compressing on the way, telling no length', '/x/', { compress: true }],
  ['taking .gz for a compression on the way, as some set-ups of Apache do', '/x/', { gzipIsEncoding: true }],
  ['letting nothing be kept', '/x/', { cacheable: false }],
];
for (const [habit, prefix, switches] of HABITS) {
  test(`the page works on a server ${habit}`, async () => {
    const served = await startServer({ dir: BUILT, prefix, switches });
    await works(served.url).finally(() => served.close());
  });
}

/** A port that is free now. */
function freePort() {
  return new Promise((done, failed) => {
    const server = net.createServer().once('error', failed).listen(0, '127.0.0.1', () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => done(port));
    });
  });
}

const has = (/** @type {string} */ program, /** @type {string} */ flag) => {
  try {
    execFileSync(program, [flag], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/**
 * Runs a server of this machine until the test is done with it.
 * @param {string} program
 * @param {string[]} args
 * @param {string} url that it answers once it is there
 * @param {() => Promise<void>} use
 */
async function running(program, args, url, use) {
  const server = spawn(program, args, { stdio: 'ignore' });
  const gone = new Promise((_, failed) => server.once('error', failed).once('exit', code => failed(new Error(`${program} ended with ${code}`))));
  try {
    const answers = async () => {
      while (!(await fetch(url).then(response => response.ok, () => false))) await new Promise(done => setTimeout(done, 50));
    };
    await Promise.race([answers().then(use), gone]);
  } finally {
    gone.catch(() => {});
    server.kill('SIGTERM');
  }
}

test("the page works on Python's own server", { skip: !has('python3', '--version') && 'there is no python3 on this machine' }, async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  await running('python3', ['-m', 'http.server', String(port), '--bind', '127.0.0.1', '--directory', BUILT], url, () => works(url));
});

test('the page works on nginx, set up as hosting/nginx.conf says', { skip: !has('nginx', '-v') && 'there is no nginx on this machine' }, async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'spandeck-nginx-'));
  const port = await freePort();
  const snippet = hosting('nginx.conf').replace('listen 80;', `listen 127.0.0.1:${port};`).replace('/srv/spandeck/dist/', `${fs.realpathSync(BUILT)}/`);
  const config = `daemon off; pid ${folder}/pid; error_log ${folder}/errors; ${process.getuid?.() === 0 ? 'user root;' : ''} events {}
    http { access_log off; ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder}/${name};`).join(' ')}\n${snippet}\n}`;
  fs.writeFileSync(path.join(folder, 'nginx.conf'), config);
  const url = `http://127.0.0.1:${port}/spandeck/`;
  try {
    await running('nginx', ['-c', path.join(folder, 'nginx.conf'), '-e', path.join(folder, 'errors')], url, async () => {
      const index = await fetch(url);
      assert.equal(index.headers.get('content-security-policy'), `${inPage}; ${ONLY_IN_A_HEADER}`);
      assert.equal(index.headers.get('cache-control'), 'no-cache');
      const [named = ''] = /spandeck-[0-9a-f]{12}\.wasm/.exec(await index.text()) ?? [];
      const wasm = await fetch(url + named);
      assert.deepEqual([wasm.headers.get('content-type'), wasm.headers.get('cache-control')], ['application/wasm', 'public, max-age=31536000, immutable']);
      await works(url);
    });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

for (const name of ['_headers', 'nginx.conf', '.htaccess', 'Caddyfile']) {
  test(`hosting/${name} sends the page's own policy and what only a header can say`, () => {
    const text = hosting(name);
    const policies = [...text.matchAll(/(default-src [^"\n]*)/g)].map(found => found[1]);
    assert.deepEqual(policies, [`${inPage}; ${ONLY_IN_A_HEADER}`]);
    assert.match(text, /Cross-Origin-Opener-Policy:? "?same-origin/);
    assert.match(text, /X-Content-Type-Options:? "?nosniff/);
    assert.match(text, /public, max-age=31536000, immutable/);
  });
}

test('every folder with a hash in its name is in the rules of hosting/_headers, and nothing else is', () => {
  const rules = [...hosting('_headers').matchAll(/^\/(\S+)-\*$/gm)].map(found => found[1]).sort();
  const named = [...new Set(fs.readdirSync(BUILT).filter(name => /-[0-9a-f]{12}(\.|$)/.test(name)).map(name => name.replace(/-[0-9a-f]{12}.*$/, '')))].sort();
  assert.deepEqual(rules, named);
});

test('the page works with the headers of hosting/, its workers under them too', async () => {
  const headers = Object.fromEntries([...hosting('_headers').matchAll(/^ {2}([\w-]+): (.*)$/gm)].map(found => [found[1], found[2]]).slice(0, 4));
  assert.deepEqual(Object.keys(headers), ['Content-Security-Policy', 'Cross-Origin-Opener-Policy', 'X-Content-Type-Options', 'Referrer-Policy']);
  const served = await startServer({ dir: BUILT, prefix: '/x/', switches: { headers } });
  await works(served.url).finally(() => served.close());
});
