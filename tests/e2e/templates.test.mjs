// Every template of src/core/templates on the real engine, with the values it offers itself: none may fail, and on the sample none may be
// empty unless it says that it may be.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { must, startHarness } from './engine_harness.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
/** @typedef {{ name: string, kind: string, default: string, offers: string | null }} Param */
/** @type {{ id: string, sql: string, params: Param[], may_be_empty: boolean }[]} */
const templates = JSON.parse(await readFile(path.join(here, '../fixtures/templates.json'), 'utf8'));

/** The view that the page makes. */
const VIEW = `CREATE OR REPLACE VIEW main.spans AS SELECT * REPLACE (attributes::VARCHAR AS attributes, events::VARCHAR AS events),
  CASE WHEN name = 'Agent.execute' THEN NULLIF((attributes::VARCHAR)->>'agent.name', 'None') END AS agent FROM file.main.spans`;

/** @type {Awaited<ReturnType<typeof startHarness>>} */
let harness;
/** @type {string} */
let folder;
before(async () => {
  harness = await startHarness();
  folder = await mkdtemp(path.join(os.tmpdir(), 'spandeck-templates-'));
});
after(async () => {
  await harness.close();
  await rm(folder, { recursive: true });
});

/** What each template answers in an open file. @param {string} file */
async function answers(file) {
  const engine = await harness.engine();
  must(await engine.attach(file));
  must(await engine.query(VIEW));
  /** @type {Map<string, Record<string, unknown>[]>} */
  const found = new Map();
  /** @type {string[]} */
  const failed = [];
  for (const { id, sql, params } of templates) {
    let filled = sql;
    for (const { name, kind, default: given, offers } of params) {
      const offered = offers ? await engine.rows(offers) : [];
      if (offers) assert.ok(offered.length > 0, `${id}: ${name} has values to offer in ${file}`);
      const value = given || String(offered[0].value);
      filled = filled.replaceAll(`{{${name}}}`, () => (kind.endsWith('number') ? value : `'${value.replaceAll("'", "''")}'`));
    }
    assert.doesNotMatch(filled, /\{\{/, id);
    const answer = await engine.query(filled);
    if (answer.kind === 'done') found.set(id, answer.rows);
    else failed.push(`${id}: ${answer.message}`);
  }
  assert.deepEqual(failed, [], `templates that fail in ${file}`);
  await engine.end();
  return found;
}

test('every template answers on the sample, and says it when it may have no rows', async () => {
  harness.extra.set('sample.duckdb', gunzipSync(await readFile(path.join(here, '../../src/sample/showcase.duckdb.gz'))));
  const found = await answers('sample.duckdb');
  const empty = templates.filter(({ id }) => found.get(id)?.length === 0);
  assert.deepEqual(empty.filter(({ may_be_empty: may }) => !may).map(({ id }) => id), [], 'empty without a word');
  const rows = (/** @type {string} */ id) => found.get(id) ?? [];
  const number = (/** @type {unknown} */ value) => Number(value);
  // Figures of src/sample by native DuckDB 1.4.3: a template that runs but says something else is no better.
  assert.equal(rows('traces').length, 23);
  assert.deepEqual(rows('agent-runs').map(row => [row.agent, number(row.runs), number(row.failed)]).sort(), [
    ['critic', 9, 0], ['fact_checker', 6, 1], ['incident_desk', 3, 0], ['publisher', 7, 1], ['researcher', 5, 0], ['security_auditor', 6, 0], ['writer', 9, 0],
  ]);
  assert.deepEqual(rows('feedback-pairs').map(row => [row.one, row.other, number(row.forth), number(row.back)]), [['critic', 'writer', 3, 6]]);
  assert.equal(number(rows('quality').find(row => row.what === 'spans')?.spans), 725);
  assert.equal(rows('exceptions-by-type').length, 5);
  assert.equal(number(rows('journeys-across-traces')[0].traces), 2);
  assert.equal(rows('spans-of-a-trace').length, 309);
  assert.equal(rows('error-chain').filter(row => number(row.step) === 0).length, 2, 'two errors begin in the drill');
  assert.equal(rows('own-time')[0].name, 'Flock.run_until_idle');
  assert.ok(Math.abs(number(rows('own-time')[0].own_ms) - 43629.58251) < 0.001);
});

test('every template answers on a generated file', async () => {
  const generated = path.join(folder, 'generated.duckdb');
  execFileSync('python3', [path.join(here, '../data/make_spans.py'), '20000', generated]);
  harness.extra.set('generated.duckdb', await readFile(generated));
  const found = await answers('generated.duckdb');
  assert.ok((found.get('orphans') ?? []).length > 0, 'the file has orphans');
  assert.equal(Number(found.get('quality')?.find(row => row.what === 'spans')?.spans), 20000);
});
