// Filters in the real engine: the SQL that src/core/filter writes lets through the spans that the page's own test does.
// `tests/fixtures/filter_cases.json` is kept in step by the Rust test core::filter::fixture.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { must, startHarness } from './engine_harness.mjs';

const fixture = path.join(path.dirname(fileURLToPath(import.meta.url)), '../fixtures/filter_cases.json');

/** @type {{ rows: Record<string, string | null>[], cases: { filter: string, sql: string, light: string | null, matches: string[],
 *   needs: { column: string, expression: string }[], beside: string, bare: string }[] }} */
const { rows, cases } = JSON.parse(await readFile(fixture, 'utf8'));

/** @type {Awaited<ReturnType<typeof startHarness>>} */
let harness;
/** @type {import('./engine_harness.mjs').TestEngine} */
let engine;

const literal = (/** @type {string | null} */ value) => (value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`);

before(async () => {
  harness = await startHarness();
  engine = await harness.engine();
  const columns = Object.keys(rows[0]);
  const types = columns.map(name => `${name} ${name.endsWith('_time') ? 'BIGINT' : 'VARCHAR'}`);
  const values = rows.map(row => `(${columns.map(name => literal(row[name])).join(', ')})`);
  must(await engine.query(`CREATE TABLE main.spans (${types.join(', ')}); INSERT INTO main.spans VALUES ${values.join(', ')}`));
});
after(async () => {
  await engine.end();
  await harness.close();
});

const ids = async (/** @type {string} */ condition) =>
  (await engine.rows(`SELECT span_id FROM main.spans WHERE ${condition} ORDER BY span_id`)).map(row => row.span_id);

describe('filters', () => {
  for (const { filter, sql, light, matches, needs, beside, bare } of cases) {
    test(filter === '' ? 'no filter' : filter, async () => {
      assert.deepEqual(await ids(sql), matches);
      const others = rows.map(row => row.span_id).filter(id => !matches.includes(/** @type {string} */ (id)));
      assert.deepEqual(await ids(`NOT (${sql})`), others, 'the opposite');
      assert.equal(await engine.value(`SELECT count(*)::INT FROM main.spans WHERE (${sql}) IS NULL`), 0);
      // What the filter reads of the payload, worked out before and put beside the rows.
      const tables = needs.map(({ column, expression }, i) => `CREATE OR REPLACE TABLE need_${i} AS SELECT ${expression} AS ${column} FROM main.spans`);
      for (const table of tables) must(await engine.query(table));
      const from = ['main.spans', ...needs.map((_, i) => `need_${i}`)].join(' POSITIONAL JOIN ');
      for (const condition of [beside, bare]) {
        const found = await engine.rows(`SELECT span_id FROM ${from} WHERE ${condition} ORDER BY span_id`);
        assert.deepEqual(found.map(row => row.span_id), matches, 'with columns of its own');
      }
      if (light !== null) {
        const kept = await ids(light);
        assert.deepEqual(matches.filter(id => !kept.includes(id)), [], 'the light conditions alone lose nothing');
      }
    });
  }

  test('nothing in a value was run', async () => {
    assert.equal(await engine.value('SELECT count(*)::INT FROM main.spans'), rows.length);
  });

  test('letters are made small one by one, as on the page', async () => {
    const strange = 'ÄΣİẞKǅΩŸ';
    const wanted = Array.from(strange, letter => Array.from(letter.toLowerCase())[0]).join('');
    assert.equal(await engine.value(`SELECT lower('${strange}')`), wanted);
  });
});
