// The engine worker in a real browser: `node --test tests/e2e/engine.test.mjs`.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { parsePath } from '../../src/engine/worker/json_path.mjs';
import { find, found } from '../../src/engine/worker/json_scan.mjs';
import { clear, putNormal, written } from '../../src/engine/worker/json_write.mjs';
import { must, rowsOf, startHarness } from './engine_harness.mjs';

const fixtures = path.join(path.dirname(fileURLToPath(import.meta.url)), '../fixtures');
const zoo = JSON.parse(await readFile(path.join(fixtures, 'duckdb_zoo/expected.json'), 'utf8'));

const LONG_QUERY = 'SELECT sum(sqrt(i)) FROM range(3000000000) t(i)';

/** @type {Awaited<ReturnType<typeof startHarness>>} */
let harness;
before(async () => {
  harness = await startHarness();
});
after(async () => {
  try {
    // Holds for every test above: nothing in the browser asked another host for anything.
    assert.deepEqual(harness.elsewhere, []);
  } finally {
    await harness.close();
  }
});

/**
 * Runs `body` with a fresh database.
 * @param {(engine: import('./engine_harness.mjs').TestEngine) => Promise<void>} body
 */
const withEngine = body => async () => {
  const engine = await harness.engine();
  try {
    await body(engine);
  } finally {
    await engine.end();
  }
};

/** @param {{ kind: string, name?: string, message?: string }} answer @param {string} name @param {RegExp | string} message */
function refused(answer, name, message) {
  assert.equal(answer.kind, 'error');
  assert.equal(answer.name, name, answer.message);
  if (typeof message === 'string') assert.equal(answer.message, message);
  else assert.match(answer.message ?? '', message);
}

describe('boot', () => {
  test('expands the module, tells the progress and gives the module back', async () => {
    const engine = await harness.idle();
    const answer = must(await engine.send({ op: 'boot', wasmUrl: 'duckdb-eh.wasm.gz' }));
    assert.deepEqual(answer.value, { version: 'v1.4.3', refused: [], hasModule: true });
    assert.ok(answer.progress.length > 10);
    for (const [i, [loaded, total]] of answer.progress.entries()) {
      assert.equal(total, harness.wasmBytes);
      assert.ok(i === 0 || loaded >= answer.progress[i - 1][0]);
    }
    assert.deepEqual(answer.progress.at(-1), [harness.wasmBytes, harness.wasmBytes]);
    refused(await engine.send({ op: 'boot', wasmUrl: 'duckdb-eh.wasm.gz' }), 'sql', /already/);
    assert.equal(await engine.value('SELECT 1'), 1);
    await engine.end();
  });

  test('with a module nothing is downloaded', async () => {
    await (await harness.engine()).end();
    const requests = harness.wasmRequests();
    const engine = await harness.engine();
    assert.equal(harness.wasmRequests(), requests);
    await engine.end();
  });

  test('a server that declares the compression is coped with', async () => {
    const engine = await harness.idle();
    const answer = must(await engine.send({ op: 'boot', wasmUrl: '../expanded-by-server.wasm.gz' }));
    assert.deepEqual(answer.progress.at(-1), [harness.wasmBytes, harness.wasmBytes]);
    await engine.end();
  });

  for (const [what, wasmUrl, message] of /** @type {const} */ ([
    ['a missing module', 'nowhere.wasm.gz', /missing on this site: .*nowhere\.wasm\.gz answered 404/],
    ['a page in its place', '../one-page-for-all.wasm.gz', /is not the database engine/],
    ['half of it', '../cut.wasm.gz', /did not arrive whole/],
    ['no server', 'http://127.0.0.1:1/x.wasm.gz', /could not be downloaded/],
  ])) {
    test(`${what} is said clearly, and another try may follow`, async () => {
      const engine = await harness.idle();
      refused(await engine.send({ op: 'boot', wasmUrl }), 'io', message);
      must(await engine.send({ op: 'boot', wasmUrl: 'duckdb-eh.wasm.gz' }));
      await engine.end();
      // The dead address was ours, and shows that requests of workers are seen.
      assert.deepEqual(harness.elsewhere.splice(0), what === 'no server' ? [wasmUrl] : []);
    });
  }

  test('a browser without wasm exceptions is told so', async () => {
    const answer = await harness.page.evaluate(() => new Promise(resolve => {
      const script = `WebAssembly.validate = () => false; importScripts(${JSON.stringify(new URL('engine/engine-worker.js', location.href).href)});`;
      const worker = new Worker(URL.createObjectURL(new Blob([script])));
      worker.onmessage = ({ data }) => resolve(data);
      worker.postMessage({ id: 1, op: 'boot', wasmUrl: 'none' });
    }));
    refused(answer, 'fatal', /too old .* WebAssembly exceptions/);
  });

  test('requests before boot and unknown ones are answered', async () => {
    const engine = await harness.idle();
    must(await engine.send({ op: 'ping' }));
    refused(await engine.send({ op: 'query', sql: 'SELECT 1' }), 'fatal', /not been started/);
    refused(await engine.send({ op: 'insert', table: 't' }), 'fatal', /not been started/);
    refused(await engine.send({ op: 'dance' }), 'sql', /does not know: dance/);
    must(await engine.send({ op: 'boot', wasmUrl: 'duckdb-eh.wasm.gz' }));
    refused(await engine.send({ op: 'attach' }), 'sql', /./);
    refused(await engine.send({ op: 'query' }), 'sql', /./);
    refused(await engine.send({ op: 'insert', table: 't', bytes: null, create: true }), 'io', /not a whole Arrow stream/);
    assert.equal(await engine.value('SELECT 1'), 1);
    await engine.end();
  });
});

describe('attach', () => {
  // The engine is 1.4.3: storage 68 is beyond it, though the zoo lists the file for newer engines.
  const TOO_NEW = 'v1.5.6_storage_latest.duckdb';
  const TABLES = { 'other_table_name.duckdb': 'otel_traces', 'other_schema.duckdb': 'telemetry.spans' };
  for (const name of Object.keys(zoo.ok)) {
    if (name === TOO_NEW) continue;
    test(name, withEngine(async engine => {
      must(await engine.attach(name));
      const table = TABLES[/** @type {keyof TABLES} */ (name)] ?? 'spans';
      const [row] = await engine.rows(`SELECT count(*)::INT AS n, sum(hash(trace_id, span_id) % 1000)::INT > 0 AS read, min(start_time) AS first, max(end_time) AS last FROM file.${table}`);
      const expected = zoo.every_file_listed_under_ok;
      assert.equal(row.n, expected.rows);
      assert.equal(row.read, true);
      assert.equal(row.first, 1772438400000000791n);
      assert.equal(row.last, 1772438876930631384n);
    }));
  }

  test('a write-ahead log beside the file is replayed', withEngine(async engine => {
    must(await engine.attach('wal.duckdb', 'wal.duckdb.wal'));
    assert.equal(await engine.value('SELECT count(*)::INT FROM file.spans'), 200);
  }));
  test('the order of the files does not matter', withEngine(async engine => {
    must(await engine.attach('wal_only.duckdb.wal', 'wal_only.duckdb'));
    assert.equal(await engine.value('SELECT count(*)::INT FROM file.spans'), 200);
  }));
  test('a log of another name is not used', withEngine(async engine => {
    must(await engine.attach('wal.duckdb', 'wal.duckdb.wal=other.duckdb.wal'));
    assert.equal(await engine.value('SELECT count(*)::INT FROM file.spans'), 150);
  }));
  test('without its log the file holds what was checkpointed', withEngine(async engine => {
    must(await engine.attach('wal_only.duckdb'));
    assert.equal(await engine.value("SELECT count(*)::INT FROM duckdb_tables() WHERE database_name = 'file'"), 0);
  }));
  test('a log alone is refused', withEngine(async engine => {
    refused(await engine.attach('wal.duckdb.wal'), 'io', /needs its \.duckdb/);
  }));

  for (const name of ["it's \"mine\"; DROP TABLE x; --.duckdb", '../up.duckdb', 'http:/x.duckdb', '?.duckdb', 'no ending']) {
    test(`a file named ${name}`, withEngine(async engine => {
      must(await engine.attach(`v1.4.3_blocks16k.duckdb=${name}`));
      assert.equal(await engine.value('SELECT count(*)::INT FROM file.spans'), 200);
      refused(await engine.query('DELETE FROM file.spans'), 'sql', /read-only/);
    }));
  }

  const newer = (/** @type {number} */ version) => new RegExp(`^IO Error: Trying to read a database file with version number ${version}, but we can only read versions between 64 and 67\\.`);
  for (const [name, message] of /** @type {const} */ ([
    ['bad_v2.0.0.duckdb', newer(999)],
    [TOO_NEW, newer(68)],
    ['bad_encrypted.duckdb', newer(68)],
    ['bad_truncated.duckdb', /^IO Error: Corrupt database file: computed checksum \d+ does not match stored checksum \d+ in block at location 176128/],
    ['bad_block_checksum.duckdb', /^IO Error: Corrupt database file: computed checksum \d+ does not match stored checksum \d+ in block at location 12288/],
    ['bad_random_after_magic.duckdb', /^IO Error: Corrupt database file: computed checksum \d+ does not match stored checksum \d+ in block at location 0/],
    ['bad_random.duckdb', /^IO Error: The file "file\.duckdb" exists, but it is not a valid DuckDB database file!/],
    ['bad_is_parquet.duckdb', /^IO Error: The file "file\.duckdb" exists, but it is not a valid DuckDB database file!/],
    ['bad_empty.duckdb', /it has 0 bytes, and the shortest has 12288/],
    ['bad_text.duckdb', /it has 1200 bytes/],
    ['bad_is_sqlite.duckdb', /it has 8192 bytes/],
    ['bad_truncated_header.duckdb', /it has 3000 bytes/],
  ])) {
    test(`${name} is refused, and the next file opens`, withEngine(async engine => {
      refused(await engine.attach(name), 'io', message);
      must(await engine.attach('v1.4.3_blocks16k.duckdb'));
      assert.equal(await engine.value('SELECT count(*)::INT FROM file.spans'), 200);
    }));
  }

  test('a long file that SQLite wrote is refused without asking for an extension', withEngine(async engine => {
    harness.extra.set('long-sqlite.duckdb', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(20_000)]));
    refused(await engine.attach('long-sqlite.duckdb'), 'io', /not a valid DuckDB database file/);
  }));

  test('what is no file is an error, not a dead worker', withEngine(async engine => {
    const answer = await harness.page.evaluate(async index => {
      const file = new File([new Uint8Array(20_000)], 'x.duckdb');
      return plain(await engines[index].send({ op: 'attach', files: [{ name: 'x.duckdb', file }, { name: 'x.duckdb.wal', file: {} }] }));
    }, engine.index);
    refused(answer, 'io', /./);
    refused(await engine.send({ op: 'attach', files: [{ name: 'x.duckdb', file: null }] }), 'sql', /./);
    assert.equal(await engine.value('SELECT 1'), 1);
  }));
});

describe('attachUrl', () => {
  const url = (/** @type {string} */ kind, /** @type {string} */ name) => `${harness.origin}/${kind}/${name}`;

  test('reads only what a query needs, by ranges', withEngine(async engine => {
    const file = await readFile(path.join(fixtures, 'duckdb_zoo/v1.0.0.duckdb'));
    harness.seen.splice(0);
    must(await engine.send({ op: 'attachUrl', name: 'v1.0.0.duckdb', url: url('ranges', 'v1.0.0.duckdb') }));
    const attached = harness.seen.splice(0);
    assert.equal(await engine.value('SELECT count(*)::INT FROM file.spans WHERE duration_ms >= 0'), 200);
    const queried = harness.seen.splice(0);
    const all = [...attached, ...queried];
    assert.ok(all.every(({ method, range }) => method === 'GET' && range?.startsWith('bytes=')), JSON.stringify(all));
    const bytes = all.reduce((sum, request) => sum + request.bytes, 0);
    console.log(`# ${attached.length} requests to attach, ${queried.length} to query, ${bytes} of ${file.length} bytes`);
    assert.ok(all.length <= 16, `${all.length} requests`);
    assert.ok(bytes < file.length, `${bytes} of ${file.length} bytes`);
  }));

  test('a server that refuses HEAD will do', withEngine(async engine => {
    must(await engine.send({ op: 'attachUrl', name: 'x', url: url('no-head', 'v1.4.3_blocks16k.duckdb') }));
    assert.equal(await engine.value('SELECT count(*)::INT FROM file.spans'), 200);
  }));

  test('a server without ranges is told from others, and the file is not fetched', withEngine(async engine => {
    refused(await engine.send({ op: 'attachUrl', name: 'x', url: url('whole', 'v1.4.3_blocks16k.duckdb') }), 'io', /^no-range:/);
    must(await engine.attach('v1.4.3_blocks16k.duckdb'));
    assert.equal(await engine.value('SELECT count(*)::INT FROM file.spans'), 200);
  }));

  test('missing, empty, unreachable and broken files', withEngine(async engine => {
    harness.extra.set('empty.duckdb', Buffer.alloc(0));
    const open = (/** @type {string} */ address) => engine.send({ op: 'attachUrl', name: 'x', url: address });
    refused(await open(url('ranges', 'nope.duckdb')), 'io', /answered 404/);
    refused(await open(url('ranges', 'bad_text.duckdb')), 'io', /1200 bytes/);
    refused(await open(url('ranges', 'bad_random.duckdb')), 'io', /not a valid DuckDB database file/);
    refused(await open('http://127.0.0.1:1/x.duckdb'), 'io', /could not be reached/);
    refused(await open('http://['), 'io', /could not be reached/);
    assert.deepEqual(harness.elsewhere.splice(0), ['http://127.0.0.1:1/x.duckdb']);
    must(await open(url('ranges', 'v1.4.3_blocks16k.duckdb')));
    assert.equal(await engine.value('SELECT count(*)::INT FROM file.spans'), 200);
  }));
});

describe('insert', () => {
  /** @param {import('./engine_harness.mjs').TestEngine} engine @param {Uint8Array} bytes @param {boolean} create */
  const insert = (engine, bytes, create) => harness.page.evaluate(async ([index, base64, wanted]) => {
    const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0)).buffer;
    return plain(await engines[index].send({ op: 'insert', table: 'imported', bytes, create: wanted }, { transfer: [bytes] }));
  }, /** @type {const} */ ([engine.index, Buffer.from(bytes).toString('base64'), create]));
  const stream = (/** @type {number} */ from) => tableToIPC(tableFromArrays({ id: BigInt64Array.from([from, from + 1], BigInt), name: ['a', 'é'] }), 'stream');

  test('creates, appends, and takes a stream without its end mark', withEngine(async engine => {
    must(await insert(engine, stream(1), true));
    must(await insert(engine, stream(3), false));
    must(await insert(engine, stream(5).subarray(0, -8), false));
    refused(await engine.query('SELECT * FROM imported'), 'sql', /imported does not exist/);
    must(await engine.send({ op: 'commit' }));
    const [row] = await engine.rows("SELECT count(*)::INT AS n, sum(id)::INT AS s, string_agg(name, '' ORDER BY id) AS t FROM imported");
    assert.deepEqual(row, { n: 6, s: 21, t: 'aéaéaé' });
  }));

  test('damaged bytes are an error, and the next stream goes in', withEngine(async engine => {
    must(await insert(engine, stream(1), true));
    const whole = stream(1);
    const noise = new TextEncoder().encode('not arrow at all, but long enough to be read as such');
    for (const bytes of [new Uint8Array(0), whole.subarray(0, 40), whole.subarray(0, whole.length - 20), noise]) {
      refused(await insert(engine, bytes, false), 'io', /not a whole Arrow stream/);
    }
    const wrongTable = tableToIPC(tableFromArrays({ other: ['x'] }), 'stream');
    refused(await insert(engine, wrongTable, false), 'sql', /./);
    // Half an import is none.
    refused(await engine.query('SELECT * FROM imported'), 'sql', /imported does not exist/);
    must(await insert(engine, stream(3), true));
    must(await engine.send({ op: 'commit' }));
    assert.equal(await engine.value('SELECT sum(id)::INT FROM imported'), 7);
  }));

  test('works after the lock too', withEngine(async engine => {
    must(await engine.send({ op: 'lock' }));
    must(await insert(engine, stream(1), true));
    must(await engine.send({ op: 'commit' }));
    assert.equal(await engine.value('SELECT count(*)::INT FROM imported'), 2);
  }));
});

describe('query', () => {
  test('streams one Arrow stream in pieces', withEngine(async engine => {
    const answer = await engine.query("SELECT i, 'row ' || i AS t FROM range(20000) r(i)");
    assert.ok(answer.chunkCount > 5);
    assert.ok((answer.value?.elapsedMs ?? 0) > 0);
    assert.equal(answer.rows.length, 20_000);
    assert.deepEqual(answer.rows[12_345], { i: 12_345n, t: 'row 12345' });
  }));

  test('no rows, no columns worth naming, many statements', withEngine(async engine => {
    assert.deepEqual(await engine.rows('SELECT 1 AS a WHERE false'), []);
    must(await engine.query('CREATE TABLE made AS SELECT 1 AS a'));
    assert.deepEqual(await engine.rows('INSERT INTO made VALUES (2); SELECT a FROM made ORDER BY a; SELECT sum(a)::INT AS s FROM made;'), [{ s: 3 }]);
    refused(await engine.query('INSERT INTO made VALUES (3); SELECT nope; SELECT 1'), 'sql', /^Binder Error: Referenced column "nope"/);
  }));

  test("errors are DuckDB's own, word by word", withEngine(async engine => {
    refused(await engine.query('SELEC 1'), 'sql', 'Parser Error: syntax error at or near "SELEC"\n\nLINE 1: SELEC 1\n        ^');
    refused(await engine.query("SELECT 'open"), 'sql', /^Parser Error: unterminated quoted string/);
    refused(await engine.query('SELECT x FROM (SELECT 1 AS y)'), 'sql', /^Binder Error: Referenced column "x" not found in FROM clause!\nCandidate bindings: "y"\n\nLINE 1: SELECT x FROM/);
    refused(await engine.query("SELECT 'a'::INT"), 'sql', /^Conversion Error: Could not convert string 'a' to INT32/);
    refused(await engine.query("SELECT CASE WHEN i = 90000 THEN error('late') ELSE i END FROM range(100000) t(i)"), 'sql', 'Invalid Input Error: late');
    refused(await engine.query(''), 'sql', /no statements/);
    assert.equal(await engine.value('SELECT 1'), 1);
  }));

  test('a short query answers while a long one runs, and the long one is cancelled within 300 ms', withEngine(async engine => {
    const [short, long] = await harness.page.evaluate(async ([index, sql]) => {
      const running = engines[index].begin({ op: 'query', sql });
      const first = await engines[index].send({ op: 'query', sql: 'SELECT 1 AS one' });
      const second = await engines[index].send({ op: 'query', sql: 'SELECT 2 AS two' });
      running.cancel();
      return [await plain(first.ms > second.ms ? first : second), await plain(await running.promise)];
    }, /** @type {const} */ ([engine.index, LONG_QUERY]));
    must(short);
    assert.ok(short.ms < 1000, `${short.ms} ms`);
    refused(long, 'cancelled', /./);
    assert.ok(long.ms > short.ms);
    assert.ok(long.sinceCancelMs < 300, `${long.sinceCancelMs} ms`);
    assert.equal(await engine.value('SELECT 1'), 1);
  }));

  test('short queries end in the order they were asked in; one that goes first passes them', withEngine(async engine => {
    const order = await harness.page.evaluate(async index => {
      /** @type {string[]} */
      const ended = [];
      const work = (/** @type {number} */ rows) => `SELECT sum(sqrt(range)) AS sum FROM range(${rows})`;
      await Promise.all([
        engines[index].send({ op: 'query', sql: work(4_000_000) }).then(() => ended.push('older')),
        engines[index].send({ op: 'query', sql: work(1_000_000) }).then(() => ended.push('newer')),
        engines[index].send({ op: 'query', sql: work(500_000), turn: 'first' }).then(() => ended.push('first')),
      ]);
      return ended;
    }, engine.index);
    assert.deepEqual(order, ['first', 'older', 'newer']);
  }));

  test('a query that can wait rests while another runs, and can be cancelled while it rests', withEngine(async engine => {
    const order = await harness.page.evaluate(async ([index, sql]) => {
      /** @type {string[]} */
      const ended = [];
      const long = engines[index].begin({ op: 'query', sql });
      const later = engines[index].send({ op: 'query', sql: 'SELECT 1 AS one', turn: 'later' }).then(() => ended.push('later'));
      // Asked after it, and there before it.
      for (const word of ['first', 'second']) await engines[index].send({ op: 'query', sql: 'SELECT 2 AS two' }).then(() => ended.push(word));
      long.cancel();
      await long.promise;
      await later;
      return ended;
    }, /** @type {const} */ ([engine.index, LONG_QUERY]));
    assert.deepEqual(order, ['first', 'second', 'later']);
    const resting = await harness.page.evaluate(async ([index, sql]) => {
      const long = engines[index].begin({ op: 'query', sql });
      const later = engines[index].begin({ op: 'query', sql: 'SELECT 1 AS one', turn: 'later' });
      later.cancel();
      const answer = await plain(await later.promise);
      long.cancel();
      await long.promise;
      return answer;
    }, /** @type {const} */ ([engine.index, LONG_QUERY]));
    refused(resting, 'cancelled', /./);
    assert.equal(await engine.value('SELECT 1'), 1);
  }));

  test('a cancel in the middle of a streamed answer', withEngine(async engine => {
    const answer = await harness.page.evaluate(async index => plain(await engines[index].send(
      { op: 'query', sql: 'SELECT i, sqrt(i) FROM range(3000000000) t(i)' }, { cancelAfterChunks: 3 })), engine.index);
    refused(answer, 'cancelled', /./);
    assert.ok(answer.chunkCount >= 3);
    assert.ok(answer.sinceCancelMs < 300, `${answer.sinceCancelMs} ms`);
    assert.equal(rowsOf(answer.ipc)[0].i, 0n);
    assert.equal(await engine.value('SELECT 1'), 1);
  }));

  test('a query does not run ahead of a page that is slow to take its answer, and can be cancelled while it waits', withEngine(async engine => {
    const [early, after, answers, end] = await harness.page.evaluate(async index => {
      const { worker, begin, send } = engines[index];
      let chunks = 0;
      let bytes = 0;
      worker.addEventListener('message', ({ data }) => {
        if (data.id !== query.id || data.kind !== 'chunk') return;
        chunks += 1;
        bytes = data.bytes.byteLength;
        if (chunks === 1) worker.postMessage({ op: 'taken', target: query.id, bytes });
      });
      const query = begin({ op: 'query', sql: 'SELECT i FROM range(3000000000) t(i)', ahead: 20_000 });
      const still = async () => {
        for (let seen = -1; seen !== chunks;) {
          seen = chunks;
          await new Promise(resolve => setTimeout(resolve, 100));
        }
        return chunks;
      };
      const before = await still();
      worker.postMessage({ op: 'taken', target: query.id, bytes });
      const more = await still();
      // Even one that can wait is answered meanwhile.
      const others = [await send({ op: 'query', sql: 'SELECT 1' }), await send({ op: 'query', sql: 'SELECT 1', turn: 'later' })];
      query.cancel();
      return [before, more, others.map(answer => answer.kind), (await query.promise).name];
    }, engine.index);
    // The columns' names, then rows, 16 kB at a time.
    assert.deepEqual([early, after, answers, end], [1 + 2, 1 + 3, ['done', 'done'], 'cancelled']);
    assert.equal(await engine.value('SELECT 1'), 1);
  }));

  test('queries beyond the limit wait, and one that waits can be cancelled', withEngine(async engine => {
    const names = await harness.page.evaluate(async ([index, sql]) => {
      const engine = engines[index];
      const running = Array.from({ length: 8 }, () => engine.begin({ op: 'query', sql }));
      const waiting = engine.begin({ op: 'query', sql });
      const last = engine.begin({ op: 'query', sql: 'SELECT 42 AS n' });
      waiting.cancel();
      const waited = await waiting.promise;
      // The ninth is gone before any of the eight; one place is given up, and the tenth gets it.
      running[3].cancel();
      const answered = await last.promise;
      for (const query of running) query.cancel();
      const ends = await Promise.all(running.map(({ promise }) => promise));
      return [waited.name, answered.kind, ...ends.map(end => end.name)];
    }, /** @type {const} */ ([engine.index, LONG_QUERY]));
    assert.deepEqual(names, ['cancelled', 'done', ...Array(8).fill('cancelled')]);
  }));

  test('a cancel right behind its query, of an ended one, of none', withEngine(async engine => {
    const [at, value] = await harness.page.evaluate(async ([index, sql]) => {
      const early = engines[index].begin({ op: 'query', sql });
      early.cancel();
      early.cancel();
      const answer = await early.promise;
      early.cancel();
      engines[index].worker.postMessage({ op: 'cancel', target: 99_999 });
      return [answer.name, (await engines[index].send({ op: 'query', sql: 'SELECT 1' })).kind];
    }, /** @type {const} */ ([engine.index, LONG_QUERY]));
    assert.deepEqual([at, value], ['cancelled', 'done']);
  }));

  test('a session keeps its temporary tables to itself and runs in order', withEngine(async engine => {
    must(await engine.query('CREATE TEMP TABLE mine AS SELECT 1 AS a; SET VARIABLE v = 7', 'editor'));
    assert.deepEqual(await engine.rows('SELECT 1 AS a'), [{ a: 1 }]);
    refused(await engine.query('FROM mine'), 'sql', /mine does not exist/);
    const kinds = await harness.page.evaluate(async ([index, sql]) => {
      const run = (/** @type {string} */ text) => engines[index].begin({ op: 'query', sql: text, session: 'editor' });
      const [first, second, third] = [run(sql), run('INSERT INTO mine VALUES (2)'), run("SELECT sum(a)::INT + getvariable('v') AS s FROM mine")];
      second.cancel();
      const skipped = await second.promise;
      const early = await Promise.race([third.promise.then(() => 'overtook'), new Promise(resolve => setTimeout(() => resolve('waits'), 200))]);
      first.cancel();
      return [skipped.name, early, (await first.promise).name, await plain(await third.promise)];
    }, /** @type {const} */ ([engine.index, LONG_QUERY]));
    assert.deepEqual(kinds.slice(0, 3), ['cancelled', 'waits', 'cancelled']);
    assert.deepEqual(rowsOf(kinds[3].ipc), [{ s: 8 }]);
  }));

  test('without a session temporary tables last, but no transaction does', withEngine(async engine => {
    must(await engine.query('CREATE TEMP TABLE kept AS SELECT 1 AS a'));
    assert.deepEqual(await engine.rows('FROM kept'), [{ a: 1 }]);
    must(await engine.query('BEGIN; INSERT INTO kept VALUES (2)'));
    assert.deepEqual(await engine.rows('FROM kept'), [{ a: 1 }]);
    refused(await engine.query('BEGIN; SELECT nope'), 'sql', /nope/);
    assert.deepEqual(await engine.rows('FROM kept'), [{ a: 1 }]);
  }));

  test('a crash is fatal, and nothing is silent after it', withEngine(async engine => {
    refused(await engine.query("SELECT length(repeat('x', 3000000000))"), 'fatal', /^The database engine crashed: /);
    refused(await engine.query('SELECT 1'), 'fatal', /crashed/);
    refused(await engine.send({ op: 'ping' }), 'fatal', /crashed/);
  }));
});

describe('the sandbox', () => {
  /** @type {import('./engine_harness.mjs').TestEngine} */
  let engine;
  before(async () => {
    engine = await harness.engine();
    must(await engine.attach('v1.4.3_blocks16k.duckdb'));
    must(await engine.query('CREATE VIEW spans AS SELECT * FROM file.spans'));
    must(await engine.send({ op: 'lock' }));
  });
  after(() => engine.end());

  for (const sql of [
    "SELECT * FROM read_csv('x.csv')", "FROM 'http://example.com/x.csv'", "FROM read_text('http://example.com/x')", "SELECT * FROM glob('*')", "FROM sniff_csv('x')",
    "COPY (SELECT 1) TO 'x.csv'", "EXPORT DATABASE 'x'", "IMPORT DATABASE 'x'", "ATTACH 'x.duckdb'", "ATTACH ':memory:' AS m", "attach 'http://example.com/x.duckdb' as y",
    'DETACH file', 'USE file', 'LOAD json', 'INSTALL json', "FORCE INSTALL json FROM 'http://example.com'", 'SET threads = 2', "SET GLOBAL memory_limit = '1GB'", "SET schema = 'file'",
    'SET enable_external_access = true', 'RESET enable_external_access', 'SET lock_configuration = false', 'PRAGMA threads = 2', 'PRAGMA enable_profiling', 'PRAGMA database_list', 'CHECKPOINT',
    '/* a */ -- SELECT\n SET threads = 2', "SELECT 'é;'; set threads = 2", 'SELECT 1;; ; DETACH file', 'EXPLAIN ANALYZE SET threads = 2', 'PREPARE p AS DETACH file', "CALL load_aws_credentials()", "CREATE SECRET (TYPE s3)",
  ]) {
    test(`refuses ${sql}`, async () => refused(await engine.query(sql), 'sql', /^(?:Permission|Invalid Input|Catalog|Parser) Error/));
  }
  for (const sql of [
    'SELECT count(*) FROM spans', 'WITH x AS (SELECT * FROM spans) SELECT count(*) FROM x', 'FROM spans LIMIT 1', 'DESCRIBE spans', 'SUMMARIZE SELECT duration_ms, service FROM spans',
    'EXPLAIN SELECT * FROM spans', 'EXPLAIN ANALYZE SELECT count(*) FROM spans', 'CREATE TEMP TABLE t AS SELECT * FROM spans', 'SELECT count(*) FROM t', 'CREATE TABLE u AS SELECT 1 AS a; INSERT INTO u VALUES (2); DROP TABLE u',
    'SHOW TABLES', 'SET VARIABLE a = 1', "SELECT 'SET; DETACH file' AS \"use\"", "SELECT attributes->>'agent.name' FROM spans", 'VALUES (1)', 'SELECT 1 AS load', 'UPDATE t SET service = NULL',
  ]) {
    test(`allows ${sql}`, async () => void must(await engine.query(sql)));
  }
  test('the file is still there, and no session is exempt', async () => {
    assert.equal(await engine.value('SELECT count(*)::INT FROM spans'), 200);
    refused(await engine.query('DETACH file', 'editor'), 'sql', /Permission Error: DETACH/);
    refused(await engine.attach('v1.4.3_blocks16k.duckdb'), 'sql', /disabled by configuration|already exists/);
    assert.equal(await engine.value('SELECT count(*)::INT FROM spans'), 200);
  });
});

describe('JSON functions', async () => {
  const { cases, differs, errors } = JSON.parse(await readFile(path.join(fixtures, 'json_functions.json'), 'utf8'));
  /** @type {import('./engine_harness.mjs').TestEngine} */
  let engine;
  before(async () => {
    engine = await harness.engine();
  });
  after(() => engine.end());

  test('the version that udf.mjs was written for', async () => {
    // The functions speak to DuckDB through an interface that the package does not promise. With a new version read
    // lib/src/webdb.cc, CallScalarUDFFunction, and compare it with the head of udf.mjs before changing this line.
    const found = JSON.parse(await readFile(new URL('../../node_modules/@duckdb/duckdb-wasm/package.json', import.meta.url), 'utf8'));
    assert.equal(found.version, '1.32.0');
  });

  test(`${cases.length} answers are the same as native DuckDB's`, async () => {
    assert.ok(cases.length > 800);
    const wrong = [];
    for (const { sql, expected } of cases) {
      const { kind, message, rows } = await engine.query(`SELECT CAST((${sql}) AS VARCHAR) AS v`);
      const got = kind === 'done' ? rows[0].v : `error: ${message}`;
      if (got !== expected) wrong.push({ sql, expected, got });
    }
    assert.deepEqual(wrong, []);
  });

  for (const { sql, expected, why } of differs) {
    test(`${sql} gives ${expected}: ${why}`, async () => assert.equal(await engine.value(`SELECT CAST((${sql}) AS VARCHAR) AS v`), expected));
  }
  for (const { sql, message } of errors) {
    test(`${sql} is refused: ${message}`, async () => refused(await engine.query(`SELECT ${sql}`), 'sql', /JSON path error near/));
  }
  test('wrong calls are errors', async () => {
    for (const sql of ["json_extract('{}')", "json_valid('{}', 'a')", "'{}'->>1.5", "'{}'->>1::BIGINT", "'{}'->NULL", "'{}'->>lower('$.*')", "json_keys('{}', '$.*')", "(SELECT '{}'->>p FROM (VALUES ('$..a')) t(p))"]) {
      refused(await engine.query(`SELECT ${sql}`), 'sql', /./);
    }
    assert.equal(await engine.value(`SELECT '{"a":1}'->>'a'`), '1');
  });

  test("on a real file's JSON columns, from several connections at once", async () => {
    must(await engine.attach('v1.4.3_blocks16k.duckdb'));
    const sql = "SELECT (attributes->>'agent.name') AS a, count(*)::INT AS n FROM file.spans GROUP BY 1 ORDER BY n DESC, a LIMIT 3";
    const all = await Promise.all([engine.rows(sql), engine.rows(sql), engine.rows(sql)]);
    const expected = await engine.rows("SELECT nullif(regexp_extract(attributes::VARCHAR, '\"agent\\.name\": ?\"([^\"]*)\"', 1), '') AS a, count(*)::INT AS n FROM file.spans GROUP BY 1 ORDER BY n DESC, a LIMIT 3");
    for (const rows of all) assert.deepEqual(rows, expected);
    assert.equal(expected.length, 3);
  });

  test('deep, huge and hostile documents give NULL or an answer, never a hang', async () => {
    assert.equal(await engine.value("SELECT repeat('[', 1000000)->>'$[0]'"), null);
    assert.equal(await engine.value("SELECT length((repeat('[', 1000000) || repeat(']', 1000000))->'$[0]')::INT"), 1_999_998);
    assert.equal(await engine.value(`SELECT length(('{"a":"' || repeat('x', 20000000) || '"}')->>'a')::INT`), 20_000_000);
    assert.equal(await engine.value(`SELECT length(('{"a":"' || repeat('\\n', 5000000) || '"}')->>'a')::INT`), 5_000_000);
    assert.equal(await engine.value(`SELECT '{"a":' || chr(0) || '1}'->>'a'`), null);
    refused(await engine.query("SELECT (repeat('[', 1000000) || repeat(']', 1000000))->>'$..a'"), 'sql', /nested more than 1000 levels deep/);
    assert.equal(await engine.value("SELECT len((repeat('[', 1000) || repeat(']', 1000))->'$..*')::INT"), 999);
  });

  test('a million rows: right, fast, and no memory is lost', async () => {
    must(await engine.query(`CREATE TABLE many AS SELECT '{"class": "Agent", "function": "execute", "module": "flock.core", "agent.name": "agent' || (i % 50) || '", "input.ctx": "{\\"a\\": 1, \\"b\\": \\"'
      || repeat('x', 80) || '\\"}", "correlation_id": "' || md5(i::VARCHAR) || '", "output.value": "{\\"topic\\": \\"t' || i % 10 || '\\"}"}' AS attributes FROM range(1000000) r(i)`));
    const average = Number(await engine.value('SELECT avg(length(attributes)) FROM many'));
    assert.ok(average > 295 && average < 310, `${average} bytes`);
    // The whole memory of the module, which can only grow: leaking the texts of a run would make it 100 MB more.
    const heapBytes = async () => Number(must(await engine.send({ op: 'ping' })).value?.heapBytes);
    const sql = `SELECT count(*)::INT AS n, count(DISTINCT attributes->>'agent.name')::INT AS agents, min((attributes->>'output.value')->>'$.topic') AS topic,
      max(length(attributes->'output.value'))::INT AS quoted, sum((json_valid(attributes))::INT)::INT AS valid FROM many`;
    const heaps = [];
    for (let run = 0; run < 5; run += 1) {
      assert.deepEqual(await engine.rows(sql), [{ n: 1_000_000, agents: 50, topic: 't0', quoted: 21, valid: 1_000_000 }]);
      heaps.push(await heapBytes());
    }
    assert.ok(heaps[1] > 1e8);
    assert.equal(heaps[4], heaps[1], `memory grew: ${heaps.join(', ')}`);
    const one = await engine.query("SELECT max(attributes->>'agent.name') FROM many");
    console.log(`# one key of 1,000,000 documents of ${Math.round(average)} bytes: ${Math.round(one.value?.elapsedMs ?? NaN)} ms`);
    assert.ok((one.value?.elapsedMs ?? Infinity) < 10_000);
  });
});

describe('the JSON scanner, without a browser', () => {
  // A fixed sequence: a failure can be repeated.
  let state = 20_261_123;
  const random = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = (/** @type {string} */ from) => from[random(from.length)];
  const space = () => (random(3) === 0 ? pick(' \t\n\r').repeat(random(3)) : '');
  const string = () => `"${Array.from({ length: random(8) }, () => ['a', '.', ' ', 'é', '😀', '\\n', '\\"', '\\\\', '\\/', '\\u00e9', '\\ud83d\\ude00', '\\u0007'][random(12)]).join('')}"`;
  /** @type {(depth: number) => string} */
  const json = depth => {
    const inner = Array.from({ length: random(4) }, () => depth);
    switch (random(depth > 4 ? 5 : 8)) {
      case 0: return String(random(1e9) - 5e8);
      case 1: return ['1.50', '-0.0', '1e3', '2E-7', '0', '-12.25', '123456789012345'][random(7)];
      case 2: return ['true', 'false', 'null'][random(3)];
      case 3: case 4: return string();
      case 5: return `[${inner.map(() => space() + json(depth + 1) + space()).join(',')}${space()}]`;
      default: return `{${inner.map((_, i) => `${space()}${i === 0 ? '"a"' : string()}${space()}:${space()}${json(depth + 1)}${space()}`).join(',')}${space()}}`;
    }
  };
  const encoder = new TextEncoder();
  /** Looks a path up with foreign bytes around the document, which must not matter. @param {string} text @param {string} path */
  const look = (text, path) => {
    const bytes = encoder.encode(`]}" ${text}"]}1`);
    const end = bytes.length - 4;
    const wellFormed = find(bytes, 4, end, parsePath(path));
    if (!wellFormed || found.start < 0) return { wellFormed, value: undefined };
    assert.ok(found.start >= 4 && found.end <= end);
    clear();
    putNormal(bytes, found.start, found.end);
    return { wellFormed, value: new TextDecoder().decode(written.bytes.subarray(0, written.length)) };
  };
  const parsed = (/** @type {string} */ text) => { try { return { value: JSON.parse(text) }; } catch { return null; } };

  test('agrees with JSON.parse on 20,000 documents', () => {
    for (let i = 0; i < 20_000; i += 1) {
      const text = space() + json(0) + space();
      const { wellFormed, value } = look(text, '$');
      assert.ok(wellFormed, text);
      assert.deepEqual(JSON.parse(value ?? ''), JSON.parse(text), text);
      assert.equal(look(value ?? '', '$').value, value, 'normal form is its own normal form');
      // Of equal keys JSON.parse takes the last and DuckDB the first: leave those documents out.
      const whole = JSON.parse(text);
      if (whole !== null && typeof whole === 'object' && !Array.isArray(whole) && (text.match(/"a"/g)?.length ?? 0) === 1 && 'a' in whole) {
        assert.deepEqual(JSON.parse(look(text, 'a').value ?? ''), whole.a, text);
      }
      if (Array.isArray(whole) && whole.length > 0) assert.deepEqual(JSON.parse(look(text, '$[#-1]').value ?? ''), whole.at(-1), text);
    }
  });

  test('agrees with JSON.parse on what is malformed, and always ends', () => {
    let malformed = 0;
    for (let i = 0; i < 40_000; i += 1) {
      const text = json(0);
      const at = random(text.length + 1);
      const broken = [text.slice(0, at), text.slice(0, at) + pick('{}[]",:\\0e-. n\u0001') + text.slice(at), text.slice(0, at) + text.slice(at + 1)][random(3)];
      const expected = parsed(broken);
      const { wellFormed } = look(broken, 'a');
      if (!wellFormed) malformed += 1;
      // What DuckDB reads and JSON.parse does not: a trailing comma. The other way round: half a surrogate pair.
      if (expected === null && wellFormed) assert.match(broken, /,\s*[\]}]/);
      if (expected !== null && !wellFormed) assert.match(broken, /\\u[dD][89a-fA-F]/);
    }
    assert.ok(malformed > 10_000, `${malformed}`);
  });
});
