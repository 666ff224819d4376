// Starts the programs that the page brings along: its workers and its service worker. The page's policy (Trusted Types) lets an address become a
// program only here, and only an address below the page's own folder. Nothing from a link or a file may reach this module.

/** Not in every browser, nor in every version of TypeScript's types. @type {{ createPolicy(name: string, rules: { createScriptURL(address: string): string }): { createScriptURL(address: string): unknown } } | undefined} */
const factory = Reflect.get(globalThis, 'trustedTypes');
const policy = factory?.createPolicy('spandeck', { createScriptURL: own });

/** @param {string} address */
function own(address) {
  const url = new URL(address, document.baseURI);
  const folder = new URL('.', document.baseURI);
  const isOwn = url.origin === folder.origin && url.pathname.startsWith(folder.pathname) && /\.m?js$/.test(url.pathname);
  // The tests of the page's parts run small workers from memory; the page's policy on workers would not let them start.
  if (!isOwn && url.protocol !== 'blob:') throw new TypeError(`${address} is no program of this page`);
  return url.href;
}

/** @param {string} address @returns {string} which the browser takes for a program */
function trusted(address) {
  return /** @type {string} */ (/** @type {unknown} */ (policy ? policy.createScriptURL(address) : own(address)));
}

/** @param {string} address */
export function startWorker(address) {
  return new Worker(trusted(address));
}

/**
 * @param {string} address
 * @returns {Promise<ServiceWorkerRegistration | undefined>}
 */
export async function registerServiceWorker(address) {
  return navigator.serviceWorker.register(trusted(address));
}
