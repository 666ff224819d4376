// Defines <spandeck-viewer>: a frame with the viewer in it, and the conversation with that frame. Needs nothing else; the build copies it
// beside the page under the name embed.js, which stays. What the messages are is in embed.d.ts; what the frame does with them is the viewer's.

/**
 * @typedef {import('./embed.d.ts').ErrorCode} ErrorCode
 * @typedef {import('./embed.d.ts').OpenOptions} OpenOptions
 * @typedef {import('./embed.d.ts').Ready} Ready
 * @typedef {import('./embed.d.ts').Report} Report
 * @typedef {import('./embed.d.ts').StateChange} StateChange
 * @typedef {import('./embed.d.ts').ViewerState} ViewerState
 */

const VERSION = 1;
/** Where the viewer is: beside this script. */
const HOME = new URL('./', import.meta.url).href;
/** Attributes that a message carries into the frame; the names are those of a change of state. */
const MOVES = ['trace', 'span', 'mode', 'filter', 'from', 'to', 'params'];
/** Attributes that another frame is loaded for. */
const LOADS = ['sample', 'modes', 'tabs', 'title', 'start', 'viewer'];
const ATTRIBUTES = ['src', 'theme', 'height', ...MOVES, ...LOADS];
/** Of a frame that has not told its own height. */
const FIRST_HEIGHT = '420px';
/** What the viewer needs, and not the page's own storage, cookies or windows. */
const SANDBOX = 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads';

const STYLE = `
  :host { display: block; min-width: 0; }
  :host([hidden]) { display: none; }
  iframe { display: block; box-sizing: border-box; width: 100%; border: 0; min-height: 240px; background: none; }
  :host(:not([height])) iframe, :host([height="auto"]) iframe { max-height: var(--spandeck-max-height, 720px); }
`;

/** Why a command failed. */
export class SpandeckError extends Error {
  /** @param {ErrorCode} code @param {string} [message] */
  constructor(code, message = code) {
    super(message);
    this.name = 'SpandeckError';
    this.code = code;
  }
}

export class SpandeckViewer extends HTMLElement {
  static observedAttributes = ATTRIBUTES;

  #root = this.attachShadow({ mode: 'open' });
  /** @type {HTMLIFrameElement | null} */
  #frame = null;
  /** Origin of the viewer in the frame. */
  #origin = '';
  #next = 1;
  /** @type {Map<number, { done: () => void, failed: (error: SpandeckError) => void }>} */
  #asked = new Map();
  #isReady = false;
  /** @type {Promise<Ready>} */
  #ready = Promise.resolve(/** @type {any} */ (null));
  /** @type {(ready: Ready) => void} */
  #tellReady = () => {};
  /** @type {ViewerState | null} */
  #state = null;
  /** Attributes that changed, with what they were. @type {Map<string, string | null>} */
  #changed = new Map();
  #theme = '';
  /** Ends all listening. @type {AbortController | null} */
  #listening = null;
  /** @type {MutationObserver | null} */
  #look = null;

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [sheet];
    this.#expectReady();
  }

  get state() { return this.#state; }
  get ready() { return this.#ready; }

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    window.addEventListener('message', event => this.#hear(event), { signal });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#followTheme(), { signal });
    // Pages switch their colours by an attribute of the root or of the body.
    this.#look = new MutationObserver(() => this.#followTheme());
    for (const place of [document.documentElement, document.body]) if (place) this.#look.observe(place, { attributes: true });
    this.#loadFrame();
  }

  disconnectedCallback() {
    this.#listening?.abort();
    this.#look?.disconnect();
    this.#dropFrame();
  }

  /** @param {string} name @param {string | null} before @param {string | null} after */
  attributeChangedCallback(name, before, after) {
    if (before === after || !this.#frame) return;
    // Several attributes that are set in a row are one change.
    if (this.#changed.size === 0) queueMicrotask(() => this.#follow());
    if (!this.#changed.has(name)) this.#changed.set(name, before);
  }

  /**
   * @param {string | URL | ArrayBuffer | ArrayBufferView | Blob} what
   * @param {OpenOptions} [options]
   * @returns {Promise<void>}
   */
  open(what, { name, state } = {}) {
    const opens = typeof what === 'string' || what instanceof URL
      ? { url: new URL(what, document.baseURI).href }
      : { bytes: what, name: name ?? (what instanceof File ? what.name : undefined) };
    return this.#command({ type: 'open', ...opens, state });
  }

  /** @param {StateChange} state @returns {Promise<void>} */
  navigate(state) {
    return this.#command({ type: 'navigate', state });
  }

  /** @returns {Promise<void>} */
  load() {
    return this.#command({ type: 'start' });
  }

  #expectReady() {
    this.#isReady = false;
    this.#ready = new Promise(done => { this.#tellReady = done; });
  }

  #dropFrame() {
    this.#frame?.remove();
    this.#frame = null;
    this.#state = null;
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const { failed } of asked) failed(new SpandeckError('reloaded', 'The element has loaded another frame.'));
    if (this.#isReady) this.#expectReady();
  }

  /** A new element for every frame: another address in the same one would be an entry in the page's history. */
  #loadFrame() {
    this.#dropFrame();
    this.#changed.clear();
    const home = new URL(this.getAttribute('viewer') ?? HOME, document.baseURI);
    this.#origin = home.origin;
    this.#theme = this.#wantedTheme();
    const frame = document.createElement('iframe');
    frame.title = this.getAttribute('title') ?? 'Trace viewer';
    frame.allow = 'clipboard-write';
    frame.referrerPolicy = 'no-referrer';
    frame.loading = this.getAttribute('start') === 'now' ? 'eager' : 'lazy';
    // A frame of the page's own origin could leave its sandbox anyway.
    if (home.origin !== location.origin) frame.setAttribute('sandbox', SANDBOX);
    frame.src = new URL(this.#address(), home).href;
    frame.addEventListener('load', () => this.#post({ type: 'ping' }));
    this.#frame = frame;
    this.#showHeight(FIRST_HEIGHT);
    this.#showTheme();
    this.#root.append(frame);
  }

  /** The fragment that the attributes stand for. */
  #address() {
    const src = this.getAttribute('src');
    /** @type {[string, string | null][]} */
    const pairs = [
      ['src', src === null ? null : new URL(src, document.baseURI).href],
      ['sample', src === null ? this.getAttribute('sample') : null],
      ['trace', this.getAttribute('trace')], ['span', this.getAttribute('span')], ['q', this.getAttribute('filter')],
      ['from', this.getAttribute('from')], ['to', this.getAttribute('to')],
      ['embed', '1'], ['modes', this.getAttribute('modes')], ['tabs', this.getAttribute('tabs')],
      ['title', this.getAttribute('title')], ['start', this.getAttribute('start')], ['theme', this.#theme],
      ...new URLSearchParams(this.getAttribute('params') ?? ''),
    ];
    const written = pairs.flatMap(([key, value]) => (value ? [`${encodeURIComponent(key)}=${encodeURIComponent(value)}`] : []));
    return `#/${encodeURIComponent(this.getAttribute('mode') ?? '')}?v=1&${written.join('&')}`;
  }

  /** Carries changed attributes into the frame. */
  #follow() {
    const changed = new Map(this.#changed);
    this.#changed.clear();
    if (!this.#frame || changed.size === 0) return;
    if (changed.has('height')) this.#showHeight(FIRST_HEIGHT);
    if (changed.has('theme')) this.#followTheme();
    const moves = MOVES.filter(name => changed.has(name));
    const src = changed.has('src') ? this.getAttribute('src') : undefined;
    if (LOADS.some(name => changed.has(name)) || src === null || (!this.#isReady && (src !== undefined || moves.length > 0))) return this.#loadFrame();
    /** @type {Record<string, unknown>} */
    const state = {};
    for (const name of moves) {
      if (name === 'params') state.params = changedParams(changed.get(name) ?? '', this.getAttribute(name) ?? '');
      // There is always a mode: without one the frame keeps what it shows.
      else if (name !== 'mode' || this.getAttribute(name)) state[name] = this.getAttribute(name);
    }
    // What goes wrong is told by the event.
    if (src !== undefined) this.open(src, { state }).catch(() => {});
    else if (moves.length > 0) this.navigate(state).catch(() => {});
  }

  /** @param {MessageEvent} event */
  #hear(event) {
    if (!this.#frame || event.source !== this.#frame.contentWindow || event.origin !== this.#origin) return;
    /** @type {Report} */
    const report = event.data;
    if (typeof report !== 'object' || report === null || report.spandeck !== VERSION) return;
    switch (report.type) {
      case 'hello':
        return this.#post({ type: 'ping' });
      case 'ready': {
        if (this.#isReady) return;
        this.#isReady = true;
        const ready = { version: report.version, modes: report.modes };
        this.#tellReady(ready);
        this.#tell('spandeck-ready', ready);
        // The page may have changed its colours while the frame was loading.
        return this.#followTheme();
      }
      case 'done':
        this.#asked.get(report.id)?.done();
        this.#asked.delete(report.id);
        return;
      case 'error': {
        const error = new SpandeckError(report.code, report.message);
        if (report.id !== undefined) this.#asked.get(report.id)?.failed(error);
        if (report.id !== undefined) this.#asked.delete(report.id);
        return this.#tell('spandeck-error', { code: error.code, message: error.message });
      }
      case 'resize':
        if (this.#hasOwnHeight()) this.#frame.style.height = `${report.height}px`;
        return this.#tell('spandeck-resize', { height: report.height });
      case 'state': {
        const { spandeck: _, type: __, ...state } = report;
        this.#state = state;
        return this.#tell('spandeck-state', state);
      }
    }
  }

  /** @param {string} name @param {unknown} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** @param {Record<string, unknown>} message */
  #post(message) {
    this.#frame?.contentWindow?.postMessage({ spandeck: VERSION, ...message }, this.#origin);
  }

  /** @param {Record<string, unknown>} message @returns {Promise<void>} */
  async #command(message) {
    // A frame far below what is in view has not even been loaded.
    if (this.#frame) this.#frame.loading = 'eager';
    await this.#ready;
    const id = this.#next++;
    await new Promise((done, failed) => {
      this.#asked.set(id, { done: () => done(undefined), failed });
      this.#post({ ...message, id });
    });
  }

  #hasOwnHeight() {
    return (this.getAttribute('height') ?? 'auto') === 'auto';
  }

  /** @param {string} first until the frame tells its own */
  #showHeight(first) {
    const height = this.getAttribute('height') ?? 'auto';
    if (this.#frame) this.#frame.style.height = height === 'auto' ? first : /^\d+$/.test(height) ? `${height}px` : height;
  }

  #wantedTheme() {
    const theme = this.getAttribute('theme');
    if (theme === 'light' || theme === 'dark') return theme;
    const scheme = getComputedStyle(this).colorScheme;
    const isDark = /\bdark\b/.test(scheme);
    // A page that says nothing is light.
    if (isDark && /\blight\b/.test(scheme)) return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    return isDark ? 'dark' : 'light';
  }

  #followTheme() {
    const theme = this.#wantedTheme();
    if (theme === this.#theme || !this.#frame) return;
    // Before the handshake the frame does not hear it; it is told then.
    if (!this.#isReady) return;
    this.#theme = theme;
    this.#showTheme();
    this.#post({ type: 'theme', theme });
  }

  /** Frames of another scheme than their page's get an opaque ground behind their corners. */
  #showTheme() {
    if (this.#frame) this.#frame.style.colorScheme = this.#theme;
  }
}

/**
 * The keys that differ between two texts of parameters; those that are gone are `null`.
 * @param {string} before
 * @param {string} after
 */
function changedParams(before, after) {
  const now = new Map(new URLSearchParams(after));
  /** @type {Map<string, string | null>} */
  const changed = new Map(now);
  for (const key of new URLSearchParams(before).keys()) if (!now.has(key)) changed.set(key, null);
  return Object.fromEntries(changed);
}

for (const name of ATTRIBUTES) {
  // `title` is a property of every element already.
  if (name in HTMLElement.prototype) continue;
  Object.defineProperty(SpandeckViewer.prototype, name, {
    configurable: true,
    enumerable: true,
    /** @this {HTMLElement} */
    get() { return this.getAttribute(name); },
    /** @this {HTMLElement} @param {unknown} value */
    set(value) {
      if (value === null || value === undefined) this.removeAttribute(name);
      else this.setAttribute(name, String(value));
    },
  });
}

/** What is promised in embed.d.ts; the properties of attributes are defined above. @type {{ prototype: Omit<import('./embed.d.ts').SpandeckViewer, import('./embed.d.ts').Reflected> }} */
const promised = SpandeckViewer;
void promised;

if (!customElements.get('spandeck-viewer')) customElements.define('spandeck-viewer', SpandeckViewer);
