// Types for the editor and `tsc --checkJs`; nothing of it reaches the bundle.
import type { DuckDBBindings } from '../../../node_modules/@duckdb/duckdb-wasm/dist/types/src/bindings/bindings_interface';

/** The part of the emscripten module that our functions touch. The heaps are replaced whenever the memory grows. */
export interface Memory {
  HEAPU8: Uint8Array;
  HEAPF64: Float64Array;
  HEAP32: Int32Array;
  _malloc(size: number): number;
  _free(address: number): void;
}

/** The bindings with the two members that the package keeps to itself. */
export interface Bindings extends DuckDBBindings {
  mod: Memory;
  instantiateWasm(
    imports: WebAssembly.Imports,
    success: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): unknown;
}

declare global {
  /** Set by the bundler. */
  const __WASM_BYTES__: number;
  /** DuckDB's own extensions that lie beside the worker; none mostly. */
  const __EXTENSIONS__: { name: string; file: string; hash: string }[];
}

/** What DuckDB calls to open a file: the answer is the address of three f64, or 0. */
export type OpenFile = (mod: any, fileId: number, flags: any) => number;
