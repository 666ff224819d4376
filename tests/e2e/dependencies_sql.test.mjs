// The statements of src/modes/dependencies/query on the real engine, against figures of native DuckDB and networkx.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { must, startHarness } from './engine_harness.mjs';

const fixtures = path.join(path.dirname(fileURLToPath(import.meta.url)), '../fixtures');
/** @type {Record<string, string> & { extras: string[][] }} */
const statements = JSON.parse(await readFile(path.join(fixtures, 'dependencies_sql.json'), 'utf8'));
/** @type {{ sample: Record<string, any>, odd: Record<string, any> }} */
const expected = JSON.parse(await readFile(path.join(fixtures, 'dependencies_expected.json'), 'utf8'));

/** The views that the page makes. @param {string} table */
const views = table => [
  'CREATE SCHEMA IF NOT EXISTS spandeck',
  `CREATE OR REPLACE VIEW main.spans AS SELECT * REPLACE (attributes::VARCHAR AS attributes), CASE WHEN name = 'Agent.execute' THEN NULLIF((attributes::VARCHAR)->>'agent.name', 'None') END AS agent FROM ${table}`,
  `CREATE OR REPLACE VIEW spandeck.span_rows AS SELECT rowid AS row_no, * REPLACE (attributes::VARCHAR AS attributes) FROM ${table}`,
  `CREATE OR REPLACE TABLE main.trace_index AS SELECT (row_number() OVER (ORDER BY start_time DESC, trace_id) - 1)::INTEGER AS trace_no, * FROM (
    SELECT trace_id, min(start_time) AS start_time, greatest(max(end_time), max(start_time)) AS end_time, count(*) AS spans FROM main.spans WHERE trace_id IS NOT NULL GROUP BY trace_id)`,
];

/** @type {Awaited<ReturnType<typeof startHarness>>} */
let harness;
before(async () => {
  harness = await startHarness();
});
after(() => harness.close());

/** @param {import('./engine_harness.mjs').TestEngine} engine @param {string} table */
async function prepare(engine, table) {
  for (const sql of [...views(table), ...statements.extras.flat()]) must(await engine.query(sql));
}

/** Integers as numbers. @param {Record<string, any>} row @returns {Record<string, any>} */
const plain = row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]));

/** The rows that native DuckDB has, each with its figures; sums of doubles depend on their order. @param {Record<string, any>[]} found @param {Record<string, any>[]} wanted @param {string[]} keys */
function assertRows(found, wanted, keys) {
  const key = (/** @type {Record<string, any>} */ row) => { const it = plain(row); return JSON.stringify(keys.map(name => it[name] ?? null)); };
  const by = new Map(found.map(row => [key(row), plain(row)]));
  assert.equal(by.size, found.length, 'each once');
  assert.deepEqual([...by.keys()].sort(), wanted.map(key).sort());
  for (const row of wanted) {
    const got = by.get(key(row)) ?? {};
    for (const [name, value] of Object.entries(row)) {
      if (typeof value === 'number' && !Number.isInteger(value)) assert.ok(Math.abs(got[name] - value) <= 1e-9 * Math.max(1, Math.abs(value)), `${key(row)} ${name}: ${got[name]}, native ${value}`);
      else assert.equal(got[name] ?? null, value, `${key(row)} ${name}`);
    }
  }
}

const ENDS = ['source', 'target'];
const OPERATIONS = ['source', 'source_operation', 'target', 'target_operation'];

describe('the sample', () => {
  /** @type {import('./engine_harness.mjs').TestEngine} */
  let engine;
  const wanted = expected.sample;
  before(async () => {
    harness.extra.set('showcase.duckdb', gunzipSync(await readFile(path.join(fixtures, '../../src/sample/showcase.duckdb.gz'))));
    engine = await harness.engine();
    must(await engine.attach('showcase.duckdb'));
    await prepare(engine, 'file.main.spans');
  });
  after(() => engine.end());

  for (const [name, keys] of /** @type {[string, string[]][]} */ ([
    ['services_edges', ENDS],
    ['scoped_edges', ENDS],
    ['operations_edges', OPERATIONS],
    ['opened_edges', OPERATIONS],
    ['services_nodes', ['service']],
    ['agents_edges', [...ENDS, 'source_kind', 'label']],
    ['agents_scoped_edges', [...ENDS, 'source_kind', 'label']],
    ['artifacts_edges', [...ENDS, 'source_kind', 'target_kind']],
    ['behind_operations', ['caller', 'callee']],
    ['behind_histogram', ['bar']],
  ])) test(`${name} as native DuckDB has them`, async () => assertRows(await engine.rows(statements[name]), wanted[name], keys));

  test('own time of all nodes is that of all spans', async () => {
    const rows = await engine.rows(statements.services_nodes);
    const own = rows.reduce((sum, row) => sum + Number(row.self_ms), 0);
    const all = Number(await engine.value('SELECT sum("x:self_ns")::DOUBLE / 1e6 FROM spandeck."x:self_ns"'));
    assert.ok(own > 0 && Math.abs(own - all) < 1e-6 * all);
  });

  test('exemplars are calls of the edge, one a trace, failed ones first', async () => {
    const rows = await engine.rows(statements.behind_exemplars);
    assert.ok(rows.length > 0 && rows.length <= 20);
    assert.equal(new Set(rows.map(row => row.trace_id)).size, rows.length);
    const failed = rows.map(row => row.status_code === 'ERROR');
    assert.deepEqual(failed, [...failed].sort((one, other) => Number(other) - Number(one)));
    const pairs = new Set(wanted.behind_operations.map((/** @type {any} */ row) => `${row.caller} ${row.callee}`));
    assert.ok(rows.every(row => pairs.has(`${row.caller} ${row.callee}`)));
  });

  test('the operations behind an edge of agents add up to it', async () => {
    const rows = await engine.rows(statements.behind_agents);
    const edges = wanted.agents_edges.filter((/** @type {any} */ edge) => edge.source === 'writer' && edge.target === 'critic');
    const sum = (/** @type {any[]} */ list) => list.reduce((all, row) => all + Number(row.calls), 0);
    assert.ok(sum(edges) > 0);
    assert.equal(sum(rows), sum(edges));
  });

  test('agents that run too often in one trace', async () => {
    const rows = await engine.rows(statements.runaways);
    assert.deepEqual(rows.map(row => [row.agent, row.trace_id, Number(row.runs)]).sort(), wanted.runaways.sort());
    assert.ok(rows.every(row => Number(row.fed_itself) >= 0));
  });

  test('the traces of a ring have every step of it', async () => {
    const rows = await engine.rows(statements.ring_agents);
    assert.ok(rows.length > 0);
    assert.deepEqual(wanted.agents_cycles.groups, [['critic', 'writer']]);
    assert.deepEqual(await engine.rows(statements.ring_services), [], 'Agent and Flock form no ring');
    const runs = await engine.rows(statements.ring_runs);
    const traces = new Set(runs.map(row => row.trace_id));
    const light = runs.filter(row => row.side !== null).map(row => [row.trace_id, row.span_id, row.agent, String(row.start_time), String(row.end_time), row.side, row.artifact_id, row.artifact_type, row.produced_by, String(row.created_ns)]);
    const sorted = (/** @type {any[][]} */ rows) => rows.map(row => JSON.stringify(row)).sort();
    assert.deepEqual(sorted(light), sorted(wanted.ring_rows.filter((/** @type {any[]} */ row) => traces.has(row[0]))));
    assert.ok(light.some(row => row[5] === 'in') && light.some(row => row[5] === 'out') && runs.every(row => Number(row.trace_no) < 10));
    assert.ok(runs.filter(row => row.side === 'in').every(row => row.created_ns !== null && BigInt(row.created_ns) <= BigInt(row.start_time)));
  });

  test('light columns of traces', async () => {
    const spans = await engine.rows(statements.ring_spans);
    assert.deepEqual([...new Set(spans.map(row => Number(row.trace_no)))], [0, 1, 2]);
    assert.ok((await engine.rows(statements.path_spans)).some(row => row.node === 'critic' || row.node === 'writer' || row.node === null));
    assert.ok((await engine.rows(statements.path_traces)).length > 0);
  });
});

describe('odd spans', () => {
  /** @type {import('./engine_harness.mjs').TestEngine} */
  let engine;
  const wanted = expected.odd;
  before(async () => {
    engine = await harness.engine();
    await engine.rows('CREATE TABLE odd(trace_id VARCHAR, span_id VARCHAR, parent_id VARCHAR, name VARCHAR, service VARCHAR, kind VARCHAR, start_time BIGINT, end_time BIGINT, duration_ms DOUBLE, status_code VARCHAR, attributes VARCHAR)');
    const quoted = (/** @type {any} */ value) => value === null ? 'NULL' : typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
    await engine.rows(`INSERT INTO odd VALUES ${wanted.spans.map((/** @type {any[]} */ row) => `(${row.map(quoted).join(', ')})`).join(', ')}`);
    await prepare(engine, 'odd');
  });
  after(() => engine.end());

  for (const [name, keys] of /** @type {[string, string[]][]} */ ([['services_edges', ENDS], ['scoped_edges', ENDS], ['operations_edges', OPERATIONS], ['opened_edges', OPERATIONS], ['services_nodes', ['service']]])) {
    test(`${name} as native DuckDB has them`, async () => assertRows(await engine.rows(statements[name]), wanted[name], keys));
  }

  test('every span has its parent once', async () => {
    assert.equal(Number(await engine.value('SELECT count(*) FROM spandeck."x:parent_service"')), wanted.spans.length);
    assert.equal(Number(await engine.value('SELECT count(*) FROM spandeck."x:artifacts"')), wanted.spans.length);
  });

  test('without agents there is nothing, and no error', async () => {
    for (const name of ['agents_edges', 'agents_nodes', 'artifacts_edges', 'runaways', 'ring_agents', 'ring_runs', 'behind_agents']) assert.deepEqual(await engine.rows(statements[name]), [], name);
  });
});
