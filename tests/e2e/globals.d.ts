// What engine_page.html defines, for the functions that tests send into that page. Only `tsc` reads this.

/** An answer of the worker, with what came before it. */
interface EngineAnswer {
  kind: string;
  /** Of an error. */
  name?: string;
  message?: string;
  /** Of a success; what it holds depends on the request. */
  value?: Record<string, any>;
  chunks: Uint8Array<ArrayBuffer>[];
  /** Bytes loaded and bytes in all. */
  progress: [number, number][];
  ms: number;
  sinceCancelMs: number;
  endMs: number;
}

/** The part of an answer that can leave the page. */
type PlainAnswer = Omit<EngineAnswer, 'chunks'> & {
  chunkCount: number;
  /** The chunks as one Arrow IPC stream in base64. */
  ipc: string;
};

interface EngineSendOptions {
  transfer?: Transferable[];
  cancelAfterChunks?: number;
}

interface PageEngine {
  worker: Worker;
  /** Messages that nobody asked for. */
  stray: unknown[];
  begin(request: Record<string, unknown>, options?: EngineSendOptions): { id: number; promise: Promise<EngineAnswer>; cancel(): void };
  send(request: Record<string, unknown>, options?: EngineSendOptions): Promise<EngineAnswer>;
}

declare const engines: PageEngine[];
declare function startEngine(): PageEngine;
declare function fileFrom(url: string, name?: string): Promise<{ name?: string; file: File }>;
declare function plain(answer: EngineAnswer): Promise<PlainAnswer>;
/** The engine's module, once a worker has compiled it. */
declare var compiled: WebAssembly.Module | undefined;
