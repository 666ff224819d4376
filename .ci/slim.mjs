// The engine as published exports each of its 75,000 symbols for extensions that may be loaded into it. The page never loads one, so
// only what the package's glue names stays exported: a smaller download, and a browser that need not make 75,000 functions at start.
// It must not change any code: the module's functions are the published ones, byte for byte.

const EXPORTS = 7;
const IMPORTS = 2;

/** Reads a module's bytes from left to right. */
class Reader {
  /** @param {Uint8Array} bytes @param {number} [at] */
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new Error('the engine ends in the middle of a section');
    this.at += 1;
    return byte;
  }

  /** An unsigned number in LEB128. */
  number() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  name() {
    const length = this.number();
    const name = new TextDecoder().decode(this.bytes.subarray(this.at, this.at + length));
    this.at += length;
    return name;
  }
}

/** @param {number} value @returns {number[]} LEB128 */
function leb(value) {
  const bytes = [];
  for (let rest = value; ;) {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    if (rest === 0) return [...bytes, low];
    bytes.push(low + 128);
  }
}

/** What the module asks its own exports for by way of the global offset table. @param {Uint8Array} section */
function offsetTable(section) {
  const reader = new Reader(section);
  const names = new Set();
  const limits = () => { if (reader.byte() & 1) { reader.number(); reader.number(); } else reader.number(); };
  for (let left = reader.number(); left > 0; left -= 1) {
    const from = reader.name();
    const name = reader.name();
    if (from.startsWith('GOT.')) names.add(name);
    const kind = reader.byte();
    if (kind === 0) reader.number();
    else if (kind === 1) { reader.byte(); limits(); }
    else if (kind === 2) limits();
    else if (kind === 3) reader.at += 2;
    else { reader.byte(); reader.number(); }
  }
  return names;
}

/**
 * @param {Uint8Array} wasm the published engine
 * @param {string} glue the package's JavaScript
 * @returns {{ wasm: Uint8Array, kept: number, of: number }}
 */
export function slim(wasm, glue) {
  const words = new Set(glue.match(/[A-Za-z_$][\w$]*/g));
  const reader = new Reader(wasm, 8);
  const parts = [wasm.subarray(0, 8)];
  let table = new Set();
  let kept = 0;
  let of = 0;
  while (reader.at < wasm.length) {
    const start = reader.at;
    const id = reader.byte();
    const length = reader.number();
    const body = wasm.subarray(reader.at, reader.at + length);
    reader.at += length;
    if (id === IMPORTS) table = offsetTable(body);
    if (id !== EXPORTS) {
      parts.push(wasm.subarray(start, reader.at));
      continue;
    }
    const inside = new Reader(body);
    /** @type {Uint8Array[]} */
    const entries = [];
    of = inside.number();
    for (let left = of; left > 0; left -= 1) {
      const from = inside.at;
      const name = inside.name();
      inside.byte();
      inside.number();
      // The glue names a C function with an underscore before it.
      if (words.has(name) || words.has(`_${name}`) || table.has(name)) entries.push(body.subarray(from, inside.at));
    }
    kept = entries.length;
    const count = leb(kept);
    const size = count.length + entries.reduce((sum, entry) => sum + entry.length, 0);
    parts.push(Uint8Array.from([EXPORTS, ...leb(size), ...count]), ...entries);
  }
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return { wasm: out, kept, of };
}
