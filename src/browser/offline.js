// The page's side of the service worker (src/offline/worker.mjs): puts it up, follows what becomes of it, takes it down with all that it kept.
// It must not decide anything: whether there is to be one is for the reader, when a newer version is taken too.

import { registerServiceWorker } from './own_scripts.js';

/** @typedef {'missing' | 'off' | 'preparing' | 'ready' | 'failed' | 'update'} State as browser/offline.rs knows them */

/** How often a page that stays open asks for a newer version. */
const ASK_AGAIN_MS = 60 * 60 * 1000;

/** @type {State} */
let state = 'missing';
/** @type {Set<(state: State) => void>} */
const listeners = new Set();
/** @type {ServiceWorkerRegistration | undefined} */
let registration;
/** Another tab has taken the newer version. */
let isOutdated = false;
let reloads = false;

/** @param {State} next */
function tell(next) {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener(next);
}

export function present() {
  return state;
}

/** @param {(state: State) => void} listener */
export function watch(listener) {
  listeners.add(listener);
}

/** @param {(state: State) => void} listener */
export function unwatch(listener) {
  listeners.delete(listener);
}

/** Not within another site's page: what is kept would be kept for that site alone. */
function container() {
  const isTop = window.parent === window;
  return isTop && window.isSecureContext ? navigator.serviceWorker : undefined;
}

/** What is there now. */
function look() {
  if (!registration) return;
  const isControlled = navigator.serviceWorker.controller !== null;
  if ((registration.waiting && isControlled) || isOutdated) tell('update');
  else if (registration.active) tell('ready');
  else if (registration.installing || registration.waiting) tell('preparing');
  else tell('failed');
}

/** @param {ServiceWorkerRegistration} found */
function follow(found) {
  const workers = navigator.serviceWorker;
  let isControlled = workers.controller !== null;
  workers.addEventListener('controllerchange', () => {
    if (reloads) location.reload();
    else if (isControlled) isOutdated = true;
    isControlled = true;
    look();
  });
  found.addEventListener('updatefound', () => {
    found.installing?.addEventListener('statechange', look);
    look();
  });
  found.installing?.addEventListener('statechange', look);
  found.waiting?.addEventListener('statechange', look);
  let askedMs = performance.now();
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || !registration || performance.now() - askedMs < ASK_AGAIN_MS) return;
    askedMs = performance.now();
    // Without network there is no newer version to be had.
    found.update().catch(() => {});
  });
}

/**
 * Puts the service worker up. Whether it is there or will be: otherwise the page itself fetches ahead.
 * @param {string} address of its program
 */
export async function start(address) {
  const workers = container();
  if (!workers) {
    tell('missing');
    return false;
  }
  tell('preparing');
  try {
    const found = await registerServiceWorker(address);
    if (!found) {
      tell('missing');
      return false;
    }
    if (found !== registration) follow(found);
    registration = found;
    await settled(found);
  } catch {
    tell('failed');
    return false;
  }
  look();
  return registration?.active != null || registration?.waiting != null;
}

/** Until the first version of a registration is there or has failed. @param {ServiceWorkerRegistration} found */
function settled(found) {
  const first = found.active ?? found.waiting ?? found.installing;
  if (!first || (first.state !== 'installing' && first.state !== 'parsed')) return undefined;
  return new Promise(done => first.addEventListener('statechange', done, { once: true }));
}

/**
 * Takes the service worker down and drops what it kept.
 * @param {string} address of its program
 */
export async function stop(address) {
  const workers = container();
  if (!workers) return;
  tell('off');
  try {
    const found = await workers.getRegistration(address);
    const folder = new URL('.', address).href;
    if (found?.scope === folder) await found.unregister();
    registration = undefined;
    for (const name of await caches.keys()) if (name.startsWith(`spandeck ${folder} `)) await caches.delete(name);
  } catch {
    // Without storage there is nothing to drop.
  }
}

/** Puts the newer version in the place of this one and shows the same address with it. */
export function takeUpdate() {
  const waiting = registration?.waiting;
  if (!waiting) {
    location.reload();
    return;
  }
  reloads = true;
  waiting.postMessage('activate');
}
