// Scalar functions in JavaScript over DuckDB's own buffers. The wasm module calls `callScalarUDF` of the runtime object; the package's own
// answers with addresses that DuckDB misreads, leaks every text and decodes every argument, so ours takes its place.
//
// The protocol, of @duckdb/duckdb-wasm 1.32.0 (lib/src/webdb.cc, CallScalarUDFFunction), once per vector of at most 2048 rows:
//   in:  JSON {rows, args: [{physicalType, validityBuffer, dataBuffer, lengthBuffer?}], ret: {physicalType}}; a table of f64 addresses that
//        the ...Buffer numbers index. Text is one f64 address and one f64 length a row, validity one byte a row. All vectors are flat.
//   out: three f64 at `response`: status 0, address of three f64 (data, validity, lengths), 0. Or status 1, address and length of a message.
//   DuckDB frees the validity, the triple, the message, and the data unless the result is text. It copies text, and frees neither the
//   text's addresses nor lengths: those stay ours, and serve every call.

import { callSRet } from '@duckdb/duckdb-wasm/dist/duckdb-browser-blocking.mjs';

/** @typedef {import('./types').Memory} Memory */

/**
 * @typedef {object} Column an argument
 * @property {boolean} isText else `data` is an array of i32
 * @property {number} valid address of one byte a row
 * @property {number} data index into HEAPF64 (text: addresses) or HEAP32 (integers)
 * @property {number} lengths index into HEAPF64 (text only)
 */

/** @typedef {'text' | 'bool' | 'uint64'} ResultType */

const SQL_TYPES = { text: 'utf8', bool: 'bool', uint64: 'uint64' };
const RESULT_BYTES = { text: 8, bool: 1, uint64: 8 };

/** @type {Map<number, { type: ResultType, run: (call: Call) => void }>} */
const functions = new Map();

/** One vector's worth of calls. */
export class Call {
  /**
   * @param {Memory} mod
   * @param {number} rows
   * @param {Column[]} args
   * @param {number} data
   * @param {number} valid
   * @param {number} lengths
   */
  constructor(mod, rows, args, data, valid, lengths) {
    this.mod = mod;
    this.rows = rows;
    this.args = args;
    this.data = data;
    this.valid = valid;
    this.lengths = lengths;
  }

  /** @param {number} row */
  setNull(row) {
    this.mod.HEAPU8[this.valid + row] = 0;
  }

  /**
   * Text that lies in DuckDB's memory already, such as a part of an argument: nothing is copied here.
   * @param {number} row
   * @param {number} address
   * @param {number} length
   */
  setRange(row, address, length) {
    const { HEAPU8, HEAPF64 } = this.mod;
    HEAPU8[this.valid + row] = 1;
    HEAPF64[(this.data >>> 3) + row] = address;
    HEAPF64[(this.lengths >>> 3) + row] = length;
  }

  /**
   * Text from outside of DuckDB's memory. It may move the memory: read the heaps anew afterwards.
   * @param {number} row
   * @param {Uint8Array} bytes
   * @param {number} length
   */
  setBytes(row, bytes, length) {
    const address = arena.take(this.mod, length);
    this.mod.HEAPU8.set(bytes.length === length ? bytes : bytes.subarray(0, length), address);
    this.setRange(row, address, length);
  }

  /**
   * @param {number} row
   * @param {boolean} value
   */
  setBool(row, value) {
    this.mod.HEAPU8[this.valid + row] = 1;
    this.mod.HEAPU8[this.data + row] = value ? 1 : 0;
  }

  /**
   * @param {number} row
   * @param {number} value below 2^32
   */
  setCount(row, value) {
    this.mod.HEAPU8[this.valid + row] = 1;
    const at = (this.data >>> 2) + row * 2;
    this.mod.HEAP32[at] = value;
    this.mod.HEAP32[at + 1] = 0;
  }
}

/** Memory for texts of one call, in blocks that stay for the next one. */
const arena = {
  /** @type {{ address: number, size: number }[]} */
  blocks: [],
  block: 0,
  used: 0,

  reset() {
    this.block = 0;
    this.used = 0;
  },

  /**
   * @param {Memory} mod
   * @param {number} size
   */
  take(mod, size) {
    for (; this.block < this.blocks.length; this.block += 1, this.used = 0) {
      const { address, size: room } = this.blocks[this.block];
      if (this.used + size > room) continue;
      const at = address + this.used;
      this.used += size;
      return at;
    }
    const room = Math.max(size, 1 << 16);
    this.blocks.push({ address: allocate(mod, room), size: room });
    this.used = size;
    return this.blocks[this.block].address;
  },

  /**
   * Gives back what an unusually large vector made us take.
   * @param {Memory} mod
   */
  trim(mod) {
    const limit = 1 << 22;
    let kept = 0;
    this.blocks = this.blocks.filter(({ address, size }) => {
      kept += size;
      if (kept <= limit) return true;
      mod._free(address);
      return false;
    });
  },
};

/** Addresses and lengths of text results: DuckDB reads them and leaves them alone. */
const textResult = { rows: 0, data: 0, lengths: 0 };

/**
 * @param {Memory} mod
 * @param {number} rows
 */
function textBuffers(mod, rows) {
  if (rows > textResult.rows) {
    mod._free(textResult.data);
    mod._free(textResult.lengths);
    textResult.rows = rows;
    textResult.data = allocate(mod, rows * 8);
    textResult.lengths = allocate(mod, rows * 8);
  }
  return textResult;
}

/**
 * @param {Memory} mod
 * @param {number} size
 */
function allocate(mod, size) {
  const address = mod._malloc(size);
  if (address === 0) throw new Error('Out of memory');
  return address;
}

/**
 * Puts our `callScalarUDF` into the runtime object, before DuckDB is instantiated with it.
 * @param {{ callScalarUDF: Function }} runtime
 */
export function installCallScalarUdf(runtime) {
  functions.clear();
  runtime.callScalarUDF = callScalarUdf;
}

/**
 * Makes a function that SQL can call, with any number of arguments of any type.
 * @param {import('./types').Bindings} db
 * @param {number} conn it must stay open as long as the function is used
 * @param {string} name
 * @param {ResultType} type
 * @param {(call: Call) => void} run sets every row's result
 */
export function defineFunction(db, conn, name, type, run) {
  const functionId = functions.size + 1;
  functions.set(functionId, { type, run });
  const declaration = { functionId, name, returnType: { sqlType: SQL_TYPES[type] } };
  const [status, address, length] = callSRet(/** @type {any} */ (db.mod), 'duckdb_web_udf_scalar_create', ['number', 'string'], [conn, JSON.stringify(declaration)]);
  if (status !== 0) throw new Error(new TextDecoder().decode(db.mod.HEAPU8.subarray(address, address + length)));
}

const decoder = new TextDecoder();

/**
 * @param {Memory} mod
 * @param {number} response
 * @param {number} id
 * @param {number} descriptor
 * @param {number} descriptorSize
 * @param {number} table
 * @param {number} tableSize
 */
function callScalarUdf(mod, response, id, descriptor, descriptorSize, table, tableSize) {
  try {
    const definition = functions.get(id);
    if (!definition) throw new Error(`Function ${id} is not defined`);
    const { rows, args } = JSON.parse(decoder.decode(mod.HEAPU8.subarray(descriptor, descriptor + descriptorSize)));
    const addresses = mod.HEAPF64.slice(table >>> 3, (table + tableSize) >>> 3);
    const columns = args.map((/** @type {Argument} */ arg) => column(arg, addresses));
    arena.reset();
    arena.trim(mod);
    const isText = definition.type === 'text';
    const text = isText ? textBuffers(mod, rows) : { data: 0, lengths: 0 };
    const data = isText ? text.data : allocate(mod, rows * RESULT_BYTES[definition.type]);
    const valid = allocate(mod, rows);
    const triple = allocate(mod, 24);
    try {
      definition.run(new Call(mod, rows, columns, data, valid, text.lengths));
    } catch (error) {
      if (!isText) mod._free(data);
      mod._free(valid);
      mod._free(triple);
      throw error;
    }
    mod.HEAPF64.set([data, valid, text.lengths], triple >>> 3);
    mod.HEAPF64.set([0, triple, 0], response >>> 3);
  } catch (error) {
    const message = new TextEncoder().encode(error instanceof Error ? error.message : String(error));
    const address = mod._malloc(message.length);
    mod.HEAPU8.set(message, address);
    mod.HEAPF64.set([1, address, message.length], response >>> 3);
  }
}

/** @typedef {{ physicalType: string, validityBuffer: number, dataBuffer: number, lengthBuffer?: number }} Argument */

/**
 * @param {Argument} arg
 * @param {Float64Array} addresses
 * @returns {Column}
 */
function column({ physicalType, validityBuffer, dataBuffer, lengthBuffer }, addresses) {
  const valid = addresses[validityBuffer];
  const data = addresses[dataBuffer];
  if (physicalType === 'VARCHAR' && lengthBuffer !== undefined) {
    return { isText: true, valid, data: data >>> 3, lengths: addresses[lengthBuffer] >>> 3 };
  }
  if (physicalType === 'INT32') return { isText: false, valid, data: data >>> 2, lengths: 0 };
  throw new Error(`a JSON function takes text, not ${physicalType}: cast it to VARCHAR`);
}
