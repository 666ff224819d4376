// Extensions of DuckDB's that whoever builds puts beside the page: the engine asks its own site for them, once, and DuckDB itself decides by their
// signature. None is signed here, so each is refused, and the page's own functions do what they do without.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { startHarness } from './engine_harness.mjs';

/** A small module with the footer that DuckDB reads: eight fields from the last to the first, then the signature. @param {string} version */
function unsigned(version) {
  const fields = ['', '', '', 'CPP', 'v1', version, 'wasm_eh', '4'];
  const footer = Buffer.concat([...fields.map(field => Buffer.from(field.padEnd(32, '\0'))), Buffer.alloc(256)]);
  // The footer is a section of its own, which WebAssembly skips: its name and its length come first.
  const head = Buffer.from([0, 0x93, 4, 0x10, ...Buffer.from('duckdb_signature'), 0x80, 4]);
  return Buffer.concat([Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), head, footer]);
}

test('an extension beside the page is asked for on its own site, refused by DuckDB if it is not signed, and everything works without', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'extensions-'));
  await mkdir(path.join(folder, 'v1.4.3/wasm_eh'), { recursive: true });
  await writeFile(path.join(folder, 'v1.4.3/wasm_eh/json.duckdb_extension.wasm'), unsigned('v1.4.3'));
  await writeFile(path.join(folder, 'v1.4.3/wasm_eh/notes.txt'), 'no extension');
  const harness = await startHarness(folder);
  try {
    /** @type {string[]} */
    const asked = [];
    harness.page.context().on('request', request => asked.push(new URL(request.url()).pathname));
    const engine = await harness.idle();
    const answer = await engine.send({ op: 'boot', wasmUrl: `${harness.origin}/sub/engine/duckdb-eh.wasm.gz` });
    assert.equal(answer.kind, 'done', answer.message);
    assert.deepEqual(asked.filter(address => address.includes('extension')), ['/sub/engine/extensions/v1.4.3/wasm_eh/json.duckdb_extension.wasm']);
    const refused = /** @type {string[]} */ (answer.value?.refused);
    assert.equal(refused.length, 1);
    assert.match(refused[0] ?? '', /^json: .*signature/);
    assert.equal(await engine.value(`SELECT '{"a":[1,2]}'->>'$.a[*]'`).then(list => [...list].join()), '1,2');
    const rest = await engine.query('LOAD icu');
    assert.equal(rest.kind, 'error');
    assert.deepEqual(harness.elsewhere, []);
    await engine.end();
  } finally {
    await harness.close();
    await rm(folder, { recursive: true });
  }
});

test('without any the engine asks for none', async () => {
  const harness = await startHarness();
  try {
    /** @type {string[]} */
    const asked = [];
    harness.page.context().on('request', request => asked.push(new URL(request.url()).pathname));
    const engine = await harness.engine();
    assert.equal((await engine.query('LOAD json')).kind, 'error');
    assert.deepEqual(asked.filter(address => address.includes('extension')), []);
    assert.deepEqual(harness.elsewhere, []);
    await engine.end();
  } finally {
    await harness.close();
  }
});
