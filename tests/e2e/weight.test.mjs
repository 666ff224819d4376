// Byte budgets of what readers download, so that growth is decided and does not just happen. Measured as a host that compresses sends it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { BUILT } from './lib.mjs';

const skip = process.env.SPANDECK_DIST ? 'only the release has budgets, and another folder was asked for' : false;

/** Files of the built page, relative. @param {string} [inside] @returns {string[]} */
const files = (inside = '') => fs.readdirSync(path.join(BUILT, inside), { withFileTypes: true })
  .flatMap(entry => (entry.isDirectory() ? files(path.posix.join(inside, entry.name)) : [path.posix.join(inside, entry.name)]));

/** Name, what belongs to it, and the most kilobytes of it. @type {[string, RegExp, number][]} */
const BUDGETS = [
  ['the page', /^(index\.html|spandeck-[0-9a-f]{12}\.(wasm|js|css))$/, 2_100],
  ['the import worker', /^importer-/, 2_000],
  ['the database engine', /^engine-[^/]+\/duckdb-eh\.wasm\.gz$/, 6_050],
  ['the engine\'s worker', /^engine-[^/]+\/engine-worker\.js$/, 165],
  ['the SQL editor', /^editor-/, 155],
  ['the module for other pages', /^embed\.js$/, 4],
  ['the service worker', /^offline\.js$/, 2],
];

for (const [name, belongs, most_kb] of BUDGETS) {
  test(`${name} has at most ${most_kb} kB`, { skip }, () => {
    const found = files().filter(file => belongs.test(file));
    assert.ok(found.length > 0, 'nothing of it was built');
    const bytes = found.map(file => fs.readFileSync(path.join(BUILT, file))).map((data, at) => (found[at]?.endsWith('.gz') ? data.length : gzipSync(data).length));
    const kb = bytes.reduce((sum, size) => sum + size, 0) / 1000;
    assert.ok(kb <= most_kb, `${kb.toFixed(0)} kB: ${found.join(', ')}`);
  });
}
