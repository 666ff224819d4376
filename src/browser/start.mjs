// Starts the page's program, and is what still works when the program does not: the crash note of index.html and its reload button.
// The build puts it together with the program's glue; it must not know anything of the viewer.

/** @param {string} what happened */
function show(what) {
  document.documentElement.dataset.phase = 'error';
  document.documentElement.dataset.busy = 'false';
  const place = document.getElementById('crash-what');
  // A panic has said more already.
  if (place && !place.textContent) place.textContent = what;
  const note = document.getElementById('crash');
  note?.setAttribute('data-testid', 'error');
  note?.removeAttribute('hidden');
}

/** @param {unknown} error why the program could not be loaded */
export function startFailed(error) {
  show(`The page could not start: ${error instanceof Error ? error.message : String(error)}`);
  throw error;
}

// The program ended without a panic of its own: out of memory, or the stack was used up.
for (const type of /** @type {const} */ (['error', 'unhandledrejection'])) {
  addEventListener(type, event => {
    const error = 'reason' in event ? event.reason : event.error;
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) show(error.message);
  });
}

document.getElementById('crash-reload')?.addEventListener('click', () => location.reload());
