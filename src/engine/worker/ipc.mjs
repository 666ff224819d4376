// The framing of an Arrow IPC stream. DuckDB waits in silence for the rest of a stream that was cut off, and for the end mark that the format
// lets a writer leave out; so the frames are walked here before DuckDB sees them. The content is DuckDB's business.

import { EngineError } from './errors.mjs';

const CONTINUATION = 0xffffffff;
const END_OF_STREAM = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/**
 * @param {Uint8Array} bytes
 * @returns {Uint8Array} the same stream, with its end mark
 * @throws {EngineError} if it is not a whole stream
 */
export function completed(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  try {
    for (let messages = 0; at < bytes.length; messages += 1) {
      if (view.getUint32(at, true) !== CONTINUATION) break;
      const metadataBytes = view.getInt32(at + 4, true);
      if (metadataBytes === 0 && messages > 0) return bytes.subarray(0, at + 8);
      if (metadataBytes <= 0) break;
      at += 8 + metadataBytes + bodyBytes(view, at + 8);
    }
  } catch {
    // A number led outside of the bytes.
    at = -1;
  }
  if (at !== bytes.length || at === 0) throw new EngineError('io', 'The imported rows are damaged: they are not a whole Arrow stream.');
  const whole = new Uint8Array(bytes.length + END_OF_STREAM.length);
  whole.set(bytes);
  whole.set(END_OF_STREAM, bytes.length);
  return whole;
}

/**
 * The field `bodyLength` (the fourth) of the flatbuffer table `Message`.
 * @param {DataView} view
 * @param {number} start where the flatbuffer starts
 * @returns {number}
 */
function bodyBytes(view, start) {
  const table = start + view.getUint32(start, true);
  const vtable = table - view.getInt32(table, true);
  const field = 4 + 3 * 2;
  const offset = view.getUint16(vtable, true) > field ? view.getUint16(vtable + field, true) : 0;
  const length = offset === 0 ? 0n : view.getBigInt64(table + offset, true);
  if (length < 0n) throw new RangeError('negative length');
  return Number(length);
}
