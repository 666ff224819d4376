// The SQL mode's part of the benchmark, on the engine worker itself: one key of a million documents, and its memory over ten runs.
import { startHarness } from './engine_harness.mjs';

/** Documents of 300 bytes as Flock writes them. */
const MANY = `CREATE TABLE many AS SELECT '{"class": "Agent", "function": "execute", "module": "flock.core", "agent.name": "agent' || (i % 50) || '", "input.ctx": "{\\"a\\": 1, \\"b\\": \\"'
  || repeat('x', 80) || '\\"}", "correlation_id": "' || md5(i::VARCHAR) || '", "output.value": "{\\"topic\\": \\"t' || i % 10 || '\\"}"}' AS attributes FROM range(1000000) r(i)`;
const KEY = "SELECT max(attributes->>'agent.name') FROM many";

/** `first_ms` and `again_ms` (the second run) of a key, `grown_bytes` of the engine's memory from the second to the tenth run. */
export async function measureSql() {
  const harness = await startHarness();
  try {
    const engine = await harness.engine();
    await engine.rows(MANY);
    const [ms, heap] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
    for (let run = 0; run < 10; run += 1) {
      ms.push((await engine.query(KEY)).value?.elapsedMs ?? NaN);
      heap.push(Number((await engine.send({ op: 'ping' })).value?.heapBytes));
    }
    await engine.end();
    return { first_ms: ms[0] ?? NaN, again_ms: ms[1] ?? NaN, grown_bytes: (heap[9] ?? NaN) - (heap[1] ?? NaN) };
  } finally {
    await harness.close();
  }
}
