// Types of `embed.js` and of the messages between a page and a Spandeck frame in it. Version 1 of the protocol.

/** Every message carries it as `spandeck`. */
export type Version = 1;

export type Mode = 'timeline' | 'statistics' | 'red' | 'dependencies' | 'sql' | 'configuration' | 'guide';
export type Phase = 'waiting' | 'empty' | 'loading' | 'ready' | 'error';

/** A change of what is in view. What is not named stays, `null` goes. */
export interface StateChange {
  mode?: Mode;
  trace?: string | null;
  span?: string | null;
  /** In the language of the filter bar. */
  filter?: string | null;
  /** Nanoseconds since 1970 as digits: a number does not hold them exactly. */
  from?: string | null;
  to?: string | null;
  /** The mode's own keys of the address, for example `{ view: 'flame' }`. */
  params?: Record<string, string | null>;
}

// ---- From the page to the frame ----

interface Envelope {
  spandeck: Version;
  /** The answer carries the same number. A whole number, not negative. */
  id?: number;
}

/** The handshake. Until it has come the frame hears nothing else, and it hears only the origin that it came from. */
export interface PingMessage extends Envelope { type: 'ping' }
/** Leaves the poster. */
export interface StartMessage extends Envelope { type: 'start' }
export interface ThemeMessage extends Envelope { type: 'theme'; theme: 'light' | 'dark' | 'auto' }
export interface NavigateMessage extends Envelope { type: 'navigate'; state: StateChange }
/** An address, relative to the viewer or http(s). */
export interface OpenUrlMessage extends Envelope { type: 'open'; url: string; state?: StateChange }
/** A `.duckdb` or `.parquet` file. The origin needs the deployer's or the reader's consent. */
export interface OpenBytesMessage extends Envelope { type: 'open'; bytes: ArrayBuffer | ArrayBufferView | Blob; name?: string; state?: StateChange }
export type Command = PingMessage | StartMessage | ThemeMessage | NavigateMessage | OpenUrlMessage | OpenBytesMessage;

// ---- From the frame to the page ----

/** To whoever is around the frame, once it listens: it is time for a ping. Holds nothing else. */
export interface HelloMessage { spandeck: Version; type: 'hello' }
export interface ReadyMessage extends Envelope { type: 'ready'; version: Version; phase: Phase; modes: Mode[] }
export interface DoneMessage extends Envelope { type: 'done'; id: number }
/** With `id` the answer to a command; without it something else that could not be opened. */
export interface ErrorMessage extends Envelope { type: 'error'; code: ErrorCode; message?: string }
/** The height at which nothing would need to scroll, in CSS pixels. */
export interface ResizeMessage { spandeck: Version; type: 'resize'; height: number }
/** What is in view. Everything behind `full` is there only if `full` is true: see docs/embedding.md for who hears it. */
export interface StateMessage extends Partial<FullState> { spandeck: Version; type: 'state'; phase: Phase; mode: Mode; full: boolean }
export type Report = HelloMessage | ReadyMessage | DoneMessage | ErrorMessage | ResizeMessage | StateMessage;

/** Texts are empty where nothing is chosen. */
export interface FullState {
  /** The fragment of the same view as a page of its own. */
  address: string;
  trace: string;
  span: string;
  filter: string;
  from: string;
  to: string;
  params: Record<string, string>;
  /** Of the open file. */
  spans: number;
  traces: number;
  errors: number;
}

/**
 * `version`, `kind`, `argument`: the message was wrong. `not-allowed`: neither the deployer nor the reader lets this origin hand over files.
 * `busy`: the reader is still being asked. `superseded`: another `open` came. `cancelled`, `failed`: it could not be opened. `reloaded`: the
 * element has loaded another frame. A code with `E-` is the viewer's own, as its Guide explains it.
 */
export type ErrorCode = 'version' | 'kind' | 'argument' | 'not-allowed' | 'busy' | 'superseded' | 'cancelled' | 'failed' | 'reloaded' | `E-${string}`;

// ---- The element ----

export interface Ready { version: Version; modes: Mode[] }
export type ViewerState = Omit<StateMessage, 'spandeck' | 'type'>;

export class SpandeckError extends Error {
  constructor(code: ErrorCode, message?: string);
  readonly code: ErrorCode;
}

export interface OpenOptions {
  /** Of bytes: the file's name. */
  name?: string;
  /** Where to go in the file. */
  state?: StateChange;
}

/** Attributes that are properties. */
export type Reflected = 'src' | 'sample' | 'trace' | 'span' | 'mode' | 'filter' | 'from' | 'to' | 'params' | 'modes' | 'tabs' | 'start' | 'theme' | 'height' | 'viewer';

/** `<spandeck-viewer src="run.parquet" trace="…">`. Every attribute is a property of the same name; `null` takes it away. */
export class SpandeckViewer extends HTMLElement {
  /** Address of a file, relative to the page. */
  src: string | null;
  /** Name of a sample of the viewer, `showcase`, instead of `src`. */
  sample: string | null;
  trace: string | null;
  span: string | null;
  mode: string | null;
  filter: string | null;
  from: string | null;
  to: string | null;
  /** The mode's own keys, as in an address: `view=flame&hooks=1`. */
  params: string | null;
  /** Modes that are offered: `timeline,red`. */
  modes: string | null;
  /** `0` or `1`; without it there are tabs when there is more than one mode. */
  tabs: string | null;
  /** `visible` (default), `click` or `now`. */
  start: string | null;
  /** `auto` (default) follows the page's `color-scheme`; `light`, `dark`. */
  theme: string | null;
  /** `auto` (default) or a number of CSS pixels. */
  height: string | null;
  /** Where the viewer is; without it beside this script. */
  viewer: string | null;

  /** What the frame last told. */
  readonly state: ViewerState | null;
  /** When the frame listens. */
  readonly ready: Promise<Ready>;
  /** Opens a file: its address, relative to the page, or its bytes. Ends when it is open. */
  open(what: string | URL | ArrayBuffer | ArrayBufferView | Blob, options?: OpenOptions): Promise<void>;
  navigate(state: StateChange): Promise<void>;
  /** Leaves the poster. */
  load(): Promise<void>;
}

export interface ViewerEvents {
  'spandeck-ready': CustomEvent<Ready>;
  'spandeck-state': CustomEvent<ViewerState>;
  'spandeck-resize': CustomEvent<{ height: number }>;
  'spandeck-error': CustomEvent<{ code: ErrorCode; message: string }>;
}

declare global {
  interface HTMLElementTagNameMap { 'spandeck-viewer': SpandeckViewer }
  interface HTMLElementEventMap extends ViewerEvents {}
}
