// Agent runs and journeys: the statements of src/modes/timeline/runs.rs on the real engine, against figures of native DuckDB.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { must, startHarness } from './engine_harness.mjs';

const fixtures = path.join(path.dirname(fileURLToPath(import.meta.url)), '../fixtures');
/** @type {Record<string, string>} */
const statements = JSON.parse(await readFile(path.join(fixtures, 'runs_sql.json'), 'utf8'));
/** @type {{ all: (string | number)[][], facts: number[], related_runs: number, correlated_runs: number, journey: (string | null)[][] }} */
const expected = JSON.parse(await readFile(path.join(fixtures, 'runs_expected.json'), 'utf8'));
const TRACE = '39fd9305201189e36a5659cffeee91e6';

/** The view that the page makes of a Flock file. @param {string} table */
const view = table => `CREATE OR REPLACE VIEW main.spans AS SELECT * REPLACE (attributes::VARCHAR AS attributes), CASE WHEN name = 'Agent.execute' THEN NULLIF((attributes::VARCHAR)->>'agent.name', 'None') END AS agent FROM ${table}`;

/** @type {Awaited<ReturnType<typeof startHarness>>} */
let harness;
/** @type {import('./engine_harness.mjs').TestEngine} */
let engine;
before(async () => {
  harness = await startHarness();
  harness.extra.set('showcase.duckdb', gunzipSync(await readFile(path.join(fixtures, '../../src/sample/showcase.duckdb.gz'))));
  engine = await harness.engine();
  must(await engine.attach('showcase.duckdb'));
  await engine.rows(view('file.main.spans'));
});
after(async () => {
  try {
    await engine?.end();
  } finally {
    await harness.close();
  }
});

/** @param {Record<string, any>[]} rows */
const light = rows => rows.filter(row => row.side !== null).map(row => [row.trace_id, row.span_id, row.agent, row.side, Number(row.place), row.artifact_id, row.artifact_type, row.produced_by, row.created_at, row.artifact_correlation_id]);
/** @param {unknown[][]} rows */
const sorted = rows => rows.map(row => JSON.stringify(row)).sort();

test('the runs of a trace have the artifacts that native DuckDB finds', async () => {
  const rows = await engine.rows(statements.runs_of_trace);
  assert.deepEqual(sorted(light(rows)), sorted(expected.all.filter(row => row[0] === TRACE)));
  const starts = rows.map(row => BigInt(row.start_time));
  assert.ok(starts.every((start, at) => at === 0 || start >= starts[at - 1]), 'in order of start');
});

test('related runs are those of the trace and all of the same correlation', async () => {
  const rows = await engine.rows(statements.related);
  assert.equal(new Set(rows.map(row => row.span_id)).size, expected.related_runs);
  const spans = new Set(rows.map(row => row.span_id));
  assert.deepEqual(sorted(light(rows)), sorted(expected.all.filter(row => spans.has(row[1]))));
});

test('the runs of the whole file are gathered once and read by artifact and by correlation', async () => {
  for (let time = 0; time < 2; time += 1) await engine.rows(statements.gather);
  assert.deepEqual(sorted(light(await engine.rows('SELECT * FROM main.agent_lineage'))), sorted(expected.all));
  const artifact = 'd8f43171-fa1e-4429-bd9a-a84b79963d14';
  const spans = new Set(expected.all.filter(row => row[5] === artifact).map(row => row[1]));
  assert.deepEqual(sorted(light(await engine.rows(statements.gathered_by_artifact))), sorted(expected.all.filter(row => spans.has(row[1]))));
  assert.equal(new Set((await engine.rows(statements.gathered_by_correlation)).map(row => row.span_id)).size, expected.correlated_runs);
});

test('a journey has the spans that carry the id and those below them, of all traces', async () => {
  const [facts] = await engine.rows(statements.journey_facts);
  assert.deepEqual([Number(facts.traces), Number(facts.spans)], expected.facts);
  assert.deepEqual(expected.facts, [2, 253]);
  const rows = await engine.rows(statements.journey);
  assert.deepEqual(Object.keys(rows[0]), ['trace_id', 'span_id', 'parent_id', 'name', 'service', 'operation', 'kind', 'start_time', 'end_time', 'status_code', 'own']);
  assert.equal(rows.filter(row => Number(row.own) === 1).length, expected.facts[1]);
  const ids = new Set(rows.map(row => row.span_id));
  assert.ok(expected.journey.every(([, span]) => ids.has(span)), 'nothing of the journey is missing');
  assert.equal(new Set(rows.map(row => row.trace_id)).size, 2);
  const [none] = await engine.rows(statements.journey_facts_odd);
  assert.equal(Number(none.spans), 0);
});

test('values that are no lists of artifacts are no artifacts, and no error', async () => {
  const artifact = (/** @type {number} */ at) => ({ id: `a${at}`, type: 'T', produced_by: 'x', created_at: 'soon', correlation_id: null });
  const values = [
    ['null', 0], ['"null"', 0], ['[]', 0], ['', 0], ['[{"id": "cut', 0], ['<max_depth_reached: list>', 0], ['{"id": "a0"}', 0], ['[1, "two", null, [], {}]', 1],
    [JSON.stringify([artifact(0), 7, artifact(1)]), 2], [JSON.stringify(Array.from({ length: 300 }, (_, at) => artifact(at))), 256],
  ];
  const rows = values.map(([value], at) => `('odd', 's${at}', 'Agent.execute', ${at}, ${at + 1}, 'OK', '${JSON.stringify({ 'agent.name': 'x', 'input.artifacts': value }).replaceAll("'", "''")}')`);
  rows.push(`('odd', 'plain', 'Agent.execute', 50, 51, 'OK', '${JSON.stringify({ 'input.artifacts': [artifact(5)] })}')`, "('odd', 'broken', 'Agent.execute', 51, 52, 'OK', '{\"input.art')", "('odd', 'none', 'Agent.execute', 52, 53, 'OK', NULL)");
  const fresh = await harness.engine();
  await fresh.rows('CREATE TABLE odd(trace_id VARCHAR, span_id VARCHAR, name VARCHAR, start_time BIGINT, end_time BIGINT, status_code VARCHAR, attributes VARCHAR)');
  await fresh.rows(`INSERT INTO odd VALUES ${rows.join(', ')}`);
  await fresh.rows(view('odd'));
  const found = await fresh.rows(statements.runs_of_odd_trace);
  const count = (/** @type {string} */ span) => found.filter(row => row.span_id === span && row.side === 'in').length;
  assert.deepEqual(values.map((_, at) => count(`s${at}`)), values.map(value => value[1]));
  assert.deepEqual([count('plain'), count('broken'), count('none')], [1, 0, 0]);
  assert.equal(new Set(found.map(row => row.span_id)).size, values.length + 3, 'a run without artifacts has a row');
  await fresh.end();
});
