// The service worker: keeps this deployment's own files in the browser, so that the page opens without network after the first visit.
// The build puts in which files those are. It must never keep, look at or answer for anything else: not the reader's files, not addresses
// that they paste, not other pages of the same site. A newer version waits until the reader asks for it or every tab is closed.

const scope = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

/** The folder that the page lies in; ends in a slash. */
const BASE = scope.registration.scope;
/** Several pages of one site share the browser's caches; no address holds a blank. */
const PREFIX = `spandeck ${BASE} `;
const CACHE = PREFIX + __VERSION__;

/** Addresses of the files whose names have their contents' hash: what one of them holds never changes. */
const FILES = new Set(__FILES__.map(name => new URL(name, BASE).href));

scope.addEventListener('install', event => event.waitUntil(fill()));

scope.addEventListener('activate', event => event.waitUntil(Promise.all([tidy(), scope.clients.claim()])));

scope.addEventListener('message', event => {
  if (event.data === 'activate') void scope.skipWaiting();
});

scope.addEventListener('fetch', event => {
  const { request } = event;
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') {
    const address = request.url.split(/[?#]/, 1)[0];
    if (address !== BASE && address !== `${BASE}index.html`) return;
    event.respondWith(page(request));
    event.waitUntil(tidy());
  } else if (FILES.has(request.url) && !request.headers.has('range')) {
    event.respondWith(file(request));
  }
});

/** Fetches all of this version, or nothing of it. */
async function fill() {
  const cache = await caches.open(CACHE);
  try {
    await Promise.all([keepPage(cache), ...[...FILES].map(url => keepFile(cache, url))]);
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/**
 * The page itself is the one file without a hash, so a host that is just being updated may give another version's.
 * @param {Cache} cache
 */
async function keepPage(cache) {
  const html = await (await fetched(BASE, 'no-cache')).text();
  if (!html.includes(__PAGE_SCRIPT__)) throw new Error('the page is of another version than its list of files');
  // Made anew: an answer that came by a redirect must not be given to a navigation.
  await cache.put(BASE, new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8' } }));
}

/**
 * @param {Cache} cache
 * @param {string} url
 */
async function keepFile(cache, url) {
  const known = await kept(url);
  const response = known ?? (await fetched(url, 'default'));
  // Some hosts answer every address with the same page.
  if (response.headers.get('content-type')?.startsWith('text/html')) throw new Error(`${url} is missing on this site`);
  await cache.put(url, response);
}

/**
 * @param {string} url
 * @param {RequestCache} cache
 */
async function fetched(url, cache) {
  const response = await fetch(url, { cache });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

/** The caches of this page, of every version. */
async function ownCaches() {
  return (await caches.keys()).filter(name => name.startsWith(PREFIX));
}

/**
 * A file as any version kept it: the name says what is in it.
 * @param {string} url
 */
async function kept(url) {
  for (const cacheName of await ownCaches()) {
    const found = await caches.match(url, { cacheName });
    if (found) return found;
  }
  return undefined;
}

/** @param {Request} request */
async function file(request) {
  return (await kept(request.url)) ?? fetch(request);
}

/** The page of this version, with whatever stands behind the question mark. @param {Request} request */
async function page(request) {
  return (await caches.has(CACHE)) ? ((await caches.match(BASE, { cacheName: CACHE })) ?? fetch(request)) : fetch(request);
}

/** Drops what older versions kept, once no tab can need it. A version that waits has its own cache already. */
async function tidy() {
  const names = await ownCaches();
  const windows = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const { installing, waiting } = scope.registration;
  if (installing || waiting || windows.filter(client => client.url.startsWith(BASE)).length > 1) return;
  await Promise.all(names.filter(name => name !== CACHE).map(name => caches.delete(name)));
}
